package edit_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"gait/decoy/edit"
	"gait/decoy/tty"
	"gait/decoy/visit"
)

// typist is a terminal, and a line that is being read from it.
type typist struct {
	*tty.TTY
	keys *io.PipeWriter
	out  *screen
	line chan string
	err  chan error
}

func begin(r visit.LineRequest, size visit.Size) *typist {
	in, keys := io.Pipe()
	out := &screen{}
	t := &typist{TTY: tty.New(in, out, "xterm", size), keys: keys, out: out, line: make(chan string, 1), err: make(chan error, 1)}
	go func() {
		line, err := edit.New(t.TTY).ReadLine(r)
		t.line <- line
		t.err <- err
	}()
	synctest.Wait() // until it asks: what comes before is the terminal's own affair
	return t
}

// gone ends the client.
func (t *typist) gone() {
	t.Hangup()
	t.keys.Close()
}

func (t *typist) typed(s string) string {
	io.WriteString(t.keys, s)
	return t.out.take()
}

// What bash sent when its window changed.
func TestResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := begin(visit.LineRequest{Prompt: prompt}, visit.Size{Cols: 20, Rows: 24})
		defer r.gone()
		r.typed("abcdefgh")
		for _, step := range []struct {
			cols        int
			want, typed string
		}{
			{30, "\r\x1b[K\r\x1b[A\x1b[K\rroot@web:~# abcdefgh", "x"},
			{15, "\r\x1b[K\rroot@web:~# abcdefghx", "y"},
			{40, "\r\x1b[K\r\x1b[A\x1b[K\rroot@web:~# abcdefghxy", "z"},
		} {
			r.Resize(visit.Size{Cols: step.cols, Rows: 24})
			if got := r.out.take(); got != step.want {
				t.Errorf("%d columns: %q, want %q", step.cols, got, step.want)
			}
			if got := r.typed(step.typed); got != step.typed {
				t.Errorf("typed %q, got %q", step.typed, got)
			}
		}
	})
}

func TestEndsOfALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		r := begin(visit.LineRequest{Prompt: prompt, Context: ctx}, visit.Size{Cols: 80, Rows: 24})
		r.typed("abc")
		cancel()
		if <-r.line; !errors.Is(<-r.err, context.Canceled) {
			t.Error("the end of the context does not end the line")
		}
		if mode := r.SetMode(visit.Cooked); mode != visit.Cooked {
			t.Errorf("mode %+v after the line", mode)
		}
		r.gone()
		r = begin(visit.LineRequest{Prompt: prompt}, visit.Size{Cols: 80, Rows: 24})
		r.typed("abc")
		r.gone()
		if <-r.line; <-r.err != io.EOF {
			t.Error("a hangup is not the end of the file")
		}
	})
}

// Only the line is taken from the terminal: the rest is for programs.
func TestTypeAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := begin(visit.LineRequest{Prompt: prompt}, visit.Size{Cols: 80, Rows: 24})
		defer r.gone()
		if got := r.typed("read x\rvalue\rls\r"); got != "\x1b[?2004h"+prompt+"read x\r\n\x1b[?2004l\r" {
			t.Errorf("got %q", got)
		}
		if line := <-r.line; line != "read x" {
			t.Errorf("read %q", line)
		}
		rest := make([]byte, 100)
		n, _ := r.Read(rest)
		if string(rest[:n]) != "value\nls\n" {
			t.Errorf("left %q", rest[:n])
		}
	})
}

// A line holds 256 KB, and one that long can be typed, pasted and moved in.
func TestLongLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := begin(visit.LineRequest{Prompt: prompt}, visit.Size{Cols: 80, Rows: 24})
		defer r.gone()
		long := strings.Repeat("0123456789abcdef", 1<<14)
		r.typed(long)
		if got := r.typed("x"); got != "\a" {
			t.Errorf("got %.40q for a byte too many", got)
		}
		r.typed("\x01" + strings.Repeat("\x1b[C", 2000) + "\x7fy\x1b[200~" + long + "\x1b[201~")
		r.typed("\x05" + strings.Repeat("\x1b9", 30) + "z\r")
		line := <-r.line
		if want := long[:1999] + "y" + long[2000:]; line != want {
			t.Errorf("read %d bytes, want %d", len(line), len(want))
		}
	})
}

// Columns that are one wide, or less, and pages of one row.
func TestSmallWindows(t *testing.T) {
	for _, size := range []visit.Size{{}, {Cols: 1, Rows: 1}, {Cols: 2, Rows: 2}, {Cols: 5, Rows: 3}} {
		synctest.Test(t, func(t *testing.T) {
			many := func(string, int) (int, []string) {
				var names []string
				for i := range 150 {
					names = append(names, strings.Repeat("n", i%40+1))
				}
				return 0, names
			}
			r := begin(visit.LineRequest{Prompt: prompt, Complete: many}, size)
			r.typed("x中\ty\t\t\t\t qy \x01\x0b中中\x12x\x07\x1b[A\x05")
			r.Resize(visit.Size{Cols: 3, Rows: 1})
			r.typed("中a\x02\x02b\x0c\r")
			r.gone()
		})
	}
}

// A search for bytes that are no character finds them inside of one.
func TestSearchInsideACharacter(t *testing.T) {
	for _, keys := range []string{"\xe9\x8d\xa7\x12\x8dO", "\xe9\x8d\xa7\x12\x8d", "\xe9\x8d\xa7\x12\xe9\x8d", "a\xe9\x8d\xa7\x12\xa7x"} {
		synctest.Test(t, func(t *testing.T) {
			r := begin(visit.LineRequest{Prompt: prompt}, visit.Size{Cols: 80, Rows: 24})
			defer r.gone()
			r.typed(keys + "\x07\r")
			if line := <-r.line; line != keys[:strings.IndexByte(keys, 0x12)] {
				t.Errorf("%q: read %q", keys, line)
			}
		})
	}
}

func FuzzReadLine(f *testing.F) {
	for _, s := range sessions {
		for i := 0; i < len(s.steps); i += 2 {
			f.Add(s.steps[i], s.cols, s.prompt)
		}
	}
	f.Fuzz(func(t *testing.T, keys string, cols int, prompt string) {
		if len(keys) > 4096 || len(prompt) > 256 || keys == "" {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			r := begin(visit.LineRequest{Prompt: prompt, History: oldLines, Complete: names}, visit.Size{Cols: cols, Rows: 24})
			go io.WriteString(r.keys, keys)
			synctest.Wait()
			r.gone()
		})
	})
}
