/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench_hand.c - what moves by hand and questions cost (scripts/bench): as the debugger makes and
 * asks them, without the drawing.
 */
#include "core/explore/outlook.h"
#include "replay/hand/hand.h"
#include "tests/bench.h"

#define MOVES	(quick ? 20u : 400u)
#define OPTIONS	64

struct figure {
	const char *name;
	double sum, most;
	unsigned n;
};

static void add(struct figure *f, double from)
{
	double ms = (now() - from) * 1e3;

	f->sum += ms;
	f->most = ms > f->most ? ms : f->most;
	f->n++;
}

static void print(const struct figure *f)
{
	printf("%-44s %9.3f %9.3f\n", f->name, f->sum / f->n, f->most);
	fflush(stdout);
}

static struct scenario load(const char *name)
{
	struct scenario_error err;
	struct scenario s;

	if (scenario_load(&s, name, &err))
		give_up(err.text);
	return s;
}

/* Each move is what the list of what can happen next has at a place that goes round. */
static void bench_moves(struct hand *h, const struct scenario *s, const struct kernel *k)
{
	static struct hand_option o[OPTIONS];
	struct figure moves = { .name = "a move by hand, recorded and read back" };
	struct figure next = { .name = "what can happen next" };
	struct figure branch = { .name = "a move that begins a branch" };
	struct trace *t, *out;
	uint64_t at = 0;

	if (hand_start(h, s, k, "v6.9", &t))
		give_up(hand_why(h));
	for (unsigned i = 0; i < MOVES; i++) {
		double from = now();
		int n = hand_options(h, t, at, o, OPTIONS), best = -1;

		add(&next, from);
		for (int j = 0; j < n && best < 0; j++)
			if (o[(i + (unsigned)j) % (unsigned)n].can)
				best = (int)((i + (unsigned)j) % (unsigned)n);
		if (best < 0)
			break;
		from = now();
		if (hand_move(h, t, at, o[best].move, &out) < 0)
			give_up(hand_why(h));
		add(&moves, from);
		at++;
	}
	for (uint64_t p = 0; p < at && branch.n < (quick ? 3u : 40u); p++) {
		int n = hand_options(h, t, p, o, OPTIONS);

		hand_idle(h, t);	/* as between two keys */
		for (int j = 0; j < n; j++) {
			double from = now();

			if (!o[j].can || o[j].recorded)
				continue;
			if (hand_move(h, t, p, o[j].move, &out) < 0)
				give_up(hand_why(h));
			add(&branch, from);
			hand_delete(h, out);
			break;
		}
	}
	print(&next);
	print(&moves);
	print(&branch);
}

static double first_at;

static bool on_progress(void *arg, uint64_t states, uint64_t transitions, unsigned depth,
			const struct finding *first)
{
	(void)states;
	(void)transitions;
	(void)depth;
	if (first && !first_at)
		first_at = now() - *(double *)arg;
	return true;
}

static void bench_ask(const char *name, const char *kernel)
{
	struct scenario s = load(name);
	double from = now();
	const struct outlook_options opt = { .progress = on_progress, .progress_arg = &from,
					     .max_states = quick ? 20000 : 0 };
	struct outlook_figures f;
	struct outlook_answer a;
	struct outlook *o;
	double seconds, asked;
	struct world w;

	first_at = 0;
	if (outlook_make(&o, &s, &kernel_find(kernel)->kernel, NULL, &opt))
		give_up("out of memory");
	seconds = now() - from;
	outlook_figures(o, &f);
	scenario_start(&s, &kernel_find(kernel)->kernel, &w);
	asked = now();
	if (outlook_at(o, &w, &a))
		give_up("the start is not in its outlook");
	asked = now() - asked;
	printf("ask %-16s %-9s %9.3f s, %llu states, %.2f M/s, %llu MB", name, kernel, seconds,
	       (unsigned long long)f.states, (double)f.states / seconds / 1e6,
	       (unsigned long long)f.bytes >> 20);
	if (first_at)
		printf("; a violation is told after %.3f s", first_at);
	printf("; asked again %.3f ms\n", asked * 1e3);
	fflush(stdout);
	outlook_free(o);
	scenario_free(&s);
}

int main(int argc, char **argv)
{
	struct hand *h = hand_new();
	struct scenario s;

	bench_options(&argc, &argv);
	if (!h)
		give_up("out of memory");
	s = load("debate-forever");
	printf("%-44s %9s %9s\n", "moves by hand, ms", "mean", "most");
	bench_moves(h, &s, &kernel_find("v6.9")->kernel);
	hand_free(h);
	scenario_free(&s);
	printf("\nwhat can still go wrong, asked at the start\n");
	bench_ask("writeback-first", "debate-a");
	bench_ask("debate", "v6.9");
	if (!quick)
		bench_ask("debate", "debate-a");
	return 0;
}
