/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.c - what a name or a text can mean.
 *
 * Words of the model come first: the texts of steps, functions that they name, operations, and what
 * probes would see (core/probe.h).  Then what functions were called in other kernels: what captures
 * know (traces/capture, replay/conform), and words.c.  Then phrases, as people write them who do
 * not look the function up, and names that are nearly one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "replay/conform/label.h"
#include "replay/judge/parts.h"
#include "traces/capture/capture.h"

/* ---- words of the model ---- */

static void set_bit(struct step_set *s, size_t i)
{
	if (i < 64 * STEP_WORDS)
		s->word[i / 64] |= UINT64_C(1) << i % 64;
}

static bool set_empty(const struct step_set *s)
{
	for (unsigned i = 0; i < STEP_WORDS; i++)
		if (s->word[i])
			return false;
	return true;
}

static bool means_nothing(const struct meaning *m)
{
	return set_empty(&m->step) && set_empty(&m->result) && !m->op && !m->probe;
}

/* What a step's text says of other steps is no call: ", before pte_same()". */
static size_t text_length(const char *text)
{
	const char *before = strstr(text, ", before "), *after = strstr(text, ", after ");
	const char *end = before ? before : after;

	return end ? (size_t)(end - text) : strlen(text);
}

bool has_name(const char *text, size_t n, const char *name, size_t length, bool called)
{
	for (size_t i = 0; i + length <= n; i++) {
		if (strncmp(text + i, name, length) || (i && name_letter(text[i - 1])) ||
		    name_letter(text[i + length]))
			continue;
		if (!called || text[i + length] == '(')
			return true;
	}
	return false;
}

static bool add_steps(struct meaning *m, const char *name, size_t length, bool called)
{
	bool any = false;

	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		if (s->kind == KIND_CALL ||
		    !has_name(s->text, text_length(s->text), name, length, called))
			continue;
		set_bit(&m->step, i);
		any = true;
	}
	for (size_t i = 0; called && i < result_count(); i++) {
		const char *text = result_at(i)->text;

		if (!has_name(text, strlen(text), name, length, true) ||
		    (length == 15 && !strncmp(name, "get_swap_device", length)))
			continue;
		set_bit(&m->result, i);
		any = true;
	}
	return any;
}

static enum op op_named(const char *name, size_t length)
{
	for (enum op op = 1; op < OP_COUNT; op++)
		if (strlen(op_name(op)) == length && !strncmp(op_name(op), name, length))
			return op;
	return OP_NONE;
}

/* An operation whose own steps do not say its name is entered: its first step. */
static bool op_says_name(enum op op)
{
	const char *name = op_name(op);

	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		if (s->kind != KIND_CALL && !strcmp(step_op_name(s), name) &&
		    has_name(s->text, text_length(s->text), name, strlen(name), true))
			return true;
	}
	return false;
}

static bool add_model_name(struct meaning *m, const char *name, size_t length)
{
	enum op op = op_named(name, length);
	bool any = op != OP_NONE;

	if (op != OP_NONE && !op_says_name(op))
		m->op |= UINT64_C(1) << op;
	for (unsigned p = PROBE_BASE; p < PROBE_COUNT; p++) {
		const char *probe = probe_function_name(p);

		if (!probe || strlen(probe) != length || strncmp(probe, name, length))
			continue;
		m->probe |= 1u << (p - PROBE_BASE);
		any = true;
	}
	any |= add_steps(m, name, length, true);
	if (!any && memchr(name, '_', length))
		any = add_steps(m, name, length, false);
	return any;
}

/* "OPERATION: TEXT [= RESULT]" of a table, or a name. */
static bool add_named(struct meaning *m, const char *name, size_t length)
{
	struct meaning exact = { 0 };

	if (!memchr(name, ':', length))
		return add_model_name(m, name, length);
	if (!meaning_exact(&exact, name, length))
		return false;
	for (unsigned i = 0; i < STEP_WORDS; i++) {
		m->step.word[i] |= exact.step.word[i];
		m->result.word[i] |= exact.result.word[i];
	}
	return true;
}

