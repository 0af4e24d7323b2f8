-- SPDX-License-Identifier: GPL-2.0-only
--
-- One page, one swap slot, one zswap tree: the debate, for rumur.
--
-- Written from the kernel's steps (mm/memory.c, mm/zswap.c, mm/swapfile.c, mm/swap_state.c,
-- mm/vmscan.c, v6.1 to v7.0) and from neither core/mm nor tests/spin: a third derivation of
-- the same rules, so that a mistake in one of them shows.
--
-- The rules that kernels differ in are `sw`; switches and their values have the names that
-- `swapscope list switches` gives them.  They are part of the state and never change.  run.sh
-- writes a start state for each world and kernel that it asks about (`cell`), so that one search
-- answers for all of them, and behind this text what is asked.
--
-- T0 and T1 fault on the page (T0 reads, T1 writes), W is zswap's shrinker, K reclaims the
-- page, M is compaction, which locks a folio of the LRU for a moment, C is clear_refs.
--
-- A rule is what one lock's section does, or what nobody else can see.  So these are one:
--   allocating a folio and the step before it (nobody else has it yet);
--   a decompress, and the section of the tree lock, folio_mark_uptodate() and
--   folio_unlock() behind it (the folio is locked; the last is what others wait for);
--   taking the page table lock and pte_same(), and if that fails unlock and put;
--   the allocation of a slot and its insertion into the swap cache (count 0 both times).
-- (Where two take one entry for theirs the free behind the second decompress is a double free.
-- That is DFREE, and not asked here.)
-- A decompress reads its entry at its end.  An entry that was freed after it was found is
-- marked with whoever still has its pointer, although its number may be in use again.
--
-- Slot operations that take several steps are rules of their own (put_swap_folio, invalidate,
-- swap_entry_free): `busy` is the task that is in them, and does nothing else meanwhile.
--
-- The properties are predicates over states (at the end).  Behind a use after free nobody
-- goes on: its reader stays where it is.

const
	FOLIOS:	5;
	POOL:	2;
	-- mutations; run.sh sets MUTANT, 0 is none
	EEXIST_IGNORED:		1;	-- writeback goes on without the pin
	UNPIN_EARLY:		2;	-- the pin is dropped before the decompress
	PTE_NOT_COMPARED:	3;
	OLD_ENTRY_KEPT:		4;	-- a store leaves the slot's old entry, and is none
	DIRTY_DROPPED:		5;	-- reclaim does not look at the dirty bit
	LOWEST_FIRST:		6;	-- of free entries always the lowest is given out

type
	Folio:	0..FOLIOS;		-- 0: none
	Entry:	0..POOL;		-- 0: none
	Ver:	0..2;			-- 0: zeroes; 1: what is there at the start; 2: T1's write
	Life:	0..3;			-- of the slot; 0: of none
	Task:	0..6;			-- 0: nobody, 1: T0, 2: T1, 3: W, 4: K, 5: M, 6: C
	Fault:	1..2;
	Worker:	1..3;			-- who calls __read_swap_cache_async()
	Holder:	enum { None, Add, Cache, Del, Sync, Dead, Dropped };
	Pc:	enum { Touch, Look, Count, Prep, Find, Decompress, Device, Late, Lock, Early, Pte,
		       Swapfree, Tryfree, Map, Unpin,
		       WpLock, Wp, WpReuse, Copy, CopyFree,
		       RaLook, RaCount, RaPrep, RaInsert,
		       Pick, Resolve, Compare, WDecompress, WDevice, WUnlink, WUndo, WFail, Over };
	KPc:	enum { Isolate, Alloc, Unmap, Pageout, Writepage, EraseOld, Store, Stored,
		       KDevice, Retry,
		       Remove, Keep, KOver };

	Refcount:	enum { refcount_off, refcount_on };
	Load:		enum { load_exclusive, load_nonexclusive, load_if_cached, load_asserted };
	Erase:		enum { erase_found, erase_decompressed };
	Pin:		enum { pin_none, pin_has_cache, pin_folio, pin_late, pin_early };
	Recheck:	enum { recheck_off, recheck_on };
	Unlink:		enum { unlink_first, unlink_decompressed, unlink_last };
	Shrinker:	enum { shrinker_zpool, shrinker_isolate, shrinker_rotate };
	Eexist:		enum { eexist_wait, eexist_skip };
	Invalidate:	enum { invalidate_drain, invalidate_free, invalidate_never };
	Free:		enum { free_parked, free_at_once };
	Dup:		enum { dup_erase_first, dup_replace };
	Match:		enum { match_off, match_on };
	Zeromap:	enum { zeromap_off, zeromap_on };
	LoadDirty:	enum { load_dirty_off, load_dirty_on };
	FreeWriteback:	enum { free_writeback_off, free_writeback_on };
	Disk:		enum { device_zram, device_brd };	-- of the world, no switch

