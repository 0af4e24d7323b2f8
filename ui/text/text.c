/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "core/text.h"
#include "traces/db.h"
#include "traces/read/read.h"
#include "traces/write/write.h"

int usage_error(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	text_clean(text, text, false);	/* one line, and nothing that a terminal would obey */
	fprintf(stderr, "swapscope: %s\n", text);
	return EXIT_USAGE;
}

/* ---- near misses ---- */

const char *hint(char *buf, const char *typed, const char *const *names, size_t n)
{
	size_t least = strlen(typed) / 2 + 1;

	*buf = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t d = text_distance(typed, names[i]);

		if (d >= least)
			continue;
		least = d;
		snprintf(buf, HINT_MAX, "; did you mean '%s'?", names[i]);
	}
	return buf;
}

const char *verdict_name(enum verdict v)
{
	static const char *const name[] = {
		[VERDICT_SAFE] = "safe", [VERDICT_VIOLATED] = "violated",
		[VERDICT_BOUNDED] = "bounded",
	};

	return name[v];
}

void found_verdict(enum property p, size_t steps, uint64_t states, char *buf)
{
	char n[COUNTED_MAX], m[COUNTED_MAX];

	snprintf(buf, VERDICT_TEXT_MAX, "%s: shortest %s, %s, found in %s",
		 properties[p].kind == COST ? "a cost" : "violated", properties[p].name,
		 counted(steps, "step", m), counted(states, "state", n));
}

void searched_verdict(enum verdict v, bool complete, uint64_t states, uint64_t transitions,
		      char *buf)
{
	char n[COUNTED_MAX], m[COUNTED_MAX];

	snprintf(buf, VERDICT_TEXT_MAX, "%s: %s, %s, exact",
		 v == VERDICT_SAFE ? "safe in every interleaving" :
		 v == VERDICT_BOUNDED && complete ?
		 "bounded, safe of all but LIVELOCK, not looked for to the end" : verdict_name(v),
		 counted(states, "state", n), counted(transitions, "transition", m));
}

const char *bound_text(bool complete, const char *bound, uint64_t max_mib, char *buf)
{
	char option[40] = "";

	if (max_mib && !strcmp(bound, "memory"))
		snprintf(option, sizeof(option), " (--max-memory %llu)",
			 (unsigned long long)max_mib);
	snprintf(buf, BOUND_TEXT_MAX, "%s%s%s", bound, option, complete ?
		 ": all states were seen, but LIVELOCK was not looked for to the end" : "");
	return buf;
}

cJSON *unknown_json(uint32_t known, uint32_t found)
{
	cJSON *array = cJSON_CreateArray();

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (!((known | found) >> p & 1))
			cJSON_AddItemToArray(array, cJSON_CreateString(properties[p].name));
	return array;
}

unsigned output_width(FILE *out)
{
	struct winsize size = { 0 };
	int fd = fileno(out);

	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) || size.ws_col < 40)
		return 80;
	return size.ws_col > 160 ? 160 : size.ws_col;
}

