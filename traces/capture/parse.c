/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of an ftrace text.  Its head is
 *
 *	<comm>-<pid> [(<tgid>)] [<cpu>] <flags> <stamp>: <event>
 *
 * where comm may have blanks, dashes and whatever else looks like the rest of a head.
 */
#define _GNU_SOURCE	/* memmem() of span.h */
#include "traces/capture/parse.h"
#include "traces/capture/span.h"

#define COMM_MAX	16	/* the kernel pads a comm to that, and has none that is longer */
#define ENTRY_OFFSET	16	/* fentry, endbr: a probe further in is not at the start */

/* ---- numbers ---- */

static int hex_digit(char c)
{
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool hex(struct span s, uint64_t *v)
{
	*v = 0;
	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (hex_digit(s.at[i]) < 0 || *v >> 60)
			return false;
		*v = *v << 4 | (uint64_t)hex_digit(s.at[i]);
	}
	return true;
}

bool capture_number(struct span s, uint64_t *v)
{
	bool negative = s.n && *s.at == '-';
	size_t i = 0;

	if (negative)
		s = from(s, 1);
	if (s.n > 2 && s.at[0] == '0' && (s.at[1] == 'x' || s.at[1] == 'X')) {
		if (!hex(from(s, 2), v))
			return false;
	} else if (!digits(s, &i, UINT64_MAX, v) || i < s.n) {
		return false;
	}
	if (negative)
		*v = -*v;
	return true;
}

/* ---- the head ---- */

struct head {
	int32_t pid;
	uint64_t cpu, stamp;
	uint16_t irq;
	bool counter;
	size_t end;		/* where the event begins */
};

/*
 * Seconds with up to nine decimals become ns; without any the stamp is a counter.  The last point
 * or comma is the decimal one; others group digits by threes.
 */
bool capture_stamp(struct span s, size_t *i, uint64_t *stamp, bool *counter)
{
	uint64_t scale = 1000000000, part;
	size_t start = *i, end = start, last = 0;

	while (end < s.n && (is_digit(s.at[end]) || s.at[end] == '.' || s.at[end] == ',')) {
		if (!is_digit(s.at[end]))
			last = end;
		end++;
	}
	*counter = !last;
	*stamp = 0;
	for (; *i < (last ? last : end); (*i)++) {
		uint64_t digit = (uint64_t)(s.at[*i] - '0');

		if (!is_digit(s.at[*i]))
			continue;
		if (*stamp > (INT64_MAX - digit) / 10)
			return false;
		*stamp = *stamp * 10 + digit;
	}
	if (*i == start || !is_digit(s.at[start]))
		return false;
	if (!last)
		return true;
	if (*stamp > INT64_MAX / scale - 1)
		return false;
	*stamp *= scale;
	(*i)++;
	start = *i;
	if (!digits(s, i, UINT64_MAX / 10, &part) || *i - start > 9)
		return false;
	while (start++ < *i)
		scale /= 10;
	*stamp += part * scale;
	return true;
}

/* irqs-off, need-resched, hard or soft interrupt, preempt-depth, migrate-disable; or nothing. */
static void parse_flags(struct span flags, struct head *h)
{
	char c = flags.n > 2 ? flags.at[2] : '.';

	h->irq = c == 'h' || c == 'H' || c == 'z' || c == 'Z' ? 1 : c == 's' ? 2 : 0;
}

