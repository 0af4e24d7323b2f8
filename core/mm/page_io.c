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
	m->folio[folio].content = m->slot[swp].dev;
	m->folio[folio].src = m->slot[swp].dev_life ? (uint8_t)(swp + 1) : 0;
	m->folio[folio].src_life = m->slot[swp].dev_life;
	use_device(c, swp);
	bytes_dev_read(c->bytes, folio, swp);
}

static void dev_write_done(struct step_ctx *c, struct mem *m, unsigned folio)
{
	struct folio *fo = &m->folio[folio];
	struct slot *s = &m->slot[fo->io_swp - 1];

	s->dev = fo->io;
	s->dev_life = fo->io_life;
	c->ev.dev_write = fo->io_swp;
	bytes_dev_write(c->bytes, fo->io_swp - 1u, folio);
	fo->io = 0;
	fo->io_life = 0;
	fo->io_swp = 0;
	fo->flags &= (uint8_t)~FOLIO_WRITEBACK;		/* folio_end_writeback() */
}

/*
 * swap_read_folio(): {folio locked} a page of zeroes, zswap, then the device; unlocks the folio.
 * One that cannot be read stays as it is: not uptodate.
 */
OP(swap_read_folio)
{
	BEGIN();
	if (k->zeromap) {
		STEP("swap_read_folio_zeromap(folio)");
		RESULT(m->slot[f->swp].zeromap ? "zeroes" : "no");
		use_device(c, f->swp);
		if (m->slot[f->swp].zeromap) {
			m->folio[f->folio].content = STAMP_ZERO;
			m->folio[f->folio].src = (uint8_t)(f->swp + 1);
			m->folio[f->folio].src_life = m->slot[f->swp].life;
			bytes_write(c->bytes, f->folio, STAMP_ZERO);
			goto done;
		}
	}
	CALL(zswap_load, .folio = f->folio, .swp = f->swp);
	if (c->ret == -EIO)
		goto unlock;
	if (c->ret)
		goto done;
	if (!sync_device(c)) {
		STEP("submit_bio(READ)");
		m->folio[f->folio].flags |= FOLIO_READ;
		m->folio[f->folio].io_swp = (uint8_t)(f->swp + 1);
		m->folio[f->folio].lock = LOCKED_BY_DEVICE;
		RETURN(0);
	}
	STEP("read the block: submit_bio_wait()");
	dev_read(c, m, f->folio, f->swp);
	RESULT(m->slot[f->swp].dev_life ? "block read" : "no data: zeroes");
done:
	STEP("folio_mark_uptodate(folio); folio_unlock(folio)");
	folio_mark_uptodate(c, m, f->folio);
	folio_unlock(c, m, f->folio);
	RETURN(0);
unlock:
	STEP("folio_unlock(folio): not uptodate");
	folio_unlock(c, m, f->folio);
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
		RESULT(m->folio[f->folio].content == STAMP_ZERO ? "yes: zeromap" : "no");
		m->slot[f->swp].zeromap = m->folio[f->folio].content == STAMP_ZERO;
		if (m->slot[f->swp].zeromap && k->zero_store == ZERO_STORE_ERASE)
			CALL(zswap_invalidate, .swp = f->swp);
		if (m->slot[f->swp].zeromap)
			goto unlock;
	}
	CALL(zswap_store, .folio = f->folio, .swp = f->swp);
	if (!c->ret) {
		CALL(__swap_writepage, .folio = f->folio, .swp = f->swp);
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
	m->folio[f->folio].flags |= FOLIO_WRITEBACK;
	m->folio[f->folio].io = m->folio[f->folio].content;
	m->folio[f->folio].io_swp = (uint8_t)(f->swp + 1);
	m->folio[f->folio].io_life = m->slot[f->swp].life;
	folio_unlock(c, m, f->folio);
	bytes_dev_submit(c->bytes, f->folio);
	if (f->aux & AUX_SHRINKER)
		c->ev.wb_submit = f->folio;
	if (!sync_device(c))
		RETURN(0);
	STEP("bio done: folio_end_writeback(folio)");
	dev_write_done(c, m, f->folio);
	END();
}

/* Whether a bio is under way; and one of them: a folio. */
static bool io_pending(const struct mem *m)
{
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (m->folio[i].io_swp)
			return true;
	return false;
}

static unsigned io_next(struct step_ctx *c, const struct mem *m)
{
	uint8_t pending[MAX_FOLIOS];
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (m->folio[i].io_swp)
			pending[n++] = (uint8_t)i;
	return pending[n > 1 ? CHOOSE(n) : 0];
}

/* The disk completes one of the bios under way: end_swap_bio_read(), end_swap_bio_write(). */
OP(end_swap_bio)
{
	BEGIN();
	AWAIT("end_swap_bio()", io_pending(m), WAIT_IO, 0);
	f->folio = (uint8_t)io_next(c, m);
	if (m->folio[f->folio].flags & FOLIO_READ) {
		RESULT("read");
		dev_read(c, m, f->folio, m->folio[f->folio].io_swp - 1u);
		m->folio[f->folio].flags &= (uint8_t)~FOLIO_READ;
		m->folio[f->folio].io_swp = 0;
		folio_mark_uptodate(c, m, f->folio);
		m->folio[f->folio].lock = 0;
	} else {
		RESULT("write");
		dev_write_done(c, m, f->folio);
	}
	END();
}
