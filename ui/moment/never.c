/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * never.c - the lines of a source text that a kernel never takes.
 *
 * The source asks for switches by name: "if (k->pin == PIN_FOLIO) {".  A condition that the run's
 * switches alone decide makes a branch that is never taken; all else is unknown, and of what is
 * unknown nothing is said.  What stands behind a jump that is certain is not reached either, up to
 * the next label.  A branch into which somebody may jump (it has a label) is unknown, too.
 *
 * The text is that of the file, so it may be anything: it is read as tokens from front to back,
 * statements nest at most DEPTH_MAX deep, and where it does not read like C nothing is said at all.
 */
#include <ctype.h>
#include <string.h>

#include "ui/moment/moment.h"

#define DEPTH_MAX	40

enum truth { FALSE_, TRUE_, UNKNOWN_ };

struct reader {
	const char *at, *end;
	const char *switches;
	const char *token;		/* the one that is read; at its end: NULL */
	size_t length;
	unsigned line;			/* of that token */
	unsigned next_line;
	unsigned last_line;		/* of the token before it */
	unsigned depth;
	bool label;			/* one was met since this was cleared */
	bool vague;			/* the condition has a comma, a ?: or an assignment */
	bool leaves;			/* the statement just read goes elsewhere for certain */
	bool failed;
	uint8_t *never;
	unsigned lines;
};

/* ---- tokens ---- */

static void skip_to(struct reader *r, const char *to)
{
	for (; r->at < to && r->at < r->end; r->at++)
		r->next_line += *r->at == '\n';
}

static const char *find(const struct reader *r, const char *from, const char *what)
{
	size_t n = strlen(what);

	for (; from + n <= r->end; from++)
		if (!memcmp(from, what, n))
			return from + n;
	return r->end;
}

/* A line that the preprocessor reads, with those that continue it. */
static void skip_directive(struct reader *r)
{
	bool more = true;

	while (more && r->at < r->end) {
		const char *eol = memchr(r->at, '\n', (size_t)(r->end - r->at));

		more = eol && eol > r->at && eol[-1] == '\\';
		skip_to(r, eol ? eol + 1 : r->end);
	}
}

static void skip_blanks(struct reader *r)
{
	bool first = r->at == r->end || r->next_line == 1;

	while (r->at < r->end) {
		if (*r->at == '\n') {
			skip_to(r, r->at + 1);
			first = true;
		} else if (isspace((unsigned char)*r->at)) {
			r->at++;
		} else if (r->end - r->at > 1 && !memcmp(r->at, "/*", 2)) {
			skip_to(r, find(r, r->at + 2, "*/"));
		} else if (r->end - r->at > 1 && !memcmp(r->at, "//", 2)) {
			skip_to(r, find(r, r->at, "\n") - 1);
		} else if (*r->at == '#' && first) {
			skip_directive(r);
		} else {
			return;
		}
	}
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void next(struct reader *r)
{
	static const char *const two[] = { "->", "==", "!=", ">=", "<=", "&&", "||" };

	r->last_line = r->line;
	skip_blanks(r);
	r->line = r->next_line;
	r->token = r->at < r->end ? r->at : NULL;
	r->length = 0;
	if (!r->token)
		return;
	r->length = 1;
	if (is_word(*r->at)) {
		while (r->at + r->length < r->end && is_word(r->at[r->length]))
			r->length++;
	} else if (*r->at == '"' || *r->at == '\'') {
		while (r->at + r->length < r->end && r->at[r->length] != *r->at &&
		       r->at[r->length] != '\n')
			r->length += r->at[r->length] == '\\' ? 2 : 1;
		r->length++;
		if (r->length > (size_t)(r->end - r->at))
			r->length = (size_t)(r->end - r->at);
	} else {
		for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++)
			if (r->end - r->at > 1 && !memcmp(r->at, two[i], 2))
				r->length = 2;
	}
	skip_to(r, r->at + r->length);
}

static bool is(const struct reader *r, const char *text)
{
	return r->token && r->length == strlen(text) && !memcmp(r->token, text, r->length);
}

static bool take(struct reader *r, const char *text)
{
	bool found = is(r, text);

	if (found)
		next(r);
	return found;
}

/* ---- conditions ---- */

/* The value of a switch in "pin=none wait=tick": its length, 0 where there is none. */
static size_t value_of(const char *switches, const char *name, size_t length, const char **value)
{
	for (const char *at = switches; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		if (n > length + 1 && at[length] == '=' && !memcmp(at, name, length)) {
			*value = at + length + 1;
			return n - length - 1;
		}
		at += n;
	}
	return 0;
}

