/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_print.c - two compared runs as text.  What is said of both is said "left | right".
 */
#include <stdarg.h>
#include <string.h>

#include "replay/pair/tasks.h"
#include "ui/compare/diff.h"
#include "ui/moment/moment.h"
#include "ui/text/names.h"
#include "ui/text/text.h"

#define STEPS_SHOWN		6	/* of a side of a divergence */
#define DIVERGENCES_SHOWN	12
#define FIELDS_SHOWN		3
#define TEXT_SIZE		4096

static const char *const side_name[2] = { "left", "right" };

/* A sentence that is put together of parts. */
struct sentence {
	char text[TEXT_SIZE];
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void say(struct sentence *s, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s->text + s->used, sizeof(s->text) - s->used, format, args);
	va_end(args);
	s->used += n > 0 ? (size_t)n : 0;
	if (s->used >= sizeof(s->text))
		s->used = sizeof(s->text) - 1;
}

static void tell(FILE *out, int indent, const struct sentence *s)
{
	fprintf(out, "%*s", indent, "");
	print_wrapped(out, PRINT_WIDTH - 4, indent + 2, s->text);
}

const char *rules_text(const struct diff *d, uint64_t rules, char *buf)
{
	size_t used = 0;

	*buf = '\0';
	for (enum kernel_switch s = 0; s < SWITCH_COUNT && used < RULES_TEXT_MAX; s++) {
		char left[32], right[32];

		if (!(rules >> s & 1))
			continue;
		used += (size_t)snprintf(buf + used, RULES_TEXT_MAX - used,
			"%s%s: %s left, %s right", used ? "; " : "", kernel_switches[s].name,
			switch_value(s, (unsigned)d->value[s][0], left, sizeof(left)),
			switch_value(s, (unsigned)d->value[s][1], right, sizeof(right)));
	}
	return buf;
}

static unsigned count(uint64_t rules)
{
	unsigned n = 0;

	for (; rules; rules &= rules - 1)
		n++;
	return n;
}

/* ---- what is compared ---- */

static void print_side(FILE *out, const struct compared *c, unsigned side)
{
	const struct run_info *info = trace_info(c->t[side]);
	struct trace_summary r = {
		.run = info->id, .events = info->events, .ended = info->ended,
		.kind = info->capture ? RUN_CAPTURE : info->live ? RUN_LIVE : RUN_MODEL,
	};
	char words[RUN_WORDS_MAX], name[SHOWN_MAX];
	const struct trace_finding *f;
	size_t n;

	f = trace_findings(c->t[side], &n);
	r.findings = n;
	if (n) {
		r.position = f->position;
		snprintf(r.property, sizeof(r.property), "%s", f->property);
	}
	snprintf(r.scenario, sizeof(r.scenario), "%s", info->scenario);
	snprintf(r.kernel, sizeof(r.kernel), "%s", info->kernel);
	fprintf(out, "%-5s  %s: %s\n", side_name[side], shown(c->name[side], name),
		run_words(&r, words));
	if (*info->verdict)
		fprintf(out, "       %s\n", info->verdict);
}

/* "W (shrink)": a task of one run alone. */
static void say_tasks(struct sentence *s, const struct compared *c)
{
	const struct run_info *a = trace_info(c->t[0]), *b = trace_info(c->t[1]);
	uint32_t b_of_a[MAX_TASKS];
	const char *sep = "tasks: ";

	for (unsigned i = 0; i < MAX_TASKS; i++)
		b_of_a[i] = TASK_NONE;
	for (uint32_t j = 0; j < MAX_TASKS; j++)
		if (c->d.task_of_b[j] < MAX_TASKS)
			b_of_a[c->d.task_of_b[j]] = j;
	for (unsigned i = 0; i < a->tasks && i < MAX_TASKS; i++) {
		if (b_of_a[i] == TASK_NONE)
			say(s, "%s%s left alone", sep, a->task_name[i]);
		else if (strcmp(a->task_name[i], b->task_name[b_of_a[i]]))
			say(s, "%s%s left is %s right", sep, a->task_name[i],
			    b->task_name[b_of_a[i]]);
		else
			continue;
		sep = ", ";
	}
	for (unsigned j = 0; j < b->tasks && j < MAX_TASKS; j++)
		if (c->d.task_of_b[j] == TASK_NONE) {
			say(s, "%s%s right alone", sep, b->task_name[j]);
			sep = ", ";
		}
}

