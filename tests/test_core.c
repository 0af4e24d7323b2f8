/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of core/ one by one: worlds, kernels, scenario files, schedules, bytes, rows. */
#include <errno.h>
#include <stdlib.h>

#include "core/bytes.h"
#include "core/reference.h"
#include "core/explore/store.h"
#include "tests/check.h"

/* ---- world ---- */

static void test_fields_cover_the_world(void **state)
{
	struct world w = { 0 };
	const struct field *f;
	uint8_t seen[sizeof(w)];
	size_t n;

	(void)state;
	memset(seen, 0, sizeof(seen));
	f = world_fields(&n);
	for (size_t i = 0; i < n; i++) {
		for (unsigned b = 0; b < f[i].size; b++) {
			assert_int_equal(seen[f[i].offset + b], 0); /* each byte has one name */
			seen[f[i].offset + b] = 1;
		}
		field_set(&w, &f[i], 0xabcd);
		assert_int_equal(field_get(&w, &f[i]), f[i].size == 1 ? 0xcd : 0xabcd);
		assert_ptr_equal(field_find(f[i].kind, f[i].index, f[i].name), &f[i]);
	}
	assert_null(field_find("slot", 0, "nonsense"));
	assert_null(field_find("slot", 9, "swap_map"));
	/* without a name: NULL's folio and entry, and the spare bytes */
	n = 0;
	for (size_t i = 0; i < sizeof(seen); i++)
		n += !seen[i];
	assert_int_equal(n, sizeof(struct folio) + sizeof(struct zentry) + MAX_ENTRIES - 1 +
			 sizeof(((struct mem *)0)->unused));
}

