package system

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

// group is a line of /etc/group.
type group struct {
	name, word, gid string
	members         []string
}

// groupLines gives the groups in their order.
func groupLines(p *proc.Process) (list []group) {
	for _, line := range lines(p, "/etc/group") {
		f := strings.Split(line, ":")
		if len(f) == 4 {
			list = append(list, group{f[0], f[1], f[2], strings.FieldsFunc(f[3], func(r rune) bool { return r == ',' })})
		}
	}
	return list
}

// writeGroups writes the groups anew.
func writeGroups(p *proc.Process, list []group) error {
	var b strings.Builder
	for _, g := range list {
		b.WriteString(strings.Join([]string{g.name, g.word, g.gid, strings.Join(g.members, ",")}, ":") + "\n")
	}
	return p.FS.WriteFile("/etc/group", []byte(b.String()), 0o644)
}

const gpasswdUsage = "Usage: gpasswd [option] GROUP\n\nOptions:\n  -a, --add USER                add USER to GROUP\n  -d, --delete USER             remove USER from GROUP\n  -h, --help                    display this help message and exit\n  -Q, --root CHROOT_DIR         directory to chroot into\n  -r, --remove-password         remove the GROUP's password\n  -R, --restrict                restrict access to GROUP to its members\n  -M, --members USER,...        set the list of members of GROUP\n  -A, --administrators ADMIN,...\n                                set the list of administrators for GROUP\nExcept for the -A and -M options, the options cannot be combined.\n"

func runGpasswd(p *proc.Process) int {
	o := proc.Flags{Short: "a:d:hQ:rRM:A:", Long: map[string]proc.Long{"add": {As: "a", Value: 1}, "delete": {As: "d", Value: 1}, "members": {As: "M", Value: 1}, "administrators": {As: "A", Value: 1}, "remove-password": {As: "r"}, "restrict": {As: "R"}}}.Parse(p)
	if o == nil {
		return 2
	}
	if len(o.Operands) != 1 {
		fmt.Fprint(p.Err, gpasswdUsage)
		return 2
	}
	name := o.Operands[0]
	user, add := o.Last("a")
	gone, del := o.Last("d")
	if add {
		if _, ok := p.World.Account(user); !ok {
			p.Complain("user '%s' does not exist", user)
			return 3
		}
	}
	list := groupLines(p)
	at := slices.IndexFunc(list, func(g group) bool { return g.name == name })
	switch {
	case at < 0:
		p.Complain("group '%s' does not exist in /etc/group", name)
		return 3
	case p.FS.UID != 0:
		p.Complain("Permission denied.")
		return 1
	}
	g := &list[at]
	switch {
	case add:
		p.Printf("Adding user %s to group %s\n", user, name)
		if !slices.Contains(g.members, user) {
			g.members = append(g.members, user)
		}
	case del:
		p.Printf("Removing user %s from group %s\n", gone, name)
		i := slices.Index(g.members, gone)
		if i < 0 {
			p.Complain("user '%s' is not a member of '%s'", gone, name)
			return 3
		}
		g.members = slices.Delete(g.members, i, i+1)
	default:
		if members, ok := o.Last("M"); ok {
			g.members = strings.FieldsFunc(members, func(r rune) bool { return r == ',' })
		}
	}
	if err := writeGroups(p, list); err != nil {
		return p.Complain("cannot open /etc/group")
	}
	return 0
}

