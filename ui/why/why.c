/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/command/command.h"
#include "ui/config/config.h"
#include "ui/matrix/matrix.h"
#include "ui/terminal/tty.h"
#include "ui/why/table.h"
#include "ui/why/why.h"

/* ---- which flips ---- */

/* "recheck" or "recheck=off": every other value, or that one. */
static int add_rule(const struct kernel *k, const char *word, struct why_flip *flip, size_t *n)
{
	enum kernel_switch s;
	char assignment[80], value[32];
	struct kernel other = *k;
	int status;

	snprintf(assignment, sizeof(assignment), "%.70s%s", word, strchr(word, '=') ? "" : "=");
	s = kernel_switch_named(assignment);
	if (s == SWITCH_COUNT || strchr(word, '=')) {
		struct kernel_choice c = { .sets = 0 };

		status = add_set(&c, word);
		if (!status)
			status = check_switches(&c, &other);
		if (status)
			return status;
		if (kernel_get(&other, s) == kernel_get(k, s))
			return usage_error("--rule %s: so it is in this kernel", word);
	}
	for (unsigned v = 0; switch_value(s, v, value, sizeof(value))[0]; v++)
		if (strchr(word, '=') ? v == kernel_get(&other, s) : v != kernel_get(k, s))
			flip[(*n)++] = (struct why_flip){ .s = s, .value = (uint8_t)v };
	return EXIT_OK;
}

int why_choose_flips(const struct why_args *a, const struct kernel *k, struct why_flip *flip,
			size_t *n)
{
	int status = EXIT_OK;

	*n = 0;
	for (unsigned i = 0; i < a->rule.n && !status; i++) {
		if (*n + 16 > FLIPS_MAX)
			return usage_error("why: too many --rule");
		status = add_rule(k, a->rule.word[i], flip, n);
	}
	return status;
}

/* ---- where it is printed ---- */

int why_print_to(const struct why_args *a,
		 int (*text)(const struct why_args *a, const void *report, FILE *out),
		 const void *report)
{
	struct output to;
	FILE *out = print_begin(&to, a->output);

	if (!out)
		return EXIT_USAGE;
	return print_end(&to, text(a, report, out) ? usage_error("out of memory") : EXIT_OK);
}

/* ---- one scenario ---- */

void why_limits(const struct why_args *a, struct matrix_options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct matrix_options){
		.threads = a->threads ? (unsigned)a->threads : cpus > 0 ? (unsigned)cpus : 1,
		.max_states = a->max_states,
		.max_bytes = (a->max_mib ? a->max_mib : MEMORY_MIB) << 20,
	};
}

int why_load(const struct why_args *a, const char *name, struct scenario *s,
	     struct matrix_kernel *k)
{
	int status = load_scenario(s, name);

	if (status)
		return status;
	status = choose_kernel(&a->kernel, s, NULL, &k->kernel, k->name, sizeof(k->name));
	snprintf(k->head, sizeof(k->head), "%.*s", (int)strcspn(k->name, " "), k->name);
	if (status)
		scenario_free(s);
	return status;
}

static int start(const struct why_args *a, const char *name, struct why *w)
{
	struct why_flip flip[FLIPS_MAX];
	struct matrix_options o;
	struct matrix_kernel k;
	struct scenario s;
	size_t n = 0;
	int status = why_load(a, name, &s, &k);

	*w = (struct why){ 0 };
	if (status)
		return status;
	status = why_choose_flips(a, &k.kernel, flip, &n);
	if (status) {
		scenario_free(&s);
		return status;
	}
	if (why_init(w, &s, &k, flip, n))
		return usage_error("out of memory");
	w->m.counts = a->rule.n;
	why_limits(a, &o);
	return matrix_start(&w->m, &o) ? usage_error("no thread can be started") : EXIT_OK;
}

void why_judge_all(struct why *w)
{
	for (size_t i = 1; i < w->m.rows; i++)
		why_judge(w, i);
}

