/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutant.c - runs shipped scenarios with one rule of core/mm broken, and says whether their
 * expectations notice.  tests/mutants.py links it with core/mm as tests/mutate.py has written it.
 *
 *	mutant SCENARIO...	questions on stdin, a line each; the answer is a line on stdout
 *	cases			all cases: "SCENARIO KERNEL", one a line, then an empty line
 *	felt MOST S K		how many states case K of scenario S has, of which no more than
 *				MOST are looked at, and which mutants make a difference in them
 *	run N MOST S K		what the case says of mutant N: "unseen", or how it is seen
 *
 * A case is a kernel and all that a scenario expects of it: one search.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/explore/explore.h"
#include "tests/mutants/mutant.h"

#define CPU_SECONDS	300

unsigned mutant, mutant_turns;
bool mutant_felt[MUTANTS_MAX], mutant_unlocked;

static struct scenario *scenarios;

/* In a child: the answer is made, and its exit is quiet. */
static void answer(const char *text)
{
	printf("%s\n", text);
	fflush(stdout);
	_exit(0);
}

void mutant_endless(void)
{
	answer("endless");
}

static void out_of_time(int sig)
{
	static const char text[] = "endless\n";

	(void)sig;
	_exit(write(STDOUT_FILENO, text, sizeof(text) - 1) < 0);
}

static void kernel_text(const struct expect *e, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "%s", e->kernel);

	for (unsigned i = 0; i < e->set_count && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, " %s", e->sets[i]);
}

static bool same_case(const struct expect *a, const struct expect *b)
{
	char x[256], y[256];

	kernel_text(a, x, sizeof(x));
	kernel_text(b, y, sizeof(y));
	return !strcmp(x, y);
}

/* The first line that expects something of the kernel of line i. */
static unsigned first_line(const struct scenario *s, unsigned i)
{
	unsigned first = 0;

	while (!same_case(&s->expect[first], &s->expect[i]))
		first++;
	return first;
}

static void search(struct exploration *x, const struct scenario *s, unsigned line, uint64_t most)
{
	struct explore_options o = { .livelock = true, .max_states = most };
	struct kernel k;

	expect_kernel(&s->expect[line], &k);
	if (explore(x, s, &k, &o))
		answer("out of memory");
}

static void say_felt(const struct scenario *s, unsigned line, unsigned most)
{
	struct exploration x;

	search(&x, s, line, most);
	printf("%" PRIu64, x.states);
	for (unsigned i = 1; i < MUTANTS_MAX; i++)
		if (mutant_felt[i])
			printf(" %u", i);
	answer("");
}

static void say_found(const char *how, uint32_t found)
{
	printf("%s", how);
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (found >> i & 1)
			printf(" %s", properties[i].name);
	answer("");
}

/* What a case expects that a search has not come to. */
static void say_seen(const struct scenario *s, unsigned line, unsigned most)
{
	struct exploration x;
	bool grown;

	search(&x, s, line, most);
	grown = x.bound && !strcmp(x.bound, "max_states");
	for (unsigned i = line; i < s->expects; i++) {
		const struct expect *e = &s->expect[i];

		/* a search that grows out of its bound says nothing of what it has not found */
		if (!same_case(e, &s->expect[line]) || (grown && !e->safe))
			continue;
		if (!expect_met(e, x.violated | x.costs | (grown ? e->all : 0),
				grown ? UINT32_MAX : known_properties(x.complete, x.bound)))
			say_found(x.violated ? "found" : "found nothing", x.violated | x.costs);
		if (e->safe && !x.bound && exploration_unreached(&x, s))
			answer("not reached");
	}
	answer(grown ? "bounded" : "unseen");
}

/* Ask a child, so that nothing of a broken rule stays: an assertion that fails ends it alone. */
static void ask(unsigned n, const struct scenario *s, unsigned line, unsigned most)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		const struct rlimit limit = { CPU_SECONDS, CPU_SECONDS + 5 };

		signal(SIGXCPU, out_of_time);
		setrlimit(RLIMIT_CPU, &limit);
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		mutant = n;
		if (n)
			say_seen(s, line, most);
		say_felt(s, line, most);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		printf("no child\n");
	else if (WIFSIGNALED(status))
		printf("%s\n", WTERMSIG(status) == SIGABRT ? "assertion" : "crash");
	else if (WEXITSTATUS(status))
		printf("no answer\n");
	fflush(stdout);
}

static void say_cases(int count)
{
	char text[256];

	for (int s = 0; s < count; s++)
		for (unsigned i = 0; i < scenarios[s].expects; i++) {
			if (first_line(&scenarios[s], i) != i)
				continue;
			kernel_text(&scenarios[s].expect[i], text, sizeof(text));
			printf("%d %u %s\n", s, i, text);
		}
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char text[256];

	scenarios = calloc((size_t)argc, sizeof(*scenarios));
	if (!scenarios)
		return 1;
	for (int i = 1; i < argc; i++) {
		struct scenario_error err;

		if (scenario_load(&scenarios[i - 1], argv[i], &err)) {
			fprintf(stderr, "%s:%u: %s\n", argv[i], err.line, err.text);
			return 1;
		}
	}
	while (fgets(text, sizeof(text), stdin)) {
		unsigned n = 0, s, line, most = 0;

		if (!strcmp(text, "cases\n"))
			say_cases(argc - 1);
		else if (sscanf(text, "felt %u %u %u", &most, &s, &line) == 3 ||
			 sscanf(text, "run %u %u %u %u", &n, &most, &s, &line) == 4)
			ask(n, &scenarios[s], line, most);
	}
	for (int i = 1; i < argc; i++)
		scenario_free(&scenarios[i - 1]);
	free(scenarios);
	return 0;
}