/* "-89 [001] ...1.  12.345: ": the head from the dash before the pid on. */
static bool parse_head(struct span s, size_t dash, struct head *h)
{
	size_t i = dash + 1, start;
	uint64_t pid;

	if (!digits(s, &i, INT32_MAX, &pid) || i >= s.n || (s.at[i] != ' ' && s.at[i] != '\t'))
		return false;
	h->pid = (int32_t)pid;
	i = blanks(s, i);
	if (i < s.n && s.at[i] == '(') {	/* option record-tgid */
		while (i < s.n && s.at[i] != ')')
			i++;
		i = blanks(s, i + 1);
	}
	if (i >= s.n || s.at[i++] != '[' || !digits(s, &i, UINT16_MAX, &h->cpu) || i >= s.n ||
	    s.at[i++] != ']')
		return false;
	i = start = blanks(s, i);
	while (i < s.n && s.at[i] != ' ' && s.at[i] != '\t')
		i++;
	if (i - start < 4 || i - start > 8 || s.at[i - 1] == ':') {	/* without irq-info */
		i = start;
		h->irq = 0;
	} else {
		parse_flags((struct span){ s.at + start, i - start }, h);
		i = blanks(s, i);
	}
	if (!capture_stamp(s, &i, &h->stamp, &h->counter) || i >= s.n || s.at[i] != ':')
		return false;
	h->end = blanks(s, i + 1);
	return i + 1 >= s.n || s.at[i + 1] == ' ' || s.at[i + 1] == '\t';
}

/* The last dash that a head can follow, within what a comm takes. */
static bool find_head(struct span s, struct head *h, struct span *comm)
{
	size_t blank = blanks(s, 0), most = blank > COMM_MAX ? blank : blank + COMM_MAX;

	if (s.n > COMM_MAX && s.at[COMM_MAX] == '-' && blank <= COMM_MAX &&
	    parse_head(s, COMM_MAX, h)) {		/* where the kernel puts it */
		*comm = trim((struct span){ s.at, COMM_MAX });
		return true;
	}
	for (size_t i = (most < s.n ? most : s.n - 1) + 1; s.n && i-- > blank;)
		if (s.at[i] == '-' && parse_head(s, i, h)) {
			*comm = trim((struct span){ s.at, i });
			return true;
		}
	return false;
}

/* ---- values ---- */

enum key {
	KEY_FOLIO, KEY_ENTRY, KEY_POINTER, KEY_TYPE, KEY_OFFSET, KEY_PTE, KEY_ADDR, KEY_FLAGS,
	KEY_USAGE, KEY_LEFT, KEY_RET, KEY_NR, KEY_NONE,
};

/* What probes call their values.  The first of a kind that a line has counts. */
static const struct {
	const char *word;
	enum key key;
} keys[] = {
	{ "folio", KEY_FOLIO }, { "page", KEY_FOLIO }, { "ent", KEY_ENTRY }, { "swp", KEY_ENTRY },
	{ "swap", KEY_ENTRY }, { "entry", KEY_POINTER }, { "type", KEY_TYPE },
	{ "off", KEY_OFFSET }, { "offset", KEY_OFFSET }, { "idx", KEY_OFFSET },
	{ "index", KEY_OFFSET }, { "pte", KEY_PTE }, { "orig_pte", KEY_PTE }, { "addr", KEY_ADDR },
	{ "address", KEY_ADDR }, { "fl", KEY_FLAGS }, { "flags", KEY_FLAGS },
	{ "usage", KEY_USAGE }, { "left", KEY_LEFT }, { "ret", KEY_RET }, { "retval", KEY_RET },
	{ "rc", KEY_RET }, { "nr", KEY_NR }, { "nr_pages", KEY_NR },
};

static enum key key_named(struct span word)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (is(word, keys[i].word))
			return keys[i].key;
	return KEY_NONE;
}

/* The values of a line, by key. */
struct values {
	unsigned has;
	uint64_t v[KEY_NONE];
};

static bool is_only_number(struct span s)
{
	bool hexadecimal;
	size_t i;

	if (starts(s, "-"))
		s = from(s, 1);
	hexadecimal = starts(s, "0x");
	i = hexadecimal ? 2 : 0;
	while (i < s.n && (hexadecimal ? hex_digit(s.at[i]) >= 0 : is_digit(s.at[i])))
		i++;
	return s.n && i == s.n;
}

