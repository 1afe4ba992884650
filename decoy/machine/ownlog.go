package machine

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"gait/decoy/vfs"
)

// ownLog is a log of the machine with what the world's visitors add to it.
type ownLog struct {
	base *log
	add  func() []line
}

func (l *ownLog) now() []byte {
	now := l.base.m.now()
	text, _ := l.base.now()
	from := l.base.m.rotated(now)
	var lines []line
	for _, own := range l.add() {
		if !own.at.Before(from) {
			lines = append(lines, own)
		}
	}
	if len(lines) == 0 {
		return text
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	var out bytes.Buffer
	for of := range bytes.Lines(text) {
		at, ok := stampOf(of, now)
		for ok && len(lines) > 0 && lines[0].at.Before(at) {
			out.Write(l.base.m.write(lines[:1], from, now))
			lines = lines[1:]
		}
		out.Write(of)
	}
	out.Write(l.base.m.write(lines, from, now))
	return out.Bytes()
}

// Size gives the size in bytes now.
func (l *ownLog) Size() int64 { return int64(len(l.now())) }

// Modified gives when the last line was written.
func (l *ownLog) Modified() time.Time { return l.base.m.lastLine(l.now(), l.base.m.now()) }

// ReadAt reads a part of it.
func (l *ownLog) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(l.now()).ReadAt(p, at)
}

// ownLogs gives the world logs in which its visitors' logins are.
func (w *World) ownLogs() {
	i, err := w.Root.Stat("/var/log/auth.log")
	if err != nil {
		return
	}
	base, ok := i.Body.(*log)
	if !ok {
		return
	}
	n := &vfs.Node{Mode: i.Mode, UID: i.UID, GID: i.GID, Inode: i.Inode, Modified: i.Modified, Body: &ownLog{base, w.loginLines}}
	_ = w.Root.Graft("/var/log/auth.log", n) // what the visitor made of it stays
}

// loginLines are what sshd and logind say of the world's visitors.
func (w *World) loginLines() (lines []line) {
	logind := w.services["systemd-logind"]
	for _, l := range w.entered() {
		uid := w.account(l.User).uid
		add := func(at time.Time, format string, args ...any) {
			lines = append(lines, line{at, fmt.Sprintf(format, args...)})
		}
		session := SessionNumber(l.PID)
		if l.Plain {
			add(l.Time, "login[%d]: pam_unix(login:session): session opened for user %s(uid=%d) by (uid=0)", l.PID, l.User, uid)
			add(l.Time, "systemd-logind[%d]: New session %d of user %s.", logind, session, l.User)
			continue
		}
		add(l.Time, "sshd[%d]: Accepted password for %s from %s port %d ssh2", l.PID, l.User, l.From, 32_768+(l.PID*7919)%28_000)
		add(l.Time, "sshd[%d]: pam_unix(sshd:session): session opened for user %s(uid=%d) by (uid=0)", l.PID, l.User, uid)
		add(l.Time, "systemd-logind[%d]: New session %d of user %s.", logind, session, l.User)
		if !l.End.IsZero() {
			add(l.End, "sshd[%d]: pam_unix(sshd:session): session closed for user %s", l.PID, l.User)
			add(l.End, "systemd-logind[%d]: Removed session %d.", logind, session)
		}
	}
	return lines
}
