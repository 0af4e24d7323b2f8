#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
clock.py SWAPSCOPE: shipped captures as a clock of times would have recorded them (coarse.py), and
parts of them.  Nothing is told lost that was not, and everything is whose order is known; no
stretch of a run of the model becomes impossible.  SWAPSCOPE_LONG=1 takes all captures.
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

LONG = os.environ.get("SWAPSCOPE_LONG", "0") != "0"
QUICK = ["d-loss-uffdwp-6.8", "f-loss-twothreads-6.8-nopin", "g-slot-reuse-6.8", "two-threads-6.12",
         "two-threads-6.1-global"]
UNITS = [1000, 10000, 1000000]
CUTS = ["0:0.6", "0.4:1", "0.3:0.7"]

program, work, failed = sys.argv[1], Path(tempfile.mkdtemp()), []


def run(*words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        raise SystemExit("clock: swapscope %s: %s" % (" ".join(map(str, words)), done.stderr))
    return done.stdout


class Told:
    """What is told of a capture: losses by the events and by the model, impossible stretches."""

    def __init__(self, capture, meta, arguments, model):
        self.how = ["tests/coarse.py", str(capture), "c.trace", *arguments]
        text, db = work / "c.trace", work / "c.db"
        subprocess.run([sys.executable, *self.how[:2], text, *arguments], check=True)
        lines = [line for line in open(meta) if model or not re.match("kernel|release", line)]
        if "--unit" in arguments:
            lines = [re.sub("^clock = .*", "clock = global", line) for line in lines]
        (work / "c.meta").write_text("".join(lines))
        db.unlink(missing_ok=True)
        run("import", text, "-o", db)
        story = json.loads(run("stories", db, "--json"))
        self.losses = {(loss["swap"], loss["life"]): loss for loss in story["losses"]}
        self.unordered = story["totals"]["unordered"]
        base = sqlite3.connect(db)
        rows = base.execute("SELECT property, text FROM finding WHERE property <> 'CONFORM'")
        self.broken = {(p, re.search("0x[0-9a-f]+", t)[0]) for p, t in rows if "0x" in t}
        self.refuted = json.loads(run("check", db, "--json"))[0]["refuted"] if model else 0
        self.first, self.last = base.execute("SELECT min(stamp), max(stamp) FROM capture_event").fetchone()
        self.base = base

    def events(self, swap):
        return self.base.execute(
            "SELECT e.stamp, e.cpu FROM capture_event e JOIN capture_slot s USING (run, slot) "
            "WHERE s.type << 58 | s.offset = ? ORDER BY e.id", (int(swap, 0),)).fetchall()


def fail(told, text):
    failed.append(text)
    print("clock: %s: %s\n    python3 %s; swapscope import c.trace -o c.db; swapscope stories c.db"
          % (Path(told.how[1]).name, text, " ".join(told.how)))


def in_order(events, unit):
    """No two neighbours of two CPUs are so close that they have no order."""
    return all(a[1] == b[1] or abs(b[0] - a[0]) > unit for a, b in zip(events, events[1:]))


def coarse(capture, meta, truth, unit, order, model):
    told = Told(capture, meta, ["--unit", str(unit), "--order", order], model)
    for loss in told.losses.keys() - truth.losses.keys():
        fail(told, "%s is told lost, and was not" % (loss,))
    for swap, life in truth.losses.keys() - told.losses.keys():
        if in_order(told.events(swap), unit):
            fail(told, "the loss of %s, life %d, is hidden: its order is known" % (swap, life))
    if not truth.refuted and told.refuted:
        fail(told, "%d stretches are impossible" % told.refuted)
    for broken in told.broken - truth.broken:
        fail(told, "the model has %s of %s, and the whole has not" % broken)
    return len(told.losses)


def cut(capture, meta, truth, where):
    told = Told(capture, meta, ["--cut", where], False)
    stamps = {loss["lost"]: loss for loss in truth.losses.values()}
    have = {loss["lost"] for loss in told.losses.values()}
    for stamp in have - stamps.keys():
        fail(told, "a loss at %d, which the whole has not" % stamp)
    for (swap, life), loss in truth.losses.items():
        began = truth.began[swap, life]
        if told.first < began and loss.get("mapped", loss["lost"]) < told.last and \
                loss["lost"] not in have:
            fail(told, "the loss at %d is hidden" % loss["lost"])
    return len(have)


def shipped():
    for folder in "captures", "samples":
        for path in sorted(Path("traces", folder).glob("*.trace.zst")):
            name = path.name[:-len(".trace.zst")]
            if LONG or name in QUICK:
                yield name, path, path.with_name(name + ".meta")


def main():
    told = 0
    for name, path, meta in shipped():
        model = LONG or path.parent.name == "samples"
        truth = Told(path, meta, [], model)
        truth.began = {("0x%x" % (t << 58 | o), life): stamp for t, o, life, stamp in truth.base.execute(
            "SELECT s.type, s.offset, y.life, e.stamp FROM capture_story y JOIN capture_slot s "
            "USING (run, slot) JOIN capture_event e ON e.run = y.run AND e.id = y.event "
            "WHERE y.what = 'allocated'")}
        for unit in UNITS if LONG or path.parent.name == "samples" else UNITS[2:]:
            told += coarse(path, meta, truth, unit, "low", model)
            for order in ("high", "1") if LONG else ():
                told += coarse(path, meta, truth, unit, order, False)
        for where in CUTS if LONG or truth.losses else CUTS[2:]:
            told += cut(path, meta, truth, where)
    print("clock: %d losses told, %d wrong" % (told, len(failed)))
    if not told:
        fail(truth, "no loss is told at all")
    return bool(failed)


if __name__ == "__main__":
    try:
        status = main()
    finally:
        subprocess.run(["rm", "-r", str(work)])
    sys.exit(status)
