/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/pair/align_life.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/pair/align_words.h"
#include "replay/pair/life.h"

/* Both lives, and which operation of b each of a is: -1, none. */
struct lives {
	struct life l[2];
	int call_of[LIFE_CALLS];
};

/* ---- which lives ---- */

/* The first finding of a property, or of any that is one of the model's; NULL. */
static const struct trace_finding *first_finding(struct trace *t, const char *property)
{
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n), *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(f[i].property, "CONFORM"))
			continue;
		if (property ? !strcmp(f[i].property, property) : true)
			return &f[i];
		first = first ? first : &f[i];
	}
	return first;
}

static int choose_lives(struct lives *s, struct trace *a, struct trace *b)
{
	const struct trace_finding *fa = first_finding(a, NULL), *fb;
	int err;

	s->l[0].calls = s->l[1].calls = 0;
	fb = first_finding(b, fa ? fa->property : NULL);
	if (!fa && !fb)
		return -ENODATA;
	err = fa ? life_of_finding(&s->l[0], a, fa) : life_of_finding(&s->l[1], b, fb);
	if (err)
		return err;
	if (fa && fb)
		return life_of_finding(&s->l[1], b, fb);
	return fa ? life_like(&s->l[1], b, &s->l[0].call[s->l[0].key]) :
		    life_like(&s->l[0], a, &s->l[1].call[s->l[1].key]);
}

/* ---- which operation is which ---- */

/* How alike two operations are that can be each other's counterpart; else 0. */
static int alike(const struct life_call *a, const struct life_call *b)
{
	int partner[LIFE_STEPS];
	unsigned both = 0, least = a->steps < b->steps ? a->steps : b->steps;
	int score;

	if (a->fault != b->fault ||
	    strcmp(a->step[a->entry].step->op, b->step[b->entry].step->op) != 0)
		return 0;
	score = life_pair(a, b, partner);
	for (unsigned i = 0; i < a->steps; i++)
		both += partner[i] >= 0;
	if (2 * both < least)
		return 0;
	return score > 0 ? score + 1 : 1;
}

/* In order, as many and as like each other as can be; the faults that the lives are about are. */
static int pair_calls(struct lives *s)
{
	const struct life *a = &s->l[0], *b = &s->l[1];
	int (*like)[LIFE_CALLS] = calloc(LIFE_CALLS, sizeof(*like));
	int (*best)[LIFE_CALLS + 1] = calloc(LIFE_CALLS + 1, sizeof(*best));
	unsigned i, j;

	for (i = 0; i < LIFE_CALLS; i++)
		s->call_of[i] = -1;
	for (i = a->calls; like && best && i-- > 0;) {
		for (j = b->calls; j-- > 0;) {
			int both;

			like[i][j] = i == a->key || j == b->key ? 0 :
				     alike(&a->call[i], &b->call[j]);
			both = like[i][j] ? like[i][j] + best[i + 1][j + 1] : 0;
			best[i][j] = best[i + 1][j] > best[i][j + 1] ? best[i + 1][j] :
				     best[i][j + 1];
			best[i][j] = both > best[i][j] ? both : best[i][j];
		}
	}
	for (i = j = 0; like && best && i < a->calls && j < b->calls;) {
		if (like[i][j] && best[i][j] == like[i][j] + best[i + 1][j + 1])
			s->call_of[i++] = (int)j++;
		else if (best[i][j] == best[i + 1][j])
			i++;
		else
			j++;
	}
	s->call_of[a->key] = (int)b->key;
	free(like);
	free(best);
	return like && best ? 0 : -ENOMEM;
}

/* ---- which step is which ---- */

