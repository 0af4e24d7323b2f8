/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read.c - a certificate from its first byte to its last.  Lines stand in one order, nothing may be
 * left out, doubled or added; no memory is taken for a number that the file says, but only for rows
 * that have come.
 */
#include "core/verify/read.h"

#include <errno.h>
#include <inttypes.h>
#include <lz4.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/verify/format.h"

#define WORD	80	/* of a name that is told back */

struct reader {
	FILE *in;
	struct verification *v;
	struct tables *t;
	const struct verify_options *o;
	uint64_t text;		/* bytes of the scenario */
	uint64_t mems, stacks;	/* rows of these tables */
	char switches[CERTIFICATE_LINE], properties[CERTIFICATE_LINE];	/* until they are judged */
	char packed[LZ4_COMPRESSBOUND(CERTIFICATE_BLOCK)], block[CERTIFICATE_BLOCK];
	size_t at, size;	/* in the block */
};

bool verify_ends(struct verification *v, enum verify_status status, const char *format, ...)
{
	va_list ap;

	v->status = status;
	va_start(ap, format);
	vsnprintf(v->why, sizeof(v->why), format, ap);
	va_end(ap);
	return false;
}

bool verify_goes_on(struct verification *v, const struct verify_options *o, uint64_t done)
{
	return !o->progress || o->progress(o->progress_arg, done, v->states) ||
	       verify_ends(v, VERIFY_UNFINISHED, "interrupted");
}

#define unreadable(r, ...)	verify_ends((r)->v, VERIFY_UNREADABLE, __VA_ARGS__)

static bool no_memory(struct reader *r)
{
	return verify_ends(r->v, VERIFY_UNFINISHED, "memory");
}

static bool take(struct reader *r, void *buf, size_t n)
{
	if (fread(buf, 1, n, r->in) == n)
		return true;
	return unreadable(r, "%s", ferror(r->in) ? strerror(errno) : "it is cut short");
}

/* ---- is it one, and whole? ---- */

/* A line of the head without its newline. */
static bool take_line(struct reader *r, char *line)
{
	if (!fgets(line, CERTIFICATE_LINE, r->in))
		return unreadable(r, "%s", ferror(r->in) ? strerror(errno) : "it is cut short");
	if (!strchr(line, '\n'))
		return unreadable(r, "a line of its head is too long, or has a NUL");
	*strchr(line, '\n') = '\0';
	return text_shows(line) || unreadable(r, "a line of its head is no text");
}

/* The first line; other files end here. */
static bool take_name(struct reader *r)
{
	char name[sizeof(CERTIFICATE_NAME CERTIFICATE_FORMAT "\n")] = "";
	size_t n = 0;

	if (!fseek(r->in, 0, SEEK_SET))
		n = fread(name, 1, sizeof(name) - 1, r->in);
	if (ferror(r->in))
		return unreadable(r, "%s", strerror(errno));
	if (n < sizeof(name) - 1 || strncmp(name, CERTIFICATE_NAME, strlen(CERTIFICATE_NAME)))
		return unreadable(r, "it is no certificate of swapscope");
	return !strcmp(name, CERTIFICATE_NAME CERTIFICATE_FORMAT "\n") ||
	       unreadable(r, "it is a certificate of another format than " CERTIFICATE_FORMAT
			  ", which is the one that is known here");
}

/* The last 8 bytes are the sum of all before them. */
static bool check_sum(struct reader *r)
{
	uint64_t sum = CERTIFICATE_SUM_BEGIN, wanted;
	long long left;

	if (fseek(r->in, 0, SEEK_END) || (left = ftell(r->in)) < 0 || fseek(r->in, 0, SEEK_SET))
		return unreadable(r, "it is no file that can be read twice");
	for (left -= (long long)sizeof(wanted); left > 0; left -= (long long)r->size) {
		r->size = left < (long long)sizeof(r->block) ? (size_t)left : sizeof(r->block);
		if (!take(r, r->block, r->size) || !verify_goes_on(r->v, r->o, 0))
			return false;
		sum = certificate_sum(sum, r->block, r->size);
	}
	r->size = 0;
	return take(r, &wanted, sizeof(wanted)) && (fseek(r->in, 0, SEEK_SET) || sum == wanted ||
	       unreadable(r, "it is damaged or cut short: its bytes do not have its checksum"));
}

