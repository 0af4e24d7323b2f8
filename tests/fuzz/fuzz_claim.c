/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any text as a claim: an error that says why, or events; whose exact form is read as the same,
 * with no guess; and which are judged in a small world, not for long.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/judge/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct scenario *world(void)
{
	static struct scenario s;
	static int loaded;
	struct scenario_error err;

	if (!loaded++ && scenario_load(&s, "writeback-swapoff", &err))
		abort();
	return &s;
}

/* The same events, exactly. */
static void read_again(const struct claim_text *c)
{
	struct claim_error err;
	struct claim_text again;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return;
	claim_write(out, c);
	if (fclose(out) || claim_read(&again, "again", text, n, &err))
		abort();
	if (again.events != c->events || again.guessed || again.left_out ||
	    again.outcome != c->outcome)
		abort();
	for (unsigned e = 0; e < c->events; e++)
		if (memcmp(&again.event[e].is.step, &c->event[e].is.step,
			   sizeof(struct step_set)) || again.event[e].is.op != c->event[e].is.op ||
		    again.event[e].is.probe != c->event[e].is.probe ||
		    memcmp(&again.event[e].comes, &c->event[e].comes,
			   sizeof(struct comes_to)))
			abort();
	claim_free(&again);
	free(text);
}

static void judge(const struct claim_text *c)
{
	const struct judge_options o = { .max_states = 300, .bind_names = true };
	const struct scenario *s = world();
	struct claim_error err;
	struct judged v;
	int e = claim_judge(&v, c, s, &s->kernel, &o, &err);

	if (e == -EINVAL && !*err.text)
		abort();
	if (!e)
		judged_free(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct claim_error err;
	struct claim_text c;
	int e = claim_read(&c, "fuzz", (const char *)data, size, &err);

	if (e == -EINVAL && !*err.text)
		abort();
	if (!e) {
		read_again(&c);
		judge(&c);
	}
	claim_free(&c);
	return 0;
}