var
	cell:	0..CELLS;
	sw:	record
		refcount: Refcount;
		load:	Load;
		erase:	Erase;
		pin:	Pin;
		recheck: Recheck;
		unlink:	Unlink;
		shrinker: Shrinker;
		eexist:	Eexist;
		invalidate: Invalidate;
		free:	Free;
		dup:	Dup;
		match:	Match;
		zeromap: Zeromap;	-- no page is zero; it says how a store ends
		load_dirty: LoadDirty;
		free_writeback: FreeWriteback;
		device:	Disk;
	end;
	folio:	array [Folio] of record
		ref:	0..7;
		lock:	Task;
		cached, uptodate, dirty, writeback, lru: boolean;
		ver:	Ver;
		life:	Life;		-- of which its data is
	end;
	entry:	array [Entry] of record
		used:	boolean;
		lru:	boolean;
		ref:	0..4;		-- refcount_on only
		ver:	Ver;
		life:	Life;
	end;
	tree:	Entry;			-- zswap's tree at the slot
	cache:	Folio;			-- the swap cache at the slot
	count:	0..1;			-- swap_map
	holder:	Holder;			-- swap_map & SWAP_HAS_CACHE, and who set it
	busy:	Task;
	life:	Life;
	block:	record ver: Ver; life: Life; end;
	pte:	record
		present, write: boolean;
		excl:	boolean;	-- PageAnonExclusive, or the bit of the swap PTE
		soft:	boolean;	-- soft-dirty
		folio:	Folio;
	end;
	ptl:	Task;
	wrote:	Ver;			-- ghost: the owner's last write
	gone:	boolean;		-- ghost: and that was lost before the page was unmapped

	task:	array [Worker] of record
		pc:	Pc;
		folio:	Folio;
		old:	Folio;		-- wp_page_copy()
		entry:	Entry;
		stale:	boolean;	-- ghost: that entry was freed
		bypass, pinned: boolean;
		excl, soft: boolean;	-- of orig_pte
		exclusive: boolean;
	end;
	object:	record ver: Ver; life: Life; end;	-- shrinker_zpool: what the handle has
	kpc:	KPc;
	kfolio:	Folio;
	mfolio:	Folio;
	moved, cleared: boolean;	-- M and C are over

---------------------------------------------------------------------------------- folios

function new_folio(t: Task): Folio;
var n: Folio;
begin
	n := 0;
	for f: 1..FOLIOS do
		if n = 0 & folio[f].ref = 0 then n := f; end;
	end;
	assert "the world has no folio left" n != 0;
	folio[n].ref := 1;
	folio[n].lock := t;
	folio[n].lru := true;
	return n;
end;

function mapped(f: Folio): boolean;
begin
	return pte.present & pte.folio = f;
end;

-- a copy of the last write: a folio, an entry, or the slot's block of this life
function no_copy(): boolean;
begin
	return !(exists f: 1..FOLIOS do folio[f].ref > 0 & folio[f].ver = wrote end) &
		!(exists e: 1..POOL do entry[e].used & entry[e].ver = wrote end) &
		!(block.ver = wrote & block.life = life);
end;

procedure clear_folio(f: Folio);
begin
	folio[f].ref := 0;
	folio[f].lock := 0;
	folio[f].cached := false;
	folio[f].uptodate := false;
	folio[f].dirty := false;
	folio[f].writeback := false;
	folio[f].lru := false;
	folio[f].ver := 0;
	folio[f].life := 0;
end;

procedure put_folio(f: Folio);
begin
	assert "a folio is put too often" folio[f].ref > 0;
	folio[f].ref := folio[f].ref - 1;
	if folio[f].ref = 0 then
		assert "a folio is freed in use" !folio[f].cached & !mapped(f) &
			folio[f].lock = 0 & !folio[f].writeback;
		clear_folio(f);
	end;
end;

procedure unlock(f: Folio; t: Task);
begin
	assert "a folio is unlocked by another" folio[f].lock = t;
	folio[f].lock := 0;
end;

--------------------------------------------------------------------------------- entries

procedure free_entry(e: Entry);
begin
	assert "an entry is freed twice" entry[e].used;
	assert "an entry is freed in the tree" tree != e;
	entry[e].used := false;
	entry[e].lru := false;
	entry[e].ref := 0;
	entry[e].ver := 0;
	entry[e].life := 0;
	for t: Worker do
		if task[t].entry = e then task[t].stale := true; end;
	end;
