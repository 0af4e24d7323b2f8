/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario_parse.c - the text of a scenario file.  docs/scenario-format.md is the format.
 */
#include "core/scenario.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mm/mm.h"
#include "core/property.h"
#include "core/task.h"

enum place { AT_NONE, AT_PRESENT, AT_UNBORN, AT_ZSWAP, AT_DEVICE, AT_CACHE, AT_SHARES, PLACES };

/* The parser: inih calls it line by line and tells it no line numbers, so its reader counts. */
struct parser {
	struct scenario *s;
	struct scenario_error *err;
	const char *next;	/* text not read yet */
	unsigned line;
	bool failed;
	bool has_page[MAX_PAGES];
	bool placed[MAX_PAGES];
};

static int fail(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Keep the first error.  Returns 0, which is how an inih handler says so. */
static int fail(struct parser *p, const char *format, ...)
{
	va_list ap;

	if (p->failed)
		return 0;
	p->failed = true;
	p->err->line = p->line;
	va_start(ap, format);
	vsnprintf(p->err->text, sizeof(p->err->text), format, ap);
	va_end(ap);
	return 0;
}

static void begin_section(struct parser *p, const char *line);

static char *read_line(char *buf, int size, void *stream)
{
	struct parser *p = stream;
	size_t n = strcspn(p->next, "\n");

	if (!*p->next || p->failed)
		return NULL;
	p->line++;
	if (n + 2 > (size_t)size) {
		fail(p, "a line is at most %d characters", size - 2);
		return NULL;
	}
	memcpy(buf, p->next, n);
	buf[n] = '\n';
	buf[n + 1] = '\0';
	p->next += n + (p->next[n] == '\n');
	begin_section(p, buf);
	return buf;
}

/* ---- words ---- */

/*
 * The next word of *text into word; false when there is none.  One that is too long is cut, and
 * so is none of the words that are looked for.
 */
static bool next_word(const char **text, char *word, size_t size)
{
	size_t n;

	*text += strspn(*text, " \t,");
	n = strcspn(*text, " \t,");
	if (!n)
		return false;
	snprintf(word, size, "%.*s", (int)(n < size ? n : size - 1), *text);
	*text += n;
	return true;
}

static bool parse_number(const char *text, long max, long *v)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*v = strtol(text, &end, 10);
	return !errno && !*end && *v <= max;
}

static int number_between(struct parser *p, const char *name, const char *value, long min,
			  long max, uint8_t *out)
{
	long v;

	if (!parse_number(value, max, &v) || v < min)
		return fail(p, "%s = %.40s: a number from %ld to %ld is needed", name, value, min,
			    max);
	*out = (uint8_t)v;
	return 1;
}

static int text_of(struct parser *p, const char *name, const char *value, char *out, size_t size)
{
	if (strlen(value) >= size)
		return fail(p, "%s: at most %zu characters", name, size - 1);
	strcpy(out, value);
	return 1;
}

/* ---- kernels ---- */

static int check_kernel(struct parser *p, const char *name, struct kernel *k)
{
	char near[160];

	if (!kernel_named(k, name, near, sizeof(near)))
		return 1;
	return fail(p, "no kernel '%.40s'; there are %s", name, near);
}

static int check_set(struct parser *p, struct kernel *k, const char *set)
{
	enum kernel_switch s = kernel_switch_named(set);
	if (!kernel_set(k, set))
		return 1;
	if (s < SWITCH_COUNT)
		return fail(p, "'%.60s': %s is one of %s", set, kernel_switches[s].name,
			    kernel_switches[s].values);
	return fail(p, "no switch in '%.40s'; 'swapscope list switches' shows them", set);
}

/* ---- [scenario] ---- */

static int parse_device(struct parser *p, const char *value)
{
	for (unsigned i = 0; i < DEVICE_COUNT; i++)
		if (!strcmp(device_name(i), value)) {
			p->s->hw.device = (uint8_t)i;
			return 1;
		}
	return fail(p, "device = %.40s: zram, brd or disk is needed", value);
}

