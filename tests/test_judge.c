/* SPDX-License-Identifier: GPL-2.0-only */
/* Claims: what is read out of a text; verdicts are those of a search that knows no tricks. */
#include <errno.h>
#include <stdlib.h>

#include "core/scenario/task.h"
#include "replay/judge/judge.h"
#include "tests/check.h"

/* ---- reading ---- */

static void read_text(struct claim_text *c, const char *text)
{
	struct claim_error err;

	if (claim_read(c, "test", text, strlen(text), &err))
		fail_msg("%u: %s", err.line, err.text);
}

static void refused(const char *text, size_t n, const char *part)
{
	struct claim_error err;
	struct claim_text c;

	assert_int_equal(claim_read(&c, "test", text, n, &err), -EINVAL);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
	claim_free(&c);
}

/* The exact form of a claim, malloced. */
static char *exact(const struct claim_text *c)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	claim_write(out, c);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* A text is read as these lines, and those again, with no guess. */
static void reads(const char *text, const char *as)
{
	struct claim_text c, again;
	char *one, *two;

	read_text(&c, text);
	one = exact(&c);
	if (strcmp(one + strspn(one, "\n"), as) != 0)
		fail_msg("read as\n%s\nnot\n%s", one, as);
	read_text(&again, one);
	two = exact(&again);
	assert_string_equal(one, two);
	assert_int_equal(again.guessed, 0);
	assert_int_equal(again.left_out, 0);
	assert_int_equal(again.events, c.events);
	for (unsigned e = 0; e < c.events; e++) {
		assert_memory_equal(&again.event[e].is.step, &c.event[e].is.step,
				    sizeof(struct step_set));
		assert_memory_equal(&again.event[e].is.result, &c.event[e].is.result,
				    sizeof(struct step_set));
		assert_int_equal(again.event[e].is.op, c.event[e].is.op);
		assert_int_equal(again.event[e].is.probe, c.event[e].is.probe);
		assert_int_equal(again.event[e].scope, c.event[e].scope);
		assert_int_equal(again.event[e].block, c.event[e].block);
	}
	free(one);
	free(two);
	claim_free(&c);
	claim_free(&again);
}

static void test_layouts(void **state)
{
	(void)state;
	/* a header; tabs and blanks; calls and results; what is indented */
	reads("CPU0\t\t\t\tCPU1\n"
	      "do_swap_page()\n"
	      "  swapcache_prepare(entry) = 0\n"
	      "\t\t\t\tswapcache_prepare() // returns -EEXIST\n"
	      "  zswap_load()                  \tfree_swap_slot(entry)\n",
	      "CPU0: do_swap_page()\n"
	      "CPU0:   swapcache_prepare() = 0\n"
	      "CPU1: swapcache_prepare() = -EEXIST\n"
	      "CPU0:   zswap_load()\n"
	      "with CPU1: free_swap_slot()\n");
	/* bars, quoting, numbers, bullets, a header that is centred */
	reads("> |      T0          |       W       |\n"
	      "> | 1. zswap_load()  |               |\n"
	      "> |                  | - pick entry  |\n",
	      "T0: zswap_load()\nW: zswap_shrink: shrinker: pick\n");
	/* names in front, three of them; a section each */
	reads("[T0] swap_free()\nCPU 1: swap_free()\n[W] shrink_memcg_cb()\n",
	      "CPU0: swap_free()\nCPU1: swap_free()\nCPU2: shrink_memcg_cb()\n");
	reads("task a:\n  swap_free()\ntask b:\n  set_pte_at()\n",
	      "CPU0: swap_free()\nCPU1: set_pte_at()\n");
	/* nothing but margins; a slash */
	reads("swap_free()\n                        set_pte_at()\n",
	      "CPU0: swap_free()\nCPU1: set_pte_at()\n");
	reads("CPU A / CPU B\nswap_free()\n        set_pte_at()\n",
	      "CPU0: swap_free()\nCPU1: set_pte_at()\n");
	/* a comment of C */
	reads(" * CPU0                CPU1\n * ----                ----\n * swap_free()\n"
	      " *                     set_pte_at()\n *\n * => double free\n",
	      "CPU0: swap_free()\nCPU1: set_pte_at()\noutcome: DFREE\n");
	/* lines that both columns have are in no order, and those that follow neither */
	reads("CPU0            CPU1\nswap_free()     swap_free()\nset_pte_at()    set_pte_at()\n"
	      "folio_put()\n",
	      "CPU0: swap_free()\nwith CPU1: swap_free()\nwith CPU0: set_pte_at()\n"
	      "with CPU1: set_pte_at()\nCPU0: folio_put()\n");
}

