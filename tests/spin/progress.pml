// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress.pml - who waits for SWAP_HAS_CACHE, and whether the wait can end.
 *
 * Independent of core/, as zswap.pml is; mm/swap_state.c and mm/shmem.c.  Searched for
 * non-progress cycles with weak fairness, and for invalid end states.
 *
 *   B15: one task reads a slot through the swap cache.  It has the bit and no folio
 *   in the cache yet when the charge of the folio reclaims, and the shrinker picks the
 *   entry of that very slot.
 *     SKIP      1: the shrinker gives up on -EEXIST (a65b0e7607cc); 0: it sleeps a
 *                  tick and tries again
 *     CHARGE    0: with the bit and before the insertion (to v6.19); 1: after the
 *                  insertion (v7.0, v7.2): the lookup finds the folio
 *   B14: SHMEM=1.  A, of low priority, has the bit and is preempted; B, of high
 *   priority and on the same CPU, gets -EEXIST and tries again.
 *     WAIT      0: at once, B is always runnable (1dd44c0af4fa); 1: it sleeps a tick
 */
#ifndef SHMEM
#define SHMEM 0
#endif
#ifndef SKIP
#define SKIP 1
#endif
#ifndef CHARGE
#define CHARGE 0
#endif
#ifndef WAIT
#define WAIT 0
#endif

bit has, cached, asleep;

#if SHMEM
bit a_pinned;

/* B has the higher priority: A runs only while B sleeps or is done */
active proctype A()
{
	atomic { has = 1; a_pinned = 1 };
	atomic { asleep -> has = 0 };
}

active proctype B()
{
	a_pinned;
	do
	:: atomic { !has -> has = 1; break }
	:: atomic { has -> asleep = WAIT };
#if WAIT
	   atomic { !has -> asleep = 0 }	/* a tick: long enough for A */
#endif
	od;
progress: asleep = 1;
	has = 0
}
#else
active proctype T()
{
	atomic { !has && !cached -> has = 1 };
#if CHARGE
	cached = 1;
#endif
	/* mem_cgroup_swapin_charge_folio -> reclaim -> zswap_writeback_entry */
	do
	:: cached -> break			/* lookup: -EEXIST */
	:: atomic { !cached && !has -> break }	/* pinned; it cannot come to that here */
	:: !cached && has ->			/* swapcache_prepare: -EEXIST */
#if SKIP
		break
#else
		skip				/* schedule_timeout_uninterruptible(1) */
#endif
	od;
	cached = 1;
progress: skip
}
#endif
