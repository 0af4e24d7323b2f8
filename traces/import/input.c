/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* pipe2() */
#include "traces/import/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/capture/capture.h"
#include "traces/import/dat.h"
#include "traces/db.h"
#include "traces/trace.h"

#define BLOCK		65536
#define BUFFER		(CAPTURE_LINE_MAX + BLOCK)
#define MEMORY_MAX	((rlim_t)768 << 20)	/* of the process that unpacks */
#define SECONDS_MAX	600	/* of a CPU */
#define MESSAGE_MAX	200
#define DAT_MAX		(UINT64_C(1) << 30)	/* of a packed trace.dat, on the disk */

/* A sanitizer takes more address space than there is memory. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

/* ---- the process that reads ---- */

/* What is wrong, for the other side; never returns. */
static void __attribute__((noreturn)) give_up(int message, const char *what)
{
	char text[MESSAGE_MAX];
	int n = snprintf(text, sizeof(text), "%s", what ? what : "it cannot be read");

	if (write(message, text, n < MESSAGE_MAX ? (size_t)n : MESSAGE_MAX - 1) < 0)
		_exit(2);
	_exit(1);
}

static void limit(int resource, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(resource, &now) || now.rlim_cur <= most)
		return;
	now.rlim_cur = most;
	setrlimit(resource, &now);
}

/* It has its limits, and when it crashes it does so without a word, or a file. */
static void confine(void)
{
	static const int crash[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU };

	for (size_t i = 0; i < sizeof(crash) / sizeof(crash[0]); i++)
		signal(crash[i], SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, SECONDS_MAX);
#if !SANITIZED
	limit(RLIMIT_AS, MEMORY_MAX);
#endif
}

static void write_all(int data, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(data, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			_exit(0);	/* nobody reads any more */
		p += done;
		n -= (size_t)done;
	}
}

/* What reads a trace.dat says by itself what it thinks of it, on standard error. */
static void read_dat(int fd, int data, int message)
{
	FILE *out = fdopen(data, "w");
	int null = open("/dev/null", O_WRONLY);
	const char *why;

	if (!out || null < 0)
		give_up(message, "out of memory");
	dup2(null, STDERR_FILENO);
	dup2(null, STDOUT_FILENO);
	why = capture_dat_text(fd, out);
	if (why)
		give_up(message, why);
}

/* The next bytes of what is in the file when it is unpacked; 0 at its end. */
static ssize_t next_block(struct archive *a, char *block, int message)
{
	ssize_t n = archive_read_data(a, block, BLOCK);

	if (n < 0)
		give_up(message, archive_error_string(a));
	return n;
}

/* A trace.dat is not read from its beginning to its end: it needs a file of its own. */
static void read_packed_dat(struct archive *a, char *block, ssize_t n, int data, int message)
{
	FILE *file = tmpfile();
	uint64_t size = 0;

	for (; file && n > 0; n = next_block(a, block, message)) {
		size += (uint64_t)n;
		if (size > DAT_MAX)
			give_up(message, "as a trace.dat it is too large when it is unpacked");
		if (fwrite(block, 1, (size_t)n, file) != (size_t)n)
			break;
	}
	if (!file || n > 0 || fflush(file) || lseek(fileno(file), 0, SEEK_SET))
		give_up(message, "there is no room to unpack it");
	read_dat(fileno(file), data, message);
}

/* Plain, or what a filter makes of it. */
static struct archive *open_file(int fd, int message)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	int r;

	if (!a)
		give_up(message, "out of memory");
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_empty(a);
	if (archive_read_open_fd(a, fd, BLOCK) != ARCHIVE_OK)
		give_up(message, archive_error_string(a));
	r = archive_read_next_header(a, &entry);
	if (r == ARCHIVE_EOF)
		_exit(0);
	if (r != ARCHIVE_OK)
		give_up(message, archive_error_string(a));
	return a;
}

static void __attribute__((noreturn)) child(int fd, int data, int message)
{
	struct archive *a;
	char *block;
	ssize_t n;

	confine();
	block = malloc(BLOCK);
	if (!block)
		give_up(message, "out of memory");
	n = pread(fd, block, BLOCK, 0);		/* of a pipe there is none */
	if (n > 0 && capture_dat_begins(block, (size_t)n)) {
		read_dat(fd, data, message);
		_exit(0);
	}
	a = open_file(fd, message);
	n = next_block(a, block, message);
	if (n > 0 && capture_dat_begins(block, (size_t)n))
		read_packed_dat(a, block, n, data, message);
	else
		for (; n > 0; n = next_block(a, block, message))
			write_all(data, block, (size_t)n);
	_exit(0);
}

/* ---- the other side ---- */

static int say(const char *path, int error, char *err)
{
	snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror(-error));
	return error;
}

/* A pipe, both ends of which are gone after an exec. */
static int make_pipe(int end[2])
{
	return pipe2(end, O_CLOEXEC) ? -errno : 0;
}