static bool same_letters(const char *upper, const char *lower, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (upper[i] != (lower[i] == '-' ? '_' : toupper((unsigned char)lower[i])))
			return false;
	return true;
}

/*
 * "PIN_HAS_CACHE" against the switch `pin` and its value `has_cache`.  A name begins with that of
 * its switch, or with that up to a '_' ("UNUSE_IGNORED" of unuse_bits); else it is not known.
 */
static enum truth compared(const char *name, size_t length, const char *sw, size_t sw_length,
			   const char *value, size_t value_length)
{
	enum truth truth = UNKNOWN_;

	for (size_t n = 1; n <= sw_length && n + 1 < length; n++) {
		if ((n < sw_length && sw[n] != '_') || name[n] != '_' ||
		    !same_letters(name, sw, n))
			continue;
		if (length - n - 1 == value_length &&
		    same_letters(name + n + 1, value, value_length))
			return TRUE_;
		truth = FALSE_;
	}
	return truth;
}

static enum truth invert(enum truth t)
{
	return t == UNKNOWN_ ? t : t == TRUE_ ? FALSE_ : TRUE_;
}

static enum truth either(enum truth a, enum truth b)
{
	if (a == TRUE_ || b == TRUE_)
		return TRUE_;
	return a == FALSE_ && b == FALSE_ ? FALSE_ : UNKNOWN_;
}

/* Does an operand end here: what follows belongs to no larger expression? */
static bool operand_ends(const struct reader *r)
{
	return is(r, ")") || is(r, "&&") || is(r, "||");
}

/* Over the rest of an operand that is not understood, up to what ends it. */
static enum truth skip_operand(struct reader *r)
{
	unsigned open = 0;

	while (r->token && !r->failed && (open || !operand_ends(r))) {
		r->vague |= !open && (is(r, ",") || is(r, "?") || is(r, "="));
		r->failed = is(r, ";") || is(r, "}");
		open += is(r, "(") || is(r, "[");
		open -= open && (is(r, ")") || is(r, "]"));
		next(r);
	}
	return UNKNOWN_;
}

/* "k->pin == PIN_FOLIO", "c->k->refcount": `k` and `->` before it are already read. */
static enum truth asked(struct reader *r, bool negated)
{
	const char *sw = r->token, *value = "", *name;
	size_t sw_length = r->length, length, value_length;
	bool equal;

	if (!sw)
		return skip_operand(r);
	next(r);
	value_length = value_of(r->switches, sw, sw_length, &value);
	if (operand_ends(r)) {
		if (value_length == 2 && !memcmp(value, "on", 2))
			return TRUE_;
		return value_length == 3 && !memcmp(value, "off", 3) ? FALSE_ : UNKNOWN_;
	}
	equal = is(r, "==");
	if (negated || (!equal && !is(r, "!=")))
		return skip_operand(r);
	next(r);
	name = r->token;
	length = r->length;
	next(r);
	if (!name || !value_length || !operand_ends(r))
		return skip_operand(r);
	return equal ? compared(name, length, sw, sw_length, value, value_length) :
		       invert(compared(name, length, sw, sw_length, value, value_length));
}

static enum truth condition(struct reader *r);

static enum truth operand(struct reader *r)
{
	bool negated = false;
	enum truth t;

	for (; take(r, "!"); negated = !negated)
		;
	if (is(r, "(")) {
		next(r);
		t = condition(r);
		if (!take(r, ")"))
			r->failed = true;
		if (!operand_ends(r))
			return skip_operand(r);
		return negated ? invert(t) : t;
	}
	if (is(r, "c")) {
		next(r);
		if (!take(r, "->") || !is(r, "k"))
			return skip_operand(r);
	}
	if (!take(r, "k") || !take(r, "->"))
		return skip_operand(r);
	t = asked(r, negated);
	return negated ? invert(t) : t;
}

static enum truth conjunction(struct reader *r)
{
	enum truth t = operand(r);

	while (take(r, "&&"))
		t = invert(either(invert(t), invert(operand(r))));
	return t;
}

/* Up to the parenthesis that closes it. */
static enum truth condition(struct reader *r)
{
	bool vague = r->vague;
	enum truth t;

	if (++r->depth > DEPTH_MAX) {
		r->failed = true;
		return UNKNOWN_;
	}
	r->vague = false;
	t = conjunction(r);
	while (take(r, "||"))
		t = either(t, conjunction(r));
	if (r->vague)
		t = UNKNOWN_;
	r->vague = vague;
	r->depth--;
	if (!is(r, ")"))
		r->failed = true;
	return t;
}

