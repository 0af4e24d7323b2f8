/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * claim.c - what a beat claims: as it is written, and whether it is so.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/deck/parse.h"

/* ---- as it is written ---- */

static int parse_step(struct claim *c, const char *text, struct deck_error *err)
{
	int why;

	if (!take_task(&text, c->task, sizeof(c->task)))
		return deck_refuse(err, c->line, "'%.60s': 'TASK: STEP [= RESULT]' is needed here",
				   text);
	why = step_name_parse(&c->step, text);
	return why ? step_name_refused(why, text, c->line, err) : 0;
}

static int parse_reach(struct claim *c, const char *text, struct deck_error *err)
{
	int why = step_name_parse(&c->step, text);

	return why ? step_name_refused(why, text, c->line, err) : 0;
}

static int parse_property(struct claim *c, const char *text, struct deck_error *err)
{
	int property = property_find(text);

	if (property < 0)
		return deck_refuse(err, c->line, "'%.40s' is no property; 'swapscope list "
				   "properties' shows them", text);
	c->property = (uint8_t)property;
	if (c->kind == CLAIM_VIOLATES && property == PROP_LIVELOCK)
		return deck_refuse(err, c->line, "no single run shows a LIVELOCK: 'can violate "
				   "LIVELOCK' is meant");
	return 0;
}

static int parse_rule(struct claim *c, const char *text, struct deck_error *err)
{
	enum kernel_switch s = SWITCH_COUNT;

	for (unsigned i = 0; i < SWITCH_COUNT; i++)
		if (!strcmp(kernel_switches[i].name, text))
			s = (enum kernel_switch)i;
	if (s == SWITCH_COUNT)
		return deck_refuse(err, c->line, "no rule '%.40s'; 'swapscope list switches' shows "
				   "them", text);
	c->rule = (uint8_t)s;
	return 0;
}

static int parse_count(struct claim *c, const char *text, struct deck_error *err)
{
	size_t v;

	if (!whole_number(text, SCHEDULE_MAX, &v))
		return deck_refuse(err, c->line, "'%.40s': a number of steps is needed", text);
	c->number = (unsigned)v;
	return 0;
}

static int parse_nothing(struct claim *c, const char *text, struct deck_error *err)
{
	return *text ? deck_refuse(err, c->line, "'%.40s' is too much", text) : 0;
}

/* Claims that begin with words of their own. */
static const struct {
	const char *first, *second;	/* words; NULL: one word only */
	enum claim_kind kind;
	bool not;
	int (*rest)(struct claim *c, const char *text, struct deck_error *err);
} forms[] = {
	{ "safe", NULL, CLAIM_SAFE, false, parse_nothing },
	{ "same", NULL, CLAIM_SAME, false, parse_nothing },
	{ "violates", NULL, CLAIM_VIOLATES, false, parse_property },
	{ "can", "violate", CLAIM_CAN_VIOLATE, false, parse_property },
	{ "never", "violates", CLAIM_CAN_VIOLATE, true, parse_property },
	{ "can", "reach", CLAIM_CAN_REACH, false, parse_reach },
	{ "never", "reaches", CLAIM_CAN_REACH, true, parse_reach },
	{ "made", NULL, CLAIM_MADE, false, parse_step },
	{ "later", NULL, CLAIM_LATER, false, parse_step },
	{ "next", NULL, CLAIM_NEXT, false, parse_step },
	{ "parted", "by", CLAIM_PARTED, false, parse_rule },
	{ "parted", "after", CLAIM_PARTED_AFTER, false, parse_count },
	{ "repaired", "by", CLAIM_REPAIRED, false, parse_rule },
	{ "steps", "=", CLAIM_LENGTH, false, parse_count },
};

/* "slot 0 pin = T0", "zswap tree_lock = W" */
static int parse_field(struct claim *c, const char *text, struct deck_error *err)
{
	const char *value = text;
	char number[8];
	size_t v = 0, n;

	next_word(&text, c->object, sizeof(c->object));
	if (objects_of(NULL, c->object) != 0 &&
	    (!next_word(&text, number, sizeof(number)) || !whole_number(number, UINT8_MAX, &v)))
		return deck_refuse(err, c->line, "'%.60s': which %s? '%s 0' or so is needed", value,
				   c->object, c->object);
	c->number = (unsigned)v;
	if (!next_word(&text, c->field, sizeof(c->field)) || !take_word(&text, "=") || !*text)
		return deck_refuse(err, c->line, "'%.60s': '%s%s FIELD = VALUE' is needed", value,
				   c->object, objects_of(NULL, c->object) ? " N" : "");
	n = strlen(text);
	if (n >= sizeof(c->value))
		return deck_refuse(err, c->line, "a value is at most %zu characters",
				   sizeof(c->value) - 1);
	strcpy(c->value, text);
	return field_known(c, err);
}

