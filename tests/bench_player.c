/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench_player.c - the debugger on a long run in a large world, as scripts/bench prints it: how
 * long a jump, a step and the first screen take.
 */
#include "replay/cause/cause.h"
#include "tests/bench.h"
#include "tests/large.h"
#include "traces/read/lens.h"
#include "ui/view/view.h"

#define EVENTS		(quick ? 300000u : 10000000u)
#define SCALE		4096
#define TASKS		16
#define KEYFRAMES	131072
#define JUMPS		(quick ? 20u : 200u)
#define STEPS_MAX	5000u	/* so that they cross the ends of blocks */
#define STEPS		(quick ? 200u : STEPS_MAX)
#define OPENED		(quick ? 1 : 5)

static double now_ms(void)
{
	return now() * 1e3;
}

/*
 * What was measured, and what it should be.  All is done several times in the same order, and of
 * each jump and step the best counts.
 */
struct figure {
	const char *name;
	double aim, best[STEPS_MAX];
	unsigned n, at;
};

static void add(struct figure *f, double ms)
{
	if (f->at == f->n)
		f->best[f->n++] = ms;
	else if (ms < f->best[f->at])
		f->best[f->at] = ms;
	f->at++;
}

static void print(const struct figure *f)
{
	double sum = 0, most = 0;

	for (unsigned i = 0; i < f->n; i++) {
		sum += f->best[i];
		most = f->best[i] > most ? f->best[i] : most;
	}
	printf("%-34s %9.3f %9.3f %9.0f\n", f->name, f->n ? sum / f->n : 0, most, f->aim);
	fflush(stdout);
}

static void timed_key(struct view *v, const char *key, struct grid *g, struct figure *f)
{
	double start = now_ms();

	view_key(v, key);
	if (g)
		view_render(v, g);
	add(f, now_ms() - start);
	view_read_ahead(v);		/* as loop.c does when a screen has been painted */
}

/* The world alone, as a program would ask for it. */
static void bench_world(struct trace *t)
{
	static struct figure jump = { .name = "world at a random position", .aim = 16 };
	static struct figure forward = { .name = "world a step forward", .aim = 1 };
	static struct figure back = { .name = "world a step back", .aim = 1 };
	uint64_t events = trace_info(t)->events;

	for (int repeat = 0; repeat < REPEAT; repeat++) {
		uint64_t at = events / 2;
		uint32_t rng = 7;
		struct world w;

		jump.at = forward.at = back.at = 0;
		for (unsigned i = 0; i < JUMPS + 2 * STEPS; i++) {
			struct figure *f = i < JUMPS ? &jump : i < JUMPS + STEPS ? &forward : &back;
			double start;

			rng = rng * 1664525u + 1013904223u;
			at = f == &jump ? (uint64_t)(rng >> 4) * events >> 28 :
			     f == &forward ? at + 1 : at - 1;
			start = now_ms();
			if (trace_world(t, at, &w, NULL))
				give_up("a world cannot be read");
			add(f, now_ms() - start);
			trace_read_ahead(t, at);
		}
	}
	print(&jump);
	print(&forward);
	print(&back);
}

/*
 * A field that no transition changes: no page of these runs gets another owner.  The pages of
 * owner 0 have no such field, for a file has only what was not 0 at some time.
 */
static uint32_t quiet_field(struct trace *t)
{
	uint32_t id[OBJECT_FIELDS];

	for (uint32_t page = 0; page < trace_info(t)->pages; page++)
		if (trace_fields_of(t, (struct trace_object){ OBJ_PAGE, page }, "mm", id) == 1)
			return id[0];
	give_up("no page of the run has a field 'mm', which a search could be for");
}

/* All transitions are gone through: forward, for what is behind a search is remembered. */
static void bench_search(struct trace *t, uint32_t field, struct figure *f)
{
	uint64_t found;
	double start = now_ms();
	int r = trace_search(t, 1, trace_info(t)->events, &field, 1, &found);

	if (r)
		give_up(r < 0 ? trace_message(t) : "a page got another owner: 'mm' has changed");
	add(f, now_ms() - start);
}

static void bench_keys(struct view *v, struct grid *g)
{
	static struct figure jump = { .name = "go to, drawn (200x50)", .aim = 16 };
	static struct figure forward = { .name = "a step forward, drawn", .aim = 1 };
	static struct figure back = { .name = "a step back, drawn", .aim = 1 };
	uint64_t events = trace_info(v->chapter->run[0])->events;

	for (int repeat = 0; repeat < REPEAT; repeat++) {
		uint32_t rng = 99;

		jump.at = forward.at = back.at = 0;
		for (unsigned i = 0; i < JUMPS; i++) {
			double start;

			rng = rng * 1664525u + 1013904223u;
			start = now_ms();
			v->cursor[0] = (uint64_t)(rng >> 4) * events >> 28;
			view_render(v, g);
			add(&jump, now_ms() - start);
		}
		view_read_ahead(v);
		for (unsigned i = 0; i < STEPS; i++)
			timed_key(v, "right", g, &forward);
		for (unsigned i = 0; i < STEPS; i++)
			timed_key(v, "left", g, &back);
	}
	print(&jump);
	print(&forward);
	print(&back);
}

