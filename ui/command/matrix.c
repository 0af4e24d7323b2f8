/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ui/command/command.h"
#include "ui/config/config.h"
#include "ui/report/report.h"
#include "ui/terminal/tty.h"
#include "ui/text/matrix.h"
#include "ui/matrix/matrix.h"

#define MEMORY_MIB	1024	/* of one cell's search, unless told otherwise */

struct matrix_args {
	bool scenarios, operations;
	struct words kernel;
	struct kernel_choice set;	/* its --set, for every column */
	char **name;			/* scenarios */
	int names;
	const char *show;
	const char *folder;
	const char *output, *junit;
	bool text, json, markdown, unreached;
	uint64_t width, threads, max_states, max_mib;
	bool quick, certify;
};

/* ---- what the matrix is about ---- */

/* A kernel by name, with all --set over it. */
static int resolve(const struct matrix_args *a, const char *name, const struct scenario *s,
		   struct matrix_kernel *k)
{
	struct kernel_choice choice = a->set;
	int status;

	choice.name = name;
	status = choose_kernel(&choice, s, NULL, &k->kernel, k->name, sizeof(k->name));
	snprintf(k->head, sizeof(k->head), "%.*s", (int)strcspn(k->name, " "), k->name);
	return status;
}

static int resolve_all(const struct matrix_args *a, const struct scenario *s,
		       struct matrix_kernel **kernel, size_t *n)
{
	const struct preset *preset = kernel_presets(n);
	int status = EXIT_OK;

	if (a->kernel.n)
		*n = a->kernel.n;
	*kernel = calloc(*n, sizeof(**kernel));
	if (!*kernel)
		return usage_error("out of memory");
	for (size_t i = 0; i < *n && !status; i++)
		status = resolve(a, a->kernel.n ? a->kernel.word[i] : preset[i].name, s,
				 &(*kernel)[i]);
	return status;
}

static int build_scenarios(const struct matrix_args *a, struct matrix *m)
{
	size_t n = a->names ? (size_t)a->names : builtin_scenario_count, loaded = 0, kernels;
	struct scenario *s = calloc(n, sizeof(*s));
	struct matrix_kernel *kernel = NULL;
	int status = s ? EXIT_OK : usage_error("out of memory");

	while (loaded < n && !status) {
		status = load_scenario(&s[loaded], a->names ? a->name[loaded] :
				       builtin_scenarios[loaded].name);
		loaded += !status;
	}
	if (!status)
		status = resolve_all(a, s, &kernel, &kernels);
	if (status) {
		while (loaded--)
			scenario_free(&s[loaded]);
	} else if (matrix_scenarios(m, s, n, kernel, kernels, !a->set.sets)) {
		status = usage_error("out of memory");
	}
	free(kernel);
	free(s);
	return status;
}

static int operations_kernel(const struct matrix_args *a, struct matrix_kernel *k)
{
	static const struct scenario none;

	return resolve(a, a->kernel.n ? a->kernel.word[0] : "v6.9", &none, k);
}

static int build_operations(const struct matrix_args *a, struct matrix *m)
{
	struct matrix_kernel k;
	int status = operations_kernel(a, &k);

	if (!status && matrix_operations(m, &k))
		status = usage_error("out of memory");
	return status;
}

/* ---- the scenarios of pairs, for people ---- */

static const struct verb *verb_named(const char *name)
{
	const char *names[64];
	char near[HINT_MAX];
	size_t n;
	const struct verb *v = scenario_verbs(&n);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(v[i].name, name))
			return &v[i];
		if (i < 64)
			names[i] = v[i].name;
	}
	usage_error("--show: no operation '%s'%s", name,
		    hint(near, name, names, n < 64 ? n : 64));
	return NULL;
}

/* --show A,B[,WORLD] */
static int show_pair(const struct matrix_args *a)
{
	char copy[128], name[SCENARIO_NAME_MAX], *save = NULL, *word[4] = { NULL };
	const struct verb *v[2];
	struct matrix_kernel k;
	unsigned world = 0, n = 0;
	int status = operations_kernel(a, &k);
	char *text;

	if (status)
		return status;
	snprintf(copy, sizeof(copy), "%s", a->show);
	for (char *w = strtok_r(copy, ",", &save); w && n < 4; w = strtok_r(NULL, ",", &save))
		word[n++] = w;
	if (n < 2 || n > 3)
		return usage_error("--show %s: OPERATION,OPERATION or "
				   "OPERATION,OPERATION,WORLD is needed", a->show);
	for (unsigned i = 0; i < 2; i++) {
		v[i] = verb_named(word[i]);
		if (!v[i])
			return EXIT_USAGE;
	}
	while (word[2] && world < PAIR_WORLDS && strcmp(pair_worlds[world], word[2]))
		world++;
	if (world == PAIR_WORLDS)
		return usage_error("--show %s: the worlds are %s, %s, %s and %s", a->show,
				   pair_worlds[0], pair_worlds[1], pair_worlds[2], pair_worlds[3]);
	text = pair_text(v[0], v[1], world, &k, name, sizeof(name));
	if (!text)
		return usage_error("out of memory");
	fputs(text, stdout);
	free(text);
	return EXIT_OK;
}

