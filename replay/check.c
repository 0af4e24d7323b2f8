/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/step.h"

void check_count(struct check_report *r, const char *property, uint64_t position)
{
	for (unsigned i = 0; i < r->brokens; i++) {
		if (!strcmp(r->broken[i].property, property)) {
			r->broken[i].times++;
			return;
		}
	}
	if (r->brokens == CHECK_BROKEN)
		return;
	r->broken[r->brokens].property = property;
	r->broken[r->brokens].first = position;
	r->broken[r->brokens++].times = 1;
}

int check_kernel(const struct trace *t, struct kernel *k, char *why)
{
	const char *p = trace_info(t)->switches;
	unsigned seen = 0;
	char word[64];

	*k = (struct kernel){ 0 };
	while (*p) {
		size_t n = strcspn(p, " ");

		snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : 0), p);
		if (kernel_set(k, word)) {
			snprintf(why, CHECK_TEXT_MAX, "this program has no switch value '%.60s'",
				 word);
			return -ENOTSUP;
		}
		seen++;
		p += n + (p[n] == ' ');
	}
	if (seen == SWITCH_COUNT)
		return 0;
	snprintf(why, CHECK_TEXT_MAX, "it was recorded under %u switches, this program has %u",
		 seen, (unsigned)SWITCH_COUNT);
	return -ENOTSUP;
}

/* Which of the steps with this text in its operation it is: 0 is the first. */
static unsigned trace_rank(const struct trace *t, unsigned step)
{
	const struct trace_step *s = trace_step_at(t, step), *o;
	unsigned rank = 0;

	for (unsigned i = step; i-- && (o = trace_step_at(t, i));)
		rank += !strcmp(o->op, s->op) && !strcmp(o->text, s->text) && o->line < s->line;
	return rank;
}

static int own_step(const struct trace_step *s, unsigned rank)
{
	for (size_t i = 0; i < step_count(); i++)
		if (!strcmp(step_op_name(step_at(i)), s->op) &&
		    !strcmp(step_at(i)->text, s->text) && !rank--)
			return (int)i;
	return -1;
}

int *check_steps(struct trace *t, unsigned *n)
{
	unsigned first = 0, end;
	int *own;

	/* a file can have the steps of several programs; this trace knows those of its own */
	while (first < UINT16_MAX && !trace_step_at(t, first))
		first++;
	for (end = first; trace_step_at(t, end); end++)
		;
	own = malloc((end + 1) * sizeof(own[0]));
	if (!own)
		return NULL;
	for (unsigned i = 0; i < first; i++)
		own[i] = -1;
	for (unsigned i = first; i < end; i++)
		own[i] = own_step(trace_step_at(t, i), trace_rank(t, i));
	*n = end;
	return own;
}

int check_run(struct trace *t, struct check_report *r,
	      bool (*progress)(void *arg, uint64_t position), void *arg)
{
	size_t notes;
	const struct trace_note *note = trace_notes(t, &notes);

	*r = (struct check_report){ .unfinished = !trace_info(t)->ended };
	for (size_t i = 0; i < notes; i++)
		if (!strcmp(note[i].kind, "dropped"))
			r->dropped = strtoull(note[i].text, NULL, 10);
	return trace_info(t)->live ? check_live(t, r, progress, arg) :
				     check_model(t, r, progress, arg);
}
