/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A capture that was tampered with is no run of the model any more: every event of two pages that
 * are swapped out and read back is left out, doubled, moved and given other values.
 */
#include "tests/trace_help.h"

#include "tests/conform_help.h"

#define CHANGES	434

struct base {
	const char *name;
	unsigned from, to;		/* lines */
	struct lines lines;
	struct captured c;
	struct judged as_it_is;
	unsigned changes, told;
};

static const char *event_of(const char *line, char *name)
{
	const char *colon = strstr(line, ": ");

	*name = '\0';
	if (!colon || sscanf(colon + 2, "%31[^:]", name) != 1)
		return "";
	return colon + 2;
}

/* Events of functions: what is changed. */
static bool is_call(const char *line)
{
	return line && *line != '#' && strstr(line, ": (") && strchr(line, '=');
}

static uint64_t unknown(const struct conform_report *r)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < FN_COUNT; i++)
		n += r->unknown[i];
	return n;
}

/* Refuted; or what cannot be looked at is more, or the import counts what is not whole. */
static bool is_told(const struct judged *v, const struct judged *as_it_is)
{
	return v->r.refuted || v->r.before > as_it_is->r.before ||
	       unknown(&v->r) != unknown(&as_it_is->r) ||
	       v->info.no_enter != as_it_is->info.no_enter ||
	       v->info.unreturned != as_it_is->info.unreturned;
}

/* What cannot be told, and why. */
static const struct {
	const char *event, *what, *why;
} untold[] = {
	{ "rdsync", "left out", "the only event of its probe: then it is not known to be there" },
	{ "z_load_r", "ret=-17 for ret=0", "neither 0 nor an error is success" },
	{ "z_store_r", "ret=0 for ret=1", "the last event that there is" },
};

static bool may_pass(const char *what, const char *line)
{
	char name[32];

	event_of(line, name);
	for (size_t i = 0; i < sizeof(untold) / sizeof(untold[0]); i++)
		if (!strcmp(name, untold[i].event) && !strcmp(what, untold[i].what))
			return true;
	return false;
}

static void judge(struct base *b, const char *what, const char *line)
{
	static struct judged v;

	conform_lines(&b->lines, &b->c, &v);
	b->changes++;
	if (is_told(&v, &b->as_it_is))
		b->told++;
	else if (!may_pass(what, line))
		fail_msg("%s: %s, and it is a run of the model all the same: %s", b->name, what,
			 line);
}

static void change(struct base *b, unsigned i, const char *from, const char *to)
{
	char *line = b->lines.line[i], changed[512], what[64];
	const char *at = strstr(line, from);
	size_t n = at ? strlen(from) : 0;

	/* "ret=0" is not "ret=0x4" */
	if (!at || (at[n] && at[n] != ' ' && from[n - 1] != 'x'))
		return;
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - line), line, to, at + n);
	snprintf(what, sizeof(what), "%s for %s", to, from);
	b->lines.line[i] = changed;
	judge(b, what, line);
	b->lines.line[i] = line;
}

/* The next event of a function of the same thread, or the number of lines. */
static unsigned next_of_thread(const struct base *b, unsigned i)
{
	char thread[64], other[64];
	unsigned j = i + 1;

	sscanf(b->lines.line[i], " %63s", thread);
	for (; j < b->lines.n; j++)
		if (is_call(b->lines.line[j]) && sscanf(b->lines.line[j], " %63s", other) == 1 &&
		    !strcmp(thread, other))
			break;
	return j;
}

static void change_order(struct base *b, unsigned i)
{
	char **line = b->lines.line, *one = line[i], twice[1024];
	unsigned j = next_of_thread(b, i);

	line[i] = NULL;
	judge(b, "left out", one);
	line[i] = one;
	snprintf(twice, sizeof(twice), "%s\n%s", one, one);
	line[i] = twice;
	judge(b, "twice", one);
	line[i] = one;
	if (j == b->lines.n)
		return;
	line[i] = line[j];
	line[j] = one;
	judge(b, "behind the next of its thread", one);
	line[j] = line[i];
	line[i] = one;
}