static int save_scenarios(const struct matrix *m, const char *folder)
{
	char many[COUNTED_MAX], name[SHOWN_MAX];
	char path[4200];

	if (mkdir(folder, 0777) && errno != EEXIST)
		return usage_error("%s: %s", folder, strerror(errno));
	for (size_t i = 0; i < m->scenarios; i++) {
		struct output to;
		FILE *out;

		if (snprintf(path, sizeof(path), "%s/%s.scn", folder, m->scenario[i].name) >=
		    (int)sizeof(path))
			return usage_error("--save-scenarios: the name is too long");
		out = print_begin(&to, path);
		if (!out)
			return EXIT_USAGE;
		fputs(m->scenario[i].text, out);
		if (print_end(&to, EXIT_OK))
			return EXIT_USAGE;
	}
	fprintf(stderr, "saved: %s, %s\n", shown(folder, name),
		counted(m->scenarios, "scenario", many));
	return EXIT_OK;
}

/* ---- running without a screen ---- */

static int report(const struct matrix_args *a, const struct matrix *m)
{
	struct matrix_report r = { .m = m, .folder = a->folder, .width = (int)a->width,
				   .unreached = a->unreached };
	struct output to;
	FILE *out = print_begin(&to, a->output);
	int rows, status = EXIT_OK;

	if (!out)
		return EXIT_USAGE;
	if (!r.width) {
		r.width = 80;
		if (!a->output && isatty(STDOUT_FILENO))
			tty_size(&rows, &r.width);
	}
	if (a->json)
		status = matrix_print_json(&r, out) ? usage_error("out of memory") : EXIT_OK;
	else if (a->markdown)
		matrix_print_markdown(&r, out);
	else
		matrix_print(&r, out);
	return print_end(&to, status);
}

static int status_of(const struct matrix *m)
{
	struct matrix_sums s;

	matrix_sum(m, &s);
	if (s.contradict || s.refused || (m->operations && s.violated))
		return EXIT_VIOLATED;
	if (m->o.certify && s.certified < s.safe)
		return EXIT_UNKNOWN;
	return s.unexplained || s.done < s.cells ? EXIT_UNKNOWN : EXIT_OK;
}

/* Is there a terminal to show it on, and nothing else asked for? */
static bool wants_screen(const struct matrix_args *a)
{
	return !a->text && !a->json && !a->markdown && !a->output && !tty_check();
}

/* The screen, or, where the terminal turns out to be none, the text. */
static int show(const struct matrix_args *a, struct matrix *m)
{
	int err = wants_screen(a) ? matrix_screen(m) : -ENOTTY, status = EXIT_OK;

	switch (err) {
	case 0:
		matrix_stop(m);
		break;
	case -ENOTTY:
	case -ENOTSUP:
		matrix_fill(m);
		status = report(a, m);
		break;
	case -EINTR:
	case -EIO:
		return EXIT_SIGNAL;
	default:
		return usage_error("the terminal cannot be used: %s", strerror(-err));
	}
	if (a->junit && !status && matrix_junit(m, a->folder, a->junit))
		status = EXIT_USAGE;
	return status ? status : status_of(m);
}

/* What depends on several words. */
static int complete_args(struct matrix_args *a, const struct operands *in)
{
	a->name = in->word;
	a->names = in->n;
	a->operations |= a->show || a->folder;
	if (a->text + a->json + a->markdown > 1)
		return usage_error("matrix: one of --text, --json and --markdown");
	if (a->show && (a->junit || a->text || a->json || a->markdown || a->output || a->folder ||
			a->quick || a->certify || a->threads || a->max_states || a->max_mib ||
			a->width))
		return usage_error("matrix: --show prints one scenario, and takes --kernel and "
				   "--set only");
	for (int i = 0; i < in->n; i++)
		for (int j = 0; j < i; j++)
			if (!strcmp(in->word[i], in->word[j]))
				return usage_error("matrix: scenario %s stands here twice",
						   in->word[i]);
	if (a->scenarios && a->operations)
		return usage_error("matrix: --scenarios and --operations (--show, "
				   "--save-scenarios) exclude each other");
	if (a->operations && a->names)
		return usage_error("matrix: '%s' is too much: --operations makes its own "
				   "scenarios", a->name[0]);
	if (a->operations && a->kernel.n > 1)
		return usage_error("matrix: --operations is about one --kernel");
	return EXIT_OK;
}

