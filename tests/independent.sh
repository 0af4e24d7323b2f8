#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# core/verify is a judge of its own: what it takes from elsewhere is on this list, and nothing else.
# Whoever wants to know what has to be trusted, for a certificate to be worth something, reads it.
#
#	tests/independent.sh OBJECT...		of core/verify
set -u
trusted='
kernel_get kernel_named kernel_set kernel_switch_named kernel_switches switch_value
op_name step_at step_count step_op_name task_at
property_deadlock property_find properties properties_check properties_costs
scenario_free scenario_parse scenario_start
task_preempted task_step
text_shows
world_fields
LZ4_decompress_safe
'
bad=0
objects=()
for object; do
	case $object in *core/verify/*) objects+=("$object") ;; esac
done
[ "${#objects[@]}" -ge 4 ] || { echo "no objects of core/verify: $*"; exit 1; }
own=$(nm -g --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }' | sort -u)
needs=$(nm -u "${objects[@]}" | awk '$1 == "U" { print $2 }' | sort -u | comm -23 - <(echo "$own"))
for name in $needs; do
	grep -qwF -- "$name" <<<"$trusted" && continue
	# the C library's
	echo "extern int $name; int *p = &$name; int main(void) { return !p; }" |
		cc -fno-builtin -w -x c - -o /dev/null 2>/dev/null && continue
	case $name in _GLOBAL_OFFSET_TABLE_|__asan_*|__ubsan_*|__sanitizer_*|__sancov_*|__tsan_*) continue ;; esac
	echo "core/verify needs $name, which is not on the list of what is trusted"
	bad=1
done
for name in $trusted; do
	grep -qx "$name" <<<"$needs" || { echo "$name is on the list, and core/verify does not need it"; bad=1; }
done
# the list can be broken
grep -qw mem_canonicalise <<<"$trusted" && bad=1
exit $bad
