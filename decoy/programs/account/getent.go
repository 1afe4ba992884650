package account

import (
	"fmt"
	"slices"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runWhoami(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "[OPTION]...", Does: "Print the user name associated with the current effective user ID.", By: "Richard Mlynarik"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 0 {
		return gnu.Extra(p, o.Operands[0])
	}
	a, ok := p.World.AccountByUID(p.FS.UID)
	if !ok {
		return p.Complain("cannot find name for user ID %d", p.FS.UID)
	}
	p.Println(a.Name)
	return 0
}

func runLogname(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "[OPTION]", Does: "Print the user's login name.", By: "unknown"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 0 {
		return gnu.Extra(p, o.Operands[0])
	}
	if p.Terminal == nil {
		return p.Complain("no login name")
	}
	p.Println(login(p))
	return 0
}

func runUsers(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "[OPTION]... [FILE]", Does: "Output who is currently logged in according to FILE.", By: "Joseph Arceneaux and David MacKenzie"})
	if o == nil {
		return code
	}
	var list []string
	for _, l := range present(p) {
		list = append(list, l.User)
	}
	slices.Sort(list)
	if len(list) > 0 {
		p.Println(strings.Join(list, " "))
	}
	return 0
}

// most is how many bytes of a file of accounts are read.
const most = 1 << 20

// lines gives the lines of a file; none where it cannot be read.
func lines(p *proc.Process, name string) []string {
	data, err := p.FS.ReadFile(name, most)
	if err != nil || len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func runGetent(p *proc.Process) int {
	complain := func(text string) int {
		fmt.Fprintf(p.Err, "%s\nTry `getent --help' or `getent --usage' for more information.\n", text)
		return 1
	}
	if len(p.Args) < 2 {
		return complain("getent: wrong number of arguments")
	}
	base, keys := p.Args[1], p.Args[2:]
	file := map[string]string{"passwd": "/etc/passwd", "group": "/etc/group", "shadow": "/etc/shadow", "gshadow": "/etc/gshadow", "hosts": "/etc/hosts", "ahosts": "/etc/hosts", "services": "/etc/services", "protocols": "/etc/protocols", "networks": "/etc/networks"}[base]
	if file == "" {
		return complain("Unknown database: " + base)
	}
	list := lines(p, file)
	code := 0
	if len(keys) == 0 {
		for _, line := range list {
			if text, _ := entry(base, line); text != "" {
				p.Println(text)
			}
		}
		return 0
	}
	for _, key := range keys {
		if !find(p, base, key, list) {
			code = 2
		}
	}
	return code
}

// find prints the first entry of a key; false where there is none.
func find(p *proc.Process, base, key string, list []string) bool {
	for _, line := range list {
		if text, names := entry(base, line); slices.Contains(names, key) {
			p.Println(text)
			return true
		}
	}
	return false
}

// entry gives a line of a database as getent prints it, and its keys.
func entry(base, line string) (text string, keys []string) {
	if strings.Contains("passwd group shadow gshadow", base) {
		f := strings.Split(line, ":")
		if len(f) < 4 {
			return "", nil
		}
		if base == "passwd" || base == "group" {
			return line, []string{f[0], f[2]}
		}
		return line, f[:1]
	}
	line, _, _ = strings.Cut(line, "#")
	f := strings.Fields(line)
	if len(f) < 2 {
		return "", nil
	}
	width, shown := 21, append([]string{f[0]}, f[2:]...)
	if base == "hosts" || base == "ahosts" {
		return fmt.Sprintf("%-15s %s", f[0], strings.Join(f[1:], " ")), f
	}
	return fmt.Sprintf("%-*s %s", width, f[0], strings.Join(append([]string{f[1]}, shown[1:]...), " ")), shown
}
