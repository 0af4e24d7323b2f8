/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * value.h - fields and their values in words: "swap_map: count 1, has_cache".
 */
#ifndef SWAPSCOPE_UI_TEXT_VALUE_H
#define SWAPSCOPE_UI_TEXT_VALUE_H

#include "traces/read/read.h"

/* A value of a field of the model, in a run whose tasks have names.  buf is returned. */
const char *value_text(const struct run_info *run, const struct field *f, unsigned value,
		       char *buf, size_t size);

/* "slot 0 holder none -> sync".  A field that is new to this program has no words: "". */
const char *change_text(const struct run_info *run, const struct trace_change *c, char *buf,
			size_t size);

#endif
