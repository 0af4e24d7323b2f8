/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse.c - the text of a scenario file.  docs/scenario-format.md is the format.
 */
#include "core/scenario/parse.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mm/mm.h"
#include "core/property.h"
#include "core/scenario/task.h"
#include "core/text.h"

static void begin_section(struct parser *p, const char *line);

static char *read_line(char *buf, int size, void *stream)
{
	struct parser *p = stream;

	if (!*p->next || p->failed)
		return NULL;
	p->line++;
	if (!text_line(&p->next, buf, (size_t)size)) {
		refuse(p, "a line is at most %d characters", size - 2);
		return NULL;
	}
	begin_section(p, buf);
	return buf;
}

static int text_of(struct parser *p, const char *name, const char *value, char *out, size_t size)
{
	if (strlen(value) >= size)
		return refuse(p, "%s: at most %zu characters", name, size - 1);
	if (!text_shows(value))
		return refuse(p, "%s: no control character may be in it, and it must be UTF-8",
			      name);
	strcpy(out, value);
	return 1;
}

/* ---- kernels ---- */

/* `name`, of `size` bytes, becomes that of the release that it is taken for. */
static int check_kernel(struct parser *p, char *name, size_t size, struct kernel *k)
{
	char said[KERNEL_SAID_MAX];

	if (kernel_named(k, name, said, sizeof(said)))
		return refuse(p, "no kernel '%.40s': %s", name, said);
	snprintf(name, size, "%.*s", (int)size - 1, said);
	return 1;
}

static int check_set(struct parser *p, struct kernel *k, const char *set)
{
	enum kernel_switch s = kernel_switch_named(set);
	if (!kernel_set(k, set))
		return 1;
	if (s < SWITCH_COUNT)
		return refuse(p, "'%.60s': %s is one of %s", set, kernel_switches[s].name,
			    kernel_switches[s].values);
	return refuse(p, "no switch in '%.40s'; 'swapscope list switches' shows them", set);
}

/* ---- [scenario] ---- */

static int parse_device(struct parser *p, const char *value)
{
	const enum device d = device_named(value);

	if (d == DEVICE_COUNT)
		return refuse(p, "device = %.40s: zram, brd or disk is needed", value);
	p->s->hw.device = (uint8_t)d;
	return 1;
}

