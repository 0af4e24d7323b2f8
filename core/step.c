/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/step.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The linker makes these two for a section whose name is a C identifier. */
extern const struct step *const __start_steps[];
extern const struct step *const __stop_steps[];
extern struct result *const __start_results[];
extern struct result *const __stop_results[];

#define STEPS_MAX 1024
#define RESULTS_MAX 512

static const struct step *sorted[STEPS_MAX];
static size_t sorted_count;
static int16_t by_line[OP_COUNT][STEPS_MAX];	/* (op, line) -> step, -1 where none */

static struct result *results[RESULTS_MAX];
static int16_t said_in[RESULTS_MAX];	/* the step; -1: a function that steps call */

static const char *const op_names[OP_COUNT] = {
	[OP_NONE] = "none",
#define X(name, file, verb) [OP_##name] = #name,
	OPERATIONS(X)
#undef X
};

static const char *const op_files[OP_COUNT] = {
	[OP_NONE] = "",
#define X(name, file, verb) [OP_##name] = file,
	OPERATIONS(X)
#undef X
};

static const char *const op_verbs[OP_COUNT] = {
	[OP_NONE] = "",
#define X(name, file, verb) [OP_##name] = verb,
	OPERATIONS(X)
#undef X
};

_Static_assert((int)OP_COUNT <= (int)PROBE_BASE, "a function has one number");

static const char *const probe_names[PROBE_COUNT - PROBE_BASE] = {
#define X(name) [PROBE_##name - PROBE_BASE] = #name,
	PROBE_FUNCTIONS(X)
#undef X
};

const char *probe_function_name(unsigned function)
{
	if (function >= PROBE_BASE && function < PROBE_COUNT)
		return probe_names[function - PROBE_BASE];
	return function > OP_NONE && function < OP_COUNT ? op_names[function] : NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct step *x = *(const struct step *const *)a;
	const struct step *y = *(const struct step *const *)b;
	int r = strcmp(x->file, y->file);

	return r ? r : (int)x->line - (int)y->line;
}

const char *step_op_name(const struct step *s)
{
	return s->func + strlen("op_");
}

const char *step_kind_name(unsigned kind)
{
	static const char *const name[] = {
		[KIND_STEP] = "step", [KIND_LOCK] = "lock", [KIND_UNLOCK] = "unlock",
		[KIND_AWAIT] = "await", [KIND_CALL] = "call", [KIND_SLEEP] = "sleep",
	};

	return kind < sizeof(name) / sizeof(name[0]) ? name[kind] : "step";
}

const char *device_name(enum device d)
{
	static const char *const name[DEVICE_COUNT] = {
		[DEVICE_ZRAM] = "zram", [DEVICE_BRD] = "brd", [DEVICE_DISK] = "disk",
	};

	return d < DEVICE_COUNT ? name[d] : "?";
}

enum device device_named(const char *name)
{
	enum device d = 0;

	while (d < DEVICE_COUNT && strcmp(name, device_name(d)))
		d++;
	return d;
}

static enum op step_op(const struct step *s)
{
	for (enum op op = 1; op < OP_COUNT; op++)
		if (!strcmp(step_op_name(s), op_names[op]))
			return op;
	return OP_NONE;
}

static int by_function(const void *a, const void *b)
{
	const struct result *x = *(const struct result *const *)a;
	const struct result *y = *(const struct result *const *)b;
	int r = strcmp(x->func, y->func);

	r = r ? r : (int)x->line - (int)y->line;
	return r ? r : strcmp(x->text, y->text);
}

/* The last step of the function at or before that line, or -1. */
static int16_t step_before(const char *func, unsigned line)
{
	int16_t at = -1;

	for (size_t i = 0; i < sorted_count; i++)
		if (!strcmp(sorted[i]->func, func) && sorted[i]->line <= line &&
		    sorted[i]->kind != KIND_CALL)
			at = (int16_t)i;
	return at;
}

static void results_sort(void)
{
	size_t n = (size_t)(__stop_results - __start_results);

	assert(n <= RESULTS_MAX);
	memcpy(results, __start_results, n * sizeof(results[0]));
	qsort(results, n, sizeof(results[0]), by_function);
	for (size_t i = 0; i < n; i++) {
		results[i]->number = (uint16_t)i;
		said_in[i] = step_before(results[i]->func, results[i]->line);
	}
}

/* Runs before main(), so that the tables are constant afterwards and need no lock. */
__attribute__((constructor)) static void steps_sort(void)
{
	sorted_count = (size_t)(__stop_steps - __start_steps);
	assert(sorted_count <= STEPS_MAX);
	memcpy(sorted, __start_steps, sorted_count * sizeof(sorted[0]));
	qsort(sorted, sorted_count, sizeof(sorted[0]), by_place);
	memset(by_line, -1, sizeof(by_line));
	for (size_t i = 0; i < sorted_count; i++) {
		assert(sorted[i]->line < STEPS_MAX && step_op(sorted[i]) != OP_NONE);
		by_line[step_op(sorted[i])][sorted[i]->line] = (int16_t)i;
	}
	results_sort();
}

size_t result_count(void)
{
	return (size_t)(__stop_results - __start_results);
}

const struct result *result_at(size_t number)
{
	return results[number];
}

int result_step(const struct result *r)
{
	return said_in[r->number];
}

bool results_alike(const struct result *a, const struct result *b)
{
	return said_in[a->number] == said_in[b->number] &&
	       (said_in[a->number] >= 0 || !strcmp(a->func, b->func));
}

size_t step_count(void)
{
	return sorted_count;
}

const struct step *step_at(size_t id)
{
	return sorted[id];
}

int step_id(enum op op, unsigned pc)
{
	return op < OP_COUNT && pc < STEPS_MAX ? by_line[op][pc] : -1;
}

const char *op_name(enum op op)
{
	return op_names[op];
}

const char *op_file(enum op op)
{
	return op_files[op];
}

const char *op_verb(enum op op)
{
	return op_verbs[op];
}

bool op_is_environment(enum op op)
{
	switch (op) {
	case OP_clear_refs_pte_range:
	case OP_uffd_wp_range:
	case OP_isolate_and_lock:
		return true;
	default:
		return false;
	}
}

const char *wait_text(enum wait_kind wait, unsigned index, char *buf, size_t size)
{
	static const char *const text[] = {
		[WAIT_NOTHING] = "nothing",
		[WAIT_PTL] = "the page table lock of mm %u",
		[WAIT_FOLIO] = "PG_locked of folio %u",
		[WAIT_TREE] = "the zswap tree lock",
		[WAIT_SI] = "si->lock of device %u",
		[WAIT_FREE_LOCK] = "the slot cache's free_lock",
		[WAIT_ALLOC_LOCK] = "the slot cache's alloc_lock",
		[WAIT_CACHE_MUTEX] = "swap_slots_cache_enable_mutex",
		[WAIT_MMAP] = "mmap_lock of mm %u",
		[WAIT_WRITEBACK] = "writeback of folio %u",
		[WAIT_USERS] = "the last user of swap device %u",
		[WAIT_IO] = "an I/O to complete",
		[WAIT_CPU] = "the CPU, which task %u of a higher priority has",
	};

	snprintf(buf, size, text[wait], index);
	return buf;
}
