// Package ttylog reads the terminal logs of Kippo, Cowrie and HonSSH: binary
// records of 24 bytes and their payload, or of 40 bytes where User-Mode Linux
// on a 64-bit machine wrote the structure as it lay in memory.
//
// A file holds one session, or several where two recorders chose the same name:
// each OPEN record begins one. A session ends at its first CLOSE record; what
// follows up to the next OPEN is counted and not read. Times count from the
// OPEN record; the clock is a wall clock and may step, and a time that goes
// back is lifted to the latest one and counted.
//
// The records say less than they seem to, so each session is looked over once
// before its events are made:
//
//   - INTERACT (direction 3) is the command of a session without a terminal
//     where it stands alone and nothing was typed: it becomes an exec event, in
//     front of its output. What such a command read from its standard input is
//     not recorded, so that input is known by the line only. Anywhere else
//     INTERACT is what the honeypot's own operator typed into the session: it
//     is not the attacker's and becomes marker events with the bytes as label.
//   - Input and output are swapped back where echo, again and again, comes
//     before its key and hardly ever behind it.
//   - Input is of granularity key where every record holds one byte although
//     there are enough of them to tell: at least 8 with a burst of 4 that are
//     less than 1 ms apart, or at least 100. Anything else is packet.
package ttylog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"

	"gait"
	"gait/recording/reader"
)

// name is the format's name.
const name = "ttylog"

// Format is the format of terminal logs.
type Format struct{}

// Name is "ttylog".
func (Format) Name() string { return name }

// Detect says whether head begins with a record that opens a terminal: of the
// right size and direction, and of a time between 2009 and 2038.
func (Format) Detect(head []byte) bool {
	_, ok := detect(head)
	return ok
}

// Open hashes the file, whose hash is part of the evidence references
// file:{sha256}#{n}; n counts the sessions of the file from 1 and is the id.
func (Format) Open(src *reader.Source, lim reader.Limits) (reader.Recording, error) {
	if _, err := open(src); err != nil {
		return nil, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, src.Reader()); err != nil {
		return nil, &reader.Error{Path: src.Path, At: -1, What: "cannot read the recording", Err: err}
	}
	return &recording{src: src, lim: lim, ref: "file:" + hex.EncodeToString(h.Sum(nil)) + "#"}, nil
}

// open finds the layout of a file.
func open(src *reader.Source) (layout, error) {
	var head [native]byte
	n, err := src.ReadAt(head[:min(src.Size, int64(native))], 0)
	if err != nil && err != io.EOF {
		return 0, &reader.Error{Path: src.Path, At: 0, What: "cannot read the recording", Err: err}
	}
	lay, ok := detect(head[:n])
	if !ok {
		return 0, &reader.Error{Path: src.Path, At: 0, What: "this is no terminal log: it does not begin with an OPEN record",
			Do: "check that the file is the honeypot's own and was copied as binary"}
	}
	return lay, nil
}

// Each reads the sessions of one terminal log and calls f with each, in order.
// n counts them from 1; last is set with the last one of the file. The session
// has no id and no evidence reference: the caller gives it those. It is valid
// until f returns. Each stops at the first error of f and returns it.
//
// The oddities are those of the file beside its sessions.
func Each(src *reader.Source, lim reader.Limits, f func(n int, last bool, s *gait.Session) error) (gait.Oddities, error) {
	var odd gait.Oddities
	lay, err := open(src)
	if err != nil {
		return odd, err
	}
	ahead, behind := newScanner(src, lay), newScanner(src, lay)
	var s gait.Session
	b := build{lim: lim, src: src, in: behind, buf: make([]byte, chunk)}
	for n := 1; ; n++ {
		from := ahead.at
		if ahead.held {
			from = ahead.rec.at
		}
		facts, err := ahead.survey()
		if err == io.EOF {
			return odd, nil
		}
		if err != nil {
			return odd, err
		}
		if n > 1 {
			odd.Add(gait.OddManyRecords, 1, from)
		}
		if n > lim.Sessions {
			odd.Add(gait.OddSessionsLimit, 1, from)
			continue
		}
		s.Reset()
		b.Builder, b.facts, b.ended = reader.NewBuilder(&s, lim), facts, false
		if err := b.session(); err != nil && err != io.EOF {
			return odd, err
		}
		if err := f(n, !ahead.held, &s); err != nil {
			return odd, err
		}
	}
}

// recording is an opened terminal log.
type recording struct {
	src *reader.Source
	lim reader.Limits
	ref string

	mu  sync.Mutex
	odd gait.Oddities
}

// Format is "ttylog".
func (r *recording) Format() string { return name }

// Batches gives the whole file as one batch.
func (r *recording) Batches() []reader.Batch { return []reader.Batch{r} }

// Size is the size of the file.
func (r *recording) Size() int64 { return r.src.Size }

// Each reads all sessions in file order.
func (r *recording) Each(f func(*gait.Session) error) error {
	odd, err := Each(r.src, r.lim, func(n int, _ bool, s *gait.Session) error {
		s.ID = strconv.Itoa(n)
		s.EvidenceRef = r.ref + s.ID
		return f(s)
	})
	r.mu.Lock()
	r.odd = odd
	r.mu.Unlock()
	return err
}

// errFound ends a search.
var errFound = errors.New("found")

// Session reads one session by its number in the file, from "1".
func (r *recording) Session(id string) (*gait.Session, error) {
	var found *gait.Session
	_, err := Each(r.src, r.lim, func(n int, _ bool, s *gait.Session) error {
		if strconv.Itoa(n) != id {
			return nil
		}
		s.ID = id
		s.EvidenceRef = r.ref + id
		found = s.Clone()
		return errFound
	})
	switch {
	case found != nil:
		return found, nil
	case err != nil:
		return nil, err
	}
	return nil, reader.ErrNoSession
}

// Oddities gives what was odd beside the sessions: several in one file.
func (r *recording) Oddities() gait.Oddities {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(gait.Oddities(nil), r.odd...)
}

// Begun gives when a terminal log began, by its first bytes.
func Begun(head []byte) (time.Time, bool) {
	lay, ok := detect(head)
	if !ok {
		return time.Time{}, false
	}
	r, ok := lay.decode(head)
	return time.UnixMicro(r.time).UTC(), ok
}
