/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.c - faults, fork and unmapping, after mm/memory.c.
 *
 * do_swap_page() has two ways to the data.  Path A goes through the swap cache.
 * Path B (SWP_SYNCHRONOUS_IO and a count of 1, v4.15 to v6.19) reads into a
 * private folio and leaves the swap cache alone; the debate is about its read.
 */
#include "core/mm/mm.h"

bool pte_same(const struct mem *m, unsigned page, unsigned swp, unsigned bits)
{
	const struct vpage *p = PAGE(page);

	return p->pte == PTE_SWAP && p->target == swp && p->bits == bits;
}

static inline bool orig_pte_same(const struct kernel *k, const struct mem *m, const struct frame *f)
{
	return !k->pte_recheck || pte_same(m, f->page, f->swp, f->aux & AUX_PTE_BITS);
}

bool folio_matches_swap_entry(const struct mem *m, unsigned folio, unsigned swp)
{
	return (FOLIO(folio)->flags & FOLIO_SWAPCACHE) && FOLIO(folio)->swp == swp + 1;
}

void pte_clear(struct mem *m, unsigned page)
{
	PAGE(page)->pte = PTE_NONE;
	PAGE(page)->target = 0;
	PAGE(page)->bits = 0;
	PAGE(page)->stamp = STAMP_ZERO;
}

void set_pte_folio(struct step_ctx *c, struct mem *m, unsigned page, unsigned folio, unsigned bits)
{
	struct vpage *p = PAGE(page);
	struct folio *fo = FOLIO(folio);

	p->pte = PTE_PRESENT;
	p->target = (obj_t)folio;
	p->bits &= (uint8_t)~PTE_EXCLUSIVE;		/* of swap PTEs only */
	p->bits |= (uint8_t)bits;
	fo->mapcount++;
	fo->src = 0;
	fo->src_life = 0;
	if (fo->holders2 & ME)				/* the reference is the mapping's now */
		fo->holders2 &= (tasks_t)~ME;
	else
		fo->holders &= (tasks_t)~ME;
	if (!fo->index && !p->shmem)
		fo->index = (obj_t)(p->addr + 1);	/* folio_add_new_anon_rmap() */
	c->ev.set_pte = (obj_t)(page + 1);
}

/* The lock is free; or it is not, and the outcome chosen is not to wait for it. */
static inline bool lock_or_retry(struct step_ctx *c, const struct mem *m, unsigned folio)
{
	return !FOLIO(folio)->lock || INJECT(2) == 1;
}

/*
 * Is the folio this fault's alone?  Its PTE says so, or it is private; but not while zram,
 * which needs a page that stands still, writes it.
 */
static inline bool fault_exclusive(const struct step_ctx *c, const struct mem *m,
				   const struct frame *f)
{
	const struct folio *folio = FOLIO(f->folio);

	if (!(f->aux & AUX_SWAPCACHE))
		return true;
	if (c->hw->device == DEVICE_ZRAM && (folio->flags & FOLIO_WRITEBACK))
		return false;
	return f->aux & PTE_EXCLUSIVE;
}

/*
 * Only this fault and the swap cache refer to the folio of a write fault that has to copy, or
 * swap is full, or (v7.0) the swap cache was only entered to have a pin.
 */
static inline bool should_try_to_free_swap(struct step_ctx *c, const struct mem *m,
					   const struct frame *f)
{
	const struct folio *folio = FOLIO(f->folio);

	if (!(folio->flags & FOLIO_SWAPCACHE))
		return false;
	if (c->k->pin == PIN_FOLIO && sync_device(c))
		return true;
	return ((f->aux & AUX_WRITE) && folio->ref == 2) || VM_SWAP_FULL();
}

/* Map the folio of a swap fault: writable where a write asks for it and the folio is exclusive. */
static void map_swapin(struct step_ctx *c, struct mem *m, struct frame *f)
{
	struct folio *folio = FOLIO(f->folio);
	bool exclusive = (f->aux & PTE_EXCLUSIVE) || folio->ref == 1;
	bool write = exclusive && (f->aux & AUX_WRITE);

	if (exclusive)
		folio->flags |= FOLIO_EXCLUSIVE;
	set_pte_folio(c, m, f->page, f->folio, write ? PTE_WRITE : 0);
	if (write)
		f->aux &= (aux_t)~AUX_WRITE;	/* what is left of it is do_wp_page()'s */
}

