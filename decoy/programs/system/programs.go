// Package system has the programs by which a machine is looked after beside
// those of accounts and of its state: what it is built of, its modules, disks
// and open files, and the programs that run others.
package system

import (
	"fmt"
	"path"
	"strings"

	"gait/decoy/proc"
)

// Programs lists them.
func Programs() []proc.Program {
	bin := func(name string, run func(*proc.Process) int, also ...string) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Also: also, Run: short(run)}
	}
	sbin := func(name string, run func(*proc.Process) int, also ...string) proc.Program {
		return proc.Program{Name: name, Path: "/usr/sbin/" + name, Also: also, Run: short(run)}
	}
	whole := func(name string, run func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/sbin/" + name, Run: run}
	}
	applet := func(name string, run func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Busybox: true, Run: run}
	}
	box := func(p proc.Program) proc.Program { p.Busybox = true; return p }
	list := []proc.Program{
		bin("hostnamectl", runHostnamectl), bin("timedatectl", runTimedatectl), bin("localectl", runLocalectl), bin("loginctl", runLoginctl),
		bin("systemd-detect-virt", runDetectVirt), bin("lsb_release", runLsbRelease), box(bin("hostid", runHostid)),
		bin("vmstat", runVmstat), proc.Program{Name: "kmod", Path: "/usr/bin/kmod", Run: short(runKmod)},
		applet("lsmod", runKmod), applet("modprobe", runKmod), applet("insmod", runKmod), applet("rmmod", runKmod), applet("modinfo", runKmod), applet("depmod", runKmod),
		bin("findmnt", runFindmnt), box(sbin("blkid", runBlkid)), box(sbin("swapon", runSwapon)), box(sbin("swapoff", runSwapoff)), box(bin("mountpoint", runMountpoint)),
		bin("pstree", runPstree), bin("lsof", runLsof), bin("fuser", runFuser), bin("pwdx", runPwdx), box(bin("renice", runRenice)), box(bin("taskset", runTaskset)), bin("prlimit", runPrlimit),
	}
	list = append(list,
		sbin("killall5", runKillall5), applet("pidof", runPidof),
		bin("watch", runWatch), sbin("chroot", runChroot), bin("setarch", runSetarch), bin("unshare", runUnshare), bin("nsenter", runNsenter), bin("flock", runFlock), bin("stdbuf", runStdbuf), bin("chrt", runChrt), sbin("runuser", runRunuser), box(bin("run-parts", runRunParts)),
		bin("tput", runTput), bin("tset", runTset), bin("mesg", runMesg), bin("wall", runWall), bin("write", runWrite), box(bin("logger", runLogger)), box(bin("getopt", runGetopt)),
		bin("xxd", runXxd), bin("file", runFile), bin("openssl", runOpenssl), bin("man", runMan), bin("whatis", runMan), bin("apt-mark", runAptMark), bin("ipcs", runIpcs), bin("namei", runNamei), sbin("getcap", runGetcap),
		proc.Program{Name: "init", Path: "/usr/lib/systemd/systemd", Run: short(runInit)},
		box(sbin("start-stop-daemon", runStartStop)), sbin("invoke-rc.d", runInvoke), bin("systemd-run", runSystemdRun), bin("systemd-analyze", runAnalyze), bin("update-alternatives", runAlternatives),
		bin("gpasswd", runGpasswd), sbin("groupmod", runGroupmod), bin("newgrp", runNewgrp), bin("lslogins", runLslogins), box(sbin("nologin", runNologin)),
		bin("lspci", runLspci), box(sbin("fdisk", runFdisk)), sbin("dmidecode", runDmidecode),
		bin("nc.traditional", runNC), bin("inetutils-telnet", runTelnet), bin("traceroute", runTraceroute), bin("ssh-keyscan", runKeyscan), bin("ssh-add", runSSHAdd), bin("ssh-agent", runAgent), bin("networkctl", runNetworkctl), sbin("ifup", runIfup),
		bin("script", runScript), box(bin("fallocate", runFallocate)), whole("sshd", runDaemon), whole("cron", runDaemon), whole("rsyslogd", runDaemon), whole("inetd", runDaemon), sbin("visudo", runVisudo), sbin("losetup", runLosetup),
		bin("nano", runNano), bin("vim.tiny", runVi),
		bin("locale", runLocale), bin("getconf", runGetconf), bin("ldd", runLdd), sbin("ldconfig", runLdconfig),
	)
	return append(list, bare()...)
}