func runGroupmod(p *proc.Process) int {
	o := proc.Flags{Short: "ag:hn:op:R:P:U:", Long: map[string]proc.Long{"gid": {As: "g", Value: 1}, "new-name": {As: "n", Value: 1}, "non-unique": {As: "o"}, "password": {As: "p", Value: 1}, "users": {As: "U", Value: 1}, "append": {As: "a"}}}.Parse(p)
	switch {
	case o == nil:
		return 2
	case len(o.Operands) != 1:
		fmt.Fprint(p.Err, "Usage: groupmod [options] GROUP\n\nOptions:\n  -a, --append                  append the users mentioned by -U option to the group \n                                without removing existing user members\n  -g, --gid GID                 change the group ID to GID\n  -h, --help                    display this help message and exit\n  -n, --new-name NEW_GROUP      change the name to NEW_GROUP\n  -o, --non-unique              allow to use a duplicate (non-unique) GID\n")
		return 2
	}
	list := groupLines(p)
	index := func(name string) int { return slices.IndexFunc(list, func(g group) bool { return g.name == name }) }
	at := index(o.Operands[0])
	if at < 0 {
		p.Complain("group '%s' does not exist", o.Operands[0])
		return 6
	}
	if p.FS.UID != 0 {
		p.Complain("Permission denied.")
		p.Complain("cannot lock /etc/group; try again later.")
		return 10
	}
	if gid, ok := o.Last("g"); ok {
		if _, err := strconv.ParseUint(gid, 10, 31); err != nil {
			p.Complain("invalid group ID '%s'", gid)
			return 3
		}
		if !o.Has("o") && slices.ContainsFunc(list, func(g group) bool { return g.gid == gid && g.name != o.Operands[0] }) {
			p.Complain("GID '%s' already exists", gid)
			return 4
		}
		list[at].gid = gid
	}
	if name, ok := o.Last("n"); ok {
		if index(name) >= 0 {
			p.Complain("group '%s' already exists", name)
			return 9
		}
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || name == "" {
			p.Complain("invalid group name '%s'", name)
			return 3
		}
		list[at].name = name
	}
	if writeGroups(p, list) != nil {
		return 10
	}
	return 0
}

// runNewgrp is newgrp and sg: a shell in another group.
func runNewgrp(p *proc.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && args[0] == "-" {
		args = args[1:]
	}
	q := *p
	me, _ := p.World.AccountByUID(p.FS.UID)
	gid := me.GID
	if len(args) > 0 {
		g, ok := p.World.Group(args[0])
		switch {
		case !ok:
			return p.Complain("group '%s' does not exist", args[0])
		case p.FS.UID != 0 && !slices.Contains(me.Groups, g):
			fmt.Fprint(p.Err, "Password: ")
			buf := make([]byte, 256)
			p.In.Read(buf)
			fmt.Fprintln(p.Err, "\nInvalid password.")
			return 1
		}
		gid, args = g, args[1:]
	}
	q.FS = p.FS.As(p.FS.UID, gid, append([]int{gid}, me.Groups...)...)
	if p.Name() == "sg" && len(args) > 0 {
		if args[0] == "-c" && len(args) > 1 {
			args = args[1:]
		}
		return p.Shell.Source(&q, proc.Script{Posix: true, Text: args[0], Name: "sh"})
	}
	return p.Shell.Interactive(&q, false)
}

func runLslogins(p *proc.Process) int {
	o := proc.Flags{Short: "acefGl:nno:pPrsug:zZhV", Long: map[string]proc.Long{"user-accs": {As: "u"}, "system-accs": {As: "s"}}}.Parse(p)
	if o == nil {
		return 1
	}
	rows := [][]string{{"UID", "USER", "PROC", "PWD-LOCK", "PWD-DENY", "LAST-LOGIN", "GECOS"}}
	for _, a := range p.World.Accounts() {
		person := a.UID == 0 || a.UID >= 1000 && a.UID < 65534
		if o.Has("u") && !person || o.Has("s") && person {
			continue
		}
		n := 0
		for _, q := range p.World.Processes() {
			if q.UID == a.UID {
				n++
			}
		}
		last := ""
		if l, ok := p.World.LastLogins()[a.Name]; ok {
			last = l.Time.Format("Jan02/15:04")
		}
		deny := "0"
		if strings.HasSuffix(a.Shell, "nologin") && p.FS.UID == 0 {
			deny = "1"
		}
		info, _, _ := strings.Cut(a.Info, ",")
		rows = append(rows, []string{strconv.Itoa(a.UID), a.Name, strconv.Itoa(n), "0", deny, last, info})
	}
	w := make([]int, 7)
	for _, r := range rows {
		for i, c := range r {
			w[i] = max(w[i], len(c))
		}
	}
	for _, r := range rows {
		p.Println(strings.TrimRight(fmt.Sprintf("%*s %-*s %*s %*s %*s %*s %s", w[0], r[0], w[1], r[1], w[2], r[2], w[3], r[3], w[4], r[4], w[5], r[5], r[6]), " "))
	}
	return 0
}

func runNologin(p *proc.Process) int {
	p.Println("This account is currently not available.")
	return 1
}
