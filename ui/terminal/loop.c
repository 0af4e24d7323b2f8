/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.c - waits for keys and signals, and does nothing in between.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "ui/terminal/loop.h"
#include "ui/terminal/tty.h"

static const int signals[] = { SIGWINCH, SIGCONT, SIGTSTP, SIGINT, SIGTERM, SIGHUP };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

struct task {				/* a job that runs */
	uv_work_t work;
	struct loop_job *job;
	struct loop *loop;
	struct task *next;
};

struct loop {
	uv_loop_t uv;
	uv_poll_t input, output;
	uv_signal_t signal[SIGNALS];
	uv_async_t wake;
	uv_prepare_t paint;		/* before it waits: once, whatever happened */
	uv_timer_t late, again;
	uv_fs_event_t folder;		/* of the file that is watched */
	uv_timer_t soon, slow;
	char file[256];			/* its name in the folder */
	const struct screen_ops *screen;
	struct grid grid;
	struct task *tasks;
	bool dirty;			/* it is to be drawn */
	bool full;			/* the terminal has not taken the last one */
	bool stopped;			/* by ctrl-z */
	bool over;
	int status;
};

/* The loop that runs and loop_wake() wakes; NULL while none does. */
static pthread_mutex_t awake_lock = PTHREAD_MUTEX_INITIALIZER;
static struct loop *awake;

static void stop(struct loop *l, int status)
{
	if (!l->over)
		l->status = status;
	l->over = true;
	uv_stop(&l->uv);
}

/* ---- painting ---- */

static void on_again(uv_timer_t *timer)
{
	struct loop *l = timer->data;

	l->dirty = true;
}

static void on_output(uv_poll_t *handle, int status, int events);

static void flush(struct loop *l)
{
	int err = tty_flush();

	if (err == -EIO) {
		stop(l, -EIO);
	} else if (err && !l->full) {
		uv_poll_start(&l->output, UV_WRITABLE, on_output);
	} else if (!err && l->full) {
		uv_poll_stop(&l->output);
	}
	l->full = err == -EAGAIN;
}

static void on_output(uv_poll_t *handle, int status, int events)
{
	struct loop *l = handle->data;

	(void)events;
	if (status < 0)
		stop(l, -EIO);
	else
		flush(l);
}

static void draw(struct loop *l)
{
	const struct screen_ops *s = l->screen;
	unsigned wait;
	int rows, cols;

	tty_size(&rows, &cols);
	if (rows != l->grid.rows || cols != l->grid.cols) {
		grid_free(&l->grid);
		if (grid_init(&l->grid, rows, cols)) {
			stop(l, -ENOMEM);
			return;
		}
	}
	s->render(s->arg, &l->grid);
	tty_paint(&l->grid);
	flush(l);
	if (s->shown)
		s->shown(s->arg);
	wait = s->again ? s->again(s->arg) : 0;
	if (wait)
		uv_timer_start(&l->again, on_again, wait, 0);
	else
		uv_timer_stop(&l->again);
}

static void on_paint(uv_prepare_t *handle)
{
	struct loop *l = handle->data;

	if (l->screen->left(l->screen->arg))
		stop(l, 0);
	if (!l->dirty || l->full || l->stopped || l->over)
		return;
	l->dirty = false;
	draw(l);
}

/* ---- keys ---- */

static void on_late(uv_timer_t *timer);

static void take_keys(struct loop *l, bool late)
{
	const struct screen_ops *s = l->screen;
	const char *key;

	while (!s->left(s->arg) && (key = tty_key(late)) != NULL) {
		l->dirty = true;
		if (!strcmp(key, "ctrl-l"))
			tty_redraw();
		else if (*key)
			s->key(s->arg, key);
	}
	if (tty_wait())
		uv_timer_start(&l->late, on_late, tty_wait(), 0);
	else
		uv_timer_stop(&l->late);
}

static void on_late(uv_timer_t *timer)
{
	struct loop *l = timer->data;
	/* what has come meanwhile is not late: a machine with other work is slow to look */
	int came = tty_read();

	if (came >= 0)
		take_keys(l, !came);
}

static void on_input(uv_poll_t *handle, int status, int events)
{
	struct loop *l = handle->data;

	(void)events;
	if (status < 0 || tty_read() < 0)
		stop(l, -EIO);
	else
		take_keys(l, false);
}

/* As a program does that has no screen: where nobody could go on with it, nothing happens. */
static void stop_here(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL }, before;

	sigemptyset(&act.sa_mask);
	sigaction(SIGTSTP, &act, &before);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *l = handle->data;

	switch (number) {
	case SIGTSTP:
		l->stopped = true;
		tty_suspend();
		stop_here();
		/* fall through */
	case SIGCONT:
		l->stopped = false;
		tty_resume();
		/* fall through */
	case SIGWINCH:
		l->dirty = true;
		break;
	default:
		stop(l, -EINTR);
	}
}

