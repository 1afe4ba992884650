package account

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

func runAdduser(p *proc.Process) int {
	o := proc.Flags{Short: "hqvu:", Long: map[string]proc.Long{"home": {Value: 1}, "shell": {Value: 1}, "uid": {As: "u", Value: 1}, "gecos": {Value: 1}, "comment": {As: "gecos", Value: 1}, "disabled-password": {}, "disabled-login": {}, "system": {}, "no-create-home": {}, "ingroup": {Value: 1}, "group": {}, "quiet": {As: "q"}, "force-badname": {}, "allow-bad-names": {}}}.Parse(p)
	if o == nil {
		return 1
	}
	if p.FS.UID != 0 {
		return p.Complain("Only root may add a user or group to the system.")
	}
	if len(o.Operands) == 0 || len(o.Operands) > 2 {
		return p.Complain("Only one or two names allowed.")
	}
	name := o.Operands[0]
	_, known := p.World.Account(name)
	if len(o.Operands) == 2 {
		return intoGroup(p, name, o.Operands[1])
	}
	switch {
	case known:
		return p.Complain("The user `%s' already exists.", name)
	case !goodName(name):
		return p.Complain("To avoid problems, the username should consist only of\nletters, digits, underscores, periods, at signs and dashes, and not start with\na dash (as defined by IEEE Std 1003.1-2001). For compatibility with Samba\nmachine accounts $ is also supported at the end of the username")
	}
	return newAdduser(p, o, name)
}

// newAdduser makes the account and tells of each step.
func newAdduser(p *proc.Process, o *proc.Options, name string) int {
	n := newUser{name: name, uid: free(p, "/etc/passwd", o.Has("system")), gid: -1, shell: "/bin/bash", password: "!", home: "/home/" + name, system: o.Has("system"), create: !o.Has("no-create-home")}
	if n.system {
		n.shell, n.gid, n.home, n.create = "/usr/sbin/nologin", 65534, "/nonexistent", false
	}
	for _, g := range o.Given {
		switch v := clean(g.Value); g.Name {
		case "home":
			n.home = v
		case "shell":
			n.shell = v
		case "u":
			uid, err := strconv.ParseUint(v, 10, 31)
			if err != nil {
				return 1
			}
			n.uid = int(uid)
		case "gecos":
			n.info = v
		case "ingroup":
			if n.gid = groupNumber(p, v); n.gid < 0 {
				return p.Complain("The group `%s' does not exist.", v)
			}
		}
	}
	own := n.gid < 0
	group := name
	if !own {
		group = p.World.GroupName(n.gid)
	}
	if code := n.make(p, own); code != 0 {
		return code
	}
	a, _ := p.World.Account(name)
	say := func(format string, args ...any) {
		if !o.Has("q") {
			p.Printf(format, args...)
		}
	}
	say("Adding user `%s' ...\n", name)
	if own {
		say("Adding new group `%s' (%d) ...\n", name, a.GID)
	}
	say("Adding new user `%s' (%d) with group `%s (%d)' ...\n", name, a.UID, group, a.GID)
	if n.create {
		say("Creating home directory `%s' ...\nCopying files from `/etc/skel' ...\n", n.home)
	}
	if !o.Has("disabled-password", "disabled-login", "system") {
		newPassword(called(p, "passwd"), name)
	}
	if !o.Has("gecos", "system") {
		askInfo(p, name)
	}
	if !n.system {
		say("Adding new user `%[1]s' to supplemental / extra groups `users' ...\nAdding user `%[1]s' to group `users' ...\n", name)
		join(p, name, []string{"users"})
	}
	return 0
}

// called gives a copy of a process under the name of a program that it starts.
func called(p *proc.Process, name string) *proc.Process {
	c := *p
	c.Args = []string{name}
	return &c
}

// askInfo asks for what is known of a person, as chfn does.
func askInfo(p *proc.Process, name string) {
	p.Printf("Changing the user information for %s\nEnter the new value, or press ENTER for the default\n", name)
	var info []string
	for _, what := range []string{"Full Name", "Room Number", "Work Phone", "Home Phone", "Other"} {
		p.Printf("\t%s []: ", what)
		line, ok := readLine(p)
		if !ok {
			break
		}
		info = append(info, strings.ReplaceAll(clean(line), ",", ""))
	}
	p.Printf("Is the information correct? [Y/n] ")
	readLine(p)
	edit(p, "/etc/passwd", func(f []string) []string {
		if f[0] == name && len(f) > 4 {
			f[4] = strings.Join(info, ",")
		}
		return f
	})
}

// intoGroup is adduser USER GROUP.
func intoGroup(p *proc.Process, name, group string) int {
	if _, ok := p.World.Account(name); !ok {
		return p.Complain("The user `%s' does not exist.", name)
	}
	if _, ok := p.World.Group(group); !ok {
		return p.Complain("The group `%s' does not exist.", group)
	}
	f := row(p, "/etc/group", group)
	if len(f) > 3 && withMember(f[3], name) == f[3] {
		p.Complain("The user `%s' is already a member of `%s'.", name, group)
		return 0
	}
	p.Printf("Adding user `%s' to group `%s' ...\n", name, group)
	join(p, name, []string{group})
	p.Println("Done.")
	return 0
}

func runDeluser(p *proc.Process) int {
	o := proc.Flags{Short: "hqv", Long: map[string]proc.Long{"remove-home": {}, "remove-all-files": {}, "system": {}, "quiet": {As: "q"}}}.Parse(p)
	if o == nil {
		return 1
	}
	if p.FS.UID != 0 {
		return p.Complain("Only root may remove a user or group from the system.")
	}
	if len(o.Operands) != 1 {
		return p.Complain("Only one or two names allowed.")
	}
	name := o.Operands[0]
	a, ok := p.World.Account(name)
	if !ok {
		p.Complain("The user `%s' does not exist.", name)
		return 2
	}
	if a.UID == 0 {
		fmt.Fprint(p.Err, "WARNING: You are just about to delete the root account (uid 0)\nUsually this is never required as it may render the whole system unusable\nIf you really want this, call deluser with parameter --no-preserve-root\nStopping now without having performed any action\n")
		return 9
	}
	if o.Has("remove-home", "remove-all-files") {
		p.Printf("Looking for files to backup/remove ...\nRemoving files ...\n")
		if i, err := p.FS.Stat(a.Home); err == nil && i.UID == a.UID {
			erase(p, a.Home, 0)
		}
	}
	p.Printf("Removing user `%s' ...\n", name)
	forget(p, name)
	p.Println("Done.")
	return 0
}
