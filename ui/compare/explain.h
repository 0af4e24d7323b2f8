/* SPDX-License-Identifier: GPL-2.0-only */
/* explain.h - what the files of the command `explain` share. */
#ifndef SWAPSCOPE_UI_COMPARE_EXPLAIN_H
#define SWAPSCOPE_UI_COMPARE_EXPLAIN_H

#include "replay/explain/explain.h"
#include "traces/capture/capture.h"
#include "ui/command/command.h"

struct cJSON;

struct explain_args {
	struct kernel_choice kernel;
	uint32_t only;			/* properties, as bits */
	uint64_t finding;		/* which, from 1; 0: not said */
	uint64_t max_states;
	bool all, json;
};

struct telling {
	const struct explain_args *args;
	const char *name;		/* as it was named, fit to be shown */
	struct trace *t;
	bool capture;
	struct capture_info info;
	bool bounded;			/* of a search that found nothing */
};

/* "line 566, @552": the event that a step was linked to; "" where there is none.  Returns buf. */
const char *told_event(const struct telling *say, uint64_t at, char *buf, size_t size);

/* An explanation as text, and as JSON: EXIT_OK, or EXIT_USAGE after a line that says why. */
void print_explanation(const struct telling *say, const struct explanation *e);
int print_explanation_json(const struct telling *say, const struct explanation *e);

/* Parts of it. */
struct cJSON *object_json(struct trace_object o);
void event_json(const struct telling *say, uint64_t at, struct cJSON *o);

/* The life of an object of the run: 0 or a negative errno. */
int print_life(const struct telling *say, struct trace_object o);

#endif