static int parse_may_fail(struct parser *p, const char *value)
{
	char word[16];

	while (next_word(&value, word, sizeof(word))) {
		if (!strcmp(word, "store"))
			p->s->hw.store_fails = 1;
		else if (!strcmp(word, "decompress"))
			p->s->hw.decompress_fails = 1;
		else
			return fail(p, "may_fail = %s: 'store' and 'decompress' can be made to fail",
				    word);
	}
	return 1;
}

static int parse_scenario(struct parser *p, const char *name, const char *value)
{
	struct scenario *s = p->s;
	struct kernel switched;
	long v;

	if (!strcmp(name, "title"))
		return text_of(p, name, value, s->title, sizeof(s->title));
	if (!strcmp(name, "bounded"))
		return text_of(p, name, value, s->bounded, sizeof(s->bounded));
	if (!strcmp(name, "device"))
		return parse_device(p, value);
	if (!strcmp(name, "slots"))
		return number_between(p, name, value, 1, MAX_SLOTS, &s->hw.slots);
	if (!strcmp(name, "pool"))
		return number_between(p, name, value, 1, MAX_ENTRIES - 1, &s->hw.entries);
	if (!strcmp(name, "slot_cache"))
		return number_between(p, name, value, 0, MAX_SLOTS, &s->hw.slot_cache);
	if (!strcmp(name, "alloc_cache"))
		return number_between(p, name, value, 0, MAX_SLOTS, &s->hw.alloc_cache);
	if (!strcmp(name, "second_device"))
		return number_between(p, name, value, 1, MAX_SLOTS - 1, &s->hw.second);
	if (!strcmp(name, "readahead"))
		return number_between(p, name, value, 0, 1, &s->hw.readahead);
	if (!strcmp(name, "charge_reclaims"))
		return number_between(p, name, value, 0, 1, &s->hw.charge_reclaims);
	if (!strcmp(name, "swap_full"))
		return number_between(p, name, value, 0, 1, &s->hw.swap_full);
	if (!strcmp(name, "may_fail"))
		return parse_may_fail(p, value);
	if (!strcmp(name, "kernel") && strchr(s->kernel_name, ' '))
		return fail(p, "kernel = %.40s: it comes before what is set over it", value);
	if (!strcmp(name, "kernel"))
		return check_kernel(p, value, &s->kernel) &&
		       text_of(p, name, value, s->kernel_name, sizeof(s->kernel_name));
	if (!strcmp(name, "set")) {
		switched = s->kernel;
		if (!check_set(p, &switched, value))
			return 0;
		if (strlen(s->kernel_name) + strlen(value) + 2 > sizeof(s->kernel_name))
			return fail(p, "too many switches are set");
		strcat(strcat(s->kernel_name, " "), value);
		s->kernel = switched;
		return 1;
	}
	if (!strcmp(name, "max_depth") || !strcmp(name, "max_states")) {
		if (!parse_number(value, 1000000000, &v) || v < 1)
			return fail(p, "%s = %.40s: a number from 1 is needed", name, value);
		if (name[4] == 'd')
			s->max_depth = (unsigned)v;
		else
			s->max_states = (uint64_t)v;
		return 1;
	}
	return fail(p, "no key '%.40s' in [scenario]; there are title, device, slots, pool, "
		    "slot_cache, alloc_cache, second_device, swap_full, readahead, "
		    "charge_reclaims, may_fail, kernel, set, max_depth, max_states, bounded",
		    name);
}

/* ---- [page N] ---- */

/* A folio with the page's content; what else refers to it is the caller's. */
static unsigned put_folio(struct mem *m, const struct vpage *p, uint8_t flags)
{
	unsigned i = 1;

	while (m->folio[i].ref)
		i++;
	m->folio[i] = (struct folio){ .content = p->stamp, .flags = flags | FOLIO_UPTODATE | FOLIO_LRU };
	return i;
}