static int parse_may_fail(struct parser *p, const char *value)
{
	char word[16];

	while (parse_word(&value, word, sizeof(word))) {
		if (!strcmp(word, "store"))
			p->s->hw.store_fails = 1;
		else if (!strcmp(word, "decompress"))
			p->s->hw.decompress_fails = 1;
		else if (!strcmp(word, "alloc"))
			p->s->hw.alloc_fails = 1;
		else if (!strcmp(word, "fork"))
			p->s->hw.fork_fails = 1;
		else
			return refuse(p, "may_fail = %s: 'store', 'decompress', 'alloc' and 'fork' "
				    "can fail", word);
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
		return parse_between(p, name, value, 1, MAX_SLOTS, &s->hw.slots);
	if (!strcmp(name, "pool"))
		return parse_between(p, name, value, 1, MAX_ENTRIES - 1, &s->hw.entries);
	if (!strcmp(name, "slot_cache"))
		return parse_between(p, name, value, 0, MAX_SLOTS, &s->hw.slot_cache);
	if (!strcmp(name, "alloc_cache"))
		return parse_between(p, name, value, 0, MAX_SLOTS, &s->hw.alloc_cache);
	if (!strcmp(name, "second_device"))
		return parse_between(p, name, value, 1, MAX_SLOTS - 1, &s->hw.second);
	if (!strcmp(name, "readahead"))
		return parse_between(p, name, value, 0, 1, &s->hw.readahead);
	if (!strcmp(name, "charge_reclaims"))
		return parse_between(p, name, value, 0, 1, &s->hw.charge_reclaims);
	if (!strcmp(name, "swap_full"))
		return parse_between(p, name, value, 0, 1, &s->hw.swap_full);
	if (!strcmp(name, "may_fail"))
		return parse_may_fail(p, value);
	if (!strcmp(name, "kernel") && strchr(s->kernel_name, ' '))
		return refuse(p, "kernel = %.40s: it comes before what is set over it", value);
	if (!strcmp(name, "kernel") && strchr(value, ' '))
		return refuse(p, "kernel = %.40s: a name alone; what follows it is 'set = "
			      "SWITCH=VALUE', a line each", value);
	if (!strcmp(name, "kernel"))
		return text_of(p, name, value, s->kernel_name, sizeof(s->kernel_name)) &&
		       check_kernel(p, s->kernel_name, sizeof(s->kernel_name), &s->kernel);
	if (!strcmp(name, "set")) {
		switched = s->kernel;
		if (!check_set(p, &switched, value))
			return 0;
		if (strlen(s->kernel_name) + strlen(value) + 2 > sizeof(s->kernel_name))
			return refuse(p, "the kernel and its switches, %s and this, are more than "
				      "%zu characters", s->kernel_name,
				      sizeof(s->kernel_name) - 1);
		strcat(strcat(s->kernel_name, " "), value);
		s->kernel = switched;
		return 1;
	}
	if (!strcmp(name, "max_depth") || !strcmp(name, "max_states")) {
		if (!parse_number(value, 1000000000, &v) || v < 1)
			return refuse(p, "%s = %.40s: a number from 1 is needed", name, value);
		if (name[4] == 'd')
			s->max_depth = (unsigned)v;
		else
			s->max_states = (uint64_t)v;
		return 1;
	}
	return refuse(p, "no key '%.40s' in [scenario]; there are title, device, slots, pool, "
		    "slot_cache, alloc_cache, second_device, swap_full, readahead, "
		    "charge_reclaims, may_fail, kernel, set, max_depth, max_states, bounded",
		    name);
}

/* ---- [task NAME] ---- */

static const struct verb verbs[] = {
	{ "read", OP_touch_page, 0, PAGE_ALWAYS },
	{ "write", OP_touch_page, AUX_WRITE, PAGE_ALWAYS },
	{ "zero", OP_touch_page, AUX_WRITE | AUX_ZEROES, PAGE_ALWAYS },
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

const struct verb *scenario_verb_of(const struct item *i)
{
	for (size_t v = 0; v < sizeof(verbs) / sizeof(verbs[0]); v++)
		if (verbs[v].op == i->op && verbs[v].aux == i->aux)
			return &verbs[v];
	return NULL;
}

const char *item_text(const struct item *i, char *buf)
{
	const struct verb *v = scenario_verb_of(i);
	const bool page = v && (v->page == PAGE_MAY ? i->page : v->page != PAGE_NEVER);
	size_t n = (size_t)snprintf(buf, ITEM_TEXT_MAX, "%s", v ? v->name : op_verb(i->op));

	if (page)
		n += (size_t)snprintf(buf + n, ITEM_TEXT_MAX - n, " page %d",
				      i->page - (v->page == PAGE_MAY));
	if (page && v->page == PAGE_TWO)
		snprintf(buf + n, ITEM_TEXT_MAX - n, " to %u", i->to);
	else if (v && v->op == OP_swapoff && i->to)
		snprintf(buf + n, ITEM_TEXT_MAX - n, " device %u", i->to);
	return buf;
}

#define VERBS_TEXT "read, write, zero, zap, munmap, fork, move, clear_refs, uffd_wp, reclaim, " \
		   "isolate, shrink, drain, swapoff, zswap_off, zswap_on"

/* "[page N] [, N times | for ever]" behind the verb. */
static int parse_arguments(struct parser *p, const struct verb *v, const char *text,
			   struct item *item)
{
	char word[16], word2[16];
	long n;
	bool has_page = false, has_to = false;

	while (parse_word(&text, word, sizeof(word))) {
		if (!strcmp(word, "once"))
			continue;
		if (!parse_word(&text, word2, sizeof(word2)))
			return refuse(p, "'%s' is half of something; 'page N', 'N times', 'once' "
				      "or 'for ever' may follow %s", word, v->name);
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
			return refuse(p, "'%s %s': 'page N' (0 to %d), 'N times' (1 to 255), "
				      "'once' or 'for ever' may follow %s", word, word2,
				      MAX_PAGES - 1, v->name);
		}
	}
	if (text[strspn(text, " \t,")])
		return refuse(p, "'%.40s' is not understood", text);
	if (has_page && v->page == PAGE_NEVER)
		return refuse(p, "%s takes no page", v->name);
	if (v->page == PAGE_TWO && (!has_page || !has_to))
		return refuse(p, "%s needs two pages: '%s page 0 to 1'", v->name, v->name);
	if (!has_page && v->page == PAGE_ALWAYS)
		return refuse(p, "%s needs a page: '%s page 0'", v->name, v->name);
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
		return refuse(p, "task '%.40s': a name is a letter and up to 6 letters, digits "
			    "or '_'", task);
	for (unsigned i = 0; i < s->tasks; i++)
		if (!strcmp(s->program[i].name, task))
			return refuse(p, "task %s stands here twice", task);
	if (s->tasks == MAX_TASKS - 1)
		return refuse(p, "at most %d tasks", MAX_TASKS - 1);
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
		return parse_between(p, name, value, 0, 9, &prog->priority);
	if (strcmp(name, "run"))
		return refuse(p, "no key '%.40s' in [task]; there are run and priority", name);
	if (prog->items == MAX_ITEMS)
		return refuse(p, "at most %d operations a task", MAX_ITEMS);
	if (prog->items && prog->item[prog->items - 1].times == FOR_EVER)
		return refuse(p, "nothing comes after an operation that runs for ever");
	parse_word(&value, word, sizeof(word));
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, word))
			continue;
		item = &prog->item[prog->items++];
		*item = (struct item){ .op = verbs[i].op, .aux = verbs[i].aux, .times = 1 };
		return parse_arguments(p, &verbs[i], value, item);
	}
	return refuse(p, "run = %.40s: one of %s is needed", word, VERBS_TEXT);
}

