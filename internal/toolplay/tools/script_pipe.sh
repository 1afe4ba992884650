# Lines at a fixed beat of PAUSE seconds into script(1), which runs ssh on a
# terminal of its own.
{
    sleep 1
    while IFS= read -r line; do
        printf '%s\n' "$line"
        sleep "$PAUSE"
    done <"$COMMANDS"
} | script -q -c "ssh -F '$SSH_CONFIG' decoy" /dev/null
