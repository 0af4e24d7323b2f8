/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* memmem() */
#include "traces/import/dat.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <trace-cmd.h>
#include <unistd.h>

#define FLAG_HARDIRQ	0x08	/* of common_flags */
#define FLAG_SOFTIRQ	0x10
#define SCAN		(1 << 20)
#define OVERLAP		512	/* what is looked for is shorter */

struct dat {
	FILE *out;
	struct tep_handle *tep;
	bool counter;		/* stamps are no time */
	char uname[OVERLAP];
};

bool capture_dat_begins(const char *start, size_t n)
{
	static const char magic[] = "\x17\x08\x44tracing";

	return n >= strlen(magic) && !memcmp(start, magic, strlen(magic));
}

/* ---- what the library does not tell ---- */

/* "Linux host 6.8.0-x x86_64", which trace-cmd puts among the file's options. */
static void find_uname(struct dat *d, const char *at, size_t n)
{
	static const char start[] = "Linux ";
	const char *end = at + n;

	while (!*d->uname && (at = memmem(at, (size_t)(end - at), start, strlen(start)))) {
		size_t length = 0;
		const char *release;

		while (at + length < end && length < sizeof(d->uname) - 1 &&
		       isprint((unsigned char)at[length]))
			length++;
		release = memchr(at + strlen(start), ' ', length - strlen(start));
		if (release && isdigit((unsigned char)release[1]) &&
		    memchr(release, '.', length - (size_t)(release - at))) {
			memcpy(d->uname, at, length);
			d->uname[length] = '\0';
		}
		at += strlen(start);
	}
}

/* The clock as tracefs lists it, "local global [counter] uptime", and the kernel's name. */
static const char *look_through(struct dat *d, int fd)
{
	static const char *const untimed[] = { "global [counter]", "[uptime] perf",
					       " tai [x86-tsc]" };
	char *block = malloc(SCAN + OVERLAP);
	off_t at = 0;
	ssize_t n;

	if (!block)
		return "out of memory";
	while ((n = pread(fd, block, SCAN + OVERLAP, at)) > 0) {
		for (size_t i = 0; i < sizeof(untimed) / sizeof(untimed[0]); i++)
			d->counter |= memmem(block, (size_t)n, untimed[i],
					     strlen(untimed[i])) != NULL;
		find_uname(d, block, (size_t)n);
		if (n <= SCAN)
			break;
		at += SCAN;
	}
	free(block);
	return NULL;
}

/* ---- events ---- */

static bool number(struct tep_event *event, const char *name, void *data, unsigned long long *v)
{
	struct tep_format_field *f = tep_find_field(event, name);

	return f && !tep_read_number_field(f, data, v);
}

static void put_symbol(struct dat *d, unsigned long long address, bool offset)
{
	const char *name = tep_find_function(d->tep, address);

	if (!name)
		fprintf(d->out, "0x%llx", address);
	else if (offset)
		fprintf(d->out, "%s+0x%llx/0x0", name,
			address - tep_find_function_address(d->tep, address));
	else
		fputs(name, d->out);
}

/* name=value for every number of an event but the file's own. */
static void put_fields(struct dat *d, struct tep_event *event, void *data, bool syscall)
{
	const char *comma = "";

	for (struct tep_format_field *f = event->format.fields; f; f = f->next) {
		bool plain = !(f->flags & (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_STRING |
					   TEP_FIELD_IS_DYNAMIC));
		unsigned long long v;

		if (!strncmp(f->name, "__", 2) || !plain || tep_read_number_field(f, data, &v))
			continue;
		if (syscall)
			fprintf(d->out, "%s%s: %llx", comma, f->name, v);
		else if (f->flags & TEP_FIELD_IS_SIGNED)
			fprintf(d->out, " %s=%lld", f->name, (long long)v);
		else
			fprintf(d->out, " %s=0x%llx", f->name, v);
		comma = ", ";
	}
}

/* A text without what would end a line. */
static void put_text(struct dat *d, const char *text, size_t n)
{
	while (n && (text[n - 1] == '\n' || !text[n - 1]))
		n--;
	for (size_t i = 0; i < n && text[i]; i++)
		fputc(text[i] == '\n' || text[i] == '\r' ? ' ' : text[i], d->out);
}

static void put_mark(struct dat *d, struct tep_event *event, struct tep_record *record)
{
	struct tep_format_field *f = tep_find_field(event, "buf");
	size_t at = f ? (size_t)f->offset : 0;

	fputs("tracing_mark_write: ", d->out);
	if (f && at < (size_t)record->size)
		put_text(d, (const char *)record->data + at, (size_t)record->size - at);
}

static void put_info(struct dat *d, struct tep_event *event, struct tep_record *record)
{
	struct trace_seq s;

	trace_seq_init(&s);
	tep_print_event(d->tep, &s, record, "%s", TEP_PRINT_INFO);
	fprintf(d->out, "%s: ", event->name);
	put_text(d, s.buffer, s.len);
	trace_seq_destroy(&s);
}

