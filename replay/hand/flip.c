/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same schedule under another kernel, as a branch.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "replay/hand/session.h"
#include "replay/pair/align.h"

/* "move 11: W comes to '-EEXIST', not to '0', at 12: T0 holds SWAP_HAS_CACHE since 4" */
static void say_other_result(const struct execution *a, const struct execution *b,
			     struct hand_flip *f)
{
	const struct exec_step *was = &a->step[f->same], *is = &b->step[f->position];
	char who[HAND_TEXT_MAX];
	struct blame blame;

	why_result(b, (size_t)f->position, is->move.task, is, &blame, who);
	snprintf(f->why, sizeof(f->why), "move %llu: '%s: %.80s' comes to '%.50s', not to '%.50s'"
		 "%s%.80s", (unsigned long long)f->same + 1,
		 b->scenario->program[is->move.task].name, step_at((size_t)is->step)->text,
		 is->result ? is->result : "nothing", was->result ? was->result : "nothing",
		 *who ? ": " : "", who);
}

static void say_not_made(const struct execution *a, const struct execution *b,
			 struct hand_flip *f)
{
	const struct exec_step *was = &a->step[f->same];
	const char *name = b->scenario->program[was->move.task].name;
	const struct task *t = &b->world[f->position].task[was->move.task];
	const char *asked = step_at((size_t)was->step)->text;
	char why[HAND_TEXT_MAX];

	hand_why_not(b, (size_t)f->position, was->move, why);
	if (*why)
		snprintf(f->why, sizeof(f->why), "move %llu: %.280s",
			 (unsigned long long)f->same + 1, why);
	else
		snprintf(f->why, sizeof(f->why), "move %llu: %s does not come to '%.80s': it "
			 "stands at '%.80s'", (unsigned long long)f->same + 1, name, asked,
			 step_at((size_t)task_at(t, t->depth - 1u))->text);
}

static void report_parted(const struct execution *a, const struct execution *b,
			  const struct parted *p, struct hand_flip *f)
{
	*f = (struct hand_flip){ .same = p->a, .position = p->b, .parted = p->a < a->n };
	if (!f->parted)
		return;
	if (p->made)
		say_other_result(a, b, f);
	else
		say_not_made(a, b, f);
	f->switches = parting_switches(a, &b->kernel, p->a);
}

int hand_flip(struct hand *h, struct trace *t, const struct kernel *k, const char *kernel_name,
	      struct trace **out, struct hand_flip *report)
{
	struct hand_run *from = run_of(h, t), *r;
	struct parted p;
	int err;

	*out = t;
	if (!from)
		return -ENOTSUP;
	r = run_new(h, from->s.name, from->s.text, k, kernel_name);
	if (!r)
		return -ENOMEM;
	name_branch(h, r->name, kernel_name);
	memcpy(r->parent, from->name, sizeof(r->parent));
	err = same_schedule_parts(&from->x, &r->x, &p);
	if (err) {
		run_free(r);
		return hand_fail(h, err, err == -ENOSPC ?
				 "the world is too small for what this kernel does" :
				 "out of memory");
	}
	report_parted(&from->x, &r->x, &p, report);
	err = branch_begin(h, r);
	if (!err)
		err = branch_write(h, r);
	if (!err)
		*out = r->t;
	return err ? err : HAND_BRANCHED;
}
