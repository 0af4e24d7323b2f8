/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any text as a scenario file: an error or a scenario that can be explored and run, never a crash.
 * A text is changed by lines as well as by bytes, so that most of what is tried is a scenario: a
 * line is taken away, doubled, or gets the value of another.
 */
#include <stdlib.h>
#include <string.h>

#include "core/explore/explore.h"
#include "core/scenario/schedule.h"

#define STATES_MAX	150
#define MOVES_MAX	120

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* Tasks in an order that the text itself gives, with outcomes that it gives too. */
static void run(const struct scenario *s, const uint8_t *data, size_t size)
{
	uint32_t random = 2463534242u;
	struct execution x;

	for (size_t i = 0; i < size; i++)
		random = (random ^ data[i]) * 16777619u;
	if (execution_init(&x, s, &s->kernel))
		return;
	for (unsigned i = 0; i < MOVES_MAX; i++) {
		struct move m;

		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		m = (struct move){ .task = random >> 8 & 7, .choice = random >> 16 & 1 };
		for (unsigned j = 0; j < 1 + (random & 7); j++)
			if (execution_move(&x, m))
				break;
	}
	execution_free(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct explore_options o = { .meetings = true, .max_states = STATES_MAX };
	char *text = malloc(size + 1);
	struct scenario_error err;
	struct exploration x;
	struct scenario s;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!scenario_parse(&s, "fuzz", text, &err)) {
		if (!explore(&x, &s, &s.kernel, &o))
			exploration_free(&x);
		run(&s, data, size);
		scenario_free(&s);
	} else if (!err.text[0]) {
		abort();	/* refused, and no word why */
	}
	free(text);
	return 0;
}

/* Where the n-th line begins, and behind its end. */
static size_t line_at(const uint8_t *data, size_t size, unsigned n, size_t *end)
{
	size_t at = 0, i = 0;

	while (n && i < size)
		if (data[i++] == '\n') {
			at = i;
			n--;
		}
	for (i = at; i < size && data[i] != '\n';)
		i++;
	*end = i < size ? i + 1 : i;
	return at;
}

/* The part of [at, end) from its '=' on, or all of it. */
static size_t value_at(const uint8_t *data, size_t at, size_t end)
{
	const uint8_t *equals = memchr(data + at, '=', end - at);

	return equals ? (size_t)(equals - data) : at;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t a, a_end, b, b_end, n, put;
	unsigned lines = 1;
	uint8_t *copy;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (seed % 3 == 0 || lines < 3)
		return LLVMFuzzerMutate(data, size, max);
	a = line_at(data, size, seed / 4 % lines, &a_end);
	b = line_at(data, size, seed / 4096 % lines, &b_end);
	if (seed % 4 == 0) {				/* a is taken away */
		memmove(data + a, data + a_end, size - a_end);
		return size - (a_end - a);
	}
	if (seed % 4 == 1)				/* a's value becomes b's */
		b = value_at(data, b, b_end);
	put = seed % 4 == 1 ? value_at(data, a, a_end) : a;	/* or b stands before a as well */
	n = b_end - b;
	a_end = seed % 4 == 1 ? a_end : a;
	if (size - (a_end - put) + n > max)
		return LLVMFuzzerMutate(data, size, max);
	copy = malloc(n + 1);
	if (!copy)
		return size;
	memcpy(copy, data + b, n);
	memmove(data + put + n, data + a_end, size - a_end);
	memcpy(data + put, copy, n);
	free(copy);
	return size - (a_end - put) + n;
}