/* "T0 waits [for folio 2]", "T0 is done" */
static int parse_task(struct claim *c, const char *text, struct deck_error *err)
{
	const char *value = text;

	if (next_word(&text, c->task, sizeof(c->task))) {
		if (take_word(&text, "waits") && (!*text || take_word(&text, "for"))) {
			c->kind = CLAIM_WAITS;
			snprintf(c->value, sizeof(c->value), "%s", text);
			return 0;
		}
		if (take_word(&text, "is") && !strcmp(text, "done")) {
			c->kind = CLAIM_DONE;
			return 0;
		}
	}
	return deck_refuse(err, c->line, "'%.60s' claims nothing that is understood; "
			   "docs/deck-format.md has the forms: 'TASK: STEP = RESULT', 'slot 0 "
			   "pin = TASK', 'TASK waits', 'violates PROPERTY', 'safe', 'parted by "
			   "RULE' ..",
			   value);
}

int claim_parse(struct claim *c, const char *text, unsigned line, struct deck_error *err)
{
	char word[DECK_LINE_MAX], task[sizeof(c->task)];
	const char *rest = text, *p;

	*c = (struct claim){ .line = line };
	if (strlen(text) >= sizeof(c->text))
		return deck_refuse(err, line, "a claim is at most %zu characters",
				   sizeof(c->text) - 1);
	strcpy(c->text, text);
	take_side(&rest, &c->side);
	c->not = take_word(&rest, "not");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		p = rest;
		if (!take_word(&p, forms[i].first) ||
		    (forms[i].second && !take_word(&p, forms[i].second)))
			continue;
		c->kind = forms[i].kind;
		c->not ^= forms[i].not;
		return forms[i].rest(c, p, err);
	}
	p = rest;
	if (take_task(&p, task, sizeof(task))) {
		c->kind = CLAIM_STEP;
		return parse_step(c, rest, err);
	}
	if (next_word(&p, word, sizeof(word)) && objects_of(NULL, word) >= 0) {
		c->kind = CLAIM_FIELD;
		return parse_field(c, rest, err);
	}
	return parse_task(c, rest, err);
}

/* ---- whether it is so: of the run ---- */

/* A claim that is looked at. */
struct look {
	const struct claim *c;
	struct deck_runs *r;
	const struct execution *x;	/* the run that it is about */
	const struct stand *s;
	size_t at;
	int task;			/* that it is about, or -1 */
	struct judgement *j;
	struct deck_error *err;
};

#define IS(l, ...) snprintf((l)->j->is, sizeof((l)->j->is), __VA_ARGS__)

/* Is the step made between two transitions, both included? */
static bool makes_between(const struct look *l, size_t from, size_t to)
{
	char text[200];
	size_t last = 0;

	for (size_t i = from; i <= to && i <= l->x->n; i++) {
		struct step_name name = l->c->step;

		if (run_makes(l->x, i, l->task, &name)) {
			IS(l, "%s does at step %zu", l->c->task, i);
			return true;
		}
		name.result = 0;
		if (run_makes(l->x, i, l->task, &name))
			last = i;
	}
	transition_text(l->x, last, text, sizeof(text));
	if (last)
		IS(l, "at step %zu it is '%s'", last, text);
	else
		IS(l, "%s makes no such step %s step %zu", l->c->task,
		   from > l->at ? "after" : "up to", l->at);
	return false;
}

static bool step_is(const struct look *l)
{
	char text[200];

	transition_text(l->x, l->at, text, sizeof(text));
	IS(l, "at step %zu it is '%s'", l->at, text);
	return run_makes(l->x, l->at, l->task, &l->c->step);
}

static bool next_is(const struct look *l)
{
	const struct task *t = &l->x->world[l->at].task[l->task];
	int step = t->depth ? task_at(t, t->depth - 1u) : -1;

	if (step < 0)
		IS(l, "%s has finished", l->c->task);
	else
		IS(l, "%s stands before '%s'", l->c->task, step_at((size_t)step)->text);
	return step >= 0 && step_begins(&l->c->step, step_at((size_t)step));
}

