/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A capture becomes rows: its lines as they are, and events with their thread, slot and call.
 * What is known of threads and slots is in state.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/import/input.h"
#include "traces/import/state.h"
#include "traces/db.h"
#include "traces/schema.h"

#define PROGRESS_LINES	1024	/* between two calls of it */
#define LINES_CHECKED	100000	/* before a file is taken to be no capture */

/* ---- rows ---- */

static bool is_utf8(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t i = 0; i < n;) {
		size_t more = s[i] < 0x80 ? 0 : s[i] >= 0xf0 ? 3 : s[i] >= 0xe0 ? 2 : 1;

		if (!s[i] || (s[i] >= 0x80 && s[i] < 0xc2) || s[i] > 0xf4 || i + more >= n)
			return false;
		for (size_t k = 1; k <= more; k++)
			if ((s[i + k] & 0xc0) != 0x80)
				return false;
		i += more + 1;
	}
	return true;
}

static int write_line(struct import *m, const char *line, size_t n, const char *why)
{
	const struct value text = { .data = line, .n = (int64_t)n, .type = VALUE_TEXT_N };
	const struct value blob = BLOB(line, n);

	return tw_row(m->tw, SQL_CAPTURE_LINE, INT(m->run), INT(m->info->lines),
		      is_utf8(line, n) ? text : blob, TEXT(why));
}

static int write_event(struct import *m, const struct stored_event *s)
{
	const struct capture_event *e = &s->e;
	const struct value nil = NIL;
#define OR_NIL(bit, v) e->mask & (bit) ? (struct value)INT(v) : nil

	return tw_row(m->tw, SQL_CAPTURE_EVENT, INT(m->run), INT(e->id), INT(e->line), INT(s->at),
		      INT(e->stamp), INT(e->thread), INT(e->cpu), INT(e->irq), INT(e->probe),
		      INT(e->call), INT(e->slot), OR_NIL(HAS_FOLIO, e->folio),
		      OR_NIL(HAS_ENTRY, e->entry), OR_NIL(HAS_PTE, e->pte),
		      OR_NIL(HAS_ADDR, e->addr), OR_NIL(HAS_RET, e->ret),
		      OR_NIL(HAS_USAGE, e->usage), OR_NIL(HAS_LEFT, e->left),
		      OR_NIL(HAS_NR, e->nr), OR_NIL(HAS_FLAGS, e->flags));
#undef OR_NIL
}

/* Events wait a while: most calls return soon, and then their row is written once. */
static int flush_events(struct import *m, uint64_t keep)
{
	while (m->info->events - m->written > keep && !m->tw->error) {
		write_event(m, &m->wait[m->written % WAITING]);
		m->written++;
	}
	return m->tw->error;
}

/* An event gets its other side, and its slot if that was not known. */
static void complete(struct import *m, uint64_t id, uint64_t call, uint32_t slot)
{
	struct capture_event *e = &m->wait[(id - 1) % WAITING].e;

	if (id > m->written) {
		e->call = call;
		e->slot = slot;
	} else {
		tw_row(m->tw, SQL_CAPTURE_CALL, INT(call), INT(slot), INT(m->run), INT(id));
	}
}

/* ---- which slot ---- */

/* The type of an offset: as the call has it in which this happens, or as such a slot has. */
static uint64_t with_type(struct import *m, const struct thread *t, uint64_t offset)
{
	uint64_t only = 0;
	unsigned found = 0;

	for (unsigned i = t->calls; i-- > 0;)
		if (t->call[i].has_entry && swap_offset(t->call[i].entry) == offset)
			return t->call[i].entry;
	for (uint64_t type = 0; type < CAPTURE_SWAP_TYPES; type++)
		if (m->types >> type & 1 && slot_find(m, type << 58 | offset)) {
			only = found ? only : type;
			found++;
		}
	if (!found && m->types)
		only = (uint64_t)__builtin_ctz(m->types);
	return only << 58 | offset;
}

