package gait

import "time"

// Granularity says in which pieces a recording holds input.
type Granularity uint8

// The granularities, from nothing to single keys. With GranularityLine only
// whole lines and their times are known; with GranularityPacket one event is
// what arrived together; with GranularityKey a paste is many one-key events.
const (
	GranularityNone Granularity = iota
	GranularityLine
	GranularityPacket
	GranularityKey
)

var granularityNames = [...]string{"none", "line", "packet", "key"}

// String gives the granularity's name.
func (g Granularity) String() string { return granularityNames[g&3] }

// Clock says which clock wrote the times of a recording.
type Clock uint8

// The clocks. A wall clock can step; a monotonic one cannot.
const (
	ClockUnknown Clock = iota
	ClockMonotonic
	ClockWall
)

var clockNames = [...]string{"unknown", "monotonic", "wall"}

// String gives the clock's name.
func (c Clock) String() string {
	if int(c) < len(clockNames) {
		return clockNames[c]
	}
	return clockNames[0]
}

// Fidelity says what a recording can show. It is a property of the format and
// of how the recording was made, not of the events that happen to be in it.
type Fidelity struct {
	// Input is the granularity of what the operator sent.
	Input Granularity
	// Resolution is the step of the written times; zero where unknown.
	Resolution time.Duration
	// Clock is the clock that the times come from.
	Clock Clock
	// Lossless is set where every byte stands as it was on the line.
	Lossless bool
	// Output is set where the format holds what the terminal received.
	Output bool
	// OutputPartial is set where output is known to be missing.
	OutputPartial bool
	// SharedTiming is set where the times belong to another session with the
	// same input: Cowrie deletes repeated recordings.
	SharedTiming bool
	// Swapped is set where input and output stood in each other's place in the
	// file and were put right (Cowrie's SSH proxy).
	Swapped bool
	// Closed says how the recording ended: "end record", "close record",
	// "exit record", "log line" or "end of file".
	Closed string
}