static bool add_several(struct meaning *m, const char *is, size_t length)
{
	const char *end = is + length;
	bool all = true;

	while (is < end) {
		const char *bar = memchr(is, '|', (size_t)(end - is));
		size_t n = (size_t)((bar ? bar : end) - is);

		all &= add_named(m, is, n);
		is += n + (bar != NULL);
	}
	return all;
}

/* A function that captures know, by whatever name, as the model calls it. */
static const char *captured_name(const char *name, size_t length)
{
	static const struct capture_event none;
	struct capture_event e = none;
	unsigned function;

	e.function = (uint16_t)capture_function_named(name, length, NULL);
	e.side = SIDE_ENTER;
	if (e.function == FN_UNKNOWN)
		return NULL;
	function = label_function(&kernel_find("v6.9")->kernel, &e);
	return function ? probe_function_name(function) : NULL;
}

bool meaning_named(struct meaning *m, const char *name, size_t length)
{
	const char *captured, *is;

	*m = (struct meaning){ 0 };
	snprintf(m->name, sizeof(m->name), "%.*s()", (int)(length < 100 ? length : 100), name);
	is = alias_of(name, length);
	if (is)
		return add_several(m, is, strlen(is));
	add_model_name(m, name, length);
	captured = captured_name(name, length);
	if (captured)
		add_model_name(m, captured, strlen(captured));
	return !means_nothing(m);
}

/* ---- texts of steps ---- */

static size_t trimmed(const char *text, size_t length)
{
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return length;
}

/* Steps of an operation (OP_NONE: of any) whose text is this, or (whole = false) begins so. */
static bool add_texts(struct meaning *m, enum op op, const char *text, size_t length, bool whole)
{
	bool any = false;

	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		if (s->kind == KIND_CALL || (op && strcmp(step_op_name(s), op_name(op))) ||
		    strncmp(s->text, text, length) || (whole && s->text[length]))
			continue;
		set_bit(&m->step, i);
		any = true;
	}
	return any;
}

static bool exact_in(struct meaning *m, enum op op, const char *text, size_t length)
{
	return add_texts(m, op, text, length, true) ||
	       (length >= 4 && add_texts(m, op, text, length, false));
}

/* "NAME(..)" is a name, though a step may say just that; locks are told by what is in brackets. */
static bool plain_call(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && name_letter(text[n]))
		n++;
	return n && n < length && text[n] == '(' &&
	       memchr(text, ')', length) == text + length - 1 &&
	       strncmp(text, "spin_", 5) && strncmp(text, "mutex_", 6);
}

bool meaning_exact(struct meaning *m, const char *text, size_t length)
{
	size_t op_length = 0;
	enum op op;

	*m = (struct meaning){ 0 };
	length = trimmed(text, length);
	if (length >= sizeof(m->name))
		return false;
	snprintf(m->name, sizeof(m->name), "%.*s", (int)length, text);
	if (memchr(text, '|', length) && memchr(text, ':', length))
		return add_several(m, text, length);
	while (op_length < length && name_letter(text[op_length]))
		op_length++;
	op = op_length < length && text[op_length] == ':' ? op_named(text, op_length) : OP_NONE;
	if (!op)
		return length >= 8 && !plain_call(text, length) &&
		       add_texts(m, OP_NONE, text, length, true);
	for (op_length++; op_length < length && text[op_length] == ' ';)
		op_length++;
	return op_length < length && exact_in(m, op, text + op_length, length - op_length);
}

/* ---- near misses ---- */

/*
 * May one name be a misspelt other?  A word of it that is another word, get for put, is no
 * slip of the hand.
 */
static bool may_be_slip(const char *a, const char *b)
{
	while (*a || *b) {
		size_t na = strcspn(a, "_"), nb = strcspn(b, "_"), longer = na > nb ? na : nb;
		char x[64], y[64];

		if (na >= sizeof(x) || nb >= sizeof(y))
			return false;
		snprintf(x, sizeof(x), "%.*s", (int)na, a);
		snprintf(y, sizeof(y), "%.*s", (int)nb, b);
		if (text_distance(x, y) > (longer < 6 ? 1 : longer / 3))
			return false;
		a += na + (a[na] == '_');
		b += nb + (b[nb] == '_');
	}
	return true;
}