static void resolve_entry(struct import *m, const struct thread *t, struct capture_line *l)
{
	struct capture_event *e = &l->e;

	if (!(e->mask & HAS_ENTRY))
		return;
	if (l->offset_only)
		e->entry = with_type(m, t, e->entry);
	if (capture_function_trust(e->function) == TRUST_ARGUMENT && e->function != FN_UNKNOWN)
		e->slot = slot_get(m, e->entry);
	else
		e->slot = slot_find(m, e->entry);
}

/* A fault's slot is that of its pte; whether its form is known, the fault's first lookup says. */
static void begin_fault(struct import *m, struct capture_event *e)
{
	uint64_t entry;

	if (!(e->mask & HAS_PTE) || !capture_pte_entry(e->pte, &entry)) {
		m->info->pte_unknown++;
		return;
	}
	e->slot = slot_find(m, entry);
}

static void first_lookup(struct import *m, struct thread *t, const struct capture_event *e)
{
	struct call *fault = thread_call(t, FN_do_swap_page);
	uint64_t entry;

	if (!fault || fault->looked_up || !e->slot || !(e->mask & HAS_ENTRY) ||
	    (e->function != FN_swap_cache_get_folio && e->function != FN_swapcache_prepare &&
	     e->function != FN___read_swap_cache_async))
		return;
	/* readahead reads its neighbours first */
	if (e->function == FN___read_swap_cache_async && fault->slot)
		return;
	fault->looked_up = true;
	if (fault->has_pte && capture_pte_entry(fault->entry, &entry)) {
		if (entry == e->entry)
			m->info->pte_agree++;
		else
			m->info->pte_differ++;
	}
	if (fault->slot != e->slot) {
		fault->slot = e->slot;
		complete(m, fault->id, 0, e->slot);
	}
}

/* A fault that looked nothing up: its pte is all that there is. */
static void end_fault(struct import *m, struct call *fault)
{
	uint64_t entry;

	if (fault->slot || fault->looked_up || !fault->has_pte || m->info->pte_differ ||
	    !capture_pte_entry(fault->entry, &entry))
		return;
	fault->slot = slot_get(m, entry);
}

/* ---- calls ---- */

static void enter(struct import *m, struct thread *t, const struct capture_event *e)
{
	struct call *c = thread_push(m, t);

	*c = (struct call){
		.id = e->id, .pair = m->probe[e->probe - 1].pair, .slot = e->slot,
		.function = e->function, .entry = e->mask & HAS_PTE ? e->pte : e->entry,
		.has_entry = e->mask & HAS_ENTRY, .has_pte = e->mask & HAS_PTE,
	};
}

static void leave(struct import *m, struct thread *t, struct capture_event *e)
{
	uint32_t pair = m->probe[e->probe - 1].pair;
	struct call *c;

	m->probe[pair].returns = e->side == SIDE_RETURN;
	c = thread_find(t, pair);
	if (!c) {		/* a system call may return where it was not made: clone() */
		m->info->no_enter += e->side == SIDE_RETURN;
		return;
	}
	if (c->function == FN_do_swap_page)
		end_fault(m, c);
	if (!c->slot)
		c->slot = e->slot;
	e->slot = c->slot;
	e->call = c->id;
	complete(m, c->id, e->id, c->slot);
	thread_pop(m, t, c);
}

static void take_call(struct import *m, struct thread *t, struct capture_event *e)
{
	switch (e->side) {
	case SIDE_ENTER:
		if (e->function == FN_do_swap_page)
			begin_fault(m, e);
		first_lookup(m, t, e);
		enter(m, t, e);
		break;
	case SIDE_SYSCALL:
		enter(m, t, e);
		break;
	case SIDE_RETURN:
	case SIDE_SYSCALL_RETURN:
		leave(m, t, e);
		break;
	default:
		break;
	}
}

/* ---- lines ---- */

