package account

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gait/decoy/proc"
)

// showStatus is dpkg -s.
func showStatus(p *proc.Process, names []string) int {
	all, code := allPackages(p), 0
	for _, n := range names {
		found := pick(all, n)
		if len(found) == 0 {
			query(p, "package '%s' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.", n)
			code = 1
			continue
		}
		p.Printf("%s\n\n", found[0].text)
	}
	return code
}

// listFiles is dpkg -L.
func listFiles(p *proc.Process, names []string) int {
	all, code := allPackages(p), 0
	for _, n := range names {
		found := pick(all, n)
		if len(found) == 0 {
			query(p, "package '%s' is not installed\nUse dpkg --contents (= dpkg-deb --contents) to list archive files contents.", n)
			code = 1
			continue
		}
		for _, line := range lines(p, "/var/lib/dpkg/info/"+found[0].shown+".list") {
			p.Println(line)
		}
	}
	return code
}

// searchFiles is dpkg -S.
func searchFiles(p *proc.Process, names []string) int {
	code := 0
	for _, n := range names {
		seen := false
		for _, i := range allPackages(p) {
			for _, line := range lines(p, "/var/lib/dpkg/info/"+i.shown+".list") {
				if line == n || !strings.HasPrefix(n, "/") && strings.Contains(line, n) {
					p.Printf("%s: %s\n", i.shown, line)
					seen = true
				}
			}
		}
		if !seen {
			code = query(p, "no path found matching pattern %s", n)
		}
	}
	return code
}

// showPackages is dpkg-query -W.
func showPackages(p *proc.Process, names []string, format string) int {
	list, code := matching(p, names)
	for _, i := range list {
		p.Printf("%s", strings.NewReplacer("${binary:Package}", i.shown, "${Package}", i.name, "${Version}", i.version, "${Architecture}", i.arch, "${binary:Summary}", i.summary, "${Status}", "install ok installed", "${db:Status-Abbrev}", "ii ", `\n`, "\n", `\t`, "\t").Replace(format))
	}
	return code
}

// installArchive is dpkg -i: nothing that a visitor brings is an archive.
func installArchive(p *proc.Process, names []string) int {
	if p.FS.UID != 0 {
		p.Complain("error: requested operation requires superuser privilege")
		return 2
	}
	if len(names) == 0 {
		p.Complain("error: --install needs at least one package archive file argument")
		return 2
	}
	for _, n := range names {
		if _, err := p.FS.Stat(n); err != nil {
			p.Complain("error: cannot access archive '%s': %s", n, proc.Text(err))
		} else {
			fmt.Fprintf(p.Err, "dpkg-deb: error: '%[1]s' is not a Debian format archive\ndpkg: error processing archive %[1]s (--install):\n dpkg-deb --control subprocess returned error exit status 2\n", n)
		}
	}
	fmt.Fprintf(p.Err, "Errors were encountered while processing:\n %s\n", strings.Join(names, "\n "))
	return 1
}

func dpkgRemove(p *proc.Process, names []string, purge bool) int {
	if p.FS.UID != 0 {
		p.Complain("error: requested operation requires superuser privilege")
		return 2
	}
	for _, n := range names {
		found := pick(allPackages(p), n)
		if len(found) == 0 {
			p.Complain("warning: ignoring request to remove %s which isn't installed", n)
			continue
		}
		removePackages(p, found[:1], purge)
	}
	return 0
}

// removePackages takes packages out of the status file and says so.
func removePackages(p *proc.Process, list []installed, purge bool) {
	all := allPackages(p)
	p.Printf("(Reading database ... %d files and directories currently installed.)\n", 31000+len(all)*7)
	for _, i := range list {
		p.Printf("Removing %s (%s) ...\n", i.shown, i.version)
		p.Sleep(400 * time.Millisecond)
		if purge {
			p.Printf("Purging configuration files for %s (%s) ...\n", i.shown, i.version)
		}
	}
	var b strings.Builder
	for _, i := range all {
		if !slices.ContainsFunc(list, func(l installed) bool { return l.name == i.name }) {
			b.WriteString(i.text + "\n\n")
		}
	}
	if err := p.FS.WriteFile(statusFile, []byte(b.String()), 0o644); err != nil {
		p.Complain("error: %s", proc.Text(err))
	}
}
