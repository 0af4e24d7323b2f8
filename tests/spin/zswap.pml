// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap.pml - zswap, the swap cache and SWAP_HAS_CACHE on a synchronous device,
 * as a Promela model.
 *
 * What it is: a second, independent statement of the kernel's rules.  It was
 * written from the kernel's steps (mm/memory.c, mm/swap_state.c, mm/swapfile.c,
 * mm/vmscan.c, mm/zswap.c, v6.1 to v7.0) and not from core/; nothing is shared
 * with the explorer, so that an agreement between the two means something.
 *
 * The world: one page of one process, swapped out when the model starts; NS swap
 * slots on a zram-like device (freeing a slot drops its block, a missing block
 * reads as 0).  The page's content is the number of its last write, the first is
 * 1; 0 is a page of zeroes.  One atomic{} is one step: a lock section, or one
 * lockless access.  Freed entries and folios are handed out again at once
 * (lowest index first), so pointers are reused as often as possible.
 *
 * Tasks
 *   T0, T1  access the page; if it is swapped out, do_swap_page(): cache hit, or
 *           the bypass; bail and fault again.  T1 writes by default, T0 reads.
 *   W       zswap writeback; the entry it picks is a number until it is compared.
 *   K       reclaim: slot allocation, cache insertion, unmap, zswap_store or
 *           device write, removal from the cache.  Also reclaims W's folios.
 *   R       reads the slot through the swap cache (a readahead), maps nothing.
 *   G       clears the soft-dirty bit of the PTE, so that pte_same() fails.
 *   D       drains the slot cache.  Without it K does, where it finds no slot.
 *
 * Switches (-DNAME=value)
 *   PIN       1: the bypass takes SWAP_HAS_CACHE before it reads
 *   REFCOUNT  1: a load and a writeback hold a reference on the entry
 *   LOAD      0 exclusive, 1 non-exclusive, 2 exclusive if the folio is cached
 *   UNLINK    1: writeback erases the entry when it compares (v6.9)
 *             0: it erases it last; with REFCOUNT after the device write (v6.8),
 *                without REFCOUNT after the decompress, folio locked (v6.17)
 *   RECHECK   0: writeback does not compare tree[slot] with its entry (v6.3)
 *   INVAL     where a slot free erases the entry: 0 before the slot is parked
 *             (v6.9), 1 at the drain under si->lock (v6.8), 2 at the drain, but
 *             after si->lock was dropped, and the block's drop behind it, as it is
 *             in swap_range_free() (no kernel: a mutation)
 *   FREE      1: a dead slot is free, and its entry and block are gone, in the
 *                section that drops the last reference (v6.14)
 *             0: it keeps SWAP_HAS_CACHE, parked or not, until a drain
 *   ERASE     1: a load that takes the entry erases it after the decompress (v6.15)
 *   TABLE     1: the swap table (v7.0).  There is no SWAP_HAS_CACHE: the locked folio
 *                in the swap cache is the pin.  No bypass; the slot is found and the
 *                folio inserted in one section, which needs a count and no folio; the
 *                slot is free in the section that removes the folio or drops the last
 *                count.  Wants FREE=1 ERASE=1 UNLINK=0.
 *   MATCH     0: with the folio locked, a fault does not make sure that the folio is
 *                still the slot's (TABLE only; no kernel: a mutation)
 *   REJECT    0: zswap_store never rejects a page
 *   RA        1: a fault that reads a count other than 1 goes through the cache
 *   HAS_T0 HAS_T1 HAS_W HAS_K HAS_R HAS_D TOGGLE   which tasks exist
 *   N0 N1 NW NK ND   accesses of T0 and T1, rounds of W, K and D
 *   WR0 WR1   bit i: the i-th access of T0, T1 is a write
 *   NS        slots
 *
 * Properties (-DNAME, each may be asked alone)
 *   UAF     a freed entry is decompressed or freed again
 *   MAPPED  the PTE is set to a folio whose content is not the last write
 *   LOST    the last copy of the last write is dropped while the PTE is a swap
 *           entry.  Copies are: a folio of the PTE's slot, in the swap cache or
 *           private to a task that loads it; a live entry of the slot, linked or
 *           not; the device block.
 *   STALE   data of one life of a slot is mapped in another: kept in a folio since
 *           then, or found in an entry or a block that outlived its slot
 * Without pan's -E an invalid end state is a task that waits for ever.
 *
 * What it leaves out: a second process (fork, counts above 1), shmem, userfaultfd,
 * swapoff, zap and MADV_FREE, large folios, the folio lock of a private folio
 * (the toggled PTE bit stands for every reason to bail), I/O and decompression
 * errors, allocation failures, memcg, the entry LRU and its lock, sleeping between
 * retries, weak memory.  Before the swap table a mapped PTE is always writable, and
 * the copy that stable writes force is made by the write; with it, a fault that finds
 * writeback under way maps read-only, and do_wp_page() copies or reuses.  fork,
 * swapoff and progress have small models of their own beside this one.
 */

