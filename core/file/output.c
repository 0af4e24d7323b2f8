/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* asprintf, eaccess */
#include "core/file/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKS		32
#define LINKS_MAX	40
#define PART_TAIL	(sizeof(".xxxxxx.part") - 1)

static int failed(char *err, const char *path, int error)
{
	snprintf(err, OUTPUT_ERROR_MAX, "%.400s: %s", path, strerror(-error));
	return error;
}

/* ---- what a signal removes ---- */

/* Names are kept here, so that a handler finds them whatever the heap is like. */
static struct {
	atomic_int owner;		/* 0: free; or the process, for a child inherits it */
	atomic_bool ready;
	bool logs, folder;
	char name[PATH_MAX];
} marked[MARKS];

static atomic_int held;
static volatile sig_atomic_t waiting;

void output_mark(const char *name, bool logs, bool folder)
{
	int none;

	if (strlen(name) + sizeof("-journal") > PATH_MAX)
		return;
	for (int i = 0; i < MARKS; i++) {
		none = 0;
		if (!atomic_compare_exchange_strong(&marked[i].owner, &none, (int)getpid()))
			continue;
		strcpy(marked[i].name, name);
		marked[i].logs = logs;
		marked[i].folder = folder;
		atomic_store(&marked[i].ready, true);
		return;
	}
}

void output_unmark(const char *name)
{
	for (int i = 0; i < MARKS; i++)
		if (atomic_load(&marked[i].ready) && !strcmp(marked[i].name, name)) {
			atomic_store(&marked[i].ready, false);
			atomic_store(&marked[i].owner, 0);
			return;
		}
}

/* Called by a handler as well. */
static void remove_file(const char *name, bool logs)
{
	static const char *const beside[] = { "-wal", "-shm", "-journal" };
	char log[PATH_MAX];
	size_t n = strlen(name);

	unlink(name);
	if (!logs || n + sizeof("-journal") > sizeof(log))
		return;
	memcpy(log, name, n);
	for (int i = 0; i < 3; i++) {
		strcpy(log + n, beside[i]);
		unlink(log);
	}
}

static void remove_marked(void)
{
	for (int i = 0; i < MARKS; i++) {
		char *slash;

		if (atomic_load(&marked[i].owner) != (int)getpid() ||
		    !atomic_load(&marked[i].ready))
			continue;
		remove_file(marked[i].name, marked[i].logs);
		slash = marked[i].folder ? strrchr(marked[i].name, '/') : NULL;
		if (slash) {
			*slash = '\0';
			rmdir(marked[i].name);
			*slash = '/';
		}
	}
}

void output_on_signal(int number)
{
	int error = errno;

	if (atomic_load(&held) && !waiting) {
		waiting = number;
	} else {
		remove_marked();
		signal(number, SIG_DFL);
		raise(number);		/* when this returns */
	}
	errno = error;
}

void output_hold(void)
{
	atomic_fetch_add(&held, 1);
}

void output_release(void)
{
	if (atomic_fetch_sub(&held, 1) == 1 && waiting)
		output_on_signal(waiting);	/* nothing is held: it ends the program */
}

/* ---- names ---- */

/* Bytes of a path up to its last slash, and that. */
static int folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path) + 1 : 0;
}

/* The descriptor of ours that a name is of, or -1. */
static int own_descriptor(const char *path)
{
	int fd, n = 0;

	if ((sscanf(path, "/proc/self/fd/%9d%n", &fd, &n) == 1 ||
	     sscanf(path, "/dev/fd/%9d%n", &fd, &n) == 1) && n && !path[n])
		return fd;
	return -1;
}

/* Follow the links of the last part of a name, up to a descriptor of ours; free() it. */
static char *follow(const char *path)
{
	char *at = strdup(path), *next, target[PATH_MAX];
	ssize_t n;

	for (int links = 0; at && links < LINKS_MAX && own_descriptor(at) < 0; links++) {
		n = readlink(at, target, sizeof(target) - 1);
		if (n < 0)
			break;
		target[n] = '\0';
		if (asprintf(&next, "%.*s%s", *target == '/' ? 0 : folder_length(at), at,
			     target) < 0)
			next = NULL;
		free(at);
		at = next;
	}
	return at;
}

