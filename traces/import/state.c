/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/import/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "traces/db.h"

/* ---- numbers by key ---- */

static size_t numbers_at(const struct numbers *n, uint64_t key)
{
	size_t i = (size_t)XXH3_64bits(&key, sizeof(key));

	while (n->number[i & (n->room - 1)] && n->key[i & (n->room - 1)] != key)
		i++;
	return i & (n->room - 1);
}

static uint32_t numbers_get(const struct numbers *n, uint64_t key)
{
	return n->room ? n->number[numbers_at(n, key)] : 0;
}

static int numbers_grow(struct numbers *n)
{
	struct numbers old = *n;

	n->room = old.room ? 2 * old.room : 256;
	n->key = calloc(n->room, sizeof(*n->key));
	n->number = calloc(n->room, sizeof(*n->number));
	if (!n->key || !n->number) {
		free(n->key);
		free(n->number);
		*n = old;
		return -ENOMEM;
	}
	for (size_t i = 0; i < old.room; i++)
		if (old.number[i]) {
			size_t at = numbers_at(n, old.key[i]);

			n->key[at] = old.key[i];
			n->number[at] = old.number[i];
		}
	free(old.key);
	free(old.number);
	return 0;
}

static int numbers_put(struct numbers *n, uint64_t key, uint32_t number)
{
	size_t at;

	if (n->used + 1 > n->room / 4 * 3 && numbers_grow(n))
		return -ENOMEM;
	at = numbers_at(n, key);
	n->used += !n->number[at];
	n->key[at] = key;
	n->number[at] = number;
	return 0;
}

static void numbers_free(struct numbers *n)
{
	free(n->key);
	free(n->number);
}

static void no_memory(struct import *m)
{
	tw_fail(m->tw, -ENOMEM, "out of memory");
}

/* ---- slots ---- */

static bool can_be_slot(uint64_t entry)
{
	return swap_type(entry) < CAPTURE_SWAP_TYPES && swap_offset(entry) &&
	       swap_offset(entry) < UINT64_C(1) << 40;
}

uint32_t slot_find(const struct import *m, uint64_t entry)
{
	return numbers_get(&m->slot_of, entry);
}

uint32_t slot_get(struct import *m, uint64_t entry)
{
	uint32_t slot = slot_find(m, entry);

	if (slot || !can_be_slot(entry))
		return slot;
	if (m->slots == CAPTURE_SLOTS_MAX) {
		m->info->slots_left_out++;
		return 0;
	}
	if (numbers_put(&m->slot_of, entry, m->slots + 1)) {
		no_memory(m);
		return 0;
	}
	m->types |= 1u << swap_type(entry);
	m->slots++;
	tw_row(m->tw, SQL_CAPTURE_SLOT, INT(m->run), INT(m->slots), INT(swap_type(entry)),
	       INT(swap_offset(entry)));
	return m->slots;
}

/* ---- threads ---- */

static void take_comm(struct thread *t, struct span comm)
{
	size_t n = comm.n < sizeof(t->comm) - 1 ? comm.n : sizeof(t->comm) - 1;

	if (n == strlen(t->comm) && !memcmp(t->comm, comm.at, n))
		return;
	memcpy(t->comm, comm.at, n);
	t->comm[n] = '\0';
	text_clean(t->comm, t->comm, false);
}

static struct thread *thread_new(struct import *m, const struct capture_line *l, uint64_t key)
{
	unsigned room = m->thread_room ? 2 * m->thread_room : 64;
	struct thread *bigger = m->thread, *t;

	if (m->threads == CAPTURE_THREADS_MAX)
		return NULL;
	if (m->threads == m->thread_room) {
		bigger = realloc(m->thread, room * sizeof(*bigger));
		if (!bigger) {
			no_memory(m);
			return NULL;
		}
		m->thread = bigger;
		m->thread_room = room;
	}
	if (numbers_put(&m->thread_of, key, m->threads + 1)) {
		no_memory(m);
		return NULL;
	}
	t = &m->thread[m->threads];
	*t = (struct thread){ .pid = l->pid, .cpu = l->pid ? 0 : l->e.cpu };
	take_comm(t, l->comm);
	tw_row(m->tw, SQL_CAPTURE_THREAD, INT(m->run), INT(m->threads), INT(t->pid), INT(t->cpu),
	       TEXT(t->comm));
	m->threads++;
	return t;
}

struct thread *thread_get(struct import *m, const struct capture_line *l)
{
	/* every CPU has an idle thread, and all of these are number 0 */
	uint64_t key = l->pid ? (uint64_t)l->pid : UINT64_C(1) << 32 | l->e.cpu;
	uint32_t n = numbers_get(&m->thread_of, key);
	struct thread *t = n ? &m->thread[n - 1] : thread_new(m, l, key);

	if (!t)
		return NULL;
	take_comm(t, l->comm);
	t->events++;
	t->last_cpu = l->e.cpu;
	return t;
}

/* ---- probes ---- */

