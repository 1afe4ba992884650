package visit

import (
	"context"
	"errors"
)

// ErrInterrupt is what reading a line ends with on ^C. The terminal shows ^C
// and stands at the beginning of a new row.
var ErrInterrupt = errors.New("interrupted")

// LineRequest is what a shell wants read.
type LineRequest struct {
	// Prompt is shown before the line. What stands between \x01 and \x02 takes
	// no room on the terminal.
	Prompt string
	// History is what can be gone back to, oldest first. It is not changed.
	History []string
	// Complete gives the candidates for the word that ends at the cursor, and
	// where that word begins. Both are offsets in bytes. It may be nil.
	Complete func(line string, cursor int) (from int, candidates []string)
	// Context ends the reading, with its error. Nil stands for one that never
	// ends.
	Context context.Context
}

// LineEditor reads lines from a terminal.
type LineEditor interface {
	// ReadLine reads one line and gives it without its end. It gives io.EOF
	// on ^D in an empty line and when the terminal is gone, and ErrInterrupt
	// on ^C.
	ReadLine(r LineRequest) (string, error)
}