char *output_place(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : follow(path);
}

/* Where a file would be made: its folder, and its name in `last`, which stays in `place`. */
static bool would_be(char *place, struct stat *folder, const char **last)
{
	char name[PATH_MAX];

	*last = place + folder_length(place);
	return snprintf(name, sizeof(name), "%.*s.", folder_length(place), place) <
	       (int)sizeof(name) && !stat(name, folder);
}

bool same_output(const char *a, const char *b)
{
	char *place[2];
	const char *last[2];
	struct stat x, y;
	bool there[2] = { !stat(a, &x), !stat(b, &y) }, same;

	if (there[0] || there[1])
		return there[0] && there[1] && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
		       x.st_ino == y.st_ino;
	place[0] = output_place(a);
	place[1] = output_place(b);
	same = place[0] && place[1] && would_be(place[0], &x, &last[0]) &&
	       would_be(place[1], &y, &last[1]) && x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
	       !strcmp(last[0], last[1]);
	free(place[0]);
	free(place[1]);
	return same;
}

/* ---- parts ---- */

/* What is needed of `place`, where a file is or none. */
static int check_place(const char *place, char *err)
{
	char folder[PATH_MAX];
	struct stat st;

	if (snprintf(folder, sizeof(folder), "%.*s.", folder_length(place), place) >=
	    (int)sizeof(folder))
		return failed(err, place, -ENAMETOOLONG);
	if (!stat(place, &st)) {
		if (S_ISDIR(st.st_mode))
			return failed(err, place, -EISDIR);
		if (eaccess(place, W_OK))
			return failed(err, place, -errno);
	} else if (errno != ENOENT) {
		return failed(err, place, -errno);
	} else if (!*place || place[strlen(place) - 1] == '/') {
		return failed(err, place, *place ? -EISDIR : -ENOENT);
	}
	if (!eaccess(folder, W_OK | X_OK))
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return failed(err, place, -errno);
	snprintf(err, OUTPUT_ERROR_MAX, "%.200s: its folder cannot be written to (%s), and a file "
		 "is made beside it first", place, strerror(errno));
	return -EACCES;
}

/* A new file beside `place`.  Its descriptor, or a negative errno. */
static int new_part(struct output_part *p, bool logs)
{
	const char *last = p->place + folder_length(p->place);
	size_t keep = strlen(last) + PART_TAIL > NAME_MAX ? NAME_MAX - PART_TAIL : strlen(last);
	unsigned random;
	int fd = -1;

	for (int tries = 0; tries < 100; tries++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		if (asprintf(&p->name, "%.*s%.*s.%06x.part", folder_length(p->place), p->place,
			     (int)keep, last, random & 0xffffff) < 0) {
			p->name = NULL;
			return -ENOMEM;
		}
		/* marked before it is there: a signal between the two finds it */
		output_mark(p->name, logs, false);
		fd = open(p->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0)
			return fd;
		fd = -errno;
		output_unmark(p->name);
		free(p->name);
		p->name = NULL;
		if (fd != -EEXIST)
			break;
	}
	return fd;
}

/* The mode of the file whose place it takes, and its owner, where that may be given. */
static void like_before(int fd, const char *place)
{
	struct stat st;

	if (stat(place, &st) || !S_ISREG(st.st_mode))
		return;
	if (fchown(fd, st.st_uid, st.st_gid) && fchown(fd, (uid_t)-1, st.st_gid))
		st.st_mode &= ~(mode_t)(S_ISUID | S_ISGID);
	fchmod(fd, st.st_mode & 07777);
}

static void part_free(struct output_part *p)
{
	free(p->place);
	free(p->name);
	*p = (struct output_part){ 0 };
}

