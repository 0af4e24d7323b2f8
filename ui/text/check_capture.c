/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/check_capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/check.h"
#include "replay/conform/conform.h"
#include "ui/text/stories.h"
#include "traces/capture/meta.h"

#define BEFORE		12	/* events of the slot that are shown before an impossible one */
#define EVENT_TEXT	240

static const char *const difference[DIFFER_COUNT] = {
#define X(name, text) [DIFFER_##name] = text,
	CONFORM_DIFFERENCES(X)
#undef X
};

struct shown_event {
	struct capture_event e;
	char text[EVENT_TEXT];
};

struct capture_check {
	struct trace *t;
	const char *file;
	struct kernel kernel;
	char kernel_name[256];
	const char *device;
	struct capture_info info;
	struct conform_report r;
	struct stories_data data;
	char form[64], without[CAPTURE_TEXT_MAX];	/* as import says */
	bool little;			/* capture_says_little() */
	/* of the event that is looked at */
	const struct conform_refuted *at;
	struct shown_event ring[BEFORE + 1];
	unsigned shown;
	char thread[96];
	uint64_t swap;
};

/* ---- which kernel ---- */

static int find_device(const struct check_options *o, struct capture_check *c, unsigned *device)
{
	c->device = o->device ? o->device : trace_info(c->t)->device;
	*device = device_named(c->device);
	if (*device < DEVICE_COUNT)
		return EXIT_OK;
	return usage_error("check: %s: its device '%s' is none of zram, brd, disk; --device says "
			   "it", c->file, c->device);
}

static int find_kernel(const struct check_options *o, struct capture_check *c)
{
	const struct run_info *run = trace_info(c->t);
	char why[CHECK_TEXT_MAX];

	if (o->kernel.name)
		return choose_kernel(&o->kernel, NULL, NULL, &c->kernel, c->kernel_name,
				     sizeof(c->kernel_name));
	if (!*run->switches)
		return usage_error("check: %s: which kernel was captured is not known; --kernel "
				   "NAME says it, 'swapscope list kernels' shows them", c->file);
	if (check_kernel(c->t, &c->kernel, why))
		return usage_error("check: %s: %s; --kernel NAME says which it is", c->file, why);
	snprintf(c->kernel_name, sizeof(c->kernel_name), "%s", run->kernel);
	return choose_switches(&o->kernel, &c->kernel, c->kernel_name, sizeof(c->kernel_name));
}

/* ---- an impossible event ---- */

static int keep_event(void *arg, const struct capture_event *e)
{
	struct capture_check *c = arg;
	struct shown_event *s = &c->ring[c->shown % (BEFORE + 1)];

	if (e->id > c->at->event)
		return 1;
	c->shown++;
	s->e = *e;
	snprintf(s->text, sizeof(s->text), "%s", e->text);
	return 0;
}

static int keep_thread(void *arg, const struct capture_thread *h)
{
	struct capture_check *c = arg;

	if (h->thread == c->at->thread)
		snprintf(c->thread, sizeof(c->thread), "%s-%d", h->comm, h->pid);
	return h->thread == c->at->thread;
}

static int keep_slot(void *arg, const struct capture_slot *s)
{
	struct capture_check *c = arg;

	if (s->slot == c->at->slot)
		c->swap = (uint64_t)s->type << 58 | s->offset;
	return s->slot == c->at->slot;
}

/* What there is to say of it, from the file.  Returns the event, or NULL where it is not there. */
static const struct shown_event *look_up(struct capture_check *c, const struct conform_refuted *f)
{
	const struct shown_event *s;

	c->at = f;
	c->shown = 0;
	c->swap = 0;
	snprintf(c->thread, sizeof(c->thread), "thread %u", f->thread);
	capture_scan(c->t, f->slot, keep_event, c);
	s = &c->ring[(c->shown + BEFORE) % (BEFORE + 1)];
	if (!c->shown || s->e.id != f->event) {		/* a mark is of no slot */
		s = &c->ring[c->shown % (BEFORE + 1)];
		capture_scan_range(c->t, f->event, f->event, keep_event, c);
	}
	capture_threads(c->t, keep_thread, c);
	capture_slots(c->t, keep_slot, c);
	return c->shown && s->e.id == f->event ? s : NULL;
}

static void print_event(const struct shown_event *s)
{
	printf("    %8llu %10llu [%03u] %.*s\n", (unsigned long long)s->e.line,
	       (unsigned long long)s->e.stamp, s->e.cpu, EVENT_TEXT, s->text);
}

