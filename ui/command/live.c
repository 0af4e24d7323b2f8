/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/write/live.h"
#include "ui/command/command.h"

#define LIVE_KERNEL	"v6.9"
#define PAGES_DEFAULT	1024

struct live_args {
	struct kernel_choice kernel;
	struct live_options o;
	const char *out, *folder;
	uint64_t threads, operations, pages, slots, entries;
	bool plain, seeded;
};

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "set", required_argument, NULL, 's' },
	{ "threads", required_argument, NULL, 't' },
	{ "seconds", required_argument, NULL, 'c' },
	{ "operations", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 'r' },
	{ "device", required_argument, NULL, 'd' },
	{ "pages", required_argument, NULL, 'p' },
	{ "slots", required_argument, NULL, 'l' },
	{ "entries", required_argument, NULL, 'e' },
	{ "swap-folder", required_argument, NULL, 'f' },
	{ "widen", no_argument, NULL, 'w' },
	{ "zeroes", no_argument, NULL, 'z' },
	{ "drop", no_argument, NULL, 'x' },
	{ "plain", no_argument, NULL, 'P' },
	{ "output", required_argument, NULL, 'o' },
	{ 0 },
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

static bool stop_asked(void)
{
	return interrupted;
}

static int seconds_argument(const char *text, double *v)
{
	char *end;

	*v = strtod(text, &end);
	if (*end || end == text || !(*v > 0) || *v > 1e6)
		return usage_error("--seconds %s: a number above 0 is needed", text);
	return EXIT_OK;
}

static int device_argument(const char *text, unsigned *v)
{
	for (unsigned i = 0; i < DEVICE_COUNT; i++)
		if (!strcmp(text, device_name(i))) {
			*v = i;
			return EXIT_OK;
		}
	return usage_error("--device %s: it is one of zram, brd, disk", text);
}

static int parse_option(struct live_args *a, int opt, char **argv)
{
	switch (opt) {
	case 'k':
		a->kernel.name = optarg;
		return EXIT_OK;
	case 's':
		return add_set(&a->kernel, optarg);
	case 't':
		return number_argument("--threads", optarg, LIVE_THREADS_MAX, &a->threads);
	case 'c':
		return seconds_argument(optarg, &a->o.seconds);
	case 'n':
		return number_argument("--operations", optarg, INT64_MAX, &a->operations);
	case 'r':
		a->seeded = true;
		return number_argument("--seed", optarg, INT64_MAX, &a->o.seed);
	case 'd':
		return device_argument(optarg, &a->o.device);
	case 'p':
		return number_argument("--pages", optarg, LIVE_OBJECTS_MAX, &a->pages);
	case 'l':
		return number_argument("--slots", optarg, LIVE_OBJECTS_MAX, &a->slots);
	case 'e':
		return number_argument("--entries", optarg, LIVE_OBJECTS_MAX - 1, &a->entries);
	case 'f':
		a->folder = optarg;
		return EXIT_OK;
	case 'w':
		a->o.widen = true;
		return EXIT_OK;
	case 'z':
		a->o.zeroes = true;
		return EXIT_OK;
	case 'x':
		a->o.drop = true;
		return EXIT_OK;
	case 'P':
		a->plain = true;
		return EXIT_OK;
	case 'o':
		a->out = optarg;
		return EXIT_OK;
	default:
		return bad_option("live", opt, argv[optind - 1]);
	}
}

static int parse_args(struct live_args *a, int argc, char **argv)
{
	int opt, status = EXIT_OK;

	opterr = 0;
	optind = 1;
	while (!status && (opt = getopt_long(argc, argv, ":o:", options, NULL)) != -1)
		status = parse_option(a, opt, argv);
	if (status)
		return status;
	if (optind < argc)
		return usage_error("live: '%s' is too much; 'swapscope --help' shows how",
				   argv[optind]);
	if (a->o.seconds > 0 && a->operations)
		return usage_error("live: --seconds excludes --operations");
	if (!a->out && (a->plain || a->o.drop))
		return usage_error("live: --plain and --drop are about a trace; -o FILE.db is "
				   "needed");
	if (!(a->o.seconds > 0) && !a->operations)
		a->o.seconds = 10;
	a->o.threads = a->threads ? (unsigned)a->threads : 4;
	a->o.pages = a->pages ? (unsigned)a->pages : PAGES_DEFAULT;
	a->o.slots = a->slots ? (unsigned)a->slots : a->o.pages + a->o.pages / 2;
	a->o.entries = a->entries ? (unsigned)a->entries : a->o.pages / 3 + 1;
	a->o.operations = a->operations;
	if (a->o.pages < 4 * a->o.threads)
		return usage_error("live: %u pages are too few for %u threads: four each",
				   a->o.pages, a->o.threads);
	if (a->o.pages + a->o.slots > LIVE_PLACES_MAX)
		return usage_error("live: %u pages and %u slots are too many: %u together",
				   a->o.pages, a->o.slots, LIVE_PLACES_MAX);
	if (!a->seeded)
		a->o.seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 20;
	return EXIT_OK;
}