#ifndef PIN
#define PIN 1
#endif
#ifndef REFCOUNT
#define REFCOUNT 0
#endif
#ifndef LOAD
#define LOAD 2
#endif
#ifndef UNLINK
#define UNLINK 1
#endif
#ifndef RECHECK
#define RECHECK 1
#endif
#ifndef INVAL
#define INVAL 0
#endif
#ifndef REJECT
#define REJECT 1
#endif
#ifndef RA
#define RA 0
#endif
#ifndef HAS_T0
#define HAS_T0 1
#endif
#ifndef HAS_T1
#define HAS_T1 1
#endif
#ifndef HAS_W
#define HAS_W 1
#endif
#ifndef HAS_K
#define HAS_K 1
#endif
#ifndef HAS_R
#define HAS_R 0
#endif
#ifndef HAS_D
#define HAS_D 0
#endif
#ifndef ND
#define ND 1
#endif
#ifndef FREE
#define FREE 0
#endif
#ifndef ERASE
#define ERASE 0
#endif
#ifndef TABLE
#define TABLE 0
#endif
#ifndef MATCH
#define MATCH 1
#endif
#ifndef TOGGLE
#define TOGGLE 0
#endif
#ifndef N0
#define N0 1
#endif
#ifndef N1
#define N1 1
#endif
#ifndef NW
#define NW 1
#endif
#ifndef NK
#define NK 2
#endif
#ifndef WR0
#define WR0 0
#endif
#ifndef WR1
#define WR1 1
#endif
#ifndef NS
#define NS 1
#endif

#define NF	6	/* folios, 1..NF; 0 is none */
#define NE	5	/* entries, 1..NE; 0 is none */
#define NOSLOT	NS

/* names that make an assertion recognisable in the verifier's output; never set */
bit broken_UAF, broken_MAPPED, broken_LOST, broken_STALE, broken_BOUND, broken_MODEL;

/* tasks that can hold an entry */
#define ME_T0	0
#define ME_T1	1
#define ME_W	2
#define ME_R	3
#define NHOLD	4

/* who holds SWAP_HAS_CACHE: the kernel has one bit, the rest is ghost */
#define H_NONE	0
#define H_ALLOC	1
#define H_ADD	2
#define H_CACHE	3
#define H_DEL	4
#define H_SYNC	5
#define H_FREE	6

/* the slots */
byte cnt[NS];		/* swap_map: count */
byte has[NS];		/* swap_map: SWAP_HAS_CACHE, by holder */
bit  parked[NS];	/* in slots_ret, waiting for the drain */
byte cache[NS];		/* swap cache: folio */
byte tree[NS];		/* zswap: entry */
byte dev[NS];		/* the device's block */
#ifdef STALE
byte life[NS];		/* ghost */
/* ghost: the life of its slot that some data is of; a dropped block is of none */
byte f_life[7], e_life[6], d_life[NS];
#endif
bit  si_lock;

/* the entries */
bit  e_live[NE + 1];
byte e_ref[NE + 1];
byte e_val[NE + 1];
byte e_slot[NE + 1];
byte hold[NHOLD];	/* ghost: the entry a task is going to dereference */
bit  gone[NHOLD];	/* ghost: it was freed meanwhile */

/* the folios; f_slot of a private folio is the slot it was read from */
byte f_ref[NF + 1];
bit  f_lock[NF + 1];
bit  f_cache[NF + 1];
byte f_slot[NF + 1];
bit  f_up[NF + 1];
bit  f_dirty[NF + 1];
bit  f_wb[NF + 1];
byte f_val[NF + 1];

/* the PTE */
bit  ptl;
byte pte_f;		/* the folio it maps; 0: a swap entry for pte_s */
byte pte_s;
bit  pte_sd;		/* soft dirty */
#if TABLE
bit  pte_x;		/* swap entry: exclusive; present: exclusive, and so writable */
#endif

byte last;		/* ghost: the last write */

#if TABLE
#define PTE_SAME(s, sd)	(pte_f == 0 && pte_s == s && pte_sd == sd && pte_x == sx)
#else
#define PTE_SAME(s, sd)	(pte_f == 0 && pte_s == s && pte_sd == sd)
#endif

#define FCOPY(i)	(f_ref[i] > 0 && f_up[i] && f_slot[i] == pte_s && f_val[i] == last)
#define ECOPY(i)	(e_live[i] && e_slot[i] == pte_s && e_val[i] == last)
#define COPIES		(FCOPY(1) || FCOPY(2) || FCOPY(3) || FCOPY(4) || FCOPY(5) || FCOPY(6) || \
			 ECOPY(1) || ECOPY(2) || ECOPY(3) || ECOPY(4) || ECOPY(5) || dev[pte_s] == last)

#ifdef LOST
#define CHECK_LOST	assert(broken_LOST || pte_f != 0 || COPIES)
#else
#define CHECK_LOST	skip
#endif
#ifdef UAF
#define CHECK_UAF(me)	assert(broken_UAF || !gone[me])
#else
#define CHECK_UAF(me)	skip
#endif
#ifdef MAPPED
#define CHECK_MAPPED(f)	assert(broken_MAPPED || f_val[f] == last)
#else
#define CHECK_MAPPED(f)	skip
#endif

