/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.c - two small runs compared: hunks of steps, and the worlds between them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/check.h"
#include "replay/diff/parts.h"
#include "replay/pair/tasks.h"

/* Two runs that are compared, and how far the comparison is. */
struct walk {
	struct diff *d;
	struct trace *t[2];
	struct marks m[2];
	struct alignment al;		/* of the steps */
	uint64_t at[2];			/* where it is */
	bool same;			/* are the worlds there the same? */
	bool memory;			/* since the last divergence shared memory differed */
	size_t room;
};

int add_divergence(struct diff *d, const struct divergence *more, size_t *room)
{
	if (d->divergences == *room) {
		size_t n = *room ? *room * 2 : 8;
		struct divergence *grown = realloc(d->divergence, n * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		d->divergence = grown;
		*room = n;
	}
	d->divergence[d->divergences++] = *more;
	return 0;
}

static int compare_here(struct walk *w, struct diff_state *s)
{
	return compare_worlds(w->t[0], w->at[0], w->t[1], w->at[1], w->d->task_of_b, s);
}

/* They are in the same state, for the first time since the last divergence. */
static void come_together(struct walk *w)
{
	struct divergence *last = w->d->divergences ?
				  &w->d->divergence[w->d->divergences - 1] : NULL;

	if (last && last->again[0] == DIFF_NEVER)
		memcpy(last->again, w->at, sizeof(last->again));
}

/* A step that both make, with the same result. */
static int walk_step(struct walk *w)
{
	struct divergence d = { .kind = DIFF_EFFECT, .again = { DIFF_NEVER, DIFF_NEVER } };
	bool was = w->same;
	int err;

	memcpy(d.from, w->at, sizeof(d.from));
	w->at[0]++;
	w->at[1]++;
	memcpy(d.to, w->at, sizeof(d.to));
	err = compare_here(w, &d.after);
	w->same = d.after.same;
	w->memory = (!was && w->memory) || d.after.differ;
	if (!err && was && !w->same)
		err = add_divergence(w->d, &d, &w->room);
	else if (!err && !was && w->same)
		come_together(w);
	return err;
}

static int walk_hunk(struct walk *w, const struct hunk *h)
{
	const struct mark *a = &w->m[0].mark[h->from[0]], *b = &w->m[1].mark[h->from[1]];
	bool both = h->from[0] < h->to[0] && h->from[1] < h->to[1];
	struct divergence d = { .again = { DIFF_NEVER, DIFF_NEVER } };
	const struct divergence *last = w->d->divergence;
	size_t n = w->d->divergences;
	int err;

	d.kind = both && !strcmp(a->role, b->role) && same_mark_step(a, b) ? DIFF_RESULT :
		 DIFF_STEPS;
	memcpy(d.from, h->from, sizeof(d.from));
	memcpy(d.to, h->to, sizeof(d.to));
	memcpy(w->at, h->to, sizeof(w->at));
	err = compare_here(w, &d.after);
	/* that a task stood elsewhere than in the other run shows here, in what it does */
	if (n && last[n - 1].kind == DIFF_EFFECT && !w->memory &&
	    last[n - 1].again[0] == DIFF_NEVER)
		w->d->divergences--;
	w->memory = false;
	if (!err)
		err = add_divergence(w->d, &d, &w->room);
	w->same = d.after.same;
	if (!err && w->same)
		come_together(w);
	return err;
}

/* Beyond the last hunk both make the same steps, to their ends. */
static int walk_all(struct walk *w)
{
	int err = compare_here(w, &w->d->start);

	w->same = w->d->start.same;
	for (size_t i = 0; !err && i <= w->al.hunks; i++) {
		uint64_t to = i < w->al.hunks ? w->al.hunk[i].from[0] : w->m[0].n;

		while (!err && w->at[0] < to)
			err = walk_step(w);
		if (!err && i < w->al.hunks)
			err = walk_hunk(w, &w->al.hunk[i]);
	}
	return err ? err : compare_here(w, &w->d->end);
}

/* ---- the same steps in another order ---- */

/* The task's next step from `at`, before `to`. */
static uint64_t next_of(const struct marks *m, uint64_t at, uint64_t to, const char *role)
{
	while (at < to && strcmp(m->mark[at].role, role))
		at++;
	return at;
}

/* Does the task make the same steps in both of these stretches? */
static bool same_lane(const struct walk *w, const uint64_t from[2], const uint64_t to[2],
		      const char *role)
{
	uint64_t i = from[0], j = from[1];

	for (;; i++, j++) {
		i = next_of(&w->m[0], i, to[0], role);
		j = next_of(&w->m[1], j, to[1], role);
		if (i == to[0] || j == to[1])
			return i == to[0] && j == to[1];
		if (!same_mark(&w->m[0].mark[i], &w->m[1].mark[j]))
			return false;
	}
}

static bool same_lanes(const struct walk *w, const uint64_t from[2], const uint64_t to[2])
{
	if (to[0] - from[0] != to[1] - from[1])
		return false;
	for (uint64_t i = from[0]; i < to[0]; i++) {
		const char *role = w->m[0].mark[i].role;

		if (next_of(&w->m[0], from[0], i, role) == i && !same_lane(w, from, to, role))
			return false;
	}
	return true;
}

/* Were the worlds the same where divergence i begins? */
static bool same_before(const struct diff *d, size_t i)
{
	return i ? d->divergence[i - 1].again[0] != DIFF_NEVER : d->start.same;
}

#define ORDER_MAX	4096	/* steps of a stretch that is looked at as one of another order */

/* Do divergences i .. j come to nothing but another order?  Then they are one. */
static bool is_order(const struct walk *w, size_t i, size_t j)
{
	const struct divergence *first = &w->d->divergence[i], *last = &w->d->divergence[j];

	return last->again[0] != DIFF_NEVER && last->again[0] - first->from[0] <= ORDER_MAX &&
	       first->kind != DIFF_EFFECT && same_before(w->d, i) &&
	       same_lanes(w, first->from, last->again);
}

static void find_orders(struct walk *w)
{
	struct diff *d = w->d;
	size_t n = 0;

	for (size_t i = 0; i < d->divergences; i++) {
		struct divergence *first = &d->divergence[i];
		size_t j = i;

		while (j + 1 < d->divergences && d->divergence[j].again[0] == DIFF_NEVER &&
		       d->divergence[j].to[0] - first->from[0] <= ORDER_MAX)
			j++;
		if (is_order(w, i, j)) {
			struct divergence order = *first;

			order.kind = DIFF_ORDER;
			order.after = (struct diff_state){ .same = true };
			memcpy(order.again, d->divergence[j].again, sizeof(order.again));
			memcpy(order.to, order.again, sizeof(order.to));
			d->divergence[n++] = order;
			i = j;
		} else {
			d->divergence[n++] = *first;
		}
	}
	d->divergences = n;
}

/* ---- what the runs violate ---- */

static const struct trace_finding *finding_of(struct trace *t, const char *property)
{
	const struct trace_finding *f;
	size_t n;

	f = trace_findings(t, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].property, property))
			return &f[i];
	return NULL;
}