static void say_switches(struct sentence *s, const struct compared *c)
{
	const struct run_info *a = trace_info(c->t[0]), *b = trace_info(c->t[1]);
	char rules[RULES_TEXT_MAX];
	unsigned n = count(c->d.switches);

	if (!c->d.kernels && strcmp(a->switches, b->switches))
		say(s, "the kernels differ, and not both are known to this program: which rules "
		    "part the runs is not known");
	else if (n > 8 && !c->all)
		say(s, "the kernels differ in %u rules; --all lists them", n);
	else if (n)
		say(s, "the kernels differ in %u rule%s: %s", n, n == 1 ? "" : "s",
		    rules_text(&c->d, c->d.switches, rules));
}

/* In short: "slot 0 swap_map 1 left, 1|HAS_CACHE right". */
static void say_state(struct sentence *s, const struct compared *c, const struct diff_state *state)
{
	unsigned most = c->all ? DIFF_FIELDS : FIELDS_SHOWN, n = 0, hidden = 0;

	for (unsigned i = 0; i < state->differ && i < DIFF_FIELDS; i++) {
		const struct field *f = state->field[i].field;
		char left[64], right[64];

		if (!field_is_told(f)) {
			hidden++;
			continue;
		}
		if (n == most)
			break;
		say(s, "%s%s %u %s %s left, %s right", n ? "; " : ": ", f->kind, f->index, f->name,
		    field_text(c->t[0], f, state->field[i].value[0], left, sizeof(left)),
		    field_text(c->t[1], f, state->field[i].value[1], right, sizeof(right)));
		n++;
	}
	if (state->differ > n + hidden)
		say(s, "%s%u %sfield%s", n ? "; " : ": ", state->differ - n - hidden,
		    n ? "more " : "", state->differ - n - hidden == 1 ? "" : "s");
	if (!state->differ)
		say(s, ": where the tasks stand");
	else if (!n)
		say(s, ": what the model knows beside the kernel");
}

static void print_beforehand(FILE *out, const struct compared *c)
{
	const struct run_info *a = trace_info(c->t[0]), *b = trace_info(c->t[1]);
	struct sentence s = { .used = 0 };

	say_switches(&s, c);
	if (s.used)
		tell(out, 0, &s);
	s = (struct sentence){ .used = 0 };
	if (strcmp(a->scenario_text, b->scenario_text))
		say(&s, "the scenarios differ: %s left, %s right%s", a->scenario, b->scenario,
		    strcmp(a->scenario, b->scenario) ? "" : ", of another text");
	if (strcmp(a->device, b->device))
		say(&s, "%sdevice: %s left, %s right", s.used ? "; " : "", a->device, b->device);
	if (s.used)
		tell(out, 0, &s);
	s = (struct sentence){ .used = 0 };
	if (c->d.scope == DIFF_WHOLE && !a->large && !a->capture)
		say_tasks(&s, c);
	if (s.used)
		tell(out, 0, &s);
	s = (struct sentence){ .used = 0 };
	if (c->d.scope == DIFF_WHOLE && !c->d.start.same) {
		say(&s, "they start in different states");
		say_state(&s, c, &c->d.start);
		tell(out, 0, &s);
	}
	fputc('\n', out);
}

/* ---- divergences ---- */

