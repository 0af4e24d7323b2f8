/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines that a kernel never takes are never taken: no step that any exploration reaches stands
 * on one, for all shipped scenarios and all presets.  And what is certain is said.
 */
#include "tests/check.h"

#include <stdlib.h>

#include "tests/golden.h"
#include "traces/types.h"
#include "ui/moment/moment.h"
#include "ui/text/text.h"

#define STATES		3000	/* of each scenario under each preset */
#define FILES		16
#define LINES		2000

/* A source file, and its lines that one kernel never takes. */
static struct source {
	const char *file;
	char *text;
	unsigned lines;
	uint8_t never[LINES + 1];
} sources[FILES];
static unsigned files;

static struct source *source_of(const char *file)
{
	char path[128];
	unsigned i = 0;

	while (i < files && strcmp(sources[i].file, file) != 0)
		i++;
	if (i < files)
		return &sources[i];
	assert_true(files < FILES);
	snprintf(path, sizeof(path), "core/%s", file);
	sources[i] = (struct source){ .file = file, .text = read_file(path) };
	for (const char *p = sources[i].text; *p; p++)
		sources[i].lines += *p == '\n';
	assert_in_range(sources[i].lines, 10, LINES);
	files++;
	return &sources[i];
}

static unsigned all_never(const struct kernel *k)
{
	char switches[KERNEL_TEXT_MAX];
	unsigned n = 0;

	kernel_text(k, switches);
	for (size_t id = 0; id < step_count(); id++)
		source_of(step_file_name(step_at(id)));
	for (unsigned i = 0; i < files; i++) {
		struct source *s = &sources[i];

		never_lines(s->text, strlen(s->text), switches, s->never, s->lines);
		for (unsigned line = 1; line <= s->lines; line++)
			n += s->never[line];
	}
	return n;
}

static void check_scenario(const char *name, const struct preset *preset)
{
	struct explore_options o = { .max_states = STATES };
	struct exploration x = { 0 };
	struct scenario s;

	load(&s, name);
	assert_int_equal(explore(&x, &s, &preset->kernel, &o), 0);
	for (size_t id = 0; id < step_count(); id++) {
		const struct step *step = step_at(id);

		if (x.step_reached[id] && source_of(step_file_name(step))->never[step->line])
			fail_msg("%s:%u is taken: swapscope explore %s --kernel %s", step->file,
				 step->line, name, preset->name);
	}
	exploration_free(&x);
	scenario_free(&s);
}

static void test_never_taken(void **state)
{
	size_t n;
	const struct preset *preset = kernel_presets(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		/* each of them lacks something that another one has */
		assert_true(all_never(&preset[i].kernel) >= 20);
		for (size_t k = 0; k < builtin_scenario_count; k++)
			check_scenario(builtin_scenarios[k].name, &preset[i]);
	}
}