/* ---- objects; every inline down to "slots" is used inside an atomic ---- */

inline folio_alloc(f)
{
	f = 1;
	do
	:: f_ref[f] == 0 -> break
	:: else -> assert(broken_BOUND || f < NF); f++
	od;
	f_ref[f] = 1;
#ifdef STALE
	f_life[f] = 0;
#endif
	f_slot[f] = NOSLOT
}

inline folio_put(f)
{
	assert(broken_MODEL || f_ref[f] > 0);
	f_ref[f]--;
	if
	:: f_ref[f] == 0 ->
		assert(broken_MODEL || (!f_cache[f] && !f_lock[f] && !f_wb[f]));
		f_slot[f] = 0; f_up[f] = 0; f_dirty[f] = 0; f_val[f] = 0;
#ifdef STALE
		f_life[f] = 0;
#endif
		CHECK_LOST
	:: else
	fi;
	f = 0
}

inline entry_free(x)
{
	e_live[x] = 0; e_ref[x] = 0; e_val[x] = 0; e_slot[x] = 0;
#ifdef STALE
	e_life[x] = 0;
#endif
	if :: hold[0] == x -> gone[0] = 1 :: else fi;
	if :: hold[1] == x -> gone[1] = 1 :: else fi;
	if :: hold[2] == x -> gone[2] = 1 :: else fi;
	if :: hold[3] == x -> gone[3] = 1 :: else fi;
	CHECK_LOST
}

/* drop one reference: without REFCOUNT there is only one */
inline entry_put(x)
{
	e_ref[x]--;
	if
	:: e_ref[x] == 0 -> entry_free(x)
	:: else
	fi
}

/* erase whatever the tree has for s */
inline tree_invalidate(s, y)
{
	y = tree[s];
	if
	:: y != 0 -> tree[s] = 0; entry_put(y)
	:: else
	fi;
	y = 0
}

inline entry_store(s, f, x)
{
	x = 1;
	do
	:: !e_live[x] -> break
	:: else -> assert(broken_BOUND || x < NE); x++
	od;
	e_live[x] = 1; e_ref[x] = 1; e_val[x] = f_val[f]; e_slot[x] = s;
#ifdef STALE
	e_life[x] = f_life[f];
#endif
	skip
}

/* the end of a dereference: read me's entry into f */
inline decompress(me, f)
{
	CHECK_UAF(me);
	if
	:: e_live[hold[me]] -> f_val[f] = e_val[hold[me]]
	:: else -> f_val[f] = 0
	fi;
#ifdef STALE
	f_life[f] = e_life[hold[me]];
#endif
	f_up[f] = 1
}

inline entry_release(me)
{
	hold[me] = 0;
	gone[me] = 0
}

/* the owner of an unlinked entry, or of a reference, gives it up */
inline entry_drop(me, y)
{
	y = hold[me];
	if
	:: gone[me] -> CHECK_UAF(me); entry_release(me)
	:: else -> entry_release(me); entry_put(y)
	fi;
	y = 0
}

inline dev_write(s, f)
{
#ifdef STALE
	d_life[s] = f_life[f];
#endif
	dev[s] = f_val[f]
}

/* ---- slots ---- */

/* the real free; si->lock keeps the allocator out until it is over */
inline slot_drain(s, y)
{
	atomic { !si_lock -> si_lock = 1; parked[s] = 0; has[s] = H_NONE;
#ifdef STALE
		life[s]++;
#endif
#if INVAL == 0
		dev[s] = 0; si_lock = 0; CHECK_LOST;
		printf("drain: slot %d is free, its block dropped\n", s)
#elif INVAL == 2
		si_lock = 0;
		printf("drain: slot %d is free, its entry and block are not gone yet\n", s)
#else
		printf("drain: slot %d unmapped, si->lock held\n", s)
#endif
	};
#if INVAL == 1
	atomic { tree_invalidate(s, y); dev[s] = 0; si_lock = 0; CHECK_LOST;
		printf("drain: slot %d invalidated\n", s) }
#elif INVAL == 2
	atomic { tree_invalidate(s, y); printf("drain: slot %d invalidated, late\n", s) };
	atomic { dev[s] = 0; CHECK_LOST; printf("drain: slot %d: block dropped, late\n", s) }
#endif
}

/* free_swap_slot(); has[s] is H_FREE */
inline slot_free(s, y)
{
#if INVAL == 0
	atomic { tree_invalidate(s, y); printf("slot %d: zswap_invalidate\n", s) };
#endif
	if
#if !HAS_D
	:: slot_drain(s, y)
#endif
	:: atomic { parked[s] = 1; printf("slot %d: parked\n", s) }
	fi
}

/* inside an atomic: the slot is free, and whatever it had is gone with it */
inline slot_gone(s, y)
{
	tree_invalidate(s, y);
	dev[s] = 0;
#ifdef STALE
	life[s]++;
#endif
	CHECK_LOST;
	printf("slot %d is free, its entry and block gone\n", s)
}