static void test_mail(void **state)
{
	(void)state;
	reads("From: A <a@b.c>\nSubject: [PATCH] mm: fix a race of swap_free()\n\n"
	      "When two threads swap in at once, swapcache_prepare() of the second has to fail.\n"
	      "That this is so can be seen in the following diagram:\n\n"
	      "    CPU0                         CPU1\n"
	      "    swap_read_folio()\n"
	      "                                 swap_free()   <- the entry is free\n"
	      "    pte_same() <- passes\n\n"
	      "So the first thread calls swap_free() once more, and set_pte_at() after that.\n\n"
	      "Signed-off-by: A <a@b.c>\n---\n mm/memory.c | 2 ++\n"
	      "diff --git a/mm/memory.c b/mm/memory.c\n+\tswap_free(entry);\n",
	      "CPU0: swap_read_folio()\nCPU1: swap_free()\nCPU0: pte_same() succeeds\n");
}

static void test_names(void **state)
{
	(void)state;
	/* of other kernels */
	reads("T0: zswap_frontswap_load()\nT0: lookup_swap_cache() = NULL\nT0: put_swap_page()\n"
	      "T0: lock_page_or_retry(page, vma->vm_mm)\n",
	      "T0: zswap_frontswap_load()\nT0: lookup_swap_cache() = NULL\nT0: put_swap_page()\n"
	      "T0: lock_page_or_retry()\n");
	/* slips of the hand; but get is not put */
	reads("T0: zswap_lod()\nT0: swapcahce_prepare()\nT0: do_swap_pgae(vmf)\n",
	      "T0: zswap_load()\nT0: swapcache_prepare()\nT0: do_swap_page()\n");
	reads("T0: zswap_load()\nT0: zswap_entry_pu()\n", "T0: zswap_load()\n"
	      "T0: zswap_entry_put()\n");
	/* phrases, and which lock */
	reads("W: frees the entry\nW: spin_lock(&tree->lock)\nW: spin_lock(&si->lock);\n",
	      "W: zswap_entry_free()\nW: spin_lock(&tree->lock)\nW: spin_lock(&si->lock)\n");
	/* the exact form is just that */
	reads("T0: zswap_load: zswap_decompress(entry, folio): begin\n"
	      "T0: do_swap_page: pte_same(orig_pte)? = changed\n",
	      "T0: zswap_load: zswap_decompress(entry, folio): begin\n"
	      "T0: do_swap_page: pte_same(orig_pte)? = changed\n");
}

static void test_left_out(void **state)
{
	struct claim_text c;
	unsigned left_out = 0;

	(void)state;
	read_text(&c, "CPU0          CPU1\nswap_free()\nflush_tlb_range()\n"
		      "              zswap_entry_gt()\n...\n/* later */\nUAF\n");
	assert_int_equal(c.events, 2);
	assert_int_equal(c.left_out, 1);
	assert_int_equal(c.guessed, 1);
	assert_true(c.outcome & 1u << PROP_UAF);
	for (unsigned i = 0; i < c.lines; i++)
		if (c.line[i].kind == LINE_LEFT_OUT) {
			left_out++;
			assert_int_equal(c.line[i].line, 3);
			assert_non_null(strstr(c.line[i].note, "no step of the model"));
		}
	assert_int_equal(left_out, 1);
	claim_free(&c);
}