struct nearest {
	const char *typed;
	char name[64];
	size_t distance;
	bool several;
};

static void consider(struct nearest *n, const char *name, size_t length)
{
	char word[64];
	size_t d;

	if (length >= sizeof(word))
		return;
	snprintf(word, sizeof(word), "%.*s", (int)length, name);
	d = text_distance(n->typed, word);
	if (d > n->distance || !strcmp(word, n->name) || (d > 1 && !may_be_slip(n->typed, word)))
		return;
	n->several = d == n->distance && *n->name;
	n->distance = d;
	strcpy(n->name, word);
}

/* The functions that the texts of steps call. */
static void consider_texts(struct nearest *n)
{
	for (size_t i = 0; i < step_count(); i++) {
		const char *text = step_at(i)->text;

		for (size_t at = 0; text[at];) {
			size_t end = at;

			while (name_letter(text[end]))
				end++;
			if (text[end] == '(' && end - at > 4)
				consider(n, text + at, end - at);
			at = end > at ? end : at + 1;
		}
	}
}

bool meaning_near(struct meaning *m, const char *name, size_t length)
{
	static const char captured[] =
#define X(name, aliases, trust) #name " " aliases " "
		CAPTURE_FUNCTIONS(X)
#undef X
	;
	char typed[64];
	struct nearest n = { .typed = typed };
	const char *word;

	if (length < 5 || length >= sizeof(typed))
		return false;
	snprintf(typed, sizeof(typed), "%.*s", (int)length, name);
	n.distance = length < 8 ? 1 : length < 14 ? 2 : 3;
	for (enum op op = 1; op < OP_COUNT; op++)
		consider(&n, op_name(op), strlen(op_name(op)));
	consider_texts(&n);
	for (size_t i = 0; (word = alias_at(i)); i++)
		consider(&n, word, strlen(word));
	for (const char *w = captured; *w;) {
		size_t k = strcspn(w, " ");

		if (k)
			consider(&n, w, k);
		w += k + (w[k] == ' ');
	}
	return *n.name && !n.several && meaning_named(m, n.name, strlen(n.name));
}

/* ---- phrases ---- */

static bool meaning_phrase(struct meaning *m, const char *text)
{
	const char *is = phrase_in(text), *result = is ? strstr(is, " = ") : NULL;

	*m = (struct meaning){ 0 };
	if (!is)
		return false;
	if (result) {
		if (!meaning_exact(m, is, (size_t)(result - is)))
			return false;
		snprintf(m->name, sizeof(m->name), "%s", is);
		return true;
	}
	if (!strchr(is, '|') && !strchr(is, ':'))
		return meaning_named(m, is, strlen(is));
	snprintf(m->name, sizeof(m->name), "%s", is);
	return add_several(m, is, strlen(is));
}

/* ---- all of it ---- */

/* A lock is told by what is locked. */
static void narrow_lock(struct meaning *m, const char *args)
{
	static const char *const words[] = { "tree", "si->", "ptl", "alloc_lock", "free_lock" };
	struct step_set same = { { 0 } };

	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		const char *at = strstr(args, words[w]);

		if (!at || at > args + strcspn(args, ")"))
			continue;
		for (size_t i = 0; i < step_count(); i++)
			if (step_in(&m->step, (int)i) && strstr(step_at(i)->text, words[w]))
				set_bit(&same, i);
	}
	if (!set_empty(&same))
		m->step = same;
}

/* By its first step's text, which alone means it from here on. */
static void name_lock(struct meaning *m)
{
	for (size_t i = 0; i < step_count(); i++)
		if (step_in(&m->step, (int)i)) {
			meaning_exact(m, step_at(i)->text, strlen(step_at(i)->text));
			return;
		}
}

/* The end of the call that begins at the parenthesis at text[at]. */
static size_t call_end(const char *text, size_t at)
{
	unsigned depth = 0;

	for (size_t i = at; text[i]; i++) {
		depth += text[i] == '(';
		if (text[i] == ')' && !--depth)
			return i + 1;
	}
	return text[at] ? at + 1 : at;
}

