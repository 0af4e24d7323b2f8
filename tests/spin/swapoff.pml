// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff.pml - what keeps a swap device's map and zswap's tree while somebody has a
 * pointer to them.
 *
 * Independent of core/, as zswap.pml is; mm/swapfile.c and mm/zswap.c of v6.8, v6.9.
 * One page of one process in the slot, an entry for it in zswap.
 *   Z  zaps the page: free_swap_and_cache()
 *   W  zswap writeback of the entry
 *   K  made a cache folio of the slot before (so the zap leaves SWAP_HAS_CACHE), or
 *      not: chosen at the start
 *   R  swapoff: try_to_unuse() until nothing is in use, wait for the references of
 *      the device, free map and tree
 *
 *   DEVREF  1: the zap holds a reference of the device (82b1c07a0af6; without it B9)
 *   PINNED  1: writeback knows the entry as a number until it has pinned the slot
 *              (5878303c5353)
 *           0: it remembers a pointer to the tree from under the LRU lock (v6.8; B6)
 *   HAS_Z, HAS_W
 *   OFF     asserted: nobody uses the map or the tree after they were freed
 */
#ifndef DEVREF
#define DEVREF 1
#endif
#ifndef PINNED
#define PINNED 1
#endif
#ifndef HAS_Z
#define HAS_Z 1
#endif
#ifndef HAS_W
#define HAS_W 1
#endif

bit broken_OFF, broken_MODEL;

bit  pte;		/* the PTE names the slot */
byte cnt;
bit  has, cached, f_lock;
bit  entry;		/* in zswap's tree and on its LRU */
bit  inuse;
byte users;		/* get_swap_device() */
bit  dead;		/* percpu_ref_kill() */
bit  freed;		/* map and tree */

#ifdef OFF
#define USE	assert(broken_OFF || !freed)
#else
#define USE	skip
#endif

/* inside an atomic: the slot's last reference may be gone */
inline maybe_free()
{
	if
	:: cnt == 0 && !has -> entry = 0; inuse = 0
	:: else
	fi
}

proctype Z()
{
	bit last;

	/* {PTL} the PTE is cleared first */
	atomic { if :: pte -> pte = 0 :: else -> goto out fi };
#if DEVREF
	/* it named the slot, so the device was live; swapoff may have killed it since */
	atomic { if :: dead -> goto out :: else -> users++ fi };
#endif
	atomic { USE; cnt--; last = (cnt == 0 && has); maybe_free() };
	if
	:: last ->
		/* __try_to_reclaim_swap: looks at the map, finds the folio */
		atomic { USE;
			if
			:: cached && !f_lock && cnt == 0 -> cached = 0; has = 0; maybe_free()
			:: else
			fi }
	:: else
	fi;
#if DEVREF
	atomic { users-- };
#endif
out:	skip
}

proctype W()
{
endW:
	/* {lru_lock} the entry is alive here, and so is the tree */
	atomic { entry -> skip };
#if !PINNED
	/* {tree->lock}: compare, reference */
	atomic { USE; if :: !entry -> goto out :: else fi };
#endif
	/* __read_swap_cache_async() */
	atomic { if :: dead -> goto out :: else -> users++ fi };
	atomic { USE;
		if
		:: cnt == 0 || has -> users--; goto out
		:: else -> has = 1; cached = 1; f_lock = 1
		fi };
	atomic { users-- };
	atomic { USE; entry = 0 };
	atomic { f_lock = 0 };
out:	skip
}

proctype R()
{
	/* try_to_unuse */
	do
	:: !inuse -> break
	:: atomic { pte && !f_lock -> pte = 0; cnt--; maybe_free() }	/* unuse_pte */
	:: atomic { cached && !f_lock && cnt == 0 -> cached = 0; has = 0; maybe_free() }
	od;
	dead = 1;
	users == 0;
	freed = 1
}

init {
	atomic {
		pte = 1; cnt = 1; entry = 1; inuse = 1;
		if
		:: true
		:: has = 1; cached = 1
		fi;
#if HAS_Z
		run Z();
#endif
#if HAS_W
		run W();
#endif
		run R()
	}
}
