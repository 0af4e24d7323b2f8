/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read.c - a text becomes a claim: keys in front, cells become events; and the exact form of it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "replay/judge/parts.h"

static void fail(struct claim_error *err, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void fail(struct claim_error *err, unsigned line, const char *format, ...)
{
	va_list ap;

	err->line = line;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
}

/* ---- a cell ---- */

/* "OPERATION: TEXT = RESULT", "TEXT fails": a text of a step may have " = " in it. */
static bool exact_event(struct claim_event *e, const char *s)
{
	static const char *const ends[] = { " fails", " succeeds" };
	size_t n = strlen(s);

	if (meaning_exact(&e->is, s, n)) {
		e->comes = (struct comes_to){ 0 };
		return true;
	}
	for (const char *p = strstr(s, " = "); p; p = strstr(p + 1, " = "))
		if (meaning_exact(&e->is, s, (size_t)(p - s)) &&
		    (comes_value(&e->comes, p + 3) || comes_text(&e->comes, p + 3) ||
		     comes_word(&e->comes, p + 3)))
			return true;
	for (size_t i = 0; i < 2; i++) {
		size_t k = strlen(ends[i]);

		if (n > k && !strcmp(s + n - k, ends[i]) && meaning_exact(&e->is, s, n - k))
			return comes_word(&e->comes, ends[i] + 1);
	}
	return false;
}

/* A phrase can say what the step comes to. */
static void split_phrase(struct claim_event *e)
{
	char *is = strstr(e->is.name, " = ");

	if (is && strchr(e->is.name, ':') && e->guessed && comes_text(&e->comes, is + 3))
		*is = '\0';
}

/* "if (!pte_same(..))" */
static bool negated(const char *text, const struct meaning *is)
{
	for (const char *at = strchr(text, '!'); at; at = strchr(at + 1, '!'))
		if (!strncmp(at + 1, is->name, strcspn(is->name, "(")) && *is->name)
			return true;
	return false;
}

static bool cell_event(struct claim_event *e, const char *text, bool near, char *note)
{
	char main_part[CELL_MAX], comment[CELL_MAX];
	struct comes_to comes;
	const char *s = skip_bullet(text);
	size_t end, n;

	*note = '\0';
	*e = (struct claim_event){ 0 };
	snprintf(e->said, sizeof(e->said), "%.*s", CLAIM_SAID_MAX - 1, s);
	if (exact_event(e, s))
		return true;
	n = comment_at(s);
	snprintf(main_part, sizeof(main_part), "%.*s", (int)n, s);
	snprintf(comment, sizeof(comment), "%s", s + n);
	if (*main_part == '<')
		memmove(main_part, main_part + 1, strlen(main_part));
	if (exact_event(e, main_part)) {
		end = strlen(main_part);
	} else if (!meaning_of(&e->is, main_part, near, &end, &e->guessed, note)) {
		return false;
	}
	if (e->comes.kind)
		return true;
	split_phrase(e);
	if (e->comes.kind)
		return true;
	comes_of(&comes, main_part + end, false);
	if (!comes.kind && negated(main_part, &e->is))
		comes.kind = COMES_NULL;
	if (!comes.kind)
		comes_of(&comes, comment, true);
	e->comes = comes;
	return true;
}

/* Of `export`: what a task has meanwhile, or what the line above came to. */
static bool is_remark(const char *s)
{
	return !strncmp(s, "<holds ", 7) || !strncmp(s, "<- ", 3);
}

/* Nothing is said: dots, rules, a comment alone, a remark. */
static bool says_nothing(const char *s)
{
	s = skip_bullet(s);
	if (!strncmp(s, "/*", 2) || !strncmp(s, "//", 2) || *s == ';')
		return true;
	if (is_remark(s))
		return true;
	for (; *s; s++)
		if (isalnum((unsigned char)*s))
			return false;
	return true;
}

/* ---- cells to events ---- */

static struct claim_line *tell(struct claim_text *c, unsigned line, int kind, const char *text)
{
	struct claim_line *l;

	if (c->lines == CLAIM_LINES) {
		c->untold++;
		return NULL;
	}
	l = &c->line[c->lines++];
	*l = (struct claim_line){ .line = line, .kind = kind, .event = -1 };
	snprintf(l->text, sizeof(l->text), "%.*s", CLAIM_SAID_MAX - 1, text);
	return l;
}

static void take_outcome(struct claim_text *c, unsigned line, const char *text)
{
	c->outcome = outcome_of(text);
	if (c->outcome & 1u << PROP_UAF)	/* in words, of whatever was freed */
		c->outcome |= 1u << PROP_OFF;
	c->outcome_line = line;
	c->outcome_after = c->events;
}

/* The line's event is not one, after all: it says again what another says. */
static void untell(struct claim_text *c, int event)
{
	for (unsigned i = 0; i < c->lines; i++)
		if (c->line[i].event == event) {
			c->line[i].event = -1;
			c->line[i].kind = LINE_PROSE;
		}
}

/*
 * "page fault" and, below it, do_swap_page() are one call: of two lines of a column that follow
 * each other, of which one was guessed, the other is kept.  Was it so?
 */
static bool said_twice(struct claim_text *c, const struct claim_event *e, unsigned line,
		       const char *text)
{
	struct claim_event *last = c->events ? &c->event[c->events - 1] : NULL;
	struct claim_line *l;

	if (!last || last->column != e->column || !e->is.op || last->is.op != e->is.op ||
	    !last->guessed == !e->guessed || last->comes.kind || e->comes.kind)
		return false;
	c->guessed--;
	if (e->guessed) {
		tell(c, line, LINE_PROSE, text);
		c->guessed++;		/* it was not counted yet */
		return true;
	}
	untell(c, (int)c->events - 1);
	*last = *e;
	l = tell(c, line, LINE_EVENT, text);
	if (l)
		l->event = (int)c->events - 1;
	return true;
}

#define NEAR_MISSES	100	/* lines left out: who has more of them has no slips of the hand */
#define LEFT_OUT_MAX	2000	/* and this is no claim */

/* 0, or -E2BIG: there are more events than a claim has. */
static int take_cell(struct claim_text *c, const struct cell *cell)
{
	char note[CLAIM_SAID_MAX] = "";
	struct claim_event e = { 0 };
	struct claim_line *l;
	const bool near = c->left_out < NEAR_MISSES;
	bool event = !cell->prose && cell->column >= 0 && !is_remark(skip_bullet(cell->text)) &&
		     cell_event(&e, cell->text, near, note);

	if (!event && outcome_of(cell->text)) {
		take_outcome(c, cell->line, cell->text);
		tell(c, cell->line, LINE_OUTCOME, cell->text);
		return 0;
	}
	if (!event) {
		bool silent = cell->prose || says_nothing(cell->text);

		l = tell(c, cell->line, silent ? LINE_PROSE : LINE_LEFT_OUT, cell->text);
		if (l && !silent)
			snprintf(l->note, sizeof(l->note), "%s", cell->column < 0 ?
				 "in no column" : note);
		c->left_out += !silent;
		return 0;
	}
	if (c->events == CLAIM_EVENTS)
		return -E2BIG;
	e.line = cell->line;
	e.column = (uint8_t)cell->column;
	e.block = cell->with;		/* for blocks() */
	e.indent = (uint16_t)(cell->indent + (skip_bullet(cell->text) - cell->text));
	e.scope = -1;
	if (said_twice(c, &e, cell->line, cell->text))
		return 0;
	c->guessed += e.guessed != GUESS_NONE;
	l = tell(c, cell->line, LINE_EVENT, cell->text);
	if (l) {
		l->event = (int)c->events;
		snprintf(l->note, sizeof(l->note), "%s", note);
	}
	c->event[c->events++] = e;
	if (*outcome_beside(cell->text))
		take_outcome(c, cell->line, outcome_beside(cell->text));
	return 0;
}

/* Events of one line have no order, nor have those of lines that follow and have several, too. */
static void blocks(struct claim_text *c)
{
	unsigned block = 0, last_line = 0;
	bool last_several = false;

	for (unsigned i = 0; i < c->events; i++) {
		struct claim_event *e = &c->event[i];
		bool several = i + 1 < c->events && c->event[i + 1].line == e->line;

		if (e->line == last_line || (e->block && i)) {
			e->block = (uint16_t)block;
			last_several |= e->line == last_line;
			last_line = e->line;
			continue;
		}
		if (i && !(several && last_several))
			block++;
		e->block = (uint16_t)block;
		last_several = several;
		last_line = e->line;
	}
}

/*
 * Does an event name an operation, by the model's own name, which what is indented below it is part
 * of?  What these two call is not the same in all kernels.
 */
static bool names_operation(const struct claim_event *e)
{
	if (e->comes.kind != COMES_ANY || !strcmp(e->is.name, "folio_alloc_swap()") ||
	    !strcmp(e->is.name, "__read_swap_cache_async()"))
		return false;
	for (enum op op = 1; op < OP_COUNT; op++) {
		size_t n = strlen(op_name(op));

		if (!strncmp(e->is.name, op_name(op), n) && !strcmp(e->is.name + n, "()"))
			return true;
	}
	return false;
}

/* What is indented below an operation is made in that call; of several around it, the outermost. */
static void scopes(struct claim_text *c)
{
	for (unsigned e = 0; e < c->events; e++) {
		unsigned indent = c->event[e].indent;

		for (unsigned i = e; i-- && indent;) {
			struct claim_event *before = &c->event[i];

			if (before->column != c->event[e].column || before->indent >= indent)
				continue;
			indent = before->indent;
			if (names_operation(before))
				c->event[e].scope = (int8_t)i;
		}
		if (c->event[e].scope >= 0)
			c->event[(int)c->event[e].scope].opens = true;
	}
}

/* ---- keys in front ---- */

static const char *const keys[] = { "title", "scenario", "kernel", "expect", "source", "outcome" };

/* The value of "key: value", or NULL. */
static const char *key_value(const char *line, const char *key)
{
	size_t n = strlen(key);

	line += strspn(line, " ");
	if (strncasecmp(line, key, n) || line[n] != ':' || line[n + 1] == ':')
		return NULL;
	return line + n + 1 + strspn(line + n + 1, " \t");
}

static int take_expect(struct claim_text *c, const char *value, unsigned line,
		       struct claim_error *err)
{
	struct claim_expect *e = &c->expect[c->expects];
	char text[SCENARIO_NAME_MAX * 2], why[256];
	const char *word = strrchr(value, ' ');

	if (c->expects == CLAIM_EXPECTS) {
		fail(err, line, "at most %d expectations", CLAIM_EXPECTS);
		return -EINVAL;
	}
	if (!word || (strcmp(word + 1, "possible") && strcmp(word + 1, "impossible")) ||
	    (size_t)(word - value) >= sizeof(text)) {
		fail(err, line, "expect: KERNEL [SWITCH=VALUE ...] possible, or impossible, is "
		     "needed");
		return -EINVAL;
	}
	snprintf(text, sizeof(text), "%.*s", (int)(word - value), value);
	e->possible = word[1] == 'p';
	e->line = line;
	if (named_kernel_parse(&e->kernel, "expect", text, why, sizeof(why))) {
		fail(err, line, "%s", why);
		return -EINVAL;
	}
	c->expects++;
	return 0;
}

/* A value, without what a terminal would obey. */
static void take_text(char *to, size_t size, const char *value)
{
	size_t n = 0, k;

	for (; *value; value += k ? k : 1) {
		k = utf8_shown((const unsigned char *)value);
		if (n + k >= size)
			break;
		memcpy(to + n, value, k);
		n += k;
	}
	to[n] = '\0';
}

/* One line in front: 0 and *taken, or an error. */
static int take_key(struct claim_text *c, const char *line, unsigned number, bool *taken,
		    struct claim_error *err)
{
	const char *value = NULL;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && !value; i++)
		value = key_value(line, keys[i]);
	*taken = value;
	if (!value)
		return 0;
	switch (keys[i - 1][0]) {
	case 't':
		take_text(c->title, sizeof(c->title), value);
		break;
	case 'k':
		take_text(c->kernel, sizeof(c->kernel), value);
		break;
	case 'e':
		return take_expect(c, value, number, err);
	case 'o':
		c->outcome = outcome_of(value);
		c->outcome_line = number;
		c->outcome_after = UINT32_MAX;
		if (!c->outcome) {
			fail(err, number, "outcome: no property in '%.60s'; 'swapscope list "
			     "properties' shows them", value);
			return -EINVAL;
		}
		break;
	default:
		if (keys[i - 1][1] == 'c')
			take_text(c->scenario, sizeof(c->scenario), value);
	}
	return 0;
}

