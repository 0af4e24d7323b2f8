/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The dot file of a deterministic automaton, as Documentation/trace/rv/deterministic_automata.rst
 * of the kernel has it.  What reads it goes by lines and words: the first line, then what it skips
 * up to the first "{node", a line a node whose name is its last word, the edge to the first state,
 * then lines that begin with a quote, each a state's label or an edge with a label.  No such line
 * may come later, and names are C identifiers.
 */
#include "ui/monitor/monitor.h"

static void print_nodes(FILE *out, const struct monitor *m)
{
	for (unsigned s = 1; s < m->states; s++)
		fprintf(out, "\t{node [shape = %s] \"%s\"};\n",
			m->state[s].idle ? "doublecircle" : "circle", m->state[s].name);
	fprintf(out, "\t{node [shape = plaintext, style=invis, label=\"\"] \"__init_%s\"};\n",
		m->state[0].name);
	fprintf(out, "\t{node [shape = doublecircle] \"%s\"};\n", m->state[0].name);
	fprintf(out, "\t\"__init_%s\" -> \"%s\";\n", m->state[0].name, m->state[0].name);
}

/* All events that lead from one state to another are one edge. */
static void print_edges(FILE *out, const struct monitor *m, const struct monitor_state *from)
{
	fprintf(out, "\t\"%s\" [label = \"%s\"];\n", from->name, from->name);
	for (unsigned to = 0; to < m->states; to++) {
		const char *between = "";

		for (unsigned e = 0; e < m->events; e++) {
			if (from->next[e] != (int)to)
				continue;
			if (!*between)
				fprintf(out, "\t\"%s\" -> \"%s\" [ label = \"", from->name,
					m->state[to].name);
			fprintf(out, "%s%s", between, m->event[e].name);
			between = "\\n";
		}
		if (*between)
			fputs("\" ];\n", out);
	}
}

void monitor_dot(FILE *out, const struct monitor *m, const char *of, const char *command)
{
	fputs("digraph state_automaton {\n", out);
	fputs("\t// SPDX-License-Identifier: GPL-2.0-only\n", out);
	fprintf(out, "\t// %s\n\t// made by: %s\n", of, command);
	print_nodes(out, m);
	for (unsigned s = 0; s < m->states; s++)
		print_edges(out, m, &m->state[s]);
	fprintf(out, "\t{ rank = min ;\n\t\t\"__init_%s\";\n\t\t\"%s\";\n\t}\n}\n",
		m->state[0].name, m->state[0].name);
}
