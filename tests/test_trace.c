/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traces: what is written is read again.
 */
#include "tests/golden.h"
#include "tests/trace_help.h"
#include "traces/read/read.h"
#include "traces/read/rows.h"
#include "traces/write/write.h"

/* The shortest way to a property's violation. */
static void find(struct recorded *r, enum property property)
{
	const struct explore_options o = { .only = 1u << property,  0 };
	struct exploration e = { 0 };

	assert_int_equal(explore(&e, &r->s, &r->k, &o), 0);
	assert_true(e.findings > 0);
	assert_int_equal(execution_run(&r->x, &e.finding[0].schedule), 0);
	exploration_free(&e);
}

/* ---- round trip ---- */

/* A world as the trace gives it: steps are compared by their names, not their numbers. */
static void assert_world(struct trace *t, const struct execution *x, uint64_t position)
{
	struct world w, want = x->world[position];
	uint16_t length[MAX_ENTRIES];

	assert_int_equal(trace_world(t, position, &w, length), 0);
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		for (unsigned j = 0; j < want.task[i].depth; j++) {
			struct frame *f = &want.task[i].frame[j];
			const struct step *s = step_at((size_t)step_id(f->op, f->pc));
			unsigned pc = w.task[i].frame[j].pc;

			assert_true(pc > 0);
			assert_string_equal(trace_step_at(t, pc - 1)->op, op_name(f->op));
			assert_string_equal(trace_step_at(t, pc - 1)->text, s->text);
			assert_int_equal(trace_step_at(t, pc - 1)->line, s->line);
			f->pc = (uint16_t)pc;
		}
	}
	assert_memory_equal(&w, &want, sizeof(w));
	assert_memory_equal(length, x->length[position], sizeof(length));
}

static void assert_events(struct trace *t, const struct execution *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct exec_step *s = &x->step[i];
		const struct trace_event *e = trace_event_at(t, i + 1);
		const struct trace_change *c;
		int n = trace_changes(t, i + 1, &c);

		assert_non_null(e);
		assert_int_equal(e->task, s->move.task);
		assert_int_equal(e->choice, s->move.choice);
		assert_int_equal(e->depth, s->depth);
		assert_string_equal(e->result, s->result ? s->result : "");
		assert_string_equal(trace_step_at(t, e->step)->text,
				    step_at((size_t)s->step)->text);
		assert_true(n >= 0);	/* a step that finds nothing to do changes nothing */
		for (int j = 0; j < n; j++) {
			assert_true(c[j].old_value != c[j].new_value);
			if (strcmp(c[j].field->kind, "task"))
				assert_int_equal(field_get(&x->world[i + 1], c[j].field),
						 c[j].new_value);
		}
	}
	assert_null(trace_event_at(t, 0));
	assert_null(trace_event_at(t, x->n + 1));
}

static void assert_run(struct trace *t, const struct execution *x)
{
	struct world w;

	assert_int_equal(trace_info(t)->events, x->n);
	assert_events(t, x);
	for (uint64_t i = 0; i <= x->n; i++)
		assert_world(t, x, i);
	for (uint64_t i = x->n + 1; i-- > 0;)
		assert_world(t, x, i);
	for (unsigned i = 0; i < 50; i++)
		assert_world(t, x, random_below((uint32_t)x->n + 1));
	assert_int_equal(trace_world(t, x->n + 1, &w, NULL), -EINVAL);
}

static void test_round_trip(void **state)
{
	static const char *const kernels[] = { "v6.1", "v6.8", "v6.9", "debate-a" };

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++) {
			const char *path = file("walk.db");
			struct recorded r;
			struct trace *t;

			start(&r, builtin_scenarios[i].name, kernels[j]);
			walk(&r, 300, (uint32_t)(i * 100 + j));
			assert_int_equal(record(path, false, &r), 1);
			t = open_run(path, 0);
			assert_run(t, &r.x);
			trace_free(t);
			done(&r);
		}
	}
}

