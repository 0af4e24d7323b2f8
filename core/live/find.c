/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * find.c - which object it is, in a large world: core/mm/find.c for real threads.  Part of mm.c.
 *
 * A thread takes free objects from a pool of its own, as a CPU does; which one is not the
 * model's business, only that it is free.  In a replay it is the one that was taken.
 */

/* What the thread would take next, 0: nothing. */
static unsigned offered(struct step_ctx *c, unsigned pool)
{
	struct thread *th = c->thread;

	return th->replay ? th->pick[pool] : pool_top(&th->own[pool]);
}

/* A broken kernel has it in use: it is offered again when it is freed. */
static unsigned not_free(struct step_ctx *c, unsigned pool, unsigned number)
{
	if (!c->thread->replay)
		pool_take(&c->thread->own[pool], number);
	return 0;
}

unsigned find_free_folio(struct step_ctx *c, const struct mem *m)
{
	unsigned i = offered(c, POOL_FOLIO);

	return i && FOLIO(i)->ref ? not_free(c, POOL_FOLIO, i) : i;
}

unsigned find_free_entry(struct step_ctx *c, const struct mem *m)
{
	unsigned i = offered(c, POOL_ENTRY);

	if (c->hw->store_fails && INJECT(2))
		return 0;
	if (i > c->hw->entries)		/* as a record has it */
		return 0;
	return i && ENTRY(i)->state != ENTRY_FREE ? not_free(c, POOL_ENTRY, i) : i;
}

bool find_any_free_slot(const struct step_ctx *cc, const struct mem *m, unsigned type)
{
	struct step_ctx *c = (struct step_ctx *)cc;

	(void)m;
	(void)type;
	c->thread->chosen = true;
	if (!c->thread->replay)
		c->choice = !offered(c, POOL_SLOT);
	return !c->choice;
}

unsigned find_free_slot(struct step_ctx *c, const struct mem *m, unsigned type)
{
	unsigned i = offered(c, POOL_SLOT);

	if (!i || swp_type(c, i - 1) != type)
		return 0;
	return SLOT(i - 1)->swap_map || SLOT(i - 1)->cache ? not_free(c, POOL_SLOT, i) : i;
}

_Static_assert(STAMP_GARBAGE % MAX_TASKS == LIVE_THREADS_MAX, "no thread makes it: the device's");

/* Every thread's are its own: the number of the thread is in the lower bits. */
stamp_t new_stamp(struct step_ctx *c, struct mem *m)
{
	(void)m;
	c->thread->stamped = true;
	return (c->thread->writes + 1) * MAX_TASKS + c->task;
}

static bool on_page_lru(const struct mem *m, unsigned i, bool private_too)
{
	return FOLIO(i)->ref && (FOLIO(i)->flags & FOLIO_LRU) &&
	       (FOLIO(i)->mapcount || FOLIO(i)->swp || private_too);
}

/* One is tried; there may be others.  The outcome is its number. */
unsigned find_lru_folio(struct step_ctx *c, const struct mem *m, bool private_too)
{
	c->thread->chosen = true;
	if (!c->thread->replay)
		c->choice = (obj_t)(1 + draw(c->thread, c->thread->folios - 1));
	if (!c->choice || !on_page_lru(m, c->choice, private_too))
		c->choice = 0;
	return c->choice;
}

/* The bio that was submitted first is completed first. */
bool find_any_io(const struct step_ctx *c, const struct mem *m)
{
	return c->thread->pick_io && FOLIO(c->thread->pick_io)->io_swp;
}

unsigned find_io(struct step_ctx *c, const struct mem *m)
{
	(void)m;
	return c->thread->pick_io;
}

/* Nothing forks in a live run: a page's number is its address, and nobody else has it. */
int folio_rmap(const struct mem *m, unsigned folio)
{
	unsigned i = FOLIO(folio)->index;

	if (i && PAGE(i - 1)->pte == PTE_PRESENT && PAGE(i - 1)->target == folio)
		return (int)i - 1;
	return -1;
}

/* There is no shmem in a live run. */
int shmem_page_of(const struct mem *m, unsigned folio)
{
	(void)m;
	(void)folio;
	return -1;
}

/* ---- this CPU's slot caches: slots on a list, the one that came last first ---- */

unsigned slots_cached(const struct step_ctx *c, const struct mem *m, enum parked kind,
		      unsigned type)
{
	(void)type;		/* there is one device */
	return kind == PARKED_RET ? SWAP_SLOTS()->ret_count : SWAP_SLOTS()->alloc_count;
}

unsigned first_cached(const struct step_ctx *c, const struct mem *m, enum parked kind,
		      unsigned type)
{
	(void)type;
	return (kind == PARKED_RET ? SWAP_SLOTS()->ret_first : SWAP_SLOTS()->alloc_first) - 1u;
}

void slot_park(struct step_ctx *c, struct mem *m, unsigned swp, enum parked kind)
{
	struct slot *s = SLOT(swp);

	if (s->parked == PARKED_RET) {
		SWAP_SLOTS()->ret_first = s->park_next;
		SWAP_SLOTS()->ret_count--;
	} else if (s->parked == PARKED_ALLOC) {
		SWAP_SLOTS()->alloc_first = s->park_next;
		SWAP_SLOTS()->alloc_count--;
	}
	s->parked = (uint8_t)kind;
	s->park_next = 0;
	if (kind == PARKED_RET) {
		s->park_next = SWAP_SLOTS()->ret_first;
		SWAP_SLOTS()->ret_first = (obj_t)(swp + 1);
		SWAP_SLOTS()->ret_count++;
	} else if (kind == PARKED_ALLOC) {
		s->park_next = SWAP_SLOTS()->alloc_first;
		SWAP_SLOTS()->alloc_first = (obj_t)(swp + 1);
		SWAP_SLOTS()->alloc_count++;
	}
}

unsigned find_parked(struct step_ctx *c, const struct mem *m, enum parked kind, unsigned type)
{
	return first_cached(c, m, kind, type);
}

unsigned find_cache_only_slot(struct step_ctx *c, const struct mem *m)
{
	(void)c;
	(void)m;
	return 0;
}

/* ---- zswap's LRU, a list_head in every entry ---- */

unsigned lru_coldest(const struct mem *m)
{
	return LRU()->coldest;
}

unsigned lru_next(const struct mem *m, unsigned entry)
{
	return ENTRY(entry)->lru_next;
}

bool on_lru(const struct mem *m, unsigned entry)
{
	return LRU()->coldest == entry || ENTRY(entry)->lru_prev;
}

void lru_unlink(struct mem *m, unsigned entry)
{
	struct zentry *e = ENTRY(entry);

	if (!on_lru(m, entry))
		return;
	if (e->lru_prev)
		ENTRY(e->lru_prev)->lru_next = e->lru_next;
	else
		LRU()->coldest = e->lru_next;
	if (e->lru_next)
		ENTRY(e->lru_next)->lru_prev = e->lru_prev;
	else
		LRU()->youngest = e->lru_prev;
	e->lru_prev = 0;
	e->lru_next = 0;
}

void lru_link(struct mem *m, unsigned entry)
{
	struct zentry *e = ENTRY(entry);

	e->lru_prev = LRU()->youngest;
	e->lru_next = 0;
	if (e->lru_prev)
		ENTRY(e->lru_prev)->lru_next = (obj_t)entry;
	else
		LRU()->coldest = (obj_t)entry;
	LRU()->youngest = (obj_t)entry;
}