static void put_present(struct mem *m, struct vpage *p)
{
	unsigned folio = put_folio(m, p, FOLIO_DIRTY | (p->shmem ? 0 : FOLIO_EXCLUSIVE));

	m->folio[folio].ref = 1;
	m->folio[folio].mapcount = 1;
	m->folio[folio].index = p->shmem ? 0 : (uint8_t)(p->addr + 1);
	p->pte = PTE_PRESENT;
	p->target = (uint8_t)folio;
	p->bits |= p->shmem ? 0 : PTE_WRITE;
}

static void put_entry(struct mem *m, const struct vpage *p, unsigned slot)
{
	unsigned i = 1, at = 0;

	while (m->entry[i].state != ENTRY_FREE)
		i++;
	m->entry[i] = (struct zentry){ .state = ENTRY_LIVE, .ref = 1, .swp = (uint8_t)slot,
				       .stamp = p->stamp, .life = m->slot[slot].life };
	m->slot[slot].entry = (uint8_t)i;
	while (m->lru[at])
		at++;
	m->lru[at] = (uint8_t)i;
}

/* In the swap cache, dirty, unmapped: as swap-out leaves it before it is written. */
static void put_cached(struct mem *m, const struct vpage *p, unsigned slot)
{
	unsigned folio = put_folio(m, p, FOLIO_DIRTY);

	m->folio[folio].index = p->shmem ? 0 : (uint8_t)(p->addr + 1);
	add_to_swap_cache(m, folio, slot);
	m->slot[slot].swap_map |= SWAP_HAS_CACHE;
}

static void put_swapped(struct mem *m, struct vpage *p, enum place place, unsigned slot)
{
	struct slot *sl = &m->slot[slot];

	p->pte = PTE_SWAP;
	p->target = (uint8_t)slot;
	p->bits |= p->shmem ? 0 : PTE_EXCLUSIVE;
	sl->swap_map++;
	if (place == AT_DEVICE) {
		sl->dev = p->stamp;
		sl->dev_life = sl->life;
	} else if (place == AT_ZSWAP) {
		put_entry(m, p, slot);
	} else {
		put_cached(m, p, slot);
	}
}

/* As fork() leaves it: page `of` of another mm and this one have the same folio or slot. */
static void put_shared(struct mem *m, struct vpage *p, struct vpage *of)
{
	of->bits &= (uint8_t)~(PTE_EXCLUSIVE | PTE_WRITE);
	p->pte = of->pte;
	p->target = of->target;
	p->bits = of->bits;
	p->addr = of->addr;
	p->stamp = of->stamp;
	if (p->pte == PTE_SWAP) {
		m->slot[p->target].swap_map++;
	} else {
		m->folio[p->target].ref++;
		m->folio[p->target].mapcount++;
		m->folio[p->target].flags &= (uint8_t)~FOLIO_EXCLUSIVE;
	}
}

static void put_page(struct scenario *s, unsigned page, enum place place, unsigned n)
{
	struct mem *m = &s->start.mem;
	struct vpage *p = &m->page[page];

	p->addr = (uint8_t)page;
	if (place == AT_UNBORN)
		m->mm[p->mm].unborn = 1;
	if (place == AT_NONE || place == AT_UNBORN)
		return;
	if (place == AT_SHARES) {
		put_shared(m, p, &m->page[n]);
		return;
	}
	p->stamp = ++m->last_stamp;
	p->bits = PTE_SOFT_DIRTY;
	if (place == AT_PRESENT)
		put_present(m, p);
	else
		put_swapped(m, p, place, n);
}

/* `n` of "at = zswap n", "at = shares n": can a page be placed there? */
static int check_place(struct parser *p, unsigned page, enum place place, long n)
{
	const struct mem *m = &p->s->start.mem;

	if (place == AT_SHARES && (m->page[n].pte == PTE_NONE || m->page[n].shmem ||
				   m->page[n].mm == m->page[page].mm))
		return fail(p, "at = shares %ld: a page of another mm that is in memory or in swap, "
			    "and stands before it, can be shared", n);
	if (place >= AT_ZSWAP && place != AT_SHARES && m->slot[n].swap_map)
		return fail(p, "slot %ld has a page already", n);
	if (place == AT_UNBORN && m->page[page].shmem)
		return fail(p, "at = unborn: a shmem file is not made by fork()");
	return 1;
}