static void test_refused(void **state)
{
	char *large = malloc(300000), columns[4096] = "";

	(void)state;
	refused("", 0, "no lines");
	refused("\n\n \n", 4, "no lines");
	refused("a\0b", 3, "is text");
	refused("CPU0   CPU1\nnothing     of interest\n", 36, "nothing in it is a step");
	refused("expect: v6.9\nT0: swap_free()\n", 29, "possible, or impossible");
	refused("expect: v5.9 possible\nT0: swap_free()\n", 38, "no such kernel");
	refused("outcome: joy\nT0: swap_free()\n", 29, "no property");
	for (unsigned i = 0; i < 200; i++)
		snprintf(columns + strlen(columns), 16, "CPU%u   ", i);
	strcat(columns, "\nswap_free()\n");
	refused(columns, strlen(columns), "columns are more than");
	assert_non_null(large);
	memset(large, '\n', 300000);
	refused(large, 300000, "at most 100000 lines");
	for (size_t i = 0; i + 16 < 300000; i += 16)
		memcpy(large + i, "T0: swap_free()\n", 16);
	refused(large, 299984, "at most 48 steps");
	free(large);
}

/* ---- shipped claims ---- */

static void test_shipped(void **state)
{
	unsigned differ = 0;

	(void)state;
	assert_true(builtin_claim_count >= 13);
	for (size_t i = 0; i < builtin_claim_count; i++) {
		struct claim_error err;
		struct claim_text c;
		bool possible = false, impossible = false;
		char *text;

		if (claim_load(&c, builtin_claims[i].name, &err))
			fail_msg("%s:%u: %s", builtin_claims[i].name, err.line, err.text);
		for (unsigned e = 0; e < c.expects; e++) {
			possible |= c.expect[e].possible;
			impossible |= !c.expect[e].possible;
		}
		differ += possible && impossible;
		assert_int_equal(c.left_out, 0);
		text = exact(&c);
		reads(builtin_claims[i].text, text);
		free(text);
		claim_free(&c);
	}
	assert_true(differ >= 5);
}

/* ---- verdicts ---- */

/* A search that knows no tricks: every binding alone, every event taken and not taken. */
struct plain {
	const struct scenario *s;
	const struct kernel *k;
	const int *step, *column;	/* the claim: steps, exactly */
	unsigned events;
	enum op call;			/* event 0 is its first step; column 0 is all of it */
	struct plain_node {
		struct world w;
		unsigned at, depth;
		unsigned frame;		/* of that call; 0: none is open */
	} *node;
	size_t nodes, room;
	size_t *slot, mask;
};

