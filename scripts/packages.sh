# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the scripts: what of Debian the project needs, and installing what is missing.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libncurses-dev libsqlite3-dev
	liblz4-dev libuv1-dev libinih-dev libxxhash-dev libcjson-dev libgmp-dev libarchive-dev
	libtracecmd-dev libtracefs-dev libtraceevent-dev"	# tracecmd's .pc needs tracefs's
TEST_PACKAGES="libcmocka-dev python3 clang libclang-rt-14-dev sqlite3 zstd xz-utils jq tmux spin procps"

# need PACKAGE...: install those that are not there.  Says what it does on standard error.
need()
{
	local missing="" package sudo=""
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed' ||
			missing="$missing $package"
	done
	[ -z "$missing" ] && return 0
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			echo "swapscope: please install as root:$missing" >&2
			return 1
		}
		sudo=sudo
	fi
	echo "swapscope: installing$missing" >&2
	$sudo apt-get -qq update >&2 || return 1
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
		$missing >/dev/null || return 1
}

# build FOLDER CMAKE-OPTION...: configure and build into build/FOLDER, quietly unless it fails.
build()
{
	local folder=build/$1 log
	shift
	mkdir -p "$folder"
	log=$folder/build.log
	if ! { cmake -G Ninja -S . -B "$folder" "$@" && cmake --build "$folder"; } >"$log" 2>&1; then
		cat "$log" >&2
		return 1
	fi
}
