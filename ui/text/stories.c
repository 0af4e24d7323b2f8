/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/stories.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "replay/story/story.h"
#include "traces/capture/meta.h"
#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/text/names.h"
#include "ui/text/text.h"
#include "ui/text/stories_print.h"

/* ---- names ---- */

static int take_thread(void *arg, const struct capture_thread *h)
{
	struct stories *s = arg;

	if (h->thread >= s->threads)
		return -EBADMSG;
	snprintf(s->thread[h->thread], sizeof(s->thread[0]), "%.60s-%d", h->comm, (int)h->pid);
	return 0;
}

static int take_slot(void *arg, const struct capture_slot *slot)
{
	struct stories *s = arg;

	if (!slot->slot || slot->slot > s->slots)
		return -EBADMSG;
	s->entry[slot->slot - 1] = (uint64_t)slot->type << 58 | slot->offset;
	return 0;
}

int stories_open(struct stories *s, struct trace *t)
{
	struct capture_info info;
	int r = capture_info_read(t, &info);

	*s = (struct stories){ .trace = t };
	if (r)
		return r;
	s->threads = info.threads;
	s->slots = info.slots;
	s->thread = calloc(s->threads + 1, sizeof(s->thread[0]));
	s->entry = calloc(s->slots + 1, sizeof(s->entry[0]));
	if (!s->thread || !s->entry)
		r = -ENOMEM;
	if (!r)
		r = capture_threads(t, take_thread, s);
	if (!r)
		r = capture_slots(t, take_slot, s);
	if (r)
		stories_close(s);
	return r;
}

void stories_close(struct stories *s)
{
	free(s->thread);
	free(s->entry);
	s->thread = NULL;
	s->entry = NULL;
}

const char *stories_thread(const struct stories *s, uint32_t thread)
{
	return thread < s->threads ? s->thread[thread] : "?";
}

uint64_t stories_entry(const struct stories *s, uint32_t slot)
{
	return slot && slot <= s->slots ? s->entry[slot - 1] : 0;
}

/* ---- the summary ---- */

static int print_outcome(void *arg, const char *outcome, uint64_t faults)
{
	char n[32];

	(void)arg;
	printf("%12s  %s\n", grouped(faults, n), outcome);
	return 0;
}

static int add_outcome(void *arg, const char *outcome, uint64_t faults)
{
	cJSON_AddNumberToObject(arg, outcome, (double)faults);
	return 0;
}

#define LOSSES_SHOWN	5

struct loss_list {
	const struct stories *stories;
	unsigned printed;
};

/* "at 552: page 54 .."; the events that led there, as stamps.  Of many the first ones. */
static int print_loss(void *arg, const struct story_loss *l)
{
	struct loss_list *list = arg;
	const struct stories *s = list->stories;
	const struct {
		uint64_t event;
		const char *what;
	} step[] = {
		{ l->fault, "the fault" }, { l->erase, "zswap's copy goes" },
		{ l->abort, "the fault's copy goes" }, { l->read, "a read finds nothing" },
		{ l->mapped, "it is mapped" }, { l->corrupt, "the workload sees it" },
	};
	char text[640];
	size_t at = 0;

	if (list->printed == LOSSES_SHOWN)
		return 1;
	list->printed++;
	printf("  %10" PRIu64 "  swap 0x%" PRIx64 ", life %u", story_stamp(s->trace, l->event),
	       stories_entry(s, l->slot), l->life);
	if (l->page >= 0)
		printf(", page %" PRId64, l->page);
	printf(": %s\n", l->text);
	for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++)
		if (step[i].event)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s at %" PRIu64,
					       at ? ", " : "              ", step[i].what,
					       story_stamp(s->trace, step[i].event));
	if (at)
		print_wrapped(stdout, PRINT_WIDTH, 14, text);
	return 0;
}

static int print_losses(const struct stories *s, uint64_t losses)
{
	struct loss_list list = { .stories = s };
	int r;

	if (losses)
		puts("  losses of data:");
	r = story_read_losses(s->trace, print_loss, &list);
	if (r == 1)
		printf("              and %" PRIu64 " more: v_loss has them all\n",
		       losses - list.printed);
	return r < 0 ? r : 0;
}

