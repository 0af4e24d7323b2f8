// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork.pml - fork() of a swapped out page, and who may write to it without a fault.
 *
 * Independent of core/, as zswap.pml is; mm/memory.c of v7.0.  P has a page in the
 * swap slot, exclusive.  It forks: both PTEs name the slot, count 2, and the exclusive
 * bit is taken off the parent's PTE, too.  Then parent and child fault, each through
 * the swap cache, each one write; a PTE is mapped writable only if its swap entry is
 * exclusive, otherwise do_wp_page() copies or reuses.
 *
 *   CLEAR   0: fork() leaves the parent's bit (no kernel: a mutation)
 *   EXCL    asserted: a page that is written to without a fault is mapped once, and
 *           no swap entry names a slot whose cached folio it is
 */
#ifndef CLEAR
#define CLEAR 1
#endif

bit broken_EXCL, broken_MODEL;

/* per process */
bit  has_pte[2];
byte pte_f[2];		/* folio it maps, 0: the swap entry */
bit  pte_x[2];
bit  ptl[2];

/* one slot; folio 1 is the one that is read, 2 and 3 are the copies */
byte cnt;
byte cache;
byte refs[4];
bit  locked[4];

#define SHARED(f, me)	(pte_f[1 - me] == f && has_pte[1 - me])
#define NAMED(f)	(cache == f && cnt > 0)

proctype P(byte me)
{
	byte f;
	bit x;

	if
	:: me == 0 ->
		/* copy_nonpresent_pte: both page table locks */
		atomic { !ptl[0] && !ptl[1] ->
			if
			:: pte_f[0] == 0 ->
				cnt++;
#if CLEAR
				pte_x[0] = 0;
#endif
				pte_x[1] = 0
			:: else
			fi;
			has_pte[1] = 1
		}
	:: else -> has_pte[1] == 1
	fi;
again:	if
	:: atomic { pte_f[me] != 0 && pte_x[me] ->
#ifdef EXCL
		assert(broken_EXCL || (!SHARED(pte_f[me], me) && !NAMED(pte_f[me])));
#endif
		goto done }
	:: atomic { pte_f[me] != 0 && !pte_x[me] && !ptl[me] ->
		/* do_wp_page */
		f = pte_f[me];
		if
		:: cache == f && refs[f] == 2 && !locked[f] && cnt == 0 -> cache = 0; refs[f]--
		:: else
		fi;
		if
		:: refs[f] == 1 && !locked[f] -> skip
		:: else -> refs[f]--; pte_f[me] = 2 + me; refs[2 + me] = 1
		fi;
		pte_x[me] = 1; f = 0; goto again }
	:: atomic { pte_f[me] == 0 -> x = pte_x[me] }
	fi;
	atomic {
		if
		:: cache != 0 -> f = cache; refs[f]++
		:: cache == 0 && cnt > 0 -> f = 1; assert(broken_MODEL || refs[1] == 0); refs[1] = 2; cache = 1
		:: else -> goto again
		fi
	};
	atomic { !locked[f] ->
		if
		:: cache == f -> locked[f] = 1
		:: else -> refs[f]--; f = 0; goto again
		fi };
	atomic { !ptl[me] && pte_f[me] == 0 && pte_x[me] == x -> ptl[me] = 1; cnt-- };
	atomic { pte_f[me] = f; pte_x[me] = x };
	atomic {
		if
		:: cnt == 0 && cache == f -> cache = 0; refs[f]--
		:: else
		fi;
		locked[f] = 0; ptl[me] = 0; f = 0; x = 0; goto again
	};
done:	skip
}

init { atomic { cnt = 1; has_pte[0] = 1; pte_x[0] = 1; run P(0); run P(1) } }
