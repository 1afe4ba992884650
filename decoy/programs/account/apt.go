package account

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"gait/decoy/proc"
)

// aptFailed is the code of apt where it could not do what it was asked.
const aptFailed = 100

func runApt(p *proc.Process) int {
	if !p.OutTTY {
		fmt.Fprint(p.Err, "\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n")
	}
	return apt(p, true)
}

func runAptGet(p *proc.Process) int { return apt(p, false) }

// apt runs apt and apt-get.
func apt(p *proc.Process, modern bool) int {
	var words, options []string
	for i := 1; i < len(p.Args); i++ {
		switch a := p.Args[i]; {
		case (a == "-o" || a == "-c" || a == "-t") && i+1 < len(p.Args):
			i++
		case strings.HasPrefix(a, "-"):
			options = append(options, a)
		default:
			words = append(words, a)
		}
	}
	if slices.Contains(options, "--version") || slices.Contains(options, "-v") {
		p.Println("apt 2.6.1 (amd64)")
		return 0
	}
	if len(words) == 0 {
		p.Printf("apt 2.6.1 (amd64)\nUsage: %s [options] command\n", p.Name())
		return 1
	}
	verb, names := words[0], words[1:]
	if modern && slices.Contains([]string{"list", "show", "search", "policy"}, verb) {
		return aptTell(p, verb, names, options)
	}
	if !slices.Contains([]string{"update", "install", "reinstall", "remove", "purge", "autoremove", "upgrade", "dist-upgrade", "full-upgrade", "clean", "autoclean", "check"}, verb) {
		fmt.Fprintf(p.Err, "E: Invalid operation %s\n", verb)
		return aptFailed
	}
	if p.FS.UID != 0 {
		return aptDenied(p, verb)
	}
	switch verb {
	case "update":
		return aptUpdate(p, modern)
	case "clean", "autoclean":
		return 0
	}
	reading(p, true)
	remove := verb == "remove" || verb == "purge"
	return aptChange(p, names, aptWish{remove, verb == "purge" || slices.Contains(options, "--purge"), yes(options)})
}

// yes says whether options answer questions.
func yes(options []string) bool {
	return slices.ContainsFunc(options, func(o string) bool {
		return o == "--yes" || o == "--assume-yes" || o == "--force-yes" || !strings.HasPrefix(o, "--") && strings.ContainsAny(o, "y")
	})
}

func aptDenied(p *proc.Process, verb string) int {
	lock, name := "/var/lib/dpkg/lock-frontend", "the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?"
	if verb == "update" {
		reading(p, false)
		lock = "/var/lib/apt/lists/lock"
		name = "directory /var/lib/apt/lists/"
		fmt.Fprintf(p.Err, "E: Could not open lock file %s - open (13: Permission denied)\nE: Unable to lock %s\n", lock, name)
		return aptFailed
	}
	fmt.Fprintf(p.Err, "E: Could not open lock file %s - open (13: Permission denied)\nE: Unable to acquire %s\n", lock, name)
	return aptFailed
}

// reading says that the lists are read; whole also that they are understood.
func reading(p *proc.Process, whole bool) {
	end := ""
	if p.OutTTY {
		end = " Done"
	}
	p.Printf("Reading package lists...%s\n", end)
	p.Sleep(300 * time.Millisecond)
	if whole {
		p.Printf("Building dependency tree...%s\nReading state information...%s\n", end, end)
	}
}

// aptSources gives the archives of sources.list: address and suite.
func aptSources(p *proc.Process) (list [][2]string) {
	for _, line := range lines(p, "/etc/apt/sources.list") {
		f := strings.Fields(line)
		if len(f) > 2 && f[0] == "deb" && strings.HasPrefix(f[1], "http") && len(list) < 16 {
			list = append(list, [2]string{strings.TrimSuffix(f[1], "/"), f[2]})
		}
	}
	return list
}

