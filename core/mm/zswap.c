/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zswap.c - compressed swap caching, after mm/zswap.c.
 *
 * An entry is reached through the tree (one per slot, under the tree lock) and
 * through the LRU (by writeback, under the lru_lock, which is held for less than a
 * step here).  What may free it under somebody who decompresses it is the
 * question: a reference count on the entry (up to v6.8) keeps its memory; that
 * SWAP_HAS_CACHE is held by the one who reads keeps everybody away who could
 * unlink it: store, exclusive load, writeback and slot free all run under it.
 *
 * Lock order: folio lock, page table lock, free_lock, si->lock, tree lock.
 */
#include "core/mm/mm.h"

/* zswap_shrink's page is the entry that its walk of the LRU remembers as the next one. */

/* zswap_shrink's aux: the zpool handle picked (v6.1), and whether it was written. */
#define WB_HANDLE	AUX_NUMBER	/* entry whose compressed object is read */
#define WB_DONE		AUX_TOP

_Static_assert(MAX_ENTRIES <= WB_HANDLE + 1, "an entry's number fits");

/* zswap_writeback_entry's aux: the handle, and what the comparison came to. */
#define WB_GONE		AUX_TOP	/* the entry is not the slot's any more */
#define WB_ERASED	(AUX_TOP >> 1)	/* unlinked by us: the tree's reference is ours */

/* Add to the LRU as the youngest, wherever it was. */
static void lru_add(struct mem *m, unsigned entry)
{
	lru_unlink(m, entry);
	if (ENTRY(entry)->reclaim & RECLAIM_ISOLATED)
		ENTRY(entry)->reclaim = 0;
	lru_link(m, entry);
}

/* ---- entries ---- */

unsigned zswap_entry_alloc(struct step_ctx *c, struct mem *m, unsigned swp, unsigned folio)
{
	unsigned i = find_free_entry(c, m);

	if (!i)
		return 0;
	*ENTRY(i) = (struct zentry){
		.state = ENTRY_LIVE, .ref = 1, .swp = (obj_t)swp, .users = ME,
		.stamp = FOLIO(folio)->content, .life = SLOT(swp)->life, .known = ENTRY(i)->known,
	};
	bytes_store(c->bytes, i, folio);
	return i;
}

/* The task works with a pointer to the entry from here on; and no longer. */
static void entry_use(struct step_ctx *c, struct mem *m, unsigned entry)
{
	ENTRY(entry)->users |= ME;
	bytes_use(c->bytes, entry);
	M(dangling) &= (tasks_t)~ME;
}

static void entry_done(struct step_ctx *c, struct mem *m, unsigned entry)
{
	if (!(M(dangling) & ME))
		ENTRY(entry)->users &= (tasks_t)~ME;
	M(dangling) &= (tasks_t)~ME;
}

/* zswap_entry_free(), zswap_free_entry(): off the LRU, memory returned. */
static void zswap_entry_free(struct step_ctx *c, struct mem *m, unsigned entry)
{
	struct zentry *e = ENTRY(entry);
	tasks_t readers = e->users & (tasks_t)~ME;

	PROBE_ENTER(zswap_entry_free, 0);
	if (e->state != ENTRY_LIVE) {
		c->ev.put_dead = 1;
		return;
	}
	lru_unlink(m, entry);
	M(dangling) |= readers;
	c->ev.freed_entry = (obj_t)entry;
	if (e->reclaim & RECLAIM_ZPOOL) {
		*e = (struct zentry){ .state = ENTRY_ZOMBIE, .reclaim = e->reclaim,
				      .swp = e->swp, .stamp = e->stamp, .life = e->life,
				      .known = e->known };
		return;
	}
	*e = (struct zentry){ .known = e->known | readers };
	bytes_free_entry(c->bytes, entry, readers);
}

static void zswap_entry_put(struct step_ctx *c, struct mem *m, unsigned entry)
{
	if (ENTRY(entry)->state != ENTRY_LIVE) {
		c->ev.put_dead = 1;
		return;
	}
	if (--ENTRY(entry)->ref == 0)
		zswap_entry_free(c, m, entry);
}

void zswap_invalidate_entry(struct step_ctx *c, struct mem *m, unsigned swp)
{
	unsigned entry = SLOT(swp)->entry;

	use_device(c, swp);
	if (!entry)
		return;
	PROBE_ENTER(zswap_invalidate_entry, 0);
	SLOT(swp)->entry = 0;
	zswap_entry_put(c, m, entry);
}