static void test_info(void **state)
{
	const char *path = file("info.db"), *line;
	const struct trace_finding *f;
	const struct run_info *info;
	struct recorded r;
	struct trace *t;
	size_t n;

	(void)state;
	start(&r, "debate", "debate-a");
	find(&r, PROP_UAF);
	record(path, false, &r);
	assert_int_not_equal(access(file("info.db-wal"), F_OK), 0);
	sql(path, "CREATE TEMP TABLE ok (x NOT NULL);"	/* a division by zero is NULL */
		  "INSERT INTO ok SELECT 1 / (count(*) = 0) FROM pragma_foreign_key_check;"
		  "INSERT INTO ok SELECT 1 / (integrity_check = 'ok') FROM pragma_integrity_check;"
		  "INSERT INTO ok SELECT 1 / (readers = 'T0') FROM entry_life WHERE entry = 1");
	t = open_run(path, 1);
	info = trace_info(t);
	assert_string_equal(info->scenario, "debate");
	assert_string_equal(info->scenario_text, r.s.text);
	assert_string_equal(info->title, "a test");
	assert_string_equal(info->kernel, "debate-a");
	assert_string_equal(info->device, "zram");
	assert_string_equal(info->verdict, "none");
	assert_non_null(strstr(info->switches, "refcount=off"));
	assert_int_equal(info->tasks, r.s.tasks);
	assert_string_equal(info->task_name[0], "T0");
	assert_int_equal(info->slots, 1);
	assert_int_equal(info->entries, 3);
	f = trace_findings(t, &n);
	assert_int_equal(n, 1);
	assert_string_equal(f->property, "UAF");
	assert_int_equal(f->position, r.x.n);
	assert_non_null(strstr(f->text, "reads entry 1, which W freed at step "));
	assert_true(trace_source_lines(t, "mm/zswap.c") > 100);
	line = trace_source_line(t, "mm/zswap.c", 1, &n);
	assert_memory_equal(line, "/* SPDX-License-Identifier: GPL-2.0-only */", n);
	trace_source_line(t, "mm/zswap.c", 1000000, &n);
	assert_int_equal(n, 0);
	assert_int_equal(trace_source_lines(t, "mm/none.c"), 0);
	assert_null(trace_step_at(t, 60000));
	trace_free(t);
	done(&r);
}

static void test_schedule(void **state)
{
	const char *path = file("schedule.db");
	struct schedule s = { 0 };
	struct recorded r, again;
	struct trace *t;
	size_t at;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 120, 7);
	record(path, false, &r);
	t = open_run(path, 0);
	start(&again, "debate", "v6.9");
	assert_int_equal(schedule_parse(&s, &again.s, trace_info(t)->schedule, &at), 0);
	assert_int_equal(execution_run(&again.x, &s), 0);
	assert_run(t, &again.x);
	schedule_free(&s);
	trace_free(t);
	done(&again);
	done(&r);
}

static void test_notes(void **state)
{
	const char *path = file("notes.db");
	const struct trace_note *note;
	struct trace_writer *tw;
	struct recorded r;
	struct trace *t;
	size_t n;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 10, 1);
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_execution(tw, &r.x, NULL), 1);
	assert_int_equal(trace_run_note(tw, 4, "bookmark", "here"), 0);
	assert_int_equal(trace_run_note(tw, 0, "chapter", "red \x1b[31m\nand \xc3\xa9\xff"), 0);
	assert_int_equal(trace_close(tw), 0);
	t = open_run(path, 0);
	note = trace_notes(t, &n);
	assert_int_equal(n, 2);
	assert_string_equal(note[0].text, "red ?[31m\nand \xc3\xa9?");	/* fit for a terminal */
	assert_int_equal(note[1].position, 4);
	assert_string_equal(note[1].kind, "bookmark");
	trace_free(t);
	done(&r);
}

static void test_append_replace(void **state)
{
	const char *path = file("append.db"), *link = file("link.db");
	struct recorded a, b;
	char target[320];
	struct trace *t;
	int id[4];

	(void)state;
	start(&a, "debate", "v6.9");
	walk(&a, 100, 1);
	start(&b, "debate", "v6.8");
	walk(&b, 70, 2);
	assert_int_equal(record(path, true, &a), 1);
	assert_int_equal(record(path, true, &b), 2);
	assert_int_equal(trace_runs(path, id, 4, err), 2);
	assert_int_equal(id[1], 2);
	t = open_run(path, 2);
	assert_run(t, &b.x);
	trace_free(t);
	assert_int_equal(trace_open(&t, path, 3, err), -ENOENT);
	assert_non_null(strstr(err, "has no run 3"));
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(record(link, false, &b), 1);	/* a link stays one */
	assert_int_equal(trace_runs(path, NULL, 0, err), 1);
	assert_true(readlink(link, target, sizeof(target)) > 0);
	done(&a);
	done(&b);
}

