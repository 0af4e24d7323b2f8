/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars.c - the first line and the last, and the sentences above it: what is violated, what was
 * asked, why the runs part.  These are what a screen is about, and are shown whole.
 */
#include <string.h>

#include "ui/panel/panel.h"
#include "ui/text/text.h"

static bool two_runs(const struct view *v)
{
	return v->chapter[v->at].run[1] != NULL;
}

/* ---- bars ---- */

/* What is said of the run at the right end of the first line. */
static void header_text(const struct view *v, int columns, char *buf, size_t size)
{
	const struct run_info *info = trace_info(v->chapter[v->at].run[0]);
	unsigned long long events = info->events;

	*buf = '\0';
	if (*v->corner)
		snprintf(buf, size, "%s ", v->corner);
	else if (two_runs(v) && columns >= 60)
		snprintf(buf, size, "%s ", v->locked ? "stepping together" :
			 "stepping one run alone");
	else if (two_runs(v))
		snprintf(buf, size, "%s ", v->locked ? "together" : "alone");
	else if (v->chapter[v->at].follow)
		snprintf(buf, size, "%s, %llu transitions ", info->ended ? "ended" :
			 v->paused ? "paused" : "following", events);
}

void draw_header_bar(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	char right[100] = "";
	int x;

	grid_fill(g, r, 0, STYLE_BAR);
	x = grid_text(g, r, 0, 1, STYLE_BAR, "swapscope") + 3;
	if (v->chapters > 1)
		x += grid_printf(g, r, 0, x, STYLE_BAR, "%u/%u  ", v->at + 1, v->chapters);
	header_text(v, r.w, right, sizeof(right));
	if (c->title) {
		char title[200];

		cut_text(title, sizeof(title), c->title, r.w - x - text_columns(right) - 1,
			 v->ascii);
		grid_text(g, r, 0, x, STYLE_BAR, title);
	}
	grid_text(g, r, 0, r.w - text_columns(right), STYLE_BAR, right);
}

static const struct hint {
	const char *utf8, *ascii, *text;
	enum { ALWAYS, TWO_RUNS, CHAPTERS, OBJECTS, FOLLOWED, CAPTURE, BY_HAND, LISTED } need;
} hints[] = {
	{ .utf8 = "\u2192", .ascii = "right", .text = "step" },
	{ .utf8 = "\u2190", .ascii = "left", .text = "back" },
	{ .utf8 = "enter", .ascii = "enter", .text = "move", .need = BY_HAND },
	{ .utf8 = "w", .ascii = "w", .text = "stop, go on", .need = FOLLOWED },
	{ .utf8 = "d", .ascii = "d", .text = "difference", .need = TWO_RUNS },
	{ .utf8 = "n", .ascii = "n", .text = "chapter", .need = CHAPTERS },
	{ .utf8 = "f", .ascii = "f", .text = "finding" },
	{ .utf8 = "a", .ascii = "a", .text = "ask", .need = BY_HAND },
	{ .utf8 = "s", .ascii = "s", .text = "switch", .need = BY_HAND },
	{ .utf8 = "c", .ascii = "c", .text = "cause", .need = OBJECTS },
	{ .utf8 = "o", .ascii = "o", .text = "overlay", .need = TWO_RUNS },
	{ .utf8 = "tab", .ascii = "tab", .text = "pane", .need = TWO_RUNS },
	{ .utf8 = "x", .ascii = "x", .text = "lock", .need = TWO_RUNS },
	{ .utf8 = "/", .ascii = "/", .text = "search", .need = OBJECTS },
	{ .utf8 = "[ ]", .ascii = "[ ]", .text = "its changes", .need = OBJECTS },
	{ .utf8 = "e", .ascii = "e", .text = "event", .need = CAPTURE },
	{ .utf8 = ":", .ascii = ":", .text = "command" },
	{ .utf8 = "\u2191 \u2193", .ascii = "up down", .text = "select", .need = LISTED },
	{ .utf8 = "enter", .ascii = "enter", .text = "do it", .need = LISTED },
	{ .utf8 = "esc", .ascii = "esc", .text = "back to the runs", .need = LISTED },
};

static bool is_needed(const struct view *v, const struct hint *h)
{
	if (v->screen == SCREEN_LIST || h->need == LISTED)
		return v->screen == SCREEN_LIST && h->need == LISTED;
	switch (h->need) {
	case BY_HAND:
		return v->hand[v->focus].possible;
	case TWO_RUNS:
		return two_runs(v);
	case CHAPTERS:
		return v->chapters > 1;
	case OBJECTS:
		return has_objects(&v->chapter[v->at]);
	case CAPTURE:
		return of_capture(&v->chapter[v->at]);
	case FOLLOWED:
		return v->chapter[v->at].follow;
	default:
		return true;
	}
}

void draw_keys_bar(const struct view *v, struct grid *g, struct rect r)
{
	static const char last[] = "? help  q quit ";
	int x = 1, end = r.w - (int)strlen(last);

	grid_fill(g, r, 0, STYLE_BAR);
	if (v->prompting) {
		draw_prompt(v, g, r);
		return;
	}
	if (v->message[0]) {
		for (int y = 0; y < r.h; y++)
			grid_fill(g, r, y, STYLE_BAR);
		r.x++;
		r.w--;
		draw_wrapped(g, r, 0, r.h, STYLE_BAR, v->message);
		return;
	}
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const char *key = v->ascii ? hints[i].ascii : hints[i].utf8;
		int width = text_columns(key) + 1 + text_columns(hints[i].text) + 2;

		if (!is_needed(v, &hints[i]))
			continue;
		if (x + width > end)
			break;
		grid_printf(g, r, 0, x, STYLE_BAR, "%s %s", key, hints[i].text);
		x += width;
	}
	grid_text(g, r, 0, end, STYLE_BAR, last);
}

