/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse.c - the text of a deck.  docs/deck-format.md is the format.
 */
#include "replay/deck/parse.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/property.h"
#include "core/text.h"

/* inih calls it line by line and tells it no line numbers, so that its reader counts. */
struct reader {
	struct deck *d;
	struct deck_error *err;
	const char *next;	/* text not read yet */
	unsigned line;
	bool further;		/* the line is a further value of the key above it */
	bool in_deck;		/* a [deck] section was there */
	int failed;		/* a negative errno */
};

int deck_refuse(struct deck_error *err, unsigned line, const char *format, ...)
{
	va_list ap;

	err->line = line;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	return -EINVAL;
}

/* What a key's parser returned, as inih has it; the first error is kept. */
static int done(struct reader *r, int err)
{
	if (err && !r->failed)
		r->failed = err;
	return !r->failed;
}

#define REFUSE(r, ...) done(r, (r)->failed ? 0 : deck_refuse((r)->err, (r)->line, __VA_ARGS__))

/* Whether a text has no character that would do something to a terminal. */
static bool printable(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		if ((*p < 0x20 && *p != '\t') || *p == 0x7f ||
		    (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return false;
	return true;
}

/* ---- values ---- */

/* A value of one line, which stands once. */
static int once(struct reader *r, const char *name, const char *value, char *out, size_t size)
{
	if (*out)
		return REFUSE(r, "%s stands here twice", name);
	if (!*value)
		return REFUSE(r, "%s = : a value is needed", name);
	if (strlen(value) >= size)
		return REFUSE(r, "%s: at most %zu characters", name, size - 1);
	strcpy(out, value);
	return 1;
}

/* A line of a text: one behind the line before it, or the first of a paragraph. */
static int add_text(struct reader *r, const char *name, const char *value, char **text)
{
	const char *between = !*text ? "" : r->further ? " " : "\n\n";
	size_t n = *text ? strlen(*text) : 0;
	char *longer;

	if (n + strlen(between) + strlen(value) > DECK_TEXT_MAX)
		return REFUSE(r, "%s: at most %d characters", name, DECK_TEXT_MAX);
	longer = realloc(*text, n + strlen(between) + strlen(value) + 1);
	if (!longer)
		return done(r, -ENOMEM);
	strcpy(longer + n, between);
	strcat(longer, value);
	*text = longer;
	return 1;
}

static int add_claim(struct reader *r, struct beat *b, const char *value)
{
	struct claim *more;

	if (b->claims == DECK_CLAIMS)
		return REFUSE(r, "at most %d claims a beat", DECK_CLAIMS);
	more = realloc(b->claim, (b->claims + 1) * sizeof(*more));
	if (!more)
		return done(r, -ENOMEM);
	b->claim = more;
	return done(r, claim_parse(&more[b->claims++], value, r->line, r->err));
}

static int minutes(struct reader *r, const char *value, unsigned *out)
{
	size_t v;

	if (*out)
		return REFUSE(r, "minutes stands here twice");
	if (!whole_number(value, 600, &v) || !v)
		return REFUSE(r, "minutes = %.40s: a number from 1 to 600 is needed", value);
	*out = (unsigned)v;
	return 1;
}

static int kernel(struct reader *r, const char *name, const char *value, struct named_kernel *k)
{
	char text[sizeof(r->err->text)];

	if (*k->text)
		return REFUSE(r, "%s stands here twice", name);
	if (named_kernel_parse(k, name, value, text, sizeof(text)))
		return REFUSE(r, "%s", text);
	return 1;
}

/* How the schedule comes about is said once. */
static bool says_how(const struct beat *b)
{
	return b->property >= 0 || b->schedule || *b->reach;
}

static int how(struct reader *r, struct beat *b, const char *name, const char *value)
{
	struct goal goal;

	if (says_how(b) && !(r->further && b->schedule))
		return REFUSE(r, "%s: a beat has one of property, schedule and reach, once", name);
	b->how_line = b->how_line ? b->how_line : r->line;
	if (!strcmp(name, "schedule"))
		return add_text(r, name, value, &b->schedule);
	if (!strcmp(name, "property")) {
		b->property = property_find(value);
		return b->property >= 0 ? 1 :
		       REFUSE(r, "property = %.40s: no such property; 'swapscope list properties' "
				 "shows them", value);
	}
	switch (scenario_goal(value, &goal)) {
	case 0:
		return once(r, name, value, b->reach, sizeof(b->reach));
	case -EINVAL:
		return REFUSE(r, "reach: the step has no result '%.60s'; 'swapscope list steps' "
				 "shows them", goal.result);
	default:
		return REFUSE(r, "reach = %.80s: no such step; 'swapscope list steps' shows them "
				 "as 'operation: text'", value);
	}
}

/* ---- sections ---- */

static int parse_beat(struct reader *r, const char *name, const char *value)
{
	struct beat *b = &r->d->beat[r->d->beats - 1];

	if (!strcmp(name, "title"))
		return once(r, name, value, b->title, sizeof(b->title));
	if (!strcmp(name, "text"))
		return add_text(r, name, value, &b->text);
	if (!strcmp(name, "note"))
		return add_text(r, name, value, &b->note);
	if (!strcmp(name, "minutes"))
		return minutes(r, value, &b->minutes);
	if (!strcmp(name, "scenario")) {
		b->scenario_line = r->line;
		return once(r, name, value, b->scenario, sizeof(b->scenario));
	}
	if (!strcmp(name, "kernel"))
		return kernel(r, name, value, &b->kernel);
	if (!strcmp(name, "beside"))
		return kernel(r, name, value, &b->beside);
	if (!strcmp(name, "property") || !strcmp(name, "schedule") || !strcmp(name, "reach"))
		return how(r, b, name, value);
	if (!strcmp(name, "at"))
		return b->at.line ? REFUSE(r, "at stands here twice") :
		       done(r, place_parse(&b->at, value, r->line, r->err));
	if (!strcmp(name, "point"))
		return b->point.line ? REFUSE(r, "point stands here twice") :
		       done(r, pointed_parse(&b->point, value, r->line, r->err));
	if (!strcmp(name, "must"))
		return add_claim(r, b, value);
	return REFUSE(r, "no key '%.40s' in [beat]; there are title, text, note, minutes, "
			 "scenario, kernel, beside, property, schedule, reach, at, point, must",
		      name);
}

static int parse_deck(struct reader *r, const char *name, const char *value)
{
	if (!strcmp(name, "title"))
		return once(r, name, value, r->d->title, sizeof(r->d->title));
	if (!strcmp(name, "minutes"))
		return minutes(r, value, &r->d->minutes);
	return REFUSE(r, "no key '%.40s' in [deck]; there are title and minutes", name);
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;

	if (r->failed)
		return 0;
	if (!printable(value))
		return REFUSE(r, "%.40s: no control character may be in it", name);
	if (!strcmp(section, "deck"))
		return parse_deck(r, name, value);
	if (!strcmp(section, "beat"))
		return parse_beat(r, name, value);
	return REFUSE(r, "'%.40s' stands before the first [section]", name);
}

/* What only a beat that was read to its end can say. */
static int check_beat(struct reader *r, const struct beat *b)
{
	bool first = b == r->d->beat;

	if (!*b->title)
		return deck_refuse(r->err, b->line, "this [beat] lacks 'title = ...'");
	if (!*b->scenario && (*b->kernel.text || *b->beside.text || says_how(b)))
		return deck_refuse(r->err, b->line, "this [beat] makes runs and lacks 'scenario = "
				   "...'; without kernel, beside, property, schedule and reach it "
				   "goes on in those of the beat before");
	if (!*b->scenario && first)
		return deck_refuse(r->err, b->line, "the first [beat] needs 'scenario = ...'");
	if (*b->scenario && !says_how(b))
		return deck_refuse(r->err, b->scenario_line, "how does the run come about? "
				   "'property = ...', 'schedule = ...' or 'reach = ...' is needed");
	return 0;
}

static int begin_beat(struct reader *r)
{
	struct deck *d = r->d;
	struct beat *more;

	if (d->beats == DECK_BEATS)
		return REFUSE(r, "at most %d beats", DECK_BEATS);
	if (d->beats && !done(r, check_beat(r, &d->beat[d->beats - 1])))
		return 0;
	more = realloc(d->beat, (d->beats + 1) * sizeof(*more));
	if (!more)
		return done(r, -ENOMEM);
	d->beat = more;
	d->beat[d->beats++] = (struct beat){ .line = r->line, .property = -1 };
	return 1;
}

/* A line as inih will read it: where it begins a section, make what that stands for. */
static void begin_section(struct reader *r, const char *line)
{
	const char *end;
	size_t n;

	r->further = isspace((unsigned char)*line);
	line += strspn(line, " \t\r");
	end = strchr(line, ']');
	if (*line != '[' || !end || r->further)
		return;		/* no section; or a broken one, which inih refuses */
	n = (size_t)(end - line + 1);
	if (n == 6 && !strncmp(line, "[beat]", n)) {
		begin_beat(r);
	} else if (n == 6 && !strncmp(line, "[deck]", n)) {
		if (r->in_deck || r->d->beats)
			REFUSE(r, "[deck] stands once, before the first [beat]");
		r->in_deck = true;
	} else {
		REFUSE(r, "%.*s: the sections are [deck] and [beat]", (int)(n < 60 ? n : 60), line);
	}
}

static char *read_line(char *buf, int size, void *stream)
{
	struct reader *r = stream;

	if (!*r->next || r->failed)
		return NULL;
	r->line++;
	if (!text_line(&r->next, buf, (size_t)size)) {
		REFUSE(r, "a line is at most %d characters", size - 2);
		return NULL;
	}
	begin_section(r, buf);
	return buf;
}

int deck_parse(struct deck *d, const char *name, const char *text, struct deck_error *err)
{
	struct reader r = { .d = d, .err = err, .next = text };
	int line;

	*d = (struct deck){ 0 };
	*err = (struct deck_error){ 0 };
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		r.next += 3;	/* a byte order mark */
	d->name = strdup(name);
	if (!d->name)
		return -ENOMEM;
	line = ini_parse_stream(read_line, &r, handle, &r);
	if (line && !r.failed) {
		r.line = line > 0 ? (unsigned)line : 0;
		REFUSE(&r, "a line is a comment, '[section]', 'key = value', or indented: more of "
			   "the value above it");
	}
	if (!r.failed && !d->beats)
		r.failed = deck_refuse(err, 0, "a deck has a [beat] at least");
	else if (!r.failed)
		r.failed = check_beat(&r, &d->beat[d->beats - 1]);
	if (r.failed)
		deck_free(d);
	return r.failed;
}

/* ---- files ---- */

int deck_load(struct deck *d, const char *name, struct deck_error *err)
{
	int error = 0;
	char *text;

	*err = (struct deck_error){ 0 };
	for (size_t i = 0; i < builtin_deck_count; i++)
		if (!strcmp(builtin_decks[i].name, name))
			return deck_parse(d, name, builtin_decks[i].text, err);
	text = text_file(name, "a deck", &error, err->text, sizeof(err->text));
	if (!text)
		return error;
	error = deck_parse(d, name, text, err);
	free(text);
	return error;
}

void deck_free(struct deck *d)
{
	for (unsigned i = 0; i < d->beats; i++) {
		free(d->beat[i].text);
		free(d->beat[i].note);
		free(d->beat[i].schedule);
		free(d->beat[i].claim);
	}
	free(d->beat);
	free(d->name);
	*d = (struct deck){ 0 };
}

unsigned deck_runs_of(const struct deck *d, unsigned beat)
{
	while (beat && !*d->beat[beat].scenario)
		beat--;
	return beat;
}

unsigned deck_minutes(const struct deck *d)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < d->beats; i++)
		sum += d->beat[i].minutes;
	return d->minutes ? d->minutes : sum;
}
