package account

import (
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

func runUserdel(p *proc.Process) int {
	o := proc.Flags{Short: "fhrR:P:Z", Long: map[string]proc.Long{"force": {As: "f"}, "remove": {As: "r"}}}.Parse(p)
	if o == nil {
		return 2
	}
	if len(o.Operands) != 1 {
		p.Printf("Usage: userdel [options] LOGIN\n\nOptions:\n  -f, --force                   force some actions that would fail otherwise\n                                e.g. removal of user still logged in\n                                or files, even if not owned by the user\n  -h, --help                    display this help message and exit\n  -r, --remove                  remove home directory and mail spool\n  -R, --root CHROOT_DIR         directory to chroot into\n  -P, --prefix PREFIX_DIR       prefix directory where are located the /etc/* files\n  -Z, --selinux-user            remove any SELinux user mapping for the user\n\n")
		return 2
	}
	name := o.Operands[0]
	a, ok := p.World.Account(name)
	if !ok {
		p.Complain("user '%s' does not exist", name)
		return 6
	}
	if p.FS.UID != 0 {
		return refuse(p, "/etc/passwd")
	}
	if pid := user(p, a); pid != 0 && !o.Has("f") {
		p.Complain("user %s is currently used by process %d", name, pid)
		return 8
	}
	forget(p, name)
	if o.Has("r") {
		p.Complain("%s mail spool (/var/mail/%s) not found", name, name)
		if i, err := p.FS.Stat(a.Home); err == nil && i.UID == a.UID {
			erase(p, a.Home, 0)
		}
	}
	return 0
}

// user gives the number of a process of an account, 0 where there is none.
func user(p *proc.Process, a machine.Account) int {
	if a.UID == 0 {
		return 1
	}
	for _, q := range p.World.Processes() {
		if q.UID == a.UID {
			return q.PID
		}
	}
	return 0
}

// forget takes a name out of all files of accounts.
func forget(p *proc.Process, name string) {
	for _, file := range []string{"/etc/passwd", "/etc/shadow"} {
		edit(p, file, func(f []string) []string {
			if f[0] == name {
				return nil
			}
			return f
		})
	}
	for _, file := range []string{"/etc/group", "/etc/gshadow"} {
		edit(p, file, func(f []string) []string {
			if len(f) < 4 {
				return f
			}
			f[3] = strings.Join(slices.DeleteFunc(strings.Split(f[3], ","), func(s string) bool { return s == name }), ",")
			if f[0] == name && f[3] == "" {
				return nil
			}
			return f
		})
	}
}

// erase removes a directory and what is in it, as deep as 64 levels.
func erase(p *proc.Process, name string, depth int) {
	list, err := p.FS.ReadDir(name)
	if err != nil || depth > 64 || p.Ctx.Err() != nil {
		return
	}
	for _, i := range list {
		if i.IsDir() {
			erase(p, name+"/"+i.Name, depth+1)
		} else {
			p.FS.Remove(name + "/" + i.Name)
		}
	}
	p.FS.Rmdir(name)
}

func runUsermod(p *proc.Process) int {
	o := proc.Flags{Short: "abc:d:e:f:g:G:hl:Lmop:rR:P:s:u:Uv:V:w:W:Z:", Long: map[string]proc.Long{"append": {As: "a"}, "comment": {As: "c", Value: 1}, "home": {As: "d", Value: 1}, "gid": {As: "g", Value: 1}, "groups": {As: "G", Value: 1}, "login": {As: "l", Value: 1}, "lock": {As: "L"}, "move-home": {As: "m"}, "password": {As: "p", Value: 1}, "shell": {As: "s", Value: 1}, "uid": {As: "u", Value: 1}, "unlock": {As: "U"}, "remove": {As: "r"}, "expiredate": {As: "e", Value: 1}}}.Parse(p)
	if o == nil {
		return 2
	}
	if len(o.Operands) != 1 || len(o.Given) == 0 {
		p.Printf("Usage: usermod [options] LOGIN\n\n")
		return 2
	}
	name := o.Operands[0]
	if _, ok := p.World.Account(name); !ok {
		p.Complain("user '%s' does not exist", name)
		return 6
	}
	if p.FS.UID != 0 {
		return refuse(p, "/etc/passwd")
	}
	for _, g := range o.Given {
		if code := modify(p, o, g, name); code != 0 {
			return code
		}
	}
	if login, ok := o.Last("l"); ok {
		return rename(p, name, login)
	}
	return 0
}

// modify does what one option of usermod asks.
func modify(p *proc.Process, o *proc.Options, g proc.Option, name string) int {
	value := clean(g.Value)
	field := map[string]int{"u": 2, "g": 3, "c": 4, "d": 5, "s": 6}
	switch g.Name {
	case "G":
		groups := splitGroups(p, value)
		if groups == nil {
			return 6
		}
		if !o.Has("a") {
			leave(p, name)
		}
		join(p, name, groups)
		return 0
	case "p":
		setPassword(p, name, value)
	case "L", "U":
		old := strings.TrimPrefix(field1(p, name), "!")
		if g.Name == "L" {
			old = "!" + old
		}
		setPassword(p, name, old)
	case "u":
		if _, err := strconv.ParseUint(value, 10, 31); err != nil {
			p.Complain("invalid user ID '%s'", value)
			return 3
		}
	case "g":
		gid := groupNumber(p, value)
		if gid < 0 {
			p.Complain("group '%s' does not exist", value)
			return 6
		}
		value = strconv.Itoa(gid)
	}
	if at, ok := field[g.Name]; ok {
		edit(p, "/etc/passwd", func(f []string) []string {
			if f[0] == name && len(f) > at {
				f[at] = value
			}
			return f
		})
	}
	return 0
}

// field1 gives the hash of a name.
func field1(p *proc.Process, name string) string {
	if f := row(p, "/etc/shadow", name); len(f) > 1 {
		return f[1]
	}
	return ""
}

// leave takes a name out of all groups.
func leave(p *proc.Process, name string) {
	for _, file := range []string{"/etc/group", "/etc/gshadow"} {
		edit(p, file, func(f []string) []string {
			if len(f) > 3 {
				f[3] = strings.Join(slices.DeleteFunc(strings.Split(f[3], ","), func(s string) bool { return s == name }), ",")
			}
			return f
		})
	}
}

// rename gives an account another name.
func rename(p *proc.Process, name, login string) int {
	if !goodName(login) {
		p.Complain("invalid user name '%s': use --badname to ignore", login)
		return 3
	}
	if _, ok := p.World.Account(login); ok {
		p.Complain("user '%s' already exists", login)
		return 9
	}
	for _, file := range []string{"/etc/passwd", "/etc/shadow"} {
		edit(p, file, func(f []string) []string {
			if f[0] == name {
				f[0] = login
			}
			return f
		})
	}
	return 0
}

func runGroupadd(p *proc.Process) int {
	o := proc.Flags{Short: "fg:hK:op:rR:P:U:", Long: map[string]proc.Long{"force": {As: "f"}, "gid": {As: "g", Value: 1}, "system": {As: "r"}, "non-unique": {As: "o"}}}.Parse(p)
	if o == nil || len(o.Operands) != 1 {
		if o != nil {
			p.Printf("Usage: groupadd [options] GROUP\n\n")
		}
		return 2
	}
	name := o.Operands[0]
	if !goodName(name) {
		p.Complain("'%s' is not a valid group name", name)
		return 3
	}
	if p.FS.UID != 0 {
		return refuse(p, "/etc/group")
	}
	if _, ok := p.World.Group(name); ok {
		if o.Has("f") {
			return 0
		}
		p.Complain("group '%s' already exists", name)
		return 9
	}
	gid := free(p, "/etc/group", o.Has("r"))
	if text, ok := o.Last("g"); ok {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			p.Complain("invalid group ID '%s'", text)
			return 3
		}
		if groupNumber(p, text) >= 0 && !o.Has("o") {
			p.Complain("GID '%d' already exists", n)
			return 4
		}
		gid = int(n)
	}
	add(p, "/etc/group", name, "x", strconv.Itoa(gid), "")
	add(p, "/etc/gshadow", name, "!", "", "")
	return 0
}

func runGroupdel(p *proc.Process) int {
	if len(p.Args) != 2 {
		p.Printf("Usage: groupdel [options] GROUP\n\n")
		return 2
	}
	name := p.Args[1]
	if _, ok := p.World.Group(name); !ok {
		p.Complain("group '%s' does not exist", name)
		return 6
	}
	if p.FS.UID != 0 {
		return refuse(p, "/etc/group")
	}
	if a, ok := p.World.Account(name); ok && p.World.GroupName(a.GID) == name {
		p.Complain("cannot remove the primary group of user '%s'", name)
		return 8
	}
	for _, file := range []string{"/etc/group", "/etc/gshadow"} {
		edit(p, file, func(f []string) []string {
			if f[0] == name {
				return nil
			}
			return f
		})
	}
	return 0
}