void print_wrapped(FILE *out, int width, int indent, const char *text)
{
	bool begun = false;
	int x = 0;

	while (*text) {
		int blanks = (int)strspn(text, " "), n = (int)strcspn(text + blanks, " \n");

		if (*text == '\n') {
			fputc(*text++, out);
			begun = false;
			x = 0;
			continue;
		}
		if (begun && x + blanks + n > width) {
			fprintf(out, "\n%*s", indent, "");
			x = indent;
		} else {
			x += fprintf(out, "%*s", blanks, "");
		}
		x += fprintf(out, "%.*s", n, text + blanks);
		begun = true;
		text += blanks + n;
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

cJSON *switches_json(const struct kernel *k)
{
	cJSON *o = cJSON_CreateObject();
	char value[32];

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++)
		cJSON_AddStringToObject(o, kernel_switches[s].name,
					switch_value(s, kernel_get(k, s), value, sizeof(value)));
	return o;
}

int json_print(FILE *out, const cJSON *o)
{
	char *text = cJSON_Print(o);

	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	cJSON_free(text);
	return 0;
}

void print_question(FILE *out, const struct scenario *s, const char *kernel_name,
		    const struct kernel *k)
{
	char text[KERNEL_TEXT_MAX], name[SHOWN_MAX];

	fprintf(out, "%s: %s\n", shown(s->name, name), s->title);
	fprintf(out, "kernel       %s\n%13s", kernel_name, "");
	print_wrapped(out, PRINT_WIDTH - 13, 13, kernel_text(k, text));
	fprintf(out, "world        %s, %u slot%s, %u page%s, zswap pool of %u, tasks",
		device_name(s->hw.device), s->hw.slots, s->hw.slots == 1 ? "" : "s", s->hw.pages,
		s->hw.pages == 1 ? "" : "s", s->hw.entries);
	for (unsigned i = 0; i < s->tasks; i++)
		fprintf(out, " %s", s->program[i].name);
	fputc('\n', out);
}

FILE *print_begin(struct output *o, const char *path)
{
	char err[OUTPUT_ERROR_MAX];

	*o = (struct output){ .file = stdout };
	if (path && output_open(o, path, err))
		usage_error("%s", err);
	return o->file;
}

int print_end(struct output *o, int error)
{
	char err[OUTPUT_ERROR_MAX];

	if (!o->path)
		return error;
	if (error)
		output_drop(o);
	else if (output_commit(o, err))
		error = usage_error("%s", err);
	return error;
}

static volatile sig_atomic_t was_interrupted;

static void on_interrupt(int sig)
{
	was_interrupted = 1;
	signal(sig, output_on_signal);	/* who does not want to wait asks again */
}

void heed_interrupt(void)
{
	signal(SIGINT, on_interrupt);
}

bool interrupted(void)
{
	return was_interrupted;
}

bool until_interrupted(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	(void)arg;
	(void)states;
	(void)transitions;
	(void)depth;
	return !interrupted();
}

int end_saving(struct trace_writer *tw, const char *path, int err)
{
	int status = err < 0 ? usage_error("%s: %s", path, trace_error(tw)) : EXIT_OK;

	if (trace_close(tw) && !status)
		status = usage_error("%s could not be finished", path);
	return status;
}

void say_saved(const char *path, int first, int last)
{
	char name[SHOWN_MAX];

	path = shown(path, name);
	if (first == last)
		fprintf(stderr, "saved: %s, run %d", path, first);
	else
		fprintf(stderr, "saved: %s, runs %d to %d", path, first, last);
	fprintf(stderr, " (swapscope view %s:%d)\n", path, first);
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

const char *counted(uint64_t n, const char *one, char *buf)
{
	const char *of = strstr(one, " of "), *s = "s";
	int word = (int)(of ? (size_t)(of - one) : strlen(one));
	char number[32];

	if (n == 1)
		s = "";
	else if (word > 1 && strchr("sxh", one[word - 1]))	/* losses, boxes, stretches */
		s = "es";
	snprintf(buf, COUNTED_MAX, "%s %.*s%s%s", grouped(n, number), word, one, s, one + word);
	return buf;
}

const char *shown(const char *text, char *buf)
{
	size_t n = strnlen(text, SHOWN_MAX - 1);

	while (text[n] && n && (text[n] & 0xc0) == 0x80)	/* no half of a character */
		n--;
	memcpy(buf, text, n);
	buf[n] = '\0';
	text_clean(buf, buf, false);
	return buf;
}

/* ---- notes ---- */

const char *moment_text(int64_t when, bool utc, char buf[MOMENT_MAX])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (!(utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)) ||
	    !strftime(buf, MOMENT_MAX, utc ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d %H:%M", &tm))
		strcpy(buf, "at no time that there is");
	return buf;
}

const char *note_words(const struct trace_note *n, char *buf)
{
	char when[MOMENT_MAX], letter[3] = { ' ', n->letter, '\0' };

	snprintf(buf, NOTE_WORDS_MAX, "%.60s%s%s%.340s%s%s", n->kind, n->letter ? letter : "",
		 *n->author ? " by " : "", n->author, n->when ? ", " : "",
		 n->when ? moment_text(n->when, false, when) : "");
	return buf;
}

void print_note(FILE *out, int width, int indent, const struct trace_note *n)
{
	char words[NOTE_WORDS_MAX];

	fprintf(out, "%s\n", note_words(n, words));
	for (const char *line = n->text; *line;) {
		size_t length = strcspn(line, "\n");
		char *one = strndup(line, length);

		if (one && *one) {
			fprintf(out, "%*s", indent + 2, "");
			print_wrapped(out, width - indent - 2, indent + 2, one);
		}
		free(one);
		line += length + (line[length] == '\n');
	}
}

void notes_json(cJSON *list, const struct trace *t)
{
	char when[MOMENT_MAX];
	size_t notes;
	const struct trace_note *n = trace_notes(t, &notes);

	for (size_t i = 0; i < notes; i++) {
		cJSON *o = n[i].remark ? cJSON_CreateObject() : NULL;

		if (!o)
			continue;
		cJSON_AddNumberToObject(o, "note", (double)n[i].id);
		cJSON_AddNumberToObject(o, "run", trace_info(t)->id);
		cJSON_AddNumberToObject(o, "step", (double)n[i].position);
		cJSON_AddStringToObject(o, "kind", n[i].kind);
		if (n[i].letter)
			cJSON_AddStringToObject(o, "mark", (char[]){ n[i].letter, '\0' });
		cJSON_AddStringToObject(o, "author", n[i].author);
		if (n[i].when)
			cJSON_AddStringToObject(o, "time", moment_text(n[i].when, true, when));
		cJSON_AddStringToObject(o, "text", n[i].text);
		cJSON_AddItemToArray(list, o);
	}
}
