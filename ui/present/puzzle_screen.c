/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * puzzle_screen.c - a puzzle on a terminal: the debugger on a run that has no moves yet, which are
 * made by hand; above it how many there are, and when it is broken the score.
 */
#include <errno.h>
#include <string.h>

#include "replay/hand/hand.h"
#include "traces/read/read.h"
#include "ui/panel/panel.h"
#include "ui/present/puzzle.h"
#include "ui/show/show.h"
#include "ui/text/text.h"

struct game {
	struct puzzle *puzzle;
	struct view v;
	struct screen_ops debugger;
	bool broken;
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

/* To ask what can still go wrong is a hint. */
static void game_key(void *arg, const char *key)
{
	struct game *g = arg;
	const char *command = key_command(&g->v, key);
	const struct trace_finding *f;

	if (!g->v.prompting && command && (!strcmp(command, "ask") || !strcmp(command, "walk")))
		g->puzzle->hints++;
	g->debugger.key(&g->v, key);
	f = reached(g);
	if (f && !g->v.quit) {
		g->broken = true;
		snprintf(g->v.message, sizeof(g->v.message), "broken: %.20s in %llu steps, %u "
			 "hints; the shortest way has %zu: %u of 100. U takes a move back, q "
			 "leaves",
			 f->property, (unsigned long long)f->position, g->puzzle->hints,
			 g->puzzle->shortest, puzzle_score(g->puzzle, f->position));
	}
}

static void game_render(void *arg, struct grid *grid)
{
	struct game *g = arg;
	char text[64];

	g->debugger.render(&g->v, grid);
	snprintf(text, sizeof(text), " step %llu, shortest %zu ",
		 (unsigned long long)g->v.cursor[g->v.focus], g->puzzle->shortest);
	grid_text(grid, (struct rect){ .h = 1, .w = grid->cols }, 0, 0, STYLE_CURSOR, text);
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
