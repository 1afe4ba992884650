// Package cowrie reads the JSON event logs of Cowrie, joined with the terminal
// logs that they name.
//
// A connection is one session id of one sensor at one connect time. Each of
// its terminal logs is a session; the log adds where it came from, with which
// client, and which kinds of credentials were presented (never which). Where
// no terminal log is there but commands were logged, the commands make a
// session of lines. A connection with neither gives no session.
//
// Cowrie names a terminal log by the hash of what was typed in it and throws a
// later one of the same name away. A session that refers to another's file has
// Fidelity.SharedTiming set: its bytes are its own, its times are not. The file
// belongs to the first session that says it is no duplicate.
//
// The log's own durations and sizes are not used: their shape and meaning
// changed from release to release.
package cowrie

import (
	"bytes"

	"gait/recording/reader"
)

// name is the format's name.
const name = "cowrie"

// Format is the format of Cowrie's event logs.
type Format struct{}

// Name is "cowrie".
func (Format) Name() string { return name }

// Detect says whether the first line of head that is a JSON object is an event
// of Cowrie. A first line that is longer than head is judged by the event id
// in it.
func (Format) Detect(head []byte) bool {
	for rest := head; len(rest) > 0; {
		data, more, whole := bytes.Cut(rest, []byte{'\n'})
		data = bytes.Trim(data, " \t\r\x00")
		rest = more
		if e, ok := decode(data); ok {
			return e.kind != foreign
		}
		if !whole && bytes.HasPrefix(data, []byte(`{"`)) && len(data) > reader.HeadSize/2 {
			return bytes.Contains(data, []byte(`"eventid":"cowrie.`)) || bytes.Contains(data, []byte(`"eventid": "cowrie.`))
		}
	}
	return false
}

// Open reads one log. Terminal logs are looked up in the source's folder.
func (Format) Open(src *reader.Source, lim reader.Limits) (reader.Recording, error) {
	r, err := Open([]*reader.Source{src}, src.Dir, lim)
	if err != nil {
		return nil, err
	}
	return r, nil
}
