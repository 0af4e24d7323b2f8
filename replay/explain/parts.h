/* SPDX-License-Identifier: GPL-2.0-only */
/* parts.h - what the files of replay/explain share. */
#ifndef SWAPSCOPE_REPLAY_EXPLAIN_PARTS_H
#define SWAPSCOPE_REPLAY_EXPLAIN_PARTS_H

#include "core/scenario/schedule.h"
#include "replay/cause/trail.h"
#include "replay/explain/explain.h"

/* ---- acts.c ---- */

/* How much an act says to who asks why a run broke: what is below the line goes first. */
enum weight { WEIGHT_NONE, WEIGHT_LOCK, WEIGHT_SIDE, WEIGHT_FAR, WEIGHT_ACT, WEIGHT_CAUSE };

/* What a transition did to an object. */
struct act {
	struct trace_object object;
	enum explain_role role;
	enum weight weight;
	char text[EXPLAIN_TEXT];
};

/* All that a transition did, an act an object at most; returns how many, or a negative errno. */
#define ACTS_MAX	24
int acts_of(struct trace *t, uint64_t at, struct act *act);

/* Add to a text. */
void add_text(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A task's last transition before one; 0: it is further back than it is looked. */
uint64_t last_step_of(struct trace *t, uint32_t task, uint64_t before);

/* Where the operation began that transition `at` is of; 0: further back than it is looked. */
uint64_t operation_begun(struct trace *t, uint64_t at);

/* "zeroes", "garbage", "v3"; returns buf. */
const char *stamp_words(uint32_t stamp, char buf[16]);

const char *task_called(struct trace *t, uint32_t task);

/* ---- again.c: a recorded run of the model, made again ---- */

struct again {
	struct scenario s;
	struct execution x;
	bool made;
	uint64_t asked;		/* steps that were made once more */
};

/* Returns 0, -ENOTSUP where it is no run of this program's model, or a negative errno. */
int again_make(struct again *a, struct trace *t, uint64_t until);
void again_free(struct again *a);

/*
 * Transition `at` asked about what is shared, and was answered.  Asked again in the world of
 * position `then`, would the answer be another?  Returns the transition of another task that made
 * it so while the operation that asked was under way; 0: none did.
 */
uint64_t again_stale(struct again *a, uint64_t at, uint64_t then);

/* ---- beside.c ---- */

/* What the same schedule comes to under the kernel where the scenario's bug is repaired. */
int repaired_beside(struct explanation *e, const struct again *a);

/* ---- switches.c ---- */

/* Which of the run's switches are needed; fills in that part of *e. */
int switches_needed(struct explanation *e, struct trace *t, const struct again *a);

/* Read off the chain, where it cannot be tried. */
void switches_read(struct explanation *e, struct trace *t);

#endif
