/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/certify/certify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int certificate_writable(const char *path)
{
	struct stat st;
	bool exists = !stat(path, &st);

	if (exists && !S_ISREG(st.st_mode))
		return usage_error("%s is no file, and a certificate is one", path);
	if (exists && st.st_size && file_kind(path) != FILE_CERTIFICATE)
		return usage_error("%s exists and is no certificate; it is left as it is", path);
	return EXIT_OK;
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
	char states[COUNTED_MAX], name[SHOWN_MAX];
	struct output to;
	FILE *file = print_begin(&to, c->path);
	int error = file ? certificate_write(file, x, kernel_name, o) : 0;
	int status = file ? EXIT_OK : EXIT_USAGE;

	if (error)
		status = usage_error("%s: %s", c->path, strerror(-error));
	if (!status && c->verify) {
		c->verified = true;
		verify(&c->v, file, &c->o);
		status = say_verified(c, x);
	}
	if (file)
		status = print_end(&to, status);
	if (!status)
		fprintf(stderr, "saved: %s, a certificate of %s (swapscope verify %s)\n",
			shown(c->path, name), counted(x->states, "state", states), name);
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
