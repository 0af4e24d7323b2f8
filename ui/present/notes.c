/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notes.c - the second terminal: the note of the beat that is shown on the first, what comes next,
 * and the time.  It follows; where nobody talks one turns the beats by hand.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ui/panel/panel.h"
#include "ui/present/talk.h"
#include "ui/show/show.h"
#include "ui/text/text.h"

bool notes_refresh(struct notes *n, long long now)
{
	struct told told;
	bool live = !told_read(n->path, &told) && told.beat < n->deck->beats;
	bool new = live != n->live || (live && (told.beat != n->told.beat ||
						told.off_path != n->told.off_path));

	n->now = now;
	n->live = live;
	if (live) {
		n->told = told;
		n->beat = told.beat;
	}
	return new;
}

void notes_key(struct notes *n, const char *key)
{
	if (!strcmp(key, "q") || !strcmp(key, "esc"))
		n->quit = true;
	else if (n->live)
		return;			/* it follows */
	else if (has_key("n space pgdn right down enter", key) && n->beat + 1 < n->deck->beats)
		n->beat++;
	else if (has_key("p backspace pgup left up", key) && n->beat)
		n->beat--;
}

/* "12:05 of 20 min", and how much the beats up to here were to take. */
static void time_line(const struct notes *n, char *buf, size_t size)
{
	long long s = n->now - n->told.began;
	unsigned all = deck_minutes(n->deck), due = 0;

	for (unsigned i = 0; i <= n->beat; i++)
		due += n->deck->beat[i].minutes;
	if (s < 0)
		s = 0;
	if (!n->live)
		snprintf(buf, size, "nobody presents this deck now: n and p turn the beats");
	else if (all && due)
		snprintf(buf, size, "%lld:%02lld of %u min; by the end of this beat %u", s / 60,
			 s % 60, all, due);
	else if (all)
		snprintf(buf, size, "%lld:%02lld of %u min", s / 60, s % 60, all);
	else
		snprintf(buf, size, "%lld:%02lld", s / 60, s % 60);
}

void notes_render(const struct notes *n, struct grid *g)
{
	const struct beat *b = &n->deck->beat[n->beat];
	struct rect all = { .h = g->rows, .w = g->cols };
	struct rect r = { 1, 2, g->rows - 2, g->cols - 4 };
	char line[400];
	int y = 1, room = r.h - 4;

	grid_clear(g);
	grid_fill(g, all, 0, STYLE_BAR);
	time_line(n, line, sizeof(line));
	grid_printf(g, all, 0, 1, STYLE_BAR, "%u/%u  %s%s", n->beat + 1, n->deck->beats, line,
		    n->live && n->told.off_path ? "; stepping by hand" : "");
	y += draw_wrapped(g, r, y, 2, STYLE_TITLE, b->title) + 1;
	if (b->note)
		y += draw_wrapped(g, r, y, room - y, STYLE_PLAIN, b->note) + 1;
	if (b->text && y < room)
		draw_wrapped(g, r, y, room - y, STYLE_DIM, b->text);
	if (n->beat + 1 < n->deck->beats)
		snprintf(line, sizeof(line), "next: %s", n->deck->beat[n->beat + 1].title);
	else
		snprintf(line, sizeof(line), "this is the last beat");
	draw_wrapped(g, r, r.h - 2, 1, STYLE_TITLE, line);
	grid_fill(g, all, all.h - 1, STYLE_BAR);
	grid_text(g, all, all.h - 1, 1, STYLE_BAR, n->live ? "follows the other terminal   q quit" :
		  "n next  p back  q quit");
}

/* ---- on the terminal ---- */

static void on_key(void *arg, const char *key)
{
	notes_key(arg, key);
}

/* What came is taken in; the clock goes on. */
static void on_render(void *arg, struct grid *g)
{
	notes_refresh(arg, time(NULL));
	notes_render(arg, g);
}

static bool is_left(const void *arg)
{
	return ((const struct notes *)arg)->quit;
}

static bool has_changed(void *arg)
{
	return notes_refresh(arg, time(NULL));
}

static unsigned again(const void *arg)
{
	return ((const struct notes *)arg)->live ? 1000 : 0;
}

int present_notes(const struct deck *d)
{
	char path[4096];
	struct notes n = { .deck = d, .path = path };
	const struct screen_ops s = { .key = on_key, .render = on_render, .left = is_left,
				      .arg = &n, .watch = path, .changed = has_changed,
				      .again = again };

	if (told_path(d, path, sizeof(path)))
		return usage_error("present: --notes follows by a file in XDG_RUNTIME_DIR, "
				   "XDG_CACHE_HOME or HOME, and none of these can be written");
	return show_any(&s, NULL);
}
