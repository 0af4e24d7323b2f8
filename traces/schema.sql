-- SPDX-License-Identifier: GPL-2.0-only
-- schema.sql - a swapscope trace.  docs/trace-format.md explains it.
--
-- The tables hold integers where there are many rows; the views at the end show the same in
-- texts.  `sqlite3 new.db < schema.sql` makes an empty trace.

PRAGMA application_id = 1398227280;	-- "SWAP"
PRAGMA user_version = 1;		-- the format

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
	store_fails INTEGER NOT NULL
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

-- Every field of the world: slot 0 holder, task 1 frame2.pc.  `type` says what its
-- numbers mean: 'step' is a row of `step` + 1, anything else is looked up in `name`.
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

-- Transition seq leads from position seq - 1 to position seq.
CREATE TABLE event (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,			-- 1 .., without a gap
	task INTEGER NOT NULL,
	step INTEGER NOT NULL REFERENCES step,
	choice INTEGER NOT NULL,		-- the outcome taken, where a step has several
	depth INTEGER NOT NULL,			-- frames on the task's stack before it
	result INTEGER REFERENCES result,	-- what the step came to
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

-- Every field that is not 0 at position 0 and at every meta.keyframe_every-th.
CREATE TABLE keyframe (
	run INTEGER NOT NULL REFERENCES run,
	seq INTEGER NOT NULL,
	field INTEGER NOT NULL REFERENCES field,
	value INTEGER NOT NULL,
	PRIMARY KEY (run, seq, field)
) STRICT, WITHOUT ROWID;

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

-- ---- the same in texts ----

CREATE VIEW v_run AS
SELECT r.id AS run, r.scenario, r.title, r.kernel,
       (SELECT group_concat(name || '=' || value, ' ') FROM switch WHERE run = r.id) AS switches,
       r.verdict, coalesce(r.events, (SELECT max(seq) FROM event WHERE run = r.id), 0) AS events,
       (SELECT group_concat(DISTINCT property) FROM finding WHERE run = r.id) AS broken,
       r.schedule
FROM run r;

CREATE VIEW v_field AS
SELECT id, kind, idx, name AS field, type,
       CASE WHEN kind IN ('zswap', 'swap') THEN kind ELSE kind || ' ' || idx END AS object
FROM field;

CREATE VIEW v_event AS
SELECT e.run, e.seq, t.name AS task, s.op, s.text AS step, r.text AS result, e.choice, e.depth,
       s.kind, s.file, s.line
FROM event e
JOIN step s ON s.id = e.step
LEFT JOIN task t ON t.run = e.run AND t.task = e.task
LEFT JOIN result r ON r.id = e.result;

CREATE VIEW v_change AS
SELECT c.run, c.seq, e.task, e.op, e.step, f.object, f.field,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = c.old - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = c.run
		      AND n.type = f.type AND c.old & n.mask = n.value), CAST(c.old AS TEXT))
       END AS old,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = c.new - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = c.run
		      AND n.type = f.type AND c.new & n.mask = n.value), CAST(c.new AS TEXT))
       END AS new,
       c.old AS old_value, c.new AS new_value
FROM change c
JOIN v_field f ON f.id = c.field
JOIN v_event e ON e.run = c.run AND e.seq = c.seq;

-- The world at any position; ask for one: WHERE run = 1 AND seq = 7.
CREATE VIEW v_world AS
SELECT w.run, w.seq, f.object, f.field,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = w.value - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = w.run
		      AND n.type = f.type AND w.value & n.mask = n.value), CAST(w.value AS TEXT))
       END AS text,
       w.value
FROM (SELECT p.run, p.seq, d.id AS field,
	     coalesce((SELECT c.new FROM change c
		       WHERE c.run = p.run AND c.seq > p.frame AND c.seq <= p.seq
			 AND c.field = d.id ORDER BY c.seq DESC LIMIT 1),
		      (SELECT k.value FROM keyframe k
		       WHERE k.run = p.run AND k.seq = p.frame AND k.field = d.id), 0) AS value
      FROM (SELECT run, seq, (SELECT max(k.seq) FROM keyframe k
			      WHERE k.run = q.run AND k.seq <= q.seq) AS frame
	    FROM (SELECT run, seq FROM event UNION ALL SELECT id, 0 FROM run) q) p
      CROSS JOIN field d) w
JOIN v_field f ON f.id = w.field
WHERE w.value <> 0;