static int start_child(struct capture_input *in, int fd)
{
	int data[2], message[2], r = make_pipe(data);

	if (r)
		return r;
	r = make_pipe(message);
	if (r) {
		close(data[0]);
		close(data[1]);
		return r;
	}
	fflush(NULL);
	in->child = fork();
	if (!in->child) {
		close(data[0]);		/* else nobody's going away would be noticed */
		close(message[0]);
		child(fd, data[1], message[1]);
	}
	r = in->child < 0 ? -errno : 0;
	close(data[1]);
	close(message[1]);
	in->data = data[0];
	in->message = message[0];
	return r;
}

int capture_input_open(struct capture_input *in, const char *path, char *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;
	struct stat st;

	*in = (struct capture_input){ .path = path, .data = -1, .message = -1, .child = -1,
					.file = -1 };
	if (fd < 0)
		return say(path, -errno, err);
	if (fstat(fd, &st))
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	in->buffer = r ? NULL : malloc(BUFFER);
	if (!r)
		r = in->buffer ? start_child(in, fd) : -ENOMEM;
	in->file = fd;
	if (!r)
		return 0;
	capture_input_close(in, NULL);
	return say(path, r, err);
}

/* More bytes behind what there is.  1, 0 at the end, or a negative errno. */
static int fill(struct capture_input *in)
{
	ssize_t n;

	if (in->start) {
		memmove(in->buffer, in->buffer + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
	}
	do
		n = read(in->data, in->buffer + in->end, BUFFER - in->end);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		in->end += (size_t)n;
	return n > 0 ? 1 : n < 0 ? -errno : 0;
}

/* The rest of a line that is too long: count it up to its newline. */
static int skip(struct capture_input *in, uint64_t *more)
{
	char *newline = NULL;
	ssize_t n = 0;
	size_t keep = CAPTURE_LINE_MAX;

	*more = in->end - keep;
	newline = memchr(in->buffer + keep, '\n', in->end - keep);
	in->end = newline ? in->end : keep;
	while (!newline) {
		n = read(in->data, in->buffer + keep, BUFFER - keep);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		newline = memchr(in->buffer + keep, '\n', (size_t)n);
		*more += (uint64_t)n;
		in->end = newline ? keep + (size_t)n : keep;
	}
	if (newline) {
		in->start = (size_t)(newline + 1 - in->buffer);
		*more -= in->end - in->start + 1;
	} else {
		in->start = in->end;
	}
	return n < 0 ? -errno : 1;
}

int capture_input_line(struct capture_input *in, const char **line, size_t *n, uint64_t *more)
{
	size_t searched = 0;
	int r = 1;

	*more = 0;
	for (;;) {
		char *at = in->buffer + in->start;
		size_t there = in->end - in->start;
		char *newline = there > searched ?
				memchr(at + searched, '\n', there - searched) : NULL;

		*line = at;
		*n = newline ? (size_t)(newline - at) : there;
		if (*n > CAPTURE_LINE_MAX) {
			*n = CAPTURE_LINE_MAX;
			if (newline) {
				*more = (uint64_t)(newline - at) - CAPTURE_LINE_MAX;
				in->start += (size_t)(newline - at) + 1;
				return 1;
			}
			r = in->start ? fill(in) : 1;
			*line = in->buffer;
			return r < 0 ? r : skip(in, more);
		}
		if (newline) {
			in->start += *n + 1;
			return 1;
		}
		searched = there;
		r = fill(in);
		if (r < 0)
			return r;
		if (!r) {			/* the last line has no newline */
			*line = in->buffer;
			in->start = in->end;
			return *n ? 1 : 0;
		}
	}
}

uint64_t capture_input_read(const struct capture_input *in, uint64_t *size)
{
	off_t at = lseek(in->file, 0, SEEK_CUR);
	struct stat st;

	*size = !fstat(in->file, &st) && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return at > 0 ? (uint64_t)at : 0;
}

/* What the child said, or how it died. */
static int say_end(struct capture_input *in, int status, char *err)
{
	char text[MESSAGE_MAX];
	ssize_t n = 0;

	if (in->message >= 0)
		n = read(in->message, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	text_clean(text, text, false);
	if (*text)
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: %s", in->path, text);
	else if (WIFSIGNALED(status))
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: what unpacks it was ended by "
			 "signal %d", in->path, WTERMSIG(status));
	else
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged", in->path);
	return -EBADMSG;
}

int capture_input_close(struct capture_input *in, char *err)
{
	int status = 0, r = 0;

	if (in->data >= 0)
		close(in->data);
	if (in->child > 0) {
		while (waitpid(in->child, &status, 0) < 0 && errno == EINTR)
			;
		if (err && status)
			r = say_end(in, status, err);
	}
	if (in->message >= 0)
		close(in->message);
	if (in->file >= 0)
		close(in->file);
	free(in->buffer);
	*in = (struct capture_input){ .data = -1, .message = -1, .child = -1, .file = -1 };
	return r;
}
