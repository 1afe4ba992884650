package shell

import (
	"errors"
	"io"
	"runtime"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

const (
	mostSource = 4 << 20 // bytes of one complete command
	mostFrames = 12_000  // of the stack while something is parsed
)

var errTooDeep = errors.New("nested too deep")

// source gives the parser text line by line, and keeps the text of the present
// command.
type source struct {
	next func(more bool) (line string, err error) // a line with its end
	rest string
	text strings.Builder // of the present command, masked
	more bool            // the command goes on
	err  error
	size int
	base int  // lines before the present command
	last bool // the last line had no end
	dash bool

	again int // how many ends of here-documents were added to it
}

// textSource gives a text.
func textSource(text string) *source {
	return &source{next: func(bool) (string, error) {
		if text == "" {
			return "", io.EOF
		}
		line := text
		if at := strings.IndexByte(text, '\n'); at >= 0 {
			line = text[:at+1]
		}
		text = text[len(line):]
		return line, nil
	}}
}

// Read implements what the parser reads from.
func (s *source) Read(p []byte) (int, error) {
	if s.rest == "" {
		if s.err != nil {
			return 0, s.err
		}
		line, err := s.next(s.more)
		if err != nil {
			s.err = err
			if line == "" {
				return 0, err
			}
		}
		if !strings.HasSuffix(line, "\n") {
			line += "\n"
			s.last = true
		}
		if s.size += len(line); s.size > mostSource {
			s.err = errTooDeep
			return 0, s.err
		}
		s.more = true
		if s.dash {
			line = dashLine(line)
		}
		s.rest = mask(line)
		s.text.WriteString(s.rest)
	}
	if tooDeep() {
		s.err = errTooDeep
		return 0, s.err
	}
	n := copy(p[:min(len(p), 256)], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// tooDeep says whether the stack of the parser is about to grow without end.
func tooDeep() bool {
	var pc [1]uintptr
	return runtime.Callers(mostFrames, pc[:]) > 0
}

// done forgets the text of a command that was run.
func (s *source) done() {
	s.base += strings.Count(s.text.String(), "\n")
	s.text.Reset()
	s.more, s.size = false, 0
}

func (in *interp) parser() *syntax.Parser {
	if in.posix {
		return syntax.NewParser(syntax.Variant(syntax.LangPOSIX))
	}
	return syntax.NewParser(syntax.Variant(syntax.LangBash))
}

// runSource runs the commands of a source, a complete command at a time. The
// parser cannot be left in the middle (it may have an error to tell after that,
// which is a panic then): what follows the end is read as nothing.
func (in *interp) runSource(s *source) {
	p := in.parser()
	s.dash = in.posix
	stopped := false
	for list, err := range p.InteractiveSeq(s) {
		switch {
		case stopped:
		case err != nil:
			in.refused(s, err)
			stopped = true
		case !p.Incomplete():
			in.source = s
			in.stmts(list)
			s.done()
			if in.flow == flowAbort && in.inter && in.where == "" {
				in.flow = flowNone
			}
			stopped = in.flow != flowNone || in.oneLine
		}
		if stopped {
			s.rest, s.err = "", io.EOF
		}
	}
}

// refused deals with text that the parser does not take.
func (in *interp) refused(s *source, err error) {
	if in.flow != flowNone || in.task.ctx.Err() != nil {
		in.halted()
		return
	}
	if s.err != nil && s.err != io.EOF && !errors.Is(s.err, errTooDeep) {
		return // interrupted
	}
	text := s.text.String()
	if word, ok := unclosedDocument(err, text); ok && s.again < 8 {
		if !in.posix {
			in.line = 1 + strings.Count(strings.TrimSuffix(text, "\n"), "\n")
			in.complain("warning: here-document at line %d delimited by end-of-file (wanted `%s')", documentLine(text, word), plain(word))
		}
		again := textSource(plain(text) + plain(word) + "\n")
		again.again = s.again + 1
		in.runSource(again)
		return
	}
	if in.badArith(err, text) {
		return
	}
	in.syntaxError(err, s)
	in.status = 2
	switch {
	case (in.inter || in.evals > 0 || in.where != "") && !in.posix:
	case in.inter && in.where == "":
	default:
		in.exit(2)
	}
}

// dashLine writes &> as dash reads it: a command in the background, and a
// redirection.
func dashLine(line string) string {
	if !strings.Contains(line, "&>") {
		return line
	}
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		b.WriteByte(c)
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote:
			quote = 0
		case quote == 0 && c == '&' && i+1 < len(line) && line[i+1] == '>' && (i == 0 || line[i-1] != '>' && line[i-1] != '<'):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// badArith deals with an arithmetic expansion that the parser does not take: to
// bash that is no error of syntax, it is one of the expansion.
func (in *interp) badArith(err error, text string) bool {
	var pe syntax.ParseError
	if !errors.As(err, &pe) || pe.Incomplete {
		return false
	}
	at := min(int(pe.Pos.Offset()), len(text))
	from := strings.LastIndex(text[:min(at+3, len(text))], "$((")
	if from < 0 {
		return false
	}
	to := strings.Index(text[from:], "))")
	if to < 0 || from+to < at-2 {
		return false
	}
	in.line = 1 + strings.Count(text[:from], "\n")
	if _, ok := in.arithText(plain(text[from+3 : from+to])); ok {
		return false
	}
	in.abortArith()
	if in.flow == flowAbort && !in.inter {
		in.flow = flowExit
	}
	return true
}

// unclosedDocument says whether a here-document has no end, and the word that
// it waits for.
func unclosedDocument(err error, text string) (string, bool) {
	var pe syntax.ParseError
	if !errors.As(err, &pe) || !strings.HasPrefix(pe.Text, "unclosed here-document ") {
		return "", false
	}
	word := strings.TrimPrefix(pe.Text, "unclosed here-document ")
	word = strings.Trim(word, "`'\"")
	return word, word != "" && !strings.Contains(word, "\n")
}

func documentLine(text, word string) int {
	at := strings.Index(text, "<<")
	return 1 + strings.Count(text[:max(at, 0)], "\n")
}

// runText runs a text to its end and ends the shell.
func (in *interp) runText(text string) int {
	in.protect(func() { in.runSource(textSource(text)) })
	return in.finish()
}

// runStream runs commands as they arrive.
func (in *interp) runStream(s *stream) int {
	in.opt["stdin"] = true
	in.protect(func() {
		in.runSource(&source{next: func(bool) (string, error) { return in.readLine(in.fds.get(0)) }})
	})
	return in.finish()
}

// readLine reads a line, byte by byte, so that what follows it is left for the
// commands.
func (in *interp) readLine(s *stream) (string, error) {
	r := end{in.task, s}
	if s != nil && s.file != nil {
		return in.readFileLine(r)
	}
	var b []byte
	var one [1]byte
	for {
		n, err := r.Read(one[:])
		if n > 0 {
			if b = append(b, one[0]); one[0] == '\n' {
				return string(b), nil
			}
			if len(b) > mostSource {
				return "", errTooDeep
			}
			continue
		}
		if err != nil {
			if len(b) > 0 {
				return string(b), nil
			}
			return "", err
		}
	}
}

// readFileLine reads a line of a file and puts back what follows it.
func (in *interp) readFileLine(r end) (string, error) {
	var b []byte
	buf := make([]byte, 512)
	for {
		n, err := r.Read(buf)
		if at := strings.IndexByte(string(buf[:n]), '\n'); at >= 0 {
			b = append(b, buf[:at+1]...)
			r.s.file.Seek(int64(at+1-n), io.SeekCurrent)
			return string(b), nil
		}
		b = append(b, buf[:n]...)
		if err != nil || n == 0 || len(b) > mostSource {
			if len(b) > 0 {
				return string(b), nil
			}
			return "", io.EOF
		}
	}
}