/* A write reaches the page through its PTE; the PTE's dirty bit is the folio's here. */
void application_write(struct step_ctx *c, struct mem *m, unsigned page, bool zeroes)
{
	struct vpage *p = PAGE(page);
	struct folio *folio = FOLIO(p->target);

	p->stamp = zeroes ? STAMP_ZERO : new_stamp(c, m);
	p->bits |= PTE_SOFT_DIRTY;
	folio->content = p->stamp;
	folio->flags |= FOLIO_DIRTY;
	bytes_write(c->bytes, p->target, p->stamp);
}

static inline bool access_allowed(const struct mem *m, const struct frame *f)
{
	const struct vpage *p = PAGE(f->page);

	return p->pte == PTE_PRESENT && (!(f->aux & AUX_WRITE) || (p->bits & PTE_WRITE));
}

/* fork() has made the address space, and the fault can take its mmap_lock for reading. */
static inline bool may_fault(const struct mem *m, const struct frame *f)
{
	const struct mm *mm = MM(PAGE(f->page)->mm);

	return !mm->unborn && (access_allowed(m, f) || !mm->mmap_writer);
}

/* What do_swap_page() gets: the software bits of orig_pte, and whether the fault is a write. */
static inline aux_t fault_aux(const struct mem *m, const struct frame *f)
{
	return (f->aux & AUX_WRITE) | (PAGE(f->page)->bits & PTE_BITS);
}

static inline bool mmap_free(const struct mem *m, unsigned page)
{
	const struct mm *mm = MM(PAGE(page)->mm);

	return !mm->mmap_writer && !mm->mmap_readers;
}

/*
 * A load or store instruction: the CPU walks the page table, faults, and runs the
 * instruction again after every fault until the PTE allows it.
 */
OP(touch_page)
{
	BEGIN();
again:
	AWAIT("access the page", may_fault(m, f), WAIT_MMAP, PAGE(f->page)->mm);
	if (PAGE(f->page)->shmem) {
		CALL(shmem_get_folio, .page = f->page, .aux = f->aux);
		RETURN(0);
	}
	if (access_allowed(m, f)) {
		RESULT(f->aux & AUX_WRITE, "written", "read");
		if (f->aux & AUX_WRITE)
			application_write(c, m, f->page, f->aux & AUX_ZEROES);
		else
			bytes_read(c->bytes, PAGE(f->page)->target, PAGE(f->page)->stamp);
		RETURN(0);
	}
	MM(PAGE(f->page)->mm)->mmap_readers += c->hw->counts_readers;
	if (PAGE(f->page)->pte == PTE_NONE) {
		RESULT("pte_none: fault");
		goto anon;
	}
	if (PAGE(f->page)->pte == PTE_PRESENT) {
		RESULT("write-protected: fault");
		goto wp;
	}
	RESULT("swap pte: fault");
	f->swp = PAGE(f->page)->target;
	CALL(do_swap_page, .page = f->page, .swp = f->swp, .aux = fault_aux(m, f));
	MM(PAGE(f->page)->mm)->mmap_readers -= c->hw->counts_readers;
	f->swp = 0;
	if (c->ret)
		RETURN(c->ret);		/* SIGBUS */
	goto again;
wp:
	PTE_LOCK(f->page);
	CALL(do_wp_page, .page = f->page);
	MM(PAGE(f->page)->mm)->mmap_readers -= c->hw->counts_readers;
	goto again;
anon:
	PTE_LOCK(f->page);
	STEP("do_anonymous_page: set_pte_at()");
	if (PAGE(f->page)->pte == PTE_NONE) {
		unsigned folio = folio_alloc(c, m);

		if (!folio)
			RETURN(-ENOMEM);
		FOLIO(folio)->content = STAMP_ZERO;
		FOLIO(folio)->flags = FOLIO_UPTODATE | FOLIO_DIRTY | FOLIO_LRU | FOLIO_EXCLUSIVE;
		bytes_zero(c->bytes, folio);
		PAGE(f->page)->stamp = STAMP_ZERO;
		set_pte_folio(c, m, f->page, folio, PTE_WRITE);
	}
	PTE_UNLOCK(f->page);
	MM(PAGE(f->page)->mm)->mmap_readers -= c->hw->counts_readers;
	goto again;
	END();
}