static int add_loss(void *arg, const struct story_loss *l)
{
	struct json_list *list = arg;
	cJSON *o = cJSON_CreateObject();

	json_entry(o, stories_entry(list->stories, l->slot));
	cJSON_AddNumberToObject(o, "life", l->life);
	if (l->page >= 0)
		cJSON_AddNumberToObject(o, "page", (double)l->page);
	json_stamp(o, "lost", list->stories, l->event);
	json_stamp(o, "fault", list->stories, l->fault);
	json_stamp(o, "erased", list->stories, l->erase);
	json_stamp(o, "aborted", list->stories, l->abort);
	json_stamp(o, "read", list->stories, l->read);
	json_stamp(o, "mapped", list->stories, l->mapped);
	json_stamp(o, "corrupt", list->stories, l->corrupt);
	cJSON_AddStringToObject(o, "text", l->text);
	cJSON_AddItemToArray(list->array, o);
	return 0;
}

/* Probes that are missing, and events that the kernel lost: what makes all of this weaker. */
static int read_weakness(const struct stories *s, struct capture_info *info, const char **why)
{
	const struct story_sink nobody = { 0 };
	struct story_probes probes;
	struct story *story;
	int r = capture_info_read(s->trace, info);

	if (!r)
		r = story_probes_read(s->trace, &probes);
	if (r)
		return r;
	story = story_new(&probes, info, &nobody);
	if (!story)
		return -ENOMEM;
	*why = story_no_ledger(story);
	story_free(story);
	return 0;
}

static int summary_json(const struct stories *s, const struct story_totals *n,
			const struct capture_info *info, const char *no_ledger)
{
	cJSON *o = cJSON_CreateObject(), *outcomes = cJSON_AddObjectToObject(o, "faults");
	cJSON *totals = cJSON_AddObjectToObject(o, "totals");
	struct json_list losses = { s, cJSON_AddArrayToObject(o, "losses") };
	int r = story_read_outcomes(s->trace, add_outcome, outcomes);

#define X(name, words) cJSON_AddNumberToObject(totals, #name, (double)n->name);
	STORY_TOTALS(X)
#undef X
	cJSON_AddNumberToObject(o, "events_lost_in_places", (double)info->losses);
	if (no_ledger)
		cJSON_AddStringToObject(o, "no_ledger", no_ledger);
	if (!r)
		r = story_read_losses(s->trace, add_loss, &losses);
	if (!r)
		r = json_print(stdout, o);
	cJSON_Delete(o);
	return r;
}