/* "# clockid: CLOCK_MONOTONIC (1)" of perf script --header. */
static void find_clock(const char *line, size_t n, struct capture_info *info)
{
	static const char mono[] = "# clockid: CLOCK_MONOTONIC";

	if (n >= sizeof(mono) - 1 && !memcmp(line, mono, sizeof(mono) - 1))
		snprintf(info->clock, sizeof(info->clock), "mono");
}

/* What is true of a form where nothing else is said: the kernel's default, and perf's. */
static void default_clock(const struct form *f, bool counter, struct capture_info *info)
{
	if (*info->clock)
		return;
	if (f->seen & 1u << CAPTURE_PERF)
		snprintf(info->clock, sizeof(info->clock), "perf");
	else if (f->seen & 1u << CAPTURE_GRAPH && counter)
		snprintf(info->clock, sizeof(info->clock), "local");
}

static void take_stamp(struct import *m, const struct capture_event *e)
{
	if (e->stamp < m->stamp) {
		m->info->backward++;
		if (!m->info->backward_line)
			m->info->backward_line = m->info->lines;
	} else if (m->info->events > 1 && e->stamp == m->stamp && e->cpu != m->cpu) {
		m->info->equal++;
	}
	m->stamp = e->stamp;
	m->cpu = e->cpu;
}

/* Its text is at byte `at` of line `line`. */
static const char *take_event(struct import *m, struct capture_line *l, uint64_t line, size_t at)
{
	struct capture_event *e = &l->e;
	struct thread *t;

	if (m->info->events && l->counter != m->info->counter)
		return "its stamp is of another clock";
	t = thread_get(m, l);
	if (!t)
		return "too many threads";
	e->probe = probe_get(m, l);
	if (!e->probe)
		return "too many kinds of events";
	m->info->counter = l->counter;
	e->thread = (uint32_t)(t - m->thread);
	e->id = ++m->info->events;
	e->line = line;
	if (e->cpu >= m->info->cpus)
		m->info->cpus = e->cpu + 1u;
	take_stamp(m, e);
	resolve_entry(m, t, l);
	take_call(m, t, e);
	m->wait[(e->id - 1) % WAITING] = (struct stored_event){ *e, (uint32_t)at };
	flush_events(m, WAITING - 1);
	return NULL;
}

/* Returns of leaves of a graph that come before l, or all. */
static void take_held(struct import *m, struct capture_line *l)
{
	const struct graph_leaf *leaf;

	while ((leaf = form_held(m->form, l))) {
		struct capture_line back = leaf->l;

		if (back.kind == LINE_EVENT)
			take_event(m, &back, leaf->line, leaf->at);
	}
}

static void take_loss(struct import *m, const struct capture_line *l)
{
	m->info->losses++;
	m->info->lost += l->lost;
	threads_lost(m, l->e.cpu);
}

int import_line(struct import *m, const char *line, size_t n, uint64_t more)
{
	const char *why = NULL;
	struct capture_line l;
	char cut[64];

	m->info->lines++;
	form_line(m->form, m->info->lines, line, n, &l);
	take_held(m, &l);
	switch (l.kind) {
	case LINE_COMMENT:
		find_clock(line, n, m->info);
		m->info->comments++;
		break;
	case LINE_ASIDE:
		m->info->comments++;
		break;
	case LINE_LOST:
		take_loss(m, &l);
		break;
	case LINE_EVENT:
		if (l.lost)
			take_loss(m, &l);
		why = take_event(m, &l, m->info->lines, (size_t)(l.text.at - line));
		break;
	case LINE_STRANGE:
		why = l.why;
	}
	m->info->not_understood += why != NULL;
	if (l.kind == LINE_EVENT && l.lost) {
		snprintf(cut, sizeof(cut), CAPTURE_LOST "%llu events of its CPU before it",
			 (unsigned long long)l.lost);
		why = cut;
	}
	if (more) {
		m->info->cut++;
		if (!why)
			snprintf(cut, sizeof(cut), "cut: %llu bytes more",
				 (unsigned long long)more);
		why = why ? why : cut;
	}
	write_line(m, line, n, why);
	return m->tw->batch >= BATCH_ROWS ? tw_commit(m->tw) : m->tw->error;
}

