/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * story_help.h - a shipped capture as an array of events that a test can change, and what its
 * story tells.
 */
#ifndef SWAPSCOPE_TESTS_STORY_HELP_H
#define SWAPSCOPE_TESTS_STORY_HELP_H

#include <stdlib.h>

#include "replay/story/story.h"
#include "tests/trace_help.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

#define FOUND		"folio found in swap cache"
#define READ		"read through the swap cache"
#define UNMAPPED	"read through the swap cache, not mapped"
#define MAPPED		"bypass, mapped"
#define DISCARDED	"bypass, discarded (pte changed)"
#define REFUSED		"bypass refused (swapcache_prepare -17)"
#define DEAD		"bypass refused (swapcache_prepare -2)"
#define SECOND		"folio found in swap cache (swap_cache_alloc_folio -17)"
#define NOT_ADDED	"refused by the swap cache (swap_cache_alloc_folio -2)"

/* A capture; events are in the order of their ids, 1 .., until a test changes that. */
struct tape {
	struct capture_info info;
	struct capture_event *event;
	size_t n;
	uint64_t lost_before;		/* events were lost before this id; 0: nowhere */
};

static inline int tape_keep(void *arg, const struct capture_event *e)
{
	struct tape *t = arg;

	if (t->n % 4096 == 0)
		t->event = realloc(t->event, (t->n + 4096) * sizeof(*e));
	assert_non_null(t->event);
	t->event[t->n] = *e;
	t->event[t->n++].text = strdup(e->text);
	return 0;
}

/* Import a shipped capture into `path`; its run is 1. */
static inline void tape_import(const char *path, const char *name)
{
	const struct kernel k = { 0 };
	const struct rows_run run = { .scenario = "capture", .device = "zram", .k = &k,
				      .source = "capture" };
	struct capture_info info = { 0 };
	struct trace_writer *tw;
	char capture[256];

	snprintf(capture, sizeof(capture), "traces/captures/%s.trace.zst", name);
	if (access(capture, F_OK))
		snprintf(capture, sizeof(capture), "traces/samples/%s.trace.zst", name);
	if (trace_create(&tw, path, TRACE_REPLACE, err))
		fail_msg("%s", err);
	assert_int_equal(rows_begin(tw, &run), 1);
	if (capture_import(tw, 1, capture, &info, err))
		fail_msg("%s", err);
	assert_int_equal(info.not_understood, 0);
	assert_int_equal(rows_end(tw, NULL, NULL), 0);
	assert_int_equal(trace_close(tw), 0);
}

static inline void tape_load(struct tape *t, const char *name)
{
	const char *path = file(name);
	struct trace *trace;

	*t = (struct tape){ 0 };
	if (access(path, F_OK))
		tape_import(path, name);
	trace = open_run(path, 1);
	assert_int_equal(capture_info_read(trace, &t->info), 0);
	assert_int_equal(capture_scan(trace, 0, tape_keep, t), 0);
	assert_int_equal(t->n, t->info.events);
	trace_free(trace);
}

static inline void tape_free(struct tape *t)
{
	for (size_t i = 0; i < t->n; i++)
		free((char *)t->event[i].text);
	free(t->event);
}

/* The event with a stamp (that of a counter: there is one), */
static inline struct capture_event *tape_at(struct tape *t, uint64_t stamp)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->event[i].stamp == stamp)
			return &t->event[i];
	fail_msg("no event has stamp %llu", (unsigned long long)stamp);
	return NULL;
}

/* and made into one that says nothing: its call has lost its other side. */
static inline void tape_drop(struct tape *t, uint64_t stamp)
{
	struct capture_event *e = tape_at(t, stamp);

	for (size_t i = 0; e->call && i < t->n; i++)
		if (t->event[i].id == e->call)
			t->event[i].call = 0;
	e->side = SIDE_OTHER;
	e->slot = 0;
	e->call = 0;
}

/* The same of event `i` of a tape in the order of ids. */
static inline void tape_miss(struct tape *t, size_t i)
{
	struct capture_event *e = &t->event[i];

	if (e->call)
		t->event[e->call - 1].call = 0;
	e->side = SIDE_OTHER;
	e->slot = 0;
	e->call = 0;
}

#define TOLD_MAX	100000

/* What a story told.  Texts are copies. */
struct told {
	struct story_fault *fault;
	struct story_line *line;
	struct story_loss *loss;
	size_t faults, lines, losses;
	struct story_totals totals;
	const char *no_ledger;
	char *text[2 * TOLD_MAX];
	size_t texts;
};

