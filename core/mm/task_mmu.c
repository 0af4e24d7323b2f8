/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * task_mmu.c - what changes a software bit of a swap PTE while a fault is under
 * way, after fs/proc/task_mmu.c and mm/mprotect.c.
 *
 * The PTE still names the same slot, but pte_same() compares the whole value: the
 * fault gives up and runs again.  Both are legal at any time and cost nothing.
 */
#include "core/mm/mm.h"

/* echo 4 > /proc/pid/clear_refs, for one page: clear_soft_dirty(). */
OP(clear_refs_pte_range)
{
	BEGIN();
	PTE_LOCK(f->page);
	STEP("pte_swp_clear_soft_dirty()");
	PAGE(f->page)->bits &= (uint8_t)~PTE_SOFT_DIRTY;
	PTE_UNLOCK(f->page);
	END();
}

/* UFFDIO_WRITEPROTECT of one page: change_pte_range(). */
OP(uffd_wp_range)
{
	BEGIN();
	PTE_LOCK(f->page);
	STEP("pte_swp_mkuffd_wp()");
	if (PAGE(f->page)->pte == PTE_SWAP)
		PAGE(f->page)->bits |= PTE_UFFD_WP;
	PTE_UNLOCK(f->page);
	END();
}
