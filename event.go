package gait

import "time"

// Kind says what an event of a recording is.
type Kind uint8

// The kinds of events. Input is what the operator sent, Output what the
// terminal received. A Resize holds "COLSxROWS", a Marker its label, and an
// Exec the whole command that was given at login (ssh host command).
const (
	Input Kind = iota + 1
	Output
	Resize
	Marker
	Exec
)

var kindNames = [...]string{Input: "input", Output: "output", Resize: "resize", Marker: "marker", Exec: "exec"}

// String gives the kind's name in lower case, "unknown" for any other number.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "unknown"
}

// Event is one piece of a recording. Time counts from the session's start and
// never goes back within a session's inputs, outputs and execs. Data holds the
// bytes exactly as they were recorded and must not be changed.
type Event struct {
	Time time.Duration
	Kind Kind
	Data []byte
}

// NoTime stands for a written time that is no usable number. An event that is
// appended with it gets the largest time so far.
const NoTime = time.Duration(-1 << 63)

// Seconds gives a time as the double that all rules compute with: the whole
// number of nanoseconds divided once by 1e9. For whole microseconds within
// 104 days this is the same double as microseconds divided by 1e6, since both
// are correctly rounded quotients of the same number. [time.Duration.Seconds]
// adds two rounded parts and differs in the last bit now and then.
func Seconds(d time.Duration) float64 { return float64(d) / 1e9 }