static void print_instead(const struct conform_refuted *f)
{
	if (!f->allowed)
		puts("  the model would have: nothing, no world is left");
	else if (f->allowed == 1)
		printf("  the model would have: %s\n", f->text[0]);
	else
		puts("  the model would have one of:");
	for (unsigned i = 0; i < f->allowed && f->allowed > 1; i++)
		printf("    %s\n", f->text[i]);
}

static void print_first(struct capture_check *c, const struct conform_refuted *f)
{
	const struct shown_event *s = look_up(c, f);
	unsigned from = c->shown > BEFORE + 1 ? c->shown - BEFORE - 1 : 0;

	if (!s)
		return;
	printf("  line %llu, stamp %llu, CPU %u, %s:\n    %s\n", (unsigned long long)s->e.line,
	       (unsigned long long)s->e.stamp, s->e.cpu, c->thread, s->text);
	print_instead(f);
	printf("  swap slot %#llx before it%s:\n    ", (unsigned long long)c->swap,
	       f->worlds > 1 ? ", in one of the possible worlds" : "");
	print_wrapped(stdout, PRINT_WIDTH - 4, 4, f->story);
	puts("  its events: line, stamp, CPU, event");
	for (unsigned i = from; i < c->shown; i++)
		print_event(&c->ring[i % (BEFORE + 1)]);
}

/* The name of what an event is: "swapcache_prepare() returns -17". */
static const char *kind_name(const struct conform_refuted *f, char *buf, size_t size)
{
	const char *name = capture_function_name(f->function);

	if (f->side == SIDE_MARK)
		snprintf(buf, size, "what was read");
	else if (f->side != SIDE_RETURN)
		snprintf(buf, size, "%s()", name);
	else
		snprintf(buf, size, "%s() returns %lld", name, (long long)f->ret);
	return buf;
}

/* "impossible", where that is known. */
static const char *impossible(const struct capture_check *c)
{
	return c->little ? "not explained" : "impossible";
}

static void print_others(struct capture_check *c)
{
	const struct conform_report *r = &c->r;
	char name[96], n[32];
	uint64_t told = 0;

	printf("  %s stretches of slots end in an event that is %s; the first of every kind:\n",
	       grouped(r->refuted, n), impossible(c));
	for (unsigned i = 0; i < r->kinds; i++) {
		const struct shown_event *s = look_up(c, &r->first[i]);

		told += r->first[i].times;
		printf("    line %llu, slot %#llx: %s, and not %s%s; %s in all\n",
		       s ? (unsigned long long)s->e.line : 0, (unsigned long long)c->swap,
		       kind_name(&r->first[i], name, sizeof(name)),
		       r->first[i].allowed ? r->first[i].text[0] : "anything else",
		       r->first[i].allowed > 1 ? " or another" : "",
		       grouped(r->first[i].times, n));
	}
	if (told < r->refuted)
		printf("    .. and %s of other kinds\n", grouped(r->refuted - told, n));
}

static void print_refuted(struct capture_check *c)
{
	const struct conform_refuted *f = &c->r.first[0];
	char n[32], file[4096];

	printf("%s: event %s is %s, under %s\n", c->file, grouped(f->event, n), impossible(c),
	       c->kernel_name);
	print_first(c, f);
	if (c->info.losses)
		puts("  (the kernel lost events of this capture, and one of those may be what is "
		     "missing:\n  whether the event is impossible is not known)");
	else if (c->little)
		puts("  (its lines do not say what all calls are about, and one of those may be "
		     "what is missing:\n  whether the event is impossible is not known)");
	print_others(c);
	printf("  all of this slot: swapscope sql ");
	print_quoted(stdout, run_file(c->file, file, sizeof(file)));
	printf(" \"SELECT stamp, thread, line FROM v_capture_event WHERE run = %d AND slot = %u\""
	       "\n", trace_info(c->t)->id, f->slot);
}

/* ---- what was checked, and what was not ---- */

static const char *comma(unsigned *n)
{
	return (*n)++ ? ", " : "";
}

static void ambiguity(const struct conform_report *r, FILE *out)
{
	unsigned n = 0;
	char buf[32];

	for (unsigned i = 0; i < DIFFER_COUNT; i++)
		if (r->differ[i])
			fprintf(out, "%s%s (%s)", comma(&n), difference[i],
				grouped(r->differ[i], buf));
}

