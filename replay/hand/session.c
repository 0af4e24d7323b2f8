/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: which runs it knows, what branches are called, and where they are saved.
 */
#include "replay/hand/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int hand_fail(struct hand *h, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(h->why, sizeof(h->why), format, ap);
	va_end(ap);
	return err;
}

int hand_no_memory(struct hand *h)
{
	return hand_fail(h, -ENOMEM, "out of memory");
}

struct hand *hand_new(void)
{
	return calloc(1, sizeof(struct hand));
}

void hand_free(struct hand *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->runs; i++)
		run_free(h->run[i]);
	run_free(h->spare);
	free(h->run);
	free(h);
}

const char *hand_why(const struct hand *h)
{
	return h->why;
}

/* ---- runs ---- */

struct hand_run *run_new(struct hand *h, const char *scenario_name, const char *scenario_text,
			 const struct kernel *k, const char *kernel_name)
{
	struct hand_run *r = calloc(1, sizeof(*r));
	struct scenario_error err;
	int e;

	if (!r) {
		hand_no_memory(h);
		return NULL;
	}
	r->kernel_name = strdup(kernel_name);
	e = r->kernel_name ? scenario_parse(&r->s, scenario_name, scenario_text, &err) : -ENOMEM;
	if (e) {
		free(r->kernel_name);
		free(r);
		if (e == -EINVAL)
			hand_fail(h, -ENOTSUP, "its scenario is none for this program, line %u: "
				  "%.150s", err.line, err.text);
		else
			hand_no_memory(h);
		return NULL;
	}
	if (execution_init(&r->x, &r->s, k)) {
		run_free(r);
		hand_no_memory(h);
		return NULL;
	}
	return r;
}

void run_free(struct hand_run *r)
{
	if (!r)
		return;
	if (r->tw) {
		trace_free(r->t);
		trace_close(r->tw);
	}
	execution_free(&r->x);
	scenario_free(&r->s);
	free(r->kernel_name);
	free(r);
}

int run_keep(struct hand *h, struct hand_run *r)
{
	struct hand_run **run = realloc(h->run, (h->runs + 1) * sizeof(*run));

	if (!run) {
		run_free(r);
		return hand_no_memory(h);
	}
	h->run = run;
	run[h->runs++] = r;
	h->branches += r->tw != NULL;
	return 0;
}

static void run_drop(struct hand *h, struct hand_run *r)
{
	size_t i = 0;

	while (h->run[i] != r)
		i++;
	h->branches -= r->tw != NULL;
	h->runs--;
	memmove(&h->run[i], &h->run[i + 1], (h->runs - i) * sizeof(h->run[0]));
	run_free(r);
}

struct hand_run *run_known(const struct hand *h, const struct trace *t)
{
	for (size_t i = 0; i < h->runs; i++)
		if (h->run[i]->t == t)
			return h->run[i];
	return NULL;
}

void hand_forget(struct hand *h, const struct trace *t)
{
	struct hand_run *r = run_known(h, t);

	if (r && !r->tw)
		run_drop(h, r);
}

bool hand_is_branch(const struct hand *h, const struct trace *t)
{
	const struct hand_run *r = run_known(h, t);

	return r && r->tw;
}

const struct execution *hand_execution(struct hand *h, struct trace *t)
{
	struct hand_run *r = run_of(h, t);

	return r ? &r->x : NULL;
}

char *hand_schedule(struct hand *h, struct trace *t, uint64_t position)
{
	struct hand_run *r = run_of(h, t);
	struct schedule s = { 0 };
	char *text = NULL;
	int err = 0;

	if (!r)
		return NULL;
	for (size_t i = 0; !err && i < r->x.n && i < position; i++)
		err = schedule_add(&s, r->x.step[i].move);
	if (!err)
		text = schedule_text(&r->s, &s);
	if (!text)
		hand_no_memory(h);
	schedule_free(&s);
	return text;
}

/* ---- names ---- */

static struct hand_run *branch_named(const struct hand *h, const char *name)
{
	for (size_t i = 0; i < h->runs; i++)
		if (h->run[i]->tw && !strcmp(h->run[i]->name, name))
			return h->run[i];
	return NULL;
}

/* No character is cut in two. */
void copy_name(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size);

	if (n == size)
		for (n--; n && ((unsigned char)from[n] & 0xc0) == 0x80; n--)
			;
	memmove(to, from, n);
	to[n] = '\0';
}

void name_branch(const struct hand *h, char *name, const char *like)
{
	char stem[HAND_NAME_MAX - 8];

	copy_name(stem, sizeof(stem), like);
	snprintf(name, HAND_NAME_MAX, "%s", stem);
	for (unsigned n = 2; branch_named(h, name); n++)
		snprintf(name, HAND_NAME_MAX, "%s (%u)", stem, n);
}

static struct hand_run *branch_of(struct hand *h, const struct trace *t)
{
	struct hand_run *r = run_known(h, t);

	if (r && r->tw)
		return r;
	hand_fail(h, -EINVAL, "a recorded run is no branch: a move makes one of it");
	return NULL;
}

