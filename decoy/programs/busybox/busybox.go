// Package busybox is the program that is many: each program that has an applet
// can be run by it.
package busybox

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gait/decoy/proc"
)

const banner = `BusyBox v1.35.0 (Debian %s) multi-call binary.
BusyBox is copyrighted by many authors between 1998-2015.
Licensed under GPLv2. See source distribution for detailed
copyright notices.

Usage: busybox [function [arguments]...]
   or: busybox --list[-full]
   or: busybox --show SCRIPT
   or: busybox --install [-s] [DIR]
   or: function [arguments]...

	BusyBox is a multi-call binary that combines many common Unix
	utilities into a single executable.  Most people will create a
	link to busybox for each function they wish to use and BusyBox
	will act like whatever it was invoked as.

Currently defined functions:
`

// box is busybox with its applets.
type box struct {
	names   []string
	applets map[string]func(*proc.Process) int
}

// Program gives busybox, with those of Debian's applets that the list has a
// program for.
func Program(list []proc.Program) proc.Program {
	b := &box{applets: map[string]func(*proc.Process) int{}}
	for _, p := range list {
		run := p.Run
		if p.Applet != nil {
			run = p.Applet
		}
		for _, n := range append([]string{p.Name}, p.Also...) {
			if _, ok := folder(n); ok {
				b.applets[n] = own(n, run)
			}
		}
	}
	// A shell of busybox is run by the shell itself.
	for _, n := range []string{"sh", "ash"} {
		b.applets[n] = runShell
	}
	for n := range b.applets {
		b.names = append(b.names, n)
	}
	slices.Sort(b.names)
	return proc.Program{Name: "busybox", Path: "/usr/bin/busybox", Run: b.run}
}

// run runs an applet: the one it is called as, or the one that it is told.
func (b *box) run(p *proc.Process) int {
	if !strings.HasPrefix(path.Base(p.Args[0]), "busybox") {
		return b.applet(p, p.Args)
	}
	args := p.Args[1:]
	switch {
	case len(args) == 0 || args[0] == "--help":
		p.Printf(banner+"%s\n", version(p), wrapped(b.names))
		return 0
	case args[0] == "--list":
		for _, n := range b.names {
			p.Println(n)
		}
		return 0
	case args[0] == "--list-full":
		for _, n := range b.names {
			in, _ := folder(n)
			p.Println(in + n)
		}
		return 0
	case args[0] == "--install":
		return 0
	case args[0] == "--show":
		if len(args) == 1 {
			return p.Complain("--show requires an argument")
		}
		return p.Complain("script '%s' not found", args[1])
	case args[0] == "busybox":
		return b.run(with(p, args))
	}
	return b.applet(p, args)
}

// applet runs an applet, unless it is called in a way that it does not know.
func (b *box) applet(p *proc.Process, args []string) int {
	name := args[0][strings.LastIndexByte(args[0], '/')+1:]
	run := b.applets[name]
	if run == nil {
		fmt.Fprintf(p.Err, "%s: applet not found\n", name)
		return 127
	}
	q := with(p, args)
	q.Args[0] = name
	if m, ok := manners[name]; ok {
		if code, done := m.check(q, args[0]); done {
			return code
		}
	}
	return run(q)
}

// with gives a process with other arguments.
func with(p *proc.Process, args []string) *proc.Process {
	q := *p
	q.Args = slices.Clone(args)
	return &q
}

// runShell runs the shell under its own name.
func runShell(p *proc.Process) int {
	code, found, err := p.Shell.Exec(p, append([]string{"/bin/sh"}, p.Args[1:]...))
	if !found || err != nil {
		return 127
	}
	return code
}

// wrapped writes the names in lines as busybox does.
func wrapped(names []string) string {
	var lines []string
	line := "\t"
	for i, n := range names {
		if i < len(names)-1 {
			n += ","
		}
		if len(line)+len(n)+8 > 80 && line != "\t" {
			lines = append(lines, strings.TrimRight(line, " "))
			line = "\t"
		}
		line += n + " "
	}
	return strings.Join(append(lines, strings.TrimRight(line, " ")), "\n")
}

// version is the version of busybox's package.
func version(p *proc.Process) string {
	for _, k := range p.World.Packages {
		if k.Name == "busybox" {
			return k.Version
		}
	}
	return ""
}

// The applets that Debian's busybox has, by the folders that it installs them
// into.
const (
	inUsrBin  = "[ [[ ar ascii awk basename bc blkdiscard bunzip2 bzcat bzip2 cal chvt clear cmp crc32 cut dc deallocvt diff dirname dos2unix du dumpleases env expand expr factor fallocate find fold free ftpget ftpput groups head hexdump hostid id killall last less logger logname lsscsi lzcat lzma md5sum microcom mkfifo mkpasswd nc nl nproc nsenter nslookup od openvt paste patch printf realpath renice reset rpm2cpio seq setkeycodes setsid sha1sum sha256sum sha3sum sha512sum shred shuf sort ssl_client strings svc svok tac tail taskset tee telnet test tftp time timeout top tr traceroute traceroute6 truncate ts tty unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime uudecode uuencode w wc wget which who whoami xargs xxd xz xzcat yes"
	inBin     = "arch ash base64 cat chgrp chmod chown cp cpio cttyhack date dd df dmesg dnsdomainname dumpkmap echo egrep false fatattr fgrep getopt grep gunzip gzip hostname ionice ipcalc kill link linux32 linux64 ln login ls lzop mkdir mknod mktemp more mount mt mv netstat nuke pidof ping ping6 ps pwd readlink resume rev rm rmdir rpm run-parts sed setpriv sh sleep stat stty sync tar touch true umount uname uncompress usleep vi watch zcat"
	inSbin    = "acpid adjtimex arp blkid blockdev depmod devmem fdisk findfs freeramdisk fstrim getty halt hwclock ifconfig ifdown ifup init insmod ip ipneigh klogd loadkmap logread losetup lsmod mdev mkdosfs mke2fs mkswap modinfo modprobe nameif pivot_root poweroff reboot rmmod route run-init start-stop-daemon swapoff swapon switch_root sysctl syslogd udhcpc uevent vconfig watchdog"
	inUsrSbin = "arping brctl chroot fsfreeze httpd i2cdetect i2cdump i2cget i2cset i2ctransfer loadfont mim nologin partprobe rdate ubirename udhcpd"
)

// folder is where busybox installs an applet; ok is false where it has none of
// that name.
func folder(name string) (folder string, ok bool) {
	for _, f := range []struct{ folder, names string }{{"usr/bin/", inUsrBin}, {"bin/", inBin}, {"sbin/", inSbin}, {"usr/sbin/", inUsrSbin}} {
		if slices.Contains(strings.Fields(f.names), name) {
			return f.folder, true
		}
	}
	return "", false
}