static int parse_page(struct parser *p, unsigned page, const char *name, const char *value)
{
	static const char *const places[PLACES] = {
		[AT_NONE] = "none", [AT_PRESENT] = "present", [AT_UNBORN] = "unborn",
		[AT_ZSWAP] = "zswap", [AT_DEVICE] = "device", [AT_CACHE] = "cache",
		[AT_SHARES] = "shares",
	};
	struct vpage *vp = &p->s->start.mem.page[page];
	char word[16] = "", number[16] = "";
	long n = 0;
	unsigned place;

	if ((!strcmp(name, "mm") || !strcmp(name, "shmem")) && p->placed[page])
		return fail(p, "%s stands before at", name);
	if (!strcmp(name, "mm"))
		return number_between(p, name, value, 0, MAX_MMS - 1, &vp->mm);
	if (!strcmp(name, "shmem"))
		return number_between(p, name, value, 0, 1, &vp->shmem);
	if (strcmp(name, "at"))
		return fail(p, "no key '%.40s' in [page]; there are mm, shmem and at", name);
	next_word(&value, word, sizeof(word));
	for (place = 0; place < PLACES && strcmp(places[place], word); place++)
		;
	if (place == PLACES)
		return fail(p, "at = %.40s: none, present, unborn, 'zswap SLOT', 'device SLOT', "
			    "'cache SLOT' or 'shares PAGE' is needed", word);
	if (place >= AT_ZSWAP && (!next_word(&value, number, sizeof(number)) ||
				  !parse_number(number, MAX_SLOTS - 1, &n)))
		return fail(p, "at = %s: a %s from 0 to %d is needed", word,
			    place == AT_SHARES ? "page" : "slot", MAX_SLOTS - 1);
	if (value[strspn(value, " \t")])
		return fail(p, "at: '%.40s' is too much", value + strspn(value, " \t"));
	if (p->placed[page])
		return fail(p, "page %u is placed twice", page);
	if (!check_place(p, page, place, n))
		return 0;
	p->placed[page] = true;
	put_page(p->s, page, place, (unsigned)n);
	return 1;
}

/* ---- [task NAME] ---- */

static const struct verb verbs[] = {
	{ "read", OP_touch_page, 0, PAGE_ALWAYS },
	{ "write", OP_touch_page, AUX_WRITE, PAGE_ALWAYS },
	{ "zap", OP_zap_pte_range, 0, PAGE_ALWAYS },
	{ "clear_refs", OP_clear_refs_pte_range, 0, PAGE_ALWAYS },
	{ "uffd_wp", OP_uffd_wp_range, 0, PAGE_ALWAYS },
	{ "reclaim", OP_shrink_folio_list, 0, PAGE_MAY },
	{ "isolate", OP_isolate_and_lock, 0, PAGE_NEVER },
	{ "shrink", OP_zswap_shrink, 0, PAGE_NEVER },
	{ "drain", OP_drain_slots_cache_cpu, 0, PAGE_NEVER },
	{ "munmap", OP_unmap_vmas, 0, PAGE_ALWAYS },
	{ "fork", OP_copy_page_range, 0, PAGE_TWO },
	{ "move", OP_move_pages_pte, 0, PAGE_TWO },
	{ "swapoff", OP_swapoff, 0, PAGE_NEVER },
	{ "zswap_off", OP_zswap_enabled_param_set, 0, PAGE_NEVER },
	{ "zswap_on", OP_zswap_enabled_param_set, 1, PAGE_NEVER },
};

const struct verb *scenario_verbs(size_t *n)
{
	*n = sizeof(verbs) / sizeof(verbs[0]);
	return verbs;
}

#define VERBS_TEXT "read, write, zap, munmap, fork, move, clear_refs, uffd_wp, reclaim, isolate, " \
		   "shrink, drain, swapoff, zswap_off, zswap_on"

