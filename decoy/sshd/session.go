package sshd

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
)

// session is one session of a connection: a shell, a command or a subsystem.
type session struct {
	*connection
	ctx    context.Context
	cancel context.CancelFunc
	ch     ssh.Channel

	env  []string
	pty  bool
	name string // of the terminal
	size visit.Size

	next  *run // is to begin
	input *messages
	begun chan struct{} // is closed when it has begun
	gate  sync.Mutex    // guards what keys come to
	soon  bool          // the client may have been told that it begins
	run   *run          // once it began; set by who serves requests
	early []early       // what came before the client was told
	held  int           // how much that is
	over  bool          // nothing more comes
}

// early is what came before there was anything to take it.
type early struct {
	at   time.Duration
	data []byte
}

const (
	mostEnv    = 128       // variables that one session may set
	mostColumn = 1<<15 - 1 // of a terminal, either way
	// waits is how long a session may come after the word that there will be no
	// more: the library gives the two to different readers, in either order.
	waits = time.Second
)

// session opens a session.
func (c *connection) session(ctx context.Context, nc ssh.NewChannel) {
	if last := time.Duration(c.last.Load()); last > 0 && time.Since(c.conn.began)-last > waits {
		nc.Reject(ssh.Prohibited, "open failed")
		c.ssh.Close()
		return
	}
	if c.sessions.Add(1) > int32(c.server.Limits.Channels) {
		c.sessions.Add(-1)
		nc.Reject(ssh.ConnectionFailed, "open failed")
		return
	}
	ch, requests, err := nc.Accept()
	if err != nil {
		c.sessions.Add(-1)
		return
	}
	s := &session{connection: c, ch: ch, input: newMessages(ch), begun: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(ctx)
	c.wait.Go(func() {
		defer c.server.recovered("session")
		s.serve(requests)
	})
	c.wait.Go(func() {
		defer c.server.recovered("keys")
		s.keys()
	})
}

// keys takes what the client sends until it says that nothing more comes.
func (s *session) keys() {
	for {
		p, err := s.input.next()
		at := s.conn.at()
		r := s.taker(early{at, p}, err != nil)
		if r != nil && len(p) > 0 {
			r.key(p, at)
		}
		if err != nil {
			if r != nil {
				r.ended()
			}
			return
		}
	}
}

// taker gives who takes what came. Where nothing runs yet there is none, and it
// is kept up to a bound; sshd drops it. But the client who was told that it begins
// sends what has to be taken, and only waits.
func (s *session) taker(e early, over bool) *run {
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.run == nil && s.soon {
		s.gate.Unlock()
		select {
		case <-s.begun:
		case <-s.ctx.Done():
		}
		s.gate.Lock()
	}
	if s.over = over; s.run != nil || len(e.data) == 0 {
		return s.run
	}
	if s.held += len(e.data); s.held <= mostFeed {
		e.data = slices.Clone(e.data)
		s.early = append(s.early, e)
	}
	return nil
}

// begins says what is to begin as soon as the client was told.
func (s *session) begins(r *run) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.next, s.soon = r, true
}

// serve answers the session's requests until the channel is closed, and ends
// what runs in it then.
func (s *session) serve(requests <-chan *ssh.Request) {
	for r := range requests {
		r.Reply(s.answer(r), nil)
		if s.next != nil { // the answer goes out before anything else
			s.launch(s.next)
			s.next = nil
		}
	}
	if s.run != nil {
		s.run.hangup()
	} else {
		s.sessions.Add(-1)
	}
	s.cancel()
}

// answer does what one request asks for and says whether it was done.
func (s *session) answer(r *ssh.Request) bool {
	switch r.Type {
	case "window-change":
		return s.resize(r.Payload)
	case "signal":
		var m struct{ Name string }
		return s.run != nil && ssh.Unmarshal(r.Payload, &m) == nil && s.run.signal(m.Name)
	case "break":
		return s.run != nil && s.pty
	case "eow@openssh.com":
		if s.run != nil {
			s.run.deaf()
		}
		return s.run != nil
	}
	if s.run != nil { // the rest is only taken before something runs
		return false
	}
	switch r.Type {
	case "pty-req":
		return s.terminal(r.Payload)
	case "env":
		return s.variable(r.Payload)
	case "shell":
		return s.start("shell", "")
	case "exec":
		var m struct{ Command string }
		return ssh.Unmarshal(r.Payload, &m) == nil && s.start("exec", m.Command)
	case "subsystem":
		var m struct{ Name string }
		return ssh.Unmarshal(r.Payload, &m) == nil && s.subsystem(m.Name)
	}
	return false // auth-agent-req@openssh.com, x11-req and what there is not
}

// terminal takes the wish for a terminal.
func (s *session) terminal(p []byte) bool {
	var m struct {
		Name                      string
		Cols, Rows, Width, Height uint32
		Modes                     string
	}
	if s.pty || s.server.Terminal == nil || ssh.Unmarshal(p, &m) != nil {
		return false
	}
	s.pty, s.name, s.size = true, clip(m.Name), size(m.Cols, m.Rows)
	s.caught(visit.PTY, s.name, map[string]string{"cols": number(s.size.Cols), "rows": number(s.size.Rows)})
	return true
}

// size bounds the size of a terminal.
func size(cols, rows uint32) visit.Size {
	return visit.Size{Cols: int(min(cols, mostColumn)), Rows: int(min(rows, mostColumn))}
}

// variable takes a variable of the environment: sshd lets in LANG and LC_*.
func (s *session) variable(p []byte) bool {
	var m struct{ Name, Value string }
	if ssh.Unmarshal(p, &m) != nil || len(s.env) >= mostEnv {
		return false
	}
	text := m.Name + "=" + m.Value
	s.caught(visit.Environ, clip(text), nil)
	if m.Name != "LANG" && !strings.HasPrefix(m.Name, "LC_") || len(text) > mostText || strings.ContainsRune(text, 0) {
		return false
	}
	s.env = append(s.env, text)
	return true
}

// resize takes another size of the terminal.
func (s *session) resize(p []byte) bool {
	var m struct{ Cols, Rows, Width, Height uint32 }
	if !s.pty || ssh.Unmarshal(p, &m) != nil {
		return false
	}
	s.size = size(m.Cols, m.Rows)
	if s.run != nil {
		s.run.resize(s.size)
	}
	return true
}

// caught tells the sink of something in the session.
func (s *session) caught(k visit.Kind, text string, fields map[string]string) {
	s.server.caught(s.visitor(), k, text, fields)
}
