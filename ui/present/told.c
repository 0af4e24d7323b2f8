/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * told.c - the file by which one terminal tells the other where a talk is.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ui/present/talk.h"
#include "ui/text/text.h"

#define TOLD_FORMAT	"swapscope-talk 1 beat %u off %d began %lld pid %d\n"

/* A number for the deck's name: of a file, for where it is. */
static unsigned long long number_of(const struct deck *d)
{
	char *whole = realpath(d->name, NULL);
	unsigned long long hash = 14695981039346656037ull;

	for (const char *c = whole ? whole : d->name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211ull;
	free(whole);
	return hash;
}

/* A folder of ours below one of the user's. */
static int own_folder(char *path, size_t size)
{
	const char *run = getenv("XDG_RUNTIME_DIR"), *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int n = -1;

	if (run && *run == '/') {
		n = snprintf(path, size, "%s/swapscope", run);
	} else if (cache && *cache == '/') {
		n = snprintf(path, size, "%s/swapscope", cache);
	} else if (home && *home == '/') {
		snprintf(path, size, "%s/.cache", home);
		mkdir(path, 0700);
		n = snprintf(path, size, "%s/.cache/swapscope", home);
	}
	if (n < 0 || (size_t)n + 64 > size || (mkdir(path, 0700) && errno != EEXIST) ||
	    access(path, W_OK))
		return EXIT_USAGE;
	return EXIT_OK;
}

int told_path(const struct deck *d, char *path, size_t size)
{
	int status = own_folder(path, size);
	size_t n = status ? 0 : strlen(path);

	if (!status)
		snprintf(path + n, size - n, "/talk-%016llx", number_of(d));
	return status;
}

int told_write(const char *path, const struct told *t)
{
	char beside[4200];
	FILE *out;
	int error = 0;

	snprintf(beside, sizeof(beside), "%s.%d", path, (int)getpid());
	out = fopen(beside, "w");
	if (!out)
		return -errno;
	if (fprintf(out, TOLD_FORMAT, t->beat, t->off_path, t->began, (int)t->pid) < 0)
		error = -EIO;
	if (fclose(out) && !error)
		error = -errno;
	if (!error && rename(beside, path))
		error = -errno;
	if (error)
		unlink(beside);
	return error;
}

int told_read(const char *path, struct told *t)
{
	FILE *in = fopen(path, "r");
	int off = 0, pid = 0, n;
	char line[128] = "";

	*t = (struct told){ 0 };
	if (!in)
		return -ESRCH;
	if (!fgets(line, sizeof(line), in))
		line[0] = '\0';
	fclose(in);
	n = sscanf(line, TOLD_FORMAT, &t->beat, &off, &t->began, &pid);
	if (n != 4 || pid <= 0)
		return -EBADMSG;
	t->off_path = off;
	t->pid = pid;
	return kill(t->pid, 0) && errno == ESRCH ? -ESRCH : 0;
}
