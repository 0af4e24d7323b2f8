/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.c - a claim's reading and its verdicts, as text.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/outlook.h"
#include "core/text.h"
#include "replay/figure/columns.h"
#include "replay/matrix/matrix.h"
#include "ui/judge/report.h"

#define FOLLOW_STATES	2000000		/* that are looked at for what can follow */

const char *says_name(enum judge_says s)
{
	static const char *const names[] = {
		[JUDGE_IMPOSSIBLE] = "impossible", [JUDGE_POSSIBLE] = "possible",
		[JUDGE_UNKNOWN] = "unknown",
	};

	return names[s];
}

static const char *column_name(const struct claim_text *c, unsigned column, char *buf)
{
	return shown(column < c->columns ? c->column[column].name : "", buf);
}

/* ---- the reading ---- */

void print_reading(FILE *out, const struct claim_text *c, bool all)
{
	char text[SHOWN_MAX], note[SHOWN_MAX], event[EVENT_TEXT_MAX], name[SHOWN_MAX];

	for (unsigned i = 0; i < c->lines; i++) {
		const struct claim_line *l = &c->line[i];

		shown(l->text, text);
		shown(l->note, note);
		switch (l->kind) {
		case LINE_EVENT:
			if (!all && !*l->note)
				break;
			fprintf(out, "  line %-4u %-6s %s", l->line,
				column_name(c, c->event[l->event].column, name),
				event_text(&c->event[l->event], event));
			if (*l->note)
				fprintf(out, "   ('%s' is %s)", text, note);
			fputc('\n', out);
			break;
		case LINE_OUTCOME:
			if (all)
				fprintf(out, "  line %-4u outcome: '%s'\n", l->line, text);
			break;
		case LINE_LEFT_OUT:
			fprintf(out, "  line %-4u '%s': %s; left out\n", l->line, text, note);
			break;
		case LINE_HEADER:
		case LINE_PROSE:
			if (*l->note)
				fprintf(out, "  line %-4u %s\n", l->line, note);
		}
	}
	if (c->untold)
		fprintf(out, "  and %u lines more\n", c->untold);
}

static void print_outcome(const struct claim_text *c)
{
	const char *sep = "";

	if (!c->outcome)
		return;
	printf("outcome      ");
	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (c->outcome >> p & 1) {
			printf("%s%s", sep, properties[p].name);
			sep = " or ";
		}
	printf(", line %u\n", c->outcome_line);
}

static void print_claim(const struct report *r)
{
	const struct claim_text *c = r->claim;
	char name[SHOWN_MAX], title[SHOWN_MAX], n[COUNTED_MAX];

	printf("%s%s%s\n", shown(c->name, name), *c->title ? ": " : "", shown(c->title, title));
	printf("read         %s of", counted(c->events, "step", n));
	for (unsigned i = 0; i < c->columns; i++)
		printf("%s %s", i ? "," : "", column_name(c, i, name));
	if (c->guessed)
		printf("; %s", counted(c->guessed, "guess", n));
	if (c->left_out)
		printf("; %s left out", counted(c->left_out, "line", n));
	putchar('\n');
	print_outcome(c);
	print_reading(stdout, c, !r->brief && r->cases == 1);
	putchar('\n');
}

/* ---- one verdict ---- */

static void print_bindings(const struct report *r, const struct judged_case *c)
{
	const char *sep = "";
	char name[SHOWN_MAX];

	for (unsigned i = 0; i < r->claim->columns; i++) {
		if (c->v.task[i] < 0)
			continue;
		printf("%s%s is %s", sep, column_name(r->claim, i, name),
		       c->s->program[c->v.task[i]].name);
		sep = ", ";
	}
	if (*sep)
		putchar('\n');
}

/* Where each line of the claim is in the schedule. */
static void print_made(const struct report *r, const struct judged_case *c)
{
	const char *sep = "lines        ";
	int x = 0;

	for (unsigned e = 0; e < r->claim->events; e++) {
		if (!c->v.is_done[e])
			continue;
		x += printf("%s%u at %zu", sep, r->claim->event[e].line, c->v.made[e]);
		sep = x > PRINT_WIDTH - 20 ? ",\n             " : ", ";
		x = x > PRINT_WIDTH - 20 ? 0 : x;
	}
	putchar('\n');
}

