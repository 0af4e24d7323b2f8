#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot.sh GUEST RUN OUT [KEY=VALUE ...]: boot what mkguest.sh made, under QEMU without hardware
# virtualisation, let it do one run of guest-run.sh, and unpack what came of it into OUT.
set -eu
[ $# -ge 3 ] || { echo "usage: boot.sh GUEST RUN OUT [KEY=VALUE ...]" >&2; exit 2; }
guest=$1 run=$2 out=$3
shift 3
mkdir -p "$out"
truncate -s 256M "$out/swap.img" "$out/out.img"
# two virtual CPUs on two threads: enough for every race here.  nokaslr and no mitigations: a run
# takes seconds, not minutes.
nice timeout "${TIMEOUT:-300}" qemu-system-x86_64 \
	-accel tcg,thread=multi -smp 2 -cpu max -m "${MEMORY:-768}" \
	-display none -serial stdio -monitor none -nic none -no-reboot \
	-kernel "$guest/vmlinuz" -initrd "$guest/initrd" \
	-drive "file=$out/swap.img,if=virtio,format=raw,cache=unsafe" \
	-drive "file=$out/out.img,if=virtio,format=raw,cache=unsafe" \
	-append "console=ttyS0 quiet panic=-1 nokaslr mitigations=off run=$run $*" \
	</dev/null >"$out/console.log" 2>&1 || echo "QEMU ended with $?" >&2
rm -f "$out/run.log"
tar -xf "$out/out.img" -C "$out" 2>/dev/null || true
[ -f "$out/run.log" ] || {
	echo "$out: the guest left nothing; see $out/console.log, and boot again" >&2
	exit 1
}
rm -f "$out/swap.img" "$out/out.img"
grep '^guest:' "$out/console.log" || true
