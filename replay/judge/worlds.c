/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * worlds.c - which scenarios a claim might be about: those whose tasks can make its steps.
 *
 * What an operation can call is read off the steps of kind "call"; which of it a kernel ever does
 * is for the search to find out.
 */
#include <stdlib.h>
#include <string.h>

#include "replay/judge/parts.h"
#include "replay/matrix/matrix.h"

#define WORLDS_MAX	160

/* ---- what a task can make ---- */

static enum op op_of(const char *name, size_t length)
{
	for (enum op op = 1; op < OP_COUNT; op++)
		if (strlen(op_name(op)) == length && !strncmp(op_name(op), name, length))
			return op;
	return OP_NONE;
}

/* Calls that are made only where the world has what they are for. */
static bool called_here(const struct machine *hw, enum op caller, enum op callee)
{
	if (callee == OP_zswap_shrink)
		return hw->charge_reclaims;
	if (callee == OP_swap_vma_readahead || callee == OP_swap_cluster_readahead)
		return hw->readahead;
	if (callee == OP___try_to_reclaim_swap && caller == OP_folio_alloc_swap)
		return hw->swap_full;
	return true;
}

/* The operations that these call, and those call, and so on. */
static uint64_t closure(const struct machine *hw, uint64_t ops)
{
	uint64_t before;

	do {
		before = ops;
		for (size_t i = 0; i < step_count(); i++) {
			const struct step *s = step_at(i);
			const char *name = step_op_name(s);
			enum op caller = op_of(name, strlen(name)), callee;

			if (s->kind != KIND_CALL || !(ops >> caller & 1))
				continue;
			callee = op_of(s->text, strcspn(s->text, "("));
			if (called_here(hw, caller, callee))
				ops |= UINT64_C(1) << callee;
		}
	} while (ops != before);
	return ops;
}

_Static_assert(OP_COUNT <= 64, "operations are bits");

static uint64_t program_ops(const struct machine *hw, const struct program *p)
{
	uint64_t ops = 0;

	for (unsigned i = 0; i < p->items; i++)
		ops |= UINT64_C(1) << p->item[i].op;
	return closure(hw, ops);
}

/* Who might free an entry, which is part of steps of other names. */
#define OPS_FREEING_ENTRIES \
	(UINT64_C(1) << OP_zswap_invalidate | UINT64_C(1) << OP_zswap_store | \
	 UINT64_C(1) << OP_zswap_load | UINT64_C(1) << OP_zswap_shrink)

/* Can the result be of one of these operations?  Of what several steps call it is not known. */
static bool can_come_to(const struct step_set *results, uint64_t ops)
{
	for (size_t i = 0; i < result_count(); i++) {
		int step = step_in(results, (int)i) ? result_step(result_at(i)) : -1;
		const char *name = step < 0 ? "" : step_op_name(step_at((size_t)step));

		if (step_in(results, (int)i) &&
		    (step < 0 || (ops >> op_of(name, strlen(name)) & 1)))
			return true;
	}
	return false;
}

/* strict: what probes would see is not known of anybody, but of a few. */
static bool can_make(const struct claim_event *e, uint64_t ops, bool strict)
{
	const uint32_t freeing = 1u << (PROBE_zswap_entry_free - PROBE_BASE) |
				 1u << (PROBE_zswap_invalidate_entry - PROBE_BASE);
	bool any_step = false;

	if ((e->is.op & ops) || can_come_to(&e->is.result, ops))
		return true;
	for (size_t i = 0; i < step_count(); i++) {
		const char *name = step_op_name(step_at(i));

		if (!step_in(&e->is.step, (int)i))
			continue;
		any_step = true;
		if (ops >> op_of(name, strlen(name)) & 1)
			return true;
	}
	if (strict && (e->is.probe & freeing))
		return ops & OPS_FREEING_ENTRIES;
	return e->is.probe && (!strict || !(any_step || e->is.op));
}

static uint32_t tasks_that_can(const struct claim_text *c, const struct scenario *s,
			       unsigned column, bool strict)
{
	uint32_t bits = 0;

	for (unsigned t = 0; t < s->tasks; t++) {
		const char *name = c->column[column].name;
		enum op op = op_of(name, strlen(name));
		uint64_t ops = program_ops(&s->hw, &s->program[t]);
		bool all = op == OP_NONE || (ops >> op & 1);	/* it is called like one */

		for (unsigned e = 0; e < c->events && all; e++)
			all = c->event[e].column != column || can_make(&c->event[e], ops, strict);
		bits |= (uint32_t)all << t;
	}
	return bits;
}

