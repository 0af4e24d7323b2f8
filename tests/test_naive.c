/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The explorer against a search that shares none of its cleverness: depth-first, whole
 * worlds, stamps and lives as they are, no memory of effects.  The canonical forms of the
 * worlds that it visits must be exactly the explorer's states, and what is violated on the
 * way must be the same.
 */
#include <stdlib.h>

#include "core/explore/graph.h"
#include "tests/check.h"

/* A plain hash set of worlds. */
struct set {
	struct world *row;
	uint32_t *slot;		/* index + 1 */
	size_t n, cap, slots;
};

static uint64_t hash_world(const struct world *w)
{
	const uint8_t *p = (const uint8_t *)w;
	uint64_t h = 1469598103934665603u;	/* FNV-1a */

	for (size_t i = 0; i < sizeof(*w); i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h;
}

static void set_grow(struct set *s)
{
	s->slots = s->slots ? 2 * s->slots : 1024;
	free(s->slot);
	s->slot = calloc(s->slots, sizeof(*s->slot));
	assert_non_null(s->slot);
	for (size_t i = 0; i < s->n; i++) {
		size_t at = hash_world(&s->row[i]) % s->slots;

		while (s->slot[at])
			at = (at + 1) % s->slots;
		s->slot[at] = (uint32_t)i + 1;
	}
}

static bool set_has(const struct set *s, const struct world *w)
{
	if (!s->slots)
		return false;
	for (size_t at = hash_world(w) % s->slots; s->slot[at]; at = (at + 1) % s->slots)
		if (!memcmp(&s->row[s->slot[at] - 1], w, sizeof(*w)))
			return true;
	return false;
}

static bool set_add(struct set *s, const struct world *w)
{
	size_t at;

	if (set_has(s, w))
		return false;
	if (2 * s->n >= s->slots)
		set_grow(s);
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1024;
		s->row = realloc(s->row, s->cap * sizeof(*s->row));
		assert_non_null(s->row);
	}
	s->row[s->n++] = *w;
	at = hash_world(w) % s->slots;
	while (s->slot[at])
		at = (at + 1) % s->slots;
	s->slot[at] = (uint32_t)s->n;
	return true;
}

static void set_free(struct set *s)
{
	free(s->row);
	free(s->slot);
}

struct naive {
	const struct scenario *s;
	const struct kernel *k;
	struct set raw;		/* worlds as they are */
	bool canonical;		/* renumber on the way: for what runs for ever */
	uint32_t violated;
	uint32_t *todo;		/* depth-first: the latest first */
	size_t n, cap;
};

static void push(struct naive *v, const struct world *w)
{
	if (!set_add(&v->raw, w))
		return;
	if (v->n == v->cap) {
		v->cap = v->cap ? 2 * v->cap : 1024;
		v->todo = realloc(v->todo, v->cap * sizeof(*v->todo));
		assert_non_null(v->todo);
	}
	v->todo[v->n++] = (uint32_t)v->raw.n - 1;
}

static void visit(struct naive *v, const struct world *from)
{
	unsigned unfinished = 0, movable = 0;

	for (unsigned task = 0; task < v->s->tasks; task++) {
		struct step_ctx c = { .k = v->k, .hw = &v->s->hw, .task = (uint8_t)task };
		bool moved = false;

		unfinished += v->s->program[task].must_finish && from->task[task].depth;
		if (task_preempted(v->s, v->k, from, task, NULL))
			continue;
		do {
			struct world to = *from;
			struct transition tr = { .hw = c.hw, .k = c.k, .ev = &c.ev, .task = c.task,
						 .before = &from->mem, .after = &to.mem };
			uint32_t bad;

			if (task_step(&c, &to.mem, &to.task[task], &v->s->program[task])) {
				moved = true;
				bad = properties_check(&tr);
				v->violated |= bad;
				if (v->canonical)
					mem_canonicalise(&to.mem);
				if (!(bad & properties_ending()))
					push(v, &to);
			}
			c.choice++;
		} while (c.choice < c.choices);
		movable += moved;
	}
	if (property_deadlock(unfinished, movable))
		v->violated |= 1u << PROP_DEADLOCK;
}

static void compare(const char *scenario, const char *kernel, bool renumber)
{
	struct kernel k = kernel_like(kernel);
	struct set canonical = { 0 };
	struct exploration x;
	struct scenario s;
	struct naive v;
	struct world w;

	load(&s, scenario);
	v = (struct naive){ .s = &s, .k = &k, .canonical = renumber };
	scenario_start(&s, &k, &w);
	push(&v, &w);
	while (v.n) {
		w = v.raw.row[v.todo[--v.n]];
		visit(&v, &w);
	}
	for (size_t i = 0; i < v.raw.n; i++) {
		w = v.raw.row[i];
		mem_canonicalise(&w.mem);
		set_add(&canonical, &w);
	}
	explore_all(&x, &s, &k);
	if (x.states != canonical.n || (x.violated | x.costs) != v.violated)
		fail_msg("%s under %s: explorer %lu states, violated %#x; naive search %zu, %#x",
			 scenario, kernel, (unsigned long)x.states, x.violated | x.costs,
			 canonical.n, v.violated);
	for (uint64_t i = 0; i < x.states; i++) {
		graph_state(x.graph, i, &w);
		if (!set_has(&canonical, &w))
			fail_msg("%s under %s: state %lu is not one of the naive search", scenario,
				 kernel, (unsigned long)i);
	}
	exploration_free(&x);
	scenario_free(&s);
	set_free(&canonical);
	set_free(&v.raw);
	free(v.todo);
}

static void test_same_states(void **state)
{
	static const char *const kernels[] = {
		"v6.1", "v6.5", "v6.8", "v6.9-rc1", "v6.9", "debate-a", "debate-b",
		"v6.5 load=exclusive", "v6.9 bypass=off",
	};
	static const char *const scenarios[] = {
		"writeback-first", "aborted-bypass", "double-swapin", "writeback-race",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++)
			compare(scenarios[i], kernels[j], false);
	for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++) {
		compare("tests/scenarios/two-lives.scn", kernels[j], false);
		compare("tests/scenarios/two-mms.scn", kernels[j], false);
	}
	compare("aba", "v6.9", false);
	compare("aba", "v6.5", false);
	compare("debate", "v6.9", false);
	compare("tests/scenarios/for-ever.scn", "v6.9", true);
}

/* The operations of swapoff, fork, shmem and the rest, in an old, a middle and a new kernel. */
static void test_every_operation(void **state)
{
	static const char *const kernels[] = { "v6.8", "v6.12", "v6.17", "v7.0" };
	static const char *const scenarios[] = {
		"zap-swapoff", "readahead-swapoff", "alloc-swapoff", "move-race", "slept",
		"shmem-livelock", "dead-writeback", "store-disabled", "walk-skip",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++)
			compare(scenarios[i], kernels[j], false);
	compare("munmap-batch", "v6.12", false);
	compare("fork", "v7.0", false);
	compare("shmem", "v7.0", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_states),
		cmocka_unit_test(test_every_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