static void print_properties(uint32_t bits)
{
	const char *sep = "";

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (bits >> p & 1) {
			printf("%s%s", sep, properties[p].name);
			sep = ", ";
		}
}

/* "read-shrink-zswap" is one of the worlds of a pair: how much of the name is the pair's. */
static size_t pair_length(const char *name)
{
	for (unsigned i = 0; i < PAIR_WORLDS; i++) {
		size_t n = strlen(name), k = strlen(pair_worlds[i]);

		if (n > k + 1 && name[n - k - 1] == '-' && !strcmp(name + n - k, pair_worlds[i]))
			return n - k - 1;
	}
	return 0;
}

static bool is_shipped(const char *name)
{
	for (size_t i = 0; i < builtin_scenario_count; i++)
		if (!strcmp(builtin_scenarios[i].name, name))
			return true;
	return false;
}

static void print_replay(const struct report *r, const struct judged_case *c, const char *schedule)
{
	bool shipped = r->named || is_shipped(c->s->name);
	size_t pair = shipped ? 0 : pair_length(c->s->name);
	const char *dash = strchr(c->s->name, '-');

	printf("  replay: ");
	if (pair && dash)
		printf("swapscope matrix --show %.*s,%.*s,%s >%s.scn && ",
		       (int)(dash - c->s->name), c->s->name,
		       (int)(c->s->name + pair - dash - 1), dash + 1, c->s->name + pair + 1,
		       c->s->name);
	printf("swapscope run ");
	print_quoted(stdout, c->s->name);
	if (!shipped)
		printf(".scn");
	print_kernel_options(stdout, c->kernel_name);
	printf(" --schedule '%s'\n", schedule);
}

static int print_schedule(const struct report *r, const struct judged_case *c)
{
	char *text = schedule_text(c->s, &c->v.schedule);
	struct execution x;
	int err = text ? execution_init(&x, c->s, &c->kernel) : -ENOMEM;

	if (!err) {
		err = execution_run(&x, &c->v.schedule);
		putchar('\n');
		if (!err && !r->brief)
			err = figure_execution(stdout, &x, 0, x.n, output_width(stdout));
		execution_free(&x);
		if (!r->brief)
			putchar('\n');
		print_replay(r, c, text);
	}
	free(text);
	return err;
}

const char *what_follows(const struct judged_case *c, char *buf)
{
	const struct outlook_options opt = { .max_states = FOLLOW_STATES };
	struct outlook_answer a;
	struct outlook *o = NULL;
	struct execution x;

	*buf = '\0';
	if (c->v.violated & properties_ending())
		snprintf(buf, FOLLOWS_MAX, "there the run ends");
	if (*buf || execution_init(&x, c->s, &c->kernel))
		return buf;
	if (!execution_run(&x, &c->v.schedule) &&
	    !outlook_make(&o, c->s, &c->kernel, execution_now(&x), &opt)) {
		if (outlook_at(o, execution_now(&x), &a))
			a.says = OUTLOOK_UNKNOWN;
		if (a.says == OUTLOOK_SAFE)
			snprintf(buf, FOLLOWS_MAX, "whatever follows, nothing %sgoes wrong",
				 c->v.violated ? "more " : "");
		else if (a.says == OUTLOOK_UNKNOWN)
			snprintf(buf, FOLLOWS_MAX, "what can follow is too much to be known here");
		else if (!a.steps)
			snprintf(buf, FOLLOWS_MAX, "and that is %s: %s",
				 properties[a.property].name, a.property == PROP_LIVELOCK ?
				 "it can go round from there for ever" :
				 "nobody can move any more");
		else if (a.lost)
			snprintf(buf, FOLLOWS_MAX, "whatever follows, something goes wrong: %s "
				 "after %u more step%s at the soonest",
				 properties[a.property].name, a.steps, a.steps == 1 ? "" : "s");
		else
			snprintf(buf, FOLLOWS_MAX, "%s can follow, after %u more step%s; it need "
				 "not", properties[a.property].name, a.steps,
				 a.steps == 1 ? "" : "s");
	}
	outlook_free(o);
	execution_free(&x);
	return buf;
}

