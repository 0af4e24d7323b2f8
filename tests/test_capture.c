/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures of real kernels: lines, values, calls, slots, and that all of it is read back as it was.
 */
#include "tests/capture_help.h"
#include "traces/capture/meta.h"
#include "traces/capture/parse.h"

#define HEAD	"          kcapwl-89      [001] .....           27: "

static struct capture_line parse(const char *line)
{
	struct capture_line l;

	capture_parse(line, strlen(line), &l);
	return l;
}

static void assert_span(struct span s, const char *text)
{
	assert_int_equal(s.n, strlen(text));
	assert_memory_equal(s.at, text, s.n);
}

/* ---- heads ---- */

static void test_heads(void **state)
{
	static const struct {
		const char *line, *comm;
		int pid;
		unsigned cpu, irq;
		uint64_t stamp;
		bool counter;
	} t[] = {
		{ HEAD "x: y", "kcapwl", 89, 1, 0, 27, true },
		{ "kcapwl-89 [001] ..... 27: x: y", "kcapwl", 89, 1, 0, 27, true },
		{ "          <idle>-0       [003] d.h1. 12.000345: x: y", "<idle>", 0, 3, 1,
		  12000345000, false },
		{ "          <idle>-0       [003] d.s1. 12.000000345: x: y", "<idle>", 0, 3, 2,
		  12000000345, false },
		{ "     kworker/1:0-22      [001] ..... 1.5: x: y", "kworker/1:0", 22, 1, 0,
		  1500000000, false },
		{ "  Web Content x-9-12     [001] ..... 5: x: y", "Web Content x-9", 12, 1, 0, 5,
		  true },
		{ "       a]b: c [0]-12     [001] ..... 5: x: y", "a]b: c [0]", 12, 1, 0, 5, true },
		{ "  a-1 [0] .... 9-12      [001] ..... 5: x: y", "a-1 [0] .... 9", 12, 1, 0, 5,
		  true },
		{ "       m\xc3\xb6ller-1-77     [000] ..... 5: x: y", "m\xc3\xb6ller-1", 77, 0, 0,
		  5, true },
		{ "                -5       [000] ..... 5: x: y", "", 5, 0, 0, 5, true },
		{ " bash-7       (      7) [002] ..... 5: x: y", "bash", 7, 2, 0, 5, true },
		{ " bash-7       (-------) [002] ..... 5: x: y", "bash", 7, 2, 0, 5, true },
		{ "            bash-7       [002] 5: x: y", "bash", 7, 2, 0, 5, true },
		{ "            bash-7       [002] 77.000001: x: y", "bash", 7, 2, 0, 77000001000,
		  false },
		{ "            bash-7       [002] ..... 1.234,5: x: y", "bash", 7, 2, 0,
		  UINT64_C(1234500000000), false },
		{ "            bash-7       [002] ..... 12,5: x: y", "bash", 7, 2, 0, 12500000000,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct capture_line l = parse(t[i].line);

		if (l.kind != LINE_EVENT)
			fail_msg("%s: %s", t[i].line, l.why);
		assert_span(l.comm, t[i].comm);
		assert_int_equal(l.pid, t[i].pid);
		assert_int_equal(l.e.cpu, t[i].cpu);
		assert_int_equal(l.e.irq, t[i].irq);
		assert_int_equal(l.e.stamp, t[i].stamp);
		assert_int_equal(l.counter, t[i].counter);
		assert_span(l.name, "x");
	}
}

static void test_other_lines(void **state)
{
	static const char *const strange[] = {
		"hello", "kcapwl-89", "kcapwl-89 [001]", "kcapwl-89 [001] .....",
		"kcapwl-89 [001] ..... 5", "kcapwl-89 [001] ..... 5:", "kcapwl-89 [001] ..... x: y",
		"kcapwl-89 [99999] ..... 5: x: y", "kcapwl-99999999999 [001] ..... 5: x: y",
		"kcapwl-89 [001] ..... 99999999999999999999: x: y", " => do_swap_page",
		"kcapwl-89 [001] ..... 9223372036.999999999: x: y", "-", "-1 [0", "CPU:",
	};
	struct capture_line l;

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		l = parse(strange[i]);
		if (l.kind != LINE_STRANGE || !l.why)
			fail_msg("%s is understood", strange[i]);
	}
	assert_int_equal(parse("").kind, LINE_COMMENT);
	assert_int_equal(parse("  \r").kind, LINE_COMMENT);
	assert_int_equal(parse("# tracer: nop").kind, LINE_COMMENT);
	assert_int_equal(parse("##### CPU 1 buffer started ####").kind, LINE_COMMENT);
	l = parse("CPU:1 [LOST 123 EVENTS]");
	assert_int_equal(l.kind, LINE_LOST);
	assert_int_equal(l.lost, 123);
	assert_int_equal(l.e.cpu, 1);
	l = parse("CPU:2 [LOST EVENTS]\r");
	assert_int_equal(l.kind, LINE_LOST);
	assert_int_equal(l.lost, 0);
	assert_int_equal(parse("CPU:0 [7 EVENTS DROPPED]").lost, 7);
	capture_parse("\0\0\0", 3, &l);
	assert_int_equal(l.kind, LINE_STRANGE);
}