/* inside an atomic: clear SWAP_HAS_CACHE; the last reference leaves it at H_FREE */
inline has_clear(s, who, y)
{
	assert(broken_MODEL || has[s] == who);
	if
#if FREE
	:: cnt[s] == 0 -> has[s] = H_NONE; slot_gone(s, y)
#else
	:: cnt[s] == 0 -> has[s] = H_FREE
#endif
	:: else -> has[s] = H_NONE
	fi
}

/* inside an atomic: delete_from_swap_cache up to, not including, put_swap_folio */
inline cache_del(s, f, y)
{
#if TABLE
	/* __swap_cache_del_folio frees a slot that has no count */
	assert(broken_MODEL || (cache[s] == f && f_lock[f] && !f_wb[f]));
	cache[s] = 0; f_cache[f] = 0;
	f_ref[f]--;
	if
	:: cnt[s] == 0 -> slot_gone(s, y)
	:: else
	fi
#else
	assert(broken_MODEL || (cache[s] == f && has[s] == H_CACHE && !f_wb[f]));
	cache[s] = 0; f_cache[f] = 0; has[s] = H_DEL;
	f_ref[f]--
#endif
}

/* the same, by a task that will not map the folio: it is no copy any more */
inline cache_forget(s, f, y)
{
	cache_del(s, f, y);
	f_slot[f] = NOSLOT;
	CHECK_LOST
}

inline cache_add(s, f)
{
	assert(broken_MODEL || cache[s] == 0);
	cache[s] = f; f_cache[f] = 1; f_slot[f] = s;
#if !TABLE
	has[s] = H_CACHE;
#endif
#ifdef STALE
	f_life[f] = life[s];
#endif
	f_ref[f]++
}

/* has_clear's sequel, its own steps */
inline free_if_dead(s, y, dead)
{
	if
	:: dead -> dead = 0; slot_free(s, y)
	:: else
	fi
}

inline put_swap_folio(s, who, y, dead)
{
#if TABLE
	skip	/* cache_del did it */
#else
	atomic { has_clear(s, who, y); dead = (has[s] == H_FREE) };
	free_if_dead(s, y, dead)
#endif
}

/* zswap_load, or the device, into the locked folio f; f may be in the swap cache */
inline swap_read(me, s, f, x, y)
{
	atomic {
		x = tree[s];
		if
		:: x != 0 ->
			hold[me] = x;
#if REFCOUNT
			e_ref[x]++;
#else
			if
			:: !ERASE && (LOAD == 0 || (LOAD == 2 && f_cache[f])) -> tree[s] = 0
			:: else
			fi;
#endif
			printf("task %d: zswap_load finds entry %d of slot %d (linked now: %d)\n", me, x, s, tree[s])
		:: else -> printf("task %d: zswap_load misses slot %d\n", me, s)
		fi
	};
	if
	:: x != 0 ->
		atomic {
			decompress(me, f);
			printf("task %d: decompressed entry %d: %d\n", me, x, f_val[f]);
#if REFCOUNT == 0
			if
			:: LOAD == 1 || (LOAD == 2 && !f_cache[f]) -> entry_release(me); x = 0
			:: else -> f_dirty[f] = 1
			fi
#endif
		};
		if
		:: x != 0 ->
			atomic {
#if REFCOUNT
				if
				:: LOAD == 0 || (LOAD == 2 && f_cache[f]) ->
					f_dirty[f] = 1;
					if
					:: tree[s] == x -> tree[s] = 0; entry_put(x)
					:: else
					fi
				:: else
				fi;
#endif
#if ERASE
				tree[s] = 0;
#endif
				entry_drop(me, y); x = 0;
				printf("task %d: entry given up\n", me)
			}
		:: else
		fi
	:: else ->
		atomic {
			f_val[f] = dev[s]; f_up[f] = 1;
#ifdef STALE
			f_life[f] = (dev[s] == 0 -> life[s] : d_life[s]);
#endif
			printf("task %d: device read of slot %d: %d\n", me, s, dev[s])
		}
	fi
}

/* ---- a task that touches the page ---- */

