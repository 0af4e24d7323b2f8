/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seen.c - in a run that explains the capture of a real kernel: to the steps that events show.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/view/act.h"

static struct trace *run(const struct view *v)
{
	return v->chapter[v->at].run[v->focus];
}

static bool is_capture(struct view *v)
{
	if (!trace_info(run(v))->capture)
		view_say(v, "this run is of no capture: no kernel was seen to make it");
	return trace_info(run(v))->capture;
}

static void go_to_seen(struct view *v, bool after)
{
	uint64_t at;

	if (!is_capture(v))
		return;
	at = capture_seen_step(run(v), v->cursor[v->focus], after);
	if (at)
		move_to(v, at);
	else
		view_say(v, "no event shows a step %s this one", after ? "after" : "before");
}

COMMAND(NEXT_SEEN)
{
	go_to_seen(v, true);
}

COMMAND(PREV_SEEN)
{
	go_to_seen(v, false);
}

/* "5.125463" in ns, "557"; false: it is neither. */
static bool parse_stamp(const char *text, bool counter, uint64_t *ns)
{
	char *end;
	uint64_t unit = 100000000;

	*ns = strtoull(text, &end, 10);
	if (counter || end == text)
		return end > text && !*end;
	if (*ns > UINT64_MAX / 1000000000 - 1)
		return false;
	*ns *= 1000000000;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
			*ns += unit * (uint64_t)(*end - '0');
	return !*end;
}

void go_to_stamp(struct view *v, const char *text)
{
	struct capture_info info;
	uint64_t wanted, is, event, at;
	char there[32];

	if (!is_capture(v))
		return;
	if (capture_info_read(run(v), &info)) {
		view_say(v, "the capture cannot be read");
		return;
	}
	if (!parse_stamp(text, info.counter, &wanted)) {
		view_say(v, "a stamp of this capture is a number%s",
			 info.counter ? ", @557" : " of seconds, @12.345678");
		return;
	}
	event = capture_event_stamped(run(v), wanted, &is);
	at = event ? capture_step_of(run(v), event) : 0;
	if (!event) {
		view_say(v, "no event of the capture has the stamp @%s, nor one after it", text);
	} else if (!at) {
		move_to(v, 0);
		view_say(v, "the run begins after this event");
	} else {
		move_to(v, at);
		if (is != wanted && info.counter)
			view_say(v, "no event has the stamp @%s; the next one is %s", text,
				 capture_stamp_text(&info, is, there, sizeof(there)));
		else if (capture_event_of(run(v), at, NULL) != event)
			view_say(v, "the event makes no step of its own: this is the last one "
				 "before it was over");
	}
}
