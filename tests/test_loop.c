/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Screens on a pseudo terminal: jobs on other threads, timers, what is painted, the clipboard.
 * Each screen runs in a child, whose exit status says how it went; the terminal is this side.
 */
#define _GNU_SOURCE
#include "tests/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ui/terminal/loop.h"
#include "ui/terminal/tty.h"

#define PATIENCE	30.0	/* seconds; sanitizers are slow */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void nap(unsigned ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000l }, NULL);
}

/* ---- the terminal ---- */

struct terminal {
	int master;
	pid_t child;
	char shown[1 << 20];
	size_t n;
};
static struct terminal term;

static void start(int (*screen)(void), const char *kind)
{
	struct winsize size = { .ws_row = 10, .ws_col = 40 };

	term = (struct terminal){ .master = posix_openpt(O_RDWR | O_NOCTTY) };
	assert_true(term.master >= 0);
	assert_int_equal(grantpt(term.master), 0);
	assert_int_equal(unlockpt(term.master), 0);
	assert_int_equal(ioctl(term.master, TIOCSWINSZ, &size), 0);
	fflush(NULL);
	term.child = fork();
	assert_true(term.child >= 0);
	if (term.child)
		return;
	setsid();
	dup2(open(ptsname(term.master), O_RDWR), STDIN_FILENO);
	dup2(STDIN_FILENO, STDOUT_FILENO);
	close(term.master);
	setenv("TERM", kind, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	unsetenv("TMUX");
	unsetenv("STY");
	_exit(screen());
}

/* What it shows within so many milliseconds. */
static void read_for(int ms)
{
	struct pollfd in = { .fd = term.master, .events = POLLIN };
	double end = now() + ms / 1000.0;

	while (now() < end && term.n < sizeof(term.shown) - 1) {
		ssize_t n;

		if (poll(&in, 1, 10) <= 0)
			continue;
		n = read(term.master, term.shown + term.n, sizeof(term.shown) - 1 - term.n);
		if (n <= 0)
			return;
		term.n += (size_t)n;
		term.shown[term.n] = '\0';
	}
}

static void wait_for(const char *text)
{
	double end = now() + PATIENCE;

	while (!memmem(term.shown, term.n, text, strlen(text)) && now() < end)
		read_for(20);
	if (!memmem(term.shown, term.n, text, strlen(text)))
		fail_msg("never shown: %s", text);
}

static void type(const char *keys)
{
	assert_int_equal(write(term.master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static void forget(void)
{
	term.n = 0;
	term.shown[0] = '\0';
}

/* Only what changed is painted: ctrl-l has all of it painted, until there is the text. */
static void see(const char *text)
{
	double end = now() + PATIENCE;

	do {
		forget();
		type("\014");
		read_for(60);
	} while (!memmem(term.shown, term.n, text, strlen(text)) && now() < end);
	if (!memmem(term.shown, term.n, text, strlen(text)))
		fail_msg("never shown: %s", text);
}

static void ends(int status)
{
	double end = now() + PATIENCE;
	int is = 0;
	pid_t got;

	while (!(got = waitpid(term.child, &is, WNOHANG)) && now() < end)
		read_for(20);
	if (!got) {
		kill(term.child, SIGKILL);
		waitpid(term.child, &is, 0);
	}
	close(term.master);
	assert_true(WIFEXITED(is));
	assert_int_equal(WEXITSTATUS(is), status);
}

/* ---- a screen, in the child ---- */

struct sample {
	bool quit;
	char key[64];
	unsigned drawn, again_ms, done, cancelled;
	atomic_uint progress;
	struct loop_job job;
	const char *text;
	int status;
};
static struct sample sample;

static void long_work(struct loop_job *job)
{
	struct sample *s = job->arg;

	while (!loop_cancelled(job)) {
		atomic_fetch_add(&s->progress, 1);
		loop_wake();
		nap(5);
	}
}

static void short_work(struct loop_job *job)
{
	struct sample *s = job->arg;

	nap(50);
	atomic_store(&s->progress, 1000);
}

static void on_done(struct loop_job *job)
{
	struct sample *s = job->arg;

	s->done++;
	s->cancelled += loop_cancelled(job);
}

static void on_key(void *arg, const char *key)
{
	struct sample *s = arg;

	snprintf(s->key, sizeof(s->key), "%s", key);
	if (!strcmp(key, "q"))
		s->quit = true;
	if (!strcmp(key, "l") || !strcmp(key, "s")) {
		s->job.work = *key == 'l' ? long_work : short_work;
		s->job.done = on_done;
		s->job.arg = s;
		s->status = loop_work(&s->job);
	}
	if (!strcmp(key, "c"))
		loop_cancel(&s->job);
	if (!strcmp(key, "t"))
		s->again_ms = s->again_ms ? 0 : 30;
	if (!strcmp(key, "y"))
		s->status = tty_copy("swap \303\244 slot");
	if (!strcmp(key, "Y")) {
		static char large[COPY_MAX + 2];

		memset(large, 'x', sizeof(large) - 1);
		s->status = tty_copy(large);
	}
}

static void on_render(void *arg, struct grid *g)
{
	struct rect all = { .h = g->rows, .w = g->cols };
	struct sample *s = arg;

	s->drawn++;
	grid_clear(g);
	grid_printf(g, all, 0, 0, STYLE_BAR, "key=%s.", s->key);
	grid_printf(g, all, 1, 0, STYLE_PLAIN, "drawn=%u.", s->again_ms ? s->drawn : 0);
	grid_printf(g, all, 2, 0, STYLE_PLAIN, "done=%u,%u.", s->done, s->cancelled);
	grid_printf(g, all, 3, 0, STYLE_PLAIN, "progress=%s.",
		    atomic_load(&s->progress) > 3 ? "much" : "none");
	grid_printf(g, all, 4, 0, STYLE_PLAIN, "status=%d.", s->status);
	grid_text(g, all, 5, 0, STYLE_GOOD, s->text ? s->text : "");
}

static bool on_left(const void *arg)
{
	return ((const struct sample *)arg)->quit;
}

static unsigned on_again(const void *arg)
{
	return ((const struct sample *)arg)->again_ms;
}

static int run(void)
{
	const struct screen_ops s = { .key = on_key, .render = on_render, .left = on_left,
				      .again = on_again, .arg = &sample, .mouse = true };

	return -loop_run(&s);
}

/* ---- tests ---- */

static int job_screen(void)
{
	int err = run();

	/* not before what ran has heard of it, and once */
	if (err)
		return err;
	return sample.done == 3 && sample.cancelled == 2 && !sample.job.running ? 0 : 99;
}

static void test_jobs(void **state)
{
	(void)state;
	start(job_screen, "xterm-256color");
	wait_for("key=.");
	type("s");
	see("done=1,0.");
	type("l");
	see("progress=much.");
	type("l");
	see("status=-16.");	/* it runs already */
	type("c");
	see("done=2,1.");
	type("l");
	see("status=0.");
	type("q");
	ends(0);
}

static int outside_screen(void)
{
	static struct loop_job job = { .work = long_work, .arg = &sample };

	loop_wake();
	loop_cancel(&job);
	return loop_work(&job) == -ENOTCONN ? 0 : 99;
}

static void test_no_screen(void **state)
{
	(void)state;
	start(outside_screen, "xterm");
	ends(0);
}

/* A signal while something runs. */
static int signalled_screen(void)
{
	return run() == EINTR && sample.done == 1 && sample.cancelled == 1 ? 0 : 99;
}

static void test_signal(void **state)
{
	(void)state;
	start(signalled_screen, "xterm");
	wait_for("key=.");
	type("l");
	see("progress=much.");
	kill(term.child, SIGTERM);
	ends(0);
}

/* It is drawn again without a key, as long as it asks for that. */
static void test_again(void **state)
{
	(void)state;
	start(run, "xterm");
	wait_for("drawn=0.");
	type("t");
	for (int i = 0; i < 4; i++) {
		double end = now() + PATIENCE;

		for (forget(); !term.n && now() < end;)
			read_for(20);
		assert_true(term.n);
	}
	type("t");
	see("drawn=0.");
	read_for(200);
	forget();
	read_for(300);
	assert_int_equal(term.n, 0);
	type("q");
	ends(0);
}

static int idle_screen(void)
{
	struct rusage use;
	int err = run();
	double seconds;

	getrusage(RUSAGE_SELF, &use);
	seconds = (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec +
		  (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
	return err ? err : seconds < 0.5 && use.ru_nvcsw < 200 ? 0 : 99;
}

/* It waits for what happens, and does nothing else. */
static void test_idle(void **state)
{
	(void)state;
	start(idle_screen, "xterm");
	wait_for("key=.");
	read_for(200);
	forget();
	read_for(2000);
	assert_int_equal(term.n, 0);
	type("q");
	ends(0);
}

static int wide_screen(void)
{
	sample.text = "\344\270\255e\314\201\033[2J|";
	return run();
}

/* A key costs as many bytes as it changes; ctrl-l paints everything. */
static void test_painting(void **state)
{
	size_t whole, one;

	(void)state;
	start(wide_screen, "xterm-256color");
	wait_for("status=0.");
	wait_for("\344\270\255e\314\201?[2J|");
	type("a");
	wait_for("a.");
	read_for(50);
	forget();
	type("b");
	wait_for("b");
	read_for(50);
	one = term.n;
	assert_true(one < 60);
	forget();
	type("\014");
	wait_for("status=0.");
	read_for(50);
	whole = term.n;
	assert_true(whole > 80 && whole > 2 * one);
	assert_non_null(strstr(term.shown, "key=b."));	/* ctrl-l is no key of the screen's */
	type("q");
	ends(0);
}

static void test_keys(void **state)
{
	static const char *const keys[][2] = {
		{ "\303\244", "key=\303\244." }, { "\022", "key=ctrl-r." },
		{ "\033[24~", "key=F12." }, { "\033[200~q;l\033[201~", "key=paste:q;l." },
		{ "\033[<0;5;3M", "key=click 2 4." }, { "\033[1;5D", "key=ctrl-left." },
	};

	(void)state;
	start(run, "xterm-256color");
	wait_for("\033[?1006h");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		type(keys[i][0]);
		see(keys[i][1]);
	}
	type("\033");		/* nothing comes behind it */
	read_for(400);
	see("key=esc.");
	type("q");
	ends(0);
}

/* One screen after the other, as a cell of the matrix opens and is left again. */
static int two_screens(void)
{
	int err = run();

	sample.quit = false;
	return err ? err : run();
}

static void test_typed_ahead(void **state)
{
	(void)state;
	start(two_screens, "xterm-256color");
	wait_for("key=");
	type("qxq");
	ends(0);
	start(two_screens, "xterm-256color");
	wait_for("key=");
	type("qx");
	see("key=x.");
	type("q");
	ends(0);
	/* while one is closed and the other opened */
	for (unsigned us = 0; us < 8000; us += 200) {
		start(two_screens, "xterm-256color");
		wait_for("key=");
		type("q");
		nanosleep(&(struct timespec){ .tv_nsec = us * 1000l }, NULL);
		type("q");
		ends(0);
	}
}

static int plain_mouse_screen(void)
{
	struct tty_settings s = { .theme = *theme_named("mono"), .mouse = false, .ascii = true };

	tty_use(&s);
	return tty_utf8() ? 99 : run();
}

static void test_settings(void **state)
{
	(void)state;
	start(plain_mouse_screen, "xterm-256color");
	wait_for("status=0.");
	type("q");
	ends(0);
	assert_null(strstr(term.shown, "\033[?1000h"));
	assert_null(strstr(term.shown, "\033[38;5"));
	assert_non_null(strstr(term.shown, ";7m"));	/* the bar: reversed */
}

static void test_copy(void **state)
{
	(void)state;
	start(run, "xterm-256color");
	wait_for("status=0.");
	type("y");
	wait_for("\033]52;c;c3dhcCDDpCBzbG90\a");
	type("Y");
	see("status=-7.");	/* E2BIG */
	type("q");
	ends(0);
	start(run, "vt100");
	wait_for("status=0.");
	type("y");
	see("status=-95.");	/* ENOTSUP */
	type("q");
	ends(0);
	assert_null(strstr(term.shown, "\033]52"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_no_screen),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_painting),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_typed_ahead),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
