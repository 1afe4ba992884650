package reader

import "gait"

// Single is a recording of one session, as most formats have it: one batch,
// one id, and all oddities are the session's.
type Single struct {
	Name  string                        // the format's
	ID    string                        // the session's
	Bytes int64                         // of the input, for progress
	Read  func() (*gait.Session, error) // reads the session
}

// Format gives the format's name.
func (s *Single) Format() string { return s.Name }

// Batches gives the one batch.
func (s *Single) Batches() []Batch { return []Batch{s} }

// Oddities gives none: they are the session's.
func (s *Single) Oddities() gait.Oddities { return nil }

// Size is the number of bytes of the input.
func (s *Single) Size() int64 { return s.Bytes }

// Session reads the session where it is asked for.
func (s *Single) Session(id string) (*gait.Session, error) {
	if id != s.ID {
		return nil, ErrNoSession
	}
	return s.Read()
}

// Each reads the session.
func (s *Single) Each(f func(*gait.Session) error) error {
	x, err := s.Read()
	if err != nil {
		return err
	}
	return f(x)
}