static void on_wake(uv_async_t *handle)
{
	struct loop *l = handle->data;

	l->dirty = true;
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

/* ---- work on other threads ---- */

static void on_work(uv_work_t *work)
{
	struct task *t = work->data;

	if (!loop_cancelled(t->job))
		t->job->work(t->job);
}

static void on_work_done(uv_work_t *work, int status)
{
	struct task *t = work->data, **at = &t->loop->tasks;
	struct loop_job *job = t->job;

	(void)status;		/* of one that never began; job->cancelled says so too */
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->loop->dirty = true;
	free(t);
	job->running = false;
	if (job->done)
		job->done(job);
}

int loop_work(struct loop_job *job)
{
	struct task *t;
	int error;

	if (job->running)
		return -EBUSY;
	if (!awake || awake->over)
		return -ENOTCONN;
	t = malloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	*t = (struct task){ .job = job, .loop = awake, .next = awake->tasks };
	t->work.data = t;
	atomic_store(&job->cancelled, false);
	error = uv_queue_work(&awake->uv, &t->work, on_work, on_work_done);
	if (error) {
		free(t);
		return error;
	}
	awake->tasks = t;
	job->running = true;
	return 0;
}

void loop_cancel(struct loop_job *job)
{
	if (!job->running)
		return;
	atomic_store(&job->cancelled, true);
	for (struct task *t = awake ? awake->tasks : NULL; t; t = t->next)
		if (t->job == job)
			uv_cancel((uv_req_t *)&t->work);	/* in vain where it has begun */
}

/* Nothing of a screen that is left runs on. */
static void end_work(struct loop *l)
{
	for (struct task *t = l->tasks; t; t = t->next)
		loop_cancel(t->job);
	while (l->tasks)
		uv_run(&l->uv, UV_RUN_ONCE);
}

/* ---- a file that grows ---- */

/* Many writes are one change: it is looked at so many milliseconds after the first. */
#define SOON_MS	50
#define SLOW_MS	1000

static void on_soon(uv_timer_t *timer)
{
	struct loop *l = timer->data;

	if (l->screen->changed(l->screen->arg))
		l->dirty = true;
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

/* ncurses leaves signals alone that have a handler: ours come first. */
static int start_signals(struct loop *l)
{
	int error = 0;

	for (size_t i = 0; i < SIGNALS && !error; i++) {
		uv_signal_init(&l->uv, &l->signal[i]);
		l->signal[i].data = l;
		error = uv_signal_start(&l->signal[i], on_signal, signals[i]);
	}
	return error;
}

static int start(struct loop *l)
{
	int error = uv_poll_init(&l->uv, &l->input, STDIN_FILENO);

	if (!error)
		error = uv_poll_init(&l->uv, &l->output, STDOUT_FILENO);
	if (!error)
		error = uv_async_init(&l->uv, &l->wake, on_wake);
	if (!error)
		error = uv_prepare_init(&l->uv, &l->paint);
	if (!error)
		error = uv_timer_init(&l->uv, &l->late);
	if (!error)
		error = uv_timer_init(&l->uv, &l->again);
	if (error)
		return error;
	l->wake.data = l->input.data = l->output.data = l;
	l->paint.data = l->late.data = l->again.data = l;
	if (l->screen->watch)
		error = watch(l);
	if (!error)
		error = uv_prepare_start(&l->paint, on_paint);
	if (!error)
		error = uv_poll_start(&l->input, UV_READABLE | UV_DISCONNECT, on_input);
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
	struct loop l = { .screen = s, .dirty = true };
	int error = uv_loop_init(&l.uv);

	if (error)
		return error;
	error = start_signals(&l);
	if (!error)
		error = tty_open(s->mouse);
	if (!error)
		error = start(&l);
	if (!error) {
		set_awake(&l);
		take_keys(&l, false);	/* typed ahead */
		while (!l.over)
			uv_run(&l.uv, UV_RUN_DEFAULT);
		/* first the terminal: what runs may take a while to hear of it */
		tty_close();
		uv_prepare_stop(&l.paint);
		uv_poll_stop(&l.input);
		end_work(&l);
		set_awake(NULL);
		error = l.status;
	}
	tty_close();
	grid_free(&l.grid);
	uv_walk(&l.uv, close_handle, NULL);
	uv_run(&l.uv, UV_RUN_DEFAULT);
	uv_loop_close(&l.uv);
	return error;
}
