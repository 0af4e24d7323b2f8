/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_io.c - between a folio and zswap or the device, after mm/page_io.c.
 *
 * zram and brd are synchronous: the bio is done before submit returns.  A disk
 * completes later, in end_swap_bio(), which a task of the device's own runs.
 */
#include "core/mm/mm.h"

static void dev_read(struct step_ctx *c, struct mem *m, unsigned folio, unsigned swp)
{
	FOLIO(folio)->content = SLOT(swp)->dev;
	FOLIO(folio)->src = SLOT(swp)->dev_life ? (obj_t)(swp + 1) : 0;
	FOLIO(folio)->src_life = SLOT(swp)->dev_life;
	use_device(c, swp);
	if (SLOT(swp)->dev_life)
		bytes_dev_read(c->bytes, folio, swp);
	else
		bytes_zero(c->bytes, folio);
}

static void dev_write_done(struct step_ctx *c, struct mem *m, unsigned folio)
{
	struct folio *fo = FOLIO(folio);
	struct slot *s;

	if (!fo->io_swp) {	/* another was let write it meanwhile */
		c->ev.misused = 1;
		return;
	}
	s = SLOT(fo->io_swp - 1);
	s->dev = fo->io;
	s->dev_life = fo->io_life;
	c->ev.dev_write = fo->io_swp;
	bytes_dev_write(c->bytes, fo->io_swp - 1u, folio);
	fo->io = 0;
	fo->io_life = 0;
	fo->io_swp = 0;
	fo->flags &= (uint8_t)~FOLIO_WRITEBACK;		/* folio_end_writeback() */
}

static inline bool drops_block(struct step_ctx *c, const struct mem *m, unsigned swp)
{
	return c->k->read_drop == READ_DROP_BLIND || __swap_count(c, m, swp) == 1;
}

/*
 * swap_read_folio(): {folio locked} a page of zeroes, zswap, then the device; unlocks the folio.
 * One that cannot be read stays as it is: not uptodate.  Returns whether zswap_load(), which was
 * to (aux), has dropped the pin.
 */
OP(swap_read_folio)
{
	BEGIN();
	if (k->zeromap) {
		STEP("swap_read_folio_zeromap(folio)");
		RESULT(SLOT(f->swp)->zeromap, "zeroes", "no");
		use_device(c, f->swp);
		if (SLOT(f->swp)->zeromap) {
			FOLIO(f->folio)->content = STAMP_ZERO;
			FOLIO(f->folio)->src = (obj_t)(f->swp + 1);
			FOLIO(f->folio)->src_life = SLOT(f->swp)->life;
			bytes_zero(c->bytes, f->folio);
			f->aux = 0;
			goto done;
		}
	}
	CALL(zswap_load, .folio = f->folio, .swp = f->swp, .aux = f->aux);
	f->aux = f->aux && c->ret;
	if (c->ret == -EIO)
		goto unlock;
	if (c->ret)
		goto done;
	if (!sync_device(c)) {
		STEP("submit_bio(READ)");
		FOLIO(f->folio)->flags |= FOLIO_READ;
		FOLIO(f->folio)->io_swp = (obj_t)(f->swp + 1);
		FOLIO(f->folio)->lock = LOCKED_BY_DEVICE;
		RETURN(0);
	}
	STEP("read the block: submit_bio_wait()");
	PROBE_ENTER(swap_read_folio_bdev_sync, 0);
	dev_read(c, m, f->folio, f->swp);
	RESULT(SLOT(f->swp)->dev_life, "block read", "no data: zeroes");
	if (k->read_drop && c->hw->device == DEVICE_ZRAM &&
	    (FOLIO(f->folio)->flags & FOLIO_SWAPCACHE)) {
		STEP("swap_slot_free_notify(folio): counted once?");
		RESULT(drops_block(c, m, f->swp), "yes: zram drops the block", "no");
		if (drops_block(c, m, f->swp)) {
			FOLIO(f->folio)->flags |= FOLIO_DIRTY;
			slot_free_notify(c, m, f->swp);
		}
	}
done:
	STEP("folio_mark_uptodate(folio); folio_unlock(folio)");
	folio_mark_uptodate(c, m, f->folio);
	folio_unlock(c, m, f->folio);
	RETURN(f->aux);
unlock:
	STEP("folio_unlock(folio): not uptodate");
	FOLIO(f->folio)->flags |= FOLIO_FAILED;
	folio_unlock(c, m, f->folio);
	RETURN(f->aux);
	END();
}

