/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapwork - drives a kernel's swap path, and says what it does with marks in the trace.
 *
 * Every page carries its index and a version, so that a page that comes back wrong is seen, and
 * whose old content it has.  With -m each action writes a mark, "WL read t=1 pg=54 ...", before it
 * begins and one when it is over; the trace has them in order with the kernel's own events.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "swapwork.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { WORDS = PAGE / 8, THREADS_MAX = 64, SAMPLE = 31 };

struct options opt = { .rounds = 20, .pages = 128, .threads = 2 };

char *base;
_Atomic uint32_t *version;
atomic_bool stopping;
bool equally_small;
static pthread_mutex_t *page_lock;	/* of each, for modes in which pages are written */
static atomic_ulong checked, corrupt;
static bool quiet;			/* wrong pages are made on purpose */
static int marker = -1;

void die(const char *what)
{
	fprintf(stderr, "swapwork: %s: %s\n", what, strerror(errno));
	exit(EXIT_BAD_USE);
}

/* ---- marks ---- */

void mark(const char *format, ...)
{
	char text[192];
	struct timespec now;
	va_list ap;
	int n;

	if (marker < 0)
		return;
	va_start(ap, format);
	n = vsnprintf(text, sizeof(text) - 32, format, ap);
	va_end(ap);
	if (n > (int)sizeof(text) - 33)
		n = (int)sizeof(text) - 33;
	clock_gettime(CLOCK_MONOTONIC, &now);
	n += snprintf(text + n, 32, " ns=%lld", now.tv_sec * 1000000000LL + now.tv_nsec);
	/* EBADF: recording is off, now or meanwhile */
	if (write(marker, text, (size_t)n) < 0 && errno != EBADF && errno != EINTR)
		die("trace_marker");
}

/* ---- what is in a page ---- */

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

static uint64_t tag(uint32_t page, uint32_t v)
{
	return (uint64_t)(page | 0x80000000u) << 32 | v;
}

/*
 * Word w of a page: the tag, and as many words of noise as make of the page what its index says:
 * one of equal words, one that no compressor makes smaller, or one of a fourth or half noise.
 * Some versions are all zeroes.
 */
static uint64_t word(uint32_t page, uint32_t v, unsigned w)
{
	unsigned kind = page % 16;
	bool noise = kind == 0 ? false : kind == 1 ? w != 0 : kind < 10 ? w % 4 == 1 : w % 2 == 1;

	if (v & ZEROES)
		return 0;
	if (equally_small)
		noise = w == 1;
	return noise ? mix(tag(page, v) + w) : tag(page, v);
}

uint64_t *page_at(uint32_t page)
{
	return (uint64_t *)(void *)(base + (size_t)page * PAGE);
}

static void fill(uint32_t page, uint32_t v)
{
	uint64_t *p = page_at(page);

	version[page] = v;
	for (unsigned w = 0; w < WORDS; w++)
		p[w] = word(page, v, w);
}

static void report(const char *who, unsigned t, uint32_t page, const void *at, uint32_t want,
		   uint64_t first, unsigned w, uint64_t got)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "CORRUPT who=%s t=%u pg=%u addr=%lx want=%u first=%llx w=%u got=%llx", who, t,
		 page, (unsigned long)at, want, (unsigned long long)first, w,
		 (unsigned long long)got);
	mark("WL %s", text);
	if (corrupt++ < 10 && !quiet)
		puts(text);
	if (opt.stop)
		stopping = true;
}

bool check(const uint64_t *p, uint32_t page, uint32_t v, const char *who, unsigned t)
{
	const volatile uint64_t *at = p;
	uint64_t first = at[0];

	checked++;
	for (unsigned w = 0; w < WORDS; w += SAMPLE) {
		uint64_t got = at[w];

		if (got == word(page, v, w))
			continue;
		report(who, t, page, p, v, first, w, got);
		return false;
	}
	return true;
}

/* ---- actions ---- */

/*
 * The pages that a CPU made last are in a batch of its own, up to 31, where MADV_PAGEOUT does not
 * find them.  As many others push them out.
 */
