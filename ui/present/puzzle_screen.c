/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * puzzle_screen.c - a puzzle on a terminal: the debugger on a run that has no moves yet, which are
 * made by hand; at the right of the first line how many there are, and the score once it is broken.
 */
#include <errno.h>
#include <string.h>

#include "replay/hand/hand.h"
#include "traces/read/read.h"
#include "ui/present/puzzle.h"
#include "ui/show/show.h"
#include "ui/text/text.h"

struct game {
	struct puzzle *puzzle;
	struct view v;
	struct screen_ops debugger;
	unsigned answers;	/* of the view, that were counted */
	bool broken;		/* it was, once */
	bool won;		/* and where the cursor stands it is */
};

/* The finding that the run with the focus has reached and that counts, or NULL. */
static const struct trace_finding *reached(const struct game *g)
{
	size_t n;
	const struct trace_finding *f = trace_findings(g->v.chapter[0].run[g->v.focus], &n);

	for (size_t i = 0; i < n; i++) {
		int p = property_find(f[i].property);

		if (f[i].position <= g->v.cursor[g->v.focus] && p >= 0 &&
		    (g->puzzle->only >> p & 1))
			return &f[i];
	}
	return NULL;
}

/*
 * To be told what can still go wrong, or to be shown the way there, is a hint: however it was asked
 * for, and only where there was an answer; not once it is broken.
 */
static void count_hints(struct game *g)
{
	if (!g->won)
		g->puzzle->hints += g->v.answers - g->answers;
	g->answers = g->v.answers;
}

static void tell_score(struct game *g)
{
	const struct puzzle *p = g->puzzle;
	const struct trace_finding *f = reached(g);
	unsigned long long steps = f ? f->position : g->v.cursor[g->v.focus];
	char hints[24] = "", n[COUNTED_MAX];

	if (p->hints)
		snprintf(hints, sizeof(hints), ", %.20s", counted(p->hints, "hint", n));
	if (f)
		snprintf(g->v.corner, sizeof(g->v.corner), "%.10s in %llu steps%s, shortest %zu: "
			 "%u of 100", f->property, steps, hints, p->shortest,
			 puzzle_score(p, steps));
	else
		snprintf(g->v.corner, sizeof(g->v.corner), "step %llu%s, shortest %zu", steps,
			 hints, p->shortest);
	if (f && !g->won && !g->v.quit)
		snprintf(g->v.message, sizeof(g->v.message), "broken: %.20s in %llu steps%s; the "
			 "shortest way has %zu: %u of 100. U takes a move back, q leaves",
			 f->property, steps, hints, p->shortest, puzzle_score(p, steps));
	g->won = f;
	g->broken |= g->won;
}

static void game_key(void *arg, const char *key)
{
	struct game *g = arg;

	g->debugger.key(&g->v, key);
	count_hints(g);
	tell_score(g);
}

/* An answer that took longer than a key comes when the screen is drawn. */
static void game_render(void *arg, struct grid *grid)
{
	struct game *g = arg;

	session_look(&g->v);
	count_hints(g);
	tell_score(g);
	g->debugger.render(&g->v, grid);
}

static bool game_left(const void *arg)
{
	const struct game *g = arg;

	return g->debugger.left(&g->v);
}

static void game_shown(void *arg)
{
	struct game *g = arg;

	g->debugger.shown(&g->v);
}

static unsigned game_again(const void *arg)
{
	const struct game *g = arg;

	return g->debugger.again(&g->v);
}

int puzzle_terminal(struct puzzle *p)
{
	struct session *session = session_new();
	struct hand *h = session ? session_hand(session) : NULL;
	struct chapter chapter = { .title = "you are the scheduler: break it" };
	struct game g = { .puzzle = p };
	const struct screen_ops ops = { .key = game_key, .render = game_render, .left = game_left,
					.arg = &g, .shown = game_shown, .again = game_again,
					.mouse = true };
	int status;

	if (!session)
		return usage_error("out of memory");
	if (hand_start(h, p->scenario, p->kernel, p->kernel_name, &chapter.run[0])) {
		status = usage_error("puzzle: %s", hand_why(h));
		session_free(session);
		return status;
	}
	view_init(&g.v, &chapter, 1);
	session_begin(&g.v, session);
	session_look(&g.v);
	g.debugger = show_ops(&g.v);
	status = show_any(&ops, &g.v);
	session_end(&g.v);
	return status ? status : g.broken ? EXIT_OK : EXIT_UNKNOWN;
}