/* Two worlds that differ only in how far the counters have gone are the same world. */
static void test_canonical(void **state)
{
	struct mem a = { 0 }, b;

	(void)state;
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		a.slot[i].life = 1;
	a.page[0].stamp = 1;
	a.page[1].stamp = 2;
	a.slot[0].dev = 1;
	a.slot[0].dev_life = 1;
	a.entry[1] = (struct zentry){ .state = ENTRY_LIVE, .stamp = 2, .life = 1, .swp = 1 };
	b = a;
	b.page[0].stamp = b.slot[0].dev = 40;
	b.page[1].stamp = b.entry[1].stamp = 12;
	b.slot[0].life = b.slot[0].dev_life = 9;
	b.slot[1].life = b.entry[1].life = 5;
	b.last_stamp = 41;
	mem_canonicalise(&a);
	mem_canonicalise(&b);
	assert_memory_equal(&a, &b, sizeof(a));

	b.entry[1].life = 0;		/* of another life: not the same */
	mem_canonicalise(&b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	b = a;
	b.slot[0].dev = 2;		/* another page's data: not the same */
	mem_canonicalise(&b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	b = a;
	mem_canonicalise(&b);		/* and once is enough */
	assert_memory_equal(&a, &b, sizeof(a));
}

/* ---- kernels ---- */

static void test_kernels(void **state)
{
	struct kernel k = kernel_find("v6.9")->kernel;
	char value[32];
	size_t n;

	(void)state;
	assert_int_equal(kernel_set(&k, "load=exclusive"), 0);
	assert_int_equal(k.load, LOAD_EXCLUSIVE);
	assert_int_equal(kernel_set(&k, "load=exclusiv"), -EINVAL);
	assert_int_equal(kernel_set(&k, "load=if-cached "), -EINVAL);
	assert_int_equal(kernel_set(&k, "load"), -EINVAL);
	assert_int_equal(kernel_set(&k, "load="), -EINVAL);
	assert_int_equal(kernel_set(&k, "loa=exclusive"), -ENOENT);
	assert_int_equal(kernel_set(&k, ""), -ENOENT);
	assert_string_equal(switch_value(SWITCH_load, LOAD_IF_CACHED, value, sizeof(value)),
			    "if-cached");
	assert_string_equal(switch_value(SWITCH_load, 4, value, sizeof(value)), "");
	assert_null(kernel_find("v6.99"));
	kernel_presets(&n);
	assert_true(n >= 15);
	assert_memory_equal(&kernel_find("v6.9")->kernel, &kernel_find("debate-c")->kernel,
			    sizeof(struct kernel));
}

/* What a user types: a preset, or a release of a stable series. */
static void check_same(const char *name, const char *preset, const char *sets)
{
	struct kernel a, b;
	char like[128];

	snprintf(like, sizeof(like), "%s%s%s", preset, *sets ? " " : "", sets);
	b = kernel_like(like);
	assert_int_equal(kernel_named(&a, name, NULL, 0), 0);
	if (memcmp(&a, &b, sizeof(a)))
		fail_msg("%s is not %s", name, like);
}

static void test_releases(void **state)
{
	const struct release *r;
	size_t n;

	(void)state;
	check_same("v6.1", "v6.1.0", "");
	check_same("6.1.23", "v6.1.0", "");
	check_same("6.1.29", "v6.1.0", "avail=locked");
	check_same("6.1.30", "v6.1.0", "avail=locked recheck=on");
	check_same("6.2.10", "v6.1.0", "");
	check_same("6.2.11", "v6.1.0", "avail=locked");
	check_same("v6.1.192", "v6.1.y", "");
	check_same("v6.6", "v6.7", "");
	check_same("6.6.24", "v6.7", "pin=has_cache cleanup=on store_off=erase device_ref=on");
	check_same("v6.8.3", "v6.8", "device_ref=on");
	check_same("v6.10", "v6.9", "tree=xarray batch=on");
	check_same("6.12.29", "v6.12", "move=rmap");
	check_same("6.12.40", "v6.12", "move=checked move_dirty=on");
	check_same("6.12.117", "v6.12", "move=checked move_dirty=on unstable=skipped");
	check_same("v6.16", "v6.17", "");
	check_same("v6.17.9", "v6.18", "ttrs=offset unuse_match=off");
	check_same("6.18.39", "v6.18", "shmem=bypass-wait");
	check_same("7.2", "v7.3", "");
	r = kernel_releases(&n);
	for (size_t i = 1; i < n; i++)	/* in order, which is what the search relies on */
		assert_true(r[i - 1].major * 1000000 + r[i - 1].minor * 1000 + r[i - 1].patch <
			    r[i].major * 1000000 + r[i].minor * 1000 + r[i].patch);
}

/* ---- steps ---- */

static void test_steps(void **state)
{
	(void)state;
	assert_true(step_count() > 120);
	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		assert_memory_equal(s->func, "op_", 3);
		assert_memory_equal(s->file, "core/mm/", 8);
		if (i)
			assert_true(strcmp(step_at(i - 1)->file, s->file) ||
				    step_at(i - 1)->line < s->line);
	}
	assert_true(scenario_step("zswap_load: zswap_decompress(entry, folio): end") >= 0);
	assert_int_equal(scenario_step("zswap_load: no such step"), -1);
	assert_int_equal(scenario_step("zswap_load"), -1);
}

static const char *const macros[] = {
	"STEP(", "LOCK(", "UNLOCK(", "AWAIT(", "CALL(", "SLEEP(",
	"PTE_LOCK(", "PTE_UNLOCK(", "TREE_LOCK(", "TREE_UNLOCK(", "FOLIO_WAIT_WRITEBACK(",
	"SWAP_FREE(", "SWAP_FREE_INLINE(", "SWAPCACHE_CLEAR(",
};

#define MACROS (sizeof(macros) / sizeof(macros[0]))

/* Every step's line in the built-in reference source is the macro that made it. */
static void test_reference(void **state)
{
	(void)state;
	assert_true(reference_source_count >= 7);
	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);
		const char *p = NULL;
		size_t j;

		for (j = 0; j < reference_source_count; j++)
			if (!strcmp(reference_sources[j].name, s->file + strlen("core/")))
				p = reference_sources[j].text;
		assert_non_null(p);
		for (unsigned line = 1; line < s->line; line++)
			p = strchr(p, '\n') + 1;
		p += strspn(p, "\t");
		for (j = 0; j < MACROS && strncmp(p, macros[j], strlen(macros[j])); j++)
			;
		assert_true(j < MACROS);
	}
}