void settle(void)
{
	static _Thread_local char *ballast;
	enum { BATCH = 32 };

	if (!ballast) {
		ballast = mmap(NULL, BATCH * PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (ballast == MAP_FAILED)
			die("mmap");
		madvise(ballast, BATCH * PAGE, MADV_NOHUGEPAGE);
	} else {
		madvise(ballast, BATCH * PAGE, MADV_DONTNEED);
	}
	for (unsigned i = 0; i < BATCH; i++)
		((volatile char *)ballast)[i * PAGE] = 1;
}

void map_pages(void)
{
	base = mmap(NULL, (size_t)opt.pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	version = calloc(opt.pages, sizeof(*version));
	page_lock = calloc(opt.pages, sizeof(*page_lock));
	if (base == MAP_FAILED || !version || !page_lock)
		die("memory for the pages");
	/* a slot is of one page */
	madvise(base, (size_t)opt.pages * PAGE, MADV_NOHUGEPAGE);
	mark("WL map base=%lx pages=%u", (unsigned long)base, opt.pages);
	for (uint32_t i = 0; i < opt.pages; i++) {
		pthread_mutex_init(&page_lock[i], NULL);
		fill(i, 1);
	}
	settle();
}

static void advise(uint32_t page, uint32_t n, int advice, const char *name)
{
	if (page + n > opt.pages)
		n = opt.pages - page;
	mark("WL %s pg=%u n=%u", name, page, n);
	if (madvise(page_at(page), (size_t)n * PAGE, advice))
		die(name);
	mark("WL %s-end pg=%u n=%u", name, page, n);
}

void pageout(uint32_t page, uint32_t n)
{
	advise(page, n, MADV_PAGEOUT, "pageout");
}

void dontneed(uint32_t page, uint32_t n)
{
	advise(page, n, MADV_DONTNEED, "dontneed");
}

bool read_page(uint32_t page, const char *who, unsigned t)
{
	uint32_t v = version[page];
	bool ok;

	mark("WL read t=%u pg=%u addr=%lx ver=%u", t, page, (unsigned long)page_at(page), v);
	ok = check(page_at(page), page, v, who, t);
	mark("WL read-end t=%u pg=%u ok=%d ver=%u", t, page, ok, v);
	return ok;
}

static void write_version(uint32_t page, unsigned t, uint32_t v)
{
	mark("WL write t=%u pg=%u addr=%lx ver=%u", t, page, (unsigned long)page_at(page), v);
	fill(page, v);
	mark("WL write-end t=%u pg=%u ok=1 ver=%u", t, page, v);
}

void write_page(uint32_t page, unsigned t)
{
	write_version(page, t, (version[page] & ~ZEROES) + 1);
}

void write_zeroes(uint32_t page, unsigned t)
{
	write_version(page, t, ((version[page] & ~ZEROES) + 1) | ZEROES);
}

void mend(uint32_t page, unsigned t)
{
	if (page_at(page)[0] != word(page, version[page], 0))
		write_page(page, t);
}

void peek(uint32_t first, uint32_t n, unsigned t)
{
	for (uint32_t i = first; i < first + n; i++) {
		uint64_t got;

		mark("WL peek t=%u pg=%u addr=%lx", t, i, (unsigned long)page_at(i));
		got = *(volatile uint64_t *)page_at(i);
		mark("WL peek-end t=%u pg=%u got=%llx", t, i, (unsigned long long)got);
		checked++;
		if (got && got != tag(i, version[i]))
			report("peek", t, i, page_at(i), version[i], got, 0, got);
	}
}

uint32_t random_below(uint64_t *state, uint32_t n)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33) % n;
}

/* ---- threads ---- */

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	cpu_set_t cpu;

	/* to stay on one CPU each is what makes them meet; where it cannot be had, never mind */
	CPU_ZERO(&cpu);
	CPU_SET(w->t % (unsigned)sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	w->run(w);
	return NULL;
}

void start(struct worker *w, unsigned t, void (*run)(struct worker *), uint32_t first, uint32_t n)
{
	*w = (struct worker){ .run = run, .t = t, .first = first, .n = n, .random = 1000 + t };
	errno = pthread_create(&w->thread, NULL, worker_main, w);
	if (errno)
		die("thread");
}

void join(struct worker *w)
{
	pthread_join(w->thread, NULL);
}

static void run_all(void (*run)(struct worker *))
{
	struct worker w[THREADS_MAX];

	for (unsigned t = 0; t < opt.threads; t++)
		start(&w[t], t, run, 0, opt.pages);
	for (unsigned t = 0; t < opt.threads; t++)
		join(&w[t]);
}

