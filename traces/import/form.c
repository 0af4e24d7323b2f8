/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* memmem() of span.h */
#include "traces/import/form.h"

#include <stdio.h>
#include <stdlib.h>

#include "traces/capture/probes.h"
#include "traces/capture/span.h"

struct form *form_new(const char *release)
{
	struct form *f = calloc(1, sizeof(*f));
	const char *at = release + strcspn(release, "0123456789");
	char *end;
	unsigned long major = strtoul(at, &end, 10), minor = 0;

	if (f && *end == '.') {
		minor = strtoul(end + 1, NULL, 10);
		if (major >= 2 && major < 100 && minor < 100)
			f->release = RELEASE((unsigned)major, (unsigned)minor);
	}
	return f;
}

/* ---- what the probe of a function would say ---- */

/* "zswap_load.isra.0" is zswap_load. */
static struct span bare(struct span symbol)
{
	symbol.n = find(symbol, ".");
	return symbol;
}

static bool in_release(const struct form *f, const struct probe *p)
{
	return !f->release || (p->since <= f->release && f->release <= p->until);
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/*
 * The row of a function.  *one: there are no two that differ, in that release or in any.
 */
static const struct probe *row_of(const struct form *f, struct span symbol, bool *one)
{
	const struct probe *row = NULL, *all;
	size_t n;

	symbol = bare(symbol);
	all = probes_all(&n);
	*one = true;
	for (size_t i = 0; i < n; i++) {
		if (!is(symbol, all[i].function) || !in_release(f, &all[i]))
			continue;
		*one &= !row || same(row->ret, all[i].ret);
		row = &all[i];
	}
	return row;
}

/* Has "folio=$arg1:x64 ent=.." a value of that name? */
static bool names(const char *values, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = values; at && (at = strstr(at, name)); at += n)
		if ((at == values || at[-1] == ' ') && at[n] == '=')
			return true;
	return false;
}

/* What an event has to have, HAS_*, by its probe; without a probe a call has to name its slot. */
static uint32_t needed(const struct form *f, const struct capture_line *l)
{
	static const struct {
		const char *name;
		uint32_t enter, ret;
	} need[] = {
		{ "ent", HAS_ENTRY, HAS_ENTRY }, { "off", HAS_ENTRY, HAS_ENTRY },
		{ "idx", HAS_ENTRY, HAS_ENTRY }, { "folio", HAS_FOLIO, HAS_FOLIO },
		{ "usage", HAS_USAGE, HAS_LEFT }, { "left", HAS_LEFT, HAS_LEFT },
		{ "nr", HAS_NR, HAS_NR }, { "ret", HAS_RET, HAS_RET },
	};
	const bool returns = l->e.side == SIDE_RETURN;
	const struct probe *row;
	uint32_t mask = 0;
	bool one;

	if (l->e.function == FN_do_swap_page)
		return 0;
	row = row_of(f, l->symbol, &one);
	if (!row || (!returns && !row->enter))
		return !returns && capture_function_trust(l->e.function) == TRUST_ARGUMENT ?
		       HAS_ENTRY : 0;
	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if (names(returns ? row->ret : row->enter, need[i].name))
			mask |= returns ? need[i].ret : need[i].enter;
	return mask;
}

void form_judge(struct form *f, struct capture_line *l)
{
	const unsigned fn = l->e.function;

	if (fn == FN_UNKNOWN || (l->e.side != SIDE_ENTER && l->e.side != SIDE_RETURN))
		return;
	if (l->e.side == SIDE_ENTER && needed(f, l) & ~l->e.mask)
		f->blind[fn] = true;
	else if (l->e.side == SIDE_RETURN && needed(f, l) & ~l->e.mask)
		f->mute[fn] = true;
	/* in either case for good: half of a function's events would be taken for all of them */
	if (f->blind[fn] || (l->e.side == SIDE_RETURN && f->mute[fn]))
		l->e.side = SIDE_OTHER;
}

void form_call(struct form *f, struct capture_line *l, struct span symbol, unsigned side,
	       struct span values)
{
	unsigned variant;

	l->kind = LINE_EVENT;
	l->symbol = symbol;
	if (!l->name.n)
		l->name = symbol;
	l->e.side = (uint16_t)side;
	l->e.function = (uint16_t)capture_function_named(symbol.at, symbol.n, &variant);
	l->e.variant = (uint8_t)variant;
	l->why = capture_values(values, l);
	if (l->why)
		l->kind = LINE_STRANGE;
	form_judge(f, l);
}

