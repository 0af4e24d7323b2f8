/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.c - a text becomes cells: what a column says in a line.
 *
 * Three forms: a header with a name over each column; a name in front of every line, "T0: ..."; or
 * nothing but margins that are far apart.  What is around a diagram is left alone.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "replay/judge/parts.h"

#define TAB		8
#define GAP_MIN		14	/* columns of a text: margins that are so far apart are two */
#define PIECES		(CLAIM_COLUMNS + 2)
#define POSITIONS	512	/* margins that are looked at */

/* A stretch of a line between blanks or bars. */
struct piece {
	unsigned from, to;
	unsigned bar;		/* so many '|' are before it */
};

/* ---- lines ---- */

static char *skip_quotes(char *s)
{
	for (;;) {
		char *at = s + strspn(s, " ");

		if (*at != '>' || at > s + 1)
			return s;
		s = at + 1 + (at[1] == ' ');
	}
}

/* Does a comment's margin, " * ", stand in front of nearly all? */
static bool has_leader(char *const *line, unsigned n, char leader)
{
	unsigned all = 0, with = 0;

	for (unsigned i = 0; i < n; i++) {
		const char *at = skip_quotes(line[i]);

		at += strspn(at, " \t");
		all += *at != '\0';
		with += *at == leader && (at[1] == ' ' || at[1] == '\t' || !at[1]);
	}
	return with > 2 && with * 10 >= all * 8;
}

/* Tabulators become blanks, and what a terminal would obey a '?'. */
static char *clean_line(char *s, char leader)
{
	size_t x = 0, room;
	char *out;

	s = skip_quotes(s);
	if (leader) {
		char *at = s + strspn(s, " \t");

		if (*at == leader)
			s = at + 1;
	}
	room = strlen(s) * TAB + 1;
	out = malloc(room);
	if (!out)
		return NULL;
	for (; *s; s++) {
		if (*s == '\t')
			do
				out[x++] = ' ';
			while (x % TAB);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			out[x++] = *s == '\r' ? ' ' : '?';
		else
			out[x++] = *s;
	}
	while (x && out[x - 1] == ' ')
		x--;
	out[x] = '\0';
	return out;
}

static bool blank(const char *s)
{
	return !s[strspn(s, " |")];
}

/* "----    ----" */
static bool is_rule(const char *s)
{
	unsigned n = 0;

	for (; *s; s++) {
		n += strchr("-=~_", *s) != NULL;
		if (!strchr("-=~_+| ", *s))
			return false;
	}
	return n >= 2;
}

/* Pieces of a line; returns how many there are, of which at most PIECES are kept. */
static unsigned pieces_of(const char *s, struct piece *p)
{
	unsigned n = 0, bars = 0;

	for (unsigned i = 0; s[i];) {
		unsigned from = i;

		if (s[i] == '|' && s[i + 1] != '|' && (!i || s[i - 1] != '|')) {
			bars++;
			i++;
			continue;
		}
		if (s[i] == ' ') {
			i++;
			continue;
		}
		while (s[i] && !(s[i] == ' ' && (s[i + 1] == ' ' || !s[i + 1])) &&
		       !(s[i] == '|' && s[i + 1] != '|' && s[i - 1] != '|'))
			i++;
		if (n < PIECES)
			p[n] = (struct piece){ from, i, bars };
		n++;
	}
	return n;
}

static void copy_piece(char *to, size_t size, const char *s, const struct piece *p)
{
	size_t n = p->to - p->from;

	if (n >= size)
		n = size - 1;
	memcpy(to, s + p->from, n);
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

/* ---- names of columns ---- */

/* "CPU0", "cpu #1", "Thread A", "task b", "T1", "W": the length of the name, or 0. */
static size_t column_name(const char *s)
{
	static const char *const kinds[] = { "cpu", "thread", "task", "process", "proc", "core" };
	size_t n;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t k = strlen(kinds[i]), digits;

		if (strncasecmp(s, kinds[i], k))
			continue;
		n = k + strspn(s + k, " #-_");
		digits = strspn(s + n, "0123456789");
		if (digits && digits < 4 && !name_letter(s[n + digits]))
			return n + digits;
		if (isalpha((unsigned char)s[n]) && n > k && !name_letter(s[n + 1]))
			return n + 1;
	}
	if (!isupper((unsigned char)*s))
		return 0;
	n = 1 + strspn(s + 1, "0123456789");
	return n < 4 && !name_letter(s[n]) ? n : 0;
}

