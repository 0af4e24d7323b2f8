/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of perf script:
 *
 *	<comm> <pid>[/<tid>] [<cpu>] <time>: [<period>] <group>:<event>: (<addresses>) <values>
 *
 * The addresses have no names; an event is called after its function, by perf probe or by the
 * probe table (`perf record -e 'swapscope:*'`).
 */
#define _GNU_SOURCE	/* memmem() of span.h */
#include <stdio.h>

#include "traces/capture/span.h"
#include "traces/import/form.h"

#define COMM_MAX	64	/* where the head's [cpu] is looked for */

struct perf_head {
	struct span comm, event;	/* from the event's name on */
	uint64_t tid, cpu, stamp;
};

/* "876" or "875/876", and the comm before it: what stands before [cpu]. */
static bool parse_task(struct span s, struct perf_head *h)
{
	size_t end, i;

	s = trim(s);
	end = s.n;
	while (end && is_digit(s.at[end - 1]))
		end--;
	i = end;
	if (!digits(s, &i, INT32_MAX, &h->tid) || i != s.n)
		return false;
	if (end && s.at[end - 1] == '/') {
		end--;
		while (end && is_digit(s.at[end - 1]))
			end--;
	}
	h->comm = trim((struct span){ s.at, end });
	return !end || s.at[end - 1] == ' ' || s.at[end - 1] == '\t';
}

/* From the [ on. */
static bool parse_rest(struct span s, struct perf_head *h)
{
	size_t i = 1, at;
	bool counter;
	uint64_t period;

	if (!digits(s, &i, UINT16_MAX, &h->cpu) || i >= s.n || s.at[i] != ']')
		return false;
	i = blanks(s, i + 1);
	if (!capture_stamp(s, &i, &h->stamp, &counter) || counter || i >= s.n || s.at[i] != ':')
		return false;
	i = at = blanks(s, i + 1);
	if (digits(s, &i, UINT64_MAX, &period) && i < s.n && s.at[i] == ' ')
		at = blanks(s, i);
	h->event = from(s, at);
	return h->event.n && is_name(*h->event.at);
}

static bool parse_head(struct span s, struct perf_head *h)
{
	for (size_t i = 1; i < s.n && i < COMM_MAX; i++)
		if (s.at[i] == '[' && parse_task((struct span){ s.at, i }, h) &&
		    parse_rest(from(s, i), h))
			return true;
	return false;
}

/* "group:event: rest": the event, and what comes behind; `probe:a: b` has its b. */
static bool split_event(struct span s, struct span *group, struct span *name, struct span *rest)
{
	size_t n = 0, m;

	while (n < s.n && is_name(s.at[n]))
		n++;
	for (m = n + 1; m < s.n && (is_name(s.at[m]) || s.at[m] == '.'); m++)
		;
	if (!n || n >= s.n || s.at[n] != ':' || m == n + 1 || m >= s.n || s.at[m] != ':')
		return false;
	*group = (struct span){ s.at, n };
	*name = (struct span){ s.at + n + 1, m - n - 1 };
	*rest = trim(from(s, m + 1));
	return true;
}

/* The value of "start: 0x7f68fb62c000, ..": of madvise(), munmap() ... */
static void take_address(struct span s, struct capture_line *l)
{
	size_t at = find(s, "start: ");

	if (at == s.n)
		at = find(s, "addr: ");
	if (at == s.n)
		return;
	s = from(s, at + find(from(s, at), " ") + 1);
	s.n = find(s, ",");
	if (capture_number(trim(s), &l->e.addr))
		l->e.mask |= HAS_ADDR;
}

/* syscalls:sys_enter_madvise, sys_exit_madvise: "sys_madvise", as ftrace has it. */
static void take_syscall(struct form *f, struct span name, struct span rest,
			 struct capture_line *l)
{
	const size_t n = starts(name, "sys_enter_") ? 10 : 9;
	uint64_t v;
	int size = snprintf(f->values, sizeof(f->values), "sys_%.*s",
			    (int)(name.n - n < 60 ? name.n - n : 60), name.at + n);