/* Up to v6.9 the tree has a lock of its own; later each of its operations is atomic. */
#define TREE_LOCK() \
	if (k->tree == TREE_LOCKED) LOCK("spin_lock(&tree->lock)", M(tree_lock), WAIT_TREE, 0)
#define TREE_UNLOCK() \
	if (k->tree == TREE_LOCKED) UNLOCK("spin_unlock(&tree->lock)", M(tree_lock))

/* Read an entry's compressed object: what a use-after-free would touch. */
static void deref(struct step_ctx *c, unsigned entry)
{
	c->ev.deref = (obj_t)entry;
}

/* The page is complete: content, and which life of which slot it belongs to. */
static void decompress(struct step_ctx *c, struct mem *m, unsigned folio, unsigned entry)
{
	struct folio *fo = FOLIO(folio);
	const struct zentry *e = ENTRY(entry);
	bool freed = c->ev.deref && (M(dangling) & ME);

	fo->content = freed ? STAMP_GARBAGE : e->stamp;
	fo->src = (obj_t)(e->swp + 1);
	fo->src_life = e->life;
	bytes_load(c->bytes, folio, entry);
}

/* ---- store, load, invalidate ---- */

/* A store that has published its entry compresses the folio into it. */
static void complete_object(struct step_ctx *c, struct mem *m, unsigned entry, unsigned folio)
{
	deref(c, entry);
	if (ENTRY(entry)->state == ENTRY_LIVE && !(M(dangling) & ME)) {
		ENTRY(entry)->stamp = FOLIO(folio)->content;
		bytes_store(c->bytes, entry, folio);
	}
	entry_done(c, m, entry);
}

/* zswap_store(): {folio locked, in the swap cache}.  Returns whether zswap took the page. */
OP(zswap_store)
{
	BEGIN();
	if (k->store_off == STORE_OFF_KEEP) {
		STEP("zswap_enabled?");
		RESULT(M(zswap_off), "no: rejected", "yes");
		if (M(zswap_off))
			RETURN(0);
	}
	if (k->dup == DUP_ERASE_FIRST) {
		TREE_LOCK();
		STEP("zswap_rb_search(): invalidate an old entry");
		RESULT(SLOT(f->swp)->entry, "duplicate erased", "none");
		zswap_invalidate_entry(c, m, f->swp);
		TREE_UNLOCK();
	}
	STEP("compress the folio into a new entry");
	PROBE_ENTER(zswap_frontswap_store, 0);
	if (!M(zswap_off))
		f->entry = (obj_t)zswap_entry_alloc(c, m, f->swp, f->folio);
	RESULT(f->entry, "stored", M(zswap_off), "zswap is off: rejected", "rejected");
	if (!f->entry)
		goto check_old;

	if (k->publish == PUBLISH_EARLY) {
		STEP("zswap_lru_add(entry), too early");
		ENTRY(f->entry)->stamp = STAMP_GARBAGE;
		lru_add(m, f->entry);
	}
	TREE_LOCK();
	STEP("zswap_rb_insert(entry); zswap_lru_add(entry)");
	RESULT(SLOT(f->swp)->entry, "duplicate replaced", "inserted");
	zswap_invalidate_entry(c, m, f->swp);
	SLOT(f->swp)->entry = f->entry;
	ENTRY(f->entry)->referenced = k->second_chance;
	if (k->publish == PUBLISH_COMPLETE) {
		lru_add(m, f->entry);
		entry_done(c, m, f->entry);
		f->entry = 0;
	}
	TREE_UNLOCK();
	if (k->publish == PUBLISH_EARLY) {
		STEP("zswap_compress(): the object is complete");
		complete_object(c, m, f->entry, f->folio);
		f->entry = 0;
	}
	RETURN(1);

check_old:
	if (k->dup == DUP_REPLACE) {
		TREE_LOCK();
		STEP("check_old: zswap_rb_erase(old entry)");
		RESULT(SLOT(f->swp)->entry, "erased", "none");
		zswap_invalidate_entry(c, m, f->swp);
		TREE_UNLOCK();
	}
	END();
}

