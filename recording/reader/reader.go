// Package reader is the contract between package recording and the packages
// that each read one format.
//
// A format is told by content alone ([Format].Detect sees the first bytes), then
// opened; from then on that format alone explains what is wrong with the file.
// An opened [Recording] hands out its sessions in batches. Batches may be read
// on different goroutines at once; within a batch sessions come one by one, in
// order of first appearance.
//
// Input comes from attackers. A reader never panics, never allocates what a
// length field asks for before the bytes are there, and never keeps more than
// its [Limits] allow. What lies beyond a limit ends that session with the mark
// Truncated; the rest of the file is read.
package reader

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gait"
)

// Limits bound what is read of one input. They count, they do not time, so
// that a session is cut at the same place everywhere.
type Limits struct {
	Line     int           // bytes of a line
	Events   int           // events of a session
	Lines    int           // line ends in the input of a session
	Bytes    int64         // bytes of event data of a session
	Duration time.Duration // length of a session
	Sessions int           // sessions of a file
	Unpacked int64         // bytes that a compressed input may become
	Ratio    int64         // how many times its packed size it may become
}

// DefaultLimits gives the limits that hold unless flags change them.
func DefaultLimits() Limits {
	return Limits{
		Line:     1 << 20,
		Events:   2_000_000,
		Lines:    2_000_000,
		Bytes:    64 << 20,
		Duration: 7 * 24 * time.Hour,
		Sessions: 1_000_000,
		Unpacked: 8 << 30,
		Ratio:    1000,
	}
}

// Source is an opened input: bytes that can be read at any place, and what is
// around them. Dir may be nil; then the input has no neighbours.
type Source struct {
	io.ReaderAt
	Size int64
	Name string // base name, without .gz or .zst
	Path string // as the user gave it, for messages and the header
	Dir  Dir
	// Timing is the path of a timing file that the user named; only script
	// recordings need one.
	Timing string
}

// Reader reads the whole source from its start.
func (s *Source) Reader() io.Reader { return io.NewSectionReader(s, 0, s.Size) }

// Dir is the folder that an input lies in. Names are base names: a Dir opens
// nothing outside its folder, and no links that lead outside.
type Dir interface {
	// Open opens a neighbour, unpacked where it is compressed. The caller
	// closes it. The error is fs.ErrNotExist where there is none.
	Open(name string) (*Neighbour, error)
}

// Neighbour is another file of the same folder.
type Neighbour struct {
	Source
	io.Closer
}

// Opener opens a file by its path, unpacked where it is compressed. It opens
// nothing but regular files below the folders that the program was given. The
// caller closes it.
type Opener func(path string) (*Neighbour, error)

// Format is one kind of recording.
type Format interface {
	// Name is the format's name in headers and messages.
	Name() string
	// Detect says whether an input that begins with head is of this format.
	// head holds up to HeadSize bytes, fewer only where the input is shorter.
	Detect(head []byte) bool
	// Open reads as much as it takes to know the sessions. It does not close
	// the source.
	Open(src *Source, lim Limits) (Recording, error)
}

// HeadSize is how much of an input Detect sees.
const HeadSize = 4096

// Recording is an opened input of a known format.
type Recording interface {
	// Format gives the format's name.
	Format() string
	// Batches gives the pieces that can be read apart, in order of first
	// appearance of their sessions.
	Batches() []Batch
	// Session reads one session by its id. The error is ErrNoSession where it
	// is not there.
	Session(id string) (*gait.Session, error)
	// Oddities gives what was odd about the file outside its sessions. It is
	// whole when all batches have been read.
	Oddities() gait.Oddities
}

// Batch is a piece of a recording.
type Batch interface {
	// Size is the number of bytes that the batch covers, for progress.
	Size() int64
	// Each calls f with one session after the other. A session is valid until
	// f returns; Clone keeps it. Each stops at the first error of f and
	// returns it, or the error that kept it from reading on.
	Each(f func(*gait.Session) error) error
}

// ErrNoSession says that a recording does not hold the session asked for.
var ErrNoSession = errors.New("no such session in this recording")

// Error is a failure to read an input, in words for the person who ran the
// command: where it is, what is wrong, and what to do.
type Error struct {
	Path string
	At   int64  // byte offset, -1 where it does not matter
	What string // what is wrong
	Do   string // what to do; may be empty
	Err  error  // the cause; may be nil
}

// Error gives all of it in one line.
func (e *Error) Error() string {
	s := e.What
	if e.At >= 0 {
		s = fmt.Sprintf("byte %d: %s", e.At, s)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Do != "" {
		s += " (" + e.Do + ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