	l->kind = LINE_EVENT;
	l->name = l->symbol = (struct span){ f->values, (size_t)size };
	l->e.side = n == 10 ? SIDE_SYSCALL : SIDE_SYSCALL_RETURN;
	if (n == 10) {
		take_address(rest, l);
	} else if (capture_number(rest, &v)) {
		l->e.ret = (int64_t)v;
		l->e.mask |= HAS_RET;
	}
}

/*
 * What perf probe calls a return's value by itself, "arg1", is that of the function; what else a
 * return says has its name.
 */
static struct span return_values(struct form *f, struct span symbol, struct span values)
{
	static const char arg1[] = "arg1=";
	struct span value = values;

	values = trim(values);
	if (!starts(values, arg1))
		return values;
	value = from(values, strlen(arg1));
	value.n = find(value, " ");
	return form_return(f, symbol, value);
}

static void take_probe(struct form *f, struct span name, struct span rest, struct capture_line *l)
{
	size_t close = find(rest, ")");
	struct span symbol, values;
	bool returns;

	l->name = name;
	symbol = form_function(f, name, &returns);
	if (!starts(rest, "(") || close == rest.n || !symbol.n ||
	    returns != (find((struct span){ rest.at, close }, " <- ") < close)) {
		l->kind = LINE_EVENT;		/* of something else */
		return;
	}
	values = from(rest, close + 1);
	if (returns)
		values = return_values(f, symbol, values);
	form_call(f, l, symbol, returns ? SIDE_RETURN : SIDE_ENTER, values);
}

/* "\tffffffff812c7a30 zswap_load+0x0 ([kernel.kallsyms])": of a call chain. */
static bool is_chain(struct span s)
{
	size_t i = blanks(s, 0), start = i;

	while (i < s.n && (is_digit(s.at[i]) || (s.at[i] >= 'a' && s.at[i] <= 'f')))
		i++;
	return start && i >= start + 6 && i < s.n && s.at[i] == ' ' && s.at[s.n - 1] == ')';
}

/* Of perf script with other fields than are needed? */
static bool take_half(struct form *f, struct span s, struct capture_line *l)
{
	static const char *const group[] = { " probe:", " swapscope:", " syscalls:sys_" };
	struct span parts[3];

	for (size_t i = 0; i < sizeof(group) / sizeof(group[0]); i++) {
		size_t at = find(s, group[i]);

		if (at == s.n || !split_event(from(s, at + 1), &parts[0], &parts[1], &parts[2]))
			continue;
		f->seen |= 1u << CAPTURE_PERF;
		l->why = f->missing = "of perf script, without what is needed: "
				      "perf script -F comm,tid,cpu,time,event,trace";
		return true;
	}
	return false;
}

bool perf_line(struct form *f, struct span s, struct capture_line *l)
{
	static const char lost[] = "PERF_RECORD_LOST";
	struct span group, name, rest;
	struct perf_head h;

	if (f->seen & 1u << CAPTURE_PERF && is_chain(s)) {
		l->kind = LINE_ASIDE;
		l->why = NULL;
		return true;
	}
	if (!parse_head(s, &h))
		return take_half(f, s, l);
	l->why = NULL;
	l->e.cpu = (uint16_t)h.cpu;
	l->e.stamp = h.stamp;
	l->pid = (int32_t)h.tid;
	l->comm = h.comm;
	l->text = h.event;
	if (starts(h.event, lost)) {
		size_t i = find(h.event, " lost ") + 6;

		l->kind = LINE_LOST;
		if (i > h.event.n || !digits(h.event, &i, INT64_MAX, &l->lost))
			l->lost = 0;
	} else if (!split_event(h.event, &group, &name, &rest)) {
		l->why = "no event's name behind the stamp";	/* it is STRANGE as it was */
		return true;
	} else if (is(group, "syscalls") && (starts(name, "sys_enter_") ||
					     starts(name, "sys_exit_"))) {
		take_syscall(f, name, rest, l);
	} else {
		take_probe(f, name, rest, l);
	}
	f->seen |= 1u << CAPTURE_PERF;
	return true;
}
