/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Branches: an execution, its record in a file without a name, and moves that make it longer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/session.h"

/*
 * A file in a folder of its own.  Both lose their names as soon as it is open twice, to be written
 * and to be read: nothing is left of it, however the process ends.
 */
static int open_record(struct hand *h, struct hand_run *r)
{
	const struct run_meta meta = { .title = r->name, .kernel_name = r->kernel_name };
	char path[4096], err[TRACE_ERROR_MAX];
	int e = trace_place(path, sizeof(path), err);

	if (e)
		return hand_fail(h, e, "%.250s: TMPDIR names a folder for branches", err);
	e = trace_create(&r->tw, path, TRACE_SCRATCH, err);
	if (!e) {
		e = trace_run_begin(r->tw, &r->s, &r->x.kernel, &meta, &r->x.world[0]);
		if (e > 0)
			e = trace_run_flush(r->tw, r->name, "");
		if (e)
			snprintf(err, sizeof(err), "%s", trace_error(r->tw));
	}
	if (!e)
		e = trace_open(&r->t, path, 0, err);
	trace_unplace(path);
	return e ? hand_fail(h, e, "%.300s", err) : 0;
}

int branch_begin(struct hand *h, struct hand_run *r)
{
	int err = 0;

	if (h->branches >= HAND_BRANCHES_MAX)
		err = hand_fail(h, -EMFILE, "there are %d branches, which is the most: delete some",
				HAND_BRANCHES_MAX);
	else if (!r->tw)
		err = open_record(h, r);
	if (err)
		run_free(r);
	return err ? err : run_keep(h, r);
}

/* A run of that scenario and kernel, at its start: the one that was made ahead, if it is one. */
static struct hand_run *run_like(struct hand *h, const struct hand_run *from)
{
	struct hand_run *r = h->spare;

	h->spare = NULL;
	if (r && !strcmp(r->s.text, from->s.text) && !strcmp(r->kernel_name, from->kernel_name) &&
	    !memcmp(&r->x.kernel, &from->x.kernel, sizeof(r->x.kernel)))
		return r;
	run_free(r);
	return run_new(h, from->s.name, from->s.text, &from->x.kernel, from->kernel_name);
}

void hand_idle(struct hand *h, struct trace *t)
{
	const struct hand_run *from = run_known(h, t);
	struct hand_run *r;

	if (!from)
		return;
	r = run_like(h, from);
	if (r && !r->tw && open_record(h, r)) {
		run_free(r);
		r = NULL;
	}
	h->spare = r;
}

struct hand_run *branch_new(struct hand *h, const struct hand_run *from, size_t n,
			    const char *name)
{
	struct hand_run *r = run_like(h, from);

	if (!r)
		return NULL;
	name_branch(h, r->name, name);
	memcpy(r->parent, from->name, sizeof(r->parent));
	r->left = n;
	for (size_t i = 0; i < n; i++) {
		int err = execution_move(&r->x, from->x.step[i].move);

		if (err) {
			hand_fail(h, err, "move %zu: %s", i + 1, strerror(-err));
			run_free(r);
			return NULL;
		}
	}
	return branch_begin(h, r) ? NULL : r;
}

int branch_write(struct hand *h, struct hand_run *r)
{
	const struct execution *x = &r->x;
	char *schedule = NULL;
	int err = 0;

	for (; !err && r->written < x->n; r->written++)
		err = trace_run_step(r->tw, &x->step[r->written], &x->world[r->written],
				     &x->world[r->written + 1], x->length[r->written + 1]);
	if (!err) {
		schedule = hand_schedule(h, r->t, x->n);
		if (!schedule)
			return -ENOMEM;
		err = trace_run_flush(r->tw, r->name, schedule);
		free(schedule);
	}
	if (err)
		return hand_fail(h, err, "%.300s", trace_error(r->tw));
	err = trace_refresh(r->t);
	return err < 0 ? hand_fail(h, err, "%.300s", trace_message(r->t)) : 0;
}

/* A branch has the notes of what it is a copy of. */
static int branch_notes(struct hand *h, struct hand_run *r, const struct trace *from)
{
	int err = copy_notes(h, r->tw, from, r->left);

	if (!err && trace_notes_again(r->t))
		err = hand_fail(h, -EIO, "%.300s", trace_message(r->t));
	return err;
}

/* ---- moves ---- */