proctype T(byte me; byte todo; byte wr)
{
	byte s, f, x, y;
	bit sd, dead;
#if TABLE
	bit sx;
#endif

access:
	atomic {
		x = 0; y = 0; f = 0; dead = 0;
#if TABLE
		sx = 0;
#endif
		if
		:: pte_f != 0 ->
			s = 0; sd = 0;
			if
			:: wr & 1 ->
				if
#if TABLE
				:: !pte_x -> goto wp
#else
				:: f_wb[pte_f] ->	/* stable writes: copy */
					folio_alloc(f); f_up[f] = 1;
					x = pte_f; pte_f = f; folio_put(x); f = 0
#endif
				:: else
				fi;
				last++;
				f_val[pte_f] = last; f_dirty[pte_f] = 1; pte_sd = 1;
				printf("T%d: writes %d\n", me, last)
			:: else -> printf("T%d: reads %d\n", me, f_val[pte_f])
			fi;
			todo--; wr = wr >> 1;
			if
			:: todo == 0 -> goto done
			:: else -> goto access
			fi
		:: else ->
			s = pte_s; sd = pte_sd;
#if TABLE
			sx = pte_x;
#endif
			printf("T%d: fault, swap entry of slot %d\n", me, s)
		fi
	};

	atomic {
		f = cache[s];
		if
		:: f != 0 -> f_ref[f]++; printf("T%d: cache hit, folio %d\n", me, f); goto hit
		:: else -> printf("T%d: cache miss\n", me)
		fi
	};

#if TABLE
	/* swapin_folio() */
insert:
	atomic {
		if
		:: cache[s] != 0 -> printf("T%d: insertion into slot %d: -EEXIST\n", me, s)
		:: cache[s] == 0 && cnt[s] == 0 ->
			/* NULL; were the PTE the same again, a spurious OOM that repeats the fault */
			printf("T%d: insertion into slot %d: -ENOENT, bails\n", me, s); goto access
		:: else ->
			folio_alloc(f); f_lock[f] = 1; cache_add(s, f);
			printf("T%d: inserts folio %d, locked, into slot %d\n", me, f, s);
			goto winner
		fi
	};
	atomic {
		f = cache[s];
		if
		:: f != 0 -> f_ref[f]++; printf("T%d: takes folio %d instead\n", me, f); goto hit
		:: else -> goto insert
		fi
	};
winner:
	swap_read(me, s, f, x, y);
	atomic { f_lock[f] = 0; printf("T%d: folio %d is read, unlocked\n", me, f) };

hit:
	if
	:: atomic {
		!f_lock[f] -> f_lock[f] = 1; printf("T%d: locks folio %d\n", me, f);
#if MATCH
		if
		:: f_cache[f] && f_slot[f] == s -> skip
		:: else -> printf("T%d: not the slot's folio\n", me); goto bail
		fi
#endif
	   }
	:: atomic { f_lock[f] -> printf("T%d: folio %d is locked, VM_FAULT_RETRY\n", me, f); folio_put(f); goto access }
	fi;
	atomic {
		!ptl ->
		if
		:: PTE_SAME(s, sd) && f_up[f] ->
#ifdef STALE
			assert(broken_STALE || f_life[f] == life[s]);
#endif
			assert(broken_MODEL || cnt[s] > 0);
			/* stable writes: not exclusive while the device reads the page */
			ptl = 1; sx = sx && !f_wb[f];
			cnt[s]--;
			printf("T%d: pte_same, folio_put_swap: count %d\n", me, cnt[s]);
			if
			:: cnt[s] == 0 && cache[s] == 0 -> slot_gone(s, y)
			:: else
			fi
		:: else -> printf("T%d: pte differs\n", me); goto bail
		fi
	};
	atomic {
		printf("T%d: maps folio %d, content %d, last write %d, exclusive %d\n", me, f, f_val[f], last, sx);
		CHECK_MAPPED(f);
		last = f_val[f];
		pte_f = f; pte_s = 0; pte_x = sx
	};
	/* only now, so that others find the folio and wait for its lock */
	atomic {
		if
		:: f_cache[f] && !f_wb[f] && cnt[f_slot[f]] == 0 ->
			s = f_slot[f]; cache_del(s, f, y); f_dirty[f] = 1; f_slot[f] = NOSLOT;
			printf("T%d: folio_free_swap\n", me)
		:: !f_cache[f] -> f_slot[f] = NOSLOT
		:: else
		fi;
		f_lock[f] = 0; ptl = 0; f = 0;
		goto access
	};
bail:
	atomic {
		if
		:: f_cache[f] && !f_wb[f] && cnt[f_slot[f]] == 0 ->
			s = f_slot[f]; cache_forget(s, f, y); f_dirty[f] = 1;
			printf("T%d: folio_free_swap\n", me)
		:: else
		fi;
		printf("T%d: bails\n", me);
		f_lock[f] = 0; folio_put(f);
		goto access
	};
wp:	/* do_wp_page() */
	atomic {
		!ptl ->
		f = pte_f;
		if
		:: f == 0 || pte_x -> f = 0; goto access
		:: else
		fi;
		if
		:: f_ref[f] == 1 + f_cache[f] && !f_lock[f] && f_cache[f] && !f_wb[f] && cnt[f_slot[f]] == 0 ->
			s = f_slot[f]; f_lock[f] = 1; cache_del(s, f, y); f_lock[f] = 0;
			f_dirty[f] = 1; f_slot[f] = NOSLOT
		:: else
		fi;
		if
		:: f_ref[f] == 1 && !f_lock[f] -> printf("T%d: reuses folio %d\n", me, f)
		:: else ->
			x = f; folio_alloc(f); f_up[f] = 1; f_dirty[f] = 1; f_val[f] = f_val[x];
			printf("T%d: copies folio %d to folio %d\n", me, x, f);
			pte_f = f; folio_put(x)
		fi;
		pte_x = 1; f = 0;
		goto access
	};
#else
	/* the bypass */
	atomic {
		if
		:: cnt[s] == 1 -> printf("T%d: count is 1\n", me)
#if RA
		:: else -> printf("T%d: count is not 1, readahead\n", me); goto readahead
#else
		:: else -> printf("T%d: count is not 1, bails\n", me); goto access
#endif
		fi
	};
#if PIN
	atomic {
		if
		:: has[s] == H_NONE && cnt[s] > 0 -> has[s] = H_SYNC; printf("T%d: pins slot %d\n", me, s)
		:: else -> printf("T%d: cannot pin, bails\n", me); goto access
		fi
	};
#endif
	atomic {
		folio_alloc(f); f_slot[f] = s;
		printf("T%d: private folio %d\n", me, f)
	};
	swap_read(me, s, f, x, y);
	atomic {
		!ptl ->
		if
		:: PTE_SAME(s, sd) ->
#ifdef STALE
			assert(broken_STALE || f_life[f] == life[s]);
#endif
			ptl = 1;
			assert(broken_MODEL || cnt[s] > 0);
			cnt[s]--;
			if
#if FREE
			:: cnt[s] == 0 && has[s] == H_NONE -> slot_gone(s, y)
#else
			:: cnt[s] == 0 && has[s] == H_NONE -> has[s] = H_FREE; dead = 1
#endif
			:: else
			fi;
			printf("T%d: pte_same, swap_free: count %d holder %d\n", me, cnt[s], has[s])
		:: else ->
			printf("T%d: pte differs, drops folio %d\n", me, f);
			folio_put(f);
			goto unpin
		fi
	};
	free_if_dead(s, y, dead);
	atomic {
		printf("T%d: maps folio %d, content %d, last write %d\n", me, f, f_val[f], last);
		CHECK_MAPPED(f);
		last = f_val[f];
		pte_f = f; pte_s = 0; ptl = 0; f_slot[f] = NOSLOT; f = 0
	};
unpin:
#if PIN
	atomic { has_clear(s, H_SYNC, y); dead = (has[s] == H_FREE); printf("T%d: unpins slot %d\n", me, s) };
	free_if_dead(s, y, dead);
#endif
	goto access;

#if RA
readahead:
	atomic {
		f = cache[s];
		if
		:: f != 0 -> f_ref[f]++; goto hit
		:: else
		fi
	};
	atomic {
		if
		:: cnt[s] == 0 || has[s] != H_NONE -> goto access
		:: else -> has[s] = H_ADD; folio_alloc(f); f_lock[f] = 1; f_slot[f] = s
		fi
	};
	atomic { cache_add(s, f); printf("T%d: readahead, folio %d in the cache\n", me, f) };
	swap_read(me, s, f, x, y);
	atomic { f_lock[f] = 0 };
#endif
hit:
	atomic {
		!f_lock[f] ->
		if
		:: f_cache[f] && f_slot[f] == s -> f_lock[f] = 1; printf("T%d: locks folio %d\n", me, f)
		:: else -> printf("T%d: folio %d left the cache, bails\n", me, f); folio_put(f); goto access
		fi
	};
	atomic {
		!ptl ->
		if
		:: PTE_SAME(s, sd) ->
#ifdef STALE
			assert(broken_STALE || f_life[f] == life[s]);
#endif
			assert(broken_MODEL || (f_up[f] && cnt[s] > 0 && has[s] == H_CACHE));
			ptl = 1; cnt[s]--;
			printf("T%d: pte_same, swap_free: count %d holder %d\n", me, cnt[s], has[s])
		:: else ->
			printf("T%d: pte differs, bails\n", me);
			f_lock[f] = 0; folio_put(f); goto access
		fi
	};
	if
	:: atomic { (!f_wb[f] && cnt[s] == 0) -> cache_del(s, f, y); f_dirty[f] = 1;
			printf("T%d: folio_free_swap\n", me) };
		put_swap_folio(s, H_DEL, y, dead)
	:: true
	fi;
	atomic {
		printf("T%d: maps cache folio %d, content %d, last write %d\n", me, f, f_val[f], last);
		CHECK_MAPPED(f);
		last = f_val[f];
		pte_f = f; pte_s = 0; ptl = 0; f_lock[f] = 0;
		if
		:: !f_cache[f] -> f_slot[f] = NOSLOT
		:: else
		fi;
		f = 0;
		goto access
	};
#endif
done:	skip
}