static void unknown_events(const struct conform_report *r, FILE *out)
{
	unsigned n = 0;
	char buf[32];

	for (unsigned i = 0; i < FN_COUNT; i++)
		if (r->unknown[i])
			fprintf(out, "%s%s %s", comma(&n), i ? capture_function_name(i) :
				"functions without a name here", grouped(r->unknown[i], buf));
}

static void unseen_calls(const struct conform_report *r, FILE *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PROBE_COUNT; i++)
		if (probe_function_name(i) && (r->unseen[0][i] || r->unseen[1][i]))
			fprintf(out, "%s%s%s", comma(&n), probe_function_name(i),
				r->seen[1][i] ? " (called)" : r->seen[0][i] ? " (its end)" : "");
}

/* "  before: a, b, c", where there is anything. */
static void print_list(const struct conform_report *r, const char *before,
		       void (*list)(const struct conform_report *r, FILE *out))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	long head;

	if (!out)
		return;
	head = fprintf(out, "  %s: ", before);
	list(r, out);
	fclose(out);
	if (head > 0 && size > (size_t)head)
		print_wrapped(stdout, PRINT_WIDTH, 4, text);
	free(text);
}

static void print_reads(const struct conform_report *r)
{
	char n[32], m[32];

	if (r->read[0] + r->read[1])
		printf("  what faults mapped is as it was read: %s times what was written last, %s "
		       "times not\n", grouped(r->read[1], n), grouped(r->read[0], m));
}

static void print_limits(const struct capture_check *c)
{
	const struct conform_report *r = &c->r;
	char n[32], m[32], k[32], l[32], before[160];

	if (!r->refuted)
		print_reads(r);
	if (r->ambiguous) {
		snprintf(before, sizeof(before), "after %s events more than one world is possible, "
			 "at most %s at once; they differ in", grouped(r->ambiguous, n),
			 grouped(r->most_worlds, m));
		print_list(r, before, ambiguity);
	}
	if (r->skipped)
		printf("  not looked at: %s events behind one that is %s (%s), a call about "
		       "several slots\n    (%s), or more worlds than are followed (%s)\n",
		       grouped(r->skipped, n), impossible(c), grouped(r->refuted, m),
		       grouped(r->batched, k), grouped(r->gave_up, l));
	if (r->unordered)
		printf("  %s stretches of slots are no run of the model in the order of the lines. "
		       "The clock does\n    not tell that order: whether they are one is not "
		       "known\n", grouped(r->unordered, n));
	if (r->before)
		printf("  not looked at: %s events of calls that were under way when the capture "
		       "began%s,\n    and of others meanwhile\n", grouped(r->before, n),
		       c->info.losses ? " or\n    lost events" : "");
	print_list(r, "events of no slot, or of functions that the model does not have",
		   unknown_events);
	if (c->info.no_enter || c->info.unreturned)
		printf("  calls without an end: %s; ends of calls that are not seen to begin: %s\n",
		       grouped(c->info.unreturned, n), grouped(c->info.no_enter, m));
	print_list(r, "calls of the model that no event shows", unseen_calls);
	printf("  not checked: other slots at the same time, their locks; folios of more than one "
	       "page;\n    which folio or entry it is%s (docs/conformance.md)\n",
	       r->read[0] + r->read[1] ? "" : "; what is read and written");
	if (!c->info.counter && (c->info.equal || c->info.backward))
		printf("  the order of %s events is that of the lines: their stamps are equal, or "
		       "go back\n", grouped(c->info.equal + c->info.backward, n));
	if (c->info.losses)
		printf("  the kernel lost events in %s places\n", grouped(c->info.losses, n));
	else if (strstr(c->form, capture_form_name(CAPTURE_PERF)))
		puts("  that perf lost events would be seen only where perf script had "
		     "--show-lost-events");
	if (c->info.slots_left_out)
		printf("  %s events of too many slots are not checked\n",
		       grouped(c->info.slots_left_out, n));
	if (!c->info.finished)
		puts("  the capture was not read to its end; what there is was checked");
}

/* ---- as JSON ---- */

static void add_number(cJSON *o, const char *name, uint64_t n)
{
	cJSON_AddNumberToObject(o, name, (double)n);
}

