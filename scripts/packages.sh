# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Sourced by the scripts: what of Debian the project needs, and installing what is missing.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libncurses-dev libsqlite3-dev
	liblz4-dev libuv1-dev libinih-dev libxxhash-dev libcjson-dev libgmp-dev libarchive-dev
	libtracecmd-dev libtracefs-dev libtraceevent-dev"	# tracecmd's .pc needs tracefs's
TEST_PACKAGES="libcmocka-dev python3 clang libclang-rt-dev llvm sqlite3 zstd xz-utils jq tmux
	spin rumur procps mandoc zsh fish asciinema graphviz libxml2-utils chromium"

# need PACKAGE...: install those that are not there.  Says what it does on standard error.
need()
{
	local have missing="" package sudo=""
	if ! command -v apt-get >/dev/null; then
		check_for "$@" && return
		echo "swapscope: please install what is missing; README.md has names of packages" >&2
		return 1
	fi
	# what is provided counts, too: packages are renamed
	have=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' |
		sed -n 's/^installed//p' | tr ',\n' '  ')"
	for package in "$@"; do
		case $have in *" $package "*) ;; *) missing="$missing $package" ;; esac
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
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 install $missing >/dev/null || return 1
}

# check_for PACKAGE...: where there is no apt, whether what these packages of Debian bring is there:
# the programs that they are named after, and the modules that the build asks pkg-config for
check_for()
{
	local lists=CMakeLists.txt program module why bad=0
	for program in "$@"; do
		case $program in
		libcmocka-dev) lists="$lists tests/CMakeLists.txt" ;;
		gcc) program=cc ;;
		ninja-build) program=ninja ;;
		llvm) program=llvm-symbolizer ;;	# names for the sanitizers
		xz-utils) program=xz ;;
		graphviz) program=dot ;;
		libxml2-utils) program=xmllint ;;
		procps) program="ps" ;;
		esac
		case $program in *-dev) continue ;; esac
		command -v "$program" >/dev/null && continue
		echo "swapscope: the program $program is not there" >&2
		bad=1
	done
	command -v pkg-config >/dev/null || return 1
	# shellcheck disable=SC2013,SC2086
	for module in $(sed -n 's/^pkg_check_modules(.* IMPORTED_TARGET \(.*\))/\1/p' $lists); do
		why=$(pkg-config --print-errors --exists "$module" 2>&1) && continue
		why=${why##*$'\n'}
		echo "swapscope: pkg-config: ${why/, required by \'virtual:world\'/}" >&2
		bad=1
	done
	return $bad
}

# build FOLDER CMAKE-OPTION...: configure and build into build/FOLDER, quietly unless it fails.
build()
{
	local folder=build/$1 log
	shift
	log=$folder/build.log
	# a redirection that fails below would not be noticed
	if ! { mkdir -p "$folder" && : >"$log"; } 2>/dev/null; then
		echo "swapscope: $folder cannot be written" >&2
		return 1
	fi
	if ! { cmake -G Ninja -S . -B "$folder" "$@" && cmake --build "$folder"; } >"$log" 2>&1; then
		cat "$log" >&2
		return 1
	fi
}
