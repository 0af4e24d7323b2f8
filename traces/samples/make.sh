#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make.sh GUESTS [NAME]: make the captures of this folder, or one of them, anew with what mkguest.sh
# of traces/kit made in GUESTS/6.1, GUESTS/6.12, GUESTS/6.18 and GUESTS/7.3.  The races fall out
# otherwise each time; zero-page-6.12 was taken of several in which at least five reads were wrong.
set -eu
[ $# -ge 1 ] || { echo "usage: make.sh GUESTS [NAME]" >&2; exit 2; }
guests=$1 only=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# sample NAME RELEASE RUN NOTE KEY=VALUE...
sample()
{
	local name=$1 guest=$guests/$2 run=$3 note=$4 from
	[ -z "$only" ] || [ "$only" = "$name" ] || return 0
	shift 4
	for _ in 1 2 3; do
		bash "$here/../kit/boot.sh" "$guest" "$run" "$work/$name" "$@" && break
	done
	grep -E 'checked|refused' "$work/$name/run.log"
	from=$work/$name/$run
	if [ -f "$from.dat" ]; then
		cp "$from.dat" "$here/$name.dat"
	else
		zstd -q -19 -f "$from.trace" -o "$here/$name.trace.zst"
	fi
	{
		echo "; SPDX-License-Identifier: GPL-2.0-only"
		cat "$from.meta"
		echo "note = $note"
	} | sed 's/ *$//' >"$here/$name.meta"
}

sample two-threads-6.1 6.1 same \
	"two threads read the same 16 swapped pages at once, twice; zram, zswap" ROUNDS=2 PAGES=16
sample two-threads-6.1-global 6.1 same \
	"as two-threads-6.1, with the global clock" ROUNDS=2 PAGES=16 CLOCK=global
sample two-threads-6.1-few 6.1 same \
	"as two-threads-6.1, without the probes that tell who holds the slot and its count" \
	ROUNDS=2 PAGES=16 "SKIP=\"prep clr dup sdup sc_get efree efree_l sfree\""
sample fork-6.1 6.1 fork \
	"fork, exit, munmap and MADV_DONTNEED of swapped pages under readers; zram, zswap" \
	ROUNDS=1 PAGES=48
sample swapoff-6.1 6.1 swapoff \
	"swapoff of zram while four threads of two processes read; zswap" PAGES=48 ROUNDS=2
sample two-threads-6.12 6.12 same \
	"two threads read the same 16 swapped pages at once, twice; zram, zswap" ROUNDS=2 PAGES=16
sample two-threads-6.18 6.18 same \
	"two threads read the same 16 swapped pages at once, twice; zram, zswap" ROUNDS=2 PAGES=16
sample two-threads-7.3 7.3 same \
	"two threads read the same 16 swapped pages at once, twice; zram, zswap" ROUNDS=2 PAGES=16
for release in 6.18 7.3; do
	sample "fork-$release" "$release" fork \
		"fork, exit, munmap and MADV_DONTNEED of swapped pages under readers; zram, zswap" \
		ROUNDS=1 PAGES=32
done
sample swapoff-7.3 7.3 swapoff \
	"swapoff of zram while four threads of two processes read; zswap" PAGES=32 ROUNDS=2
sample uffdmove-7.3 7.3 uffdmove \
	"UFFDIO_MOVE takes swapped pages to another address, where they are read; zram, zswap" \
	ROUNDS=8 PAGES=32
sample uffdwp-6.12 6.12 uffdwp \
	"userfaultfd write-protects the page that a fault reads back; zram, zswap" \
	ROUNDS=12 PAGES=32
sample zero-page-6.12 6.12 zero \
	"pages swapped out under a reader, given zeroes, swapped out again, written back by zswap; disk" \
	ROUNDS=1 PAGES=12
sample two-threads-6.1-dat 6.1 same \
	"as two-threads-6.1, saved by trace-cmd" ROUNDS=2 PAGES=16 FORMAT=dat