/* A run that another version of the program recorded keeps its own steps and source. */
static void test_versions(void **state)
{
	const char *path = file("versions.db");
	struct recorded r;
	struct trace *t;
	size_t n;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 100, 3);
	record(path, false, &r);
	sql(path, "UPDATE program SET digest = 'older'; UPDATE source SET text = 'old';"
		  "UPDATE step SET text = 'was: ' || text");
	assert_int_equal(record(path, true, &r), 2);
	t = open_run(path, 2);
	assert_run(t, &r.x);
	trace_free(t);
	t = open_run(path, 1);
	assert_memory_equal(trace_step_at(t, trace_event_at(t, 1)->step)->text, "was: ", 5);
	assert_memory_equal(trace_source_line(t, "mm/zswap.c", 1, &n), "old", 3);
	trace_free(t);
	done(&r);
}

/* A program with other fields and other numbers wrote the file. */
static void test_other_layout(void **state)
{
	const char *path = file("layout.db");
	struct recorded r;
	struct trace *t;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 100, 4);
	record(path, false, &r);
	sql(path, "INSERT INTO field VALUES (5000, 'folio', 31, 'colour', 'number');"
		  "INSERT INTO keyframe VALUES (1, 0, 5000, 60000);"
		  "INSERT INTO change SELECT 1, seq, 5000, 9, 77 FROM event;"
		  /* operations and holders are numbered otherwise */
		  "UPDATE name SET value = value + 100 WHERE type IN ('op', 'holder');"
		  "UPDATE keyframe SET value = value + 100 WHERE field IN"
		  " (SELECT id FROM field WHERE type IN ('op', 'holder'));"
		  "UPDATE change SET old = old + 100, new = new + 100 WHERE field IN"
		  " (SELECT id FROM field WHERE type IN ('op', 'holder'));"
		  "UPDATE field SET id = id + 10000; UPDATE change SET field = field + 10000;"
		  "UPDATE keyframe SET field = field + 10000");
	t = open_run(path, 0);
	assert_run(t, &r.x);
	trace_free(t);
	done(&r);
}

/* Transitions since its last one at whose start a task could not make the step it stands at. */
static uint32_t waited(const struct recorded *r, size_t i)
{
	unsigned task = r->x.step[i].move.task;
	const struct step *s = step_at((size_t)r->x.step[i].step);
	uint32_t n = 0;

	if (s->kind != KIND_LOCK && s->kind != KIND_AWAIT)
		return 0;
	for (size_t j = i; j-- > 0 && r->x.step[j].move.task != task;)
		n += !task_enabled(&r->s, &r->k, &r->x.world[j], task, NULL, NULL);
	return n;
}

struct waits {
	const struct recorded *r;
	unsigned some;
};

static int check_wait(void *arg, uint64_t seq, const struct row_event *e,
		      const struct row_change *c)
{
	struct waits *w = arg;

	(void)c;
	assert_int_equal(e->waited, waited(w->r, seq - 1));
	w->some += e->waited > 0;
	return 0;
}

static void test_waited(void **state)
{
	static const char *const scenarios[] = { "tests/scenarios/for-ever.scn",
						"tests/scenarios/inversion.scn" };
	unsigned some = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *path = file("waited.db");
		struct recorded r;
		struct waits w = { .r = &r };
		struct trace *t;

		start(&r, scenarios[i], "v6.9");
		walk(&r, 400, 21);
		record(path, false, &r);
		t = open_run(path, 0);
		assert_int_equal(trace_scan(t, 1, UINT64_MAX, check_wait, &w), 0);
		some += w.some;
		trace_free(t);
		done(&r);
	}
	assert_true(some > 3);		/* it was about something */
}

static void test_misuse(void **state)
{
	struct trace_writer *tw;
	struct recorded r;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 3, 4);
	assert_int_equal(trace_create(&tw, file("misuse.db"), TRACE_REPLACE, err), 0);
	assert_int_equal(trace_run_begin(tw, &r.s, &r.k, NULL, &r.x.world[0]), 1);
	assert_int_equal(trace_run_step(tw, &r.x.step[1], &r.x.world[1], &r.x.world[2], NULL),
			 -EINVAL);
	assert_string_equal(trace_error(tw), "transition 1 does not begin where the last ended");
	assert_int_equal(trace_close(tw), -EINVAL);
	done(&r);
}

/* ---- a writer that is killed ---- */