/* ---- zswap writeback ---- */

#if HAS_W
proctype W()
{
	byte s, f, n, y, rounds;
	bit dead;

endW:
	do
	:: atomic {
		rounds < NW && tree[0] != 0 -> s = 0;
pick:
		rounds++; n = tree[s];
#if !RECHECK
		hold[ME_W] = n;
#if REFCOUNT
		e_ref[n]++;
#endif
#endif
		printf("W: picks entry %d of slot %d\n", n, s)
	   };
	   atomic {
		if
		:: cache[s] != 0 -> printf("W: already cached\n"); goto fail
		:: else -> printf("W: cache miss\n")
		fi
	   };
	   atomic {
		if
		:: cnt[s] == 0 -> printf("W: count is 0\n"); goto fail
		:: else -> printf("W: count is not 0\n")
		fi
	   };
#if TABLE
insertW:
	   atomic {
		if
		:: cache[s] != 0 -> printf("W: insertion: -EEXIST\n")
		:: cache[s] == 0 && cnt[s] == 0 -> printf("W: insertion: -ENOENT\n"); goto fail
		:: else ->
			folio_alloc(f); f_lock[f] = 1; cache_add(s, f);
			printf("W: inserts folio %d, locked, into slot %d\n", f, s);
			goto pinned
		fi
	   };
	   atomic {
		if
		:: cache[s] != 0 -> printf("W: already cached\n"); goto fail
		:: else -> goto insertW
		fi
	   };
pinned:
#else
	   atomic {
		if
		:: cnt[s] == 0 || has[s] != H_NONE -> printf("W: cannot pin\n"); goto fail
		:: else ->
			has[s] = H_ADD; folio_alloc(f); f_lock[f] = 1;
			printf("W: pins slot %d for folio %d\n", s, f)
		fi
	   };
	   atomic { cache_add(s, f); printf("W: folio %d in the cache\n", f) };
#endif
	   atomic {
#if RECHECK
		if
		:: tree[s] != n ->
			printf("W: entry %d is no longer the slot's\n", n);
			cache_forget(s, f, y);
			goto undo
		:: else -> hold[ME_W] = n
		fi;
#if REFCOUNT
		e_ref[n]++;
#endif
#endif
#if UNLINK
		if
		:: tree[s] == n ->
			tree[s] = 0;
#if REFCOUNT
			entry_put(n)
#endif
		:: else
		fi;
#endif
		printf("W: compared, slot %d has entry %d now\n", s, tree[s])
	   };
	   atomic { decompress(ME_W, f); printf("W: decompressed entry %d: %d\n", n, f_val[f]) };
#if UNLINK || !REFCOUNT
	   atomic {
#if !UNLINK
		if
		:: tree[s] == n -> tree[s] = 0
		:: else
		fi;
#endif
		entry_drop(ME_W, y); printf("W: frees its entry\n") };
#endif
	   atomic { f_wb[f] = 1; f_lock[f] = 0; printf("W: submits, unlocks folio %d\n", f) };
	   atomic { dev_write(s, f); f_wb[f] = 0; CHECK_LOST; printf("W: slot %d has %d on the device\n", s, dev[s]) };
#if !UNLINK && REFCOUNT
	   atomic {
		if
		:: tree[s] == n -> tree[s] = 0; entry_put(n)
		:: else
		fi;
		entry_drop(ME_W, y); printf("W: unlinks and drops its entry\n") };
#endif
	   atomic { folio_put(f); s = 0; n = 0; printf("W: done\n"); goto endW };
undo:
	   put_swap_folio(s, H_DEL, y, dead);
	   atomic { f_lock[f] = 0; folio_put(f) };
fail:
	   atomic {
#if !RECHECK
#if REFCOUNT
		entry_drop(ME_W, y);
#else
		entry_release(ME_W);
#endif
#endif
		s = 0; n = 0; goto endW }
#if NS > 1
	:: atomic { rounds < NW && tree[1] != 0 -> s = 1; goto pick }
#endif
	od
}
#endif