static uint64_t hash_of(const struct plain_node *n)
{
	const uint8_t *p = (const uint8_t *)&n->w;
	uint64_t h = n->at * 16 + n->frame + 1;

	for (size_t i = 0; i < sizeof(n->w); i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

static void plain_add(struct plain *p, const struct world *w, unsigned at, unsigned depth,
		      unsigned frame)
{
	struct plain_node n = { .at = at, .depth = depth, .frame = frame };

	memcpy(&n.w, w, sizeof(*w));
	mem_canonicalise(&n.w.mem);
	for (size_t i = hash_of(&n) & p->mask;; i = (i + 1) & p->mask) {
		if (!p->slot[i]) {
			assert_true(p->nodes < p->room);
			p->node[p->nodes++] = n;
			p->slot[i] = p->nodes;
			return;
		}
		if (p->node[p->slot[i] - 1].at == at &&
		    p->node[p->slot[i] - 1].frame == frame &&
		    !memcmp(&p->node[p->slot[i] - 1].w, &n.w, sizeof(n.w)))
			return;
	}
}

/* Does column 0 still say something of its call, from event `at` on? */
static bool call_needed(const struct plain *p, unsigned at)
{
	for (; p->call && at < p->events; at++)
		if (p->column[at] == 0)
			return true;
	return false;
}

/* A move that was made: with the event, or without. */
static unsigned plain_move(struct plain *p, const struct plain_node *n,
			   const struct move_tried *tried, bool event, int caller)
{
	unsigned at = n->at + event, frame = n->frame;
	const struct task *t = &tried->after.task[caller];

	if (at == p->events)
		return n->depth + 1;
	if (tried->step.violated & properties_ending())
		return 0;
	if (p->call && event && n->at == 0)
		frame = n->w.task[caller].depth;
	if (frame && (t->depth < frame || t->frame[frame - 1].op != p->call)) {
		if (call_needed(p, at))
			return 0;		/* the call is over without it */
		frame = 0;
	}
	if (!call_needed(p, at))
		frame = 0;
	plain_add(p, &tried->after, at, n->depth + 1, frame);
	return 0;
}

/* The shortest way, or 0. */
static unsigned plain_search(struct plain *p, const int *task)
{
	struct world start;

	p->nodes = 0;
	memset(p->slot, 0, (p->mask + 1) * sizeof(*p->slot));
	scenario_start(p->s, p->k, &start);
	plain_add(p, &start, 0, 0, 0);
	for (size_t i = 0; i < p->nodes; i++) {
		const struct plain_node n = p->node[i];

		for (unsigned t = 0; t < p->s->tasks; t++)
			for (unsigned choice = 0; choice < 8; choice++) {
				struct move_tried tried;
				struct move m = { (uint8_t)t, (uint8_t)choice };
				bool event;
				unsigned end;

				if (move_try(p->s, p->k, &n.w, m, &tried))
					continue;
				event = tried.step.step == p->step[n.at] &&
					task[p->column[n.at]] == (int)t;
				end = event ? plain_move(p, &n, &tried, true, task[0]) : 0;
				if (end)
					return end;
				plain_move(p, &n, &tried, false, task[0]);
			}
	}
	return 0;
}

/* Over all tasks that two columns can be. */
static unsigned plain_shortest(struct plain *p)
{
	unsigned best = 0;

	for (unsigned a = 0; a < p->s->tasks; a++)
		for (unsigned b = 0; b < p->s->tasks; b++) {
			int task[2] = { (int)a, (int)b };
			unsigned n = a == b ? 0 : plain_search(p, task);

			if (n && (!best || n < best))
				best = n;
		}
	return best;
}

static unsigned draw(uint32_t *x, unsigned n)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % n;
}

/* The claim as a text: the exact form. */
static char *plain_text(const struct plain *p)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	for (unsigned i = 0; i < p->events; i++) {
		const struct step *s = step_at((size_t)p->step[i]);

		if (p->call && !i)
			fprintf(out, "P0: %s()\n", op_name(p->call));
		else
			fprintf(out, "P%d: %s%s: %s\n", p->column[i],
				p->call && !p->column[i] ? "  " : "", step_op_name(s), s->text);
	}
	assert_int_equal(fclose(out), 0);
	return text;
}

/* One step of its text in its operation: the exact form means just that one. */
static bool alone(size_t step)
{
	const struct step *s = step_at(step);

	for (size_t i = 0; i < step_count(); i++)
		if (i != step && step_at(i)->func == s->func &&
		    !strncmp(step_at(i)->text, s->text, strlen(s->text)))
			return false;
	return true;
}

/* Returns whether it is possible. */
static bool check_claim(struct plain *p)
{
	const struct judge_options o = { 0 };
	struct claim_error err;
	struct claim_text c;
	struct judged v;
	char *text = plain_text(p);
	unsigned shortest = plain_shortest(p);
	int e;

	read_text(&c, text);
	assert_int_equal(c.events, p->events);
	e = claim_judge(&v, &c, p->s, p->k, &o, &err);
	if (e == -EINVAL) {		/* no task can, whatever happens */
		assert_int_equal(shortest, 0);
	} else {
		assert_int_equal(e, 0);
		if (!v.bound && !v.cut_there && (v.says == JUDGE_POSSIBLE) != (shortest > 0))
			fail_msg("%s: %s, but the shortest is %u\n%s", p->s->name,
				 v.says == JUDGE_POSSIBLE ? "possible" : "impossible", shortest,
				 text);
		if (shortest)
			assert_int_equal(v.schedule.n, shortest);
		else
			assert_int_not_equal(v.says, JUDGE_POSSIBLE);
		judged_free(&v);
	}
	claim_free(&c);
	free(text);
	return shortest;
}

