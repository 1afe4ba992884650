# Types the file of commands with xdotool into an xterm that runs ssh, DELAY
# milliseconds a key.
Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$WORK/display" 2>/dev/null &
server=$!
trap 'kill $server $terminal 2>/dev/null' EXIT
for _ in $(seq 100); do
    [ -s "$WORK/display" ] && break
    sleep 0.1
done
DISPLAY=:$(cat "$WORK/display")
export DISPLAY
xterm -geometry 80x24+0+0 -e ssh -F "$SSH_CONFIG" decoy &
terminal=$!
timeout 20 xdotool search --sync --onlyvisible --class xterm mousemove 50 50 >/dev/null
sleep 2
xdotool type --delay "$DELAY" --file "$COMMANDS"
wait $terminal
