/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge.c - an interleaving as people write it, read and judged.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/write/write.h"
#include "ui/command/command.h"
#include "ui/report/junit.h"
#include "ui/judge/report.h"
#include "ui/show/show.h"

#define WORLD_STATES	3000000		/* of a world that nobody named */
#define NEAR_STATES	6000000	/* for which line makes it impossible */

struct judge_args {
	const char *scenario;
	struct words kernel;
	struct kernel_choice set;
	uint64_t max_states, max_mib;
	const char *save;
	bool reading, json, view, check, brief;
	const char *junit;
};

static bool progress(void *arg, uint64_t states)
{
	(void)arg;
	(void)states;
	return !interrupted();
}

/* ---- the claim ---- */

static int unread(const char *name, const struct claim_text *c, const struct claim_error *err)
{
	const char *names[64];
	char near[HINT_MAX], clean[SHOWN_MAX];
	size_t n = 0;

	while (n < builtin_claim_count && n < 64) {
		names[n] = builtin_claims[n].name;
		n++;
	}
	if (c->lines)
		print_reading(stderr, c, false);
	if (err->line)
		return usage_error("%s:%u: %s", shown(name, clean), err->line, err->text);
	return usage_error("%s: %s%s", shown(name, clean), err->text, c->lines ? "" :
			   hint(near, name, names, n));
}

static int read_claim(struct claim_text *c, const char *name)
{
	struct claim_error err;
	int e = claim_load(c, name, &err);
	int status = EXIT_OK;

	if (e == -ENOENT && other_file(name, FILE_UNKNOWN))
		status = EXIT_USAGE;
	else if (e)
		status = unread(name, c, &err);
	if (status)
		claim_free(c);
	return status;
}

/* ---- kernels ---- */

static int add_case(struct report *r, const struct judge_args *a, const char *name,
		    const struct scenario *s)
{
	struct judged_case *c = &r->c[r->cases];
	struct kernel_choice choice = a->set;
	int status;

	*c = (struct judged_case){ 0 };
	choice.name = name;
	status = choose_kernel(&choice, name ? NULL : s, NULL, &c->kernel, c->kernel_name,
			       sizeof(c->kernel_name));
	r->cases += !status;
	return status;
}

/* The claim's own "kernel: v6.9 pin=none". */
static int add_own(struct report *r, const struct judge_args *a, const struct claim_text *c)
{
	struct judged_case *to = &r->c[r->cases];
	struct named_kernel k;
	char err[256];

	if (named_kernel_parse(&k, "kernel", c->kernel, err, sizeof(err)))
		return usage_error("%s: %s", c->name, err);
	*to = (struct judged_case){ .kernel = k.kernel };
	snprintf(to->kernel_name, sizeof(to->kernel_name), "%s", k.text);
	r->cases++;
	return choose_switches(&a->set, &to->kernel, to->kernel_name, sizeof(to->kernel_name));
}

static int choose_kernels(struct report *r, const struct judge_args *a,
			  const struct claim_text *c)
{
	size_t presets;
	const struct preset *p = kernel_presets(&presets);
	int status = EXIT_OK;

	r->c = calloc(WORDS_MAX + presets * (a->kernel.n + 1), sizeof(*r->c));
	if (!r->c)
		return usage_error("out of memory");
	if (!a->kernel.n && *c->kernel)
		return add_own(r, a, c);
	if (!a->kernel.n) {
		status = add_case(r, a, NULL, r->world);
		r->c[0].own = !r->named;
		return status;
	}
	for (unsigned i = 0; i < a->kernel.n && !status; i++) {
		if (strcmp(a->kernel.word[i], "all"))
			status = add_case(r, a, a->kernel.word[i], NULL);
		for (size_t j = 0; j < presets && !strcmp(a->kernel.word[i], "all") && !status; j++)
			status = add_case(r, a, p[j].name, NULL);
	}
	return status;
}

/* Which place a kernel has in `list kernels`: those that are no presets go behind. */
static size_t place(const struct judged_case *c)
{
	size_t n, i = 0;
	const struct preset *p = kernel_presets(&n);

	while (i < n && strncmp(p[i].name, c->kernel_name, strcspn(c->kernel_name, " ") + 1) &&
	       strcmp(p[i].name, c->kernel_name))
		i++;
	return i;
}

static int by_place(const void *a, const void *b)
{
	const struct judged_case *x = a, *y = b;
	size_t i = place(x), j = place(y);

	return i < j ? -1 : i > j;
}

