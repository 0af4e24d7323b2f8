#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Dot files of automata, judged by the rules by which the kernel's tools read them: rv_dot.py FILE...

The tools (tools/verification/rvgen; dot2c and dot2k before) read lines and words, not dot.  Every rule
here is one of their steps, in the strictest form that any release of them has; a file that breaks one
is refused by some of them, or misread.  Prints "FILE: N states, M events".  With --accepts, events
follow on standard input, a sequence a line, and each is answered "yes", or "no" and at which event.
"""
import re
import sys

NAME_MAX = 31           # MAX_DA_NAME_LEN with its NUL
IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
C_WORDS = {"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
           "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
           "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
           "unsigned", "void", "volatile", "while"}


class Refused(Exception):
    pass


def need(what, why):
    if not what:
        raise Refused(why)


def identifier(name, what):
    need(IDENTIFIER.match(name) and name not in C_WORDS, f"{what} '{name}' is no C identifier")
    need(len(name) <= NAME_MAX, f"{what} '{name}' is longer than the kernel keeps")


def states_of(lines):
    """the lines of nodes: names, the initial one, the final ones, and where they end"""
    at = 0
    while at < len(lines) and lines[at].split()[:1] != ["{node"]:
        # old ones take the first word of every line before
        need(lines[at].split(), "a blank line before the first node")
        at += 1
    need(at < len(lines), "no line begins with {node")
    names, initial, final = [], None, []
    while lines[at].split()[:1] == ["{node"]:
        last = lines[at].split()[-1]
        need(re.fullmatch(r'"[^"]+"\};', last), f"the last word of a node's line is '{last}'")
        name = last[1:-3]
        need("," not in name, f"a comma in '{name}'")
        if name.startswith("__init_"):
            need(initial is None, "two states are marked as initial")
            need("plaintext" in lines[at], "the initial marker is drawn")
            initial = name[len("__init_"):]
        else:
            identifier(name, "state")
            need(name not in names, f"two nodes are called '{name}'")
            names.append(name)
            if "doublecircle" in lines[at]:
                final.append(name)
            need("ellipse" not in lines[at].replace(name, ""), "two ways to mark a final state")
        at += 1
    need(initial, "no initial state")
    need(initial in names, f"the initial state '{initial}' has no node")
    return names, initial, final, at


def edge(line):
    """"a" -> "b" [ label = "x\\ny" ];"""
    words = line.split()
    need(words[1] == "->" and "label" in words and words[-1] == "];", f"no edge: {line}")
    need(words[words.index("label") + 1] == "=", f"no '=' with blanks around it: {line}")
    label = "".join(words[words.index("label") + 2:-1])
    need(re.fullmatch(r'"[^"]+"', label), f"the label of {line}")
    need(";" not in label, f"a constraint: {line}")
    return words[0].strip('"'), words[2].strip('"'), label.strip('"').split("\\n")


def parse(path):
    with open(path, encoding="ascii") as file:
        text = file.read()
    need(text.endswith("}\n"), "it does not end in a line of its own")
    lines = text.splitlines()
    need(lines[0].split()[:2] == ["digraph", "state_automaton"], "the first line")
    names, initial, final, at = states_of(lines)
    need(lines[at].split() == [f'"__init_{initial}"', "->", f'"{initial}";'],
         f"no edge to the initial state behind the nodes: {lines[at]}")
    at += 1
    labelled, function, events = set(), {}, set()
    # what begins with a quote; old ones take the first character behind one tabulator
    while re.match(r'\t"', lines[at]):
        line = lines[at].strip()
        if line.split()[1] == "->":
            start, end, some = edge(line)
            need(start in names and end in names, f"an edge of no state: {line}")
            for event in some:
                identifier(event, "event")
                need((start, event) not in function, f"two ways from {start} with {event}")
                function[start, event] = end
                events.add(event)
        else:
            name = line.split('"')[1]
            need(line == f'"{name}" [label = "{name}"];', f"the label of a state: {line}")
            need(name in names and name not in labelled, f"a label of no state: {line}")
            labelled.add(name)
        at += 1
    need(labelled == set(names), "a state has no label")
    need(all(not re.match(r'\s*"[^"]*"\s*->', line) for line in lines[at:]), "edges further down")
    need(not events & set(names), "a name is a state's and an event's")
    reached, todo = {initial}, [initial]
    while todo:
        here = todo.pop()
        for (start, _), end in function.items():
            if start == here and end not in reached:
                reached.add(end)
                todo.append(end)
    need(reached == set(names), f"never reached: {set(names) - reached}")
    need(len(names) < 65534, "more states than the kernel numbers")
    need(initial in final, "the initial state is not marked")
    return names, initial, final, events, function


def accepts(initial, function, events):
    here = initial
    for i, event in enumerate(events):
        if (here, event) not in function:
            return f"no: {event} at {i + 1}, in {here}"
        here = function[here, event]
    return "yes"


def main():
    asked = sys.argv[1:2] == ["--accepts"]
    for path in sys.argv[2 if asked else 1:]:
        try:
            names, initial, final, events, function = parse(path)
        except (Refused, IndexError, UnicodeDecodeError) as why:
            print(f"{path}: {why}")
            return 1
        if not asked:
            print(f"{path}: {len(names)} states, {len(events)} events, {len(final)} final")
            continue
        for line in sys.stdin:
            print(accepts(initial, function, line.split()))
    return 0


sys.exit(main())
