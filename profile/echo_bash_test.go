package profile_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"gait"
	"gait/profile"
)

// bash is a real bash on a real terminal, on record.
type bash struct {
	t   *testing.T
	tty *os.File

	mu      sync.Mutex
	session gait.Session
	shown   []byte
	start   time.Time
}

const bashPrompt = "who@box:~$ "

// secret is typed where nothing is shown.
const secret = "hunter2secret"

// startBash begins a session in a folder; bash notes each line of its history
// in a file there.
func startBash(t *testing.T, folder string) *bash {
	t.Helper()
	path, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	c := exec.Command(path, "--norc", "--noprofile", "-i")
	c.Dir = folder
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "PS1=" + bashPrompt, "PS2=> ", "HISTFILE=/dev/null", "HISTCONTROL=",
		"INPUTRC=/dev/null", "BASH_SILENCE_DEPRECATION_WARNING=1",
		`PROMPT_COMMAND=history 5 >>.log`,
	}
	tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	b := &bash{t: t, tty: tty, start: time.Now()}
	b.session.Fidelity = gait.Fidelity{Input: gait.GranularityPacket, Output: true}
	b.session.Width = 80
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			if n > 0 {
				b.note(gait.Output, buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		c.Process.Kill() // its end hangs up on what it runs
		c.Wait()
		tty.Close()
		<-done
	})
	b.until(bashPrompt, 0)
	return b
}

func (b *bash) note(k gait.Kind, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.session.Append(gait.Event{Time: time.Since(b.start), Kind: k, Data: data}, -1)
	if k == gait.Output {
		b.shown = append(b.shown, data...)
	}
}

// place is how much was shown.
func (b *bash) place() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.shown)
}

// until waits for a text that is shown from a place on.
func (b *bash) until(text string, from int) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b.mu.Lock()
		found := bytes.Contains(b.shown[from:], []byte(text))
		b.mu.Unlock()
		if found {
			time.Sleep(2 * time.Millisecond)
			return
		}
	}
	b.t.Fatalf("%q is not shown", text)
}

// quiet waits until nothing more is shown.
func (b *bash) quiet() {
	end := time.Now().Add(2 * time.Second)
	for last := -1; last != b.place() && time.Now().Before(end); time.Sleep(4 * time.Millisecond) {
		last = b.place()
	}
}

func (b *bash) send(text string) {
	b.note(gait.Input, []byte(text))
	if _, err := b.tty.WriteString(text); err != nil {
		b.t.Fatal(err)
	}
}