static int by_at(const void *a, const void *b)
{
	const struct life_point *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static int list_points(struct alignment *al, unsigned side, const struct life *l)
{
	struct life_point *p;
	size_t n = 0;

	for (unsigned i = 0; i < l->calls; i++)
		n += l->call[i].steps;
	p = calloc(n + 1, sizeof(*p));
	al->life[side] = p;
	if (!p)
		return -ENOMEM;
	for (unsigned i = 0; i < l->calls; i++)
		for (unsigned j = 0; j < l->call[i].steps; j++)
			p[al->points[side]++].at = l->call[i].step[j].at;
	qsort(p, n, sizeof(*p), by_at);
	return 0;
}

static struct life_point *point(struct alignment *al, unsigned side, uint64_t at)
{
	const struct life_point key = { .at = at };

	return bsearch(&key, al->life[side], al->points[side], sizeof(key), by_at);
}

static void pair_steps(struct alignment *al, const struct life_call *a, const struct life_call *b,
		       bool key)
{
	int partner[LIFE_STEPS];

	life_pair(a, b, partner);
	for (unsigned i = 0; i < a->steps; i++) {
		const struct life_step *x = &a->step[i], *y;
		struct life_point *p, *q;

		if (partner[i] < 0)
			continue;
		y = &b->step[partner[i]];
		p = point(al, 0, x->at);
		q = point(al, 1, y->at);
		p->partner = q->at;
		q->partner = p->at;
		p->key = q->key = key;
		p->same = q->same = !strcmp(x->result, y->result);
	}
}

/*
 * A step without a partner stands where the last one before it stands that has one.  Where tasks
 * took turns in another order, the fault that the lives are about is what stays side by side.
 */
static void place_points(struct alignment *al, unsigned side)
{
	uint64_t limit = UINT64_MAX, reached = al->life[!side][0].at - 1;

	for (size_t i = al->points[side]; i-- > 0;) {
		struct life_point *p = &al->life[side][i];

		p->other = p->partner < limit ? p->partner : limit - 1;
		if (p->key && p->partner)
			limit = p->partner;
	}
	for (size_t i = 0; i < al->points[side]; i++) {
		struct life_point *p = &al->life[side][i];

		if (p->partner && p->other > reached)
			reached = p->other;
		p->other = reached;
	}
}

/* ---- where they part, and why ---- */

static const char *who(const struct life *l, const struct life_call *c)
{
	const struct run_info *info = trace_info(l->t);

	return c->task < info->tasks ? info->task_name[c->task] : "?";
}

/* Step i of a's operation and step j of b's are where it is, unless that is behind their ends. */
static void say_parting(struct alignment *al, const struct lives *s, const struct life_call *a,
			unsigned i, const struct life_call *b, unsigned j, bool matched)
{
	const struct life_step *x = i < a->end ? &a->step[i] : NULL;
	const struct life_step *y = j < b->end ? &b->step[j] : NULL;
	FILE *out = fmemopen(al->why, sizeof(al->why), "w");

	al->a_parted = x ? x->at - 1 : a->step[a->end - 1].at;
	al->b_parted = y ? y->at - 1 : b->step[b->end - 1].at;
	if (!out)
		return;
	say_rules(out, trace_info(s->l[0].t), trace_info(s->l[1].t), UINT64_MAX,
		  UINT64_MAX);
	if (x)
		say_step(out, x->step, x->result, who(&s->l[0], a));
	else
		fprintf(out, "%s is done", who(&s->l[0], a));
	fputs(x && !*x->result && matched ? " goes on left; " : " left; ", out);
	if (matched)
		fputs(y && *y->result ? y->result : "goes on", out);
	else if (y)
		say_step(out, y->step, y->result, who(&s->l[1], b));
	else
		fprintf(out, "%s is done", who(&s->l[1], b));
	fputs(" right", out);
	fclose(out);
	al->why[sizeof(al->why) - 1] = '\0';
}

/* The first difference between two operations: step *i of a and *j of b; false: there is none. */
static bool differ(const struct life_call *a, const struct life_call *b, unsigned *i, unsigned *j,
		   bool *matched)
{
	int partner[LIFE_STEPS];

	life_pair(a, b, partner);
	for (*i = a->entry, *j = b->entry; *i < a->end && *j < b->end; ++*i, ++*j)
		if (partner[*i] != (int)*j ||
		    strcmp(a->step[*i].result, b->step[*j].result) != 0)
			break;
	*matched = *i < a->end && partner[*i] == (int)*j;
	return *i < a->end || *j < b->end;
}

static bool part_calls(struct alignment *al, const struct lives *s, const struct life_call *a,
		       const struct life_call *b)
{
	unsigned i, j;
	bool matched;

	if (!differ(a, b, &i, &j, &matched))
		return false;
	say_parting(al, s, a, i, b, j, matched);
	return true;
}

/* How far from the fault that the lives are about an operation begins. */
static uint64_t distance(const struct life *l, unsigned call)
{
	uint64_t key = l->call[l->key].step[0].at, at = l->call[call].step[0].at;

	return at > key ? at - key : key - at;
}

/* The pair of operations that differ which is nearest to the fault; or -1. */
static int nearest_pair(const struct lives *s)
{
	const struct life *a = &s->l[0], *b = &s->l[1];
	int best = -1;
	unsigned x, y;
	bool matched;

	for (unsigned i = 0; i < a->calls; i++)
		if (s->call_of[i] >= 0 && differ(&a->call[i], &b->call[s->call_of[i]], &x, &y,
						 &matched) &&
		    (best < 0 || distance(a, i) < distance(a, (unsigned)best)))
			best = (int)i;
	return best;
}

/* An operation that only one of the runs has. */
static void say_extra(struct alignment *al, const struct lives *s, unsigned side, unsigned call)
{
	const struct life_call *c = &s->l[side].call[call];
	const struct life_point *p = point(al, side, c->step[0].at);
	uint64_t *at = side ? &al->b_parted : &al->a_parted;
	FILE *out = fmemopen(al->why, sizeof(al->why), "w");

	*(side ? &al->a_parted : &al->b_parted) = p->other;
	*at = p->at - 1;
	if (!out)
		return;
	fprintf(out, "only the %s run has ", side ? "right" : "left");
	say_step(out, c->step[0].step, c->step[0].result, who(&s->l[side], c));
	fclose(out);
	al->why[sizeof(al->why) - 1] = '\0';
}

/* The nearest to the fault that only one run has: *side, and which; or -1. */
static int nearest_extra(const struct lives *s, unsigned *side)
{
	bool has[2][LIFE_CALLS] = { { false } };
	int best = -1;

	for (unsigned i = 0; i < s->l[0].calls; i++)
		if (s->call_of[i] >= 0)
			has[0][i] = has[1][s->call_of[i]] = true;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < s->l[k].calls; i++)
			if (!has[k][i] && (best < 0 || distance(&s->l[k], i) <
					   distance(&s->l[*side], (unsigned)best))) {
				best = (int)i;
				*side = k;
			}
	return best;
}

