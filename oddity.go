package gait

// Oddity counts one kind of irregularity in a recording. Oddities are facts
// about the input, not errors: the rest of the recording was read.
type Oddity struct {
	Kind  string // one of the Odd constants
	Count int64
	First int64 // byte offset of the first one in its file, -1 where unknown
}

// The kinds of oddities.
const (
	OddTornLine      = "torn line"            // a line that cannot be parsed
	OddResync        = "glued line"           // a whole line found inside a torn one
	OddNUL           = "run of NUL"           // NUL bytes where a line should be
	OddForeignLine   = "foreign line"         // valid, but no line of this format
	OddLongLine      = "line over limit"      // longer than Limits.Line
	OddSecondHeader  = "second header"        // a header after the first one
	OddAfterEnd      = "line after end"       // a line after the session's end record
	OddTimeBack      = "time goes back"       // a time below the largest so far
	OddTimeBad       = "time not usable"      // a time that is no finite number
	OddChannel       = "unknown channel"      // an event on a channel nobody knows
	OddSurrogate     = "lone surrogate"       // an escaped surrogate that stands for no byte
	OddEmptyEvent    = "empty event"          // an event without data
	OddNoHeader      = "no header"            // a session whose header is missing
	OddCutRecord     = "cut record"           // a last record that is not whole
	OddBadRecord     = "bad record"           // a record that makes no sense
	OddReplacement   = "replacement char"     // U+FFFD, where the recorder lost bytes
	OddSessionsLimit = "sessions over limit"  // sessions beyond Limits.Sessions
	OddMissingBytes  = "bytes missing"        // fewer bytes than the end record states
	OddClockStep     = "doubtful start"       // a start before 2000 or far ahead
	OddUnclosed      = "no end seen"          // the recording does not say that it ended
	OddDuplicate     = "duplicate recording"  // shared timing (Cowrie duplicate:true)
	OddMissingFile   = "missing recording"    // a log names a recording that is not there
	OddUnclear       = "direction not clear"  // input and output could not be told apart
	OddChangedFile   = "file changed"         // a file that changed while it was read
	OddManyRecords   = "several recordings"   // several sessions in a file for one
	OddOverRead      = "beyond the recording" // a timing that states more bytes than there are
	OddUnpackLimit   = "unpacking over limit" // packed input beyond Limits.Unpacked or Limits.Ratio
	OddTornPacking   = "torn packing"         // packed input or an archive that ends early or is damaged
	OddSkippedMember = "member skipped"       // a link, device or other member of an archive that is no file
	OddUnknownMember = "member of no format"  // a member of an archive that is no recording
	OddBadMember     = "member not readable"  // a member of an archive that its format could not read
)

// Oddities is a list of counts, one for each kind, in order of appearance.
type Oddities []Oddity

// Add counts n more of a kind; at is the byte offset of the first of them, or
// -1 where it is not known.
func (o *Oddities) Add(kind string, n, at int64) {
	for i := range *o {
		if (*o)[i].Kind == kind {
			(*o)[i].Count += n
			if at >= 0 && (at < (*o)[i].First || (*o)[i].First < 0) {
				(*o)[i].First = at
			}
			return
		}
	}
	*o = append(*o, Oddity{Kind: kind, Count: n, First: at})
}

// Merge adds all of another list.
func (o *Oddities) Merge(p Oddities) {
	for _, x := range p {
		o.Add(x.Kind, x.Count, x.First)
	}
}

// Count gives how many of a kind were counted.
func (o Oddities) Count(kind string) int64 {
	for _, x := range o {
		if x.Kind == kind {
			return x.Count
		}
	}
	return 0
}