/* Behind its name a header may say more of a column: "T0 (reads)", "CPU 1, reclaim". */
static bool column_header(const char *s)
{
	size_t n = column_name(s);

	return n && (!s[n] || strchr(":,", s[n]) || (s[n] == ' ' && s[n + 1] == '('));
}

static void name_column(struct layout *l, const char *text)
{
	struct claim_column *c = &l->column[l->columns++];
	size_t n = column_name(text);

	if (!n)
		n = strcspn(text, ":");
	snprintf(c->name, sizeof(c->name), "%.*s",
		 (int)(n < sizeof(c->name) ? n : sizeof(c->name) - 1), text);
}

/* A header: a name over each column, or whatever has a rule below it. */
static bool is_header(const char *s, const char *below)
{
	struct piece p[PIECES];
	unsigned n = pieces_of(s, p);
	char text[64];

	if (n < 2 || is_rule(s))
		return false;
	if (below && is_rule(below)) {
		struct piece q[PIECES];

		return pieces_of(below, q) >= 2 || strchr(s, '|');
	}
	for (unsigned i = 0; i < n && i < PIECES; i++) {
		copy_piece(text, sizeof(text), s, &p[i]);
		if (!column_header(text) && !(n > 2 && !strcmp(text, "/")))
			return false;
	}
	return true;
}

/* "CPU A / CPU B": one blank on either side is enough there. */
static bool slash_header(const char *s)
{
	const char *slash = strstr(s, " / ");

	s += strspn(s, " ");
	return slash && column_header(slash + 3) && column_name(s) == (size_t)(slash - s);
}

/* ---- where it ends ---- */

static bool ends_diagram(const char *s)
{
	static const char *const words[] = {
		"Signed-off-by:", "Fixes:", "Reported-by:", "Link:", "Cc:", "Reviewed-by:",
		"Acked-by:", "Tested-by:", "Closes:", "Suggested-by:", "Debugged-by:",
		"Co-developed-by:", "diff --git ", "@@ ",
	};

	s += strspn(s, " ");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncasecmp(s, words[i], strlen(words[i])))
			return true;
	return !strcmp(s, "--");
}

/* A sentence: many words, and it does not begin like a call. */
static bool is_prose(const char *s)
{
	struct piece p[PIECES];
	unsigned words = 0;

	if (pieces_of(s, p) > 1)
		return false;
	for (const char *at = s; *at; at++)
		words += isalpha((unsigned char)*at) && (at == s || at[-1] == ' ');
	return words >= 9 || (words >= 6 && !strchr(s, '('));
}

const char *skip_bullet(const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = (size_t)(*s == '(' || *s == '[' || *s == '#');
	if (isdigit((unsigned char)s[n])) {
		size_t digits = strspn(s + n, "0123456789");

		if (digits < 4 && strchr(").]: ", s[n + digits]) && s[n + digits]) {
			s += n + digits + 1;
			s += strspn(s, " ).:]");
		}
	}
	if ((*s == '-' || *s == '*' || *s == '+') && s[1] == ' ')
		s += 2;
	if (!strncmp(s, "->", 2) || !strncmp(s, "=>", 2))
		s += 2;
	if (!strncmp(s, "-->", 3))
		s += 3;
	return s + strspn(s, " \t");
}

/* ---- columns by where a line begins ---- */

static int by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Words, which may be said beside a step: no function, no step. */
static bool plain_words(const char *s, const struct piece *p)
{
	for (unsigned i = p->from; i < p->to; i++)
		if (strchr("(_:=", s[i]))
			return false;
	return true;
}

/* Where the pieces of all lines begin; sorted, each once. */
static unsigned margins(char *const *line, unsigned from, unsigned to, unsigned *at)
{
	unsigned n = 0, k = 0;

	for (unsigned i = from; i < to; i++) {
		struct piece p[PIECES];
		unsigned pieces = is_rule(line[i]) || is_prose(line[i]) ? 0 :
				  pieces_of(line[i], p);

		for (unsigned j = 0; j < pieces && j < PIECES; j++) {
			char c = line[i][p[j].from];

			/* what is said beside a step begins anywhere */
			if (j && (strchr("/<=-#*;", c) || plain_words(line[i], &p[j])))
				continue;
			if (n < POSITIONS)
				at[n++] = p[j].from;
		}
	}
	qsort(at, n, sizeof(at[0]), by_number);
	for (unsigned i = 0; i < n; i++)
		if (!i || at[i] != at[k - 1])
			at[k++] = at[i];
	return k;
}

