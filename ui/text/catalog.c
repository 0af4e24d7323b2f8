/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* strcasestr() */
#include "ui/text/catalog.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ui/text/names.h"
#include "ui/text/text.h"

const struct unexpressed unexpressed[] = {
	{ "B16", "5c241ed8d031, a05dd8ae5cbb",
	  "",
	  "mm/shmem, swap: improve cached mTHP handling and fix potential hang",
	  "It takes one entry of a shmem mapping that stands for several slots and is split while "
	  "a folio of the old size is still in the swap cache.  A mapping has entries of one page "
	  "here, and a folio is one page." },
	{ "B17", "8a1968bd997f",
	  "CVE-2026-23161",
	  "mm/shmem, swap: fix race of truncate and swap entry split",
	  "Truncation erases an entry whose order it read before somebody split it.  As above: no "
	  "entry has an order here." },
	{ "B22", "12dcb0ef5406",
	  "CVE-2025-21693",
	  "mm: zswap: properly synchronize freeing resources during CPU hotunplug",
	  "What is freed too early is the compressor's buffer of one CPU.  A task has no CPU here, "
	  "CPUs do not go away, and compressing needs no context." },
	{ "B23", "",
	  "",
	  "a folio charged to a memory cgroup before its slot is pinned",
	  "The data is right and the wrong cgroup pays.  Nobody pays here: there are no cgroups, "
	  "and no property could tell." },
	{ "B24", "2e601e1e8e4b",
	  "",
	  "mm: zswap: fix objcg use-after-free in entry destruction",
	  "Two lines in the wrong order: the entry's owner is let go before the LRU list is looked "
	  "up by it.  It takes no second task, and all of it is inside one step." },
	{ "B25", "d3852f9692b8, 270f095179ff, 4984d746c80e, 4b34f1d82c65",
	  "",
	  "the swap table's second phase (v7.0)",
	  "These commits repair nothing.  They remove the windows that the others go through: with "
	  "every swapin in the swap cache, SWAP_HAS_CACHE has nothing left to say." },
};
const size_t unexpressed_count = sizeof(unexpressed) / sizeof(unexpressed[0]);

/* Ids in a reader's order: letters, then the number as one, then what is behind it. */
static int compare_ids(const char *a, const char *b)
{
	unsigned long x, y;
	char *end_a, *end_b;

	while (*a && *a == *b && !isdigit((unsigned char)*a)) {
		a++;
		b++;
	}
	if (!isdigit((unsigned char)*a) || !isdigit((unsigned char)*b))
		return strcmp(a, b);
	x = strtoul(a, &end_a, 10);
	y = strtoul(b, &end_b, 10);
	return x != y ? (x > y) - (x < y) : strcmp(end_a, end_b);
}

static int compare_scenarios(const void *a, const void *b)
{
	const struct scenario *x = a, *y = b;
	int order = compare_ids(x->bug.id, y->bug.id);

	return order ? order : strcmp(x->name, y->name);
}

int catalog_load(struct catalog *c)
{
	*c = (struct catalog){ .of = calloc(builtin_scenario_count, sizeof(*c->of)) };
	if (!c->of)
		return usage_error("out of memory");
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		int status = load_scenario(&c->of[c->n], builtin_scenarios[i].name);

		if (status) {
			catalog_free(c);
			return status;
		}
		if (c->of[c->n].bug.present)
			c->n++;
		else
			scenario_free(&c->of[c->n]);
	}
	qsort(c->of, c->n, sizeof(*c->of), compare_scenarios);
	return EXIT_OK;
}

void catalog_free(struct catalog *c)
{
	for (size_t i = 0; i < c->n; i++)
		scenario_free(&c->of[i]);
	free(c->of);
	*c = (struct catalog){ 0 };
}

const struct scenario *catalog_find(const struct catalog *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcasecmp(c->of[i].bug.id, id))
			return &c->of[i];
	return NULL;
}

/* ---- what a file says of its bug, as text ---- */

static void append(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	snprintf(buf + n, size - n, "%s%s", n ? ", " : "", text);
}

/* A case about the preset as it is that says the bug, or that says safe. */
static bool expects_of_preset(const struct scenario *s, const char *preset, bool safe)
{
	for (unsigned i = 0; i < s->expects; i++) {
		const struct expect *e = &s->expect[i];

		bool shows = (e->any | e->all) >> s->bug.property & 1;

		if (!e->set_count && !strcmp(e->kernel, preset) &&
		    (safe ? e->safe && !shows : shows))
			return true;
	}
	return false;
}

static const char *kernels(const struct scenario *s, bool safe, char *buf)
{
	const struct preset *p;
	size_t n;

	*buf = '\0';
	p = kernel_presets(&n);
	for (size_t i = 0; i < n; i++)
		if (expects_of_preset(s, p[i].name, safe))
			append(buf, KERNELS_MAX, p[i].name);
	return buf;
}

const char *kernels_found(const struct scenario *s, char *buf)
{
	if (!*kernels(s, false, buf))
		append(buf, KERNELS_MAX, s->bug.shows.text);
	return buf;
}

const char *kernels_safe(const struct scenario *s, char *buf)
{
	if (!*kernels(s, true, buf))
		append(buf, KERNELS_MAX, s->bug.beside.text);
	return buf;
}

const char *commits_text(const struct bug *b, char *buf)
{
	*buf = '\0';
	for (unsigned i = 0; i < b->commits; i++)
		append(buf, COMMITS_MAX, b->commit[i]);
	return buf;
}

const char *cves_text(const struct bug *b, char *buf)
{
	*buf = '\0';
	for (unsigned i = 0; i < b->cves; i++)
		append(buf, CVES_MAX, b->cve[i]);
	return buf;
}