/* ---- [expect] ---- */

/* "UAF", "MAPPED or LOST", then "not STALE"; or "safe", then of costs "SLEPT", "not DEADWB". */
static int parse_verdict(struct parser *p, struct expect *e, const char *text)
{
	char word[16];
	bool not = false;
	uint32_t *where;
	int prop;

	while (parse_word(&text, word, sizeof(word))) {
		if (!strcmp(word, "safe")) {
			if (not || e->any)
				return refuse(p, "'safe' comes first and says of every property "
					      "that it holds, so that 'not UAF' needs no saying; "
					      "costs may follow: 'safe, SLEPT, not DEADWB'");
			e->safe = 1;
		} else if (!strcmp(word, "not")) {
			not = true;
		} else if (strcmp(word, "or")) {
			prop = property_find(word);
			if (prop < 0)
				return refuse(p, "'%s' is neither 'safe' nor a property; "
					      "'swapscope list properties' shows them", word);
			where = not ? &e->not : e->safe ? &e->all : &e->any;
			*where |= 1u << prop;
		}
	}
	if (e->not & (e->any | e->all) || (not && !e->not))
		return refuse(p, not && !e->not ? "'not' stands before a property" :
			      "a property is said to be found, and not to be");
	if (!!e->safe == !!e->any)
		return refuse(p, "a case says 'safe', or which properties are violated and which "
			    "are not: 'UAF or LOST, not RMAP'");
	if (e->safe && ((e->all | e->not) & ~properties_costs()))
		return refuse(p, "'safe' says of every property that it holds; only costs stand "
			    "behind it: 'safe, SLEPT, not DEADWB'");
	if (e->any & properties_costs())
		return refuse(p, "a cost violates nothing: 'safe, COST' is meant");
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
		return refuse(p, "at most %d cases", SCENARIO_EXPECTS);
	if (!arrow)
		return refuse(p, "a case is 'KERNEL [SWITCH=VALUE ...] -> VERDICT'");
	e->line = p->line;
	snprintf(left, sizeof(left), "%.*s", (int)(arrow - value), value);
	if (!parse_word(&at, e->kernel, sizeof(e->kernel)))
		return refuse(p, "a case begins with a kernel");
	if (!check_kernel(p, e->kernel, sizeof(e->kernel), &k))
		return 0;
	while (parse_word(&at, word, sizeof(word))) {
		if (!check_set(p, &k, word))
			return 0;
		if (e->set_count == SCENARIO_SETS || strlen(word) >= sizeof(e->sets[0]))
			return refuse(p, "at most %d switches a case", SCENARIO_SETS);
		strcpy(e->sets[e->set_count++], word);
	}
	if (!parse_verdict(p, e, arrow + 2))
		return 0;
	s->expects++;
	return 1;
}

