/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A certificate that anybody has changed, with a checksum that is right: an error, or what it
 * claims is true, by a search of what it says.  Never a crash, and never a false claim accepted.
 *
 * The first byte says what is changed of a small one: the file as it is (blocks and their sizes),
 * its head, bits of its tables, or its states as rows.  Two numbers of two bytes say where and how
 * much of it is replaced by the bytes behind them.
 */
#include "tests/certificate_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STATES_MAX	2000

static const char scenario_text[] =
	"[scenario]\ntitle = a fault and the shrinker\nkernel = v6.9\n"
	"[page 0]\nat = zswap 0\n[task W]\nrun = shrink\n[task T]\nrun = read page 0\n";

static struct bytes_of base;	/* a certificate that is true */

static void make_base(void)
{
	struct explore_options o = { 0 };
	struct scenario_error err;
	struct exploration x;
	struct scenario s;

	if (scenario_parse(&s, "fuzz", scenario_text, &err) || explore(&x, &s, &s.kernel, &o))
		abort();
	base = certificate_of(&x, "v6.9");
	exploration_free(&x);
	scenario_free(&s);
}

/* n bytes from `at` on become others. */
static void splice(struct bytes_of *b, size_t at, size_t n, const uint8_t *with, size_t size)
{
	struct bytes_of out = { 0 };

	at %= b->n + 1;
	n = n > b->n - at ? b->n - at : n;
	append(&out, b->p, at);
	append(&out, with, size);
	append(&out, b->p + at + n, b->n - at - n);
	free(b->p);
	*b = out;
}

/* States taken away, or one moved or written over another; their number is put right. */
static void change_rows(struct apart *a, size_t at, size_t n, const uint8_t *with, size_t size)
{
	char row[64];
	size_t to;

	at %= a->states;
	if (!size) {
		remove_states(a, at, 1 + n % (a->states - at));
		return;
	}
	to = with[0] % a->states;
	memcpy(row, state_at(a, at), a->row);
	if (n & 1)
		memcpy(state_at(a, at), state_at(a, to), a->row);
	memcpy(state_at(a, to), row, a->row);
}

static struct bytes_of changed(const uint8_t *data, size_t size)
{
	size_t at = (size_t)data[1] | (size_t)data[2] << 8;
	size_t n = (size_t)data[3] | (size_t)data[4] << 8;
	struct bytes_of file = { 0 };
	struct apart a;
	uint64_t sum;

	data += 5;
	size -= 5;
	if (data[-5] % 4 == 0) {
		append(&file, base.p, base.n - sizeof(sum));
		splice(&file, at, n, data, size);
		sum = certificate_sum(CERTIFICATE_SUM_BEGIN, file.p, file.n);
		append(&file, &sum, sizeof(sum));
		return file;
	}
	take_apart(&a, base.p, base.n);
	if (data[-5] % 4 == 1)
		splice(&a.head, at, n, data, size);
	else if (data[-5] % 4 == 2)
		for (size_t i = 0; i < size; i++)
			a.tables.p[(at + i * (n + 1)) % a.tables.n] ^= (char)data[i];
	else
		change_rows(&a, at, n, data, size);
	file = together(&a);
	apart_free(&a);
	return file;
}

/* What was accepted is true: the search says so too, and comes to as many states. */
static void check_claim(const struct verification *v)
{
	struct explore_options o = { .max_states = STATES_MAX };
	struct exploration x;

	if (explore(&x, &v->scenario, &v->kernel, &o) ||
	    certificate_verdict(&x) != VERDICT_SAFE || x.states != v->states ||
	    x.transitions != v->transitions)
		abort();
	exploration_free(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verify_options o = { .max_bytes = 64 << 20 };
	struct verification v;
	struct bytes_of file;
	FILE *in;

	if (size < 5)
		return 0;
	if (!base.p)
		make_base();
	file = changed(data, size);
	in = fmemopen(file.p, file.n, "r");
	if (!in)
		abort();
	switch (verify(&v, in, &o)) {
	case VERIFY_CERTIFIED:
		check_claim(&v);
		break;
	default:
		if (!*v.why || strchr(v.why, '\n'))
			abort();	/* refused, and no line that says why */
	}
	verification_free(&v);
	fclose(in);
	free(file.p);
	return 0;
}
