/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dat.h - trace-cmd's trace.dat as ftrace text.
 */
#ifndef SWAPSCOPE_TRACES_IMPORT_DAT_H
#define SWAPSCOPE_TRACES_IMPORT_DAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Are these the first bytes of a trace.dat? */
bool capture_dat_begins(const char *start, size_t n);

/*
 * Write the records of a trace.dat in the order of their stamps, each as the line that the kernel's
 * own trace has of it, after a comment "# uname: .." where the file says what kernel it was.
 * For a process of its own: what reads such files trusts them.  Returns NULL, or what is wrong.
 */
const char *capture_dat_text(int fd, FILE *out);

#endif
