package sed

import (
	"bufio"
	"io"
	"path"
	"strings"

	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// input is the lines of all files, one ahead.
type input struct {
	e        *editor
	names    []string
	separate bool

	file    io.ReadCloser
	lines   *gnu.Lines
	name    string
	ahead   string
	has     bool // ahead is a line
	ended   bool // it has its end
	line    int64
	edited  *strings.Builder
	pending bool // the file at hand is edited in place
}

// open opens the next file; false where there is none.
func (i *input) open() bool {
	for len(i.names) > 0 && !i.e.quit {
		i.name, i.names = i.names[0], i.names[1:]
		p := i.e.p
		info, err := p.FS.Stat(i.name)
		inPlace := i.e.o.Has("i")
		if inPlace && err == nil && info.Kind() != vfs.Regular {
			i.e.fail(4, "couldn't edit %s: not a regular file", i.name)
			return false
		}
		f, err := gnu.Open(p, i.name)
		if err != nil {
			i.e.std.Flush()
			p.Complain("can't read %s: %s", i.name, gnu.Why(err))
			i.e.code = 2
			continue
		}
		i.file = f
		var r io.Reader = f
		if i.name == "-" {
			r = gnu.Tie(f, i.e.std)
		}
		i.lines = gnu.NewLines(p, r, i.e.end)
		if inPlace {
			i.edited = &strings.Builder{}
			i.e.out = bufio.NewWriter(bounded{i})
			i.pending = true
		}
		if i.separate {
			i.line = 0
			for _, c := range i.e.script {
				c.active = false
			}
		}
		return true
	}
	return false
}

// bounded keeps what becomes of a file, as far as the budget goes.
type bounded struct{ i *input }

func (b bounded) Write(data []byte) (int, error) {
	if !b.i.e.held.Add(len(data)) {
		return 0, gnu.ErrMemory
	}
	return b.i.edited.Write(data)
}

// fetch reads the line ahead.
func (i *input) fetch() {
	for !i.has {
		if i.lines == nil {
			if i.separate && i.pending {
				return
			}
			if !i.open() {
				return
			}
		}
		text, ok := i.lines.Next()
		if ok {
			i.ahead, i.has, i.ended = string(text), true, i.lines.Ended
			return
		}
		if err := i.lines.Err; err != nil && !gnu.Stop(i.e.p) {
			if err == gnu.ErrMemory {
				i.e.fail(4, "couldn't re-allocate memory")
				return
			}
			i.e.fail(4, "read error on %s: %s", i.name, gnu.Why(err))
			return
		}
		i.close()
		if i.separate {
			return
		}
	}
}

// isLast says whether no line follows: in all files, or in the one at hand.
func (i *input) isLast() bool {
	i.fetch()
	if i.has || !i.separate {
		return !i.has
	}
	return true
}

// next takes the line ahead into the space.
func (i *input) next() bool {
	i.fetch()
	for !i.has && i.separate {
		i.store()
		if i.lines == nil && !i.open() {
			return false
		}
		i.fetch()
	}
	if !i.has || i.e.quit {
		i.store()
		return false
	}
	i.e.space, i.e.missing, i.has = i.ahead, !i.ended, false
	i.line++
	return true
}

// store writes an edited file back.
func (i *input) store() {
	if !i.pending {
		return
	}
	e, p := i.e, i.e.p
	i.pending, e.owed = false, false
	full := e.out.Flush() != nil
	e.out = e.std
	text := i.edited.String()
	e.held.Drop(len(text))
	if full {
		e.fail(4, "couldn't write to output file: Cannot allocate memory")
		return
	}
	if suffix, _ := e.o.Last("i"); suffix != "" {
		backup := i.name + suffix
		if strings.Contains(suffix, "*") {
			backup = path.Join(path.Dir(i.name), strings.ReplaceAll(suffix, "*", path.Base(i.name)))
		}
		if old, err := p.FS.ReadFile(i.name, int64(len(text))+8<<20); err == nil {
			_ = p.FS.WriteFile(backup, old, 0o644)
		}
	}
	if err := p.FS.WriteFile(i.name, []byte(text), 0o644); err != nil {
		e.fail(4, "couldn't open temporary file %s/sedXXXXXX: %s", path.Dir(i.name), gnu.Why(err))
	}
}

// rest copies what is left of a file that is edited in place, when q ends it.
func (i *input) rest() {
	if !i.pending {
		return
	}
	for i.fetch(); i.has; i.fetch() {
		_, _ = i.e.out.WriteString(i.ahead)
		if i.ended {
			_ = i.e.out.WriteByte(i.e.end)
		}
		i.has = false
	}
}

func (i *input) close() {
	if i.lines != nil {
		i.lines.Close()
		i.file.Close()
		i.lines, i.file = nil, nil
	}
}
