#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A capture of ftrace's text in the forms that others write: forms.py CAPTURE FOLDER

CAPTURE is the text that traces/captures and traces/samples have (plain, or .zst), with the clock
`counter`.  For each form FOLDER gets the capture in that form, and as NAME.ftrace what of it the
form can carry, in ftrace's own text: both have to come to the same.

    times     the whole, with times: what the others are made of
    report    trace-cmd report: addresses instead of functions
    perf      perf script: addresses, events called after functions; no marks
    swapscope perf script of the events that `swapscope probes` defines
    bpftrace  the lines of the shipped script; no marks
    graph     function_graph with arguments and return values: what is passed by value
    order     the same without times, as is its default

It is written apart from the readers: it shares no table with them.
"""
import os
import re
import subprocess
import sys

EVENT = re.compile(r"^(.{1,16})-(\d+) +\[(\d+)\] (\S+) +(\d+): (.*)$")
PROBE = re.compile(r"^(\w+): \((?:(\S+) <- )?(\w+)(?:\+0x\w+/0x\w+)?(?: \[\w+\])?\)(.*)$")

# What is passed by value, by the names that the source has for it.
BY_VALUE = {
    "swapcache_prepare": {"ent": "entry"}, "swapcache_clear": {"ent": "entry"},
    "__swap_duplicate": {"ent": "entry", "usage": "usage", "nr": "nr"},
    "swap_free": {"ent": "entry"}, "swap_free_nr": {"ent": "entry", "nr": "nr_pages"},
    "free_swap_and_cache": {"ent": "entry"},
    "free_swap_and_cache_nr": {"ent": "entry", "nr": "nr"},
    "put_swap_folio": {"folio": "folio", "ent": "entry"},
    "add_to_swap_cache": {"folio": "folio", "ent": "entry"},
    "__delete_from_swap_cache": {"folio": "folio", "ent": "entry"},
    "swap_cache_get_folio": {"ent": "entry"}, "__read_swap_cache_async": {"ent": "entry"},
    "swap_range_free": {"off": "offset", "nr": "nr_entries"},
    "swap_entry_range_free": {"ent": "entry", "nr": "nr_pages"},
    "__swap_entry_free_locked": {"off": "offset", "usage": "usage"},
    "folio_alloc_swap": {"folio": "folio"}, "do_swap_page": {},
    "__swap_entry_free": {"ent": "entry"}, "free_swap_slot": {"ent": "entry"},
}
RETURNS = {"ret", "folio", "left", "usage", "ent"}


def text_of(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-qdc", path], capture_output=True, check=True).stdout.decode()
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def time_of(counter):
    """of a counter a time in us, that is of no coarser grain"""
    return counter * 10 + counter * 7919 % 5


class Event:
    def __init__(self, m):
        self.comm, self.pid, self.cpu = m[1].strip(), int(m[2]), int(m[3])
        self.flags, self.us, self.body = m[4], time_of(int(m[5])), m[6]
        p = PROBE.match(m[6])
        self.name, self.caller, self.function = (p[1], p[2], p[3]) if p else (None, None, None)
        self.values = dict(v.split("=", 1) for v in p[4].split()) if p else {}
        self.mark = m[6].startswith("tracing_mark_write:")
        self.syscall = m[6].startswith("sys_")

    def head(self):
        return (f"{self.comm:>16}-{self.pid:<7} [{self.cpu:03d}] {self.flags} "
                f"{self.us // 1000000:5d}.{self.us % 1000000:06d}: ")

    def ftrace(self):
        return self.head() + self.body


def address(function):
    return f"ffffffff{sum(ord(c) * 31 ** i for i, c in enumerate(function)) % 2 ** 32:08x}"


def addresses(e):
    """(func <- caller): a kretprobe's order is the other way round where it is no text"""
    return f"({address(e.function)}{' <- ' + address(e.caller) if e.caller else ''})"


def words(values):
    return "".join(f" {k}={v}" for k, v in values.items())


def perf_name(e):
    return f"{e.function}{'__return' if e.caller else ''}"


def perf(e, event, values):
    return (f"{e.comm:>16} {e.pid:7d} [{e.cpu:03d}] {e.us // 1000000:5d}.{e.us % 1000000:06d}: "
            f"{event}: {addresses(e)}{words(values)}")


def perf_call(e):
    name = f"sys_{'exit' if ' -> ' in e.body else 'enter'}_{re.match(r'sys_(.*?)(?:[(]| -> )', e.body)[1]}"
    if " -> " in e.body:
        rest = e.body.split(" -> ")[1]
    else:
        rest = re.sub(r": (?:0x)?(\w+)", r": 0x\1", e.body[e.body.index("(") + 1:-1])
    return (f"{e.comm:>16} {e.pid:7d} [{e.cpu:03d}] {e.us // 1000000:5d}.{e.us % 1000000:06d}: "
            f"syscalls:{name}: {rest}")


def bpftrace(e, number):
    return (f"@ {e.us * 1000} {e.cpu} {number} {e.pid} {'<' if e.caller else '>'} {e.function}"
            f"{words(e.values)} ; {e.comm}")


# ---- a graph ----