/* "[page N] [, N times | for ever]" behind the verb. */
static int parse_arguments(struct parser *p, const struct verb *v, const char *text,
			   struct item *item)
{
	char word[16], word2[16];
	long n;
	bool has_page = false, has_to = false;

	while (next_word(&text, word, sizeof(word))) {
		if (!strcmp(word, "once"))
			continue;
		if (!next_word(&text, word2, sizeof(word2)))
			return fail(p, "'%s' is half of something; 'page N', 'N times', 'once' or "
				    "'for ever' may follow %s", word, v->name);
		if (!strcmp(word, "page") && parse_number(word2, MAX_PAGES - 1, &n)) {
			item->page = (uint8_t)(v->page == PAGE_MAY ? n + 1 : n);
			has_page = true;
		} else if (!strcmp(word, "to") && v->page == PAGE_TWO &&
			   parse_number(word2, MAX_PAGES - 1, &n)) {
			item->to = (uint8_t)n;
			has_to = true;
		} else if (!strcmp(word, "device") && v->op == OP_swapoff &&
			   parse_number(word2, MAX_DEVICES - 1, &n)) {
			item->to = (uint8_t)n;
		} else if (!strcmp(word, "for") && !strcmp(word2, "ever")) {
			item->times = FOR_EVER;
		} else if (!strcmp(word2, "times") && parse_number(word, UINT8_MAX, &n) && n) {
			item->times = (uint8_t)n;
		} else {
			return fail(p, "'%s %s': 'page N' (0 to %d), 'N times' (1 to 255), 'once' "
				    "or 'for ever' may follow %s", word, word2, MAX_PAGES - 1,
				    v->name);
		}
	}
	if (text[strspn(text, " \t,")])
		return fail(p, "'%.40s' is not understood", text);
	if (has_page && v->page == PAGE_NEVER)
		return fail(p, "%s takes no page", v->name);
	if (v->page == PAGE_TWO && (!has_page || !has_to))
		return fail(p, "%s needs two pages: '%s page 0 to 1'", v->name, v->name);
	if (!has_page && v->page == PAGE_ALWAYS)
		return fail(p, "%s needs a page: '%s page 0'", v->name, v->name);
	return 1;
}

static bool valid_name(const char *name)
{
	return isalpha((unsigned char)*name) && strlen(name) <= 7 &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")]
	       == '\0';
}

/* [task NAME]: a task without operations yet. */
static int begin_task(struct parser *p, const char *task)
{
	struct scenario *s = p->s;

	if (!valid_name(task))
		return fail(p, "task '%.40s': a name is a letter and up to 6 letters, digits "
			    "or '_'", task);
	for (unsigned i = 0; i < s->tasks; i++)
		if (!strcmp(s->program[i].name, task))
			return fail(p, "task %s stands here twice", task);
	if (s->tasks == MAX_TASKS - 1)
		return fail(p, "at most %d tasks", MAX_TASKS - 1);
	strcpy(s->program[s->tasks++].name, task);
	return 1;
}

/* A line of [task NAME], the section that was begun last. */
static int parse_task(struct parser *p, const char *name, const char *value)
{
	struct scenario *s = p->s;
	struct program *prog = &s->program[s->tasks ? s->tasks - 1 : 0];
	char word[16] = "";
	struct item *item;

	if (!strcmp(name, "priority"))
		return number_between(p, name, value, 0, 9, &prog->priority);
	if (strcmp(name, "run"))
		return fail(p, "no key '%.40s' in [task]; there are run and priority", name);
	if (prog->items == MAX_ITEMS)
		return fail(p, "at most %d operations a task", MAX_ITEMS);
	if (prog->items && prog->item[prog->items - 1].times == FOR_EVER)
		return fail(p, "nothing comes after an operation that runs for ever");
	next_word(&value, word, sizeof(word));
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, word))
			continue;
		item = &prog->item[prog->items++];
		*item = (struct item){ .op = verbs[i].op, .aux = verbs[i].aux, .times = 1 };
		return parse_arguments(p, &verbs[i], value, item);
	}
	return fail(p, "run = %.40s: one of %s is needed", word, VERBS_TEXT);
}

