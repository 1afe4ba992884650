package profile

import (
	"cmp"
	"math"
	"slices"

	"gait"
	"gait/internal/fault"
)

// Mark is a stretch of a session, or a moment of it, that a value was made of.
// It holds no text.
type Mark struct {
	Kind     MarkKind
	From, To float64 // seconds since the session's start; equal for a moment
}

// MarkKind says what a mark stands for.
type MarkKind string

// The kinds of marks.
const (
	MarkKey        MarkKind = "key"        // an input event
	MarkPaste      MarkKind = "paste"      // an input event that is a paste
	MarkControl    MarkKind = "control"    // an input event of control sequences only
	MarkHeld       MarkKind = "held"       // a key that was held
	MarkFed        MarkKind = "fed"        // a key at a pace that no hands keep
	MarkCompletion MarkKind = "completion" // a key that asks for the rest of a word

	MarkBurst    MarkKind = "burst"     // a typing burst
	MarkGap      MarkKind = "gap"       // between two input events
	MarkQuickGap MarkKind = "gap_quick" // one that is too short for a steady hand
	MarkDigraph  MarkKind = "digraph"   // from a key to the next
	MarkErase    MarkKind = "erase"     // from the last char to the backspace
	MarkKill     MarkKind = "kill"      // ^U or ^W
	MarkShortcut MarkKind = "shortcut"  // a key for line editing

	MarkCommand  MarkKind = "command"
	MarkTab      MarkKind = "tab"         // a command that holds a TAB
	MarkPipeline MarkKind = "pipeline"    // a command that holds a pipe
	MarkNewTool  MarkKind = "tool_new"    // a command with a tool for the first time
	MarkJump     MarkKind = "tool_jump"   // a command that goes back to an earlier tool
	MarkError    MarkKind = "error"       // a command whose output holds an error text
	MarkRerun    MarkKind = "rerun"       // the same tool after an error
	MarkSwitch   MarkKind = "switch"      // another tool after an error
	MarkAbort    MarkKind = "abort"       // the end of the session after an error
	MarkAfter    MarkKind = "after_error" // a typed command after an error

	MarkPause      MarkKind = "pause" // between two commands
	MarkLongPause  MarkKind = "pause_long"
	MarkShortPause MarkKind = "pause_short"
	MarkOutput     MarkKind = "output" // of a command
	MarkPrompt     MarkKind = "prompt"
	MarkSign       MarkKind = "sign" // output that gives something away

	MarkSession     MarkKind = "session"
	MarkHalf        MarkKind = "half" // of the session
	MarkWindow      MarkKind = "window"
	MarkEmptyWindow MarkKind = "window_empty"

	MarkDigits       MarkKind = "digits"       // quick digits in a row
	MarkCapitals     MarkKind = "capitals"     // in a row
	MarkExclamations MarkKind = "exclamations" // in a row
	MarkPositive     MarkKind = "word_positive"
	MarkNegative     MarkKind = "word_negative"
	MarkObscene      MarkKind = "word_obscene"
)

// A command whose tool stands in a set of tools.
const (
	MarkRecon       MarkKind = "set_recon"
	MarkExfil       MarkKind = "set_exfil"
	MarkPersistence MarkKind = "set_persistence"
	MarkLateral     MarkKind = "set_lateral"
	MarkDestructive MarkKind = "set_destructive"
	MarkCleanup     MarkKind = "set_cleanup"
	MarkLanding     MarkKind = "set_landing"
	MarkLeaving     MarkKind = "set_leaving"
	MarkCovering    MarkKind = "set_covering"
	MarkManual      MarkKind = "set_manual"
)

// MarkKinds lists all kinds.
var MarkKinds = []MarkKind{
	MarkKey, MarkPaste, MarkControl, MarkHeld, MarkFed, MarkCompletion, MarkBurst, MarkGap, MarkQuickGap, MarkDigraph, MarkErase, MarkKill, MarkShortcut,
	MarkCommand, MarkTab, MarkPipeline, MarkNewTool, MarkJump, MarkError, MarkRerun, MarkSwitch, MarkAbort, MarkAfter,
	MarkPause, MarkLongPause, MarkShortPause, MarkOutput, MarkPrompt, MarkSign, MarkSession, MarkHalf, MarkWindow, MarkEmptyWindow,
	MarkDigits, MarkCapitals, MarkExclamations, MarkPositive, MarkNegative, MarkObscene,
	MarkRecon, MarkExfil, MarkPersistence, MarkLateral, MarkDestructive, MarkCleanup, MarkLanding, MarkLeaving, MarkCovering, MarkManual,
}

// Marks collects marks up to a bound. What matters most is added first.
type Marks struct {
	list       []Mark
	more       bool
	most       int
	start, end float64
}

// Full says whether no further mark is taken, so that one who would look for
// more need not.
func (m *Marks) Full() bool { return m.more }

// Add marks a stretch. What reaches beyond the session is cut; a stretch
// without a time is none.
func (m *Marks) Add(kind MarkKind, from, to float64) {
	from, to = min(max(from, m.start), m.end), min(max(to, m.start), m.end)
	switch {
	case math.IsNaN(from) || math.IsNaN(to):
	case len(m.list) == m.most:
		m.more = true
	default:
		m.list = append(m.list, Mark{kind, from, max(from, to)})
	}
}

// At marks a moment.
func (m *Marks) At(kind MarkKind, at float64) { m.Add(kind, at, at) }

// Evidence gives what the value of a primitive in a session was made of, at
// most so many marks, in order of time; none where the primitive has no value.
// It tells whether there are more, and the cause where the primitive panicked.
func Evidence(s *gait.Session, p *Primitive, most int) (marks []Mark, more bool, cause string) {
	return NewEngine(nil).Evidence(s, p, most)
}

// Evidence is the same by the engine's reading; the primitive need not be one
// of the engine's.
func (e *Engine) Evidence(s *gait.Session, p *Primitive, most int) (marks []Mark, more bool, cause string) {
	defer func() {
		if r := recover(); r != nil {
			marks, more, cause = nil, false, fault.Text(r)
		}
	}()
	if p.Evidence == nil || Lacks(p, s.Fidelity) != "" {
		return nil, false, ""
	}
	v := View{compat: e.view.compat}
	v.reset(s)
	if v.blurs(p) != "" || p.Observe(&v).Value == "" {
		return nil, false, ""
	}
	m := Marks{most: most, start: gait.Seconds(v.first), end: gait.Seconds(v.last)}
	p.Evidence(&v, &m)
	slices.SortStableFunc(m.list, func(a, b Mark) int {
		if d := cmp.Compare(a.From, b.From); d != 0 {
			return d
		}
		return cmp.Compare(a.To, b.To)
	})
	return m.list, m.more, ""
}

// Reasons gives the terms of the conclusion that a primitive draws of a
// session; none where it has no value or no terms. The cause is not empty where
// it panicked.
func (e *Engine) Reasons(s *gait.Session, p *Primitive) (reasons []Reason, cause string) {
	defer func() {
		if r := recover(); r != nil {
			reasons, cause = nil, fault.Text(r)
		}
	}()
	if p.Reasons == nil || e.view.compat || Lacks(p, s.Fidelity) != "" {
		return nil, ""
	}
	v := View{}
	v.reset(s)
	if p.Observe(&v).Value == "" {
		return nil, ""
	}
	return p.Reasons(&v), ""
}
