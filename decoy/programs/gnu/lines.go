package gnu

import (
	"bufio"
	"errors"
	"io"

	"gait/decoy/proc"
)

// ErrMemory says that the session may hold no more.
var ErrMemory = errors.New("memory exhausted")

// Held is memory that was taken from the budget of a session.
type Held struct {
	p    *proc.Process
	n    int64 // taken
	used int64
}

// Hold begins to hold memory for a process. Free has to be called.
func Hold(p *proc.Process) *Held { return &Held{p: p} }

// Add takes memory; false where there is none left.
func (h *Held) Add(n int) bool {
	h.used += int64(n)
	if h.used <= h.n {
		return true
	}
	want := max(h.used-h.n, 16<<10)
	if Crowded(h.p.Budget) || !proc.Take(&h.p.Budget.Memory, want) {
		h.used -= int64(n)
		return false
	}
	h.n += want
	return true
}

// Drop says that a part is not used any more.
func (h *Held) Drop(n int) { h.used -= int64(n) }

// Free gives everything back.
func (h *Held) Free() {
	proc.Give(&h.p.Budget.Memory, h.n)
	h.n, h.used = 0, 0
}

// Lines reads lines of any length that the budget allows.
type Lines struct {
	Err   error // why the last Next was false, other than the end
	Ended bool  // the last line ended with the delimiter

	r     *bufio.Reader
	delim byte
	long  []byte
	held  *Held
}

// NewLines reads lines that end with a byte. Close has to be called.
func NewLines(p *proc.Process, r io.Reader, delim byte) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 16<<10), delim: delim, held: Hold(p)}
}

// Next gives the next line without its end, until the next call; false at the
// end of the file.
func (l *Lines) Next() ([]byte, bool) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice(l.delim)
		if err == nil {
			l.Ended = true
			part = part[:len(part)-1]
			if len(l.long) == 0 {
				return part, true
			}
			l.long = append(l.long, part...)
			return l.long, true
		}
		if len(part) > 0 {
			if cap(l.long)-len(l.long) < len(part) && !l.held.Add(2*(len(l.long)+len(part))) {
				l.Err = ErrMemory
				return nil, false
			}
			l.long = append(l.long, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != io.EOF {
			l.Err = err
		}
		l.Ended = false
		return l.long, len(l.long) > 0
	}
}

// Close gives the memory back.
func (l *Lines) Close() { l.held.Free() }

// ReadAll reads everything, as far as the memory that h may hold goes.
func ReadAll(r io.Reader, h *Held) ([]byte, error) {
	var data []byte
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if cap(data)-len(data) < n && !h.Add(len(data)+n) {
				return data, ErrMemory
			}
			data = append(data, buf[:n]...)
		}
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
}

// Each opens files one after the other and gives them to do, which says whether
// to go on. In is read where there are none. What cannot be opened is told with
// complain. It gives the exit code: 1 where something could not be opened.
func Each(p *proc.Process, names []string, complain func(name string, err error), do func(name string, r io.Reader) bool) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		f, err := Open(p, name)
		if err != nil {
			complain(name, err)
			code = 1
			continue
		}
		more := do(name, f)
		f.Close()
		if !more || Stop(p) {
			break
		}
	}
	return code
}

// Plain is the complaint of most programs about a file: "name: file: why".
func Plain(p *proc.Process) func(name string, err error) {
	return func(name string, err error) { p.Complain("%s: %s", Name(p, name), Why(err)) }
}
