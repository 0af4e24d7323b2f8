#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The page of `swapscope export --format html` in a browser: tests/page.py PROGRAM

Chromium is driven through a pipe.  What the page shows after each key is held to what the debugger
says at the same step (`view --lines`), to the data of the export as JSON, and to the source.
"""
import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

program = os.path.realpath(sys.argv[1])
bad = 0


def complain(text):
    global bad
    bad = 1
    print(f"{text} (replay: tests/page.py {program})")


def same(what, is_, want):
    if is_ != want:
        complain(f"{what}: {is_!r} instead of {want!r}")


class Browser:
    """a Chromium without a screen; what it asks the network for and what it complains of is kept"""

    def __init__(self, folder):
        command = shutil.which("chromium") or shutil.which("chromium-browser")
        if not command:
            sys.exit("no chromium: Debian's package chromium has it")
        to, self.write = os.pipe()
        self.read, back = os.pipe()

        def connect():
            a, b = os.dup(to), os.dup(back)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [command, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--no-first-run",
             "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
             f"--user-data-dir={folder}", "--host-resolver-rules=MAP * ~NOTFOUND",
             "--window-size=1400,900", "about:blank"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "HOME": folder})
        os.close(to)
        os.close(back)
        self.rest, self.number, self.session = b"", 0, None
        self.requests, self.faults, self.loaded = [], [], 0
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target,
                                flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(domain + ".enable")

    def message(self):
        while b"\0" not in self.rest:
            got = os.read(self.read, 1 << 16)
            if not got:
                sys.exit("chromium went away")
            self.rest += got
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def event(self, m):
        name, p = m.get("method", ""), m.get("params", {})
        if name == "Network.requestWillBeSent":
            self.requests.append(p["request"]["url"])
        elif name == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(p["exceptionDetails"])[:400])
        elif name == "Log.entryAdded":
            self.faults.append(p["entry"]["text"])
        elif name == "Page.loadEventFired":
            self.loaded += 1

    def ask(self, method, **params):
        self.number += 1
        m = {"id": self.number, "method": method, "params": params}
        if self.session:
            m["sessionId"] = self.session
        data = json.dumps(m).encode() + b"\0"
        while data:
            data = data[os.write(self.write, data):]
        while True:
            m = self.message()
            if m.get("id") == self.number:
                if "error" in m:
                    sys.exit(f"chromium: {method}: {m['error']}")
                return m["result"]
            self.event(m)

    def wait(self, before):
        while self.loaded == before:
            self.event(self.message())

    def open(self, path, place=""):
        before = self.loaded
        self.ask("Page.navigate", url="about:blank")
        self.wait(before)
        before = self.loaded
        self.ask("Page.navigate", url="file://" + path + place)
        self.wait(before)

    def reload(self):
        before = self.loaded
        self.ask("Page.reload")
        self.wait(before)

    def eval(self, script):
        r = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in r:
            sys.exit(f"{script}: {json.dumps(r['exceptionDetails'])[:400]}")
        return r["result"].get("value")

    def key(self, name):
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=name)

    def click(self, selector):
        x, y = self.eval("(() => { const r = document.querySelector('%s').getBoundingClientRect();"
                         " return [r.x + r.width / 2, r.y + r.height / 2]; })()" % selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def close(self):
        with contextlib.suppress(OSError, SystemExit):
            self.ask("Browser.close")
        self.process.wait(20)


SHOWN = """[...document.querySelectorAll(".pane")].map((p) => {
    const text = (name) => p.querySelector("." + name).textContent;
    return { at: text("at"), step: text("step"), wrong: text("wrong"), file: text("file"),
             objects: text("objects"), source: text("source"),
             changes: [...p.querySelectorAll(".changes li")].map((e) => e.textContent) };
})"""
ROWS = """[...document.querySelectorAll(".row.now")].map((r) => r.dataset.run + "." + r.dataset.at)"""


def run(*words, status=0):
    r = subprocess.run([program, *words], capture_output=True, text=True)
    if r.returncode != status:
        sys.exit(f"{' '.join(words)}: exit status {r.returncode}: {r.stderr}")
    return r.stdout


class Debugger:
    """what the debugger says, in lines: the last of each pane"""

    def __init__(self, runs, commands):
        r = subprocess.run([program, "view", *runs, "--lines"], input="\n".join(commands),
                           capture_output=True, text=True, check=True)
        self.lines = r.stdout.split("\n")
        self.pane = [None, None]
        self.next, self.last = 0, None

    def take(self, at):
        """on to where the left pane is said to be at a step; both panes then"""
        right = None	# was said of the right one since
        while self.next < len(self.lines):
            found = re.match(r"(?:(left|right): )?step (\d+) of \d+: (.*)$", self.lines[self.next])
            n = bool(found and found[1] == "right")
            if found and self.pane[0] and self.pane[0]["at"] == at and (right or not n):
                break
            if found:
                right = n and self.pane[0] and self.pane[0]["at"] == at
                self.last = self.pane[n] = {"at": int(found[2]), "step": found[3], "changes": ""}
            elif self.lines[self.next].startswith("  changes "):
                self.last["changes"] = self.lines[self.next][10:]
            self.next += 1
        return self.pane


def hold_to_debugger(shown, pane, where):
    for side, p in enumerate(pane[:len(shown)]):
        same(f"{where}, pane {side}: step", int(shown[side]["at"].split("/")[0]), p["at"])
        if not p["at"]:
            continue
        step = re.sub(r" \(the runs differ\)$", "", p["step"])
        task, op, text = step.split(": ", 2)
        same(f"{where}, pane {side}", shown[side]["step"], f"{p['at']} {task} {op}(): {text}")
        same(f"{where}, pane {side}: changes", ", ".join(shown[side]["changes"]), p["changes"])


def hold_to_source(shown, figure, where):
    for side, run_ in enumerate(figure["runs"]):
        at = int(shown[side]["at"].split("/")[0])
        row = run_["steps"][at - 1 if at else 0]
        same(f"{where}: line", shown[side]["file"], f"{row['file']}:{row['line']}")
        with open("core/" + row["file"], encoding="utf-8") as f:
            line = f.read().split("\n")[row["line"] - 1]
        marked = [x for x in shown[side]["source"].split("\n") if x.startswith(">")]
        same(f"{where}: source", marked, [f"> {row['line']:4}  {line}"])


def steps(browser, page, runs, folder):
    """all the way through, by the right arrow"""
    figure = json.loads(run("export", *runs, "--format", "json"))
    total = [r["events"] for r in figure["runs"]]
    browser.open(page)
    said = Debugger(runs, ["forward"] * (max(total) + 5))
    shown = browser.eval(SHOWN)
    same("at the start", [int(s["at"].split("/")[0]) for s in shown], [0] * len(runs))
    for n in range(1, total[0] + 1):
        browser.key("ArrowRight")
        shown = browser.eval(SHOWN)
        pane = said.take(n)
        hold_to_debugger(shown, pane, f"after {n} keys")
        hold_to_source(shown, figure, f"after {n} keys")
        same(f"after {n} keys: rows", browser.eval(ROWS),
             [f"{i}.{p['at']}" for i, p in enumerate(pane[:len(runs)]) if p["at"]])
        wrong = figure["runs"][0]["steps"][n - 1].get("finding", "")
        same(f"after {n} keys: finding", shown[0]["wrong"], wrong)
    if len(runs) > 1:	# and the right pane to its own end
        while int(shown[1]["at"].split("/")[0]) < total[1]:
            browser.key("ArrowRight")
            now = browser.eval(SHOWN)
            same("beyond the left end", int(now[1]["at"].split("/")[0]),
                 int(shown[1]["at"].split("/")[0]) + 1)
            shown = now
    end = browser.eval(SHOWN)
    browser.key("ArrowRight")
    same("at the end", browser.eval(SHOWN), end)
    browser.key("Home")
    same("Home", [s["step"] for s in browser.eval(SHOWN)], ["before the first step"] * len(runs))
    browser.key("End")
    same("End", browser.eval(SHOWN), end)
    browser.key("ArrowLeft")
    browser.key("ArrowRight")
    same("back and forward", browser.eval(SHOWN), end)
    browser.reload()
    same("loaded again", browser.eval(SHOWN), end)
    return end


def ways(browser, page, runs):
    """buttons, clicks, links and other keys"""
    browser.open(page)
    browser.click("#forward")
    browser.click("#forward")
    same("two clicks", browser.eval(SHOWN)[0]["at"].split("/")[0], "2")
    browser.click("#back")
    same("and one back", browser.eval(SHOWN)[0]["at"].split("/")[0], "1")
    browser.key("d")
    parted = [int(s["at"].split("/")[0]) for s in browser.eval(SHOWN)]
    figure = json.loads(run("export", *runs, "--format", "json"))
    same("d", parted, [figure["left_parts_after"] + 1, figure["right_parts_after"] + 1])
    browser.key("f")
    same("f", "UAF" in browser.eval(SHOWN)[0]["wrong"], True)
    browser.key("Home")
    browser.click('.row[data-run="1"][data-at="4"]')
    shown = browser.eval(SHOWN)
    same("a click on a step of the right run", shown[1]["at"].split("/")[0], "4")
    same("and its pane has the focus", browser.eval('document.querySelector(".pane.focus").id'),
         "pane1")
    same("objects of the two differ there",
         browser.eval('document.querySelectorAll("#pane1 .objects .differs").length') > 0, True)
    browser.eval('document.getElementById("pane0").focus()')
    same("the focus of the keyboard", browser.eval('document.querySelector(".pane.focus").id'),
         "pane0")
    browser.key("End")
    browser.eval('document.querySelector(".words a").click()')
    same("a link to a finding", browser.eval(ROWS)[0], "0.19")


def no_network(browser, page):
    browser.open(page)
    browser.faults.clear()
    got = browser.eval("""fetch("http://127.0.0.1:9/x").then(() => "went out", (e) => "refused")""")
    same("a request", got, "refused")
    same("by the policy", any("Content Security Policy" in f for f in browser.faults), True)
    browser.eval("""(() => { const s = document.createElement("script");
        s.textContent = "document.title = 'another script'"; document.body.append(s); })()""")
    same("another script", browser.eval("document.title") != "another script", True)
    browser.faults.clear()


def without_script(browser, page):
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    seen = browser.eval("""(() => { const h = (s) => { const e = document.querySelector(s);
        return e ? e.getBoundingClientRect().height : 0; };
        return [h(".diagram") > 300, h("nav"), h("#panes"), h("noscript p") > 5]; })()""")
    same("without JavaScript", seen, [True, 0, 0, True])


def light_and_dark(browser, page):
    colours = []
    for scheme in ("light", "dark"):
        browser.ask("Emulation.setEmulatedMedia",
                    features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.open(page)
        colours.append(browser.eval("""[getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector(".diagram .text")).fill]"""))
    same("light and dark", [a != b for a, b in zip(*colours)], [True, True])
    same("dark on light", colours[0], ["rgb(255, 255, 255)", "rgb(27, 27, 27)"])


def hostile(browser, folder):
    """whatever is in a file, it is text"""
    evil = """</script><script>document.title="taken"</script><!-- " ' & ]]> \\u003c \\l {} \u00f6"""
    db = folder + "/hostile.db"
    run("explore", "writeback-first", "--kernel", "debate-a", "--save", db, status=1)
    with contextlib.closing(sqlite3.connect(db)) as c, c:
        c.execute("UPDATE run SET title = ?1, verdict = ?1", [evil])
        c.execute("UPDATE step SET text = text || ?1", [evil])
        c.execute("UPDATE result SET text = text || ?1", [evil])
        c.execute("UPDATE finding SET text = text || ?1", [evil])
        c.execute("UPDATE source SET text = replace(text, char(10), ?1 || char(10))", [evil])
        c.execute("INSERT INTO note (run, seq, kind, text) VALUES (1, 3, 'note', ?1)", [evil])
    trace = db + ":1"
    run("export", trace, "-o", folder + "/hostile.html")
    browser.open(folder + "/hostile.html")
    same("a hostile title", browser.eval("document.title"), evil)
    browser.key("End")
    browser.key("f")
    shown = browser.eval(SHOWN)[0]
    for what in ("step", "wrong", "source"):
        same(f"a hostile {what} is shown", evil in shown[what], True)
    same("scripts of the page", browser.eval("document.scripts.length"), 2)
    for kind, check in (("svg", ["xmllint", "--noout"]), ("dot", ["dot", "-Tsvg", "-o/dev/null"])):
        run("export", trace, "-o", f"{folder}/hostile.{kind}")
        r = subprocess.run([*check, f"{folder}/hostile.{kind}"], capture_output=True, text=True)
        same(f"hostile texts in {kind}", (r.returncode, r.stderr), (0, ""))
    run("export", trace, "-o", folder + "/hostile.cast")
    with open(folder + "/hostile.cast", encoding="utf-8") as f:
        same("a hostile title in cast", json.loads(f.readline())["title"], evil)


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        run("tour", "--plain", "--save", folder + "/tour.db")
        runs = [f"{folder}/tour.db:1", f"{folder}/tour.db:2"]
        run("export", *runs, "-o", folder + "/pair.html")
        run("export", runs[1], "-o", folder + "/one.html")
        run("export", "tests/data/live-freed.db", "--steps", "440..484", "-o",
            folder + "/part.html")
        browser = Browser(folder + "/profile")
        try:
            steps(browser, folder + "/pair.html", runs, folder)
            steps(browser, folder + "/one.html", runs[1:], folder)
            ways(browser, folder + "/pair.html", runs)
            browser.open(folder + "/part.html", "#s0.484")
            same("a part", browser.eval(SHOWN)[0]["at"], "484/509")
            same("what the page complained of", browser.faults, [])
            no_network(browser, folder + "/pair.html")
            without_script(browser, folder + "/pair.html")
            light_and_dark(browser, folder + "/pair.html")
            hostile(browser, folder)
            same("what the page complained of", browser.faults, [])
            same("what was asked of the network",
                 [u for u in browser.requests
                  if not u.startswith(("file://" + folder, "about:")) and
                  u != "http://127.0.0.1:9/x"], [])
        finally:
            browser.close()


main()
sys.exit(bad)
