/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * certify.h - certificates at the command line: written, verified, and told of.
 *
 * A certificate (docs/certificate-format.md) is made by core/explore and judged by core/verify,
 * which knows nothing of the search.  Here is what a user sees of the two:
 *
 *	certificate_writable()	before a search: may the file be written?
 *	certificate_make()	behind it: the file, whole or not at all, and verified where that
 *				was asked for; or one line that says why there is none
 *	verify.c		`swapscope verify`, the command
 *
 * A search that says "safe" and whose certificate is refused is a defect of the program, and is
 * told so, loudly: whichever of the two is wrong, the verdict cannot be relied on.  A file that was
 * to be verified gets its name only when it has been accepted.
 *
 * Exit statuses are as everywhere: EXIT_OK, EXIT_VIOLATED where it was refused or where a property
 * is violated, EXIT_USAGE where it cannot be written, EXIT_UNKNOWN where a bound left it open.
 */
#ifndef SWAPSCOPE_UI_CERTIFY_CERTIFY_H
#define SWAPSCOPE_UI_CERTIFY_CERTIFY_H

#include "core/certificate/certificate.h"
#include "ui/usage/usage.h"

extern const struct command cmd_verify;

/*
 * Whether a certificate may take the place of what is there: EXIT_OK; or EXIT_USAGE, after a line
 * that says why not.  Whether it can be written usage_outputs() has asked.
 */
int certificate_writable(const char *path);

/* What is wanted, and what came of it. */
struct certifying {
	const char *path;	/* write it there; NULL: nowhere */
	bool verify;		/* and verify it */
	struct verify_options o;
	bool verified;		/* it was, with the result v; certifying_free() frees that */
	struct verification v;
};

/*
 * The certificate of a search that was made with these options, under a kernel of that name.
 * Returns an exit status, and has said what is to be said on standard error.
 */
int certificate_make(struct certifying *c, const struct exploration *x, const char *kernel_name,
		     const struct explore_options *o);
void certifying_free(struct certifying *c);

/* Was it verified, and accepted? */
static inline bool certified(const struct certifying *c)
{
	return c->verified && c->v.status == VERIFY_CERTIFIED;
}

#endif
