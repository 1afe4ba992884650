package feed

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait"
)

func TestTooManyAreRefused(t *testing.T) {
	x := collect(t, func(o *Options) { o.PerUser = 8 })
	made := known()
	made.Believed = false
	var strangers, visitors []*Client
	for range 2 {
		strangers = append(strangers, dial(t, x.socket, made))
	}
	if _, err := Dial(x.socket, made); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("a third one that sshd did not start: %v", err)
	}
	for len(visitors) < 6 {
		c, err := Dial(x.socket, known())
		if err != nil { // the refused one may not have left yet
			continue
		}
		visitors = append(visitors, c)
	}
	if _, err := Dial(x.socket, known()); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("one more than its user may have: %v", err)
	}
	for _, c := range append(strangers, visitors...) {
		if got := c.End(time.Second, "exit"); !got.Kept {
			t.Errorf("%+v", got)
		}
	}
	if n := len(x.recorded(t)); n != 8 {
		t.Errorf("%d sessions", n)
	}
}

// raw connects without being polite.
func raw(t *testing.T, x *collector) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", x.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestHostilePeers(t *testing.T) {
	x := collect(t)
	hello, err := appendMessage(nil, frameHello, greeting{Believed: true, Start: time.Unix(1, 0), Width: -5, Height: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	huge := func(kind byte) []byte {
		return binary.BigEndian.AppendUint32(append([]byte{kind}, make([]byte, 8)...), 1<<32-1)
	}
	noise := make([]byte, 64<<10)
	r := rand.NewChaCha8([32]byte{1})
	if _, err := r.Read(noise); err != nil {
		t.Fatal(err)
	}
	for name, sent := range map[string][]byte{
		"nothing": nil, "noise": noise, "a huge hello": huge(frameHello), "no JSON": appendFrame(nil, frameHello, 0, []byte("[")),
		"a frame before the hello": appendFrame(nil, frameInput, 0, []byte("x")),
		"deep JSON":                appendFrame(nil, frameHello, 0, bytes.Repeat([]byte("["), 100_000)),
		"hello, noise":             append(bytes.Clone(hello), noise...),
		"hello, huge":              append(bytes.Clone(hello), huge(frameOutput)...),
		"hello, bad resize":        appendFrame(bytes.Clone(hello), frameResize, 0, []byte("x")),
		"hello, bad missing":       appendMissing(bytes.Clone(hello), 0, missing{}),
		"hello, no reason":         appendFrame(bytes.Clone(hello), frameEnd, 0, nil),
		"hello, half a frame":      append(bytes.Clone(hello), frameInput, 0, 0),
		"two hellos":               append(bytes.Clone(hello), hello...),
	} {
		c := raw(t, x)
		if _, err := c.Write(sent); err != nil {
			t.Logf("%s: %v", name, err) // it was cut off before it had sent all
		}
		_ = c.(*net.UnixConn).CloseWrite()
		_, _ = io.ReadAll(c)
	}
	late := raw(t, x)
	far := appendFrame(bytes.Clone(hello), frameInput, 1<<62, []byte("far"))
	far = appendMissing(far, 0, missing{events: 1 << 62})
	m := missing{events: 1 << 62}
	m.Channel, m.Bytes = 'o', 1<<62
	far = appendMissing(far, 1, m)
	if _, err := late.Write(appendFrame(far, frameEnd, 0, []byte("\x1b[2Jexit"))); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(late)
	c := dial(t, x.socket, known())
	c.Input(1, []byte("fine"))
	if got := c.End(2, "exit"); !got.Kept {
		t.Errorf("%+v", got)
	}
	fine := 0
	for _, s := range x.recorded(t) {
		if !s.End.Seen || time.Since(s.Start) > time.Hour || s.Width < 0 || s.Height > 1<<16 || s.Last() > time.Minute || len(s.ID) != 36 {
			t.Errorf("%+v", s.Header)
		}
		if string(s.Block(gait.Input)) == "fine" {
			fine++
		}
	}
	if fine != 1 {
		t.Error("a polite one is not recorded")
	}
}

func TestSocketIsTakenOver(t *testing.T) {
	path := socket(t)
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "another collector") {
		t.Errorf("a second one: %v", err)
	}
	l.SetUnlinkOnClose(false) // as a crash leaves it
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = Listen(path); err != nil {
		t.Fatalf("after a crash: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket is left")
	}
	foreign, err := net.Listen("unix", path) // of one that takes no lock
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "another collector") {
		t.Errorf("beside another program: %v", err)
	}
}

func TestUnsafePlacesAreRefused(t *testing.T) {
	dir := filepath.Dir(socket(t))
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(filepath.Join(dir, "file")); err == nil {
		t.Error("a file is taken for a socket")
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(filepath.Join(dir, "s")); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a folder that all may write to: %v", err)
	}
	if l, err := Listen(filepath.Join(t.TempDir(), "new", "s")); err != nil {
		t.Errorf("a folder that is not there yet: %v", err)
	} else if err := l.Close(); err != nil {
		t.Error(err)
	}
}
