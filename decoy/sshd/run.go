package sshd

import (
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"gait"
	"gait/decoy/visit"
)

// run is what runs in a session.
type run struct {
	*session
	visit visit.Session
	began time.Duration // since the connection began
	in    *feed
	outs  [2]*output
	term  Terminal
	does  func() int // gives the exit code
	// silent says that what passes is files: they are kept elsewhere, and the
	// recording has the command and the end alone.
	silent bool

	reason  atomic.Value // why it ends, where not by itself
	killed  atomic.Int32 // the signal that ended it
	unheard atomic.Bool  // no more output is for the client

	mu     sync.Mutex
	tape   visit.Tape // nil when it has ended, or where nothing is recorded
	latest time.Duration
}

// start begins a shell or a command.
func (s *session) start(kind, command string) bool {
	r := s.prepare(command)
	r.does = r.shell
	if kind == "exec" {
		r.caught(visit.Exec, clip(command), nil)
		if s.server.transfers(command) {
			r.does, r.silent = r.scp, true
		}
	}
	s.begins(r)
	return true
}

// launch lets something run in the session. What came before that is its input.
func (s *session) launch(r *run) {
	r.record()
	s.gate.Lock()
	defer s.gate.Unlock()
	s.run = r
	close(s.begun)
	for _, e := range s.early {
		r.key(e.data, max(e.at, r.began))
	}
	if s.early = nil; s.over {
		r.ended()
	}
	s.wait.Go(r.serve)
}

// prepare makes what is to run.
func (s *session) prepare(command string) *run {
	r := &run{session: s, began: s.conn.at(), in: newFeed(s.pty, &s.server.stuck)}
	r.visit = visit.Session{Visitor: s.visitor(), ID: uuid.NewString(), Began: s.conn.began.Add(r.began), Env: s.env, Exec: command}
	r.visit.Obfuscated = s.pty && hidesKeys(r.visit.Client)
	out, errs := &output{run: r, w: s.ch}, &output{run: r, w: s.ch.Stderr()}
	r.outs = [2]*output{out, errs}
	r.visit.Stdin, r.visit.Stdout, r.visit.Stderr = r.in, out, errs
	if s.pty {
		r.term = s.server.Terminal(r.in, out, s.name, s.size)
		r.visit.Terminal = r.term
		r.visit.Stdin, r.visit.Stdout, r.visit.Stderr = r.term, r.term, r.term
	}
	return r
}

// record begins the recording.
func (r *run) record() {
	if r.server.Begin == nil {
		return
	}
	v := r.visit
	h := gait.Header{
		ID: v.ID, Start: v.Began, Command: v.Exec, Service: v.Service,
		Client: v.Client, HASSH: v.HASSH, Obfuscated: v.Obfuscated,
		SourceIP: v.Remote.Addr().String(), SourcePort: int(v.Remote.Port()),
		Width: r.size.Cols, Height: r.size.Rows,
		Env: []gait.Var{{Name: "SHELL", Value: "/bin/bash"}},
	}
	if r.pty {
		h.Env = append(h.Env, gait.Var{Name: "TERM", Value: r.name})
	}
	r.tape = r.server.Begin(h)
}

// serve runs it, and tells the client how it ended.
func (r *run) serve() {
	defer r.server.recovered("run")
	done := false
	defer r.sessions.Add(-1)
	defer r.ch.Close()
	defer r.end()
	defer func() {
		if !done {
			r.because("fault")
		}
	}()
	defer r.cancel()
	defer r.in.shut()
	times := "apart"
	if !r.input.apart {
		times = "joined"
	}
	r.caught(visit.Started, "", map[string]string{"times": times})
	code := r.does()
	if r.ctx.Err() != nil {
		r.because("hangup")
	}
	r.tell(code)
	done = true
}

// key takes what the client sent: it is recorded when it comes, whether it is
// read or not.
func (r *run) key(p []byte, at time.Duration) {
	if !r.silent {
		r.note(func(at time.Duration) { r.tape.Input(at, p) }, at)
	}
	if !r.in.put(p) {
		r.because("limit")
		r.conn.Close()
	}
}

// note writes to the tape. Times are since the connection began.
func (r *run) note(write func(at time.Duration), at time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tape != nil {
		r.latest = max(at-r.began, r.latest)
		write(r.latest)
	}
}

// now gives the time since the connection began.
func (r *run) now() time.Duration { return time.Since(r.conn.began) }