end;

function known(e: Entry): boolean;
begin
	return MUTANT != LOWEST_FIRST & (exists t: Worker do task[t].entry = e end);
end;

-- A free entry that the allocator may come to.  Of those whose number nobody has kept the first
-- stands for all.
function given_out(e: Entry): boolean;
begin
	return !entry[e].used & (known(e) |
		(forall o: 1..POOL do o >= e | entry[o].used | known(o) end));
end;

procedure put_entry(e: Entry);
begin
	assert "an entry is put too often" entry[e].ref > 0;
	entry[e].ref := entry[e].ref - 1;
	if entry[e].ref = 0 then free_entry(e); end;
end;

-- out of the tree and off the LRU; whoever calls it has what was the tree's
procedure erase_entry(e: Entry);
begin
	tree := 0;
	entry[e].lru := false;
end;

procedure drop_entry(e: Entry);
begin
	erase_entry(e);
	if sw.refcount = refcount_on then put_entry(e); else free_entry(e); end;
end;

------------------------------------------------------------------------------------ slot

procedure invalidate();
begin
	if tree != 0 & sw.invalidate != invalidate_never then drop_entry(tree); end;
end;

procedure free_slot();		-- swap_entry_free(): swap_map becomes 0
begin
	holder := None;
	busy := 0;
	life := life + 1;
	if sw.device = device_zram then
		block.ver := 0;
		block.life := 0;
	end;
end;

-- count and SWAP_HAS_CACHE are gone, dropped by t
procedure dead(t: Task);
begin
	if sw.free = free_at_once then
		invalidate();
		free_slot();
	else
		holder := Dead;
		busy := t;
	end;
end;

procedure swap_free(t: Task);
begin
	assert "COUNT" count = 1;
	count := 0;
	if holder = None then dead(t); end;
end;

procedure unpin(t: Task; h: Holder);
begin
	assert "PIN" holder = h;
	holder := None;
	busy := 0;
	if count = 0 then dead(t); end;
end;

-- the first half of delete_from_swap_cache(), its caller has the folio locked
procedure uncache(f: Folio; t: Task);
begin
	assert "PIN: the folio is not the slot's" cache = f & holder = Cache;
	cache := 0;
	folio[f].cached := false;
	folio[f].ref := folio[f].ref - 1;
	if sw.pin = pin_folio then
		holder := None;
		if count = 0 then dead(t); end;
	else
		holder := Del;
		busy := t;
	end;
end;

procedure folio_free_swap(f: Folio; t: Task);
begin
	if folio[f].cached & count = 0 &
	   (!folio[f].writeback | sw.free_writeback = free_writeback_off) then
		uncache(f, t);
		folio[f].dirty := true;
	end;
end;

---------------------------------------------------------------------------------- faults

procedure forget(t: Worker; next: Pc);
begin
	task[t].pc := next;
	task[t].folio := 0;
	task[t].old := 0;
	task[t].entry := 0;
	task[t].stale := false;
	task[t].bypass := false;
	task[t].pinned := false;
	task[t].excl := false;
	task[t].soft := false;
	task[t].exclusive := false;
end;

-- the end of a fault, however it went
procedure leave(t: Worker);
begin
	if task[t].pinned then
		forget(t, Unpin);
		task[t].pinned := true;
	else
		forget(t, Touch);
	end;
end;

function writes(t: Worker): boolean;
begin
	return t = 2;
end;

function takes_entry(f: Folio): boolean;
begin
	return sw.load = load_exclusive | sw.load = load_asserted |
		(sw.load = load_if_cached & folio[f].cached);
end;

-- the read is over
procedure filled(t: Worker);
begin
	folio[task[t].folio].uptodate := true;
	unlock(task[t].folio, t);
	task[t].entry := 0;
	task[t].stale := false;
	if task[t].bypass & sw.pin = pin_late then
		task[t].pc := Late;
	else
		task[t].pc := Lock;
	end;
end;

procedure set_pte(t: Worker);
begin
	pte.present := true;
	pte.folio := task[t].folio;
	pte.excl := task[t].exclusive | folio[task[t].folio].ref = 1;
	pte.write := writes(t) & pte.excl;
	pte.soft := task[t].soft | writes(t);
end;

procedure mapped_it(t: Worker);
begin
	if writes(t) & !pte.write then
		task[t].pc := Wp;		-- do_wp_page(), the lock is still held
	else
		ptl := 0;
		leave(t);
	end;
end;

procedure copy_it(t: Worker);
begin
	task[t].old := pte.folio;
	folio[pte.folio].ref := folio[pte.folio].ref + 1;
	ptl := 0;
	task[t].pc := Copy;
