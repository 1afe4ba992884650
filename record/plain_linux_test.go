package record

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"gait"
)

// through sends ten megabytes through a command at the end of a socket, closes
// one half of it, and reads until the command closes the other.
func through(t *testing.T, c *exec.Cmd) (back []byte, same bool, exit int) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs")
	defer ours.Close()
	c.Stdin, c.Stdout = theirs, theirs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	data := make([]byte, 10<<20)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(data)
	sent := make(chan error, 1)
	go func() {
		_, err := ours.Write(data)
		_ = syscall.Shutdown(fds[0], syscall.SHUT_WR)
		sent <- err
	}()
	back, err = io.ReadAll(ours)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	return back, bytes.Equal(back, data), code(t, c.Wait())
}

func TestACommandIsNotTouched(t *testing.T) {
	b := newBed(t)
	c := b.recorder("--shell", b.bash)
	c.Env = append(c.Env, "SSH_ORIGINAL_COMMAND=cat; exit 6")
	if back, same, exit := through(t, c); !same || exit != 6 {
		t.Errorf("%d bytes, exit %d", len(back), exit)
	}
	s := b.session()
	if string(s.Block(gait.Exec)) != "cat; exit 6" || len(s.Block(gait.Input))+len(s.Block(gait.Output)) > 0 || s.End.Reason != endExit {
		t.Errorf("%+v", s.Header)
	}
}

func TestACommandHasItsDescriptorsAlone(t *testing.T) {
	b := newBed(t)
	c := b.recorder("--shell", b.bash)
	c.Env = append(c.Env, "SSH_ORIGINAL_COMMAND=exec 3</dev/null; ls -l /proc/$$/fd; printf over; exec >&- 2>&-; read line; exit 8")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out) // ends while the command still runs
	if err != nil || !bytes.HasSuffix(text, []byte("over")) || bytes.Contains(text, []byte("ptmx")) {
		t.Errorf("%q %v", text, err)
	}
	_ = in.Close()
	if got := code(t, c.Wait()); got != 8 {
		t.Errorf("exit %d", got)
	}
}

func TestAShellThatReadsAPipe(t *testing.T) {
	b := newBed(t)
	c := b.shell()
	c.Stdin = strings.NewReader("echo one\nread x\na word\necho \"$x\" >&2\ncat\nall the rest\n")
	var out, wrong bytes.Buffer
	c.Stdout, c.Stderr = &out, &wrong
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if out.String() != "one\nall the rest\n" || wrong.String() != "a word\n" {
		t.Errorf("%q %q", out.String(), wrong.String())
	}
	s := b.session()
	if got := string(s.Block(gait.Input)); !strings.HasPrefix(got, "echo one\n") || !strings.HasSuffix(got, "all the rest\n") || s.Event(0).Kind != gait.Input {
		t.Errorf("input %q", got)
	}
	if n := len(s.Block(gait.Output)); n != out.Len()+wrong.Len() || len(s.Block(gait.Exec)) > 0 {
		t.Errorf("%d bytes of output", n)
	}
}

func TestAPipeIsNotTouched(t *testing.T) {
	b := newBed(t)
	if back, same, exit := through(t, b.recorder("--", b.bash, "-c", "cat; exit 6")); !same || exit != 6 {
		t.Errorf("%d bytes, exit %d", len(back), exit)
	}
	s := b.session()
	if got := s.End; got.BytesIn != 10<<20 || got.BytesOut != 10<<20 || !got.Seen {
		t.Errorf("%+v", got)
	}
	if len(s.Block(gait.Input)) > 4<<20 || len(s.Block(gait.Output)) > 10<<20 {
		t.Error("more than the budget")
	}
}

func TestSignalsWithoutATerminal(t *testing.T) {
	b := newBed(t)
	c := b.recorder("--shell", b.bash)
	c.Env = append(c.Env, "SSH_ORIGINAL_COMMAND=trap 'exit 11' TERM; echo ready; while :; do read -t 0.1 x </dev/zero; done")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out)
	if got := code(t, c.Wait()); got != 11 {
		t.Errorf("exit %d", got)
	}
	if s := b.session(); s.End.Reason != endSignal {
		t.Errorf("%+v", s.End)
	}
}

func TestAShellThatIsNotThere(t *testing.T) {
	b := newBed(t)
	text, err := b.recorder("--", "/nowhere/shell").CombinedOutput()
	if code(t, err) != 127 || !bytes.Contains(text, []byte("/nowhere/shell")) {
		t.Errorf("%q %v", text, err)
	}
}
