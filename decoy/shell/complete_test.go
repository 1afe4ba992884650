package shell

import (
	"slices"
	"testing"

	"gait/decoy/proc"
)

// TestCompleteNames completes names that need backslashes.
func TestCompleteNames(t *testing.T) {
	r := newRig(proc.Limits{})
	v, _, _ := r.session(nil)
	s, end := r.shell.open(t.Context(), v)
	defer end()
	in := s.login(false)
	defer in.close()
	in.runText(`cd /tmp; mkdir 'sub dir'; touch 'two words' "it's" '$x' 'sub dir/a&b'`)
	for _, c := range []struct {
		line, want string
		from       int
	}{
		{"ls tw", `two\ words`, 3}, {`ls two\ w`, `two\ words`, 3}, {"ls it", `it\'s`, 3}, {`cat ./\$`, `./\$x`, 4}, {"cd su", `sub\ dir/`, 3},
		{`ls sub\ dir/`, `sub\ dir/a\&b`, 3}, {`ls "tw`, "two words", 4}, {`echo a\ b tw`, `two\ words`, 10},
	} {
		if from, list := in.complete(c.line, len(c.line)); from != c.from || !slices.Equal(list, []string{c.want}) {
			t.Errorf("%s: %d %q, want %d %q", c.line, from, list, c.from, c.want)
		}
	}
}