/* ---- the head ---- */

/* "NAME VALUE": the value. */
static bool take_value(struct reader *r, const char *name, char *value, size_t size)
{
	char line[CERTIFICATE_LINE];
	size_t n = strlen(name);

	if (!take_line(r, line))
		return false;
	if (strncmp(line, name, n) || line[n] != ' ' || !line[n + 1])
		return unreadable(r, "the line '%s ..' is missing: '%.*s' is in its place", name,
				  WORD, line);
	if (strlen(line + n + 1) >= size)
		return unreadable(r, "its %s is too long", name);
	strcpy(value, line + n + 1);
	return true;
}

/* A number of at least 1, in decimal digits. */
static bool take_number(struct reader *r, const char *name, uint64_t most, uint64_t *number)
{
	char text[24];

	if (!take_value(r, name, text, sizeof(text)))
		return false;
	*number = 0;
	if (strspn(text, "0123456789") == strlen(text) && strlen(text) < 19 && *text != '0')
		*number = strtoull(text, NULL, 10);
	return (*number && *number <= most) ||
	       unreadable(r, "%s %s: 1 .. %" PRIu64 " is needed", name, text, most);
}

/* Its states mean what they meant to who wrote them, or nothing that follows can be understood. */
static bool take_layout(struct reader *r)
{
	char layout[24], ours[24];

	if (!take_value(r, "layout", layout, sizeof(layout)))
		return false;
	snprintf(ours, sizeof(ours), "%016" PRIx64, certificate_layout());
	return !strcmp(layout, ours) ||
	       unreadable(r, "swapscope %.*s wrote it, whose states have the layout %s; they are "
			  "laid out otherwise here (%s, swapscope " SWAPSCOPE_VERSION "): verify "
			  "it with the program that wrote it", WORD, r->v->program, layout, ours);
}

static bool take_head(struct reader *r)
{
	struct verification *v = r->v;
	char line[CERTIFICATE_LINE];

	return take_line(r, line) &&	/* its name */
	       take_value(r, "program", v->program, sizeof(v->program)) && take_layout(r) &&
	       take_value(r, "scenario", v->scenario.name, sizeof(v->scenario.name)) &&
	       take_value(r, "kernel", v->kernel_name, sizeof(v->kernel_name)) &&
	       take_value(r, "switches", r->switches, sizeof(r->switches)) &&
	       take_value(r, "properties", r->properties, sizeof(r->properties)) &&
	       take_value(r, "bounds", v->bounds, sizeof(v->bounds)) &&
	       take_number(r, "memories", ROW_NONE - 1, &r->mems) &&
	       take_number(r, "stacks", UINT16_MAX + 1, &r->stacks) &&
	       take_number(r, "states", ROW_NONE - 1, &v->states) &&
	       take_number(r, "transitions", UINT64_MAX, &v->transitions) &&
	       take_number(r, "text", TEXT_FILE_MAX, &r->text);
}

/* ---- what it claims ---- */

/* The next of a line's words. */
static bool next_word(char **line, char **word)
{
	*word = strsep(line, " ");
	return *word;
}

