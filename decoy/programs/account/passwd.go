package account

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// unchanged is the code of a passwd that could not set the password.
const unchanged = 10

func runPasswd(p *proc.Process) int {
	o := proc.Flags{Short: "adehi:kln:qr:R:Suw:x:", Long: map[string]proc.Long{"delete": {As: "d"}, "expire": {As: "e"}, "lock": {As: "l"}, "quiet": {As: "q"}, "status": {As: "S"}, "unlock": {As: "u"}, "help": {As: "h"}}}.Parse(p)
	if o == nil {
		return 2
	}
	name := self(p).Name
	if len(o.Operands) > 0 {
		name = o.Operands[0]
	}
	a, ok := p.World.Account(name)
	if !ok {
		return p.Complain("user '%s' does not exist", name)
	}
	if p.FS.UID != 0 && a.UID != p.FS.UID {
		return p.Complain("You may not view or modify password information for %s.", name)
	}
	if o.Has("S") {
		status(p, name)
		return 0
	}
	if o.Has("d", "e", "l", "u", "n", "x", "w", "i") {
		return turn(p, o, name)
	}
	return newPassword(p, name)
}

// status is passwd -S.
func status(p *proc.Process, name string) {
	f := row(p, "/etc/shadow", name)
	if len(f) < 6 {
		return
	}
	state := "P"
	switch {
	case f[1] == "":
		state = "NP"
	case strings.Trim(f[1][:1], "!*") == "":
		state = "L"
	}
	p.Printf("%s %s %s %s %s %s -1\n", name, state, day(f[2], "01/02/2006"), f[3], f[4], f[5])
}

// turn locks, unlocks, expires or takes away a password.
func turn(p *proc.Process, o *proc.Options, name string) int {
	if p.FS.UID != 0 {
		return p.Complain("Permission denied.")
	}
	err := edit(p, "/etc/shadow", func(f []string) []string {
		switch {
		case f[0] != name || len(f) < 3:
		case o.Has("d"):
			f[1] = ""
		case o.Has("l"):
			f[1] = "!" + strings.TrimPrefix(f[1], "!")
		case o.Has("u"):
			f[1] = strings.TrimPrefix(f[1], "!")
		case o.Has("e"):
			f[2] = "0"
		}
		return f
	})
	switch {
	case err != nil:
		return p.Complain("%s", proc.Text(err))
	case o.Has("q"):
	case o.Has("d", "l", "u"):
		p.Println("passwd: password changed.")
	default:
		p.Println("passwd: password expiry information changed.")
	}
	return 0
}

// newPassword asks for a password twice and sets it.
func newPassword(p *proc.Process, name string) int {
	fail := func(why string) int {
		fmt.Fprintf(p.Err, "%[1]s\n%[2]s: Authentication token manipulation error\n%[2]s: password unchanged\n", why, p.Name())
		return unchanged
	}
	if p.FS.UID != 0 {
		p.Printf("Changing password for %s.\n", name)
		if _, ok := ask(p, "Current password: "); !ok {
			return fail("Password change has been aborted.")
		}
	}
	first, ok := ask(p, "New password: ")
	if !ok {
		return fail("Password change has been aborted.")
	}
	second, ok := ask(p, "Retype new password: ")
	switch {
	case !ok:
		return fail("Password change has been aborted.")
	case first != second:
		return fail("Sorry, passwords do not match.")
	case first == "":
		return fail("No password has been supplied.")
	}
	if err := setPassword(asRoot(p), name, scramble(first)); err != nil {
		return fail(proc.Text(err))
	}
	p.Complain("password updated successfully")
	return 0
}

// asRoot gives a process with the rights of root, for a program that has the
// bit of set-user-ID.
func asRoot(p *proc.Process) *proc.Process {
	c := *p
	c.FS = p.FS.As(0, 0)
	return &c
}

func runChpasswd(p *proc.Process) int {
	o := proc.Flags{Short: "c:ehmR:s:", Long: map[string]proc.Long{"encrypted": {As: "e"}, "md5": {As: "m"}, "crypt-method": {As: "c", Value: 1}, "sha-rounds": {As: "s", Value: 1}}}.Parse(p)
	if o == nil {
		return 2
	}
	if p.FS.UID != 0 {
		return refuse(p, "/etc/passwd")
	}
	in := gnu.NewLines(p, p.In, '\n')
	defer in.Close()
	code := 0
	for n := 1; ; n++ {
		line, ok := in.Next()
		if !ok {
			return code
		}
		name, word, ok := strings.Cut(string(line), ":")
		if !ok {
			code = p.Complain("line %d: missing new password", n)
			continue
		}
		if _, ok := p.World.Account(name); !ok {
			code = p.Complain("(user %[1]s) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line %[2]d, user %[1]s) password not changed", name, n)
			continue
		}
		if !o.Has("e") {
			word = scramble(word)
		}
		if err := setPassword(p, name, word); err != nil {
			code = p.Complain("%s", proc.Text(err))
		}
	}
}

func runChage(p *proc.Process) int {
	o := proc.Flags{Short: "d:E:hiI:lm:M:R:W:", Long: map[string]proc.Long{"list": {As: "l"}, "lastday": {As: "d", Value: 1}, "expiredate": {As: "E", Value: 1}, "maxdays": {As: "M", Value: 1}, "mindays": {As: "m", Value: 1}}}.Parse(p)
	if o == nil || len(o.Operands) != 1 {
		p.Complain("usage: chage [options] LOGIN")
		return 2
	}
	name := o.Operands[0]
	if p.FS.UID != 0 && (!o.Has("l") || self(p).Name != name) {
		return p.Complain("Permission denied.")
	}
	if _, ok := p.World.Account(name); !ok {
		return p.Complain("user '%s' does not exist in /etc/passwd", name)
	}
	field := map[string]int{"d": 2, "m": 3, "M": 4, "W": 5, "I": 6, "E": 7}
	for _, g := range o.Given {
		if at, ok := field[g.Name]; ok {
			edit(p, "/etc/shadow", func(f []string) []string {
				if f[0] == name && len(f) > at {
					f[at] = strings.ReplaceAll(strings.TrimPrefix(g.Value, "-1"), ":", "")
				}
				return f
			})
		}
	}
	f := row(asRoot(p), "/etc/shadow", name)
	if !o.Has("l") || len(f) < 8 {
		return 0
	}
	const form = "Jan 02, 2006"
	p.Printf("Last password change\t\t\t\t\t: %s\nPassword expires\t\t\t\t\t: never\nPassword inactive\t\t\t\t\t: never\nAccount expires\t\t\t\t\t\t: %s\n", day(f[2], form), day(f[7], form))
	p.Printf("Minimum number of days between password change\t\t: %s\nMaximum number of days between password change\t\t: %s\nNumber of days of warning before password expires\t: %s\n", f[3], f[4], f[5])
	return 0
}
