#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Terminals that one would not wish for: hostile_tty.py [--seed N] [--only NAME] PROGRAM

The real program on a pseudo terminal of any size and kind, with keys that no hand types, signals,
and files that change under it.  Whatever happens, it ends when it is to, with an exit status that
it says it has, and the terminal is as it was.
"""
import argparse
import fcntl
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
parser.add_argument("--only", default="")
parser.add_argument("program")
args = parser.parse_args()
program = os.path.realpath(args.program)
writer = os.path.join(os.path.dirname(program), "tests", "slow_writer")
chance = random.Random(args.seed)
work = tempfile.mkdtemp()
complaints = []

PATIENCE = 60		# seconds: sanitizers are slow, and the machine may have other work


def complain(name, what):
    complaints.append(name)
    print(f"{name}: {what}\n  replay: tests/hostile_tty.py --seed {args.seed} "
          f"--only '{name}' {args.program}", flush=True)


class Terminal:
    """a program on a pseudo terminal, in a session of its own"""

    def __init__(self, name, *words, size=(24, 80), **env):
        self.name = name
        self.shown = b""
        self.ended = False
        self.master, slave = pty.openpty()
        self.resize(*size)
        # open for as long as the program runs, so that its modes can be asked for afterwards
        self.slave = slave
        self.before = termios.tcgetattr(slave)
        self.flags = fcntl.fcntl(slave, fcntl.F_GETFL)
        clean = {k: v for k, v in os.environ.items()
                 if k not in ("NO_COLOR", "TMUX", "STY", "LINES", "COLUMNS", "LC_ALL", "TERM")}
        clean.update(TERM="xterm-256color", LC_ALL="C.UTF-8", HOME=work, XDG_CONFIG_HOME=work)
        clean.update(env)
        clean = {k: v for k, v in clean.items() if v is not None}
        self.err = tempfile.TemporaryFile(dir=work)

        def its_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)

        self.child = subprocess.Popen([program, *words], stdin=slave, stdout=slave,
                                      stderr=self.err, env=clean, cwd=work,
                                      preexec_fn=its_terminal)

    def resize(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, seconds):
        """what comes within that time, or until nothing more will"""
        end = time.monotonic() + seconds
        while True:
            left = max(0, end - time.monotonic())
            if not select.select([self.master], [], [], left)[0]:
                return
            try:
                got = os.read(self.master, 65536)
            except OSError:
                return
            if not got:
                return
            self.shown = (self.shown + got)[-4000000:]

    def wait_for(self, text, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < end and self.child.poll() is None:
            self.read(0.05)
        if text not in self.shown:
            complain(self.name, f"never showed {text!r}: {self.shown[-300:]!r}")
        return text in self.shown

    def type(self, keys):
        """all of it, while what is shown is read"""
        while keys and self.child.poll() is None:
            _, out, _ = select.select([], [self.master], [], 0.05)
            if out:
                try:
                    keys = keys[os.write(self.master, keys[:256]):]
                except BlockingIOError:
                    pass
            self.read(0)

    def leave(self):
        """out of a paste that does not end, a prompt, a list, the help, a cell of the matrix"""
        for _ in range(60):
            for keys in (b"\033[201~\033", b"\033", b"q"):
                self.type(keys)
                self.read(0.12)
                if self.child.poll() is not None:
                    return

    def kill(self, number):
        self.child.send_signal(number)

    def end(self, *statuses, quiet=False, modes=True):
        """it ends by itself, with one of these"""
        end = time.monotonic() + PATIENCE
        while self.child.poll() is None and time.monotonic() < end:
            if quiet:
                time.sleep(0.02)
            else:
                self.read(0.02)
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
            complain(self.name, "did not end")
        elif self.child.returncode not in statuses:
            self.err.seek(0)
            complain(self.name, f"exit status {self.child.returncode} is none of {statuses}: "
                                f"{self.err.read()[-2000:].decode(errors='replace')}")
        if modes:
            if termios.tcgetattr(self.slave) != self.before:
                complain(self.name, "the terminal's modes are not as before")
            if fcntl.fcntl(self.slave, fcntl.F_GETFL) != self.flags:
                complain(self.name, "the terminal's flags are not as before")
        if not quiet:
            self.read(0.05)
        shown = self.shown
        for on, off in ((b"\033[?1049h", b"\033[?1049l"), (b"\033[?25l", b"\033[?25h"),
                        (b"\033[?2004h", b"\033[?2004l"), (b"\033[?1000h", b"\033[?1000l")):
            if not quiet and shown.rfind(on) > max(shown.rfind(off), shown.rfind(b"\033[?12l\033[?25h")):
                complain(self.name, f"{on!r} was not taken back")
        os.close(self.slave)
        if self.master is not None:
            os.close(self.master)
        self.err.close()


tests = []


def test(function):
    tests.append((function.__name__, function))
    return function


def case(name):
    """is it one of those that are asked for?  "sizes 1x1" is of the test "sizes" """
    return not args.only or args.only in (name, name.split(" ")[0])


SCREENS = ("vt100", "vt52", "linux", "screen", "ansi", "xterm-mono", "xterm", "sun", "rxvt")
PAIR = [os.path.join(work, "tour.db") + ":1", os.path.join(work, "tour.db") + ":2"]
KEYS = b"\033[C\033[C\033[DdDfF\tox?q:5\rGg/ \033[5~\033[6~"
SIGNALLED = 130


@test
def sizes(name):
    for rows, cols in ((1, 1), (0, 0), (1, 500), (500, 1), (2, 2), (3, 20), (5000, 5000),
                       (65535, 65535), (0, 80), (24, 0)):
        this = f"{name} {rows}x{cols}"
        if not case(this):
            continue
        t = Terminal(this, "view", *PAIR, size=(rows, cols))
        t.wait_for(b"\033[?1049h")
        t.type(KEYS)
        t.read(0.3)
        t.leave()
        t.end(0)


@test
def kinds(name):
    for term in ("dumb", "vt100", "vt52", "linux", "screen", "ansi", "xterm-mono", "xterm",
                 "tmux-256color", "sun", "cygwin", "rxvt", "hurd", "Eterm", "unknown", "", "\n",
                 "../../etc/passwd", "x" * 5000, None):
        for locale in ("C.UTF-8", "C"):
            this = f"{name} {str(term)[:20]!r} {locale}"
            if not case(this):
                continue
            t = Terminal(this, "view", *PAIR, TERM=term, LC_ALL=locale)
            t.wait_for(b"debate")
            t.type(KEYS)
            t.leave()
            t.end(0)
            if term in SCREENS and b"Switches:" in t.shown:
                complain(this, "is no screen but text")
            if locale == "C" and re.search(rb"[\x80-\xff]", t.shown):
                complain(this, "is not ASCII")


@test
def resizes(name):
    chance.seed(f"{args.seed} {name}")
    t = Terminal(name, "view", *PAIR)
    t.wait_for(b"\033[?1049h")
    for i in range(300):
        t.resize(chance.randrange(0, 80), chance.randrange(0, 250))
        if i % 3 == 0:
            t.type(bytes(chance.choice([b"\033[C", b"\033[D", b"d", b"o", b"?", b"\t"])))
        if i % 20 == 0:
            t.read(0.01)
    t.resize(24, 80)
    t.read(0.3)
    t.shown = b""
    t.type(b"\033\033\014")
    t.wait_for(b"debate")
    t.leave()
    t.end(0)


def any_key():
    what = chance.randrange(10)
    if what < 4:
        return bytes([chance.choice(b"hjkldDfFxotuceCE[]/:np?0123456789gGb "
                                    b"swaAUR.;<>BSrvVzKNm'\t\r\x7f\x0c\x12\x02")])
    if what < 6:
        return b"\033[" + bytes(chance.choice(b"0123456789;<ABCDHFMZ~m?[") for _ in
                                range(chance.randrange(8)))
    if what == 6:
        return bytes(chance.randrange(128, 256) for _ in range(chance.randrange(6)))
    if what == 7:
        return chance.choice([b"\033", b"\033O", b"\033]", b"\033P", b"\033[200~", b"\033[201~",
                              b"\033[M", b"\033[<0;1;1M", b"\033[<64;9;9M", b"\0"])
    # but for what ends it: q, and the signals of ctrl-c, ctrl-\, ctrl-z, ctrl-s
    return bytes(chance.choice([c for c in range(256) if c not in b"qQ\x03\x1c\x1a\x13\x11"])
                 for _ in range(chance.randrange(40)))


@test
def floods(name):
    for i in range(6):
        this = f"{name} {i}"
        if not case(this):
            continue
        chance.seed(f"{args.seed} {this}")
        keys = b"".join(any_key() for _ in range(3000))
        words = (["view", PAIR[0]], ["view", *PAIR], ["view", PAIR[0]],
                 ["matrix", "aba", "--kernel", "v6.9"], ["step", "aba", "--kernel", "v6.5"],
                 ["step", "debate", "--kernel", "debate-a"])[i]
        t = Terminal(this, *words, size=(chance.randrange(1, 60), 100))
        t.wait_for(b"\033[?1049h")
        t.type(keys)
        t.read(0.5)
        t.leave()
        t.end(0, 1, 3)


@test
def pastes(name):
    t = Terminal(name, "view", *PAIR)
    t.wait_for(b"\033[?1049h")
    t.type(b"\033[200~" + b"q\rq\n:q\r" * 100000 + b"\033[201~")
    t.read(0.3)
    if t.child.poll() is not None:
        complain(name, "what was pasted was taken for keys")
    t.leave()
    t.end(0)


@test
def clicks(name):
    """on every cell, with every button; and a step that is clicked on is gone to"""
    t = Terminal(name, "view", PAIR[0], size=(24, 80))
    t.wait_for(b" 0/19")
    for y in range(5, 15):
        t.type(b"\033[<0;20;%dM\033[<0;20;%dm" % (y, y))
    t.type(b"\014")
    t.read(0.5)
    t.shown = b""
    t.type(b"\014")
    t.read(0.5)
    if not re.search(rb"[1-9]/19", t.shown):
        complain(name, f"no click goes to a step: {t.shown[:300]!r}")
    for button in (0, 1, 2, 3, 32, 64, 65, 66, 128):
        for y in range(0, 27, 2):
            t.type(b"".join(b"\033[<%d;%d;%dM" % (button, x, y) for x in range(0, 83, 4)))
    t.leave()
    t.end(0)


@test
def hangups(name):
    t = Terminal(name + " closed", "view", *PAIR)
    if t.wait_for(b"\033[?1049h"):
        os.close(t.master)
        t.master = None
    t.end(SIGNALLED, -signal.SIGHUP, quiet=True, modes=False)
    # nobody reads what is shown, and then it is closed
    t = Terminal(name + " unread", "view", *PAIR, size=(200, 400))
    time.sleep(1.5)
    os.close(t.master)
    t.master = None
    t.end(SIGNALLED, -signal.SIGHUP, quiet=True, modes=False)


@test
def slow_readers(name):
    # nobody reads: a signal ends it all the same
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGSEGV):
        t = Terminal(f"{name} {number.name}", "view", *PAIR, size=(200, 400))
        time.sleep(1)
        t.kill(number)
        t.end(SIGNALLED, -number, 1, quiet=True)	# 1: a sanitizer's word on it
    # one that reads late gets the screen as it is then
    t = Terminal(name, "view", *PAIR, size=(50, 150))
    os.set_blocking(t.master, False)
    time.sleep(1)
    for _ in range(50):
        try:
            os.write(t.master, b"\033[C")
        except BlockingIOError:
            pass
        time.sleep(0.01)
    time.sleep(0.5)
    t.wait_for(b"at the end")
    t.leave()
    t.end(0)


@test
def signals(name):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        t = Terminal(f"{name} {number.name}", "view", *PAIR)
        t.wait_for(b"0/19")
        t.kill(number)
        t.end(SIGNALLED)
    for number in (signal.SIGQUIT, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE,
                   signal.SIGILL, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
                   signal.SIGXCPU, signal.SIGTRAP, signal.SIGSYS):
        t = Terminal(f"{name} {number.name}", "view", *PAIR, ASAN_OPTIONS="disable_coredump=1")
        t.wait_for(b"0/19")
        t.kill(number)
        t.end(-number, 1)
    t = Terminal(f"{name} SIGPIPE", "view", *PAIR)
    t.wait_for(b"0/19")
    t.kill(signal.SIGPIPE)
    t.type(b"\033[C")
    t.wait_for(b"/19")
    t.type(b"q")
    t.end(0)
    # the keys of the terminal
    for key, status in ((b"\x03", SIGNALLED), (b"\x1c", -signal.SIGQUIT)):
        t = Terminal(f"{name} {key!r}", "view", *PAIR)
        t.wait_for(b"0/19")
        t.type(key)
        t.end(status)


@test
def asked(name):
    """it ends while it searches"""
    for how in ("q", "hangup", "unread", signal.SIGTERM, signal.SIGUSR1):
        t = Terminal(f"{name} {how}", "step", "debate", "--kernel", "v6.9")
        t.wait_for(b"\033[?1049h")
        t.type(b"a")
        if how == "unread":
            time.sleep(1)
            t.kill(signal.SIGTERM)
            t.end(SIGNALLED, quiet=True)
            continue
        t.read(0.5)
        if how == "q":
            t.leave()
            t.end(0)
        elif how == "hangup":
            os.close(t.master)
            t.master = None
            t.end(SIGNALLED, -signal.SIGHUP, quiet=True, modes=False)
        else:
            t.kill(how)
            t.end(SIGNALLED, -signal.SIGUSR1)


def stopped(t):
    """it is, within a while"""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        t.read(0.05)
        if t.child.poll() is not None:
            break
        with open(f"/proc/{t.child.pid}/stat", encoding="utf-8") as f:
            if f.read().rsplit(") ", 1)[1][0] == "T":
                return True
    complain(t.name, "did not stop")
    return False


@test
def stops(name):
    t = Terminal(name, "view", *PAIR)
    t.wait_for(b"0/19")
    for _ in range(3):
        t.kill(signal.SIGSTOP)
        stopped(t)
        t.shown = b""
        t.kill(signal.SIGCONT)
        t.wait_for(b"debate")
    # there is no shell that could go on with it: it does so itself
    for how in ("key", signal.SIGTSTP):
        t.shown = b""
        if how == "key":
            t.type(b"\x1a")
        else:
            t.kill(how)
        t.wait_for(b"debate")
    t.kill(signal.SIGSTOP)
    stopped(t)
    t.kill(signal.SIGTERM)
    t.kill(signal.SIGCONT)
    t.end(SIGNALLED)


@test
def traces(name):
    """what is shown is deleted, cut short, replaced"""
    def delete(path):
        os.unlink(path)

    def cut(path):
        os.truncate(path, 4096 * 3)

    def empty(path):
        os.truncate(path, 0)

    def garbage(path):
        with open(path, "r+b") as f:
            f.seek(100)
            f.write(bytes(chance.randrange(256) for _ in range(os.path.getsize(path) - 100)))

    def replace(path):
        shutil.copy(os.path.join(work, "tour.db"), path + ".new")
        os.rename(path + ".new", path)

    for how in (delete, cut, empty, garbage, replace):
        for source in ("tour.db", "long.db", "packed.db"):
            this = f"{name} {how.__name__} {source}"
            if not case(this):
                continue
            path = os.path.join(work, "victim.db")
            shutil.copy(os.path.join(work, source), path)
            t = Terminal(this, "view", path)
            t.wait_for(b"\033[?1049h")
            t.read(0.2)
            how(path)
            t.type(b"G\033[C\033[C\033[C[[]gf:1\rdtc")
            t.read(0.2)
            t.type(b"G\033[6~\033[5~")
            t.read(0.2)
            t.leave()
            t.end(0, 2)


@test
def followed(name):
    for how in ("delete", "truncate", "replace"):
        this = f"{name} {how}"
        if not case(this):
            continue
        path = os.path.join(work, f"followed-{how}.db")
        with subprocess.Popen([writer, path]) as writing:
            t = Terminal(this, "view", "--follow", path)
            t.wait_for(b"following")
            if how == "delete":
                os.unlink(path)
            elif how == "truncate":
                os.truncate(path, 0)
            else:
                shutil.copy(os.path.join(work, "tour.db"), path + ".new")
                os.rename(path + ".new", path)
            t.read(1.5)
            t.type(b"\033[D\033[Dgw")
            t.read(1)
            t.type(b"G")
            t.leave()
            t.end(0, 2)
            with open(path + ".stop", "w", encoding="utf-8"):
                pass
            try:
                writing.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                writing.kill()
        for tail in ("", "-wal", "-shm", ".stop"):
            if os.path.exists(path + tail):
                os.unlink(path + tail)


@test
def pipes(name):
    """no terminal, and a reader that leaves"""
    for words in (["view", PAIR[0]], ["view", "--plain", PAIR[0]], ["tour", "--plain"]):
        out = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=work,
                               env={**os.environ, "HOME": work})
        out.stdout.close()
        if out.wait(PATIENCE) not in (2, -signal.SIGPIPE, 0):
            complain(name, f"{words}: exit status {out.returncode}")
        out.stderr.close()
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([program, "view", PAIR[0]], stdin=subprocess.DEVNULL, stdout=full,
                              stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        if done.returncode != 2 or b"No space left" not in done.stderr:
            complain(name, f"/dev/full: exit status {done.returncode}: {done.stderr}")


def record():
    """the files that are shown: a tour, a run of threads, the same packed"""
    for words in (["tour", "--plain", "--save", "tour.db"],
                  ["live", "--kernel", "v6.9", "--operations", "3000", "-o", "long.db"],
                  ["pack", "long.db", "-o", "packed.db"]):
        done = subprocess.run([program, *words], cwd=work, stdin=subprocess.DEVNULL,
                              env={**os.environ, "HOME": work},
                              capture_output=True, timeout=10 * PATIENCE, check=False)
        if done.returncode > 1:
            sys.exit(f"{words}: exit status {done.returncode}: {done.stderr.decode()}")


try:
    record()
    for test_name, run in tests:
        if case(test_name) or args.only.startswith(test_name + " "):
            began = time.monotonic()
            run(test_name)
            print(f"{test_name}: {time.monotonic() - began:.1f} s", flush=True)
finally:
    shutil.rmtree(work)
print(f"seed {args.seed}: {len(complaints)} complaints")
sys.exit(bool(complaints))