/* What differs in the fault that the lives are about comes first, then what is near it. */
static void find_parting(struct alignment *al, const struct lives *s)
{
	const struct life *a = &s->l[0], *b = &s->l[1];
	unsigned side = 0;
	int call;

	if (part_calls(al, s, &a->call[a->key], &b->call[b->key]))
		return;
	call = nearest_pair(s);
	if (call >= 0) {
		part_calls(al, s, &a->call[call], &b->call[s->call_of[call]]);
		return;
	}
	call = nearest_extra(s, &side);
	if (call >= 0) {
		say_extra(al, s, side, (unsigned)call);
		return;
	}
	al->same = true;
	al->a_parted = al->a_events;
	al->b_parted = al->b_events;
}

/* By what they do: first that of the faults. */
static void pair_tasks(struct alignment *al, const struct lives *s)
{
	const struct life *a = &s->l[0], *b = &s->l[1];

	for (unsigned i = 0; i < MAX_TASKS; i++)
		al->task_of_b[i] = i;
	for (unsigned i = a->calls; i-- > 0;)
		if (s->call_of[i] >= 0 && b->call[s->call_of[i]].task < MAX_TASKS)
			al->task_of_b[b->call[s->call_of[i]].task] = a->call[i].task;
	if (b->call[b->key].task < MAX_TASKS)
		al->task_of_b[b->call[b->key].task] = a->call[a->key].task;
}

static int align(struct alignment *al, struct lives *s)
{
	int err = pair_calls(s);

	for (unsigned side = 0; side < 2; side++) {
		const struct life *l = &s->l[side];
		const struct life_call *key = &l->call[l->key];

		if (!err)
			err = list_points(al, side, l);
		al->open[side] = key->step[key->entry].at;
		al->page[side] = l->page.kind ? l->page.number : UINT32_MAX;
	}
	if (err)
		return err;
	pair_tasks(al, s);
	for (unsigned i = 0; i < s->l[0].calls; i++)
		if (s->call_of[i] >= 0)
			pair_steps(al, &s->l[0].call[i], &s->l[1].call[s->call_of[i]],
				   i == s->l[0].key);
	place_points(al, 0);
	place_points(al, 1);
	find_parting(al, s);
	return 0;
}

int align_lives(struct alignment *al, struct trace *a, struct trace *b)
{
	struct lives *s = malloc(sizeof(*s));
	int err;

	*al = (struct alignment){ 0 };
	if (!s)
		return -ENOMEM;
	al->a_events = trace_info(a)->events;
	al->b_events = trace_info(b)->events;
	err = choose_lives(s, a, b);
	if (!err)
		err = align(al, s);
	life_free(&s->l[0]);
	life_free(&s->l[1]);
	free(s);
	if (err)
		alignment_free(al);
	return err;
}

int align_either(struct alignment *al, struct trace *a, struct trace *b)
{
	bool capture = trace_info(a)->capture || trace_info(b)->capture;
	int err = capture ? -EFBIG : align_runs(al, a, b);

	return err == -EFBIG ? align_lives(al, a, b) : err;
}