/* Where a switch is said to act it does: the file has the function, and asks for the switch. */
static void test_switch_places(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SWITCH_COUNT; i++) {
		const struct switch_info *s = &kernel_switches[i];
		size_t n = strcspn(s->where, " ");
		const char *text = NULL;
		char asked[64];

		for (size_t j = 0; j < reference_source_count; j++)
			if (!strncmp(reference_sources[j].name, s->where, n) &&
			    !reference_sources[j].name[n])
				text = reference_sources[j].text;
		if (!text || !strstr(text, s->where + n + 1))
			fail_msg("%s: there is no %s", s->name, s->where);
		snprintf(asked, sizeof(asked), "k->%s", s->name);
		do {
			text = strstr(text, asked);
			if (!text)
				fail_msg("%s: %s does not ask for it", s->name, s->where);
			text += strlen(asked);
		} while (strspn(text, "abcdefghijklmnopqrstuvwxyz_"));
	}
}

/* ---- scenario files ---- */

struct bad {
	const char *text;
	unsigned line;
	const char *says;
};

#define HEAD "[scenario]\ntitle = t\n[page 0]\nat = zswap 0\n"

static const struct bad bad_files[] = {
	{ "[scenario]\ntitel = x\n", 2, "no key 'titel'" },
	{ "[scenari]\ntitle = x\n", 1, "sections are" },
	{ "[Scenario]\n", 1, "sections are" },
	{ "title = x\n", 1, "before the first" },
	{ HEAD "[task A]\nrun = shrink\n[taks B]\n", 7, "sections are" },
	{ HEAD "[task A]\nrun = shrink\n[task A]\n", 7, "twice" },
	{ HEAD "[task A]\n", 0, "runs nothing" },
	{ "[page 0]\n[page 0]\n", 2, "twice" },
	{ "[scenario]\ntitle\n", 2, "'key = value'" },
	{ "[scenario\n", 1, "'key = value'" },
	{ "[scenario]\nkernel = v6.99\n", 2, "no kernel 'v6.99': v6.19 was followed by v7.0" },
	{ "[scenario]\nkernel = 6.1.0-56-amd64\n", 2, "not release 6.1.0; 'uname -v'" },
	{ "[scenario]\nkernel = v6.9 load=exclusive\n", 2,
	  "a name alone; what follows it is 'set = SWITCH=VALUE'" },
	{ "[scenario]\ntitle = a\033[31mb\n", 2, "title: no control character" },
	{ "[scenario]\nkernel = v6.9\033[31m\n", 2, "kernel: no control character" },
	{ "[expect]\ncase = v6.9 -> UAF, not UAF\n", 2, "to be found, and not to be" },
	{ "[expect]\ncase = v6.9 -> safe, SLEPT, not SLEPT\n", 2, "to be found, and not to be" },
	{ "[expect]\ncase = v6.9 -> UAF, not\n", 2, "'not' stands before a property" },
	{ "[expect]\ncase = v5.18 -> safe\n", 2, "no kernel 'v5.18': it is older than the model" },
	{ "[scenario]\nset = load=exclusiv\n", 2, "exclusive|nonexclusive|if-cached" },
	{ "[scenario]\nset = laod=exclusive\n", 2, "no switch in" },
	{ "[scenario]\nslots = 9\n", 2, "from 1 to 4" },
	{ "[scenario]\nslots = -1\n", 2, "from 1 to 4" },
	{ "[scenario]\nslots = 99999999999999999999\n", 2, "from 1 to 4" },
	{ "[scenario]\nslots =\n", 2, "from 1 to 4" },
	{ "[scenario]\ndevice = floppy\n", 2, "zram, brd or disk" },
	{ "[scenario]\nmay_fail = luck\n", 2, "'store'" },
	{ "[page 7]\nat = none\n", 1, "from 0 to 3" },
	{ "[page 0]\nat = zswap\n", 2, "a slot from 0" },
	{ "[page 0]\nat = zswap 0 0\n", 2, "too much" },
	{ "[page 0]\nat = moon\n", 2, "'zswap SLOT'" },
	{ "[page 0]\nat = zswap 0\n[page 1]\nat = device 0\n", 4, "has a page already" },
	{ "[page 0]\nat = zswap 0\nat = zswap 1\n", 3, "placed twice" },
	{ HEAD "[task 0]\nrun = shrink\n", 5, "a name is a letter" },
	{ HEAD "[task T0]\nrun = raed page 0\n", 6, "one of read, write" },
	{ HEAD "[task T0]\nrun = read\n", 6, "needs a page" },
	{ HEAD "[task T0]\nrun = shrink page 0\n", 6, "takes no page" },
	{ HEAD "[task T0]\nrun = read page 0 forever\n", 6, "half of something" },
	{ HEAD "[task T0]\nrun = read page 0, 0 times\n", 6, "1 to 255" },
	{ HEAD "[task T0]\nrun = read page 0, 256 times\n", 6, "1 to 255" },
	{ HEAD "[task T0]\nrun = shrink for ever\nrun = shrink\n", 7, "for ever" },
	{ HEAD "[task T0]\nrun = read page 1\n", 0, "uses page 1" },
	{ HEAD, 0, "[task NAME] section is needed" },
	{ "[task T0]\nrun = shrink\n", 0, "[page 0] section is needed" },
	{ "[page 1]\nat = none\n[task T0]\nrun = shrink\n", 0, "no page 0" },
	{ "[page 0]\nat = zswap 1\n[task T0]\nrun = shrink\n", 0, "there are 1 slots" },
	{ "[scenario]\nslots = 2\nsecond_device = 2\n" HEAD "[task T0]\nrun = shrink\n", 0,
	  "there are 2 slots" },
	{ HEAD "[page 1]\nat = unborn\n[task T0]\nrun = fork page 0 to 1\n", 0, "another mm" },
	{ HEAD "[page 1]\nmm = 1\n[task T0]\nrun = fork page 0 to 1\n", 0, "at = unborn" },
	{ HEAD "[task T0]\nrun = swapoff device 1\n", 0, "no second device" },
	{ "[page 0]\nshmem = 1\n[task T0]\nrun = zap page 0\n", 0, "zero and reclaim" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9\n", 8, "KERNEL" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> sfae\n", 8, "neither 'safe'" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 ->\n", 8, "a case says" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> not safe\n", 8,
	  "'safe' comes first" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> not RMAP, safe\n", 8,
	  "'safe' comes first and says of every property that it holds, so that 'not UAF' needs" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> UAF, safe\n", 8,
	  "'safe' comes first" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> not RMAP\n", 8,
	  "'UAF or LOST, not RMAP'" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> safe, not UAF\n", 8,
	  "only costs" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> safe, UAF\n", 8, "only costs" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> SLEPT\n", 8, "violates nothing" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 pin=nne-> safe\n", 8, "none|has" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\ncase = v6.9 -> UAF or averylongwordindeed\n", 8,
	  "neither" },
	{ "[scenario]\nmay_fail = averylongwordindeed\n", 2, "'store'" },
	{ "[scenario]\nset = pin=none\nkernel = v6.8\n", 3, "before" },
	{ "\xef\xbb\xbf[bogus]\n", 1, "sections are" },
	{ HEAD "[task T0]\nrun = shrink\n[expect]\nreach = zswap_load: dance\n", 8, "no step" },
	{ HEAD "[page 1]\nmm = 1\nat = unborn\n[task T0]\nrun = fork page 0 to 1, 2 times\n", 0,
	  "once" },
	{ HEAD "[page 1]\nmm = 1\nat = unborn\n[page 2]\nmm = 1\nat = unborn\n"
	  "[task T0]\nrun = fork page 0 to 1\nrun = fork page 0 to 2\n", 0, "once" },
	{ HEAD "[page 1]\nmm = 1\nat = present\n[task T0]\nrun = fork page 0 to 1\n", 0,
	  "unborn" },
};

