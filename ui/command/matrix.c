/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ui/command/command.h"
#include "ui/terminal/tty.h"
#include "ui/view/matrix.h"

#define KERNELS_MAX	64
#define MEMORY_MIB	1024	/* of one cell's search, unless told otherwise */

enum form { FORM_AUTO, FORM_TEXT, FORM_JSON, FORM_MARKDOWN };

struct matrix_args {
	bool scenarios, operations;
	const char *kernel[KERNELS_MAX];
	unsigned kernels;
	struct kernel_choice set;	/* its --set, for every column */
	const char **name;		/* scenarios */
	int names;
	const char *show;
	const char *folder;
	const char *output;
	enum form form;
	uint64_t width, threads, max_states, max_mib;
	bool quick;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static const struct option options[] = {
	{ "scenarios", no_argument, NULL, 'S' },
	{ "operations", no_argument, NULL, 'O' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "set", required_argument, NULL, 's' },
	{ "threads", required_argument, NULL, 't' },
	{ "max-states", required_argument, NULL, 'm' },
	{ "max-memory", required_argument, NULL, 'M' },
	{ "quick", no_argument, NULL, 'q' },
	{ "show", required_argument, NULL, 'p' },
	{ "save-scenarios", required_argument, NULL, 'd' },
	{ "text", no_argument, NULL, 'T' },
	{ "json", no_argument, NULL, 'j' },
	{ "markdown", no_argument, NULL, 'a' },
	{ "width", required_argument, NULL, 'w' },
	{ "output", required_argument, NULL, 'o' },
	{ 0 },
};

/* ---- arguments ---- */

static int add_kernel(struct matrix_args *a, const char *name)
{
	for (unsigned i = 0; i < a->kernels; i++)
		if (!strcmp(a->kernel[i], name))
			return usage_error("matrix: kernel %s stands here twice", name);
	if (a->kernels == KERNELS_MAX)
		return usage_error("matrix: too many --kernel options");
	a->kernel[a->kernels++] = name;
	return EXIT_OK;
}

static int set_form(struct matrix_args *a, enum form form)
{
	if (a->form != FORM_AUTO && a->form != form)
		return usage_error("matrix: one of --text, --json and --markdown");
	a->form = form;
	return EXIT_OK;
}

static int parse_option(struct matrix_args *a, int opt, const char *text)
{
	switch (opt) {
	case 'S':
		a->scenarios = true;
		return EXIT_OK;
	case 'O':
		a->operations = true;
		return EXIT_OK;
	case 'k':
		return add_kernel(a, text);
	case 's':
		return add_set(&a->set, text);
	case 't':
		return number_argument("--threads", text, 256, &a->threads);
	case 'm':
		return number_argument("--max-states", text, UINT32_MAX - 2, &a->max_states);
	case 'M':
		return number_argument("--max-memory", text, 1 << 20, &a->max_mib);
	case 'w':
		return number_argument("--width", text, 10000, &a->width);
	case 'q':
		a->quick = true;
		return EXIT_OK;
	case 'p':
		a->show = text;
		a->operations = true;
		return EXIT_OK;
	case 'd':
		a->folder = text;
		a->operations = true;
		return EXIT_OK;
	case 'o':
		a->output = text;
		return EXIT_OK;
	default:
		return set_form(a, opt == 'T' ? FORM_TEXT : opt == 'j' ? FORM_JSON :
				FORM_MARKDOWN);
	}
}

static int parse_args(struct matrix_args *a, int argc, char **argv)
{
	int opt, status = EXIT_OK;

	opterr = 0;
	optind = 1;
	while (!status && (opt = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (opt == ':' || opt == '?')
			return bad_option("matrix", opt, argv[optind - 1]);
		status = parse_option(a, opt, optarg);
	}
	if (status)
		return status;
	a->name = (const char **)argv + optind;
	a->names = argc - optind;
	if (a->scenarios && a->operations)
		return usage_error("matrix: --scenarios and --operations (--show, "
				   "--save-scenarios) exclude each other");
	if (a->operations && a->names)
		return usage_error("matrix: '%s' is too much: --operations makes its own "
				   "scenarios", a->name[0]);
	if (a->operations && a->kernels > 1)
		return usage_error("matrix: --operations is about one --kernel");
	return EXIT_OK;
}

/* ---- what the matrix is about ---- */

/* A kernel by name, with all --set over it. */
static int resolve(const struct matrix_args *a, const char *name, const struct scenario *s,
		   struct matrix_kernel *k)
{
	struct kernel_choice choice = a->set;

	choice.name = name;
	snprintf(k->head, sizeof(k->head), "%s", name);
	return choose_kernel(&choice, s, NULL, &k->kernel, k->name, sizeof(k->name));
}

static int resolve_all(const struct matrix_args *a, const struct scenario *s,
		       struct matrix_kernel **kernel, size_t *n)
{
	const struct preset *preset = kernel_presets(n);
	int status = EXIT_OK;

	if (a->kernels)
		*n = a->kernels;
	*kernel = calloc(*n, sizeof(**kernel));
	if (!*kernel)
		return usage_error("out of memory");
	for (size_t i = 0; i < *n && !status; i++)
		status = resolve(a, a->kernels ? a->kernel[i] : preset[i].name, s, &(*kernel)[i]);
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

	return resolve(a, a->kernels ? a->kernel[0] : "v6.9", &none, k);
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
	char path[4200];

	if (mkdir(folder, 0777) && errno != EEXIST)
		return usage_error("%s: %s", folder, strerror(errno));
	for (size_t i = 0; i < m->scenarios; i++) {
		FILE *out;
		bool bad;

		if (snprintf(path, sizeof(path), "%s/%s.scn", folder, m->scenario[i].name) >=
		    (int)sizeof(path))
			return usage_error("--save-scenarios: the name is too long");
		out = fopen(path, "w");
		if (!out)
			return usage_error("%s: %s", path, strerror(errno));
		bad = fputs(m->scenario[i].text, out) < 0;
		if (fclose(out) || bad)
			return usage_error("%s: %s", path, strerror(errno));
	}
	fprintf(stderr, "saved: %s, %zu scenarios\n", folder, m->scenarios);
	return EXIT_OK;
}

/* ---- running without a screen ---- */

static void say_progress(struct matrix *m)
{
	static size_t shown = SIZE_MAX;
	const struct mcell *c = &m->cell[m->last];

	if (!isatty(STDERR_FILENO) || shown == m->last + m->done * 65536)
		return;
	shown = m->last + m->done * 65536;
	fprintf(stderr, "\r%zu of %zu: %.40s under %.30s\033[K", m->done, m->todo,
		c->scenario[0]->name, c->kernel_name);
}

/* Wait until the table is full, or ctrl-c. */
static void wait_for(struct matrix *m)
{
	pthread_mutex_lock(&m->lock);
	while (m->running && !interrupted) {
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_nsec += 100000000;
		t.tv_sec += t.tv_nsec / 1000000000;
		t.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&m->changed, &m->lock, &t);
		say_progress(m);
	}
	pthread_mutex_unlock(&m->lock);
	matrix_stop(m);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static int report(const struct matrix_args *a, const struct matrix *m)
{
	struct matrix_report r = { .m = m, .folder = a->folder, .width = (int)a->width };
	FILE *out = a->output ? fopen(a->output, "w") : stdout;
	int rows, err = 0;

	if (!out)
		return usage_error("%s: %s", a->output, strerror(errno));
	if (!r.width) {
		r.width = 80;
		if (!a->output && isatty(STDOUT_FILENO))
			tty_size(&rows, &r.width);
	}
	if (a->form == FORM_JSON)
		err = matrix_print_json(&r, out);
	else if (a->form == FORM_MARKDOWN)
		matrix_print_markdown(&r, out);
	else
		matrix_print(&r, out);
	if (err)
		usage_error("out of memory");
	if (a->output && (ferror(out) | fclose(out)))
		err = usage_error("%s: %s", a->output, strerror(errno));
	return err ? EXIT_USAGE : EXIT_OK;
}

static int status_of(const struct matrix *m)
{
	struct matrix_sums s;

	matrix_sum(m, &s);
	if (s.contradict || (m->operations && s.violated))
		return EXIT_VIOLATED;
	return s.unexplained || s.done < s.cells ? EXIT_UNKNOWN : EXIT_OK;
}

/* Is there a terminal to show it on, and nothing else asked for? */
static bool wants_screen(const struct matrix_args *a)
{
	const char *term = getenv("TERM");

	return a->form == FORM_AUTO && !a->output && isatty(STDIN_FILENO) &&
	       isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
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
		wait_for(m);
		status = report(a, m);
		break;
	case -EINTR:
	case -EIO:
		return EXIT_SIGNAL;
	default:
		return usage_error("the terminal cannot be used: %s", strerror(-err));
	}
	return status ? status : status_of(m);
}

static int exec_matrix(int argc, char **argv)
{
	struct matrix_args a = { .max_mib = MEMORY_MIB };
	struct matrix_options o = { 0 };
	struct matrix m = { 0 };
	int status = parse_args(&a, argc, argv);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (!status && a.show)
		return show_pair(&a);
	if (!status)
		status = a.operations ? build_operations(&a, &m) : build_scenarios(&a, &m);
	if (!status && a.folder)
		status = save_scenarios(&m, a.folder);
	if (status)
		goto out;
	o.threads = a.threads ? (unsigned)a.threads : cpus > 0 ? (unsigned)cpus : 1;
	o.max_states = a.max_states;
	o.max_bytes = a.max_mib << 20;
	o.quick = a.quick;
	signal(SIGINT, on_interrupt);
	if (matrix_start(&m, &o)) {
		status = usage_error("no thread can be started");
		goto out;
	}
	status = show(&a, &m);
out:
	if (m.cell)
		matrix_free(&m);
	return status;
}

const struct command cmd_matrix = {
	.name = "matrix",
	.args = "[--scenarios] [SCENARIO...] [--kernel NAME]... [--set SWITCH=VALUE]...\n"
		"          or --operations [--kernel NAME] [--set SWITCH=VALUE]...\n"
		"          [--show A,B[,WORLD]] [--save-scenarios DIR]; both: [--threads N]\n"
		"          [--max-states N] [--max-memory MIB] [--quick] [--text] [--json]\n"
		"          [--markdown] [--width N] [-o FILE]",
	.help = "many verdicts at once: scenarios and kernels, or operations with each other",
	.exec = exec_matrix,
};
