# Read by a bash that takes its commands one after the other. Before each of them runs, guard is asked about the whole of
# it; when guard says no, nothing of it runs. Given by guard: GUARD, and what bash would have read without this.
__guard_ask() {
    [[ $HISTCMD == "$__guard_number" ]] && return "$__guard_answer"
    shopt -q extdebug || shopt -s extdebug
    [[ -o history ]] || set -o history
    local __guard_line
    __guard_line=$(HISTTIMEFORMAT='' builtin history 1)
    __guard_line=${__guard_line#"${__guard_line%%[![:space:]]*}"}
    __guard_number=$HISTCMD
    GUARD bash-env --session -- "${__guard_line#*[0-9]  }" < <(builtin declare -p; builtin declare -f)
    __guard_answer=$?
    return "$__guard_answer"
}
builtin eval "exec ${BASH_SOURCE[0]##*/}<&-"
START_UP
__guard_number=-1
__guard_answer=1
HISTCONTROL='' HISTIGNORE=''
set -o history
builtin trap __guard_ask DEBUG