/* A text of one word is a name, whether or not it looks like one. */
static bool meaning_single(struct meaning *m, const char *text)
{
	size_t n = 0;

	while (name_letter(text[n]))
		n++;
	return n > 3 && !text[n] && meaning_named(m, text, n);
}

/* How many names of a text another has, too. */
static unsigned names_shared(const char *text, const char *other)
{
	unsigned n = 0;

	for (size_t at = 0; text[at];) {
		size_t stop = at;

		while (name_letter(text[stop]))
			stop++;
		n += stop > at + 1 && has_name(other, strlen(other), text + at, stop - at, false);
		at = stop > at ? stop : at + 1;
	}
	return n;
}

/*
 * A name that many steps have, "si->swap_map = NULL": where one of them has most of the line's
 * other names too, that one is meant.
 */
static bool narrow_text(struct meaning *m, const char *text)
{
	unsigned most = 1, best = 0;
	bool several = false;
	char exact[CLAIM_SAID_MAX];

	for (size_t i = 0; i < step_count(); i++) {
		unsigned n;

		if (!step_in(&m->step, (int)i))
			continue;
		n = names_shared(text, step_at(i)->text);
		if (n < most || n < 2)
			continue;
		several = n == most && most > 1;
		most = n;
		best = (unsigned)i;
	}
	if (most < 2 || several)
		return false;
	snprintf(exact, sizeof(exact), "%s: %.80s", step_op_name(step_at(best)),
		 step_at(best)->text);
	return meaning_exact(m, exact, strlen(exact));
}

/* A constant, SWAP_HAS_CACHE, is no function; UFFDIO_MOVE is known to be one. */
static bool is_constant(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (islower((unsigned char)word[i]))
			return false;
	return !alias_of(word, length);
}

/* The first function in the text that is known; called: of those with a parenthesis. */
static bool meaning_word(struct meaning *m, const char *text, bool called, bool near, size_t *end)
{
	for (size_t at = 0; text[at];) {
		size_t stop = at;

		while (name_letter(text[stop]))
			stop++;
		if (stop - at > 3 && !is_constant(text + at, stop - at) &&
		    (called ? text[stop] == '(' : memchr(text + at, '_', stop - at) != NULL) &&
		    (near ? meaning_near : meaning_named)(m, text + at, stop - at)) {
			*end = text[stop] == '(' ? call_end(text, stop) : stop;
			if (strstr(m->name, "lock(") && text[stop] == '(') {
				struct step_set all = m->step;

				narrow_lock(m, text + stop);
				if (memcmp(&all, &m->step, sizeof(all)))
					name_lock(m);
			}
			return true;
		}
		at = stop > at ? stop : at + 1;
	}
	return false;
}

bool meaning_of(struct meaning *m, const char *text, bool near, size_t *end, uint8_t *guessed,
		char *note)
{
	*guessed = GUESS_NONE;
	*note = '\0';
	*end = strlen(text);
	if (meaning_exact(m, text, strlen(text)))
		return true;
	if (meaning_word(m, text, true, false, end) || meaning_single(m, text))
		return true;
	if (meaning_word(m, text, false, false, end)) {
		if (narrow_text(m, text)) {
			*guessed = GUESS_WORDS;
			*end = strlen(text);
			snprintf(note, CLAIM_SAID_MAX, "taken for %.90s", m->name);
		}
		return true;
	}
	*guessed = GUESS_NAME;
	if (near && meaning_word(m, text, true, true, end)) {
		snprintf(note, CLAIM_SAID_MAX, "taken for %.90s", m->name);
		return true;
	}
	if (meaning_phrase(m, text)) {
		*guessed = GUESS_WORDS;
		snprintf(note, CLAIM_SAID_MAX, "taken for %.90s", m->name);
		return true;
	}
	if (near && strchr(text, '_') && meaning_word(m, text, false, true, end)) {
		snprintf(note, CLAIM_SAID_MAX, "taken for %.90s", m->name);
		return true;
	}
	if (text[strcspn(text, "(_")])
		snprintf(note, CLAIM_SAID_MAX, "no step of the model");
	else
		snprintf(note, CLAIM_SAID_MAX, "it names no function and no step");
	return false;
}
