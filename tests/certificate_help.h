/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * certificate_help.h - certificates taken apart, changed, and put together again with a checksum
 * that is right: what somebody could do who wants a false claim accepted.
 */
#ifndef SWAPSCOPE_TESTS_CERTIFICATE_HELP_H
#define SWAPSCOPE_TESTS_CERTIFICATE_HELP_H

#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/certificate/certificate.h"
#include "core/verify/format.h"
#include "core/verify/verify.h"

/* Bytes that grow. */
struct bytes_of {
	char *p;
	size_t n;
};

static inline void append(struct bytes_of *b, const void *p, size_t n)
{
	char *more = realloc(b->p, b->n + n + 1);

	if (!more)
		abort();
	b->p = more;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

/* The head with the scenario's text, and the tables as they are before compression. */
struct apart {
	struct bytes_of head, tables;
	size_t mems, stacks, states;	/* rows */
	size_t row;			/* bytes of a row of states */
};

static inline void apart_free(struct apart *a)
{
	free(a->head.p);
	free(a->tables.p);
	*a = (struct apart){ 0 };
}

/* A line of the head: where its value begins. */
static inline char *head_value(const struct apart *a, const char *name)
{
	char line[64], *at;

	snprintf(line, sizeof(line), "\n%s ", name);
	at = strstr(a->head.p, line);
	if (!at)
		abort();
	return at + strlen(line);
}

static inline void take_apart(struct apart *a, const char *file, size_t size)
{
	const char *text, *at, *end = file + size - sizeof(uint64_t);
	static char block[CERTIFICATE_BLOCK];
	size_t length;

	*a = (struct apart){ 0 };
	text = strstr(file, "\ntext ");
	if (!text)
		abort();
	length = strtoul(text + strlen("\ntext "), NULL, 10);
	text = strchr(text + 1, '\n') + 1;
	append(&a->head, file, (size_t)(text - file) + length);
	for (at = text + length; at < end;) {
		struct certificate_block b;

		memcpy(&b, at, sizeof(b));
		at += sizeof(b);
		if (LZ4_decompress_safe(at, block, (int)b.packed, sizeof(block)) != (int)b.bytes)
			abort();
		append(&a->tables, block, b.bytes);
		at += b.packed;
	}
	a->mems = strtoul(head_value(a, "memories"), NULL, 10);
	a->stacks = strtoul(head_value(a, "stacks"), NULL, 10);
	a->states = strtoul(head_value(a, "states"), NULL, 10);
	a->row = (a->tables.n - a->mems * sizeof(struct mem) - a->stacks * sizeof(struct task)) /
		 a->states;
}

/* State n, as bytes of the tables. */
static inline char *state_at(const struct apart *a, size_t n)
{
	return a->tables.p + a->mems * sizeof(struct mem) + a->stacks * sizeof(struct task) +
	       n * a->row;
}

/* Another value of a line of the head. */
static inline void set_value(struct apart *a, const char *name, const char *value)
{
	struct bytes_of head = { 0 };
	char *at = head_value(a, name);

	append(&head, a->head.p, (size_t)(at - a->head.p));
	append(&head, value, strlen(value));
	append(&head, strchr(at, '\n'), a->head.n - (size_t)(strchr(at, '\n') - a->head.p));
	free(a->head.p);
	a->head = head;
}

static inline void set_count(struct apart *a, const char *name, size_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", n);
	set_value(a, name, text);
}

/* Another scenario's text. */
static inline void set_text(struct apart *a, const char *text)
{
	set_count(a, "text", strlen(text));
	a->head.n = (size_t)(strchr(head_value(a, "text"), '\n') + 1 - a->head.p);
	append(&a->head, text, strlen(text));
}

/* Take n states from `first` on away. */
static inline void remove_states(struct apart *a, size_t first, size_t n)
{
	memmove(state_at(a, first), state_at(a, first + n), (a->states - first - n) * a->row);
	a->states -= n;
	a->tables.n -= n * a->row;
	set_count(a, "states", a->states);
}

/* One file again, whose checksum is right. */
static inline struct bytes_of together(const struct apart *a)
{
	static char packed[LZ4_COMPRESSBOUND(CERTIFICATE_BLOCK)];
	struct bytes_of file = { 0 };
	uint64_t sum;

	append(&file, a->head.p, a->head.n);
	for (size_t at = 0; at < a->tables.n; at += CERTIFICATE_BLOCK) {
		struct certificate_block b = { .bytes = CERTIFICATE_BLOCK };

		if (a->tables.n - at < CERTIFICATE_BLOCK)
			b.bytes = (uint32_t)(a->tables.n - at);
		b.packed = (uint32_t)LZ4_compress_default(a->tables.p + at, packed, (int)b.bytes,
							  sizeof(packed));
		append(&file, &b, sizeof(b));
		append(&file, packed, b.packed);
	}
	sum = certificate_sum(CERTIFICATE_SUM_BEGIN, file.p, file.n);
	append(&file, &sum, sizeof(sum));
	return file;
}

/* The certificate of a search as bytes. */
static inline struct bytes_of certificate_of(const struct exploration *x,
					     const char *kernel_name)
{
	const struct explore_options o = { 0 };
	struct bytes_of file = { 0 };
	FILE *out = open_memstream(&file.p, &file.n);

	if (!out || certificate_write(out, x, kernel_name, &o))
		abort();
	fclose(out);
	return file;
}

/* What verify() says of these bytes; *v is to be freed. */
static inline enum verify_status verify_bytes(struct verification *v, const char *p, size_t n)
{
	const struct verify_options o = { 0 };
	FILE *in = fmemopen((void *)(uintptr_t)p, n, "r");
	enum verify_status status;

	if (!in)
		abort();
	status = verify(v, in, &o);
	fclose(in);
	return status;
}

#endif