/* A text that no step has: how long a key waits at most while it is looked for. */
static void bench_text(struct view *v, struct grid *g)
{
	static struct figure part = { .name = "a part of a search for text, drawn", .aim = 50 };

	view_key(v, "home");
	view_command(v, "search no step has this");
	for (int i = 0; i < 100 && v->seeking.under_way; i++) {
		double start = now_ms();

		view_seek(v);
		view_render(v, g);
		add(&part, now_ms() - start);
	}
	view_key(v, "esc");
	print(&part);
}

static void bench_view(struct chapter *c)
{
	static struct figure cause = { .name = "to a cause, 3 in turn", .aim = 1000 };
	static struct figure never = { .name = "no change in the whole run", .aim = 1000 };
	uint32_t quiet = quiet_field(c->run[0]);
	struct grid g;
	struct view v;
	size_t wrong;

	trace_findings(c->run[0], &wrong);
	if (grid_init(&g, 50, 200))
		give_up("out of memory");
	view_init(&v, c, 1);
	for (int i = 0; i < 3 && wrong; i++) {	/* once: afterwards the blocks are at hand */
		uint64_t from = v.cursor[0];

		timed_key(&v, "c", NULL, &cause);
		if (v.cursor[0] == from)
			give_up("a wrong byte has no cause");
	}
	for (int repeat = 0; repeat < REPEAT; repeat++) {
		never.at = 0;
		bench_search(c->run[0], quiet, &never);
	}
	bench_keys(&v, &g);
	if (wrong)
		print(&cause);
	print(&never);
	bench_text(&v, &g);
	grid_free(&g);
}

/* Nothing is kept from one opening to the next but what the system keeps of the file. */
static void bench_open(const char *path)
{
	static struct figure open = { .name = "open", .aim = 50 };
	static struct figure first = { .name = "open and draw the first screen", .aim = 50 };

	for (int i = 0; i < OPENED; i++) {
		struct chapter c = { 0 };
		char err[TRACE_ERROR_MAX];
		double start = now_ms();
		struct grid g;
		struct view v;

		if (trace_open(&c.run[0], path, 0, err))
			give_up(err);
		add(&open, now_ms() - start);
		view_init(&v, &c, 1);
		if (grid_init(&g, 50, 200))
			give_up("out of memory");
		view_render(&v, &g);
		add(&first, now_ms() - start);
		grid_free(&g);
		trace_free(c.run[0]);
	}
	print(&open);
	print(&first);
}

static void make_run(const char *path, uint64_t events)
{
	struct large l = { 0 };
	double start = now_ms();
	size_t nonzero = 0;

	large_file(&l, path, SCALE, TASKS, events, events * 7 / 10, KEYFRAMES, true);
	for (size_t i = 0; i < l.values; i++)
		nonzero += l.value[i] != 0;
	printf("a run of %llu transitions (%.1f changes each), %u pages, %u slots, %u folios, "
	       "%u entries, %u tasks, %zu fields not 0, a keyframe every %d, written in %.1f s\n",
	       (unsigned long long)l.seq - 1, (double)l.all_changes / (double)(l.seq - 1),
	       l.size[LARGE_PAGES], l.size[LARGE_SLOTS], l.size[LARGE_FOLIOS],
	       l.size[LARGE_ENTRIES], TASKS, nonzero, KEYFRAMES, (now_ms() - start) / 1e3);
	large_free(&l);
}

int main(int argc, char **argv)
{
	struct chapter c = { 0 };
	char path[512], err[TRACE_ERROR_MAX];
	bool file;

	bench_options(&argc, &argv);
	file = argc == 3;
	if (argc != 2 && !file) {
		fprintf(stderr, "usage: bench_player [--quick] FOLDER (for a file of 250 MB) "
				"[FILE.db]\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s%s", file ? argv[2] : argv[1], file ? "" : "/long.db");
	if (!file)
		make_run(path, EVENTS);
	if (trace_open(&c.run[0], path, 0, err))
		give_up(err);
	if (file)
		printf("%s: %llu transitions, %u pages, %u slots\n", path,
		       (unsigned long long)trace_info(c.run[0])->events,
		       trace_info(c.run[0])->pages, trace_info(c.run[0])->slots);
	printf("%-34s %9s %9s %9s\n", "ms", "mean", "max", "aim (max)");
	bench_open(path);
	bench_world(c.run[0]);
	bench_view(&c);
	trace_free(c.run[0]);
	return 0;
}