/*
 * Of function_graph: entries and exits as they are recorded, each with its name.  (What the
 * library prints makes one line of a leaf, and takes the exit from whoever reads.)
 */
static bool put_graph(struct dat *d, struct tep_event *event, struct tep_record *record)
{
	const bool enters = !strcmp(event->name, "funcgraph_entry");
	unsigned long long ip, value;

	if ((!enters && strcmp(event->name, "funcgraph_exit") != 0) ||
	    !number(event, "func", record->data, &ip))
		return false;
	fprintf(d->out, "%s: |  %s", event->name, enters ? "" : "} /* ");
	put_symbol(d, ip, false);
	if (enters)
		fputs("() {", d->out);
	else if (number(event, "retval", record->data, &value))
		fprintf(d->out, " ret=0x%llx */", value);
	else
		fputs(" */", d->out);
	return true;
}

static void put_event(struct dat *d, struct tep_event *event, struct tep_record *record)
{
	unsigned long long ip, parent;

	if (number(event, "__probe_func", record->data, &ip) &&
	    number(event, "__probe_ret_ip", record->data, &parent)) {
		fprintf(d->out, "%s: (", event->name);
		put_symbol(d, parent, true);
		fputs(" <- ", d->out);
		put_symbol(d, ip, false);
		fputc(')', d->out);
		put_fields(d, event, record->data, false);
	} else if (number(event, "__probe_ip", record->data, &ip)) {
		fprintf(d->out, "%s: (", event->name);
		put_symbol(d, ip, true);
		fputc(')', d->out);
		put_fields(d, event, record->data, false);
	} else if (!strncmp(event->name, "sys_enter_", 10)) {
		fprintf(d->out, "sys_%s(", event->name + 10);
		put_fields(d, event, record->data, true);
		fputc(')', d->out);
	} else if (!strncmp(event->name, "sys_exit_", 9)) {
		number(event, "ret", record->data, &ip);
		fprintf(d->out, "sys_%s -> 0x%llx", event->name + 9, ip);
	} else if (!strcmp(event->name, "print") && !strcmp(event->system, "ftrace")) {
		put_mark(d, event, record);
	} else if (!strcmp(event->name, "function") &&
		   number(event, "ip", record->data, &ip) &&
		   number(event, "parent_ip", record->data, &parent)) {
		put_symbol(d, ip, false);
		fputs(" <-", d->out);
		put_symbol(d, parent, false);
	} else if (!put_graph(d, event, record)) {
		put_info(d, event, record);
	}
}

/* One record, with the head that the kernel gives it. */
static int put_record(struct tracecmd_input *handle, struct tep_record *record, int cpu, void *arg)
{
	struct dat *d = arg;
	struct tep_event *event = tep_find_event_by_record(d->tep, record);
	int pid = tep_data_pid(d->tep, record), flags = tep_data_flags(d->tep, record);
	const char *comm = tep_data_comm_from_pid(d->tep, pid);

	(void)handle;
	if (record->missed_events)
		fprintf(d->out, "CPU:%d [LOST %lld EVENTS]\n", cpu,
			record->missed_events > 0 ? record->missed_events : 0);
	if (!event)
		return 0;
	for (size_t n = strlen(comm); n < 16; n++)
		fputc(' ', d->out);
	put_text(d, comm, strlen(comm) < 16 ? strlen(comm) : 16);
	fprintf(d->out, "-%-7d [%03d] ..%c..", pid, cpu,
		flags & FLAG_HARDIRQ ? 'h' : flags & FLAG_SOFTIRQ ? 's' : '.');
	if (d->counter)
		fprintf(d->out, " %12llu: ", record->ts);
	else
		fprintf(d->out, " %5llu.%09llu: ", record->ts / 1000000000,
			record->ts % 1000000000);
	put_event(d, event, record);
	fputc('\n', d->out);
	return ferror(d->out) ? -EPIPE : 0;
}

const char *capture_dat_text(int fd, FILE *out)
{
	struct dat d = { .out = out };
	struct tracecmd_input *handle;
	const char *why = look_through(&d, fd);
	int r;

	if (why)
		return why;
	tracecmd_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	handle = tracecmd_open_fd(dup(fd), 0);
	if (!handle)
		return "it is no trace.dat that libtracecmd can read";
	d.tep = tracecmd_get_tep(handle);
	if (*d.uname) {
		fputs("# uname: ", out);
		put_text(&d, d.uname, strlen(d.uname));
		fputc('\n', out);
	}
	r = tracecmd_iterate_events(handle, NULL, 0, put_record, &d);
	tracecmd_close(handle);
	return fflush(out) || r ? "its records cannot be read to their end" : NULL;
}
