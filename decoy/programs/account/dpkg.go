package account

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gait/decoy/proc"
)

// statusFile is where dpkg keeps what is installed.
const statusFile = "/var/lib/dpkg/status"

// installed is a package as the status file tells of it.
type installed struct {
	name, shown, version, arch, summary, text string
}

// allPackages reads what is installed, in the order of names.
func allPackages(p *proc.Process) []installed {
	data, err := p.FS.ReadFile(statusFile, 8<<20)
	if err != nil {
		return nil
	}
	var list []installed
	for text := range strings.SplitSeq(string(data), "\n\n") {
		i := installed{text: strings.Trim(text, "\n")}
		same := false
		for line := range strings.SplitSeq(i.text, "\n") {
			key, value, _ := strings.Cut(line, ": ")
			switch key {
			case "Package":
				i.name = value
			case "Version":
				i.version = value
			case "Architecture":
				i.arch = value
			case "Description":
				i.summary = value
			case "Multi-Arch":
				same = value == "same"
			}
		}
		if i.name == "" {
			continue
		}
		if i.shown = i.name; same {
			i.shown += ":" + i.arch
		}
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b installed) int { return strings.Compare(a.name, b.name) })
	return list
}

// pick gives the packages that a pattern names.
func pick(list []installed, pattern string) (found []installed) {
	for _, i := range list {
		if ok, _ := path.Match(pattern, i.name); ok || pattern == i.name+":"+i.arch {
			found = append(found, i)
		}
	}
	return found
}

// query complains as dpkg-query does.
func query(p *proc.Process, format string, args ...any) int {
	fmt.Fprintf(p.Err, "dpkg-query: "+format+"\n", args...)
	return 1
}

func runDpkg(p *proc.Process) int {
	action, names := "", []string{}
	format := "${binary:Package}\t${Version}\n"
	for i := 1; i < len(p.Args); i++ {
		a := p.Args[i]
		switch {
		case a == "-f" && i+1 < len(p.Args):
			i++
			format = p.Args[i]
		case strings.HasPrefix(a, "-f="), strings.HasPrefix(a, "--showformat="):
			_, format, _ = strings.Cut(a, "=")
		case strings.HasPrefix(a, "-f"):
			format = a[2:]
		case strings.HasPrefix(a, "--force") || strings.HasPrefix(a, "--no-") || a == "-E" || a == "-G":
		case strings.HasPrefix(a, "-") && len(a) > 1 && action == "":
			action = a
		case !strings.HasPrefix(a, "-"):
			names = append(names, a)
		}
	}
	switch action {
	case "-l", "--list":
		return listPackages(p, names)
	case "-s", "--status":
		return showStatus(p, names)
	case "-L", "--listfiles":
		return listFiles(p, names)
	case "-S", "--search":
		return searchFiles(p, names)
	case "-W", "--show":
		return showPackages(p, names, format)
	case "--get-selections":
		for _, i := range allPackages(p) {
			p.Printf("%-47s\tinstall\n", i.shown)
		}
		return 0
	case "--print-architecture":
		p.Println("amd64")
		return 0
	case "--print-foreign-architectures", "--audit", "-C":
		return 0
	case "--configure", "-a":
		return 0
	case "--version":
		p.Printf("Debian 'dpkg' package management program version 1.21.22 (amd64).\nThis is free software; see the GNU General Public License version 2 or\nlater for copying conditions. There is NO warranty.\n")
		return 0
	case "-i", "--install", "--unpack":
		return installArchive(p, names)
	case "-r", "--remove", "-P", "--purge":
		return dpkgRemove(p, names, strings.Contains(strings.ToLower(action), "p"))
	case "":
		fmt.Fprintf(p.Err, "%s: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\nUse 'apt' or 'aptitude' for user-friendly package management;\nType dpkg -Dhelp for a list of dpkg debug flag values;\nType dpkg --force-help for a list of forcing options;\nType dpkg-deb --help for help about manipulating *.deb files;\n\nOptions marked [*] produce a lot of output - pipe it through 'less' or 'more' !\n", p.Name())
		return 2
	}
	p.Complain("error: unknown option %s\n\nType dpkg --help for help about installing and deinstalling packages [*];\nUse 'apt' or 'aptitude' for user-friendly package management;\nType dpkg -Dhelp for a list of dpkg debug flag values;\nType dpkg --force-help for a list of forcing options;\nType dpkg-deb --help for help about manipulating *.deb files;\n\nOptions marked [*] produce a lot of output - pipe it through 'less' or 'more' !", action)
	return 2
}

// matching gives the packages of some names, all where there is none, and
// complains about names that fit none.
func matching(p *proc.Process, names []string) (list []installed, code int) {
	all := allPackages(p)
	if len(names) == 0 {
		return all, 0
	}
	for _, n := range names {
		found := pick(all, n)
		if len(found) == 0 {
			code = query(p, "no packages found matching %s", n)
		}
		list = append(list, found...)
	}
	return list, code
}

// listPackages is dpkg -l: a table as wide as it must be.
func listPackages(p *proc.Process, names []string) int {
	list, code := matching(p, names)
	if len(list) == 0 {
		return code
	}
	w := [4]int{14, 12, 12, 33}
	for _, i := range list {
		for k, s := range []string{i.shown, i.version, i.arch, i.summary} {
			w[k] = max(w[k], len(s))
		}
	}
	row := func(mark string, f [4]string) {
		line := fmt.Sprintf("%s%-*s %-*s %-*s %s", mark, w[0], f[0], w[1], f[1], w[2], f[2], f[3])
		if p.OutTTY && p.Terminal != nil { // the pager cuts long lines
			if cols := int(p.Terminal.Size().Cols); cols > 1 && len(line) > cols {
				line = line[:cols-1] + ">"
			}
		}
		p.Println(line)
	}
	p.Printf("Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n")
	row("||/ ", [4]string{"Name", "Version", "Architecture", "Description"})
	p.Printf("+++-%s-%s-%s-%s\n", strings.Repeat("=", w[0]), strings.Repeat("=", w[1]), strings.Repeat("=", w[2]), strings.Repeat("=", w[3]))
	for _, i := range list {
		row("ii  ", [4]string{i.shown, i.version, i.arch, i.summary})
	}
	return code
}