/* Every switch once, with a value of it. */
static bool judge_switches(struct reader *r)
{
	bool had[SWITCH_COUNT] = { false };
	char *line = r->switches, *word;

	while (next_word(&line, &word)) {
		enum kernel_switch s = kernel_switch_named(word);

		if (s == SWITCH_COUNT)
			return unreadable(r, "there is no switch '%.*s'", WORD, word);
		if (kernel_set(&r->v->kernel, word))
			return unreadable(r, "%.*s: %s is one of %s", WORD, word,
					  kernel_switches[s].name, kernel_switches[s].values);
		if (had[s])
			return unreadable(r, "the switch %s stands there twice",
					  kernel_switches[s].name);
		had[s] = true;
	}
	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++)
		if (!had[s])
			return unreadable(r, "the switch %s is not there", kernel_switches[s].name);
	return true;
}

/* A kernel's name is what people read: it has to stand for these switches and no others. */
static bool judge_kernel(struct reader *r)
{
	char name[VERIFY_TEXT_MAX], value[32], ours[32], *line = name, *word;
	const struct kernel *k = &r->v->kernel;
	struct kernel named;

	strcpy(name, r->v->kernel_name);
	if (!next_word(&line, &word) || kernel_named(&named, word, NULL, 0))
		return unreadable(r, "there is no kernel '%.*s'", WORD, word ? word : "");
	while (next_word(&line, &word))
		if (kernel_set(&named, word))
			return unreadable(r, "its kernel is called '%.*s', and '%.*s' is no rule",
					  WORD, r->v->kernel_name, WORD, word);
	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++)
		if (kernel_get(k, s) != kernel_get(&named, s))
			return unreadable(r, "its kernel is called '%.*s', which has %s=%s, and "
					  "its switches say %s", WORD, r->v->kernel_name,
				kernel_switches[s].name,
				switch_value(s, kernel_get(&named, s), ours, sizeof(ours)),
				switch_value(s, kernel_get(k, s), value, sizeof(value)));
	return true;
}

/* All properties that are no costs, and not LIVELOCK. */
static bool judge_properties(struct reader *r)
{
	uint32_t wanted = certificate_properties(), claimed = 0;
	char *line = r->properties, *word;

	while (next_word(&line, &word)) {
		int p = property_find(word);

		if (p < 0)
			return unreadable(r, "there is no property '%.*s'", WORD, word);
		if (!(wanted >> p & 1))
			return unreadable(r, "it claims %s, which no certificate can",
					  properties[p].name);
		claimed |= 1u << p;
	}
	return claimed == wanted ||
	       unreadable(r, "it does not claim %s, and 'safe' is all properties but costs and "
			  "LIVELOCK", properties[__builtin_ctz(wanted & ~claimed)].name);
}

/* "none", or "max-states=N" and "max-depth=N"; whatever they were, all states are there. */
static bool judge_bounds(struct reader *r)
{
	char copy[VERIFY_TEXT_MAX], *line = copy, *word;
	bool known = true;

	strcpy(copy, r->v->bounds);
	if (!strcmp(copy, "none"))
		return true;
	while (known && next_word(&line, &word)) {
		size_t digits = strcspn(word, "=");

		digits += word[digits] == '=';
		known = (!strncmp(word, "max-states=", digits) ||
			 !strncmp(word, "max-depth=", digits)) && digits > strlen("max-depth") &&
			word[digits] && !word[digits + strspn(word + digits, "0123456789")];
	}
	return known || unreadable(r, "its bounds '%.*s' are not understood", WORD, r->v->bounds);
}

static bool take_scenario(struct reader *r)
{
	char name[SCENARIO_NAME_MAX], *text = malloc(r->text + 1);
	struct scenario_error err;
	int error;

	if (!text)
		return no_memory(r);
	if (!take(r, text, r->text)) {
		free(text);
		return false;
	}
	text[r->text] = '\0';
	strcpy(name, r->v->scenario.name);
	error = strlen(text) == r->text ? scenario_parse(&r->v->scenario, name, text, &err) :
		-EILSEQ;
	free(text);
	if (error == -ENOMEM)
		return no_memory(r);
	if (error == -EILSEQ)
		return unreadable(r, "its scenario is no text");
	r->v->claim_read = !error;
	return !error || unreadable(r, "line %u of its scenario: %s", err.line, err.text);
}

