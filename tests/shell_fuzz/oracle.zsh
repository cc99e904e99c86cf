# Answers with zsh's canonical form of every NUL-terminated text on standard input, ended by a NUL: `y` and the
# form, or `n` when zsh rejects the text. A text that is assigned to a function's body is read, and never runs.

exec 2>/dev/null
emulate -R zsh
zmodload zsh/parameter
PATH=/nonexistent
while IFS= read -r -d $'\0' text; do
    { unset 'functions[candidate]'; functions[candidate]=$text } always { TRY_BLOCK_ERROR=0 }
    if (( $+functions[candidate] )); then
        print -rn -- "y${functions[candidate]}"$'\0'
    else
        print -rn -- "n"$'\0'
    fi
done
