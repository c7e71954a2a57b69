#include "command/completion_script.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

// $1 is the program as it was typed, $2 the word; `=` is a word of its own there, and no part of a file's name.
constexpr std::string_view bash = R"(# bash completion of PROGRAM; made by: PROGRAM completion bash
_FUNCTION() {
    local line typed=${2#=}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$typed") ;;
            :folders) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$typed") ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <("${1/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _FUNCTION PROGRAM
)";

constexpr std::string_view zsh = R"(#compdef PROGRAM
# zsh completion of PROGRAM; made by: PROGRAM completion zsh
_FUNCTION() {
    local line files
    local -a candidates
    while IFS= read -r line; do
        case $line in
            :files) files=yes ;;
            :folders) files=folders ;;
            *$'\t'*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
            *) candidates+=("${line//:/\\:}") ;;
        esac
    done < <(${(Q)words[1]/#\~/$HOME} complete -- "${(Q@)words[2,CURRENT]}" 2>/dev/null)
    (( $#candidates )) && _describe PROGRAM candidates
    [[ $files == yes ]] && _files
    [[ $files == folders ]] && _files -/
    return 0
}
if [[ $funcstack[1] == _FUNCTION ]]; then
    _FUNCTION "$@"
else
    compdef _FUNCTION PROGRAM
fi
)";

constexpr std::string_view fish = R"(# fish completion of PROGRAM; made by: PROGRAM completion fish
function __FUNCTION_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    for line in ($before[1] complete -- $before[2..-1] "$typed" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$typed"
            case ':folders'
                __fish_complete_directories "$typed" ''
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c PROGRAM -f -a '(__FUNCTION_complete)'
)";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

}  // namespace

std::string completion_script(std::string_view program, std::string_view shell) {
    const auto script = shell == "bash" ? bash : shell == "zsh" ? zsh : shell == "fish" ? fish : std::string_view();
    std::string function(program);
    std::ranges::replace(function, '-', '_');
    return replaced(replaced(std::string(script), "FUNCTION", function), "PROGRAM", program);
}

}  // namespace hourkey::command
