#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mkguest.sh OUT SWAPSCOPE PACKAGE.deb...: from Debian's packages of a kernel (to 6.18 one,
# linux-image-..; later linux-binary-.. and linux-modules-..) and busybox-static the two files that
# QEMU boots, OUT/vmlinuz and OUT/initrd.  KERNEL is for `swapscope probes`; without it the package's
# version says.  With the packages of the kernel's headers behind it (linux-headers-..-amd64,
# linux-headers-..-common, linux-kbuild-..) the modules of the folder module are built, too.
set -eu
[ $# -ge 3 ] || { echo "usage: mkguest.sh OUT SWAPSCOPE PACKAGE.deb..." >&2; exit 2; }
out=$1 swapscope=$2
shift 2
kit=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# virtio_pci and virtio_blk: the disks; lz4 for zswap, zsmalloc for its pool
wanted="virtio_pci virtio_blk lz4 zsmalloc zram"

mkdir -p "$out" "$work"/kernel/usr/lib "$work"/root/{bin,proc,sys,dev,modules,kit}
ln -s usr/lib "$work/kernel/lib"
for package in "$@"; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/kernel" --keep-directory-symlink
done
image=$(find "$work/kernel" -name 'vmlinuz*' | head -1)
[ -n "$image" ] || { echo "$*: no kernel image" >&2; exit 2; }
version=$(dpkg-deb -f "$1" Version)
kernel=${KERNEL:-${version%%[-~+]*}}
cp "$image" "$out/vmlinuz"
release=$(ls "$work/kernel/lib/modules")
depmod -b "$work/kernel" "$release" 2>/dev/null

# in the order in which they have to be loaded; those that are built in are not listed
for module in $wanted; do
	modprobe -d "$work/kernel" -S "$release" --show-depends "$module" 2>/dev/null || true
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
	name=$(basename "${file%.xz}")
	case $file in
	*.xz) xz -dc "$file" >"$work/root/modules/$name" ;;
	*) cp "$file" "$work/root/modules/$name" ;;
	esac
	echo "$name" >>"$work/root/modules/order"
done

headers=$work/kernel/usr/src/linux-headers-$release
if [ -d "$headers" ]; then
	# a package says where it would be installed; without vmlinux nobody asks for pahole
	rm -f "$headers/vmlinux"
	sed -i "s,/usr/src,$work/kernel/usr/src," "$headers/Makefile"
	cp -r "$kit/module" "$work/module"
	make -s -C "$headers" M="$work/module" CC=gcc modules
	cp "$work"/module/*.ko "$work/root/kit/"
fi

cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$kit/guest-init" "$work/root/init"
cp "$kit/guest-run.sh" "$work/root/kit/"
gcc -std=gnu11 -O2 -static -pthread -o "$work/root/kit/swapwork" "$kit"/swapwork*.c
"$swapscope" probes --kernel "$kernel" >"$work/root/kit/probes.sh"
chmod +x "$work/root/init"
# for FORMAT=dat, if it is installed: trace-cmd and the libraries that it needs
if command -v trace-cmd >/dev/null; then
	cp "$(command -v trace-cmd)" "$work/root/bin/"
	ldd "$(command -v trace-cmd)" | grep -o '/[^ ]*' | while read -r file; do
		mkdir -p "$work/root$(dirname "$file")"
		cp -L "$file" "$work/root$file"
	done
fi
(cd "$work/root" && find . | cpio -o -H newc --quiet | gzip -1) >"$out/initrd"
echo "$out: Linux $release, probes of $kernel, modules: $(tr '\n' ' ' <"$work/root/modules/order")"
