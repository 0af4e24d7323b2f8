/* SPDX-License-Identifier: GPL-2.0-only */
/* check_capture.h - `swapscope check` of a capture of a real kernel. */
#ifndef SWAPSCOPE_UI_TEXT_CHECK_CAPTURE_H
#define SWAPSCOPE_UI_TEXT_CHECK_CAPTURE_H

#include <cjson/cJSON.h>

#include "ui/text/names.h"
#include "ui/text/text.h"

#define CHECK_SAID_MAX	500

/* The two verdicts, each as an exit status and a line. */
struct check_said {
	int conforms, keeps;
	char conforms_text[CHECK_SAID_MAX], keeps_text[CHECK_SAID_MAX];
};
struct check_options {
	struct kernel_choice kernel;	/* over the run's own */
	const char *device;		/* "disk"; NULL: the run's own */
	cJSON *json;			/* an array that gets what is found; NULL: it is printed */
	bool conformance;		/* the exit status speaks of the model alone */
};

/*
 * Say whether the capture of a run, `file` on the command line, is a run of the model, and whether
 * data was lost in it: two verdicts, which are in *said.  Returns an exit status of both:
 * EXIT_VIOLATED where it is no run of the model or lost data, EXIT_UNKNOWN where not all of it
 * could be looked at, EXIT_USAGE where it cannot be checked or its kernel is not known.
 */
int check_capture(struct trace *t, const char *file, const struct check_options *o,
		  struct check_said *said);

#endif