// aptUpdate finds no archive: no name can be resolved from the machine.
func aptUpdate(p *proc.Process, modern bool) int {
	var warnings []string
	for i, s := range aptSources(p) {
		host := s[0]
		if u, err := url.Parse(s[0]); err == nil && u.Hostname() != "" {
			host = u.Hostname()
		}
		if !p.Sleep(5 * time.Second) {
			return aptFailed
		}
		p.Printf("Err:%d %s %s InRelease\n  Temporary failure resolving '%s'\n", i+1, s[0], s[1], host)
		warnings = append(warnings, fmt.Sprintf("W: Failed to fetch %s/dists/%s/InRelease  Temporary failure resolving '%s'\n", s[0], s[1], host))
	}
	reading(p, modern)
	if modern {
		p.Println("All packages are up to date.")
	}
	for _, w := range warnings {
		fmt.Fprint(p.Err, w)
	}
	if len(warnings) > 0 {
		fmt.Fprint(p.Err, "W: Some index files failed to download. They have been ignored, or old ones used instead.\n")
	}
	return 0
}

// aptWish is what apt is to do with packages.
type aptWish struct{ remove, purge, yes bool }

// aptChange installs or removes packages. There is none to install but those
// that are there already.
func aptChange(p *proc.Process, names []string, w aptWish) int {
	all, bad := allPackages(p), false
	var gone []installed
	for _, n := range names {
		found := pick(all, n)
		switch {
		case len(found) == 0:
			fmt.Fprintf(p.Err, "E: Unable to locate package %s\n", n)
			bad = true
		case w.remove:
			gone = append(gone, found...)
		default:
			p.Printf("%s is already the newest version (%s).\n", found[0].name, found[0].version)
		}
	}
	if bad {
		return aptFailed
	}
	if len(gone) > 0 {
		p.Printf("The following packages will be REMOVED:\n ")
		for _, i := range gone {
			mark := ""
			if w.purge {
				mark = "*"
			}
			p.Printf(" %s%s", i.name, mark)
		}
		p.Printf("\n")
	}
	p.Printf("0 upgraded, 0 newly installed, %d to remove and 0 not upgraded.\n", len(gone))
	if len(gone) == 0 {
		return 0
	}
	if !w.yes {
		p.Printf("Do you want to continue? [Y/n] ")
		if line, ok := readLine(p); !ok || line != "" && !strings.HasPrefix(strings.ToLower(line), "y") {
			p.Println("Abort.")
			return 1
		}
	}
	removePackages(p, gone, w.purge)
	return 0
}

func runAptCache(p *proc.Process) int {
	if len(p.Args) < 2 {
		p.Printf("apt 2.6.1 (amd64)\nUsage: apt-cache [options] command\n       apt-cache [options] show pkg1 [pkg2 ...]\n")
		return 1
	}
	return aptTell(p, p.Args[1], p.Args[2:], nil)
}

// aptTell is what apt and apt-cache say of packages.
func aptTell(p *proc.Process, verb string, names, options []string) int {
	all, code := allPackages(p), 0
	switch verb {
	case "list":
		if slices.Contains(options, "--upgradable") {
			all = nil
		}
		p.Printf("Listing...")
		if p.OutTTY {
			p.Printf(" Done")
		}
		p.Printf("\n")
		for _, i := range all {
			if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return len(pick([]installed{i}, n)) > 0 }) {
				p.Printf("%s/now %s %s [installed,local]\n", i.name, i.version, i.arch)
			}
		}
	case "search":
		for _, i := range all {
			if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(i.name+" "+i.summary, n) }) {
				p.Printf("%s - %s\n", i.name, i.summary)
			}
		}
	case "policy":
		for _, n := range names {
			for _, i := range pick(all, n) {
				p.Printf("%[1]s:\n  Installed: %[2]s\n  Candidate: %[2]s\n  Version table:\n *** %[2]s 100\n        100 /var/lib/dpkg/status\n", i.name, i.version)
			}
		}
	case "show":
		for _, n := range names {
			found := pick(all, n)
			if len(found) == 0 {
				code = aptFailed
				fmt.Fprint(p.Err, "E: No packages found\n")
			}
			for _, i := range found {
				p.Printf("%s\n\n", i.text)
			}
		}
	default:
		fmt.Fprintf(p.Err, "E: Invalid operation %s\n", verb)
		return aptFailed
	}
	return code
}
