# Reads what socat gives char by char until the prompt, then writes the next
# line, half of them after a second of sleep.
export LC_ALL=C
coproc S { socat - "TCP:$HOST:$PORT"; }
await() {
    local seen=
    while IFS= read -r -t 20 -n 1 -d '' -u "${S[0]}" c; do
        seen=$seen$c
        [[ $seen == *"$1" ]] && return
    done
}
await 'login: '
printf '%s\r\n' "$LOGIN" >&"${S[1]}"
await 'assword: '
printf '%s\r\n' "$PASSWORD" >&"${S[1]}"
RANDOM=$SEED
while IFS= read -r line; do
    await "$PROMPT"
    ((RANDOM % 2)) && sleep 1
    printf '%s\r\n' "$line" >&"${S[1]}"
done <"$COMMANDS"
cat <&"${S[0]}"