static int parse_reach(struct parser *p, const char *value)
{
	struct scenario *s = p->s;
	char text[sizeof(p->err->text)];
	struct reach reach;

	if (s->reaches == SCENARIO_REACHES)
		return refuse(p, "at most %d steps to reach", SCENARIO_REACHES);
	if (scenario_reach(value, &reach, text, sizeof(text)))
		return refuse(p, "%s", text);
	return text_of(p, "reach", value, s->reach[s->reaches++], sizeof(s->reach[0]));
}

static int parse_expect(struct parser *p, const char *name, const char *value)
{
	if (!strcmp(name, "case"))
		return parse_case(p, value);
	if (!strcmp(name, "reach"))
		return parse_reach(p, value);
	return refuse(p, "no key '%.40s' in [expect]; there are case and reach", name);
}

/* ---- [bug] ---- */

static int parse_bug(struct parser *p, const char *name, const char *value)
{
	char text[sizeof(p->err->text)];

	return bug_parse(&p->s->bug, name, value, text, sizeof(text)) ? refuse(p, "%s", text) : 1;
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
	return refuse(p, "'%.40s' stands before the first [section]", name);
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
		refuse(p, "a section's name is at most %zu characters", sizeof(section) - 1);
		return;
	}
	memcpy(section, line + 1, (size_t)(end - line - 1));
	section[end - line - 1] = '\0';
	if (!strncmp(section, "task ", 5)) {
		begin_task(p, section + 5);
	} else if (!strncmp(section, "page ", 5)) {
		if (!parse_number(section + 5, MAX_PAGES - 1, &page))
			refuse(p, "[%s]: pages are numbered from 0 to %d", section, MAX_PAGES - 1);
		else if (p->has_page[page])
			refuse(p, "page %ld stands here twice", page);
		else
			begin_page(p, (unsigned)page);
	} else if (!strcmp(section, "bug")) {
		p->s->bug.present = true;
	} else if (strcmp(section, "scenario") && strcmp(section, "expect")) {
		refuse(p, "[%s]: the sections are [scenario], [page N], [task NAME], [expect] and "
		     "[bug]", section);
	}
}

