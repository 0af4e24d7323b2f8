# SPDX-License-Identifier: GPL-2.0-only
# bash completion for swapscope: the program says what may come next.
_swapscope()
{
	local line=${COMP_LINE:0:COMP_POINT} typed=${COMP_WORDS[COMP_CWORD]} word cut files=""
	local -a words
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	cut=${words[-1]}
	# bash takes "--set" "=" "pin" for three words: what is there of ours is not to be repeated
	cut=${cut%"$typed"}
	[[ $typed == [=:] ]] && cut=$cut$typed
	COMPREPLY=()
	compopt -o nospace
	while IFS=$'\t' read -r word _; do
		if [[ $word == :files ]]; then
			files=1
			compopt -o filenames +o nospace
			while read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$typed")
			continue
		fi
		[[ $word == *= ]] || compopt +o nospace
		COMPREPLY+=("${word#"$cut"}")
	done < <("${words[0]}" help --complete -- "${words[@]:1}" 2>/dev/null)
	# ~/, $HOME/: bash knows how
	[[ -z $files || ${#COMPREPLY[@]} != 0 ]] || compopt -o default
}
complete -F _swapscope swapscope
