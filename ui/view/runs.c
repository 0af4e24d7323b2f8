/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * runs.c - the list of runs: what files have, the chapters, the branches; opened, two side by side,
 * renamed, kept, saved, deleted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ui/text/text.h"
#include "ui/view/session.h"

#define RUNS_MAX	5000	/* of a file, that are listed */
#define OPEN_MAX	64

/* A run that was opened out of the list; owned. */
struct opened {
	unsigned file;
	int run;
	struct trace *t;
};

struct runs {
	char *file[FILES_MAX];
	unsigned files;
	struct opened opened[OPEN_MAX];
	unsigned n;
	const struct run_source *source;	/* or NULL */
	struct entry *entry;		/* what the rows of the list are; owned */
	unsigned entries;
};

/* What a row stands for. */
struct entry {
	enum { ENTRY_CHAPTER, ENTRY_OF_FILE, ENTRY_BRANCH, ENTRY_OF_SOURCE } what;
	unsigned index;			/* of the chapter, the file */
	unsigned side;
	struct trace_summary run;	/* of a file */
	struct trace *branch;
};

static struct runs *runs_of(struct session *s)
{
	if (!s->runs)
		s->runs = calloc(1, sizeof(*s->runs));
	return s->runs;
}

int session_file(struct view *v, const char *path)
{
	struct runs *r = v->session ? runs_of(v->session) : NULL;

	for (unsigned i = 0; r && i < r->files; i++)
		if (!strcmp(r->file[i], path))
			return 0;
	if (!r)
		return -ENOMEM;
	if (r->files == FILES_MAX)
		return -ENOSPC;
	r->file[r->files] = strdup(path);
	return r->file[r->files] ? (int)(r->files++, 0) : -ENOMEM;
}

void session_source(struct view *v, const struct run_source *source)
{
	struct runs *r = v->session ? runs_of(v->session) : NULL;

	if (r)
		r->source = source;
}

/* ---- the rows ---- */

static struct entry *add(struct runs *r)
{
	struct entry *e = realloc(r->entry, (r->entries + 1) * sizeof(*e));

	if (!e)
		return NULL;
	r->entry = e;
	e += r->entries++;
	*e = (struct entry){ 0 };
	return e;
}

static void add_chapters(const struct view *v, struct runs *r)
{
	const struct session *s = v->session;

	for (unsigned i = 0; i < v->chapters; i++) {
		const struct chapter *c = s->off_path && i == v->at ? &s->path : &v->chapter[i];

		for (unsigned side = 0; side < 2 && (v->chapters > 1 || !r->files); side++) {
			struct trace *t = c->run[side];
			struct entry *e = t && !hand_is_branch(s->hand, t) ? add(r) : NULL;

			if (e)
				*e = (struct entry){ .what = ENTRY_CHAPTER, .index = i,
						     .side = side };
		}
	}
}

static void add_files(struct view *v, struct runs *r)
{
	struct trace_summary *list = calloc(RUNS_MAX, sizeof(*list));
	char err[TRACE_ERROR_MAX];

	for (unsigned i = 0; list && i < r->files; i++) {
		int n = trace_list(r->file[i], list, RUNS_MAX, err);

		if (n < 0)
			view_say(v, "%s", err);
		for (int j = 0; j < n && j < RUNS_MAX; j++) {
			struct entry *e = add(r);

			if (e)
				*e = (struct entry){ .what = ENTRY_OF_FILE, .index = i,
						     .run = list[j] };
		}
	}
	free(list);
}

static void add_source(struct runs *r)
{
	for (unsigned i = 0; r->source && i < r->source->n; i++) {
		struct entry *e = add(r);

		if (e)
			*e = (struct entry){ .what = ENTRY_OF_SOURCE, .index = i };
	}
}

static void add_branches(const struct session *s, struct runs *r)
{
	for (size_t i = 0; i < hand_branches(s->hand); i++) {
		struct entry *e = add(r);

		if (e)
			*e = (struct entry){ .what = ENTRY_BRANCH,
					     .branch = hand_branch(s->hand, i).trace };
	}
}

static struct trace *opened_of(const struct runs *r, unsigned file, int run)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->opened[i].file == file && r->opened[i].run == run)
			return r->opened[i].t;
	return NULL;
}

static const char *const columns[] = { "what", "run", "kernel", "verdict", "steps", "when", NULL };