static int print_possible(const struct report *r, const struct judged_case *c)
{
	char n[COUNTED_MAX], follows[FOLLOWS_MAX], name[SHOWN_MAX];

	printf("verdict      possible in %s under %s: the shortest schedule has %s\n",
	       shown(c->s->name, name), c->kernel_name, counted(c->v.schedule.n, "step", n));
	printf("%13s", "");
	print_bindings(r, c);
	print_made(r, c);
	if (c->v.behind)
		printf("behind       %s behind the outcome: there the run ends, and nothing is "
		       "said of them\n", counted(c->v.behind, "step", n));
	printf("leads to     ");
	if (c->v.violated) {
		print_properties(c->v.violated);
		printf(" on the way; ");
	}
	what_follows(c, follows);
	printf("%s\n", *follows ? follows : "nothing that is known");
	return print_schedule(r, c);
}

static void print_why(const struct judged_case *c)
{
	const char *at = c->v.why;
	char clean[SHOWN_MAX], line[SHOWN_MAX];

	while (*at) {
		size_t n = strcspn(at, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)(n < SHOWN_MAX ? n : SHOWN_MAX - 1), at);
		printf("             ");
		print_wrapped(stdout, PRINT_WIDTH - 13, 15, shown(line, clean));
		at += n + (at[n] == '\n');
	}
}

/* Which change of a line or two makes it possible. */
static void print_near(const struct judged_case *c)
{
	const char *head = "nearly";

	if (c->near.other_tasks) {
		printf("nearly       possible if columns are other tasks than they are called\n");
		head = "";
	}
	if (c->near.other_calls) {
		printf("nearly       possible if what is indented may be of another call: one that "
		       "is retried\n");
		head = "";
	}
	for (unsigned i = 0; i < c->near.changes; i++) {
		printf("%-12s ", head);
		if (c->near.change[i].with)
			printf("possible if lines %u and %u change places\n",
			       c->near.change[i].line, c->near.change[i].with);
		else
			printf("possible without line %u\n", c->near.change[i].line);
		head = "";
	}
}

static void print_followed(const struct report *r, const struct judged_case *c)
{
	const struct claim_event *next = c->v.next < 0 ? NULL : &r->claim->event[c->v.next];
	char n[COUNTED_MAX], name[SHOWN_MAX], text[EVENT_TEXT_MAX];
	unsigned last = 0;

	for (unsigned e = 0; e < r->claim->events; e++)
		if (c->v.is_done[e] && r->claim->event[e].line > last)
			last = r->claim->event[e].line;
	if (c->v.done && last)
		printf("followed     to line %u, %u of %u steps of the claim", last, c->v.done,
		       r->claim->events);
	else
		printf("followed     not even the first line");
	if (c->v.prefixes)
		printf(": in %s", counted(c->v.prefixes, "state", n));
	putchar('\n');
	printf("%13s", "");
	print_bindings(r, c);
	if (next)
		printf("turned away  line %u, %s: %s\n", next->line,
		       column_name(r->claim, next->column, name), event_text(next, text));
	else if (c->v.cut_there)
		printf("turned away  runs end there\n");
	else
		printf("turned away  all lines can be followed, and no such run violates what the "
		       "claim says\n");
	print_why(c);
	print_near(c);
}

static int print_not(const struct report *r, const struct judged_case *c)
{
	char n[COUNTED_MAX], name[SHOWN_MAX], bound[BOUND_TEXT_MAX];

	if (c->says == JUDGE_IMPOSSIBLE && c->own && c->tried > 1)
		printf("verdict      impossible in every world that was tried, under its own "
		       "kernel, within these bounds;\n%13sthe furthest is %s under %s: %s\n", "",
		       shown(c->s->name, name), c->kernel_name,
		       counted(c->v.states, "state", n));
	else if (c->says == JUDGE_IMPOSSIBLE)
		printf("verdict      impossible in %s under %s, within these bounds: %s\n",
		       r->named || c->tried < 2 ? shown(c->s->name, name) :
		       "every world that was tried", c->kernel_name,
		       counted(c->v.states, "state", n));
	else if (c->guesses)
		printf("verdict      unknown in %s under %s: impossible as it was read, but not "
		       "without what\n%13swas guessed; --reading has that, to be said exactly\n",
		       shown(c->s->name, name), c->kernel_name, "");
	else if (c->v.bound && strstr(c->v.bound, "LIVELOCK"))
		printf("verdict      unknown in %s under %s: %s\n", shown(c->s->name, name),
		       c->kernel_name, c->v.bound);
	else if (c->v.bound)
		printf("verdict      unknown in %s under %s: a bound was hit, %s\n",
		       shown(c->s->name, name), c->kernel_name,
		       bound_text(false, c->v.bound, r->max_mib, bound));
	else if (c->v.cut_there)
		printf("verdict      unknown in %s under %s: it can be followed to where runs "
		       "end\n", shown(c->s->name, name), c->kernel_name);
	else
		printf("verdict      unknown under %s: impossible in %s, but not in all worlds is "
		       "that known\n", c->kernel_name, shown(c->s->name, name));
	if (c->v.says == JUDGE_IMPOSSIBLE || c->v.cut_there)
		print_followed(r, c);
	if (c->v.cut) {
		printf("not followed beyond ");
		print_properties(c->v.cut);
		printf(", where runs end\n");
	}
	return c->v.schedule.n && !c->v.bound ? print_schedule(r, c) : 0;
}

