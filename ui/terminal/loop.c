/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.c - waits for keys and signals, and does nothing in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

#include "ui/terminal/loop.h"
#include "ui/terminal/tty.h"

static const int signals[] = { SIGWINCH, SIGCONT, SIGTSTP, SIGINT, SIGTERM, SIGHUP };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

struct loop {
	uv_loop_t uv;
	uv_poll_t input;
	uv_signal_t signal[SIGNALS];
	uv_async_t wake;
	uv_fs_event_t folder;		/* of the file that is watched */
	uv_timer_t soon, slow;
	char file[256];			/* its name in the folder */
	const struct screen_ops *screen;
	struct grid grid;
	int status;
};

/* The loop that loop_wake() wakes; NULL while none runs. */
static pthread_mutex_t awake_lock = PTHREAD_MUTEX_INITIALIZER;
static struct loop *awake;

static void stop(struct loop *l, int status)
{
	l->status = status;
	uv_stop(&l->uv);
}

static void draw(struct loop *l)
{
	int rows, cols;

	tty_size(&rows, &cols);
	if (rows != l->grid.rows || cols != l->grid.cols) {
		grid_free(&l->grid);
		if (grid_init(&l->grid, rows, cols)) {
			stop(l, -ENOMEM);
			return;
		}
	}
	l->screen->render(l->screen->arg, &l->grid);
	tty_paint(&l->grid);
	if (l->screen->shown)
		l->screen->shown(l->screen->arg);
}

/* A terminal that went away can be read for ever and has nothing to say. */
static bool hung_up(void)
{
	int waiting = 0;

	return ioctl(STDIN_FILENO, FIONREAD, &waiting) < 0 || !waiting;
}

static void on_input(uv_poll_t *handle, int status, int events)
{
	struct loop *l = handle->data;
	bool gone = status < 0 || (events & UV_DISCONNECT) || hung_up();
	const char *key;

	while (!l->screen->left(l->screen->arg) && (key = tty_key()) != NULL) {
		gone = false;
		if (*key)
			l->screen->key(l->screen->arg, key);
	}
	if (gone)
		stop(l, -EIO);
	else if (l->screen->left(l->screen->arg))
		stop(l, 0);
	else
		draw(l);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *l = handle->data;

	switch (number) {
	case SIGWINCH:
		draw(l);
		break;
	case SIGTSTP:
		tty_suspend();
		raise(SIGSTOP);
		break;
	case SIGCONT:
		tty_resume();
		draw(l);
		break;
	default:
		stop(l, -EINTR);
	}
}

static void on_wake(uv_async_t *handle)
{
	draw(handle->data);
}

void loop_wake(void)
{
	pthread_mutex_lock(&awake_lock);
	if (awake)
		uv_async_send(&awake->wake);
	pthread_mutex_unlock(&awake_lock);
}

static void set_awake(struct loop *l)
{
	pthread_mutex_lock(&awake_lock);
	awake = l;
	pthread_mutex_unlock(&awake_lock);
}

/* ---- a file that grows ---- */

/* Many writes are one change: it is looked at so many milliseconds after the first. */
#define SOON_MS	50
#define SLOW_MS	1000

static void on_soon(uv_timer_t *timer)
{
	struct loop *l = timer->data;

	if (l->screen->changed(l->screen->arg))
		draw(l);
}

static void on_folder(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct loop *l = handle->data;
	size_t n = strlen(l->file);
	bool ours = name && !strncmp(name, l->file, n) &&
		    (!name[n] || !strcmp(name + n, "-wal"));

	(void)events;
	if (status >= 0 && (ours || !name) && !uv_is_active((uv_handle_t *)&l->soon))
		uv_timer_start(&l->soon, on_soon, SOON_MS, 0);
}

/* The folder is watched: the log comes and goes.  Where that fails the slow timer is left. */
static int watch(struct loop *l)
{
	const char *path = l->screen->watch, *slash = strrchr(path, '/');
	char folder[4096] = ".";
	int error;

	if (slash && (size_t)(slash - path) < sizeof(folder))
		snprintf(folder, sizeof(folder), "%.*s", slash > path ? (int)(slash - path) : 1,
			 path);
	snprintf(l->file, sizeof(l->file), "%s", slash ? slash + 1 : path);
	error = uv_timer_init(&l->uv, &l->soon);
	if (!error)
		error = uv_timer_init(&l->uv, &l->slow);
	if (!error)
		error = uv_fs_event_init(&l->uv, &l->folder);
	if (error)
		return error;
	l->soon.data = l->slow.data = l->folder.data = l;
	uv_fs_event_start(&l->folder, on_folder, folder, 0);
	return uv_timer_start(&l->slow, on_soon, SLOW_MS, SLOW_MS);
}

static int start(struct loop *l)
{
	int error = uv_poll_init(&l->uv, &l->input, STDIN_FILENO);

	if (error)
		return error;
	error = uv_async_init(&l->uv, &l->wake, on_wake);
	if (error)
		return error;
	l->wake.data = l;
	l->input.data = l;
	if (l->screen->watch)
		error = watch(l);
	if (!error)
		error = uv_poll_start(&l->input, UV_READABLE | UV_DISCONNECT, on_input);
	for (size_t i = 0; i < SIGNALS && !error; i++) {
		uv_signal_init(&l->uv, &l->signal[i]);
		l->signal[i].data = l;
		error = uv_signal_start(&l->signal[i], on_signal, signals[i]);
	}
	return error;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

int loop_run(const struct screen_ops *s)
{
	struct loop l = { .screen = s };
	int flags = fcntl(STDIN_FILENO, F_GETFL);
	int error = uv_loop_init(&l.uv);

	if (error)
		return error;
	/* ncurses leaves signals alone that have a handler: ours come first. */
	error = start(&l);
	if (!error)
		error = tty_open();
	if (!error) {
		set_awake(&l);
		draw(&l);
		uv_run(&l.uv, UV_RUN_DEFAULT);
		set_awake(NULL);
		error = l.status;
	}
	tty_close();
	grid_free(&l.grid);
	uv_walk(&l.uv, close_handle, NULL);
	uv_run(&l.uv, UV_RUN_DEFAULT);
	uv_loop_close(&l.uv);
	/* libuv made it non-blocking, and whoever reads the terminal next would be in for it */
	if (flags >= 0)
		fcntl(STDIN_FILENO, F_SETFL, flags);
	return error;
}