/* All threads leave at once: spins, because waking up takes longer than a fault. */
static void meet(void)
{
	static atomic_uint arrived;
	unsigned mine = arrived++, all = (mine / opt.threads + 1) * opt.threads;

	for (unsigned spins = 0; arrived < all; spins++)
		if (spins % 200 == 199)
			sched_yield();
}

/* ---- refault: each thread swaps stretches out, reads and writes them and others ---- */

static void touch(struct worker *w, uint32_t page, bool writes)
{
	pthread_mutex_lock(&page_lock[page]);
	read_page(page, "refault", w->t);
	mend(page, w->t);
	if (writes)
		write_page(page, w->t);
	pthread_mutex_unlock(&page_lock[page]);
}

static void refault(struct worker *w)
{
	uint32_t stretch = opt.pages < 16 ? opt.pages : 16;

	for (unsigned r = 0; r < opt.rounds && !stopping; r++) {
		uint32_t first = random_below(&w->random, opt.pages / stretch) * stretch;

		pageout(first, stretch);
		for (unsigned i = 0; i < 8; i++)
			touch(w, random_below(&w->random, opt.pages), i % 3 == 0);
		for (unsigned i = 0; i < 4; i++)
			touch(w, first + random_below(&w->random, stretch), i % 2);
		settle();
	}
}

static int mode_refault(void)
{
	map_pages();
	for (uint32_t i = 0; i < opt.pages; i += 16)
		pageout(i, 16);
	run_all(refault);
	return EXIT_GOOD;
}

/* ---- same: all threads read the same swapped page at the same moment ---- */

static void same(struct worker *w)
{
	uint32_t stretch = opt.pages < 16 ? opt.pages : 16;

	for (unsigned r = 0; r < opt.rounds; r++) {
		uint32_t first = r * stretch % (opt.pages / stretch * stretch);

		if (w->t == 0)
			pageout(first, stretch);
		for (uint32_t i = first; i < first + stretch; i++) {
			meet();
			read_page(i, "same", w->t);
		}
		meet();
		if (stopping)
			return;
		for (uint32_t i = first; w->t == 0 && i < first + stretch; i++) {
			if (r % 2)
				mend(i, 0);
			else
				write_page(i, 0);
		}
		settle();
		meet();
	}
}

static int mode_same(void)
{
	map_pages();
	run_all(same);
	return EXIT_GOOD;
}

/* ---- fork: fork, exit, munmap and MADV_DONTNEED of pages that others fault on ---- */

enum { FORK_PAGES = 48 };	/* of a round: 0 .. 15 shared, 16 .. 31 dropped, 32 .. 47 written */

static void read_range(struct worker *w)
{
	for (uint32_t i = w->first; i < w->first + w->n; i++)
		read_page(i, "fork", w->t);
	settle();
}

static void peek_range(struct worker *w)
{
	peek(w->first, w->n, w->t);
}

static void child(uint32_t first, unsigned round)
{
	unsigned long before = corrupt;
	struct worker w[2];

	mark("WL child");
	for (unsigned t = 0; t < 2; t++)
		start(&w[t], 10 + t, read_range, first, 16);
	if (round % 2) {
		mark("WL munmap pg=%u n=8", first + 40);
		munmap(page_at(first + 40), 8 * PAGE);
		mark("WL munmap-end pg=%u n=8", first + 40);
	}
	for (unsigned t = 0; t < 2; t++)
		join(&w[t]);
	if (round % 3 == 0) {
		write_page(first + 20, 10);
		pageout(first, 32);
	}
	mark("WL child-exit");
	_exit(corrupt != before);
}