uint32_t tasks_for(const struct claim_text *c, const struct scenario *s, unsigned column)
{
	return tasks_that_can(c, s, column, false);
}

/* A task of its own for each column from `column` on. */
static bool assign(const uint32_t *can, unsigned columns, unsigned column, uint32_t used)
{
	if (column == columns)
		return true;
	for (uint32_t bits = can[column] & ~used; bits; bits &= bits - 1)
		if (assign(can, columns, column + 1, used | (bits & -bits)))
			return true;
	return false;
}

bool tasks_suffice(const uint32_t *can, unsigned columns)
{
	return assign(can, columns, 0, 0);
}

bool claim_fits(const struct claim_text *c, const struct scenario *s)
{
	uint32_t can[CLAIM_COLUMNS];

	for (unsigned i = 0; i < c->columns; i++)
		can[i] = tasks_that_can(c, s, i, true);
	return tasks_suffice(can, c->columns);
}

/* ---- the list ---- */

/* How large a world is, roughly: what multiplies its states. */
static unsigned size_of(const struct scenario *s)
{
	unsigned items = 0;

	for (unsigned t = 0; t < s->tasks; t++)
		for (unsigned i = 0; i < s->program[t].items; i++)
			items += s->program[t].item[i].times == FOR_EVER ? 20 :
				 s->program[t].item[i].times;
	return items * 4 + s->hw.slots + s->hw.pages;
}

/* Such a world is larger than one wants to search unasked. */
static bool runs_for_ever(const struct scenario *s)
{
	for (unsigned t = 0; t < s->tasks; t++)
		for (unsigned i = 0; i < s->program[t].items; i++)
			if (s->program[t].item[i].times == FOR_EVER &&
			    !op_is_environment(s->program[t].item[i].op))
				return true;
	return false;
}

static int by_size(const void *a, const void *b)
{
	const struct scenario *x = a, *y = b;

	if (size_of(x) != size_of(y))
		return size_of(x) < size_of(y) ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void add_shipped(const struct claim_text *c, struct scenario *s, size_t *n)
{
	for (size_t i = 0; i < builtin_scenario_count && *n < WORLDS_MAX; i++) {
		struct scenario_error err;

		if (scenario_load(&s[*n], builtin_scenarios[i].name, &err))
			continue;
		if (!runs_for_ever(&s[*n]) && claim_fits(c, &s[*n]))
			++*n;
		else
			scenario_free(&s[*n]);
	}
	if (*n)
		qsort(s, *n, sizeof(*s), by_size);
}

static void add_pair(const struct claim_text *c, struct scenario *s, size_t *n,
		     const struct verb *a, const struct verb *b)
{
	struct matrix_kernel k = { .head = "v6.9", .name = "v6.9" };
	size_t before = *n;

	for (unsigned world = 0; world < PAIR_WORLDS && *n < WORLDS_MAX; world++) {
		struct scenario_error err;
		char name[SCENARIO_NAME_MAX];
		char *text = pair_text(a, b, world, &k, name, sizeof(name));
		int e = text ? scenario_parse(&s[*n], name, text, &err) : -1;

		free(text);
		if (e)
			return;
		if (!claim_fits(c, &s[*n])) {
			scenario_free(&s[*n]);
			if (*n == before)
				return;		/* nor will the others */
			continue;
		}
		++*n;
	}
}

struct scenario *worlds_of(const struct claim_text *c, size_t *n)
{
	struct scenario *s = calloc(WORLDS_MAX, sizeof(*s)), *fit;
	size_t verbs;
	const struct verb *v = scenario_verbs(&verbs);

	*n = 0;
	if (!s)
		return NULL;
	add_shipped(c, s, n);
	for (size_t i = 0; i < verbs && c->columns <= 2; i++)
		for (size_t j = i; j < verbs && *n < WORLDS_MAX; j++)
			add_pair(c, s, n, &v[i], &v[j]);
	fit = realloc(s, (*n ? *n : 1) * sizeof(*s));
	return fit ? fit : s;
}