/* ---- [expect] ---- */

/* "UAF", "MAPPED or LOST", then "not STALE"; or "safe", then of costs "SLEPT", "not DEADWB". */
static int parse_verdict(struct parser *p, struct expect *e, const char *text)
{
	char word[16];
	bool not = false;
	uint32_t *where;
	int prop;

	while (next_word(&text, word, sizeof(word))) {
		if (!strcmp(word, "safe") && !not) {
			e->safe = 1;
		} else if (!strcmp(word, "not")) {
			not = true;
		} else if (strcmp(word, "or")) {
			prop = property_find(word);
			if (prop < 0)
				return fail(p, "'%s' is neither 'safe' nor a property; 'swapscope "
					    "list properties' shows them", word);
			where = not ? &e->not : e->safe ? &e->all : &e->any;
			*where |= 1u << prop;
		}
	}
	if (!!e->safe == !!e->any)
		return fail(p, "a case says 'safe', or the properties that are violated");
	if (e->safe && ((e->all | e->not) & ~properties_costs()))
		return fail(p, "'safe' is all that can be said of properties; only costs stand "
			    "behind it");
	if (e->any & properties_costs())
		return fail(p, "a cost violates nothing: 'safe, COST' is meant");
	return 1;
}

static int parse_case(struct parser *p, const char *value)
{
	struct scenario *s = p->s;
	struct expect *e = &s->expect[s->expects];
	struct kernel k;
	const char *arrow = strstr(value, "->");
	char word[SCENARIO_NAME_MAX], left[256];
	const char *at = left;

	if (s->expects == SCENARIO_EXPECTS)
		return fail(p, "at most %d cases", SCENARIO_EXPECTS);
	if (!arrow)
		return fail(p, "a case is 'KERNEL [SWITCH=VALUE ...] -> VERDICT'");
	e->line = p->line;
	snprintf(left, sizeof(left), "%.*s", (int)(arrow - value), value);
	if (!next_word(&at, e->kernel, sizeof(e->kernel)))
		return fail(p, "a case begins with a kernel");
	if (!check_kernel(p, e->kernel, &k))
		return 0;
	while (next_word(&at, word, sizeof(word))) {
		if (!check_set(p, &k, word))
			return 0;
		if (e->set_count == SCENARIO_SETS || strlen(word) >= sizeof(e->sets[0]))
			return fail(p, "at most %d switches a case", SCENARIO_SETS);
		strcpy(e->sets[e->set_count++], word);
	}
	if (!parse_verdict(p, e, arrow + 2))
		return 0;
	s->expects++;
	return 1;
}

/* "operation: beginning of a step's text" */
static int parse_reach(struct parser *p, const char *value)
{
	struct scenario *s = p->s;

	if (s->reaches == SCENARIO_REACHES)
		return fail(p, "at most %d steps to reach", SCENARIO_REACHES);
	if (scenario_step(value) < 0)
		return fail(p, "no step '%.80s'; 'swapscope list steps' shows them as "
			    "'operation: text'", value);
	return text_of(p, "reach", value, s->reach[s->reaches++], sizeof(s->reach[0]));
}

static int parse_expect(struct parser *p, const char *name, const char *value)
{
	if (!strcmp(name, "case"))
		return parse_case(p, value);
	if (!strcmp(name, "reach"))
		return parse_reach(p, value);
	return fail(p, "no key '%.40s' in [expect]; there are case and reach", name);
}

/* ---- [bug] ---- */

static int parse_bug(struct parser *p, const char *name, const char *value)
{
	char text[sizeof(p->err->text)];

	return bug_parse(&p->s->bug, name, value, text, sizeof(text)) ? fail(p, "%s", text) : 1;
}