end;

-- Behind a step of delete_from_swap_cache() or of freeing a slot
rule "put_swap_folio()" holder = Del ==>
begin
	unpin(busy, Del);
end;

rule "zswap_invalidate(), of a dead slot" holder = Dead ==>
begin
	if sw.invalidate = invalidate_drain then
		invalidate();		-- all of it under si->lock
		free_slot();
	else
		invalidate();
		holder := Dropped;
	end;
end;

rule "swap_entry_free()" holder = Dropped ==>
begin
	free_slot();
end;

ruleset t: Fault do
alias me: task[t] do

rule "access" me.pc = Touch & busy != t ==>
begin
	if !pte.present then
		me.excl := pte.excl;
		me.soft := pte.soft;
		me.pc := Look;
	elsif !writes(t) then
		me.pc := Over;
	elsif pte.write then
		wrote := wrote + 1;
		gone := false;
		folio[pte.folio].ver := wrote;
		folio[pte.folio].dirty := true;
		pte.soft := true;
		me.pc := Over;
	else
		me.pc := WpLock;
	end;
end;

rule "swap_cache_get_folio()" me.pc = Look ==>
begin
	if cache != 0 then
		me.folio := cache;
		folio[cache].ref := folio[cache].ref + 1;
		me.pc := Lock;
	else
		me.pc := Count;
	end;
end;

rule "__swap_count() == 1" me.pc = Count ==>
begin
	if sw.pin = pin_folio | count != 1 then
		me.pc := RaLook;
	else
		me.bypass := true;
		if sw.pin = pin_has_cache | sw.pin = pin_early then
			me.pc := Prep;
		else
			me.folio := new_folio(t);
			me.pc := Find;
		end;
	end;
end;

rule "swapcache_prepare()" me.pc = Prep ==>
begin
	if holder = None & count > 0 then
		holder := Sync;
		me.pinned := true;
		me.folio := new_folio(t);
		me.pc := Find;
	else
		leave(t);
	end;
end;

rule "zswap_load(): find" me.pc = Find ==>
begin
	if tree = 0 then
		me.pc := Device;
	else
		me.entry := tree;
		if sw.refcount = refcount_on then
			entry[tree].ref := entry[tree].ref + 1;
		elsif takes_entry(me.folio) & sw.erase != erase_decompressed then
			erase_entry(tree);
		end;
		me.pc := Decompress;
	end;
end;

-- The mutation drops it here, behind the search of the tree
rule "swapcache_clear(), much too early" MUTANT = UNPIN_EARLY & me.pc = Decompress & me.pinned ==>
begin
	me.pinned := false;
	unpin(t, Sync);
end;

rule "zswap_decompress()" me.pc = Decompress & !me.stale ==>
begin
	folio[me.folio].ver := entry[me.entry].ver;
	folio[me.folio].life := entry[me.entry].life;
	if takes_entry(me.folio) then
		folio[me.folio].dirty := sw.load_dirty = load_dirty_on;
		if sw.refcount = refcount_on then
			if tree = me.entry then drop_entry(tree); end;
			put_entry(me.entry);
		else
			if tree = me.entry then erase_entry(tree); end;
			free_entry(me.entry);
		end;
	elsif sw.refcount = refcount_on then
		put_entry(me.entry);
	end;
	filled(t);
end;

rule "read the block" me.pc = Device ==>
begin
	folio[me.folio].ver := block.ver;
	folio[me.folio].life := block.life;
	filled(t);
end;

rule "swapcache_prepare(), late" me.pc = Late ==>
begin
	if holder = None & count > 0 then
		holder := Sync;
		me.pinned := true;
		me.pc := Lock;
	else
		put_folio(me.folio);
		leave(t);
	end;
end;

rule "folio_lock()" me.pc = Lock & folio[me.folio].lock = 0 ==>
begin
	if sw.match = match_on & !me.bypass & !folio[me.folio].cached then
		put_folio(me.folio);
		leave(t);
	else
		folio[me.folio].lock := t;
		if me.bypass & sw.pin = pin_early then me.pc := Early; else me.pc := Pte; end;
	end;
end;

rule "VM_FAULT_RETRY" me.pc = Lock & folio[me.folio].lock != 0 ==>
begin
	put_folio(me.folio);
	leave(t);
end;

rule "swapcache_clear(), early" me.pc = Early ==>
begin
	me.pinned := false;
	me.pc := Pte;
	unpin(t, Sync);
end;

