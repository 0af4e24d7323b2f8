/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * search.c - from step to step whose text has what was searched for.
 */
#include <string.h>

#include "ui/view/act.h"

COMMAND(SEARCH)
{
	struct trace_object o;

	if (!*argument) {
		prompt_open(v, PROMPT_SEARCH, "");
		return;
	}
	o = parse_object(v, argument);
	if (o.kind)
		look_at(v, o);
}

COMMAND(MATCH)
{
	do_NEXT_CHAPTER(v, "");
}

COMMAND(MATCH_BEFORE)
{
	view_say(v, "nothing is searched for: / does it");
}