/* In a text every line that ends in "never" is one, and no other. */
static void test_what_is_certain(void **state)
{
	static const char text[] =
		"#define TAKE() if (k->tree == TREE_LOCKED) lock(\\\n"
		"	never)\n"
		"struct x y = { 1, { 2 } };\n"
		"OP(f)\n"
		"{\n"
		"	if (k->pin == PIN_FOLIO) {\n"
		"		STEP(\"a {\"); // never\n"
		"		g(); // never\n"
		"	} else {\n"
		"		g();\n"
		"	}\n"
		"	if (c->k->pin != PIN_FOLIO && x)\n"
		"		g();\n"
		"	else\n"
		"		g();\n"
		"	if (k->pin == PIN_FOLIO && x(y, z))\n"
		"		g(); // never\n"
		"	else\n"
		"		g();\n"
		"	if (x || !(k->pin == PIN_NONE))\n"
		"		g();\n"
		"	if (!(k->pin == PIN_NONE || x))\n"
		"		for (;;) // never\n"
		"			g(); // never\n"
		"	if (k->pin == PIN_NONE)\n"
		"		g();\n"
		"	else if (x) // the line of `else` is looked at\n"
		"		g(); // never\n"
		"	if (k->refcount)\n"
		"		g(); /* never */ // never\n"
		"	if (!k->refcount && k->unuse_bits == UNUSE_COMPARED)\n"
		"		g(); // never\n"
		"	if (k->unuse_bits == UNUSE_IGNORED)\n"
		"		g();\n"
		"	while (k->refcount && x) {\n"
		"		g(); // never\n"
		"	} // never\n"
		"	if (k->refcount) {\n"
		"again:\n"
		"		g();\n"
		"	}\n"
		"	if (k->refcount ? x : y)\n"
		"		g();\n"
		"	if (k->pin == PIN_FOLIO || (a, b))\n"
		"		g();\n"
		"	if (k->later == LATER_ON)\n"
		"		g();\n"
		"	if (k->pin >= PIN_FOLIO)\n"
		"		g();\n"
		"	do {\n"
		"		g();\n"
		"	} while (k->refcount);\n"
		"	if (!k->refcount || x)\n"
		"		goto out;\n"
		"	g(); // never\n"
		"	if (x) { // never\n"
		"		g(); // never\n"
		"	} // never\n"
		"	if (x) {\n"
		"here:\n"
		"		g();\n"
		"	}\n"
		"	g();\n"
		"	if (k->refcount)\n"
		"		RETURN(0); // never\n"
		"	g();\n"
		"	for (;;) {\n"
		"		if (!k->refcount)\n"
		"			break;\n"
		"		g(); // never\n"
		"	}\n"
		"	if (x)\n"
		"		return;\n"
		"	else if (k->refcount)\n"
		"		g(); // never\n"
		"	else\n"
		"		return;\n"
		"	g(); // never\n"
		"out:\n"
		"	g();\n"
		"}\n";
	uint8_t never[128];
	unsigned line = 1;

	(void)state;
	never_lines(text, strlen(text), "refcount=off pin=none unuse_bits=ignored", never, 100);
	for (const char *at = text; *at; at = strchr(at, '\n') + 1, line++) {
		size_t n = strcspn(at, "\n");
		bool want = n > 8 && !memcmp(at + n - 8, "// never", 8);

		if (never[line] != want)
			fail_msg("line %u, %.*s: %s", line, (int)n, at, want ? "not said" : "said");
	}
}

/* What is no C, or is cut anywhere, does no harm; and then nothing is said of what is behind it. */
static void test_any_text(void **state)
{
	uint32_t random = 7;

	(void)state;
	all_never(&kernel_find("v6.9")->kernel);
	for (unsigned i = 0; i < 3000; i++) {
		struct source *s = &sources[i % files];
		size_t size = strlen(s->text), from, n;
		uint8_t *never = malloc(s->lines + 1);
		char *copy;

		random = random * 1664525u + 1013904223u;
		from = random % size;
		n = (random >> 8) % (size - from);
		copy = malloc(n + 1);
		memcpy(copy, s->text + from, n);
		for (unsigned k = 0; n && k < i % 5; k++)
			copy[(random >> k) % n] = "(){};\"'/*!k"[(random >> (k + 3)) % 11];
		never_lines(copy, n, "pin=none refcount=off", never, s->lines);
		free(copy);
		free(never);
	}
	for (unsigned depth = 10; depth < 100000; depth *= 10) {
		char *deep = malloc(depth + 4);
		uint8_t never[2];

		memcpy(deep, "){", 2);
		memset(deep + 2, "({!"[depth % 3], depth);
		never_lines(deep, depth + 2, "", never, 1);
		memset(deep + 2, '{', depth);
		never_lines(deep, depth + 2, "", never, 1);
		free(deep);
	}
}

static int free_all(void **state)
{
	(void)state;
	for (unsigned i = 0; i < files; i++)
		free(sources[i].text);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_certain),
		cmocka_unit_test(test_never_taken),
		cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, free_all);
}
