/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse.h - a line of an ftrace text.
 */
#ifndef SWAPSCOPE_TRACES_CAPTURE_PARSE_H
#define SWAPSCOPE_TRACES_CAPTURE_PARSE_H

#include "traces/capture/capture.h"

enum capture_line_kind {
	LINE_EVENT,
	LINE_COMMENT,		/* "# tracer: nop", an empty line */
	LINE_LOST,		/* "CPU:1 [LOST 123 EVENTS]" */
	LINE_ASIDE,		/* understood, and no event: a call chain, a function of others */
	LINE_STRANGE,
};

/* A part of the line. */
struct span {
	const char *at;
	size_t n;
};

/*
 * A line in its parts; nothing is copied.  e has what the line itself says: stamp, cpu, irq,
 * function, variant, side, mask and values; not id, thread, slot, call.
 */
struct capture_line {
	enum capture_line_kind kind;
	const char *why;	/* STRANGE: what is wrong with it */
	bool graph;		/* STRANGE: it is of the tracer function_graph */
	struct capture_event e;
	bool counter;		/* the stamp is no time */
	bool offset_only;	/* the entry's type is not said: e.entry has type 0 */
	int32_t pid;
	struct span comm;
	struct span name;	/* "z_load", "sys_madvise" */
	struct span symbol;	/* "zswap_load"; empty */
	struct span text;	/* MARK: the mark; else from the name on */
	uint64_t lost;		/* LOST: how many; 0: not said.  EVENT: so many of its CPU */
				/* before it */
};

/* Parse n bytes (no newline; any bytes, not terminated).  Never fails: kind says what it is. */
void capture_parse(const char *line, size_t n, struct capture_line *out);

/* The values of "folio=0x1 ent=0x313" into l->e, whose function and side are set.  NULL, or why. */
const char *capture_values(struct span text, struct capture_line *l);

/* Seconds or ns from s[*i] on, as ftrace writes stamps: *counter where there is no point in it. */
bool capture_stamp(struct span s, size_t *i, uint64_t *stamp, bool *counter);

/* "sys_madvise(start: 7f68fb62c000, ..)", "sys_madvise -> 0x0": is it one? */
bool capture_syscall(struct span s, struct capture_line *l);

/* The name of a function that has this variant: "zswap_frontswap_load".  It lives for ever. */
struct span capture_symbol(unsigned function, unsigned variant);

/* A number as ftrace writes it: 0x1f, 31, -12.  False: it is none, or needs more than 64 bits. */
bool capture_number(struct span s, uint64_t *v);

#endif