/* Does this load take the entry out of zswap? */
static bool load_takes(const struct kernel *k, const struct mem *m, unsigned folio)
{
	if (k->load == LOAD_IF_CACHED)
		return FOLIO(folio)->flags & FOLIO_SWAPCACHE;
	return k->load != LOAD_NONEXCLUSIVE;
}

/* Look the slot's entry up, and have it: counted, taken out of the tree, or neither. */
static void load_lookup(struct step_ctx *c, struct mem *m, struct frame *f)
{
	const struct kernel *k = c->k;
	bool takes = load_takes(k, m, f->folio);

	use_device(c, f->swp);
	f->entry = SLOT(f->swp)->entry;
	RESULT(!f->entry, "not found", !k->refcount && takes && k->erase == ERASE_FOUND,
	       "found: zswap_rb_erase()", "found: stays linked");
	c->ev.unpinned_load = k->load == LOAD_ASSERTED &&
			      !(FOLIO(f->folio)->flags & FOLIO_SWAPCACHE);
	if (!f->entry)
		return;
	entry_use(c, m, f->entry);
	if (k->refcount)
		ENTRY(f->entry)->ref++;
	else if (takes && k->erase == ERASE_FOUND)
		SLOT(f->swp)->entry = 0;
}

/* The entry that a load without a count takes is freed; the folio is the only copy now. */
static void load_take(struct step_ctx *c, struct mem *m, struct frame *f)
{
	if (c->k->load_dirty)
		FOLIO(f->folio)->flags |= FOLIO_DIRTY;
	if (SLOT(f->swp)->entry == f->entry)
		SLOT(f->swp)->entry = 0;
	if (M(dangling) & ME)		/* another has freed what was ours */
		c->ev.put_dead = 1;
	else
		zswap_entry_free(c, m, f->entry);
}

/* {tree lock} The end of a load with a count. */
static void load_put(struct step_ctx *c, struct mem *m, struct frame *f)
{
	const struct kernel *k = c->k;
	bool stale = M(dangling) & ME;
	bool linked = SLOT(f->swp)->entry == f->entry;

	entry_done(c, m, f->entry);
	if (load_takes(k, m, f->folio)) {
		RESULT("zswap_invalidate_entry(); folio_mark_dirty()");
		if (k->load_dirty)
			FOLIO(f->folio)->flags |= FOLIO_DIRTY;
		if (linked)
			zswap_invalidate_entry(c, m, f->swp);
		else
			PROBE_ENTER(zswap_invalidate_entry, 0);
		if (!linked && k->load_put == LOAD_PUT_BLIND)
			zswap_entry_put(c, m, f->entry);
	} else if (k->shrinker == SHRINKER_ISOLATE && linked) {
		lru_add(m, f->entry);	/* zswap_lru_unlink(), zswap_lru_add(): young again */
	}
	if (!stale)
		zswap_entry_put(c, m, f->entry);
}

/* A corrupt object: where the kernel lives to tell, the entry is kept and the page is lost. */
static inline bool decompress_fails(struct step_ctx *c)
{
	return c->k->decompress == DECOMPRESS_EIO && !c->k->refcount && c->hw->decompress_fails &&
	       INJECT(2);
}

/*
 * zswap_load(): {folio locked}.  With a reference count, v6.8: find and get, decompress,
 * then invalidate and put.  Without, v6.9: an entry that is taken is erased when it is
 * found; one that is not stays in the tree with nothing on it but the slot's pin, which
 * is dropped there if aux says so.  Returns whether the page was in zswap, or -EIO.
 */
OP(zswap_load)
{
	BEGIN();
	TREE_LOCK();
	STEP("entry = zswap_rb_search(tree, offset)");
	load_lookup(c, m, f);
	TREE_UNLOCK();
	if (!f->entry)
		RETURN(0);
	if (f->aux) {
		STEP("swapcache_clear(entry), before the decompress");
		SWAPCACHE_CLEAR(f->swp);
	}

	STEP("zswap_decompress(entry, folio): begin");
	deref(c, f->entry);
	bytes_begin_load(c->bytes, f->folio, f->entry);
	STEP("zswap_decompress(entry, folio): end");
	deref(c, f->entry);
	if (decompress_fails(c)) {
		RESULT("-EIO");
		entry_done(c, m, f->entry);
		RETURN(-EIO);
	}
	decompress(c, m, f->folio, f->entry);
	if (k->refcount)
		goto put;
	if (load_takes(k, m, f->folio)) {
		STEP("folio_mark_dirty(folio); zswap_entry_free(entry)");
		load_take(c, m, f);
		RETURN(1);
	}
	entry_done(c, m, f->entry);
	RETURN(1);
put:
	TREE_LOCK();
	STEP("zswap_entry_put(tree, entry)");
	load_put(c, m, f);
	f->entry = 0;
	TREE_UNLOCK();
	RETURN(1);
	END();
}

