#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A second opinion on captures: what became of every fault, and a replay of swap_map.

usage: capture_witness.py CAPTURE...     (ftrace text, plain or .zst)

Reads the text by itself and shares nothing with the program.  Prints one JSON object a capture,
on a line of its own:

  faults     outcome -> how many
  swap_map   every traced return of __swap_duplicate() and __swap_entry_free_locked(), predicted
             from what came before: "agree" when the state at the moment of the return event
             gives it, "intervals" when only some order of the calls that were under way then
             does (the return event is written after the lock was dropped), "differ", and
             "unknown" where the slot's state is not known yet
  corrupt    pages of which the workload read wrong content, and how often it did
  stores, loads, events, slots
"""
import collections
import json
import re
import subprocess
import sys

LINE = re.compile(r"^\s*(?P<comm>.*)-(?P<pid>\d+)\s+(?:\(.*?\)\s+)?\[(?P<cpu>\d+)\]\s+(?P<flags>\S+)\s+"
                  r"(?P<stamp>[\d.]+): (?P<rest>.*)$")
PROBE = re.compile(r"^\w+: \((?P<where>[^)]*)\)\s*(?P<values>.*)$")
OFFSET = (1 << 58) - 1
HAS_CACHE = 0x40
STORES = ("zswap_store", "zswap_frontswap_store")
LOADS = ("zswap_load", "zswap_frontswap_load")


class Event:
    """A line: who, where, which function, which side, and its values as numbers."""

    __slots__ = ("pid", "stamp", "func", "caller", "back", "value", "mark")

    def __init__(self, match):
        self.pid = int(match["pid"])
        self.stamp = match["stamp"]
        self.func = self.caller = self.mark = None
        self.back = False
        self.value = {}
        rest = match["rest"]
        if rest.startswith("tracing_mark_write: "):
            self.mark = rest.partition(": ")[2]
            return
        probe = PROBE.match(rest)
        if not probe:
            return
        where = probe["where"]
        if " <- " in where:
            self.caller, self.func = where.split(" <- ")
            self.caller = self.caller.split("+")[0]
            self.back = True
        else:
            self.func = where.split("+")[0]
        for word in probe["values"].split():
            key, _, number = word.partition("=")
            self.value[key] = int(number, 0)

    def slot(self):
        if "ent" in self.value:
            return self.value["ent"] & OFFSET
        return self.value.get("off")


def read(path):
    if path.endswith(".zst"):
        text = subprocess.run(["zstd", "-qdc", path], check=True, stdout=subprocess.PIPE).stdout
    else:
        with open(path, "rb") as file:
            text = file.read()
    for line in text.decode("utf-8", "replace").splitlines():
        match = LINE.match(line)
        if match:
            yield Event(match)


class Faults:
    """What a thread does between entering do_swap_page() and returning from it."""

    DROPS = ("swap_free", "swap_free_nr", "__swap_entry_free", "__swap_entry_free_locked",
             "folio_put_swap")
    V7 = ("folio_dup_swap", "folio_put_swap", "swapin_sync", "swapin_folio",
          "swap_cache_alloc_folio")
    # in which a fault looks a second time (v6.18), and inserts its folio (v7.0)
    SWAPIN = ("swapin_sync", "swapin_folio", "swap_cache_read_folio", "swap_cache_alloc_folio",
              "__read_swap_cache_async")

    def __init__(self, funcs):
        self.drops = any(funcs[f] for f in self.DROPS)
        self.bypass = not any(funcs[f] for f in self.V7)
        self.open = {}
        self.outcome = collections.Counter()

    def take(self, e):
        if e.func == "do_swap_page":
            if not e.back:
                self.open[e.pid] = dict(hit=None, refused=None, pinned=False, cached=False,
                                        read=False, mapped=False, slot=None, about=None,
                                        late=False, inserted=False, error=0)
            elif e.pid in self.open:
                self.outcome[self.name(self.open.pop(e.pid))] += 1
            return
        f = self.open.get(e.pid)
        if not f:
            return
        if e.slot() is not None:
            f["slot"] = e.slot() if f["slot"] is None else f["slot"]
            f["about"] = e.slot()
        if e.func == "swap_cache_get_folio" and e.back and f["hit"] is None:
            f["hit"] = e.value["folio"] != 0
        elif e.func in ("swap_cache_get_folio", "swap_cache_alloc_folio") and e.back and \
                e.caller in self.SWAPIN and f["about"] == f["slot"]:
            self.swapin(f, e.func == "swap_cache_get_folio", e.value["folio"])
        elif e.func in ("swapin_sync", "swapin_folio") and e.back and f["error"]:
            self.swapin(f, True, e.value["folio"])
        elif e.func == "__read_swap_cache_async":
            f["cached"] = True
        elif e.func in ("add_to_swap_cache", "swap_cache_add_folio") and f["about"] == f["slot"]:
            f["inserted"] = True
        elif e.func == "swapcache_prepare" and e.back and e.caller == "do_swap_page":
            if e.value["ret"]:
                f["refused"] = e.value["ret"]
            else:
                f["pinned"] = True
        elif e.func in ("swap_read_folio", "swap_readpage") and not f["cached"]:
            f["read"] = True
        elif e.func in ("swap_free", "swap_free_nr") or \
                (e.func == "folio_put_swap" and not e.back):
            f["mapped"] = True

    @staticmethod
    def swapin(f, lookup, folio):
        """A lookup or an insertion in the fault's own slot has come back."""
        if f["inserted"] or f["late"] or not folio:
            return
        if folio > (1 << 64) - 4096:           # ERR_PTR()
            f["error"] = folio - (1 << 64)
        elif lookup:
            f["late"] = True            # another's
        else:
            f["inserted"], f["error"] = True, 0

    def name(self, f):
        if f["error"]:
            return "%s (swap_cache_alloc_folio %d)" % (
                "folio found in swap cache" if f["late"] else "refused by the swap cache",
                f["error"])
        if f["hit"] or f["late"]:
            return "folio found in swap cache"
        if f["refused"] is not None:
            return "bypass refused (swapcache_prepare %d)" % f["refused"]
        if f["cached"] or f["inserted"] or (f["read"] and not self.bypass):
            return "read through the swap cache" + ("" if f["mapped"] or not self.drops else
                                                    ", not mapped")
        if (f["pinned"] or f["read"]) and not self.drops:
            return "bypass, mapped or not (no swap_free in the capture)"
        if f["pinned"] or f["read"]:
            return "bypass, mapped" if f["mapped"] else "bypass, discarded (pte changed)"
        return "nothing is known"