int pen_set(struct pen *p, struct hand *h, struct trace *t, uint64_t position)
{
	*p = (struct pen){ .h = h, .run = run_of(h, t), .moved = HAND_NEXT, .from = t };
	if (!p->run)
		return -ENOTSUP;
	if (position > p->run->x.n)
		return hand_fail(h, -EINVAL, "the run has %zu moves", p->run->x.n);
	p->position = (size_t)position;
	return 0;
}

static int leave_run(struct pen *p, struct move m)
{
	char name[HAND_NAME_MAX];
	struct hand_run *r;

	snprintf(name, sizeof(name), "%s at %zu", p->run->s.program[m.task].name, p->position);
	r = branch_new(p->h, p->run, p->position, name);
	if (!r)
		return -EIO;
	p->run = r;
	p->moved = HAND_BRANCHED;
	return 0;
}

int pen_move(struct pen *p, struct move m)
{
	const struct execution *x = &p->run->x;
	struct move_tried tried;
	struct blame b;
	int err = -EINVAL;

	if (p->position < x->n && x->step[p->position].move.task == m.task &&
	    x->step[p->position].move.choice == m.choice) {
		p->position++;
		return 0;
	}
	if (m.task < x->scenario->tasks)
		err = move_try(x->scenario, &x->kernel, &x->world[p->position], m, &tried);
	if (err) {
		why_not(x, p->position, m, &tried, err, &b, p->h->why);
		return err;
	}
	if (p->position >= SCHEDULE_MAX)
		return hand_fail(p->h, -EFBIG, "the run has %d moves, which is the most",
				 SCHEDULE_MAX);
	if ((!p->run->tw || p->position < x->n) && leave_run(p, m))
		return -EIO;
	err = execution_move(&p->run->x, m);
	if (err)
		return hand_fail(p->h, err, "%s", strerror(-err));
	p->position++;
	if (p->moved == HAND_NEXT)
		p->moved = HAND_LONGER;
	return 0;
}

int pen_lift(struct pen *p, struct trace **out)
{
	int err = p->moved == HAND_NEXT ? 0 : branch_write(p->h, p->run);

	if (!err && p->moved == HAND_BRANCHED)
		err = branch_notes(p->h, p->run, p->from);
	*out = p->run->t;
	return err ? err : p->moved;
}

int hand_move(struct hand *h, struct trace *t, uint64_t position, struct move m,
	      struct trace **out)
{
	struct pen p;
	int err = pen_set(&p, h, t, position);

	*out = t;
	if (!err)
		err = pen_move(&p, m);
	return err ? err : pen_lift(&p, out);
}

int hand_walk(struct hand *h, struct trace *t, uint64_t position, const struct schedule *s,
	      struct trace **out, size_t *made)
{
	struct pen p;
	char why[HAND_TEXT_MAX];
	int err = pen_set(&p, h, t, position), wrote;

	*out = t;
	*made = 0;
	if (err)
		return err;
	while (!err && *made < s->n) {
		err = pen_move(&p, s->move[*made]);
		*made += !err;
	}
	if (err) {
		memcpy(why, h->why, sizeof(why));
		hand_fail(h, err, "move %zu: %.*s", *made + 1, HAND_TEXT_MAX - 32, why);
	}
	wrote = pen_lift(&p, out);
	return err ? err : wrote;
}

/* ---- from the start ---- */

int hand_start(struct hand *h, const struct scenario *s, const struct kernel *k,
	       const char *kernel_name, struct trace **t)
{
	struct hand_run *r = run_new(h, s->name, s->text, k, kernel_name);
	int err;

	*t = NULL;
	if (!r)
		return -ENOMEM;
	name_branch(h, r->name, s->name);
	err = branch_begin(h, r);
	if (!err)
		*t = r->t;
	return err;
}

int hand_run_text(struct hand *h, const struct scenario *s, const struct kernel *k,
		  const char *kernel_name, const char *text, struct trace **t)
{
	struct schedule schedule;
	size_t made;
	int err = hand_parse(&schedule, s, text, h->why);

	*t = NULL;
	if (err)
		return err;
	err = hand_start(h, s, k, kernel_name, t);
	if (!err)
		err = hand_walk(h, *t, 0, &schedule, t, &made);
	schedule_free(&schedule);
	return err < 0 ? err : 0;
}
