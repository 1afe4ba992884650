package ttylog

// A terminal echoes what is typed, within a few milliseconds and beginning
// with the same byte. Where the records say it the other way round, again and
// again, the recorder wrote input as output (Cowrie's SSH proxy).
const (
	echoDelay  = 20_000 // microseconds; 3 of 10,000 gaps between keys are shorter
	echoLength = 256    // bytes; longer pieces are no typed lines
	echoPrefix = 32     // bytes of a payload that are compared
	echoSure   = 4      // equal bytes that cannot be chance
	sureWeight = 3      // what such a pair counts
)

// What it takes to believe that directions are swapped. The first data is
// normally output, so reversed echo in a session that begins with "input" is
// believed earlier. Echo in the right direction must be next to absent.
const (
	reversedEnough = 4
	reversedAlone  = 8
	reversedShare  = 8 // times as much as there is in the right direction
	unclearShare   = 2 // reversed echo that is at least one part in two of the right
)

type verdict int

const (
	echoRight verdict = iota
	echoReversed
	echoUnclear
)

// echo counts pairs of records that look like a key and its echo.
type echo struct {
	right, reversed int

	prev   record
	prefix [echoPrefix]byte
	n      int // bytes of the prefix; zero where prev is no candidate
}

// add compares a record with the one before it. A record that was an echo is
// not taken for a key, so that a doubled letter counts in one direction only.
func (e *echo) add(r record, prefix []byte) {
	if r.dir != dirInput && r.dir != dirOutput {
		e.n = 0
		return
	}
	if e.n > 0 && r.dir != e.prev.dir {
		gap := r.time - e.prev.time
		same := common(e.prefix[:e.n], prefix)
		if gap >= 0 && gap <= echoDelay && same > 0 {
			e.count(same)
			e.n = 0
			return
		}
	}
	e.prev, e.n = r, 0
	if r.size <= echoLength {
		e.n = copy(e.prefix[:], prefix)
	}
}

func (e *echo) count(same int) {
	weight := 1
	if same >= echoSure {
		weight = sureWeight
	}
	if e.prev.dir == dirInput {
		e.right += weight
	} else {
		e.reversed += weight
	}
}

// verdict says what the pairs mean, given the direction of the first data.
func (e *echo) verdict(first int32) verdict {
	clear := e.reversed >= reversedShare*e.right
	switch {
	case clear && (e.reversed >= reversedAlone || e.reversed >= reversedEnough && first == dirInput):
		return echoReversed
	case e.reversed >= reversedEnough && e.reversed*unclearShare >= e.right:
		return echoUnclear
	}
	return echoRight
}

func common(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
