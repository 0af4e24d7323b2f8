/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * catalog_markdown.c - docs/catalog.md.  Nothing in it depends on when or where it is printed.
 */
#include <string.h>

#include "replay/figure/columns.h"
#include "ui/text/catalog.h"
#include "ui/text/text.h"

static void print_expectations(FILE *out, const struct scenario *s)
{
	fputs("Expected, and tested:\n\n", out);
	for (unsigned i = 0; i < s->expects; i++) {
		const struct expect *e = &s->expect[i];
		const char *between = "";

		fprintf(out, "* `%s", e->kernel);
		for (unsigned j = 0; j < e->set_count; j++)
			fprintf(out, " %s", e->sets[j]);
		fprintf(out, "`: %s", e->safe ? "safe" : "");
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (e->any >> p & 1) {
				fprintf(out, "%s%s", between, properties[p].name);
				between = " or ";
			}
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (e->all >> p & 1)
				fprintf(out, ", %s", properties[p].name);
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (e->not >> p & 1)
				fprintf(out, ", not %s", properties[p].name);
		fputc('\n', out);
	}
	fputc('\n', out);
}

static int print_runs(FILE *out, const struct scenario *s, const struct repair *r)
{
	char verdict[VERDICT_TEXT_MAX];
	int err;

	broken_verdict(r, verdict);
	fprintf(out, "`%s`: %s.\n\n```\n", s->bug.shows.text, verdict);
	err = figure_execution(out, &r->broken.run, 0, r->loop, PRINT_WIDTH);
	fixed_verdict(r, verdict);
	fprintf(out, "```\n\n`%s`: %s. ", s->bug.beside.text, verdict);
	print_parting(out, r);
	fputs("\n```\n", out);
	if (!err)
		err = figure_execution(out, &r->fixed.run, r->same, r->fixed.run.n, PRINT_WIDTH);
	fputs("```\n\n", out);
	return err ? usage_error("out of memory") : EXIT_OK;
}

int print_section(FILE *out, const struct scenario *s)
{
	const struct bug *b = &s->bug;
	char commits[COMMITS_MAX], cves[CVES_MAX];
	struct repair r;
	int status = catalog_repair(s, &r);

	if (status)
		return status;
	fprintf(out, "## %s: %s\n\n", b->id, b->subject);
	fprintf(out, "* repaired by %s\n", commits_text(b, commits));
	if (b->cves)
		fprintf(out, "* %s\n", cves_text(b, cves));
	fprintf(out, "* introduced: %s\n* fixed: %s\n", b->introduced, b->fixed);
	fprintf(out, "* scenario: `%s`, %s\n\n", s->name, s->title);
	for (unsigned i = 0; i < b->tells; i++)
		fprintf(out, "%u. %s\n", i + 1, b->tell[i]);
	fputc('\n', out);
	status = print_runs(out, s, &r);
	repair_free(&r);
	print_expectations(out, s);
	print_commands(out, s, "    ");
	return status;
}

static const char introduction[] =
	"<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
	"<!-- 'swapscope catalog --markdown >docs/catalog.md' prints this. -->\n"
	"# Bugs that were\n\n"
	"Races of Linux's swap code that the shipped scenarios express, one file each. The texts\n"
	"come from the `[bug]` sections of `examples/`; the diagrams are made by searching: the\n"
	"shortest schedule in a kernel that has the bug, of those the lexicographically least.\n"
	"Below it stands what a kernel without the bug makes of the same schedule, and which of\n"
	"its rules is the repair: the one that, set back alone, brings the violation back.\n"
	"`swapscope catalog ID` prints the same on a terminal; it takes a CVE, a commit or words\n"
	"of the subject too.\n\n"
	"\"Safe\" is a search of all interleavings of that scenario and says nothing of larger\n"
	"ones. \"Found in\" names the presets in which the scenario's file expects the bug; where\n"
	"it takes a switch over a preset, the kernel that is shown.\n\n"
	"| bug | subject | CVE | introduced | fixed | scenario | found in | safe in |\n"
	"| --- | --- | --- | --- | --- | --- | --- | --- |\n";

static void print_introduction(FILE *out, const struct catalog *c)
{
	char found[KERNELS_MAX], safe[KERNELS_MAX], cves[CVES_MAX];

	fputs(introduction, out);
	for (size_t i = 0; i < c->n; i++) {
		const struct scenario *s = &c->of[i];

		fprintf(out, "| %s | %s | %s | %s | %s | `%s` | %s | %s |\n", s->bug.id,
			s->bug.subject, cves_text(&s->bug, cves), s->bug.introduced, s->bug.fixed,
			s->name, kernels_found(s, found), kernels_safe(s, safe));
	}
	fputc('\n', out);
}

int print_markdown(FILE *out, const struct catalog *c)
{
	int status = EXIT_OK;

	print_introduction(out, c);
	for (size_t i = 0; i < c->n && !status; i++) {
		status = print_section(out, &c->of[i]);
		fputc('\n', out);
	}
	fputs("## Not expressed\n\nThe model has no words for these.\n\n", out);
	for (size_t i = 0; i < unexpressed_count; i++) {
		const struct unexpressed *u = &unexpressed[i];

		fprintf(out, "* %s: %s%s%s%s%s%s. %s\n", u->id, u->subject,
			*u->commit ? " (" : "", u->commit, *u->cve ? ", " : "", u->cve,
			*u->commit ? ")" : "", u->why);
	}
	return status;
}
