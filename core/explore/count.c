/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/count.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

static mpz_t *numbers(uint64_t n)
{
	mpz_t *v = malloc(n * sizeof(*v));

	if (v)
		for (uint64_t i = 0; i < n; i++)
			mpz_init(v[i]);
	return v;
}

static void numbers_free(mpz_t *v, uint64_t n)
{
	if (v)
		for (uint64_t i = 0; i < n; i++)
			mpz_clear(v[i]);
	free(v);
}

/* Runs that end in a state: by each transition that is not followed, or because it has none. */
static unsigned ends(const struct edges *e, uint64_t s)
{
	unsigned n = e->first[s] == e->first[s + 1];

	for (uint64_t i = e->first[s]; i < e->first[s + 1]; i++)
		n += e->to[i] == STORE_NONE;
	return n;
}

/*
 * Runs from the start to an end, in topological order (Kahn).  Returns false, and leaves `total`
 * meaningless, when the graph has a cycle (*cyclic) or nobody wants to wait.
 */
static bool count_runs(const struct edges *e, mpz_t *runs, uint32_t *indegree, uint32_t *queue,
		       mpz_t total, bool *cyclic, const struct watch *w)
{
	uint64_t head = 0, tail = 0;

	for (uint64_t i = 0; i < e->n; i++)
		if (e->to[i] != STORE_NONE)
			indegree[e->to[i]]++;
	mpz_set_ui(runs[0], 1);
	if (!indegree[0])
		queue[tail++] = 0;
	while (head < tail) {
		uint32_t s = queue[head++];

		if (head % 4096 == 0 && !watch_goes_on(w, w->depth))
			return false;
		mpz_addmul_ui(total, runs[s], ends(e, s));
		for (uint64_t i = e->first[s]; i < e->first[s + 1]; i++) {
			if (e->to[i] == STORE_NONE)
				continue;
			mpz_add(runs[e->to[i]], runs[e->to[i]], runs[s]);
			if (!--indegree[e->to[i]])
				queue[tail++] = e->to[i];
		}
		mpz_realloc2(runs[s], 0);	/* not needed any more */
	}
	*cyclic = head < e->states;
	return !*cyclic;
}

/* Schedules of `depth` steps, and those that end earlier. */
static bool count_to_depth(const struct edges *e, unsigned depth, const struct watch *w,
			   mpz_t total)
{
	mpz_t *now = numbers(e->states), *next = numbers(e->states);
	bool ok = now && next;

	if (ok)
		mpz_set_ui(now[0], 1);
	for (unsigned d = 0; ok && d < depth; d++) {
		mpz_t *swap = now;

		ok = watch_goes_on(w, d);
		for (uint64_t s = 0; s < e->states; s++) {
			if (!mpz_sgn(now[s]))
				continue;
			mpz_addmul_ui(total, now[s], ends(e, s));
			for (uint64_t i = e->first[s]; i < e->first[s + 1]; i++)
				if (e->to[i] != STORE_NONE)
					mpz_add(next[e->to[i]], next[e->to[i]], now[s]);
			mpz_set_ui(now[s], 0);
		}
		now = next;
		next = swap;
	}
	for (uint64_t s = 0; ok && s < e->states; s++)
		mpz_add(total, total, now[s]);
	numbers_free(now, e->states);
	numbers_free(next, e->states);
	return ok;
}

char *count_interleavings(const struct edges *e, bool *cyclic, const struct watch *w)
{
	mpz_t *runs = numbers(e->states), total;
	uint32_t *indegree = calloc(e->states, sizeof(*indegree));
	uint32_t *queue = malloc(e->states * sizeof(*queue));
	char *text = NULL;

	mpz_init(total);
	*cyclic = false;
	if (runs && queue && indegree && count_runs(e, runs, indegree, queue, total, cyclic, w))
		text = mpz_get_str(NULL, 10, total);
	mpz_clear(total);
	numbers_free(runs, e->states);
	free(queue);
	free(indegree);
	return text;
}

char *count_schedules(const struct edges *e, unsigned depth, const struct watch *w)
{
	char *text = NULL;
	mpz_t total;

	mpz_init(total);
	if (count_to_depth(e, depth, w, total))
		text = mpz_get_str(NULL, 10, total);
	mpz_clear(total);
	return text;
}
