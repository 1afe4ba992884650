package main

import (
	"errors"

	"gait/recording"
)

// failure is something that could not be read.
type failure struct{ path, text string }

// fail notes a failure of a piece; an error that names a path of its own, such
// as that of a member of an archive, is told under that path.
func (p *piece) fail(path string, err error) {
	p.failures = append(p.failures, newFailure(path, err))
}

func newFailure(path string, err error) failure {
	var e *recording.Error
	if errors.As(err, &e) && e.Path != "" {
		path = e.Path
	}
	return failure{path, err.Error()}
}

// line puts a failure in one line that is harmless in a terminal.
func (f failure) line() string {
	if f.path == "" {
		return "gait: " + printable(f.text)
	}
	return "gait: " + printable(f.path) + ": " + printable(f.text)
}
