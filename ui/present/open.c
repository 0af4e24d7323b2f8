/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * open.c - a deck's runs are made, recorded and opened.
 */
#include "ui/present/present.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/text/catalog.h"
#include "ui/text/text.h"

static int refused(const struct deck *d, int error, const struct deck_error *err)
{
	if (error == -ENOMEM)
		return usage_error("out of memory");
	if (err->line)
		return usage_error("%s:%u: %s", d->name, err->line, err->text);
	return usage_error("%s: %s", d->name, err->text);
}

/* ---- decks by name ---- */

static int bug_as_deck(struct deck *d, const struct scenario *s, struct deck_error *err)
{
	char *text = bug_deck(s);
	int error = text ? deck_parse(d, s->bug.id, text, err) : -ENOMEM;

	free(text);
	return error;
}

/* The deck of a bug by its ID; -ENOENT: there is none of that name. */
static int load_bug(struct deck *d, const char *name, struct deck_error *err)
{
	struct catalog c;
	const struct scenario *s;
	int error = -ENOENT;

	if (catalog_load(&c))
		return -ENOMEM;
	s = catalog_find(&c, name);
	if (s)
		error = bug_as_deck(d, s, err);
	catalog_free(&c);
	return error;
}

/* Is the file no deck, but a scenario's, which says of which bug it is? */
static bool load_bug_file(struct deck *d, const char *name)
{
	struct scenario_error none;
	struct deck_error err;
	struct scenario s;
	bool is = false;

	if (scenario_load(&s, name, &none))
		return false;
	if (s.bug.present)
		is = !bug_as_deck(d, &s, &err);
	scenario_free(&s);
	return is;
}

int present_load(struct deck *d, const char *name)
{
	struct deck named = { .name = (char *)name };
	const char *names[32];
	struct deck_error err, none;
	char near[HINT_MAX];
	size_t n = 0;
	int error = deck_load(d, name, &err);

	if (error == -ENOENT)
		error = load_bug(d, name, &none);
	if (!error || (error == -EINVAL && load_bug_file(d, name)))
		return EXIT_OK;
	if (error != -ENOENT)
		return refused(&named, error, &err);
	while (n < builtin_deck_count && n < 32) {
		names[n] = builtin_decks[n].name;
		n++;
	}
	return usage_error("no deck, file or bug '%.200s'%s (%s)%s; 'swapscope list decks' shows "
			   "the shipped ones", name, strlen(name) > 200 ? ".." : "", err.text,
			   hint(near, name, names, n));
}

/* ---- recording ---- */

struct deck_runs *present_runs(const struct presentation *p, unsigned beat)
{
	return &p->runs[deck_runs_of(&p->deck, beat)];
}

/* Where that takes a while, how far it is, on a terminal; `beats` 0: it is over. */
static void tell_progress(time_t since, unsigned beat, unsigned beats)
{
	static bool told;

	if (beats && isatty(STDERR_FILENO) && time(NULL) > since) {
		fprintf(stderr, "\rmaking the runs of beat %u of %u ", beat + 1, beats);
		told = true;
	} else if (!beats && told) {
		fprintf(stderr, "\r%40s\r", "");
		told = false;
	}
}

/* All runs, which takes a while: nothing is in any file until they are there. */
static int make_runs(struct presentation *p)
{
	const time_t since = time(NULL);
	struct deck_error err;
	int error = 0;

	for (unsigned i = 0; i < p->deck.beats; i++) {
		if (deck_runs_of(&p->deck, i) != i)
			continue;
		tell_progress(since, i, p->deck.beats);
		error = deck_run(&p->runs[i], &p->deck, i, &err);
		if (error)
			break;
	}
	tell_progress(since, 0, 0);
	return error ? refused(&p->deck, error, &err) : EXIT_OK;
}

/* Record the runs of a beat that has made some.  Their numbers come into run. */
static int record_beat(struct presentation *p, struct trace_writer *tw, unsigned beat, int run[2])
{
	const struct beat *b = &p->deck.beat[beat];
	struct deck_runs *r = &p->runs[beat];
	const char *const name[2] = { r->kernel[0], r->kernel[1] };
	char verdict[VERDICT_TEXT_MAX] = "";
	int error;

	if (r->compared) {
		error = record_repair(tw, &r->pair, b->title, name, run);
		return error < 0 ? usage_error("%s", trace_error(tw)) : EXIT_OK;
	}
	for (unsigned side = 0; side < r->n; side++) {
		struct run_meta meta = { .title = b->title, .kernel_name = name[side],
					 .repeats = !side && r->pair.loop < r->pair.schedule.n,
					 .loop = r->pair.loop };

		if (!side && r->searched)
			broken_verdict(&r->pair, verdict);
		meta.verdict = !side && r->searched ? verdict : NULL;
		run[side] = trace_execution(tw, deck_side(r, side), &meta);
		if (run[side] < 0)
			return usage_error("%s", trace_error(tw));
	}
	return EXIT_OK;
}

