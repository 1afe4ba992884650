package gnu

import (
	"strings"

	"gait/decoy/proc"
)

// Words are how busybox words a complaint that GNU words otherwise: what stands
// before and after a name, and what stands there instead.
type Words struct{ Before, After, Instead, Then string }

// Applet makes the applet of busybox of a program: it does the same, complains in
// other words, and has the exit code 1 where something went wrong.
func Applet(run func(*proc.Process) int, words ...Words) func(*proc.Process) int {
	return func(p *proc.Process) int {
		c := *p
		c.Err = reworded{p, words}
		return min(run(&c), 1)
	}
}

type reworded struct {
	p     *proc.Process
	words []Words
}

func (r reworded) Write(b []byte) (int, error) {
	text := strings.NewReplacer("\u2018", "'", "\u2019", "'").Replace(string(b)) // busybox quotes plainly
	for _, w := range r.words {
		head, rest, ok := strings.Cut(text, ": "+w.Before)
		if name, why, shut := strings.Cut(rest, w.After); ok && shut {
			text = head + ": " + w.Instead + name + w.Then + why
			break
		}
	}
	_, err := r.p.Err.Write([]byte(text))
	return len(b), err
}