/* ---- all of it ---- */

struct lines {
	char *text;		/* a copy, cut into lines */
	char **line;
	unsigned n;
};

#define LINES_MAX	100000
#define LINE_MAX_BYTES	1000	/* of one: what is behind is of no diagram */

static void lines_free(struct lines *l)
{
	free(l->text);
	free(l->line);
	*l = (struct lines){ 0 };
}

/* 0, -ENOMEM, or -EINVAL: it is no text. */
static int lines_of(struct lines *l, const char *text, size_t length, struct claim_error *err)
{
	size_t n = 1;

	if (memchr(text, 0, length)) {
		fail(err, 0, "a claim is text, and this is none");
		return -EINVAL;
	}
	for (size_t i = 0; i < length; i++)
		n += text[i] == '\n';
	if (n > LINES_MAX) {
		fail(err, 0, "a claim has at most %d lines", LINES_MAX);
		return -EINVAL;
	}
	l->text = malloc(length + 1);
	l->line = calloc(n, sizeof(*l->line));
	if (!l->text || !l->line)
		return -ENOMEM;
	memcpy(l->text, text, length);
	l->text[length] = '\0';
	for (char *at = l->text; l->n < n; l->n++) {
		char *end = at + strcspn(at, "\n");

		l->line[l->n] = at;
		at = end + (*end != '\0');
		*end = '\0';
		if (strlen(l->line[l->n]) > LINE_MAX_BYTES)
			l->line[l->n][LINE_MAX_BYTES] = '\0';
		end = l->line[l->n] + strlen(l->line[l->n]);
		while (end > l->line[l->n] && isspace((unsigned char)end[-1]))
			*--end = '\0';
	}
	return 0;
}