static cJSON *refuted_json(struct capture_check *c, const struct conform_refuted *f)
{
	const struct shown_event *s = look_up(c, f);
	cJSON *o = cJSON_CreateObject(), *array;
	char name[96];

	add_number(o, "event", f->event);
	cJSON_AddStringToObject(o, "what", kind_name(f, name, sizeof(name)));
	add_number(o, "times", f->times);
	if (s) {
		add_number(o, "line", s->e.line);
		add_number(o, "stamp", s->e.stamp);
		add_number(o, "cpu", s->e.cpu);
		cJSON_AddStringToObject(o, "text", s->text);
	}
	cJSON_AddStringToObject(o, "thread", c->thread);
	add_number(o, "slot", f->slot);
	snprintf(name, sizeof(name), "%#llx", (unsigned long long)c->swap);
	cJSON_AddStringToObject(o, "swap", name);
	add_number(o, "worlds", f->worlds);
	cJSON_AddStringToObject(o, "before", f->story);
	array = cJSON_AddArrayToObject(o, "instead");
	for (unsigned i = 0; i < f->allowed; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(f->text[i]));
	return o;
}

static void lists_json(cJSON *o, const struct conform_report *r)
{
	cJSON *list = cJSON_AddObjectToObject(o, "differ");

	for (unsigned i = 0; i < DIFFER_COUNT; i++)
		if (r->differ[i])
			add_number(list, difference[i], r->differ[i]);
	list = cJSON_AddObjectToObject(o, "not_compared");
	for (unsigned i = 0; i < FN_COUNT; i++)
		if (r->unknown[i])
			add_number(list, i ? capture_function_name(i) : "other",
				   r->unknown[i]);
	list = cJSON_AddArrayToObject(o, "not_shown");
	for (unsigned i = 0; i < PROBE_COUNT; i++)
		if (probe_function_name(i) && (r->unseen[0][i] || r->unseen[1][i]))
			cJSON_AddItemToArray(list, cJSON_CreateString(probe_function_name(i)));
}

static void add_json(struct capture_check *c, cJSON *array, int status)
{
	static const char *const verdict[] = {
		[EXIT_OK] = "conforms", [EXIT_VIOLATED] = "refuted", [EXIT_UNKNOWN] = "unknown",
	};
	const struct conform_report *r = &c->r;
	cJSON *o = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(o, "file", c->file);
	cJSON_AddStringToObject(o, "kind", "capture");
	add_number(o, "run", (uint64_t)trace_info(c->t)->id);
	cJSON_AddStringToObject(o, "verdict", verdict[status]);
	cJSON_AddStringToObject(o, "kernel", c->kernel_name);
	cJSON_AddStringToObject(o, "device", c->device);
	add_number(o, "events", r->events);
	add_number(o, "explained", r->checked);
	add_number(o, "skipped", r->skipped);
	add_number(o, "before", r->before);
	add_number(o, "batched", r->batched);
	add_number(o, "unordered", r->unordered);
	add_number(o, "gave_up", r->gave_up);
	add_number(o, "slots", r->slots);
	add_number(o, "lives", r->lives);
	add_number(o, "refuted", r->refuted);
	add_number(o, "read_right", r->read[1]);
	add_number(o, "read_wrong", r->read[0]);
	add_number(o, "ambiguous", r->ambiguous);
	add_number(o, "most_worlds", r->most_worlds);
	cJSON_AddStringToObject(o, "data", stories_data_name[c->data.says]);
	add_number(o, "losses", c->data.losses);
	add_number(o, "wrong_contents", c->data.corrupt);
	add_number(o, "losses_unordered", c->data.unordered);
	cJSON_AddStringToObject(o, "losses_doubt", c->data.why);
	add_number(o, "events_lost", c->info.lost);
	add_number(o, "events_lost_in_places", c->info.losses);
	add_number(o, "unreturned", c->info.unreturned);
	add_number(o, "no_enter", c->info.no_enter);
	cJSON_AddBoolToObject(o, "finished", c->info.finished);
	cJSON_AddStringToObject(o, "form", *c->form ? c->form :
				capture_form_name(CAPTURE_FTRACE));
	cJSON_AddStringToObject(o, "not_said_of", c->without);
	lists_json(o, r);
	list = cJSON_AddArrayToObject(o, "impossible");
	for (unsigned i = 0; i < r->kinds; i++)
		cJSON_AddItemToArray(list, refuted_json(c, &r->first[i]));
	cJSON_AddItemToArray(array, o);
}

/* ---- the whole ---- */