/* False where a number does not fit. */
static bool read_values(struct span s, struct values *v)
{
	size_t i = 0;

	while ((i = blanks(s, i)) < s.n) {
		size_t start = i, equals;
		struct span value;
		enum key key;
		uint64_t n;

		while (i < s.n && is_name(s.at[i]))
			i++;
		equals = i;
		while (i < s.n && s.at[i] != ' ' && s.at[i] != '\t')
			i++;
		if (equals >= s.n || s.at[equals] != '=')
			continue;
		key = key_named((struct span){ s.at + start, equals - start });
		if (key == KEY_NONE || v->has & 1u << key)
			continue;
		value = (struct span){ s.at + equals + 1, i - equals - 1 };
		if (capture_number(value, &n)) {
			v->has |= 1u << key;
			v->v[key] = n;
		} else if (is_only_number(value)) {
			return false;	/* "(fault)" is just no value */
		}
	}
	return true;
}

/* A value of 32 bits in hexadecimal is signed where only that makes it an errno. */
static int64_t signed_ret(uint64_t v)
{
	return v >= 0xfffff001u && v <= UINT32_MAX ? (int64_t)(int32_t)(uint32_t)v : (int64_t)v;
}

static void take_entry(const struct values *v, struct capture_line *l)
{
	struct capture_event *e = &l->e;

	if (v->has & 1u << KEY_ENTRY) {
		e->entry = v->v[KEY_ENTRY];
	} else if (v->has & 1u << KEY_OFFSET) {
		l->offset_only = !(v->has & 1u << KEY_TYPE);
		e->entry = swap_offset(v->v[KEY_OFFSET]);
		if (!l->offset_only)
			e->entry |= (v->v[KEY_TYPE] & 0x3f) << 58;
	} else if (v->has & 1u << KEY_POINTER &&	/* of zswap's it is an address */
		   swap_type(v->v[KEY_POINTER]) < CAPTURE_SWAP_TYPES) {
		e->entry = v->v[KEY_POINTER];
	} else {
		return;
	}
	e->mask |= HAS_ENTRY;
}

static void take_values(const struct values *v, struct capture_line *l)
{
	static const struct {
		enum key key;
		uint32_t mask;
	} plain[] = {
		{ KEY_FOLIO, HAS_FOLIO }, { KEY_PTE, HAS_PTE }, { KEY_ADDR, HAS_ADDR },
		{ KEY_RET, HAS_RET }, { KEY_USAGE, HAS_USAGE }, { KEY_LEFT, HAS_LEFT },
		{ KEY_NR, HAS_NR }, { KEY_FLAGS, HAS_FLAGS },
	};
	struct capture_event *e = &l->e;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (v->has & 1u << plain[i].key)
			e->mask |= plain[i].mask;
	e->folio = v->v[KEY_FOLIO];
	e->pte = v->v[KEY_PTE];
	e->addr = v->v[KEY_ADDR];
	e->ret = signed_ret(v->v[KEY_RET]);
	e->usage = (uint32_t)v->v[KEY_USAGE];
	e->left = (uint32_t)v->v[KEY_LEFT];
	e->nr = (uint32_t)v->v[KEY_NR];
	e->flags = (uint32_t)v->v[KEY_FLAGS];
	take_entry(v, l);
	if (e->side != SIDE_RETURN ||
	    (e->function != FN___swap_entry_free && e->function != FN___swap_entry_free_locked))
		return;
	/* both return what is left of swap_map, whatever the probe calls it */
	if (!(e->mask & HAS_LEFT) && e->mask & (HAS_USAGE | HAS_RET)) {
		e->left = e->mask & HAS_USAGE ? e->usage : (uint32_t)e->ret & 0xff;
		e->mask |= HAS_LEFT;
	}
}

const char *capture_values(struct span text, struct capture_line *l)
{
	struct values v = { 0 };
	bool fit = read_values(text, &v);

	take_values(&v, l);
	return fit ? NULL : "a number that does not fit into 64 bits";
}

/* ---- the event ---- */

/* "zswap_load+0x4/0xac0 [zram]": the symbol, and how far into it.  Empty where there is none. */
static struct span symbol_of(struct span s, uint64_t *offset)
{
	size_t n = 0, end;

