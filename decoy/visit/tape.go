package visit

import "time"

// Tape takes what passes in one session. Times count from the session's start;
// they do not go back. No two calls come at once, none comes after End, and
// data is only lent.
type Tape interface {
	// Input takes what the client sent.
	Input(at time.Duration, data []byte)
	// Output takes what is sent to the client.
	Output(at time.Duration, data []byte)
	// Resize takes another size of the terminal.
	Resize(at time.Duration, cols, rows int)
	// End ends the recording: "exit", "hangup", "signal", "limit" or "fault".
	End(at time.Duration, reason string)
}
