/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * userfaultfd.c - UFFDIO_MOVE of a page that is in swap, after mm/userfaultfd.c (v6.8).
 *
 * The PTE moves to another address, and with it what it names.  If that has a folio in the swap
 * cache, its rmap must move too: folio->index still says the old address.
 */
#include "core/mm/mm.h"

static inline bool may_move(const struct mem *m, const struct frame *f)
{
	return PAGE(f->page)->pte == PTE_SWAP && PAGE(f->to)->pte == PTE_NONE &&
	       (PAGE(f->page)->bits & PTE_EXCLUSIVE);
}

static inline bool ptes_same(const struct mem *m, const struct frame *f)
{
	return pte_same(m, f->page, f->swp, f->aux & AUX_PTE_BITS) &&
	       PAGE(f->to)->pte == PTE_NONE;
}

/* Somebody has the slot's cache state, or (v7.0) there is a folio. */
static inline bool swap_cache_busy(const struct kernel *k, const struct slot *s)
{
	return k->pin == PIN_FOLIO ? s->cache : s->swap_map & SWAP_HAS_CACHE;
}

static void move_swap_pte(const struct kernel *k, struct mem *m, const struct frame *f)
{
	const struct vpage *src = PAGE(f->page);
	struct vpage *dst = PAGE(f->to);

	dst->pte = PTE_SWAP;
	dst->target = src->target;
	dst->bits = src->bits | (k->move_dirty ? PTE_SOFT_DIRTY : 0);
	dst->stamp = src->stamp;
	pte_clear(m, f->page);
	if (f->folio)			/* folio_move_anon_rmap() */
		FOLIO(f->folio)->index = (obj_t)(dst->addr + 1);
}

/* move_pages_pte(), for a swap PTE: from f->page to f->to, of the same mm. */
OP(move_pages_pte)
{
	BEGIN();
	STEP("UFFDIO_MOVE: orig_src_pte = ptep_get(src_pte)");
	RESULT(k->move == MOVE_ABSENT, "-EINVAL: there is no UFFDIO_MOVE", may_move(m, f),
	       "exclusive swap pte", "cannot be moved");
	if (k->move == MOVE_ABSENT || !may_move(m, f))
		RETURN(-EINVAL);
	f->swp = PAGE(f->page)->target;
	f->aux = PAGE(f->page)->bits;
	if (!get_swap_device(c, m, f->swp))
		RETURN(-EAGAIN);
	if (k->move >= MOVE_RMAP) {
		STEP("src_folio = swap_cache_get_folio(entry)");
		PROBE_MAY(swap_cache_get_folio, ENTER, 0);	/* filemap_get_folio() in v6.12 */
		f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
		PROBE_MAY(swap_cache_get_folio, RETURN, f->folio != 0);
		RESULT(f->folio, "hit", "miss");
	}
	if (f->folio) {
		AWAIT("folio_lock(src_folio)", !FOLIO(f->folio)->lock, WAIT_FOLIO, f->folio);
		folio_lock(c, m, f->folio);
		if (k->move == MOVE_CHECKED) {
			STEP("folio_matches_swap_entry(src_folio, entry)?");
			RESULT(folio_matches_swap_entry(m, f->folio, f->swp), "yes", "-EAGAIN");
			if (!folio_matches_swap_entry(m, f->folio, f->swp))
				goto out;
		}
	}
	PTE_LOCK(f->page);
	STEP("pte_same(orig_src_pte) && pte_none(dst)?");
	RESULT(ptes_same(m, f), "same", "changed: -EAGAIN");
	if (!ptes_same(m, f))
		goto unlock;
	if (k->move == MOVE_CHECKED && !f->folio) {
		STEP("swap_map[offset] & SWAP_HAS_CACHE?");
		RESULT(swap_cache_busy(k, SLOT(f->swp)), "yes: -EAGAIN", "no");
		if (swap_cache_busy(k, SLOT(f->swp)))
			goto unlock;
	}
	STEP("move_swap_pte(): ptep_get_and_clear(src), set_pte_at(dst)");
	move_swap_pte(k, m, f);
unlock:
	PTE_UNLOCK(f->page);
out:
	if (f->folio) {
		STEP("folio_unlock(src_folio); folio_put(src_folio)");
		folio_unlock(c, m, f->folio);
		folio_put(c, m, f->folio);
	}
	put_swap_device(c, m, f->swp);
	END();
}