const char *divergence_name(enum diff_kind kind)
{
	static const char *const name[] = {
		[DIFF_STEPS] = "steps", [DIFF_RESULT] = "result", [DIFF_EFFECT] = "effect",
		[DIFF_ORDER] = "order",
	};

	return name[kind];
}

static bool ends_there(const struct compared *c, const struct divergence *d, unsigned side)
{
	return d->from[side] == c->d.events[side] && d->to[side] == c->d.events[side];
}

static void say_kind(struct sentence *s, const struct compared *c, const struct divergence *d)
{
	uint64_t n[2] = { d->to[0] - d->from[0], d->to[1] - d->from[1] };
	char text[COUNTED_MAX];

	switch (d->kind) {
	case DIFF_ORDER:
		say(s, "%s in another order", counted(n[0], "step", text));
		return;
	case DIFF_EFFECT:
		say(s, "the same step with the same result, to another state");
		return;
	case DIFF_RESULT:
		say(s, "another result");
		return;
	case DIFF_STEPS:
		break;
	}
	for (unsigned side = 0; side < 2; side++)
		if (ends_there(c, d, side)) {
			say(s, "the %s run ends; the %s one makes %s more", side_name[side],
			    side_name[!side], counted(n[!side], "step", text));
			return;
		}
	if (n[0] && n[1])
		say(s, "other steps");
	else
		say(s, "%s of the %s run alone", counted(n[n[0] == 0], "step", text),
		    side_name[n[0] == 0]);
}

static void say_reason(struct sentence *s, const struct compared *c, const struct divergence *d)
{
	char rules[RULES_TEXT_MAX];

	if (d->rules)
		say(s, "; rule %s", rules_text(&c->d, d->rules, rules));
	else if (d->by_kernel)
		say(s, "; no rule alone");
	else if (d->asked)
		say(s, "; by the schedules");
}

static void print_step(FILE *out, const struct compared *c, unsigned side, uint64_t at,
		       bool outcome)
{
	const struct trace_event *e = trace_event_at(c->t[side], at);
	const struct run_info *info = trace_info(c->t[side]);
	const struct trace_step *s = e ? trace_step_at(c->t[side], e->step) : NULL;

	if (!s)
		return;
	fprintf(out, "      %-5s %5llu  %-4s %s%s%s", side_name[side], (unsigned long long)at,
		e->task < info->tasks ? info->task_name[e->task] : "?", s->text,
		*e->result ? " = " : "", e->result);
	if (outcome)
		fprintf(out, " (outcome %u)", e->choice);
	fputc('\n', out);
}

static void print_steps(FILE *out, const struct compared *c, const struct divergence *d,
			unsigned side, bool outcome)
{
	uint64_t n = d->to[side] - d->from[side], most = c->all ? n : STEPS_SHOWN;
	char more[COUNTED_MAX];

	for (uint64_t i = 1; i <= n && i <= most; i++)
		print_step(out, c, side, d->from[side] + i, outcome);
	if (n > most)
		fprintf(out, "      %-5s    ..  %s more, to %llu\n", side_name[side],
			counted(n - most, "step", more), (unsigned long long)d->to[side]);
}

static void print_state(FILE *out, const struct compared *c, const struct divergence *d)
{
	struct sentence s = { .used = 0 };
	bool at_once = d->again[0] == d->to[0] && d->again[1] == d->to[1];

	if (!at_once) {
		say(&s, "the states differ then");
		say_state(&s, c, &d->after);
	}
	if (d->again[0] != DIFF_NEVER)
		say(&s, "%sthe same state from step %llu | %llu on", at_once ? "" : "; ",
		    (unsigned long long)d->again[0], (unsigned long long)d->again[1]);
	tell(out, 4, &s);
}