/* ---- judging ---- */

static int judge_in(struct judged *v, const struct report *r, const struct judge_args *a,
		    const struct scenario *s, const struct kernel *k, bool verdict_only,
		    struct claim_error *err)
{
	const struct judge_options o = {
		.max_states = a->max_states ? a->max_states : r->named ? s->max_states :
			      WORLD_STATES,
		.max_bytes = a->max_mib << 20, .bind_names = r->named, .progress = progress,
		.verdict_only = verdict_only,
	};

	return claim_judge(v, r->claim, s, k, &o, err);
}

/* Is a verdict to be told rather than another? */
static bool tells_more(const struct judged *v, const struct judged *than)
{
	if (v->says != than->says)
		return v->says == JUDGE_POSSIBLE;
	return v->done > than->done;
}

/* The world's own kernel, with the switches that are set. */
static int own_kernel(const struct judge_args *a, const struct scenario *s, struct kernel *k,
		      char *name)
{
	*k = s->kernel;
	snprintf(name, KERNEL_NAME_SIZE, "%s", s->kernel_name);
	for (unsigned i = 0; i < a->set.sets; i++)
		name_switch(name, KERNEL_NAME_SIZE, a->set.set[i]);
	return check_switches(&a->set, k);
}

/* In one world after the other, until it is possible. */
static int judge_worlds(struct judged_case *c, const struct report *r, const struct judge_args *a)
{
	char kernel_name[KERNEL_NAME_SIZE];
	struct kernel kernel = c->kernel;
	struct claim_error err;

	snprintf(kernel_name, sizeof(kernel_name), "%s", c->kernel_name);
	for (size_t i = 0; i < r->worlds && (!c->s || c->v.says != JUDGE_POSSIBLE); i++) {
		char name[KERNEL_NAME_SIZE];
		struct kernel k = c->kernel;
		struct judged v;
		int e;

		snprintf(name, sizeof(name), "%s", c->kernel_name);
		if (c->own && own_kernel(a, &r->world[i], &k, name))
			return EXIT_USAGE;
		e = judge_in(&v, r, a, &r->world[i], &k, !r->named, &err);
		c->tried++;
		if (e == -EINVAL && !r->named)
			continue;
		if (e)
			return usage_error("%s: %s", r->claim->name,
					   e == -EINVAL ? err.text : "out of memory");
		c->unknown += v.says == JUDGE_UNKNOWN;
		if (c->s && !tells_more(&v, &c->v)) {
			judged_free(&v);
			continue;
		}
		if (c->s)
			judged_free(&c->v);
		c->v = v;
		c->s = &r->world[i];
		if (c->own) {
			kernel = k;
			snprintf(kernel_name, sizeof(kernel_name), "%s", name);
		}
		if (interrupted())
			break;
	}
	if (!c->s)
		return usage_error("%s: no shipped scenario and no pair of operations can make "
				   "these steps; --scenario names one", r->claim->name);
	c->kernel = kernel;
	snprintf(c->kernel_name, sizeof(c->kernel_name), "%s", kernel_name);
	if (!r->named && c->v.says != JUDGE_POSSIBLE) {	/* of this one it is told why */
		judged_free(&c->v);
		if (judge_in(&c->v, r, a, c->s, &c->kernel, false, &err))
			return usage_error("out of memory");
	}
	c->says = c->v.says == JUDGE_IMPOSSIBLE && c->unknown ? JUDGE_UNKNOWN : c->v.says;
	return EXIT_OK;
}

/* Is a weaker claim possible in one of the worlds, or not known to be impossible? */
static int judge_weaker(const struct judged_case *c, const struct report *r,
			const struct judge_args *a, enum claim_weaker how, bool *may)
{
	struct judged_case again = { .kernel = c->kernel, .own = c->own };
	struct report weaker = *r;
	struct claim_text weak;
	int status = EXIT_OK, n = claim_weaken(&weak, r->claim, how);

	if (n < 0)
		return usage_error("out of memory");
	weaker.claim = &weak;
	snprintf(again.kernel_name, sizeof(again.kernel_name), "%s", c->kernel_name);
	*may = false;
	if (how == WITHOUT_GUESSES && n == (int)r->claim->events) {
		free(weak.event);	/* there is none: it is the same */
		return EXIT_OK;
	}
	if (n)
		status = judge_worlds(&again, &weaker, a);
	*may = !n || again.says == JUDGE_POSSIBLE ||
	       (how == WITHOUT_GUESSES && again.says == JUDGE_UNKNOWN);
	judged_free(&again.v);
	free(weak.event);
	return status;
}

