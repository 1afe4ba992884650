package system

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

var categories = strings.Fields("LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE LC_MEASUREMENT LC_IDENTIFICATION")

func runLocale(p *proc.Process) int {
	o := proc.Flags{Short: "amckv", Long: map[string]proc.Long{"all-locales": {As: "a"}, "charmaps": {As: "m"}, "category-name": {As: "c"}, "keyword-name": {As: "k"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("a"):
		p.Println("C\nC.utf8\nen_US.utf8\nPOSIX")
		return 0
	case len(o.Operands) > 0:
		if o.Operands[0] == "charmap" {
			p.Println(map[bool]string{true: "UTF-8", false: "ANSI_X3.4-1968"}[wide(p)])
			return 0
		}
		return p.Complain("unknown name \"%s\"", o.Operands[0])
	}
	lang, all := p.Env.Get("LANG"), p.Env.Get("LC_ALL")
	p.Printf("LANG=%s\nLANGUAGE=%s\n", lang, p.Env.Get("LANGUAGE"))
	for _, c := range categories {
		implied := lang
		if implied == "" {
			implied = "POSIX"
		}
		if all != "" {
			implied = all
		} else if v := p.Env.Get(c); v != "" {
			p.Printf("%s=%s\n", c, v)
			continue
		}
		p.Printf("%s=\"%s\"\n", c, implied)
	}
	p.Printf("LC_ALL=%s\n", all)
	return 0
}

func runGetconf(p *proc.Process) int {
	if len(p.Args) < 2 {
		fmt.Fprint(p.Err, "Usage: getconf [-v specification] variable_name [pathname]\n       getconf -a [pathname]\n")
		return 2
	}
	cpus := strconv.Itoa(p.World.Hardware.CPUs)
	pages := strconv.FormatInt(p.World.Hardware.MemTotal/4, 10)
	names := map[string]string{"PAGESIZE": "4096", "PAGE_SIZE": "4096", "LONG_BIT": "64", "WORD_BIT": "32", "ARG_MAX": "2097152", "CLK_TCK": "100", "OPEN_MAX": "1024", "NPROCESSORS_ONLN": cpus, "_NPROCESSORS_ONLN": cpus, "_NPROCESSORS_CONF": cpus, "_PHYS_PAGES": pages,
		"_AVPHYS_PAGES": strconv.FormatInt(p.World.Memory().Free/4, 10), "GNU_LIBC_VERSION": "glibc 2.36", "GNU_LIBPTHREAD_VERSION": "NPTL 2.36", "PATH": "/bin:/usr/bin", "INT_MAX": "2147483647", "HOST_NAME_MAX": "64", "NAME_MAX": "255", "PATH_MAX": "4096", "CHILD_MAX": strconv.FormatInt(p.World.Hardware.MemTotal/257, 10)}
	if p.Args[1] == "-a" {
		var list []string
		for n := range names {
			list = append(list, n)
		}
		slices.Sort(list)
		for _, n := range list {
			p.Printf("%-34s %s\n", n, names[n])
		}
		return 0
	}
	v, ok := names[p.Args[1]]
	if !ok {
		fmt.Fprintf(p.Err, "getconf: Unrecognized variable `%s'\n", p.Args[1])
		return 2
	}
	p.Println(v)
	return 0
}

// needed lists the libraries of programs that need more than libc.
var needed = map[string]string{
	"ls": "libselinux.so.1 libc.so.6 libpcre2-8.so.0", "cp": "libselinux.so.1 libacl.so.1 libattr.so.1 libc.so.6 libpcre2-8.so.0", "mv": "libselinux.so.1 libacl.so.1 libattr.so.1 libc.so.6 libpcre2-8.so.0",
	"bash": "libtinfo.so.6 libc.so.6", "grep": "libpcre2-8.so.0 libc.so.6", "sed": "libacl.so.1 libselinux.so.1 libc.so.6 libpcre2-8.so.0", "ps": "libproc2.so.0 libc.so.6 libsystemd.so.0", "sshd": "libcrypt.so.1 libaudit.so.1 libpam.so.0 libsystemd.so.0 libselinux.so.1 libcrypto.so.3 libz.so.1 libc.so.6",
}

func runLdd(p *proc.Process) int {
	args := p.Args[1:]
	if len(args) == 0 {
		fmt.Fprint(p.Err, "ldd: missing file arguments\nTry `ldd --help' for more information.\n")
		return 1
	}
	if args[0] == "--version" {
		p.Println("ldd (Debian GLIBC 2.36-9+deb12u10) 2.36\nCopyright (C) 2022 Free Software Foundation, Inc.\nThis is free software; see the source for copying conditions.  There is NO\nwarranty; not even for MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.\nWritten by Roland McGrath and Ulrich Drepper.")
		return 0
	}
	code := 0
	for _, name := range args {
		if len(args) > 1 {
			p.Println(name + ":")
		}
		head, err := p.FS.ReadFile(name, 64)
		real, _ := p.FS.Real(name)
		switch {
		case err != nil:
			fmt.Fprintf(p.Err, "ldd: %s: %s\n", name, proc.Text(err))
			code = 1
		case !strings.HasPrefix(string(head), "\x7fELF") || !strings.HasPrefix(real, "/usr/"):
			p.Println("\tnot a dynamic executable")
			code = 1
		default:
			libraries(p, real)
		}
	}
	return code
}

// libraries writes what a program needs and where that is loaded.
func libraries(p *proc.Process, real string) {
	base := uint64(0x7f0000000000) + uint64(p.PID)<<28&0xff_f000_0000 + uint64(p.Now().Nanosecond())<<12&0xfff_f000
	list := needed[real[strings.LastIndexByte(real, '/')+1:]]
	if list == "" {
		list = "libc.so.6"
	}
	p.Printf("\tlinux-vdso.so.1 (0x%016x)\n", uint64(0x7ffc00000000)+base&0xff_ffff_f000)
	for i, lib := range strings.Fields(list) {
		p.Printf("\t%s => /lib/x86_64-linux-gnu/%s (0x%016x)\n", lib, lib, base-uint64(i+1)*0x1e1000)
	}
	p.Printf("\t/lib64/ld-linux-x86-64.so.2 (0x%016x)\n", base)
}

func runLdconfig(p *proc.Process) int {
	o := proc.Flags{Short: "pvnNXf:C:r:iVlc:", Long: map[string]proc.Long{"print-cache": {As: "p"}, "verbose": {As: "v"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("p"):
		list, _ := p.FS.ReadDir("/usr/lib/x86_64-linux-gnu")
		var names []string
		for _, e := range list {
			if strings.Contains(e.Name, ".so") {
				names = append(names, e.Name)
			}
		}
		slices.Sort(names)
		slices.Reverse(names)
		p.Printf("%d libs found in cache `/etc/ld.so.cache'\n", len(names))
		for _, n := range names {
			p.Printf("\t%s (libc6,x86-64) => /lib/x86_64-linux-gnu/%s\n", n, n)
		}
		p.Println("Cache generated by: ldconfig (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36")
	case p.FS.UID != 0:
		return p.Complain("Can't create temporary cache file /etc/ld.so.cache~: Permission denied")
	}
	return 0
}