/* ---- events ---- */

static void test_functions(void **state)
{
	static const struct {
		const char *text;
		enum capture_function function;
		enum capture_side side;
		unsigned variant;
	} t[] = {
		{ "whatever: (do_swap_page+0x4/0xa30)", FN_do_swap_page, SIDE_ENTER, 0 },
		{ "x: (do_swap_page+0x5e/0xa30)", FN_do_swap_page, SIDE_OTHER, 0 },
		{ "x: (__mm+0x5/0x8 <- do_swap_page) ret=0x4", FN_do_swap_page, SIDE_RETURN, 0 },
		{ "x: ([unknown/kretprobe'd] <- __swap_duplicate) ret=0", FN___swap_duplicate,
		  SIDE_RETURN, 0 },
		{ "x: (__swap_duplicate.isra.0+0x0/0x1)", FN___swap_duplicate, SIDE_ENTER, 0 },
		{ "x: (zswap_load.constprop.0.part.2+0x0/0x1)", FN_zswap_load, SIDE_ENTER, 0 },
		{ "x: (zswap_load.cold+0x0/0x1)", FN_UNKNOWN, SIDE_ENTER, 0 },
		{ "x: (zswap_load.part.0.cold+0x0/0x1)", FN_UNKNOWN, SIDE_ENTER, 0 },
		{ "x: (zswap_loads+0x0/0x1)", FN_UNKNOWN, SIDE_ENTER, 0 },
		{ "x: (zram_slot_free_notify+0x0/0x60 [zram]) idx=0x1", FN_zram_slot_free_notify,
		  SIDE_ENTER, 0 },
		{ "x: (a+0x1/0x2 [ext4] <- zswap_store [zswap]) ret=1", FN_zswap_store,
		  SIDE_RETURN, 0 },
		{ "x: (__frontswap_load+0x1/0x2 <- zswap_frontswap_load) ret=0", FN_zswap_load,
		  SIDE_RETURN, 1 },
		{ "x: (zswap_free_entry+0x0/0x130)", FN_zswap_entry_free, SIDE_ENTER, 1 },
		{ "p_zswap_load_0: (0xffffffff81000000)", FN_zswap_load, SIDE_ENTER, 0 },
		{ "r_zswap_load_0: (0x1 <- 0xffffffff81000000) arg1=1", FN_zswap_load,
		  SIDE_RETURN, 0 },
		{ "zswap_load: something else", FN_UNKNOWN, SIDE_OTHER, 0 },
		{ "do_swap_page <-__handle_mm_fault", FN_do_swap_page, SIDE_ENTER, 0 },
		{ "tracing_mark_write: (do_swap_page+0x4/0x8)", FN_UNKNOWN, SIDE_MARK, 0 },
		{ "print:         tracing_mark_write: WL read", FN_UNKNOWN, SIDE_MARK, 0 },
		{ "sys_madvise(start: 7f68fb62c000, len_in: 1)", FN_UNKNOWN, SIDE_SYSCALL, 0 },
		{ "sys_madvise -> 0x0", FN_UNKNOWN, SIDE_SYSCALL_RETURN, 0 },
		{ "x: (", FN_UNKNOWN, SIDE_OTHER, 0 }, { "x: ()", FN_UNKNOWN, SIDE_ENTER, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char line[256];
		struct capture_line l;

		snprintf(line, sizeof(line), HEAD "%s", t[i].text);
		l = parse(line);
		if (l.kind != LINE_EVENT || l.e.function != t[i].function ||
		    l.e.side != t[i].side || l.e.variant != t[i].variant)
			fail_msg("%s: kind %u, function %u, side %u, variant %u", t[i].text, l.kind,
				 l.e.function, l.e.side, l.e.variant);
	}
}

static void test_values(void **state)
{
	struct capture_event e;

	(void)state;
	e = parse(HEAD "fault: (do_swap_page+0x4/0xa30) addr=0x7f756fb93000 fl=0x1a54 "
		  "pte=0x7fffffffff9d808\r").e;
	assert_int_equal(e.mask, HAS_ADDR | HAS_FLAGS | HAS_PTE);
	assert_int_equal(e.addr, 0x7f756fb93000);
	assert_int_equal(e.flags, 0x1a54);
	assert_int_equal(e.pte, 0x7fffffffff9d808);
	e = parse(HEAD "a: (zswap_frontswap_store+0x0/0x4) type=2 off=0x13 folio=0xffd40").e;
	assert_int_equal(e.mask, HAS_ENTRY | HAS_FOLIO);
	assert_true(e.entry == (UINT64_C(2) << 58 | 0x13));
	e = parse(HEAD "a: (b+0x1/0x2 <- __swap_entry_free) usage=0x41").e;
	assert_int_equal(e.mask, HAS_USAGE | HAS_LEFT);
	assert_int_equal(e.left, 0x41);
	e = parse(HEAD "a: (b+0x1/0x2 <- swapcache_prepare) ret=-17").e;
	assert_int_equal(e.ret, -17);
	e = parse(HEAD "a: (b+0x1/0x2 <- swapcache_prepare) ret=0xffffffef").e;
	assert_int_equal(e.ret, -17);
	e = parse(HEAD "a: (b+0x1/0x2 <- swapcache_prepare) ret=0xffffffffffffffef").e;
	assert_int_equal(e.ret, -17);
	e = parse(HEAD "a: (zswap_free_entry+0x0/0x4) entry=0xff110000005a92d0 ent=0x313 ref=0").e;
	assert_int_equal(e.entry, 0x313);
	e = parse(HEAD "a: (zswap_free_entry+0x0/0x4) entry=0xff110000005a92d0").e;
	assert_int_equal(e.mask, 0);
	e = parse(HEAD "a: (swap_free+0x0/0x4) entry=0x400000000000313").e;
	assert_int_equal(swap_type(e.entry), 1);
	assert_int_equal(swap_offset(e.entry), 0x313);
	e = parse(HEAD "a: (swap_free+0x0/0x4) ent=(fault) off=z nr=0x1ffffffffffffffff =3 nr=").e;
	assert_int_equal(e.mask, 0);
	e = parse(HEAD "sys_madvise(start: 0x7f68fb62c000, len_in: 1)").e;
	assert_int_equal(e.addr, 0x7f68fb62c000);
}

static void test_pte(void **state)
{
	uint64_t entry = 0;

	(void)state;
	assert_true(capture_pte_entry(0x7fffffffff9d808, &entry));
	assert_int_equal(entry, 0x313);
	assert_true(capture_pte_entry(0x7fffffffff9d80c, &entry));
	assert_int_equal(entry, 0x313);
	assert_true(capture_pte_entry(0xffffffffff9d808, &entry));
	assert_int_equal(swap_type(entry), 1);
	assert_int_equal(swap_offset(entry), 0x313);
	assert_false(capture_pte_entry(0, &entry));
	assert_false(capture_pte_entry(0x8000000123456067, &entry));	/* present */
	assert_false(capture_pte_entry(0x31300, &entry));		/* not inverted */
}

static void test_marks(void **state)
{
	struct capture_mark m;

	(void)state;
	assert_true(capture_mark("WL read-end t=1 pg=54 ok=0 ver=7 ns=9", &m));
	assert_int_equal(m.kind, MARK_READ_END);
	assert_true(m.has_page && m.has_ok && m.has_version && !m.has_addr && !m.ok);
	assert_int_equal(m.page, 54);
	assert_int_equal(m.version, 7);
	assert_true(capture_mark("WL CORRUPT who=x t=1 pg=5 addr=7f756fb93000 want=1 got=0", &m));
	assert_int_equal(m.kind, MARK_CORRUPT);
	assert_int_equal(m.addr, 0x7f756fb93000);
	assert_int_equal(m.want, 1);
	assert_true(capture_mark("WL pageout pg=0 n=16", &m));
	assert_int_equal(m.pages, 16);
	assert_true(capture_mark("WL somersault", &m));
	assert_int_equal(m.kind, MARK_UNKNOWN);
	assert_false(capture_mark("hello WL read", &m));
	assert_false(capture_mark("", &m));
}

/* ---- calls and slots ---- */

static void test_calls(void **state)
{
	struct capture_info info;
	struct trace *t;

	(void)state;
	t = import_text(ONE "1: r: (a+0x1/0x2 <- do_swap_page) ret=0\n"		/* 1: no enter */
			ONE "2: a: (folio_alloc_swap+0x0/0x4) folio=0xff1\n"
			TWO "3: a: (folio_alloc_swap+0x0/0x4) folio=0xff2\n"
			ONE "4: s: (swap_free+0x0/0x4) ent=0x7\n"		/* no return */
			TWO "5: r: (a+0x1/0x2 <- folio_alloc_swap) ent=0x9\n"
			ONE "6: r: (a+0x1/0x2 <- folio_alloc_swap) ent=0x8\n"
			ONE "7: d: (__swap_duplicate+0x0/0x4) ent=0x8 usage=0x1\n"
			ONE "8: d: (__swap_duplicate+0x0/0x4) ent=0x9 usage=0x1\n"
			ONE "9: r: (a+0x1/0x2 <- __swap_duplicate) ret=0\n"
			ONE "10: r: (a+0x1/0x2 <- __swap_duplicate) ret=-2\n"
			TWO "11: d: (__swap_duplicate+0x0/0x4) ent=0x8 usage=0x1\n", &info);
	assert_int_equal(info.events, 11);
	assert_int_equal(info.threads, 2);
	assert_int_equal(info.slots, 3);
	assert_int_equal(info.no_enter, 1);
	assert_int_equal(info.unreturned, 1);
	keep_all(t, 0);
	assert_int_equal(keeps, 11);
	assert_int_equal(kept[1].call, 6);
	assert_int_equal(kept[5].call, 2);
	assert_int_equal(kept[2].call, 5);
	assert_int_equal(kept[1].slot, kept[5].slot);
	assert_int_equal(kept[1].slot, kept[6].slot);
	assert_int_equal(kept[2].slot, kept[7].slot);
	assert_int_not_equal(kept[1].slot, kept[2].slot);
	assert_int_equal(kept[8].call, 8);
	assert_int_equal(kept[8].slot, kept[7].slot);
	assert_int_equal(kept[9].call, 7);
	assert_int_equal(kept[3].call, 0);
	assert_int_equal(kept[10].call, 0);
	assert_int_equal(kept[4].thread, 1);
	assert_string_equal(kept_text[9], "r: (a+0x1/0x2 <- __swap_duplicate) ret=-2");
	keep_all(t, capture_slot_of(t, 0, 9));
	assert_int_equal(keeps, 4);
	assert_int_equal(kept[0].id, 3);
	trace_free(t);
}

/* An offset alone gets its type from the call around it, or from the slots that there are. */
static void test_types(void **state)
{
	struct capture_info info;
	struct trace *t;

	(void)state;
	t = import_text(ONE "1: a: (__swap_entry_free+0x0/0x4) ent=0x400000000000313\n"
			ONE "2: a: (__swap_entry_free_locked+0x0/0x4) off=0x313 usage=1\n"
			ONE "3: a: (c+0x1/0x2 <- __swap_entry_free_locked) left=0x40\n"
			ONE "4: a: (c+0x1/0x2 <- __swap_entry_free) usage=0x40\n"
			TWO "5: a: (swap_range_free+0x0/0x4) off=0x313 nr=1\n"
			TWO "6: a: (zram_slot_free_notify+0x0/0x4 [zram]) idx=0x999\n"
			TWO "7: a: (folio_free_swap+0x0/0x4) folio=0xff ent=0x777\n"
			TWO "8: a: (folio_free_swap+0x0/0x4) folio=0xff ent=0x0\n"
			TWO "9: a: (swap_range_free+0x0/0x4) off=0x55 nr=1\n", &info);
	keep_all(t, 0);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(kept[i].slot, 1);
	assert_int_equal(kept[5].slot, 0);	/* an offset of zram's that nobody spoke of */
	assert_int_equal(kept[6].slot, 0);	/* may be stale */
	assert_int_equal(kept[7].slot, 0);
	assert_int_equal(swap_type(kept[8].entry), 1);
	assert_int_equal(info.slots, 2);
	trace_free(t);
}

static void test_faults(void **state)
{
	struct capture_info info;
	struct trace *t;

	(void)state;
	t = import_text(ONE "1: f: (do_swap_page+0x0/0x4) addr=0x1000 pte=0x7fffffffff9d808\n"
			ONE "2: g: (swap_cache_get_folio+0x0/0x4) ent=0x313\n"
			ONE "3: r: (a+0x1/0x2 <- do_swap_page) ret=0x0\n"
			ONE "4: f: (do_swap_page+0x0/0x4) addr=0x1000 pte=0x7fffffffff9d808\n"
			ONE "5: g: (swap_cache_get_folio+0x0/0x4) ent=0x314\n"
			ONE "6: r: (a+0x1/0x2 <- do_swap_page) ret=0x0\n"
			ONE "7: f: (do_swap_page+0x0/0x4) addr=0x1000 pte=0x31300\n"
			ONE "8: g: (swap_cache_get_folio+0x0/0x4) ent=0x313\n"
			ONE "9: f: (do_swap_page+0x0/0x4) addr=0x1000 pte=0x31300\n", &info);
	assert_int_equal(info.pte_agree, 1);
	assert_int_equal(info.pte_differ, 1);
	assert_int_equal(info.pte_unknown, 2);
	keep_all(t, 0);
	assert_int_equal(kept[0].slot, 1);
	assert_int_equal(kept[2].slot, 1);
	assert_int_equal(kept[3].slot, 2);
	assert_int_equal(kept[5].slot, 2);
	assert_int_equal(kept[6].slot, 1);
	assert_int_equal(kept[8].slot, 0);
	trace_free(t);
	/* without the probe that looks up, the pte is believed */
	t = import_text(ONE "1: f: (do_swap_page+0x0/0x4) addr=0x1000 pte=0x7fffffffff9d808\n"
			ONE "2: r: (a+0x1/0x2 <- do_swap_page) ret=0x0\n", &info);
	keep_all(t, 0);
	assert_int_equal(info.slots, 1);
	assert_int_equal(kept[0].slot, 1);
	assert_int_equal(kept[1].slot, 1);
	trace_free(t);
}

static void test_doubts(void **state)
{
	struct capture_info info, read;
	struct trace *t;

	(void)state;
	t = import_text("# a comment\nnonsense \x1b[31m\n"
			"  <idle>-0 [000] ..... 1.000001: x: y\n"
			"  <idle>-0 [001] ..... 1.000001: x: y\n"
			"CPU:1 [LOST 10 EVENTS]\nCPU:1 [LOST EVENTS]\n"
			"  swapper/1-0 [001] ..... 1.000000: x: y\n"
			"  swapper/1-0 [001] ..... 12: x: y\n"
			"  last-5 [001] ..... 2.000000: x: y", &info);
	assert_int_equal(info.lines, 9);
	assert_int_equal(info.events, 4);
	assert_int_equal(info.comments, 1);
	assert_int_equal(info.not_understood, 2);
	assert_int_equal(info.losses, 2);
	assert_int_equal(info.lost, 10);
	assert_int_equal(info.backward, 1);
	assert_int_equal(info.backward_line, 7);
	assert_int_equal(info.equal, 1);
	assert_int_equal(info.threads, 3);
	assert_false(info.counter);
	assert_int_equal(capture_info_read(t, &read), 0);
	assert_int_equal(read.backward_line, 7);
	assert_int_equal(read.threads, 3);
	assert_true(read.finished);
	trace_free(t);
	assert_answer(file("text.db"), "SELECT line, why FROM capture_line WHERE why IS NOT NULL",
		      "2|no 'comm-pid [cpu] flags stamp:' at its start\n"
		      "8|its stamp is of another clock\n");
	assert_answer(file("text.db"), "SELECT comm FROM capture_thread WHERE thread = 1",
		      "swapper/1\n");
}

/* ---- the captures that are shipped ---- */

static const struct {
	const char *name;
	unsigned events, faults, threads, slots;
	const char *kernel;
	unsigned load, pin;
} shipped[] = {
	{ "a-disk-writeback-6.1", 97961, 1253, 9, 2200, "v6.1.y", LOAD_NONEXCLUSIVE,
	  PIN_HAS_CACHE },
	{ "b-zram-sync-6.1", 55182, 2181, 11, 764, "v6.1.y", LOAD_NONEXCLUSIVE, PIN_HAS_CACHE },
	{ "d-fixed-uffdwp-6.8", 22434, 245, 2, 132, "v6.8 load=if-cached", LOAD_IF_CACHED,
	  PIN_HAS_CACHE },
	{ "d-loss-uffdwp-6.8", 39152, 196, 2, 124, "v6.8 load=exclusive", LOAD_EXCLUSIVE,
	  PIN_HAS_CACHE },
	{ "d-ok-uffdwp-6.12", 47093, 133, 2, 88, "6.12.117", LOAD_IF_CACHED, PIN_HAS_CACHE },
	{ "f-loss-twothreads-6.8-nopin", 81902, 3105, 3, 1661,
	  "v6.8 load=exclusive pin=none", LOAD_EXCLUSIVE, PIN_NONE },
	{ "f-ok-twothreads-6.8", 55601, 1892, 3, 1010, "v6.8 load=exclusive", LOAD_EXCLUSIVE,
	  PIN_HAS_CACHE },
};

/* Every call is whole, begins and ends in one thread, and both of its events have one slot. */
struct calls {
	uint64_t events, returns, last;
	uint32_t thread_of[100000];
	uint64_t call_of[100000];
	uint32_t slot_of[100000];
};

static int check_event(void *arg, const struct capture_event *e)
{
	struct calls *c = arg;

	assert_int_equal(e->id, ++c->events);
	assert_true(e->stamp > c->last);
	c->last = e->stamp;
	c->thread_of[e->id] = e->thread;
	c->call_of[e->id] = e->call;
	c->slot_of[e->id] = e->slot;
	if (e->side != SIDE_RETURN)
		return 0;
	c->returns++;
	assert_true(e->call && e->call < e->id);
	assert_int_equal(c->call_of[e->call], e->id);
	assert_int_equal(c->thread_of[e->call], e->thread);
	assert_int_equal(c->slot_of[e->call], e->slot);
	return 0;
}

static void check_shipped(size_t i)
{
	struct calls *c = calloc(1, sizeof(*c));
	char capture[128], name[256], how[CAPTURE_HOW_MAX];
	struct capture_info info;
	struct capture_meta meta;
	struct kernel k;
	struct trace *t;

	snprintf(capture, sizeof(capture), "traces/captures/%s.trace.zst", shipped[i].name);
	import_into(file("one.db"), capture, &info, 0);
	assert_int_equal(info.events, shipped[i].events);
	assert_int_equal(info.lines, info.events + info.comments);
	assert_int_equal(info.not_understood, 0);
	assert_int_equal(info.threads, shipped[i].threads);
	assert_int_equal(info.slots, shipped[i].slots);
	assert_int_equal(info.pte_agree, shipped[i].faults);
	assert_int_equal(info.pte_differ + info.pte_unknown + info.losses + info.backward, 0);
	assert_int_equal(info.unreturned + info.no_enter + info.slots_left_out + info.equal, 0);
	assert_true(info.counter);
	assert_int_equal(trace_open(&t, file("one.db"), 1, err), 0);
	assert_int_equal(capture_scan(t, 0, check_event, c), 0);
	assert_int_equal(c->events, shipped[i].events);
	assert_true(c->returns > 1000);
	trace_free(t);
	free(c);
	assert_int_equal(capture_meta_read(&meta, NULL, capture, err), 0);
	assert_int_equal(capture_kernel(&meta, &k, name, sizeof(name), how), 0);
	assert_string_equal(name, shipped[i].kernel);
	assert_int_equal(k.load, shipped[i].load);
	assert_int_equal(k.pin, shipped[i].pin);
	assert_non_null(capture_meta_get(&meta, "release"));
	capture_meta_free(&meta);
}

static void test_shipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++)
		check_shipped(i);
}