static void map_again(uint32_t first, uint32_t n)
{
	mark("WL munmap pg=%u n=%u", first, n);
	munmap(page_at(first), (size_t)n * PAGE);
	mark("WL munmap-end pg=%u n=%u", first, n);
	if (mmap(page_at(first), (size_t)n * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		die("mmap");
	for (uint32_t i = first; i < first + n; i++)
		write_page(i, 0);
}

static void fork_round(unsigned round)
{
	uint32_t first = round * FORK_PAGES % (opt.pages / FORK_PAGES * FORK_PAGES);
	struct worker w[3];
	int pid, status = 0;

	pageout(first, FORK_PAGES);
	mark("WL fork");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		child(first, round);
	start(&w[0], 0, read_range, first, 16);
	start(&w[1], 1, read_range, first, 16);
	start(&w[2], 2, peek_range, first + 16, 16);
	dontneed(first + 16, 16);
	for (uint32_t i = first + 32; i < first + FORK_PAGES; i++) {
		read_page(i, "fork", 3);
		write_page(i, 3);
	}
	for (unsigned t = 0; t < 3; t++)
		join(&w[t]);
	for (uint32_t i = first + 16; i < first + 32; i++)
		write_page(i, 3);
	settle();
	pageout(first, FORK_PAGES);
	map_again(first + 32, 16);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	if (status) {
		printf("the child ended with status 0x%x\n", (unsigned)status);
		corrupt++;
	}
}

static int mode_fork(void)
{
	if (opt.pages < FORK_PAGES)
		opt.pages = FORK_PAGES;
	map_pages();
	for (unsigned r = 0; r < opt.rounds && !stopping; r++)
		fork_round(r);
	return EXIT_GOOD;
}

/* ---- reuse: readers against a pager-out on a device that is nearly full ---- */

static void read_at_random(struct worker *w)
{
	while (!stopping) {
		read_page(random_below(&w->random, opt.pages), "reuse", w->t);
		/* most reads find their page; and swapoff shall have something to read back */
		usleep(opt.device ? 500 : 50);
	}
}

static int mode_reuse(void)
{
	struct worker w[THREADS_MAX];
	uint64_t random = 9;

	map_pages();
	for (unsigned t = 0; t < opt.threads; t++)
		start(&w[t], t, read_at_random, 0, opt.pages);
	for (unsigned r = 0; r < opt.rounds && !stopping; r++) {
		pageout(random_below(&random, opt.pages), 1 + random_below(&random, 16));
		usleep(200);
	}
	stopping = true;
	for (unsigned t = 0; t < opt.threads; t++)
		join(&w[t]);
	return EXIT_GOOD;
}

/* ---- swapoff: threads of two processes fault while the device goes away ---- */

static void stop_reading(int sig)
{
	(void)sig;
	stopping = true;
}

static int mode_swapoff(void)
{
	struct worker w[THREADS_MAX];
	struct sigaction sa = { .sa_handler = stop_reading };
	int pid, err = 0, status = 0;

	if (!opt.device) {
		fprintf(stderr, "swapwork: swapoff: -d DEVICE is needed\n");
		return EXIT_BAD_USE;
	}
	map_pages();
	pageout(0, opt.pages);
	sigaction(SIGTERM, &sa, NULL);
	mark("WL fork");
	pid = fork();
	if (pid < 0)
		die("fork");
	for (unsigned t = 0; t < opt.threads; t++)
		start(&w[t], pid ? t : 10 + t, read_at_random, 0, opt.pages);
	if (pid) {
		usleep(20000);
		mark("WL swapoff %s", opt.device);
		err = swapoff(opt.device) ? errno : 0;
		mark("WL swapoff-end %s errno=%d", opt.device, err);
		if (err)
			fprintf(stderr, "swapwork: swapoff %s: %s\n", opt.device, strerror(err));
		stopping = true;
		kill(pid, SIGTERM);
	}
	for (unsigned t = 0; t < opt.threads; t++)
		join(&w[t]);
	if (!pid)
		_exit(corrupt != 0);
	waitpid(pid, &status, 0);
	corrupt += status != 0;
	return err ? EXIT_BAD_USE : EXIT_GOOD;
}

/* ---- check: that a wrong page is seen at all; needs no swap ---- */

static int mode_check(void)
{
	unsigned long seen = 0;

	quiet = true;
	map_pages();
	for (uint32_t i = 0; i < opt.pages; i++) {
		unsigned w = SAMPLE * (i % (WORDS / SAMPLE));

		seen += !check(page_at(i), i, 1, "check", 0);		/* as it is: right */
		page_at(i)[w] ^= 1;
		seen += check(page_at(i), i, 1, "check", 0);		/* one bit */
		fill(i, 2);
		seen += check(page_at(i), i, 1, "check", 0);		/* an other version */
		seen += check(page_at(i), i ^ 1, 2, "check", 0);	/* an other page */
		memset(page_at(i), 0, PAGE);
		seen += check(page_at(i), i, 2, "check", 0);		/* zeroes */
	}
	if (seen || corrupt != 4ul * opt.pages) {
		printf("check: %lu pages were taken for what they are not\n", seen);
		return EXIT_CORRUPT;
	}
	corrupt = 0;
	return EXIT_GOOD;
}

/* ---- the command ---- */

static const struct mode {
	const char *name, *text;
	int (*run)(void);
} modes[] = {
	{ "refault", "threads swap pages out, read and write them", mode_refault },
	{ "same", "all threads read the same swapped page at once", mode_same },
	{ "fork", "fork, exit, munmap and MADV_DONTNEED of pages that others fault on", mode_fork },
	{ "reuse", "readers against a pager-out: slots are reused at once on a small device",
	  mode_reuse },
	{ "swapoff", "two processes fault while -d DEVICE is swapped off", mode_swapoff },
	{ "uffdwp", "a fault against userfaultfd's write protection of its page", mode_uffdwp },
	{ "uffdmove", "a fault against UFFDIO_MOVE of its page (Linux 6.8 and later)",
	  mode_uffdmove },
	{ "zero", "pages of zeroes that had data, and zswap's writeback (docs/found.md)",
	  mode_zero },
	{ "zero-alone", "the same, and nobody reads meanwhile: nothing can go wrong",
	  mode_zero_alone },
	{ "zero-data", "the same with other data in place of the zeroes: nothing can go wrong",
	  mode_zero_data },
	{ "zero-still", "the same, and nothing is written back: nothing can go wrong",
	  mode_zero_still },
	{ "late", "v6.1: zswap's writeback of an object whose slot is another's (docs/found.md)",
	  mode_late },
	{ "late-bug", "the same with objects that are not equally long: the kernel may stop",
	  mode_late_bug },
	{ "check", "that a wrong page is seen; needs no swap", mode_check },
};

static int usage(void)
{
	fputs("usage: swapwork MODE [-m] [-r ROUNDS] [-p PAGES] [-t THREADS] [-d DEVICE] [-x]\n"
	      "  -m  write marks into /sys/kernel/tracing/trace_marker\n"
	      "  -r  rounds (20)   -p  pages (128)   -t  threads (2)\n"
	      "  -d  the swap device of mode swapoff   -x  stop at the first wrong page\n"
	      "exit status: 0 every page was right, 1 one was not, 2 wrong use, 77 not possible "
	      "here\nmodes:\n", stderr);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		fprintf(stderr, "  %-10s %s\n", modes[i].name, modes[i].text);
	return EXIT_BAD_USE;
}

static bool number(const char *text, unsigned max, unsigned *to)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*to = (unsigned)n;
	return *text >= '0' && *text <= '9' && !*end && n && n <= max;
}

static bool parse(int argc, char **argv)
{
	bool good = true;
	int c;

	while ((c = getopt(argc, argv, "mxr:p:t:d:")) != -1) {
		switch (c) {
		case 'm': opt.marks = true; break;
		case 'x': opt.stop = true; break;
		case 'r': good &= number(optarg, 1000000, &opt.rounds); break;
		case 'p': good &= number(optarg, 1 << 20, &opt.pages); break;
		case 't': good &= number(optarg, THREADS_MAX, &opt.threads); break;
		case 'd': opt.device = optarg; break;
		default: return false;
		}
	}
	return good && optind + 1 == argc;
}

int main(int argc, char **argv)
{
	const struct mode *mode = NULL;
	int status;

	if (!parse(argc, argv))
		return usage();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, argv[optind]))
			mode = &modes[i];
	if (!mode)
		return usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (opt.marks) {
		marker = open("/sys/kernel/tracing/trace_marker", O_WRONLY | O_CLOEXEC);
		if (marker < 0)
			die("/sys/kernel/tracing/trace_marker");
	}
	mark("WL start mode=%s rounds=%u pages=%u threads=%u", mode->name, opt.rounds, opt.pages,
	     opt.threads);
	status = mode->run();
	mark("WL end mode=%s checked=%lu corrupt=%lu", mode->name, checked, corrupt);
	printf("%s: checked %lu corrupt %lu\n", mode->name, checked, corrupt);
	return status ? status : corrupt ? EXIT_CORRUPT : EXIT_GOOD;
}