/*
 * Whoever has the pin is a fault, or frees the slot behind one, and will wake who sleeps for it.
 * Asked by the cost alone.
 */
static inline bool will_wake(const struct mem *m, unsigned swp)
{
	return SLOT(swp)->holder == HOLD_SYNC || SLOT(swp)->holder == HOLD_FREE;
}

/* A fault gave up because another (f->to: who will wake it) has the pin, and may have slept. */
static void count_wait(struct step_ctx *c, const struct mem *m, const struct frame *f)
{
	c->ev.cost |= COST_RETRIED;
	if (c->k->wait == WAIT_TICK || (c->k->wait == WAIT_WAKEUP && !f->to))
		count_sleep(c, m, f->swp);
}

static inline bool pins_first(const struct kernel *k)
{
	return k->pin == PIN_HAS_CACHE || k->pin == PIN_EARLY || k->pin == PIN_SHORT;
}

/*
 * Path B of do_swap_page(): around the swap cache, into a private folio.  Returns the folio,
 * with READ_PINNED where SWAP_HAS_CACHE is held; or 0, when another has it and we have slept.
 */
OP(swapin_bypass)
{
	BEGIN();
	if (pins_first(k)) {
		STEP("swapcache_prepare(entry)");
		f->to = will_wake(m, f->swp);
		f->aux = (aux_t)-swapcache_prepare(c, m, f->swp, HOLD_SYNC);
		if (f->aux)
			goto relax;
	}
	if (c->hw->alloc_fails) {
		STEP("vma_alloc_folio(): is there memory?");
		f->aux = (aux_t)INJECT(2);
		RESULT(f->aux, "no", "yes");
		if (f->aux)
			RETURN(READ_NOMEM | (pins_first(k) ? READ_PINNED : 0));
	}
	STEP("folio = vma_alloc_folio()");
	f->folio = (obj_t)folio_alloc(c, m);
	if (!f->folio)
		RETURN(0);
	folio_lock(c, m, f->folio);
	FOLIO(f->folio)->flags = FOLIO_LRU;
	CALL(swap_read_folio, .folio = f->folio, .swp = f->swp, .aux = k->pin == PIN_SHORT);
	f->aux = (aux_t)c->ret;
	if (k->pin == PIN_LATE) {
		STEP("swapcache_prepare(entry), after the read");
		if (swapcache_prepare(c, m, f->swp, HOLD_SYNC) != 0)
			goto put;
	}
	RETURN(f->folio | (k->pin == PIN_NONE || f->aux ? 0 : READ_PINNED));
put:
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	RETURN(0);
relax:
	/*
	 * Since v6.12 a fault that releases the pin wakes the sleeper, who does not find it free
	 * then; nobody else does.
	 */
	if (k->wait != WAIT_NONE)
		SLEEP("schedule_timeout_uninterruptible(1)");
	if (f->aux == EEXIST)		/* else there was nobody to wait for */
		count_wait(c, m, f);
	RETURN(0);
	END();
}

/*
 * The end of do_swap_page(): {PTL, folio locked} the fault takes the folio in exchange for the
 * slot's count.  v7.0 maps before it leaves the swap cache, so that who comes now finds the
 * folio and waits.  Returns aux: without AUX_WRITE where the write is allowed now.
 */
OP(map_swapin_folio)
{
	BEGIN();
	STEP("swap_free(entry)");
	c->ev.adopt = f->folio;
	c->ev.adopt_slot = (obj_t)(f->swp + 1);
	c->ev.adopt_cached = (f->aux & AUX_SWAPCACHE) != 0;
	SWAP_FREE(f->swp);
	if (k->pin == PIN_FOLIO) {
		STEP("set_pte_at(), before the folio leaves the cache");
		map_swapin(c, m, f);
	}
	if (f->aux & AUX_SWAPCACHE) {
		STEP("should_try_to_free_swap(folio)?");
		f->to = should_try_to_free_swap(c, m, f);
		RESULT(f->to, "yes", "no");
		if (f->to)
			CALL(folio_free_swap, .folio = f->folio);
		f->to = 0;
	}
	if (k->pin != PIN_FOLIO) {
		STEP("set_pte_at()");
		map_swapin(c, m, f);
	}
	RETURN(f->aux);
	END();
}