/* swap_writepage(): {folio locked, in the swap cache} zswap first, then the device. */
OP(swap_writepage)
{
	BEGIN();
	CALL(folio_free_swap, .folio = f->folio);
	if (c->ret)
		goto unlock;
	if (k->zeromap) {
		STEP("is_folio_zero_filled(folio)?");
		RESULT(FOLIO(f->folio)->content == STAMP_ZERO, "yes: zeromap", "no");
		SLOT(f->swp)->zeromap = FOLIO(f->folio)->content == STAMP_ZERO;
		if (SLOT(f->swp)->zeromap && k->zero_store == ZERO_STORE_ERASE)
			CALL(zswap_invalidate, .swp = f->swp);
		if (SLOT(f->swp)->zeromap)
			goto unlock;
	}
	CALL(zswap_store, .folio = f->folio, .swp = f->swp);
	if (!c->ret) {
		CALL(__swap_writepage, .folio = f->folio, .swp = f->swp);
		RETURN(0);
	}
	if (!k->zeromap) {	/* to v6.10: who takes the lock here finds it under writeback */
		STEP("folio_start_writeback(folio); folio_unlock(folio)");
		FOLIO(f->folio)->flags |= FOLIO_WRITEBACK;
		folio_unlock(c, m, f->folio);
		STEP("folio_end_writeback(folio)");
		FOLIO(f->folio)->flags &= (uint8_t)~FOLIO_WRITEBACK;
		RETURN(0);
	}
unlock:
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	END();
}

/* __swap_writepage(): {folio locked} to the device; unlocks the folio. */
OP(__swap_writepage)
{
	BEGIN();
	STEP("folio_start_writeback(); folio_unlock(); submit_bio(WRITE)");
	FOLIO(f->folio)->flags |= FOLIO_WRITEBACK;
	FOLIO(f->folio)->io = FOLIO(f->folio)->content;
	FOLIO(f->folio)->io_swp = (obj_t)(f->swp + 1);
	FOLIO(f->folio)->io_life = SLOT(f->swp)->life;
	folio_unlock(c, m, f->folio);
	bytes_dev_submit(c->bytes, f->folio, f->swp);
	if (f->aux & AUX_SHRINKER)
		c->ev.wb_submit = f->folio;
	if (!sync_device(c))
		RETURN(0);
	STEP("bio done: folio_end_writeback(folio)");
	dev_write_done(c, m, f->folio);
	END();
}

/* The disk completes one of the bios under way: end_swap_bio_read(), end_swap_bio_write(). */
OP(end_swap_bio)
{
	BEGIN();
	AWAIT("end_swap_bio()", find_any_io(c, m), WAIT_IO, 0);
	f->folio = (obj_t)find_io(c, m);
	if (FOLIO(f->folio)->flags & FOLIO_READ) {
		RESULT("read");
		dev_read(c, m, f->folio, FOLIO(f->folio)->io_swp - 1u);
		FOLIO(f->folio)->flags &= (uint8_t)~FOLIO_READ;
		FOLIO(f->folio)->io_swp = 0;
		folio_mark_uptodate(c, m, f->folio);
		FOLIO(f->folio)->lock = 0;
	} else {
		RESULT("write");
		dev_write_done(c, m, f->folio);
	}
	END();
}