/* Is the first step of an operation one that its text can name alone?  Its number, or -1. */
static int first_step(enum op op, const struct kernel *k, const struct machine *hw)
{
	int step = op == OP_NONE ? -1 : step_id(op, task_entry(op, k, hw));

	return step >= 0 && step_at((size_t)step)->kind != KIND_CALL ? step : -1;
}

static unsigned possible, judged;

static void compare(const char *scenario, const char *kernel, enum op call, unsigned claims,
		    uint32_t seed)
{
	int step[4], column[4], made[1024];
	struct kernel k = kernel_like(kernel);
	struct scenario s;
	struct exploration x;
	struct plain p = { .s = &s, .k = &k, .step = step, .column = column, .room = 60000,
			   .mask = (1 << 18) - 1 };
	unsigned n = 0;

	load(&s, scenario);
	explore_all(&x, &s, &k);
	for (size_t i = 0; i < step_count() && n < 1024; i++)
		if (x.step_reached[i] && alone(i))
			made[n++] = (int)i;
	exploration_free(&x);
	p.node = malloc(p.room * sizeof(*p.node));
	p.slot = malloc((p.mask + 1) * sizeof(*p.slot));
	assert_true(n && p.node && p.slot);
	for (unsigned i = 0; i < claims; i++) {
		p.events = 2 + draw(&seed, 3);
		for (unsigned e = 0; e < p.events; e++) {
			step[e] = made[draw(&seed, n)];
			column[e] = (int)draw(&seed, 2);
		}
		p.call = first_step(call, &k, &s.hw) < 0 ? OP_NONE : call;
		if (p.call) {
			step[0] = first_step(call, &k, &s.hw);
			column[0] = column[1] = 0;
			if (step[1] == step[0])	/* is read as: it has been called */
				continue;
		}
		possible += check_claim(&p);
		judged++;
	}
	free(p.node);
	free(p.slot);
	scenario_free(&s);
}

static void test_plain(void **state)
{
	(void)state;
	compare("double-swapin", "v6.8", OP_NONE, SANITIZED ? 4 : 40, 1);
	compare("double-swapin", "v6.9 pin=none load=exclusive", OP_NONE, SANITIZED ? 4 : 30, 2);
	compare("aborted-bypass", "v6.9-rc1", OP_NONE, SANITIZED ? 2 : 12, 3);
	compare("writeback-swapoff", "v6.8", OP_NONE, SANITIZED ? 4 : 40, 4);
	compare("zap-swapoff", "v6.9", OP_NONE, SANITIZED ? 4 : 40, 5);
	/* what is indented is made in that call: of a fault that is tried again, too */
	compare("double-swapin", "v6.8", OP_do_swap_page, SANITIZED ? 4 : 40, 6);
	compare("double-swapin", "v6.5", OP_zswap_load, SANITIZED ? 4 : 40, 7);
	compare("aborted-bypass", "v6.9", OP_do_swap_page, SANITIZED ? 2 : 15, 8);
	compare("zap-swapoff", "v6.8", OP_free_swap_and_cache, SANITIZED ? 4 : 30, 9);
	/* there were both */
	assert_true(possible > (SANITIZED ? 0 : 30) && judged - possible > (SANITIZED ? 0 : 30));
}

/* ---- particular verdicts ---- */

static void judge(struct judged *v, const char *text, const char *scenario, const char *kernel)
{
	const struct judge_options o = { .bind_names = true };
	struct kernel k = kernel_like(kernel);
	struct claim_error err;
	struct claim_text c;
	static struct scenario s;

	load(&s, scenario);
	read_text(&c, text);
	assert_int_equal(claim_judge(v, &c, &s, &k, &o, &err), 0);
	claim_free(&c);
	scenario_free(&s);
}

static void says(const char *text, const char *scenario, const char *kernel, enum judge_says is,
		 const char *why)
{
	struct judged v;

	judge(&v, text, scenario, kernel);
	if (v.says != is || (why && !strstr(v.why, why)))
		fail_msg("%s under %s: %d, %s\n%s", scenario, kernel, (int)v.says, v.why, text);
	judged_free(&v);
}

