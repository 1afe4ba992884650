package ttylog

import "gait"

// facts is what a first look over a session's records finds. It decides what
// the directions mean before any event is made. It does not grow with the
// session.
type facts struct {
	records int
	dirs    [dirInteract + 1]stream
	echo    echo
	first   record // the first record with data
	exec    record // the last INTERACT record
	closed  bool
}

// add looks at one record; prefix is how its payload begins.
func (f *facts) add(r record, prefix []byte) {
	f.records++
	if f.closed || r.tty != 0 {
		return
	}
	if r.op == opClose {
		f.closed = true
	}
	if r.op != opWrite || r.kept == 0 {
		return
	}
	if f.first.op == 0 {
		f.first = r
	}
	if r.dir == dirInteract {
		f.exec = r
	}
	f.dirs[r.dir].add(r)
	f.echo.add(r, prefix)
}

// execs says whether the session is one command without a terminal: a single
// INTERACT record holds it, and nothing was typed. Where keys were typed,
// INTERACT records are those of the honeypot's own operator, who took over.
func (f *facts) execs() bool {
	return f.dirs[dirInteract].records == 1 && f.dirs[dirInput].records == 0
}

// swapped says whether input and output stand in each other's place.
func (f *facts) swapped() bool { return f.echo.verdict(f.first.dir) == echoReversed }

// unclear says whether the directions contradict each other.
func (f *facts) unclear() bool { return f.echo.verdict(f.first.dir) == echoUnclear }

// kind gives the kind of event that a direction stands for.
func (f *facts) kind(dir int32) gait.Kind {
	switch {
	case dir == dirInteract && f.execs():
		return gait.Exec
	case dir == dirInteract:
		return gait.Marker
	case (dir == dirInput) != f.swapped():
		return gait.Input
	}
	return gait.Output
}

// granularity gives in which pieces the session holds input.
func (f *facts) granularity() gait.Granularity {
	in := &f.dirs[dirInput]
	if f.swapped() {
		in = &f.dirs[dirOutput]
	}
	switch {
	case f.execs():
		return gait.GranularityLine
	case in.keys():
		return gait.GranularityKey
	}
	return gait.GranularityPacket
}

// Of these many input records, all of one byte, some would hold more if the
// recorder wrote what arrived together: it must have cut it into keys. With a
// burst, 8 are enough: nobody types four keys within three milliseconds, so it
// was a paste, which a recorder of packets writes as one record. Without one,
// 100 are taken as enough, for an arrow key would have shown in them; a wrong
// answer there changes nothing, since only bursts are read in another way.
const (
	keysWithBurst = 8
	keysWithout   = 100
	burstKeys     = 4
	burstGap      = 1000 // microseconds, below which two keys arrived together
)

// stream is what is known of the records of one direction.
type stream struct {
	records int
	wide    bool // one of them has more than one byte
	last    int64
	run     int // records in a row that arrived together
	burst   bool
}

func (s *stream) add(r record) {
	s.records++
	s.wide = s.wide || r.size > 1
	if s.records > 1 && r.time-s.last < burstGap {
		s.run++
	} else {
		s.run = 1
	}
	s.burst = s.burst || s.run >= burstKeys
	s.last = r.time
}

// keys says whether every record is one key because the recorder cut so.
func (s *stream) keys() bool {
	return !s.wide && (s.records >= keysWithout || s.burst && s.records >= keysWithBurst)
}