/* ---- which kernel ---- */

static void test_kernels(void **state)
{
	static const struct {
		const char *release, *exclusive, *name;
		int result;
	} t[] = {
		{ "Linux version 6.1.0-56-amd64 (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0) #1 SMP "
		  "PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)", NULL, "6.1.192", 0 },
		{ "Linux version 6.8.0-kcap (gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils "
		  "for Debian) 2.40) #1", "Y", "6.8.0 load=exclusive", 0 },
		{ "Linux version 6.8.0-kcap (gcc)", "N", "6.8.0", 0 },
		{ "Linux host 6.12.117+deb12-amd64 x86_64", NULL, "6.12.117", 0 },
		{ "Linux 10.0.0.1 6.12.117+deb12-amd64 x86_64", NULL, "6.12.117", 0 },
		{ "Linux version 6.9.0-rc1 (x)", "Y", "v6.9-rc1", 0 },
		{ "Linux version 6.12.0-rc7 (x)", NULL, "6.12.0", 0 },
		{ "Linux host 6.1.0-56-amd64 x86_64", NULL, "", -ENOENT },	/* 6.1.y: which? */
		{ "6.12.0-55.9.1.el10_0.x86_64", NULL, "", -ENOENT },		/* RHEL 10 */
		{ "6.8.0-45-generic", "N", "", -ENOENT },
		{ "6.6.30-1-lts", "Y", "6.6.30 load=exclusive", 0 },
		{ "Linux version 6.9.3 (x)", "Y", "6.9.3", 0 },
		{ "Linux version 5.10.0-20-amd64 (x)", NULL, "", -ENOENT },
		{ "a kernel", NULL, "", -ENOENT }, { NULL, NULL, "", -ENOENT },
	};
	char name[256], how[CAPTURE_HOW_MAX];
	struct capture_meta m = { .n = 0 };
	struct kernel k, same;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (t[i].release)
			capture_meta_add(&m, "release", t[i].release);
		if (t[i].exclusive)
			capture_meta_add(&m, "zswap.exclusive_loads", t[i].exclusive);
		assert_int_equal(capture_kernel(&m, &k, name, sizeof(name), how), t[i].result);
		assert_string_equal(name, t[i].name);
		assert_true(strlen(how) > 10);
		capture_meta_free(&m);
	}
	capture_meta_add(&m, "kernel", "v6.8  load=exclusive pin=none");
	assert_int_equal(capture_kernel(&m, &k, name, sizeof(name), how), 0);
	same = kernel_find("v6.8")->kernel;
	same.load = LOAD_EXCLUSIVE;
	same.pin = PIN_NONE;
	assert_memory_equal(&k, &same, sizeof(k));
	capture_meta_free(&m);
	capture_meta_add(&m, "kernel", "v6.8 load=sideways");
	assert_int_equal(capture_kernel(&m, &k, name, sizeof(name), how), -EINVAL);
	capture_meta_free(&m);
}