/* What comes with a folio, or instead of one. */
static inline aux_t read_aux(int ret)
{
	return (aux_t)((ret & READ_PINNED ? AUX_NEED_CLEAR : 0) |
		       (ret & READ_NOMEM ? AUX_NOMEM : 0));
}

/* From here on aux says whether the folio is exclusive, and not what orig_pte said of it. */
static inline aux_t exclusive_aux(const struct step_ctx *c, const struct mem *m,
				  const struct frame *f)
{
	return fault_exclusive(c, m, f) ? f->aux | PTE_EXCLUSIVE : f->aux & (aux_t)~PTE_EXCLUSIVE;
}

/* v2 of the patch left by some ways without dropping the pin. */
static inline void forget_pin(const struct kernel *k, struct frame *f)
{
	if (k->unpin == UNPIN_SOME)
		f->aux &= (aux_t)~AUX_NEED_CLEAR;
}

/* The reference of the device that a fault works with. */
static bool fault_device(struct step_ctx *c, struct mem *m, unsigned swp)
{
	return !c->k->fault_ref || get_swap_device(c, m, swp);
}

static void fault_device_put(struct step_ctx *c, struct mem *m, unsigned swp)
{
	if (c->k->fault_ref)
		put_swap_device(c, m, swp);
}

/*
 * mm/memory.c do_swap_page(), v6.8 shape.  f->aux has the software bits of
 * orig_pte, which was read before the call, and whether the fault is a write.
 * Returns 0, or -EFAULT for VM_FAULT_SIGBUS.
 */
