package lines

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestNext(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	text := "one\n\n" + long + "\nlast"
	for name, in := range map[string]io.Reader{
		"whole": strings.NewReader(text), "bytes": iotest.OneByteReader(strings.NewReader(text)),
		"data and error": iotest.DataErrReader(strings.NewReader(text)),
	} {
		r, at := NewReader(in, 200_000), int64(0)
		for i, want := range []string{"one", "", long, "last"} {
			line, off, whole, err := r.Next()
			if err != nil || string(line) != want || off != at || whole != (i < 3) {
				t.Fatalf("%s: line %d: %d bytes at %d, whole %v, %v", name, i, len(line), off, whole, err)
			}
			at += int64(len(want)) + 1
		}
		for range 2 {
			if _, _, _, err := r.Next(); err != io.EOF {
				t.Fatalf("%s: %v after the last line", name, err)
			}
		}
	}
}

func TestLongLine(t *testing.T) {
	for _, text := range []string{"ok\n" + strings.Repeat("x", 11), "ok\n" + strings.Repeat("x", 11) + "\nmore", "ok\n" + strings.Repeat("x", 1<<20)} {
		r := NewReader(strings.NewReader(text), 10)
		r.Next()
		for range 2 {
			if _, at, _, err := r.Next(); err != ErrLong || at != 3 {
				t.Fatalf("%v at %d", err, at)
			}
		}
		if len(r.buf) > 2*firstBuffer {
			t.Fatalf("%d bytes were kept", len(r.buf))
		}
	}
}

func TestFailingReader(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(io.MultiReader(strings.NewReader("one\ntw"), iotest.ErrReader(broken)), 10)
	r.Next()
	if _, _, _, err := r.Next(); err != broken {
		t.Fatal(err)
	}
}
