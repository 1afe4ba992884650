package decoy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait"
	"gait/decoy/visit"
	"gait/internal/shared"
	"gait/recording"
)

// attack is what a bot sent to another honeypot: the pieces that it sent at
// once, in order.
type attack struct {
	file  string
	sends [][]byte
	exec  string
}

// attacks reads the recordings of a class from the corpus.
func attacks(t *testing.T, class string) (list []attack) {
	t.Helper()
	root := shared.Path(t, "corpus")
	labels, err := os.Open(filepath.Join(root, "labels.dev.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer labels.Close()
	for in := bufio.NewScanner(labels); in.Scan(); {
		fields := strings.Split(in.Text(), "\t")
		if len(fields) < 2 || fields[1] != class || !strings.HasPrefix(fields[0], "cowrie/") {
			continue
		}
		f, err := recording.Open(filepath.Join(root, fields[0]), recording.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for s, err := range recording.Sessions(f) {
			if err != nil {
				t.Fatal(err)
			}
			a := attack{file: filepath.Base(fields[0])[:12]}
			for _, e := range s.Events() {
				switch e.Kind {
				case gait.Input:
					a.sends = append(a.sends, slices.Clone(e.Data))
				case gait.Exec:
					a.exec = string(e.Data)
				}
			}
			list = append(list, a)
		}
		f.Close()
	}
	return list
}

var promptEnd = regexp.MustCompile(`[#$>] ?(\x1b\[[0-9;?]*[a-zA-Z])*$`)

// player plays an attack on a terminal: it sends a piece, and waits for the
// prompt as a loader does.
type player struct {
	in  io.Writer
	mu  sync.Mutex
	out []byte
	at  time.Time // of the last output
	end bool
}

// read collects what the decoy sends.
func (p *player) read(r io.Reader) {
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		p.mu.Lock()
		p.out, p.at = append(p.out, buf[:n]...), time.Now()
		if err != nil {
			p.end = true
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
	}
}

// prompted waits until the output stands still at a prompt; ended says that the
// connection is closed, and neither that nothing came in time.
func (p *player) prompted(most time.Duration) (prompt, ended bool) {
	for until := time.Now().Add(most); time.Now().Before(until); time.Sleep(2 * time.Millisecond) {
		p.mu.Lock()
		still, end, at := time.Since(p.at) > 25*time.Millisecond, p.end, promptEnd.Match(p.out)
		p.mu.Unlock()
		switch {
		case end:
			return false, true
		case still && at:
			return true, false
		}
	}
	return false, false
}

// play sends everything. It says how far it came: the pieces after which a
// prompt, or at the last piece the end, followed.
func (p *player) play(a attack) (reached int, why string) {
	if ok, ended := p.prompted(60 * time.Second); !ok || ended {
		return 0, "no first prompt"
	}
	for i, s := range a.sends {
		p.mu.Lock()
		p.out = p.out[:0]
		p.mu.Unlock()
		if _, err := p.in.Write(s); err != nil {
			return i, "cannot send"
		}
		if last := s[len(s)-1]; last != '\n' && last != '\r' {
			time.Sleep(20 * time.Millisecond)
			continue // the rest of the line comes next
		}
		ok, ended := p.prompted(25 * time.Second)
		switch {
		case ended && i < len(a.sends)-1:
			return i + 1, "closed early"
		case !ok && !ended:
			return i, fmt.Sprintf("no prompt after %.60q", s)
		}
	}
	return len(a.sends), ""
}

// overTelnet plays an attack by Telnet, as a client that negotiates nothing.
func (l *lab) overTelnet(t *testing.T, a attack) (int, string) {
	c, err := net.Dial("tcp", l.telnet)
	if err != nil {
		return 0, err.Error()
	}
	defer c.Close()
	p := &player{in: c}
	go p.read(c)
	for _, step := range []struct{ ask, say string }{{"login: ", "root\r\n"}, {"Password: ", "xc3511\r\n"}} {
		for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			p.mu.Lock()
			there := strings.Contains(string(p.out), step.ask)
			p.mu.Unlock()
			if there {
				break
			}
			if time.Now().After(until) {
				return 0, "never asked for " + step.ask
			}
		}
		io.WriteString(c, step.say)
	}
	return p.play(a)
}

// overSSH plays an attack by SSH on a terminal.
func (l *lab) overSSH(t *testing.T, a attack) (int, string) {
	s, err := l.dial(t, "root", "xc3511").NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.RequestPty("xterm", 24, 80, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	in, _ := s.StdinPipe()
	out, _ := s.StdoutPipe()
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	p := &player{in: in}
	go p.read(out)
	return p.play(a)
}

// TestBotsReachTheirLastLine plays what bots sent to another honeypot against
// ours. At least 95 % have to come as far as they came there.
func TestBotsReachTheirLastLine(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	list := attacks(t, "bot")
	if len(list) < 70 {
		t.Fatalf("%d attacks of bots in the corpus", len(list))
	}
	for name, play := range map[string]func(*lab, *testing.T, attack) (int, string){"telnet": (*lab).overTelnet, "ssh": (*lab).overSSH} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, nil)
			var reached atomic.Int64
			queue := make(chan attack)
			var wait sync.WaitGroup
			for range 16 {
				wait.Go(func() {
					for a := range queue {
						if n, why := play(l, t, a); n == len(a.sends) {
							reached.Add(1)
						} else {
							t.Logf("%s: %d of %d: %s", a.file, n, len(a.sends), why)
						}
					}
				})
			}
			for _, a := range list {
				queue <- a
			}
			close(queue)
			wait.Wait()
			t.Logf("%s: %d of %d reached their last line; unknown commands: %s", name, reached.Load(), len(list), l.unknown())
			if int(reached.Load())*100 < len(list)*95 {
				t.Errorf("%d of %d reached their last line; 95 %% are to", reached.Load(), len(list))
			}
		})
	}
}

// unknown lists the commands that the shell does not have, with counts.
func (l *lab) unknown() string {
	count := map[string]int{}
	for _, name := range l.events.Texts(visit.Unknown) {
		count[name]++
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return count[b] - count[a] })
	var text []string
	for _, n := range names[:min(len(names), 20)] {
		text = append(text, fmt.Sprintf("%.30q %d", n, count[n]))
	}
	return strings.Join(text, ", ")
}

// TestCommandsOfBotsEnd runs the commands that others gave at login. All must
// end, with nothing of a panic.
func TestCommandsOfBotsEnd(t *testing.T) {
	list := attacks(t, "exec")
	if len(list) < 50 {
		t.Fatalf("%d commands in the corpus", len(list))
	}
	l := newLab(t, nil)
	for _, a := range list {
		if a.exec == "" {
			t.Errorf("%s holds no command", a.file)
			continue
		}
		s, err := l.dial(t, "root", "admin").NewSession()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
		done := make(chan string, 1)
		go func() { out, _ := s.CombinedOutput(a.exec); done <- string(out) }()
		select {
		case out := <-done:
			if strings.Contains(out, "Segmentation fault") || strings.Contains(out, "goroutine") {
				t.Errorf("%.80q gives %.200q", a.exec, out)
			}
		case <-ctx.Done():
			t.Errorf("%.80q does not end", a.exec)
		}
		cancel()
		s.Close()
	}
	t.Logf("%d commands ended; unknown commands: %s", len(list), l.unknown())
}
