package shell

import (
	"slices"
	"strings"
	"testing"
)

// TestReferences expands references to earlier lines; the answers are those of
// bash 5.2.
func TestReferences(t *testing.T) {
	past := []string{"ls -la /tmp | wc -l", "echo a/b/c.txt", "echo one two three four"}
	for _, c := range []struct{ line, want, problem string }{
		{"!!", "echo one two three four", ""}, {"sudo !!", "sudo echo one two three four", ""}, {"!-2", "echo a/b/c.txt", ""}, {"!1", past[0], ""}, {"!ls", past[0], ""},
		{"!?b/c?", past[1], ""}, {"!?wc", past[0], ""}, {"cat !$", "cat four", ""}, {"cat !^", "cat one", ""}, {"cat !*", "cat one two three four", ""},
		{"echo !!:2 !!:$ !!:^ ", "echo two four one ", ""}, {"echo !:1-2 !:2* !:3-", "echo one two two three four three", ""}, {"echo !#:0 x", "echo echo x", ""},
		{"echo !-2:$:h !-2$:t !-2:1:r !-2:$:e", "echo a/b c.txt a/b/c .txt", ""}, {"!ls:3-", "| wc", ""}, {"!ls:0", "ls", ""}, {"!echo:s/one/1/", "echo 1 two three four", ""},
		{"!!:gs/o/0/", "ech0 0ne tw0 three f0ur", ""}, {"^two^2", "echo one 2 three four", ""}, {"^two^2^", "echo one 2 three four", ""}, {"^two^(&)^ x", "echo one (two) three four x", ""},
		{"!!:q", "'echo one two three four'", ""}, {"!!:s/two/2/:s/one/1/", "echo 1 2 three four", ""}, {"echo '!!' \\!\\! !", "echo '!!' \\!\\! !", ""}, {"echo \"!!\"", "echo \"echo one two three four\"", ""},
		{"wait $!; x $!a ${!x} [!a]", "wait $!; x $!a ${!x} [!a]", ""}, {"!xyz", "", "!xyz: event not found"}, {"!99", "", "!99: event not found"}, {"!?nope? x", "", "!?nope?: event not found"}, {"^zzz^y", "", ":s^zzz^y: substitution failed"},
		{"!!:9", "", ":9: bad word specifier"}, {"!!:z", "", "z: unrecognized history modifier"},
	} {
		e := &expansion{list: slices.Clone(past)}
		line := c.line
		if strings.HasPrefix(line, "^") {
			line = "!!:s" + line
		}
		e.expand(line)
		if e.problem != c.problem || c.problem == "" && e.out.String() != c.want {
			t.Errorf("%s: %q, %q; want %q, %q", c.line, e.out.String(), e.problem, c.want, c.problem)
		}
	}
}
