/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of the tracer function_graph:
 *
 *	[<time> |] <cpu>) [<comm>-<pid> |] [<flags> |] [<mark> <duration> us |] <indent><call>
 *
 * where a call is "f() {", "f();" or "}", with arguments (func-args), and behind it a comment with
 * the name (funcgraph-tail) and the value that is returned (funcgraph-retval).  The indent says
 * how deep in a task's calls it is, and pairs "}" with its call.
 */
#define _GNU_SOURCE	/* memmem() of span.h */
#include <stdio.h>

#include "traces/capture/span.h"
#include "traces/import/form.h"

_Static_assert(FN_COUNT <= UINT8_MAX, "a function is a byte of struct graph_open");

#define NO_TASK	"of function_graph, without the task: echo 1 >options/funcgraph-proc"
#define NO_CPU	"of function_graph, without the CPU: echo 1 >options/funcgraph-cpu"

/* The columns of a line. */
struct columns {
	bool timed, lasted, has_cpu, has_task;
	uint64_t stamp, duration;	/* ns */
	uint64_t cpu;
	int32_t pid;
	struct span comm, call;		/* the call with its indent */
};

/* "swapwork-90" at the end of s, the comm cut to seven characters by the kernel. */
static bool parse_task(struct span s, struct span *comm, int32_t *pid)
{
	uint64_t v;
	size_t end, i;

	s = trim(s);
	end = s.n;
	while (end && is_digit(s.at[end - 1]))
		end--;
	i = end;
	if (!end || s.at[end - 1] != '-' || !digits(s, &i, INT32_MAX, &v) || i != s.n)
		return false;
	*comm = trim((struct span){ s.at, end - 1 });
	*pid = (int32_t)v;
	return true;
}

/* "+ 12.204 us": what the marks before it mean does not matter. */
static bool parse_duration(struct span s, struct columns *c)
{
	uint64_t whole, part;
	size_t i = 0, start;

	s = trim(s);
	if (s.n && strchr("+!#*@$", *s.at))
		s = trim(from(s, 1));
	if (!digits(s, &i, INT64_MAX / 1000000, &whole) || i >= s.n || s.at[i++] != '.')
		return false;
	start = i;
	if (!digits(s, &i, 999, &part) || !is(trim(from(s, i)), "us"))
		return false;
	for (size_t n = i - start; n < 3; n++)
		part *= 10;
	c->duration = whole * 1000 + part;
	c->lasted = true;
	return true;
}

static bool is_flags(struct span s)
{
	s = trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.at[i]) && !strchr(".dDnNpPbBhHzZsSlLuUa", s.at[i]) &&
		    !(s.at[i] >= 'a' && s.at[i] <= 'f'))
			return false;
	return s.n >= 4 && s.n <= 8;
}

/* The next column, up to its bar; false where there is none before a call begins. */
static bool next_column(struct span *s, struct span *column)
{
	size_t bar = find(*s, "|");

	if (bar == s->n)
		return false;
	*column = (struct span){ s->at, bar };
	*s = from(*s, bar + 1);
	return true;
}

/* "swapwork-90   |": the first bar that a task is before. */
static bool take_task(struct span *s, struct columns *c)
{
	for (size_t i = 0; i < s->n && i < 48; i++)
		if (s->at[i] == '|' && parse_task((struct span){ s->at, i }, &c->comm, &c->pid)) {
			*s = from(*s, i + 1);
			c->has_task = true;
			return true;
		}
	return false;
}

/* Is it a line of a graph at all?  At least a CPU or a bar stands before its call. */
static bool parse_columns(struct span s, struct columns *c)
{
	struct span column, rest;
	size_t i = blanks(s, 0), at = i;
	bool counter, bars = false;

	if (capture_stamp(s, &i, &c->stamp, &counter) && !counter) {
		size_t bar = blanks(s, i);

		if (bar < s.n && s.at[bar] == '|') {
			c->timed = true;
			at = blanks(s, bar + 1);
		}
	}
	i = at;
	if (digits(s, &i, GRAPH_CPUS - 1, &c->cpu) && i < s.n && s.at[i] == ')') {
		c->has_cpu = true;
		s = from(s, i + 1);
	} else {
		s = from(s, at);
	}
	bars = take_task(&s, c);
	rest = s;
	if (next_column(&rest, &column) && is_flags(column)) {
		s = rest;
		bars = true;
	}
	rest = s;
	if (next_column(&rest, &column) && (!trim(column).n || parse_duration(column, c) ||
					    is(trim(column), "==========>") ||
					    is(trim(column), "<=========="))) {
		s = trim(column).n && !c->lasted ? column : rest;
		bars = true;
	}
	c->call = s;
	return bars || c->has_cpu;
}

