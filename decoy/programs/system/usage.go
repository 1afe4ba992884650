package system

import (
	_ "embed" // for the usages
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

// usages has what programs say that were called wrongly: "-- name code", then
// the text. They are programs whose work needs what the machine has not: a
// device that nobody uses, a package to build, a queue to shape.
//
//go:embed data/usages.txt
var usages string

// usage gives what a program says that was called without what it needs, and
// its exit code.
func usage(name string) (text string, code int) {
	_, rest, _ := strings.Cut(usages, "-- "+name+" ")
	head, text, _ := strings.Cut(rest, "\n")
	text, _, _ = strings.Cut(text, "-- ")
	code, _ = strconv.Atoi(head)
	return text, code
}

// misused writes the usage of a program.
func misused(p *proc.Process) int {
	text, code := usage(p.Name())
	fmt.Fprint(p.Err, text)
	return code
}

// runE2 is a program of e2fsprogs that looks at the file system of a device.
func runE2(p *proc.Process) int {
	name := lastOperand(p)
	if name == "" {
		return misused(p)
	}
	if p.Name() != "badblocks" {
		fmt.Fprintln(p.Err, p.Name()+e2fsprogs)
	}
	_, err := p.FS.Stat(name)
	switch {
	case err != nil:
		fmt.Fprintf(p.Err, "%s: No such file or directory while trying to open %s\n", p.Name(), name)
	case p.FS.Access(name, 4) != nil:
		fmt.Fprintf(p.Err, "%s: Permission denied while trying to open %s\n", p.Name(), name)
	case inUse(p, name):
		fmt.Fprintf(p.Err, "%s: Device or resource busy while trying to open %s\n", p.Name(), name)
		return 1
	default:
		fmt.Fprintf(p.Err, "%s: Bad magic number in super-block while trying to open %s\n", p.Name(), name)
	}
	fmt.Fprintln(p.Err, "Couldn't find valid filesystem superblock.")
	return 1
}

// runDevice is a program of util-linux that changes a device.
func runDevice(p *proc.Process) int {
	name := lastOperand(p)
	if versioned(p) {
		return 0
	}
	if name == "" {
		return misused(p)
	}
	_, err := p.FS.Stat(name)
	switch {
	case err != nil || p.FS.Access(name, 2) != nil:
		return p.Complain("cannot open %s: %s", name, reason(err))
	case inUse(p, name):
		return p.Complain("cannot open %s: Device or resource busy", name)
	}
	return p.Complain("%s: Inappropriate ioctl for device", name)
}

// runHwclock shows that the machine's clock is out of reach, as it is on many
// virtual ones.
func runHwclock(p *proc.Process) int {
	if versioned(p) {
		return 0
	}
	fmt.Fprint(p.Err, "hwclock: Cannot access the Hardware Clock via any known method.\nhwclock: Use the --verbose option to see the details of our search for an access method.\n")
	return 1
}

// runTables is pwck, pwconv and their like, which find nothing to mend.
func runTables(p *proc.Process) int {
	switch {
	case p.FS.UID == 0:
		return 0
	case strings.HasSuffix(p.Name(), "ck"):
		p.Complain("cannot open /etc/%s: Permission denied", map[string]string{"pwck": "shadow", "grpck": "gshadow"}[p.Name()])
		return 4
	}
	p.Complain("Permission denied.\n%s: cannot lock /etc/passwd; try again later.", p.Name())
	return 5
}

// runDhclient asks for the address that the interface has.
func runDhclient(p *proc.Process) int {
	if slices.Contains(p.Args[1:], "--version") {
		fmt.Fprint(p.Err, "isc-dhclient-4.4.3-P1\n")
		return 0
	}
	if p.FS.UID != 0 {
		fmt.Fprint(p.Err, "RTNETLINK answers: Operation not permitted\n")
		return 1
	}
	if !slices.Contains(p.Args[1:], "-r") {
		fmt.Fprint(p.Err, "RTNETLINK answers: File exists\n")
	}
	return 0
}

// runCertificates finds the certificates as they are.
func runCertificates(p *proc.Process) int {
	if p.FS.UID != 0 {
		fmt.Fprint(p.Err, "rehash: error: cannot open directory /etc/ssl/certs for writing\n")
		return 1
	}
	p.Println("Updating certificates in /etc/ssl/certs...\n0 added, 0 removed; done.\nRunning hooks in /etc/ca-certificates/update.d...\ndone.")
	return 0
}

// runPmap says whose memory it would show; whose it is it does not learn.
func runPmap(p *proc.Process) int {
	name := lastOperand(p)
	if name == "" {
		return misused(p)
	}
	pid, err := strconv.Atoi(name)
	if err != nil {
		return p.Complain("failed to parse argument: '%s'", name)
	}
	q := process(p, pid)
	switch {
	case q == nil:
		return 42
	case q.Kernel || p.FS.UID != 0 && p.FS.UID != q.UID:
		p.Printf("%d:   %s\n total                0K\n", pid, strings.Join(q.Args, " "))
		return 0
	}
	p.Printf("%d:   %s\n", pid, strings.Join(q.Args, " "))
	at, total := 0x55d3_0000_0000+pid<<12, q.VSize>>10
	for i, mode := range []string{"r---- ", "r-x-- ", "rw--- "} {
		name, size := strings.TrimPrefix(q.Args[0], "-"), min(int64(24+36*i), total)
		p.Printf("%016x %6dK %s%s\n", at, size, mode, name[strings.LastIndexByte(name, '/')+1:])
		at, total = at+int(size)<<10, total-size
	}
	p.Printf("%016x %6dK rw---   [ anon ]\n total %16dK\n", at, total, q.VSize>>10)
	return 0
}

// runUpdateGrub writes the menu that is there.
func runUpdateGrub(p *proc.Process) int {
	if p.FS.UID != 0 {
		fmt.Fprint(p.Err, "grub-mkconfig: You must run this as root\n")
		return 1
	}
	fmt.Fprintf(p.Err, "Generating grub configuration file ...\nFound linux image: /boot/vmlinuz-%s\nFound initrd image: /boot/initrd.img-%[1]s\nWarning: os-prober will not be executed to detect other bootable partitions.\nSystems on them will not be added to the GRUB boot configuration.\nCheck GRUB_DISABLE_OS_PROBER documentation entry.\ndone\n", p.World.System.Kernel)
	return 0
}

// runInitramfs makes the image of the kernel that runs.
func runInitramfs(p *proc.Process) int {
	switch {
	case len(p.Args) < 2:
		fmt.Fprint(p.Err, "W: -c or -d or -u missing\n")
		return 1
	case p.FS.UID != 0:
		fmt.Fprint(p.Err, "E: update-initramfs must be run as root\n")
		return 1
	}
	p.Println("update-initramfs: Generating /boot/initrd.img-" + p.World.System.Kernel)
	return 0
}

// runAptKey finds that the program which it calls is not installed.
func runAptKey(p *proc.Process) int {
	if len(p.Args) < 2 {
		return misused(p)
	}
	fmt.Fprint(p.Err, "Warning: apt-key is deprecated. Manage keyring files in trusted.gpg.d instead (see apt-key(8)).\nE: gnupg, gnupg2 and gnupg1 do not seem to be installed, but one of them is required for this operation\n")
	return 255
}

// runVipw is vipw and vigr: the editor of a file of accounts.
func runVipw(p *proc.Process) int {
	file := map[bool]string{true: "/etc/passwd", false: "/etc/group"}[p.Name() == "vipw"]
	for _, a := range p.Args[1:] {
		switch a {
		case "-s", "--shadow":
			file = map[string]string{"/etc/passwd": "/etc/shadow", "/etc/group": "/etc/gshadow"}[file]
		case "-g", "--group":
			file = "/etc/group"
		}
	}
	if p.FS.UID != 0 {
		return p.Complain("Couldn't lock file: Permission denied\n%s: %s is unchanged", p.Name(), file)
	}
	before := text(p, file)
	code, found, err := p.Shell.Exec(p, []string{"editor", file})
	if !found || err != nil {
		return p.Complain("editor: No such file or directory\n%s: %s is unchanged", p.Name(), file)
	}
	if text(p, file) == before {
		fmt.Fprintf(p.Err, "%s: %s is unchanged\n", p.Name(), file)
	}
	return code
}

// runFaillog knows of no failures.
func runFaillog(p *proc.Process) int {
	p.Println("Login       Failures Maximum Latest                   On\n")
	return 0
}

// runLocales is locale-gen, which makes the locale that there is again, and
// update-locale.
func runLocales(p *proc.Process) int {
	switch {
	case p.Name() == "update-locale" && p.FS.UID == 0:
	case p.FS.UID != 0:
		p.Complain("Permission denied")
		return 1
	default:
		p.Println("Generating locales (this might take a while)...")
		for _, line := range lines(p, "/etc/locale.gen") {
			if name, _, ok := strings.Cut(line, " "); ok && name != "#" {
				p.Printf("  %s... done\n", name)
			}
		}
		p.Println("Generation complete.")
	}
	return 0
}