-- Who held SWAP_HAS_CACHE of a slot: taken by step `since`, gone with step `until` (NULL: never).
-- A value that a row does not change is carried on from the row before that has it.
CREATE VIEW v_who_held_pin AS
WITH touched AS (
	SELECT v.run, f.idx, v.seq,
	       max(CASE f.name WHEN 'holder' THEN v.value END) AS holder,
	       max(CASE f.name WHEN 'holder_task' THEN v.value END) AS owner
	FROM field f
	JOIN (SELECT run, seq, field, new AS value FROM change UNION ALL
	      SELECT r.id, 0, d.id, coalesce(k.value, 0) FROM run r CROSS JOIN field d
	      LEFT JOIN keyframe k ON k.run = r.id AND k.seq = 0 AND k.field = d.id) v
	  ON v.field = f.id
	WHERE f.kind = 'slot' AND f.name IN ('holder', 'holder_task')
	GROUP BY v.run, f.idx, v.seq),
numbered AS (
	SELECT *, count(holder) OVER w AS holder_no, count(owner) OVER w AS owner_no
	FROM touched WINDOW w AS (PARTITION BY run, idx ORDER BY seq)),
carried AS (
	SELECT run, idx, seq,
	       max(holder) OVER (PARTITION BY run, idx, holder_no) AS holder,
	       max(owner) OVER (PARTITION BY run, idx, owner_no) AS owner,
	       lead(seq) OVER (PARTITION BY run, idx ORDER BY seq) AS until
	FROM numbered)
SELECT c.run, 'slot ' || c.idx AS slot, c.seq AS since, c.until, n.text AS holder,
       coalesce(t.name, 'folio') AS task
FROM carried c
LEFT JOIN name n ON n.run = c.run AND n.type = 'holder' AND n.value = c.holder
LEFT JOIN task t ON t.run = c.run AND t.task = c.owner - 1
WHERE c.holder <> 0;

-- Which other tasks had a pointer to an entry when it was freed, and the last step of each.
CREATE VIEW v_entry_readers AS
SELECT c.run, c.seq, f.idx AS entry, t.name AS reader, a.seq AS reader_seq, a.op, a.step
FROM change c
JOIN field f ON f.id = c.field AND f.kind = 'entry' AND f.name = 'state'
JOIN field u ON u.kind = 'entry' AND u.idx = f.idx AND u.name = 'users'
JOIN change cu ON cu.run = c.run AND cu.seq = c.seq AND cu.field = u.id
JOIN event e ON e.run = c.run AND e.seq = c.seq
JOIN task t ON t.run = c.run AND t.task <> e.task AND cu.old & (1 << t.task)
LEFT JOIN v_event a ON a.run = c.run AND a.seq =
	(SELECT max(y.seq) FROM event y
	 WHERE y.run = c.run AND y.seq < c.seq AND y.task = t.task)
WHERE (SELECT text FROM name WHERE run = c.run AND type = 'state' AND value = c.old) = 'live';

-- Which step freed an entry, and who else was reading it (NULL: nobody).
CREATE VIEW v_entry_freed AS
SELECT c.run, c.seq, f.idx AS entry, e.task, e.op, e.step,
       (SELECT group_concat(r.reader, ' ') FROM v_entry_readers r
	WHERE r.run = c.run AND r.seq = c.seq AND r.entry = f.idx) AS readers
FROM change c
JOIN field f ON f.id = c.field AND f.kind = 'entry' AND f.name = 'state'
JOIN v_event e ON e.run = c.run AND e.seq = c.seq
WHERE (SELECT text FROM name WHERE run = c.run AND type = 'state' AND value = c.old) = 'live';

CREATE VIEW v_finding AS
SELECT d.run, d.seq, d.property, d.text AS finding, e.task, e.op, e.step, d.loop
FROM finding d
LEFT JOIN v_event e ON e.run = d.run AND e.seq = d.seq;

-- Who ran, in stretches: every row but a run's first is a context switch.
CREATE VIEW v_stretch AS
SELECT run, min(seq) AS since, max(seq) AS until, task, count(*) AS steps
FROM (SELECT run, seq, task,
	     seq - row_number() OVER (PARTITION BY run, task ORDER BY seq) AS island
      FROM v_event)
GROUP BY run, task, island;

CREATE VIEW v_graph_field AS
SELECT g.run, g.state, f.object, f.field,
       CASE f.type WHEN 'step' THEN
	    coalesce((SELECT op || ': ' || text FROM step WHERE id = g.value - 1), '-')
       ELSE coalesce((SELECT group_concat(n.text, '|') FROM name n WHERE n.run = g.run
		      AND n.type = f.type AND g.value & n.mask = n.value), CAST(g.value AS TEXT))
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
