/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * input.h - whatever a capture is stored as, as text.
 *
 * A process of its own reads the file: what unpacks hostile files can neither crash this one nor
 * take more memory than it is given.
 */
#ifndef SWAPSCOPE_TRACES_IMPORT_INPUT_H
#define SWAPSCOPE_TRACES_IMPORT_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct capture_input {
	const char *path;
	pid_t child;
	int file;			/* the same open file as the child's: how far it is */
	int data, message;		/* pipes: the text, and what went wrong */
	char *buffer;
	size_t start, end;		/* of what was read and is not used yet */
};

/* Begin to read.  Returns 0 or a negative errno and one line in err (TRACE_ERROR_MAX bytes). */
int capture_input_open(struct capture_input *in, const char *path, char *err);

/*
 * The next line without its newline, good until the next call: *n bytes, of which those beyond
 * CAPTURE_LINE_MAX are only counted, in *more.  1, 0 at the end, or a negative errno.
 */
int capture_input_line(struct capture_input *in, const char **line, size_t *n, uint64_t *more);

/* Bytes of the file that are read, packed as they may be; *size of all of it, 0: not known. */
uint64_t capture_input_read(const struct capture_input *in, uint64_t *size);

/*
 * End, whether all was read or not.  Returns 0, or a negative errno and one line in err: the file
 * is damaged, and what came before is all that there is.  With err = NULL nothing is said.
 */
int capture_input_close(struct capture_input *in, char *err);

#endif