/* ---- statements ---- */

static void statement(struct reader *r);

/* Lines first .. the last one read; but not one that something else begins on. */
static void mark(struct reader *r, unsigned first)
{
	bool shared = r->token && r->line == r->last_line;	/* "} else {" */

	for (unsigned line = first; line + shared <= r->last_line && line <= r->lines; line++)
		r->never[line] = 1;
}

static void block(struct reader *r)
{
	bool dead = false, label = r->label;

	next(r);
	while (r->token && !r->failed && !is(r, "}")) {
		unsigned first = r->line > r->last_line ? r->line : r->last_line + 1;

		r->label = r->leaves = false;
		statement(r);
		dead = dead && !r->label;
		if (dead && !r->failed)
			mark(r, first);
		dead |= r->leaves;
		label |= r->label;
	}
	r->label = label;
	r->leaves = dead;
	if (!take(r, "}"))
		r->failed = true;
}

/* To its semicolon; braces in it (a compound literal, an initialiser) are passed over. */
static void simple(struct reader *r)
{
	static const char *const jumps[] = { "goto", "return", "RETURN", "break", "continue" };
	unsigned open = 0;
	bool word = r->token && is_word(*r->token), first = true;

	r->leaves = false;
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++)
		r->leaves |= is(r, jumps[i]);

	while (r->token && (open || (!is(r, ";") && !is(r, "}")))) {
		bool opens = is(r, "(") || is(r, "{") || is(r, "[");

		open += opens;
		open -= open && (is(r, ")") || is(r, "}") || is(r, "]"));
		next(r);
		if (first && word && is(r, ":")) {
			r->label = true;
			r->leaves = false;
			next(r);
			return;
		}
		first = false;
	}
	take(r, ";");
}

/* A branch, and whether it is never taken.  Its lines are those behind the one it begins on. */
static void branch(struct reader *r, bool never)
{
	unsigned before = r->last_line, first = r->line > before ? r->line : before + 1;
	bool label = r->label;

	r->label = r->leaves = false;
	statement(r);
	if (never && !r->label && !r->failed)
		mark(r, first);
	r->label |= label;
}

static void if_or_while(struct reader *r)
{
	bool loop = is(r, "while"), leaves;
	enum truth t;

	next(r);
	if (!take(r, "(")) {
		r->failed = true;
		return;
	}
	t = condition(r);
	if (!take(r, ")")) {
		r->failed = true;
		return;
	}
	branch(r, t == FALSE_);
	leaves = r->leaves && t != FALSE_;
	r->leaves = leaves && t == TRUE_ && !loop;
	if (loop || !is(r, "else"))
		return;
	next(r);
	branch(r, t == TRUE_);
	r->leaves = t == TRUE_ ? leaves : r->leaves && (t == FALSE_ || leaves);
}

/* The parentheses behind `for` and `switch`. */
static void skip_parentheses(struct reader *r)
{
	unsigned open = 0;

	do {
		open += is(r, "(");
		open -= open && is(r, ")");
		next(r);
	} while (r->token && open);
}

static void statement(struct reader *r)
{
	if (++r->depth > DEPTH_MAX || !r->token)
		r->failed = true;
	if (r->failed)
		return;
	if (is(r, "{")) {
		block(r);
	} else if (is(r, "if") || is(r, "while")) {
		if_or_while(r);
	} else if (is(r, "for") || is(r, "switch")) {
		next(r);
		skip_parentheses(r);
		statement(r);
		r->leaves = false;
	} else if (is(r, "do")) {
		next(r);
		statement(r);
		simple(r);
	} else if (is(r, "case") || is(r, "default")) {
		while (r->token && !is(r, ":"))
			next(r);
		take(r, ":");
		r->label = true;
		r->leaves = false;
	} else {
		simple(r);
	}
	r->depth--;
}

void never_lines(const char *text, size_t size, const char *switches, uint8_t *never,
		 unsigned lines)
{
	struct reader r = { .at = text, .end = text + size, .switches = switches, .next_line = 1,
			    .never = never, .lines = lines };
	bool body = false;

	memset(never, 0, lines + 1);
	next(&r);
	while (r.token && !r.failed) {
		if (is(&r, "{") && body) {	/* of a function: behind its parameters */
			r.depth = 0;
			block(&r);
			body = false;
		} else {
			body = is(&r, ")");
			next(&r);
		}
	}
	if (r.failed)
		memset(never, 0, lines + 1);
}