/* The pairs, when the singles are done. */
static int start_pairs(const struct why_args *a, const char *name, const struct why *alone,
		       struct why *w)
{
	struct matrix_options o;
	struct matrix_kernel k;
	struct scenario s;
	int status = why_load(a, name, &s, &k);

	if (status)
		return status;
	if (why_pairs(w, &s, alone))
		return usage_error("out of memory");
	why_limits(a, &o);
	return matrix_start(&w->m, &o) ? usage_error("no thread can be started") : EXIT_OK;
}

bool why_wants_screen(const struct why_args *a)
{
	return !a->text && !a->json && !a->markdown && !a->output && !a->pairs && !a->all &&
	       !a->proof && !a->rules && !a->rule.n && !tty_check();
}

/* What is said of the cell under the cursor. */
static const char *about(const struct matrix *m, size_t i, char *buf)
{
	struct why *w = m->about_arg;

	if (!i) {
		snprintf(buf, CELL_ABOUT_MAX, "the kernel; below, one rule each is another");
		return buf;
	}
	why_judge(w, i);
	return why_text(&w->row[i], buf);
}

static int text_one(const struct why_args *a, const void *report, FILE *out)
{
	const struct why_report *r = report;

	if (a->json)
		return why_print_json(r, out);
	if (a->markdown)
		why_print_markdown(r, out);
	else
		why_print(r, out);
	return 0;
}

static int status_of(const struct why *w)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < w->m.rows; i++) {
		const struct mcell *c = matrix_cell(&w->m, i, 0);

		if (c->state != CELL_DONE || (i && w->row[i].says == WHY_UNKNOWN))
			status = EXIT_UNKNOWN;
	}
	if (matrix_cell(&w->m, 0, 0)->verdict == VERDICT_VIOLATED)
		return EXIT_VIOLATED;
	return status;
}

static int screen(struct why *w)
{
	int err;

	w->m.title = "rules flipped";
	w->m.about = about;
	w->m.about_arg = w;
	err = matrix_screen(&w->m);
	matrix_stop(&w->m);
	return err;
}

static int one_scenario(const struct why_args *a, const char *name)
{
	struct why w, pairs = { 0 };
	struct why_report r = { .w = &w, .details = a->rule.n, .width = PRINT_WIDTH };
	int rows;
	bool whole = true, shown = false;
	int status = start(a, name, &w);

	if (!status && why_wants_screen(a)) {
		int err = screen(&w);

		shown = !err;
		if (err == -EINTR || err == -EIO)
			status = EXIT_SIGNAL;
		else if (err && err != -ENOTTY && err != -ENOTSUP)
			status = usage_error("the terminal cannot be used: %s", strerror(-err));
		if (err == -ENOTTY || err == -ENOTSUP) {
			why_free(&w);
			status = start(a, name, &w);
		}
	}
	if (!status && !shown)
		whole = matrix_fill(&w.m);
	if (!status)
		why_judge_all(&w);
	if (!status && a->pairs && whole) {
		status = start_pairs(a, name, &w, &pairs);
		if (!status) {
			whole = matrix_fill(&pairs.m);
			why_judge_all(&pairs);
			r.pairs = &pairs;
		}
	}
	if (a->width)
		r.width = (int)a->width;
	else if (!a->output && isatty(STDOUT_FILENO))
		tty_size(&rows, &r.width);
	if (!status && !shown)
		status = why_print_to(a, text_one, &r);
	if (!status) {
		status = status_of(&w);
		if (!status && r.pairs)
			status = status_of(&pairs);
		if (!whole)
			status = EXIT_UNKNOWN;
	}
	why_free(&pairs);
	why_free(&w);
	return status;
}