	s = trim(s);
	*offset = 0;
	while (n < s.n && (is_name(s.at[n]) || s.at[n] == '.'))
		n++;
	if (n < s.n && s.at[n] == '+') {
		struct span rest = from(s, n + 1);

		end = find(rest, "/");
		if (end > 2 && starts(rest, "0x"))
			hex((struct span){ rest.at + 2, end - 2 }, offset);
	} else if (n < s.n && s.at[n] != ' ') {
		n = 0;
	}
	return n && !is_digit(*s.at) ? (struct span){ s.at, n } : (struct span){ s.at, 0 };
}

/* The probe's default name, p_zswap_load_0: all that there is where no symbol is shown. */
static struct span default_name(struct span name)
{
	size_t n = name.n;

	if (!starts(name, "p_") && !starts(name, "r_"))
		return (struct span){ name.at, 0 };
	while (n && is_digit(name.at[n - 1]))
		n--;
	if (n < 4 || n == name.n || name.at[n - 1] != '_')
		return (struct span){ name.at, 0 };
	return (struct span){ name.at + 2, n - 3 };
}

/* "(do_swap_page+0x4/0xa30) addr=..", "(caller+0x1/0x2 <- do_swap_page) ret=..". */
static bool parse_probe(struct span s, struct capture_line *l)
{
	size_t close = find(s, ")"), arrow;
	struct span in;
	uint64_t offset;
	unsigned variant;

	if (!starts(s, "(") || close == s.n)
		return false;
	in = (struct span){ s.at + 1, close - 1 };
	arrow = find(in, " <- ");
	l->e.side = arrow < in.n ? SIDE_RETURN : SIDE_ENTER;
	l->symbol = symbol_of(arrow < in.n ? from(in, arrow + 4) : in, &offset);
	if (!l->symbol.n)
		l->symbol = default_name(l->name);
	if (l->e.side == SIDE_ENTER && offset > ENTRY_OFFSET)
		l->e.side = SIDE_OTHER;
	l->e.function = (uint16_t)capture_function_named(l->symbol.at, l->symbol.n, &variant);
	l->e.variant = (uint8_t)variant;
	l->why = capture_values(from(s, close + 1), l);
	return true;
}

/* "sys_madvise(start: 7f68fb62c000, ..)", "sys_madvise -> 0x0". */
bool capture_syscall(struct span s, struct capture_line *l)
{
	size_t n = 0;
	uint64_t v;

	while (n < s.n && is_name(s.at[n]))
		n++;
	if (n < 5 || !starts(s, "sys_"))
		return false;
	l->name = l->symbol = (struct span){ s.at, n };
	if (starts(from(s, n), "(")) {
		struct span rest = from(s, n);
		size_t at = find(rest, "start: ");

		l->e.side = SIDE_SYSCALL;
		if (at == rest.n)
			at = find(rest, "addr: ");
		if (at == rest.n)
			return true;
		rest = from(rest, at + find(from(rest, at), " ") + 1);
		rest.n = find(rest, ",") < find(rest, ")") ? find(rest, ",") : find(rest, ")");
		if (hex(starts(rest, "0x") ? from(rest, 2) : rest, &l->e.addr))
			l->e.mask |= HAS_ADDR;
		return true;
	}
	if (!starts(from(s, n), " -> "))
		return false;
	l->e.side = SIDE_SYSCALL_RETURN;
	if (capture_number(trim(from(s, n + 4)), &v)) {
		l->e.ret = (int64_t)v;
		l->e.mask |= HAS_RET;
	}
	return true;
}

/* "do_swap_page <-handle_mm_fault": of the function tracer. */
static bool parse_function(struct span s, struct capture_line *l)
{
	size_t arrow = find(s, " <-");
	uint64_t offset;
	unsigned variant;

	if (arrow == s.n)
		return false;
	l->name = l->symbol = symbol_of((struct span){ s.at, arrow }, &offset);
	l->e.side = SIDE_ENTER;
	l->e.function = (uint16_t)capture_function_named(l->symbol.at, l->symbol.n, &variant);
	l->e.variant = (uint8_t)variant;
	return l->symbol.n;
}

