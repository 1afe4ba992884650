// Package feed brings a session from the recorder, which runs as the visitor,
// to the collector, which alone may write shards.
//
// The two speak over a Unix stream socket: the recorder says hello, the
// collector answers with the session's id and its budgets, then come frames of
// keys, output and sizes with their times, and at the end the collector says
// what it kept. Where the connection ends before that, the session ended by a
// hangup. The collector believes the kernel about who is at the other end
// ([Trust]), and nothing that a frame says beyond its own session.
//
// The recorder never waits for the collector while its shell runs: see
// [Client].
package feed

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"gait"
	"gait/recording/shard"
)

// Hello is what a recorder says of itself and of its session. All of it are
// claims: the collector decides the decoy's name, the service, the session's
// id, and whether the address is the visitor's.
type Hello struct {
	// Header holds what is known at the start: Start, Width, Height, Env,
	// Command, Client, Obfuscated, and SourceIP and SourcePort as SSH_CONNECTION
	// has them.
	Header         gait.Header
	Decoy, Service string
	Believed       bool // the recorder itself takes the address for the visitor's
}

// Types of frames. A frame is its type, the time in nanoseconds, the length of
// its data, and the data.
const (
	frameHello   = 'h' // recorder: a hello
	frameWelcome = 'w' // collector: a welcome
	frameInput   = 'i'
	frameOutput  = 'o'
	frameResize  = 'r' // columns and rows
	frameMissing = 'm' // a channel, and bytes and events of it that were not sent
	frameEnd     = 'e' // recorder: the reason
	frameTotals  = 't' // collector: the totals
)

const (
	frameHead = 1 + 8 + 4
	maxFrame  = 32 << 10  // data of a frame; longer events take several
	maxHello  = 256 << 10 // data of a hello, which may bring a long command
	maxReason = 64
)

// appendFrame appends a frame. at is not negative.
func appendFrame(b []byte, kind byte, at time.Duration, data []byte) []byte {
	b = append(b, kind)
	b = binary.BigEndian.AppendUint64(b, uint64(max(at, 0)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

// appendResize appends a frame of a size.
func appendResize(b []byte, at time.Duration, cols, rows int) []byte {
	var data [8]byte
	binary.BigEndian.PutUint32(data[:], uint32(cols))
	binary.BigEndian.PutUint32(data[4:], uint32(rows))
	return appendFrame(b, frameResize, at, data[:])
}

// missing is what a frame of that type says.
type missing struct {
	shard.Missing
	events int64
}

func appendMissing(b []byte, at time.Duration, m missing) []byte {
	var data [17]byte
	data[0] = m.Channel
	binary.BigEndian.PutUint64(data[1:], uint64(m.Bytes))
	binary.BigEndian.PutUint64(data[9:], uint64(m.events))
	return appendFrame(b, frameMissing, at, data[:])
}

// head is the beginning of a frame.
type head struct {
	kind byte
	at   time.Duration
	size int
}

var errFrame = errors.New("a frame that cannot be")

// readHead reads the beginning of a frame whose data has at most so many bytes.
func readHead(r io.Reader, buf *[frameHead]byte, most int) (h head, err error) {
	if _, err := io.ReadFull(r, buf[:]); err != nil {
		return h, err
	}
	h.kind, h.at = buf[0], time.Duration(binary.BigEndian.Uint64(buf[1:]))
	size := binary.BigEndian.Uint32(buf[9:])
	if h.at < 0 || int64(size) > int64(most) {
		return h, errFrame
	}
	h.size = int(size)
	return h, nil
}

// readMessage reads a frame of one type and what it says.
func readMessage(r io.Reader, kind byte, most int, into any) error {
	var buf [frameHead]byte
	h, err := readHead(r, &buf, most)
	if err != nil {
		return err
	}
	if h.kind != kind {
		return errFrame
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(h.size))) // grows with what comes
	if err == nil && len(data) < h.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return errFrame
	}
	return nil
}

// appendMessage appends a frame that says something.
func appendMessage(b []byte, kind byte, what any) ([]byte, error) {
	data, err := json.Marshal(what)
	if err != nil {
		return b, fmt.Errorf("write a frame: %w", err)
	}
	return appendFrame(b, kind, 0, data), nil
}

// welcome answers a hello. Refused says why there is no session; else there is
// one, whatever becomes of it.
type welcome struct {
	Refused string `json:",omitempty"`
	ID      string `json:",omitempty"`
	Input   int64  `json:",omitempty"` // bytes that are kept
	Output  int64  `json:",omitempty"`
}

// greeting is a hello on its way. Strings are bytes, so that none is lost.
type greeting struct {
	Start                    time.Time
	Width, Height            int
	Env                      [][2][]byte
	Command, Client, Address []byte
	Port                     int
	Obfuscated               bool
	Decoy, Service           string
	Believed                 bool
}

// Bounds of a hello. The shard keeps less of it.
const (
	maxEnv     = 64
	maxValue   = 4 << 10
	maxCommand = 96 << 10
)

// greet makes a greeting that fits into its frame.
func greet(h *Hello) greeting {
	g := greeting{
		Start: h.Header.Start, Width: h.Header.Width, Height: h.Header.Height, Command: cut(h.Header.Command, maxCommand),
		Client: cut(h.Header.Client, maxValue), Address: cut(h.Header.SourceIP, maxValue), Port: h.Header.SourcePort,
		Obfuscated: h.Header.Obfuscated, Decoy: h.Decoy, Service: h.Service, Believed: h.Believed,
	}
	size := 0
	for _, v := range h.Header.Env[:min(len(h.Header.Env), maxEnv)] {
		pair := [2][]byte{cut(v.Name, maxValue), cut(v.Value, maxValue)}
		if size += len(pair[0]) + len(pair[1]); size > 8*maxValue {
			break
		}
		g.Env = append(g.Env, pair)
	}
	return g
}

func cut(s string, most int) []byte { return []byte(s[:min(len(s), most)]) }

// hello gives what a greeting says.
func (g *greeting) hello() Hello {
	h := Hello{Decoy: g.Decoy, Service: g.Service, Believed: g.Believed, Header: gait.Header{
		Start: g.Start, Width: sized(g.Width), Height: sized(g.Height), Command: string(g.Command), Client: string(g.Client),
		SourceIP: string(g.Address), SourcePort: sized(g.Port), Obfuscated: g.Obfuscated,
	}}
	for _, v := range g.Env[:min(len(g.Env), maxEnv)] {
		h.Header.Env = append(h.Header.Env, gait.Var{Name: string(v[0]), Value: string(v[1])})
	}
	return h
}

// sized keeps a number within 16 bits.
func sized(n int) int { return min(max(n, 0), 1<<16-1) }
