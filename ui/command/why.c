/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/why/proof.h"
#include "replay/why/why.h"
#include "ui/command/command.h"
#include "ui/config/config.h"
#include "ui/matrix/matrix.h"
#include "ui/terminal/tty.h"
#include "ui/text/proof.h"
#include "ui/text/why.h"

#define MEMORY_MIB	1024	/* of one search, unless told otherwise */
#define ALL_STATES	1000000	/* of one search of --all */

struct why_args {
	struct kernel_choice kernel;
	struct words rule;
	char **name;
	int names;
	bool pairs, all, thesis, proof, rules;
	bool text, json, markdown;
	const char *output;
	uint64_t width, threads, max_states, max_mib;
};

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

#define FLIPS_MAX	512

static int choose_flips(const struct why_args *a, const struct kernel *k, struct why_flip *flip,
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

/* A report, by what makes text of it (-ENOMEM, or 0), into the file or standard output. */
static int print(const struct why_args *a,
		 int (*text)(const struct why_args *a, const void *report, FILE *out),
		 const void *report)
{
	FILE *out = a->output ? fopen(a->output, "w") : stdout;
	int err;

	if (!out)
		return usage_error("%s: %s", a->output, strerror(errno));
	err = text(a, report, out);
	if (err)
		usage_error("out of memory");
	if (a->output && (ferror(out) | fclose(out)))
		err = usage_error("%s: %s", a->output, strerror(errno));
	return err ? EXIT_USAGE : EXIT_OK;
}

/* ---- one scenario ---- */

static void matrix_limits(const struct why_args *a, struct matrix_options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct matrix_options){
		.threads = a->threads ? (unsigned)a->threads : cpus > 0 ? (unsigned)cpus : 1,
		.max_states = a->max_states,
		.max_bytes = (a->max_mib ? a->max_mib : MEMORY_MIB) << 20,
	};
}

static int load(const struct why_args *a, const char *name, struct scenario *s,
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
	int status = load(a, name, &s, &k);

	*w = (struct why){ 0 };
	if (status)
		return status;
	status = choose_flips(a, &k.kernel, flip, &n);
	if (status) {
		scenario_free(&s);
		return status;
	}
	if (why_init(w, &s, &k, flip, n))
		return usage_error("out of memory");
	w->m.counts = a->rule.n;
	matrix_limits(a, &o);
	return matrix_start(&w->m, &o) ? usage_error("no thread can be started") : EXIT_OK;
}

static void judge_all(struct why *w)
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
	int status = load(a, name, &s, &k);

	if (status)
		return status;
	if (why_pairs(w, &s, alone))
		return usage_error("out of memory");
	matrix_limits(a, &o);
	return matrix_start(&w->m, &o) ? usage_error("no thread can be started") : EXIT_OK;
}

static bool wants_screen(const struct why_args *a)
{
	return !a->text && !a->json && !a->markdown && !a->output && !a->pairs && !a->all &&
	       !a->proof && !a->rules && !a->rule.n && !tty_check();
}

