package edit

import (
	"strings"

	"gait/decoy/visit"
)

// search is an incremental search in the history.
type search struct {
	text   []byte
	step   int    // -1 back, 1 forward
	line   int    // of the history, that is looked at
	at     int    // in that line
	tried  string // the line that was compared last
	found  int    // the line that was found last
	seen   string // its text
	failed bool
}

func (r *reading) searchBack()    { r.searchHistory(-1) }
func (r *reading) searchForward() { r.searchHistory(1) }

// searchHistory reads keys and shows what they find, until a key that does
// something else ends it.
func (r *reading) searchHistory(step int) {
	if r.count() < 0 {
		step = -step
	}
	began, point, was := string(r.line), r.point, r.at
	r.visit(r.at)
	r.point = point
	s := &search{step: step, line: was, at: point, found: was, tried: r.entry(was)}
	r.d.rewrite = true
	r.sayText(s.prompt())
	r.draw()
	for {
		r.flush()
		c, ok := r.next()
		if !ok {
			break
		}
		if c == 7 {
			r.at = was
			r.set(began)
			r.point = point
			break
		}
		if !r.searchKey(s, c) {
			break
		}
		r.sayText(s.prompt())
		r.draw()
	}
	if len(s.text) > 0 {
		r.search = string(s.text)
	}
	r.takeMark()
	r.message = nil
}

// prompt is what is shown in place of the prompt.
func (s *search) prompt() string {
	p := "("
	if s.failed {
		p += "failed "
	}
	if s.step < 0 {
		p += "reverse-"
	}
	return p + "i-search)`" + string(s.text) + "': "
}

// searchKey does one key of a search, and says whether the search goes on.
func (r *reading) searchKey(s *search, c byte) bool {
	switch {
	case c == 3:
		r.stop(visit.ErrInterrupt)
		return false
	case c == 0x12 || c == 0x13:
		r.searchNext(s, c)
	case c == 0x7f || c == 8:
		if len(s.text) == 0 {
			r.bell()
			return true
		}
		s.text = s.text[:len(s.text)-1]
	case c == 0x1b || c == '\n':
		if c == '\n' || r.queued() {
			r.pushed = append([]byte{c}, r.pushed...)
		}
		return false
	case c < ' ':
		r.pushed = append([]byte{c}, r.pushed...)
		return false
	default:
		if len(s.text) < 4096 {
			s.text = append(s.text, r.char(c)...)
		}
	}
	if r.searchOn(s) {
		r.found(s)
	} else {
		r.bell()
		r.takeMark()
	}
	return true
}

// searchNext prepares for another line, or for what was searched for last.
func (r *reading) searchNext(s *search, c byte) {
	step := -1
	if c == 0x13 {
		step = 1
	}
	switch {
	case len(s.text) == 0:
		s.text = []byte(r.search)
	case step == s.step:
		s.at += step
	}
	s.step = step
}

// searchOn looks for the text from where the search stands. After a search that
// failed that is the last line it tried, as in readline, and only then the
// line beside the one that was found.
func (r *reading) searchOn(s *search) bool {
	s.failed = false
	for {
		if i := s.index(s.tried); i >= 0 {
			s.at = i
			return true
		}
		for {
			s.line += s.step
			if s.line < 0 || s.line > len(r.req.History) {
				s.line, s.failed = s.found, true
				s.at = -1
				if s.step > 0 {
					s.at = len(s.tried) + 1
				}
				return false
			}
			s.tried = r.entry(s.line)
			if (s.seen == "" || s.tried != s.seen) && len(s.tried) >= len(s.text) {
				break
			}
		}
		s.at = 0
		if s.step < 0 {
			s.at = len(s.tried)
		}
	}
}

// index gives where the text is in a line, from where the search stands; -1
// where it is not.
func (s *search) index(line string) int {
	if s.step > 0 {
		from := max(s.at, 0) // a search back that failed stands before the line
		if from > len(line) {
			return -1
		}
		if i := strings.Index(line[from:], string(s.text)); i >= 0 {
			return from + i
		}
		return -1
	}
	if s.at < 0 {
		return -1
	}
	return strings.LastIndex(line[:min(len(line), s.at+len(s.text))], string(s.text))
}

// found shows what was found.
func (r *reading) found(s *search) {
	s.found, s.seen = s.line, r.entry(s.line)
	r.at = s.line
	r.set(s.seen)
	r.point = s.at
	r.markFrom, r.markTo = s.at, s.at+len(s.text)
}

var _ visit.LineEditor = (*Editor)(nil)
