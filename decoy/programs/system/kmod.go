package system

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
)

// runKmod is kmod under all of its names.
func runKmod(p *proc.Process) int {
	args := p.Args
	if args[0] == "kmod" {
		if args = args[1:]; len(args) == 0 {
			p.Complain("missing command")
			return 1
		}
	}
	q := *p
	q.Args = args
	switch args[0] {
	case "lsmod", "list":
		return listModules(&q)
	case "modprobe":
		return modprobe(&q)
	case "insmod":
		return insmod(&q)
	case "rmmod":
		return rmmod(&q)
	case "modinfo":
		return modinfo(&q)
	case "depmod", "static-nodes":
		return 0
	}
	fmt.Fprintf(p.Err, "kmod: ERROR: unknown command '%s'\n", args[0])
	return 1
}

// failed writes an error as kmod does.
func failed(p *proc.Process, format string, args ...any) int {
	fmt.Fprintf(p.Err, p.Args[0]+": ERROR: "+format+"\n", args...)
	return 1
}

// fatal writes an error as modprobe does.
func fatal(p *proc.Process, format string, args ...any) int {
	fmt.Fprintf(p.Err, "modprobe: FATAL: "+format+"\n", args...)
	return 1
}

// loaded gives the fields of the line of a module in /proc/modules; nil for none.
func loaded(p *proc.Process, name string) []string {
	name = strings.ReplaceAll(name, "-", "_")
	for _, line := range lines(p, "/proc/modules") {
		if f := strings.Fields(line); len(f) > 3 && f[0] == name {
			return f
		}
	}
	return nil
}

// modulePath finds the file of a module of this kernel.
func modulePath(p *proc.Process, name string) string {
	dir := "/usr/lib/modules/" + p.World.System.Kernel + "/kernel/drivers/"
	for _, n := range []string{name, strings.ReplaceAll(name, "-", "_")} {
		if _, err := p.FS.Stat(dir + n + ".ko"); err == nil && !strings.Contains(n, "/") {
			return dir + n + ".ko"
		}
	}
	return ""
}

func listModules(p *proc.Process) int {
	p.Println("Module                  Size  Used by")
	for _, line := range lines(p, "/proc/modules") {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		by := strings.TrimSuffix(f[3], ",")
		if by == "-" {
			by = ""
		}
		p.Printf("%-19s %8s  %s %s\n", f[0], f[1], f[2], by)
	}
	return 0
}

func modprobe(p *proc.Process) int {
	o := proc.Flags{Short: "abCd:DfhnqRrsS:vV", Long: map[string]proc.Long{"remove": {As: "r"}, "quiet": {As: "q"}, "all": {As: "a"}, "dry-run": {As: "n"}, "show-depends": {As: "D"}, "verbose": {As: "v"}, "force": {As: "f"}}, First: true}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("V", "version"):
		p.Println("kmod version 30\n+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL")
		return 0
	case len(o.Operands) == 0:
		fmt.Fprintln(p.Err, "modprobe: ERROR: missing parameters. See -h.")
		return 1
	}
	names := o.Operands[:1]
	if o.Has("a", "r") {
		names = o.Operands
	}
	for _, name := range names {
		m := loaded(p, name)
		switch {
		case o.Has("r") && m != nil && m[2] != "0":
			return fatal(p, "Module %s is in use.", m[0])
		case o.Has("r") && m != nil && p.FS.UID != 0:
			return failed(p, "could not remove '%s': Operation not permitted", m[0])
		case m != nil || modulePath(p, name) != "":
		case o.Has("q"):
			return 1
		default:
			return fatal(p, "Module %s not found in directory /lib/modules/%s", name, p.World.System.Kernel)
		}
	}
	return 0
}

func insmod(p *proc.Process) int {
	o := proc.Flags{Short: "fsvVhp", First: true}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		fmt.Fprintln(p.Err, "insmod: ERROR: missing filename.")
		return 1
	}
	name := o.Operands[0]
	data, err := p.FS.ReadFile(name, 64)
	switch {
	case err != nil:
		fmt.Fprintf(p.Err, "insmod: ERROR: could not load module %s: %s\n", name, proc.Text(err))
	case p.FS.UID != 0:
		fmt.Fprintf(p.Err, "insmod: ERROR: could not insert module %s: Operation not permitted\n", name)
	case !strings.HasPrefix(string(data), "\x7fELF"):
		fmt.Fprintf(p.Err, "insmod: ERROR: could not insert module %s: Invalid module format\n", name)
	case strings.HasPrefix(name, "/usr/lib/modules/") || strings.HasPrefix(name, "/lib/modules/"):
		fmt.Fprintf(p.Err, "insmod: ERROR: could not insert module %s: File exists\n", name)
	default:
		fmt.Fprintf(p.Err, "insmod: ERROR: could not insert module %s: Invalid module format\n", name)
	}
	return 1
}

func rmmod(p *proc.Process) int {
	o := proc.Flags{Short: "fsvVh", Long: map[string]proc.Long{"force": {As: "f"}, "verbose": {As: "v"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		fmt.Fprintln(p.Err, "rmmod: ERROR: missing module name.")
		return 1
	}
	code := 0
	for _, name := range o.Operands {
		m := loaded(p, name)
		switch {
		case m == nil:
			code = failed(p, "Module %s is not currently loaded", name)
		case m[3] != "-":
			code = failed(p, "Module %s is in use by: %s", m[0], strings.ReplaceAll(strings.TrimSuffix(m[3], ","), ",", " "))
		case m[2] != "0":
			code = failed(p, "Module %s is in use", m[0])
		case p.FS.UID != 0:
			failed(p, "could not remove '%s': Operation not permitted", m[0])
			code = failed(p, "could not remove module %s: Operation not permitted", m[0])
		default:
			code = failed(p, "could not remove module %s: Resource temporarily unavailable", m[0])
		}
	}
	return code
}

func modinfo(p *proc.Process) int {
	o := proc.Flags{Short: "adlpnF:k:b:0Vh", Long: map[string]proc.Long{"filename": {As: "n"}, "field": {As: "F", Value: 1}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		fmt.Fprintln(p.Err, "modinfo: ERROR: missing module or filename.")
		return 1
	}
	code := 0
	for _, name := range o.Operands {
		file := modulePath(p, name)
		if file == "" {
			fmt.Fprintf(p.Err, "modinfo: ERROR: Module %s not found.\n", name)
			code = 1
			continue
		}
		name = strings.ReplaceAll(name, "-", "_")
		rows := [][2]string{{"filename", file}, {"license", "GPL"}, {"retpoline", "Y"}, {"intree", "Y"}, {"name", name}, {"vermagic", p.World.System.Kernel + " SMP preempt mod_unload modversions "}}
		field, one := o.Last("F")
		for _, r := range rows {
			switch {
			case o.Has("n"):
				if r[0] == "filename" {
					p.Println(r[1])
				}
			case one && field == r[0]:
				p.Println(r[1])
			case !one:
				p.Printf("%-16s%s\n", r[0]+":", r[1])
			}
		}
	}
	return code
}