static void print_worlds(const struct report *r, const struct judged_case *c)
{
	char name[SHOWN_MAX], n[COUNTED_MAX], last[SHOWN_MAX] = "";
	int x;

	if (r->named)
		return;
	x = printf("tried        %s:", counted(c->tried, "world", n));
	for (unsigned i = 0; i < c->tried; i++) {
		shown(r->world[i].name, name);
		if (!is_shipped(name))
			name[pair_length(name)] = '\0';
		if (!strcmp(name, last))
			continue;
		strcpy(last, name);
		if (x + (int)strlen(name) > PRINT_WIDTH - 3)
			x = printf("\n%12s", "") - 1;
		x += printf(" %s", name);
	}
	putchar('\n');
}

/* ---- several kernels ---- */

const char *summary_text(const struct report *r, char *buf)
{
	*buf = '\0';
	for (unsigned i = 0, j; i < r->cases; i = j) {
		enum judge_says says = r->c[i].says;

		for (j = i + 1; j < r->cases && r->c[j].says == says; j++)
			;
		text_append(buf, SUMMARY_MAX, "%s%s ", i ? ", " : "", says_name(says));
		if (j == i + 1)
			text_append(buf, SUMMARY_MAX, "in %.40s", r->c[i].kernel_name);
		else if (j == r->cases && i)
			text_append(buf, SUMMARY_MAX, "from %.40s on", r->c[i].kernel_name);
		else
			text_append(buf, SUMMARY_MAX, "from %.40s to %.40s", r->c[i].kernel_name,
			       r->c[j - 1].kernel_name);
	}
	return buf;
}

static void print_row(const struct report *r, const struct judged_case *c)
{
	char n[COUNTED_MAX], name[SHOWN_MAX], first[160], clean[SHOWN_MAX];
	const struct claim_event *next = c->v.next < 0 ? NULL : &r->claim->event[c->v.next];

	printf("  %-12s %-11s ", c->kernel_name, says_name(c->says));
	if (c->v.says == JUDGE_POSSIBLE) {
		printf("%s in %s", counted(c->v.schedule.n, "step", n), shown(c->s->name, name));
		if (c->v.violated) {
			printf(": ");
			print_properties(c->v.violated);
		}
	} else if (c->guesses) {
		printf("impossible as it was read, but not without what was guessed");
	} else if (c->v.bound) {
		printf("a bound was hit: %s", c->v.bound);
	} else if (c->v.cut_there) {
		printf("it can be followed to where runs end: ");
		print_properties(c->v.violated);
	} else if (next) {
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(c->v.why, "\n") > 150 ? 150 :
			 (int)strcspn(c->v.why, "\n"), c->v.why);
		printf("line %u: %s", next->line, shown(first, clean));
	} else {
		printf("all lines, but not the outcome");
	}
	putchar('\n');
}

int print_report(const struct report *r)
{
	char summary[SUMMARY_MAX];

	print_claim(r);
	if (r->cases == 1) {
		print_worlds(r, r->c);
		return r->c->v.says == JUDGE_POSSIBLE ? print_possible(r, r->c) :
		       print_not(r, r->c);
	}
	for (unsigned i = 0; i < r->cases; i++)
		print_row(r, &r->c[i]);
	putchar('\n');
	print_wrapped(stdout, PRINT_WIDTH, 0, summary_text(r, summary));
	return 0;
}
