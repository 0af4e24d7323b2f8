# SPDX-License-Identifier: GPL-2.0-only
# fish completion for swapscope: the program says what may come next.
function __swapscope_offers
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l bare (string replace -ra '[\\\\"\']' '' -- "$typed")
    set -l program (string replace -r '^(~|\$HOME)/' "$HOME/" -- $words[1])
    command -sq -- $program; or set program swapscope
    command -sq -- $program; or return
    for line in (command $program help --complete -- $words[2..-1] "$bare" 2>/dev/null)
        set -l parts (string split -m1 \t -- $line)
        if test "$parts[1]" = :files
            # the path alone, as any command's; then behind what stands before it, "--output="
            set -l path (string sub -s (math (string length -- "$parts[2]") + 1) -- "$typed")
            for file in (complete -C "__fish_command_without_completions $path")
                echo "$parts[2]$file"
            end
        else
            echo $line
        end
    end
end
complete -c swapscope -f -a '(__swapscope_offers)'
