# Reads the action's parameters (dotenv lines: key='value', with ' written as '\'') from stdin into the associative
# array PARAMS. Values may hold quotes and newlines. Nothing is evaluated, and no process is started.
declare -A PARAMS=()

attune_read_parameters() {
    local LC_ALL=C key value parts
    mapfile -t -d "'" parts
    local at=0 count=${#parts[@]}
    while ((at + 1 < count)); do
        key=${parts[at]#$'\n'}
        value=${parts[at + 1]}
        ((at += 2))
        # it'\''s is split into: it, a backslash, nothing, s
        while ((at + 2 < count)) && [[ ${parts[at]} == '\' && -z ${parts[at + 1]} ]]; do
            value+="'${parts[at + 2]}"
            ((at += 3))
        done
        [[ $key == ?*= ]] && PARAMS["${key%=}"]=$value
    done
}
attune_read_parameters