OP(do_swap_page)
{
	BEGIN();
	STEP("folio = swap_cache_get_folio(entry)");
	if (!fault_device(c, m, f->swp)) {
		RESULT("get_swap_device(): swapoff, retry");
		RETURN(0);
	}
	PROBE_ENTER(swap_cache_get_folio, 0);
	f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
	PROBE_RETURN(swap_cache_get_folio, f->folio != 0);
	RESULT(f->folio, "hit", "miss");
	if (f->folio) {
		f->aux |= AUX_SWAPCACHE;
		goto lock_folio;
	}
	if (!k->bypass || !sync_device(c))
		goto readahead;
	STEP("SWP_SYNCHRONOUS_IO && __swap_count(entry) == 1?");
	RESULT(__swap_count(c, m, f->swp) == 1, "yes: bypass", "no");
	if (__swap_count(c, m, f->swp) != 1)
		goto readahead;

	CALL(swapin_bypass, .swp = f->swp);
	f->folio = (obj_t)(c->ret & READ_FOLIO);
	f->aux |= read_aux(c->ret);
	if (f->aux & AUX_NOMEM)
		goto no_folio;
	if (!f->folio)
		goto out;
	goto lock_folio;

readahead:
	if (c->hw->readahead && !(k->pin == PIN_FOLIO && sync_device(c)))
		CALL(swap_vma_readahead, .page = f->page, .swp = f->swp);
	CALL(__read_swap_cache_async, .swp = f->swp);
	f->folio = (obj_t)(c->ret & READ_FOLIO);
	f->aux |= read_aux(c->ret);
	if (!f->folio)
		goto no_folio;
	f->aux |= AUX_SWAPCACHE;
	if (c->ret & READ_NEW)
		CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	goto lock_folio;

no_folio:
	PTE_LOCK(f->page);
	STEP("pte_same(orig_pte)?");
	RESULT(orig_pte_same(k, m, f), "same: no memory, retry", "changed: retry");
	c->ev.cost |= orig_pte_same(k, m, f) && !(f->aux & AUX_NOMEM) ? COST_NOMEM : 0;
	PTE_UNLOCK(f->page);
	forget_pin(k, f);
	goto out;

lock_folio:
	/*
	 * A contended lock is waited for, or the fault drops its locks and retries
	 * (FAULT_FLAG_ALLOW_RETRY).  A bypass folio is contended too: it is on the LRU.
	 */
	AWAIT("folio_lock_or_retry(folio)", lock_or_retry(c, m, f->folio), WAIT_FOLIO, f->folio);
	if (FOLIO(f->folio)->lock) {
		RESULT("VM_FAULT_RETRY");
		forget_pin(k, f);
		goto out_release;
	}
	folio_lock(c, m, f->folio);

	if ((f->aux & AUX_SWAPCACHE) && k->match) {
		STEP("folio_matches_swap_entry(folio, entry)?");
		RESULT(folio_matches_swap_entry(m, f->folio, f->swp), "yes", "no");
		if (!folio_matches_swap_entry(m, f->folio, f->swp))
			goto out_page;
	}
	if (k->pin == PIN_EARLY && (f->aux & AUX_NEED_CLEAR)) {
		STEP("swapcache_clear(entry), before pte_same()");
		f->aux &= (aux_t)~AUX_NEED_CLEAR;
		SWAPCACHE_CLEAR(f->swp);
	}
	PTE_LOCK(f->page);
	STEP("pte_same(orig_pte)?");
	RESULT(!k->pte_recheck, "not asked", orig_pte_same(k, m, f), "same", "changed");
	if (!orig_pte_same(k, m, f))
		goto out_nomap;
	if (k->uptodate && !(FOLIO(f->folio)->flags & FOLIO_UPTODATE)) {
		RESULT("not uptodate: VM_FAULT_SIGBUS");
		goto out_sigbus;
	}
	f->aux = exclusive_aux(c, m, f);

	CALL(map_swapin_folio, .page = f->page, .swp = f->swp, .folio = f->folio, .aux = f->aux);
	f->aux = (aux_t)c->ret;
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	f->folio = 0;
	if (f->aux & AUX_WRITE)
		CALL(do_wp_page, .page = f->page);
	else
		PTE_UNLOCK(f->page);
	goto out;

out_sigbus:
	folio_unreadable(c, m, f->folio);
	f->aux |= AUX_SIGBUS;
out_nomap:
	PTE_UNLOCK(f->page);
out_page:
	if (k->pin == PIN_FOLIO)
		CALL(folio_free_swap, .folio = f->folio);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
out_release:
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	f->folio = 0;
out:
	if (f->aux & AUX_NEED_CLEAR) {
		STEP("swapcache_clear(entry)");
		SWAPCACHE_CLEAR(f->swp);
	}
	fault_device_put(c, m, f->swp);
	RETURN(f->aux & AUX_SIGBUS ? -EFAULT : 0);
	END();
}

/* Nobody but this mapping, and the swap cache, refers to the folio (wp_can_reuse_anon_folio()). */
static inline bool may_reuse(const struct folio *folio)
{
	return folio->ref <= 1u + !!(folio->flags & FOLIO_SWAPCACHE) && !folio->lock;
}

/* pte_same(), of what was copied. */
static inline bool maps_folio(const struct mem *m, const struct frame *f)
{
	return PAGE(f->page)->pte == PTE_PRESENT && PAGE(f->page)->target == f->folio;
}

/*
 * do_wp_page(): {PTL, which it drops} a write to a page that is mapped read-only: it is made
 * writable if it is nobody else's, else copied.
 */
