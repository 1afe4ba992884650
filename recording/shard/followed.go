package shard

import (
	"encoding/hex"
	"iter"
	"net/netip"
	"time"

	"gait/internal/jsonstr"
)

// header takes from a header what following needs; only the first one counts.
func (x *followed) header(body []byte) {
	if x.flags&flagHeader != 0 {
		return
	}
	x.flags |= flagHeader
	object(body, func(key, value []byte) {
		switch string(key) {
		case "timestamp":
			if start, ok := unixSeconds(value); ok {
				x.start = start.UnixMicro()
				x.flags |= flagStart
			}
		case "src_ip":
			ip, _ := text(value)
			if a, err := netip.ParseAddr(ip); err == nil {
				x.addr = a.As16()
				x.flags |= flagAddress
			}
		}
	})
}

// end takes in an end record.
func (x *followed) end(body []byte) {
	x.flags |= flagEnd
	object(body, func(key, value []byte) {
		if string(key) == "t" {
			if t, ok := seconds(value); ok && t >= 0 {
				x.last = t
			}
		}
	})
}

// sighting tells of a slot.
func (f *Follower) sighting(slot uint32) Sighting {
	x := &f.slots[slot]
	s := Sighting{
		ID: f.id(&x.key), Length: x.last, Size: x.to, Raw: x.raw, Lines: x.lines, Grown: x.grown,
		Header: x.flags&flagHeader != 0, End: x.flags&flagEnd != 0, Trunc: x.flags&flagTrunc != 0,
	}
	if x.flags&flagStart != 0 {
		s.Start = time.UnixMicro(x.start).UTC()
	}
	if x.flags&flagAddress != 0 {
		s.Address = netip.AddrFrom16(x.addr).Unmap().String()
	}
	return s
}

// id gives a session's id as it is written.
func (f *Follower) id(k *key) string {
	if k[0] == 0 {
		return f.odd[*k]
	}
	b := make([]byte, 0, uuidLen)
	for i, from := 0, 1; i < len(uuidGroups); i++ {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, k[from:from+uuidGroups[i]])
		from += uuidGroups[i]
	}
	return string(b)
}

// uuidGroups is how many bytes of a UUID stand between its dashes.
var uuidGroups = [...]int{4, 2, 2, 2, 6}

// Find tells of a session that is remembered.
func (f *Follower) Find(id string) (Sighting, bool) {
	slot, ok := f.by[keyOf([]byte(id))]
	if !ok {
		return Sighting{}, false
	}
	return f.sighting(slot), true
}

// unescaped is how many bytes the contents of a JSON string stand for.
func (f *Follower) unescaped(text []byte) int64 {
	data, _, ok := jsonstr.Unescape(f.data[:0], text)
	if f.data = data; cap(data) > window {
		f.data = nil
	}
	if !ok {
		return 0
	}
	return int64(len(data))
}

// Ended gives sessions whose end record was seen and that were not given
// before, at most so many, in order of their ends. Whoever cannot keep them
// calls Again.
func (f *Follower) Ended(most int) (list []Sighting) {
	n := 0
	for ; n < len(f.ended) && len(list) < most; n++ {
		if x := &f.slots[f.ended[n]]; x.flags&(flagUsed|flagEnd|flagGiven) == flagUsed|flagEnd {
			x.flags |= flagGiven
			list = append(list, f.sighting(f.ended[n]))
		}
	}
	if f.ended = f.ended[n:]; len(f.ended) == 0 {
		f.ended = nil
	}
	return list
}

// Again makes Ended give sessions once more that it gave before.
func (f *Follower) Again(list []Sighting) {
	for _, s := range list {
		if slot, ok := f.by[keyOf([]byte(s.ID))]; ok && f.slots[slot].flags&flagGiven != 0 {
			f.slots[slot].flags &^= flagGiven
			f.ended = append(f.ended, slot)
		}
	}
}

// Silent gives sessions without an end record whose last line was seen at a
// time on the caller's clock or before, at most so many.
func (f *Follower) Silent(since time.Duration, most int) (list []Sighting) {
	for slot := range f.slots {
		x := &f.slots[slot]
		if x.flags&(flagUsed|flagEnd) == flagUsed && x.grown <= since {
			if list = append(list, f.sighting(uint32(slot))); len(list) == most {
				break
			}
		}
	}
	return list
}

// All gives every session that is remembered.
func (f *Follower) All() iter.Seq[Sighting] {
	return func(yield func(Sighting) bool) {
		for slot := range f.slots {
			if f.slots[slot].flags&flagUsed != 0 && !yield(f.sighting(uint32(slot))) {
				return
			}
		}
	}
}

// Forget forgets a session, unless it has grown since it was sighted.
func (f *Follower) Forget(s Sighting) {
	k := keyOf([]byte(s.ID))
	slot, ok := f.by[k]
	if !ok || f.slots[slot].to != s.Size {
		return
	}
	delete(f.by, k)
	delete(f.odd, k)
	f.slots[slot] = followed{}
	f.free = append(f.free, slot)
	f.last.is = false
	if len(f.by) == 0 {
		f.slots, f.free, f.ended = nil, nil, nil
		f.by, f.odd = map[key]uint32{}, map[key]string{}
	}
}