/*
 * And what is impossible as it was read must be so without what was guessed: a guess that is wrong
 * makes nothing impossible.
 */
static int judge_case(struct judged_case *c, const struct report *r, const struct judge_args *a)
{
	const struct judged_case asked = *c;
	int status = judge_worlds(c, r, a);

	if (status || c->says != JUDGE_IMPOSSIBLE || !r->claim->guessed || interrupted())
		return status;
	status = judge_weaker(&asked, r, a, WITHOUT_GUESSES, &c->guesses);
	if (c->guesses)
		c->says = JUDGE_UNKNOWN;
	return status;
}

/* Which line makes it impossible. */
static int judge_near(struct judged_case *c, const struct report *r, const struct judge_args *a)
{
	const struct judge_options o = { .max_states = a->max_states,
					 .max_bytes = a->max_mib << 20, .bind_names = r->named,
					 .progress = progress };

	if (c->v.says != JUDGE_IMPOSSIBLE || interrupted())
		return EXIT_OK;
	if (claim_nearly(&c->near, r->claim, c->s, &c->kernel, &o, c->v.next, NEAR_STATES))
		return usage_error("out of memory");
	if (r->named || c->near.other_calls)
		return EXIT_OK;
	return judge_weaker(c, r, a, OF_ANY_CALL, &c->near.other_calls);	/* in any world */
}

/* ---- where ---- */

static int choose_worlds(struct report *r, const struct judge_args *a, struct claim_text *c)
{
	const char *name = a->scenario ? a->scenario : *c->scenario ? c->scenario : NULL;
	struct scenario *s;
	int status;

	if (name) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return usage_error("out of memory");
		status = load_scenario(s, name);
		if (status) {
			free(s);
			return status;
		}
		r->worlds = 1;
		r->named = true;
	} else {
		s = worlds_of(c, &r->worlds);
		if (!s)
			return usage_error("out of memory");
	}
	r->world = s;
	if (!r->worlds)
		return usage_error("%s: no shipped scenario and no pair of operations can make "
				   "these steps; --scenario names one", c->name);
	return EXIT_OK;
}

static void report_free(struct report *r)
{
	for (unsigned i = 0; i < r->cases; i++)
		judged_free(&r->c[i].v);
	for (size_t i = 0; i < r->worlds; i++)
		scenario_free((struct scenario *)&r->world[i]);
	free((void *)r->world);
	free(r->c);
}

/* ---- what lasts ---- */

static int save(const char *path, const struct report *r, const struct judged_case *c)
{
	char err_text[TRACE_ERROR_MAX], title[96], name[SHOWN_MAX];
	struct run_meta meta = { .title = title, .kernel_name = c->kernel_name };
	struct trace_writer *tw;
	struct execution x;
	int err = trace_create(&tw, path, TRACE_TOGETHER, err_text);

	if (err)
		return usage_error("%s", err_text);
	snprintf(title, sizeof(title), "%.60s: %s", shown(r->claim->name, name),
		 says_name(c->v.says));
	err = execution_init(&x, c->s, &c->kernel);
	if (!err) {
		err = execution_run(&x, &c->v.schedule);
		if (!err)
			err = trace_execution(tw, &x, &meta);
		execution_free(&x);
	}
	if (end_saving(tw, path, err))
		return EXIT_USAGE;
	say_saved(path, err, err);
	return EXIT_OK;
}

static int view(const struct judged_case *c)
{
	char *text = schedule_text(c->s, &c->v.schedule);
	int status;

	if (!text)
		return usage_error("out of memory");
	status = show_by_hand(&(struct by_hand_start){
		.scenario = c->s, .kernel = &c->kernel, .kernel_name = c->kernel_name,
		.schedule = text });
	free(text);
	return status;
}

static int status_of(const struct report *r)
{
	int status = EXIT_OK;

	for (unsigned i = 0; i < r->cases; i++) {
		enum judge_says says = r->c[i].says;

		if (says == JUDGE_POSSIBLE)
			return EXIT_VIOLATED;
		if (says == JUDGE_UNKNOWN)
			status = EXIT_UNKNOWN;
	}
	return status;
}

