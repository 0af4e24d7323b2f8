-- SPDX-License-Identifier: GPL-2.0-only
-- schema.sql - a swapscope trace.  docs/trace-format.md explains it.
--
-- The tables hold integers where there are many rows; the views at the end show the same in
-- texts.  `sqlite3 new.db < schema.sql` makes an empty trace.

PRAGMA application_id = 1398227280;	-- "SWAP"
PRAGMA user_version = 2;		-- the format

CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- the program that recorded: its steps and its source ----

-- A file that several versions of the program wrote has one row for each.
CREATE TABLE program (
	id INTEGER PRIMARY KEY,
	digest TEXT NOT NULL UNIQUE		-- equal for equal steps and source
) STRICT;

CREATE TABLE step (
	id INTEGER PRIMARY KEY,			-- 0 ..; unique in the file
	program INTEGER NOT NULL REFERENCES program,
	op TEXT NOT NULL,			-- "zswap_load"
	text TEXT NOT NULL,			-- what the step does
	file TEXT NOT NULL,			-- "mm/zswap.c"
	line INTEGER NOT NULL,
	kind TEXT NOT NULL			-- step, lock, unlock, await, call
) STRICT;

CREATE TABLE source (
	program INTEGER NOT NULL REFERENCES program,
	file TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (program, file)
) STRICT, WITHOUT ROWID;

-- ---- runs ----

CREATE TABLE run (
	id INTEGER PRIMARY KEY,			-- 1 ..
	program INTEGER NOT NULL REFERENCES program,
	scenario TEXT NOT NULL,
	scenario_text TEXT NOT NULL,
	title TEXT NOT NULL,
	kernel TEXT NOT NULL,			-- "v6.9 load=exclusive"
	verdict TEXT NOT NULL,
	schedule TEXT,				-- NULL: not finished
	events INTEGER,				-- NULL: not finished
	device TEXT NOT NULL,			-- zram, brd, disk
	pages INTEGER NOT NULL,			-- sizes in use
	slots INTEGER NOT NULL,
	folios INTEGER NOT NULL,		-- counts folio 0, which is NULL
	entries INTEGER NOT NULL,		-- counts entry 0, which is NULL
	slot_cache INTEGER NOT NULL,
	swap_full INTEGER NOT NULL,
	store_fails INTEGER NOT NULL,
	source TEXT NOT NULL DEFAULT 'model',	-- 'model', 'live', 'capture': what made the transitions
	packed INTEGER NOT NULL DEFAULT 0,	-- 1: they are in `block` and `frame`
	keyframe_every INTEGER			-- NULL: meta.keyframe_every
) STRICT;

CREATE TABLE switch (
	run INTEGER NOT NULL REFERENCES run,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
	run INTEGER NOT NULL REFERENCES run,
	task INTEGER NOT NULL,			-- 0 ..
	name TEXT NOT NULL,
	PRIMARY KEY (run, task)
) STRICT, WITHOUT ROWID;

-- Every field that was not 0 at some time: slot 0 holder, task 1 frame2.pc.  `type` says what
-- its numbers mean: 'step' is a row of `step` + 1, 'slot', 'slot+1', 'folio' and 'entry' are
-- objects, anything else is looked up in `name`.
CREATE TABLE field (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,			-- page, slot, folio, entry, task, mm, zswap, swap
	idx INTEGER NOT NULL,
	name TEXT NOT NULL,
	type TEXT NOT NULL,
	UNIQUE (kind, idx, name)
) STRICT;

-- Texts of values: `text` belongs to value v of a type where v & mask = value.
CREATE TABLE name (
	run INTEGER NOT NULL REFERENCES run,
	type TEXT NOT NULL,
	mask INTEGER NOT NULL,
	value INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (run, type, mask, value)
) STRICT, WITHOUT ROWID;

-- ---- what happened ----

CREATE TABLE result (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
) STRICT;