def graph_values(e):
    """what of an event a graph has: None: the event is not to be had"""
    if e.caller:
        keys = [k for k in e.values if k in RETURNS]
        return {keys[0]: e.values[keys[0]]} if keys else {}
    names = BY_VALUE[e.function]
    return {k: v for k, v in e.values.items() if k in names}


def graph_arguments(e):
    if e.function == "do_swap_page":
        return "vmf=0xffffc90000b7fdf8"
    names = BY_VALUE[e.function]
    said = [f"{names[k]}=" + (f"(STRUCT)[{v}]" if k == "ent" else v)
            for k, v in e.values.items() if k in names]
    return ", ".join(said + ["gfp=0xcc0"])


def graph_return(e):
    value = next((e.values[k] for k in e.values if k in RETURNS), "0xffffea0000123400")
    return f" /* {e.function} ret={value} */", f" /* ret={value} */"


def graph(events, timed):
    depth, out, on = {}, [], {}
    leaf = set()
    after = {}
    for i in range(len(events) - 1, -1, -1):	# the next event of the same CPU
        e = events[i]
        n = after.get(e.cpu)
        if (not e.mark and not e.caller and n is not None and events[n].caller and
                events[n].function == e.function and events[n].pid == e.pid):
            leaf.add(i)
        after[e.cpu] = i
    skip = set()
    for i, e in enumerate(events):
        if i in skip:
            continue
        d = depth.setdefault(e.pid, 0)
        stamp = f" {e.us // 1000000:4d}.{e.us % 1000000:06d} |  " if timed else ""
        duration = " " * 13
        if e.mark:
            call = "  " * d + f"/* {e.body.split(': ', 1)[1]} */"
        elif e.caller:
            depth[e.pid] = d = max(0, d - 1)
            # only a kernel with funcgraph-retval or -tail has the name there
            call = "  " * d + "}" + graph_return(e)[0]
        elif i in leaf:
            back = next(n for n in range(i + 1, len(events)) if events[n].cpu == e.cpu)
            skip.add(back)
            us = events[back].us - e.us
            mark = "!" if us > 100 else "+" if us > 10 else " "
            duration = f"{mark}{us:5d}.000 us"[:13].rjust(13)
            call = "  " * d + f"{e.function}({graph_arguments(e)});" + graph_return(events[back])[1]
        else:
            call = "  " * d + f"{e.function}({graph_arguments(e)}) {{"
            depth[e.pid] = d + 1
        if on.get(e.cpu, e.pid) != e.pid:
            out += [" " + "-" * 42, f" {e.cpu})  old-{on[e.cpu]}  =>  {e.comm[:7]}-{e.pid}",
                    " " + "-" * 42, ""]
        on[e.cpu] = e.pid
        if i % 50 == 0:		# what else the kernel does
            out.append(f"{stamp} {e.cpu})  {e.comm[:7]:>7}-{e.pid:<5} |   0.123 us    |  "
                       f"{'  ' * d}_raw_spin_lock(lock=0xffff888004c1a2c0); /* ret=0x0 */")
        out.append(f"{stamp} {e.cpu})  {e.comm[:7]:>7}-{e.pid:<5} | {duration} |  {call}")
    return out


# ---- all of them ----

def main():
    folder = sys.argv[2]
    comments, events = [], []
    for line in text_of(sys.argv[1]).split("\n"):
        m = EVENT.match(line)
        if m:
            events.append(Event(m))
        elif line.startswith("#"):
            comments.append(line)

    def write(name, lines):
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write("\n".join(lines) + "\n")

    def both(name, form, reference):
        write(name, form)
        write(name + ".ftrace", comments + reference)

    write("times.ftrace", comments + [e.ftrace() for e in events])
    both("report", [e.head() + (f"{e.name}: {addresses(e)}{words(e.values)}" if e.function else
                                e.body) for e in events],
         [e.ftrace() for e in events])
    unmarked = [e for e in events if not e.mark]
    header = ["# ========", "# captured on    : Tue Dec  1 02:40:39 2026",
              "# clockid: CLOCK_MONOTONIC (1)", "# ========", "#"]
    chain = ["\tffffffff812c7a30 zswap_load+0x0 ([kernel.kallsyms])", ""]
    lines = list(header)
    for i, e in enumerate(unmarked):
        lines.append(perf(e, "probe:" + perf_name(e), e.values) if e.function else perf_call(e))
        lines += chain if i % 7 == 0 else []
    both("perf", lines, [e.ftrace() for e in unmarked])
    number, lines = {}, ["Attaching 60 probes..."]
    probed = [e for e in unmarked if e.function]
    for e in probed:
        number[e.cpu] = number.get(e.cpu, 0) + 1
        lines.append(bpftrace(e, number[e.cpu]))
    both("bpftrace", lines, [e.ftrace() for e in probed])

    carried = [e for e in events if e.mark or (e.function in BY_VALUE and (
        e.caller or e.function == "do_swap_page" or
        all(k in e.values for k in BY_VALUE[e.function] if k != "nr")))]
    reference = []
    for e in carried:
        if e.mark:
            reference.append(e.ftrace())
            continue
        e.values = graph_values(e)
        reference.append(f"{e.head()}{e.body[:e.body.index(')') + 1]}{words(e.values)}")
    both("graph", ["# tracer: function_graph", "#"] + graph(carried, True), reference)
    both("order", ["# tracer: function_graph", "#"] + graph(carried, False), reference)


main()
