/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * form.h - the forms that a capture's lines can have.
 *
 *	ftrace		the kernel's trace, and what trace-cmd report makes of a trace.dat
 *	graph		the tracer function_graph, of the kernel (graph.c) or of trace-cmd report
 *	perf		perf script (perf.c)
 *	bpftrace	what the script of `swapscope probes --bpftrace` prints (bpf.c)
 *
 * Each line is recognised by itself.  Whatever its form it becomes what ftrace's would be, a line
 * in its parts (parse.h), and what comes behind that knows of no forms.  A form may say less than
 * ftrace's: of a call that does not name the slot that its probe would, or of a return without
 * its value, nobody can tell what it did.  Such an event is kept as one of SIDE_OTHER, so that
 * its function counts as one that was not probed, and the form remembers which these are.
 *
 * A leaf of a graph, "zswap_load();", is a call and its return in one line.  The return is held
 * until a line comes that is after it.
 *
 * Memory is what form_new() takes, whatever the lines are.
 */
#ifndef SWAPSCOPE_TRACES_IMPORT_FORM_H
#define SWAPSCOPE_TRACES_IMPORT_FORM_H

#include "traces/capture/parse.h"

#define GRAPH_CPUS	1024
#define GRAPH_TASKS	4096	/* that are inside functions; by pid, modulo that */
#define GRAPH_OPEN	24	/* functions of ours that a task is inside */
#define GRAPH_TEXT	512	/* of the values of a call */

/* A function that a task is inside: "}" says only how deep it stands. */
struct graph_open {
	uint16_t indent;
	uint8_t function, variant;
};

struct graph_task {
	int32_t pid;
	unsigned n;
	struct graph_open open[GRAPH_OPEN];
};

/* The return of a leaf. */
struct graph_leaf {
	struct capture_line l;		/* its comm and text are not to be used */
	char comm[20];
	bool timed;
	uint64_t line;
	uint32_t at;
};

/* What a CPU runs, and the return that is held of it. */
struct graph_cpu {
	bool known, irq, held;
	int32_t pid;
	char comm[20];
	struct graph_leaf leaf;
};

struct form {
	unsigned seen;			/* a bit a enum capture_form */
	unsigned release;		/* RELEASE() of the capture's kernel; 0: not known */
	const char *missing;		/* what its lines lack to be events, and what to do */
	bool blind[FN_COUNT];		/* functions whose calls do not name their slot */
	bool mute[FN_COUNT];		/* whose returns lack their value */
	uint64_t stamp;			/* of a graph without times */
	unsigned cpus, held;		/* of cpu[]: beyond are none; leaves that wait */
	bool begun;			/* the line is a leaf: `leaf` is its return */
	struct graph_leaf leaf;
	char values[GRAPH_TEXT];
	uint64_t next[GRAPH_CPUS];	/* bpftrace: the number of a CPU's next event */
	uint64_t lost, missed;		/* events that it says it lost; numbers that are missed */
	struct graph_cpu cpu[GRAPH_CPUS];
	struct graph_task task[GRAPH_TASKS];
};

/* release: as capture_info has it, "" where nothing said it.  NULL: out of memory.  free() it. */
struct form *form_new(const char *release);

/* Line `number` of the capture, n bytes of any kind: as capture_parse(). */
void form_line(struct form *f, uint64_t number, const char *line, size_t n,
	       struct capture_line *out);

/*
 * The next return that was held and comes before `l`, which form_line() gave last; of l = NULL,
 * the end, all of them.  Good until the next call of either.  NULL: there is no more, and l can
 * be taken, whatever it is.
 */
const struct graph_leaf *form_held(struct form *f, struct capture_line *l);

/* ---- the readers; false: it is no line of that form ---- */

bool graph_line(struct form *f, uint64_t number, struct span line, struct capture_line *l);
bool graph_report(struct form *f, uint64_t number, const char *line, struct capture_line *l);
bool perf_line(struct form *f, struct span line, struct capture_line *l);
bool bpf_line(struct form *f, struct span line, struct capture_line *l);

/* ---- what they share ---- */

/* An event of that name or of the function, and what its values are: "folio=0x1 ent=0x313". */
void form_call(struct form *f, struct capture_line *l, struct span symbol, unsigned side,
	       struct span values);

/* What a function's return value is called by its probe: into f->values, "folio=0xffff..". */
struct span form_return(struct form *f, struct span symbol, struct span value);

/*
 * The function of an event whose line has addresses instead of names: of perf probe's
 * "zswap_load__return", of the probe table's "z_load_r".  Empty: none, or several.
 */
struct span form_function(const struct form *f, struct span name, bool *returns);

/* The event lacks what its probe would say?  Then it is SIDE_OTHER. */
void form_judge(struct form *f, struct capture_line *l);

#endif