/* ---- what is said ---- */

static void say_run(const struct live_args *a, const char *kernel_name, const struct kernel *k)
{
	char text[KERNEL_TEXT_MAX];

	printf("live under %s: %s\n", kernel_name, kernel_text(k, text));
	printf("%u threads, %s, %u pages, %u slots, %u entries, seed %llu%s\n", a->o.threads,
	       device_name(a->o.device), a->o.pages, a->o.slots, a->o.entries,
	       (unsigned long long)a->o.seed, a->o.widen ? ", widened" : "");
	fflush(stdout);
}

static void say_result(const struct live_result *r, bool recorded)
{
	char steps[32], ops[32], stores[32], loads[32], n[32], lost[32];

	printf("%s steps, %s operations, %s pages compressed, %s decompressed in %.1f s\n",
	       grouped(r->steps, steps), grouped(r->operations, ops), grouped(r->stores, stores),
	       grouped(r->loads, loads), r->seconds);
	if (recorded)
		printf("%s transitions recorded%s%s\n", grouped(r->recorded, n),
		       r->dropped ? "; dropped: " : "",
		       r->dropped ? grouped(r->dropped, lost) : "");
	if (r->findings)
		printf("violated: %s\n", r->finding);
	else
		puts("every page that was read was what its owner wrote");
}

static void say_replay(const struct live_args *a, const char *kernel_name)
{
	printf("again: swapscope live");
	print_kernel_options(stdout, kernel_name);
	printf(" --threads %u --seed %llu --pages %u --slots %u --entries %u --device %s%s%s",
	       a->o.threads, (unsigned long long)a->o.seed, a->o.pages, a->o.slots, a->o.entries,
	       device_name(a->o.device), a->o.widen ? " --widen" : "",
	       a->o.zeroes ? " --zeroes" : "");
	if (a->o.seconds > 0)
		printf(" --seconds %g\n", a->o.seconds);
	else
		printf(" --operations %llu\n", (unsigned long long)a->o.operations);
	if (a->out) {
		printf("see it: swapscope view ");
		print_quoted(stdout, a->out);
		putchar('\n');
	}
}

static int live_error(int err)
{
	if (err == -ELNRNG)
		return usage_error("live: the order of events was lost; this is a defect of "
				   "swapscope");
	if (err == -ENOMEM)
		return usage_error("live: out of memory");
	return usage_error("live: the swap file or a thread: %s", strerror(-err));
}

/* ---- a run ---- */

static int run_recorded(struct live_args *a, const struct kernel *k, const char *kernel_name,
			struct live_result *r)
{
	struct live_recorder *rec = NULL;
	char err_text[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int err = trace_create(&tw, a->out, false, err_text), status = EXIT_OK;

	if (err)
		return usage_error("%s", err_text);
	err = live_recorder_new(&rec, tw, k, kernel_name, &a->o, a->plain);
	if (!err) {
		a->o.event = live_recorder_event;
		a->o.start = live_recorder_start;
		a->o.arg = rec;
		err = live_run(k, &a->o, a->folder, r);
	}
	if (!err)
		err = live_recorder_end(rec, r);
	if (err && *trace_error(tw))
		status = usage_error("%s; what was committed before is in the file, and 'swapscope "
				     "check' says how much", trace_error(tw));
	else if (err)
		status = live_error(err);
	live_recorder_free(rec);
	if (trace_close(tw) && !status)
		status = usage_error("%s could not be finished", a->out);
	return status;
}

static int exec_live(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };
	struct live_args a = { .o.device = DEVICE_ZRAM };
	char kernel_name[256];
	struct live_result r = { 0 };
	struct kernel k;
	int status = parse_args(&a, argc, argv), err;

	if (status)
		return status;
	status = choose_kernel(&a.kernel, NULL, LIVE_KERNEL, &k, kernel_name, sizeof(kernel_name));
	if (status)
		return status;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	a.o.stop = stop_asked;
	say_run(&a, kernel_name, &k);
	if (a.out) {
		status = run_recorded(&a, &k, kernel_name, &r);
	} else {
		err = live_run(&k, &a.o, a.folder, &r);
		status = err ? live_error(err) : EXIT_OK;
	}
	if (status)
		return status;
	say_result(&r, a.out);
	if (!r.findings)
		return EXIT_OK;
	say_replay(&a, kernel_name);
	return EXIT_VIOLATED;
}

const struct command cmd_live = {
	.name = "live",
	.args = "[--kernel NAME] [--set SWITCH=VALUE]... [--threads N] [--widen] [--zeroes]\n"
		"          [--seed N] [--seconds S | --operations N]\n"
		"          [-o FILE.db [--plain] [--drop]] [--device zram|brd|disk] [--pages N]\n"
		"          [--slots N] [--entries N] [--swap-folder DIR]",
	.help = "the operations on real threads, with real pages through lz4, every step logged",
	.exec = exec_live,
};