static void test_bad_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		struct scenario_error err;
		struct scenario s;

		if (scenario_parse(&s, "x", bad_files[i].text, &err) != -EINVAL)
			fail_msg("accepted: %s", bad_files[i].text);
		if (err.line != bad_files[i].line || !strstr(err.text, bad_files[i].says))
			fail_msg("%sgives line %u, '%s'", bad_files[i].text, err.line, err.text);
	}
}

static void test_long_line(void **state)
{
	char text[600] = "[scenario]\ntitle = ";
	struct scenario_error err;
	struct scenario s;

	(void)state;
	memset(text + strlen(text), 'x', 400);
	assert_int_equal(scenario_parse(&s, "x", text, &err), -EINVAL);
	assert_int_equal(err.line, 2);
	assert_non_null(strstr(err.text, "characters"));
	assert_int_equal(scenario_load(&s, "/nonexistent", &err), -ENOENT);
	assert_int_equal(scenario_load(&s, "/tmp", &err), -EINVAL);
}

static void test_scenario(void **state)
{
	struct scenario_error err;
	struct scenario s;

	(void)state;
	assert_int_equal(scenario_parse(&s, "x", "[page 0]\n[task A]\nrun = write page 0\n",
					&err), 0);
	scenario_free(&s);
	assert_int_equal(scenario_parse(&s, "x", "[scenario]\ndevice = disk\nkernel = v6.8\n"
		"set = load=exclusive\nslots = 2\n[page 0]\nat = zswap 1\n[page 1]\nmm = 1\n"
		"at = present\n[task A]\nrun = read page 0, 2 times\nrun = reclaim page 1\n"
		"[task B]\nrun = shrink for ever\n", &err), 0);
	assert_string_equal(s.kernel_name, "v6.8 load=exclusive");
	assert_int_equal(s.kernel.load, LOAD_EXCLUSIVE);
	assert_int_equal(s.tasks, 3);			/* the disk is one */
	assert_string_equal(s.program[2].name, "dev");
	assert_int_equal(s.program[0].must_finish, 1);
	assert_int_equal(s.program[1].must_finish, 0);
	assert_int_equal(s.program[0].item[0].times, 2);
	assert_int_equal(s.program[0].item[1].page, 2);
	assert_int_equal(s.start.mem.slot[1].swap_map, 1);
	assert_int_equal(s.start.mem.slot[1].entry, 1);
	assert_int_equal(s.start.mem.page[1].pte, PTE_PRESENT);
	assert_int_equal(s.start.mem.page[1].mm, 1);
	assert_int_equal(s.start.task[0].depth, 1);
	scenario_free(&s);
}

