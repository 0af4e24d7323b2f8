/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * note.c - notes: written into the file of the run, or into a branch, listed, gone to, deleted; and
 * marks, steps that have a letter as long as the screen is there.
 */
#include <string.h>
#include <time.h>

#include "traces/write/note.h"
#include "ui/text/text.h"
#include "ui/view/session.h"

static struct chapter *chapter(const struct view *v)
{
	return &v->chapter[v->at];
}

static bool is_branch(const struct view *v, const struct trace *t)
{
	return v->session && hand_is_branch(v->session->hand, t);
}

/* Both panes may show it, and its file may be read twice. */
static void read_again(struct view *v)
{
	for (unsigned side = 0; side < 2; side++)
		if (chapter(v)->run[side])
			trace_notes_again(chapter(v)->run[side]);
	list_again(v, LIST_NOTES);
}

/* ---- writing ---- */

/* The file that a note of a run goes into; NULL, and that was told. */
static const char *file_of(struct view *v, const struct trace *t)
{
	const char *path = trace_path(t);

	if (!path)
		view_say(v, "this run is in no file, and a note of it would be lost: 'explore' and "
			 "'run' have --save FILE.db");
	return path;
}

void note_write(struct view *v, char letter, const char *text)
{
	struct trace *t = session_run(v);
	const struct note n = { .position = v->cursor[v->focus], .text = text, .letter = letter,
				.author = v->author ? v->author : "",
				.when = (int64_t)time(NULL) };
	char err[TRACE_ERROR_MAX];
	const char *path;
	int64_t id;

	if (is_branch(v, t)) {
		if (hand_note(v->session->hand, t, &n)) {
			view_say(v, "%.230s", hand_why(v->session->hand));
			return;
		}
		list_again(v, LIST_NOTES);
		view_say(v, "noted at step %llu of the branch: it is saved with it",
			 (unsigned long long)n.position);
		return;
	}
	path = file_of(v, t);
	if (!path)
		return;
	if (note_add(path, trace_info(t)->id, &n, &id, err)) {
		view_say(v, "%.230s", err);
		return;
	}
	read_again(v);
	view_say(v, "noted at step %llu, in %.150s: note %lld", (unsigned long long)n.position,
		 path, (long long)id);
}

COMMAND(NOTE)
{
	note_write(v, '\0', argument);
}

/* ---- going there ---- */

const struct trace_note *note_bookmark(const struct view *v, char letter, unsigned *side)
{
	for (unsigned i = 0; i < 2; i++) {
		struct trace *t = chapter(v)->run[i ? !v->focus : v->focus];
		size_t notes;
		const struct trace_note *n = t ? trace_notes(t, &notes) : NULL;

		*side = i ? !v->focus : v->focus;
		for (size_t k = 0; n && k < notes; k++)
			if (n[k].remark && n[k].letter == letter)
				return &n[k];
	}
	return NULL;
}

/* The nearest that somebody wrote, after the cursor of a run or before it. */
static const struct trace_note *near_note(const struct view *v, unsigned side, bool after)
{
	const struct trace_note *best = NULL, *n;
	uint64_t at = v->cursor[side];
	size_t notes;

	n = trace_notes(chapter(v)->run[side], &notes);
	for (size_t i = 0; i < notes; i++) {
		if (!n[i].remark || (after ? n[i].position <= at : n[i].position >= at))
			continue;
		best = &n[i];
		if (after)		/* they are in order */
			break;
	}
	return best;
}

static void go_to_note(struct view *v, bool after)
{
	const struct trace_note *n = near_note(v, v->focus, after);

	if (!n && chapter(v)->run[1]) {
		n = near_note(v, !v->focus, after);
		if (n)
			focus_on(v, !v->focus);
	}
	if (n)
		move_to(v, n->position);
	else
		view_say(v, "no note %s this step", after ? "after" : "before");
}

COMMAND(NEXT_NOTE)
{
	go_to_note(v, true);
}

COMMAND(PREV_NOTE)
{
	go_to_note(v, false);
}

/* ---- the list ---- */

#define LISTED_MAX	5000	/* notes of a run */

/* Row i is note i % LISTED_MAX, of those of run i / LISTED_MAX that somebody wrote. */
static const struct trace_note *listed(const struct view *v, int id)
{
	unsigned side = (unsigned)id / LISTED_MAX, at = (unsigned)id % LISTED_MAX;
	struct trace *t = chapter(v)->run[side];
	size_t notes = 0;
	const struct trace_note *n = t ? trace_notes(t, &notes) : NULL;

	for (size_t i = 0; i < notes; i++)
		if (n[i].remark && !at--)
			return &n[i];
	return NULL;
}