static bool parse_event(struct span s, struct capture_line *l)
{
	size_t n = 0;

	l->text = s;
	while (n < s.n && (is_name(s.at[n]) || s.at[n] == '.' || s.at[n] == '-'))
		n++;
	if (!n || n == s.n || s.at[n] != ':')
		return capture_syscall(s, l) || parse_function(s, l);
	l->name = (struct span){ s.at, n };
	s = trim(from(s, n + 1));
	if (is(l->name, "print")) {	/* of trace-cmd report: "print: tracing_mark_write: .." */
		n = find(s, ": ");
		l->e.side = SIDE_MARK;
		l->text = n < s.n ? trim(from(s, n + 1)) : s;
		return true;
	}
	if (is(l->name, "tracing_mark_write")) {
		l->e.side = SIDE_MARK;
		l->text = s;
		return true;
	}
	l->e.side = SIDE_OTHER;
	parse_probe(s, l);		/* whatever else it is, it is an event */
	return true;
}

/* ---- lines ---- */

/* "CPU:1 [LOST 123 EVENTS]", "CPU:1 [LOST EVENTS]", "CPU:1 [123 EVENTS DROPPED]". */
static bool parse_lost(struct span s, struct capture_line *l)
{
	size_t i = 4;
	uint64_t cpu;

	if (!starts(s, "CPU:") || !digits(s, &i, UINT16_MAX, &cpu))
		return false;
	s = trim(from(s, i));
	if (!starts(s, "[") || (find(s, "LOST") == s.n && find(s, "DROPPED") == s.n) ||
	    find(s, "EVENTS") == s.n)
		return false;
	l->e.cpu = (uint16_t)cpu;
	for (i = 1; i < s.n && !is_digit(s.at[i]);)
		i++;
	if (!digits(s, &i, INT64_MAX, &l->lost))
		l->lost = 0;
	return true;
}

/*
 * " 0)   1.234 us    |  zswap_load();", " 1)  swapwork-89  =>  swapwork-90"; where the time is
 * shown it is in front.
 */
static bool is_graph(struct span s)
{
	size_t i = blanks(s, 0), bar = find(s, "|");
	uint64_t n;

	if (digits(s, &i, UINT32_MAX, &n) && i < bar && s.at[i] == '.')
		i = blanks(s, bar < s.n ? bar + 1 : bar);
	else
		i = blanks(s, 0);
	if (!digits(s, &i, UINT16_MAX, &n) || i >= s.n || s.at[i] != ')')
		return false;
	s = from(s, i);
	return find(s, "|") < s.n || find(s, "=>") < s.n;
}

static void strange(struct capture_line *l, const char *why)
{
	l->kind = LINE_STRANGE;
	l->why = why;
}

void capture_parse(const char *line, size_t n, struct capture_line *out)
{
	struct span s = { line, n };
	struct head h = { 0 };

	memset(out, 0, sizeof(*out));
	out->name = out->symbol = out->text = out->comm = (struct span){ line, 0 };
	out->e.side = SIDE_OTHER;
	while (s.n && (s.at[s.n - 1] == '\r' || s.at[s.n - 1] == '\n'))
		s.n--;
	if (blanks(s, 0) == s.n || *s.at == '#') {
		out->kind = LINE_COMMENT;
	} else if (parse_lost(trim(s), out)) {
		out->kind = LINE_LOST;
	} else if (is_graph(s)) {
		out->graph = true;
		strange(out, "of the tracer function_graph: a call without slot and values");
	} else if (!find_head(s, &h, &out->comm)) {
		strange(out, "no 'comm-pid [cpu] flags stamp:' at its start");
	} else {
		out->pid = h.pid;
		out->counter = h.counter;
		out->e.cpu = (uint16_t)h.cpu;
		out->e.irq = h.irq;
		out->e.stamp = h.stamp;
		if (!parse_event(from(s, h.end), out))
			strange(out, "no event's name behind the stamp");
		else if (out->why)
			strange(out, out->why);
	}
}
