/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* asprintf */
#include "ui/certify/certify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the file: it gets its name when it is whole ---- */

/* What will be renamed: beside the file, or beside the one that a link names.  NULL: no memory. */
static char *part_of(const char *path, char **real)
{
	char *part = NULL;

	*real = realpath(path, NULL);
	if (!*real)
		*real = strdup(path);
	if (!*real || asprintf(&part, "%s.%ld.part", *real, (long)getpid()) < 0) {
		free(*real);
		return NULL;
	}
	return part;
}

static FILE *open_part(const char *part)
{
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return fd < 0 ? NULL : fdopen(fd, "w+");
}

static int cannot_write(const char *path, int error)
{
	return usage_error("%s: %s", path, strerror(error));
}

int certificate_writable(const char *path)
{
	char *real, *part;
	struct stat st;
	bool exists = !stat(path, &st);
	FILE *file;
	int error;

	if (exists && !S_ISREG(st.st_mode))
		return usage_error("%s is no file, and a certificate is one", path);
	if (exists && st.st_size && file_kind(path) != FILE_CERTIFICATE)
		return usage_error("%s exists and is no certificate; it is left as it is", path);
	part = part_of(path, &real);
	if (!part)
		return usage_error("out of memory");
	file = open_part(part);
	error = errno;
	if (file) {
		fclose(file);
		unlink(part);
	}
	free(part);
	free(real);
	return file ? EXIT_OK : cannot_write(path, error);
}

/* ---- what is said ---- */

static int none_because(const struct exploration *x, uint64_t max_bytes)
{
	char bound[BOUND_TEXT_MAX], names[256] = "";
	uint32_t violated = x->violated & ~(1u << PROP_LIVELOCK);

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (violated >> p & 1)
			strcat(strcat(names, *names ? ", " : ""), properties[p].name);
	if (violated)
		fprintf(stderr, "swapscope: no certificate: violated: %s\n", names);
	else
		fprintf(stderr, "swapscope: no certificate: not all states were found (%s)\n",
			bound_text(false, x->bound ? x->bound : "interrupted", max_bytes >> 20,
				   bound));
	return violated ? EXIT_VIOLATED : EXIT_UNKNOWN;
}

static int say_verified(const struct certifying *c, const struct exploration *x)
{
	char name[SHOWN_MAX];

	switch (c->v.status) {
	case VERIFY_CERTIFIED:
		return EXIT_OK;
	case VERIFY_UNFINISHED:
		fprintf(stderr, "swapscope: not certified: %s\n", shown(c->v.why, name));
		return EXIT_UNKNOWN;
	default:
		fprintf(stderr, "swapscope: NOT CERTIFIED: a search of %llu states says safe, and "
			"the verifier: %s. This is a defect of swapscope: please report it\n",
			(unsigned long long)x->states, shown(c->v.why, name));
		return EXIT_VIOLATED;
	}
}

/* ---- making it ---- */

/* Write the file, verify it, and give it its name. */
static int make_file(struct certifying *c, const struct exploration *x, const char *kernel_name,
		     const struct explore_options *o)
{
	char *real, *part = part_of(c->path, &real), states[COUNTED_MAX], name[SHOWN_MAX];
	FILE *file = part ? open_part(part) : NULL;
	int error = file ? certificate_write(file, x, kernel_name, o) : part ? -errno : -ENOMEM;
	int status = EXIT_OK;

	if (!error && fsync(fileno(file)))
		error = -errno;
	if (!error && c->verify) {
		c->verified = true;
		verify(&c->v, file, &c->o);
		status = say_verified(c, x);
	}
	if (file && fclose(file) && !error)
		error = -errno;
	if (!error && !status && rename(part, real))
		error = -errno;
	if (file && (error || status))
		unlink(part);
	if (error)
		status = cannot_write(c->path, -error);
	else if (!status)
		fprintf(stderr, "saved: %s, a certificate of %s (swapscope verify %s)\n",
			shown(c->path, name), counted(x->states, "state", states), name);
	if (part) {
		free(part);
		free(real);
	}
	return status;
}

int certificate_make(struct certifying *c, const struct exploration *x, const char *kernel_name,
		     const struct explore_options *o)
{
	if (!c->path && !c->verify)
		return EXIT_OK;
	if (certificate_verdict(x) != VERDICT_SAFE)
		return none_because(x, o->max_bytes);
	if (c->path)
		return make_file(c, x, kernel_name, o);
	c->verified = true;
	certify(&c->v, x, kernel_name, o, &c->o);
	return say_verified(c, x);
}

void certifying_free(struct certifying *c)
{
	if (c->verified)
		verification_free(&c->v);
	c->verified = false;
}
