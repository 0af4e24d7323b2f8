/* SPDX-License-Identifier: GPL-2.0-only */
/* explain_print.c - an explanation as text. */
#include <stdio.h>
#include <string.h>

#include "ui/compare/explain.h"
#include "ui/moment/moment.h"

/* ---- events of a capture ---- */

struct event_words {
	const struct telling *say;
	char *buf;
	size_t size;
};

static int event_words(void *arg, const struct capture_event *e)
{
	struct event_words *w = arg;
	char stamp[40];

	snprintf(w->buf, w->size, "line %llu, %s", (unsigned long long)e->line,
		 capture_stamp_text(&w->say->info, e->stamp, stamp, sizeof(stamp)));
	return 1;
}

const char *told_event(const struct telling *say, uint64_t at, char *buf, size_t size)
{
	struct event_words w = { say, buf, size };
	uint64_t event = say->capture ? capture_event_of(say->t, at, NULL) : 0;

	*buf = '\0';
	if (event)
		capture_scan_range(say->t, event, event, event_words, &w);
	return buf;
}

/* ---- a finding ---- */

static void print_indented(int indent, const char *text)
{
	printf("%*s", indent, "");
	print_wrapped(stdout, PRINT_WIDTH - indent, indent, text);
}

static void print_links(const struct telling *say, const struct explanation *e)
{
	for (unsigned i = 0; i < e->links; i++) {
		const struct explain_link *l = &e->link[i];
		char event[80], text[EXPLAIN_TEXT + 240];

		told_event(say, l->at, event, sizeof(event));
		snprintf(text, sizeof(text), "step %llu%s%s: %s%s%s", (unsigned long long)l->at,
			 *event ? ", " : "", event,
			 l->role != EXPLAIN_FINDING ? "" : e->property,
			 l->role != EXPLAIN_FINDING ? "" : ": ", l->text);
		printf(" %2u. ", i + 1);
		print_wrapped(stdout, PRINT_WIDTH - 5, 5, text);
	}
	if (e->bounded)
		puts("     There is more before what was looked at.");
}

static void print_none_needed(const struct explanation *e)
{
	char text[600];

	if (e->preemptions == 1)
		snprintf(text, sizeof(text), "No switch within an operation matters: the run has "
			 "one, and breaks without it all the same.");
	else if (e->preemptions)
		snprintf(text, sizeof(text), "No switch within an operation matters: the run has "
			 "%u, and breaks without them all the same.", e->preemptions);
	else
		snprintf(text, sizeof(text), "No switch within an operation matters: the run has "
			 "none.");
	print_indented(1, text);
}

static void print_switches(const struct explanation *e)
{
	unsigned told = e->switches < EXPLAIN_SWITCHES ? e->switches : EXPLAIN_SWITCHES;
	char text[EXPLAIN_TEXT + 400];
	unsigned others = 0;

	if (e->how == SWITCHES_NOT_ASKED) {
		if (!e->repeats)
			puts("\n Which switch between tasks it takes is not known.");
		return;
	}
	putchar('\n');
	if (!e->switches) {
		print_none_needed(e);
		return;
	}
	if (e->switches > 1)
		printf(" The %u switches that matter%s:\n", e->switches, told < e->switches ?
		       ", the first of them" : "");
	for (unsigned i = 0; i < told; i++) {
		others += e->needed[i].other;
		snprintf(text, sizeof(text), "%s%s%s.", e->switches > 1 ? "- " :
			 "The switch that matters: ", e->needed[i].text, e->needed[i].other ?
			 " (another can take its place)" : "");
		print_indented(1, text);
	}
	if (e->how == SWITCHES_READ) {
		print_indented(1, "That was read off the steps above: such a run cannot be made "
			       "again with another order.");
		return;
	}
	if (others && others >= told)
		snprintf(text, sizeof(text), "%s", e->switches > 1 ? "None of them alone is "
			 "needed: another can take its place; that was tried." :
			 "It takes such a switch, but not this one alone; that was tried.");
	else
		snprintf(text, sizeof(text),
			 "%s there is no %s, with the rest of the run in its order%s",
		 e->switches < 2 || others >= told ? "Without it" : others ?
		 "Without any one of the others" :
		 "Without any one of them", e->property,
		 e->how == SWITCHES_BOUNDED ? ", as far as that was tried: the run is long." :
		 "; that was tried.");
	if (e->preemptions > e->switches)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 " The run switches %u times within an operation; %s:",
			 e->preemptions, e->switches > 1 ? "these alone are enough" :
			 "this one alone is enough");
	else
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " As a schedule:");
	print_indented(1, text);
	printf("   ");
	print_wrapped(stdout, PRINT_WIDTH - 3, 3, e->shortest);
}

void print_explanation(const struct telling *say, const struct explanation *e)
{
	const struct run_info *info = trace_info(say->t);
	char scenario[SHOWN_MAX], text[1000], head[2 * SHOWN_MAX + 600];

	snprintf(head, sizeof(head), "%s: %s at step %llu of %llu, %s under %s", say->name,
		 e->property, (unsigned long long)e->position, (unsigned long long)info->events,
		 shown(info->scenario, scenario), info->kernel);
	print_wrapped(stdout, PRINT_WIDTH, 1, head);
	if (*e->rule) {
		snprintf(text, sizeof(text), "%s: %s.", e->cost ? "Cost" : "Rule", e->rule);
		print_indented(1, text);
	}
	putchar('\n');
	print_links(say, e);
	if (e->repeats)
		printf("     Steps %llu to %llu repeat for ever.\n",
		       (unsigned long long)e->loop + 1, (unsigned long long)e->position);
	print_switches(e);
	if (*e->beside) {
		putchar('\n');
		snprintf(text, sizeof(text), "%s.", e->beside);
		print_indented(1, text);
	}
}