OP(do_wp_page)
{
	BEGIN();
	STEP("do_wp_page(): PageAnonExclusive(page)?");
	f->folio = PAGE(f->page)->pte == PTE_PRESENT ? PAGE(f->page)->target : 0;
	RESULT(!f->folio, "changed", FOLIO(f->folio)->flags & FOLIO_EXCLUSIVE, "yes", "no");
	if (!f->folio)
		goto unlock;
	if (FOLIO(f->folio)->flags & FOLIO_EXCLUSIVE)
		goto reuse;
	STEP("wp_can_reuse_anon_folio(): references, folio_trylock()");
	RESULT(may_reuse(FOLIO(f->folio)), "locked", "no: copy");
	if (!may_reuse(FOLIO(f->folio)))
		goto copy;
	folio_lock(c, m, f->folio);
	if (FOLIO(f->folio)->flags & FOLIO_SWAPCACHE)
		CALL(folio_free_swap, .folio = f->folio);
	STEP("folio_ref_count(folio) == 1?");
	RESULT(FOLIO(f->folio)->ref == 1, "yes: reuse", "no: copy");
	folio_unlock(c, m, f->folio);
	if (FOLIO(f->folio)->ref != 1)
		goto copy;
	FOLIO(f->folio)->index = (obj_t)(PAGE(f->page)->addr + 1);
	FOLIO(f->folio)->flags |= FOLIO_EXCLUSIVE;	/* folio_move_anon_rmap() */
reuse:
	STEP("wp_page_reuse(): maybe_mkwrite(pte)");
	PAGE(f->page)->bits |= PTE_WRITE;
	goto unlock;

copy:
	folio_get(c, m, f->folio);
	PTE_UNLOCK(f->page);
	STEP("wp_page_copy(): copy the folio");
	f->to = (obj_t)folio_alloc(c, m);
	if (!f->to)
		RETURN(0);
	FOLIO(f->to)->content = FOLIO(f->folio)->content;
	FOLIO(f->to)->flags = FOLIO_UPTODATE | FOLIO_DIRTY | FOLIO_LRU | FOLIO_EXCLUSIVE;
	bytes_copy(c->bytes, f->to, f->folio);
	PTE_LOCK(f->page);
	STEP("pte_same()? set_pte_at(the copy)");
	if (!k->cow_recheck || maps_folio(m, f)) {
		RESULT(k->cow_recheck, "same", "not asked");
		FOLIO(f->folio)->mapcount--;
		folio_ref_drop(c, m, f->folio);
		set_pte_folio(c, m, f->page, f->to, PTE_WRITE);
		f->aux = (FOLIO(f->folio)->flags & FOLIO_SWAPCACHE) != 0;
	} else {
		RESULT("changed");
		folio_put(c, m, f->to);
	}
	f->to = 0;
	PTE_UNLOCK(f->page);
	if (f->aux)
		CALL(free_swap_cache, .folio = f->folio);
	f->aux = 0;
	STEP("folio_put(old folio)");
	folio_put(c, m, f->folio);
	RETURN(0);
unlock:
	f->folio = 0;
	PTE_UNLOCK(f->page);
	END();
}

/* fork(), for one page: copy_pte_range().  f->to is the child's page. */
OP(copy_page_range)
{
	BEGIN();
	AWAIT("mmap_write_lock(mm)", mmap_free(m, f->page), WAIT_MMAP, PAGE(f->page)->mm);
	MM(PAGE(f->page)->mm)->mmap_writer = (uint8_t)(c->task + 1);
	PTE_LOCK(f->to);
	PTE_LOCK(f->page);
	STEP("orig_pte = ptep_get(src_pte)");
	f->swp = PAGE(f->page)->target;
	f->aux = PAGE(f->page)->pte;
	RESULT(f->aux == PTE_SWAP, "swap pte", f->aux == PTE_PRESENT, "present", "none");
	if (f->aux == PTE_NONE)
		goto done;
	if (f->aux == PTE_SWAP) {
		STEP("copy_nonpresent_pte(): swap_duplicate(entry)");
		swap_duplicate(c, m, f->swp);
	}
	STEP("pte_swp_clear_exclusive() or ptep_set_wrprotect(); set_pte_at(dst)");
	if (f->aux == PTE_PRESENT) {
		FOLIO(f->swp)->ref++;
		FOLIO(f->swp)->mapcount++;
		FOLIO(f->swp)->flags &= (uint8_t)~FOLIO_EXCLUSIVE;
		PAGE(f->page)->bits &= (uint8_t)~PTE_WRITE;
	} else {
		SLOT(f->swp)->inflight--;
	}
	PAGE(f->to)->pte = f->aux;
	PAGE(f->to)->target = f->swp;
	PAGE(f->to)->stamp = PAGE(f->page)->stamp;
	PAGE(f->to)->addr = PAGE(f->page)->addr;
	PAGE(f->to)->bits = PAGE(f->page)->bits & (uint8_t)~PTE_EXCLUSIVE;
	if (k->fork_exclusive)
		PAGE(f->page)->bits &= (uint8_t)~PTE_EXCLUSIVE;
done:
	f->swp = 0;
	f->aux = 0;
	PTE_UNLOCK(f->page);
	PTE_UNLOCK(f->to);
	if (c->hw->fork_fails) {
		STEP("dup_mmap(): the VMA behind it");
		f->aux = (aux_t)INJECT(2);
		RESULT(f->aux, "-ENOMEM, or a fatal signal", "copied");
		if (f->aux)
			goto fail;
	}
	MM(PAGE(f->to)->mm)->unborn = 0;
	MM(PAGE(f->page)->mm)->mmap_writer = 0;
	RETURN(0);
fail:
	MM(PAGE(f->to)->mm)->unborn = MM_UNSTABLE;	/* it is on swapoff's list by now */
	MM(PAGE(f->page)->mm)->mmap_writer = 0;
	CALL(zap_pte_range, .page = f->to);		/* exit_mmap() */
	MM(PAGE(f->to)->mm)->unborn = 1;
	END();
}

