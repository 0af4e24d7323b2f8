#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every rule of tests/layers.py is broken in a copy of the tree, and has to be complained of."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

house = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
failed = 0


def prepend(path, line):
    """after the guard of a header, or before everything"""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("\n#include ", f"\n{line}\n#include ", 1))


def append(path, text):
    with open(path, "a", encoding="utf-8") as f:
        f.write(text)


def replace(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert old in text, f"{path} lacks {old}"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new, 1))


def crowd(folder):
    for i in range(21):
        append(f"{folder}/crowd{i}.c", "/* SPDX-License-Identifier: GPL-2.0-only */\n")


BROKEN = {
    "core knows traces": (
        lambda: prepend("core/world.c", '#include "traces/trace.h"'),
        r"core/world\.c:\d+: core does not include traces"),
    "the graph knows the search's user": (
        lambda: prepend("core/scenario/task.c", '#include "core/explore/explore.h"'),
        r"core/scenario/task\.c:\d+: core/scenario does not include core/explore"),
    "the second judge knows the search": (
        lambda: prepend("core/verify/verify.c", '#include "core/explore/store.h"'),
        r"core/verify/verify\.c:\d+: core/verify does not include core/explore"),
    "reading calls back into packing": (
        lambda: prepend("traces/read/chunk.c", '#include "traces/pack/pack.h"'),
        r"traces/read/chunk\.c:\d+: traces/read does not include traces/pack"),
    "reading knows writing": (
        lambda: prepend("traces/read/reader.h", '#include "traces/write/write.h"'),
        r"traces/read/reader\.h:\d+: traces/read does not include traces/write"),
    "the terminal knows the debugger": (
        lambda: prepend("ui/terminal/loop.c", '#include "ui/view/view.h"'),
        r"ui/terminal/loop\.c:\d+: ui/terminal does not include ui/view"),
    "a view knows a command": (
        lambda: prepend("ui/view/view.c", '#include "ui/command/command.h"'),
        r"ui/view/view\.c:\d+: ui/view does not include ui/command"),
    "the same, and the page lets it": (
        lambda: (prepend("ui/view/view.c", '#include "ui/command/command.h"'),
                 replace("docs/architecture.md", "| `ui/view` | `view.h` | ",
                         "| `ui/view` | `view.h` | `ui/command` ")),
        r"docs/architecture\.md: ui/view includes ui/command, which is no row below it"),
    "the same in brackets": (
        lambda: prepend("core/world.c", "#include <traces/trace.h>"),
        r"core/world\.c:\d+: <traces/trace\.h>: ours are included as"),
    "the same, written oddly": (
        lambda: prepend("core/world.c", '/* x */ #\tinclude"traces/trace.h"'),
        r"core/world\.c:\d+: core does not include traces"),
    "the same by a macro": (
        lambda: prepend("core/world.c", '#define H "traces/trace.h"\n#include H'),
        r"core/world\.c:\d+: H: ours are included as"),
    "the same through a file of another kind": (
        lambda: (append("core/x.inc", "/* SPDX-License-Identifier: GPL-2.0-only */\n"),
                 prepend("core/world.c", '#include "core/x.inc"')),
        r"core/x\.inc: is neither \.c nor \.h\n(.*\n)*core/world\.c:\d+: \"core/x\.inc\""),
    "a function declared where it is used": (
        lambda: append("core/bytes.c", "extern int trace_open(struct trace **t);\n"),
        r"core/bytes\.c: declares a function"),
    "a folder that is no wing": (
        lambda: (os.mkdir("replay/new"), append("replay/new/new.c", "/* SPDX-License-Identifier: "
                                                "GPL-2.0-only */\n")),
        r"replay/new is no wing"),
    "a wing without a door": (
        lambda: os.remove("replay/cause/cause.h"),
        r"the door of replay/cause, replay/cause/cause\.h, is not there"),
    "a door without an essay": (
        lambda: replace("replay/cause/cause.h", "\n/*\n", "\n/* x */\n#if 0\n/*"),
        r"replay/cause/cause\.h: no essay"),
    "a crowded wing": (lambda: crowd("replay/story"), r"replay/story: \d+ files, more than 20"),
    "SQLite outside traces": (
        lambda: prepend("ui/state/print.c", "#include <sqlite3.h>"),
        r"ui/state/print\.c:\d+: <sqlite3\.h> belongs in"),
    "curses outside tty.c": (
        lambda: prepend("ui/state/print.c", "#include <ncursesw/ncurses.h>"),
        r"ui/state/print\.c:\d+: <ncursesw/ncurses\.h> belongs in"),
    "a long line": (
        lambda: append("core/bytes.c", "/*" + 100 * "x" + "*/\n"), r"core/bytes\.c:\d+: 10\d columns"),
    "a long file": (lambda: append("core/bytes.c", 700 * "\n"), r"core/bytes\.c: more than 700"),
    "a long function": (
        lambda: append("core/bytes.c", "void f(void)\n{\n" + 80 * "\tf();\n" + "}\n"),
        r"core/bytes\.c:\d+: a function of 80 lines"),
    "no licence": (
        lambda: replace("core/bytes.c", "SPDX-License-Identifier", "SPDX"), r"bytes\.c: no SPDX"),
    "a guard of another place": (
        lambda: replace("core/bytes.h", "SWAPSCOPE_CORE_BYTES_H", "SWAPSCOPE_BYTES_H"),
        r"core/bytes\.h: its guard is not SWAPSCOPE_CORE_BYTES_H"),
}


def layers():
    run = subprocess.run([sys.executable, os.path.join(house, "tests/layers.py"), "."],
                         capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


with tempfile.TemporaryDirectory() as work:
    plain = os.path.join(work, "plain")
    for part in ("core", "traces", "replay", "ui", "docs"):
        shutil.copytree(os.path.join(house, part), os.path.join(plain, part),
                        ignore=shutil.ignore_patterns("*.zst", "*.dat"))
    os.chdir(plain)
    code, said = layers()
    if code:
        failed += 1
        print(f"the copy is not clean:\n{said}")
    for name, (breaks, says) in BROKEN.items():
        copy = os.path.join(work, "copy")
        shutil.copytree(plain, copy)
        os.chdir(copy)
        breaks()
        code, said = layers()
        if code != 1 or not re.search(says, said):
            failed += 1
            print(f"{name}: exit {code}, and not '{says}':\n{said}")
        os.chdir(plain)
        shutil.rmtree(copy)

print(f"{len(BROKEN)} rules broken, {failed} of that not seen")
sys.exit(bool(failed))