static int exec_matrix(void *args, const struct operands *in)
{
	struct matrix_args *a = args;
	struct matrix_options o = { 0 };
	struct matrix m = { 0 };
	int status = complete_args(a, in);
	struct config settings;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (!status && a->show)
		return show_pair(a);
	if (!status && wants_screen(a))
		status = config_use(&settings);
	if (!status)
		status = a->operations ? build_operations(a, &m) : build_scenarios(a, &m);
	if (!status && a->folder)
		status = save_scenarios(&m, a->folder);
	if (status)
		goto out;
	o.threads = a->threads ? (unsigned)a->threads : cpus > 0 ? (unsigned)cpus : 1;
	o.max_states = a->max_states;
	o.max_bytes = (a->max_mib ? a->max_mib : MEMORY_MIB) << 20;
	o.quick = a->quick;
	o.certify = a->certify;
	heed_interrupt();
	if (matrix_start(&m, &o)) {
		status = usage_error("no thread can be started");
		goto out;
	}
	status = show(a, &m);
out:
	if (m.cell)
		matrix_free(&m);
	return status;
}

static const struct option_row options[] = {
	FLAG_OPTION(matrix_args, "scenarios", scenarios,
		    "Scenarios under kernels: so it is unless --operations is given."),
	FLAG_OPTION(matrix_args, "operations", operations,
		    "Every operation with every other, on one page, under one kernel."),
	VALUE_OPTION(matrix_args, "kernel", OPT_KERNELS, kernel, "NAME",
		     "A column. May be given several times; without it every preset."),
	SET_OPTION(matrix_args, set),
	NUMBER_OPTION(matrix_args, "threads", threads, 256, "Threads: as many as there are CPUs."),
	NUMBER_OPTION(matrix_args, "max-states", max_states, UINT32_MAX - 2,
		      "Stop a cell after that many states: it is then bounded."),
	{ "max-memory", 0, OPT_NUMBER, offsetof(struct matrix_args, max_mib), 1 << 20, "MIB",
	  "The memory of one cell's search: 1,024 unless it is given." },
	FLAG_OPTION(matrix_args, "quick", quick,
		    "Search a violated cell no further than what decides it."),
	FLAG_OPTION(matrix_args, "certify", certify,
		    "Verify every cell that is safe by its certificate, as 'swapscope verify' "
		    "does. It speaks of safety only, not of LIVELOCK."),
	VALUE_OPTION(matrix_args, "show", OPT_TEXT, show, "A,B[,WORLD]",
		     "Print the scenario of a pair of operations, for explore."),
	VALUE_OPTION(matrix_args, "save-scenarios", OPT_FILE, folder, "DIR",
		     "Write the scenarios of all pairs into a folder."),
	FLAG_OPTION(matrix_args, "unreached", unreached,
		    "List the steps and the results that no cell has, and which operations are "
		    "never in each other's way."),
	FLAG_OPTION(matrix_args, "text", text, "Print it as text, on a terminal too."),
	FLAG_OPTION(matrix_args, "json", json, "Print it as JSON."),
	FLAG_OPTION(matrix_args, "markdown", markdown, "Print it as Markdown."),
	NUMBER_OPTION(matrix_args, "width", width, 10000,
		      "Columns of text: 80, or the terminal's."),
	OUTPUT_OPTION(matrix_args, output, "FILE", "Print into a file."),
	JUNIT_OPTION(matrix_args, junit),
	{ 0 },
};

const struct command cmd_matrix = {
	.name = "matrix",
	.brief = "many verdicts at once: scenarios and kernels, or operations with each other",
	.about = "A table whose cells are explorations. On a terminal one walks through it while "
		 "it fills in, and enter opens a cell in the debugger: its shortest finding on "
		 "the left, the same schedule where it is safe on the right. Elsewhere it is "
		 "printed.\n\nEvery cell is held to what the scenario's file expects of its "
		 "kernel. A signal that ends the screen is exit status 130.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.most = INT_MAX,
	.status = { "every cell is as its file expects; of operations: none is violated",
		    "a cell is not as expected, or is violated; or a certificate is refused",
		    "wrong usage or input",
		    "a bound left a cell undecided" },
	.example = {
		{ "swapscope matrix debate --kernel v6.8 --kernel v6.9 --kernel v7.0 --text",
		  "one scenario under three kernels" },
		{ "swapscope matrix --operations --kernel v6.9-rc1 --text",
		  "every operation with every other" },
	},
	.args_size = sizeof(struct matrix_args),
	.exec = exec_matrix,
};
