package script

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"gait"
)

// closing is the most that script writes after the recorded bytes.
const closing = 512

// finish completes the header from what was read.
func (p *player) finish() *gait.Session {
	h := &p.s.Header
	h.ID, h.Format = sessionID, Name
	f := &h.Fidelity
	f.Resolution, f.Clock, f.Lossless = time.Microsecond, gait.ClockMonotonic, true
	names := p.rec.names
	if p.input != nil && (names.input != "" || p.saw['I']) {
		f.Input = gait.GranularityPacket
	}
	f.Output = p.output != nil && (names.output != "" || names.input == "" || p.saw['O'])
	if h.Truncated == "" && p.output != nil {
		p.last()
	}
	f.OutputPartial = f.Output && p.shortfall
	f.Closed = "end of file"
	if h.End.Seen {
		f.Closed = "exit record"
		h.End.Time = max(p.s.Last(), min(p.duration, p.rec.lim.Duration))
	} else if h.Truncated == "" {
		p.s.Oddities.Add(gait.OddUnclosed, 1, -1)
	}
	return p.s
}

// last looks at what follows the last byte that was timed. Where the timing
// file tells no end, the last line of the typescript does.
func (p *player) last() {
	rest := p.output.tail(closing)
	done := bytes.HasPrefix(rest, []byte("\nScript done on ")) || bytes.Contains(rest, []byte(`[COMMAND_EXIT_CODE="`))
	if done && !p.s.End.Seen {
		p.s.End = gait.End{Seen: true, Reason: "exit"}
	}
	if !done && p.output.left > closing {
		p.shortfall = true // bytes without times
	}
}

// evidence gives the evidence reference.
func (r *recording) evidence() (string, error) {
	h := sha256.New()
	files := []place{r.timing, r.output}
	if !r.input.same(r.output) {
		files = append(files, r.input)
	}
	for _, at := range files {
		if at.empty() {
			continue
		}
		src, c, err := at.open()
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, src.Reader())
		c.Close()
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("file:%x#%s", h.Sum(nil), sessionID), nil
}
