/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/command/command.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/terminal/loop.h"

int usage_error(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	/* one line, and nothing of a name that a terminal would obey */
	for (char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
	fprintf(stderr, "swapscope: %s\n", text);
	return EXIT_USAGE;
}

/* ---- near misses ---- */

static size_t distance(const char *a, const char *b)
{
	size_t row[64], na = strlen(a), nb = strlen(b);

	if (na >= 64 || nb >= 64)
		return 64;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *hint(char *buf, const char *typed, const char *const *names, size_t n)
{
	size_t least = strlen(typed) / 2 + 1;

	*buf = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t d = distance(typed, names[i]);

		if (d >= least)
			continue;
		least = d;
		snprintf(buf, HINT_MAX, "; did you mean '%s'?", names[i]);
	}
	return buf;
}

int bad_option(const char *command, int opt, const char *word)
{
	if (opt == ':')
		return usage_error("%s: %s needs a value", command, word);
	return usage_error("%s: no option '%s'; 'swapscope --help' shows how", command, word);
}

/* ---- what the command line names ---- */

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
		while (n < builtin_scenario_count && n < 64) {
			names[n] = builtin_scenarios[n].name;
			n++;
		}
		return usage_error("no scenario or file '%s' (%s)%s; 'swapscope list scenarios' "
				   "shows the shipped ones", name, err.text,
				   hint(near, name, names, n));
	case -ENOMEM:
		return usage_error("out of memory");
	default:
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
		return usage_error("%s", err);
	return EXIT_OK;
}

int add_set(struct kernel_choice *c, const char *set)
{
	if (c->sets == SWITCH_COUNT * 2)
		return usage_error("too many --set options");
	c->set[c->sets++] = set;
	return EXIT_OK;
}

static int unknown_kernel(const char *name, const char *nearest)
{
	const char *names[64];
	const struct preset *p;
	char near[HINT_MAX];
	size_t n;

	p = kernel_presets(&n);
	for (size_t i = 0; i < n && i < 64; i++)
		names[i] = p[i].name;
	if (*hint(near, name, names, n) || strspn(name, "v0123456789.") != strlen(name))
		return usage_error("no kernel '%s'%s; 'swapscope list kernels' shows them", name,
				   near);
	return usage_error("no kernel '%s', the nearest are %s; 'swapscope list kernels' shows "
			   "them", name, nearest);
}

static int bad_switch(const char *set)
{
	enum kernel_switch s = kernel_switch_named(set);

	if (s < SWITCH_COUNT)
		return usage_error("--set %s: %s is one of %s", set, kernel_switches[s].name,
				   kernel_switches[s].values);
	if (!strchr(set, '='))
		return usage_error("--set %s: SWITCH=VALUE is needed; 'swapscope list switches' "
				   "shows them", set);
	return usage_error("--set %s: no switch '%.*s'; 'swapscope list switches' shows them", set,
			   (int)strcspn(set, "="), set);
}

int choose_kernel(const struct kernel_choice *c, const struct scenario *s, const char *other,
		  struct kernel *k, char *text, size_t size)
{
	const char *name = c->name || s ? c->name : other;
	char near[160];

	if (s)
		*k = s->kernel;
	if (name && kernel_named(k, name, near, sizeof(near)))
		return unknown_kernel(name, near);
	snprintf(text, size, "%s", name ? name : s->kernel_name);
	return choose_switches(c, k, text, size);
}

/* " load=exclusive", which another value of the switch follows. */
static void drop_switch(char *text, const char *set)
{
	const size_t name = strcspn(set, "=") + 1;
	char *word = text;

	while ((word = strchr(word, ' '))) {
		if (!strncmp(word + 1, set, name)) {
			const char *rest = word + 1 + strcspn(word + 1, " ");

			memmove(word, rest, strlen(rest) + 1);
		} else {
			word++;
		}
	}
}

int choose_switches(const struct kernel_choice *c, struct kernel *k, char *text, size_t size)
{
	for (unsigned i = 0; i < c->sets; i++) {
		size_t n;

		if (kernel_set(k, c->set[i]))
			return bad_switch(c->set[i]);
		drop_switch(text, c->set[i]);
		n = strlen(text);
		snprintf(text + n, size - n, " %s", c->set[i]);
	}
	return EXIT_OK;
}

const char *verdict_name(enum verdict v)
{
	static const char *const name[] = {
		[VERDICT_SAFE] = "safe", [VERDICT_VIOLATED] = "violated",
		[VERDICT_BOUNDED] = "bounded",
	};

	return name[v];
}

