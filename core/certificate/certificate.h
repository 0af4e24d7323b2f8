/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * certificate.h - the states of a search, written down for a judge who does not know it.
 *
 * A certificate has all states of a complete search and what they are the states of
 * (docs/certificate-format.md); core/verify proves from it, without the search, that they are all
 * there are and that none violates a property.  It can be written where every state was found and
 * nothing but LIVELOCK is violated: it speaks of safety only.
 *
 *	certificate_verdict()	may there be one of this exploration?
 *	certificate_write()	all of it into a file that the caller opened, names and closes
 *
 * The search knows nothing of certificates: its graph is read (graph.h), state by state in order
 * of discovery, so that each but the first is led to by one before it.  Of core/verify only the
 * format (format.h) is shared, which both sides are held to by the page.
 */
#ifndef SWAPSCOPE_CORE_CERTIFICATE_CERTIFICATE_H
#define SWAPSCOPE_CORE_CERTIFICATE_CERTIFICATE_H

#include <stdio.h>

#include "core/explore/explore.h"
#include "core/verify/verify.h"

#pragma GCC visibility push(default)

/* May there be one of this search: VERDICT_SAFE, or why not. */
enum verdict certificate_verdict(const struct exploration *x);

/*
 * Write the certificate of a search to a file at its beginning.  `kernel_name` is a name that
 * kernel_named() knows, with switches set behind it ("v6.9 pin=none"); `o` are the options that it
 * was made with.  Needs little memory.  Returns 0; -EINVAL: there can be none, by
 * certificate_verdict() or because not all properties were looked for from the scenario's start;
 * -ENOMEM, or -errno of the file, which is then worth nothing.
 */
int certificate_write(FILE *out, const struct exploration *x, const char *kernel_name,
		      const struct explore_options *o);

/*
 * Write it to a file without a name, in the folder for such, and verify that: *v, which is to be
 * freed with verification_free() in every case.  Where it cannot be written, VERIFY_UNFINISHED.
 */
enum verify_status certify(struct verification *v, const struct exploration *x,
			   const char *kernel_name, const struct explore_options *o,
			   const struct verify_options *vo);

#pragma GCC visibility pop

#endif