static unsigned count_notes(const struct view *v, unsigned side)
{
	struct trace *t = chapter(v)->run[side];
	size_t notes = 0;
	const struct trace_note *n = t ? trace_notes(t, &notes) : NULL;
	unsigned count = 0;

	for (size_t i = 0; i < notes && count < LISTED_MAX; i++)
		count += n[i].remark;
	return count;
}

static void fill_row(const struct view *v, struct list_row *row, int id)
{
	const struct trace_note *n = listed(v, id);
	char when[MOMENT_MAX];
	unsigned side = (unsigned)id / LISTED_MAX;

	if (!n)
		return;
	row->id = id;
	row->chosen[side] = chapter(v)->run[1] != NULL;
	snprintf(row->cell[0], sizeof(row->cell[0]), "%llu", (unsigned long long)n->position);
	snprintf(row->cell[1], sizeof(row->cell[1]), "%c", n->letter ? n->letter : ' ');
	snprintf(row->cell[2], sizeof(row->cell[2]), "%.80s", n->author);
	snprintf(row->cell[3], sizeof(row->cell[3]), "%s",
		 n->when ? moment_text(n->when, false, when) : "");
	cut_text(row->cell[4], sizeof(row->cell[4]), n->text, 100, v->ascii);
	for (char *c = row->cell[4]; *c; c++)
		*c = *c == '\n' || *c == '\t' ? ' ' : *c;
}

COMMAND(NOTE_LIST)
{
	static const char *const columns[] = { "step", "mark", "who", "when", "note", NULL };
	unsigned notes[2] = { count_notes(v, 0), count_notes(v, 1) }, row = 0;

	v->to_delete = 0;
	if (!notes[0] && !notes[1]) {
		list_leave(v);
		v->list.rows = v->list.kind == LIST_NOTES ? 0 : v->list.rows;
		view_say(v, "nothing is noted: :note and a text does it, or M");
		return;
	}
	list_begin(v, LIST_NOTES, "Notes and bookmarks", "enter goes there  delete takes it away",
		   notes[0] + notes[1], columns);
	for (unsigned side = 0; side < 2; side++)
		for (unsigned i = 0; i < notes[side] && row < v->list.rows; i++)
			fill_row(v, &v->list.row[row++], (int)(side * LISTED_MAX + i));
}

/* It is somebody's, and in a file: it is asked for twice. */
static void delete_note(struct view *v, unsigned side, const struct trace_note *n)
{
	struct trace *t = chapter(v)->run[side];
	char err[TRACE_ERROR_MAX];
	int64_t id = n->id;
	const char *path;
	int r;

	if (v->to_delete != id) {
		v->to_delete = id;
		view_say(v, "delete once more, and %s is without this note",
			 is_branch(v, t) ? "the branch" : "the file");
		return;
	}
	v->to_delete = 0;
	if (is_branch(v, t)) {
		r = hand_note_delete(v->session->hand, t, id);
		snprintf(err, sizeof(err), "%s", r ? hand_why(v->session->hand) : "");
	} else {
		path = file_of(v, t);
		if (!path)
			return;
		r = note_delete(path, trace_info(t)->id, id, err);
	}
	read_again(v);
	do_NOTE_LIST(v, "");
	view_say(v, "%.230s", r ? err : "deleted");
}

void note_act(struct view *v, int id, enum list_act act)
{
	const struct trace_note *n = listed(v, id);
	unsigned side = (unsigned)id / LISTED_MAX;

	if (!n) {
		do_NOTE_LIST(v, "");
	} else if (act == LIST_DELETE) {
		delete_note(v, side, n);
	} else {
		list_leave(v);
		focus_on(v, side);
		move_to(v, n->position);
	}
}

/* ---- marks ---- */

static struct mark *mark_of(struct view *v, char letter)
{
	for (unsigned i = 0; i < MARKS_MAX; i++)
		if (v->mark[i].letter == letter)
			return &v->mark[i];
	return NULL;
}

/*
 * The letter that the argument begins with; '\0': there is none, which was told, or the next key is
 * it.  *text gets what stands behind it.
 */
