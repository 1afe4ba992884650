package machine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// account is an account of the installation.
type account struct {
	name, info, home, shell string
	uid, gid                int
	password                string // as /etc/shadow has it
}

// system lists the accounts that Debian's packages make, in the order in which
// they come.
const system = `root:0:0:root:/root:/bin/bash
daemon:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:2:2:bin:/bin:/usr/sbin/nologin
sys:3:3:sys:/dev:/usr/sbin/nologin
sync:4:65534:sync:/bin:/bin/sync
games:5:60:games:/usr/games:/usr/sbin/nologin
man:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:8:8:mail:/var/mail:/usr/sbin/nologin
news:9:9:news:/var/spool/news:/usr/sbin/nologin
uucp:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
proxy:13:13:proxy:/bin:/usr/sbin/nologin
www-data:33:33:www-data:/var/www:/usr/sbin/nologin
backup:34:34:backup:/var/backups:/usr/sbin/nologin
list:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
irc:39:39:ircd:/run/ircd:/usr/sbin/nologin
_apt:42:65534::/nonexistent:/usr/sbin/nologin
nobody:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
systemd-network:998:998:systemd Network Management:/:/usr/sbin/nologin
systemd-timesync:997:997:systemd Time Synchronization:/:/usr/sbin/nologin
messagebus:100:107::/nonexistent:/usr/sbin/nologin
sshd:101:65534::/run/sshd:/usr/sbin/nologin`

// groups lists the groups that come beside those of people.
const groups = `root:0 daemon:1 bin:2 sys:3 adm:4 tty:5 disk:6 lp:7 mail:8 news:9 uucp:10 man:12 proxy:13 kmem:15 dialout:20 fax:21 voice:22 cdrom:24 floppy:25 tape:26 sudo:27 audio:29 dip:30 www-data:33 backup:34 operator:37 list:38 irc:39 src:40 shadow:42 utmp:43 video:44 sasl:45 plugdev:46 staff:50 games:60 users:100 nogroup:65534 systemd-journal:999 systemd-network:998 systemd-timesync:997 input:101 sgx:102 kvm:103 render:104 crontab:105 netdev:106 messagebus:107 _ssh:108 ssl-cert:109`

// joined lists the groups that the installer puts the first account into.
var joined = strings.Fields("cdrom floppy sudo audio dip video plugdev users netdev")

var people = strings.Fields("deploy ops admin sysadmin webadmin devops support service builder runner operator1 siteadmin appuser dbadmin webmaster release monitor agent anna ben clara david emma felix greta hugo ida jonas karin leo marta nils olga paul rosa simon tina viktor wanda yann zoe marek petra ivan lena mila oscar nina tom lucas sofia pavel katja robin alex kim sam jan eva dora boris rene luis")

// setAccounts chooses who has an account.
func (m *Machine) setAccounts() {
	r := m.seed.rand("accounts")
	for _, line := range strings.Split(system, "\n") {
		f := strings.Split(line, ":")
		a := account{name: f[0], info: f[3], home: f[4], shell: f[5], password: "*"}
		a.uid, _ = strconv.Atoi(f[1])
		a.gid, _ = strconv.Atoi(f[2])
		if a.uid >= 100 && a.uid < 1000 && a.name != "nobody" {
			a.password = "!*"
		}
		m.accounts = append(m.accounts, a)
	}
	m.accounts[0].password = yescrypt(r)
	m.Users = slices.Clone(m.opt.Users)
	if m.opt.Users == nil {
		for range 1 + r.IntN(2) {
			m.Users = append(m.Users, person(r))
		}
	}
	uid := 1000
	for _, name := range m.Users {
		if !validName(name) || slices.ContainsFunc(m.accounts, func(a account) bool { return a.name == name }) {
			continue
		}
		m.accounts = append(m.accounts, account{name: name, info: ",,,", home: "/home/" + name, shell: "/bin/bash",
			uid: uid, gid: uid, password: yescrypt(r)})
		uid++
	}
	m.Users = nil
	for _, a := range m.accounts {
		if a.uid >= 1000 && a.uid < 65534 {
			m.Users = append(m.Users, a.name)
		}
	}
}

