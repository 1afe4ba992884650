package account

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// self gives the account that a process runs as.
func self(p *proc.Process) machine.Account {
	a, ok := p.World.AccountByUID(p.FS.UID)
	if !ok {
		a = machine.Account{Name: strconv.Itoa(p.FS.UID), UID: p.FS.UID, Home: "/"}
	}
	a.GID, a.Groups = p.FS.GID, []int{p.FS.GID}
	for _, g := range p.FS.Groups {
		if !slices.Contains(a.Groups, g) {
			a.Groups = append(a.Groups, g)
		}
	}
	return a
}

// login gives the name of who logged in, whoever he is now.
func login(p *proc.Process) string {
	if p.Visit != nil && p.Visit.User != "" {
		return p.Visit.User
	}
	return self(p).Name
}

// named finds an account by its name or number.
func named(p *proc.Process, name string) (machine.Account, bool) {
	if a, ok := p.World.Account(name); ok {
		return a, true
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(name, "+"), 10, 31)
	if err != nil {
		return machine.Account{}, false
	}
	return p.World.AccountByUID(int(n))
}

// groupsOf gives the groups of an account, the own one first.
func groupsOf(a machine.Account) []int {
	if len(a.Groups) == 0 {
		return []int{a.GID}
	}
	return a.Groups
}

func runID(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "agnruzGZ", Long: map[string]proc.Long{"context": {As: "Z"}, "group": {As: "g"}, "groups": {As: "G"}, "name": {As: "n"}, "real": {As: "r"}, "user": {As: "u"}, "zero": {As: "z"}}},
		gnu.About{Usage: "[OPTION]... [USER]...", Does: "Print user and group information for each specified USER, or (when USER omitted) for the current process.", By: "Arnold Robbins and David MacKenzie"})
	if o == nil {
		return code
	}
	only := 0
	for _, name := range []string{"u", "g", "G"} {
		if o.Has(name) {
			only++
		}
	}
	switch {
	case o.Has("Z"):
		return p.Complain("--context (-Z) works only on an SELinux-enabled kernel")
	case only > 1:
		return p.Complain("cannot print \"only\" of more than one choice")
	case only == 0 && o.Has("n", "r"):
		return p.Complain("cannot print only names or real IDs in default format")
	case only == 0 && o.Has("z"):
		return p.Complain("option --zero not permitted in default format")
	}
	if len(o.Operands) == 0 {
		showID(p, o, self(p))
		return 0
	}
	for _, name := range o.Operands {
		a, ok := named(p, name)
		if !ok {
			code = p.Complain("%s: no such user", gnu.Quote(p, name))
			continue
		}
		showID(p, o, a)
	}
	return code
}

// showID prints what the options ask of an account.
func showID(p *proc.Process, o *proc.Options, a machine.Account) {
	group := strconv.Itoa
	if o.Has("n") {
		group = p.World.GroupName
	}
	end := "\n"
	if o.Has("z") {
		end = "\x00"
	}
	switch {
	case o.Has("u") && o.Has("n"):
		p.Printf("%s%s", a.Name, end)
	case o.Has("u"):
		p.Printf("%d%s", a.UID, end)
	case o.Has("g"):
		p.Printf("%s%s", group(a.GID), end)
	case o.Has("G"):
		between := " "
		if o.Has("z") {
			between = "\x00"
		}
		p.Printf("%s%s", joinGroups(a, between, group), end)
	default:
		full := func(gid int) string { return fmt.Sprintf("%d(%s)", gid, p.World.GroupName(gid)) }
		p.Printf("uid=%d(%s) gid=%s groups=%s\n", a.UID, a.Name, full(a.GID), joinGroups(a, ",", full))
	}
}

func joinGroups(a machine.Account, between string, word func(int) string) string {
	var list []string
	for _, g := range groupsOf(a) {
		list = append(list, word(g))
	}
	return strings.Join(list, between)
}

func runGroups(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "[OPTION]... [USERNAME]...", Does: "Print group memberships for each USERNAME or, if no USERNAME is specified, for the current process.", By: "David MacKenzie and James Youngman"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		p.Println(joinGroups(self(p), " ", p.World.GroupName))
	}
	for _, name := range o.Operands {
		a, ok := p.World.Account(name)
		if !ok {
			code = p.Complain("%s: no such user", gnu.Quote(p, name))
			continue
		}
		p.Printf("%s : %s\n", name, joinGroups(a, " ", p.World.GroupName))
	}
	return code
}