static uint32_t probe_new(struct import *m, const struct capture_line *l, uint64_t hash)
{
	struct span on = l->symbol.n ? l->symbol : l->name;
	uint64_t what = l->e.function ? l->e.function : XXH3_64bits(on.at, on.n);
	char name[256], symbol[256];
	uint32_t pair;

	if (m->probes == CAPTURE_PROBES_MAX)
		return 0;
	pair = numbers_get(&m->pair_of, what);
	if (!pair && numbers_put(&m->pair_of, what, m->probes + 1))
		no_memory(m);
	if (numbers_put(&m->probe_of, hash, m->probes + 1))
		no_memory(m);
	m->probe[m->probes] = (struct probe){ .hash = hash, .pair = pair ? pair - 1 : m->probes };
	m->probes++;
	snprintf(name, sizeof(name), "%.*s", (int)(l->name.n < 255 ? l->name.n : 255), l->name.at);
	snprintf(symbol, sizeof(symbol), "%.*s", (int)(l->symbol.n < 255 ? l->symbol.n : 255),
		 l->symbol.at);
	tw_row(m->tw, SQL_CAPTURE_PROBE, INT(m->run), INT(m->probes), TEXT(name), TEXT(symbol),
	       TEXT(capture_side_name(l->e.side)));
	return m->probes;
}

uint32_t probe_get(struct import *m, const struct capture_line *l)
{
	uint64_t name = XXH3_64bits_withSeed(l->name.at, l->name.n, l->e.side);
	uint64_t hash = XXH3_64bits_withSeed(l->symbol.at, l->symbol.n, name);
	uint32_t probe = numbers_get(&m->probe_of, hash);

	if (!probe)
		probe = probe_new(m, l, hash);
	if (probe)
		m->probe[probe - 1].events++;
	return probe;
}

/* ---- calls ---- */

static void drop(struct import *m, struct thread *t, unsigned at)
{
	m->probe[t->call[at].pair].unreturned++;
	t->calls--;
	memmove(t->call + at, t->call + at + 1, (t->calls - at) * sizeof(*t->call));
}

/* Is there a later call of the same function?  Few of the kernel's call themselves. */
static bool called_again(const struct thread *t, unsigned at)
{
	for (unsigned i = at + 1; i < t->calls; i++)
		if (t->call[i].pair == t->call[at].pair)
			return true;
	return false;
}

/*
 * A probe may have no return, and then its calls stay open until the one returns that they are
 * in.  Where there are too many, the oldest of these has to go: one that was called again.  Early
 * in a capture others may only not have been seen to return yet.
 */
struct call *thread_push(struct import *m, struct thread *t)
{
	static struct call nowhere;
	unsigned oldest = 0;

	if (!t->call)
		t->call = malloc(CALLS_MAX * sizeof(*t->call));
	if (!t->call) {
		no_memory(m);
		return &nowhere;
	}
	if (t->calls == CALLS_MAX) {
		while (oldest < CALLS_MAX && (m->probe[t->call[oldest].pair].returns ||
					      !called_again(t, oldest)))
			oldest++;
		drop(m, t, oldest % CALLS_MAX);
	}
	return &t->call[t->calls++];
}

struct call *thread_find(struct thread *t, uint32_t pair)
{
	for (unsigned i = t->calls; i-- > 0;)
		if (t->call[i].pair == pair)
			return &t->call[i];
	return NULL;
}

struct call *thread_call(struct thread *t, unsigned function)
{
	for (unsigned i = t->calls; i-- > 0;)
		if (t->call[i].function == function)
			return &t->call[i];
	return NULL;
}

void thread_pop(struct import *m, struct thread *t, struct call *c)
{
	unsigned at = (unsigned)(c - t->call);

	while (t->calls > at + 1)
		drop(m, t, t->calls - 1);
	t->calls = at;
}

void threads_lost(struct import *m, unsigned cpu)
{
	for (unsigned i = 0; i < m->threads; i++)
		while (m->thread[i].last_cpu == cpu && m->thread[i].calls)
			drop(m, &m->thread[i], m->thread[i].calls - 1);
}

/* ---- begin and end ---- */

int state_begin(struct import *m)
{
	m->probe = calloc(CAPTURE_PROBES_MAX, sizeof(*m->probe));
	m->wait = calloc(WAITING, sizeof(*m->wait));
	m->form = form_new(m->info->release);
	return m->probe && m->wait && m->form ? 0 : -ENOMEM;
}

void state_end(struct import *m)
{
	for (unsigned i = 0; i < m->threads; i++) {
		struct thread *t = &m->thread[i];

		while (t->calls)
			drop(m, t, t->calls - 1);
		tw_row(m->tw, SQL_CAPTURE_THREAD_END, TEXT(t->comm), INT(t->events), INT(m->run),
		       INT(i));
	}
	for (unsigned i = 0; i < m->probes; i++) {
		const struct probe *p = &m->probe[i];

		if (p->returns)
			m->info->unreturned += p->unreturned;
		tw_row(m->tw, SQL_CAPTURE_PROBE_END, INT(p->events), INT(m->run), INT(i + 1));
	}
}

void state_free(struct import *m)
{
	for (unsigned i = 0; i < m->threads; i++)
		free(m->thread[i].call);
	free(m->thread);
	free(m->form);
	free(m->probe);
	free(m->wait);
	numbers_free(&m->thread_of);
	numbers_free(&m->slot_of);
	numbers_free(&m->probe_of);
	numbers_free(&m->pair_of);
}