// bare lists programs that find nothing to do on this machine.
func bare() (list []proc.Program) {
	for _, b := range []struct {
		run   func(*proc.Process) int
		names string
	}{
		{runMke2fs, "sbin/mke2fs"}, {runMkfs, "sbin/mkfs"}, {runMkswap, "sbin/mkswap"}, {runFsck, "sbin/fsck sbin/e2fsck"}, {runHwclock, "sbin/hwclock"},
		{runE2, "sbin/tune2fs sbin/dumpe2fs sbin/resize2fs sbin/badblocks"}, {runDevice, "sbin/blockdev sbin/swaplabel sbin/fstrim sbin/blkdiscard sbin/wipefs"},
		{runTables, "sbin/pwck sbin/grpck sbin/pwconv sbin/grpconv sbin/pwunconv sbin/grpunconv"},
		{misused, "sbin/agetty sbin/logrotate sbin/setcap sbin/getpcaps sbin/tc sbin/bridge sbin/telnetd bin/dpkg-deb bin/dpkg-divert bin/dbus-daemon"},
		{runDhclient, "sbin/dhclient"}, {runCertificates, "sbin/update-ca-certificates"}, {runUpdateGrub, "sbin/update-grub"}, {runInitramfs, "sbin/update-initramfs"},
		{misused, "sbin/pivot_root sbin/switch_root bin/ipcmk bin/ipcrm"}, {runAptKey, "bin/apt-key"}, {runLocales, "sbin/locale-gen sbin/update-locale"}, {runVipw, "sbin/vipw"}, {runFaillog, "bin/faillog"},
		{func(*proc.Process) int { return 1 }, "bin/ischroot"}, {runPmap, "bin/pmap"}, {runIconv, "bin/iconv"},
	} {
		for _, name := range strings.Fields(b.names) {
			list = append(list, proc.Program{Name: path.Base(name), Path: "/usr/" + name, Run: short(b.run)})
		}
	}
	return list
}

// short lets a program complain without the directory that it was called by.
func short(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		p.Args = append([]string{path.Base(p.Args[0])}, p.Args[1:]...)
		return run(p)
	}
}

// mostRead bounds what is read of a file at once.
const mostRead = 1 << 20

// lines gives the lines of a file; none where it cannot be read.
func lines(p *proc.Process, name string) []string {
	data, err := p.FS.ReadFile(name, mostRead)
	if err != nil {
		return nil
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })
}

// value gives a variable of a file of assignments, without quotes.
func value(p *proc.Process, file, name string) string {
	for _, line := range lines(p, file) {
		if k, v, ok := strings.Cut(line, "="); ok && k == name {
			return strings.Trim(v, `"'`)
		}
	}
	return ""
}

// text gives what a small file holds, without white space around it.
func text(p *proc.Process, name string) string {
	data, err := p.FS.ReadFile(name, mostRead)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// try points to the help of a program of util-linux, and gives a code.
func try(p *proc.Process, code int, format string, args ...any) int {
	p.Complain(format, args...)
	fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.Name())
	return code
}

// run runs a command as an operand names it: name is who complains where it
// cannot be started.
func run(p *proc.Process, args []string) int {
	code, found, err := p.Shell.Exec(p, args)
	switch {
	case !found:
		p.Complain("failed to execute %s: No such file or directory", args[0])
		return 127
	case err != nil:
		p.Complain("failed to execute %s: %s", args[0], proc.Text(err))
		return 126
	}
	return code
}