void print_wrapped(FILE *out, int width, int indent, const char *text)
{
	int x = 0;

	while (*text == ' ' && fputc(*text, out))
		text++;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (x && x + 1 + n > width) {
			fprintf(out, "\n%*s", indent, "");
			x = indent;
		} else if (x) {
			fputc(' ', out);
			x++;
		}
		x += fprintf(out, "%.*s", n, text);
		text += n + (text[n] == ' ');
	}
	fputc('\n', out);
}

const char *kernel_text(const struct kernel *k, char *buf)
{
	char value[32];
	size_t n = 0;

	for (enum kernel_switch s = 0; s < SWITCH_COUNT && n < KERNEL_TEXT_MAX; s++)
		n += (size_t)snprintf(buf + n, KERNEL_TEXT_MAX - n, "%s%s=%s", n ? " " : "",
				      kernel_switches[s].name,
				      switch_value(s, kernel_get(k, s), value, sizeof(value)));
	return buf;
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

void say_saved(const char *path, int first, int last)
{
	if (first == last)
		fprintf(stderr, "saved: %s, run %d", path, first);
	else
		fprintf(stderr, "saved: %s, runs %d to %d", path, first, last);
	fprintf(stderr, " (swapscope view %s:%d)\n", path, first);
}

void print_quoted(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\'", out);
		fputc(*word, out);
	}
	fputc('\'', out);
}

void print_kernel_options(FILE *out, const char *name)
{
	const char *option = " --kernel ";

	while (*name) {
		size_t n = strcspn(name, " ");

		fprintf(out, "%s%.*s", option, (int)n, name);
		name += n + strspn(name + n, " ");
		option = " --set ";
	}
}

const char *grouped(uint64_t v, char *buf)
{
	char digits[32];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
	char *out = buf;

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[i];
		if ((n - 1 - i) % 3 == 0 && i + 1 < n)
			*out++ = ',';
	}
	*out = '\0';
	return buf;
}

/* ---- a bug and its repair ---- */

void broken_verdict(const struct repair *r, char *buf)
{
	char n[32];

	snprintf(buf, VERDICT_TEXT_MAX, "%s: shortest %s, %zu steps, found in %s states",
		 properties[r->property].kind == COST ? "a cost" : "violated",
		 properties[r->property].name, r->schedule.n, grouped(r->broken.states, n));
}

void fixed_verdict(const struct repair *r, char *buf)
{
	char n[32], m[32];

	snprintf(buf, VERDICT_TEXT_MAX, "%s: %s states, %s transitions, exact",
		 r->fixed.verdict == VERDICT_SAFE ? "safe in every interleaving" :
		 r->fixed.verdict == VERDICT_BOUNDED ? "bounded" : "violated",
		 grouped(r->fixed.states, n), grouped(r->fixed.transitions, m));
}

int record_repair(struct trace_writer *tw, const struct repair *r, const char *title,
		  const char *const kernel_name[2], int run[2])
{
	char verdict[2][VERDICT_TEXT_MAX];
	const struct execution *x[2] = { &r->broken.run, &r->fixed.run };

	broken_verdict(r, verdict[0]);
	fixed_verdict(r, verdict[1]);
	for (int side = 0; side < 2; side++) {
		struct run_meta meta = { .title = title, .kernel_name = kernel_name[side],
					 .verdict = verdict[side],
					 .repeats = !side && r->loop < r->schedule.n,
					 .loop = r->loop };

		run[side] = trace_execution(tw, x[side], &meta);
		if (run[side] < 0)
			return run[side];
	}
	return 0;
}

static int print_chapters(const struct chapter *chapters, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i)
			fputc('\n', stdout);
		view_print(&chapters[i], stdout);
	}
	return fflush(stdout) ? usage_error("standard output: %s", strerror(errno)) : EXIT_OK;
}

int show_chapters(struct chapter *chapters, unsigned n, bool plain)
{
	const char *term = getenv("TERM");
	struct view v;
	int err;

	if (plain || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) || !term ||
	    !strcmp(term, "dumb"))
		return print_chapters(chapters, n);
	view_init(&v, chapters, n);
	err = loop_run(&v);
	switch (err) {
	case 0:
		return EXIT_OK;
	case -EINTR:	/* a signal ended it: nothing to say */
	case -EIO:	/* the terminal went away: nobody to say it to */
		return EXIT_SIGNAL;
	case -ENOTTY:
	case -ENOTSUP:
		return print_chapters(chapters, n);
	default:
		return usage_error("the terminal (TERM=%s) cannot be used: %s", term,
				   strerror(-err));
	}
}