/* ---- schedules and executions ---- */

static void test_schedules(void **state)
{
	static const char *const bad[] = { "T9", "T0*", "T0*0", "T0/", "T0/999", "T0*2x", "*2",
					   "T0 T1 ?", "T0*99999999999", "T0*60000 T0" };
	struct schedule sched;
	struct scenario s;
	size_t at;
	char *text;

	(void)state;
	load(&s, "debate");
	assert_int_equal(schedule_parse(&sched, &s, " T0*3 W  T1/1*2\tK ", &at), -EINVAL);
	assert_int_equal(schedule_parse(&sched, &s, " T0*3 W  T1*2/1\tK ", &at), 0);
	assert_int_equal(sched.n, 7);
	assert_int_equal(sched.move[4].choice, 1);
	text = schedule_text(&s, &sched);
	assert_string_equal(text, "T0*3 W T1*2/1 K");
	free(text);
	schedule_free(&sched);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (schedule_parse(&sched, &s, bad[i], &at) != -EINVAL)
			fail_msg("accepted: %s", bad[i]);
	assert_int_equal(schedule_parse(&sched, &s, "", &at), 0);
	assert_int_equal(sched.n, 0);
	scenario_free(&s);
}

static void test_execution(void **state)
{
	struct kernel k = kernel_find("v6.9")->kernel;
	struct execution x;
	struct scenario s;

	(void)state;
	load(&s, "debate");
	assert_int_equal(execution_init(&x, &s, &k), 0);
	assert_int_equal(execution_move(&x, (struct move){ .task = 0, .choice = 3 }), -EAGAIN);
	assert_int_equal(x.n, 0);
	/* T0 takes the tree lock: T1, at the same place, has to wait for it */
	while (!execution_now(&x)->mem.tree_lock)
		assert_int_equal(execution_move(&x, (struct move){ .task = 0 }), 0);
	assert_true(bytes_entry_length(x.bytes, 1) > 0);
	assert_true(bytes_entry_length(x.bytes, 1) < BYTES_PAGE_SIZE);
	execution_free(&x);
	scenario_free(&s);
}

