package evaluate

import (
	"crypto/sha256"
	"slices"
	"strings"

	"gait/assess/operator"
)

// subject is a sample with what is read from it once.
type subject struct {
	*Sample
	features operator.Features
	content  [sha256.Size]byte
	acts     int
}

// fitting gives models that know nothing of what they judge.
type fitting struct {
	rows   []operator.Example
	models map[string]*operator.Model
}

func newFitting(rows []operator.Example) *fitting {
	return &fitting{rows, map[string]*operator.Model{}}
}

// scheme says what a model must not have seen of what it judges.
type scheme struct {
	name      string
	bySubject bool
}

// schemes are the two ways to leave out: what shares the group, and what
// shares the group or the subject.
var schemes = [...]scheme{{"group", false}, {"group_and_subject", true}}

// model fits on all rows but those that share a group, or with bySubject a
// subject, with the origins, and those of the same recordings.
func (f *fitting) model(fold []subject, bySubject bool, use operator.Terms) *operator.Model {
	groups, subjects, files := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range fold {
		groups[s.Group] = true
		subjects[s.Subject] = bySubject
		files[s.File] = true
	}
	var out strings.Builder
	out.WriteByte(byte(use))
	kept := make([]operator.Example, 0, len(f.rows))
	for i := range f.rows {
		r := &f.rows[i]
		if groups[r.Group] || subjects[r.Subject] || files[r.File] || sameReading(r, fold) {
			out.WriteByte('-')
			continue
		}
		out.WriteByte('+')
		kept = append(kept, *r)
	}
	key := out.String()
	if f.models[key] == nil {
		f.models[key] = operator.Fit(kept, use)
	}
	return f.models[key]
}

// sameReading says whether a row was read from one of the samples under
// another name.
func sameReading(r *operator.Example, fold []subject) bool {
	return slices.ContainsFunc(fold, func(s subject) bool { return s.features == r.Features })
}
