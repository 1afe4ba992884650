package machine

import (
	"fmt"
	"strings"
	"time"

	"gait/decoy/vfs"
)

// dpkg adds the data of the package manager.
func (b *builder) dpkg() {
	m := b.m
	b.when = m.Setup
	var status strings.Builder
	for _, p := range m.Packages {
		d := m.described[p.Name]
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nPriority: %s\nSection: %s\nInstalled-Size: %s\nMaintainer: Debian Maintainers\nArchitecture: %s\nVersion: %s\nDescription: %s\n\n",
			p.Name, d.priority, d.section, d.size, p.Arch, p.Version, p.Summary)
		name := p.Name
		if strings.HasPrefix(name, "lib") && p.Arch != "all" {
			name += ":" + p.Arch
		}
		b.when = m.Setup.Add(-time.Duration(m.sum(p.Name)%1500) * time.Second)
		b.file("/var/lib/dpkg/info/"+name+".list", 0o644, "/.\n/usr\n/usr/share\n/usr/share/doc\n/usr/share/doc/"+p.Name+"\n/usr/share/doc/"+p.Name+"/copyright\n")
		if p.Arch != "all" {
			b.file("/var/lib/dpkg/info/"+name+".md5sums", 0o644, hexes(m.seed.rand("md5 "+p.Name), 32)+"  usr/share/doc/"+p.Name+"/copyright\n")
		}
	}
	b.when = m.Setup
	b.file("/var/lib/dpkg/status", 0o644, status.String())
	b.file("/var/lib/dpkg/status-old", 0o644, status.String())
	b.file("/var/lib/dpkg/arch", 0o644, "amd64\n")
	b.file("/var/lib/dpkg/available", 0o644, "")
	b.file("/var/lib/dpkg/diversions", 0o644, "")
	b.file("/var/lib/dpkg/statoverride", 0o644, "root crontab 2755 /usr/bin/crontab\n")
	b.file("/var/lib/dpkg/lock", 0o640, "")
	b.file("/var/lib/dpkg/lock-frontend", 0o640, "")
	for _, name := range strings.Fields("/var/lib/dpkg/updates /var/lib/dpkg/triggers /var/lib/dpkg/alternatives /var/lib/dpkg/parts /var/lib/apt/lists/partial /var/lib/apt/mirrors /var/lib/apt/periodic /var/cache/apt/archives/partial") {
		b.dir(name)
	}
	b.file("/var/cache/apt/archives/lock", 0o640, "")
	b.file("/var/lib/apt/extended_states", 0o644, "")
}

// variable adds the rest of /var.
func (b *builder) variable() {
	m := b.m
	b.when = m.Setup
	for _, name := range strings.Fields("/var/backups /var/cache/debconf /var/cache/ldconfig /var/cache/man /var/lib/dbus /var/lib/initramfs-tools /var/lib/logrotate /var/lib/misc /var/lib/pam /var/lib/private /var/lib/python /var/lib/sudo /var/lib/systemd/timers /var/lib/systemd/coredump /var/lib/ucf /var/lib/vim /var/local /var/opt /var/spool/rsyslog") {
		b.dir(name)
	}
	b.folder("/var/tmp", 0o1777)
	b.gid = 8
	b.folder("/var/mail", 0o2775)
	b.gid = 105
	b.folder("/var/spool/cron/crontabs", 0o1730)
	b.gid = 0
	b.link("/var/run", "/run")
	b.link("/var/lock", "/run/lock")
	b.link("/var/spool/mail", "../mail")
	b.link("/var/lib/dbus/machine-id", "/etc/machine-id")
	b.file("/var/lib/systemd/random-seed", 0o600, letters(m.seed.rand("random"), 512, "\x01\x02\x80\xff\x17\x33\xa0\xb7"))
	b.file("/var/lib/systemd/deb-systemd-helper-enabled/ssh.service.dsh-also", 0o644, "/etc/systemd/system/multi-user.target.wants/ssh.service\n/etc/systemd/system/sshd.service\n")
	if nic := m.Interfaces[1].Name; m.disk.dhcp {
		b.file("/var/lib/dhcp/dhclient."+nic+".leases", 0o644, fmt.Sprintf("lease {\n  interface %q;\n  fixed-address %s;\n  option subnet-mask 255.255.255.0;\n  option routers %s;\n  option domain-name-servers %s;\n  option domain-name %q;\n}\n",
			nic, m.address(), m.System.Gateway, m.System.Nameserver, m.Domain))
	}
	b.logs()
}

