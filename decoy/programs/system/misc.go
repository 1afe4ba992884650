package system

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
)

// runMan knows no pages: the documentation is left out on small servers.
func runMan(p *proc.Process) int {
	var names []string
	about := p.Name() != "man"
	for _, a := range p.Args[1:] {
		switch {
		case a == "-k" || a == "-f" || a == "--apropos" || a == "--whatis":
			about = true
		case !strings.HasPrefix(a, "-"):
			names = append(names, a)
		}
	}
	if len(names) == 0 {
		if about {
			fmt.Fprintf(p.Err, "%s what?\n", strings.Replace(p.Name(), "man", "apropos", 1))
		} else {
			fmt.Fprint(p.Err, "What manual page do you want?\nFor example, try 'man man'.\n")
		}
		return 1
	}
	for _, n := range names {
		if about {
			fmt.Fprintf(p.Err, "%s: nothing appropriate.\n", n)
		} else {
			fmt.Fprintf(p.Err, "No manual entry for %s\n", n)
		}
	}
	return 16
}

// runAptMark keeps what is held where dpkg keeps it.
func runAptMark(p *proc.Process) int {
	if len(p.Args) < 2 {
		p.Printf("apt 2.6.1 (amd64)\nUsage: apt-mark [options] {auto|manual} pkg1 [pkg2 ...]\n\napt-mark is a simple command line interface for marking packages\nas manually or automatically installed. It can also be used to\nmanipulate the dpkg(1) selection states of packages, and to list\nall packages with or without a certain marking.\n")
		return 1
	}
	verb, names := p.Args[1], p.Args[2:]
	installed := map[string]bool{}
	for _, k := range p.World.Packages {
		installed[k.Name] = true
	}
	switch verb {
	case "showhold", "showauto":
		return 0
	case "showmanual", "showinstall":
		for _, k := range p.World.Packages {
			if verb == "showinstall" || !strings.HasPrefix(k.Name, "lib") {
				p.Println(k.Name)
			}
		}
		return 0
	case "hold", "unhold", "auto", "manual":
	default:
		fmt.Fprintf(p.Err, "E: Invalid operation %s\n", verb)
		return 100
	}
	for _, n := range names {
		switch {
		case !installed[n]:
			fmt.Fprintf(p.Err, "E: Unable to locate package %s\n", n)
			return 100
		case p.FS.UID != 0:
			fmt.Fprint(p.Err, "E: Could not create temporary file for /var/lib/apt/extended_states - mkstemp (13: Permission denied)\nE: Failed to write temporary StateFile /var/lib/apt/extended_states\n")
			return 100
		}
		p.Println(n + map[string]string{"hold": " set on hold.", "unhold": " was already not on hold.", "auto": " set to automatically installed.", "manual": " was already set to manually installed."}[verb])
	}
	return 0
}

// runIpcs shows that no memory is shared.
func runIpcs(p *proc.Process) int {
	o := proc.Flags{Short: "mqsai:tpculbh"}.Parse(p)
	if o == nil {
		return 1
	}
	all := !o.Has("m", "q", "s")
	p.Println("")
	for _, t := range [][3]string{{"q", "Message Queues --------", "key        msqid      owner      perms      used-bytes   messages    "}, {"m", "Shared Memory Segments --------", "key        shmid      owner      perms      bytes      nattch     status      "}, {"s", "Semaphore Arrays --------", "key        semid      owner      perms      nsems     "}} {
		if all || o.Has(t[0]) {
			p.Printf("------ %s\n%s\n\n", t[1], t[2])
		}
	}
	return 0
}

// runNamei shows each part of a path.
func runNamei(p *proc.Process) int {
	o := proc.Flags{Short: "xmolnvhV", Long: map[string]proc.Long{"long": {As: "l"}, "modes": {As: "m"}, "owners": {As: "o"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		return try(p, 1, "pathname argument is missing")
	}
	code := 0
	for _, name := range o.Operands {
		p.Println("f: " + name)
		at := ""
		list := strings.Split(strings.Trim(name, "/"), "/")
		if strings.HasPrefix(name, "/") {
			list = append([]string{"/"}, list...)
		}
		for _, part := range list[:min(len(list), 64)] {
			if part == "" {
				continue
			}
			at = strings.TrimPrefix(at+"/"+part, map[bool]string{true: "", false: "/"}[strings.HasPrefix(name, "/")])
			at = strings.ReplaceAll(at, "//", "/")
			i, err := p.FS.Lstat(at)
			if err != nil {
				p.Printf("   %s - %s\n", part, proc.Text(err))
				code = 1
				break
			}
			mark := "-"
			if i.IsDir() {
				mark = "d"
			}
			if to, err := p.FS.Readlink(at); err == nil {
				mark, part = "l", part+" -> "+to
			}
			if o.Has("l") {
				p.Printf("%s%s %s %s %s\n", mark, bits(i.Mode), owner(p, i.UID), p.World.GroupName(i.GID), part)
			} else {
				p.Printf(" %s %s\n", mark, part)
			}
		}
	}
	return code
}

// bits writes permissions as ls does.
func bits(mode uint32) string {
	out := []byte("rwxrwxrwx")
	for i := range out {
		if mode&(1<<(8-i)) == 0 {
			out[i] = '-'
		}
	}
	if mode&0o1000 != 0 {
		out[8] = map[bool]byte{true: 't', false: 'T'}[out[8] == 'x']
	}
	return string(out)
}

func owner(p *proc.Process, uid int) string {
	if a, ok := p.World.AccountByUID(uid); ok {
		return a.Name
	}
	return fmt.Sprint(uid)
}

// runGetcap lists what has capabilities: ping alone.
func runGetcap(p *proc.Process) int {
	o := proc.Flags{Short: "vrhnlU"}.Parse(p)
	if o == nil {
		return 1
	}
	if len(o.Operands) == 0 {
		fmt.Fprint(p.Err, "usage: getcap [-h] [-l] [-n] [-r] [-v] <filename> [<filename> ...]\n\n\tdisplays the capabilities on the queried file(s).\n")
		return 1
	}
	const ping = "/usr/bin/ping"
	for _, name := range o.Operands {
		real, err := p.FS.Real(name)
		switch {
		case err != nil:
			fmt.Fprintf(p.Err, "%s (%s)\n", name, proc.Text(err))
		case real == ping, o.Has("r") && strings.HasPrefix(ping, strings.TrimSuffix(real, "/")+"/"):
			if _, err := p.FS.Stat(ping); err == nil {
				p.Println(ping + " cap_net_raw=ep")
			}
		}
	}
	return 0
}
