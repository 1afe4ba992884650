# A loop that writes a line and sleeps a random time between 0.3 and 2 s, into
# sshpass and ssh.
RANDOM=$SEED
sleep 1
while IFS= read -r line; do
    printf '%s\n' "$line"
    ms=$((300 + RANDOM % 1700))
    sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
done <"$COMMANDS" | (unset SSH_ASKPASS SSH_ASKPASS_REQUIRE; sshpass -p "$PASSWORD" ssh -tt -F "$SSH_CONFIG" decoy)