// key sends keys one by one, each when the one before was answered.
func (b *bash) key(keys ...string) {
	for _, k := range keys {
		from := b.place()
		b.send(k)
		for range 8 {
			if b.place() > from {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	b.quiet()
}

// typed sends a text char by char.
func (b *bash) typed(text string) {
	for _, c := range text {
		b.send(string(c))
		time.Sleep(200 * time.Microsecond)
	}
	b.quiet()
}

// line types a line, sends it, and waits for what it ends with.
func (b *bash) line(text string) {
	b.typed(text)
	b.enter(bashPrompt)
}

func (b *bash) enter(then string) { b.answered("\r", then) }

// leave sends a key that leads back to the prompt.
func (b *bash) leave(key string) { b.answered(key, bashPrompt) }

func (b *bash) answered(keys, then string) {
	from := b.place()
	b.send(keys)
	b.until(then, from)
	b.quiet()
}

// keys of a terminal.
const (
	up, down, left, right, home, altB, altD, altDot = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1b[H", "\x1bb", "\x1bd", "\x1b."
)

// play does what people do, in an order of its own for each seed.
func (b *bash) play(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	words := func(n int) string {
		var list []string
		for range n {
			list = append(list, strings.Repeat(string(rune('a'+r.IntN(26))), 1+r.IntN(9)))
		}
		return strings.Join(list, " ")
	}
	b.line("echo " + words(2))
	acts := append(b.edits(words), b.programs(words)...)
	acts = append(acts, func() { b.resize(40 + r.IntN(60)); b.line("echo " + words(16)); b.resize(80) })
	r.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	for _, act := range acts {
		act()
	}
}

// edits are ways to make a line.
func (b *bash) edits(words func(int) string) []func() {
	return []func(){
		func() { b.line("echo " + words(3) + " | cat") },
		func() { b.typed("cat alp"); b.key("\t"); b.enter(bashPrompt) },
		func() { b.typed("ls be"); b.key("\t", "\t"); b.typed("1"); b.key("\t"); b.enter(bashPrompt) },
		func() { b.key(up); b.enter(bashPrompt) },
		func() { b.key(up, up, down); b.typed(" " + words(1)); b.enter(bashPrompt) },
		func() { b.key("\x12"); b.typed("echo"); b.enter(bashPrompt) },
		func() { b.key("\x12"); b.typed("ech"); b.key("\x05"); b.typed(words(1)); b.enter(bashPrompt) },
		func() { b.line("echo " + words(20)) },
		func() { b.typed("echo " + words(18)); b.key(home); b.typed("printf x; "); b.enter(bashPrompt) },
		func() {
			b.typed(words(22))
			b.key(left, left, left, "\x7f", "\x7f", "x", "\x01")
			b.typed("echo ")
			b.key("\x05", "y")
			b.enter(bashPrompt)
		},
		func() {
			b.typed("echo " + words(3))
			b.key("\x17", "\x17", "\x19")
			b.typed(words(1))
			b.enter(bashPrompt)
		},
		func() { b.typed(words(3)); b.key("\x15"); b.typed("echo "); b.key("\x19"); b.enter(bashPrompt) },
		func() {
			b.typed("echo " + words(3))
			b.key(altB, altB, altD, "\x0b")
			b.typed(words(1))
			b.enter(bashPrompt)
		},
		func() { b.typed("echo "); b.key(altDot); b.enter(bashPrompt) },
		func() { b.typed("eco " + words(1)); b.key("\x01", right, right, "h"); b.enter(bashPrompt) },
	}
}

// programs are lines that programs read, and lines that come in another way.
func (b *bash) programs(words func(int) string) []func() {
	after := func() { b.line("echo " + words(2)) } // what waits for input must not be recalled
	return []func(){
		func() {
			b.typed("echo rea''dy; read -s pw")
			b.enter("ready\r\n")
			b.typed(secret)
			b.enter(bashPrompt)
			after()
		},
		func() {
			b.typed("echo rea''dy; cat")
			b.enter("ready\r\n")
			b.typed("rm -rf nothing")
			b.enter("\r\n")
			b.leave("\x04")
			after()
		},
		func() {
			b.typed("read -p 'name: ' who")
			b.enter("name: ")
			b.typed(words(1))
			b.enter(bashPrompt)
			after()
		},
		func() {
			b.typed(`printf '\e[?1049h\e[H'; read q; printf '\e[?1049l'`)
			b.enter("\x1b[H")
			b.typed("uname -a")
			b.enter(bashPrompt)
			after()
		},
		func() {
			b.typed("cat <<X")
			b.enter("> ")
			b.typed("reboot")
			b.enter("> ")
			b.typed("X")
			b.enter(bashPrompt)
		},
		func() { b.typed("echo 'a"); b.enter("> "); b.typed("b'"); b.enter(bashPrompt) },
		func() { b.typed("echo " + words(2)); b.leave("\x03") },
		func() {
			b.typed("sleep 0.1")
			from := b.place()
			b.send("\recho ear''ly\r")
			b.until("\rearly\r\n", from)
			b.quiet()
		},
		func() {
			from := b.place()
			b.send("echo one\necho two\necho thr''ee\n")
			b.until("\rthree\r\n", from)
			b.quiet()
		},
		func() { b.send("\x1b[200~echo five\necho six\x1b[201~"); b.quiet(); b.enter(bashPrompt) },
		func() { b.typed("echo " + words(1)); b.key("\x0c"); b.enter(bashPrompt) },
		func() { b.enter(bashPrompt) },
		func() { b.line("echo 日本 " + words(12) + " é " + words(8)) },
		func() { b.typed("echo " + strings.Repeat("z", 80-len(bashPrompt)-5)); b.enter(bashPrompt) },
	}
}

func (b *bash) resize(columns int) {
	b.note(gait.Resize, fmt.Appendf(nil, "%dx24", columns))
	if err := pty.Setsize(b.tty, &pty.Winsize{Rows: 24, Cols: uint16(columns)}); err != nil {
		b.t.Fatal(err)
	}
	b.quiet()
	time.Sleep(10 * time.Millisecond)
	b.quiet()
}

// history gives the lines that bash took, each once; of one that goes on, the
// first.
func history(t *testing.T, folder string) (list []string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(folder, ".log"))
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, m := range regexp.MustCompile(`(?m)^ *(\d+)[ *] (.*)$`).FindAllStringSubmatch(string(log), -1) {
		if n, _ := strconv.Atoi(m[1]); n > last {
			last = n
			list = append(list, m[2])
		}
	}
	return list
}

// common gives the length of the longest list that both lists hold in order.
func common(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			keep := row[j+1]
			if x == y {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = keep
		}
	}
	return row[len(b)]
}

// TestCommandsOfRealBash holds the commands that are read from the echo to what
// bash itself says it was given.
func TestCommandsOfRealBash(t *testing.T) {
	agree, all, extra := 0, 0, 0
	var mu sync.Mutex
	t.Run("sessions", func(t *testing.T) {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				for _, name := range []string{"alphabet.txt", "beta1.txt", "beta2.txt"} {
					if err := os.WriteFile(filepath.Join(folder, name), []byte(name+"\n"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				b := startBash(t, folder)
				b.play(seed)
				b.line("echo end")
				want := history(t, folder)
				b.mu.Lock()
				defer b.mu.Unlock()
				var got []string
				probe := &profile.Primitive{Name: "test.commands", Observe: func(v *profile.View) profile.Answer {
					if !v.Commands().FromEcho() {
						t.Error("commands are not read from the echo")
					}
					for _, x := range v.Texts(1000, 1<<16) {
						first, _, _ := strings.Cut(string(x.Bytes), "\n") // of a line that goes on
						got = append(got, strings.TrimRight(first, " "))
					}
					return profile.Silent
				}}
				profile.Run(&b.session, []*profile.Primitive{probe}, time.Time{})
				for i := range want {
					want[i] = strings.TrimRight(want[i], " ")
				}
				n := common(got, want)
				mu.Lock()
				defer mu.Unlock()
				agree, all, extra = agree+n, all+len(want), extra+len(got)-n
				if strings.Contains(strings.Join(got, "\n"), secret) {
					t.Error("what was typed without echo is a command")
				}
				if n < len(want) || n < len(got) {
					t.Logf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			})
		}
	})
	t.Logf("%d of %d lines agree, %d more are taken for commands", agree, all, extra)
	if all > 0 && (agree*100 < all*97 || extra*100 > all*3) {
		t.Errorf("%d of %d lines agree, %d more are taken for commands", agree, all, extra)
	}
}
