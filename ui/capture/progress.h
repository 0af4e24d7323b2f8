/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * progress.h - how far an import is, in a line on a terminal that is written over; nothing where
 * standard error is none.
 */
#ifndef SWAPSCOPE_UI_CAPTURE_PROGRESS_H
#define SWAPSCOPE_UI_CAPTURE_PROGRESS_H

#include <time.h>

#include "traces/capture/capture.h"

struct import_progress {
	const char *name;		/* the capture's path, and then its last part */
	struct timespec begun, told;
};

/* Reading begins: capture_import() of `info` is to tell. */
void import_tells(struct import_progress *p, struct capture_info *info);

/* After it `what` is done to so many events; NULL: all is done, and the line goes. */
void import_phase(const struct import_progress *p, const char *what, uint64_t events);

#endif
