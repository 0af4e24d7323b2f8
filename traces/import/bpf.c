/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the script of `swapscope probes --bpftrace` prints, a line an event:
 *
 *	@ <ns> <cpu> <number> <tid> > <function> <values> ; <comm>
 *
 * with < instead of > where the function returns.  A CPU numbers its events: where a number is
 * missing bpftrace has lost what it was of.  What it says of that, "Lost 12 events", has no place
 * in the order; it counts where it is more than what the numbers miss, at a CPU's end.
 */
#define _GNU_SOURCE	/* memmem() of span.h */
#include "traces/capture/span.h"
#include "traces/import/form.h"

static bool number(struct span s, size_t *i, uint64_t max, uint64_t *v)
{
	*i = blanks(s, *i);
	return digits(s, i, max, v) && *i < s.n && s.at[*i] == ' ';
}

/* What bpftrace says besides. */
static bool take_notice(struct form *f, struct span s, struct capture_line *l)
{
	uint64_t lost;
	size_t i = 5;

	if (starts(s, "Lost ") && digits(s, &i, INT64_MAX, &lost) && is(from(s, i), " events"))
		f->lost += f->lost + lost <= INT64_MAX ? lost : 0;
	else if (!starts(s, "Attaching ") || find(s, " probe") == s.n)
		return false;
	l->kind = LINE_ASIDE;
	l->why = NULL;
	return true;
}

bool bpf_line(struct form *f, struct span s, struct capture_line *l)
{
	uint64_t cpu, count, tid, stamp;
	struct span symbol;
	size_t i = 1, end;
	char side;

	if (take_notice(f, s, l))
		return true;
	if (!starts(s, "@ ") || !number(s, &i, INT64_MAX, &stamp) ||
	    !number(s, &i, GRAPH_CPUS - 1, &cpu) || !number(s, &i, INT64_MAX, &count) ||
	    !number(s, &i, INT32_MAX, &tid))
		return false;
	i = blanks(s, i);
	side = i < s.n ? s.at[i] : 0;
	s = trim(from(s, i < s.n ? i + 1 : s.n));
	end = find(s, " ; ");
	if ((side != '>' && side != '<') || end == s.n)
		return false;
	f->seen |= 1u << CAPTURE_BPFTRACE;
	l->why = NULL;
	l->pid = (int32_t)tid;
	l->e.cpu = (uint16_t)cpu;
	l->e.stamp = stamp;
	l->text = (struct span){ s.at, end };
	l->comm = trim(from(s, end + 3));
	symbol = (struct span){ s.at, find(l->text, " ") };
	form_call(f, l, symbol, side == '>' ? SIDE_ENTER : SIDE_RETURN, from(l->text, symbol.n));
	/* the first of a CPU is whatever it is: the file may be the rest of one */
	if (f->next[cpu] && count > f->next[cpu])
		l->lost = count - f->next[cpu];
	f->missed += f->missed + l->lost <= INT64_MAX ? l->lost : 0;
	f->next[cpu] = count + 1;
	return true;
}