/* The world after isolate_and_lock() has taken one of two folios; returns how many outcomes. */
static unsigned isolate(obj_t choice, struct world *w)
{
	static const struct program once = { .items = 1, .item = { { .times = 1 } } };
	static const struct machine hw = { .pages = 2, .slots = 1, .entries = 1 };
	struct step_ctx c = { .k = &kernel_find("v6.9")->kernel, .hw = &hw, .choice = choice };

	memset(w, 0, sizeof(*w));
	for (unsigned i = 1; i <= 2; i++)
		w->mem.folio[i] = (struct folio){ .ref = 1, .mapcount = 1, .flags = FOLIO_LRU };
	task_begin(&w->task[0], (struct frame){ .op = OP_isolate_and_lock }, NULL);
	assert_true(task_step(&c, &w->mem, &w->task[0], &once));
	return c.choices;
}

/* An outcome that the step does not have: no object is looked for by its number. */
static void test_no_such_outcome(void **state)
{
	struct world first, second, other;

	(void)state;
	assert_int_equal(isolate(0, &first), 2);
	assert_int_equal(isolate(1, &second), 2);
	assert_memory_not_equal(&first, &second, sizeof(first));
	assert_int_equal(isolate(255, &other), 2);
	assert_memory_equal(&first, &other, sizeof(first));
}

static void test_waiting(void **state)
{
	struct kernel k = kernel_find("v6.5")->kernel;
	struct execution x;
	struct scenario s;
	enum wait_kind wait;
	unsigned index;
	char text[64];

	(void)state;
	load(&s, "double-swapin");
	assert_int_equal(execution_init(&x, &s, &k), 0);
	while (!execution_now(&x)->mem.tree_lock)
		assert_int_equal(execution_move(&x, (struct move){ .task = 0 }), 0);
	while (task_enabled(&s, &k, execution_now(&x), 1, NULL, NULL))
		assert_int_equal(execution_move(&x, (struct move){ .task = 1 }), 0);
	assert_false(task_enabled(&s, &k, execution_now(&x), 1, &wait, &index));
	assert_int_equal(wait, WAIT_TREE);
	assert_string_equal(wait_text(wait, index, text, sizeof(text)), "the zswap tree lock");
	assert_int_equal(execution_move(&x, (struct move){ .task = 1 }), -EAGAIN);
	execution_free(&x);
	scenario_free(&s);
}

/* ---- bytes ---- */

/* Wherever a random run maps a page, the bytes are right exactly where the stamps are. */
static void test_bytes_agree(void **state)
{
	static const char *const kernels[] = { "v6.1", "v6.5 load=exclusive", "v6.9", "debate-b" };
	unsigned mapped = 0, wrong = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 400; seed++) {
		struct kernel k = kernel_like(kernels[seed % 4]);
		struct execution x;
		struct scenario s;

		load(&s, seed & 4 ? "debate" : "double-swapin");
		assert_int_equal(execution_init(&x, &s, &k), 0);
		srand(seed);
		for (unsigned i = 0; i < 400; i++) {
			struct move m = { .task = (uint8_t)((unsigned)rand() % s.tasks) };
			const struct exec_step *step;

			if (execution_move(&x, m))
				continue;
			step = &x.step[x.n - 1];
			if (step->violated & properties_ending())
				break;
			if (!step->ev.set_pte)
				continue;
			mapped++;
			wrong += step->byte_error >= 0;
			assert_int_equal(step->byte_error >= 0,
					 !!(step->violated & (1u << PROP_MAPPED)));
		}
		execution_free(&x);
		scenario_free(&s);
	}
	assert_true(mapped > 100);
	assert_true(wrong > 0);
}

static void test_bytes(void **state)
{
	struct bytes *b = bytes_new();
	struct mem m = { 0 };

	(void)state;
	assert_non_null(b);
	m.folio[1] = (struct folio){ .ref = 1, .content = 5 };
	bytes_init(b, &m);
	assert_int_equal(bytes_page_error(b, 1, 5), -1);
	assert_true(bytes_page_error(b, 1, 6) >= 0);
	bytes_store(b, 2, 1);
	bytes_load(b, 3, 2);
	assert_int_equal(bytes_page_error(b, 3, 5), -1);
	bytes_free_entry(b, 2, 0);
	bytes_load(b, 3, 2);			/* a freed buffer: garbage, and no crash */
	assert_true(bytes_page_error(b, 3, 5) >= 0);
	bytes_free(b);
}

