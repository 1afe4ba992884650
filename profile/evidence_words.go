package profile

// walk passes input as [Words] does, and calls after with the number of the
// stroke whenever anything may have ended or gone on.
func (w *Words) walk(k *Keys, after func(stroke int)) {
	w.previous = -1
	for i := range k.Strokes {
		s := &k.Strokes[i]
		if s.Paste() || s.Control() {
			w.endRuns()
			after(i)
			continue
		}
		data := k.Data(i)
		if len(data) == 1 && data[0] >= '0' && data[0] <= '9' {
			w.digit(s.At)
		}
		for _, c := range data {
			w.char(c)
			after(i)
		}
	}
	w.endRuns()
	after(len(k.Strokes))
}

// run follows a length that grows while something goes on.
type run struct{ length, first, last int }

// follow takes the length after a stroke, and gives the run that it ended; its
// length is 0 where none ended.
func (r *run) follow(length, stroke int) (ended run) {
	if length < r.length {
		ended = *r
	}
	if length > 0 {
		if r.length == 0 || length < r.length {
			r.first = stroke
		}
		if length != r.length {
			r.last = stroke
		}
	}
	r.length = length
	return ended
}

// mark marks a run from its first to its last stroke.
func (m *Marks) mark(kind MarkKind, k *Keys, r run) {
	m.Add(kind, k.Strokes[r.first].At, k.Strokes[r.last].At)
}

// Words marks the words of the lexicons, each as the kind that is given for its
// lexicon; none where that is empty.
func (m *Marks) Words(v *View, kind func(Lexicon) MarkKind) {
	k := v.Keys()
	var w Words
	var hits [lexicons]int
	var word run
	w.walk(k, func(i int) {
		ended := word.follow(w.length, i)
		if hits == w.Hits {
			return
		}
		for l := range lexicons {
			if x := kind(l); w.Hits[l] > hits[l] && x != "" {
				m.mark(x, k, ended)
			}
		}
		hits = w.Hits
	})
}

// Runs marks runs of capitals and of exclamation marks that are at least so
// long.
func (m *Marks) Runs(v *View, capitals, bangs int) {
	k := v.Keys()
	var w Words
	var c, b run
	w.walk(k, func(i int) {
		if x := c.follow(w.capitals, i); x.length >= capitals {
			m.mark(MarkCapitals, k, x)
		}
		if x := b.follow(w.bang, i); x.length >= bangs {
			m.mark(MarkExclamations, k, x)
		}
	})
}

// Digits marks the runs of quick digits that show a number pad.
func (m *Marks) Digits(v *View) {
	k := v.Keys()
	first, last, n := 0, 0, 0
	for i := range k.Strokes {
		s := &k.Strokes[i]
		data := k.Data(i)
		if s.Paste() || s.Control() || len(data) != 1 || data[0] < '0' || data[0] > '9' {
			continue
		}
		if n > 0 && s.At-k.Strokes[last].At <= DigitGap {
			n++
		} else {
			m.digits(k, run{n, first, last})
			n, first = 1, i
		}
		last = i
	}
	m.digits(k, run{n, first, last})
}

func (m *Marks) digits(k *Keys, r run) {
	if r.length >= digitRun {
		m.mark(MarkDigits, k, r)
	}
}

// Letters marks the input events with typed letters.
func (m *Marks) Letters(v *View) {
	k := v.Keys()
	var w Words
	seen := 0
	w.walk(k, func(i int) {
		if w.Letters > seen && !m.Full() {
			seen = w.Letters
			m.At(MarkKey, k.Strokes[i].At)
		}
	})
}
