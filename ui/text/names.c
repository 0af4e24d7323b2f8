/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/names.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/verify/format.h"
#include "traces/db.h"
#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/text/text.h"

/* Load the first shipped scenario of the bug that has this ID or CVE; -ENOENT. */
static int load_bug(struct scenario *s, const char *name)
{
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario_error err;
		bool is = false;

		if (scenario_load(s, builtin_scenarios[i].name, &err))
			continue;
		is = *s->bug.id && !strcasecmp(s->bug.id, name);
		for (unsigned j = 0; j < s->bug.cves; j++)
			is |= !strcasecmp(s->bug.cve[j], name);
		if (is)
			return 0;
		scenario_free(s);
	}
	return -ENOENT;
}

/* ---- what a file is ---- */

#define LOOK	16384		/* bytes of a text that must have told by then */

/* The line of ftrace's text, "  task-12  [003] d..1.  123.456: event: ..", or its first comment. */
static bool is_capture_line(const char *line, size_t n)
{
	const char *cpu = memchr(line, '[', n);
	size_t digits = cpu ? strspn(cpu + 1, "0123456789") : 0;

	if (n > 9 && !strncmp(line, "# tracer:", 9))
		return true;
	return digits && cpu > line && cpu[-1] == ' ' && cpu[1 + digits] == ']' &&
	       memchr(cpu, ':', n - (size_t)(cpu - line));
}

static enum file_kind text_kind(const char *text)
{
	static const char *const section[] = { "[scenario]", "[page ", "[task ", "[expect]",
					       "[bug]" };

	for (const char *line = text; *line; line += strspn(line, "\n")) {
		size_t n = strcspn(line, "\n");

		for (size_t i = 0; i < sizeof(section) / sizeof(section[0]); i++)
			if (!strncmp(line, section[i], strlen(section[i])))
				return FILE_SCENARIO;
		if (is_capture_line(line, n))
			return FILE_CAPTURE;
		line += n;
	}
	return FILE_UNKNOWN;
}

enum file_kind file_kind(const char *path)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum file_kind kind;
	} magic[] = {
		{ "SQLite format 3", 16, FILE_DATABASE },
		{ "\x17\x08" "Dtracing", 10, FILE_CAPTURE },
		{ CERTIFICATE_NAME, sizeof(CERTIFICATE_NAME) - 1, FILE_CERTIFICATE },
		{ "\x1f\x8b", 2, FILE_COMPRESSED }, { "\xfd" "7zXZ", 6, FILE_COMPRESSED },
		{ "\x28\xb5\x2f\xfd", 4, FILE_COMPRESSED }, { "BZh", 3, FILE_COMPRESSED },
	};
	char text[LOOK + 1];
	struct stat st;
	size_t n = 0;
	FILE *file;

	if (stat(path, &st) || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return FILE_UNKNOWN;		/* a FIFO would block */
	if (S_ISDIR(st.st_mode))
		return FILE_FOLDER;
	switch (db_identify(path, NULL)) {
	case 0:
	case -ENOTSUP:
	case -EBADMSG:
		return FILE_TRACE;
	}
	file = fopen(path, "rb");
	if (file) {
		n = fread(text, 1, LOOK, file);
		fclose(file);
	}
	text[n] = '\0';
	for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
		if (n >= magic[i].n && !memcmp(text, magic[i].bytes, magic[i].n))
			return magic[i].kind;
	return strlen(text) == n ? text_kind(text) : FILE_UNKNOWN;
}

const char *run_file(const char *name, char *path, size_t size)
{
	const char *colon = strrchr(name, ':');

	snprintf(path, size, "%s", name);
	if (colon && colon[1] && !colon[1 + strspn(colon + 1, "0123456789")] &&
	    access(path, F_OK) && (size_t)(colon - name) < size)
		path[colon - name] = '\0';
	return path;
}

int other_file(const char *name, enum file_kind needed)
{
	static const char *const text[] = {
		[FILE_TRACE] = "a trace of recorded runs", [FILE_SCENARIO] = "a scenario",
		[FILE_CAPTURE] = "a capture of a kernel",
		[FILE_CERTIFICATE] = "a certificate of states",
		[FILE_COMPRESSED] = "a compressed file",
		[FILE_DATABASE] = "an SQLite database, but not a swapscope trace",
		[FILE_FOLDER] = "a folder",
	};
	static const char *const taken[] = {
		[FILE_TRACE] = "view, list runs, findings and check take it",
		[FILE_SCENARIO] = "explore, run and matrix take it",
		[FILE_CAPTURE] = "import makes a trace of it",
		[FILE_CERTIFICATE] = "verify takes it",
		[FILE_COMPRESSED] = "import takes it if it is a capture",
		[FILE_DATABASE] = "no command takes it",
		[FILE_FOLDER] = "one of its files may be meant",
	};
	char path[4096], clean[SHOWN_MAX];
	enum file_kind kind;

	kind = file_kind(run_file(name, path, sizeof(path)));
	if (kind == FILE_UNKNOWN || kind == needed ||
	    (kind == FILE_COMPRESSED && needed == FILE_CAPTURE))
		return EXIT_OK;
	return usage_error("%s is %s, and %s is needed; %s", shown(path, clean), text[kind],
			   text[needed], taken[kind]);
}