static int complete_args(struct why_args *a, const struct operands *in)
{
	a->name = in->word;
	a->names = in->n;
	if (a->text + a->json + a->markdown > 1)
		return usage_error("why: one of --text, --json and --markdown");
	if (a->rules && (a->names || a->all || a->pairs || a->thesis || a->proof || a->rule.n))
		return usage_error("why: --rules is of the whole list, and takes --json and "
				   "--markdown only");
	if (!a->all && !a->rules && a->names != 1)
		return usage_error("why: one SCENARIO is needed, or --all, or --rules");
	if (a->all && a->pairs)
		return usage_error("why: --pairs is about one scenario");
	if ((a->thesis || a->proof) && (a->pairs || a->rule.n))
		return usage_error("why: --thesis and --proof weigh no rules: not with --pairs, "
				   "--rule");
	if (a->thesis && a->all)
		return usage_error("why: --thesis is about one scenario");
	return EXIT_OK;
}

static int exec_why(void *args, const struct operands *in)
{
	struct why_args *a = args;
	struct config settings;
	int status = complete_args(a, in);

	if (!status && why_wants_screen(a))
		status = config_use(&settings);
	if (status)
		return status;
	if (a->rules)
		return why_show_rules(a);
	if (a->proof && a->all)
		return why_proof_everywhere(a);
	if (a->thesis || a->proof)
		return why_thesis_and_proof(a);
	return a->all ? why_all_scenarios(a) : one_scenario(a, a->name[0]);
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(why_args, kernel),
	VALUE_OPTION(why_args, "rule", OPT_KERNELS, rule, "SWITCH[=VALUE]",
		     "This rule only, with all that changes: steps, results, costs, and in how "
		     "many transitions. May be given several times."),
	FLAG_OPTION(why_args, "pairs", pairs,
		    "Then every two of the flips that alone break nothing, together."),
	FLAG_OPTION(why_args, "all", all,
		    "Every rule over all shipped scenarios, or those named: which needs it."),
	FLAG_OPTION(why_args, "thesis", thesis,
		    "The table of pin and refcount for the three kinds of load."),
	FLAG_OPTION(why_args, "proof", proof,
		    "Why a load needs no count: each step of the argument, in every transition, "
		    "and who was turned away by whom."),
	FLAG_OPTION(why_args, "rules", rules,
		    "The rules in words: where the kernel has each, and what breaks without it."),
	FLAG_OPTION(why_args, "text", text, "Print it as text, on a terminal too."),
	FLAG_OPTION(why_args, "json", json, "Print it as JSON."),
	FLAG_OPTION(why_args, "markdown", markdown, "Print it as Markdown."),
	NUMBER_OPTION(why_args, "width", width, 10000, "Columns of text: 100, or the terminal's."),
	NUMBER_OPTION(why_args, "threads", threads, 256, "Threads: as many as there are CPUs."),
	NUMBER_OPTION(why_args, "max-states", max_states, UINT32_MAX - 2,
		      "Stop a search after that many states: its rule is then not known."),
	{ "max-memory", 0, OPT_NUMBER, offsetof(struct why_args, max_mib), 1 << 20, "MIB",
	  "The memory of one search: 1,024 unless it is given." },
	OUTPUT_OPTION(why_args, output, "FILE", "Print into a file."),
	{ 0 },
};

const struct command cmd_why = {
	.name = "why",
	.brief = "which rules of a kernel are needed: each flipped and explored",
	.about = "Every rule of the kernel, each value of each switch, is flipped alone, and the "
		 "scenario explored: what breaks says what the rule is needed for. A rule without "
		 "which nothing breaks is redundant, within the bounds of the scenario; one that "
		 "the scenario does not put to the test is not exercised, and nothing is said of "
		 "it.\n\nOn a terminal it is a table that one walks through; enter opens a flip in "
		 "the debugger, beside the kernel as it is.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.least = 0, .most = INT_MAX,
	.status = { "every rule was weighed", "the kernel as it is violates a property",
		    "wrong usage or input", "a bound or ctrl-c left a rule undecided" },
	.example = {
		{ "swapscope why aba --kernel v6.9 --rule pin --rule refcount",
		  "the two rules of the debate" },
		{ "swapscope why aborted-bypass --kernel v6.9 --text", "every rule of v6.9" },
	},
	.args_size = sizeof(struct why_args),
	.exec = exec_why,
};
