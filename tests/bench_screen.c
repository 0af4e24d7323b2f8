/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench_screen.c - the program on a terminal of 200x60, as scripts/bench prints it: from a key to
 * the last byte of what it paints, how many bytes these are, what idling costs, how long the
 * first screen takes.  All of it as a terminal sees it, through a pseudo terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/bench.h"

#define ROWS		60
#define COLS		200
#define QUIET_MS	12	/* after so long without a byte a frame is whole */
#define GIVE_UP_S	60
#define IDLE_S		(quick ? 1 : 5)
#define TIMES		(quick ? 10u : 200u)	/* each key */

struct session {
	int master;
	pid_t child;
	size_t bytes;			/* of the last frame */
};

static void start(struct session *s, const char *const *words)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLS };

	s->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (s->master < 0 || grantpt(s->master) || unlockpt(s->master) ||
	    ioctl(s->master, TIOCSWINSZ, &size))
		give_up("no pseudo terminal");
	fflush(NULL);
	s->child = fork();
	if (s->child < 0)
		give_up("no process can be started");
	if (s->child)
		return;
	setsid();
	dup2(open(ptsname(s->master), O_RDWR), STDIN_FILENO);
	dup2(STDIN_FILENO, STDOUT_FILENO);
	close(s->master);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("XDG_CONFIG_HOME", "/nowhere", 1);
	unsetenv("NO_COLOR");
	execv(words[0], (char **)words);
	_exit(127);
}

/* Until a frame is whole.  When its last byte came, in seconds since `from`. */
static double frame(struct session *s, double from)
{
	struct pollfd in = { .fd = s->master, .events = POLLIN };
	static char bytes[65536];
	double last = 0;

	s->bytes = 0;
	while (now() - from < GIVE_UP_S) {
		ssize_t n;

		if (poll(&in, 1, last > 0 ? QUIET_MS : 1000) <= 0) {
			if (last > 0)
				return last;
			continue;
		}
		n = read(s->master, bytes, sizeof(bytes));
		if (n <= 0)
			break;
		s->bytes += (size_t)n;
		last = now() - from;
	}
	give_up("a screen was not painted");
}

static double press(struct session *s, const char *keys)
{
	double from = now();

	if (write(s->master, keys, strlen(keys)) != (ssize_t)strlen(keys))
		give_up("a key cannot be pressed");
	return frame(s, from);
}

static void leave(struct session *s)
{
	int status;

	if (write(s->master, "q", 1) != 1)
		give_up("a key cannot be pressed");
	while (waitpid(s->child, &status, WNOHANG) == 0) {
		struct pollfd in = { .fd = s->master, .events = POLLIN };
		char bytes[4096];

		if (poll(&in, 1, 10) > 0 && read(s->master, bytes, sizeof(bytes)) < 0 &&
		    errno != EIO)
			break;
	}
	close(s->master);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		give_up("the program did not end well");
}

/* Nanoseconds that it has run. */
static unsigned long long ran(const struct session *s)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)s->child);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &ns) != 1)
		give_up("/proc does not say how long it ran");
	fclose(f);
	return ns;
}

struct figure {
	const char *name;
	double sum, most, bytes;
	unsigned n;
};

static void add(struct figure *f, const struct session *s, double seconds)
{
	f->sum += seconds * 1e3;
	f->most = seconds * 1e3 > f->most ? seconds * 1e3 : f->most;
	f->bytes += (double)s->bytes;
	f->n++;
}

static void print(const struct figure *f, double aim)
{
	printf("%-34s %9.3f %9.3f %9.0f %9.0f\n", f->name, f->sum / f->n, f->most, aim,
	       f->bytes / f->n);
	fflush(stdout);
}

/* What is pressed, one row each, in this order; each key of it has to change the screen. */
static const struct {
	const char *name, *keys, *back;
	double aim;
} rows[] = {
	{ "key to frame: a step forward", "\033[C", NULL, 16 },
	{ "key to frame: a step back", "\033[D", NULL, 16 },
	{ "key to frame: ten steps", "\033[6~", NULL, 16 },
	{ "key to frame: to the start, the end", "g", "G", 16 },
	{ "key to frame: help, and back", "?", "\t", 16 },
	{ "key to frame: all painted (ctrl-l)", "\014", NULL, 16 },
};

static void bench_view(const char *program, const char *file)
{
	const char *const words[] = { program, "view", file, NULL };
	struct figure first = { .name = "swapscope view to its first frame" };
	unsigned long long before;
	struct session s;

	for (int i = 0; i < REPEAT; i++) {
		double from = now();

		start(&s, words);
		add(&first, &s, frame(&s, from));
		leave(&s);
	}
	print(&first, 100);
	start(&s, words);
	frame(&s, now());
	press(&s, "g\033[C");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct figure f = { .name = rows[i].name };

		for (unsigned j = 0; j < TIMES; j++) {
			add(&f, &s, press(&s, rows[i].keys));
			if (rows[i].back)
				add(&f, &s, press(&s, rows[i].back));
		}
		print(&f, rows[i].aim);
	}
	sleep(1);
	before = ran(&s);
	sleep((unsigned)IDLE_S);
	printf("idle for %d s: %.3f ms of CPU\n", IDLE_S, (double)(ran(&s) - before) / 1e6);
	leave(&s);
}

int main(int argc, char **argv)
{
	bench_options(&argc, &argv);
	if (argc != 4) {
		fprintf(stderr, "usage: bench_screen [--quick] FOLDER PROGRAM FILE.db\n");
		return 2;
	}
	printf("%-34s %9s %9s %9s %9s\n", "ms, on a terminal of 200x60", "mean", "max", "aim",
	       "bytes");
	bench_view(argv[2], argv[3]);
	return 0;
}