/* The widest gap of margins that ends in (low, high]: where it ends, or `otherwise`. */
static unsigned widest_gap(const unsigned *at, unsigned n, unsigned low, unsigned high,
			   unsigned otherwise, unsigned least)
{
	unsigned best = otherwise, width = least;

	for (unsigned i = 1; i < n; i++)
		if (at[i] > low && at[i] <= high && at[i] - at[i - 1] >= width) {
			width = at[i] - at[i - 1];
			best = at[i];
		}
	return best;
}

static unsigned column_at(const unsigned *begin, unsigned columns, unsigned x)
{
	unsigned c = 0;

	while (c + 1 < columns && x >= begin[c + 1])
		c++;
	return c;
}

/* ---- cells ---- */

static struct cell *add_cell(struct layout *l, unsigned line, int column)
{
	if (l->cells == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct cell *more = realloc(l->cell, room * sizeof(*more));

		if (!more)
			return NULL;
		l->cell = more;
		l->room = room;
	}
	l->cell[l->cells] = (struct cell){ .line = line, .column = column };
	return &l->cell[l->cells++];
}

static void append_text(struct cell *c, const char *s, const struct piece *p)
{
	size_t n = strlen(c->text);

	if (n && n + 1 < sizeof(c->text))
		c->text[n++] = ' ';
	copy_piece(c->text + n, sizeof(c->text) - n, s, p);
}

/* The cells of a line, whose columns begin at begin[], or are told by bars. */
static int line_cells(struct layout *l, const char *s, unsigned number, const unsigned *begin,
		      bool bars, unsigned first_bar)
{
	struct piece p[PIECES];
	unsigned n = pieces_of(s, p);
	struct cell *c = NULL;

	for (unsigned i = 0; i < n && i < PIECES; i++) {
		unsigned column = column_at(begin, l->columns, p[i].from);

		if (bars && p[i].bar >= first_bar)
			column = p[i].bar - first_bar < l->columns ? p[i].bar - first_bar :
				 l->columns - 1;
		if (!c || c->column != (int)column) {
			c = add_cell(l, number, (int)column);
			if (!c)
				return -ENOMEM;
			c->indent = p[i].from;
		}
		c->prose = n == 1 && is_prose(s);
		append_text(c, s, &p[i]);
	}
	return 0;
}

/* ---- with a header ---- */

static unsigned diagram_end(char *const *line, unsigned n, unsigned from)
{
	unsigned i = from;

	for (; i < n; i++) {
		bool after_blank = i > from && blank(line[i - 1]);

		if (ends_diagram(line[i]) || (after_blank && is_prose(line[i])) ||
		    (after_blank && i > from + 1 &&
		     is_header(line[i], i + 1 < n ? line[i + 1] : NULL)))
			break;
	}
	return i;
}

static void header_columns(struct layout *l, const char *s, unsigned *at, unsigned *first_bar)
{
	struct piece p[PIECES];
	unsigned n = pieces_of(s, p);
	char text[64];

	if (slash_header(s)) {
		at[0] = (unsigned)strspn(s, " ");
		at[1] = (unsigned)(strstr(s, " / ") - s) + 3;
		snprintf(text, sizeof(text), "%.*s", (int)sizeof(text) - 1, s + at[0]);
		name_column(l, text);
		name_column(l, s + at[1]);
		return;
	}
	l->too_many = n > CLAIM_COLUMNS ? n : 0;
	for (unsigned i = 0; i < n && i < PIECES && l->columns < CLAIM_COLUMNS; i++) {
		copy_piece(text, sizeof(text), s, &p[i]);
		if (!strcmp(text, "/"))
			continue;
		if (!l->columns)
			*first_bar = p[i].bar;
		at[l->columns] = p[i].from;
		name_column(l, text);
	}
}

