// Package evaluate measures how often the assessments are right, on recordings
// of which it is known who was at the keys. It computes and reads no file: the
// caller brings sessions with their labels, and gets figures back that are the
// same in each run.
//
// Nothing is judged by a model that was fitted on the same group. [Operator]
// takes what the operator's model was fitted on, leaves out what shares the
// group of the sample (the person, the model, the script) or is the same
// recording, and fits anew. Every class weighs the same, every group of a class
// weighs the same, and so does every sample of a group.
package evaluate

import (
	"crypto/sha256"
	"encoding/binary"

	"gait"
)

// Sample is a session of a labelled recording.
type Sample struct {
	Label
	Session *gait.Session
}

// Encoding is another way to write a session: it gives the session as it is
// read back from there, or nil where it cannot be written so.
type Encoding struct {
	Name string
	Read func(*gait.Session) (*gait.Session, error)
}

// Options say how the operator is measured. The zero value measures the model
// that is shipped.
type Options struct {
	// Refit fits on the samples alone, and on nothing that is shipped.
	Refit bool
	// Encodings are those that must not change an answer.
	Encodings []Encoding
	// Step is told after each sample and each part of the work; an error ends
	// it. It may be nil.
	Step func() error
}

// Steps says how often Step will be called at most.
func (o Options) Steps(samples []Sample) int {
	n := len(samples) + len(tables)*len(schemes)
	if len(o.Encodings) > 0 {
		n += len(samples)
	}
	for _, s := range samples {
		if s.Kind == Person {
			n++
		}
	}
	return n
}

// step says that a piece of work is done.
func (o Options) step() error {
	if o.Step == nil {
		return nil
	}
	return o.Step()
}

// content identifies what happened in a session, whatever the file that it was
// read from: kinds, times to the microsecond, and bytes.
func content(s *gait.Session) (sum [sha256.Size]byte) {
	h := sha256.New()
	var b [10]byte
	for _, e := range s.Events() {
		if e.Kind == gait.Resize || e.Kind == gait.Marker {
			continue
		}
		b[0] = byte(e.Kind)
		binary.LittleEndian.PutUint64(b[1:], uint64(e.Time.Microseconds()))
		h.Write(b[:])
		h.Write(e.Data)
	}
	h.Sum(sum[:0])
	return sum
}