static void begin_base(struct base *b)
{
	unsigned kept = 0, bits = 0;

	captured_of(&b->c, b->name);
	b->lines = read_lines(b->name, b->from, b->to);
	/* hundreds of these say the same */
	for (unsigned i = 0; i < b->lines.n; i++)
		if (strstr(b->lines.line[i], "uffd-wp") && bits++)
			free(b->lines.line[i]);
		else
			b->lines.line[kept++] = b->lines.line[i];
	b->lines.n = kept;
	conform_lines(&b->lines, &b->c, &b->as_it_is);
	assert_int_equal(b->as_it_is.r.refuted, 0);
	assert_true(b->as_it_is.r.checked > 50);
}

/* What v6.8 returns: of other kernels 0 may be success. */
static const char *const values[][2] = {
	{ "ret=0", "ret=-17" }, { "ret=-17", "ret=0" }, { "ret=1", "ret=0" },
	{ "ret=0x4", "ret=0x2" }, { "usage=0x1", "usage=0x40" }, { "usage=0x40", "usage=0x1" },
	{ "left=0x0", "left=0x1" }, { "left=0x1", "left=0x0" }, { "left=0x40", "left=0x0" },
	{ "folio=0x0", "folio=0xffd40000007f3a00" }, { "ent=0x", "ent=0x7" },
	{ "off=0x", "off=0x7" },
};

/* Every event of two pages that are swapped out and read back, one of them in vain. */
static void test_changed(void **state)
{
	struct base b = { .name = "d-loss", .from = 13, .to = 1366 };

	(void)state;
	begin_base(&b);
	for (unsigned i = 0; i < b.lines.n; i++) {
		if (!is_call(b.lines.line[i]))
			continue;
		change_order(&b, i);
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++)
			change(&b, i, values[v][0], values[v][1]);
	}
	assert_int_equal(b.as_it_is.r.checked, 119);
	assert_int_equal(b.changes, CHANGES);
	assert_int_equal(b.changes - b.told, 3);
	free_lines(&b.lines);
}

/* A page that was lost is not read as it was written, and one that was not is. */
static void test_changed_marks(void **state)
{
	struct base b = { .name = "d-loss", .from = 13, .to = 1366 };
	static struct judged v;
	unsigned marks = 0;

	(void)state;
	begin_base(&b);
	assert_int_equal(b.as_it_is.r.read[0], 1);
	assert_int_equal(b.as_it_is.r.read[1], 1);
	for (unsigned i = 0; i < b.lines.n; i++) {
		char *line = b.lines.line[i], changed[512], *at = strstr(line, "WL CORRUPT");
		const char *other = "WL read-end t=1 ok=1";

		if (!at && (at = strstr(line, "WL read-end t=1 pg=36 ok=1")))
			other = "WL CORRUPT t=1 pg=36 addr=7f756fb81000 want=1 got=0";
		if (!at)
			continue;
		snprintf(changed, sizeof(changed), "%.*s%s", (int)(at - line), line, other);
		b.lines.line[i] = changed;
		conform_lines(&b.lines, &b.c, &v);
		b.lines.line[i] = line;
		assert_int_equal(v.r.refuted, 1);
		assert_int_equal(v.r.first[0].side, SIDE_MARK);
		marks++;
	}
	assert_int_equal(marks, 2);
	free_lines(&b.lines);
}

/* Whatever is left out, doubled and mixed up: an answer, and soon. */
static void test_shuffled(void **state)
{
	static struct judged v;

	(void)state;
	random_state = 11;
	for (unsigned n = 0; n < 40; n++) {
		const char *name = captures[n % CAPTURES].name;
		struct lines l = read_lines(name, 1, 1200);
		struct captured c;

		captured_of(&c, name);
		for (unsigned times = 1 + random_below(200); times--;) {
			unsigned i = 12 + random_below(l.n - 12), j = 12 + random_below(l.n - 12);
			char *line = l.line[i];

			l.line[i] = l.line[j];
			l.line[j] = line;
			if (times % 3)
				continue;
			free(l.line[i]);
			l.line[i] = times % 2 && l.line[j] ? strdup(l.line[j]) : NULL;
		}
		conform_lines(&l, &c, &v);
		assert_true(v.r.checked + v.r.skipped + v.r.before + v.r.refuted + v.r.gave_up <=
			    v.r.events + 1);
		free_lines(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_changed_marks),
		cmocka_unit_test(test_shuffled),
	};

	quick_dir();
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