rule "pte_same()" me.pc = Pte & busy != t & ptl = 0 ==>
begin
	if (!pte.present & pte.excl = me.excl & pte.soft = me.soft) |
	   MUTANT = PTE_NOT_COMPARED then
		ptl := t;
		me.pc := Swapfree;
	else
		if sw.pin = pin_folio then folio_free_swap(me.folio, t); end;
		unlock(me.folio, t);
		put_folio(me.folio);
		leave(t);
	end;
end;

rule "swap_free()" me.pc = Swapfree ==>
begin
	me.exclusive := me.bypass |
		(me.excl & !(folio[me.folio].writeback & sw.device = device_zram));
	swap_free(t);
	if sw.pin != pin_folio & writes(t) & folio[me.folio].cached then
		me.pc := Tryfree;
	else
		me.pc := Map;
	end;
end;

rule "should_try_to_free_swap()" sw.pin != pin_folio & me.pc = Tryfree & busy != t ==>
begin
	if folio[me.folio].ref = 2 then folio_free_swap(me.folio, t); end;
	me.pc := Map;
end;

rule "set_pte_at()" me.pc = Map & busy != t ==>
begin
	set_pte(t);
	if sw.pin = pin_folio then
		me.pc := Tryfree;
	else
		unlock(me.folio, t);
		mapped_it(t);
	end;
end;

rule "swapcache_clear()" me.pc = Unpin ==>
begin
	forget(t, Touch);
	unpin(t, Sync);
end;

-- write faults on a present PTE

rule "do_wp_page()" me.pc = WpLock & ptl = 0 ==>
begin
	if pte.present & !pte.write then
		ptl := t;
		me.pc := Wp;
	else
		leave(t);
	end;
end;

rule "wp_can_reuse_anon_folio()" me.pc = Wp ==>
begin
	alias f: folio[pte.folio] do
		if pte.excl then
			pte.write := true;
			ptl := 0;
			leave(t);
		elsif f.ref > 2 | (f.ref = 2 & !f.cached) | f.lock != 0 then
			copy_it(t);
		else
			f.lock := t;
			folio_free_swap(pte.folio, t);
			me.pc := WpReuse;
		end;
	end;
end;

rule "refcount 1" me.pc = WpReuse & busy != t ==>
begin
	unlock(pte.folio, t);
	if folio[pte.folio].ref = 1 then
		pte.excl := true;
		pte.write := true;
		ptl := 0;
		leave(t);
	else
		copy_it(t);
	end;
end;

rule "wp_page_copy()" me.pc = Copy & ptl = 0 ==>
begin
	if pte.present & pte.folio = me.old & !pte.write then
		me.folio := new_folio(0);
		folio[me.folio].ver := folio[me.old].ver;
		folio[me.folio].uptodate := true;
		folio[me.folio].dirty := true;
		pte.folio := me.folio;
		pte.excl := true;
		pte.write := true;
		pte.soft := true;
		put_folio(me.old);		-- the mapping's
		me.pc := CopyFree;
	else
		put_folio(me.old);
		leave(t);
	end;
end;

rule "free_swap_cache()" me.pc = CopyFree ==>
begin
	if folio[me.old].lock = 0 then folio_free_swap(me.old, t); end;
	put_folio(me.old);
	leave(t);
end;

end; end;

-- v7.0 maps first; the folio then leaves the cache, and the slot is freed with it
ruleset t: Fault do
rule "folio_free_swap(), v7.0" sw.pin = pin_folio & task[t].pc = Tryfree ==>
begin
	folio_free_swap(task[t].folio, t);
	unlock(task[t].folio, t);
	mapped_it(t);
end;
end;

--------------------------------------------------------------- __read_swap_cache_async()

ruleset t: Worker do
alias me: task[t] do

rule "read_async: filemap_get_folio()" me.pc = RaLook ==>
begin
	if cache = 0 then
		me.pc := RaCount;
	elsif t = 3 then
		me.pc := WFail;
	else
		me.folio := cache;
		folio[cache].ref := folio[cache].ref + 1;
		me.pc := Lock;
	end;
end;

rule "read_async: count" me.pc = RaCount ==>
begin
	if count != 0 then
		me.pc := RaPrep;
	elsif t = 3 then
		me.pc := WFail;
	else
		leave(t);
	end;
end;

rule "read_async: swapcache_prepare()" me.pc = RaPrep ==>
begin
	if holder = None & count > 0 then
		me.folio := new_folio(t);
		if sw.pin = pin_folio then
			holder := Cache;
			cache := me.folio;
			folio[cache].cached := true;
			folio[cache].ref := 2;
			if t = 3 then me.pc := Compare; else me.pc := Find; end;
		else
			holder := Add;
			folio[me.folio].lru := false;
			me.pc := RaInsert;
		end;
	elsif t = 3 & MUTANT = EEXIST_IGNORED & cache = 0 then
		me.folio := new_folio(t);
		folio[me.folio].lru := false;
		me.pc := RaInsert;
	elsif holder != None & (t != 3 | sw.eexist = eexist_wait) then
		me.pc := RaLook;
	elsif t = 3 then
		me.pc := WFail;
	else
		leave(t);
	end;
