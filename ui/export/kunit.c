/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kunit.c - a run as a comment for a KUnit test: the interleaving, what a test has to force, what
 * it has to expect, and the command that makes the run again.
 *
 * The kernel's style of comments, 80 columns with tabs.  A diagram begins at the first tab stop, so
 * that the stops in it stay where they are.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/figure/columns.h"
#include "ui/export/export.h"
#include "ui/text/text.h"

#define WIDTH		80
#define TAB		8
#define SENTENCE_MAX	1200

/* What a test would look at where a property is broken. */
static const struct {
	const char *property, *expect;
} expects[] = {
	{ "MAPPED", "KUNIT_EXPECT_MEMEQ(test, mapped, written, PAGE_SIZE);" },
	{ "LOST", "KUNIT_EXPECT_MEMEQ(test, read_back, written, PAGE_SIZE);" },
	{ "STALE", "KUNIT_EXPECT_MEMEQ(test, read_back, written, PAGE_SIZE);" },
	{ "WBOLD", "KUNIT_EXPECT_MEMEQ(test, on_device, written, PAGE_SIZE);" },
	{ "UAF", "KUNIT_EXPECT_FALSE(test, read_after_free);" },
	{ "DFREE", "KUNIT_EXPECT_FALSE(test, freed_twice);" },
	{ "COUNT", "KUNIT_EXPECT_EQ(test, swap_count(*map), swap_ptes);" },
	{ "FOLIO", "KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));" },
	{ "OFF", "KUNIT_EXPECT_FALSE(test, used_after_swapoff);" },
	{ "DEADLOCK", "KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&all_done, HZ), 0);" },
};

/* ---- lines of the comment ---- */

/* Behind " *": what would end the comment is taken apart. */
static void put_line(FILE *out, const char *line, size_t n, bool shifted)
{
	while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	fputs(!n ? " *" : shifted ? " *\t" : " * ", out);
	for (size_t i = 0; i < n; i++) {
		fputc(line[i], out);
		if (line[i] == '*' && i + 1 < n && line[i + 1] == '/')
			fputc(' ', out);
	}
	fputc('\n', out);
}

static void put_lines(FILE *out, const char *text, bool shifted)
{
	while (*text) {
		const size_t n = strcspn(text, "\n");

		put_line(out, text, n, shifted);
		text += n + (text[n] != '\0');
	}
}

/* A sentence on lines of the comment; those after the first begin with `indent` blanks. */
static int put_sentence(FILE *out, int indent, const char *sentence)
{
	char *text = NULL;
	size_t size;
	FILE *lines = open_memstream(&text, &size);

	if (!lines)
		return -ENOMEM;
	print_wrapped(lines, WIDTH - 3, indent, sentence);
	if (fclose(lines)) {
		free(text);
		return -ENOMEM;
	}
	put_lines(out, text, false);
	free(text);
	return 0;
}

/* ---- the diagram, with what was found and the command ---- */

static int put_diagram(const struct export *e, const struct figure_run *r, FILE *out)
{
	bool *keep = malloc(r->rows + 1);
	struct figure_columns c = { .width = WIDTH - TAB, .cpu = true, .keep = keep };
	char *text = NULL;
	size_t size;
	FILE *lines = keep ? open_memstream(&text, &size) : NULL;
	int err = lines ? 0 : -ENOMEM;

	if (lines) {
		if (e->whole)
			c.keep = NULL;
		else
			export_short(e, 0, keep);
		err = figure_columns(lines, r, &c);
		if (fclose(lines) && !err)
			err = -ENOMEM;
	}
	if (!err)
		put_lines(out, text, true);
	free(text);
	free(keep);
	return err;
}

/* ---- what a test has to force ---- */

static bool last_of_block(const struct figure_run *r, size_t i)
{
	return i + 1 == r->rows || r->row[i + 1].task != r->row[i].task;
}

static bool moves_again(const struct figure_run *r, size_t i)
{
	for (size_t j = i + 1; j < r->rows; j++)
		if (r->row[j].task == r->row[i].task)
			return true;
	return false;
}

/* "W runs until it has made, in zswap_writeback_entry(), zswap_entry_free(entry)". */
static int put_block(FILE *out, const struct figure_run *r, size_t last, unsigned n)
{
	const struct figure_row *to = &r->row[last];
	char text[SENTENCE_MAX];

	snprintf(text, sizeof(text), "%2u. %.40s goes on until it has made, in %.60s(), "
		 "\"%.300s\"%s%.100s%s", n, r->task[to->task], to->op, to->text,
		 *to->result ? ": " : "", to->result,
		 last + 1 == r->rows ? "." : moves_again(r, last) ?
		 ", and is held there." : ".");
	return put_sentence(out, 4, text);
}

/* A step that can come to several things, and not to the first. */
static int put_outcome(FILE *out, const struct figure_row *row)
{
	char text[SENTENCE_MAX];

	if (!row->choice)
		return 0;
	snprintf(text, sizeof(text), "    There \"%.300s\" in %.60s() has to come to%s%.100s.",
		 row->text, row->op, *row->result ? ": " : " its outcome no. ", row->result);
	if (!*row->result)
		snprintf(text + strlen(text) - 1, 8, "%u.", row->choice);
	return put_sentence(out, 4, text);
}