/* What one of them alone violates; of several of a property the first. */
static int find_findings(struct diff *d, struct trace *const t[2])
{
	const struct trace_finding *f[2];
	size_t n[2];

	f[0] = trace_findings(t[0], &n[0]);
	f[1] = trace_findings(t[1], &n[1]);
	/* there is room for costs too: rules.c */
	d->finding = calloc(n[0] + n[1] + 2 * PROPERTY_COUNT, sizeof(*d->finding));
	if (!d->finding)
		return -ENOMEM;
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < n[side]; i++)
			if (finding_of(t[side], f[side][i].property) == &f[side][i] &&
			    !finding_of(t[!side], f[side][i].property))
				d->finding[d->findings++] = (struct diff_finding){
					.side = side, .property = f[side][i].property,
					.position = f[side][i].position };
	return 0;
}

/* ---- all of it ---- */

static void find_switches(struct diff *d, struct trace *a, struct trace *b)
{
	char why[CHECK_TEXT_MAX];
	struct kernel ka, kb;

	d->kernels = !check_kernel(a, &ka, why) && !check_kernel(b, &kb, why);
	for (enum kernel_switch s = 0; s < SWITCH_COUNT && d->kernels; s++) {
		d->value[s][0] = kernel_get(&ka, s);
		d->value[s][1] = kernel_get(&kb, s);
		d->switches |= (uint64_t)(d->value[s][0] != d->value[s][1]) << s;
	}
}

static int align(struct walk *w, const char *const *role_a, const char *const *role_b)
{
	bool kernels = strcmp(trace_info(w->t[0])->switches, trace_info(w->t[1])->switches) != 0;
	struct marks *a = &w->m[0], *b = &w->m[1];
	int err = marks_load(a, w->t[0], role_a);

	if (!err)
		err = marks_load(b, w->t[1], role_b);
	if (err)
		return err;
	w->al.b_of_a = calloc(a->n + 1, sizeof(*w->al.b_of_a));
	w->al.a_of_b = calloc(b->n + 1, sizeof(*w->al.a_of_b));
	if (!w->al.b_of_a || !w->al.a_of_b)
		return -ENOMEM;
	err = match_moves(&w->al, a, b, kernels);
	return err ? err : find_hunks(&w->al, a, b);
}

static int diff_small(struct diff *d, struct trace *a, struct trace *b)
{
	const char *role[2][MAX_TASKS];
	struct walk w = { .d = d, .t = { a, b } };
	int err;

	match_tasks(trace_info(a), trace_info(b), d->task_of_b, role);
	err = align(&w, role[0], role[1]);
	if (!err)
		err = walk_all(&w);
	if (!err)
		find_orders(&w);
	if (!err) {
		d->common = d->divergences ? d->divergence[0].from[0] : w.m[0].n;
		d->order = d->divergences > 0;
		for (size_t i = 0; i < d->divergences; i++)
			d->order &= d->divergence[i].kind == DIFF_ORDER;
		err = find_rules(d, a, b);
	}
	marks_free(&w.m[0]);
	marks_free(&w.m[1]);
	alignment_free(&w.al);
	return err;
}

static bool is_small(const struct trace *t)
{
	const struct run_info *info = trace_info(t);

	return !info->large && !info->capture && info->events <= ALIGN_EVENTS_MAX;
}

int diff_runs(struct diff *d, struct trace *a, struct trace *b)
{
	int err;

	*d = (struct diff){ .events = { trace_info(a)->events, trace_info(b)->events } };
	find_switches(d, a, b);
	err = find_findings(d, (struct trace *const[]){ a, b });
	if (!err)
		err = is_small(a) && is_small(b) ? diff_small(d, a, b) : diff_large(d, a, b);
	if (!err && d->scope == DIFF_WHOLE)
		d->same = !d->divergences && !d->findings && d->start.same && d->end.same;
	return err;
}

void diff_free(struct diff *d)
{
	free(d->divergence);
	free(d->finding);
	alignment_free(&d->life);
	*d = (struct diff){ 0 };
}