/* ---- the tables ---- */

static bool take_block(struct reader *r)
{
	struct certificate_block b;

	if (!take(r, &b, sizeof(b)))
		return false;
	if (!b.packed || b.packed > sizeof(r->packed) || !b.bytes || b.bytes > sizeof(r->block))
		return unreadable(r, "a block of its tables has no such size");
	if (!take(r, r->packed, b.packed))
		return false;
	r->at = 0;
	r->size = b.bytes;
	return LZ4_decompress_safe(r->packed, r->block, (int)b.packed, (int)b.bytes) ==
	       (int)b.bytes || unreadable(r, "a block of its tables cannot be decompressed");
}

static bool take_row(struct reader *r, uint8_t *row, size_t n)
{
	while (n) {
		size_t some = r->size - r->at < n ? r->size - r->at : n;

		memcpy(row, r->block + r->at, some);
		r->at += some;
		row += some;
		n -= some;
		if (n && !take_block(r))
			return false;
	}
	return true;
}

/* Do the numbers in a row of `states` name rows that there are? */
static bool names_rows(const struct reader *r, const uint8_t *row)
{
	uint32_t mem;
	uint16_t stack;

	memcpy(&mem, row, ROW_MEM);
	for (unsigned i = 0; i < r->v->scenario.tasks; i++) {
		memcpy(&stack, row + ROW_MEM + i * ROW_STACK, ROW_STACK);
		if (stack >= r->t->stacks.count)
			return false;
	}
	return mem < r->t->mems.count;
}

static bool take_table(struct reader *r, struct rowset *set, size_t row_size, uint64_t rows)
{
	uint8_t row[sizeof(struct mem)];

	_Static_assert(sizeof(struct mem) >= sizeof(struct task) && sizeof(struct mem) >= ROW_MAX,
		       "a row of any table");
	rowset_init(set, row_size, (uint32_t)rows, &r->t->left);
	for (uint64_t i = 0; i < rows; i++) {
		if (i % 65536 == 0 && !verify_goes_on(r->v, r->o, 0))
			return false;
		if (!take_row(r, row, row_size))
			return false;
		if (set == &r->t->states && !names_rows(r, row))
			return unreadable(r, "a state has a part that is not there");
		switch (rowset_add(set, row)) {
		case -EEXIST:
			return unreadable(r, set == &r->t->states ? "a state stands there twice" :
					  "a part of states stands there twice");
		case -ENOMEM:
			return no_memory(r);
		}
	}
	return true;
}

static bool take_tables(struct reader *r)
{
	uint64_t sum;

	if (!take_table(r, &r->t->mems, sizeof(struct mem), r->mems) ||
	    !take_table(r, &r->t->stacks, sizeof(struct task), r->stacks) ||
	    !take_table(r, &r->t->states, ROW_MEM + r->v->scenario.tasks * ROW_STACK,
			r->v->states) || !take(r, &sum, sizeof(sum)))
		return false;
	return (r->at == r->size && getc(r->in) == EOF) ||
	       unreadable(r, "there is more in it than it says");
}

bool read_certificate(struct verification *v, struct tables *t, FILE *in,
		      const struct verify_options *o)
{
	struct reader *r = calloc(1, sizeof(*r));
	bool read;

	*t = (struct tables){ .left = o->max_bytes ? o->max_bytes : UINT64_MAX };
	if (!r)
		return verify_ends(v, VERIFY_UNFINISHED, "memory");
	r->in = in;
	r->v = v;
	r->t = t;
	r->o = o;
	read = take_name(r) && check_sum(r) && take_head(r) && judge_switches(r) &&
	       judge_kernel(r) && judge_properties(r) && judge_bounds(r) && take_scenario(r) &&
	       take_tables(r);
	free(r);
	return read;
}
