package machine

import (
	_ "embed" // for the lists in data
	"strings"
	"time"
)

// packageList has a line for each package: name, version, architecture,
// section, priority, installed size and summary, divided by "|".
//
//go:embed data/packages.txt
var packageList string

// described is what /var/lib/dpkg/status says of a package beside what
// [Package] has.
type described struct{ section, priority, size string }

// setPackages lists what is installed: what the installer and the packages
// named above bring, and the kernel.
func (m *Machine) setPackages() {
	m.described = map[string]described{}
	kernel := strings.Fields(m.System.Build)[4]
	add := func(p Package, d described) {
		m.Packages = append(m.Packages, p)
		m.described[p.Name] = d
	}
	for line := range strings.Lines(packageList) {
		f := strings.SplitN(strings.TrimSpace(line), "|", 7)
		if len(f) < 7 {
			continue
		}
		switch {
		case f[0] == "inetutils-telnetd" || f[0] == "openbsd-inetd":
			if !m.opt.Telnet {
				continue
			}
		case strings.HasPrefix(f[0], "openssh-") && m.opt.SSHRelease != "":
			f[1] = "1:" + strings.ReplaceAll(strings.TrimPrefix(m.opt.SSHRelease, "OpenSSH_"), " Debian-", "-")
		case f[0] == "base-files":
			f[1] = "12.4+deb12u" + strings.TrimPrefix(m.System.Release, "12.")
		case f[0] > "linux-image" && !m.hasKernel():
			add(Package{"linux-image-" + m.System.Kernel, kernel, "amd64", "Linux 6.1 for 64-bit PCs (signed)"}, described{"kernel", "optional", "404520"})
			add(Package{"linux-image-amd64", kernel, "amd64", "Linux for 64-bit PCs (meta-package)"}, described{"kernel", "optional", "13"})
		}
		add(Package{f[0], f[1], f[2], f[6]}, described{f[3], f[4], f[5]})
	}
}

// hasKernel says whether the kernel is among the packages.
func (m *Machine) hasKernel() bool { _, ok := m.described["linux-image-amd64"]; return ok }

// stamp gives the time of a file that was built on a day: Debian's packages
// have files no younger than their last change, and a file is no younger than
// the last time that the machine was brought up to date.
func (m *Machine) stamp(day, name string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	part := time.Duration(m.sum(name)%86400) * time.Second
	if err != nil || t.After(m.Boot.Add(-days(2))) {
		t = m.Setup.Truncate(24 * time.Hour).Add(-days(float64(20 + m.sum(day)%40)))
	}
	return t.Add(part)
}

// sum gives a number that follows from a text.
func (m *Machine) sum(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h >> 8
}

// Version gives the version of an installed package; empty for one that is not.
func (m *Machine) Version(name string) string {
	for _, p := range m.Packages {
		if p.Name == name {
			return p.Version
		}
	}
	return ""
}
