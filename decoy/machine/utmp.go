package machine

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// Kinds of records of utmp(5).
const (
	bootTime    = 2
	userProcess = 7
	deadProcess = 8
)

// utmpRecord makes a record as wtmp and utmp hold them.
func utmpRecord(kind int, l Login, at time.Time) []byte {
	b := make([]byte, 384)
	le := binary.LittleEndian
	le.PutUint16(b, uint16(kind))
	le.PutUint32(b[4:], uint32(l.PID))
	user, line, id := l.User, l.TTY, ""
	switch {
	case kind == bootTime:
		line, id = "~", "~~"
	case len(line) > 4:
		id = "ts/" + line[4:]
	}
	if kind == deadProcess {
		user = ""
	}
	copy(b[8:40], line)
	copy(b[40:44], id)
	copy(b[44:76], user)
	if kind != deadProcess {
		copy(b[76:332], l.From)
	}
	le.PutUint32(b[340:], uint32(at.Unix()))
	le.PutUint32(b[344:], uint32(at.Nanosecond()/1000))
	if a, err := netip.ParseAddr(l.From); err == nil && kind == userProcess {
		raw := a.AsSlice()
		copy(b[348:364], raw)
	}
	return b
}

// wtmp makes /var/log/wtmp.
func (m *Machine) wtmp(now time.Time) []byte {
	type record struct {
		at   time.Time
		data []byte
	}
	var list []record
	from := m.wtmpBegan(now)
	if !m.Boot.Before(from) {
		list = append(list, record{m.Boot, utmpRecord(bootTime, Login{User: "reboot", From: m.System.Kernel}, m.Boot)})
	}
	for _, l := range m.history(from, now.Add(-time.Hour)) {
		list = append(list, record{l.Time, utmpRecord(userProcess, l, l.Time)})
		if !l.End.IsZero() {
			list = append(list, record{l.End, utmpRecord(deadProcess, l, l.End)})
		}
	}
	slices.SortStableFunc(list, func(a, b record) int { return a.at.Compare(b.at) })
	var out []byte
	for _, r := range list {
		out = append(out, r.data...)
	}
	return out
}

// lastlog makes /var/log/lastlog.
func (m *Machine) lastlog(now time.Time) []byte {
	a := m.admin()
	h := m.history(m.Setup, now.Add(-time.Hour))
	if len(h) == 0 {
		return nil
	}
	const size = 292
	b := make([]byte, (a.uid+1)*size)
	r, l := b[a.uid*size:], h[len(h)-1]
	binary.LittleEndian.PutUint32(r, uint32(l.Time.Unix()))
	copy(r[4:36], l.TTY)
	copy(r[36:], l.From)
	return b
}