static int judge_claim(struct claim_text *c, const struct judge_args *a)
{
	struct report r = { .claim = c, .brief = a->brief, .max_mib = a->max_mib };
	int status = choose_worlds(&r, a, c);

	if (!status)
		status = choose_kernels(&r, a, c);
	if (!status && r.cases > 1)
		qsort(r.c, r.cases, sizeof(*r.c), by_place);
	if (!status && r.cases > 1 && (a->view || a->save))
		status = usage_error("judge: --view and --save are of one kernel");
	for (unsigned i = 0; i < r.cases && !status; i++)
		status = judge_case(&r.c[i], &r, a);
	if (!status && r.cases == 1 && !a->view)
		status = judge_near(&r.c[0], &r, a);
	if (!status && a->save)
		status = save(a->save, &r, &r.c[0]);
	if (!status && a->view) {
		status = view(&r.c[0]);
	} else if (!status) {
		if (a->json ? json_report(&r) : print_report(&r))
			status = usage_error("out of memory");
		else
			status = status_of(&r);
	}
	report_free(&r);
	return status;
}

/* ---- expectations ---- */

static void report_case(struct junit *junit, const struct claim_text *c,
			const struct claim_expect *e, enum judge_says says,
			enum judge_says expected)
{
	char name[300], message[300];

	snprintf(name, sizeof(name), "line %u: %.250s", e->line, e->kernel.text);
	snprintf(message, sizeof(message), "%s; line %u expects %s", says_name(says), e->line,
		 says_name(expected));
	junit_case(junit, c->name, name, -1);
	if (says == JUDGE_UNKNOWN)
		junit_result(junit, JUNIT_ERROR, "unknown", message, NULL);
	else if (says != expected)
		junit_result(junit, JUNIT_FAILURE, "expectation", message, NULL);
}

static int check_one(struct claim_text *c, const struct judge_args *a, struct junit *junit,
		     unsigned *wrong)
{
	struct report r = { .claim = c, .max_mib = a->max_mib };
	int status = choose_worlds(&r, a, c);
	char name[SHOWN_MAX];

	for (unsigned i = 0; i < c->expects && !status; i++) {
		const struct claim_expect *e = &c->expect[i];
		struct judged_case one = { .kernel = e->kernel.kernel };
		enum judge_says expected = e->possible ? JUDGE_POSSIBLE : JUDGE_IMPOSSIBLE;

		status = judge_case(&one, &r, a);
		if (status)
			break;
		*wrong += one.says != expected;
		printf("%-6s %s, %s: %s", one.says == expected ? "ok" : "WRONG",
		       shown(c->name, name), e->kernel.text, says_name(one.says));
		if (one.says != expected)
			printf(", line %u expects %s", e->line, says_name(expected));
		putchar('\n');
		if (junit)
			report_case(junit, c, e, one.says, expected);
		judged_free(&one.v);
	}
	if (!status && !c->expects)
		status = usage_error("%s: it has no 'expect:' line to be held to", c->name);
	report_free(&r);
	return status;
}

static int check_all(const struct judge_args *a, const struct operands *in)
{
	size_t n = in->n ? (size_t)in->n : builtin_claim_count;
	struct junit *junit = a->junit ? junit_new("judge") : NULL;
	unsigned wrong = 0;
	int status = EXIT_OK;

	for (size_t i = 0; i < n && !status; i++) {
		struct claim_text c;

		status = read_claim(&c, in->n ? in->word[i] : builtin_claims[i].name);
		if (status)
			break;
		status = check_one(&c, a, junit, &wrong);
		claim_free(&c);
	}
	if (a->junit && !status)
		status = junit_write(junit, a->junit);
	else
		junit_free(junit);
	return status ? status : wrong ? EXIT_VIOLATED : EXIT_OK;
}

/* ---- the command ---- */

/* The exact reading; and what was not read, as comments, to be corrected by hand. */
static void write_reading(const struct claim_text *c)
{
	char text[SHOWN_MAX], note[SHOWN_MAX];

	for (unsigned i = 0; i < c->lines; i++) {
		const struct claim_line *l = &c->line[i];

		if (l->kind == LINE_LEFT_OUT || (l->kind == LINE_EVENT && *l->note))
			printf("; line %u: '%s': %s%s\n", l->line, shown(l->text, text),
			       shown(l->note, note),
			       l->kind == LINE_LEFT_OUT ? "; left out" : "");
	}
	claim_write(stdout, c);
}