// person makes up the name of an account.
func person(r *rand.Rand) string {
	name := pick(r, people)
	kind := r.IntN(4)
	if len(name) > 5 { // a duty
		kind = 3 * r.IntN(2)
	}
	switch kind {
	case 0:
		return name
	case 1:
		return name + string(rune('a'+r.IntN(26)))
	case 2:
		return string(rune('a'+r.IntN(26))) + name
	}
	return fmt.Sprintf("%s%d", name, 1+r.IntN(99))
}

// validName says whether useradd would take a name.
func validName(name string) bool {
	if name == "" || len(name) > 32 {
		return false
	}
	for i, c := range name {
		switch {
		case c >= 'a' && c <= 'z', c == '_', i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return true
}

const saltAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// yescrypt makes up what looks like a password's hash; no password has it.
func yescrypt(r *rand.Rand) string {
	return "$y$j9T$" + letters(r, 21, saltAlphabet) + pick(r, []string{".", "/", "0", "1"}) + "$" + letters(r, 42, saltAlphabet) + pick(r, strings.Split("./0123456789ABCD", ""))
}

// admin is the account that the administrator uses.
func (m *Machine) admin() account {
	for _, a := range m.accounts {
		if len(m.Users) > 0 && a.name == m.Users[0] {
			return a
		}
	}
	return m.accounts[0]
}

// Account gives the account of a name, as the visitor's own /etc/passwd and
// /etc/group have it.
func (w *World) Account(name string) (Account, bool) {
	return w.findAccount(func(f []string) bool { return f[0] == name })
}

// AccountByUID gives the first account with a number.
func (w *World) AccountByUID(uid int) (Account, bool) {
	text := strconv.Itoa(uid)
	return w.findAccount(func(f []string) bool { return f[2] == text })
}

// Accounts gives all accounts in the order of /etc/passwd.
func (w *World) Accounts() (list []Account) {
	for _, f := range w.records("/etc/passwd", 7) {
		if a, ok := parseAccount(f); ok {
			a.Groups = w.groupsOf(a.Name, a.GID)
			list = append(list, a)
		}
	}
	return list
}

// GroupName gives the name of a group: the number where it is not known.
func (w *World) GroupName(gid int) string {
	text := strconv.Itoa(gid)
	for _, f := range w.records("/etc/group", 4) {
		if f[2] == text {
			return f[0]
		}
	}
	return text
}

// Group gives the number of a group.
func (w *World) Group(name string) (gid int, ok bool) {
	for _, f := range w.records("/etc/group", 4) {
		if f[0] == name {
			gid, err := strconv.Atoi(f[2])
			return gid, err == nil && gid >= 0
		}
	}
	return 0, false
}

func (w *World) findAccount(is func([]string) bool) (Account, bool) {
	for _, f := range w.records("/etc/passwd", 7) {
		if !is(f) {
			continue
		}
		if a, ok := parseAccount(f); ok {
			a.Groups = w.groupsOf(a.Name, a.GID)
			return a, true
		}
	}
	return Account{}, false
}

func parseAccount(f []string) (Account, bool) {
	uid, err := strconv.Atoi(f[2])
	gid, err2 := strconv.Atoi(f[3])
	if err != nil || err2 != nil || uid < 0 || gid < 0 || f[0] == "" {
		return Account{}, false
	}
	a := Account{Name: strings.Clone(f[0]), UID: uid, GID: gid, Info: strings.Clone(f[4]), Home: strings.Clone(f[5]), Shell: strings.Clone(f[6])} // the file is not kept
	if a.Home == "" {
		a.Home = "/"
	}
	if a.Shell == "" {
		a.Shell = "/bin/sh"
	}
	return a, true
}

// groupsOf gives the groups of an account, the own one first.
func (w *World) groupsOf(name string, own int) []int {
	list := []int{own}
	for _, f := range w.records("/etc/group", 4) {
		gid, err := strconv.Atoi(f[2])
		if err == nil && !slices.Contains(list, gid) && slices.Contains(strings.Split(f[3], ","), name) {
			list = append(list, gid)
		}
	}
	return list
}

// mostRecords bounds how much of a file of accounts is looked at.
const mostRecords = 256 << 10

// records gives the lines of a file whose fields are separated by colons.
func (w *World) records(name string, fields int) (list [][]string) {
	data, err := w.Root.ReadFile(name, mostRecords)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(strings.TrimRight(line, "\n"), ":"); len(f) == fields {
			list = append(list, f)
		}
	}
	return list
}
