package decoy

import "testing"

// TestNamedPipes holds what goes through named pipes against what Debian's bash
// gives for the same lines.
func TestNamedPipes(t *testing.T) {
	v := newVisit(t)
	for line, want := range map[string]string{
		"mkfifo a; (echo one; echo two) > a & cat a; wait":                  "one\ntwo\n",
		"mkfifo b; cat < b & echo three > b; wait; stat -c %F b":            "three\nfifo\n",
		"mkfifo c; (sleep 0.1; echo late > c) & read x < c; echo got $x":    "got late\n",
		"mkfifo d; exec 5<>d; echo x >&5; read y <&5; echo $y; exec 5>&-":   "x\n",
		"mkfifo e; timeout 0.3 cat e; echo $?":                              "124\n",
		"mkfifo f; cat f | sh 2>&1 | (echo 'echo here >&2; exit' > f; cat)": "here\n",
		"mkfifo g; chmod 0 g; su -s /bin/sh nobody -c 'cat g'; echo $?":     "1\n",
	} {
		if got := v.run(line); got.Out != want {
			t.Errorf("%s: %q, %q", line, got.Out, got.Err)
		}
	}
}