static void cells(struct list_row *row, const char *what, const char *title, const char *kernel,
		  const char *verdict, uint64_t steps, const char *when)
{
	snprintf(row->cell[0], sizeof(row->cell[0]), "%.119s", what);
	snprintf(row->cell[1], sizeof(row->cell[1]), "%.119s", title ? title : "");
	snprintf(row->cell[2], sizeof(row->cell[2]), "%.119s", kernel ? kernel : "");
	snprintf(row->cell[3], sizeof(row->cell[3]), "%.119s", verdict ? verdict : "");
	snprintf(row->cell[4], sizeof(row->cell[4]), "%llu", (unsigned long long)steps);
	snprintf(row->cell[5], sizeof(row->cell[5]), "%s", when);
}

static void file_row(const struct view *v, const struct runs *r, const struct entry *e,
		     struct list_row *row)
{
	const struct trace_summary *s = &e->run;
	const char *slash = strrchr(r->file[e->index], '/');
	struct trace *t = opened_of(r, e->index, s->run);
	char what[100], when[MOMENT_MAX], finding[60];

	snprintf(what, sizeof(what), "%.80s:%d", slash ? slash + 1 : r->file[e->index], s->run);
	snprintf(finding, sizeof(finding), "%.16s at %llu", s->property,
		 (unsigned long long)s->position);
	cells(row, what, *s->title ? s->title : s->scenario, s->kernel,
	      *s->property ? finding : *s->verdict ? s->verdict : run_kind_name(s->kind), s->events,
	      s->recorded ? moment_text(s->recorded, false, when) : "");
	if (*s->property)
		row->style = STYLE_BAD;
	row->dim = s->kind == RUN_GRAPH;
	for (unsigned side = 0; side < 2; side++)
		row->chosen[side] = t && v->chapter[v->at].run[side] == t;
}

static void branch_row(const struct view *v, const struct entry *e, struct list_row *row)
{
	const struct hand_branch b = hand_branch_of(v->session->hand, e->branch);
	char from[140];

	if (*b.parent)
		snprintf(from, sizeof(from), "%.60s, from %.60s at %llu", b.name, b.parent,
			 (unsigned long long)b.left);
	else
		snprintf(from, sizeof(from), "%.60s", b.name);
	cells(row, "branch", from, b.kernel, b.finding, b.length,
	      b.saved ? "saved" : b.kept ? "kept" : "");
	if (*b.finding)
		row->style = STYLE_BAD;
	for (unsigned side = 0; side < 2; side++)
		row->chosen[side] = v->chapter[v->at].run[side] == b.trace;
}

static void chapter_row(const struct view *v, const struct entry *e, struct list_row *row)
{
	const struct session *s = v->session;
	const struct chapter *c = s->off_path && e->index == v->at ? &s->path :
				  &v->chapter[e->index];
	const struct run_info *run = trace_info(c->run[e->side]);
	char what[40];
	size_t n;
	const struct trace_finding *f = trace_findings(c->run[e->side], &n);

	snprintf(what, sizeof(what), "chapter %u %s", e->index + 1,
		 !c->run[1] ? "" : e->side ? "right" : "left");
	cells(row, v->chapters > 1 ? what : "run", c->title ? c->title : run->scenario,
	      run->kernel, n ? f[0].property : run->verdict, run->events, "");
	if (n)
		row->style = STYLE_BAD;
	for (unsigned side = 0; side < 2; side++)
		row->chosen[side] = v->chapter[v->at].run[side] == c->run[e->side];
}

#define OF_SOURCE	FILES_MAX	/* stands for the file of what a source made */

static void source_row(const struct view *v, const struct runs *r, const struct entry *e,
		       struct list_row *row)
{
	struct trace *t = opened_of(r, OF_SOURCE, (int)e->index);

	r->source->row(r->source->arg, e->index, row);
	snprintf(row->cell[0], sizeof(row->cell[0]), "%.80s %u", r->source->what, e->index + 1);
	for (unsigned side = 0; side < 2; side++)
		row->chosen[side] = t && v->chapter[v->at].run[side] == t;
}

COMMAND(RUNS)
{
	struct session *s = v->session;
	struct runs *r = s ? runs_of(s) : NULL;

	if (!r) {
		view_say(v, "there is no list of runs here");
		return;
	}
	free(r->entry);
	r->entry = NULL;
	r->entries = 0;
	add_chapters(v, r);
	add_files(v, r);
	add_branches(s, r);
	add_source(r);
	list_begin(v, LIST_RUNS, "Runs: chapters, what the files have, branches made by hand",
		   "enter opens  b beside the other  delete, :rename, :keep, :save a branch",
		   r->entries, columns);
	for (unsigned i = 0; i < v->list.rows; i++) {
		const struct entry *e = &r->entry[i];

		v->list.row[i].id = (int)i;
		if (e->what == ENTRY_OF_FILE)
			file_row(v, r, e, &v->list.row[i]);
		else if (e->what == ENTRY_BRANCH)
			branch_row(v, e, &v->list.row[i]);
		else if (e->what == ENTRY_OF_SOURCE)
			source_row(v, r, e, &v->list.row[i]);
		else
			chapter_row(v, e, &v->list.row[i]);
	}
}