/* An operation's pages and device: are there such, and are they of the right kind? */
static int check_item(struct parser *p, const struct program *prog, const struct item *i)
{
	const struct mem *m = &p->s->start.mem;
	const struct verb *v = scenario_verb_of(i);
	unsigned page = i->page - (v->page == PAGE_MAY);
	bool used = v->page == PAGE_MAY ? i->page != 0 : v->page != PAGE_NEVER;

	if (used && page >= p->s->hw.pages)
		return refuse(p, "task %s uses page %u but there are %u pages", prog->name, page,
			    p->s->hw.pages);
	if (v->page == PAGE_TWO && (i->to >= p->s->hw.pages || i->to == page))
		return refuse(p, "task %s: %s needs two pages that there are", prog->name, v->name);
	if (used && m->page[page].shmem && v->op != OP_touch_page && v->page != PAGE_MAY)
		return refuse(p, "task %s: page %u is of a shmem file; read, write, zero and "
			      "reclaim take such", prog->name, page);
	if (v->op == OP_copy_page_range && m->page[i->to].mm == m->page[page].mm)
		return refuse(p, "task %s: fork makes another mm", prog->name);
	if (v->op == OP_copy_page_range &&
	    (!p->unborn[i->to] || i->times != 1 || p->forked[m->page[i->to].mm]++))
		return refuse(p, "task %s: fork makes the mm of its second page, once; that page "
			      "is 'at = unborn'", prog->name);
	if (v->page == PAGE_TWO && m->page[i->to].shmem)
		return refuse(p, "task %s: page %u is of a shmem file", prog->name, i->to);
	if (v->op == OP_move_pages_pte && m->page[i->to].mm != m->page[page].mm)
		return refuse(p, "task %s: move stays in one mm", prog->name);
	if (v->op == OP_swapoff && i->to && !p->s->hw.second)
		return refuse(p, "task %s: there is no second device", prog->name);
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
		return refuse(p, "%s", text);
	while (s->hw.pages < MAX_PAGES && p->has_page[s->hw.pages])
		s->hw.pages++;
	for (unsigned i = s->hw.pages; i < MAX_PAGES; i++)
		if (p->has_page[i])
			return refuse(p, "there is a page %u but no page %u", i, s->hw.pages);
	if (!s->hw.pages)
		return refuse(p, "a [page 0] section is needed");
	if (!s->tasks)
		return refuse(p, "a [task NAME] section is needed");
	for (unsigned i = 0; i < MAX_PAGES; i++)
		for (unsigned j = 0; j < i; j++)
			if (s->start.mem.page[i].shmem != s->start.mem.page[j].shmem &&
			    s->start.mem.page[i].mm == s->start.mem.page[j].mm &&
			    i < s->hw.pages)
				return refuse(p, "mm %u is an address space or a shmem file, not "
					      "both", s->start.mem.page[i].mm);
	for (unsigned i = s->hw.slots; i < MAX_SLOTS; i++)
		if (s->start.mem.slot[i].swap_map)
			return refuse(p, "a page is at slot %u but there are %u slots", i,
				    s->hw.slots);
	if (s->hw.second >= s->hw.slots)
		return refuse(p, "second_device = %u but there are %u slots", s->hw.second,
			    s->hw.slots);
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		entries += s->start.mem.entry[i].state == ENTRY_LIVE;
	if (entries > s->hw.entries)
		return refuse(p, "%u pages are in zswap but pool = %u", entries, s->hw.entries);
	for (unsigned t = 0; t < s->tasks; t++) {
		struct program *prog = &s->program[t];

		prog->must_finish = 1;
		prog->environment = 1;
		prioritised += prog->priority != 0;
		if (!prog->items)
			return refuse(p, "task %s runs nothing; 'run = ...' is needed", prog->name);
		for (unsigned i = 0; i < prog->items; i++) {
			if (prog->item[i].times == FOR_EVER)
				prog->must_finish = 0;
			if (!op_is_environment(prog->item[i].op))
				prog->environment = 0;
			if (!check_item(p, prog, &prog->item[i]))
				return 0;
			s->hw.counts_users |= prog->item[i].op == OP_swapoff;
			s->hw.counts_readers |= prog->item[i].op == OP_copy_page_range ||
						prog->item[i].op == OP_unmap_vmas;
		}
	}
	if (prioritised == 1)
		return refuse(p, "one task alone has a priority; those with one share a CPU, and "
			    "each of them needs its own, 1 to 9");
	return 1;
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
	s->hw = (struct machine){ .device = DEVICE_ZRAM, .slots = 1, .entries = 2,
				  .any_entry = ANY_KNOWN };
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		s->start.mem.slot[i].life = 1;
	strcpy(s->kernel_name, "v6.9");
	s->kernel = kernel_find("v6.9")->kernel;

	line = ini_parse_stream(read_line, &p, handle, &p);
	if (line && !p.failed) {
		p.line = line > 0 ? (unsigned)line : 0;
		refuse(&p, "a line is a comment, '[section]' or 'key = value'");
	}
	if (!p.failed)
		check_whole(&p);
	if (p.failed)
		return -EINVAL;
	for (unsigned i = 0; i < s->tasks; i++)
		if (!strcmp(s->program[i].name, "dev") && s->hw.device == DEVICE_DISK) {
			p.line = 0;
			refuse(&p, "a task is called dev, which is the disk's name");
			return -EINVAL;
		}
	if (s->hw.device == DEVICE_DISK)
		add_device_task(s);
	parse_devices(s);
	s->text = strdup(text);
	if (!s->text)
		return -ENOMEM;
	for (unsigned i = 0; i < s->tasks; i++)
		task_start(&s->start.task[i], &s->program[i]);
	return 0;
}