end;

rule "read_async: add_to_swap_cache()" me.pc = RaInsert ==>
begin
	if MUTANT = EEXIST_IGNORED & cache != 0 then
		unlock(me.folio, t);
		put_folio(me.folio);
		me.folio := 0;
		me.pc := WFail;
	else
		assert "PIN: who inserts has the pin" holder = Add | MUTANT = EEXIST_IGNORED;
		holder := Cache;
		cache := me.folio;
		folio[cache].cached := true;
		folio[cache].lru := true;
		folio[cache].ref := 2;
		if t = 3 then me.pc := Compare; else me.pc := Find; end;
	end;
end;

end; end;

----------------------------------------------------------------------------- writeback: W

alias me: task[3] do

-- By number (v6.9), off the LRU (v6.5), or its object by zpool's (v6.1)
ruleset e: 1..POOL do
rule "shrinker: pick" me.pc = Pick & entry[e].used & entry[e].lru ==>
begin
	if sw.shrinker = shrinker_zpool then
		object.ver := entry[e].ver;
		object.life := entry[e].life;
		me.pc := Resolve;
	else
		me.entry := e;
		if sw.shrinker = shrinker_isolate then
			entry[e].lru := false;
			me.pc := Resolve;
		else
			me.pc := RaLook;
		end;
	end;
end;
end;

rule "writeback: find it in the tree" me.pc = Resolve ==>
begin
	if tree = 0 | (sw.shrinker = shrinker_isolate & tree != me.entry) then
		me.entry := 0;
		me.stale := false;
		object.ver := 0;
		object.life := 0;
		me.pc := Over;
	else
		me.entry := tree;
		me.stale := false;
		if sw.refcount = refcount_on then entry[tree].ref := entry[tree].ref + 1; end;
		me.pc := RaLook;
	end;
end;

rule "writeback: is it the slot's" me.pc = Compare ==>
begin
	if sw.recheck = recheck_on & tree != me.entry then
		uncache(me.folio, 3);
		me.pc := WUndo;
	else
		-- what is in the tree is the slot's entry, be it another one at the same address
		if tree = me.entry then me.stale := false; end;
		if sw.unlink = unlink_first & tree = me.entry then
			erase_entry(me.entry);
			-- the tree's reference is ours now, beside the one that we may have
			if sw.shrinker = shrinker_isolate | sw.shrinker = shrinker_zpool then put_entry(me.entry); end;
		elsif sw.unlink != unlink_first & sw.refcount = refcount_on &
		      sw.shrinker = shrinker_rotate & !me.stale then
			entry[me.entry].ref := entry[me.entry].ref + 1;
		end;
		me.pc := WDecompress;
	end;
end;

rule "writeback: decompress and submit" me.pc = WDecompress & busy != 3 &
	(!me.stale | sw.shrinker = shrinker_zpool) ==>
begin
	if sw.shrinker = shrinker_zpool then
		folio[me.folio].ver := object.ver;
		folio[me.folio].life := object.life;
		object.ver := 0;
		object.life := 0;
	else
		folio[me.folio].ver := entry[me.entry].ver;
		folio[me.folio].life := entry[me.entry].life;
	end;
	if sw.unlink = unlink_first then
		if sw.refcount = refcount_on then put_entry(me.entry); else free_entry(me.entry); end;
		me.entry := 0;
		me.stale := false;
	elsif sw.unlink = unlink_decompressed then
		if tree = me.entry then drop_entry(me.entry); end;
		if sw.refcount = refcount_on then put_entry(me.entry); end;
		me.entry := 0;
		me.stale := false;
	end;
	folio[me.folio].uptodate := true;
	folio[me.folio].writeback := true;
	unlock(me.folio, 3);
	me.pc := WDevice;
end;

rule "writeback: end_writeback" me.pc = WDevice ==>
begin
	block.ver := folio[me.folio].ver;
	block.life := folio[me.folio].life;
	folio[me.folio].writeback := false;
	put_folio(me.folio);
	me.folio := 0;
	if sw.unlink = unlink_last then me.pc := WUnlink; else me.pc := Over; end;
end;

rule "writeback: take it out of the tree" me.pc = WUnlink & !me.stale ==>
begin
	if tree = me.entry then drop_entry(me.entry); end;
	if sw.refcount = refcount_on then put_entry(me.entry); end;
	forget(3, Over);
