/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * port.c - termios, a queue of output, and the way out.
 */
#include "ui/terminal/port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PATIENCE_MS	1000	/* with a terminal that takes nothing, at the end */

static struct {
	bool open, taken, gone;
	struct termios before, during;
	int flags[2];		/* of STDIN_FILENO and STDOUT_FILENO, before */
	char *queue;		/* owned */
	size_t n, cap, at;	/* bytes in it; those up to `at` are written */
	char goodbye[GOODBYE_MAX];
	size_t goodbye_n;
} port;

/* ---- signals that end the program ---- */

/* Whoever sends them; SIGQUIT is ctrl-\.  The others that end it are the loop's. */
static const int fatal[] = {
	SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGUSR1, SIGUSR2,
	SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGIO, SIGPWR,
};
#define FATAL	(sizeof(fatal) / sizeof(fatal[0]))

static struct sigaction action_before[FATAL], pipe_before;
static stack_t stack_before;

/* Only what may be called in a signal handler. */
static void restore_modes(void)
{
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (port.flags[fd] >= 0)
			fcntl(fd, F_SETFL, port.flags[fd]);
	tcsetattr(STDIN_FILENO, TCSANOW, &port.before);
}

static void on_fatal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (port.taken) {
		port.taken = false;
		/* still without waiting: a terminal that takes nothing gets nothing */
		if (write(STDOUT_FILENO, port.goodbye, port.goodbye_n) < 0)
			port.gone = true;
		restore_modes();
	}
	for (size_t i = 0; i < FATAL; i++)
		if (fatal[i] == number)
			sigaction(number, &action_before[i], NULL);
	/* A fault comes again by itself, and tells whoever handled it before where it was. */
	if (info->si_code <= 0 || number == SIGQUIT || number == SIGTRAP || number == SIGSYS)
		raise(number);
}

static void handle_signals(void)
{
	static char stack[65536];
	struct sigaction act = { .sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	stack_t mine = { .ss_sp = stack, .ss_size = sizeof(stack) };

	sigemptyset(&act.sa_mask);
	sigemptyset(&ignore.sa_mask);
	if (sigaltstack(NULL, &stack_before) || (stack_before.ss_flags & SS_DISABLE))
		sigaltstack(&mine, &stack_before);
	for (size_t i = 0; i < FATAL; i++) {
		sigaction(fatal[i], NULL, &action_before[i]);
		if (action_before[i].sa_handler != SIG_IGN)
			sigaction(fatal[i], &act, NULL);
	}
	sigaction(SIGPIPE, &ignore, &pipe_before);	/* write() says so too */
}

static void leave_signals(void)
{
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &action_before[i], NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
}

/* ---- modes ---- */

void port_take(void)
{
	if (!port.open)
		return;
	if (port.taken) {	/* stopped without a word: a shell may have set them otherwise */
		tcsetattr(STDIN_FILENO, TCSANOW, &port.during);
		return;
	}
	/* first both: they may be of one open file */
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		port.flags[fd] = fcntl(fd, F_GETFL);
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (port.flags[fd] >= 0)
			fcntl(fd, F_SETFL, port.flags[fd] | O_NONBLOCK);
	if (!tcgetattr(STDIN_FILENO, &port.before)) {
		port.during = port.before;
		port.during.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
		port.during.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | ISTRIP);
		port.during.c_oflag &= ~(tcflag_t)(ONLCR | OCRNL | ONOCR | ONLRET);
		port.during.c_oflag &= ~(tcflag_t)TABDLY;
		port.during.c_cc[VMIN] = 1;
		port.during.c_cc[VTIME] = 0;
	}
	port.taken = true;
	tcsetattr(STDIN_FILENO, TCSANOW, &port.during);
}

int port_open(const char *goodbye, size_t n)
{
	if (port.open)
		return 0;
	memset(&port, 0, sizeof(port));
	if (tcgetattr(STDIN_FILENO, &port.before))
		return -errno;
	port.goodbye_n = n <= sizeof(port.goodbye) ? n : 0;
	memcpy(port.goodbye, goodbye, port.goodbye_n);
	port.open = true;
	handle_signals();
	port_take();
	return 0;
}

/* Write what is queued, with a terminal that needs a while to take it. */
static void drain(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while (port_flush() == -EAGAIN)
		if (poll(&out, 1, PATIENCE_MS) <= 0)
			break;
	port.n = port.at = 0;
}

void port_release(void)
{
	if (!port.taken)
		return;
	drain();
	port.taken = false;
	restore_modes();
}

void port_close(void)
{
	if (!port.open)
		return;
	port_release();
	leave_signals();
	free(port.queue);
	port.queue = NULL;
	port.open = false;
}

/* ---- bytes ---- */

int port_send(const void *bytes, size_t n)
{
	if (port.at == port.n)
		port.at = port.n = 0;
	if (!n)
		return 0;
	if (n > port.cap - port.n) {
		size_t cap = 2 * (port.n + n) + 4096;
		char *queue = realloc(port.queue, cap);

		if (!queue)
			return -ENOMEM;
		port.queue = queue;
		port.cap = cap;
	}
	memcpy(port.queue + port.n, bytes, n);
	port.n += n;
	return 0;
}

int port_flush(void)
{
	while (port.at < port.n && !port.gone) {
		ssize_t n = write(STDOUT_FILENO, port.queue + port.at, port.n - port.at);

		if (n > 0)
			port.at += (size_t)n;
		else if (errno == EAGAIN)
			return -EAGAIN;
		else if (errno != EINTR)
			port.gone = true;
	}
	return port.gone ? -EIO : 0;
}

ssize_t port_read(void *buf, size_t n)
{
	ssize_t got = read(STDIN_FILENO, buf, n);

	if (got > 0)
		return got;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	port.gone = true;
	return -EIO;
}