/* zswap_invalidate(): the slot is being freed. */
OP(zswap_invalidate)
{
	BEGIN();
	TREE_LOCK();
	STEP("zswap_rb_search(); zswap_invalidate_entry()");
	RESULT(SLOT(f->swp)->entry, "entry freed", "no entry");
	zswap_invalidate_entry(c, m, f->swp);
	TREE_UNLOCK();
	END();
}

/* echo N, or Y (aux), > /sys/module/zswap/parameters/enabled */
OP(zswap_enabled_param_set)
{
	BEGIN();
	STEP("zswap_enabled = ...");
	RESULT(f->aux, "Y", "N");
	M(zswap_off) = !f->aux;
	END();
}

/* ---- writeback ---- */

/* zpool is done with the object it had under reclaim; a live one is on its LRU again. */
static void zpool_reclaim_end(struct step_ctx *c, struct mem *m, unsigned handle)
{
	ENTRY(handle)->reclaim = 0;
	if (ENTRY(handle)->state == ENTRY_ZOMBIE) {
		*ENTRY(handle) = (struct zentry){ .known = ENTRY(handle)->known };
		bytes_free_entry(c->bytes, handle, 0);
	} else {
		lru_add(m, handle);
	}
}

static inline bool coldest_referenced(const struct mem *m)
{
	return ENTRY(lru_coldest(m))->referenced;
}

/* The shrinker keeps no more than the entry's number, and will compare it. */
static void entry_know(struct step_ctx *c, struct mem *m, unsigned entry)
{
	if (entry && c->hw->any_entry == ANY_KNOWN)
		ENTRY(entry)->known |= ME;
}

static void take_off_lru(struct step_ctx *c, struct mem *m, unsigned entry, unsigned why)
{
	lru_unlink(m, entry);
	ENTRY(entry)->reclaim = (uint8_t)(why | (c->task + 1u) << RECLAIM_TASK);
}

/*
 * Take the coldest entry: v6.1 marks its object, v6.5 takes it off the LRU, v6.9 rotates it and
 * remembers no more than its address.
 */
static void pick(struct step_ctx *c, struct mem *m, struct frame *f)
{
	f->entry = (obj_t)lru_coldest(m);
	f->page = c->k->walk == WALK_SKIP ? (obj_t)lru_next(m, f->entry) : 0;
	entry_know(c, m, f->entry);
	entry_know(c, m, f->page);
	f->swp = ENTRY(f->entry)->swp;
	if (SLOT(f->swp)->parked == PARKED_RET)
		c->ev.cost |= COST_DEADWB;
	switch (c->k->shrinker) {
	case SHRINKER_ROTATE:
		lru_add(m, f->entry);
		if (c->k->recheck != ON)	/* it will be trusted */
			entry_use(c, m, f->entry);
		break;
	case SHRINKER_ZPOOL:
		take_off_lru(c, m, f->entry, RECLAIM_ZPOOL);
		f->aux = f->entry;
		break;
	default:
		take_off_lru(c, m, f->entry, RECLAIM_ISOLATED);
	}
}

/* Under the tree lock: get the entry that was picked; v6.1, whichever has its offset now. */
static bool get_picked(struct step_ctx *c, struct mem *m, struct frame *f)
{
	if (c->k->shrinker == SHRINKER_ZPOOL)
		f->entry = SLOT(f->swp)->entry;
	if (!f->entry || SLOT(f->swp)->entry != f->entry) {
		f->entry = 0;
		return false;
	}
	entry_use(c, m, f->entry);
	if (c->k->refcount)
		ENTRY(f->entry)->ref++;
	return true;
}

