/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.c - a matrix as JUnit XML: a case a cell.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/report/junit.h"
#include "ui/report/report.h"
#include "ui/text/matrix.h"
#include "ui/text/text.h"

#define COMMAND_MAX	4600

static void of_cell(const struct matrix *m, size_t at, char *of, char *name, size_t size)
{
	const struct mcell *c = &m->cell[at];

	if (m->operations) {
		snprintf(of, size, "%s", m->row_head[at / m->cols]);
		snprintf(name, size, "%s under %s", m->col_head[at % m->cols], c->kernel_name);
	} else {
		snprintf(of, size, "%s", c->scenario[0]->name);
		snprintf(name, size, "%s", c->kernel_name);
	}
}

/* "UAF MAPPED": the properties that are violated. */
static const char *violated_text(const struct mcell *c, char *buf, size_t size)
{
	size_t at = 0;

	*buf = '\0';
	for (unsigned p = 0; p < PROPERTY_COUNT && at < size; p++)
		if (c->violated >> p & 1)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? " " : "",
					       properties[p].name);
	return buf;
}

/* The schedule and the command.  Malloced; NULL: no memory. */
static char *text_of(const struct matrix *m, const struct mcell *c, const char *folder)
{
	char command[COMMAND_MAX], *schedule = NULL, *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (c->state == CELL_DONE && c->schedule.n) {
		schedule = schedule_text(c->scenario[c->world], &c->schedule);
		fprintf(out, "%s after %zu steps, schedule: %s\n", properties[c->property].name,
			c->schedule.n, schedule ? schedule : "(no memory)");
	}
	cell_command(m, c, folder, command, sizeof(command));
	fprintf(out, "again: %s\n", command);
	free(schedule);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* What is said of a cell that is no pass; false: it is one. */
static bool judge_cell(const struct matrix *m, const struct mcell *c, enum junit_kind *kind,
		       const char **type, char *message, size_t size)
{
	char names[300], bound[BOUND_TEXT_MAX];

	*kind = JUNIT_FAILURE;
	violated_text(c, names, sizeof(names));
	if (c->state != CELL_DONE) {
		*kind = JUNIT_ERROR;
		*type = "unknown";
		snprintf(message, size, "not explored: interrupted");
	} else if (c->refused) {
		*type = "refused";
		snprintf(message, size, "NOT CERTIFIED: %s", c->not_certified);
	} else if (c->agreement == CONTRADICTS) {
		*type = c->violated ? properties[c->property].name : "expectation";
		snprintf(message, size, "%s %s, but %s", verdict_name(c->verdict), names,
			 c->expectation);
	} else if (c->agreement == UNDECIDED || c->verdict == VERDICT_BOUNDED) {
		*kind = c->scenario[0]->bounded[0] ? JUNIT_SKIPPED : JUNIT_ERROR;
		*type = "unknown";
		snprintf(message, size, "unknown: %s%s%s", c->bound ?
			 bound_text(c->complete, c->bound, m->o.max_bytes >> 20, bound) :
			 "the search was cut short", *c->scenario[0]->bounded ? "; " : "",
			 c->scenario[0]->bounded);
	} else if (c->verdict == VERDICT_VIOLATED && c->agreement != AGREES) {
		*type = properties[c->property].name;
		snprintf(message, size, "violated: %s", names);
	} else if (m->o.certify && c->verdict == VERDICT_SAFE && !c->certified) {
		*kind = JUNIT_ERROR;
		*type = "unknown";
		snprintf(message, size, "not certified: %s", c->not_certified);
	} else {
		return false;
	}
	return true;
}

int matrix_junit(const struct matrix *m, const char *folder, const char *path)
{
	struct junit *j = junit_new("matrix");

	for (size_t i = 0; j && i < m->rows * m->cols + m->further; i++) {
		const struct mcell *c = &m->cell[m->cell[i].twin];
		char of[400], name[400], message[1200];
		enum junit_kind kind;
		const char *type;
		char *text;

		of_cell(m, i, of, name, sizeof(of));
		junit_case(j, of, name, m->cell[i].twin == i && c->state == CELL_DONE ?
			   c->seconds : 0);
		if (!judge_cell(m, c, &kind, &type, message, sizeof(message)))
			continue;
		text = text_of(m, c, folder);
		if (!text) {
			junit_free(j);
			return junit_write(NULL, path);
		}
		junit_result(j, kind, type, message, text);
		free(text);
	}
	return junit_write(j, path);
}
