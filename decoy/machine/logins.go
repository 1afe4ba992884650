package machine

import (
	"slices"
	"time"
)

// Login is a record of wtmp: somebody was there, or the machine was booted.
type Login struct {
	User  string // "reboot" for a boot
	TTY   string // "pts/0", "tty1"; "system boot" for a boot
	From  string // address; the kernel for a boot; empty for the console
	Time  time.Time
	End   time.Time // zero while it lasts
	PID   int
	Crash bool // it ended with the machine
	Plain bool // by telnet: login(1) let him in, and not sshd
}

// wtmpBegan is when the file of logins was last begun anew: as logrotate does
// it, on the first of the month, unless the machine is younger.
func (m *Machine) wtmpBegan(now time.Time) time.Time {
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 7, 0, time.UTC)
	if month.Before(m.Setup) {
		return m.Setup
	}
	return month
}

// history gives the logins of the administrator between two times, the oldest
// first. It is the same whenever it is asked for, and only grows.
func (m *Machine) history(from, to time.Time) (list []Login) {
	noise := m.seed.sub("logins")
	user := m.admin().name
	first := m.Setup.Add(40 * time.Minute)
	for day := from.Truncate(24 * time.Hour).Add(-24 * time.Hour); day.Before(to); day = day.Add(24 * time.Hour) {
		n := day.Unix() / 86400 * 8
		if noise.at(n) > 0.35 {
			continue
		}
		for i := int64(0); i < 1+int64(2*noise.at(n+1)); i++ {
			began := day.Add(time.Duration((7 + 5*float64(i) + 4*noise.at(n+2+i)) * float64(time.Hour))).Truncate(time.Second)
			end := began.Add(time.Duration((2 + 50*noise.at(n+4+i)*noise.at(n+6+i)) * float64(time.Minute))).Truncate(time.Second)
			if began.Before(from) || began.Before(first) || began.After(to) || (began.Before(m.Boot) && end.After(m.Boot)) {
				continue
			}
			if end.After(to) {
				end = time.Time{}
			}
			list = append(list, Login{User: user, TTY: "pts/0", From: m.office, Time: began, End: end, PID: m.number(began)})
		}
	}
	return list
}

// Logins gives what wtmp holds, the last first: the visitors who are there,
// the administrator's visits that are over, the boot.
func (w *World) Logins() []Login {
	now := w.now()
	from := w.wtmpBegan(now)
	list := w.history(from, now.Add(-time.Hour))
	if !w.Boot.Before(from) {
		list = append(list, Login{User: "reboot", TTY: "system boot", From: w.System.Kernel, Time: w.Boot})
	}
	w.mu.Lock()
	for _, l := range w.logins {
		list = append(list, *l)
	}
	w.mu.Unlock()
	slices.SortStableFunc(list, func(a, b Login) int { return b.Time.Compare(a.Time) })
	return list
}

// LastLogins gives the last login of each account that ever logged in.
func (w *World) LastLogins() map[string]Login {
	now := w.now()
	last := map[string]Login{}
	for _, l := range append(w.history(w.Setup, now.Add(-time.Hour)), w.entered()...) {
		last[l.User] = l
	}
	return last
}

func (w *World) entered() (list []Login) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.logins {
		list = append(list, *l)
	}
	return list
}

// Enter says that somebody logged in, and gives what says that he left. Who
// and last show him; a world remembers the last 64 logins.
func (w *World) Enter(l Login) (leave func()) {
	if l.Time.IsZero() {
		l.Time = w.now()
	}
	p := &l
	w.mu.Lock()
	first := len(w.logins) == 0
	w.logins = append(w.logins, p)
	if len(w.logins) > 64 {
		w.logins = slices.Delete(w.logins, 0, 1)
	}
	w.mu.Unlock()
	if first {
		w.ownLogs()
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		p.End = w.now()
	}
}

// SessionNumber gives the number that logind gives to the session of who was
// let in by a process.
func SessionNumber(pid int) int { return 1 + pid%4000 }