/* ---- by what people call it ---- */

#define HEX "0123456789abcdefABCDEF"

/* A word of a text, which is of letters, digits and '-'; *n its length, 0 at the end. */
static const char *next_word(const char *at, size_t *n)
{
	while (*at && !isalnum((unsigned char)*at))
		at++;
	for (*n = 0; isalnum((unsigned char)at[*n]) || at[*n] == '-';)
		++*n;
	return at;
}

/* Does one of the words of `text` stand for what was typed, n bytes of it? */
static bool has_name(const char *text, const char *typed, size_t n)
{
	bool commit = strncasecmp(typed, "CVE-", 4) != 0;
	size_t len, common;

	for (text = next_word(text, &len); len; text = next_word(text + len, &len)) {
		common = commit && n < len ? n : len;
		if (commit ? len >= 7 && strspn(text, HEX) >= len && common <= n &&
			     !strncasecmp(text, typed, common) :
			     len == n && !strncasecmp(text, typed, n))
			return true;
	}
	return false;
}

/* Is each of the words one of the names, a CVE or a commit, or else in the text? */
static bool has_words(const char *text, const char *names, const char *words)
{
	bool any = false;
	char word[80];
	size_t n;

	for (words += strspn(words, " "); *words; words += n, words += strspn(words, " ")) {
		n = strcspn(words, " ");
		snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : 0), words);
		if (n >= sizeof(word))
			return false;
		any = true;
		if (!strncasecmp(word, "CVE-", 4) || (n >= 7 && strspn(word, HEX) == n) ?
		    !has_name(names, word, n) : !strcasestr(text, word))
			return false;
	}
	return any;
}

bool bug_has_words(const struct scenario *s, const char *words)
{
	char text[1024], names[1024], commits[COMMITS_MAX], cves[CVES_MAX];
	const struct bug *b = &s->bug;

	snprintf(text, sizeof(text), "%s. %s", b->subject, s->title);
	snprintf(names, sizeof(names), "%s. %s. %s. %s", commits_text(b, commits),
		 cves_text(b, cves), b->introduced, b->fixed);
	return has_words(text, names, words);
}

bool unexpressed_has_words(const struct unexpressed *u, const char *words)
{
	char names[256];

	snprintf(names, sizeof(names), "%s. %s", u->commit, u->cve);
	return has_words(u->subject, names, words);
}

/* ---- what the search says of it ---- */

int catalog_repair(const struct scenario *s, struct repair *r)
{
	const struct bug *b = &s->bug;
	int err = repair_make(r, s, &b->shows.kernel, &b->beside.kernel, b->property);

	if (err == -ENOENT)
		return usage_error("%s: its [bug] says that %s shows %s, which is not so", s->name,
				   b->shows.text, properties[b->property].name);
	if (err)
		return usage_error("%s: the schedule cannot be run under %s: %s", s->name,
				   b->beside.text, strerror(-err));
	return EXIT_OK;
}

void print_parting(FILE *out, const struct repair *r)
{
	const char *between = "";

	if (r->rules)
		fputs("The repair is the rule ", out);
	else
		fputs("No rule alone is the repair.", out);
	for (enum kernel_switch w = 0; w < SWITCH_COUNT; w++) {
		char before[32], now[32];

		if (!(r->rules >> w & 1))
			continue;
		switch_value(w, kernel_get(&r->broken.run.kernel, w), before, sizeof(before));
		switch_value(w, kernel_get(&r->fixed.run.kernel, w), now, sizeof(now));
		fprintf(out, "%s%s (%s in the first, %s in the second)", between,
			kernel_switches[w].name, before, now);
		between = ", or ";
	}
	fprintf(out, "%s\nThe first %zu of the steps above are the same; from there on:\n",
		r->rules ? "." : "", r->same);
}

void print_commands(FILE *out, const struct scenario *s, const char *indent)
{
	bool shipped = !strpbrk(s->name, "/.");

	fprintf(out, "%sswapscope explore ", indent);
	print_quoted(out, s->name);
	print_kernel_options(out, s->bug.shows.text);
	fprintf(out, " --property %s\n%sswapscope catalog ", properties[s->bug.property].name,
		indent);
	print_quoted(out, shipped ? s->bug.id : s->name);
	fprintf(out, " --save %s.db\n", s->bug.id);
	fprintf(out, "%sswapscope view %s.db:1 %s.db:2\n%sswapscope present ", indent, s->bug.id,
		s->bug.id, indent);
	print_quoted(out, shipped ? s->bug.id : s->name);
	fputc('\n', out);
}

/* ---- a bug and its repair ---- */

void broken_verdict(const struct repair *r, char *buf)
{
	found_verdict(r->property, r->schedule.n, r->broken.states, buf);
}

void fixed_verdict(const struct repair *r, char *buf)
{
	searched_verdict(r->fixed.verdict, r->fixed.complete, r->fixed.states,
			 r->fixed.transitions, buf);
}

int record_repair(struct trace_writer *tw, const struct repair *r, const char *title,
		  const char *const kernel_name[2], int run[2])
{
	char verdict[2][VERDICT_TEXT_MAX];
	const struct execution *x[2] = { &r->broken.run, &r->fixed.run };

	broken_verdict(r, verdict[0]);
	fixed_verdict(r, verdict[1]);
	for (int side = 0; side < 2; side++) {
		struct run_meta meta = { .title = title, .kernel_name = kernel_name[side],
					 .verdict = verdict[side],
					 .repeats = !side && r->loop < r->schedule.n,
					 .loop = r->loop };

		run[side] = trace_execution(tw, x[side], &meta);
		if (run[side] < 0)
			return run[side];
	}
	return 0;
}