static void test_killed(void **state)
{
	const char *path = file("killed.db");
	struct recorded r;
	struct trace *t;
	int id[1000], runs, status;
	pid_t child;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 100, 5);
	child = fork();
	if (child == 0) {
		struct trace_writer *tw;

		if (trace_create(&tw, path, TRACE_REPLACE, err))
			_exit(1);
		for (unsigned i = 0; i < 5; i++)
			trace_execution(tw, &r.x, NULL);
		/* and one that never ends, beyond a batch */
		trace_run_begin(tw, &r.s, &r.k, NULL, &r.x.world[0]);
		for (unsigned i = 0; i < 40000; i++) {
			trace_run_step(tw, &r.x.step[0], &r.x.world[0], &r.x.world[1], NULL);
			trace_run_step(tw, &r.x.step[0], &r.x.world[1], &r.x.world[0], NULL);
		}
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	runs = trace_runs(path, id, 1000, err);
	assert_int_equal(runs, 6);
	t = open_run(path, 1);
	assert_run(t, &r.x);
	trace_free(t);
	t = open_run(path, 6);
	assert_true(trace_info(t)->events > 40000);
	assert_true(trace_info(t)->events < 80000);
	assert_string_equal(trace_info(t)->schedule, "");
	trace_free(t);
	assert_int_equal(record(path, true, &r), 7);	/* it can be added to */
	assert_int_equal(record(path, false, &r), 1);	/* and replaced */
	t = open_run(path, 0);
	assert_run(t, &r.x);
	trace_free(t);
	done(&r);
}

static void test_two_writers(void **state)
{
	const char *path = file("two.db");
	struct trace_writer *a, *b;
	struct recorded r;

	(void)state;
	start(&r, "debate", "v6.9");
	assert_int_equal(trace_create(&a, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_run_begin(a, &r.s, &r.k, NULL, &r.x.world[0]), 1);
	assert_int_equal(trace_create(&b, path, TRACE_REPLACE, err), -EBUSY);
	assert_non_null(strstr(err, "in use by another program"));
	assert_int_equal(trace_close(a), 0);
	done(&r);
}

/* ---- the graph ---- */

static void test_graph(void **state)
{
	const struct explore_options o = { 0 };
	struct exploration x = { 0 };
	struct scenario_error e;
	const char *path = file("graph.db");
	char check[700];
	struct scenario s;
	struct trace_writer *tw;

	(void)state;
	assert_int_equal(scenario_parse(&s, "small",
					"[scenario]\ndevice = zram\nslots = 1\npool = 1\n"
					"[page 0]\nat = zswap 0\n"
					"[task T0]\nrun = read page 0\n[task T1]\nrun = shrink\n",
					&e), 0);
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	x.verdict = VERDICT_BOUNDED;	/* as where there is no memory for its edges */
	x.bound = "memory";
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_graph(tw, &x, &s, &s.kernel, x.states - 1), -EFBIG);
	assert_int_equal(trace_graph(tw, &x, &s, &s.kernel, x.states), 0);
	assert_int_equal(trace_close(tw), 0);
	assert_int_equal(trace_runs(path, NULL, 0, err), 1);
	/* a division by zero is NULL, which NOT NULL refuses */
	snprintf(check, sizeof(check),
		 "CREATE TEMP TABLE ok (x NOT NULL);"
		 "INSERT INTO ok SELECT 1 / (verdict LIKE"
		 " 'bounded, safe of all but LIVELOCK, not looked for to the end, %%') FROM run;"
		 "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM graph_state) = %llu);"
		 "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM graph_transition) = %llu);"
		 "INSERT INTO ok SELECT 1 / (count(*) > 0) FROM v_graph_field WHERE state = 0 AND"
		 " object = 'slot 0' AND field = 'entry' AND text = 'entry 1';"
		 "INSERT INTO ok SELECT 1 / (count(*) > 0) FROM v_graph_transition WHERE source = 0"
		 " AND task = 'T0' AND op = 'touch_page'",
		 (unsigned long long)x.states, (unsigned long long)x.transitions);
	sql(path, check);
	exploration_free(&x);
	scenario_free(&s);
}

/* docs/trace-format.md names every field in the row of its kind; of lru and frame the first. */
static void test_documented(void **state)
{
	char *text = read_file("docs/trace-format.md"), row[40], name[40];
	const struct field *f;
	size_t n;

	(void)state;
	assert_non_null(text);
	f = world_fields(&n);
	for (size_t i = 0; i < n; i++) {
		const char *line, *end, *at;

		if (f[i].index > 1 || strchr(f[i].name, '.') || !strncmp(f[i].name, "lru", 3))
			continue;
		snprintf(row, sizeof(row), "| `%s` |", f[i].kind);
		snprintf(name, sizeof(name), "`%s`", f[i].name);
		line = strstr(strstr(text, "\n## Fields\n"), row);
		end = line ? strchr(line, '\n') : NULL;
		at = line ? strstr(line, name) : NULL;
		if (!at || at > end)
			fail_msg("docs/trace-format.md: no %s in the row of %s", name, f[i].kind);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_schedule),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_append_replace),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_other_layout),
		cmocka_unit_test(test_waited),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_two_writers),
		cmocka_unit_test(test_graph),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