/* ---- scenarios and runs by name ---- */

int load_scenario(struct scenario *s, const char *name)
{
	const char *names[64];
	struct scenario_error err;
	char near[HINT_MAX];
	size_t n = 0;

	switch (scenario_load(s, name, &err)) {
	case 0:
		return EXIT_OK;
	case -ENOENT:
		if (!load_bug(s, name))
			return EXIT_OK;
		if (other_file(name, FILE_SCENARIO))
			return EXIT_USAGE;
		while (n < builtin_scenario_count && n < 64) {
			names[n] = builtin_scenarios[n].name;
			n++;
		}
		return usage_error("no scenario or file '%.200s'%s (%s)%s; 'swapscope list "
				   "scenarios' shows the shipped ones", name,
				   strlen(name) > 200 ? ".." : "", err.text,
				   hint(near, name, names, n));
	case -ENOMEM:
		return usage_error("out of memory");
	default:
		if (other_file(name, FILE_SCENARIO))
			return EXIT_USAGE;
		if (err.line)
			return usage_error("%s:%u: %s", name, err.line, err.text);
		return usage_error("%s: %s", name, err.text);
	}
}

int open_run(struct trace **t, const char *command, const char *arg)
{
	const char *colon = strrchr(arg, ':');
	char path[4096], err[TRACE_ERROR_MAX];
	uint64_t run = 0;
	FILE *probe;
	int status;

	if (strlen(arg) >= sizeof(path))
		return usage_error("%s: a file name is at most %zu bytes", command,
				   sizeof(path) - 1);
	strcpy(path, arg);
	probe = fopen(path, "r");
	if (probe) {
		fclose(probe);
	} else if (colon) {
		status = number_argument("run", colon + 1, INT32_MAX, &run);
		if (status)
			return status;
		path[colon - arg] = '\0';
	}
	if (trace_open(t, path, (int)run, err))
		return cannot_open(path, err);
	return EXIT_OK;
}

static bool is_graph(const struct trace *t)
{
	const char *path = trace_path(t);
	struct trace_summary *list = NULL;
	char err[TRACE_ERROR_MAX];
	bool graph = false;
	int n;

	if (trace_info(t)->events || !path)
		return false;
	n = trace_list(path, NULL, 0, err);
	if (n > 0)
		list = calloc((size_t)n, sizeof(*list));
	if (list) {
		int have = trace_list(path, list, (size_t)n, err);

		for (int i = 0; i < have && i < n; i++)
			graph |= list[i].run == trace_info(t)->id && list[i].kind == RUN_GRAPH;
	}
	free(list);
	return graph;
}

int open_steps(struct trace **t, const char *command, const char *arg)
{
	char name[SHOWN_MAX];
	int status = open_run(t, command, arg);

	if (status || !is_graph(*t))
		return status;
	trace_free(*t);
	*t = NULL;
	return usage_error("%s: %s is a graph, all states of an exploration, and no run: "
			   "'swapscope sql' asks it", command, shown(arg, name));
}

int cannot_open(const char *path, const char *err)
{
	return other_file(path, FILE_TRACE) ? EXIT_USAGE : usage_error("%s", err);
}

int whole_file(const char *command, const char *path)
{
	const char *colon = strrchr(path, ':');
	char file[4096];

	if (!colon || !access(path, F_OK) || colon[1 + strspn(colon + 1, "0123456789")])
		return EXIT_OK;
	snprintf(file, sizeof(file), "%.*s", (int)(colon - path), path);
	return access(file, F_OK) ? EXIT_OK :
	       usage_error("%s: it takes a whole file: %s, not %s", command, file, path);
}

const char *run_words(const struct trace_summary *r, char *buf)
{
	char steps[COUNTED_MAX], more[COUNTED_MAX], end[160] = "";
	const char *kind = run_kind_name(r->kind);

	if (r->findings > 1)
		snprintf(more, sizeof(more), " and %s more", grouped(r->findings - 1, steps));
	else
		*more = '\0';
	if (r->findings)
		snprintf(end, sizeof(end), ", %s at step %s%s", r->property,
			 grouped(r->position, steps), more);
	if (r->kind != RUN_MODEL && strcmp(r->scenario, kind))
		snprintf(more, sizeof(more), " (%s)", kind);
	else
		*more = '\0';
	snprintf(buf, RUN_WORDS_MAX, "%s%s%s%s: %s%s%s%s", r->scenario,
		 *r->scenario && *r->kernel ? " under " : "", r->kernel, more,
		 counted(r->events, "step", steps), end, r->ended ? "" : ", not ended",
		 r->kind == RUN_CAPTURE && !*r->kernel ? ", explained by no kernel" : "");
	return buf;
}

int add_set(struct kernel_choice *c, const char *set)
{
	if (c->sets == SWITCH_COUNT * 2)
		return usage_error("too many --set options");
	c->set[c->sets++] = set;
	return EXIT_OK;
}