static void test_verdicts(void **state)
{
	struct judged v;

	(void)state;
	/* a lock, and who has it; a result, and why it is that */
	says("T0: do_swap_page()\nT0:   do_swap_page: pte_same(orig_pte)? = same\n"
	     "T1: do_swap_page: pte_same(orig_pte)?\nT0:   map_swapin_folio: set_pte_at()\n",
	     "double-swapin", "v6.5", JUDGE_IMPOSSIBLE,
	     "T1 waits for the page table lock of mm 0, which T0 holds since");
	says("T0: swapcache_prepare() = 0\nT1: swapcache_prepare() = 0\n"
	     "T0: zswap_load: zswap_decompress(entry, folio): end\n"
	     "T1: zswap_load: zswap_decompress(entry, folio): end\nT0: swapcache_clear()\n",
	     "double-swapin", "v6.8", JUDGE_IMPOSSIBLE, NULL);
	/* a step that the kernel does not have */
	says("T0: spin_lock(&tree->lock)\n", "double-swapin", "v6.12", JUDGE_IMPOSSIBLE,
	     "no run under this kernel");
	/* what ends the run is the claim's end; lines behind it are told apart */
	judge(&v, "T0: zswap_load: zswap_decompress(entry, folio): begin\nW: zswap_entry_free()\n"
		  "T0: zswap_load: zswap_decompress(entry, folio): end\nUAF\nT0: set_pte_at()\n",
	      "debate", "debate-a");
	assert_int_equal(v.says, JUDGE_POSSIBLE);
	assert_int_equal(v.behind, 1);
	assert_int_equal(v.schedule.n, 20);	/* the finding is 19: without a begin */
	assert_true(v.violated & 1u << PROP_UAF);
	judged_free(&v);
	/* without an outcome, what follows a run's end is not known */
	says("T0: zswap_load: zswap_decompress(entry, folio): begin\nW: zswap_entry_free()\n"
	     "T0: zswap_load: zswap_decompress(entry, folio): end\nT0: pte_same() = same\n"
	     "W: zswap_rb_search()\n", "writeback-first", "debate-a", JUDGE_UNKNOWN, NULL);
	/* in one call, and in two */
	says("T0: do_swap_page()\nT0:   zswap_load()\nT0:   zswap_load()\n", "aborted-bypass",
	     "v6.9", JUDGE_IMPOSSIBLE, NULL);
	says("T0: do_swap_page()\nT0: zswap_load()\nT0: zswap_load()\n", "aborted-bypass",
	     "v6.9", JUDGE_POSSIBLE, NULL);
	/* columns in another order, and called otherwise */
	says("CPU7: zswap_writeback_entry()\nCPU3: zswap_load()\n", "debate", "v6.9",
	     JUDGE_POSSIBLE, NULL);
}

static void test_bounds(void **state)
{
	const struct judge_options o = { .max_states = 100 };
	struct kernel k = kernel_like("v6.9");
	struct claim_error err;
	struct claim_text c;
	struct scenario s;
	struct judged v;

	(void)state;
	load(&s, "debate");
	read_text(&c, "T0: set_pte_at()\nT0: do_swap_page()\n");
	assert_int_equal(claim_judge(&v, &c, &s, &k, &o, &err), 0);
	assert_int_equal(v.says, JUDGE_UNKNOWN);
	assert_string_equal(v.bound, "max_states");
	judged_free(&v);
	claim_free(&c);
	/* nobody can */
	read_text(&c, "R: swapoff()\n");
	assert_int_equal(claim_judge(&v, &c, &s, &k, &o, &err), -EINVAL);
	assert_non_null(strstr(err.text, "no task"));
	claim_free(&c);
	/* nor two, where one could */
	read_text(&c, "R: zswap_shrink()\nQ: zswap_writeback_entry()\n");
	assert_int_equal(claim_judge(&v, &c, &s, &k, &o, &err), -EINVAL);
	assert_non_null(strstr(err.text, "each of the 2 columns"));
	claim_free(&c);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
