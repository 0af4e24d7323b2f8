#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
coarse.py CAPTURE OUT [--unit NS] [--order low|high|SEED] [--cut FROM:TO]: the capture as a clock of
times would have recorded it.

A capture of the clock `counter` gets times: where its marks have some (ns=) as they say, and in
between evenly; else 2 us an event.  They are rounded down to the unit, and each CPU's events merged
again by that, as the kernel does: of two CPUs with one stamp it takes the lower.  `high` takes the
higher, a number takes either.  --cut keeps these lines, as parts of the whole.
"""
import argparse
import random
import re
import subprocess

EVENT = re.compile(r"^(.{16}-\d+ +\[(\d+)\] \S+ +)([\d.]+)(: .*)$", re.S)


def read(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-qdc", path], check=True, capture_output=True,
                              text=True).stdout.splitlines(keepends=True)
    return open(path).readlines()


def times(events):
    """The ns of each event, in order: [(line, cpu, stamp)] with stamps of a counter or of times."""
    if any("." in e[2] for e in events):
        return [int(e[2].replace(".", "")) * 10 ** (9 - len(e[2].split(".")[1])) for e in events]
    known = [(0, 0)]
    for i, (line, _, _) in enumerate(events):
        mark = re.search(r" ns=(\d+)", line)
        if mark and int(mark[1]) > known[-1][1]:
            known.append((i, int(mark[1])))
    if len(known) < 10:
        return [2000 * int(e[2]) for e in events]
    ns = []
    for (a, at), (b, to) in zip(known[1:], known[2:] + [(len(events), None)]):
        step = (to - at) / (b - a) if to else 2000
        ns += [int(at + k * step) for k in range(b - a)]
    first = known[1][0]
    return [ns[0] - 2000 * (first - i) for i in range(first)] + ns


def main():
    args = argparse.ArgumentParser()
    args.add_argument("capture")
    args.add_argument("out")
    args.add_argument("--unit", type=int, default=0)
    args.add_argument("--order", default="low")
    args.add_argument("--cut", default="0:1")
    a = args.parse_args()
    lines = read(a.capture)
    heads = [line for line in lines if line.startswith("#")]
    lines = lines[len(heads):]
    low, high = (float(x) for x in a.cut.split(":"))
    lines = lines[int(low * len(lines)):int(high * len(lines))]
    with open(a.out, "w") as out:
        if not a.unit:          # cut, as it is: the head would say that it is not whole
            out.writelines(heads[:1] + lines)
            return
        found = [EVENT.match(line) for line in lines]
        events = [(m[0], int(m[2]), m[3]) for m in found if m]
        queue = {}
        for (line, cpu, _), ns in zip(events, times(events)):
            queue.setdefault(cpu, []).append((ns // a.unit * a.unit, line))
        choice = random.Random(a.order)
        out.writelines(heads[:1])
        at = {cpu: 0 for cpu in queue}
        while at:
            first = min(queue[cpu][i][0] for cpu, i in at.items())
            cpus = sorted(cpu for cpu, i in at.items() if queue[cpu][i][0] == first)
            cpu = cpus[0] if a.order == "low" else cpus[-1] if a.order == "high" else choice.choice(cpus)
            ns, line = queue[cpu][at[cpu]]
            m = EVENT.match(line)
            out.write("%s%d.%06d%s" % (m[1], ns // 10**9, ns % 10**9 // 1000, m[4]))
            at[cpu] += 1
            if at[cpu] == len(queue[cpu]):
                del at[cpu]


if __name__ == "__main__":
    main()
