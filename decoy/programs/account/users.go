package account

import (
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/vfs"
)

// newUser is an account that is to be made.
type newUser struct {
	name, info, home, shell, password string
	uid, gid                          int // -1 for a free one
	also                              []string
	create, system                    bool
}

// goodName says whether a name may be that of an account or a group.
func goodName(s string) bool {
	if s == "" || len(s) > 32 || s[0] == '-' || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$") == "" && !strings.Contains(s[:len(s)-1], "$")
}

// free finds the number of a new account or group.
func free(p *proc.Process, file string, system bool) int {
	taken := map[int]bool{}
	for _, line := range lines(p, file) {
		if f := strings.Split(line, ":"); len(f) > 2 {
			n, _ := strconv.Atoi(f[2])
			taken[n] = true
		}
	}
	if system {
		for n := 999; n > 100; n-- {
			if !taken[n] {
				return n
			}
		}
	}
	n := 1000
	for taken[n] {
		n++
	}
	return n
}

// clean takes what would end a field out of a value.
func clean(s string) string { return strings.NewReplacer(":", "", "\n", "").Replace(s) }

func useraddFlags() proc.Flags {
	return proc.Flags{Short: "b:c:d:De:f:Fg:G:hk:K:lmMNop:rR:P:s:u:UZ:", Long: map[string]proc.Long{"comment": {As: "c", Value: 1}, "home-dir": {As: "d", Value: 1}, "home": {As: "d", Value: 1}, "base-dir": {As: "b", Value: 1}, "defaults": {As: "D"}, "gid": {As: "g", Value: 1}, "groups": {As: "G", Value: 1}, "create-home": {As: "m"}, "no-create-home": {As: "M"}, "no-user-group": {As: "N"}, "user-group": {As: "U"}, "non-unique": {As: "o"}, "password": {As: "p", Value: 1}, "system": {As: "r"}, "shell": {As: "s", Value: 1}, "uid": {As: "u", Value: 1}, "badname": {}, "expiredate": {As: "e", Value: 1}, "inactive": {As: "f", Value: 1}, "skel": {As: "k", Value: 1}, "key": {As: "K", Value: 1}}}
}

func runUseradd(p *proc.Process) int {
	o := useraddFlags().Parse(p)
	if o == nil {
		return 2
	}
	if o.Has("D") {
		p.Printf("GROUP=100\nHOME=/home\nINACTIVE=-1\nEXPIRE=\nSHELL=/bin/sh\nSKEL=/etc/skel\nCREATE_MAIL_SPOOL=no\nLOG_INIT=yes\n")
		return 0
	}
	if len(o.Operands) != 1 {
		p.Printf("Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n\n")
		return 2
	}
	n := newUser{name: o.Operands[0], uid: -1, gid: -1, shell: "/bin/sh", password: "!", create: o.Has("m"), system: o.Has("r")}
	if !goodName(n.name) && (!o.Has("badname") || clean(n.name) != n.name || n.name == "") {
		p.Complain("invalid user name '%s': use --badname to ignore", n.name)
		return 3
	}
	if p.FS.UID != 0 {
		return refuse(p, "/etc/passwd")
	}
	if _, ok := p.World.Account(n.name); ok {
		p.Complain("user '%s' already exists", n.name)
		return 9
	}
	if code := n.read(p, o); code != 0 {
		return code
	}
	return n.make(p, !o.Has("N") && !o.Has("g"))
}

// read takes over the options of useradd.
func (n *newUser) read(p *proc.Process, o *proc.Options) int {
	n.home = "/home/" + n.name
	for _, g := range o.Given {
		v := clean(g.Value)
		switch g.Name {
		case "b":
			n.home = v + "/" + n.name
		case "c":
			n.info = v
		case "d":
			n.home = v
		case "s":
			n.shell = v
		case "p":
			n.password = v
		case "u":
			uid, err := strconv.ParseUint(v, 10, 31)
			if err != nil {
				p.Complain("invalid user ID '%s'", v)
				return 3
			}
			if _, taken := p.World.AccountByUID(int(uid)); taken && !o.Has("o") {
				p.Complain("UID %d is not unique", uid)
				return 4
			}
			n.uid = int(uid)
		case "g":
			if n.gid = groupNumber(p, v); n.gid < 0 {
				p.Complain("group '%s' does not exist", v)
				return 6
			}
		case "G":
			if n.also = splitGroups(p, v); n.also == nil {
				return 6
			}
		}
	}
	return 0
}

// groupNumber gives the number of a group; -1 for none.
func groupNumber(p *proc.Process, name string) int {
	if gid, ok := p.World.Group(name); ok {
		return gid
	}
	for _, line := range lines(p, "/etc/group") {
		if f := strings.Split(line, ":"); len(f) > 2 && f[2] == name {
			gid, _ := strconv.Atoi(name)
			return gid
		}
	}
	return -1
}

// splitGroups gives the names of a list of groups; nil where one is unknown.
func splitGroups(p *proc.Process, list string) []string {
	names := []string{}
	for _, g := range strings.Split(list, ",") {
		gid := groupNumber(p, g)
		if gid < 0 {
			p.Complain("group '%s' does not exist", g)
			return nil
		}
		names = append(names, p.World.GroupName(gid))
	}
	return names
}

// make writes the account, and its group where it gets an own one.
func (n *newUser) make(p *proc.Process, own bool) int {
	if n.uid < 0 {
		n.uid = free(p, "/etc/passwd", n.system)
	}
	if own {
		if _, ok := p.World.Group(n.name); ok {
			p.Complain("group %s exists - if you want to add this user to that group, use -g.", n.name)
			return 9
		}
		if n.gid = n.uid; groupNumber(p, strconv.Itoa(n.gid)) >= 0 {
			n.gid = free(p, "/etc/group", n.system)
		}
		add(p, "/etc/group", n.name, "x", strconv.Itoa(n.gid), "")
		add(p, "/etc/gshadow", n.name, "!", "", "")
	} else if n.gid < 0 {
		n.gid = 100
	}
	if err := add(p, "/etc/passwd", n.name, "x", strconv.Itoa(n.uid), strconv.Itoa(n.gid), n.info, n.home, n.shell); err != nil {
		return p.Complain("cannot open /etc/passwd")
	}
	add(p, "/etc/shadow", n.name, n.password, today(p), "0", "99999", "7", "", "", "")
	join(p, n.name, n.also)
	if n.create {
		makeHome(p, n.home, n.uid, n.gid)
	}
	return 0
}

// join adds an account to groups.
func join(p *proc.Process, name string, groups []string) {
	for _, file := range []string{"/etc/group", "/etc/gshadow"} {
		edit(p, file, func(f []string) []string {
			if slices.Contains(groups, f[0]) && len(f) > 3 {
				f[3] = withMember(f[3], name)
			}
			return f
		})
	}
}

func withMember(list, name string) string {
	if list == "" {
		return name
	}
	if slices.Contains(strings.Split(list, ","), name) {
		return list
	}
	return list + "," + name
}

// makeHome makes a home with what is in /etc/skel.
func makeHome(p *proc.Process, home string, uid, gid int) {
	if p.FS.Mkdir(home, 0o755) != nil {
		return
	}
	list, _ := p.FS.ReadDir("/etc/skel")
	for _, i := range list {
		if data, err := p.FS.ReadFile(i.Path, most); err == nil && i.Kind() == vfs.Regular {
			p.FS.WriteFile(home+"/"+i.Name, data, 0o644)
			p.FS.Chown(home+"/"+i.Name, uid, gid, false)
		}
	}
	p.FS.Chown(home, uid, gid, false)
}