static bool waits(const struct look *l)
{
	const struct world *w = &l->x->world[l->at];
	enum wait_kind wait = WAIT_NOTHING;
	unsigned index = 0;
	char text[80] = "";

	if (task_finished(&w->task[l->task])) {
		IS(l, "%s has finished", l->c->task);
		return false;
	}
	if (task_enabled(&l->r->scenario, &l->x->kernel, w, (unsigned)l->task, &wait, &index)) {
		IS(l, "%s can move", l->c->task);
		return false;
	}
	wait_text(wait, index, text, sizeof(text));
	IS(l, "%s waits for %s", l->c->task, text);
	return !strncmp(text, l->c->value, strlen(l->c->value));
}

static bool is_done(const struct look *l)
{
	const struct task *t = &l->x->world[l->at].task[l->task];

	if (task_finished(t))
		IS(l, "%s has finished", l->c->task);
	else
		IS(l, "%s stands in %s", l->c->task, op_name(t->frame[t->depth - 1].op));
	return task_finished(t);
}

static bool violates(const struct look *l)
{
	uint32_t found = 0;

	IS(l, "nothing is violated in this run");
	for (size_t i = 0; i < l->x->n; i++) {
		uint32_t bits = l->x->step[i].violated | l->x->step[i].costs;

		for (unsigned p = 0; p < PROPERTY_COUNT && !found; p++)
			if (bits >> p & 1)
				IS(l, "this run violates %s at step %zu", properties[p].name,
				   i + 1);
		found |= bits;
	}
	return found >> l->c->property & 1;
}

/* ---- of both runs ---- */

static void rules_text(const struct look *l, const char *what, uint64_t rules)
{
	size_t n = (size_t)IS(l, "%s by ", what);

	for (unsigned s = 0; s < SWITCH_COUNT; s++)
		if (rules >> s & 1)
			n += (size_t)snprintf(l->j->is + n, sizeof(l->j->is) - n, "%s%s",
					      l->j->is[n - 1] == ' ' ? "" : ", ",
					      kernel_switches[s].name);
	if (!rules)
		IS(l, "no rule alone does it");
}

static int parted(const struct look *l, bool *is)
{
	const struct execution *a = deck_side(l->r, 0);
	const struct kernel *kb = &deck_side(l->r, 1)->kernel;
	struct execution b;
	uint64_t rules;
	size_t at;
	int error = execution_init(&b, &l->r->scenario, kb);

	if (error)
		return error;
	error = same_schedule(a, &b, &at);
	execution_free(&b);
	if (error)
		return error;
	rules = parting_switches(a, kb, at);
	rules_text(l, "they are parted", rules);
	*is = rules >> l->c->rule & 1;
	return 0;
}

static int judge_two(const struct look *l, const struct alignment *al, bool *is)
{
	if (l->r->n < 2 || !al)
		return deck_refuse(l->err, l->c->line, "there is one run only: 'beside = KERNEL' "
				   "makes another");
	if (l->c->kind == CLAIM_PARTED)
		return parted(l, is);
	if (l->c->kind == CLAIM_REPAIRED) {
		if (!l->r->compared)
			return deck_refuse(l->err, l->c->line, "what repairs a violation is known "
					   "of runs that come of 'property = ...'");
		rules_text(l, "it is repaired", l->r->pair.rules);
		*is = l->r->pair.rules >> l->c->rule & 1;
		return 0;
	}
	if (al->same)
		IS(l, "the two runs do the same throughout");
	else
		IS(l, "they part after step %zu (left) and %zu (right)", (size_t)al->a_parted,
		   (size_t)al->b_parted);
	*is = l->c->kind == CLAIM_SAME ? al->same : !al->same &&
	      (l->c->side ? al->b_parted : al->a_parted) == l->c->number;
	return 0;
}

/* ---- of every interleaving ---- */

static int search(const struct look *l, const struct exploration **x)
{
	struct exploration **all = &l->r->all[l->c->side];
	struct explore_options o = { .max_states = l->r->scenario.max_states,
				     .max_depth = l->r->scenario.max_depth, .livelock = true };
	int error = 0;

	l->j->search = true;
	if (!*all) {
		*all = calloc(1, sizeof(**all));
		if (!*all)
			return -ENOMEM;
		error = explore(*all, &l->r->scenario, &l->x->kernel, &o);
		if (error) {
			free(*all);
			*all = NULL;
		}
	}
	*x = *all;
	return error;
}

static void search_text(const struct look *l, const struct exploration *x)
{
	const struct finding *f = x->findings ? &x->finding[0] : NULL;

	if (f)
		IS(l, "%s is violated after %zu steps", properties[f->property].name,
		   f->schedule.n);
	else if (x->complete)
		IS(l, "safe in every interleaving: %llu states", (unsigned long long)x->states);
	else
		IS(l, "nothing was found in %llu states; a bound was hit: %s",
		   (unsigned long long)x->states, x->bound ? x->bound : "?");
}

