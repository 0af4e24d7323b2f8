/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * backtrace.c - where every task stands: its calls, the innermost first, the step that each of
 * them is at, and what their locals name.
 */
#include <string.h>

#include "ui/panel/panel.h"

#define TWO_ROWS	46	/* columns below which a call takes two rows */

static const char *op_text(const struct frame *f)
{
	return f->op < OP_COUNT ? op_name(f->op) : "?";
}

/* A local that is dead is 0, as page 0 and slot 0 are: which calls have one. */
static bool has_page(const struct frame *f)
{
	static const char *const files[] = { "mm/memory.c", "mm/task_mmu.c", "mm/userfaultfd.c",
					     "mm/shmem.c" };

	for (size_t i = 0; f->op < OP_COUNT && i < sizeof(files) / sizeof(files[0]); i++)
		if (!strcmp(op_file(f->op), files[i]))
			return true;
	return f->op == OP_try_to_unmap_one || f->op == OP_unuse_pte;
}

static bool has_slot(const struct frame *f)
{
	return f->op < OP_COUNT && strstr(op_name(f->op), "swap") && f->op != OP_zswap_shrink &&
	       f->op != OP_swapoff && f->op != OP_folio_alloc_swap &&
	       f->op != OP_zswap_enabled_param_set;
}

/* "page 0, slot 0, folio 2", brief "p0 s0 f2". */
static void locals_text(const struct moment *mo, const struct frame *f, bool brief, char *buf,
			size_t size)
{
	bool zswap = f->op < OP_COUNT && !strcmp(op_file(f->op), "mm/zswap.c");
	bool small = mo->lens.whole;	/* elsewhere number 0 is one of many, and mostly dead */
	const struct {
		bool has;
		const char *full, *brief;
		uint32_t value;
	} local[] = {
		{ (small && has_page(f)) || RAW(mo, f->page), "page ", "p", RAW(mo, f->page) },
		{ (small && has_slot(f)) || RAW(mo, f->swp), "slot ", "s", RAW(mo, f->swp) },
		{ RAW(mo, f->folio) != 0, "folio ", "f", RAW(mo, f->folio) },
		{ RAW(mo, f->entry) != 0, zswap ? "entry " : "to ", zswap ? "e" : "to ",
		  RAW(mo, f->entry) },
	};
	size_t n = 0;

	*buf = '\0';
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]) && n < size; i++)
		if (local[i].has)
			n += (size_t)snprintf(buf + n, size - n, "%s%s%u", !n ? "" : brief ? " " :
					      ", ", brief ? local[i].brief : local[i].full,
					      local[i].value);
}

/* What a call stands at; "" of one that waits for the call it has made, which is told above it. */
static const char *stands_at(const struct moment *mo, const struct frame *f,
			     const struct frame *callee)
{
	const struct trace_step *step = f->pc ? trace_step_at(mo->t, f->pc - 1u) : NULL;
	size_t n = callee ? strlen(op_text(callee)) : 0;

	if (step && n && !strncmp(step->text, op_text(callee), n) &&
	    !strcmp(step->text + n, "()"))
		return "";
	return step ? step->text : f->pc ? "?" : "not begun";
}

/* "#0 zswap_load(slot 0, folio 1): zswap_decompress(): end"; two rows where it is too narrow. */
static int draw_frame(const struct pane *p, struct grid *g, struct rect r, int y,
		      const struct frame *f, unsigned number)
{
	const char *at = stands_at(p->now, f, number ? f + 1 : NULL);
	char locals[64], cut[200];
	enum style style = number ? STYLE_DIM : STYLE_PLAIN;
	bool two = r.w < TWO_ROWS && *at;
	int x = 3;

	if (!g)
		return 1 + two;
	locals_text(p->now, f, r.w < 90, locals, sizeof(locals));
	x += grid_printf(g, r, y, x, STYLE_DIM, "#%u ", number);
	x += grid_printf(g, r, y, x, style, "%s(", op_text(f));
	x += grid_text(g, r, y, x, STYLE_OWNER, locals);
	x += grid_text(g, r, y, x, style, ")");
	if (two)
		x = 6;
	else if (*at)
		x += grid_text(g, r, y, x, style, ": ");
	cut_text(cut, sizeof(cut), at, r.w - x, p->v->ascii);
	grid_text(g, r, y + two, x, style, cut);
	return 1 + two;
}

static int draw_task(const struct pane *p, struct grid *g, struct rect r, int y, unsigned place,
		     unsigned frames)
{
	const struct moment *mo = p->now;
	const struct task *t = &mo->w.task[place];
	uint32_t number = moment_number(mo, OBJ_TASK, place);
	unsigned depth = t->depth < MAX_FRAMES ? t->depth : MAX_FRAMES;
	char why[72], name[NAME_WIDTH + 1];
	enum readiness ready = moment_ready(mo, place, why, sizeof(why));
	const char *state = ready == TASK_WAITS ? "waits: " : ready == TASK_MAY_RETRY ?
			    "waits, or retries: " : ready == TASK_READY ? "can move" :
			    depth ? "not begun" : mo->info->live ? "idle" : "finished";

	brief_name(task_name(mo, number), name);
	if (g) {
		int x = 1 + grid_text(g, r, y, 0, STYLE_TITLE, name);

		x += grid_text(g, r, y, x, ready == TASK_READY ? STYLE_PLAIN : STYLE_DIFF, state);
		if (ready == TASK_WAITS || ready == TASK_MAY_RETRY)
			x += grid_text(g, r, y, x, STYLE_DIFF, why);
		if (depth > frames)
			grid_printf(g, r, y, x + 2, STYLE_DIM, "+%u call%s", depth - frames,
				    depth - frames == 1 ? "" : "s");
		point_row(p, g, r, y, name);
	}
	y++;
	for (unsigned i = 0; i < depth && i < frames; i++)
		y += draw_frame(p, g, r, y, &t->frame[depth - 1 - i], i);
	return y;
}

/* At most so many calls of each; tasks that have nothing to do with what is looked at come last. */
static int draw_tasks(const struct pane *p, struct grid *g, struct rect r, unsigned frames)
{
	const struct moment *mo = p->now;
	int y = 0;

	for (unsigned rest = 0; rest < 2; rest++)
		for (unsigned i = 0; i < moment_places(mo, OBJ_TASK) && i < MAX_TASKS; i++) {
			bool related = mo->lens.whole || moment_task_related(mo, i);

			if (related != rest)
				y = draw_task(p, g, r, y, i, frames);
		}
	return y;
}

/* Where there is too little room, outer calls go first. */
int draw_backtrace(const struct pane *p, struct grid *g, struct rect r)
{
	unsigned frames = MAX_FRAMES;

	while (g && frames > 1 && draw_tasks(p, NULL, r, frames) > r.h)
		frames--;
	return draw_tasks(p, g, r, frames);
}
