/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * remarks.c - findings and notes of a run: read when it is opened, and again when there are others.
 */
#include <string.h>

#include "traces/read/reader.h"

/* What is remarked on a run that is being written may be about transitions that are to come. */
static bool to_come(const struct trace *t, sqlite3_stmt *s)
{
	return !t->info.ended && sqlite3_column_int64(s, 0) > (int64_t)t->info.events;
}

static int row_finding(struct trace *t, sqlite3_stmt *s)
{
	struct trace_finding *array = tr_grow(t->finding, t->findings, sizeof(*array)), *f;

	if (array)
		t->finding = array;
	if (array && to_come(t, s))
		return 0;
	if (!array)
		return tr_no_memory(t);
	f = &array[t->findings];
	if (tr_number(t, s, 0, t->info.events, &f->position))
		return tr_bad(t, "a finding is outside of its run");
	f->property = tr_keep(t, s, 1, false);
	f->text = tr_keep(t, s, 2, false);
	f->repeats = sqlite3_column_type(s, 3) != SQLITE_NULL;
	if (f->repeats && (tr_number(t, s, 3, t->info.events, &f->loop) ||
			   f->loop >= f->position))
		return tr_bad(t, "a loop is outside of its run");
	t->findings++;
	return f->property && f->text ? 0 : tr_no_memory(t);
}

/* A letter, or none: a file may say anything. */
static char letter_of(sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);
	bool letter = text && ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z'));

	return letter && !text[1] ? *text : '\0';
}

#define LAST_MOMENT	253402300799	/* of the year 9999: no calendar goes on */

static int row_note(struct trace *t, sqlite3_stmt *s)
{
	struct trace_note *array = tr_grow(t->note, t->notes, sizeof(*array)), *n;

	if (array)
		t->note = array;
	if (array && to_come(t, s))
		return 0;
	if (!array)
		return tr_no_memory(t);
	n = &array[t->notes];
	*n = (struct trace_note){ 0 };
	if (tr_number(t, s, 0, t->info.events, &n->position))
		return tr_bad(t, "a note is outside of its run");
	n->kind = tr_keep(t, s, 1, false);
	n->text = tr_keep(t, s, 2, true);
	n->id = sqlite3_column_int64(s, 3);
	n->author = tr_keep(t, s, 4, false);
	n->when = sqlite3_column_int64(s, 5);
	if (n->when < 0 || n->when > LAST_MOMENT)
		n->when = 0;
	n->letter = letter_of(s, 6);
	t->notes++;
	if (!n->kind || !n->text || !n->author)
		return tr_no_memory(t);
	n->remark = !strcmp(n->kind, "note") || !strcmp(n->kind, "bookmark");
	return 0;
}

static int row_has_noted(struct trace *t, sqlite3_stmt *s)
{
	t->noted = sqlite3_column_int(s, 0) > 0;
	return 0;
}

static int read_findings(struct trace *t)
{
	struct kept *texts = t->kept;
	int r;

	tr_free_texts(t->finding_texts);
	t->kept = NULL;
	t->findings = 0;
	r = tr_each_row(t, "SELECT seq, property, text, loop FROM finding WHERE run = ? "
			"ORDER BY seq, property LIMIT " FINDINGS_MAX, t->info.id, row_finding);
	t->finding_texts = t->kept;
	t->kept = texts;
	return r;
}

/* Who wrote them is in a table that a file may lack, and may get at any time. */
static int read_notes(struct trace *t)
{
	static const char has[] = "SELECT count(*) FROM main.sqlite_schema "
				  "WHERE type = 'table' AND name = 'noted'";
	struct kept *texts = t->kept;
	int r;

	tr_free_texts(t->note_texts);
	t->kept = NULL;
	t->notes = 0;
	r = tr_each_row(t, has, 0, row_has_noted);
	if (!r)
		r = tr_each_row(t, t->noted ?
				"SELECT seq, kind, substr(text, 1, " NOTE_MAX "), id, "
				"substr(author, 1, " AUTHOR_MAX "), time, letter "
				"FROM note LEFT JOIN noted ON note = id WHERE run = ? "
				"ORDER BY seq, id LIMIT " NOTES_MAX :
				"SELECT seq, kind, substr(text, 1, " NOTE_MAX "), id, '', 0, NULL "
				"FROM note WHERE run = ? ORDER BY seq, id LIMIT " NOTES_MAX,
				t->info.id, row_note);
	t->note_texts = t->kept;
	t->kept = texts;
	return r;
}

int tr_remarks(struct trace *t)
{
	int r = read_findings(t);

	return r ? r : read_notes(t);
}

int trace_notes_again(struct trace *t)
{
	return read_notes(t);
}
