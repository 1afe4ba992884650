// Package script reads what script(1) of util-linux records: files of bytes
// (typescripts) and a timing file that says how many of them came when.
//
// The classic timing file has lines "<delay> <bytes>" and knows output alone.
// The advanced one has lines "<type> <delay> <rest>" for input, output, signals
// and headers, and names the files. Input and output can be one file, their
// bytes lying in the order of the timing file, or two. The first line of each
// file of bytes is the recorder's own and is skipped.
//
// A recording holds one session, with the id "1", whichever of its files is
// opened. Its evidence reference is the hash of the timing file, the output and
// the input, one after the other, a file that is both counting once:
//
//	cat timing output input | sha256sum
package script

import (
	"errors"
	"io"

	"gait"
	"gait/recording/reader"
)

// Name is the format's name.
const Name = "script"

// sessionID is the id of the only session of a recording.
const sessionID = "1"

// Format reads recordings of script(1).
type Format struct{}

// Name gives "script".
func (Format) Name() string { return Name }

// Detect says whether head begins a typescript, by its first line, or a timing
// file, all of whose lines must be as script writes them.
func (Format) Detect(head []byte) bool { return isTypescript(head) || isTiming(head) }

// Open finds the files that belong to src. Of a typescript that is the timing
// file that the user named in src.Timing, else one with a fitting name in the
// same folder; of a timing file those that its headers name, else one with a
// fitting name. Names that a timing file gives are looked for in the folder of
// src alone.
func (Format) Open(src *reader.Source, lim reader.Limits) (reader.Recording, error) {
	head, err := readHead(src)
	if err != nil {
		return nil, failed(src, err)
	}
	r := &recording{src: src, lim: lim}
	r.Single = reader.Single{Name: Name, ID: sessionID, Bytes: src.Size, Read: r.read}
	switch {
	case src.Timing != "" || isTypescript(head):
		err = r.openTypescript()
	case isTiming(head):
		err = r.openTiming()
	default:
		err = &reader.Error{
			Path: src.Path, At: 0, What: "this is neither a typescript nor a timing file of script(1)",
			Do: "name the timing file with --timing FILE if it is a typescript whose first line was changed",
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// recording is an opened recording.
type recording struct {
	reader.Single
	src     *reader.Source
	lim     reader.Limits
	timing  place
	output  place // empty where there is none
	input   place // equal to output where one file holds both
	names   logNames
	missing int64 // files that are named and not there
}

// read plays the timing file through.
func (r *recording) read() (*gait.Session, error) {
	ref, err := r.evidence()
	if err != nil {
		return nil, failed(r.src, err)
	}
	p, err := newPlayer(r)
	if err == nil {
		defer p.close()
		err = p.play()
	}
	if err != nil {
		return nil, failed(r.src, err)
	}
	s := p.finish()
	s.Path, s.EvidenceRef = r.src.Path, ref
	return s, nil
}

func readHead(src *reader.Source) ([]byte, error) {
	head := make([]byte, min(src.Size, reader.HeadSize))
	n, err := src.ReadAt(head, 0)
	if err == io.EOF {
		err = nil
	}
	return head[:n], err
}

// failed wraps an error of the input, unless it is made for the user already.
func failed(src *reader.Source, err error) error {
	var e *reader.Error
	if errors.As(err, &e) {
		return err
	}
	return &reader.Error{Path: src.Path, At: -1, What: "read the recording", Err: err}
}