/* The last line; what a key came to may be a longer sentence. */
int keys_rows(const struct view *v, int columns)
{
	int rows = 1;

	if (v->message[0] && !v->prompting)
		rows = draw_wrapped(NULL, (struct rect){ .w = columns - 1 }, 0, 3, STYLE_BAR,
				    v->message);
	return rows ? rows : 1;
}

/* The finding that the cursor of a run stands at or behind, or NULL. */
static const struct trace_finding *finding_reached(const struct view *v, unsigned side)
{
	const struct trace_finding *best = NULL, *f;
	size_t n;

	if (!v->chapter[v->at].run[side])
		return NULL;
	f = trace_findings(v->chapter[v->at].run[side], &n);
	for (size_t i = 0; i < n; i++)
		if (f[i].position <= v->cursor[side])
			best = &f[i];
	return best;
}

static enum style parting_text(const struct view *v, char *buf, size_t size)
{
	const struct chapter *c = &v->chapter[v->at];
	uint64_t a = parted_at(c, 0), b = parted_at(c, 1);

	if (!two_runs(v))
		return STYLE_PLAIN;
	if (!are_aligned(c)) {
		snprintf(buf, size, "the two runs were not compared");
		return STYLE_PLAIN;
	}
	if (a == UINT64_MAX) {
		snprintf(buf, size, "= the two runs do the same throughout");
		return STYLE_GOOD;
	}
	if (v->cursor[0] > a || v->cursor[1] > b) {
		snprintf(buf, size, "%s parted after step %llu: %s", v->ascii ? "#" : "\u2260",
			 (unsigned long long)a, c->alignment.why);
		return STYLE_DIFF;
	}
	snprintf(buf, size, "= together so far; the runs part after step %llu: %s",
		 (unsigned long long)a, c->alignment.why);
	return STYLE_PLAIN;
}

/* What was noted at the cursor of a run: by somebody, else by the recorder; or NULL. */
static const struct trace_note *note_at(const struct view *v, unsigned side)
{
	const struct trace *t = v->chapter[v->at].run[side];
	const struct trace_note *remark = trace_remark_at(t, v->cursor[side]);
	size_t n;
	const struct trace_note *note = trace_notes(t, &n);

	for (size_t i = 0; !remark && i < n; i++)
		if (note[i].position == v->cursor[side])
			return &note[i];
	return remark;
}

/* What the model would have allowed where a capture is no run of it; "" where nobody noted it. */
static void allowed_text(const struct view *v, unsigned side, char *buf, size_t size)
{
	size_t notes, n = 0;
	const struct trace_note *note = trace_notes(v->chapter[v->at].run[side], &notes);

	*buf = '\0';
	for (size_t i = 0; i < notes && n < size - 1; i++)
		if (note[i].position == v->cursor[side] && !strcmp(note[i].kind, "allowed"))
			n += (size_t)snprintf(buf + n, size - n, "%s%.200s", n ? "; or " :
					      "the model allows: ", note[i].text);
}

/* What is wrong at the cursor of a run, or behind it; "" where nothing is. */
static void finding_text(const struct view *v, unsigned side, char *buf, size_t size)
{
	const struct trace_finding *f = finding_reached(v, side);

	*buf = '\0';
	if (f)
		snprintf(buf, size, "!! %.60s: %.20s at step %llu: %.600s",
			 trace_info(v->chapter[v->at].run[side])->kernel, f->property,
			 (unsigned long long)f->position, f->text);
}

static void note_text(const struct view *v, char *buf, size_t size)
{
	const struct trace_note *note = note_at(v, v->focus);
	char words[NOTE_WORDS_MAX];

	size_t n;

	allowed_text(v, v->focus, buf, size);
	if (!note || (*buf && !note->remark))
		return;
	n = strlen(buf);
	snprintf(buf + n, size - n, "%s%.180s%s%.600s", n ? "; " : "", note_words(note, words),
		 *note->text ? ": " : "", note->text);
}

/* A note gives way: it has one row where there is not room for all. */
int draw_verdict(const struct view *v, struct grid *g, struct rect r)
{
	char text[2][900], note[900], parting[900] = "", asked[420] = "";
	enum style style = parting_text(v, parting, sizeof(parting));
	int used = 0, needed, rows;

	note_text(v, note, sizeof(note));
	if (*v->asked)
		snprintf(asked, sizeof(asked), "? %s", v->asked);
	needed = draw_wrapped(NULL, r, 0, r.h, STYLE_PLAIN, parting) +
		 draw_wrapped(NULL, r, 0, r.h, STYLE_PLAIN, asked);
	for (unsigned side = 0; side < 2; side++) {
		finding_text(v, side, text[side], sizeof(text[side]));
		needed += draw_wrapped(NULL, r, 0, r.h, STYLE_BAD, text[side]);
	}
	used += draw_wrapped(g, r, used, r.h, STYLE_RISK, asked);
	for (unsigned side = 0; side < 2; side++)
		used += draw_wrapped(g, r, used, r.h - used, STYLE_BAD, text[side]);
	rows = r.h - needed;
	used += draw_wrapped(g, r, used, rows > 3 ? 3 : rows, STYLE_PLAIN, note);
	used += draw_wrapped(g, r, used, r.h - used, style, parting);
	return used;
}