static int put_forced(const struct figure_run *r, FILE *out)
{
	size_t first = 0;
	unsigned n = 0;
	int err;

	fputs(" *\n", out);
	err = put_sentence(out, 0, "What a test has to force, each time by holding one thread "
			   "(wait_for_completion()) and letting the next one go (complete()):");
	fputs(" *\n", out);
	for (size_t i = 0; i < r->rows && !err; i++) {
		if (!last_of_block(r, i))
			continue;
		err = put_block(out, r, i, ++n);
		for (; first <= i && !err; first++)
			err = put_outcome(out, &r->row[first]);
	}
	return err;
}

/* ---- expectations ---- */

/* "swapcache_prepare(entry)", which a test could call or watch, and a number or an error. */
static bool is_call(const struct figure_row *row)
{
	const char *open = strchr(row->text, '('), *p = row->text, *v = row->result;

	if (!open || open == p || row->text[strlen(row->text) - 1] != ')' || strchr(p, '?') ||
	    strchr(p, '=') || strchr(p, ';'))
		return false;
	while (p < open && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	if (p != open || !*v || strlen(row->text) > 36 || strstr(row->text, "*/"))
		return false;
	if (v[0] == '-' && v[1] == 'E')
		return v[2 + strspn(v + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
	return v[strspn(v, "-0123456789")] == '\0' && strlen(v) < 12;
}

static void put_expectation(FILE *out, const struct figure_run *r, const struct figure_row *row)
{
	fprintf(out, " *\tKUNIT_EXPECT_EQ(test, %.36s, %.12s);\n", row->text, row->result);
	fprintf(out, " *\t\t(%.40s, step %llu)\n", r->task[row->task],
		(unsigned long long)row->at);
}

static const char *expect_of(const char *finding)
{
	for (size_t i = 0; i < sizeof(expects) / sizeof(expects[0]); i++) {
		const size_t n = strlen(expects[i].property);

		if (!strncmp(finding, expects[i].property, n) && finding[n] == ':')
			return expects[i].expect;
	}
	return "KUNIT_EXPECT_TRUE(test, holds);";
}

static int put_expectations(const struct figure_run *r, FILE *out)
{
	bool found = false;
	int err;

	fputs(" *\n", out);
	err = put_sentence(out, 0, "What it can expect on the way, so that a run that went "
			   "otherwise is seen:");
	fputs(" *\n", out);
	for (size_t i = 0; i < r->rows; i++)
		if (is_call(&r->row[i]))
			put_expectation(out, r, &r->row[i]);
	if (err)
		return err;
	fputs(" *\n", out);
	for (size_t i = 0; i < r->rows && !err; i++) {
		const struct figure_row *row = &r->row[i];

		if (!row->finding)
			continue;
		if (row->cost) {	/* no violation: nothing that a repair would change */
			fputs(" *\n", out);
			err = put_sentence(out, 2, row->finding);
			continue;
		}
		if (!found)
			err = put_sentence(out, 0, "And of a kernel that is repaired, which may "
					   "not come this far:");
		found = true;
		fputs(" *\n", out);
		if (!err)
			err = put_sentence(out, 2, row->finding);
		fprintf(out, " *\t%s\n", expect_of(row->finding));
	}
	return err;
}

/* ---- all of it ---- */

static int write_kunit(struct export *e, FILE *out)
{
	const struct figure_run *r = &e->figure->run[0];
	char text[SENTENCE_MAX], threads[COUNTED_MAX];
	uint32_t part = 0;
	int err;

	if (e->figure->runs > 1) {
		snprintf(e->why, sizeof(e->why), "kunit is of one run: a test forces one "
			 "interleaving");
		return -EINVAL;
	}
	if (r->repeats) {
		snprintf(e->why, sizeof(e->why), "kunit is of a run that ends: what this one "
			 "violates is that it goes round for ever");
		return -EINVAL;
	}
	if (!r->rows || r->live) {
		snprintf(e->why, sizeof(e->why), "kunit is of a run of the model that has steps: "
			 "no test can force what threads did");
		return -EINVAL;
	}
	for (size_t i = 0; i < r->rows; i++)
		part |= 1u << r->row[i].task % 32;
	snprintf(text, sizeof(text), "%.300s under %.200s: an interleaving of %s, as swapscope "
		 "made it.", r->scenario, r->kernel,
		 counted((uint64_t)__builtin_popcount(part), "thread", threads));
	fputs("/*\n", out);
	err = put_sentence(out, 0, text);
	fputs(" *\n", out);
	if (!err)
		err = put_diagram(e, r, out);
	if (!err)
		err = put_forced(r, out);
	if (!err)
		err = put_expectations(r, out);
	fputs(" */\n", out);
	return err;
}

const struct export_format export_kunit = {
	.name = "kunit", .extension = ".c",
	.brief = "a C comment for a KUnit test: what it has to force and to expect",
	.shortens = false,
	.write = write_kunit,
};
