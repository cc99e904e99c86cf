# Read by a bash that takes its commands one after the other. Before each of them runs, guard is asked about the whole of
# it; when guard says no, nothing of it runs. Given by guard: GUARD, and what bash would have read without this.
#
# What was entered stands in the history. That it is something new is told by PS0, which a terminal's bash expands once
# for each command that was entered; without a terminal, by the number that the history gives it. `__guard_line` counts
# for PS0; `__guard_asked`, `__guard_number` and `__guard_entry` are that count, HISTCMD and the entry's own number for
# the command that guard was asked about last, and `__guard_answer` is the answer.
__guard_ask() {
    if [[ $__guard_line == "$__guard_asked" && $HISTCMD == "$__guard_number" ]]; then
        # Another part of the same command, unless it is a new one that a pipe's history was kept from.
        [[ $- == *i* || -o history && -z ${HISTCONTROL-}${HISTIGNORE-} && ${HISTSIZE-1} != 0 ]] && return "$__guard_answer"
    fi
    local __guard_text __guard_new
    shopt -q extdebug || shopt -s extdebug
    [[ -o history ]] || set -o history
    HISTCONTROL='' HISTIGNORE=''
    [[ ${HISTSIZE-1} != 0 ]] || HISTSIZE=500
    __guard_text=$(HISTTIMEFORMAT='' builtin history 1)
    __guard_text=${__guard_text#"${__guard_text%%[![:space:]]*}"}
    __guard_new=${__guard_text%%[!0-9]*}
    # Between two commands bash runs PROMPT_COMMAND, and completes words.
    [[ $- == *i* && $__guard_line == 0 ]] && return 0
    if [[ -z $__guard_new || $__guard_new == "$__guard_entry" ]]; then
        [[ $- == *i* && $__guard_line == "$__guard_asked" ]] && return 0
        # The history was kept from this one: each part of it is asked about by itself.
        __guard_number=-1
        GUARD bash-env --session -- "$BASH_COMMAND" < <(builtin declare -p; builtin declare -f)
        return
    fi
    __guard_asked=$__guard_line __guard_number=$HISTCMD __guard_entry=$__guard_new
    GUARD bash-env --session -- "${__guard_text#*[0-9]  }" < <(builtin declare -p; builtin declare -f)
    __guard_answer=$?
    return "$__guard_answer"
}
builtin eval "exec ${BASH_SOURCE[0]##*/}<&-"
START_UP
__guard_line=0 __guard_asked=-1 __guard_number=-1 __guard_entry=-1 __guard_answer=1
# Counts and shows nothing. Whoever could change it could hide a command.
PS0=${PS0-}'${__guard_void[__guard_line+=1]-}'
builtin declare -r PS0
HISTCONTROL='' HISTIGNORE=''
set -o history
builtin trap __guard_ask DEBUG