/* The other verdict: what the kernel did with data, whatever the model says of it. */
static void print_data(const struct capture_check *c)
{
	char text[STORIES_DATA_TEXT], line[STORIES_DATA_TEXT + 4200], file[4096];

	snprintf(line, sizeof(line), "%s: %s%s", c->file, stories_data_text(&c->data, text),
		 c->data.says == DATA_LOST ? "; 'swapscope stories' tells where: " : "");
	if (c->data.says == DATA_LOST) {
		fputs(line, stdout);
		print_quoted(stdout, run_file(c->file, file, sizeof(file)));
		putchar('\n');
	} else {
		print_wrapped(stdout, PRINT_WIDTH, 2, line);
	}
}

static void print_verdict(struct capture_check *c)
{
	uint64_t due = c->r.events - c->r.before;
	bool all = c->r.checked == due && !*c->without && c->info.finished &&
		   !c->info.slots_left_out;
	char n[32], m[32], s[32];

	if (c->r.refuted)
		print_refuted(c);
	else if (!c->r.checked)
		printf("%s: nothing to check: no call that has to do with a swap slot\n", c->file);
	else
		printf("%s: %s%s%s events of %s slots are a run of the model, under %s%s\n",
		       c->file, all ? "all " : grouped(c->r.checked, n), all ? "" : " of ",
		       grouped(due, m), grouped(c->r.slots, s), c->kernel_name,
		       all ? "" : "; others are not known");
	print_data(c);
	print_limits(c);
	if (*c->without) {
		printf("  not looked at: calls of which the slot or the value is not said: ");
		print_wrapped(stdout, PRINT_WIDTH, 4, c->without);
	}
}

static int status_of(const struct capture_check *c)
{
	if (c->r.refuted)
		return c->little ? EXIT_UNKNOWN : EXIT_VIOLATED;
	if (c->r.checked + c->r.before < c->r.events || !c->r.checked || !c->info.finished ||
	    c->info.slots_left_out || *c->without)
		return EXIT_UNKNOWN;
	return EXIT_OK;
}

/* Both verdicts in a line each. */
static void say_both(const struct capture_check *c, int status, struct check_said *said)
{
	char text[STORIES_DATA_TEXT], n[32], m[32];

	said->conforms = status;
	if (c->r.refuted)
		snprintf(said->conforms_text, CHECK_SAID_MAX, "event %s is %s, under %.255s",
			 grouped(c->r.first[0].event, n), impossible(c), c->kernel_name);
	else
		snprintf(said->conforms_text, CHECK_SAID_MAX, "%s of %s events are a run of the "
			 "model, under %.255s%s", grouped(c->r.checked, n),
			 grouped(c->r.events - c->r.before, m), c->kernel_name,
			 *c->without ? "; the slot or the value of others is not said" : "");
	said->keeps = c->data.says == DATA_LOST ? EXIT_VIOLATED :
		      c->data.says == DATA_UNKNOWN ? EXIT_UNKNOWN : EXIT_OK;
	snprintf(said->keeps_text, CHECK_SAID_MAX, "%s", stories_data_text(&c->data, text));
}

static int check(struct capture_check *c, const struct check_options *o, struct check_said *said)
{
	struct conform_options options = { .kernel = &c->kernel };
	int status = find_kernel(o, c), err;

	if (!status)
		status = find_device(o, c, &options.device);
	if (status)
		return status;
	err = capture_info_read(c->t, &c->info);
	capture_meta_value(c->t, CAPTURE_KEY_FORM, c->form, sizeof(c->form));
	capture_meta_value(c->t, CAPTURE_KEY_WITHOUT, c->without, sizeof(c->without));
	c->little = capture_says_little(c->t);
	if (!err)
		err = conform_run(c->t, &options, &c->r);
	if (err)
		return usage_error("check: %s cannot be checked: %s", c->file, strerror(-err));
	status = status_of(c);
	stories_data(c->t, &c->data);
	if (c->r.read[0] && c->data.says != DATA_LOST) {	/* marks that no story has */
		c->data.says = DATA_LOST;
		c->data.corrupt = c->r.read[0];
	}
	say_both(c, status, said);
	if (o->json)
		add_json(c, o->json, status);
	else
		print_verdict(c);
	if (o->conformance)
		return status;
	if (status == EXIT_VIOLATED || c->data.says == DATA_LOST)
		return EXIT_VIOLATED;
	return c->data.says == DATA_UNKNOWN ? EXIT_UNKNOWN : status;
}

int check_capture(struct trace *t, const char *file, const struct check_options *o,
		  struct check_said *said)
{
	struct capture_check *c = calloc(1, sizeof(*c));
	int status;

	if (!c)
		return usage_error("out of memory");
	c->t = t;
	c->file = file;
	status = check(c, o, said);
	free(c);
	return status;
}
