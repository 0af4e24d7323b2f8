/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seen.c - a run that explains the capture of a real kernel: what the kernel was seen to
 * do at a step.
 */
#include <stdio.h>
#include <string.h>

#include "ui/moment/moment.h"

/* "Linux version 6.8.0-kcap (gcc ..": the word with the number, which is empty where none is. */
static const char *release_number(const char *release, int *length)
{
	while (*release && (*release < '0' || *release > '9')) {
		release += strcspn(release, " ");
		release += strspn(release, " ");
	}
	*length = (int)strcspn(release, " ");
	return release;
}

void run_text(const struct moment *mo, int columns, char *buf, size_t size)
{
	int n;
	const char *release = release_number(mo->capture.release, &n);
	const char *kernel = *mo->info->kernel ? mo->info->kernel : "rules not known";

	snprintf(buf, size, "capture of %.*s, %s", n, release, kernel);
	if (!n || text_columns(buf) > columns)
		snprintf(buf, size, "capture, %s", kernel);
	if (!mo->info->capture || text_columns(buf) > columns)
		snprintf(buf, size, "%s", mo->info->capture ? kernel : mo->info->kernel);
}

/* ---- the line ---- */

#define EVENT_TEXT	200

/* What is kept of an event, which lives until its scan goes on. */
struct seen_event {
	struct capture_event e;
	char text[EVENT_TEXT];
};

static int keep_event(void *arg, const struct capture_event *e)
{
	struct seen_event *s = arg;

	s->e = *e;
	snprintf(s->text, sizeof(s->text), "%s", e->text);
	s->e.text = s->text;
	return 0;
}

static bool read_event(struct trace *t, uint64_t id, struct seen_event *s)
{
	*s = (struct seen_event){ 0 };
	return id && !capture_scan_range(t, id, id, keep_event, s) && s->e.id == id;
}

struct thread_wanted {
	uint32_t thread;
	char name[32];
};

static int thread_name(void *arg, const struct capture_thread *h)
{
	struct thread_wanted *w = arg;

	if (h->thread != w->thread)
		return 0;
	snprintf(w->name, sizeof(w->name), "%.20s-%d", h->comm, (int)h->pid);
	return 1;
}

/* As the capture writes it: a number, or seconds. */
char *capture_stamp_text(const struct capture_info *info, uint64_t stamp, char *buf, size_t size)
{
	char time[32];

	if (info->counter)
		snprintf(buf, size, "@%llu", (unsigned long long)stamp);
	else
		snprintf(buf, size, "@%s", time_text(stamp, true, time, sizeof(time)));
	return buf;
}

/* "swapcache_clear+0x58/0xa0" -> "swapcache_clear": where room is short. */
static void drop_offsets(char *text)
{
	char *to = text;

	for (const char *from = text; *from;) {
		size_t n = strspn(from + 1, "x0123456789abcdef/");

		if (*from == '+' && n > 3 && from[1] == '0' && from[2] == 'x')
			from += 1 + n;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

/* "(swapcache_clear <- __swap_entry_free_locked) left=0x1" -> "__swap_entry_free_locked left=0x1",
 * "(swapcache_clear) ent=0x313" -> "swapcache_clear ent=0x313": what it says stays longest. */
static void drop_caller(char *text)
{
	char *open = strchr(text, '('), *close = open ? strchr(open, ')') : NULL;
	char *arrow = open ? strstr(open, "<- ") : NULL, *from = arrow ? arrow + 3 : open + 1;

	if (!close || from > close)
		return;
	memmove(open, from, (size_t)(close - from));
	memmove(open + (close - from), close + 1, strlen(close + 1) + 1);
}

/* "@48 rdf_r": the event of the same slot beside one, and its name. */
static bool beside(const struct moment *mo, const struct capture_event *e, char *buf, size_t size)
{
	struct seen_event s;
	char at[32];

	if (!e->slot || !read_event(mo->t, capture_event_beside(mo->t, e->slot, e->id, false), &s))
		return false;
	snprintf(buf, size, "%s %.*s", capture_stamp_text(&mo->capture, s.e.stamp, at, sizeof(at)),
		 (int)strcspn(s.text, ": "), s.text);
	return true;
}

void seen_text(const struct moment *mo, int columns, char *buf, size_t size)
{
	struct thread_wanted who = { 0 };
	struct seen_event s;
	char at[32], before[100];
	bool seen = false;

	if (!mo->info->capture || !mo->at) {
		snprintf(buf, size, "%s", mo->info->capture ? "nothing yet" : "no capture");
		return;
	}
	if (!read_event(mo->t, capture_event_of(mo->t, mo->at, &seen), &s)) {
		snprintf(buf, size, "not known: no event of the capture belongs to this step");
		return;
	}
	capture_stamp_text(&mo->capture, s.e.stamp, at, sizeof(at));
	if (!seen) {
		if (beside(mo, &s.e, before, sizeof(before)))
			snprintf(buf, size, "not seen; between %s and %s %.*s", before, at,
				 (int)strcspn(s.text, ": "), s.text);
		else
			snprintf(buf, size, "not seen; before %s %.*s", at,
				 (int)strcspn(s.text, ": "), s.text);
		return;
	}
	who.thread = s.e.thread;
	capture_threads(mo->t, thread_name, &who);
	snprintf(buf, size, "%s [%03u] %s  %s", at, s.e.cpu, who.name, s.text);
	if (text_columns(buf) <= columns)
		return;
	drop_offsets(s.text);
	snprintf(buf, size, "%s [%03u] %s  %s", at, s.e.cpu, who.name, s.text);
	if (text_columns(buf) > columns)
		snprintf(buf, size, "%s %s", at, s.text);
	if (text_columns(buf) > columns)
		drop_caller(buf);
}
