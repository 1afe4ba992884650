package machine

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// log is a file that grows with time. It is made when it is looked at, at most
// once a minute.
type log struct {
	m       *Machine
	content func(now time.Time) []byte

	mu      sync.Mutex
	text    []byte
	made    time.Time
	changed time.Time
}

func (l *log) now() ([]byte, time.Time) {
	now := l.m.now().Truncate(time.Minute)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Equal(l.made) {
		l.text, l.made = l.content(now), now
		l.changed = l.m.lastLine(l.text, now)
	}
	return l.text, l.changed
}

// Size gives the size in bytes now.
func (l *log) Size() int64 { text, _ := l.now(); return int64(len(text)) }

// Modified gives when the last line was written.
func (l *log) Modified() time.Time { _, at := l.now(); return at }

// ReadAt reads a part of it.
func (l *log) ReadAt(p []byte, at int64) (int, error) {
	text, _ := l.now()
	return bytes.NewReader(text).ReadAt(p, at)
}

// lastLine gives the time of the last line of a log, and that of its rotation
// where it has none.
func (m *Machine) lastLine(text []byte, now time.Time) time.Time {
	text = text[bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n')+1:]
	if at, ok := stampOf(text, now); ok {
		return at
	}
	return m.rotated(now)
}

// stampOf gives the time at the beginning of a line.
func stampOf(text []byte, now time.Time) (time.Time, bool) {
	if len(text) < len(time.Stamp) {
		return time.Time{}, false
	}
	at, err := time.Parse(time.Stamp, string(text[:len(time.Stamp)]))
	if err != nil {
		return time.Time{}, false
	}
	at = at.AddDate(now.Year(), 0, 0)
	if at.After(now.Add(time.Hour)) {
		at = at.AddDate(-1, 0, 0)
	}
	return at, true
}

// rotated gives the time of the last weekly rotation: Sunday, soon after
// midnight, or when the machine was set up.
func (m *Machine) rotated(now time.Time) time.Time {
	day := now.Truncate(24 * time.Hour)
	sunday := day.AddDate(0, 0, -int(day.Weekday())).Add(7 * time.Second)
	if sunday.After(now) {
		sunday = sunday.AddDate(0, 0, -7)
	}
	if sunday.Before(m.Boot) {
		return m.Boot
	}
	return sunday
}

// write puts lines into the form of rsyslog.
func (m *Machine) write(lines []line, from, to time.Time) []byte {
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	var b bytes.Buffer
	for _, l := range lines {
		if !l.at.Before(from) && !l.at.After(to) {
			fmt.Fprintf(&b, "%s %s %s\n", l.at.Format(time.Stamp), m.Name, l.text)
		}
	}
	return b.Bytes()
}

// hours calls for each hour of a log.
func hours(from, to time.Time, each func(t time.Time)) {
	for t := from.Truncate(time.Hour); t.Before(to); t = t.Add(time.Hour) {
		each(t)
	}
}

// authLog makes /var/log/auth.log.
func (m *Machine) authLog(now time.Time) []byte {
	from := m.rotated(now)
	var lines []line
	add := func(at time.Time, format string, args ...any) {
		lines = append(lines, line{at, fmt.Sprintf(format, args...)})
	}
	hours(from, now, func(t time.Time) {
		at := t.Add(17*time.Minute + time.Second)
		pid := m.number(at)
		add(at, "CRON[%d]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", pid)
		add(at, "CRON[%d]: pam_unix(cron:session): session closed for user root", pid)
	})
	if from.Equal(m.Boot) {
		add(m.Boot.Add(6*time.Second), "systemd-logind[%d]: New seat seat0.", m.services["systemd-logind"])
		add(m.Boot.Add(6*time.Second), "sshd[%d]: Server listening on 0.0.0.0 port 22.", m.services["sshd"])
		add(m.Boot.Add(6*time.Second), "sshd[%d]: Server listening on :: port 22.", m.services["sshd"])
	}
	uid := m.admin().uid
	for _, l := range m.history(from, now.Add(-time.Hour)) {
		session := l.Time.Unix() / 60 % 4000
		add(l.Time, "sshd[%d]: Accepted publickey for %s from %s port %d ssh2: ED25519 SHA256:%s", l.PID, l.User, l.From, 40000+l.PID%20000, letters(m.seed.rand("fingerprint"), 43, saltAlphabet[2:]))
		add(l.Time, "sshd[%d]: pam_unix(sshd:session): session opened for user %s(uid=%d) by (uid=0)", l.PID, l.User, uid)
		add(l.Time, "systemd-logind[%d]: New session %d of user %s.", m.services["systemd-logind"], session, l.User)
		if !l.End.IsZero() {
			add(l.End, "sshd[%d]: pam_unix(sshd:session): session closed for user %s", l.PID, l.User)
			add(l.End, "systemd-logind[%d]: Session %d logged out. Waiting for processes to exit.", m.services["systemd-logind"], session)
			add(l.End, "systemd-logind[%d]: Removed session %d.", m.services["systemd-logind"], session)
		}
	}
	return m.write(lines, from, now)
}

// cronLines are what cron says.
func (m *Machine) cronLines(from, now time.Time) (lines []line) {
	hours(from, now, func(t time.Time) {
		at := t.Add(17*time.Minute + time.Second)
		lines = append(lines, line{at, fmt.Sprintf("CRON[%d]: (root) CMD (cd / && run-parts --report /etc/cron.hourly)", m.number(at)+1)})
		if t.Hour() == 6 {
			at = t.Add(25*time.Minute + time.Second)
			lines = append(lines, line{at, fmt.Sprintf("CRON[%d]: (root) CMD (test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; })", m.number(at)+1)})
		}
	})
	return lines
}

// cronLog makes /var/log/cron.log.
func (m *Machine) cronLog(now time.Time) []byte {
	from := m.rotated(now)
	return m.write(m.cronLines(from, now), from, now)
}

// sysLog makes /var/log/syslog.
func (m *Machine) sysLog(now time.Time) []byte {
	from := m.rotated(now)
	lines := m.cronLines(from, now)
	noise := m.seed.sub("timers")
	daily := []struct{ unit, title string }{{"apt-daily.service", "Daily apt download activities"}, {"apt-daily-upgrade.service", "Daily apt upgrade and clean activities"}, {"man-db.service", "Daily man-db regeneration"}, {"logrotate.service", "Rotate log files"}, {"systemd-tmpfiles-clean.service", "Cleanup of Temporary Directories"}, {"dpkg-db-backup.service", "Daily dpkg database backup service"}}
	hours(from, now, func(t time.Time) {
		for i, d := range daily {
			at := t.Truncate(24 * time.Hour).Add(time.Duration(noise.at(t.Unix()/86400*16+int64(i)) * float64(24*time.Hour)))
			if at.Truncate(time.Hour).Equal(t) {
				lines = append(lines, line{at, "systemd[1]: Starting " + d.unit + " - " + d.title + "..."},
					line{at.Add(time.Second), "systemd[1]: " + d.unit + ": Deactivated successfully."},
					line{at.Add(time.Second), "systemd[1]: Finished " + d.unit + " - " + d.title + "."})
			}
		}
		if dhcp := m.services["dhclient"]; dhcp > 0 && t.Hour()%5 == 2 {
			at := t.Add(time.Duration(noise.at(t.Unix()) * float64(time.Hour)))
			lines = append(lines, line{at, fmt.Sprintf("dhclient[%d]: DHCPREQUEST for %s on %s to %s port 67", dhcp, m.address(), m.Interfaces[1].Name, m.System.Gateway)},
				line{at, fmt.Sprintf("dhclient[%d]: DHCPACK of %s from %s", dhcp, m.address(), m.System.Gateway)})
		}
	})
	if from.Equal(m.Boot) {
		lines = append(lines, m.kernLines()...)
	}
	return m.write(lines, from, now)
}

// kernLog makes /var/log/kern.log.
func (m *Machine) kernLog(now time.Time) []byte {
	from := m.rotated(now)
	if !from.Equal(m.Boot) {
		return nil
	}
	return m.write(m.kernLines(), from, now)
}

// kernLines are what the kernel said when it was booted.
func (m *Machine) kernLines() (lines []line) {
	for _, s := range m.Dmesg() {
		lines = append(lines, line{m.Boot.Add(5 * time.Second), "kernel: " + s})
	}
	return lines
}

// Dmesg gives what the kernel said when it was booted, as dmesg shows it.
func (m *Machine) Dmesg() []string {
	h, root := &m.Hardware, m.disk.device("/")
	said := []string{
		"Linux version " + m.System.Kernel + " (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) " + m.System.Build,
		"Command line: " + m.commandLine(),
		"BIOS-provided physical RAM map:",
		"NX (Execute Disable) protection: active",
		"SMBIOS 2.8 present.",
		"DMI: " + h.BIOS,
		"Hypervisor detected: " + h.Virtual,
		fmt.Sprintf("tsc: Detected %.3f MHz processor", h.MHz),
		fmt.Sprintf("Memory: %dK/%dK available (14342K kernel code, 2335K rwdata, 9060K rodata, 2796K init, 17404K bss)", h.MemTotal-90_000, h.MemTotal+40_000),
		fmt.Sprintf("smpboot: Allowing %d CPUs, 0 hotplug CPUs", h.CPUs),
		fmt.Sprintf("smpboot: CPU0: %s (family: 0x%x, model: 0x%x, stepping: 0x%x)", h.CPUModel, h.Family, h.Model, h.Stepping),
		fmt.Sprintf("smp: Brought up 1 node, %d CPUs", h.CPUs),
		"clocksource: Switched to clocksource tsc",
		fmt.Sprintf("%s: %d 512-byte logical blocks: (%.1f GB/%d GiB)", h.Disk, h.DiskBytes/512, float64(h.DiskBytes)/1e9, h.DiskBytes>>30),
		fmt.Sprintf("EXT4-fs (%s): mounted filesystem with ordered data mode. Quota mode: none.", root.Name),
		"systemd[1]: Inserted module 'autofs4'",
		fmt.Sprintf("EXT4-fs (%s): re-mounted. Quota mode: none.", root.Name),
		fmt.Sprintf("Adding %dk swap on /dev/%s.  Priority:-2 extents:1 across:%dk FS", h.SwapTotal, m.disk.device("swap").Name, h.SwapTotal),
		"IPv6: ADDRCONF(NETDEV_CHANGE): " + m.Interfaces[1].Name + ": link becomes ready",
	}
	noise, at := m.seed.sub("dmesg"), 0.0
	for i, s := range said {
		said[i] = fmt.Sprintf("[%12.6f] %s", at, s)
		at += noise.at(int64(i)) * float64(i*i) / 600
	}
	return said
}

// commandLine is what the kernel was booted with.
func (m *Machine) commandLine() string {
	return "BOOT_IMAGE=/boot/vmlinuz-" + m.System.Kernel + " root=UUID=" + m.disk.root + " ro quiet"
}

// dated makes a line with the time of the installation.
func (m *Machine) dated(who, text string) string {
	return who + " " + m.Setup.Format(time.DateTime) + ":" + text
}

// addition is a package that was installed by hand.
type addition struct {
	Package
	at time.Time
}

// additions lists what was installed by hand after the installation.
func (m *Machine) additions() (list []addition) {
	at := m.Setup.Add(50 * time.Minute)
	for _, name := range []string{"curl", "net-tools", "lsof", "wget", "busybox"} {
		for _, p := range m.Packages {
			if p.Name == name {
				list = append(list, addition{p, at})
			}
		}
		at = at.Add(time.Duration(97+m.sum(name+m.Name)%2400) * time.Second)
	}
	return list
}

// dpkgLog makes /var/log/dpkg.log.
func (m *Machine) dpkgLog() string {
	var b strings.Builder
	for _, p := range m.additions() {
		name, stamp := p.Name+":"+p.Arch, p.at.Format(time.DateTime)
		fmt.Fprintf(&b, "%s startup archives unpack\n%s install %s <none> %s\n", stamp, stamp, name, p.Version)
		for _, state := range []string{"half-installed", "unpacked"} {
			fmt.Fprintf(&b, "%s status %s %s %s\n", stamp, state, name, p.Version)
		}
		fmt.Fprintf(&b, "%s startup packages configure\n%s configure %s %s <none>\n%s status installed %s %s\n", stamp, stamp, name, p.Version, stamp, name, p.Version)
	}
	return b.String()
}

// aptLog makes /var/log/apt/history.log.
func (m *Machine) aptLog() string {
	var b strings.Builder
	const form = "2006-01-02  15:04:05"
	for _, p := range m.additions() {
		fmt.Fprintf(&b, "\nStart-Date: %s\nCommandline: apt install %s\nInstall: %s:%s (%s)\nEnd-Date: %s\n", p.at.Format(form), p.Name, p.Name, p.Arch, p.Version, p.at.Add(3*time.Second).Format(form))
	}
	return b.String()
}

// line is a line of a log.
type line struct {
	at   time.Time
	text string
}
