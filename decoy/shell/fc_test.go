package shell

import (
	"testing"

	"gait/decoy/proc"
)

// TestEarlierLines lists lines of the history and runs one again.
func TestEarlierLines(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want(promptText)
	d.do("history -c")
	for _, c := range [][2]string{
		{"echo one", "one\n"}, {"echo two", "two\n"}, {"fc -l -2", "1\t echo one\n2\t echo two\n"}, {"fc -ln -3 -2", "\t echo one\n\t echo two\n"},
		{"fc -lr 1 2", "2\t echo two\n1\t echo one\n"}, {"fc -l echo", "2\t echo two\n3\t fc -l -2\n4\t fc -ln -3 -2\n5\t fc -lr 1 2\n"},
		{"fc -s two=2 echo", "echo 2\n2\n"}, {"fc -l -1", "7\t echo 2\n"}, {"fc -l zzz", "-bash: fc: history specification out of range\n"},
	} {
		if got := d.do(c[0]); got != c[1]+"root@web01" {
			t.Errorf("%s: %q, want %q", c[0], got, c[1])
		}
	}
}