end;

rule "writeback: undo" me.pc = WUndo & busy != 3 ==>
begin
	unlock(me.folio, 3);
	put_folio(me.folio);
	me.folio := 0;
	me.pc := WFail;
end;

rule "writeback: failed" me.pc = WFail ==>
begin
	if sw.shrinker = shrinker_isolate & tree = me.entry then entry[me.entry].lru := true; end;
	if sw.refcount = refcount_on & sw.shrinker != shrinker_rotate then put_entry(me.entry); end;
	object.ver := 0;
	object.life := 0;
	forget(3, Over);
end;

end;

------------------------------------------------------------------------------- reclaim: K

ruleset f: 1..FOLIOS do
rule "isolate, folio_trylock()" kpc = Isolate & folio[f].lru & folio[f].lock = 0 &
	(folio[f].cached | mapped(f)) ==>
begin
	folio[f].lru := false;
	folio[f].ref := folio[f].ref + 1;
	folio[f].lock := 4;
	kfolio := f;
	if folio[f].writeback then
		kpc := Keep;
	elsif folio[f].cached then
		kpc := Unmap;
	else
		kpc := Alloc;
	end;
end;
end;

alias f: folio[kfolio] do

rule "folio_alloc_swap(), add_to_swap_cache()" kpc = Alloc ==>
begin
	if count = 0 & holder = None then
		holder := Cache;
		cache := kfolio;
		f.cached := true;
		f.ref := f.ref + 1;
		f.dirty := true;
		f.life := life;
		kpc := Unmap;
	else
		kpc := Keep;
	end;
end;

rule "try_to_unmap()" kpc = Unmap & (ptl = 0 | !mapped(kfolio)) ==>
begin
	if mapped(kfolio) then
		gone := no_copy();
		pte.present := false;
		pte.write := false;
		pte.folio := 0;
		assert "COUNT" count = 0;
		count := 1;
		f.ref := f.ref - 1;
	end;
	kpc := Pageout;
end;

rule "pageout()" kpc = Pageout ==>
begin
	if !f.dirty | (MUTANT = DIRTY_DROPPED & count != 0) then
		kpc := Remove;
	elsif f.ref != 2 then
		kpc := Keep;
	else
		f.dirty := false;
		kpc := Writepage;
	end;
end;

rule "swap_writepage(): folio_free_swap()" kpc = Writepage ==>
begin
	if count = 0 then
		folio_free_swap(kfolio, 4);
		kpc := Keep;
	elsif sw.dup = dup_erase_first then
		kpc := EraseOld;
	else
		kpc := Store;
	end;
end;

rule "zswap_store(): erase the old entry" kpc = EraseOld ==>
begin
	if tree != 0 & MUTANT != OLD_ENTRY_KEPT then drop_entry(tree); end;
	kpc := Store;
end;

ruleset e: 1..POOL do
rule "zswap_store()" kpc = Store & given_out(e) ==>
begin
	if tree = 0 | MUTANT != OLD_ENTRY_KEPT then
		if tree != 0 then drop_entry(tree); end;
		tree := e;
		entry[e].used := true;
		entry[e].lru := true;
		if sw.refcount = refcount_on then entry[e].ref := 1; end;
		entry[e].ver := f.ver;
		entry[e].life := life;
	end;
	-- to v6.10 a folio that zswap took is under writeback for a moment
	f.writeback := sw.zeromap = zeromap_off;
	unlock(kfolio, 4);
	if f.writeback then kpc := Stored; else kpc := Retry; end;
end;
end;

rule "swap_writepage(): folio_end_writeback()" kpc = Stored ==>
begin
	f.writeback := false;
	kpc := Retry;
end;

rule "zswap_store(), rejected; submit" kpc = Store & (forall e: 1..POOL do entry[e].used end) ==>
begin
	if tree != 0 & MUTANT != OLD_ENTRY_KEPT then drop_entry(tree); end;
	f.writeback := true;
	unlock(kfolio, 4);
	kpc := KDevice;
end;

rule "swap_writepage(): end_writeback" kpc = KDevice ==>
begin
	block.ver := f.ver;
	block.life := life;
	f.writeback := false;
	kpc := Retry;
end;

rule "folio_trylock(), clean" kpc = Retry ==>
begin
	if f.lock = 0 & !f.dirty & !f.writeback then
		f.lock := 4;
		kpc := Remove;
	else
		kpc := Keep;
	end;
end;

rule "__remove_mapping()" kpc = Remove ==>
begin
	if f.cached & f.ref = 2 & !mapped(kfolio) &
	   (!f.dirty | MUTANT = DIRTY_DROPPED) then
		uncache(kfolio, 4);
		unlock(kfolio, 4);
		put_folio(kfolio);
		kfolio := 0;
		kpc := KOver;
	else
		kpc := Keep;
	end;
