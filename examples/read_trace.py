#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Read a swapscope trace with nothing but sqlite3.  docs/trace-format.md is the format.

    read_trace.py FILE.db                   the runs
    read_trace.py FILE.db RUN               its transitions and what each changed, checked
    read_trace.py FILE.db RUN POSITION      the world there

Packed runs: `swapscope unpack` first.
"""
import signal
import sqlite3
import sys


class Trace:
    def __init__(self, path):
        self.ask = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute
        (self.format,) = self.ask("PRAGMA user_version").fetchone()
        if self.ask("PRAGMA application_id").fetchone()[0] != 0x53574150 or self.format > 2:
            sys.exit(f"{path} is not a trace of format 1 or 2")
        self.fields = {i: (kind if kind in ("zswap", "swap") else f"{kind} {idx}", name, type_)
                       for i, kind, idx, name, type_ in
                       self.ask("SELECT id, kind, idx, name, type FROM field")}
        self.steps = {i: f"{op}: {text}"
                      for i, op, text in self.ask("SELECT id, op, text FROM step")}

    def choose(self, run):
        """Take a run, and learn the names of its tasks and values."""
        packed = "packed" if self.format > 1 else "0"
        row = self.ask(f"SELECT {packed} FROM run WHERE id = ?", (run,)).fetchone()
        if not row or row[0]:
            sys.exit(f"run {run} is packed: 'swapscope unpack'" if row else f"no run {run}")
        self.run = run
        self.tasks = dict(self.ask("SELECT task, name FROM task WHERE run = ?", (run,)))
        self.names = {}
        for type_, *name in self.ask("SELECT type, mask, value, text FROM name WHERE run = ? "
                                     "ORDER BY type, mask, value", (run,)):
            self.names.setdefault(type_, []).append(name)

    def text(self, type_, value):
        """What a value of a type means."""
        if type_ == "step":
            return self.steps.get(value - 1, "-")
        texts = [text for mask, want, text in self.names.get(type_, ()) if value & mask == want]
        if not texts and type_ in ("slot", "slot+1", "folio", "entry"):
            return f"slot {value - 1}" if type_ == "slot+1" else f"{type_} {value}"
        return "|".join(texts) or str(value)

    def world(self, position):
        """The fields that are not 0 at a position: the keyframe before it, and what came then."""
        (at,) = self.ask("SELECT coalesce(max(seq), 0) FROM keyframe WHERE run = ? AND seq <= ?",
                         (self.run, position)).fetchone()
        world = dict(self.ask("SELECT field, value FROM keyframe WHERE run = ? AND seq = ?",
                              (self.run, at)))
        for _ in self.play(at, position, world):
            pass
        return {field: value for field, value in world.items() if value}

    def play(self, after, until, world):
        """Make transitions after + 1 .. until in the world; give each with its changes."""
        part = (self.run, after, until)
        changes = self.ask("SELECT seq, field, old, new FROM change WHERE run = ? AND seq > ? "
                           "AND seq <= ? ORDER BY seq, field", part)
        change = changes.fetchone()
        for seq, task, step, result in self.ask(
                "SELECT e.seq, e.task, e.step, r.text FROM event e LEFT JOIN result r "
                "ON r.id = e.result WHERE run = ? AND seq > ? AND seq <= ? ORDER BY seq", part):
            made = []
            while change and change[0] == seq:
                _, field, old, new = change
                if world.get(field, 0) != old:
                    sys.exit(f"damaged: transition {seq} changes {self.fields[field][:2]} from "
                             f"{old}, but it is {world.get(field, 0)}")
                world[field] = new
                made.append((*self.fields[field], old, new))
                change = changes.fetchone()
            yield seq, self.tasks.get(task, task), self.steps[step], result, made


def main(path, run=None, position=None):
    trace = Trace(path)
    if run is None:
        for row in trace.ask("SELECT id, scenario, kernel, events, verdict FROM run ORDER BY id"):
            print(*row, sep=" | ")
        return
    trace.choose(int(run))
    if position is not None:
        for thing, name, text in sorted((*trace.fields[f][:2], trace.text(trace.fields[f][2], v))
                                        for f, v in trace.world(int(position)).items()):
            print(thing, name, text, sep=" | ")
        return
    for seq, task, step, result, made in trace.play(0, 1 << 62, trace.world(0)):
        print(f"{seq:5} {task:4} {step}" + (f" -> {result}" if result else ""))
        for thing, name, type_, old, new in made:
            print(f"{'':11}{thing} {name}: {trace.text(type_, old)} -> {trace.text(type_, new)}")


signal.signal(signal.SIGPIPE, signal.SIG_DFL)
main(*sys.argv[1:]) if 2 <= len(sys.argv) <= 4 else sys.exit(__doc__)