/* ---- the whole ---- */

static int read_lines(struct import *m, struct capture_input *in)
{
	const char *line;
	uint64_t more, size;
	size_t n;
	int r;

	while ((r = capture_input_line(in, &line, &n, &more)) > 0) {
		r = import_line(m, line, n, more);
		if (m->info->progress && m->info->lines % PROGRESS_LINES == 0)
			m->info->progress(m->info->progress_arg, m->info,
					  capture_input_read(in, &size), size);
		if (r)
			break;
	}
	return r;
}

/* Which forms its lines had, and what these lack. */
static void say_form(const struct form *f, struct capture_info *info)
{
	size_t n = 0;

	info->forms = f->seen;
	default_clock(f, info->counter, info);
	if (f->lost > f->missed) {	/* at the end of a CPU */
		info->lost += f->lost - f->missed;
		info->losses++;
	}
	for (unsigned fn = 1; fn < FN_COUNT; fn++)
		if ((f->blind[fn] || f->mute[fn]) && n < sizeof(info->without) - 1)
			n += (size_t)snprintf(info->without + n, sizeof(info->without) - n, "%s%s",
					      n ? ", " : "",
					      capture_function_name((enum capture_function)fn));
}

/* What is left to be written, and what was counted; of a capture that is damaged no `lines`. */
void import_end(struct import *m, bool whole)
{
	struct capture_info *i = m->info;

	take_held(m, NULL);
	flush_events(m, 0);
	say_form(m->form, i);
	state_end(m);
	if (!m->tw->error && schema_indices(m->tw->db) != SQLITE_OK)
		tw_sql(m->tw);
#define X(name) INT(i->name),
	tw_row(m->tw, SQL_CAPTURE_END, CAPTURE_COUNTS(X) TEXT(i->counter ? "counter" : "ns"),
	       INT(m->run));
#undef X
	if (!whole)
		tw_row(m->tw, SQL_CAPTURE_CUT, INT(m->run));
	i->threads = m->threads;
	i->slots = m->slots;
	i->probes = m->probes;
	i->finished = whole;
	tw_commit(m->tw);
}

static int no_capture(const char *path, const char *missing, char *err)
{
	snprintf(err, TRACE_ERROR_MAX, "%s is no capture%s%s%s", path, missing ?
		 " that can be read: it is " : ": none of its lines is an event of ftrace, perf "
		 "script or bpftrace", missing ? missing : "",
		 missing ? "; or record what 'swapscope probes' prints" : "");
	return -EINVAL;
}

/* "# tracer: function": of its lines are calls, and not what they are about. */
static void find_tracer(const char *line, size_t n, struct capture_info *info)
{
	static const char function[] = "# tracer: function";

	if (n == sizeof(function) - 1 && !memcmp(line, function, n))
		info->function_tracer = true;
}

/* "# entries-in-buffer/entries-written: 39152/39152   #P:2", of a file `trace`. */
static void find_entries(const char *line, size_t n, struct capture_info *info)
{
	static const char start[] = "# entries-in-buffer/entries-written: ";
	unsigned long long held, written;
	char text[64];

	if (n <= sizeof(start) || memcmp(line, start, sizeof(start) - 1))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)(n - sizeof(start) + 1),
		 line + sizeof(start) - 1);
	if (sscanf(text, "%20llu/%20llu", &held, &written) != 2)
		return;
	info->held = held;
	info->written = written;
}

