// Package asciicast reads asciicast recordings of versions 1, 2 and 3, and
// writes version 2.
//
// A recording holds one session, with the id "1". Its text is JSON, which has
// no bytes; so that none is lost, raw bytes that are not valid UTF-8 are taken
// as they stand, and an escaped lone surrogate \udc80 to \udcff is the byte 80
// to ff, which is how [Writer] writes it. Recorders put U+FFFD where they lost
// bytes; those are counted.
package asciicast

import (
	"errors"
	"fmt"
	"io"

	"gait"
	"gait/recording/reader"
)

// Name is the format's name.
const Name = "asciicast"

// sessionID is the id of the only session of a recording.
const sessionID = "1"

// Format reads asciicast recordings.
type Format struct{}

// Name gives "asciicast".
func (Format) Name() string { return Name }

// Detect says whether head begins a recording: for versions 2 and 3 the first
// line is an object that says so and tells a terminal's size, or is followed by
// an event; for version 1 the whole is an object with "stdout".
func (Format) Detect(head []byte) bool { return probe(head) != 0 }

// Open finds the version. All else is read with the session.
func (Format) Open(src *reader.Source, lim reader.Limits) (reader.Recording, error) {
	head := make([]byte, min(src.Size, reader.HeadSize))
	n, err := src.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, failed(src, err)
	}
	r := &recording{src: src, lim: lim, version: probe(head[:n])}
	r.Single = reader.Single{Name: Name, ID: sessionID, Bytes: src.Size, Read: r.read}
	if r.version == 0 {
		return nil, &reader.Error{
			Path: src.Path, At: 0, What: "this is no asciicast of version 1, 2 or 3",
			Do: `the first line must be an object with "version" and the terminal's size`,
		}
	}
	return r, nil
}

// recording is an opened file; it is its own only batch.
type recording struct {
	reader.Single
	src     *reader.Source
	lim     reader.Limits
	version int
}

// read reads the file once: the events, and the hash for the evidence
// reference, which covers the whole file even where the session is cut.
func (r *recording) read() (*gait.Session, error) {
	in := newHashed(r.src.Reader())
	c := newCast(r.lim)
	var err error
	switch r.version {
	case 1:
		err = c.readV1(in)
	case 2:
		err = c.readLines(in, c.eventV2)
	default:
		err = c.readLines(in, c.eventV3)
	}
	if err == nil {
		err = in.finish()
	}
	if err != nil {
		return nil, failed(r.src, err)
	}
	s := c.finish(r.version)
	s.Path = r.src.Path
	s.EvidenceRef = fmt.Sprintf("file:%x#%s", in.hash.Sum(nil), sessionID)
	return s, nil
}

// failed wraps an error of the input, unless it is made for the user already.
func failed(src *reader.Source, err error) error {
	var e *reader.Error
	if errors.As(err, &e) {
		return err
	}
	return &reader.Error{Path: src.Path, At: -1, What: "read the recording", Err: err}
}
