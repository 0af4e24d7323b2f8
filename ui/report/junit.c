/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/report/junit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"
#include "ui/text/text.h"

struct testcase {
	char *of, *name;
	double seconds;
	bool said;
	enum junit_kind kind;
	char *type, *message, *text;
};

struct junit {
	char *suite;
	struct testcase *c;
	size_t n;
	bool failed;		/* memory was out */
};

static char *copy(struct junit *j, const char *text)
{
	char *to = text ? strdup(text) : NULL;

	j->failed |= text && !to;
	return to;
}

struct junit *junit_new(const char *suite)
{
	struct junit *j = calloc(1, sizeof(*j));

	if (j)
		j->suite = copy(j, suite);
	return j;
}

void junit_case(struct junit *j, const char *of, const char *name, double seconds)
{
	struct testcase *c = realloc(j->c, (j->n + 1) * sizeof(*c));

	if (!c) {
		j->failed = true;
		return;
	}
	j->c = c;
	c[j->n++] = (struct testcase){ .of = copy(j, of), .name = copy(j, name),
				       .seconds = seconds };
}

void junit_result(struct junit *j, enum junit_kind kind, const char *type, const char *message,
		  const char *text)
{
	struct testcase *c = j->n ? &j->c[j->n - 1] : NULL;

	if (!c || c->said || j->failed)
		return;
	c->said = true;
	c->kind = kind;
	c->type = copy(j, type);
	c->message = copy(j, message);
	c->text = copy(j, text);
}

void junit_free(struct junit *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++) {
		free(j->c[i].of);
		free(j->c[i].name);
		free(j->c[i].type);
		free(j->c[i].message);
		free(j->c[i].text);
	}
	free(j->c);
	free(j->suite);
	free(j);
}

/* ---- XML ---- */

/* Text as it may stand between tags, or (attribute) between quotes. */
static bool escape(FILE *out, const char *text, bool attribute)
{
	char *clean = malloc(strlen(text) + 1);

	if (!clean)
		return false;
	text_clean(clean, text, true);
	for (const char *p = clean; *p; p++) {
		/* U+FFFE and U+FFFF are characters of UTF-8, and none of XML */
		if (!strncmp(p, "\xef\xbf\xbe", 3) || !strncmp(p, "\xef\xbf\xbf", 3)) {
			fputc('?', out);
			p += 2;
		} else if (*p == '&') {
			fputs("&amp;", out);
		} else if (*p == '<') {
			fputs("&lt;", out);
		} else if (*p == '>') {
			fputs("&gt;", out);
		} else if (*p == '"') {
			fputs("&quot;", out);
		} else if (attribute && (*p == '\n' || *p == '\t')) {
			fprintf(out, "&#%d;", *p);
		} else {
			fputc(*p, out);
		}
	}
	free(clean);
	return true;
}

static bool attribute(FILE *out, const char *name, const char *text)
{
	bool whole;

	fprintf(out, " %s=\"", name);
	whole = escape(out, text ? text : "", true);
	fputc('"', out);
	return whole;
}

static bool write_case(FILE *out, const struct junit *j, const struct testcase *c)
{
	static const char *const tag[] = {
		[JUNIT_FAILURE] = "failure", [JUNIT_ERROR] = "error", [JUNIT_SKIPPED] = "skipped",
	};
	char class[600];
	bool whole;

	snprintf(class, sizeof(class), "%.60s.%.500s", j->suite, c->of);
	fputs("    <testcase", out);
	whole = attribute(out, "classname", class) && attribute(out, "name", c->name);
	if (c->seconds >= 0)
		fprintf(out, " time=\"%.3f\"", c->seconds);
	if (!c->said) {
		fputs("/>\n", out);
		return whole;
	}
	fprintf(out, ">\n      <%s", tag[c->kind]);
	whole &= attribute(out, "message", c->message);
	whole &= attribute(out, "type", c->type);
	if (c->text && *c->text) {
		fputc('>', out);
		whole &= escape(out, c->text, false);
		fprintf(out, "</%s>\n", tag[c->kind]);
	} else {
		fputs("/>\n", out);
	}
	fputs("    </testcase>\n", out);
	return whole;
}

static bool write_all(FILE *out, const struct junit *j)
{
	size_t n[3] = { 0 };
	double seconds = 0;
	bool whole = true;

	for (size_t i = 0; i < j->n; i++) {
		if (j->c[i].said)
			n[j->c[i].kind]++;
		if (j->c[i].seconds > 0)
			seconds += j->c[i].seconds;
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite", out);
	whole &= attribute(out, "name", j->suite);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
		"time=\"%.3f\">\n", j->n, n[JUNIT_FAILURE], n[JUNIT_ERROR], n[JUNIT_SKIPPED],
		seconds);
	for (size_t i = 0; i < j->n; i++)
		whole &= write_case(out, j, &j->c[i]);
	fputs("  </testsuite>\n</testsuites>\n", out);
	return whole;
}

int junit_write(struct junit *j, const char *path)
{
	struct output to;
	FILE *out;
	int status;

	if (!j || j->failed) {
		junit_free(j);
		return usage_error("out of memory");
	}
	out = print_begin(&to, path);
	status = out ? EXIT_OK : EXIT_USAGE;
	if (out)
		status = print_end(&to, write_all(out, j) ? EXIT_OK :
				   usage_error("out of memory"));
	junit_free(j);
	return status;
}