static int exec_judge(void *args, const struct operands *in)
{
	struct judge_args *a = args;
	struct claim_text c;
	int status;

	if (a->check && (a->reading || a->json || a->view || a->save || a->kernel.n ||
			 a->set.sets || a->scenario))
		return usage_error("judge: --check stands alone: the claims say where and under "
				   "which kernels");
	if (a->junit && !a->check)
		return usage_error("judge: --junit is for --check");
	if (a->view && (a->json || a->reading))
		return usage_error("judge: --view excludes --json and --reading");
	heed_interrupt();
	if (a->check)
		return check_all(a, in);
	if (in->n != 1)
		return usage_error("judge: one claim is needed, the name of a shipped one, a file, "
				   "or - for standard input; 'swapscope list claims' shows the "
				   "shipped ones");
	status = read_claim(&c, in->word[0]);
	if (status)
		return status;
	if (a->reading)
		write_reading(&c);
	else
		status = judge_claim(&c, a);
	claim_free(&c);
	return status;
}

static const struct option_row options[] = {
	VALUE_OPTION(judge_args, "scenario", OPT_TEXT, scenario, "NAME",
		     "The world: the name of a shipped scenario, or a file. Columns that are "
		     "called like its tasks are these. Without it, and without a 'scenario:' "
		     "line, the shipped ones whose tasks can make the steps are tried, the "
		     "smallest first, and then pairs of operations."),
	VALUE_OPTION(judge_args, "kernel", OPT_KERNELS, kernel, "NAME",
		     "The kernel; may be given several times, and 'all' is every preset: then "
		     "there is a line a kernel, in their order. Else the claim's, or the "
		     "scenario's."),
	SET_OPTION(judge_args, set),
	FLAG_OPTION(judge_args, "reading", reading,
		    "Print how the claim was read, as a file that reads the same with no guess, "
		    "and stop. What was not understood stands there as a comment."),
	FLAG_OPTION(judge_args, "check", check,
		    "Hold claims, all shipped ones where none is named, to what they expect."),
	FLAG_OPTION(judge_args, "view", view,
		    "Open the schedule in the debugger, at the claim's last line; or, where it is "
		    "turned away, there."),
	SAVE_OPTION(judge_args, "save", save, "Record that schedule."),
	NUMBER_OPTION(judge_args, "max-states", max_states, UINT32_MAX - 2,
		      "Stop after that many pairs of a state and how far the claim has come: the "
		      "verdict is then unknown. In worlds that nobody named it is 3,000,000 unless "
		      "it is given."),
	{ "max-memory", 0, OPT_NUMBER, offsetof(struct judge_args, max_mib), 1 << 20, "MIB",
	  "Stop before the search takes more memory than that." },
	FLAG_OPTION(judge_args, "brief", brief,
		    "Print no diagram, and of the reading only what was guessed or left out."),
	FLAG_OPTION(judge_args, "json", json, "Print the reading and the verdicts as JSON."),
	JUNIT_OPTION(judge_args, junit),
	{ 0 },
};

const struct command cmd_judge = {
	.name = "judge",
	.brief = "an interleaving as people write it into a mail: whether it can happen",
	.about = "Reads a text with columns, CPU0 and CPU1, a function or a step a line, as it "
		 "stands in mails and commit messages: with indentation, comments, results, "
		 "quoting, names of other kernels, slips of the hand. How it was read is printed, "
		 "and what was not understood; a line 'T0: OPERATION: STEP' always means just "
		 "that.\n\nThen all interleavings are searched for one that makes these steps in "
		 "this order, other steps between them. Possible: the shortest schedule, and what "
		 "it leads to. Impossible: how far the claim can be followed, and what turns it "
		 "away there: a lock and who holds it, another result and who made it so. That is "
		 "said within the bounds of the worlds that were tried. docs/claims.md is the "
		 "format.",
	.option = options,
	.operand = { { "CLAIM", WORD_CLAIM } },
	.most = 64,
	.needs = "one claim is needed, the name of a shipped one or a file",
	.status = { "impossible in every interleaving; or all expectations met",
		    "possible; or an expectation is wrong",
		    "wrong usage or input; nothing in it was understood",
		    "a bound was hit, or it can be followed to where runs end: unknown" },
	.example = {
		{ "swapscope judge aba --kernel v6.7 --kernel v6.8",
		  "from when on it cannot happen any more" },
		{ "swapscope judge aba --kernel v6.8", "and what turns it away" },
	},
	.args_size = sizeof(struct judge_args),
	.exec = exec_judge,
};