/* ---- tasks ---- */

/* Every CPU has an idle task, and all of these are number 0. */
static struct graph_task *task_of(struct form *f, const struct capture_line *l)
{
	int32_t key = l->pid ? l->pid : -(int32_t)l->e.cpu - 1;
	struct graph_task *t = &f->task[(uint32_t)key % GRAPH_TASKS];

	if (t->pid != key)
		*t = (struct graph_task){ .pid = key };
	return t;
}

/* What stands as deep as that, or deeper, is over. */
static void task_over(struct graph_task *t, size_t indent)
{
	while (t->n && t->open[t->n - 1].indent >= indent)
		t->n--;
}

static void task_enters(struct graph_task *t, size_t indent, const struct capture_line *l)
{
	task_over(t, indent);
	if (t->n < GRAPH_OPEN && indent <= UINT16_MAX)
		t->open[t->n++] = (struct graph_open){
			.indent = (uint16_t)indent, .function = (uint8_t)l->e.function,
			.variant = l->e.variant,
		};
}

/* ---- values ---- */

static size_t append(struct form *f, size_t n, struct span key, struct span value)
{
	int more = snprintf(f->values + n, sizeof(f->values) - n, " %.*s=%.*s", (int)key.n, key.at,
			    (int)value.n, value.at);

	if (more < 0 || n + (size_t)more >= sizeof(f->values)) {
		f->values[n] = '\0';
		return n;
	}
	return n + (size_t)more;
}

/*
 * "entry=(STRUCT)[0x313], folio=0xffff..": by the names that the kernel's type information has.
 * A swap entry is the one structure that is passed by value.
 */
static struct span arguments(struct form *f, struct span s)
{
	size_t n = 0;

	while (s.n) {
		size_t end = find(s, ", "), equals;
		struct span arg = trim((struct span){ s.at, end }), key, value;

		s = from(s, end + 2 < s.n ? end + 2 : s.n);
		equals = find(arg, "=");
		if (equals == arg.n || arg.n > 128)
			continue;
		key = (struct span){ arg.at, equals };
		value = from(arg, equals + 1);
		if (starts(value, "(")) {
			size_t open = find(value, "[");

			if (open == value.n)
				continue;
			value = from(value, open + 1);
			value.n = find(value, ":") < find(value, "]") ? find(value, ":") :
				  find(value, "]");
			if (is(key, "entry") || is(key, "swp") || is(key, "swap"))
				key = (struct span){ "ent", 3 };
		} else if (is(key, "entry") || is(key, "swp") || is(key, "swap")) {
			continue;		/* a pointer: zswap's */
		}
		if (is(key, "nr_entries"))
			key = (struct span){ "nr", 2 };
		n = append(f, n, key, value);
	}
	return (struct span){ f->values, n };
}

/* "} / * f = 0x0 * /", "; / * ret=-17 * /", "/ * f <-caller ret=0x0 * /": the value. */
static struct span returned(struct span comment)
{
	size_t at = find(comment, " ret=");
	struct span v = from(comment, at < comment.n ? at + 5 : comment.n);

	if (!v.n) {
		at = find(comment, "= ");
		v = from(comment, at < comment.n ? at + 2 : comment.n);
	}
	v.n = find(v, " ");
	return v;
}

/* The "/ * .. * /" behind a call, without its ends; empty where there is none. */
static struct span comment_of(struct span s)
{
	size_t at = find(s, "/*"), end;

	s = from(s, at < s.n ? at + 2 : s.n);
	end = find(s, "*/");
	s.n = end;
	return s;
}

/* ---- a call ---- */

/* The return of a leaf waits for what comes after it on its CPU. */
static void hold(struct form *f, uint64_t number, const char *line, const struct columns *c,
		 const struct capture_line *l, struct span value)
{
	struct graph_leaf *leaf = &f->leaf;
	struct span symbol = capture_symbol(l->e.function, l->e.variant);

	*leaf = (struct graph_leaf){
		.l = { .name = symbol, .counter = l->counter, .graph = true, .pid = l->pid,
		       .e = { .cpu = l->e.cpu, .irq = l->e.irq, .stamp = l->e.stamp } },
		.line = number, .at = (uint32_t)(l->text.at - line),
		.timed = c->timed && c->lasted,
	};
	if (c->lasted && leaf->l.e.stamp < INT64_MAX - c->duration)
		leaf->l.e.stamp += c->duration;
	form_call(f, &leaf->l, symbol, SIDE_RETURN, form_return(f, symbol, value));
	snprintf(leaf->comm, sizeof(leaf->comm), "%.*s", (int)(l->comm.n < 16 ? l->comm.n : 16),
		 l->comm.at);
	f->begun = true;
}

