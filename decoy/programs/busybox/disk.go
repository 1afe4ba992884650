package busybox

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

// mount is mount as busybox has it.
func mount(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		args := []string{p.Args[0]}
		var names []string
		for i := 1; i < len(p.Args); i++ {
			switch a := p.Args[i]; {
			case strings.HasPrefix(a, "--"): // busybox passes over them
			case a == "-o" || a == "-t":
				args = append(args, p.Args[i:min(i+2, len(p.Args))]...)
				i++
			case a == "-O" || a == "-T":
				i++
			case strings.HasPrefix(a, "-"):
				if a = strings.Trim(a, "-fis"); a != "" {
					args = append(args, "-"+a)
				}
			default:
				names = append(names, a)
			}
		}
		q := apart(p, append(args, names...))
		switch {
		case len(names) == 0:
			return run(q)
		case len(names) > 2:
			return usage(p, 1)
		case len(names) == 1 && !mounted(p, names[0]):
			return p.Complain("can't find %s in /etc/fstab", names[0])
		case p.FS.UID != 0:
			return p.Complain("permission denied (are you root?)")
		}
		code, out, said := heard(run, q)
		if p.Printf("%s", out); code == 0 {
			return 0
		}
		why := "Invalid argument"
		switch {
		case strings.Contains(said, "does not exist"):
			why = "No such file or directory"
		case strings.Contains(said, "permission denied"):
			return p.Complain("permission denied (are you root?)")
		}
		p.Complain("mounting %s on %s failed: %s", names[0], names[len(names)-1], why)
		return 255
	}
}

// mounted says whether something is mounted under a name.
func mounted(p *proc.Process, name string) bool {
	for _, m := range p.World.Mounts {
		if m.Target == name || m.Source == name {
			return true
		}
	}
	return false
}

// free is free as busybox has it.
func free(p *proc.Process) int {
	unit := "k"
	for _, a := range p.Args[1:] {
		if strings.HasPrefix(a, "-") && len(a) > 1 {
			unit = a[len(a)-1:]
		}
	}
	m := p.World.Memory()
	row := func(name string, values ...int64) {
		p.Printf("%-7s", name)
		for _, v := range values {
			p.Printf("%12s", amount(v, unit))
		}
		p.Printf("\n")
	}
	cache := m.Buffers + m.Cached
	p.Println("              total        used        free      shared  buff/cache   available")
	row("Mem:", m.Total, m.Total-m.Free-cache, m.Free, m.Shared, cache, m.Available)
	row("Swap:", m.SwapTotal, m.SwapTotal-m.SwapFree, m.SwapFree)
	return 0
}

// amount writes KiB in a unit: b, k, m, g or h for the one that fits.
func amount(kib int64, unit string) string {
	switch unit {
	case "b":
		return strconv.FormatInt(kib*1024, 10)
	case "m":
		return strconv.FormatInt((kib+512)/1024, 10)
	case "g":
		return strconv.FormatInt((kib+1<<19)/(1<<20), 10)
	case "h":
		return fits(kib)
	}
	return strconv.FormatInt(kib, 10)
}

// fits writes KiB with one digit behind the point.
func fits(kib int64) string {
	if kib == 0 {
		return "0"
	}
	v := float64(kib)
	for _, unit := range []string{"K", "M", "G"} {
		if v < 1024 {
			return fmt.Sprintf("%.1f%s", v, unit)
		}
		v /= 1024
	}
	return fmt.Sprintf("%.1fT", v)
}

// df is df as busybox has it, from what the other df gives.
func df(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		unit, args := "k", []string{p.Args[0], "-P", "-k"}
		var names []string
		for _, a := range p.Args[1:] {
			switch {
			case !strings.HasPrefix(a, "-"):
				names = append(names, a)
			case strings.ContainsAny(a, "TiB"): // have other columns
				return run(p)
			case strings.Contains(a, "h"):
				unit = "h"
			case strings.Contains(a, "m"):
				unit = "m"
			}
		}
		head := map[string]string{"k": "1K-blocks", "m": "1M-blocks", "h": "     Size"}[unit]
		p.Printf("Filesystem           %s      Used Available Use%% Mounted on\n", head)
		if len(names) == 0 {
			return dfRows(p, run, args, unit)
		}
		code := 0
		for _, name := range names {
			if _, err := p.FS.Stat(name); err != nil {
				code = p.Complain("%s: can't find mount point", name)
				continue
			}
			dfRows(p, run, append(args[:3:3], name), unit)
		}
		return code
	}
}

// dfRows writes the rows of df.
func dfRows(p *proc.Process, run func(*proc.Process) int, args []string, unit string) int {
	code, out, _ := heard(run, apart(p, args))
	_, out, _ = strings.Cut(out, "\n")
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) < 6 {
			continue
		}
		p.Printf("%-20s", f[0])
		if len(f[0]) > 20 {
			p.Printf("\n%-20s", "")
		}
		for _, text := range f[1:4] {
			kib, _ := strconv.ParseInt(text, 10, 64)
			p.Printf(" %9s", amount(kib, unit))
		}
		p.Printf(" %4s %s\n", f[4], strings.Join(f[5:], " "))
	}
	return code
}