/*
 * Keys in front, with comments and blank lines between them, and an outcome anywhere.  What is
 * taken is blanked, and comments before the last key are.
 */
static int take_keys(struct claim_text *c, struct lines *l, struct claim_error *err)
{
	char *const nothing = l->text + strlen(l->text);
	unsigned last = 0;
	bool front = true;

	for (unsigned i = 0; i < l->n; i++) {
		const char *s = l->line[i] + strspn(l->line[i], " \t");
		bool taken = false;
		int e = 0;

		if (front || key_value(s, "outcome"))
			e = take_key(c, s, i + 1, &taken, err);
		if (e)
			return e;
		if (taken) {
			last = front ? i : last;
			l->line[i] = nothing;
		} else {
			front &= !*s || *s == ';' || *s == '#';
		}
	}
	for (unsigned i = 0; i < last; i++)
		l->line[i] = nothing;
	return 0;
}

static void name_columns(struct claim_text *c, const struct layout *l)
{
	c->columns = l->columns;
	memcpy(c->column, l->column, sizeof(c->column));
	if (l->header)
		tell(c, l->header, LINE_HEADER, "");
}

/* A column in which nothing was understood is none. */
static void drop_columns(struct claim_text *c)
{
	for (unsigned i = c->columns; i--;) {
		bool used = false;

		for (unsigned e = 0; e < c->events; e++)
			used |= c->event[e].column == i;
		if (used)
			continue;
		memmove(&c->column[i], &c->column[i + 1],
			(CLAIM_COLUMNS - 1 - i) * sizeof(c->column[0]));
		c->columns--;
		for (unsigned e = 0; e < c->events; e++)
			c->event[e].column -= c->event[e].column > i;
	}
}

