/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An exploration as tables: every state and every transition.  They belong to a run of no
 * events, whose names and switches they share.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/explore/edges.h"
#include "traces/write/writer.h"

struct visit {
	struct trace_writer *tw;
	uint64_t n;
};

static int write_transition(void *arg, uint64_t from, uint64_t to, struct move move, int step,
			    uint32_t violated)
{
	struct visit *v = arg;
	const struct value none = NIL, target = INT(to);
	struct trace_writer *tw = v->tw;

	if (step < 0)
		return tw_fail(tw, -EINVAL, "transition %llu of the graph makes no step",
			       (unsigned long long)v->n);
	v->n++;
	tw_row(tw, SQL_GRAPH_TRANSITION, INT(tw->run), INT(from), INT(move.task),
	       INT(move.choice), INT((int)tw->first_step + step), to == UINT64_MAX ? none : target,
	       INT(violated));
	return tw->batch >= BATCH_ROWS ? tw_commit(tw) : tw->error;
}

static int write_state(struct trace_writer *tw, const struct graph *g, uint64_t id)
{
	struct world w, mapped;

	graph_state(g, id, &w);
	tw_map_world(tw, &w, &mapped);
	tw_row(tw, SQL_GRAPH_STATE, INT(tw->run), INT(id), INT(graph_depth(g, id)));
	for (size_t i = 0; i < tw->fields; i++) {
		unsigned v = field_get(&mapped, &tw->field[i]);

		if (v)
			tw_row(tw, SQL_GRAPH_FIELD, INT(tw->run), INT(id), INT(tw_field(tw, i)),
			       INT(v));
	}
	return tw->batch >= BATCH_ROWS ? tw_commit(tw) : tw->error;
}

static int write_graph(struct trace_writer *tw, struct exploration *x)
{
	struct visit v = { .tw = tw };
	int r = 0;

	for (uint64_t id = 0; !r && id < x->states; id++)
		r = write_state(tw, x->graph, id);
	if (!r)
		r = graph_transitions(x->graph, write_transition, &v);
	if (r)
		tw_fail(tw, r < 0 ? r : -EIO, "the graph could not be walked");
	return tw->error;
}

int trace_graph(struct trace_writer *tw, struct exploration *x, const struct scenario *s,
		const struct kernel *k, uint64_t limit)
{
	char verdict[160];
	const struct run_meta meta = { .title = "every state", .verdict = verdict };
	struct world start;

	if (tw->error)
		return tw->error;
	if (!x->graph)
		return tw_fail(tw, -EINVAL, "the exploration kept no graph");
	if (x->states > limit) {	/* does not stick: nothing was written */
		snprintf(tw->error_text, sizeof(tw->error_text),
			 "%llu states are more than %llu", (unsigned long long)x->states,
			 (unsigned long long)limit);
		return -EFBIG;
	}
	snprintf(verdict, sizeof(verdict), "%s, %llu states, %llu transitions",
		 x->verdict == VERDICT_SAFE ? "safe" :
		 x->verdict == VERDICT_VIOLATED ? "violated" : !x->complete ? "bounded" :
		 "bounded, safe of all but LIVELOCK, not looked for to the end",
		 (unsigned long long)x->states, (unsigned long long)x->transitions);
	graph_state(x->graph, 0, &start);
	if (trace_run_begin(tw, s, k, &meta, &start) < 0 || write_graph(tw, x))
		return tw->error;
	return trace_run_end(tw, "");
}
