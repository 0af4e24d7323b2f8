/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* mkostemp */
#include "core/certificate/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/explore/graph.h"
#include "core/text.h"
#include "core/verify/format.h"

struct output {
	FILE *out;
	uint64_t sum;
	size_t used;		/* of the block */
	int error;
	char block[CERTIFICATE_BLOCK], packed[LZ4_COMPRESSBOUND(CERTIFICATE_BLOCK)];
};

enum verdict certificate_verdict(const struct exploration *x)
{
	if (x->violated & certificate_properties())
		return VERDICT_VIOLATED;
	return x->complete ? VERDICT_SAFE : VERDICT_BOUNDED;
}

/* ---- bytes ---- */

static void put(struct output *o, const void *bytes, size_t n)
{
	if (o->error)
		return;
	o->sum = certificate_sum(o->sum, bytes, n);
	if (fwrite(bytes, 1, n, o->out) != n)
		o->error = errno ? -errno : -EIO;
}

static void put_line(struct output *o, const char *name, const char *value)
{
	put(o, name, strlen(name));
	put(o, " ", 1);
	put(o, value, strlen(value));
	put(o, "\n", 1);
}

static void put_number(struct output *o, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put_line(o, name, text);
}

static void end_block(struct output *o)
{
	struct certificate_block b = { .bytes = (uint32_t)o->used };

	if (!o->used)
		return;
	b.packed = (uint32_t)LZ4_compress_default(o->block, o->packed, (int)o->used,
						  (int)sizeof(o->packed));
	put(o, &b, sizeof(b));
	put(o, o->packed, b.packed);
	o->used = 0;
}

/* A row of a table, or a part of one. */
static void put_row(struct output *o, const void *row, size_t n)
{
	for (const char *p = row; n;) {
		size_t some = sizeof(o->block) - o->used < n ? sizeof(o->block) - o->used : n;

		memcpy(o->block + o->used, p, some);
		o->used += some;
		p += some;
		n -= some;
		if (o->used == sizeof(o->block))
			end_block(o);
	}
}

/* ---- the head ---- */

static void add(char *text, size_t size, const char *word)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s%s", n ? " " : "", word);
}

/* A file's name may be anything. */
static void put_name(struct output *o, const char *name)
{
	char copy[SCENARIO_NAME_MAX];

	snprintf(copy, sizeof(copy), "%s", *name ? name : "?");
	for (char *c = copy; *c && !text_shows(copy); c++)
		*c = *c < ' ' || *c > '~' ? '?' : *c;
	put_line(o, "scenario", copy);
}

static void put_switches(struct output *o, const struct kernel *k)
{
	char text[CERTIFICATE_LINE - 16] = "", word[80], value[32];

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		snprintf(word, sizeof(word), "%.40s=%s", kernel_switches[s].name,
			 switch_value(s, kernel_get(k, s), value, sizeof(value)));
		add(text, sizeof(text), word);
	}
	put_line(o, "switches", text);
}

static void put_properties(struct output *o)
{
	char text[1024] = "";

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (certificate_properties() >> p & 1)
			add(text, sizeof(text), properties[p].name);
	put_line(o, "properties", text);
}

static void put_bounds(struct output *o, const struct explore_options *options)
{
	char text[120] = "", word[48];

	if (options->max_states) {
		snprintf(word, sizeof(word), "max-states=%" PRIu64, options->max_states);
		add(text, sizeof(text), word);
	}
	if (options->max_depth) {
		snprintf(word, sizeof(word), "max-depth=%u", options->max_depth);
		add(text, sizeof(text), word);
	}
	put_line(o, "bounds", *text ? text : "none");
}

static void put_head(struct output *o, const struct exploration *x, const char *kernel_name,
		     const struct explore_options *options)
{
	const struct graph *g = x->graph;
	const char *text = g->scenario->text;
	char layout[24];

	put(o, CERTIFICATE_NAME CERTIFICATE_FORMAT "\n",
	    strlen(CERTIFICATE_NAME CERTIFICATE_FORMAT "\n"));
	put_line(o, "program", SWAPSCOPE_VERSION);
	snprintf(layout, sizeof(layout), "%016" PRIx64, certificate_layout());
	put_line(o, "layout", layout);
	put_name(o, g->scenario->name);
	put_line(o, "kernel", kernel_name);
	put_switches(o, &g->kernel);
	put_properties(o);
	put_bounds(o, options);
	put_number(o, "memories", g->mems.count);
	put_number(o, "stacks", g->stacks.count);
	put_number(o, "states", x->states);
	put_number(o, "transitions", x->transitions);
	put_number(o, "text", strlen(text));
	put(o, text, strlen(text));
}

/* ---- the tables ---- */

static void put_tables(struct output *o, const struct graph *g)
{
	struct mem m;

	for (uint32_t i = 0; i < g->mems.count && !o->error; i++) {
		graph_mem(g, i, &m);
		put_row(o, &m, sizeof(m));
	}
	for (uint32_t i = 0; i < g->stacks.count && !o->error; i++)
		put_row(o, store_row(&g->stacks, i), sizeof(struct task));
	for (uint32_t i = 0; i < g->states.count && !o->error; i++) {
		const struct state_row *row = graph_row(g, i);

		put_row(o, &row->mem, sizeof(row->mem));
		put_row(o, row->task, g->scenario->tasks * sizeof(row->task[0]));
	}
	end_block(o);
}

int certificate_write(FILE *out, const struct exploration *x, const char *kernel_name,
		      const struct explore_options *options)
{
	struct output *o;
	uint64_t sum;
	int error;

	if (certificate_verdict(x) != VERDICT_SAFE || options->only || options->from)
		return -EINVAL;
	o = malloc(sizeof(*o));
	if (!o)
		return -ENOMEM;
	o->out = out;
	o->sum = CERTIFICATE_SUM_BEGIN;
	o->used = 0;
	o->error = 0;
	put_head(o, x, kernel_name, options);
	put_tables(o, x->graph);
	sum = o->sum;
	put(o, &sum, sizeof(sum));
	if (!o->error && fflush(out))
		o->error = -errno;
	error = o->error;
	free(o);
	return error;
}

/* A file in $TMPDIR that nobody else finds. */
static FILE *scratch(void)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "%.4000s/swapscope-XXXXXX",
		 folder && *folder ? folder : "/tmp");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	unlink(path);
	file = fdopen(fd, "w+");
	if (!file)
		close(fd);
	return file;
}

enum verify_status certify(struct verification *v, const struct exploration *x,
			   const char *kernel_name, const struct explore_options *o,
			   const struct verify_options *vo)
{
	FILE *file = scratch();
	int error = file ? certificate_write(file, x, kernel_name, o) : -errno;

	*v = (struct verification){ .status = VERIFY_UNFINISHED };
	if (error)
		snprintf(v->why, sizeof(v->why), "no certificate can be written: %s",
			 strerror(-error));
	else
		verify(v, file, vo);
	if (file)
		fclose(file);
	return v->status;
}
