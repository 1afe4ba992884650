package shell

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
)

// session is what all shells of one visit share.
type session struct {
	sh      *Shell
	v       *visit.Session
	world   *machine.World
	budget  *proc.Budget
	account machine.Account
	ctx     context.Context
	cancel  context.CancelCauseFunc
	editor  LineEditor
	tty     string // "pts/0", "?" for none
	daemon  int    // the number of the sshd or login that let him in
	std     table

	fifos fifos

	mu    sync.Mutex
	front *front // what signals of the terminal go to
	past  []string

	handed   map[string]time.Time // files that were handed to who keeps them
	paces    int
	matching int // steps of matching that count for none yet

	forced atomic.Int64 // bytes written beyond the budget
}

// front is what is in the foreground of a terminal.
type front struct {
	line *task  // the command line of the interactive shell
	g    *group // the job that it waits for, nil for none
	stop chan struct{}
}

// open begins a session.
func (s *Shell) open(ctx context.Context, v visit.Session) (*session, func()) {
	ses := &session{sh: s, v: &v, budget: s.o.Limits.New(), tty: "?"}
	ctx, cancelTime := context.WithDeadline(ctx, ses.budget.Deadline)
	ses.ctx, ses.cancel = context.WithCancelCause(ctx)
	ses.world = s.o.Worlds(v.Remote.Addr())
	var ok bool
	if ses.account, ok = ses.world.Account(v.User); !ok {
		ses.account, _ = ses.world.AccountByUID(0) // a gate lets in whom it likes
		if ses.account.Name == "" {
			ses.account = machine.Account{Name: "root", Home: "/root", Shell: "/bin/bash", Groups: []int{0}}
		}
	}
	leave := ses.enter()
	if v.Terminal != nil {
		t := newStream()
		t.tty, t.read, t.write, t.force = v.Terminal, reading(v.Terminal), ses.sending(v.Terminal), ses.forcing(v.Terminal)
		ses.std = table{t, t.dup(), t.dup()}
		if s.o.Edit != nil {
			ses.editor = s.o.Edit(v.Terminal)
		}
		ses.watch()
	} else {
		ses.std = table{newStream(), newStream(), newStream()}
		ses.std[0].read = reading(v.Stdin)
		ses.std[1].write = ses.sending(v.Stdout)
		ses.std[2].write, ses.std[2].force = ses.sending(v.Stderr), ses.forcing(v.Stderr)
	}
	return ses, func() {
		ses.cancel(sigCause(visit.SIGHUP))
		leave()
		cancelTime()
	}
}

// local is where the machine seems to listen, whatever the decoy does: the
// address that its interface has, and the port of the service.
func (s *session) local() netip.AddrPort {
	port := uint16(22)
	if s.v.Service == "telnet" {
		port = 23
	}
	return netip.AddrPortFrom(s.world.Address(s.v.Remote.Addr()), port)
}

// enter makes the session seen on the machine: its processes, its connection,
// and its login. It gives what ends that.
func (s *session) enter() func() {
	if s.v.Terminal != nil {
		s.tty = s.freeTerminal()
	}
	telnet := s.v.Service == "telnet"
	args, listener := []string{"sshd: " + s.account.Name + "@" + strings.Replace(s.tty, "?", "notty", 1)}, "sshd"
	if telnet {
		args, listener = []string{"/usr/sbin/telnetd"}, "inetd"
	}
	server := s.world.Spawn(machine.Proc{PPID: s.world.Service(listener), User: "root", TTY: "?", State: "Ss", VSize: 17_600 << 10, RSS: 10_900 << 10, Args: args})
	started := []int{server.PID}
	s.daemon = server.PID
	if telnet {
		login := s.world.Spawn(machine.Proc{PPID: server.PID, User: "root", TTY: s.tty, State: "Ss", VSize: 6_360 << 10, RSS: 4_100 << 10, Args: []string{"login", "-h", s.v.Remote.Addr().String(), "-p"}})
		started = append(started, login.PID)
		s.daemon = login.PID
	}
	proto := "tcp"
	if s.v.Remote.Addr().Is6() && !s.v.Remote.Addr().Is4In6() {
		proto = "tcp6"
	}
	gone := s.world.Connect(machine.Socket{Proto: proto, State: "ESTAB", Local: s.local().String(), Remote: s.v.Remote.String(), PID: server.PID, Program: server.Comm()})
	leave := func() {}
	if s.v.Terminal != nil {
		leave = s.world.Enter(machine.Login{User: s.account.Name, TTY: s.tty, From: s.v.Remote.Addr().String(), Time: s.world.Now(), PID: s.daemon, Plain: telnet})
	}
	return func() {
		leave()
		gone()
		for _, pid := range started {
			s.world.Reap(pid)
		}
	}
}

// locale gives the language that the machine gives to who logs in.
func (s *session) locale() string {
	data, _ := s.world.Root.ReadFile("/etc/default/locale", 4096)
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "LANG="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return ""
}