/* ---- opening ---- */

/* Of those that were opened out of files, one that nobody shows gives its place. */
static int make_room(struct view *v, struct runs *r)
{
	for (unsigned i = 0; i < r->n && r->n == OPEN_MAX; i++) {
		struct trace *t = r->opened[i].t;

		if (session_shows(v, t))
			continue;
		session_forget(v, t);
		hand_forget(v->session->hand, t);
		trace_free(t);
		r->opened[i] = r->opened[--r->n];
	}
	return r->n < OPEN_MAX ? 0 : -ENOSPC;
}

static struct trace *open_of_file(struct view *v, struct runs *r, const struct entry *e)
{
	struct trace *t = opened_of(r, e->index, e->run.run);
	char err[TRACE_ERROR_MAX];

	if (t)
		return t;
	if (e->run.kind == RUN_GRAPH) {
		view_say(v, "this is a graph, all states of an exploration: 'swapscope sql' asks "
			 "for them");
		return NULL;
	}
	if (make_room(v, r) || trace_open(&t, r->file[e->index], e->run.run, err)) {
		view_say(v, "%s", r->n == OPEN_MAX ? "too many runs are open" : err);
		return NULL;
	}
	if (trace_info(t)->capture && !*trace_info(t)->switches) {
		view_say(v, "which kernel was captured is not known, so that there is no run of "
			 "the model to step through: 'swapscope stories' tells the events");
		trace_free(t);
		return NULL;
	}
	r->opened[r->n++] = (struct opened){ e->index, e->run.run, t };
	return t;
}

static struct trace *open_of_source(struct view *v, struct runs *r, const struct entry *e)
{
	struct trace *t = opened_of(r, OF_SOURCE, (int)e->index);
	char why[TRACE_ERROR_MAX] = "too many runs are open";

	if (t)
		return t;
	if (make_room(v, r) || r->source->open(r->source->arg, e->index, &t, why)) {
		view_say(v, "%s", why);
		return NULL;
	}
	r->opened[r->n++] = (struct opened){ OF_SOURCE, (int)e->index, t };
	return t;
}

static struct trace *open_entry(struct view *v, unsigned i)
{
	struct runs *r = v->session->runs;
	const struct entry *e = &r->entry[i];
	const struct session *s = v->session;

	if (e->what == ENTRY_BRANCH)
		return e->branch;
	if (e->what == ENTRY_OF_FILE)
		return open_of_file(v, r, e);
	if (e->what == ENTRY_OF_SOURCE)
		return open_of_source(v, r, e);
	return (s->off_path && e->index == v->at ? &s->path :
		&v->chapter[e->index])->run[e->side];
}

static void open_row(struct view *v, unsigned i, bool beside)
{
	struct trace *t = open_entry(v, i), *other = session_run(v);
	uint64_t at = v->cursor[v->focus];

	if (!t)
		return;
	hand_remember(v);
	list_leave(v);
	if (!beside || other == t)
		session_show(v, t, NULL, 0, 0);
	else
		session_show(v, other, t, at, 0);
	if (beside && are_aligned(&v->chapter[v->at]))
		move_to(v, v->cursor[v->focus]);
}

/* "3" is a row, "a.db:2", a branch's name. */
static int row_named(struct view *v, const char *what)
{
	char *end;
	unsigned long n = strtoul(what, &end, 10);

	do_RUNS(v, "");
	list_leave(v);
	if (!*what)
		return v->list_row < v->list.rows ? (int)v->list_row : -1;
	if (end > what && !*end)
		return n && n <= v->list.rows ? (int)n - 1 : -1;
	for (unsigned i = 0; i < v->list.rows; i++) {
		const struct list_row *row = &v->list.row[i];
		size_t name = strlen(what);

		if (!strcmp(row->cell[0], what) ||
		    (!strncmp(row->cell[1], what, name) &&
		     (!row->cell[1][name] || row->cell[1][name] == ',')))
			return (int)i;
	}
	return -1;
}

static void open_named(struct view *v, const char *what, bool beside)
{
	int i;

	if (!v->session) {
		view_say(v, "there is no list of runs here");
		return;
	}
	i = row_named(v, what);
	if (i < 0)
		view_say(v, "no run '%.40s': r lists them; a row, FILE.db:RUN or a branch", what);
	else
		open_row(v, (unsigned)i, beside);
}

COMMAND(OPEN)
{
	open_named(v, argument, false);
}

