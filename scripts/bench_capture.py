# SPDX-License-Identifier: GPL-2.0-only
"""
What a capture's text takes, and what import and check of it cost:
bench_capture.py SWAPSCOPE CAPTURE FOLDER
"""
import gzip
import lzma
import os
import subprocess
import sys
import time

program, capture, folder = sys.argv[1:]
name = os.path.basename(capture).removesuffix(".trace.zst")
trace = os.path.join(folder, name + ".db")


def cost(*words):
    """seconds that passed, seconds of CPU, MB at the most"""
    begun = time.monotonic()
    child = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit("swapscope " + " ".join(words) + " failed")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


made = cost("import", capture, "-o", trace)
count = subprocess.run([program, "sql", trace, "SELECT count(*) FROM capture_event"],
                       capture_output=True, text=True, check=True)
events = int(count.stdout.split()[-1])
text = subprocess.run(["zstd", "-dcq", capture], capture_output=True, check=True).stdout
print("%-29s %7d events  " % (name, events) +
      "; ".join("%s %4.2f s (%4.2f CPU), %3.0f thousand/s, %3.0f MB"
                % (what, *c[:2], events / c[0] / 1000, c[2])
                for what, c in (("import", made), ("check", cost("check", trace)))))
print("%29s %7.0f bytes an event as text; compressed by gzip %.0f times, by xz %.0f, as shipped %.0f"
      % ("", len(text) / events, len(text) / len(gzip.compress(text)),
         len(text) / len(lzma.compress(text)), len(text) / os.path.getsize(capture)))
