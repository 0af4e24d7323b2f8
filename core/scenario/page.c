/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.c - [page N] of a scenario file: where a page is when the tasks begin.
 */
#include "core/scenario/parse.h"

#include <string.h>

#include "core/mm/mm.h"

enum place {
	AT_NONE, AT_PRESENT, AT_UNBORN, AT_ZSWAP, AT_DEVICE, AT_CACHE, AT_SHARES, PLACES
};

/* A folio with the page's content; what else refers to it is the caller's. */
static unsigned put_folio(struct mem *m, const struct vpage *p, uint8_t flags)
{
	unsigned i = 1;

	while (m->folio[i].ref)
		i++;
	m->folio[i] = (struct folio){ .content = p->stamp };
	m->folio[i].flags = flags | FOLIO_UPTODATE | FOLIO_LRU;
	return i;
}

static void put_present(struct mem *m, struct vpage *p)
{
	unsigned folio = put_folio(m, p, FOLIO_DIRTY | (p->shmem ? 0 : FOLIO_EXCLUSIVE));

	m->folio[folio].ref = 1;
	m->folio[folio].mapcount = 1;
	m->folio[folio].index = p->shmem ? 0 : (uint8_t)(p->addr + 1);
	p->pte = PTE_PRESENT;
	p->target = (uint8_t)folio;
	p->bits |= p->shmem ? 0 : PTE_WRITE;
}

static void put_entry(struct mem *m, const struct vpage *p, unsigned slot)
{
	unsigned i = 1, at = 0;

	while (m->entry[i].state != ENTRY_FREE)
		i++;
	m->entry[i] = (struct zentry){ .state = ENTRY_LIVE, .ref = 1, .swp = (uint8_t)slot,
				       .stamp = p->stamp, .life = m->slot[slot].life };
	m->slot[slot].entry = (uint8_t)i;
	while (m->lru[at])
		at++;
	m->lru[at] = (uint8_t)i;
}

/* In the swap cache, dirty, unmapped: as swap-out leaves it before it is written. */
static void put_cached(struct mem *m, const struct vpage *p, unsigned slot)
{
	unsigned folio = put_folio(m, p, FOLIO_DIRTY);

	m->folio[folio].index = p->shmem ? 0 : (uint8_t)(p->addr + 1);
	add_to_swap_cache(&(struct step_ctx){ .k = NULL }, m, folio, slot);
	m->slot[slot].swap_map |= SWAP_HAS_CACHE;
}

static void put_swapped(struct mem *m, struct vpage *p, enum place place, unsigned slot)
{
	struct slot *sl = &m->slot[slot];

	p->pte = PTE_SWAP;
	p->target = (uint8_t)slot;
	p->bits |= p->shmem ? 0 : PTE_EXCLUSIVE;
	sl->swap_map++;
	if (place == AT_DEVICE) {
		sl->dev = p->stamp;
		sl->dev_life = sl->life;
	} else if (place == AT_ZSWAP) {
		put_entry(m, p, slot);
	} else {
		put_cached(m, p, slot);
	}
}

/* As fork() leaves it: page `of` of another mm and this one have the same folio or slot. */
static void put_shared(struct mem *m, struct vpage *p, struct vpage *of)
{
	of->bits &= (uint8_t)~(PTE_EXCLUSIVE | PTE_WRITE);
	p->pte = of->pte;
	p->target = of->target;
	p->bits = of->bits;
	p->addr = of->addr;
	p->stamp = of->stamp;
	if (p->pte == PTE_SWAP) {
		m->slot[p->target].swap_map++;
	} else {
		m->folio[p->target].ref++;
		m->folio[p->target].mapcount++;
		m->folio[p->target].flags &= (uint8_t)~FOLIO_EXCLUSIVE;
	}
}

