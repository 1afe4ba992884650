// Package jsonobject writes JSON objects field by field, without reflection,
// and what a recording says of its session as such fields.
package jsonobject

import (
	"strconv"
	"time"

	"gait"
)

// Object appends the fields of an object, and of the objects and lists in it,
// to bytes. Names of fields are written as they are: they must be words that
// need no escape. What was opened must be closed by the caller.
type Object struct {
	b     []byte
	begun bool // something stands before in the object or list that is open
}

// Begin opens an object behind b.
func Begin(b []byte) Object { return Object{b: append(b, '{')} }

// Bytes gives all that was written, behind what Begin was given.
func (o *Object) Bytes() []byte { return o.b }

func (o *Object) comma() {
	if o.begun {
		o.b = append(o.b, ',')
	}
	o.begun = true
}

func (o *Object) name(name string) {
	o.comma()
	o.b = append(append(append(o.b, '"'), name...), `":`...)
}

// Text writes a string as [gait.AppendString] does, and nothing where it is
// empty.
func (o *Object) Text(name, s string) {
	if s != "" {
		o.name(name)
		o.b = gait.AppendString(o.b, s)
	}
}

// Texts writes a list of strings, which may be empty.
func (o *Object) Texts(name string, list []string) {
	o.OpenList(name)
	for _, s := range list {
		o.comma()
		o.b = gait.AppendString(o.b, s)
	}
	o.CloseList()
}

// Int writes a whole number.
func (o *Object) Int(name string, n int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

// Float writes a number as [gait.AppendFloat] does.
func (o *Object) Float(name string, v float64) {
	o.name(name)
	o.b = gait.AppendFloat(o.b, v)
}

// Flag writes true or false.
func (o *Object) Flag(name string, v bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, v)
}

// Seconds writes a duration as a number of seconds.
func (o *Object) Seconds(name string, d time.Duration) {
	o.name(name)
	o.b = gait.AppendSeconds(o.b, d)
}

// Time writes a wall-clock time as RFC 3339 in UTC, and null where it is zero.
func (o *Object) Time(name string, t time.Time) {
	o.name(name)
	if t.IsZero() {
		o.b = append(o.b, "null"...)
		return
	}
	o.b = append(t.UTC().AppendFormat(append(o.b, '"'), time.RFC3339Nano), '"')
}

// Open opens an object as a field.
func (o *Object) Open(name string) {
	o.name(name)
	o.b, o.begun = append(o.b, '{'), false
}

// OpenList opens a list as a field.
func (o *Object) OpenList(name string) {
	o.name(name)
	o.b, o.begun = append(o.b, '['), false
}

// Item opens an object in the list that is open.
func (o *Object) Item() {
	o.comma()
	o.b, o.begun = append(o.b, '{'), false
}

// Close closes the object that was opened last.
func (o *Object) Close() { o.b, o.begun = append(o.b, '}'), true }

// CloseList closes the list that was opened last.
func (o *Object) CloseList() { o.b, o.begun = append(o.b, ']'), true }