static void find_release(const char *line, size_t n, struct capture_info *info)
{
	/* the last is of perf script --header */
	static const char *const start[] = { "# uname: ", "# release: ", "# os release : " };

	for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++) {
		size_t k = strlen(start[i]);

		if (n > k && !memcmp(line, start[i], k) && !*info->release) {
			snprintf(info->release, sizeof(info->release), "%.*s", (int)(n - k),
				 line + k);
			text_clean(info->release, info->release, false);
		}
	}
}

#define SQLITE	"SQLite format 3"

/* The lines up to the first event: 1; 0: there is none; or a negative errno. */
static int find_event(struct form *f, struct capture_input *in, struct capture_info *info,
		      char *err)
{
	struct capture_line l;
	const char *line;
	uint64_t more;
	size_t n;

	for (unsigned i = 0; i < LINES_CHECKED; i++) {
		int r = capture_input_line(in, &line, &n, &more);

		if (r <= 0)
			return r;
		if (!i && n >= strlen(SQLITE) && !memcmp(line, SQLITE, strlen(SQLITE))) {
			snprintf(err, TRACE_ERROR_MAX, "%s is no capture: it is an SQLite "
				 "database, as swapscope's traces are; 'swapscope view' opens "
				 "those", in->path);
			return -EINVAL;
		}
		form_line(f, i, line, n, &l);
		f->begun = false;
		if (l.kind == LINE_EVENT)
			return 1;
		if (l.kind == LINE_COMMENT) {
			find_release(line, n, info);
			find_entries(line, n, info);
			find_tracer(line, n, info);
		}
	}
	return 0;
}

int capture_check(const char *path, struct capture_info *info, char *err)
{
	struct capture_input in;
	struct form *f;
	struct stat st;
	int r, end;

	*info = (struct capture_info){ 0 };
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	f = form_new("");
	if (!f) {
		snprintf(err, TRACE_ERROR_MAX, "out of memory");
		return -ENOMEM;
	}
	r = capture_input_open(&in, path, err);
	if (!r) {
		r = find_event(f, &in, info, err);
		end = capture_input_close(&in, r ? NULL : err);
		info->forms = f->seen;
		r = r > 0 ? 0 : r ? r : end ? end : no_capture(path, f->missing, err);
	}
	free(f);
	return r;
}

static int import(struct import *m, const char *path, char *err)
{
	struct capture_input in;
	int r = capture_input_open(&in, path, err), damaged;

	if (r)
		return r;
	snprintf(m->info->file, sizeof(m->info->file), "%s", path);
	tw_row(m->tw, SQL_CAPTURE, INT(m->run), TEXT(m->info->file), TEXT(m->info->release),
	       TEXT("ns"));
	/* an index that grows row by row is slower than one that is made of them all */
	tw_insert(m->tw, SQL_CAPTURE_UNSORTED, NULL, 0);
	r = read_lines(m, &in);
	damaged = capture_input_close(&in, r ? NULL : err);
	if (!m->tw->error)
		import_end(m, !r && !damaged);
	if (m->tw->error) {
		snprintf(err, TRACE_ERROR_MAX, "%s", m->tw->error_text);
		return m->tw->error;
	}
	if (r) {
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror(-r));
		return r;
	}
	return damaged || m->info->events ? damaged : no_capture(path, m->form->missing, err);
}

int capture_import(struct trace_writer *tw, int run, const char *path, struct capture_info *info,
		   char *err)
{
	const struct capture_info given = *info;
	struct import *m = calloc(1, sizeof(*m));
	int r = -ENOMEM;

	*info = (struct capture_info){
		.progress = given.progress, .progress_arg = given.progress_arg,
	};
	memcpy(info->release, given.release, sizeof(info->release));
	if (m) {
		m->tw = tw;
		m->run = run;
		m->info = info;
		r = state_begin(m);
	}
	if (r)
		snprintf(err, TRACE_ERROR_MAX, "out of memory");
	else
		r = import(m, path, err);
	if (m)
		state_free(m);
	free(m);
	return r;
}
