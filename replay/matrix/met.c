/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * met.c - which operations ever met in the cells of a matrix.
 */
#include "replay/matrix/matrix.h"

size_t pair_verbs(void)
{
	size_t n;

	scenario_verbs(&n);
	return n + 1;
}

const char *pair_verb_name(size_t number)
{
	size_t n;
	const struct verb *v = scenario_verbs(&n);

	return number < n ? v[number].name : op_verb(OP_end_swap_bio);
}

static size_t number_of(const struct scenario *s, unsigned task, unsigned item)
{
	const struct verb *v = scenario_verb_of(&s->program[task].item[item]);
	size_t n;
	const struct verb *first = scenario_verbs(&n);

	return v ? (size_t)(v - first) : n;
}

void pairs_known(const struct matrix *m, const struct scenario *s, struct meetings *known)
{
	*known = (struct meetings){ 0 };
	for (unsigned a = 0; a < s->tasks; a++)
		for (unsigned b = a + 1; b < s->tasks; b++)
			for (unsigned i = 0; i < s->program[a].items; i++)
				for (unsigned j = 0; j < s->program[b].items; j++)
					if (m->met[number_of(s, a, i)][number_of(s, b, j)] ==
					    PAIR_MET)
						known->of[a][i][b][j] = MEETING_MET;
}

static void note(struct matrix *m, size_t a, size_t b, uint8_t meeting)
{
	const uint8_t met = (uint8_t)(meeting + PAIR_NEVER);

	if (met > m->met[a][b])
		m->met[a][b] = m->met[b][a] = met;
}

void pairs_note(struct matrix *m, const struct scenario *s, const struct exploration *x)
{
	for (unsigned a = 0; a < s->tasks; a++)
		for (unsigned b = a + 1; b < s->tasks; b++)
			for (unsigned i = 0; i < s->program[a].items; i++)
				for (unsigned j = 0; j < s->program[b].items; j++) {
					const uint8_t of = x->meetings->of[a][i][b][j];

					note(m, number_of(s, a, i), number_of(s, b, j), of);
					m->met_bounded |= x->meeting_bound && of != MEETING_MET;
				}
}