/* ---- reclaim ---- */

#if HAS_K
proctype K()
{
	byte s, f, x, y, rounds;
	bit dead;

endK:
	do
	:: atomic {
		/* shrink_folio_list: isolate and trylock */
		if
		:: rounds < NK && pte_f != 0 && !f_lock[pte_f] -> f = pte_f
		:: rounds < NK && cache[0] != 0 && cache[0] != pte_f && !f_lock[cache[0]] -> f = cache[0]
#if NS > 1
		:: rounds < NK && cache[1] != 0 && cache[1] != pte_f && !f_lock[cache[1]] -> f = cache[1]
#endif
		fi;
		rounds++;
		f_ref[f]++; f_lock[f] = 1;
		printf("K: isolates folio %d\n", f);
		if
		:: f_cache[f] -> s = f_slot[f]; goto unmap
		:: else
		fi
	   };

#if TABLE
	   /* folio_alloc_swap(): the slot is found and the folio inserted in one section */
	   atomic {
		if
		:: cnt[0] == 0 && cache[0] == 0 -> s = 0
#if NS > 1
		:: cnt[1] == 0 && cache[1] == 0 -> s = 1
#endif
		:: else -> printf("K: no slot\n"); goto keep
		fi;
		cache_add(s, f); f_dirty[f] = 1; printf("K: allocates slot %d, folio %d in the cache\n", s, f)
	   };
#else
	   if
	   :: atomic { cnt[0] == 0 && has[0] == H_NONE && !si_lock -> s = 0 }
#if !HAS_D
	   :: atomic { parked[0] -> s = 0 }; slot_drain(s, y)
#endif
#if NS > 1
	   :: atomic { cnt[1] == 0 && has[1] == H_NONE && !si_lock -> s = 1 }
#if !HAS_D
	   :: atomic { parked[1] -> s = 1 }; slot_drain(s, y)
#endif
#endif
	   :: atomic { printf("K: no slot\n"); goto keep }
	   fi;
	   atomic {
		if
		:: cnt[s] == 0 && has[s] == H_NONE && !si_lock ->
			has[s] = H_ALLOC; printf("K: allocates slot %d\n", s)
		:: else -> goto keep
		fi
	   };
	   atomic { cache_add(s, f); f_dirty[f] = 1; printf("K: folio %d in the cache\n", f) };
#endif
unmap:
	   atomic {
		!ptl ->
		if
		:: pte_f == f ->
			cnt[s]++;
			pte_f = 0; pte_s = s; f_ref[f]--;
			printf("K: unmaps folio %d, content %d, count %d\n", f, f_val[f], cnt[s])
		:: else -> printf("K: not mapped\n")
		fi
	   };
	   atomic {
		if
		:: f_wb[f] -> goto keep
		:: !f_wb[f] && !f_dirty[f] -> goto remove
		:: else
		fi;
		if
		:: f_ref[f] != 2 -> printf("K: extra references\n"); goto keep
		:: else
		fi;
		f_dirty[f] = 0;
		if
		:: cnt[s] == 0 -> cache_forget(s, f, y); printf("K: nobody wants slot %d\n", s); goto forget
		:: else
		fi;
		printf("K: writes folio %d out\n", f)
	   };
	   if
	   :: atomic {
		/* zswap_store replaces an old entry of the slot */
		entry_store(s, f, x);
		y = tree[s]; tree[s] = x; x = 0;
		if
		:: y != 0 -> entry_put(y); y = 0
		:: else
		fi;
		f_lock[f] = 0;
		printf("K: slot %d has entry %d: %d\n", s, tree[s], f_val[f])
	      }
#if REJECT
	   :: atomic { tree_invalidate(s, y); printf("K: store rejected\n") };
	      atomic { f_wb[f] = 1; f_lock[f] = 0; printf("K: submits, unlocks folio %d\n", f) };
	      atomic { dev_write(s, f); f_wb[f] = 0; CHECK_LOST;
			printf("K: slot %d has %d on the device\n", s, dev[s]) }
#endif
	   fi;
	   atomic {
		if
		:: f_lock[f] || f_dirty[f] || f_wb[f] || !f_cache[f] -> goto drop
		:: else -> f_lock[f] = 1; printf("K: locks folio %d again\n", f)
		fi
	   };
remove:
	   atomic {
		if
		:: f_ref[f] != 2 || f_dirty[f] || f_wb[f] -> goto keep
		:: else -> cache_forget(s, f, y); printf("K: removes folio %d from the cache\n", f)
		fi
	   };
forget:
	   put_swap_folio(s, H_DEL, y, dead);
keep:
	   atomic { f_lock[f] = 0 };
drop:
	   atomic { folio_put(f); s = 0; printf("K: done\n") }
	od
}
#endif

