#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Breaks the rules of core/mm, each in one place.

mutate(text, number) reads a file of core/mm: .found is what mutants it has, .written() the file
with all of them built in (tests/mutants/mutant.h), .by_hand() adds one that is told.  Mutants are
made of the text itself: a new line of core/mm has some as soon as it is there.  What is not a rule
has none: steps themselves, what is only shown (PROBE_, bytes_, and RESULT, whose conditions choose
a text), assertions and declarations.

	not		a condition is turned round: of an if, a loop or ?:, and each side of && and ||
	drop		a statement is not made
	at-once		AWAIT does not wait
	unlocked, kept	a lock is not taken; is not dropped
"""
import re

SILENT = re.compile(r"(BEGIN|END|STEP|SLEEP|RESULT|PROBE_\w+|bytes_\w+|assert|_Static_assert|"
                    r"case|default)\b|\(void\)|;")
DECLARATION = re.compile(r"(static |const |struct |enum |unsigned |bool |int |obj_t |tasks_t |"
                         r"uint\d+_t |aux_t )")
OPEN = re.compile(r"!?(CHOOSE|INJECT)\(\w+\)")     # turned round it is the same
LOCK = re.compile(r"(LOCK|UNLOCK|\w+_LOCK|\w+_UNLOCK)\(")
LABEL = re.compile(r"(case\b[^:?]*|default|[a-z_]\w*)\s*:(?!:)")


def masked(text):
    """the text with comments, strings and lines of the preprocessor blank, as long as it was"""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    text = re.sub(r'/\*.*?\*/|"(\\.|[^"\\\n])*"|\'(\\.|[^\'\\])\'', blank, text, flags=re.S)
    return re.sub(r"^#(.*\\\n)*.*", blank, text, flags=re.M)


def squeezed(text):
    """on one line, and without comments"""
    return " ".join(re.sub(r"/\*.*?\*/", "", text, flags=re.S).split())


class File:
    def __init__(self, text, number):
        self.text = text
        self.mask = masked(text)
        self.number = number    # the next mutant's
        self.found = []         # (number, function, kind, text)
        self.insert = []        # (position, order, text)
        self.locks = {}         # line -> number
        self.function = None

    # ---- what is written in ----

    def wrap(self, start, end, before, after):
        """put two texts around a third; of two that begin or end together the longer is outside"""
        n = len(self.insert)
        self.insert.append((start, 1, -end, n, before))
        self.insert.append((end, 0, -start, -n, after))

    def mutant(self, kind, start, end):
        self.found.append((self.number, self.function, kind, squeezed(self.text[start:end])))
        self.number += 1
        return self.number - 1

    def written(self):
        out, at = [], 0
        for position, *_, text in sorted(self.insert):
            out += [self.text[at:position], text]
            at = position
        return "".join(out) + self.text[at:]

    # ---- reading ----

    def skip(self, i):
        while self.mask[i].isspace():
            i += 1
        return i

    def closing(self, i):
        """behind the bracket that closes the one at i"""
        depth = 0
        while True:
            depth += (self.mask[i] in "([{") - (self.mask[i] in ")]}")
            i += 1
            if not depth:
                return i

    def semicolon(self, i):
        while self.mask[i] != ";":
            i = self.closing(i) if self.mask[i] in "([{" else i + 1
        return i + 1

    def split(self, start, end, sign):
        """the parts between signs that are in no bracket"""
        parts, i, begin = [], start, start
        while i < end:
            if self.mask[i] in "([{":
                i = self.closing(i)
            elif self.mask.startswith(sign, i) and (len(sign) > 1 or
                                                     self.mask[i - 1] != sign != self.mask[i + 1]
                                                     and self.mask[i + 1] != "="):
                parts.append((begin, i))
                i += len(sign)
                begin = i
            else:
                i += 1
        return [self.trimmed(*p) for p in parts + [(begin, end)]]

    def trimmed(self, start, end):
        while start < end and self.text[start].isspace():
            start += 1
        while start < end and self.text[end - 1].isspace():
            end -= 1
        return start, end

    # ---- conditions ----

    def condition(self, start, end):
        """each side of && and ||, and the condition of ?:, is turned round alone"""
        start, end = self.trimmed(start, end)
        if self.sides(start, end):
            return
        if not OPEN.fullmatch(self.mask[start:end]):
            number = self.mutant("not", start, end)
            self.wrap(start, end, f"mutant_not({number}, ", ")")

    def sides(self, start, end):
        """reads what a condition, or a value, is made of; is it made of any?"""
        start, end = self.trimmed(start, end)
        while self.mask[start] == "(" and self.closing(start) == end:
            start, end = self.trimmed(start + 1, end - 1)
        question = self.split(start, end, "?")
        if len(question) > 1:
            self.condition(*question[0])
            for part in self.split(question[1][0], end, ":"):
                self.sides(*part)
            return True
        for sign in ("||", "&&"):
            sides = self.split(start, end, sign)
            if len(sides) > 1:
                for side in sides:
                    self.condition(*side)
                return True
        return False

    def is_condition(self, start, end):
        """is it either so or not: a comparison, a && or ||, a negation"""
        flat, i = "", start
        while i < end:
            if self.mask[i] in "([{":
                i = self.closing(i)
                flat += "()"
            else:
                flat += self.mask[i]
                i += 1
        if re.search(r"[?,]|(?<!\|)\|(?!\|)|<<|>>", flat):
            return False
        return bool(re.match(r"!(?!=)", flat) or re.search(r"[=!<>]=|<|(?<!-)>|&&|\|\|", flat))

    def value(self, start, end):
        """what is assigned or returned"""
        start, end = self.trimmed(start, end)
        if self.mask[start] == "(" and re.match(r"\(\w+\)\s*\(", self.mask[start:]):
            start = self.mask.index(")", start) + 1     # a cast of all of it
        if self.is_condition(start, end):
            self.condition(start, end)
        else:
            self.sides(start, end)

    def only_shown(self, i):
        """does the condition that ends here decide what a probe says, and nothing else?"""
        start = self.skip(i)
        if not self.mask.startswith("PROBE_", start):
            return False
        other = self.skip(self.semicolon(start))
        return not re.match(r"else\b(?!\s*PROBE_)", self.mask[other:])

    # ---- statements ----

    def statement(self, i):
        """reads the one at i; returns where it ends"""
        i = self.skip(i)
        word = re.match(r"\w*", self.mask[i:])[0]
        if self.mask[i] == "{":
            return self.block(i)
        if word in ("if", "while", "switch"):
            start = self.mask.index("(", i)
            end = self.closing(start)
            if word != "switch" and not self.only_shown(end):
                self.condition(start + 1, end - 1)
            end = self.statement(end)
            other = self.skip(end)
            if word == "if" and re.match(r"else\b", self.mask[other:]):
                end = self.statement(other + 4)
            return end
        if word == "for":
            start = self.mask.index("(", i)
            middle = self.mask.index(";", start)
            self.condition(middle + 1, self.mask.index(";", middle + 1))
            return self.statement(self.closing(start))
        if word == "do":
            start = self.mask.index("(", self.statement(i + 2))
            self.condition(start + 1, self.closing(start) - 1)
            return self.semicolon(start)
        label = LABEL.match(self.mask, i)
        if label:
            return label.end()
        end = self.semicolon(i)
        self.simple(i, end, word)
        return end

    def simple(self, i, end, word):
        if SILENT.match(self.mask, i):
            return
        lock = LOCK.match(self.mask, i)
        if lock:
            number = self.mutant("kept" if "UNLOCK" in lock[1] else "unlocked", i, end)
            self.locks[self.mask.count("\n", 0, i) + 1] = number
            return
        if word == "AWAIT":
            start, end = self.split(i + 6, end - 2, ",")[1]
            number = self.mutant("at-once", start, end)
            self.wrap(start, end, f"mutant_at_once({number}, ", ")")
            return
        equals = re.search(r"(?<![=!<>+\-&|^])=(?!=)|[|&+\-]=", self.mask[i:end])
        if word in ("return", "RETURN"):
            start = self.mask.index("(", i) + 1 if word == "RETURN" else i + 6
            self.value(start, end - (2 if word == "RETURN" else 1))
        elif equals and "{" not in self.mask[i:end]:
            self.value(i + equals.end(), end - 1)
        # what a function ends in cannot be left out; END() is nothing behind it
        last = self.mask[end:self.end].replace("END();", "").strip() == "}"
        if DECLARATION.match(self.mask, i) or (last and word in ("return", "RETURN")):
            return
        number = self.mutant("drop", i, end - 1)
        self.wrap(i, end, f"{{ if (mutant_do({number})) {{ ", " } }")

    def block(self, i):
        end = self.closing(i)
        i = self.skip(i + 1)
        while i < end - 1:
            i = self.skip(self.statement(i))
        return end

    # ---- by hand ----

    def by_hand(self, number, function, old, new):
        """where mutant `number` is on, `new` stands for a text that stands once in a function"""
        start, end = self.span(function)
        at = self.text.find(old, start, end)
        if at < 0 or self.text.find(old, at + 1, end) >= 0:
            raise ValueError(f"{function}() has '{old}' {'never' if at < 0 else 'more than once'}")
        end = at + len(old)
        if old[-1] == ";":
            self.wrap(at, end, f"{{ if (mutant_by_hand({number})) {{ {new} }} else {{ ", " } }")
            return
        if old.startswith("if ("):      # so that it is told from what shows the condition
            at, end, new = at + 4, end - 1, new[4:-1]
        self.wrap(at, end, f"(mutant_by_hand({number}) ? ({new}) : (", "))")

    def span(self, function):
        for name, start, end in self.functions():
            if name == function:
                return start, end
        raise ValueError(f"there is no function {function}()")

    def functions(self):
        for match in re.finditer(r"^\{$", self.mask, re.M):
            head = self.mask[:match.start()]
            head = head[max(head.rfind("\n}\n"), head.rfind(";\n")) + 1:]
            name = re.search(r"\bOP\((\w+)\)|(\w+)\(", head)
            if name:
                yield name[1] or name[2], match.start(), self.closing(match.start())


def mutate(text, number):
    """every mutant of a file, numbered from `number` on; File"""
    f = File(text, number)
    for f.function, start, f.end in f.functions():
        f.block(start)
    return f
