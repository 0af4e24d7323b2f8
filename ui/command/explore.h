/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explore.h - what the files of `explore` share.
 */
#ifndef SWAPSCOPE_UI_COMMAND_EXPLORE_H
#define SWAPSCOPE_UI_COMMAND_EXPLORE_H

#include "core/explore/explore.h"
#include "ui/certify/certify.h"
#include "ui/command/command.h"
#include "ui/text/names.h"

struct explore_args {
	const char *scenario;
	struct kernel_choice kernel;
	struct explore_options o;
	uint64_t max_depth, max_mib, count_depth;
	const char *reach;
	const char *after;
	const char *save;
	const char *save_graph;
	uint64_t graph_limit;
	bool json, markdown;
	const char *junit;
	bool quiet;
	bool expect;
	const char *certificate;
	bool certify;
	bool overlaps;
};

/* What is explored. */
struct subject {
	const struct scenario *s;
	const struct kernel *k;
	const char *kernel_name;
	const struct explore_args *args;
	const struct schedule *after;	/* moves made before; none, where there are none */
	const struct certifying *proof;	/* what came of its certificate */
};

/* Everything that is told in text, as JSON on standard output. */
void explore_json(const struct subject *sub, const struct exploration *x);

#endif