/* Returns a descriptor. */
static int make_part(struct output_part *p, const char *path, bool logs, char *err)
{
	int r;

	*p = (struct output_part){ 0 };
	p->place = output_place(path);
	r = p->place ? check_place(p->place, err) : failed(err, path, -ENOMEM);
	if (!r) {
		r = new_part(p, logs);
		if (r < 0)
			failed(err, path, r);
		else
			like_before(r, p->place);
	}
	if (r < 0)
		part_free(p);
	return r;
}

int part_make(struct output_part *p, const char *path, bool logs, char *err)
{
	int fd = make_part(p, path, logs, err);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* A name is on the disk when its folder is; where a folder cannot be synced, it is done later. */
static void sync_folder(const char *place)
{
	char folder[PATH_MAX];
	int fd;

	snprintf(folder, sizeof(folder), "%.*s.", folder_length(place), place);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int sync_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd))
		r = -errno;
	close(fd);
	return r;
}

int part_publish(struct output_part *p, const char *path, char *err)
{
	int r = sync_file(p->name);

	if (!r && rename(p->name, p->place))
		r = -errno;
	if (r) {
		part_drop(p);
		return failed(err, path, r);
	}
	output_unmark(p->name);
	sync_folder(p->place);
	part_free(p);
	return 0;
}

void part_drop(struct output_part *p)
{
	if (p->name) {
		remove_file(p->name, true);
		output_unmark(p->name);
	}
	part_free(p);
}

/* ---- outputs ---- */

/* What `path` is when it is no file that can be replaced; or NULL.  free() it. */
static char *written_as_it_is(const char *path, bool *descriptor)
{
	char *at = follow(path);
	struct stat st;

	*descriptor = at && own_descriptor(at) >= 0;
	if (!at || *descriptor)
		return at;
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return at;
	free(at);
	return NULL;
}

static int open_as_it_is(const char *at, bool descriptor)
{
	int fd;

	if (!descriptor)
		return open(at, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	fflush(stdout);
	fd = fcntl(own_descriptor(at), F_GETFL);
	if (fd >= 0 && (fd & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;
		return -1;
	}
	return fd < 0 ? fd : fcntl(own_descriptor(at), F_DUPFD_CLOEXEC, 3);
}

int output_check(const char *path, char *err)
{
	bool descriptor;
	char *at = written_as_it_is(path, &descriptor);
	int r = 0;

	if (descriptor) {
		r = fcntl(own_descriptor(at), F_GETFL) < 0 ? failed(err, path, -errno) : 0;
	} else if (at) {
		r = eaccess(at, W_OK) ? failed(err, path, -errno) : 0;
	} else {
		at = output_place(path);
		r = at ? check_place(at, err) : failed(err, path, -ENOMEM);
	}
	free(at);
	return r;
}

int output_open(struct output *o, const char *path, char *err)
{
	bool descriptor;
	char *at = written_as_it_is(path, &descriptor);
	int fd;

	*o = (struct output){ .path = path };
	if (at) {
		fd = open_as_it_is(at, descriptor);
		free(at);
		if (fd < 0)
			return failed(err, path, -errno);
	} else {
		fd = make_part(&o->part, path, false, err);
		if (fd < 0)
			return fd;
	}
	o->file = fdopen(fd, o->part.name ? "w+" : "w");
	if (!o->file) {
		close(fd);
		part_drop(&o->part);
		return failed(err, path, -ENOMEM);
	}
	return 0;
}

int output_commit(struct output *o, char *err)
{
	int r = 0;

	if (!o->file)
		return failed(err, o->path, -EBADF);
	errno = 0;
	if (fflush(o->file) || ferror(o->file)) {
		/* why an earlier write failed is told by one more: the file is of no use anyway */
		if (!errno && write(fileno(o->file), "", 1) == 1)
			errno = EIO;
		r = errno ? -errno : -EIO;
	}
	if (fclose(o->file) && !r)
		r = errno ? -errno : -EIO;
	o->file = NULL;
	if (r) {
		part_drop(&o->part);
		return failed(err, o->path, r);
	}
	return o->part.name ? part_publish(&o->part, o->path, err) : 0;
}

void output_drop(struct output *o)
{
	if (o->file)
		fclose(o->file);
	o->file = NULL;
	part_drop(&o->part);
}
