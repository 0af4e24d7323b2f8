# SPDX-License-Identifier: GPL-2.0-only
# bash completion for swapscope: the program says what may come next.
_swapscope()
{
	local line=${COMP_LINE:0:COMP_POINT} quotes=$'[\\\\"\']' i word lead program path prefix
	local -a words=()
	# bash takes "--set" "=" "pin" for three words: what no blank parts is one again
	for ((i = 0; i <= COMP_CWORD; i++)); do
		[[ $i != 0 && $line != [[:space:]]* ]] || words+=("")
		line=${line#"${line%%[![:space:]]*}"}
		word=${COMP_WORDS[i]}
		((i < COMP_CWORD)) || word=$line	# up to the cursor
		words[-1]+=$word
		line=${line#"$word"}
	done
	lead=${words[-1]%"$2"}	# of the last word, what readline keeps: not to be repeated
	lead=${lead//$quotes/}
	words=("${words[@]//$quotes/}")
	program=${words[0]}
	# shellcheck disable=SC2016,SC2088
	[[ $program != '~/'* && $program != '$HOME/'* ]] || program=${HOME-}/${program#*/}
	COMPREPLY=()
	program=$(type -P -- "$program" || type -P swapscope) || return 0
	while IFS=$'\t' read -r word prefix; do
		if [[ $word != :files ]]; then
			[[ $word != *= ]] || compopt -o nospace
			COMPREPLY+=("${word#"$lead"}")
			continue
		fi
		compopt -o filenames
		path=${words[-1]#"$prefix"}
		while IFS= read -r word; do
			word=$prefix$word
			COMPREPLY+=("${word#"$lead"}")
		done < <(compgen -f -- "$path")
		# a path with a variable: bash knows how
		[[ ${#COMPREPLY[@]} != 0 || $lead != "$prefix" ]] || compopt -o default
	done < <("$program" help --complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _swapscope swapscope
