package serve

import (
	"context"
	"time"
	"unicode"
	"unicode/utf8"

	"gait"
	"gait/profile"
	"gait/store"
)

// commandText is what was given to the shell as one command.
type commandText struct {
	Start   float64 `json:"start" doc:"Seconds since the session's start"`
	End     float64 `json:"end"`
	Text    string  `json:"text" doc:"As it stood in the line editor when it was sent; control characters as their pictures (U+2400 and on), bytes that are no text as U+FFFD"`
	Cut     bool    `json:"cut,omitempty" doc:"There is more of it"`
	Exec    bool    `json:"exec,omitempty" doc:"Given at login, not typed"`
	Tool    int     `json:"tool_number" doc:"The same number for the same tool, as in the timeline"`
	Errored bool    `json:"errored" doc:"Its output holds an error text"`
}

// commandTexts are the commands of a session.
type commandTexts struct {
	Items []commandText `json:"items" nullable:"false" doc:"In order, at most 5,000"`
	More  bool          `json:"more" doc:"There are more commands than are given"`
}

// Bounds of what is told of commands.
const (
	maxCommands  = 5000
	maxText      = 2000    // characters of one
	maxTextBytes = 4 << 20 // of all together
)

func (s *Server) commandRoutes() {
	add(s, get("session-commands", "/sessions/{id}/commands", "sessions", "What was given to the shell, as text").
		says("For operators only; every look is noted in the audit log. "+naming), s.commands)
}

func (s *Server) commands(ctx context.Context, in *ofSession) (*one[commandTexts], error) {
	rec, done, err := s.placed(ctx, in.ID, func(x *store.Session) error { return s.audit(ctx, "commands", x.Ref) })
	if err != nil {
		return nil, err
	}
	defer done()
	return &one[commandTexts]{commandsOf(rec, s.opt.Store.Compat())}, nil
}

// commandsOf takes the commands out of a recording, by the reading that the
// store holds.
func commandsOf(rec *gait.Session, compat bool) commandTexts {
	out := commandTexts{Items: []commandText{}}
	probe := &profile.Primitive{Name: "commands", Observe: func(v *profile.View) profile.Answer {
		out.take(v)
		return profile.Silent
	}}
	profile.EngineOf([]*profile.Primitive{probe}, compat).Profile(rec, time.Time{})
	return out
}

func (o *commandTexts) take(v *profile.View) {
	c, shown := v.Commands(), v.Screen()
	o.More = c.Len() > maxCommands
	size := 0
	// No character takes more bytes than utf8.UTFMax, so that one that is cut in
	// the middle lies behind the last that is told.
	for i, t := range v.Texts(maxCommands, utf8.UTFMax*(maxText+1)) {
		text, cut := visible(t.Bytes, maxText)
		if size += len(text); size > maxTextBytes {
			o.More = true
			return
		}
		x := &c.List[i]
		o.Items = append(o.Items, commandText{x.Start, x.End, text, cut || t.Cut, t.Exec, c.ToolNumber(i), shown.ErroredAt(i)})
	}
}

// visible gives the first so many characters of raw text, and says whether
// there are more. What would act on a terminal or a line is replaced by
// something that is seen, one character by one; the direction of text and
// characters without width are left to the page.
func visible(raw []byte, most int) (text string, cut bool) {
	b := make([]byte, 0, len(raw))
	for n := 0; len(raw) > 0; n++ {
		if n == most {
			return string(b), true
		}
		r, size := utf8.DecodeRune(raw)
		b = utf8.AppendRune(b, shown(r))
		raw = raw[size:]
	}
	return string(b), false
}

// shown gives the character that stands for another.
func shown(r rune) rune {
	const pictures, deleted, newLine = 0x2400, 0x2421, 0x2424
	switch {
	case r < 0x20:
		return pictures + r
	case r == 0x7f:
		return deleted
	case unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return newLine
	case unicode.IsControl(r): // those of eight bits have no pictures
		return utf8.RuneError
	}
	return r
}