int hand_rename(struct hand *h, struct trace *t, const char *name)
{
	struct hand_run *r = branch_of(h, t), *other = branch_named(h, name);

	if (!r)
		return -EINVAL;
	if (!*name || strlen(name) >= sizeof(r->name))
		return hand_fail(h, -EINVAL, "a branch's name has 1 to %d bytes",
				 HAND_NAME_MAX - 1);
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return hand_fail(h, -EINVAL, "a name has no control characters");
	if (other && other != r)
		return hand_fail(h, -EEXIST, "there is a branch named '%s' already", name);
	for (size_t i = 0; i < h->runs; i++)
		if (!strcmp(h->run[i]->parent, r->name) && h->run[i]->tw)
			memcpy(h->run[i]->parent, name, strlen(name) + 1);
	r->saved = strcmp(r->name, name) ? 0 : r->saved;
	memmove(r->name, name, strlen(name) + 1);
	return branch_write(h, r);
}

/* ---- branches ---- */

size_t hand_branches(const struct hand *h)
{
	return h->branches;
}

static struct hand_branch told(const struct hand_run *r)
{
	const struct trace_finding *f;
	size_t n;

	if (!r || !r->tw)
		return (struct hand_branch){ .name = "", .parent = "", .kernel = "",
					     .finding = "" };
	f = trace_findings(r->t, &n);
	return (struct hand_branch){
		.trace = r->t, .name = r->name, .parent = r->parent, .left = r->left,
		.kernel = r->kernel_name, .length = r->x.n, .finding = n ? f[0].property : "",
		.kept = r->kept, .saved = r->saved == r->x.n + 1,
	};
}

struct hand_branch hand_branch(const struct hand *h, size_t i)
{
	size_t at = 0;

	while (at < h->runs && (!h->run[at]->tw || i--))
		at++;
	return told(at < h->runs ? h->run[at] : NULL);
}

struct hand_branch hand_branch_of(const struct hand *h, const struct trace *t)
{
	return told(run_known(h, t));
}

int hand_keep(struct hand *h, struct trace *t, bool keep)
{
	struct hand_run *r = branch_of(h, t);

	if (!r)
		return -EINVAL;
	r->kept = keep;
	return 0;
}

int hand_delete(struct hand *h, struct trace *t)
{
	struct hand_run *r = branch_of(h, t);

	if (!r)
		return -EINVAL;
	if (r->kept)
		return hand_fail(h, -EBUSY, "'%s' is kept, and not deleted", r->name);
	run_drop(h, r);
	return 0;
}

/* ---- notes ---- */

int copy_notes(struct hand *h, struct trace_writer *tw, const struct trace *from, uint64_t last)
{
	char err[TRACE_ERROR_MAX];
	const struct trace_note *n;
	size_t notes;
	int64_t id;
	int r = 0;

	n = trace_notes(from, &notes);
	for (size_t i = 0; i < notes && !r && n[i].position <= last; i++) {
		const struct note copy = { n[i].position, n[i].text, n[i].author, n[i].when,
					   n[i].letter };

		/* what another program wrote may be none that this one writes: it stays there */
		if (n[i].remark && !note_check(&copy, err))
			r = writer_note(tw, &copy, &id, err);
		if (r == -EEXIST)
			r = 0;
	}
	return r ? hand_fail(h, r, "%.300s", err) : 0;
}

static int noted(struct hand *h, struct hand_run *r, int err, const char *why)
{
	if (err)
		return hand_fail(h, err, "%.300s", why);
	r->saved = 0;
	err = trace_notes_again(r->t);
	return err ? hand_fail(h, err, "%.300s", trace_message(r->t)) : 0;
}

int hand_note(struct hand *h, struct trace *t, const struct note *n)
{
	struct hand_run *r = branch_of(h, t);
	char err[TRACE_ERROR_MAX];
	int64_t id;

	return r ? noted(h, r, writer_note(r->tw, n, &id, err), err) : -EINVAL;
}

int hand_note_delete(struct hand *h, struct trace *t, int64_t id)
{
	struct hand_run *r = branch_of(h, t);
	char err[TRACE_ERROR_MAX];

	return r ? noted(h, r, writer_note_delete(r->tw, id, err), err) : -EINVAL;
}

/* ---- saving ---- */

int hand_save(struct hand *h, struct trace *t, const char *path)
{
	struct hand_run *r = branch_of(h, t);
	struct run_meta meta;
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int run, noted = 0;

	if (!r)
		return -EINVAL;
	meta = (struct run_meta){ .title = r->name, .kernel_name = r->kernel_name };
	run = trace_create(&tw, path, TRACE_TOGETHER, err);
	if (run)
		return hand_fail(h, run, "%.300s", err);
	run = trace_execution(tw, &r->x, &meta);
	if (run < 0)
		hand_fail(h, run, "%.300s", trace_error(tw));
	else
		noted = copy_notes(h, tw, t, UINT64_MAX);
	if (trace_close(tw) && run >= 0)
		run = hand_fail(h, -EIO, "%.200s could not be finished", path);
	if (run >= 0)
		r->saved = r->x.n + 1;
	return noted ? noted : run;
}