/* `why` is what kernel_named() says.  Of a release that there is not, a digit may be too much. */
static int unknown_kernel(const char *name, bool release, const char *why)
{
	const char *names[64];
	const struct preset *p;
	char near[HINT_MAX];
	size_t presets, n = 0;

	p = kernel_presets(&presets);
	for (size_t i = 0; i < presets && n < 64; i++)
		if (!release || (!strncmp(name, p[i].name, strlen(p[i].name)) &&
				 isdigit((unsigned char)name[strlen(p[i].name)])))
			names[n++] = p[i].name;
	hint(near, name, names, n);
	return usage_error("no kernel '%.60s'%s: %s%s; 'swapscope list kernels' has all", name,
			   strlen(name) > 60 ? ".." : "", why, near);
}

static int bad_switch(const char *set)
{
	enum kernel_switch s = kernel_switch_named(set);
	const char *names[SWITCH_COUNT];
	char near[HINT_MAX], name[64];

	if (s < SWITCH_COUNT)
		return usage_error("--set %s: %s is one of %s", set, kernel_switches[s].name,
				   kernel_switches[s].values);
	if (!strchr(set, '='))
		return usage_error("--set %s: SWITCH=VALUE is needed; 'swapscope list switches' "
				   "shows them", set);
	for (unsigned i = 0; i < SWITCH_COUNT; i++)
		names[i] = kernel_switches[i].name;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(set, "="), set);
	return usage_error("--set %s: no switch '%s'%s; 'swapscope list switches' shows them", set,
			   name, hint(near, name, names, SWITCH_COUNT));
}

int choose_kernel(const struct kernel_choice *c, const struct scenario *s, const char *other,
		  struct kernel *k, char *text, size_t size)
{
	const char *name = c->name || s ? c->name : other;
	char said[KERNEL_SAID_MAX];
	int err;

	if (s)
		*k = s->kernel;
	err = name ? kernel_named(k, name, said, sizeof(said)) : 0;
	if (err)
		return unknown_kernel(name, err == -ERANGE, said);
	if (name && strcmp(name, said))
		fprintf(stderr, "swapscope: --kernel %s: taken for %s\n", name, said);
	snprintf(text, size, "%s", name ? said : s->kernel_name);
	return choose_switches(c, k, text, size);
}

void name_switch(char *text, size_t size, const char *set)
{
	const size_t name = strcspn(set, "=") + 1;
	char *word = text;
	size_t n;

	while ((word = strchr(word, ' '))) {
		if (!strncmp(word + 1, set, name)) {
			const char *rest = word + 1 + strcspn(word + 1, " ");

			memmove(word, rest, strlen(rest) + 1);
		} else {
			word++;
		}
	}
	n = strlen(text);
	snprintf(text + n, size - n, " %s", set);
}

int check_switches(const struct kernel_choice *c, struct kernel *k)
{
	for (unsigned i = 0; i < c->sets; i++)
		if (kernel_set(k, c->set[i]))
			return bad_switch(c->set[i]);
	return EXIT_OK;
}

int choose_switches(const struct kernel_choice *c, struct kernel *k, char *text, size_t size)
{
	int status = check_switches(c, k);

	for (unsigned i = 0; i < c->sets && !status; i++)
		name_switch(text, size, c->set[i]);
	for (unsigned i = 0; i < c->sets && !status; i++) {
		char where[64];

		if (kernel_moot(k, kernel_switch_named(c->set[i]), where, sizeof(where)))
			fprintf(stderr, "swapscope: --set %s: without effect where %s\n",
				c->set[i], where);
	}
	return status;
}

int number_argument(const char *option, const char *text, uint64_t max, uint64_t *v)
{
	char *end;

	errno = 0;
	*v = strtoull(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || !*v || *v > max)
		return usage_error("%s %s: a number from 1 to %llu is needed", option, text,
				   (unsigned long long)max);
	return EXIT_OK;
}

/* ---- runs that are recorded for being read ---- */

static int record_all(const char *path, const struct execution *const *x,
		      const struct run_meta *meta, unsigned n, char *err)
{
	struct trace_writer *tw;
	int r = trace_create(&tw, path, TRACE_SCRATCH, err);

	if (r)
		return r;
	for (unsigned i = 0; i < n && r >= 0; i++)
		r = trace_execution(tw, x[i], &meta[i]);
	if (r < 0)
		snprintf(err, TRACE_ERROR_MAX, "%s", trace_error(tw));
	if (trace_close(tw) && r >= 0) {
		r = -EIO;
		snprintf(err, TRACE_ERROR_MAX, "a recording could not be finished");
	}
	return r < 0 ? r : 0;
}

int record_and_open(const struct execution *const *x, const struct run_meta *meta, unsigned n,
		    struct trace **t, char *err)
{
	char path[4096];
	unsigned open = 0;
	int r = trace_place(path, sizeof(path), err);

	if (r)
		return r;
	r = record_all(path, x, meta, n, err);
	for (; open < n && !r; open++)
		r = trace_open(&t[open], path, (int)open + 1, err);
	trace_unplace(path);
	if (r)
		for (unsigned i = 0; i + 1 < open; i++)
			trace_free(t[i]);
	return r;
}