static int take_layout(struct claim_text *c, const struct layout *l, struct claim_error *err)
{
	int e = 0;

	if (l->too_many) {
		fail(err, l->header, "%u columns are more than the %d that a claim can have",
		     l->too_many, CLAIM_COLUMNS);
		return -EINVAL;
	}
	name_columns(c, l);
	for (size_t i = 0; i < l->cells && !e && c->left_out <= LEFT_OUT_MAX; i++) {
		e = take_cell(c, &l->cell[i]);
		if (e == -E2BIG) {
			fail(err, l->cell[i].line, "a claim has at most %d steps: this is one more",
			     CLAIM_EVENTS);
			e = -EINVAL;
		}
	}
	if (!e && c->left_out > LEFT_OUT_MAX) {
		fail(err, 0, "more than %d lines are no steps of the model: it is no claim",
		     LEFT_OUT_MAX);
		e = -EINVAL;
	}
	if (!e && l->second) {
		struct claim_line *told = tell(c, l->second, LINE_PROSE, "");

		if (told)
			snprintf(told->note, sizeof(told->note),
				 "another diagram begins here: only the first is read");
	}
	blocks(c);
	scopes(c);
	drop_columns(c);
	if (c->outcome_after == UINT32_MAX)
		for (c->outcome_after = 0; c->outcome_after < c->events &&
		     c->event[c->outcome_after].line < c->outcome_line;)
			c->outcome_after++;
	return e;
}

int claim_read(struct claim_text *c, const char *name, const char *text, size_t length,
	       struct claim_error *err)
{
	struct lines lines = { 0 };
	struct layout layout = { 0 };
	int e;