/* What is said of the cell under the cursor. */
static const char *about(const struct matrix *m, const struct mcell *c, char *buf)
{
	struct why *w = m->about_arg;
	size_t i = (size_t)(c - m->cell);

	if (!i) {
		snprintf(buf, CELL_ABOUT_MAX, "the kernel as it is: rows below have one rule "
			 "otherwise");
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

	if (!status && wants_screen(a)) {
		int err = screen(&w);

		shown = !err;
		if (err == -EINTR || err == -EIO)
			status = EXIT_SIGNAL;
		else if (err && err != -ENOTTY && err != -ENOTSUP)
			status = usage_error("the terminal cannot be used: %s", strerror(-err));
		else if (err)
			status = start(a, name, &w);
	}
	if (!status && !shown)
		whole = matrix_fill(&w.m);
	if (!status)
		judge_all(&w);
	if (!status && a->pairs && whole) {
		status = start_pairs(a, name, &w, &pairs);
		if (!status) {
			whole = matrix_fill(&pairs.m);
			judge_all(&pairs);
			r.pairs = &pairs;
		}
	}
	if (a->width)
		r.width = (int)a->width;
	else if (!a->output && isatty(STDOUT_FILENO))
		tty_size(&rows, &r.width);
	if (!status && !shown)
		status = print(a, text_one, &r);
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

/* ---- the thesis, and its proof ---- */

#define THESIS_ROWS	4
#define THESIS_COLS	3

/* Pin x refcount for the three kinds of load: whatever pin the kernel has, and none. */
static int thesis_init(struct matrix *m, const struct scenario *s, const struct matrix_kernel *base)
{
	static const char *const loads[] = { "exclusive", "nonexclusive", "if-cached" };
	const char *heads[THESIS_ROWS], *columns[THESIS_COLS];
	char row[THESIS_ROWS][64], col[THESIS_COLS][64], pin[32];
	struct matrix_kernel k[THESIS_ROWS * THESIS_COLS];
	unsigned has = base->kernel.pin == PIN_NONE ? PIN_HAS_CACHE : base->kernel.pin;

	for (unsigned i = 0; i < THESIS_ROWS * THESIS_COLS; i++) {
		unsigned r = i / THESIS_COLS, c = i % THESIS_COLS;

		switch_value(SWITCH_pin, r / 2 ? PIN_NONE : has, pin, sizeof(pin));
		snprintf(row[r], sizeof(row[r]), "pin=%s refcount=%s", pin, r % 2 ? "on" : "off");
		snprintf(col[c], sizeof(col[c]), "load=%s", loads[c]);
		heads[r] = row[r];
		columns[c] = col[c];
		k[i] = *base;
		k[i].kernel.pin = (uint8_t)(r / 2 ? PIN_NONE : has);
		k[i].kernel.refcount = r % 2;
		kernel_set(&k[i].kernel, col[c]);
		for (unsigned part = 0; part < 3; part++) {
			char set[64];

			snprintf(set, sizeof(set), part == 0 ? "pin=%s" : part == 1 ?
				 "refcount=%s" : "load=%s", part == 0 ? pin : part == 1 ?
				 (r % 2 ? "on" : "off") : loads[c]);
			name_switch(k[i].name, sizeof(k[i].name), set);
		}
	}
	return matrix_kernels(m, s, k, heads, THESIS_ROWS, columns, THESIS_COLS, true);
}

/* What breaks in a cell, all of it. */
static const char *about_thesis(const struct matrix *m, const struct mcell *c, char *buf)
{
	char text[WHY_TEXT_MAX];

	(void)m;
	snprintf(buf, CELL_ABOUT_MAX, c->violated ? "violated: %s" : "nothing is violated%s",
		 properties_text(c->violated, text));
	return buf;
}

static bool stop_proof(void)
{
	return matrix_interrupted();
}

static bool go_on(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	(void)arg;
	(void)states;
	(void)transitions;
	(void)depth;
	return !matrix_interrupted();
}

static int make_proof(const struct why_args *a, const struct scenario *s,
		      const struct matrix_kernel *k, struct proof *p)
{
	struct explore_options o = {
		.max_states = a->max_states ? a->max_states : s->max_states,
		.max_depth = s->max_depth, .progress = go_on,
		.max_bytes = (a->max_mib ? a->max_mib : MEMORY_MIB) << 20,
	};
	struct exploration x;
	int err = explore(&x, s, &k->kernel, &o);

	if (err)
		return usage_error("out of memory");
	err = proof_make(p, &x, s, &k->kernel, stop_proof);
	exploration_free(&x);
	return err == -ENOMEM ? usage_error("out of memory") : EXIT_OK;
}

static int text_proof(const struct why_args *a, const void *report, FILE *out)
{
	const struct proof_report *r = report;

	if (a->json)
		return proof_print_json(r, out);
	if (a->markdown)
		proof_print_markdown(r, out);
	else
		proof_print(r, out);
	return 0;
}

static int fill_thesis(const struct why_args *a, const struct matrix_kernel *k, struct matrix *m)
{
	struct matrix_options o;
	struct scenario s;
	int status = load_scenario(&s, a->name[0]);

	if (status)
		return status;
	if (thesis_init(m, &s, k))
		return usage_error("out of memory");
	matrix_limits(a, &o);
	return matrix_start(m, &o) ? usage_error("no thread can be started") : EXIT_OK;
}

/* On the screen the table alone; enter opens a cell. */
static int thesis_screen(struct matrix *m)
{
	m->title = "the thesis: pin, refcount and the kinds of load";
	m->about = about_thesis;
	return matrix_screen(m);
}

/* The proof over many scenarios: has each step been put to the test somewhere? */
static int proof_everywhere(const struct why_args *a)
{
	size_t n = a->names ? (size_t)a->names : builtin_scenario_count;
	struct matrix_kernel k = { 0 };
	struct proof sum = { 0 };
	struct proof_report r = { .kernel = k.name, .proof = &sum };
	int status = choose_kernel(&a->kernel, NULL, "v6.9", &k.kernel, k.name, sizeof(k.name));
	bool whole;

	for (size_t i = 0; !status && i < n && !matrix_interrupted(); i++) {
		struct why_args bounded = *a;
		struct scenario s;
		struct proof p = { 0 };

		if (!bounded.max_states)
			bounded.max_states = ALL_STATES;
		status = load_scenario(&s, a->names ? a->name[i] : builtin_scenarios[i].name);
		if (status)
			break;
		status = make_proof(&bounded, &s, &k, &p);
		if (!status)
			proof_add(&sum, &p);
		proof_free(&p);
		scenario_free(&s);
	}
	if (!status)
		status = print(a, text_proof, &r);
	whole = sum.complete && !matrix_interrupted();
	proof_free(&sum);
	return status ? status : whole ? EXIT_OK : EXIT_UNKNOWN;
}

static int thesis_and_proof(const struct why_args *a)
{
	struct matrix_kernel k = { 0 };
	struct matrix grid = { 0 };
	struct proof proof = { 0 };
	struct scenario s;
	struct proof_report r = { .s = &s, .kernel = k.name };
	int status = load(a, a->name[0], &s, &k), err = -ENOTTY;
	bool unknown = false;

	if (status)
		return status;
	if (a->thesis) {
		status = fill_thesis(a, &k, &grid);
		if (!status && wants_screen(a))
			err = thesis_screen(&grid);
		if (!status && err == -ENOTTY)
			unknown = !matrix_fill(&grid);
		r.grid = &grid;
	}
	if (!status && err == -ENOTTY && a->proof) {
		status = make_proof(a, &s, &k, &proof);
		r.proof = &proof;
		unknown |= !proof.complete || matrix_interrupted();
	}
	if (!status && err == -ENOTTY)
		status = print(a, text_proof, &r);
	for (size_t i = 0; !status && i < grid.rows * grid.cols; i++)
		unknown |= grid.cell[grid.cell[i].twin].state != CELL_DONE ||
			   grid.cell[grid.cell[i].twin].verdict == VERDICT_BOUNDED;
	if (grid.cell)
		matrix_free(&grid);
	proof_free(&proof);
	scenario_free(&s);
	return status ? status : err && err != -ENOTTY ? EXIT_SIGNAL :
	       unknown ? EXIT_UNKNOWN : EXIT_OK;
}

/* ---- every rule over many scenarios ---- */

struct size {
	const char *name;
	uint64_t states;
};

static int by_states(const void *a, const void *b)
{
	const struct size *x = a, *y = b;

	return x->states != y->states ? (x->states > y->states) - (x->states < y->states) :
	       strcmp(x->name, y->name);
}

/* Scenarios that are safe as they are, the smallest first; of the others r says how many. */
static int safe_scenarios(const struct why_args *a, const struct matrix_kernel *k,
			  struct size *size, size_t *n, struct why_all_report *r)
{
	size_t all = a->names ? (size_t)a->names : builtin_scenario_count, loaded = 0;
	struct scenario *s = calloc(all, sizeof(*s));
	struct matrix_options o;
	struct matrix m = { 0 };
	int status = s ? EXIT_OK : usage_error("out of memory");

	*n = 0;
	for (; loaded < all && !status; loaded += !status)
		status = load_scenario(&s[loaded], a->names ? a->name[loaded] :
				       builtin_scenarios[loaded].name);
	if (status) {
		while (loaded--)
			scenario_free(&s[loaded]);
		free(s);
		return status;
	}
	if (matrix_scenarios(&m, s, all, k, 1, false)) {
		status = usage_error("out of memory");
	} else {
		matrix_limits(a, &o);
		o.max_states = o.max_states ? o.max_states : ALL_STATES;
		if (matrix_start(&m, &o))
			status = usage_error("no thread can be started");
		else if (!matrix_fill(&m))
			status = EXIT_UNKNOWN;
	}
	for (size_t i = 0; !status && i < all; i++) {
		const struct mcell *c = matrix_cell(&m, i, 0);

		if (c->verdict == VERDICT_SAFE)
			size[(*n)++] = (struct size){
				a->names ? a->name[i] : builtin_scenarios[i].name, c->states };
		r->violated += c->verdict == VERDICT_VIOLATED;
		r->bounded += c->verdict == VERDICT_BOUNDED;
	}
	qsort(size, *n, sizeof(*size), by_states);
	matrix_free(&m);
	free(s);
	return status;
}

/* What one scenario says of the rules that are still undecided. */
static void take_over(const struct why *w, struct why_everywhere **rule)
{
	for (size_t i = 1; i < w->m.rows; i++) {
		const struct why_row *row = &w->row[i];
		struct why_everywhere *e = rule[i - 1];
		const struct mcell *c = matrix_cell(&w->m, i, 0);

		memcpy(e->name, row->name, sizeof(e->name));
		memcpy(e->instead, row->instead, sizeof(e->instead));
		e->absent = row->absent;
		e->moot = row->moot[0];
		e->searched++;
		e->exercised += row->says == WHY_REDUNDANT || row->says == WHY_NOT_MISSED ||
				row->breaks;
		e->unknown += row->says == WHY_UNKNOWN || row->says == WHY_WAITS;
		if (!row->breaks)
			continue;
		e->breaks = row->breaks;
		snprintf(e->scenario, sizeof(e->scenario), "%s", c->scenario[0]->name);
		e->length = row->length;
		e->states = c->states;
	}
}

/* The rules that no scenario has been found to need so far, in one. */
static int weigh(const struct why_args *a, const struct matrix_kernel *k, const char *name,
		 struct why_everywhere *rule, size_t rules)
{
	struct why_everywhere **open = calloc(rules + 1, sizeof(*open));
	struct why_flip *flip = calloc(rules + 1, sizeof(*flip));
	struct matrix_options o;
	struct scenario s;
	struct why w = { 0 };
	size_t n = 0;
	int status = open && flip ? load_scenario(&s, name) : usage_error("out of memory");

	for (size_t i = 0; !status && i < rules; i++)
		if (!rule[i].breaks && !rule[i].moot) {
			open[n] = &rule[i];
			flip[n++] = rule[i].flip;
		}
	if (!status && n) {
		matrix_limits(a, &o);
		o.max_states = o.max_states ? o.max_states : ALL_STATES;
		if (why_init(&w, &s, k, flip, n))
			status = usage_error("out of memory");
		else if (matrix_start(&w.m, &o))
			status = usage_error("no thread can be started");
		else if (!matrix_fill(&w.m))
			status = EXIT_UNKNOWN;
		if (!status || status == EXIT_UNKNOWN) {
			judge_all(&w);
			take_over(&w, open);
		}
		why_free(&w);
	} else if (!status) {
		scenario_free(&s);
	}
	free(open);
	free(flip);
	return status;
}

static int text_all(const struct why_args *a, const void *report, FILE *out)
{
	const struct why_all_report *r = report;

	if (a->json)
		return why_print_all_json(r, out);
	if (a->markdown)
		why_print_all_markdown(r, out);
	else
		why_print_all(r, out);
	return 0;
}

static int all_scenarios(const struct why_args *a)
{
	size_t most = a->names ? (size_t)a->names : builtin_scenario_count, n = 0, rules = 0;
	struct size *size = calloc(most, sizeof(*size));
	struct why_everywhere *rule = calloc(FLIPS_MAX, sizeof(*rule));
	struct why_flip flip[FLIPS_MAX];
	struct matrix_kernel k = { 0 };
	struct why_all_report r = { .rule = rule };
	int status = size && rule ? choose_kernel(&a->kernel, NULL, "v6.9", &k.kernel, k.name,
						  sizeof(k.name)) : usage_error("out of memory");

	if (!status)
		status = choose_flips(a, &k.kernel, flip, &rules);
	if (!status && !rules)
		rules = why_all_flips(&k.kernel, flip);
	for (size_t i = 0; i < rules; i++)
		rule[i].flip = flip[i];
	if (!status)
		status = safe_scenarios(a, &k, size, &n, &r);
	for (size_t i = 0; !status && i < n; i++)
		status = weigh(a, &k, size[i].name, rule, rules);
	if (!status || status == EXIT_UNKNOWN) {
		int printed;

		r.rules = rules;
		r.kernel = k.name;
		r.scenarios = (unsigned)n;
		r.interrupted = status == EXIT_UNKNOWN;
		printed = print(a, text_all, &r);
		status = printed ? printed : status;
	}
	for (size_t i = 0; !status && i < rules; i++)
		if (rule[i].unknown && !rule[i].breaks)
			status = EXIT_UNKNOWN;
	free(size);
	free(rule);
	return status;
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

static int show_rules(const struct why_args *a)
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
		status = print(a, text_rules, shown);
	free(shown);
	return status ? status : missing;
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

	if (!status && wants_screen(a))
		status = config_use(&settings);
	if (status)
		return status;
	if (a->rules)
		return show_rules(a);
	if (a->proof && a->all)
		return proof_everywhere(a);
	if (a->thesis || a->proof)
		return thesis_and_proof(a);
	return a->all ? all_scenarios(a) : one_scenario(a, a->name[0]);
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(why_args, kernel),
	VALUE_OPTION(why_args, "rule", OPT_KERNELS, rule, "SWITCH[=VALUE]",
		     "This rule only, with all that changes: steps, results, costs, and in how many "
		     "transitions. May be given several times."),
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
		{ "swapscope why debate --kernel v6.9 --rule pin --rule refcount",
		  "the two rules of the debate" },
		{ "swapscope why aborted-bypass --kernel v6.9 --text", "every rule of v6.9" },
	},
	.args_size = sizeof(struct why_args),
	.exec = exec_why,
};
