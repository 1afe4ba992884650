package account

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runService(p *proc.Process) int {
	const usage = "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]"
	if len(p.Args) < 2 || p.Args[1] == "--help" || p.Args[1] == "-h" {
		p.Println(usage)
		return 1
	}
	name := p.Args[1]
	if name == "--status-all" {
		list, _ := p.FS.ReadDir("/etc/init.d")
		for _, i := range list {
			mark := "-"
			if u, ok := findUnit(p, i.Name); ok && u.main != nil {
				mark = "+"
			}
			p.Printf(" [ %s ]  %s\n", mark, i.Name)
		}
		return 0
	}
	_, ok := findUnit(p, name)
	_, err := p.FS.Stat("/etc/init.d/" + name)
	if !ok && (err != nil || strings.Contains(name, "/")) {
		fmt.Fprintf(p.Err, "%s: unrecognized service\n", name)
		return 1
	}
	if len(p.Args) < 3 {
		p.Printf("Usage: /etc/init.d/%s {start|stop|reload|force-reload|restart|try-restart|status}\n", name)
		return 1
	}
	switch verb := p.Args[2]; verb {
	case "status":
		return unitStatus(p, verb, name)
	case "start", "stop", "restart", "reload", "try-restart":
		return unitTurn(p, verb, name)
	case "force-reload", "--full-restart":
		return unitTurn(p, "restart", name)
	}
	p.Printf("Usage: /etc/init.d/%s {start|stop|reload|force-reload|restart|try-restart|status}\n", name)
	return 1
}

const crontabUsage = "usage:\tcrontab [-u user] file\n\tcrontab [ -u user ] [ -i ] { -e | -l | -r }\n\t\t(default operation is replace, per 1003.2)\n\t-e\t(edit user's crontab)\n\t-l\t(list user's crontab)\n\t-r\t(delete user's crontab)\n\t-i\t(prompt before deleting user's crontab)\n"

func runCrontab(p *proc.Process) int {
	o := proc.Flags{Short: "u:elrin"}.Parse(p)
	if o == nil {
		fmt.Fprint(p.Err, crontabUsage)
		return 1
	}
	name := self(p).Name
	if u, ok := o.Last("u"); ok {
		if _, ok := p.World.Account(u); !ok {
			fmt.Fprintf(p.Err, "crontab:  user `%s' unknown\n", u)
			return 1
		}
		if p.FS.UID != 0 && u != name {
			fmt.Fprint(p.Err, "must be privileged to use -u\n")
			return 1
		}
		name = u
	}
	file, root := "/var/spool/cron/crontabs/"+name, asRoot(p)
	_, err := root.FS.Stat(file)
	switch {
	case o.Has("l") || o.Has("r") && !o.Has("i"):
		if err != nil {
			fmt.Fprintf(p.Err, "no crontab for %s\n", name)
			return 1
		}
		if o.Has("r") {
			root.FS.Remove(file)
			return 0
		}
		data, _ := root.FS.ReadFile(file, most)
		p.Printf("%s", data)
		return 0
	case o.Has("e"):
		if err != nil {
			fmt.Fprintf(p.Err, "no crontab for %s - using an empty one\n", name)
		}
		fmt.Fprint(p.Err, "/bin/sh: 1: /usr/bin/sensible-editor: not found\ncrontab: \"/usr/bin/sensible-editor\" exited with status 127\n")
		return 1
	}
	source := "-"
	if len(o.Operands) > 0 {
		source = o.Operands[0]
	}
	return installCrontab(p, source, name)
}

// installCrontab reads a table and makes it the one of a user.
func installCrontab(p *proc.Process, source, name string) int {
	in, err := gnu.Open(p, source)
	if err != nil {
		fmt.Fprintf(p.Err, "%s: %s\n", source, proc.Text(err))
		return 1
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return 1
	}
	for n, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if why := wrongEntry(line); why != "" {
			fmt.Fprintf(p.Err, "%q:%d: bad %s\nerrors in crontab file, can't install.\n", source, n, why)
			return 1
		}
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		fmt.Fprint(p.Err, "new crontab file is missing newline before EOF, can't install.\n")
		return 1
	}
	root, file := asRoot(p), "/var/spool/cron/crontabs/"+name
	if err := root.FS.WriteFile(file, data, 0o600); err != nil {
		fmt.Fprintf(p.Err, "%s: %s\n", file, proc.Text(err))
		return 1
	}
	gid, _ := p.World.Group("crontab")
	if a, ok := p.World.Account(name); ok {
		root.FS.Chown(file, a.UID, gid, false)
	}
	return 0
}

// wrongEntry says which part of a line of a table is wrong; empty for none.
func wrongEntry(line string) string {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return ""
	}
	f := strings.Fields(line)
	if key, _, ok := strings.Cut(line, "="); ok && strings.Trim(strings.TrimSpace(key), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" {
		return ""
	}
	if line[0] == '@' {
		if !strings.Contains(" @reboot @yearly @annually @monthly @weekly @daily @midnight @hourly ", " "+f[0]+" ") {
			return "time specifier"
		}
		if len(f) < 2 {
			return "command"
		}
		return ""
	}
	most := []int{59, 23, 31, 12, 7}
	for i, what := range []string{"minute", "hour", "day-of-month", "month", "day-of-week"} {
		if i >= len(f) || !goodTime(f[i], most[i], i > 2) {
			return what
		}
	}
	if len(f) < 6 {
		return "command"
	}
	return ""
}

// goodTime says whether a field of a table is right; named ones may be words.
func goodTime(text string, most int, named bool) bool {
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1) {
			return false
		}
		if span == "*" {
			continue
		}
		for end := range strings.SplitSeq(span, "-") {
			n, err := strconv.Atoi(end)
			word := named && len(end) == 3 && strings.Contains("jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat", strings.ToLower(end))
			if !word && (err != nil || n < 0 || n > most) {
				return false
			}
		}
	}
	return true
}