// caught tells the sink of something with the session's id.
func (r *run) caught(k visit.Kind, text string, fields map[string]string) {
	if r.server.Sink != nil {
		r.server.Sink.Caught(visit.Event{Time: time.Now(), Kind: k, Visitor: r.visit.Visitor, Session: r.visit.ID, Text: text, Fields: fields})
	}
}

// tell sends how it ended, as sshd does.
func (r *run) tell(code int) {
	if name := signalName(visit.Signal(r.killed.Load())); name != "" {
		r.ch.SendRequest("exit-signal", false, ssh.Marshal(struct {
			Name    string
			Core    bool
			Message string
			Lang    string
		}{Name: name}))
	} else {
		r.ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code & 0xff)}))
	}
	// What still runs in the background may be about to write. The library takes no
	// output beside the end of it, and the client none behind it.
	r.deaf()
	if r.outs[0].waited() && r.outs[1].waited() {
		r.ch.CloseWrite()
	}
}

// end ends the recording.
func (r *run) end() {
	why, _ := r.reason.Load().(string)
	if why == "" {
		why = "exit"
	}
	at := r.now()
	r.note(func(at time.Duration) { r.tape.End(at, why) }, at)
	r.mu.Lock()
	r.tape = nil
	r.mu.Unlock()
	r.caught(visit.Ended, "", map[string]string{"reason": why, "duration": strconv.FormatFloat((at - r.began).Seconds(), 'f', 6, 64)})
}

// because notes why it ends; the first reason counts.
func (r *run) because(why string) { r.reason.CompareAndSwap(nil, why) }

// hangup says that the client is gone.
func (r *run) hangup() {
	r.because("hangup")
	if r.term != nil {
		r.term.Hangup()
	}
	r.in.close()
}

// ended says that the client sends no more. A terminal stays open for that, as
// sshd's does: only a hangup closes it.
func (r *run) ended() {
	if r.term == nil {
		r.in.close()
	}
}

// deaf says that no more output is for the client.
func (r *run) deaf() { r.unheard.Store(true) }

// resize says that the terminal has another size.
func (r *run) resize(s visit.Size) {
	r.note(func(at time.Duration) { r.tape.Resize(at, s.Cols, s.Rows) }, r.conn.at())
	if r.term != nil {
		r.term.Resize(s)
	}
}

// signal does what a signal of the client does to the command. sshd sends none
// to a subsystem; shells on a terminal only heed the end of the terminal.
func (r *run) signal(name string) bool {
	s, ok := signals[name]
	switch {
	case !ok || r.silent:
		return false
	case r.pty && (s == visit.SIGHUP || s == visit.SIGKILL), !r.pty:
		r.because("signal")
		r.killed.Store(int32(s))
		if r.term != nil {
			r.term.Hangup()
		}
		r.cancel()
		r.in.close()
	}
	return true
}

// signals are those that a client may send, by their names in the protocol.
var signals = map[string]visit.Signal{
	"HUP": visit.SIGHUP, "INT": visit.SIGINT, "QUIT": visit.SIGQUIT, "KILL": visit.SIGKILL, "TERM": visit.SIGTERM,
}

// signalName gives the name of a signal in the protocol, empty for none.
func signalName(s visit.Signal) string {
	for name, n := range signals {
		if n == s {
			return name
		}
	}
	return ""
}

// mostWrite is the size of a message with output. The library keeps a buffer of
// the largest one for each channel.
const mostWrite = 8 << 10

// mostWait is the longest pause between two looks whether output is still being
// written; the end of a session waits for a second in all.
const mostWait = 500 * time.Millisecond

// output is where a program writes to: the client, and the recording, which has
// it before the client can answer it.
type output struct {
	*run
	w  io.Writer
	mu sync.Mutex
}

// Write writes.
func (o *output) Write(p []byte) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(p) > 0 {
		if o.unheard.Load() || o.ctx.Err() != nil {
			return n, io.ErrClosedPipe
		}
		part := p[:min(len(p), mostWrite)]
		if !o.silent {
			o.note(func(at time.Duration) { o.tape.Output(at, part) }, o.now())
		}
		m, err := o.w.Write(part)
		n += m
		if err != nil {
			return n, err
		}
		p = p[len(part):]
	}
	return n, nil
}

// waited waits for what is being written and says whether it was: a client that
// reads nothing holds it up.
func (o *output) waited() bool {
	for pause := time.Millisecond; !o.mu.TryLock(); pause *= 2 {
		if pause > mostWait {
			return false
		}
		time.Sleep(pause)
	}
	o.mu.Unlock()
	return true
}

func number(n int) string { return strconv.Itoa(n) }