def duplicate(state, usage):
    """__swap_duplicate(): what it returns, and the state after."""
    count, pin = state & 0x3f, state & HAS_CACHE
    if not state:
        return -2, state
    if usage == HAS_CACHE:
        return (-17, state) if pin else (0, state | HAS_CACHE)
    return 0, count + 1 | pin


def put(state, usage):
    """__swap_entry_free_locked(): a slot without references stays pinned until it is freed."""
    left = state & ~HAS_CACHE if usage == HAS_CACHE else state - 1
    return left, left or HAS_CACHE


def put_and_free(state, usage):
    """The same since swap_entries_free(): under the lock that the count went down under."""
    left = state & ~HAS_CACHE if usage == HAS_CACHE else state - 1
    return left, left


class Map:
    """swap_map of every slot: its state by the events so far, and the calls under way."""

    # Functions that drop a reference or the pin by themselves where the inner ones are not traced.
    OUTER = {"swapcache_clear": HAS_CACHE, "put_swap_folio": HAS_CACHE, "swap_free_nr": 1,
             "free_swap_and_cache_nr": 1}

    def __init__(self, inner, at_once):
        self.inner = inner          # __swap_entry_free_locked() is traced
        self.put = put_and_free if at_once else put     # no slot cache between
        self.state = {}
        self.open = {}              # (pid, function) -> calls, the innermost last
        self.flying = collections.defaultdict(list)     # slot -> calls
        self.count = collections.Counter(agree=0, intervals=0, differ=0, unknown=0)

    def call(self, e):
        if e.func == "__swap_duplicate":
            return duplicate, e.value["usage"]
        if e.func == "__swap_entry_free_locked":
            return self.put, e.value["usage"]
        if not self.inner and e.func in self.OUTER:
            return self.put, self.OUTER[e.func]
        return None

    def take(self, e):
        if e.func == "folio_alloc_swap" and e.back and e.value.get("ent"):
            self.state[e.slot()] = HAS_CACHE
        elif e.func in ("swap_range_free", "swap_entry_range_free", "swap_entries_free") and \
                not e.back:
            for i in range(e.value["nr"]):
                self.state[e.slot() + i] = 0
        elif not e.back and self.call(e):
            what, usage = self.call(e)
            c = dict(slot=e.slot(), what=what, usage=usage, early=False, seen=set())
            c["seen"].add(self.state.get(c["slot"]))
            self.flying[c["slot"]].append(c)
            self.open.setdefault((e.pid, e.func), []).append(c)
            if e.func in ("swap_free_nr", "free_swap_and_cache_nr"):    # no return is traced
                self.leave(e)
        elif e.back and self.open.get((e.pid, e.func)):
            self.leave(e)

    def leave(self, e):
        c = self.open[e.pid, e.func].pop()
        slot = c["slot"]
        self.flying[slot] = [other for other in self.flying[slot] if other is not c]
        told = e.value.get("ret", e.value.get("left"))
        state = self.state.get(slot)
        if state is None:
            if told is not None:
                self.count["unknown"] += 1
            return
        result, after = c["what"](state, c["usage"])
        if told is None:                # nothing to hold it to
            self.set(slot, after)
        elif c["early"]:                # it was needed before to explain another
            self.count["agree" if c["result"] == told else "differ"] += 1
        elif result == told:
            self.count["agree"] += 1
            self.set(slot, after)
        elif told in (c["what"](s, c["usage"])[0] for s in c["seen"] if s is not None):
            self.count["intervals"] += 1        # it came before another that returned earlier
        elif self.borrow(slot, c, told):
            self.count["intervals"] += 1
        else:
            self.count["differ"] += 1
            self.set(slot, after)

    def borrow(self, slot, c, told):
        """Is there a call under way whose effect, already there, explains this one?"""
        for other in self.flying[slot]:
            if other["early"]:
                continue
            result, after = other["what"](self.state[slot], other["usage"])
            mine, then = c["what"](after, c["usage"])
            if mine == told:
                other["early"], other["result"] = True, result
                self.set(slot, then)
                return True
        return False

    def set(self, slot, state):
        self.state[slot] = state
        for c in self.flying[slot]:
            c["seen"].add(state)


def witness(path):
    events = list(read(path))
    funcs = collections.Counter(e.func for e in events if e.func and not e.back)
    faults, swap_map = Faults(funcs), Map(funcs["__swap_entry_free_locked"] > 0,
                                                funcs["swap_entries_free"] > 0)
    corrupt = collections.Counter()
    slots = set()
    for e in events:
        if e.mark and e.mark.startswith("WL CORRUPT "):
            corrupt[dict(w.split("=") for w in e.mark.split()[2:])["pg"]] += 1
        if e.func:
            faults.take(e)
            swap_map.take(e)
        if e.func == "folio_alloc_swap" and e.back and e.value.get("ent"):
            slots.add(e.slot())
    return dict(capture=re.sub(r"\.trace(\.zst)?$", "", path.rpartition("/")[2]),
                events=len(events), slots=len(slots), faults=dict(sorted(faults.outcome.items())),
                swap_map=dict(swap_map.count), pages_corrupt=len(corrupt),
                corrupt=sum(corrupt.values()), stores=sum(funcs[f] for f in STORES),
                loads=sum(funcs[f] for f in LOADS))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in sys.argv[1:]:
        print(json.dumps(witness(name)))
