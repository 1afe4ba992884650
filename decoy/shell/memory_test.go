package shell

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"gait/decoy/proc"
)

// TestArraysAreCharged doubles an array and counts how far it gets: what fields
// and elements really take is more than their text.
func TestArraysAreCharged(t *testing.T) {
	for name, command := range map[string]string{
		"append":     `a=(x); while :; do echo ${#a[@]}; a+=("${a[@]}"); done`,
		"parameters": `set -- x; while :; do echo $#; set -- "$@" "$@"; done`,
		"split":      `a=x; while :; do set -- $a; echo $#; a="$a $a"; done`,
		"recursion":  `f() { echo $(($1 + 900)); f $(($1 + 900)) "${@:2}"; }; f 0 {1..900}`,
	} {
		r := newRig(proc.Limits{Memory: 4 << 20}).execFor(t, command, "", time.Minute)
		lines := strings.Fields(r.out)
		if n, err := strconv.Atoi(lines[len(lines)-1]); err != nil || n < 1000 || n > 4<<20/argCost {
			t.Errorf("%s: %d in 4 MB, errors %.100q", name, n, r.err)
		}
	}
}
