# SPDX-License-Identifier: GPL-2.0-only
# fish completion for swapscope: the program says what may come next.
function __swapscope_offers
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in ($words[1] help --complete -- $words[2..-1] "$typed" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$typed"
        else
            echo $line
        end
    end
end
complete -c swapscope -f -a '(__swapscope_offers)'