static void test_ok(void **state)
{
	struct capture_info now = { .release = "Linux version 6.18.1 (x)" }, old = { .events = 1 };
	struct capture_event e = { .side = SIDE_RETURN, .mask = HAS_RET, .ret = 1 };

	(void)state;
	e.function = FN_zswap_store;
	assert_int_equal(capture_ok(&old, &e), 1);
	e.function = FN_zswap_load;
	assert_int_equal(capture_ok(&old, &e), 1);
	e.ret = 0;
	assert_int_equal(capture_ok(&old, &e), 0);
	assert_int_equal(capture_ok(&now, &e), 1);
	e.ret = -2;
	assert_int_equal(capture_ok(&now, &e), 0);
	e.variant = 1;				/* zswap_frontswap_load() */
	e.ret = 0;
	assert_int_equal(capture_ok(&old, &e), 1);
	e.ret = -1;
	assert_int_equal(capture_ok(&old, &e), 0);
	e.mask = 0;
	assert_int_equal(capture_ok(&old, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads), cmocka_unit_test(test_other_lines),
		cmocka_unit_test(test_functions), cmocka_unit_test(test_values),
		cmocka_unit_test(test_pte), cmocka_unit_test(test_marks),
		cmocka_unit_test(test_calls), cmocka_unit_test(test_types),
		cmocka_unit_test(test_faults), cmocka_unit_test(test_doubts),
		cmocka_unit_test(test_kernels), cmocka_unit_test(test_ok),
		cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