// freeTerminal gives the first terminal that nobody uses.
func (s *session) freeTerminal() string {
	used := map[string]bool{}
	for _, l := range s.world.Logins() {
		if l.End.IsZero() {
			used[l.TTY] = true
		}
	}
	for i := 0; ; i++ {
		if name := fmt.Sprintf("pts/%d", i); !used[name] {
			return name
		}
	}
}

// sending gives a function that writes to the client within the budget.
func (s *session) sending(w io.Writer) func(ctx context.Context, p []byte) (int, error) {
	return func(ctx context.Context, p []byte) (int, error) {
		if !proc.Take(&s.budget.Output, int64(len(p))) {
			return 0, proc.ErrSpent
		}
		return w.Write(p)
	}
}

// forcing gives a function that writes the last messages of a shell: at most
// 16 KB of them.
func (s *session) forcing(w io.Writer) func(p []byte) {
	return func(p []byte) {
		if s.forced.Add(int64(len(p))) < 16<<10 {
			w.Write(p)
		}
	}
}

// watch takes the signals of the terminal. It starts a goroutine when there are
// some, and not before: thousands of sessions may wait.
func (s *session) watch() {
	t := s.v.Terminal
	var mu sync.Mutex
	busy := false
	wake := func() {
		mu.Lock()
		defer mu.Unlock()
		if !busy {
			busy = true
			go func() {
				for more := true; more; {
					s.deliverAll()
					mu.Lock()
					more = len(t.Signals()) > 0
					busy = more
					mu.Unlock()
				}
			}()
		}
	}
	t.Wake(wake)
	wake()
}

// deliverAll delivers what waits.
func (s *session) deliverAll() {
	for {
		select {
		case sig := <-s.v.Terminal.Signals():
			s.deliver(sig)
		case <-s.v.Terminal.Closed():
			s.cancel(sigCause(visit.SIGHUP))
			return
		default:
			return
		}
	}
}

// deliver brings a signal of the terminal to the foreground.
func (s *session) deliver(sig visit.Signal) {
	s.mu.Lock()
	f := s.front
	s.mu.Unlock()
	switch {
	case sig == visit.SIGHUP:
		s.cancel(sigCause(sig))
	case f == nil || sig == visit.SIGWINCH:
	case sig == visit.SIGTSTP:
		if f.g != nil {
			f.g.signal(sig)
			select {
			case f.stop <- struct{}{}:
			default:
			}
		}
	case f.g != nil && len(f.g.list()) > 0:
		f.g.signal(sig) // the command line ends with its job, if the signal ends that
	default:
		f.line.signal(sig)
	}
}

// setFront sets what is in the foreground, and gives what was.
func (s *session) setFront(f *front) (old *front) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, s.front = s.front, f
	return old
}

// caught tells of something beside the session.
func (s *session) caught(kind visit.Kind, text string, fields map[string]string) {
	if s.sh.o.Sink != nil {
		s.sh.o.Sink.Caught(visit.Event{Time: time.Now(), Kind: kind, Visitor: s.v.Visitor, Session: s.v.ID, Text: text, Fields: fields})
	}
}

// run runs what was asked for.
func (s *session) run() int {
	shell := base(s.account.Shell)
	switch shell {
	case "nologin":
		in := s.login(false)
		defer in.close()
		in.out("This account is currently not available.\n")
		return 1
	case "false":
		return 1
	case "sync", "true":
		return 0
	}
	posix := shell == "sh" || shell == "dash"
	in := s.login(posix)
	defer in.close()
	switch {
	case s.v.Exec != "":
		in.name, in.login, in.dashC = shell, false, true
		return in.runText(s.v.Exec)
	case s.v.Terminal != nil:
		s.greet(in)
		return in.interactive()
	}
	in.profile()
	return in.runStream(in.fds.get(0))
}

// greet prints what a login on a terminal begins with.
func (s *session) greet(in *interp) {
	sys := s.world.System
	if s.v.Service == "telnet" || s.v.Service == "ssh" {
		in.out(fmt.Sprintf("Linux %s %s %s %s\n", s.world.Hostname(), sys.Kernel, sys.Build, sys.Arch))
	}
	if _, err := in.fs.Lstat(in.home() + "/.hushlogin"); err == nil {
		return
	}
	if motd, err := s.world.Root.ReadFile("/etc/motd", 16<<10); err == nil {
		in.out(string(motd))
	}
	for _, l := range s.world.Logins() {
		if l.User == s.account.Name && l.From != "" && !l.Time.After(s.v.Began) && l.PID != s.daemon && l.TTY != "system boot" {
			in.out("Last login: " + l.Time.Format("Mon Jan _2 15:04:05 2006") + " from " + l.From + "\n")
			return
		}
	}
	if l, ok := s.world.LastLogins()[s.account.Name]; ok && l.PID != s.daemon && l.From != "" {
		in.out("Last login: " + l.Time.Format("Mon Jan _2 15:04:05 2006") + " from " + l.From + "\n")
	}
}