static enum truth can_violate(const struct look *l, const struct exploration *x)
{
	uint32_t known = known_properties(x->complete, x->bound);
	enum property p = (enum property)l->c->property;

	search_text(l, x);
	for (unsigned i = 0; i < x->findings; i++)
		if (x->finding[i].property == p)
			IS(l, "%s is violated after %zu steps", properties[p].name,
			   x->finding[i].schedule.n);
	for (unsigned i = 0; i < x->costs_found; i++)
		if (x->cost[i].property == p)
			IS(l, "%s is found after %zu steps", properties[p].name,
			   x->cost[i].schedule.n);
	if ((x->violated | x->costs) >> p & 1)
		return TRUTH_TRUE;
	return known >> p & 1 ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

static enum truth can_reach(const struct look *l, const struct exploration *x)
{
	const struct step_name *n = &l->c->step;

	IS(l, "some interleaving comes to it");
	for (size_t i = 0; i < step_count(); i++) {
		if (!x->step_reached[i] || !step_begins(n, step_at(i)))
			continue;
		if (!n->result)
			return TRUTH_TRUE;
		for (size_t j = 0; j < result_count(); j++)
			if (step_is_named(n, (int)i, result_at(j)->text) &&
			    exploration_had(x, i, result_at(j)))
				return TRUTH_TRUE;
	}
	IS(l, x->complete ? "no interleaving comes to it" :
	   "it was not found; the search hit a bound: %s", x->bound ? x->bound : "?");
	return x->complete ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

static int judge_search(const struct look *l, enum truth *truth)
{
	const struct exploration *x;
	int error = search(l, &x);

	if (error)
		return error;
	switch (l->c->kind) {
	case CLAIM_CAN_VIOLATE:
		*truth = can_violate(l, x);
		return 0;
	case CLAIM_CAN_REACH:
		*truth = can_reach(l, x);
		return 0;
	default:
		search_text(l, x);
		*truth = x->violated ? TRUTH_FALSE : x->verdict == VERDICT_SAFE ? TRUTH_TRUE :
			 TRUTH_UNKNOWN;
		return 0;
	}
}

/* ---- */

static int judge(const struct look *l, const struct alignment *al, enum truth *truth)
{
	bool is = false;
	int error = 0;

	switch (l->c->kind) {
	case CLAIM_STEP:
		is = step_is(l);
		break;
	case CLAIM_MADE:
		is = makes_between(l, 1, l->at);
		break;
	case CLAIM_LATER:
		is = makes_between(l, l->at + 1, l->x->n);
		break;
	case CLAIM_NEXT:
		is = next_is(l);
		break;
	case CLAIM_WAITS:
		is = waits(l);
		break;
	case CLAIM_DONE:
		is = is_done(l);
		break;
	case CLAIM_FIELD:
		error = field_is(l->c, l->x, l->at, &is, l->j->is, sizeof(l->j->is), l->err);
		break;
	case CLAIM_VIOLATES:
		is = violates(l);
		break;
	case CLAIM_LENGTH:
		IS(l, "the run has %zu steps", l->x->n);
		is = l->x->n == l->c->number;
		break;
	case CLAIM_SAME:
	case CLAIM_PARTED:
	case CLAIM_PARTED_AFTER:
	case CLAIM_REPAIRED:
		error = judge_two(l, al, &is);
		break;
	case CLAIM_SAFE:
	case CLAIM_CAN_VIOLATE:
	case CLAIM_CAN_REACH:
		return judge_search(l, truth);
	}
	*truth = is ? TRUTH_TRUE : TRUTH_FALSE;
	return error;
}

int deck_judge(struct judgement *j, const struct claim *c, struct deck_runs *r,
	       const struct alignment *al, const struct stand *s, struct deck_error *err)
{
	struct look l = { .c = c, .r = r, .s = s, .j = j, .err = err, .task = -1 };
	int error;

	*j = (struct judgement){ 0 };
	*err = (struct deck_error){ 0 };
	if (c->side >= r->n)
		return deck_refuse(err, c->line, "there is no right run: 'beside = KERNEL' makes "
				   "one");
	l.x = deck_side(r, c->side);
	l.at = s->at[c->side];
	if (*c->task) {
		l.task = task_of_runs(r, c->task);
		if (l.task < 0)
			return no_task(r, c->task, c->line, err);
	}
	error = judge(&l, al, &j->truth);
	if (!error && c->not && j->truth != TRUTH_UNKNOWN)
		j->truth = j->truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
	return error;
}
