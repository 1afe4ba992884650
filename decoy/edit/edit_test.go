package edit_test

import (
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"gait/decoy/edit"
	"gait/decoy/tty"
	"gait/decoy/visit"
)

// screen collects what a terminal sends.
type screen struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) take() string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.b.String()
	s.b.Reset()
	return got
}

const prompt = "root@web:~# "

var oldLines = []string{"ls -la", "uname -a", "cat /etc/passwd", "echo one two three"}

// session is a table: what is typed, and what the terminal then gets.
type session struct {
	name    string
	cols    int
	term    string
	prompt  string
	history []string
	steps   []string // typed and sent, alternately
	line    string   // what is read in the end
	err     error
}

func (s session) run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		out := &screen{}
		size := visit.Size{Cols: max(s.cols, 0), Rows: 24}
		if s.cols == 0 {
			size.Cols = 80
		}
		if s.term == "" {
			s.term = "xterm"
		}
		term := tty.New(in, out, s.term, size)
		defer term.Hangup()
		defer keys.Close()
		if s.prompt == "" {
			s.prompt = prompt
		}
		if s.history == nil {
			s.history = oldLines
		}
		type result struct {
			line string
			err  error
		}
		done := make(chan result, 1)
		go func() {
			line, err := edit.New(term).ReadLine(visit.LineRequest{Prompt: s.prompt, History: s.history, Complete: names})
			done <- result{line, err}
		}()
		out.take()
		for i := 0; i+1 < len(s.steps); i += 2 {
			io.WriteString(keys, s.steps[i])
			if got := out.take(); got != s.steps[i+1] {
				t.Errorf("step %d, %q:\n got %q\nwant %q", i/2, s.steps[i], got, s.steps[i+1])
			}
		}
		select {
		case r := <-done:
			if r.line != s.line || r.err != s.err {
				t.Errorf("read %q, %v; want %q, %v", r.line, r.err, s.line, s.err)
			}
		default:
			if s.line != "" || s.err != nil {
				t.Error("the line did not end")
			}
		}
	})
}

// names completes the word before the cursor from a fixed list.
func names(line string, cursor int) (from int, found []string) {
	from = strings.LastIndexByte(line[:cursor], ' ') + 1
	for _, name := range []string{"alpha", "alpine", "apple", "dir1/"} {
		if strings.HasPrefix(name, line[from:cursor]) {
			found = append(found, name)
		}
	}
	return from, found
}
