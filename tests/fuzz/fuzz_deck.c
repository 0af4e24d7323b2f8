/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any text as a deck: an error that says why, or beats whose runs are made (of the one small
 * scenario that is built in and takes no time), in which they stand, and of which they claim
 * something.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/deck/deck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RUNS_MAX	3	/* of a text: a search takes a while */

/* What could not be done is told. */
static void told(int error, const struct deck_error *err)
{
	if (error == -EINVAL && !*err->text)
		abort();
}

static void judge(const struct deck *d, unsigned beat, struct deck_runs *r)
{
	const struct beat *b = &d->beat[beat];
	struct deck_error err = { 0 };
	struct judgement j;
	struct stand s;
	int error = deck_stand(&s, b, r, NULL, &err);

	told(error, &err);
	for (unsigned i = 0; i < b->claims && !error; i++)
		told(deck_judge(&j, &b->claim[i], r, NULL, &s, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct deck_error err;
	struct deck_runs r;
	unsigned runs = 0;
	struct deck d;
	int error;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	error = deck_parse(&d, "fuzz", text, &err);
	free(text);
	told(error, &err);
	if (error)
		return 0;
	for (unsigned i = 0; i < d.beats && runs < RUNS_MAX; i++) {
		/* no file is opened, and no large search begun, because a text says so */
		if (strcmp(d.beat[i].scenario, "aborted-bypass") != 0)
			continue;
		runs++;
		error = deck_run(&r, &d, i, &err);
		told(error, &err);
		if (error)
			continue;
		for (unsigned k = i; k < d.beats && deck_runs_of(&d, k) == i; k++)
			judge(&d, k, &r);
		deck_runs_free(&r);
	}
	deck_free(&d);
	return 0;
}