static int with_header(struct layout *l, char *const *line, unsigned n, unsigned header)
{
	unsigned at[CLAIM_COLUMNS] = { 0 }, begin[CLAIM_COLUMNS] = { 0 }, margin[POSITIONS];
	unsigned end = diagram_end(line, n, header + 1), first_bar = 0, margins_n;
	bool bars = strchr(line[header], '|');
	int err = 0;

	header_columns(l, line[header], at, &first_bar);
	margins_n = margins(line, header + 1, end, margin);
	for (unsigned i = 1; i < l->columns; i++)
		begin[i] = widest_gap(margin, margins_n, at[i - 1] > begin[i - 1] ? at[i - 1] :
				      begin[i - 1], at[i] + 4, at[i] > 2 ? at[i] - 2 : at[i], 4);
	for (unsigned i = header + 1; i < end && !err; i++)
		if (!blank(line[i]) && !is_rule(line[i]))
			err = line_cells(l, line[i], i, begin, bars, first_bar);
	l->header = header;
	l->last = end;
	for (unsigned i = end; i < n && !l->second; i++)
		if (is_header(line[i], i + 1 < n ? line[i + 1] : NULL))
			l->second = i;
	return err;
}

/* ---- with names in front ---- */

/*
 * "T0: ..", "[CPU1] ..", "W | ..", "T0 ..", "task a:": the name, and where the rest begins; or 0.
 * A name that is no usual one has to have a colon, and a text that is no operation's.
 */
static size_t line_name(const char *s, char *name, size_t size, bool *usual)
{
	size_t skip = strspn(s, " "), n, end;
	char open;

	open = strchr("[(<", s[skip]) && s[skip] ? s[skip] : '\0';
	skip += open != '\0';
	n = column_name(s + skip);
	*usual = n != 0;
	while (!*usual && name_letter(s[skip + n]))
		n++;
	if (!n || n >= size || (!*usual && (n > 15 || !isalpha((unsigned char)s[skip]))))
		return 0;
	end = skip + n;
	if (open && s[end] != (open == '[' ? ']' : open == '(' ? ')' : '>'))
		return 0;
	end += open != '\0';
	end += strspn(s + end, " ");
	if (s[end] == ':' || (*usual && s[end] == '|' && s[end + 1] != '|'))
		end++;
	else if (!*usual || !(open || (isdigit((unsigned char)s[skip + n - 1]) && s[end])))
		return 0;
	if (s[end] == ':')
		return 0;
	snprintf(name, size, "%.*s", (int)n, s + skip);
	return end + strspn(s + end, " ");
}

/* A name in front that is usual, or in front of a step's exact text. */
static size_t named_line(const char *s, char *name, size_t size, bool *with)
{
	size_t with_length = strspn(s, " ");
	struct meaning m;
	const char *step;
	bool usual;
	size_t n;

	*with = !strncmp(s + with_length, "with ", 5);
	with_length = *with ? with_length + 5 : 0;
	n = line_name(s + with_length, name, size, &usual);
	if (!n || usual)
		return n ? n + with_length : 0;
	step = s + with_length + n;
	for (enum op op = 1; op < OP_COUNT; op++)
		if (!strcmp(op_name(op), name))
			return 0;
	return meaning_exact(&m, step, strcspn(step, "=")) ||
	       meaning_named(&m, step, strcspn(step, "(")) ? n + with_length : 0;
}

/* Where the blanks begin that end at `at`. */
static size_t colon_before(const char *s, size_t at)
{
	while (at && s[at - 1] == ' ')
		at--;
	return at;
}

static int column_named(struct layout *l, const char *name)
{
	for (unsigned i = 0; i < l->columns; i++)
		if (!strcasecmp(l->column[i].name, name))
			return (int)i;
	if (l->columns == CLAIM_COLUMNS) {
		l->too_many = l->columns + 1;
		return -1;
	}
	name_column(l, name);
	return (int)l->columns - 1;
}