/* swap_pte_batch(): how many PTEs from this one on name slots side by side. */
static unsigned swap_pte_batch(const struct step_ctx *c, const struct mem *m, unsigned page)
{
	const struct vpage *p = PAGE(page);
	unsigned nr = 1;

	while (c->k->batch && page + nr < MAX_PAGES && p->pte == PTE_SWAP &&
	       p[nr].pte == PTE_SWAP && p[nr].mm == p->mm && p[nr].target == p->target + nr &&
	       swp_type(c, p[nr].target) == swp_type(c, p->target))
		nr++;
	return nr;
}

/*
 * zap_pte_range(): MADV_DONTNEED of one page; munmap and exit (f->to) of one, or of several
 * that are in swap side by side.  Returns how many.
 */
OP(zap_pte_range)
{
	BEGIN();
	PTE_LOCK(f->page);
	STEP("ptep_get_and_clear()");
	f->swp = PAGE(f->page)->target;
	f->aux = PAGE(f->page)->pte;
	f->folio = f->to && c->hw->neighbours;	/* a batch, whose other pages are elsewhere */
	f->to = f->to ? (obj_t)swap_pte_batch(c, m, f->page) : 1;
	for (unsigned i = 0; i < f->to; i++)
		pte_clear(m, f->page + i);
	RESULT(f->aux == PTE_SWAP, "swap pte", f->aux == PTE_PRESENT, "present", "none");
	if (f->aux == PTE_PRESENT) {
		FOLIO(f->swp)->mapcount--;
		folio_ref_drop(c, m, f->swp);
	}
	if (f->aux == PTE_SWAP && f->to == 1 && !f->folio)
		CALL(free_swap_and_cache, .swp = f->swp);
	if (f->aux == PTE_SWAP && (f->to > 1 || f->folio))
		CALL(free_swap_and_cache_nr, .swp = f->swp, .to = f->to);
	f->folio = 0;
	f->swp = 0;
	f->aux = 0;
	PTE_UNLOCK(f->page);
	RETURN(f->to);
	END();
}

/* The next page of the same mm, or MAX_PAGES. */
static unsigned next_page(const struct mem *m, unsigned page)
{
	unsigned mm = PAGE(page)->mm;

	while (++page < MAX_PAGES && PAGE(page)->mm != mm)
		;
	return page;
}

/* munmap() and exit(): no new fault comes, and every page from f->page on goes. */
OP(unmap_vmas)
{
	BEGIN();
	AWAIT("mmap_write_lock(mm)", mmap_free(m, f->page), WAIT_MMAP, PAGE(f->page)->mm);
	MM(PAGE(f->page)->mm)->mmap_writer = (uint8_t)(c->task + 1);
	f->aux = PAGE(f->page)->mm;
	while (f->page < MAX_PAGES) {
		CALL(zap_pte_range, .page = f->page, .to = 1);
		f->page = (obj_t)next_page(m, f->page + (unsigned)c->ret - 1);
	}
	MM(f->aux)->mmap_writer = 0;
	END();
}
