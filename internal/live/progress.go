package main

// answered are the states of sessions that have been dealt with.
var answered = []string{"profiled", "incomplete", "empty"}

// progress gives how many sessions have been stored, and how many of them have
// not been announced.
func (s *system) progress() (done, unannounced int64, err error) {
	var c counts
	if err := s.get("/api/v1/stats", &c); err != nil {
		return 0, 0, err
	}
	for _, state := range answered {
		done += c.Sessions[state]
	}
	return done, c.Unannounced, nil
}