// logs adds /var/log.
func (b *builder) logs() {
	m := b.m
	b.folder("/var/log", 0o755)
	grown := func(name string, perm uint32, gid int, content func(now time.Time) []byte) {
		b.gid = gid
		b.add("/var/log/"+name, &vfs.Node{Mode: vfs.Regular | perm, Modified: m.Boot, Body: &log{m: m, content: content}})
		b.gid = 0
	}
	grown("auth.log", 0o640, 4, m.authLog)
	grown("syslog", 0o640, 4, m.sysLog)
	grown("cron.log", 0o640, 4, m.cronLog)
	grown("kern.log", 0o640, 4, m.kernLog)
	grown("user.log", 0o640, 4, func(time.Time) []byte { return nil })
	before := func(content func(time.Time) []byte) func(time.Time) []byte {
		return func(now time.Time) []byte {
			if from := m.rotated(now); from.After(m.Boot) {
				return content(from.Add(-time.Second))
			}
			return nil
		}
	}
	grown("auth.log.1", 0o640, 4, before(m.authLog))
	grown("syslog.1", 0o640, 4, before(m.sysLog))
	grown("cron.log.1", 0o640, 4, before(m.cronLog))
	grown("wtmp", 0o664, 43, m.wtmp)
	grown("btmp", 0o660, 43, func(time.Time) []byte { return nil })
	grown("lastlog", 0o664, 43, m.lastlog)
	b.when = m.Setup
	b.file("/var/log/faillog", 0o644, "")
	b.file("/var/log/alternatives.log", 0o644, m.dated("update-alternatives", " run with --install /usr/bin/editor editor /bin/nano 40\n"))
	b.file("/var/log/dpkg.log", 0o644, m.dpkgLog())
	b.file("/var/log/apt/history.log", 0o644, m.aptLog())
	b.gid = 4
	b.file("/var/log/apt/term.log", 0o640, "")
	b.gid = 0
	b.file("/var/log/bootstrap.log", 0o644, "")
	b.folder("/var/log/private", 0o700)
	b.folder("/var/log/installer", 0o755)
	b.file("/var/log/installer/hardware-summary", 0o600, "uname -a: Linux debian "+m.System.Kernel+" "+m.System.Build+" x86_64 GNU/Linux\n")
	b.gid = 999
	b.folder("/var/log/journal/"+m.System.MachineID, 0o2755)
	b.add("/var/log/journal/"+m.System.MachineID+"/system.journal", &vfs.Node{Mode: vfs.Regular | 0o640, Modified: m.Boot, Body: &noise{m.seed.sub("journal"), 16 << 20, []byte("LPKSHHRH")}})
	b.gid = 0
}

// runtime adds /run.
func (b *builder) runtime() {
	m := b.m
	b.when = m.Boot
	b.folder("/run", 0o755)
	for _, f := range [][2]string{{"cron", "crond.pid"}, {"rsyslogd", "rsyslogd.pid"}, {"sshd", "sshd.pid"}} {
		b.file("/run/"+f[1], 0o644, fmt.Sprintf("%d\n", m.services[f[0]]))
	}
	if m.disk.dhcp {
		b.file("/run/dhclient."+m.Interfaces[1].Name+".pid", 0o644, fmt.Sprintf("%d\n", m.services["dhclient"]))
	}
	b.folder("/run/lock", 0o1777)
	for _, name := range strings.Fields("/run/sshd /run/systemd/system /run/systemd/journal /run/systemd/sessions /run/systemd/users /run/udev /run/user /run/network /run/mount /run/sudo /run/screen /run/log/journal /run/dbus") {
		b.dir(name)
	}
	b.add("/run/dbus/system_bus_socket", &vfs.Node{Mode: vfs.Socket | 0o666, Modified: b.when})
	b.add("/run/systemd/journal/dev-log", &vfs.Node{Mode: vfs.Socket | 0o666, Modified: b.when})
	b.add("/run/initctl", &vfs.Node{Mode: vfs.Pipe | 0o600, Modified: b.when})
	b.file("/run/motd.dynamic", 0o644, "Linux "+m.Name+" "+m.System.Kernel+" "+m.System.Build+" x86_64\n")
	b.gid = 43
	b.file("/run/utmp", 0o664, "")
	b.gid = 0
}