/* Under the tree lock, after the attempt: what was written goes, else it is put back. */
static void put_picked(struct step_ctx *c, struct mem *m, struct frame *f)
{
	const struct kernel *k = c->k;
	unsigned entry = f->entry;
	bool linked = SLOT(f->swp)->entry == entry;

	deref(c, entry);
	if (M(dangling) & ME) {
		entry_done(c, m, entry);
		return;
	}
	entry_done(c, m, entry);
	if (f->aux & WB_DONE) {
		if (k->unlink == UNLINK_LAST && linked)
			zswap_invalidate_entry(c, m, f->swp);
	} else if (k->shrinker == SHRINKER_ISOLATE && linked) {
		lru_add(m, entry);
	}
	if (k->refcount)
		zswap_entry_put(c, m, entry);
}

/*
 * The shrinker, for one entry: zpool's reclaim (v6.1), zswap_reclaim_entry() (v6.5),
 * shrink_memcg_cb() (v6.8, v6.9).  In v6.9 `entry` is only a number from the moment the
 * lru_lock is dropped until the tree, under the slot's pin, says that it is still the slot's.
 */
OP(zswap_shrink)
{
	BEGIN();
again:
	STEP("shrinker: pick the coldest entry of the LRU");
	RESULT(!lru_coldest(m), "LRU is empty", coldest_referenced(m), "referenced: rotate",
	       "picked");
	if (!lru_coldest(m))
		RETURN(-ENOENT);
	PROBE_ENTER(shrink_memcg_cb, 0);
	if (coldest_referenced(m)) {
		PROBE_RETURN(shrink_memcg_cb, PROBE_LRU_ROTATE);
		ENTRY(lru_coldest(m))->referenced = 0;
		lru_add(m, lru_coldest(m));
		goto again;
	}
	pick(c, m, f);
	if (!k->swp_copy && k->shrinker != SHRINKER_ZPOOL) {
		entry_use(c, m, f->entry);
		STEP("swpentry = entry->swpentry, without the lru_lock");
		deref(c, f->entry);
		f->swp = ENTRY(f->entry)->swp;
		if (k->shrinker != SHRINKER_ROTATE || k->recheck == ON)
			entry_done(c, m, f->entry);
	}
	if (k->shrinker != SHRINKER_ROTATE) {
		TREE_LOCK();
		STEP("zswap_rb_search(tree, offset): get the entry");
		PROBE_ENTER(zswap_evict, 0);
		use_device(c, f->swp);
		RESULT(get_picked(c, m, f), "found", "gone");
		TREE_UNLOCK();
		if (!f->entry) {
			f->page = 0;
			goto out;
		}
	}
	CALL(zswap_writeback_entry, .swp = f->swp, .entry = f->entry, .aux = f->aux);
	f->aux |= c->ret ? 0 : WB_DONE;
	if (c->ret != -EEXIST)		/* LRU_RETRY, LRU_REMOVED_RETRY: from the head again */
		f->page = 0;
	if (k->shrinker == SHRINKER_ROTATE && !(f->aux & WB_DONE)) {
		if (k->recheck != ON)
			entry_done(c, m, f->entry);
		goto out;
	}
	if (k->shrinker != SHRINKER_ROTATE || k->unlink == UNLINK_LAST) {
		TREE_LOCK();
		STEP("put the entry: written, it is dropped; else back to the LRU");
		RESULT(f->aux & WB_DONE, "dropped", "put back");
		put_picked(c, m, f);
		TREE_UNLOCK();
	}
out:
	PROBE_RETURN(zswap_evict, (f->aux & WB_DONE) || !f->entry ? 0 : -ENOMEM);
	if (f->aux & WB_HANDLE) {
		STEP("zpool: the object is no longer under reclaim");
		zpool_reclaim_end(c, m, f->aux & WB_HANDLE);
	}
	if (k->walk == WALK_SKIP && f->page) {
		STEP("LRU_SKIP: list_for_each_entry_safe() goes on at its next");
		RESULT(on_lru(m, f->page), "still on the LRU", "not on the LRU");
		c->ev.stale_next = !on_lru(m, f->page);
	}
	PROBE_RETURN(shrink_memcg_cb, f->aux & WB_DONE ? PROBE_LRU_REMOVED : PROBE_LRU_FAILED);
	END();
}