static void aside(struct capture_line *l)
{
	l->kind = LINE_ASIDE;
	l->why = NULL;
}

/* "f(arguments) {", "f [module]();" */
static void take_enter(struct form *f, uint64_t number, const char *line, const struct columns *c,
		       struct span s, size_t indent, struct capture_line *l)
{
	size_t n = 0, open = find(s, "("), close;
	struct span tail, comment = comment_of(s);
	bool leaf;

	while (n < s.n && (is_name(s.at[n]) || s.at[n] == '.'))
		n++;
	close = open;
	for (size_t i = open; i + 1 < s.n && !starts(from(s, i), "/*"); i++)
		if (s.at[i] == ')' && (s.at[i + 1] == ';' || s.at[i + 1] == ' '))
			close = i;
	if (!n || open == s.n || close == open || !capture_function_named(s.at, n, NULL)) {
		aside(l);
		return;
	}
	tail = trim(from(s, close + 1));
	leaf = starts(tail, ";");
	l->text = s;
	form_call(f, l, (struct span){ s.at, n }, SIDE_ENTER,
		  arguments(f, (struct span){ s.at + open + 1, close - open - 1 }));
	if (leaf && l->kind == LINE_EVENT)
		hold(f, number, line, c, l, returned(comment));
	else if (!leaf)
		task_enters(task_of(f, l), indent, l);
}

/* "}", and if it is said whose. */
static void take_leave(struct form *f, struct span s, size_t indent, struct capture_line *l)
{
	struct graph_task *t = task_of(f, l);
	struct span comment = comment_of(s), symbol = trim(comment);
	size_t n = 0;

	while (n < symbol.n && (is_name(symbol.at[n]) || symbol.at[n] == '.'))
		n++;
	symbol.n = n;
	task_over(t, indent + 1);
	if (!capture_function_named(symbol.at, symbol.n, NULL)) {
		symbol.n = 0;
		if (!trim(comment).n && t->n && t->open[t->n - 1].indent == indent)
			symbol = capture_symbol(t->open[t->n - 1].function,
						t->open[t->n - 1].variant);
	}
	task_over(t, indent);
	if (!symbol.n) {
		aside(l);
		return;
	}
	l->text = s;
	form_call(f, l, symbol, SIDE_RETURN, form_return(f, symbol, returned(comment)));
}

static void take_call(struct form *f, uint64_t number, const char *line, const struct columns *c,
		      struct capture_line *l)
{
	size_t indent = blanks(c->call, 0);
	struct span s = trim(c->call);

	f->seen |= 1u << CAPTURE_GRAPH;
	l->graph = true;
	if (starts(s, "/*")) {
		s = trim(comment_of(s));
		if (starts(s, "WL ")) {		/* what the workload wrote into trace_marker */
			l->kind = LINE_EVENT;
			l->why = NULL;
			l->e.side = SIDE_MARK;
			l->name = (struct span){ "tracing_mark_write", 18 };
			l->text = s;
		} else {
			aside(l);
		}
	} else if (starts(s, "}")) {
		take_leave(f, s, indent, l);
	} else {
		take_enter(f, number, line, c, s, indent, l);
	}
}

/* ---- lines ---- */

/* "swapwork-89  =>  swapwork-90": the CPU runs another task. */
static bool take_switch(struct form *f, const struct columns *c)
{
	size_t at = find(c->call, " => ");
	struct graph_cpu *cpu = &f->cpu[c->cpu];
	struct span comm;
	int32_t pid;

	if (at == c->call.n || !c->has_cpu || find(c->call, "|") < c->call.n ||
	    !parse_task(from(c->call, at + 4), &comm, &pid))
		return false;
	cpu->known = true;
	cpu->pid = pid;
	snprintf(cpu->comm, sizeof(cpu->comm), "%.*s", (int)(comm.n < 16 ? comm.n : 16), comm.at);
	return true;
}

static bool is_rule(struct span s)
{
	s = trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] != '-')
			return false;
	return s.n > 10;
}

