package machine

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"time"

	"gait/decoy/vfs"
)

// routine are lines of an administrator's history; the words in capitals stand
// for what the machine has.
var routine = strings.Split(`apt update
apt upgrade
apt upgrade -y
apt install curl
apt install net-tools lsof
nano /etc/ssh/sshd_config
systemctl restart ssh
systemctl status ssh
systemctl status cron
journalctl -u ssh -n 50
journalctl -xe
tail -f /var/log/syslog
tail -n 100 /var/log/auth.log
df -h
free -m
top
uptime
ip a
ip r
ping -c 3 GATEWAY
cat /etc/resolv.conf
hostnamectl
hostnamectl set-hostname HOST
nano /etc/hosts
crontab -l
crontab -e
passwd
passwd USER
usermod -aG sudo USER
ls -la
cd /var/log
cd
cd /opt
ls -la /opt
du -sh /var/*
last
w
who
ps aux
ps aux | grep ssh
ss -tlnp
netstat -tulpn
reboot
uname -a
cat /etc/os-release
timedatectl
lsblk
cat /etc/fstab
mount
dmesg | tail
history
exit
apt autoremove
apt list --upgradable
vi /etc/network/interfaces
cat /etc/network/interfaces
systemctl list-timers
mkdir -p /srv/data
chown USER: /srv/data
scp backup.tar.gz USER@OFFICE:
tar czf backup.tar.gz /etc
rm backup.tar.gz`, "\n")

// history makes lines of a history.
func (m *Machine) commands(r *rand.Rand, count int) string {
	fill := strings.NewReplacer("GATEWAY", m.System.Gateway, "HOST", m.Name, "USER", m.admin().name, "OFFICE", m.office)
	var b strings.Builder
	for range count {
		b.WriteString(fill.Replace(pick(r, routine)) + "\n")
	}
	return b.String()
}

// homes fills the homes of root and of people, /opt and /srv.
func (b *builder) homes() {
	m := b.m
	last := m.opt.Installed.UTC().Add(-days(1 + m.seed.sub("homes").at(0)))
	b.when = last
	b.file("/root/.bash_history", 0o600, m.commands(m.seed.rand("history root"), 40+m.seed.rand("length").IntN(80)))
	b.folder("/root", 0o700)
	b.when = m.Setup.Add(time.Hour)
	b.folder("/root/.ssh", 0o700)
	b.folder("/root/.local/share/nano", 0o700)
	key := "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + letters(m.seed.rand("admin key"), 43, saltAlphabet[2:]) + " " + m.admin().name + "@" + m.office + "\n"
	b.file("/root/.ssh/authorized_keys", 0o600, key)
	for i, name := range m.Users {
		a := m.account(name)
		b.uid, b.gid = a.uid, a.gid
		b.when = m.Setup.Add(time.Duration(12+i) * time.Minute)
		for _, f := range []string{".bashrc", ".profile", ".bash_logout"} {
			b.file(path.Join(a.home, f), 0o644, string(b.dir("/etc/skel").Names[f].Data))
		}
		b.folder(path.Join(a.home, ".ssh"), 0o700)
		if i == 0 {
			b.file(path.Join(a.home, ".ssh/authorized_keys"), 0o600, key)
			b.when = last
			b.file(path.Join(a.home, ".bash_history"), 0o600, m.commands(m.seed.rand("history "+name), 20+m.seed.rand("length").IntN(60)))
			b.when = m.Setup.Add(40 * time.Minute)
			b.file(path.Join(a.home, ".sudo_as_admin_successful"), 0o644, "")
		}
		b.folder(a.home, 0o700)
		b.uid, b.gid = 0, 0
	}
	b.work()
}

// work adds what the machine is there for.
func (b *builder) work() {
	m := b.m
	r := m.seed.rand("work")
	b.when = m.Setup.Add(days(1 + 5*r.Float64()))
	name := pick(r, strings.Fields("backup scripts deploy app sync report tools"))
	b.file("/opt/"+name+"/run.sh", 0o755, fmt.Sprintf("#!/bin/sh\n# nightly copy of /srv/data\nset -e\nDAY=$(date +%%F)\ntar czf /var/backups/%s-$DAY.tar.gz -C /srv data\nfind /var/backups -name '%s-*.tar.gz' -mtime +14 -delete\n", name, name))
	b.file("/opt/"+name+"/README", 0o644, "Runs from cron, see /etc/cron.d/"+name+".\n")
	b.file("/etc/cron.d/"+name, 0o644, fmt.Sprintf("# nightly\n%d %d * * * root /opt/%s/run.sh >/dev/null 2>&1\n", r.IntN(60), 1+r.IntN(4), name))
	for range 3 + r.IntN(5) {
		file := fmt.Sprintf("/srv/data/%s-%d.csv", pick(r, strings.Fields("orders stock export customers items prices daily list")), 2021+r.IntN(4))
		var text strings.Builder
		text.WriteString("id;date;amount\n")
		for i := range 20 + r.IntN(60) {
			fmt.Fprintf(&text, "%d;%s;%d.%02d\n", 1000+i, m.Setup.Add(-days(float64(r.IntN(300)))).Format(time.DateOnly), r.IntN(900), r.IntN(100))
		}
		b.file(file, 0o640, text.String())
	}
	last := m.opt.Installed.UTC().Truncate(24 * time.Hour)
	for i := range 3 {
		b.when = last.Add(-days(float64(3 - i))).Add(3 * time.Hour)
		b.add(fmt.Sprintf("/var/backups/%s-%s.tar.gz", name, b.when.Format(time.DateOnly)),
			&vfs.Node{Mode: vfs.Regular | 0o644, Modified: b.when, Body: &noise{m.seed.sub(fmt.Sprint("backup", i)), 4000 + int64(r.IntN(9000)), []byte("\x1f\x8b\x08\x00")}})
	}
}
