/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/file/output.h"
#include "traces/write/live.h"
#include "traces/write/write.h"
#include "ui/command/command.h"

#define LIVE_KERNEL	"v6.9"
#define PAGES_DEFAULT	1024

struct live_args {
	struct kernel_choice kernel;
	struct live_options o;
	const char *out, *folder, *device;
	uint64_t threads, operations, pages, slots, entries;
	bool plain;
};

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
	signalled = 1;
	signal(number, output_on_signal);	/* who does not want to wait asks again */
}

static bool stop_asked(void)
{
	return signalled;
}

/* ---- what is said ---- */

static void say_run(const struct live_args *a, const char *kernel_name, const struct kernel *k)
{
	char text[KERNEL_TEXT_MAX], threads[COUNTED_MAX], pages[COUNTED_MAX], slots[COUNTED_MAX];

	printf("live under %s: %s\n", kernel_name, kernel_text(k, text));
	printf("%s, %s, %s, %s, zswap pool of %u, seed %llu%s\n",
	       counted(a->o.threads, "thread", threads), device_name(a->o.device),
	       counted(a->o.pages, "page", pages), counted(a->o.slots, "slot", slots), a->o.entries,
	       (unsigned long long)a->o.seed, a->o.widen ? ", widened" : "");
	fflush(stdout);
}

static void say_result(const struct live_result *r, bool recorded)
{
	char steps[COUNTED_MAX], ops[COUNTED_MAX], stores[COUNTED_MAX], loads[32], n[COUNTED_MAX];
	char lost[32];

	printf("%s, %s, %s compressed, %s decompressed in %.1f s\n",
	       counted(r->steps, "step", steps), counted(r->operations, "operation", ops),
	       counted(r->stores, "page", stores),
	       grouped(r->loads, loads), r->seconds);
	if (recorded)
		printf("%s recorded%s%s\n", counted(r->recorded, "transition", n),
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
	const bool replaces = !access(a->out, F_OK);
	int err = trace_create(&tw, a->out, TRACE_REPLACE, err_text), status = EXIT_OK, closed;
	char name[SHOWN_MAX], part[SHOWN_MAX];

	if (err)
		return usage_error("%s", err_text);
	if (replaces)
		fprintf(stderr, "%s is replaced at the end; until then the record is %s\n",
			shown(a->out, name), shown(trace_file(tw), part));
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
		status = usage_error("%s; %s", trace_error(tw), replaces ?
				     "the trace that was there is as it was" :
				     "what was committed before is in the file, and 'swapscope "
				     "check' says how much");
	else if (err)
		status = live_error(err);
	live_recorder_free(rec);
	if (status && replaces) {
		trace_abandon(tw);
		return status;
	}
	closed = trace_close(tw);
	return status ? status : closed ? usage_error("%s could not be finished: %s", a->out,
						      strerror(-closed)) : EXIT_OK;
}

/* What depends on several words, and what is so unless it is said. */
static int complete_args(struct live_args *a)
{
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
	a->o.device = a->device ? device_named(a->device) : DEVICE_ZRAM;
	if (a->o.pages < 4 * a->o.threads)
		return usage_error("live: %u pages are too few for %u threads: four each",
				   a->o.pages, a->o.threads);
	if (a->o.pages + a->o.slots > LIVE_PLACES_MAX)
		return usage_error("live: %u pages and %u slots are too many: %u together",
				   a->o.pages, a->o.slots, LIVE_PLACES_MAX);
	if (!a->o.seed)
		a->o.seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 20;
	return EXIT_OK;
}

static int exec_live(void *args, const struct operands *in)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct live_args *a = args;
	char kernel_name[256];
	struct live_result r = { 0 };
	struct kernel k;
	int status = complete_args(a), err;

	(void)in;
	if (!status)
		status = choose_kernel(&a->kernel, NULL, LIVE_KERNEL, &k, kernel_name,
				       sizeof(kernel_name));
	if (status)
		return status;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	a->o.stop = stop_asked;
	say_run(a, kernel_name, &k);
	if (a->out) {
		status = run_recorded(a, &k, kernel_name, &r);
	} else {
		err = live_run(&k, &a->o, a->folder, &r);
		status = err ? live_error(err) : EXIT_OK;
	}
	if (status)
		return status;
	say_result(&r, a->out);
	if (!r.findings)
		return EXIT_OK;
	say_replay(a, kernel_name);
	return EXIT_VIOLATED;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(live_args, kernel),
	NUMBER_OPTION(live_args, "threads", threads, LIVE_THREADS_MAX,
		      "Threads: 4 unless it is given."),
	VALUE_OPTION(live_args, "seconds", OPT_SECONDS, o.seconds, "S",
		     "For how long: 10 unless this or --operations is given."),
	NUMBER_OPTION(live_args, "operations", operations, INT64_MAX,
		      "So many operations of every thread, and not so many seconds."),
	NUMBER_OPTION(live_args, "seed", o.seed, INT64_MAX,
		      "Where the threads' choices come from; without it the clock."),
	FLAG_OPTION(live_args, "widen", o.widen,
		    "Pause where races are, so that rare interleavings come more often."),
	FLAG_OPTION(live_args, "zeroes", o.zeroes,
		    "Some writes are of zeroes: the zeromap is used."),
	TRACE_OPTION(live_args, out, "Log every step to a trace."),
	FLAG_OPTION(live_args, "plain", plain,
		    "Log as rows, not in blocks: larger, and every SQL tool reads it."),
	FLAG_OPTION(live_args, "drop", o.drop,
		    "Where the log cannot keep up drop what comes, and let no thread wait."),
	VALUE_OPTION(live_args, "device", OPT_WORD, device, "zram|brd|disk",
		     "The swap device: zram unless it is given."),
	NUMBER_OPTION(live_args, "pages", pages, LIVE_OBJECTS_MAX,
		      "Pages: 1,024 unless it is given."),
	NUMBER_OPTION(live_args, "slots", slots, LIVE_OBJECTS_MAX,
		      "Swap slots: half as many again as pages."),
	NUMBER_OPTION(live_args, "entries", entries, LIVE_OBJECTS_MAX - 1,
		      "What zswap's pool holds: a third of the pages."),
	VALUE_OPTION(live_args, "swap-folder", OPT_FILE, folder, "DIR",
		     "Where the swap file is made; without it in memory."),
	{ 0 },
};

const struct command cmd_live = {
	.name = "live",
	.brief = "the operations on real threads, with real pages through lz4, every step logged",
	.about = "Runs the operations of core/mm on real threads over a large world, with pages of "
		 "4 KiB that go through lz4 and a swap file, looks at every page that is read, and "
		 "logs every step with -o. 'swapscope check' then holds the record to the "
		 "model; 'swapscope view' opens it at the first wrong byte.",
	.option = options,
	.most = 0,
	.status = { "nothing was wrong", "a page was lost, or another property violated",
		    "wrong usage or input" },
	.example = {
		{ "swapscope live --kernel v6.9 --seconds 2 -o b.db", "two seconds, logged" },
		{ "swapscope live --kernel v6.9 --set load=exclusive --widen --operations 20000",
		  "the data loss of the debate, on threads" },
	},
	.args_size = sizeof(struct live_args),
	.exec = exec_live,
};
