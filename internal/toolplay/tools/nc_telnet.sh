# The login and lines by printf into nc, PAUSE seconds after each.
{
    sleep 1
    printf '%s\r\n' "$LOGIN"
    sleep 1
    printf '%s\r\n' "$PASSWORD"
    sleep 1
    while IFS= read -r line; do
        printf '%s\r\n' "$line"
        sleep "$PAUSE"
    done <"$COMMANDS"
} | nc "$HOST" "$PORT"
