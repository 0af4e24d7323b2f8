/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * format.h - what who writes a certificate and who verifies it have to agree about, and all that
 * they share: docs/certificate-format.md.
 */
#ifndef SWAPSCOPE_CORE_VERIFY_FORMAT_H
#define SWAPSCOPE_CORE_VERIFY_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define CERTIFICATE_NAME	"swapscope certificate "
#define CERTIFICATE_FORMAT	"1"
#define CERTIFICATE_LINE	4096	/* bytes of a line of the head, its newline and NUL too */
#define CERTIFICATE_BLOCK	65536	/* bytes of the tables that are compressed together */

/* What stands before a compressed block: how many bytes it has, and how many it stands for. */
struct certificate_block {
	uint32_t packed, bytes;
};

/* The checksum at the end (FNV-1a, 64 bits) goes on over n bytes. */
#define CERTIFICATE_SUM_BEGIN	14695981039346656037u
uint64_t certificate_sum(uint64_t sum, const void *bytes, size_t n);

/*
 * A number that changes whenever the bytes of a state may mean something else: the fields of
 * struct world, the numbers of operations, the lines at which their steps stand, the byte order.
 */
uint64_t certificate_layout(void);

/* The properties that a certificate claims, as bits: all but the costs and LIVELOCK. */
uint32_t certificate_properties(void);

#endif