static void put_page(struct scenario *s, unsigned page, enum place place, unsigned n)
{
	struct mem *m = &s->start.mem;
	struct vpage *p = &m->page[page];

	if (place == AT_UNBORN)
		m->mm[p->mm].unborn = 1;
	if (place == AT_NONE || place == AT_UNBORN)
		return;
	if (place == AT_SHARES) {
		put_shared(m, p, &m->page[n]);
		return;
	}
	p->stamp = ++m->last_stamp;
	p->bits = PTE_SOFT_DIRTY;
	if (place == AT_PRESENT)
		put_present(m, p);
	else
		put_swapped(m, p, place, n);
}

/* `n` of "at = zswap n", "at = shares n": can a page be placed there? */
static int check_place(struct parser *p, unsigned page, enum place place, long n)
{
	const struct mem *m = &p->s->start.mem;

	if (place == AT_SHARES && (m->page[n].pte == PTE_NONE || m->page[n].shmem ||
				   m->page[n].mm == m->page[page].mm))
		return refuse(p, "at = shares %ld: a page of another mm that is in memory or in "
			      "swap, and stands before it, can be shared", n);
	if (place >= AT_ZSWAP && place != AT_SHARES && m->slot[n].swap_map)
		return refuse(p, "slot %ld has a page already", n);
	if (place == AT_UNBORN && m->page[page].shmem)
		return refuse(p, "at = unborn: a shmem file is not made by fork()");
	return 1;
}

void begin_page(struct parser *p, unsigned page)
{
	p->has_page[page] = true;
	p->s->start.mem.page[page].addr = (uint8_t)page;
}

int parse_page(struct parser *p, unsigned page, const char *name, const char *value)
{
	static const char *const places[PLACES] = {
		[AT_NONE] = "none", [AT_PRESENT] = "present", [AT_UNBORN] = "unborn",
		[AT_ZSWAP] = "zswap", [AT_DEVICE] = "device", [AT_CACHE] = "cache",
		[AT_SHARES] = "shares",
	};
	struct vpage *vp = &p->s->start.mem.page[page];
	char word[16] = "", number[16] = "";
	long n = 0;
	unsigned place;

	if ((!strcmp(name, "mm") || !strcmp(name, "shmem")) && p->placed[page])
		return refuse(p, "%s stands before at", name);
	if (!strcmp(name, "mm"))
		return parse_between(p, name, value, 0, MAX_MMS - 1, &vp->mm);
	if (!strcmp(name, "shmem"))
		return parse_between(p, name, value, 0, 1, &vp->shmem);
	if (strcmp(name, "at"))
		return refuse(p, "no key '%.40s' in [page]; there are mm, shmem and at", name);
	parse_word(&value, word, sizeof(word));
	for (place = 0; place < PLACES && strcmp(places[place], word); place++)
		;
	if (place == PLACES)
		return refuse(p, "at = %.40s: none, present, unborn, 'zswap SLOT', 'device SLOT', "
			    "'cache SLOT' or 'shares PAGE' is needed", word);
	if (place >= AT_ZSWAP && (!parse_word(&value, number, sizeof(number)) ||
				  !parse_number(number, MAX_SLOTS - 1, &n)))
		return refuse(p, "at = %s: a %s from 0 to %d is needed", word,
			    place == AT_SHARES ? "page" : "slot", MAX_SLOTS - 1);
	if (value[strspn(value, " \t")])
		return refuse(p, "at: '%.40s' is too much", value + strspn(value, " \t"));
	if (p->placed[page])
		return refuse(p, "page %u is placed twice", page);
	if (!check_place(p, page, place, n))
		return 0;
	p->placed[page] = true;
	p->unborn[page] = place == AT_UNBORN;
	put_page(p->s, page, place, (unsigned)n);
	return 1;
}

void parse_devices(struct scenario *s)
{
	struct mem *m = &s->start.mem;

	for (unsigned i = 0; i < MAX_DEVICES; i++)
		m->si[i].flags = !i || s->hw.second ? SI_WRITEOK : 0;
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		if (m->slot[i].swap_map)
			m->si[s->hw.second && i >= s->hw.second].inuse_pages++;
}