/* ---- a read through the swap cache that maps nothing ---- */

#if HAS_R
proctype R()
{
	byte s, f, x, y;
	bit dead;

endR:
	atomic { cnt[s] > 0 && cache[s] == 0 -> printf("R: reads slot %d\n", s) };
	atomic {
		if
		:: cnt[s] == 0 || has[s] != H_NONE -> goto out
		:: else -> has[s] = H_ADD; folio_alloc(f); f_lock[f] = 1; printf("R: pins\n")
		fi
	};
	atomic { cache_add(s, f); printf("R: folio %d in the cache\n", f) };
	swap_read(ME_R, s, f, x, y);
	atomic { f_lock[f] = 0; folio_put(f) };
out:	skip
}
#endif

/* ---- drain_slots_cache_cpu() ---- */

#if HAS_D
proctype D()
{
	byte s, y, rounds;

endD:
	do
	:: atomic { rounds < ND && parked[0] -> rounds++; s = 0; printf("D: drains slot 0\n") }; slot_drain(s, y)
#if NS > 1
	:: atomic { rounds < ND && parked[1] -> rounds++; s = 1; printf("D: drains slot 1\n") }; slot_drain(s, y)
#endif
	od
}
#endif

#if TOGGLE
proctype G()
{
endG:
	atomic { !ptl && pte_sd -> pte_sd = 0; printf("G: clears soft-dirty\n") }
}
#endif

init {
	atomic {
		last = 1;
		pte_sd = 1;
#if TABLE
		pte_x = 1;
#endif
		cnt[0] = 1;
		e_live[1] = 1; e_ref[1] = 1; e_val[1] = 1; tree[0] = 1;
#if HAS_T0
		run T(ME_T0, N0, WR0);
#endif
#if HAS_T1
		run T(ME_T1, N1, WR1);
#endif
#if HAS_W
		run W();
#endif
#if HAS_K
		run K();
#endif
#if HAS_R
		run R();
#endif
#if HAS_D
		run D();
#endif
#if TOGGLE
		run G();
#endif
	}
}
