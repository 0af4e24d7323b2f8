/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.c - the rules in words, as text, Markdown (docs/rules.md) and JSON.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/why/rules.h"

#include "ui/text/text.h"
#include "ui/why/table.h"
#include "ui/why/why.h"

/* "v6.1.y, v6.8 to v7.3": the presets that are kernels, in which a rule is kept. */
static const char *kept_text(const struct rule *r, char *buf)
{
	size_t n, at = 0;
	const struct preset *p = kernel_presets(&n);

	while (n && !strncmp(p[n - 1].name, "debate", 6))
		n--;
	*buf = '\0';
	for (size_t i = 0, end; i < n; i = end + 1) {
		for (end = i; end < n && rule_kept(r, &p[end].kernel); end++)
			;
		if (end == i)
			continue;
		at += (size_t)snprintf(buf + at, WHY_TEXT_MAX - at, "%s%s", at ? ", " : "",
				       p[i].name);
		if (end > i + 1)
			at += (size_t)snprintf(buf + at, WHY_TEXT_MAX - at, " to %s",
					       p[end - 1].name);
	}
	if (!at)
		snprintf(buf, WHY_TEXT_MAX, "none");
	return buf;
}

/* The command that shows what goes wrong: "... --kernel v6.9 --set pin=late". */
static void print_command(const struct rule *r, FILE *out)
{
	fprintf(out, "swapscope explore %s", r->scenario);
	print_kernel_options(out, r->kernel);
	fprintf(out, " --set %.*s=%s", (int)strcspn(r->values, "="), r->values, r->without);
}

static void shown_text(const struct rule_shown *shown, char *buf, size_t size)
{
	char text[WHY_TEXT_MAX];

	if (shown->shown)
		snprintf(buf, size, "%.100s, %zu steps", properties_text(shown->breaks, text),
			 shown->length);
	else
		snprintf(buf, size, "NOT SHOWN");
}

static void rules_print(const struct rule_shown *shown, FILE *out)
{
	char text[WHY_TEXT_MAX], breaks[200];
	size_t n;
	const struct rule *r = rules(&n);

	for (size_t i = 0; i < n; i++) {
		print_wrapped(out, PRINT_WIDTH, 0, r[i].sentence);
		fprintf(out, "    rule     %s\n    kernel   %s\n    kept in  %s\n", r[i].values,
			r[i].where, kept_text(&r[i], text));
		shown_text(&shown[i], breaks, sizeof(breaks));
		fprintf(out, "    without  %s: ", breaks);
		print_command(&r[i], out);
		fputs("\n\n", out);
	}
}

static void print_bars(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, *text == '|' ? "` `" : "%c", *text);
}

static void rules_print_markdown(const struct rule_shown *shown, FILE *out)
{
	char text[WHY_TEXT_MAX], breaks[200];
	size_t n;
	const struct rule *r = rules(&n);

	fputs("<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
	      "# The rules in words\n\n"
	      "What people rely on when they reason about compressed swap caching: each sentence "
	      "with the\nswitch that it is about, where the kernel has it, in which of the kernels "
	      "of `swapscope list\nkernels` it is kept, and what goes wrong without it. That is "
	      "shown, not believed: in the scenario\nand kernel of the last column nothing is "
	      "violated with the rule, and with another value what\nstands there is, after so many "
	      "steps.\n\n"
	      "    swapscope why --rules\n\n"
	      "explores all of it. What else a scenario needs: `swapscope why SCENARIO` "
	      "(docs/why.md).\n\n"
	      "| sentence | rule | in the kernel | kept in | without it |\n"
	      "| --- | --- | --- | --- | --- |\n", out);
	for (size_t i = 0; i < n; i++) {
		shown_text(&shown[i], breaks, sizeof(breaks));
		fprintf(out, "| %s | `", r[i].sentence);
		print_bars(out, r[i].values);
		fprintf(out, "` | %s | %s | %s: `", r[i].where, kept_text(&r[i], text), breaks);
		print_command(&r[i], out);
		fputs("` |\n", out);
	}
}

static int rules_print_json(const struct rule_shown *shown, FILE *out)
{
	cJSON *array = cJSON_CreateArray();
	char text[WHY_TEXT_MAX];
	size_t n;
	int err;
	const struct rule *r = rules(&n);

	for (size_t i = 0; i < n; i++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "sentence", r[i].sentence);
		cJSON_AddStringToObject(o, "rule", r[i].values);
		cJSON_AddStringToObject(o, "without", r[i].without);
		cJSON_AddStringToObject(o, "where", r[i].where);
		cJSON_AddStringToObject(o, "kept_in", kept_text(&r[i], text));
		cJSON_AddStringToObject(o, "scenario", r[i].scenario);
		cJSON_AddStringToObject(o, "kernel", r[i].kernel);
		cJSON_AddBoolToObject(o, "shown", shown[i].shown);
		cJSON_AddStringToObject(o, "breaks", properties_text(shown[i].breaks, text));
		cJSON_AddNumberToObject(o, "length", (double)shown[i].length);
		cJSON_AddItemToArray(array, o);
	}
	err = json_print(out, array);
	cJSON_Delete(array);
	return err;
}

/* ---- the rules in words ---- */

static int text_rules(const struct why_args *a, const void *report, FILE *out)
{
	if (a->json)
		return rules_print_json(report, out);
	if (a->markdown)
		rules_print_markdown(report, out);
	else
		rules_print(report, out);
	return 0;
}

int why_show_rules(const struct why_args *a)
{
	size_t n;
	const struct rule *r = rules(&n);
	struct rule_shown *shown = calloc(n, sizeof(*shown));
	int status = shown ? EXIT_OK : usage_error("out of memory"), missing = EXIT_OK;

	for (size_t i = 0; i < n && !status; i++) {
		struct scenario s;

		status = load_scenario(&s, r[i].scenario);
		if (status)
			break;
		if (rule_show(&r[i], &s, &shown[i]))
			status = usage_error("out of memory");
		scenario_free(&s);
		if (!shown[i].shown)
			missing = EXIT_VIOLATED;
	}
	if (!status)
		status = why_print_to(a, text_rules, shown);
	free(shown);
	return status ? status : missing;
}