static inline const char *told_text(struct told *t, const char *text)
{
	for (size_t i = t->texts; i-- > 0 && t->texts - i < 40;)
		if (!strcmp(t->text[i], text))
			return t->text[i];
	assert_true(t->texts < sizeof(t->text) / sizeof(t->text[0]));
	return t->text[t->texts++] = strdup(text);
}

static inline int told_fault(void *arg, const struct story_fault *f)
{
	struct told *t = arg;

	assert_true(t->faults < TOLD_MAX);
	t->fault[t->faults] = *f;
	t->fault[t->faults].path = told_text(t, f->path);
	t->fault[t->faults].outcome = told_text(t, f->outcome);
	t->fault[t->faults++].why = told_text(t, f->why);
	return 0;
}

static inline int told_line(void *arg, const struct story_line *l)
{
	struct told *t = arg;

	assert_true(t->lines < TOLD_MAX);
	t->line[t->lines] = *l;
	t->line[t->lines].what = told_text(t, l->what);
	t->line[t->lines++].text = told_text(t, l->text);
	return 0;
}

static inline int told_loss(void *arg, const struct story_loss *l)
{
	struct told *t = arg;

	assert_true(t->losses < TOLD_MAX);
	t->loss[t->losses] = *l;
	t->loss[t->losses++].text = told_text(t, l->text);
	return 0;
}

static inline struct told *told_new(void)
{
	struct told *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->fault = calloc(TOLD_MAX, sizeof(*t->fault));
	t->line = calloc(TOLD_MAX, sizeof(*t->line));
	t->loss = calloc(TOLD_MAX, sizeof(*t->loss));
	return t;
}

static inline void told_free(struct told *t)
{
	for (size_t i = 0; i < t->texts; i++)
		free(t->text[i]);
	free(t->fault);
	free(t->line);
	free(t->loss);
	free(t);
}

/* The story of a tape; the caller frees it. */
static inline struct told *tell(const struct tape *t)
{
	struct told *told = told_new();
	const struct story_sink sink = { told_fault, told_line, told_loss, told };
	struct story_probes p = { 0 };
	struct story *s;

	for (size_t i = 0; i < t->n; i++) {
		const struct capture_event *e = &t->event[i];

		p.enter[e->function] |= e->side == SIDE_ENTER;
		p.back[e->function] |= e->side == SIDE_RETURN;
	}
	s = story_new(&p, &t->info, &sink);
	assert_non_null(s);
	for (size_t i = 0; i < t->n; i++) {
		if (t->lost_before && t->event[i].id == t->lost_before)
			story_lost(s);
		assert_int_equal(story_event(s, &t->event[i]), 0);
	}
	assert_int_equal(story_end(s), 0);
	told->totals = *story_totals(s);
	told->no_ledger = story_no_ledger(s);
	story_free(s);
	return told;
}

/* ---- a capture that every test gets fresh ---- */

static struct tape d;			/* d-loss-uffdwp-6.8, or as it says */

static inline int load_d(void **state)
{
	(void)state;
	tape_load(&d, "d-loss-uffdwp-6.8");
	return 0;
}

static inline int load_v7(void **state)
{
	(void)state;
	tape_load(&d, "two-threads-7.3");
	return 0;
}

static inline int free_d(void **state)
{
	(void)state;
	tape_free(&d);
	return 0;
}

static inline uint64_t stamp(uint64_t event)
{
	for (size_t i = 0; event && i < d.n; i++)
		if (d.event[i].id == event)
			return d.event[i].stamp;
	return 0;
}

/* The fault that begins at a stamp. */
static inline const struct story_fault *fault_at(const struct told *t, uint64_t since)
{
	for (size_t i = 0; i < t->faults; i++)
		if (stamp(t->fault[i].first) == since)
			return &t->fault[i];
	return NULL;
}

static inline const struct story_loss *loss_of_page(const struct told *t, int64_t page,
						    uint32_t slot)
{
	for (size_t i = 0; i < t->losses; i++)
		if (t->loss[i].page == page && t->loss[i].slot == slot)
			return &t->loss[i];
	return NULL;
}

static inline void assert_outcome(const struct told *t, uint64_t since, const char *outcome,
				  int mapped)
{
	const struct story_fault *f = fault_at(t, since);

	assert_non_null(f);
	assert_string_equal(f->outcome, outcome);
	assert_int_equal(f->mapped, mapped);
}

#define WITH_D(test) cmocka_unit_test_setup_teardown(test, load_d, free_d)
#define WITH_V7(test) cmocka_unit_test_setup_teardown(test, load_v7, free_d)

#endif
