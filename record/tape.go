package record

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"time"

	"gait"
	"gait/recording/feed"
	"gait/recording/shard"
)

// kept is a tape in a shard of this process.
type kept struct {
	*shard.Tape
	w *shard.Writer
}

// Limits are those of the writer.
func (k kept) Limits() (input, output int64) { return k.w.Limits() }

// header describes a session that begins now, and says whether its address is
// the visitor's.
func (o *Options) header(began time.Time, command, shell string) (h gait.Header, believed bool) {
	h = gait.Header{ID: newID(), Start: began, Command: command, Service: o.Service}
	if believed = feed.UnderSSHD("/proc", os.Getpid()); believed {
		h.SourceIP, h.SourcePort = feed.SSHConnection(os.Getenv("SSH_CONNECTION"))
		believed = h.SourceIP != ""
	}
	h.Env = []gait.Var{{Name: "SHELL", Value: shell}}
	for _, name := range []string{"TERM", "LANG"} {
		if v, ok := os.LookupEnv(name); ok {
			h.Env = append(h.Env, gait.Var{Name: name, Value: v})
		}
	}
	return h, believed
}

// open gives what opens the tape of a session.
func (o *Options) open(h gait.Header, believed bool) func() (Tape, string, string) {
	if o.Shards != "" {
		return func() (Tape, string, string) {
			w, err := shard.NewWriter(shard.WriterOptions{Root: o.Shards, Decoy: o.Decoy, Service: o.Service})
			if err != nil {
				return nil, "", skippedShards
			}
			return kept{w.Begin(h), w}, h.ID, ""
		}
	}
	return func() (Tape, string, string) {
		c, err := feed.Dial(o.Socket, feed.Hello{Header: h, Decoy: o.Decoy, Service: o.Service, Believed: believed})
		if err != nil {
			return nil, "", skippedSocket
		}
		return c, c.ID(), ""
	}
}

// newID makes a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// conclude says in the log what became of a session: that it was recorded, or
// why nothing of it was kept. One whose tape was lost on the way counts as
// recorded and cut: its shard holds what came until then.
func (o *Options) conclude(t shard.Totals, id string, h *gait.Header) {
	address := h.SourceIP
	if address == "" {
		address = "-"
	}
	params := []param{{"service", o.Service}, {"src_ip", address}}
	if o.Fault != "" {
		params = append(params, param{"fault", o.Fault})
	}
	begun := t.Skipped == feed.SkippedFeed || t.Skipped == skippedStuck
	if !t.Kept && (!begun || id == "") {
		o.skipped(t.Skipped, params...)
		return
	}
	bytes := t.KeptIn + t.KeptOut
	if !t.Kept {
		bytes = t.BytesIn + t.BytesOut
	}
	params = append([]param{{"sid", id}}, append(params,
		param{"duration_s", strconv.FormatFloat(t.Duration.Seconds(), 'f', 3, 64)},
		param{"bytes", strconv.FormatInt(bytes, 10)},
		param{"truncated", strconv.FormatBool(t.Truncated || !t.Kept)})...)
	emit(o.Sink, line(o, time.Now(), "session_recorded", params))
}

// skipped says in the log why nothing was kept of a session.
func (o *Options) skipped(reason string, more ...param) {
	emit(o.Sink, line(o, time.Now(), "session_skipped", append([]param{{"reason", reason}}, more...)))
}
