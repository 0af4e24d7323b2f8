#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Is there a rule of core/mm that no shipped scenario needs?

    tests/mutants/mutants.py [--update] BUILD [TEXT]

Breaks every rule of core/mm (mutate.py), each alone, and asks the shipped scenarios whether what
they expect still comes out.  tests/mutants/*.txt says of each mutant who notices it, or why nobody
needs to; README.md beside it has the format.  A mutant that is not listed is a failure, so that a
new rule needs a scenario; one that is listed and is no more, too.

All that are noticed are run.  SWAPSCOPE_LONG=1 also runs those that are not, to see that it is so.
--update looks for who notices, and writes the lists anew; what has a reason keeps it.  Neither
goes on where a case is not what its scenario expects with no mutant on.
TEXT: only mutants whose name has it.
"""
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
from mutate import mutate  # noqa: E402

HERE = "tests/mutants"
JOBS = min(2, os.cpu_count() or 1)
ARROW = " <- "
MANY_STATES = 1000000   # more are not looked at where a mutant makes them more
OWED = 3                # rules of which it is not known who needs them; may only become fewer
STATES = 5000           # of the largest case that is asked whether something is harmless
FLAGS = ["-std=gnu11", "-O2", "-g", "-fno-strict-aliasing", '-DSWAPSCOPE_VERSION="test"',
         '-DSWAPSCOPE_DATE="test"']

complaints = []


class Mutant:
    def __init__(self, number, file, function, kind, text):
        self.number, self.file, self.function = number, file, function
        self.kind, self.text = kind, text
        self.says = None        # what the list says: "debate v6.9", "harmless: dead"

    def name(self):
        return f"{self.file} {self.function}: {self.kind}: {self.text}"


NOBODY = Mutant(8191, "", "", "none", "")


# ---- the lists ----

def read_list(path):
    """{(function, kind and text): what is said of it}, in the order of the file"""
    said, function = {}, None
    for n, line in enumerate(open(path), 1):
        line = line.rstrip("\n")
        if line.startswith("["):
            function = line[1:-1]
        elif line and line[0] not in ";#":
            what, arrow, says = line.rpartition(ARROW)
            if not arrow or not function:
                complaints.append(f"{path}:{n}: 'KIND: TEXT{ARROW}WHO NOTICES' is right")
            said[function, what] = says.strip()
    return said


def write_list(path, mutants):
    with open(path, "w") as out:
        print("; SPDX-License-Identifier: GPL-2.0-only", file=out)
        function = None
        for m in mutants:
            if m.function != function:
                function = m.function
                print(f"\n[{function}]", file=out)
            print(f"{m.kind}: {m.text}{ARROW}{m.says or '?'}", file=out)


def read_hand(path):
    """[name] with lines 'FILE FUNCTION', '- OLD', '+ NEW', '<- WHO': (name, edits, who)"""
    hand = []
    for n, line in enumerate(open(path), 1):
        line = line.rstrip("\n")
        if line.startswith("["):
            hand.append([line[1:-1], [], None])
        elif line.startswith("- "):
            hand[-1][1].append([file, function, line[2:], ""])
        elif line.startswith("+"):
            hand[-1][1][-1][3] = line[2:]
        elif line.startswith("\t"):             # OLD goes on
            hand[-1][1][-1][2] += "\n" + line
        elif line.startswith("<- "):
            hand[-1][2] = line[3:]
        elif re.match(r"\w+\.c \w+$", line):
            file, function = line.split()
        elif line and line[0] not in ";#":
            complaints.append(f"{path}:{n}: what is this?")
    return hand


def read_reasons(path):
    return dict(re.findall(r"^(\w[\w-]*) = (.+)", open(path).read(), re.M))


# ---- core/mm with all of them ----

def number_twins(mutants):
    """the second of two that read the same is called so"""
    seen = {}
    for m in mutants:
        n = seen[m.name()] = seen.get(m.name(), 0) + 1
        if n > 1:
            m.text += f" #{n}"


def read_core():
    return {os.path.basename(path): open(path).read() for path in sorted(glob.glob("core/mm/*.c"))}


def all_mutants(texts):
    """{name: text of core/mm} with every mutant: the files, a list of mutants each, by hand"""
    files, mutants, number = {}, [], 1
    for name, text in texts.items():
        f = files[name] = mutate(text, number)
        number = f.number
        mutants.append([Mutant(n, name, *rest) for n, *rest in f.found])
        number_twins(mutants[-1])
    by_hand = []
    for name, edits, who in read_hand(f"{HERE}/by-hand.txt"):
        m = Mutant(number, "by-hand", name, "", "")
        m.says = who
        number += 1
        for file, function, old, new in edits:
            try:
                files[file].by_hand(m.number, function, old, new)
            except (KeyError, ValueError) as e:
                complaints.append(f"{HERE}/by-hand.txt: [{name}]: {file}: {e}")
        by_hand.append(m)
    return files, mutants, by_hand


def write_core(scratch, files):
    os.makedirs(scratch, exist_ok=True)
    for old in glob.glob(f"{scratch}/*.[cho]"):
        os.remove(old)
    for name, f in files.items():
        with open(f"{scratch}/{name}", "w") as out:
            out.write(f.written())
        with open(f"{scratch}/{name}.h", "w") as out:
            lines = ", ".join(f"[{line}] = {n}" for line, n in f.locks.items())
            print(f"static const unsigned short mutant_lock[1024] = {{ {lines} }};", file=out)
            print('#include "tests/mutants/mutant.h"', file=out)


def look_up(by_file):
    """what the lists say of each; complains of what is in one of the two only"""
    for mutants in by_file:
        path = f"{HERE}/{mutants[0].file[:-2]}.txt" if mutants else None
        said = read_list(path) if path and os.path.exists(path) else {}
        for m in mutants:
            m.says = said.pop((m.function, f"{m.kind}: {m.text}"), None)
            if m.says is None:
                complaints.append(f"{m.name()}: is not in {path}")
        complaints.extend(f"{path}: [{f}] {what}: core/mm has no such line" for f, what in said)


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(scratch, build_dir):
    compiler, *objects = open(f"{build_dir}/tests/mutants.objects").read().split("\n")
    objects = [o for o in objects if o and not re.search(r"/core/(mm|live)/", o)]
    flags = run(["pkg-config", "--cflags", "liblz4", "libxxhash", "inih", "gmp"]).split()
    libraries = run(["pkg-config", "--libs", "liblz4", "libxxhash", "inih", "gmp"]).split()
    commands = [[compiler, *FLAGS, *flags, "-I.", "-include", f"{c}.h", "-c", c, "-o", f"{c}.o"]
                for c in sorted(glob.glob(f"{scratch}/*.c"))]
    commands.append([compiler, *FLAGS, *flags, "-I.", "-Wall", "-Wextra", "-Wno-unused", "-include",
                     "core/mm/mm.h", "-c", f"{HERE}/mutant.c", "-o", f"{scratch}/main.o"])
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(run, commands))
    run([compiler, *sorted(glob.glob(f"{scratch}/*.o")), *objects, *libraries, "-lpthread",
         "-o", f"{scratch}/mutant"])


# ---- questions ----

class Asked:
    """A checker a job; any thread may ask."""
    def __init__(self, scratch):
        paths = sorted(glob.glob("examples/*.scn"))
        paths += re.findall(r'"(tests/scenarios/[\w-]+\.scn)"', open("tests/test_expect.c").read())
        self.names = [os.path.basename(path)[:-4] for path in paths]
        self.command = [f"{scratch}/mutant", *paths]
        self.local = threading.local()
        self.cases = {}         # "debate v6.9": what the checker calls it
        out = subprocess.run(self.command, input="cases\n", capture_output=True, text=True)
        if out.returncode:
            sys.exit(out.stderr)
        for line in out.stdout.split("\n"):
            if line:
                s, i, kernel = line.split(" ", 2)
                self.cases[f"{self.names[int(s)]} {kernel}"] = f"{s} {i}"

    def ask(self, question):
        if not hasattr(self.local, "checker"):
            self.local.checker = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                                  stdout=subprocess.PIPE, text=True)
        self.local.checker.stdin.write(question + "\n")
        self.local.checker.stdin.flush()
        return self.local.checker.stdout.readline().strip()

    def notices(self, mutant, case, most=MANY_STATES):
        """how a case sees a mutant, or None"""
        answer = self.ask(f"run {mutant.number} {most} {self.cases[case]}")
        if answer in ("", "no child", "no answer", "out of memory"):
            sys.exit(f"{mutant.name()}: {case}: no answer")
        return None if answer in ("unseen", "bounded") else answer


def felt_by(asked, pool, most):
    """{mutant's number: cases in which it makes a difference, the smallest first}; only of cases
    with fewer states than that"""
    felt, cases = {}, list(asked.cases)
    for case, answer in zip(cases, pool.map(lambda c: asked.ask(f"felt {most} {asked.cases[c]}"),
                                            cases)):
        states, *numbers = map(int, answer.split())
        for n in numbers if states < most else ():
            felt.setdefault(n, []).append((states, case))
    return {n: sorted(sizes) for n, sizes in felt.items()}


def find(asked, mutant, felt):
    """who notices it: of the cases that feel it the smallest"""
    return next((case for states, case in felt.get(mutant.number, ())
                 if asked.notices(mutant, case, 4 * states + 1000)), None)


def update(asked, pool, mutants):
    """looks for who notices what nobody is said to; whether the lists can be written"""
    if not sound(asked, pool, list(asked.cases)):
        return False
    felt = felt_by(asked, pool, MANY_STATES)

    def one(m):
        says = m.says or "?"
        if says.startswith("harmless") or (says in asked.cases and asked.notices(m, says)):
            return
        m.says = find(asked, m, felt) or ("owed" if says == "owed" else "?")
    list(pool.map(one, mutants))
    return True


def sound(asked, pool, cases):
    """do these cases notice nothing when no rule is broken?  One that does would notice all"""
    wrong = [f"{case}: {answer}, although no mutant is on"
             for case, answer in zip(cases, pool.map(lambda c: asked.notices(NOBODY, c), cases))
             if answer]
    complaints.extend(wrong)
    return not wrong


def check(asked, pool, mutants, reasons, long):
    if not sound(asked, pool, sorted({m.says for m in mutants} & set(asked.cases))):
        return
    felt = felt_by(asked, pool, STATES) if long else {}

    def one(m):
        says = m.says or "?"
        kind, _, reason = says.partition(": ")
        if says == "owed":
            return
        if kind == "harmless":
            if reason not in reasons:
                complaints.append(f"{m.name()}: there is no reason '{reason}' in reasons.txt")
            elif long:
                who = find(asked, m, felt)
                if who:
                    complaints.append(f"{m.name()}: said to be harmless, and {who} notices it")
        elif says not in asked.cases:
            complaints.append(f"{m.name()}: nobody notices it: '{says}'")
        elif not asked.notices(m, says):
            complaints.append(f"{m.name()}: {says} does not notice it")
    list(pool.map(one, mutants))


def count_owed(mutants):
    owed = [m for m in mutants if m.says == "owed"]
    if len(owed) != OWED:
        complaints.append(f"{len(owed)} mutants are 'owed' a scenario, and {HERE}/mutants.py has "
                          f"OWED = {OWED}: that number may only become smaller")


def self_test(texts):
    """a new line that is in no list is complained of, whatever it is"""
    new = (("swapfile.c", "	use_device(c, swp);\n", "	SLOT(swp)->zeromap = 0;\n"),
           ("swapfile.c", "	use_device(c, swp);\n", "	if (SLOT(swp)->zeromap)\n\t\treturn 0;\n"),
           ("zswap.c", "	TREE_LOCK();\n", "	LOCK(\"again\", M(tree_lock), WAIT_TREE, 0);\n"),
           ("vmscan.c", "	if (!f->folio ", "|| !f->swp "))
    for name, old, line in new:
        text = texts[name].replace(old, old + line, 1)
        complaints.clear()
        look_up(all_mutants({**texts, name: text})[1])
        if text == texts[name] or not any("is not in" in c for c in complaints):
            return [f"a new line of {name} is not missed in the lists: {line.strip()}"]
    return []


def main():
    words = sys.argv[1:]
    updating = "--update" in words
    words = [w for w in words if w != "--update"]
    build_dir, text = words[0], words[1] if len(words) > 1 else ""
    scratch = f"{build_dir}/tests/mutants"
    failed = self_test(read_core())
    complaints[:] = failed
    files, by_file, by_hand = all_mutants(read_core())
    look_up(by_file)
    chosen = [m for mutants in [*by_file, by_hand] for m in mutants if text in m.name()]
    if updating:
        complaints.clear()
    elif not text:
        count_owed(chosen)
    write_core(scratch, files)
    build(scratch, build_dir)
    asked = Asked(scratch)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        if not updating:
            check(asked, pool, chosen, read_reasons(f"{HERE}/reasons.txt"),
                  os.environ.get("SWAPSCOPE_LONG") == "1")
        elif update(asked, pool, chosen):
            for mutants in by_file:
                if mutants:
                    write_list(f"{HERE}/{mutants[0].file[:-2]}.txt", mutants)
            for m in by_hand:
                print(f"[{m.function}] {m.says}")
    for c in complaints:
        print(f"tests/mutants: {c}", file=sys.stderr)
    if complaints:
        print(f"again: tests/mutants/mutants.py {build_dir}; tests/mutants/README.md says what "
              "to do", file=sys.stderr)
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
