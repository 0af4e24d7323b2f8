#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every command that writes is ended at random moments: kills.py PROGRAM [COMMAND...]

By SIGKILL and by SIGINT in turn, from its start to past its end.  After each the file that was there
is as it was (byte by byte, or, where runs are added, with the runs that it had and no part of one),
or the new one is whole.  After SIGINT nothing else is there; what SIGKILL leaves behind is named
after the file, and the command works beside it.  SWAPSCOPE_LONG=1 kills each 50 times and not 6;
SWAPSCOPE_SEED is where the moments come from.
"""
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

PROGRAM = os.path.abspath(sys.argv[1])
LONG = os.environ.get("SWAPSCOPE_LONG", "0") != "0"
KILLS = 50 if LONG else 6
SEED = int(os.environ.get("SWAPSCOPE_SEED", "0")) or int(time.time())
CAPTURE = os.path.abspath("traces/captures/d-loss-uffdwp-6.8.trace.zst")
WORK = tempfile.mkdtemp()
OUT = os.path.join(WORK, "o", "out")

failures = 0


def start(args):
    # who runs this in the background ignores SIGINT, and so would the command
    return subprocess.Popen([PROGRAM] + args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def must(args):
    p = start(args)
    if p.wait() not in (0, 1, 3):
        sys.exit(f"kills.py: swapscope {' '.join(args)}: exit {p.returncode}")


def read(path):
    with open(path, "rb") as f:
        return f.read()


# ---- what is there ----

def whole_trace(path):
    """its runs and all that they are, or a text that says why it is none"""
    db = sqlite3.connect(path)
    try:
        if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return "integrity_check"
        runs = db.execute("SELECT id, events FROM run ORDER BY id").fetchall()
        if any(n is None for _, n in runs):
            return "a run has no end"
        rows = []
        for run, n in runs:
            made = db.execute("SELECT count(*) FROM event WHERE run = ?", (run,)).fetchone()[0]
            packed = db.execute("SELECT total(events) FROM block WHERE run = ?",
                                (run,)).fetchone()[0]
            graph = db.execute("SELECT count(*) FROM graph_state WHERE run = ?",
                               (run,)).fetchone()[0]
            if made + packed != n:
                return f"run {run} has {made + packed} of {n} transitions"
            rows.append((run, n, graph))
        return rows
    except sqlite3.Error as e:
        return str(e)
    finally:
        db.close()


def judge_replaced(kill, before, after, was):
    """a trace that is replaced: the bytes before, or all of the new one"""
    if os.path.exists(OUT) and read(OUT) == was:
        return None
    now = whole_trace(OUT)
    return now if isinstance(now, str) else None if now else "it has no runs"


def judge_added(kill, before, after, was):
    """the runs before, and all that are added or none"""
    now = whole_trace(OUT)
    if isinstance(now, str):
        return now
    if now in (before, after):
        return None
    # a search that is interrupted adds what it has found by then: other runs, or fewer
    if kill == signal.SIGINT and now[:len(before)] == before and len(now) <= len(after):
        return None
    return f"its runs are {now}, and not {before} or {after}"


def without_time(text):
    return re.sub(rb'time="[0-9.]*"|"seconds":\s*[0-9.e-]*', b"", text)


def judge_same(kill, before, after, was):
    now = read(OUT)
    return None if now == was or without_time(now) == without_time(after) else "it is half"


def judge_json(kill, before, after, was):
    now = read(OUT)
    if now == was:
        return None
    try:
        json.loads(now)
        return None
    except ValueError as e:
        return str(e)


def judge_xml(kill, before, after, was):
    now = read(OUT)
    if now == was:
        return None
    try:
        ET.fromstring(now)
        return None
    except ET.ParseError as e:
        return str(e)


def judge_folder(kill, before, after, was):
    """files of a folder, each whole"""
    for name in os.listdir(OUT):
        if name.endswith(".scn") and not read(os.path.join(OUT, name)).endswith(b"\n"):
            return f"{name} is half"
    return None


def commands():
    db, captured = os.path.join(WORK, "in.db"), os.path.join(WORK, "c.db")
    packed = os.path.join(WORK, "packed.db")
    must(["live", "--operations", "1000", "--seed", "7", "--plain", "-o", db])
    must(["pack", db, "-o", packed])
    must(["import", CAPTURE, "-o", captured])
    explore = ["explore", "aba", "--brief", "--kernel"]
    return {
        "import": (["import", CAPTURE, "-o", OUT], judge_replaced),
        "explore --save": (explore + ["debate-a", "--save", OUT], judge_added),
        "explore --save-graph": (["explore", "writeback-first", "--kernel", "v6.9", "--brief",
                                  "--save-graph", OUT], judge_added),
        "explore --certificate": (explore + ["v6.9", "--certificate", OUT], judge_same),
        "explore --junit": (explore + ["debate-a", "--junit", OUT], judge_xml),
        "explore --expect --junit": (["explore", "writeback-first", "--expect", "--junit", OUT],
                                     judge_xml),
        "run --save": (["run", "debate", "--seed", "3", "--save", OUT], judge_added),
        "step --save": (["step", "debate", "--lines", "--schedule", "T0*7 W", "--save", OUT],
                        judge_added),
        "judge --save": (["judge", "aba", "--kernel", "v6.7", "--save", OUT], judge_added),
        "catalog --save": (["catalog", "B1", "--save", OUT], judge_added),
        "tour --save": (["tour", "--plain", "--save", OUT], judge_added),
        "present --markdown": (["present", "B1", "--markdown", "-o", OUT], judge_same),
        "present --html": (["present", "B1", "--html", "-o", OUT], judge_same),
        "live": (["live", "--operations", "2000", "--seed", "5", "-o", OUT], judge_replaced),
        "pack": (["pack", db, "-o", OUT], judge_replaced),
        "unpack": (["unpack", packed, "-o", OUT], judge_replaced),
        "matrix": (["matrix", "writeback-first", "aba", "--kernel", "v6.9", "--json", "-o", OUT],
                   judge_json),
        "matrix --junit": (["matrix", "writeback-first", "aba", "--kernel", "v6.9", "--text",
                            "--junit", OUT], judge_xml),
        "matrix --save-scenarios": (["matrix", "--save-scenarios", OUT, "--kernel", "v6.9",
                                     "--max-states", "5", "--text"], judge_folder),
        "why": (["why", "writeback-first", "--kernel", "v6.9", "--rule", "pin", "--json", "-o",
                 OUT], judge_json),
        "check --junit": (["check", captured, "--junit", OUT], judge_xml),
        "findings --junit": (["findings", captured, "--junit", OUT], judge_xml),
    }


# ---- kills ----

def put(before, judge):
    folder = os.path.dirname(OUT)
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    if judge is judge_folder:
        os.mkdir(OUT)
    else:
        shutil.copyfile(before, OUT)


def complain(name, args, what, seed):
    global failures
    failures += 1
    print(f"{name}: {what}; again: SWAPSCOPE_SEED={SEED} tests/kills.py {PROGRAM} '{name}'\n"
          f"  {' '.join(args)}")


def kill_one(name, args, judge, before, rng):
    is_trace = judge in (judge_replaced, judge_added)
    put(before, judge)
    was = None if judge is judge_folder else read(OUT)
    had = whole_trace(OUT) if is_trace else None
    began = time.monotonic()
    must(args)
    took = time.monotonic() - began
    after = None if judge is judge_folder else whole_trace(OUT) if is_trace else read(OUT)
    if isinstance(after, str) or (after is not None and after == (had if is_trace else was)):
        complain(name, args, f"the command itself has written nothing whole: {after}", SEED)
        return
    ended = 0
    for i in range(KILLS):
        kill = signal.SIGINT if i % 2 else signal.SIGKILL
        # anywhere; every second pair where it is likely to be writing
        at = rng.uniform(0, 1.1) if i % 4 < 2 else rng.uniform(0.7, 1.1)
        put(before, judge)
        p = start(args)
        time.sleep(took * at)
        ended += p.poll() is None
        p.send_signal(kill)
        p.wait()
        if kill == signal.SIGINT and judge is not judge_folder:
            left = [f for f in os.listdir(os.path.dirname(OUT)) if f != "out"]
            if left:
                complain(name, args, f"SIGINT at {took * at:.3f} s leaves {left}", SEED)
        else:
            odd = [f for f in os.listdir(os.path.dirname(OUT))
                   if not re.fullmatch(r"out(-wal|-shm|-journal|\.\w{6}\.part(-wal|-shm|-journal)?)?",
                                       f)]
            if odd:
                complain(name, args, f"{kill.name} at {took * at:.3f} s leaves {odd}", SEED)
        if i == KILLS - 2:		# what SIGKILL left is in nobody's way
            must(args)
        why = judge(kill, had, after, was)
        if why and not (i == KILLS - 2 and judge is judge_added):
            complain(name, args, f"{kill.name} at {took * at:.3f} of {took:.3f} s: {why}", SEED)
    print(f"{name}: {KILLS} kills, {ended} before its end, in {took:.2f} s")
    if not ended:
        complain(name, args, "no kill came before its end", SEED)


def main():
    only = sys.argv[2:]
    trace, text = os.path.join(WORK, "before.db"), os.path.join(WORK, "before")
    print(f"kills.py: SWAPSCOPE_SEED={SEED}")
    must(["run", "debate", "--seed", "1", "--save", trace])
    must(["run", "debate", "--seed", "2", "--save", trace])
    with open(text, "w") as f:
        f.write("what was there before\n")
    for name, (args, judge) in commands().items():
        if only and name not in only:
            continue
        before = trace if judge in (judge_replaced, judge_added) else text
        if name == "explore --certificate":	# nothing else is replaced by one
            before = os.path.join(WORK, "before.cert")
            must(["explore", "writeback-first", "--kernel", "v6.9", "--brief", "--certificate",
                  before])
        kill_one(name, args, judge, before, random.Random(f"{SEED} {name}"))
    shutil.rmtree(WORK)
    return 1 if failures else 0


sys.exit(main())