static char letter_of(struct view *v, const char *command, const char *argument, const char **text)
{
	char c = *argument;
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	*text = c ? argument + 1 + strspn(argument + 1, " \t") : "";
	if (!c) {
		snprintf(v->waiting, sizeof(v->waiting), "%s", command);
		view_say(v, "which mark?  a letter");
	} else if (!letter || (argument[1] && *text == argument + 1)) {
		view_say(v, "a mark is a letter, not '%.24s'", argument);
	} else {
		return c;
	}
	return '\0';
}

/* A mark is gone with the screen; one that has words is kept in the file, as a bookmark. */
COMMAND(MARK)
{
	const char *text;
	char letter = letter_of(v, "mark", argument, &text);
	struct mark *m = letter ? mark_of(v, letter) : NULL;

	if (!letter)
		return;
	if (*text) {
		note_write(v, letter, text);
		return;
	}
	if (!m)
		m = mark_of(v, '\0');	/* there are as many as letters */
	*m = (struct mark){ letter, v->at, v->focus, v->cursor[v->focus],
			    v->chapter[v->at].run[v->focus] };
	view_say(v, "step %llu is %c: '%c goes there", (unsigned long long)m->at, letter, letter);
}

/* The side on which a mark's run is shown, or -1. */
static int shown_on(const struct view *v, const struct mark *m)
{
	const struct chapter *c = &v->chapter[v->at];

	return c->run[m->side] == m->run ? (int)m->side : c->run[!m->side] == m->run ?
	       (int)!m->side : -1;
}

/* Runs made by hand are no chapter's: who comes back to its chapter may find the mark's there. */
static void go_to_mark(struct view *v, const struct mark *m)
{
	if (shown_on(v, m) < 0) {
		session_return(v);
		if (m->chapter < v->chapters && m->chapter != v->at)
			enter_chapter(v, m->chapter);
	}
	if (shown_on(v, m) < 0) {
		view_say(v, "the run with mark %c is not shown: r lists the runs", m->letter);
		return;
	}
	focus_on(v, (unsigned)shown_on(v, m));
	move_to(v, m->at);
}

/* One that was set here comes before one of the file. */
COMMAND(TO_MARK)
{
	const struct trace_note *kept;
	const char *text;
	char letter = letter_of(v, "to-mark", argument, &text);
	const struct mark *m = letter ? mark_of(v, letter) : NULL;
	unsigned side;

	if (letter && *text) {
		view_say(v, "a mark is a letter, not '%.24s'", argument);
	} else if (m) {
		go_to_mark(v, m);
	} else if (letter && (kept = note_bookmark(v, letter, &side))) {
		focus_on(v, side);
		move_to(v, kept->position);
	} else if (letter) {
		view_say(v, "no step is marked %c: m %c marks this one", letter, letter);
	}
}

COMMAND(MARKS)
{
	unsigned marks = 0;

	for (unsigned i = 0; i < MARKS_MAX; i++)
		marks += v->mark[i].letter != '\0';
	if (!marks) {
		list_leave(v);
		v->list.rows = v->list.kind == LIST_MARKS ? 0 : v->list.rows;
		view_say(v, "no step is marked: m and a letter does it");
		return;
	}
	list_begin(v, LIST_MARKS, "Steps that are marked", "enter goes there  delete takes it away",
		   marks, (const char *const[]){ "mark", "step", "pane", "chapter", NULL });
	marks = 0;
	for (unsigned i = 0; i < MARKS_MAX && v->list.row; i++) {
		const struct mark *m = &v->mark[i];
		struct list_row *row = &v->list.row[marks];

		if (!m->letter)
			continue;
		marks++;
		row->id = (int)i;
		row->dim = shown_on(v, m) < 0;
		snprintf(row->cell[0], sizeof(row->cell[0]), "%c", m->letter);
		snprintf(row->cell[1], sizeof(row->cell[1]), "%llu", (unsigned long long)m->at);
		snprintf(row->cell[2], sizeof(row->cell[2]), m->side ? "right" : "left");
		snprintf(row->cell[3], sizeof(row->cell[3]), "%u", m->chapter + 1);
	}
}

void mark_act(struct view *v, int id, enum list_act act)
{
	struct mark *m = &v->mark[id];

	if (act == LIST_DELETE) {
		m->letter = '\0';
		do_MARKS(v, "");
		return;
	}
	list_leave(v);
	go_to_mark(v, m);
}