/* A register as a value of that type: "x64", "s32", "u8". */
static uint64_t as_type(uint64_t v, const char *type)
{
	unsigned bits = (unsigned)strtoul(type + 1, NULL, 10);

	if (!bits || bits >= 64)
		return v;
	v &= (UINT64_C(1) << bits) - 1;
	if (*type == 's' && v >> (bits - 1) & 1)
		v |= ~UINT64_C(0) << bits;
	return v;
}

struct span form_return(struct form *f, struct span symbol, struct span value)
{
	static const char retval[] = "=$retval:";
	bool one;
	const struct probe *row = row_of(f, symbol, &one);
	const char *at = row && one && row->ret ? strstr(row->ret, retval) : NULL, *name = at;
	uint64_t v;
	int n;

	if (!at || !capture_number(value, &v))
		return (struct span){ f->values, 0 };
	while (name > row->ret && name[-1] != ' ')
		name--;
	n = snprintf(f->values, sizeof(f->values), "%.*s=0x%llx", (int)(at - name), name,
		     (unsigned long long)as_type(v, at + strlen(retval)));
	return (struct span){ f->values, (size_t)n };
}

/* ---- events that are named, and their functions not ---- */

static struct span without_end(struct span name, const char *end, bool *had)
{
	size_t n = strlen(end);

	*had = name.n > n && !memcmp(name.at + name.n - n, end, n);
	name.n -= *had ? n : 0;
	return name;
}

struct span form_function(const struct form *f, struct span name, bool *returns)
{
	struct span base = without_end(name, "__return", returns);
	const struct probe *all, *row = NULL;
	unsigned first = 0, other;
	bool back;
	size_t n;

	if (capture_function_named(base.at, base.n, NULL))
		return base;
	all = probes_all(&n);
	base = without_end(name, "_r", &back);
	*returns |= back;
	for (size_t i = 0; i < n; i++) {
		if (!is(base, all[i].event) || !in_release(f, &all[i]))
			continue;
		if (row && (capture_function_named(all[i].function, strlen(all[i].function),
						   &other) !=
			    capture_function_named(row->function, strlen(row->function), &first) ||
			    first != other))
			return (struct span){ name.at, 0 };
		row = &all[i];
	}
	return row ? (struct span){ row->function, strlen(row->function) } :
		     (struct span){ name.at, 0 };
}

/* "(ffffffff812c7a30)": trace-cmd report and perf script have addresses. */
static bool is_address(struct span s)
{
	size_t i = 0;

	while (i < s.n && (is_digit(s.at[i]) || (s.at[i] >= 'a' && s.at[i] <= 'f')))
		i++;
	return s.n >= 8 && i == s.n;
}

/* ---- a line ---- */

static void name_function(struct form *f, struct capture_line *l)
{
	struct span symbol;
	bool returns;

	if (l->e.side == SIDE_MARK || l->e.function || (l->symbol.n && !is_address(l->symbol)))
		return;
	symbol = form_function(f, l->name, &returns);
	if (!symbol.n || returns != (l->e.side == SIDE_RETURN))
		return;
	l->e.mask = 0;
	form_call(f, l, symbol, l->e.side, from(l->text, find(l->text, ")")));
}

static void ftrace_event(struct form *f, uint64_t number, const char *line,
			 struct capture_line *l)
{
	if (!graph_report(f, number, line, l)) {
		f->seen |= 1u << CAPTURE_FTRACE;
		if (l->e.side != SIDE_SYSCALL && l->e.side != SIDE_SYSCALL_RETURN)
			name_function(f, l);
	}
}

void form_line(struct form *f, uint64_t number, const char *line, size_t n,
	       struct capture_line *out)
{
	struct span s = { line, n };

	capture_parse(line, n, out);
	while (s.n && (s.at[s.n - 1] == '\r' || s.at[s.n - 1] == '\n'))
		s.n--;
	if (out->kind == LINE_EVENT)
		ftrace_event(f, number, line, out);
	else if (out->kind == LINE_STRANGE && !bpf_line(f, s, out) && !perf_line(f, s, out))
		graph_line(f, number, s, out);
	else if (out->kind == LINE_LOST)
		memset(f->task, 0, sizeof(f->task));
}