static void print_divergence(FILE *out, const struct compared *c, size_t i)
{
	const struct divergence *d = &c->d.divergence[i];
	struct sentence s = { .used = 0 };

	say(&s, "%zu  after step %llu | %llu: ", i + 1, (unsigned long long)d->from[0],
	    (unsigned long long)d->from[1]);
	say_kind(&s, c, d);
	say_reason(&s, c, d);
	tell(out, 0, &s);
	print_steps(out, c, d, 0, d->kind == DIFF_EFFECT);
	print_steps(out, c, d, 1, d->kind == DIFF_EFFECT);
	print_state(out, c, d);
}

/* ---- a life ---- */

static void print_life_side(FILE *out, const struct compared *c, unsigned side)
{
	const struct life_point *p = c->d.life.life[side];
	size_t n = 0, most = c->all ? SIZE_MAX : STEPS_SHOWN;

	for (size_t i = 0; i < c->d.life.points[side]; i++)
		if ((!p[i].partner || !p[i].same) && n++ < most)
			print_step(out, c, side, p[i].at, false);
	if (n > most)
		fprintf(out, "      %-5s    ..  %zu more\n", side_name[side], n - most);
}

static void print_life(FILE *out, const struct compared *c)
{
	const struct alignment *al = &c->d.life;
	char n[2][32], page[2][32];
	struct sentence s = { .used = 0 };

	for (unsigned side = 0; side < 2; side++)
		snprintf(page[side], sizeof(page[side]), al->page[side] == UINT32_MAX ? "a page" :
			 "page %u", al->page[side]);
	say(&s, "compared is one life of a swap slot in each: %s left, in %s steps; %s right, in "
	    "%s steps", page[0], grouped(al->points[0], n[0]), page[1],
	    grouped(al->points[1], n[1]));
	tell(out, 0, &s);
	s = (struct sentence){ .used = 0 };
	if (al->same)
		say(&s, "these lives are the same, step by step and result by result");
	else
		say(&s, "they part after step %s | %s: %s", grouped(al->a_parted, n[0]),
		    grouped(al->b_parted, n[1]), al->why);
	tell(out, 0, &s);
	if (!al->same) {
		fputs("steps of these lives that the other one does not have:\n", out);
		print_life_side(out, c, 0);
		print_life_side(out, c, 1);
	}
}

/* ---- what it comes to ---- */

const char *diff_verdict(const struct diff *d)
{
	return d->same ? "same" :
	       d->scope == DIFF_LIFE ? "different" :
	       d->scope == DIFF_START ? "different, not compared further" :
	       !d->divergences && d->start.same && d->end.same ? "same steps, other findings" :
	       d->order && d->end.same ? "same state, other order" :
	       d->end.same ? "same state, other steps" : "different state";
}

/* Of a capture whose kernel is not known there is no run. */
static bool is_unexplained(const struct compared *c, unsigned side)
{
	return trace_info(c->t[side])->capture && !*trace_info(c->t[side])->switches;
}

const char *not_compared(const struct compared *c)
{
	const struct run_info *a = trace_info(c->t[0]), *b = trace_info(c->t[1]);

	if (!c->d.same && (is_unexplained(c, 0) || is_unexplained(c, 1)))
		return "steps and states; 'swapscope import CAPTURE -o OUT.db --kernel NAME' makes "
		       "a run of a capture";
	switch (c->d.scope) {
	case DIFF_WHOLE:
		return a->ended && b->ended ? "" : "what is written to a run that has not ended";
	case DIFF_LIFE:
		return "all that is neither in these lives nor before the first difference";
	case DIFF_START:
		break;
	}
	return a->capture || b->capture ?
	       "all after the first difference: one of two captures needs a finding, and the "
	       "other a fault like it" :
	       "all after the first difference: one of two large runs needs a finding, and the "
	       "other a fault like it";
}

