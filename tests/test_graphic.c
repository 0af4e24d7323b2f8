/* SPDX-License-Identifier: GPL-2.0-only */
/* test_graphic.c - pictures, graphs, pages and recordings of runs, whole. */
#include "tests/view_help.h"

#include <errno.h>

#include "replay/figure/figure.h"
#include "ui/export/graphic.h"
#include "ui/export/page.h"

static char *written(size_t pair, const struct export_format *format, struct export e)
{
	const struct chapter *c = &pairs[pair].chapter;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	e.run[0] = c->run[0];
	e.run[1] = c->run[1];
	if (export_write(format, &e, out))
		fail_msg("%s", e.why);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void hold_to(const char *name, size_t pair, const struct export_format *format)
{
	char *text = written(pair, format, (struct export){ 0 });

	compare(name, text);
	free(text);
}

static void svg(void **state)
{
	(void)state;
	hold_to("graphic/debate.svg", 0, &export_svg);
	hold_to("graphic/aba.svg", 1, &export_svg);
	hold_to("graphic/debate-one.svg", 3, &export_svg);
}

static void dot(void **state)
{
	(void)state;
	hold_to("graphic/debate.dot", 0, &export_dot);
	hold_to("graphic/aba.dot", 1, &export_dot);
	hold_to("graphic/debate-one.dot", 3, &export_dot);
}

static void cast(void **state)
{
	char *text = written(1, &export_cast, (struct export){ .width = 80, .rows = 24,
							      .speed = 200, .version = 3 });

	(void)state;
	compare("graphic/aba.cast", text);
	free(text);
	hold_to("graphic/debate.cast", 0, &export_cast);
	hold_to("graphic/debate-one.cast", 3, &export_cast);
}

/* What tests/graphic.sh sees at the end of debate.cast: what the debugger shows there. */
static void last_screen(void **state)
{
	struct chapter c = pairs[0].chapter;
	struct view v;
	char *text;

	(void)state;
	c.text = NULL;
	view_init(&v, &c, 1);
	press(&v, "end");
	text = draw(&v, 36, 140, false);
	compare("graphic/debate-last.screen", text);
	free(text);
}

/* A file of the tree stands in the text, once and whole: its name takes its place. */
static void name_part(char *text, const char *part, const char *name)
{
	char *at = strstr(text, part);

	assert_non_null(at);
	assert_true(strlen(name) < strlen(part));
	memmove(at + strlen(name), at + strlen(part), strlen(at + strlen(part)) + 1);
	memcpy(at, name, strlen(name));
	assert_null(strstr(text, part));
}

static void hold_page_to(const char *name, size_t pair)
{
	char *text = written(pair, &export_html, (struct export){ 0 });

	name_part(text, page_script, "(ui/export/page.js)\n");
	name_part(text, page_sheet, "(ui/export/page.css)\n");
	compare(name, text);
	free(text);
}

static void html(void **state)
{
	(void)state;
	hold_page_to("graphic/debate.html", 0);
	hold_page_to("graphic/aba.html", 1);
	hold_page_to("graphic/debate-one.html", 3);
}

/* A run that is too long is refused before anything is written, with what would be right. */
static void bounds(void **state)
{
	static const struct {
		const struct export_format *format;
		size_t most;
	} formats[] = {
		{ &export_svg, GRAPHIC_STEPS_MAX }, { &export_dot, GRAPHIC_DOT_MAX },
		{ &export_html, GRAPHIC_STEPS_MAX }, { &export_cast, GRAPHIC_STEPS_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct figure f = { .runs = 1 };
		struct export e = { .figure = &f };
		char *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		f.run[0].rows = formats[i].most + 1;
		assert_int_equal(formats[i].format->write(&e, out), -EFBIG);
		assert_int_equal(fclose(out), 0);
		assert_int_equal(size, 0);
		assert_non_null(strstr(e.why, "--steps"));
		assert_non_null(strstr(e.why, formats[i].format->name));
		free(text);
	}
}

/* Which steps stand beside each other: all of both, in order, those of both where they belong. */
static void pairs_of_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		const struct chapter *c = &pairs[i].chapter;
		size_t n, parts, next[2] = { 0, 0 };
		char why[FIGURE_WHY_MAX];
		struct graphic_pair *p;
		struct figure f;

		assert_int_equal(c->run[1] ? figure_pair(&f, c->run[0], c->run[1], NULL, why) :
				 figure_of_trace(&f, c->run[0], NULL, why), 0);
		p = graphic_pairs(&f, &n, &parts);
		assert_non_null(p);
		assert_true(c->run[1] ? parts > 0 && parts < n : parts == n);
		for (size_t k = 0; k < n; k++)
			for (unsigned side = 0; side < 2; side++) {
				const struct figure_row *row;

				if (p[k].row[side] == SIZE_MAX)
					continue;
				assert_int_equal(p[k].row[side], next[side]++);
				row = &f.run[side].row[p[k].row[side]];
				if (p[k].row[!side] != SIZE_MAX)
					assert_int_equal(row->partner,
							 f.run[!side].row[p[k].row[!side]].at);
				if (c->run[1])
					assert_true((row->at > f.parted[side]) == (k >= parts));
			}
		assert_int_equal(next[0], f.run[0].rows);
		assert_int_equal(next[1], f.runs > 1 ? f.run[1].rows : 0);
		free(p);
		figure_free(&f);
	}
}

/* No line is wider than it may be, none is empty, and nothing is lost. */
static void lines(void **state)
{
	static const char *const texts[] = {
		"folio = swap_cache_get_folio(entry)", "a", "", "  two  blanks  ",
		"nowheretobreakatall",
		"\u00fcber\u00e4ll w\u00f6rter, \u6f22\u5b57\u304c\u3042\u308b",
		"do_wp_page(): PageAnonExclusive(page)?",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (int columns = 2; columns < 40; columns++) {
			const char *text = texts[i], *at = text;
			size_t n, kept = 0, letters = 0;

			while ((n = graphic_line(&text, columns)) > 0) {
				char line[100];

				snprintf(line, sizeof(line), "%.*s", (int)n, at);
				assert_true(grid_columns(line) <= columns);
				for (size_t k = 0; k < n; k++)
					kept += at[k] != ' ';
				at = text;
			}
			assert_int_equal(*text, 0);
			for (const char *c = texts[i]; *c; c++)
				letters += *c != ' ';
			assert_int_equal(kept, letters);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(svg),
		cmocka_unit_test(dot),
		cmocka_unit_test(cast),
		cmocka_unit_test(last_screen),
		cmocka_unit_test(bounds),
		cmocka_unit_test(pairs_of_rows),
		cmocka_unit_test(lines),
		cmocka_unit_test(html),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}