/* Under the tree lock: is the entry still the slot's?  If so it is ours to work with. */
static bool writeback_recheck(struct step_ctx *c, struct mem *m, struct frame *f)
{
	const struct kernel *k = c->k;
	bool same = SLOT(f->swp)->entry == f->entry;

	if (k->recheck == ON && !same)
		return false;
	if (same)
		entry_use(c, m, f->entry);
	if (k->unlink != UNLINK_LAST) {
		if (same && k->unlink == UNLINK_FIRST)
			SLOT(f->swp)->entry = 0;
		if (same || !k->refcount)
			f->aux |= WB_ERASED;
	} else if (k->refcount && k->shrinker == SHRINKER_ROTATE) {
		ENTRY(f->entry)->ref++;	/* put by put_picked() */
	}
	return true;
}

/* Unlinked first, v6.9: the entry is nobody else's and is freed before the device write. */
static void free_erased(struct step_ctx *c, struct mem *m, struct frame *f)
{
	deref(c, f->entry);
	if ((M(dangling) & ME) || !(f->aux & WB_ERASED))
		return;
	if (SLOT(f->swp)->entry == f->entry)	/* v6.15 erases it here */
		SLOT(f->swp)->entry = 0;
	if (c->k->shrinker == SHRINKER_ROTATE)
		entry_done(c, m, f->entry);
	zswap_entry_put(c, m, f->entry);
}

/* Whose compressed object is written back: zpool hands one over (v6.1). */
static inline unsigned wb_object(const struct frame *f)
{
	return f->aux & WB_HANDLE ? f->aux & WB_HANDLE : f->entry;
}

/*
 * zswap_writeback_entry(): pin the slot by a new folio of the swap cache, check, decompress
 * into it, write it to the device.  Returns 0, or -ENOMEM, -EEXIST when it was not to be.
 */
OP(zswap_writeback_entry)
{
	BEGIN();
	if (k->recheck == RECHECK_BEFORE) {
		TREE_LOCK();
		STEP("zswap_rb_search(tree, offset) == entry, before the pin?");
		use_device(c, f->swp);
		f->aux |= SLOT(f->swp)->entry == f->entry ? 0 : WB_GONE;
		RESULT(f->aux & WB_GONE, "no: -ENOMEM", "yes");
		TREE_UNLOCK();
		if (f->aux & WB_GONE)
			RETURN(-ENOMEM);
	}
	CALL(__read_swap_cache_async, .swp = f->swp, .aux = AUX_SHRINKER);
	f->folio = (obj_t)(c->ret & READ_FOLIO);
	if (!f->folio)
		RETURN(-ENOMEM);
	if (!(c->ret & READ_NEW)) {
		STEP("folio_put(folio): -EEXIST");
		folio_put(c, m, f->folio);
		RETURN(-EEXIST);
	}

	if (k->recheck == ON || k->unlink != UNLINK_LAST) {
		TREE_LOCK();
		STEP("zswap_rb_search(tree, offset) == entry?");
		use_device(c, f->swp);
		f->aux |= writeback_recheck(c, m, f) ? 0 : WB_GONE;
		RESULT(f->aux & WB_GONE, "no: -ENOMEM", k->recheck != ON, "not asked",
		       k->unlink == UNLINK_FIRST && (f->aux & WB_ERASED), "yes: zswap_rb_erase()",
		       "yes: stays linked");
		TREE_UNLOCK();
		if (f->aux & WB_GONE)
			goto gone;
	}
	STEP("zswap_decompress(entry, folio): begin");
	if (!(f->aux & WB_HANDLE))
		deref(c, f->entry);
	bytes_begin_load(c->bytes, f->folio, wb_object(f));
	STEP("zswap_decompress(entry, folio): end");
	if (!(f->aux & WB_HANDLE))	/* zpool keeps an object under reclaim readable */
		deref(c, f->entry);
	if (decompress_fails(c)) {
		RESULT("-EIO");
		entry_done(c, m, f->entry);
		goto gone;
	}
	decompress(c, m, f->folio, wb_object(f));
	folio_mark_uptodate(c, m, f->folio);
	if (k->unlink != UNLINK_LAST) {
		STEP("zswap_entry_free(entry)");
		free_erased(c, m, f);
	}
	CALL(__swap_writepage, .folio = f->folio, .swp = f->swp, .aux = AUX_SHRINKER);
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	RETURN(0);

gone:
	CALL(delete_from_swap_cache, .folio = f->folio);
	if (!k->cleanup)
		RETURN(-ENOMEM);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	RETURN(-ENOMEM);
	END();
}