static int record(struct presentation *p, const char *path, enum trace_mode mode, int (*run)[2])
{
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int status = EXIT_OK;

	if (trace_create(&tw, path, mode, err))
		return usage_error("%s", err);
	for (unsigned i = 0; i < p->deck.beats && !status; i++)
		if (deck_runs_of(&p->deck, i) == i)
			status = record_beat(p, tw, i, run[i]);
	if (trace_close(tw) && !status)
		status = usage_error("%s could not be finished", path);
	return status;
}

/* ---- chapters ---- */

static int open_runs(struct presentation *p, unsigned beat, const char *path, const int run[2])
{
	struct chapter *c = &p->chapter[beat];
	char err[TRACE_ERROR_MAX];

	for (unsigned side = 0; side < p->runs[beat].n; side++)
		if (trace_open(&c->run[side], path, run[side], err))
			return usage_error("%s", err);
	if (c->run[1] && align_runs(&c->alignment, c->run[0], c->run[1]))
		return usage_error("%s:%u: the two runs cannot be compared", p->deck.name,
				   p->deck.beat[beat].line);
	return EXIT_OK;
}

/* Where a beat stands in its runs. */
static int stand(struct presentation *p, unsigned beat)
{
	const struct beat *b = &p->deck.beat[beat];
	struct chapter *c = &p->chapter[beat];
	struct stand *s = &p->stand[beat];
	struct deck_error err;
	int error = deck_stand(s, b, present_runs(p, beat), c->run[1] ? &c->alignment : NULL,
			       &err);

	if (error)
		return refused(&p->deck, error, &err);
	if (*b->point.task)
		snprintf(p->point[beat], POINT_MAX, "%s", b->point.task);
	else if (*b->point.kind)
		snprintf(p->point[beat], POINT_MAX, "%s %u", b->point.kind, b->point.number);
	c->title = b->title;
	c->text = b->text;
	c->note = b->note;
	c->point = *p->point[beat] ? p->point[beat] : NULL;
	c->opens = true;
	c->open[0] = s->at[0];
	c->open[1] = s->at[1];
	c->open_side = s->side;
	return EXIT_OK;
}

static int open_all(struct presentation *p, const char *path, int (*run)[2])
{
	int status = EXIT_OK;

	for (unsigned i = 0; i < p->deck.beats && !status; i++) {
		unsigned from = deck_runs_of(&p->deck, i);

		if (from == i)
			status = open_runs(p, i, path, run[i]);
		else
			p->chapter[i] = p->chapter[from];	/* which owns what is in it */
		if (!status)
			status = stand(p, i);
	}
	return status;
}

int present_open(struct presentation *p, struct deck *d, const char *save)
{
	char own[4096], err[TRACE_ERROR_MAX];
	bool placed = false;
	const char *path = save ? save : own;
	int (*run)[2] = calloc(d->beats, sizeof(*run));
	int status = EXIT_OK;

	*p = (struct presentation){ .deck = *d };
	*d = (struct deck){ 0 };
	p->runs = calloc(p->deck.beats, sizeof(*p->runs));
	p->stand = calloc(p->deck.beats, sizeof(*p->stand));
	p->chapter = calloc(p->deck.beats, sizeof(*p->chapter));
	p->point = calloc(p->deck.beats, sizeof(*p->point));
	if (!run || !p->runs || !p->stand || !p->chapter || !p->point)
		status = usage_error("out of memory");
	if (!status && save && trace_creatable(save, TRACE_APPEND, err))
		status = usage_error("%s", err);
	if (!status)
		status = make_runs(p);
	if (!status && !save)
		status = trace_place(own, sizeof(own), err) ?
			 usage_error("no place for the runs: %s; TMPDIR names another", err) :
			 EXIT_OK;
	placed = !status && !save;
	if (!status)
		status = record(p, path, save ? TRACE_TOGETHER : TRACE_SCRATCH, run);
	if (!status)
		status = open_all(p, path, run);
	if (placed)
		trace_unplace(own);
	free(run);
	if (status)
		present_close(p);
	return status;
}

void present_close(struct presentation *p)
{
	for (unsigned i = 0; i < p->deck.beats && p->runs; i++) {
		if (deck_runs_of(&p->deck, i) != i)
			continue;
		if (p->chapter) {
			alignment_free(&p->chapter[i].alignment);
			trace_free(p->chapter[i].run[0]);
			trace_free(p->chapter[i].run[1]);
		}
		deck_runs_free(&p->runs[i]);
	}
	free(p->runs);
	free(p->stand);
	free(p->chapter);
	free(p->point);
	deck_free(&p->deck);
	*p = (struct presentation){ 0 };
}