COMMAND(BESIDE)
{
	if (v->screen == SCREEN_LIST && !*argument)
		list_act(v, LIST_BESIDE);
	else
		open_named(v, argument, true);
}

/* ---- branches ---- */

static struct trace *branch_named(struct view *v, const char *what)
{
	struct session *s = v->session;

	for (size_t i = 0; s && i < hand_branches(s->hand); i++) {
		struct hand_branch b = hand_branch(s->hand, i);

		if (*what ? !strcmp(b.name, what) : b.trace == session_run(v))
			return b.trace;
	}
	view_say(v, *what ? "no branch is called '%.60s'; r lists them" :
		 "what is shown is no branch: a move by hand begins one%.0s", what);
	return NULL;
}

static void done(struct view *v, int r, const char *what)
{
	view_say(v, "%s", r < 0 ? hand_why(v->session->hand) : what);
}

/* The branch of the row that is selected in the list of runs, else the one that is shown. */
static struct trace *branch_meant(struct view *v)
{
	const struct runs *r = v->session ? v->session->runs : NULL;

	if (r && v->screen == SCREEN_LIST && v->list.kind == LIST_RUNS &&
	    v->list_row < r->entries && r->entry[v->list_row].what == ENTRY_BRANCH)
		return r->entry[v->list_row].branch;
	return branch_named(v, "");
}

COMMAND(RENAME)
{
	bool listed = v->screen == SCREEN_LIST && v->list.kind == LIST_RUNS;
	struct trace *t = branch_meant(v);
	int r = t ? hand_rename(v->session->hand, t, argument) : 0;

	if (t && !r)
		hand_keep(v->session->hand, t, true);
	if (listed)
		do_RUNS(v, "");
	if (t)
		done(v, r, "renamed, and kept");
}

/* Or no more: what is kept is not deleted. */
COMMAND(KEEP)
{
	struct trace *t = *argument ? branch_named(v, argument) : branch_meant(v);
	bool kept = t && hand_branch_of(v->session->hand, t).kept;

	if (t)
		done(v, hand_keep(v->session->hand, t, !kept),
		     kept ? "not kept any more: delete takes it away" :
		     "kept: it is not deleted by mistake, nor lost unasked");
}

static void delete(struct view *v, struct trace *t)
{
	int r;

	if (session_shows(v, t)) {
		view_say(v, "it is shown: open another run first");
		return;
	}
	session_forget(v, t);
	r = hand_delete(v->session->hand, t);
	list_again(v, LIST_RUNS);
	done(v, r, "deleted");
}

COMMAND(DELETE)
{
	struct trace *t;

	if (v->screen == SCREEN_LIST && !*argument) {
		list_act(v, LIST_DELETE);
		return;
	}
	t = branch_named(v, argument);
	if (t)
		delete(v, t);
}

COMMAND(SAVE)
{
	const char *path = argument;
	struct trace *t = branch_meant(v);
	struct runs *r = t ? runs_of(v->session) : NULL;
	int run;

	if (!r)
		return;
	if (!*path && r->files)
		path = r->file[0];
	if (!*path) {
		view_say(v, "where? :save FILE.db");
		return;
	}
	if (hand_branch_of(v->session->hand, t).saved) {
		view_say(v, "it is saved already, and nothing was made since");
		return;
	}
	run = hand_save(v->session->hand, t, path);
	if (run < 0) {
		view_say(v, "%s", hand_why(v->session->hand));
		return;
	}
	session_file(v, path);
	view_say(v, "saved: swapscope view %.150s:%d", path, run);
}

/* Somebody gave it a name, or said that it is to be kept: it is not thrown away unasked. */
const char *runs_unsaved(const struct view *v)
{
	const struct session *s = v->session;

	for (size_t i = 0; s && i < hand_branches(s->hand); i++) {
		struct hand_branch b = hand_branch(s->hand, i);

		if (b.kept && !b.saved)
			return b.name;
	}
	return NULL;
}

void runs_act(struct view *v, int id, enum list_act act)
{
	const struct runs *r = v->session->runs;

	if (act != LIST_DELETE) {
		open_row(v, (unsigned)id, act == LIST_BESIDE);
	} else if (r->entry[id].what != ENTRY_BRANCH) {
		view_say(v, "only branches are deleted here: what files have stays");
	} else {
		delete(v, r->entry[id].branch);
	}
}

void runs_free(struct session *s)
{
	struct runs *r = s->runs;

	if (!r)
		return;
	for (unsigned i = 0; i < r->n; i++) {
		hand_forget(s->hand, r->opened[i].t);
		trace_free(r->opened[i].t);
	}
	for (unsigned i = 0; i < r->files; i++)
		free(r->file[i]);
	free(r->entry);
	free(r);
	s->runs = NULL;
}