end;

rule "keep, putback_lru_folio()" kpc = Keep & busy != 4 ==>
begin
	if f.lock = 4 then unlock(kfolio, 4); end;
	f.lru := true;
	put_folio(kfolio);
	kfolio := 0;
	kpc := KOver;
end;

end;

------------------------------------------------------------------- compaction, clear_refs

ruleset f: 1..FOLIOS do
rule "isolate and lock" !moved & mfolio = 0 & folio[f].lru & folio[f].lock = 0 ==>
begin
	folio[f].lru := false;
	folio[f].ref := folio[f].ref + 1;
	folio[f].lock := 5;
	mfolio := f;
end;
end;

rule "unlock, putback_lru_folio()" mfolio != 0 ==>
begin
	unlock(mfolio, 5);
	folio[mfolio].lru := true;
	put_folio(mfolio);
	mfolio := 0;
	moved := true;
end;

rule "clear_refs" !cleared & ptl = 0 ==>
begin
	pte.soft := false;
	pte.write := false;
	cleared := true;
end;

----------------------------------------------------------------------------------- start

-- The page is swapped out to the slot and in zswap; no task is there
procedure begin_world();
begin
	for f: Folio do clear_folio(f); end;
	for e: Entry do
		entry[e].used := false;
		entry[e].lru := false;
		entry[e].ref := 0;
		entry[e].ver := 0;
		entry[e].life := 0;
	end;
	for t: Worker do forget(t, Over); end;
	kpc := KOver;
	kfolio := 0;
	mfolio := 0;
	moved := true;
	cleared := true;
	object.ver := 0;
	object.life := 0;
	cache := 0;
	count := 1;
	holder := None;
	busy := 0;
	life := 1;
	wrote := 1;
	gone := false;
	ptl := 0;
	pte.present := false;
	pte.write := false;
	pte.excl := true;
	pte.soft := true;
	pte.folio := 0;
	block.ver := 0;
	block.life := 0;
	tree := 1;
	entry[1].used := true;
	entry[1].lru := true;
	entry[1].ver := 1;
	entry[1].life := 1;
	if sw.refcount = refcount_on then entry[1].ref := 1; end;
end;

-- or it is on the device
procedure on_device();
begin
	block.ver := 1;
	block.life := 1;
	drop_entry(1);
end;

procedure has_T0(); begin task[1].pc := Touch; end;
procedure has_T1(); begin task[2].pc := Touch; end;
procedure has_W(); begin task[3].pc := Pick; end;
procedure has_K(); begin kpc := Isolate; end;
procedure has_M(); begin moved := false; end;
procedure has_C(); begin cleared := false; end;

------------------------------------------------------------------------------ properties

-- somebody is about to decompress, or to put, an entry that has been freed
function uaf(): boolean;
begin
	return (exists t: Fault do task[t].pc = Decompress & task[t].stale end) |
		(task[3].pc = WDecompress & task[3].stale & sw.shrinker != shrinker_zpool) |
		(task[3].pc = WUnlink & task[3].stale);
end;

-- the page is mapped to, or its slot cached as, anything but its owner's last write
function not_mapped(): boolean;
begin
	if pte.present then return folio[pte.folio].ver != wrote; end;
	return ptl = 0 & cache != 0 & folio[cache].uptodate & folio[cache].ver != wrote;
end;

-- nothing has any more what the swap PTE stands for
function lost(): boolean;
begin
	return !pte.present & !gone & no_copy();
end;

function old_life(f: Folio): boolean;
begin
	return folio[f].life != 0 & folio[f].life != life;
end;

-- data of another life of the slot is taken by a fault, cached, or on its way to the block
function stale(): boolean;
begin
	return (exists t: Fault do task[t].pc = Swapfree & old_life(task[t].folio) end) |
		(cache != 0 & folio[cache].uptodate & old_life(cache)) |
		(exists f: 1..FOLIOS do folio[f].writeback & old_life(f) end);
end;

-- an entry that no slot in use has and nobody works with; a folio that is on no LRU and in no hands
function leak(): boolean;
begin
	return (tree != 0 & count = 0 & holder = None) |
		(exists e: 1..POOL do entry[e].used & tree != e &
			!(exists t: Worker do task[t].entry = e & !task[t].stale end) end) |
		(exists f: 1..FOLIOS do folio[f].ref > 0 & !folio[f].lru & kfolio != f & mfolio != f &
			!(exists t: Worker do task[t].folio = f | task[t].old = f end) end);
end;