-- A run that is not packed.  Transition seq leads from position seq - 1 to position seq.
CREATE TABLE event (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,			-- 1 .., without a gap
	task INTEGER NOT NULL,
	step INTEGER NOT NULL REFERENCES step,
	choice INTEGER NOT NULL,		-- the outcome taken, where a step has several
	depth INTEGER NOT NULL,			-- frames on the task's stack before it
	result INTEGER REFERENCES result,	-- what the step came to
	time INTEGER,				-- ns since the run began; NULL: it has no clock
	waited INTEGER,				-- how long the task could not make the step: ns, or
						-- without a clock transitions of others; NULL: 0
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,
	field INTEGER NOT NULL REFERENCES field,
	old INTEGER NOT NULL,
	new INTEGER NOT NULL,
	PRIMARY KEY (run, seq, field)
) STRICT, WITHOUT ROWID;

-- Every field that is not 0 at position 0 and at every keyframe_every-th.
CREATE TABLE keyframe (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,
	field INTEGER NOT NULL REFERENCES field,
	value INTEGER NOT NULL,
	PRIMARY KEY (run, seq, field)
) STRICT, WITHOUT ROWID;

-- A run that is packed has these instead: transitions first .. first + events - 1 with their
-- changes, and the keyframe of a position.  docs/trace-format.md says what the bytes are;
-- `swapscope unpack` makes rows of them.
CREATE TABLE block (
	run INTEGER NOT NULL REFERENCES run,
	first INTEGER NOT NULL,			-- 1 .., without gaps and overlaps
	events INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (run, first)
) STRICT;