/* "f() {", "}", "f(); / * = 0x0 * /": as it ends. */
static bool is_call(struct span s)
{
	s = trim(s);
	return s.n && (strchr("{;}", s.at[s.n - 1]) ||
		       (s.n > 4 && !memcmp(s.at + s.n - 2, "*/", 2)));
}

static bool lacks(struct form *f, struct capture_line *l, const char *what)
{
	l->kind = LINE_STRANGE;
	l->graph = true;
	l->why = f->missing = what;
	f->seen |= 1u << CAPTURE_GRAPH;
	return true;
}

bool graph_line(struct form *f, uint64_t number, struct span s, struct capture_line *l)
{
	struct columns c = { 0 };
	struct graph_cpu *cpu;
	bool into;

	if (is_rule(s)) {
		aside(l);
		return true;
	}
	if (!parse_columns(s, &c))
		return false;
	cpu = &f->cpu[c.cpu];
	l->graph = c.has_cpu;
	l->e.cpu = (uint16_t)c.cpu;
	f->cpus = c.cpu >= f->cpus ? (unsigned)c.cpu + 1 : f->cpus;
	if (take_switch(f, &c)) {
		aside(l);
		return true;
	}
	into = is(trim(c.call), "==========>");
	if (into || is(trim(c.call), "<==========")) {
		cpu->irq = into;
		aside(l);
		return true;
	}
	if (!c.has_cpu)
		return is_call(c.call) && lacks(f, l, NO_CPU);
	if (!c.has_task && !cpu->known)
		return lacks(f, l, NO_TASK);
	l->pid = c.has_task ? c.pid : cpu->pid;
	l->comm = c.has_task ? c.comm : (struct span){ cpu->comm, strlen(cpu->comm) };
	l->counter = !c.timed;
	l->e.stamp = c.timed ? c.stamp : 0;
	l->e.irq = cpu->irq;
	take_call(f, number, s.at, &c, l);
	return true;
}

bool graph_report(struct form *f, uint64_t number, const char *line, struct capture_line *l)
{
	struct columns c = { .timed = true, .stamp = l->e.stamp, .cpu = l->e.cpu };
	const bool enters = is(l->name, "funcgraph_entry");
	struct span column;

	if ((!enters && !is(l->name, "funcgraph_exit")) || l->counter || c.cpu >= GRAPH_CPUS)
		return false;
	c.call = from(l->text, l->name.n + 1);
	if (next_column(&c.call, &column))
		parse_duration(column, &c);
	f->cpus = c.cpu >= f->cpus ? (unsigned)c.cpu + 1 : f->cpus;
	l->name.n = 0;
	take_call(f, number, line, &c, l);
	return true;
}

/* Does the return that is held of a CPU come before l? */
static bool is_due(const struct graph_cpu *c, const struct capture_line *l)
{
	if (!c->held || !l)
		return c->held;
	return c->leaf.l.e.cpu == l->e.cpu ||
	       (c->leaf.timed && l->kind == LINE_EVENT && !l->counter &&
		c->leaf.l.e.stamp <= l->e.stamp);
}

static const struct graph_leaf *release(struct form *f, struct graph_cpu *c,
					const struct capture_line *l)
{
	struct capture_line *leaf = &c->leaf.l;

	leaf->comm = (struct span){ c->leaf.comm, strlen(c->leaf.comm) };
	if (leaf->counter)
		leaf->e.stamp = ++f->stamp;
	else if (l && l->kind == LINE_EVENT && leaf->e.stamp > l->e.stamp)
		leaf->e.stamp = l->e.stamp;	/* times are rounded */
	c->held = false;
	f->held--;
	return &c->leaf;
}

const struct graph_leaf *form_held(struct form *f, struct capture_line *l)
{
	struct graph_cpu *next = NULL;

	for (unsigned i = 0; f->held && i < f->cpus && (!l || l->graph || l->kind == LINE_LOST);
	     i++)
		if (is_due(&f->cpu[i], l) &&
		    (!next || f->cpu[i].leaf.l.e.stamp < next->leaf.l.e.stamp))
			next = &f->cpu[i];
	if (next)
		return release(f, next, l);
	if (l && l->kind == LINE_EVENT && l->counter && l->graph)
		l->e.stamp = ++f->stamp;
	if (f->begun && l) {
		f->cpu[l->e.cpu].leaf = f->leaf;
		f->cpu[l->e.cpu].held = true;
		f->held++;
		f->begun = false;
	}
	return NULL;
}