/* ---- the whole ---- */

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct parser *p = user;
	long page;

	if (p->failed)
		return 0;
	if (!strcmp(section, "scenario"))
		return parse_scenario(p, name, value);
	if (!strncmp(section, "page ", 5) && parse_number(section + 5, MAX_PAGES - 1, &page))
		return parse_page(p, (unsigned)page, name, value);
	if (!strncmp(section, "task ", 5))
		return parse_task(p, name, value);
	if (!strcmp(section, "expect"))
		return parse_expect(p, name, value);
	if (!strcmp(section, "bug"))
		return parse_bug(p, name, value);
	return fail(p, "'%.40s' stands before the first [section]", name);
}

/*
 * A line as inih will read it: where it begins a section, check that and make what it stands
 * for.  inih itself tells of a section only with its first key.
 */
static void begin_section(struct parser *p, const char *line)
{
	const char *end;
	char section[50];
	long page;

	line += strspn(line, " \t\r");
	end = strchr(line, ']');
	if (*line != '[' || !end)
		return;		/* no section; or a broken one, which inih refuses */
	if ((size_t)(end - line) > sizeof(section)) {
		fail(p, "a section's name is at most %zu characters", sizeof(section) - 1);
		return;
	}
	memcpy(section, line + 1, (size_t)(end - line - 1));
	section[end - line - 1] = '\0';
	if (!strncmp(section, "task ", 5)) {
		begin_task(p, section + 5);
	} else if (!strncmp(section, "page ", 5)) {
		if (!parse_number(section + 5, MAX_PAGES - 1, &page))
			fail(p, "[%s]: pages are numbered from 0 to %d", section, MAX_PAGES - 1);
		else if (p->has_page[page])
			fail(p, "page %ld stands here twice", page);
		else
			p->has_page[page] = true;
	} else if (!strcmp(section, "bug")) {
		p->s->bug.present = true;
	} else if (strcmp(section, "scenario") && strcmp(section, "expect")) {
		fail(p, "[%s]: the sections are [scenario], [page N], [task NAME], [expect] and "
		     "[bug]", section);
	}
}

static const struct verb *verb_of(const struct item *i)
{
	const struct verb *v = verbs;

	while (v->op != i->op || (v->op == OP_touch_page && v->aux != i->aux))
		v++;
	return v;
}

/* An operation's pages and device: are there such, and are they of the right kind? */
static int check_item(struct parser *p, const struct program *prog, const struct item *i)
{
	const struct mem *m = &p->s->start.mem;
	const struct verb *v = verb_of(i);
	unsigned page = i->page - (v->page == PAGE_MAY);
	bool used = v->page == PAGE_MAY ? i->page != 0 : v->page != PAGE_NEVER;

	if (used && page >= p->s->hw.pages)
		return fail(p, "task %s uses page %u but there are %u pages", prog->name, page,
			    p->s->hw.pages);
	if (v->page == PAGE_TWO && (i->to >= p->s->hw.pages || i->to == page))
		return fail(p, "task %s: %s needs two pages that there are", prog->name, v->name);
	if (used && m->page[page].shmem && v->op != OP_touch_page && v->page != PAGE_MAY)
		return fail(p, "task %s: page %u is of a shmem file; read, write and reclaim take "
			    "such", prog->name, page);
	if (v->op == OP_copy_page_range && m->page[i->to].mm == m->page[page].mm)
		return fail(p, "task %s: fork copies to a page of another mm", prog->name);
	if (v->op == OP_move_pages_pte && m->page[i->to].mm != m->page[page].mm)
		return fail(p, "task %s: move stays in one mm", prog->name);
	if (v->op == OP_swapoff && i->to && !p->s->hw.second)
		return fail(p, "task %s: there is no second device", prog->name);
	return 1;
}