	*c = (struct claim_text){ 0 };
	*err = (struct claim_error){ 0 };
	snprintf(c->name, sizeof(c->name), "%.*s", (int)sizeof(c->name) - 1, name);
	c->event = calloc(CLAIM_EVENTS, sizeof(*c->event));
	c->line = calloc(CLAIM_LINES, sizeof(*c->line));
	e = c->event && c->line ? lines_of(&lines, text, length, err) : -ENOMEM;
	if (!e)
		e = take_keys(c, &lines, err);
	if (!e)
		e = layout_of(&layout, lines.line, lines.n, 1);
	if (!e)
		e = take_layout(c, &layout, err);
	if (!e && !c->events) {
		fail(err, 0, "nothing in it is a step of the model: %s", layout.cells ?
		     "--reading says of each line why" : "it has no lines");
		e = -EINVAL;
	}
	if (e == -ENOMEM)
		fail(err, 0, "out of memory");
	layout_free(&layout);
	lines_free(&lines);
	return e;
}

void claim_free(struct claim_text *c)
{
	free(c->event);
	free(c->line);
	*c = (struct claim_text){ 0 };
}

/* ---- files ---- */

/* All of a stream, at most CLAIM_TEXT_MAX bytes; NULL and *e. */
static char *read_all(FILE *in, size_t *n, int *e)
{
	char *text = malloc(CLAIM_TEXT_MAX + 1);

	*e = text ? 0 : -ENOMEM;
	*n = text ? fread(text, 1, CLAIM_TEXT_MAX + 1, in) : 0;
	if (text && *n > CLAIM_TEXT_MAX)
		*e = -EFBIG;
	if (text && ferror(in))
		*e = errno ? -errno : -EIO;
	if (!*e)
		return text;
	free(text);
	return NULL;
}

int claim_load(struct claim_text *c, const char *name, struct claim_error *err)
{
	bool input = !strcmp(name, "-");
	FILE *in = input ? stdin : NULL;
	char *text;
	size_t n;
	int e;

	*c = (struct claim_text){ 0 };
	for (size_t i = 0; i < builtin_claim_count; i++)
		if (!strcmp(builtin_claims[i].name, name))
			return claim_read(c, name, builtin_claims[i].text,
					  strlen(builtin_claims[i].text), err);
	if (!input)
		in = fopen(name, "r");
	if (!in) {
		fail(err, 0, "%s", strerror(errno));
		return -ENOENT;
	}
	text = read_all(in, &n, &e);
	if (!input)
		fclose(in);
	if (!text) {
		fail(err, 0, "%s", e == -EFBIG ? "a claim is at most 2 MiB of text" :
		     e == -EISDIR ? "a folder, and no file" : strerror(-e));
		return e == -ENOMEM ? e : -EINVAL;
	}
	e = claim_read(c, name, text, n, err);
	free(text);
	return e;
}

/* ---- the exact form ---- */

/* A name that is read again as a column's. */
static bool plain_name(const char *name)
{
	size_t n = 0;

	while (name_letter(name[n]))
		n++;
	for (enum op op = 1; op < OP_COUNT; op++)
		if (!strcmp(op_name(op), name))
			return false;
	return n && n < 16 && !name[n] && isalpha((unsigned char)*name);
}

/* It stands between steps where it is not the end. */
static void write_outcome(FILE *out, uint32_t outcome)
{
	const char *sep = "outcome: ";

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (outcome >> p & 1) {
			fprintf(out, "%s%s", sep, properties[p].name);
			sep = ", ";
		}
	fputc('\n', out);
}

void claim_write(FILE *out, const struct claim_text *c)
{
	bool plain = true;
	char text[EVENT_TEXT_MAX];

	for (unsigned i = 0; i < c->columns; i++)
		plain &= plain_name(c->column[i].name);
	if (*c->title)
		fprintf(out, "title: %s\n", c->title);
	if (*c->scenario)
		fprintf(out, "scenario: %s\n", c->scenario);
	if (*c->kernel)
		fprintf(out, "kernel: %s\n", c->kernel);
	for (unsigned i = 0; i < c->expects; i++)
		fprintf(out, "expect: %s %s\n", c->expect[i].kernel.text,
			c->expect[i].possible ? "possible" : "impossible");
	fputc('\n', out);
	for (unsigned i = 0; i < c->events; i++) {
		const struct claim_event *e = &c->event[i];

		if (c->outcome && c->outcome_after == i)
			write_outcome(out, c->outcome);
		if (i && e->block == e[-1].block)
			fputs("with ", out);
		if (plain)
			fprintf(out, "%s: ", c->column[e->column].name);
		else
			fprintf(out, "CPU%u: ", e->column);
		fprintf(out, "%s%s\n", e->scope >= 0 ? "  " : "", event_text(e, text));
	}
	if (c->outcome && c->outcome_after >= c->events)
		write_outcome(out, c->outcome);
}
