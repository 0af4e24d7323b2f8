#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""House rules that a reader of the tree can check: layers.py [FOLDER]

Arrows between wings point down, as the table of docs/architecture.md has them; sqlite3.h, curses.h
and uv.h stay in their places; sizes keep within bounds; every file has its licence line; the head
of every door tells how its folder works.

That no floor calls into the one above is also seen by the linker: tests/CMakeLists.txt links
programs with core alone and with core and traces, and libswapscope has no undefined names.
"""
import os
import re
import subprocess
import sys

FILES_OF_A_WING = 20
LINES_OF_A_FILE = 700
COLUMNS = 100
LINES_OF_A_FUNCTION = 70
LINES_OF_AN_OPERATION = 120
LINES_OF_A_DOOR = 10

# The types of core/mm are those of a large world where it is compiled with SWAPSCOPE_LIVE.
TWO_WORLDS = {("core/size.h", "core/live/size.h"), ("core/mm/mm.h", "core/live/mem.h"),
              ("core/mm/mm.h", "core/live/pages.h")}
# A library's header, and the only places that may include it.
ONLY_IN = {"sqlite3.h": r"traces/", "ncurses.h": r"ui/terminal/tty\.c$",
           "curses.h": r"ui/terminal/tty\.c$", "term.h": r"ui/terminal/tty\.c$",
           "uv.h": r"ui/terminal/loop\.c$"}
NO_LICENCE_LINE = re.compile(r"\.(screen|db|zst|dat|md|json|cast)$|^LICENSE$|\.gitignore$|"
                             r"^tests/screens/|^tests/fuzz/[^/]+/")

# What may lie in the wings that is no code.
NO_CODE = {"traces/schema.sql", "ui/capture/record.sh", "ui/export/page.js",
           "ui/export/page.css"}

complaints = []


def complain(text):
    complaints.append(text)


def tracked():
    """the files of the project; without git all of them"""
    git = subprocess.run(["git", "ls-files"], capture_output=True, text=True)
    if git.returncode == 0 and git.stdout:
        return [f for f in git.stdout.split("\n") if f and os.path.isfile(f)]
    return [os.path.join(d, f)[2:] for d, dirs, names in os.walk(".") for f in names
            if not d.startswith("./build") and not d.startswith("./.git/")]


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def wings_of_the_page():
    """the rows of the table under "Wings", from the top down: {wing: (door, wings it includes)}"""
    section = read("docs/architecture.md").split("\n## Wings\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z/]+)` \| `?([\w./-]*)`? \| ([^|]*) \|", section, re.M)
    return {wing: (door, re.findall(r"`([a-z/]+)`", below)) for wing, door, below in rows}


def in_a_wing(path):
    return re.match(r"(core|traces|replay|ui)/", path) and not re.match(
        r"traces/(kit|samples|captures)/", path)


def is_code(path):
    return in_a_wing(path) and path.endswith((".c", ".h"))


def without_comments(text):
    """comments become blanks, lines stay where they are; literals are no comments"""
    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/',
                  lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else m[0], text,
                  flags=re.S)


def includes(path):
    """what a file includes: its line, and the operand with its quotes or brackets"""
    for line, what in enumerate(without_comments(read(path)).split("\n"), 1):
        found = re.match(r"\s*#\s*(?:include|include_next|import)\b\s*(.*?)\s*$", what)
        if found:
            yield line, found[1]


def check_wings(files):
    wings = wings_of_the_page()
    order = list(wings)
    sources = [f for f in files if is_code(f)]
    for path in files:
        if in_a_wing(path) and not is_code(path) and path not in NO_CODE:
            complain(f"{path}: is neither .c nor .h")
    for wing, (_, below) in wings.items():
        for other in below:
            if other not in order[order.index(wing) + 1:]:
                complain(f"docs/architecture.md: {wing} includes {other}, which is no row below it")
    for path in sources:
        wing = os.path.dirname(path)
        if wing not in wings:
            complain(f"{path}: {wing} is no wing of docs/architecture.md")
            continue
        for line, what in includes(path):
            header = what[1:-1]
            if what[0] == "<" and not in_a_wing(header):
                continue	# a library's
            if what[0] != '"' or not header.endswith((".c", ".h")):
                complain(f"{path}:{line}: {what}: ours are included as \"folder/name.h\"")
            elif (path, header) not in TWO_WORLDS:
                other = os.path.dirname(header)
                if other != wing and other not in wings[wing][1]:
                    complain(f"{path}:{line}: {wing} does not include {other or header}")
    for wing, (door, _) in wings.items():
        here = [f for f in sources if os.path.dirname(f) == wing]
        if not here:
            complain(f"docs/architecture.md: {wing} has no files")
        if len(here) > FILES_OF_A_WING:
            complain(f"{wing}: {len(here)} files, more than {FILES_OF_A_WING}")
        if door:
            check_door(wing, f"{wing}/{door}")


def check_door(wing, path):
    """the comment at the head of a door is an essay on the folder"""
    if not os.path.isfile(path):
        complain(f"docs/architecture.md: the door of {wing}, {path}, is not there")
        return
    essay = re.search(r"\n/\*\n(.*?)\n \*/", read(path), re.S)
    if not essay or essay[1].count("\n") + 1 < LINES_OF_A_DOOR:
        complain(f"{path}: no essay of {LINES_OF_A_DOOR} lines at its head tells how {wing} works")


def check_libraries(files):
    for path in files:
        if not is_code(path):
            continue
        for line, what in includes(path):
            where = ONLY_IN.get(os.path.basename(what[1:-1]))
            if where and not re.match(where, path):
                complain(f"{path}:{line}: {what} belongs in {where}")
        if path.endswith(".c") and re.search(r"^extern\b[^;=]*\(", without_comments(read(path)), re.M):
            complain(f"{path}: declares a function that a header should")


def check_functions(path, lines):
    limit = begun = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("OP("):
            limit = LINES_OF_AN_OPERATION
        elif re.match(r"([a-z].*[^;:]|[A-Z_]+\(.*\))$", line):
            limit = LINES_OF_A_FUNCTION
        if line.startswith("{"):
            begun = number
        elif line.startswith("}") and begun:
            if number - begun - 1 > limit:
                complain(f"{path}:{begun}: a function of {number - begun - 1} lines")
            begun = 0


def check_files(files):
    for path in files:
        text = read(path)
        lines = text.split("\n")
        if not NO_LICENCE_LINE.search(path) and not any(
                "SPDX-License-Identifier: GPL-2.0-only" in line for line in lines[:3]):
            complain(f"{path}: no SPDX line")
        if not re.search(r"\.[ch]$", path):
            continue
        if len(lines) - 1 > LINES_OF_A_FILE:
            complain(f"{path}: more than {LINES_OF_A_FILE} lines")
        for number, line in enumerate(lines, 1):
            if len(line.expandtabs(8)) > COLUMNS:
                complain(f"{path}:{number}: {len(line.expandtabs(8))} columns")
        if is_code(path) and path.endswith(".c"):
            check_functions(path, lines)
        if is_code(path) and path.endswith(".h"):
            guard = "SWAPSCOPE_" + re.sub(r"[/.]", "_", path).upper()
            # core/live/size.h stands in the place of core/size.h
            if path != "core/live/size.h" and f"#ifndef {guard}\n#define {guard}\n" not in text:
                complain(f"{path}: its guard is not {guard}")


house = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
if not os.path.isfile(os.path.join(house, "docs/architecture.md")):
    sys.exit(f"layers.py: {house} has no docs/architecture.md")
os.chdir(house)
project = tracked()
check_wings(project)
check_libraries(project)
check_files(project)
if complaints:
    print("\n".join(complaints))
sys.exit(bool(complaints))
