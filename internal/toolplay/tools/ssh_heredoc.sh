# A here-document as input of ssh, with a terminal (TTY=-tt) or without.
eval "ssh $TTY -F '$SSH_CONFIG' decoy <<'END'
$(cat "$COMMANDS")
END"
