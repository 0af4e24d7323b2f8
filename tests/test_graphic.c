/* SPDX-License-Identifier: GPL-2.0-only */
/* test_graphic.c - pictures, graphs, pages and recordings of runs, whole. */
#include "tests/view_help.h"

#include "ui/export/graphic.h"
#include "ui/text/text.h"

static void hold_to(const char *name, size_t pair, const struct export_format *format)
{
	const struct chapter *c = &pairs[pair].chapter;
	struct export e = { .run = { c->run[0], c->run[1] } };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (export_write(format, &e, out))
		fail_msg("%s", e.why);
	fclose(out);
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
	(void)state;
	hold_to("graphic/debate.cast", 0, &export_cast);
	hold_to("graphic/aba.cast", 1, &export_cast);
	hold_to("graphic/debate-one.cast", 3, &export_cast);
}

static void html(void **state)
{
	(void)state;
	hold_to("graphic/debate.html", 0, &export_html);
	hold_to("graphic/aba.html", 1, &export_html);
	hold_to("graphic/debate-one.html", 3, &export_html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(svg),
		cmocka_unit_test(dot),
		cmocka_unit_test(cast),
		cmocka_unit_test(html),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}