/* What only the whole file can say.  Errors here are about no one line. */
static int check_whole(struct parser *p)
{
	struct scenario *s = p->s;
	unsigned entries = 0, prioritised = 0;
	char text[80];

	p->line = 0;
	if (bug_check(&s->bug, text, sizeof(text)))
		return fail(p, "%s", text);
	while (s->hw.pages < MAX_PAGES && p->has_page[s->hw.pages])
		s->hw.pages++;
	for (unsigned i = s->hw.pages; i < MAX_PAGES; i++)
		if (p->has_page[i])
			return fail(p, "there is a page %u but no page %u", i, s->hw.pages);
	if (!s->hw.pages)
		return fail(p, "a [page 0] section is needed");
	if (!s->tasks)
		return fail(p, "a [task NAME] section is needed");
	for (unsigned i = s->hw.slots; i < MAX_SLOTS; i++)
		if (s->start.mem.slot[i].swap_map)
			return fail(p, "a page is at slot %u but there are %u slots", i,
				    s->hw.slots);
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		entries += s->start.mem.entry[i].state == ENTRY_LIVE;
	if (entries > s->hw.entries)
		return fail(p, "%u pages are in zswap but pool = %u", entries, s->hw.entries);
	for (unsigned t = 0; t < s->tasks; t++) {
		struct program *prog = &s->program[t];

		prog->must_finish = 1;
		prog->environment = 1;
		prioritised += prog->priority != 0;
		if (!prog->items)
			return fail(p, "task %s runs nothing; 'run = ...' is needed", prog->name);
		for (unsigned i = 0; i < prog->items; i++) {
			if (prog->item[i].times == FOR_EVER)
				prog->must_finish = 0;
			if (!op_is_environment(prog->item[i].op))
				prog->environment = 0;
			if (!check_item(p, prog, &prog->item[i]))
				return 0;
		}
	}
	if (prioritised == 1)
		return fail(p, "one task alone has a priority; those with one share a CPU, and "
			    "each of them needs its own, 1 to 9");
	return 1;
}

/* What the devices have in use; all of them take more. */
static void start_devices(struct scenario *s)
{
	struct mem *m = &s->start.mem;

	for (unsigned i = 0; i < MAX_DEVICES; i++)
		m->si[i].flags = !i || s->hw.second ? SI_WRITEOK : 0;
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		if (m->slot[i].swap_map)
			m->si[s->hw.second && i >= s->hw.second].inuse_pages++;
}

/* An asynchronous device is a task of its own, which completes what was submitted. */
static void add_device_task(struct scenario *s)
{
	struct program *prog = &s->program[s->tasks++];

	strcpy(prog->name, "dev");
	prog->items = 1;
	prog->item[0] = (struct item){ .op = OP_end_swap_bio, .times = FOR_EVER };
}

int scenario_parse(struct scenario *s, const char *name, const char *text,
		   struct scenario_error *err)
{
	struct parser p = { .s = s, .err = err, .next = text };
	int line;

	if (!strncmp(text, "\xef\xbb\xbf", 3))
		p.next += 3;	/* a byte order mark */
	*err = (struct scenario_error){ 0 };
	memset(s, 0, sizeof(*s));
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->hw = (struct machine){ .device = DEVICE_ZRAM, .slots = 1, .entries = 2 };
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		s->start.mem.slot[i].life = 1;
	strcpy(s->kernel_name, "v6.9");
	s->kernel = kernel_find("v6.9")->kernel;

	line = ini_parse_stream(read_line, &p, handle, &p);
	if (line && !p.failed) {
		p.line = line > 0 ? (unsigned)line : 0;
		fail(&p, "a line is a comment, '[section]' or 'key = value'");
	}
	if (!p.failed)
		check_whole(&p);
	if (p.failed)
		return -EINVAL;
	for (unsigned i = 0; i < s->tasks; i++)
		if (!strcmp(s->program[i].name, "dev") && s->hw.device == DEVICE_DISK) {
			p.line = 0;
			fail(&p, "a task is called dev, which is the disk's name");
			return -EINVAL;
		}
	if (s->hw.device == DEVICE_DISK)
		add_device_task(s);
	start_devices(s);
	s->text = strdup(text);
	if (!s->text)
		return -ENOMEM;
	for (unsigned i = 0; i < s->tasks; i++)
		task_start(&s->start.task[i], &s->program[i]);
	return 0;
}