static void print_totals(const struct story_totals *n)
{
	char text[1024] = "  in all: ", number[32];
	size_t at = strlen(text);
	const char *between = "";

#define X(name, words)									\
	if (n->name) {									\
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s %s", between,	\
				       grouped(n->name, number), words);		\
		between = ", ";								\
	}
	STORY_TOTALS(X)
#undef X
	print_wrapped(stdout, PRINT_WIDTH, 4, text);
}

int stories_summary(const struct stories *s)
{
	const char *no_ledger = NULL;
	struct capture_info info;
	struct story_totals n;
	int r = story_read_totals(s->trace, &n);

	if (!r)
		r = read_weakness(s, &info, &no_ledger);
	if (!no_ledger && n.slots && !n.lives)
		no_ledger = "no slot is allocated in the capture";
	if (r || s->json)
		return r ? r : summary_json(s, &n, &info, no_ledger);
	puts("  faults, by what they came to:");
	r = story_read_outcomes(s->trace, print_outcome, NULL);
	if (r)
		return r;
	print_totals(&n);
	if (info.losses)
		printf("  The kernel lost events in %" PRIu64 " places: lives of slots that were "
		       "under way there are not looked at.\n", info.losses);
	if (n.unordered)
		printf("  In %" PRIu64 " lives data is lost in the order of the lines, and not in "
		       "another that the clock\n  allows: the order is not known.\n", n.unordered);
	if (no_ledger)
		printf("  Losses of data were not looked for: %s.\n", no_ledger);
	return print_losses(s, n.losses);
}

/* ---- the verdict ---- */

const char *const stories_data_name[] = {
	[DATA_KEPT] = "kept", [DATA_LOST] = "lost", [DATA_UNKNOWN] = "unknown",
};

/* What is in the way of "nothing was lost"; NULL: nothing is. */
static const char *data_doubt(struct trace *t, struct stories_data *d, char *buf, size_t size)
{
	const struct stories s = { .trace = t };
	const char *no_ledger = NULL;
	struct story_totals n;
	struct capture_info info;
	int r = story_read_totals(t, &n);

	if (r)
		return r == -ENODATA ? "its story was not told to its end: import it again" :
		       "its story is damaged";
	d->losses = n.losses;
	d->corrupt = n.corrupt;
	d->unordered = n.unordered;
	if (read_weakness(&s, &info, &no_ledger))
		return "what it records cannot be read";
	if (no_ledger)
		return no_ledger;
	if (!n.lives)
		return "no slot is allocated in the capture";
	capture_meta_value(t, CAPTURE_KEY_WITHOUT, buf, size);
	if (*buf)
		return "of some of its calls the slot or the value is not said";
	if (n.unordered) {
		snprintf(buf, size, "in %" PRIu64 " %s of slots the order of events decides, which "
			 "the clock does not tell", n.unordered, n.unordered == 1 ? "life" :
			 "lives");
		return buf;
	}
	if (info.losses)
		return "the kernel lost events, and slots that were in use there are not looked at";
	if (info.slots_left_out)
		return "it has more slots than are looked at";
	return info.finished ? NULL : "the capture was not read to its end";
}

void stories_data(struct trace *t, struct stories_data *d)
{
	char buf[sizeof(d->why)];
	const char *doubt;

	*d = (struct stories_data){ .says = DATA_KEPT };
	doubt = data_doubt(t, d, buf, sizeof(buf));
	if (doubt)
		snprintf(d->why, sizeof(d->why), "%.230s", doubt);
	if (d->losses || d->corrupt)
		d->says = DATA_LOST;
	else if (doubt)
		d->says = DATA_UNKNOWN;
}

const char *stories_data_text(const struct stories_data *d, char *buf)
{
	char times[COUNTED_MAX], saw[COUNTED_MAX];
	size_t at = 0;

	if (d->says == DATA_KEPT)
		return strcpy(buf, "no loss of data is seen");
	if (d->says == DATA_UNKNOWN)
		at = (size_t)snprintf(buf, STORIES_DATA_TEXT, "whether data was lost is not known");
	else if (d->losses)
		at = (size_t)snprintf(buf, STORIES_DATA_TEXT, "the kernel lost data %s",
				      counted(d->losses, "time", times));
	if (d->corrupt)
		at += (size_t)snprintf(buf + at, STORIES_DATA_TEXT - at, "%sthe workload saw wrong "
				       "contents %s%s", at ? ", and " : "",
				       counted(d->corrupt, "time", saw), d->losses ? "" :
				       ", which no loss explains");
	if (*d->why)
		snprintf(buf + at, STORIES_DATA_TEXT - at, "%s%s",
			 d->says == DATA_UNKNOWN ? ": " : "; there may be more: ", d->why);
	return buf;
}

int stories_store(struct trace_writer *tw, const char *path, int run)
{
	char err[TRACE_ERROR_MAX];
	struct story_totals n;
	struct trace *t;
	int r = trace_open(&t, path, run, err);

	if (r)
		return usage_error("%s", err);
	r = story_store(t, tw, run, &n, err);
	trace_free(t);
	return r ? usage_error("%s", err) : EXIT_OK;
}

int stories_say(struct trace *t)
{
	struct stories s;
	int r = stories_open(&s, t);

	if (!r)
		r = stories_summary(&s);
	stories_close(&s);
	return r;
}