/* Two of which one is large, or a capture. */
static void say_beginning(struct sentence *s, const struct compared *c)
{
	bool no_run[2] = { is_unexplained(c, 0), is_unexplained(c, 1) };
	const struct diff *d = &c->d;
	char n[32];

	if (no_run[0] || no_run[1])
		say(s, "No kernel explains the %s: there is no run of the model to compare.",
		    !no_run[0] ? "right capture" : !no_run[1] ? "left capture" :
		    "two captures");
	else if (!d->start.same)
		say(s, "They start in different states.");
	else if (d->common == d->events[0] && d->common == d->events[1])
		say(s, "The runs are the same, step by step; the events of the captures are not.");
	else
		say(s, "They part after step %s; before it both do the same, with all that it "
		    "changes.", grouped(d->common, n));
}

static void print_verdict(FILE *out, const struct compared *c)
{
	const struct diff *d = &c->d;
	char n[COUNTED_MAX], places[COUNTED_MAX];
	struct sentence s = { .used = 0 };

	if (d->same && is_unexplained(c, 0))
		say(&s, "The same: all events of the captures.");
	else if (d->same)
		say(&s, "The same throughout: %s, and the same state after each.",
		    counted(d->events[0], "step", n));
	else if (d->scope != DIFF_WHOLE)
		say_beginning(&s, c);
	else if (!d->divergences)
		say(&s, "The same %s%s.", counted(d->events[0], "step", n),
		    d->end.same ? "" : ", from different states to different ones");
	else
		say(&s, "They part after step %llu | %llu, in %s; %s.",
		    (unsigned long long)d->divergence[0].from[0],
		    (unsigned long long)d->divergence[0].from[1],
		    counted(d->divergences, "place", places),
		    d->order && d->end.same ? "the same steps in another order, to the same state" :
		    d->end.same ? "in the end they are in the same state" :
		    "in the end they are in different states");
	tell(out, 0, &s);
	for (unsigned side = 0; side < 2 && d->scope != DIFF_WHOLE && d->start.same; side++)
		if (d->common < d->events[side])
			print_step(out, c, side, d->common + 1, true);
}

static void print_findings(FILE *out, const struct compared *c)
{
	for (size_t i = 0; i < c->d.findings; i++) {
		const struct diff_finding *f = &c->d.finding[i];
		struct sentence s = { .used = 0 };
		char rules[RULES_TEXT_MAX], at[32];

		say(&s, "%s at step %s of the %s run alone", f->property,
		    grouped(f->position, at), side_name[f->side]);
		if (f->rules)
			say(&s, "; turned away by rule %s", rules_text(&c->d, f->rules, rules));
		else if (f->asked)
			say(&s, "; set back alone, no rule brings it back");
		tell(out, 0, &s);
	}
}

static void print_stories(FILE *out, const struct compared *c)
{
	char left[32], right[32];

	if (!c->told[0] || !c->told[1])
		return;
	fputs("\nwhat the captures tell:          left      right\n", out);
#define X(member, words)								\
	fprintf(out, "%c %12s %12s  %s\n",						\
		c->story[0].member == c->story[1].member ? ' ' : '!',			\
		grouped(c->story[0].member, left), grouped(c->story[1].member, right), words);
	STORY_TOTALS(X)
#undef X
}

void print_diff(FILE *out, const struct compared *c)
{
	size_t n = c->d.divergences, most = c->all ? n : DIVERGENCES_SHOWN;
	const char *rest = not_compared(c);
	struct sentence s = { .used = 0 };
	char more[COUNTED_MAX];

	print_side(out, c, 0);
	print_side(out, c, 1);
	print_beforehand(out, c);
	print_verdict(out, c);
	print_findings(out, c);
	for (size_t i = 0; i < n && i < most; i++) {
		fputc('\n', out);
		print_divergence(out, c, i);
	}
	if (n > most)
		fprintf(out, "\n%s more; --all shows them\n", counted(n - most, "place", more));
	if (c->d.scope == DIFF_LIFE) {
		fputc('\n', out);
		print_life(out, c);
	}
	print_stories(out, c);
	if (*rest) {
		say(&s, "Not compared: %s.", rest);
		fputc('\n', out);
		tell(out, 0, &s);
	}
}