static int with_names(struct layout *l, char *const *line, unsigned n)
{
	int column = -1;

	l->last = n;
	for (unsigned i = 0; i < n; i++) {
		char name[CLAIM_NAME_MAX];
		bool with;
		size_t at;
		struct cell *c;

		if (blank(line[i]) || is_rule(line[i]) || line[i][strspn(line[i], " ")] == ';')
			continue;
		if (ends_diagram(line[i])) {
			l->last = i;
			break;
		}
		at = named_line(line[i], name, sizeof(name), &with);
		if (at)
			column = column_named(l, name);
		if (column < 0 && at)
			continue;
		if (!line[i][at])
			continue;		/* "task a:", and what follows is its */
		c = add_cell(l, i, column);
		if (!c)
			return -ENOMEM;
		c->with = at && with;
		c->indent = (unsigned)(at ? at - colon_before(line[i], at) :
				       strspn(line[i], " "));
		c->prose = !at && is_prose(line[i]);
		append_text(c, line[i], &(struct piece){ (unsigned)at, (unsigned)strlen(line[i]),
							 0 });
	}
	return 0;
}

/* ---- with nothing but margins ---- */

static int with_margins(struct layout *l, char *const *line, unsigned n)
{
	unsigned margin[POSITIONS], begin[CLAIM_COLUMNS] = { 0 }, k, end = 0;
	int err = 0;

	while (end < n && !ends_diagram(line[end]))
		end++;
	if (!end)
		end = n;
	k = margins(line, 0, end, margin);
	l->columns = 1;
	for (unsigned i = 1; i < k && l->columns < CLAIM_COLUMNS; i++)
		if (margin[i] - margin[i - 1] >= GAP_MIN)
			begin[l->columns++] = margin[i];
	for (unsigned i = 0; i < l->columns; i++)
		snprintf(l->column[i].name, sizeof(l->column[i].name), "CPU%u", i);
	for (unsigned i = 0; i < end && !err; i++)
		if (!blank(line[i]) && !is_rule(line[i]))
			err = line_cells(l, line[i], i, begin, false, 0);
	l->last = end;
	return err;
}

/* ---- all of it ---- */

/* The first line is one if it has several words far apart, and none that looks like a function. */
static bool bare_header(const char *s, const char *none)
{
	struct piece p[PIECES];

	return pieces_of(s, p) >= 2 && !s[strcspn(s, none)];
}

static unsigned find_header(char *const *line, unsigned n)
{
	unsigned first = 0;

	for (unsigned i = 0; i < n; i++)
		if (is_header(line[i], i + 1 < n ? line[i + 1] : NULL) || slash_header(line[i]))
			return i;
	/* names of functions, by themselves between sentences and a diagram */
	for (unsigned i = 1; i + 1 < n; i++)
		if (blank(line[i - 1]) && blank(line[i + 1]) && !blank(line[i]) &&
		    bare_header(line[i], "(:="))
			return i;
	while (first < n && blank(line[first]))
		first++;
	return first < n && bare_header(line[first], "(_:=") ? first : n;
}

static unsigned names_in_front(char *const *line, unsigned n)
{
	unsigned named = 0;

	for (unsigned i = 0; i < n && !ends_diagram(line[i]); i++) {
		char name[CLAIM_NAME_MAX];
		bool with;

		named += named_line(line[i], name, sizeof(name), &with) > 0;
	}
	return named;
}

int layout_of(struct layout *l, char *const *text, unsigned n, unsigned first)
{
	char leader = has_leader(text, n, '*') ? '*' : has_leader(text, n, ';') ? ';' :
		      has_leader(text, n, '#') ? '#' : '\0';
	char **line = calloc(n + 1u, sizeof(*line));
	unsigned header;
	int err = line ? 0 : -ENOMEM;

	*l = (struct layout){ 0 };
	for (unsigned i = 0; i < n && !err; i++) {
		line[i] = clean_line(text[i], leader);
		err = line[i] ? 0 : -ENOMEM;
	}
	if (!err) {
		header = find_header(line, n);
		if (header < n)
			err = with_header(l, line, n, header);
		else if (names_in_front(line, n))
			err = with_names(l, line, n);
		else
			err = with_margins(l, line, n);
		l->header = header < n ? header + first : 0;
		l->last += first;
		l->second += l->second ? first : 0;
	}
	for (size_t i = 0; i < l->cells; i++)
		l->cell[i].line += first;
	for (unsigned i = 0; line && i < n; i++)
		free(line[i]);
	free(line);
	return err;
}

void layout_free(struct layout *l)
{
	free(l->cell);
	*l = (struct layout){ 0 };
}