CREATE TABLE frame (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT;

CREATE TABLE finding (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,			-- the transition that broke the property
	property TEXT NOT NULL,
	text TEXT NOT NULL,
	loop INTEGER,				-- LIVELOCK: position loop is as seq; what is between
						-- repeats for ever.  NULL: nothing repeats
	PRIMARY KEY (run, seq, property)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,			-- a position
	kind TEXT NOT NULL,
	text TEXT NOT NULL
) STRICT;

-- ---- every state of an exploration, beside a run of no events ----

CREATE TABLE graph_state (
	run INTEGER NOT NULL REFERENCES run,
	state INTEGER NOT NULL,			-- 0 is the start; in order of discovery
	depth INTEGER NOT NULL,
	PRIMARY KEY (run, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE graph_field (
	run INTEGER NOT NULL REFERENCES run,
	state INTEGER NOT NULL,
	field INTEGER NOT NULL REFERENCES field,
	value INTEGER NOT NULL,			-- never 0
	PRIMARY KEY (run, state, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE graph_transition (
	run INTEGER NOT NULL REFERENCES run,
	source INTEGER NOT NULL,
	task INTEGER NOT NULL,
	choice INTEGER NOT NULL,
	step INTEGER NOT NULL REFERENCES step,
	target INTEGER,				-- NULL: not followed
	violated INTEGER NOT NULL,		-- type 'property'
	PRIMARY KEY (run, source, task, choice)
) STRICT, WITHOUT ROWID;

-- ---- captures of real kernels ----

-- What is NULL was not known when the writer ended: the capture was not read to its end.
CREATE TABLE capture (
	run INTEGER PRIMARY KEY REFERENCES run,
	file TEXT NOT NULL,			-- as it was named
	release TEXT NOT NULL,			-- "Linux version 6.8.0 .."; '': not known
	clock TEXT NOT NULL,			-- 'counter': stamps are no time, 'ns'
	lines INTEGER,
	events INTEGER,
	comments INTEGER,			-- lines
	not_understood INTEGER,			-- lines; capture_line.why
	cut INTEGER,				-- lines that were too long; capture_line.why
	lost INTEGER,				-- events that the kernel says it lost,
	losses INTEGER,				-- and in how many places
	backward INTEGER,			-- stamps smaller than the one before,
	backward_line INTEGER,			-- the first of them; 0: none
	equal INTEGER,				-- stamps as the one before, of another CPU
	unreturned INTEGER,			-- calls that are not seen to return
	no_enter INTEGER,			-- returns of calls that are not seen to begin
	pte_agree INTEGER,			-- faults whose first lookup is of the slot in the pte,
	pte_differ INTEGER,			-- of another,
	pte_unknown INTEGER,			-- and whose pte says no slot
	slots_left_out INTEGER,
	cpus INTEGER
) STRICT;

-- What the capture's sidecar says, and what was concluded from it.
CREATE TABLE capture_meta (
	run INTEGER NOT NULL REFERENCES run,
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

-- The capture as it was.
CREATE TABLE capture_line (
	run INTEGER NOT NULL REFERENCES run,
	line INTEGER NOT NULL,			-- 1 ..
	text ANY NOT NULL,			-- a blob where it is not UTF-8
	why TEXT,				-- why it was not understood, or is not whole
	PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE capture_thread (
	run INTEGER NOT NULL REFERENCES run,
	thread INTEGER NOT NULL,		-- 0 ..
	pid INTEGER NOT NULL,			-- 0 is the idle thread of a CPU, one each
	cpu INTEGER NOT NULL,			-- of the idle thread, else 0
	comm TEXT NOT NULL,			-- the last that it had
	events INTEGER,
	PRIMARY KEY (run, thread)
) STRICT, WITHOUT ROWID;

CREATE TABLE capture_slot (
	run INTEGER NOT NULL REFERENCES run,
	slot INTEGER NOT NULL,			-- 1 .., as they appear
	type INTEGER NOT NULL,			-- of the swap entry
	offset INTEGER NOT NULL,
	PRIMARY KEY (run, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE capture_probe (
	run INTEGER NOT NULL REFERENCES run,
	probe INTEGER NOT NULL,			-- 1 ..
	name TEXT NOT NULL,			-- of the event: "z_load_r"
	symbol TEXT NOT NULL,			-- what it is on: "zswap_load"; ''
	side TEXT NOT NULL,			-- enter, return, mark, syscall, syscall-return, other
	events INTEGER,
	PRIMARY KEY (run, probe)
) STRICT, WITHOUT ROWID;

-- Values are as the line has them (64 bits, so that addresses are negative here), NULL where it
-- has none.
CREATE TABLE capture_event (
	run INTEGER NOT NULL REFERENCES run,
	id INTEGER NOT NULL,			-- 1 ..
	line INTEGER NOT NULL,
	at INTEGER NOT NULL,			-- its text begins so many bytes into the line
	stamp INTEGER NOT NULL,
	thread INTEGER NOT NULL,
	cpu INTEGER NOT NULL,
	irq INTEGER NOT NULL,			-- 0, 1 hard interrupt, 2 soft
	probe INTEGER NOT NULL,
	call INTEGER NOT NULL,			-- the event that is its other side; 0: none
	slot INTEGER NOT NULL,			-- 0: none
	folio INTEGER,
	entry INTEGER,				-- type << 58 | offset
	pte INTEGER,
	addr INTEGER,
	ret INTEGER,
	usage INTEGER,
	left INTEGER,
	nr INTEGER,
	flags INTEGER,
	PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX capture_event_slot ON capture_event (run, slot);

-- The run that explains the capture: when transition seq was made, event `event` of its slot was
-- about to be over.
CREATE TABLE capture_step (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,
	event INTEGER NOT NULL,
	seen INTEGER NOT NULL,			-- 1: events show the step; 0: it has no probe
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX capture_step_event ON capture_step (run, event);

-- ---- what a capture's events come to ----

-- Calls of do_swap_page().  first, last, event and so on are ids of capture_event.
CREATE TABLE capture_fault (
	run INTEGER NOT NULL REFERENCES run,
	fault INTEGER NOT NULL,			-- 1 .., in the order in which they ended
	thread INTEGER NOT NULL,
	addr INTEGER NOT NULL,
	page INTEGER,				-- the workload's number of it; NULL: not known
	slot INTEGER,				-- NULL: not known
	life INTEGER NOT NULL,			-- of the slot, 1 ..; 0: it began before the capture
	first INTEGER,				-- its entry; NULL: before the capture
	last INTEGER NOT NULL,			-- its return, or what was seen of it last
	path TEXT NOT NULL,			-- "bypass, from zswap"
	outcome TEXT NOT NULL,			-- "bypass, mapped"
	why TEXT NOT NULL,			-- more of it, or ''
	mapped INTEGER,				-- did it set the PTE?  NULL: not known
	ret INTEGER,				-- VM_FAULT bits; NULL: not known
	PRIMARY KEY (run, fault)
) STRICT, WITHOUT ROWID;

-- What an event means for its slot.
CREATE TABLE capture_story (
	run INTEGER NOT NULL REFERENCES run,
	slot INTEGER NOT NULL,
	life INTEGER NOT NULL,
	event INTEGER NOT NULL,
	what TEXT NOT NULL,			-- "loaded from zswap"
	thread INTEGER NOT NULL,
	text TEXT NOT NULL,			-- more of it, or ''
	PRIMARY KEY (run, slot, event)
) STRICT, WITHOUT ROWID;

-- Where the last copy of a page's data went while a PTE referred to its slot, or a page without
-- the data was mapped.
CREATE TABLE capture_loss (
	run INTEGER NOT NULL REFERENCES run,
	slot INTEGER NOT NULL,
	life INTEGER NOT NULL,
	page INTEGER,				-- the workload's number of it; NULL: not known
	event INTEGER NOT NULL,			-- where
	fault INTEGER,				-- the entry of the fault that took zswap's copy
	erase INTEGER,				-- zswap's copy goes
	abort INTEGER,				-- that fault drops its own
	read INTEGER,				-- a read finds nothing
	mapped INTEGER,				-- what it read is mapped
	corrupt INTEGER,			-- the workload finds what it did not write
	text TEXT NOT NULL,
	PRIMARY KEY (run, slot, life)
) STRICT, WITHOUT ROWID;

-- How much of what there was: written last, when all of the story is there.
CREATE TABLE capture_total (
	run INTEGER NOT NULL REFERENCES run,
	what TEXT NOT NULL,			-- "loads from zswap"
	times INTEGER NOT NULL,
	PRIMARY KEY (run, what)
) STRICT, WITHOUT ROWID;

-- ---- when ----

-- Of a run whose writer said so: older ones did not.
CREATE TABLE recorded (
	run INTEGER PRIMARY KEY REFERENCES run,
	time INTEGER NOT NULL			-- when it was begun: seconds since 1970, UTC
) STRICT;

-- Of a note that somebody wrote: the recorder's own have none.
CREATE TABLE noted (
	note INTEGER PRIMARY KEY REFERENCES note,
	author TEXT NOT NULL,			-- or ''
	time INTEGER NOT NULL,			-- when: seconds since 1970, UTC
	letter TEXT				-- of a bookmark: a to z, A to Z; NULL: it has none
) STRICT;

-- ---- the same in texts ----

-- `swapscope sql` makes these views anew over packed runs too; the sqlite3 shell sees in them
-- what is not packed.  "a CROSS JOIN b" is a join in that order: change is the large table.

CREATE VIEW v_run AS
SELECT r.id AS run, r.scenario, r.title, r.kernel,
       (SELECT group_concat(name || '=' || value, ' ') FROM switch WHERE run = r.id) AS switches,
       r.verdict,
       coalesce(r.events, (SELECT max(first + events - 1) FROM block WHERE run = r.id),
		(SELECT seq FROM event WHERE run = r.id ORDER BY seq DESC LIMIT 1), 0) AS events,
       (SELECT group_concat(DISTINCT property) FROM finding WHERE run = r.id) AS broken,
       r.schedule, r.source, r.packed
FROM run r;

CREATE VIEW v_field AS
SELECT id, kind, idx, name AS field, type,
       CASE WHEN kind IN ('zswap', 'swap') THEN kind ELSE kind || ' ' || idx END AS object
FROM field;

CREATE VIEW v_event AS
SELECT e.run, e.seq, t.name AS task, s.op, s.text AS step, r.text AS result, e.choice, e.depth,
       s.kind, s.file, s.line, e.time, e.waited
FROM event e
CROSS JOIN step s ON s.id = e.step
LEFT JOIN task t ON t.run = e.run AND t.task = e.task
LEFT JOIN result r ON r.id = e.result;

CREATE VIEW v_change AS
SELECT c.run, c.seq, t.name AS task, s.op, s.text AS step,
       CASE WHEN f.kind IN ('zswap', 'swap') THEN f.kind ELSE f.kind || ' ' || f.idx END AS object,
       f.name AS field,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = c.old - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = c.run
		      AND n.type = f.type AND c.old & n.mask = n.value),
		     CASE f.type WHEN 'slot+1' THEN 'slot ' || (c.old - 1)
		     WHEN 'slot' THEN 'slot ' || c.old WHEN 'folio' THEN 'folio ' || c.old
		     WHEN 'entry' THEN 'entry ' || c.old ELSE CAST(c.old AS TEXT) END)
       END AS old,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = c.new - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = c.run
		      AND n.type = f.type AND c.new & n.mask = n.value),
		     CASE f.type WHEN 'slot+1' THEN 'slot ' || (c.new - 1)
		     WHEN 'slot' THEN 'slot ' || c.new WHEN 'folio' THEN 'folio ' || c.new
		     WHEN 'entry' THEN 'entry ' || c.new ELSE CAST(c.new AS TEXT) END)
       END AS new,
       c.old AS old_value, c.new AS new_value
FROM change c
CROSS JOIN field f ON f.id = c.field
CROSS JOIN event e ON e.run = c.run AND e.seq = c.seq
CROSS JOIN step s ON s.id = e.step
LEFT JOIN task t ON t.run = e.run AND t.task = e.task;

-- The world at any position; ask for one: WHERE run = 1 AND seq = 7.  That is the last value of
-- every field since the keyframe before it.
CREATE VIEW v_world AS
WITH told AS (
	SELECT p.run, p.seq, k.field, k.value, k.seq AS at
	FROM (SELECT run, seq FROM event UNION ALL SELECT id, 0 FROM run) p
	CROSS JOIN keyframe k ON k.run = p.run AND k.seq =
		(SELECT f.seq FROM keyframe f WHERE f.run = p.run AND f.seq <= p.seq
		 ORDER BY f.seq DESC LIMIT 1)
	UNION ALL
	SELECT p.run, p.seq, c.field, c.new, c.seq
	FROM (SELECT run, seq FROM event UNION ALL SELECT id, 0 FROM run) p
	CROSS JOIN change c ON c.run = p.run AND c.seq <= p.seq AND c.seq >
		coalesce((SELECT f.seq FROM keyframe f WHERE f.run = p.run AND f.seq <= p.seq
			  ORDER BY f.seq DESC LIMIT 1), 0)),
aged AS (
	SELECT *, row_number() OVER (PARTITION BY run, seq, field ORDER BY at DESC) AS age
	FROM told)
SELECT w.run, w.seq,
       CASE WHEN f.kind IN ('zswap', 'swap') THEN f.kind ELSE f.kind || ' ' || f.idx END AS object,
       f.name AS field,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = w.value - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = w.run
		      AND n.type = f.type AND w.value & n.mask = n.value),
		     CASE f.type WHEN 'slot+1' THEN 'slot ' || (w.value - 1)
		     WHEN 'slot' THEN 'slot ' || w.value WHEN 'folio' THEN 'folio ' || w.value
		     WHEN 'entry' THEN 'entry ' || w.value ELSE CAST(w.value AS TEXT) END)
       END AS text,
       w.value
FROM aged w
CROSS JOIN field f ON f.id = w.field
WHERE w.age = 1 AND w.value <> 0;

-- Who held SWAP_HAS_CACHE of a slot: taken by step `since`, gone with step `until` (NULL: never).
-- A value that a row does not change is carried on from the row before that has it.
CREATE VIEW who_held_pin AS
WITH told AS (
	SELECT c.run, f.idx, c.seq, CASE f.name WHEN 'holder' THEN c.new END AS holder,
	       CASE f.name WHEN 'holder_task' THEN c.new END AS owner
	FROM change c CROSS JOIN field f ON f.id = c.field
	WHERE f.kind = 'slot' AND f.name IN ('holder', 'holder_task')
	UNION ALL
	SELECT k.run, f.idx, 0, CASE f.name WHEN 'holder' THEN k.value END,
	       CASE f.name WHEN 'holder_task' THEN k.value END
	FROM keyframe k CROSS JOIN field f ON f.id = k.field
	WHERE k.seq = 0 AND f.kind = 'slot' AND f.name IN ('holder', 'holder_task')),
touched AS (
	SELECT DISTINCT run, idx, seq, max(holder) OVER w AS holder, max(owner) OVER w AS owner
	FROM told WINDOW w AS (PARTITION BY run, idx, seq)),
numbered AS (
	SELECT *, count(holder) OVER w AS holder_no, count(owner) OVER w AS owner_no,
	       lead(seq) OVER w AS until
	FROM touched WINDOW w AS (PARTITION BY run, idx ORDER BY seq)),
held AS (
	SELECT run, idx, seq, owner, owner_no, until,
	       max(holder) OVER (PARTITION BY run, idx, holder_no) AS holder
	FROM numbered),
carried AS (
	SELECT run, idx, seq, until, holder,
	       max(owner) OVER (PARTITION BY run, idx, owner_no) AS owner
	FROM held)
SELECT c.run, 'slot ' || c.idx AS slot, c.seq AS since, c.until, n.text AS holder,
       coalesce(t.name, 'folio') AS task
FROM carried c
LEFT JOIN name n ON n.run = c.run AND n.type = 'holder' AND n.value = c.holder
LEFT JOIN task t ON t.run = c.run AND t.task = c.owner - 1
WHERE c.holder <> 0;

-- The lives of entries: from the step that made one (NULL: the run began with it) to the one
-- that freed it (NULL: none did), and which other tasks had a pointer to it then.
CREATE VIEW entry_life AS
WITH told AS (
	SELECT c.run, f.idx, c.seq, CASE f.name WHEN 'state' THEN c.new END AS state,
	       CASE f.name WHEN 'swp' THEN c.new END AS swp
	FROM change c CROSS JOIN field f ON f.id = c.field
	WHERE f.kind = 'entry' AND f.name IN ('state', 'swp')
	UNION ALL
	SELECT k.run, f.idx, 0, CASE f.name WHEN 'state' THEN k.value END,
	       CASE f.name WHEN 'swp' THEN k.value END
	FROM keyframe k CROSS JOIN field f ON f.id = k.field
	WHERE k.seq = 0 AND f.kind = 'entry' AND f.name IN ('state', 'swp')),
touched AS (
	SELECT DISTINCT run, idx, seq, max(state) OVER w AS state, max(swp) OVER w AS swp
	FROM told WINDOW w AS (PARTITION BY run, idx, seq)),
numbered AS (
	SELECT *, count(swp) OVER (PARTITION BY run, idx ORDER BY seq) AS swp_no FROM touched),
carried AS (
	SELECT run, idx, seq, state, max(swp) OVER (PARTITION BY run, idx, swp_no) AS swp
	FROM numbered),
life AS (
	SELECT run, idx, seq, state, swp,
	       lead(seq) OVER (PARTITION BY run, idx ORDER BY seq) AS until
	FROM carried WHERE state IS NOT NULL)
SELECT l.run, l.idx AS entry, 'slot ' || coalesce(l.swp, 0) AS slot,
       l.seq AS since, mt.name AS made_by, ms.op AS made_op, ms.text AS made_step,
       l.until, ft.name AS freed_by, fs.op AS freed_op, fs.text AS freed_step,
       (SELECT group_concat(r.name, ' ')
	FROM change u
	CROSS JOIN field f ON f.id = u.field AND f.kind = 'entry' AND f.name = 'users'
	CROSS JOIN task r ON r.run = u.run AND r.task <> fe.task AND u.old >> r.task & 1
	WHERE u.run = l.run AND u.seq = l.until AND f.idx = l.idx) AS readers
FROM life l
CROSS JOIN name n ON n.run = l.run AND n.type = 'state' AND n.value = l.state AND n.text = 'live'
LEFT JOIN event me ON me.run = l.run AND me.seq = l.seq
LEFT JOIN step ms ON ms.id = me.step
LEFT JOIN task mt ON mt.run = l.run AND mt.task = me.task
LEFT JOIN event fe ON fe.run = l.run AND fe.seq = l.until
LEFT JOIN step fs ON fs.id = fe.step
LEFT JOIN task ft ON ft.run = l.run AND ft.task = fe.task;

-- Each of the tasks that had a pointer to an entry when it was freed, and its last step.
CREATE VIEW entry_readers AS
SELECT l.run, l.until AS seq, l.entry, t.name AS reader, a.seq AS reader_seq, s.op,
       s.text AS step
FROM entry_life l
CROSS JOIN event e ON e.run = l.run AND e.seq = l.until
CROSS JOIN change u ON u.run = l.run AND u.seq = l.until
CROSS JOIN field f ON f.id = u.field AND f.kind = 'entry' AND f.name = 'users' AND f.idx = l.entry
CROSS JOIN task t ON t.run = l.run AND t.task <> e.task AND u.old >> t.task & 1
LEFT JOIN event a ON a.run = l.run AND a.seq =
	(SELECT y.seq FROM event y
	 WHERE y.run = l.run AND y.seq < l.until AND y.task = t.task
	 ORDER BY y.seq DESC LIMIT 1)
LEFT JOIN step s ON s.id = a.step;

-- What happened to a slot: a row a step that changed it.
CREATE VIEW slot_history AS
SELECT run, object AS slot, seq, task, op, step,
       group_concat(field || ' ' || old || ' -> ' || new, ', ') AS changes
FROM v_change
WHERE object LIKE 'slot %'
GROUP BY run, object, seq;

-- How often a run made each step, and for how long it had to wait at it (blocked_time: the unit).
CREATE VIEW step_counts AS
SELECT e.run, s.op, s.text AS step, s.file, s.line, count(*) AS times,
       count(DISTINCT e.task) AS tasks, count(nullif(e.waited, 0)) AS waits,
       coalesce(sum(e.waited), 0) AS waited
FROM event e CROSS JOIN step s ON s.id = e.step
GROUP BY e.run, e.step;

-- Where each task waited, for how long, and in what that is counted.
CREATE VIEW blocked_time AS
SELECT e.run, t.name AS task, s.op, s.text AS step, count(*) AS waits, sum(e.waited) AS waited,
       max(e.waited) AS longest,
       CASE WHEN count(e.time) THEN 'ns' ELSE 'transitions' END AS unit
FROM event e
CROSS JOIN step s ON s.id = e.step
LEFT JOIN task t ON t.run = e.run AND t.task = e.task
WHERE e.waited > 0
GROUP BY e.run, e.task, e.step;

CREATE VIEW v_finding AS
SELECT d.run, d.seq, d.property, d.text AS finding, t.name AS task, s.op, s.text AS step, d.loop
FROM finding d
LEFT JOIN event e ON e.run = d.run AND e.seq = d.seq
LEFT JOIN step s ON s.id = e.step
LEFT JOIN task t ON t.run = e.run AND t.task = e.task;

-- Notes, with who wrote them and when (UTC), and the step that leads there.
CREATE VIEW v_note AS
SELECT n.id AS note, n.run, n.seq, n.kind, o.letter, o.author,
       strftime('%Y-%m-%d %H:%M:%S', o.time, 'unixepoch') AS time, n.text,
       t.name AS task, s.op, s.text AS step
FROM note n
LEFT JOIN noted o ON o.note = n.id
LEFT JOIN event e ON e.run = n.run AND e.seq = n.seq
LEFT JOIN step s ON s.id = e.step
LEFT JOIN task t ON t.run = e.run AND t.task = e.task;

-- Who ran, in stretches: every row but a run's first is a context switch.
CREATE VIEW v_stretch AS
WITH around AS (
	SELECT run, seq, task, lag(task) OVER w AS before, max(seq) OVER w AS last
	FROM event
	WINDOW w AS (PARTITION BY run ORDER BY seq
		     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
began AS (
	SELECT run, seq AS since, task,
	       coalesce(lead(seq) OVER (PARTITION BY run ORDER BY seq) - 1, last) AS until
	FROM around WHERE before IS NOT task)
SELECT b.run, b.since, b.until, t.name AS task, b.until - b.since + 1 AS steps
FROM began b LEFT JOIN task t ON t.run = b.run AND t.task = b.task;

CREATE VIEW v_graph_field AS
SELECT g.run, g.state, f.object, f.field,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = g.value - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = g.run
		      AND n.type = f.type AND g.value & n.mask = n.value),
		     CASE f.type WHEN 'slot+1' THEN 'slot ' || (g.value - 1)
		     WHEN 'slot' THEN 'slot ' || g.value WHEN 'folio' THEN 'folio ' || g.value
		     WHEN 'entry' THEN 'entry ' || g.value ELSE CAST(g.value AS TEXT) END)
       END AS text,
       g.value
FROM graph_field g
JOIN v_field f ON f.id = g.field;

CREATE VIEW v_graph_transition AS
SELECT g.run, g.source, g.target, t.name AS task, g.choice, s.op, s.text AS step,
       (SELECT group_concat(n.text) FROM name n WHERE n.run = g.run
	AND n.type = 'property' AND g.violated & n.mask = n.value) AS violated
FROM graph_transition g
JOIN step s ON s.id = g.step
LEFT JOIN task t ON t.run = g.run AND t.task = g.task;

-- The events of a capture: what, on which function, by whom, about which slot.
CREATE VIEW v_capture_event AS
SELECT e.run, e.id, e.stamp, h.comm || '-' || h.pid AS thread, e.cpu, p.name AS probe, p.symbol,
       p.side, e.slot, CASE WHEN s.slot THEN printf('0x%x', s.type << 58 | s.offset) END AS swap, nullif(e.call, 0) AS call,
       CASE WHEN e.folio IS NOT NULL THEN printf('0x%x', e.folio) END AS folio, CASE WHEN e.pte IS NOT NULL THEN printf('0x%x', e.pte) END AS pte,
       CASE WHEN e.addr IS NOT NULL THEN printf('0x%x', e.addr) END AS addr, e.ret, e.usage, e.left, e.nr, e.flags, l.text AS line
FROM capture_event e
CROSS JOIN capture_probe p ON p.run = e.run AND p.probe = e.probe
CROSS JOIN capture_thread h ON h.run = e.run AND h.thread = e.thread
CROSS JOIN capture_line l ON l.run = e.run AND l.line = e.line
LEFT JOIN capture_slot s ON s.run = e.run AND s.slot = e.slot;

-- What faults came to, and how often.
CREATE VIEW v_fault_outcomes AS
SELECT run, outcome, count(*) AS faults
FROM capture_fault
GROUP BY run, outcome
ORDER BY run, faults DESC, outcome;

-- Every fault, with stamps, names and swap entries.
CREATE VIEW v_fault AS
SELECT f.run, f.fault, h.comm || '-' || h.pid AS thread, printf('0x%x', f.addr) AS addr, f.page,
       printf('0x%x', s.type << 58 | s.offset) AS swap, f.life, a.stamp AS since,
       b.stamp AS until, f.path, f.outcome, f.why, f.mapped, f.ret
FROM capture_fault f
CROSS JOIN capture_thread h ON h.run = f.run AND h.thread = f.thread
LEFT JOIN capture_event a ON a.run = f.run AND a.id = f.first
LEFT JOIN capture_event b ON b.run = f.run AND b.id = f.last
LEFT JOIN capture_slot s ON s.run = f.run AND s.slot = f.slot;

-- The story of every slot: `WHERE swap = '0x313' ORDER BY event`.
CREATE VIEW v_slot_story AS
SELECT y.run, printf('0x%x', s.type << 58 | s.offset) AS swap, y.life, y.event, e.stamp,
       h.comm || '-' || h.pid AS thread, e.cpu, y.what, y.text
FROM capture_slot s
CROSS JOIN capture_story y ON y.run = s.run AND y.slot = s.slot
CROSS JOIN capture_event e ON e.run = y.run AND e.id = y.event
CROSS JOIN capture_thread h ON h.run = y.run AND h.thread = y.thread;

-- Where data was lost, and what led there: stamps.
CREATE VIEW v_loss AS
SELECT l.run, l.page, printf('0x%x', s.type << 58 | s.offset) AS swap, l.life,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.event) AS lost,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.fault) AS fault,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.erase) AS erased,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.abort) AS aborted,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.read) AS read,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.mapped) AS mapped,
       (SELECT stamp FROM capture_event WHERE run = l.run AND id = l.corrupt) AS corrupt,
       l.text
FROM capture_loss l
LEFT JOIN capture_slot s ON s.run = l.run AND s.slot = l.slot
ORDER BY l.run, l.event;
