/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pairs.c - two operations on one page: scenarios that are written here and parsed like
 * any file.
 *
 * Task A runs one operation, task B the other.  The world has one slot, so that it is reused as
 * soon as it is free, and zram, which faults go around the swap cache for.  The page is in zswap
 * at the start, or present: most operations find nothing to do in one of the two.  What two
 * operations break may show itself only in a later fault; so there are the same two again with a
 * read of the page behind each operation.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/matrix/matrix.h"

const char *const pair_worlds[PAIR_WORLDS] = {
	"zswap", "present", "zswap-read", "present-read",
};

static void print_kernel(FILE *out, const struct matrix_kernel *k)
{
	const char *at = k->name + strcspn(k->name, " ");
	struct kernel named;

	if (kernel_named(&named, k->head, NULL, 0) || strlen(k->name) >= SCENARIO_NAME_MAX)
		return;		/* none that a file can name: the command line has to */
	fprintf(out, "kernel = %s\n", k->head);
	while (*at) {
		size_t n;

		at += strspn(at, " ");
		n = strcspn(at, " ");
		if (n)
			fprintf(out, "set = %.*s\n", (int)n, at);
		at += n;
	}
}

/* A page of its own for an operation that leads from one to another. */
static void print_target(FILE *out, const struct verb *v, unsigned page)
{
	if (v->page == PAGE_TWO)
		fprintf(out, "\n[page %u]\nmm = %d\nat = none\n", page,
			v->op == OP_copy_page_range);
}

static void print_task(FILE *out, const char *name, const struct verb *v, unsigned to, bool reads)
{
	fprintf(out, "\n[task %s]\nrun = %s%s", name, v->name,
		v->page == PAGE_NEVER ? "" : " page 0");
	if (v->page == PAGE_TWO)
		fprintf(out, " to %u", to);
	fprintf(out, "\n%s", reads ? "run = read page 0\n" : "");
}

char *pair_text(const struct verb *a, const struct verb *b, unsigned world,
		const struct matrix_kernel *k, char *name, size_t size)
{
	/* A slot that nobody gives back stays parked: only where somebody does it is one. */
	bool drains = a->op == OP_drain_slots_cache_cpu || b->op == OP_drain_slots_cache_cpu;
	unsigned to_b = a->page == PAGE_TWO ? 2 : 1;
	bool present = world % 2, reads = world >= PAIR_READS;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return NULL;
	snprintf(name, size, "%s-%s-%s", a->name, b->name, pair_worlds[world]);
	fprintf(out, "; swapscope matrix --show %s,%s,%s\n[scenario]\n", a->name, b->name,
		pair_worlds[world]);
	fprintf(out, "title = %s and %s of one page, which is %s%s\n", a->name, b->name,
		present ? "present" : "in zswap", reads ? "; then both read it" : "");
	fprintf(out, "device = zram\nslots = 1\npool = 2\nslot_cache = %d\n", drains);
	print_kernel(out, k);
	fprintf(out, "\n[page 0]\nat = %s\n", present ? "present" : "zswap 0");
	print_target(out, a, 1);
	print_target(out, b, to_b);
	print_task(out, "A", a, 1, reads);
	print_task(out, "B", b, to_b, reads);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* 0, -ENOMEM, or -EINVAL and the parser's word. */
static int pair_parse(struct scenario *s, const struct verb *a, const struct verb *b,
		      unsigned world, const struct matrix_kernel *k, struct scenario_error *e)
{
	char name[SCENARIO_NAME_MAX];
	char *text = pair_text(a, b, world, k, name, sizeof(name));
	int err = text ? scenario_parse(s, name, text, e) : -ENOMEM;

	free(text);
	return err;
}

/* Does a task take this verb with no other argument than a page? */
static int try_verb(struct matrix *m, const struct verb *v, const struct verb *with)
{
	struct scenario_error e = { 0 };
	struct scenario s;
	int err = pair_parse(&s, v, with, 0, m->kernel, &e);
	size_t size = sizeof(e.text) + 64;

	if (!err)
		scenario_free(&s);
	if (err != -EINVAL)
		return err;
	m->note[m->notes] = malloc(size);
	if (!m->note[m->notes])
		return -ENOMEM;
	snprintf(m->note[m->notes++], size, "%s is left out: %s", v->name, e.text);
	return -EINVAL;
}

static int add_pair(struct matrix *m, const struct verb *const *v, size_t row, size_t col)
{
	struct mcell *c = &m->cell[row * m->cols + col];
	struct scenario_error e;
	int err = 0;

	c->kernel = m->kernel->kernel;
	c->kernel_name = m->kernel->name;
	c->twin = row <= col ? row * m->cols + col : col * m->cols + row;
	for (unsigned w = 0; w < PAIR_WORLDS && row <= col && !err; w++) {
		err = pair_parse(&m->scenario[m->scenarios], v[row], v[col], w, m->kernel, &e);
		if (!err)
			c->scenario[w] = &m->scenario[m->scenarios++];
	}
	m->todo += row <= col;
	return err;
}

int matrix_operations(struct matrix *m, const struct matrix_kernel *k)
{
	size_t verbs, n = 0;
	const struct verb *verb = scenario_verbs(&verbs), **v = calloc(verbs, sizeof(*v));
	int err = 0;

	*m = (struct matrix){ .operations = true, .kernels = 1 };
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	m->kernel = malloc(sizeof(*m->kernel));
	m->note = calloc(verbs, sizeof(*m->note));
	m->row_head = calloc(verbs, sizeof(*m->row_head));
	m->col_head = calloc(verbs, sizeof(*m->col_head));
	m->cell = calloc(verbs * verbs, sizeof(*m->cell));
	m->scenario = calloc(verbs * (verbs + 1) / 2 * PAIR_WORLDS, sizeof(*m->scenario));
	if (!v || !m->kernel || !m->note || !m->row_head || !m->col_head || !m->cell ||
	    !m->scenario)
		err = -ENOMEM;
	if (!err)
		*m->kernel = *k;
	for (size_t i = 0; i < verbs && !err; i++) {
		err = try_verb(m, &verb[i], &verb[0]);
		if (err == -EINVAL) {
			err = 0;
			continue;
		}
		v[n] = &verb[i];
		m->row_head[n] = strdup(verb[i].name);
		m->col_head[n] = strdup(verb[i].name);
		n++;
		if (!m->row_head[n - 1] || !m->col_head[n - 1])
			err = -ENOMEM;
	}
	m->rows = m->cols = n;
	for (size_t i = 0; i < n * n && !err; i++)
		err = add_pair(m, v, i / n, i % n);
	free(v);
	return err;
}
