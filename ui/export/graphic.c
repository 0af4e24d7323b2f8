/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graphic.c - what the graphical exports share: bounds, lines, and which steps of two runs stand
 * beside each other.
 */
#include "ui/export/graphic.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "ui/state/diff.h"
#include "ui/terminal/grid.h"
#include "ui/text/text.h"

int graphic_error(struct export *e, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(e->why, sizeof(e->why), format, ap);
	va_end(ap);
	return error;
}

int graphic_fits(struct export *e, const char *format, size_t most)
{
	char has[32], may[32];

	for (unsigned side = 0; side < e->figure->runs; side++)
		if (e->figure->run[side].rows > most)
			return graphic_error(e, -EFBIG, "%s steps are too many for %s, which takes "
					     "%s: --steps A..B exports a part",
					     grouped(e->figure->run[side].rows, has), format,
					     grouped(most, may));
	return 0;
}

int graphic_chapter(struct export *e, struct chapter *c)
{
	int err;

	*c = (struct chapter){
		.title = *e->figure->run[0].title ? e->figure->run[0].title :
			 e->figure->run[0].scenario,
		.run = { e->run[0], e->run[1] },
	};
	if (!e->run[1])
		return 0;
	err = view_compare(c);
	return err ? graphic_error(e, err, "the runs cannot be compared: %s", strerror(-err)) : 0;
}

struct trace_object graphic_object(const struct export *e, const struct chapter *c, unsigned side)
{
	struct trace *t = e->run[side];
	struct trace_object o = { 0 };
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);

	if (c->alignment.life[0] && trace_info(t)->large)
		o = (struct trace_object){ OBJ_PAGE, c->alignment.page[side] };
	else if (n && trace_info(t)->live)
		o = object_in_text(f[0].text);
	return trace_has_object(t, o) ? o : (struct trace_object){ 0 };
}

char *graphic_note(const struct figure_note *n, char buf[GRAPHIC_NOTE_MAX])
{
	time_t when = (time_t)n->when;
	char day[40] = "";
	struct tm tm;

	if (n->when && gmtime_r(&when, &tm) && !strftime(day, sizeof(day), ", %Y-%m-%d", &tm))
		*day = '\0';
	snprintf(buf, GRAPHIC_NOTE_MAX, "%.40s%s%.80s%s: %.800s", n->kind, *n->author ? ", " : "",
		 n->author, day, n->text);
	return buf;
}

/* After these a word that is too long for a line is broken, if it can be. */
#define BREAKS	"(,;/>="

size_t graphic_line(const char **text, int columns)
{
	const char *at = *text, *blank = NULL, *within = NULL;
	size_t length;
	int used = 0;

	while (*at) {
		size_t n = utf8_shown((const unsigned char *)at);
		char ch[8] = "";

		n = n && n < sizeof(ch) ? n : 1;
		memcpy(ch, at, n);
		used += grid_columns(ch);
		if (used > columns && at > *text)
			break;
		if (*at == ' ' && at > *text)
			blank = at;
		if (at > *text && strchr(BREAKS, at[-1]))
			within = at;
		at += n;
	}
	if (*at && *at != ' ' && (blank || within))
		at = blank ? blank : within;
	length = (size_t)(at - *text);
	*text = at + strspn(at, " ");
	return length;
}

bool graphic_drawn(const struct figure_run *r, uint64_t at)
{
	size_t i = figure_row_from(r, at);

	return i < r->rows && r->row[i].at == at;
}

/* ---- two runs beside each other ---- */

struct merge {
	const struct figure *f;
	size_t at[2];
	struct graphic_pair *pair;
	size_t n;
};

static const struct figure_row *next(const struct merge *m, unsigned side)
{
	return m->at[side] < m->f->run[side].rows ? &m->f->run[side].row[m->at[side]] : NULL;
}

static void put(struct merge *m, bool left, bool right)
{
	m->pair[m->n++] = (struct graphic_pair){ { left ? m->at[0]++ : SIZE_MAX,
						   right ? m->at[1]++ : SIZE_MAX } };
}

/* Rows up to positions upto[]: what both did beside each other, what one did alone. */
static void merge_upto(struct merge *m, const uint64_t upto[2])
{
	for (;;) {
		const struct figure_row *l = next(m, 0), *r = next(m, 1);

		l = l && l->at <= upto[0] ? l : NULL;
		r = r && r->at <= upto[1] ? r : NULL;
		if (!l && !r)
			return;
		if (l && r && l->partner == r->at)
			put(m, true, true);
		else if (r && (!l || !r->partner || (l->partner && l->partner > r->at)))
			put(m, false, true);
		else
			put(m, true, false);
	}
}

struct graphic_pair *graphic_pairs(const struct figure *f, size_t *n, size_t *parts)
{
	static const uint64_t all[2] = { UINT64_MAX, UINT64_MAX };
	size_t most = f->run[0].rows + (f->runs > 1 ? f->run[1].rows : 0);
	struct merge m = { .f = f, .pair = calloc(most + 1, sizeof(*m.pair)) };

	if (!m.pair)
		return NULL;
	if (f->runs > 1 && !f->same)
		merge_upto(&m, f->parted);
	*parts = m.n;
	merge_upto(&m, all);
	if (f->runs < 2 || f->same)
		*parts = m.n;
	*n = m.n;
	return m.pair;
}
