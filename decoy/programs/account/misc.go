package account

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

func runJournalctl(p *proc.Process) int {
	o := proc.Flags{Short: "afemn:u:rxb::o:kqp:t:D:S:U:", Long: map[string]proc.Long{"lines": {As: "n", Value: 1}, "unit": {As: "u", Value: 1}, "no-pager": {}, "follow": {As: "f"}, "reverse": {As: "r"}, "since": {As: "S", Value: 1}, "until": {As: "U", Value: 1}, "disk-usage": {}, "vacuum-time": {Value: 1}, "vacuum-size": {Value: 1}, "rotate": {}}}.Parse(p)
	if o == nil {
		return 1
	}
	for _, name := range []string{"vacuum-time", "vacuum-size", "rotate"} {
		if o.Has(name) {
			return 0
		}
	}
	if o.Has("disk-usage") {
		p.Println("Archived and active journals take up 16.0M in the file system.")
		return 0
	}
	list := lines(p, "/var/log/syslog")
	if unit, ok := o.Last("u"); ok {
		list = ofUnit(p, list, unit)
	}
	limit := len(list)
	if text, ok := o.Last("n"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			fmt.Fprintf(p.Err, "Failed to parse lines '%s'\n", text)
			return 1
		}
		limit = min(n, limit)
	}
	if list = list[len(list)-limit:]; len(list) == 0 {
		p.Println("-- No entries --")
	}
	for i := range list {
		if o.Has("r") {
			p.Println(list[len(list)-1-i])
		} else {
			p.Println(list[i])
		}
	}
	for o.Has("f") && p.Sleep(1<<40) {
	}
	return 0
}

// ofUnit gives the lines that a service wrote.
func ofUnit(p *proc.Process, list []string, name string) (own []string) {
	u, ok := findUnit(p, name)
	if !ok {
		return nil
	}
	tag := u.name
	if d := daemons[u.name]; d != "" {
		tag = d
	}
	for _, line := range list {
		if strings.Contains(strings.ToLower(line), " "+tag+"[") {
			own = append(own, line)
		}
	}
	return own
}

func runUpdateRc(p *proc.Process) int {
	args := []string{}
	for _, a := range p.Args[1:] {
		if a != "-f" {
			args = append(args, a)
		}
	}
	if len(args) < 2 {
		p.Complain("error: not enough arguments")
		fmt.Fprint(p.Err, "usage: update-rc.d [-f] <basename> remove\n       update-rc.d [-f] <basename> defaults\n       update-rc.d [-f] <basename> defaults-disabled\n       update-rc.d <basename> disable|enable [S|2|3|4|5]\n\t\t-f: force\n\nThe disable|enable API is not stable and might change in the future.\n")
		return 1
	}
	name, verb := args[0], args[1]
	script := "/etc/init.d/" + name
	if _, err := p.FS.Stat(script); err != nil && verb != "remove" {
		return p.Complain("error: unable to read %s", script)
	}
	for n := range 7 {
		start := n >= 2 && n <= 5
		dir := fmt.Sprintf("/etc/rc%d.d/", n)
		switch verb {
		case "remove":
			p.FS.Remove(dir + "S01" + name)
			p.FS.Remove(dir + "K01" + name)
		case "defaults", "enable":
			if start {
				p.FS.Symlink("../init.d/"+name, dir+"S01"+name)
			} else {
				p.FS.Symlink("../init.d/"+name, dir+"K01"+name)
			}
		}
	}
	return 0
}

func runChsh(p *proc.Process) int {
	o := proc.Flags{Short: "hR:s:", Long: map[string]proc.Long{"shell": {As: "s", Value: 1}}}.Parse(p)
	if o == nil {
		return 1
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
		return p.Complain("You may not change the shell for '%s'.", name)
	}
	shell, given := o.Last("s")
	if !given {
		p.Printf("Changing the login shell for %s\nEnter the new value, or press ENTER for the default\n\tLogin Shell [%s]: ", name, a.Shell)
		if shell, ok = readLine(p); !ok || shell == "" {
			shell = a.Shell
		}
	}
	if clean(shell) != shell {
		return p.Complain("Invalid entry: %s", shell)
	}
	if _, err := p.FS.Stat(shell); err != nil {
		p.Complain("Warning: %s does not exist", shell)
	}
	err := edit(asRoot(p), "/etc/passwd", func(f []string) []string {
		if f[0] == name && len(f) > 6 {
			f[6] = shell
		}
		return f
	})
	if err != nil {
		return p.Complain("%s", proc.Text(err))
	}
	return 0
}