/* ---- rows ---- */

static void test_store(void **state)
{
	struct store s;
	bool added;

	(void)state;
	assert_int_equal(store_init(&s, 12), 0);
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t row[3] = { i, i * 7, 3 };

		assert_int_equal(store_add(&s, row, store_hash(&s, row), &added), i);
		assert_true(added);
	}
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t row[3] = { i, i * 7, 3 }, other[3] = { i, i * 7, 4 };

		assert_int_equal(store_find(&s, row, store_hash(&s, row)), i);
		/* equal hashes are not equal rows */
		assert_int_equal(store_find(&s, other, store_hash(&s, row)), STORE_NONE);
	}
	store_free(&s);
}

/* ---- counting ---- */

/* Two tasks of a and b steps that never meet have C(a+b, a) interleavings. */
static void test_interleavings(void **state)
{
	static const char text[] = HEAD "[page 1]\nmm = 1\nat = none\n"
		"[task A]\nrun = clear_refs page 0, 4 times\n"
		"[task B]\nrun = clear_refs page 1, 6 times\n";
	struct explore_options o = { .count = true, .count_depth = 5 };
	struct scenario_error err;
	struct exploration x;
	struct scenario s;

	(void)state;
	assert_int_equal(scenario_parse(&s, "x", text, &err), 0);
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_string_equal(x.interleavings ? x.interleavings : "none", "86493225"); /* C(30, 12) */
	assert_string_equal(x.schedules, "32");			/* 2^5 */
	assert_int_equal(x.states, 13 * 19);
	exploration_free(&x);
	scenario_free(&s);

	/* whoever finds the slot pinned tries again, as often as it likes */
	load(&s, "double-swapin");
	assert_int_equal(explore(&x, &s, &kernel_find("v6.9")->kernel, &o), 0);
	assert_null(x.interleavings);
	assert_true(x.cyclic);
	exploration_free(&x);
	scenario_free(&s);
}

static void test_bounds(void **state)
{
	struct explore_options o = { .max_states = 1000 };
	struct exploration x;
	struct scenario s;
	unsigned depth;

	(void)state;
	load(&s, "debate");
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.verdict, VERDICT_BOUNDED);
	assert_int_equal(x.states, 1000);
	exploration_free(&x);
	o = (struct explore_options){ .max_depth = 10 };
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.verdict, VERDICT_BOUNDED);
	assert_int_equal(x.depth, 10);
	exploration_free(&x);
	/* a bound that nothing is beyond is not hit */
	explore_all(&x, &s, &s.kernel);
	depth = x.depth;
	exploration_free(&x);
	o = (struct explore_options){ .max_depth = depth };
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.depth, depth);
	assert_int_equal(x.verdict, VERDICT_SAFE);
	exploration_free(&x);
	/* memory for the states, and none for their edges: LIVELOCK alone is not known */
	o = (struct explore_options){ 0 };
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(known_properties(x.complete, x.bound), UINT32_MAX);
	o = (struct explore_options){ .livelock = true, .max_bytes = x.bytes };
	exploration_free(&x);
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.verdict, VERDICT_BOUNDED);
	assert_true(x.complete);
	assert_string_equal(x.bound, "memory");
	assert_int_equal(known_properties(x.complete, x.bound), ~(1u << PROP_LIVELOCK));
	exploration_free(&x);
	assert_int_equal(known_properties(false, NULL), 0);
	o = (struct explore_options){.goal = "swapin_bypass: schedule_timeout"};
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_true(x.goal_reached);
	assert_int_equal(x.verdict, VERDICT_SAFE);
	assert_true(x.goal.n > 5);
	exploration_free(&x);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_cover_the_world),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_switch_places),
		cmocka_unit_test(test_bad_scenarios),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_scenario),
		cmocka_unit_test(test_schedules),
		cmocka_unit_test(test_execution),
		cmocka_unit_test(test_no_such_outcome),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_bytes_agree),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_interleavings),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
