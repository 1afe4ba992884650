package machine

import (
	_ "embed" // for the lists in data
	"fmt"
	"path"
	"strconv"
	"strings"

	"gait/decoy/vfs"
)

// fileList has a line for each folder of each package: folder, package, day,
// then the files: "name=size", "name=size:mode", "name=size!interpreter" for a
// script, "name>target" for a link.
//
//go:embed data/files.txt
var fileList string

// binaries adds the files of packages.
func (b *builder) binaries() {
	programs := b.m.seed.sub("programs")
	for line := range strings.Lines(fileList) {
		f := strings.Fields(line)
		if len(f) < 4 || b.m.described[f[1]] == (described{}) {
			continue
		}
		b.when = b.m.stamp(f[2], f[1])
		for _, token := range f[3:] {
			if name, target, ok := strings.Cut(token, ">"); ok {
				b.link(path.Join(f[0], name), target)
				continue
			}
			b.program(f[0], f[1], token, programs)
		}
	}
	for _, l := range strings.Fields("awk>mawk nawk>mawk editor>nano pager>less vi>vim.tiny view>vim.tiny nc>nc.traditional netcat>nc.traditional pico>nano telnet>inetutils-telnet which>which.debianutils") {
		name, target, _ := strings.Cut(l, ">")
		if b.dir("/usr/bin").Names[name] == nil && b.dir("/usr/bin").Names[path.Base(target)] != nil {
			b.when = b.m.Setup
			b.link("/usr/bin/"+name, "/etc/alternatives/"+name)
			b.link("/etc/alternatives/"+name, "/usr/bin/"+path.Base(target))
		}
	}
}

// program adds a file of a package.
func (b *builder) program(folder, pack, token string, key seed) {
	name, rest, _ := strings.Cut(token, "=")
	rest, language, _ := strings.Cut(rest, "!")
	size, mode, _ := strings.Cut(rest, ":")
	full := path.Join(folder, name)
	perm := uint32(0o644)
	runs := strings.HasSuffix(folder, "bin") || folder == "/usr/lib/openssh" || folder == "/usr/lib/systemd"
	if runs {
		perm = 0o755
	}
	if bits, err := strconv.ParseUint(mode, 8, 32); err == nil {
		perm = uint32(bits)
	}
	if perm&0o2000 != 0 {
		b.gid = b.setgid(name)
		defer func() { b.gid = 0 }()
	}
	bytes, err := strconv.ParseInt(size, 10, 64)
	switch {
	case language != "":
		b.file(full, perm, script(language, name, pack))
	case strings.HasPrefix(folder, "/usr/lib/systemd/system") || strings.Contains(name, ".") && !strings.Contains(name, ".so") && !runs:
		b.file(full, perm, unit(name, pack))
	case err == nil:
		b.add(full, &vfs.Node{Mode: vfs.Regular | perm, Modified: b.when, Body: elf(key.sub(full), bytes, strings.Contains(name, ".so"))})
	}
}

// setgid gives the group of a program that runs as its group.
func (b *builder) setgid(name string) int {
	for program, group := range map[string]int{"crontab": 105, "ssh-agent": 108, "write": 5, "wall": 5} {
		if program == name {
			return group
		}
	}
	return 42
}

// script makes a script that leads to where its package has the rest.
func script(language, name, pack string) string {
	switch language {
	case "perl":
		return fmt.Sprintf("#!/usr/bin/perl -w\n# %s - part of %s\nuse strict;\n\nrequire '/usr/share/%s/%s.pl';\nexit main(@ARGV);\n", name, pack, pack, name)
	case "bash":
		return fmt.Sprintf("#!/bin/bash\n# %s - part of %s\nset -e\n\nexec /usr/share/%s/%s \"$@\"\n", name, pack, pack, name)
	}
	return fmt.Sprintf("#!/bin/sh\n# %s - part of %s\nset -e\n\nexec /usr/share/%s/%s \"$@\"\n", name, pack, pack, name)
}

// unit makes a unit of systemd.
func unit(name, pack string) string {
	title := strings.TrimSuffix(name, path.Ext(name))
	head := fmt.Sprintf("[Unit]\nDescription=%s\nDocumentation=man:%s(8)\n", strings.ReplaceAll(title, "-", " "), title)
	switch path.Ext(name) {
	case ".service":
		program := map[string]string{"ssh": "/usr/sbin/sshd -D $SSHD_OPTS", "cron": "/usr/sbin/cron -f $EXTRA_OPTS", "inetd": "/usr/sbin/inetd", "rsyslog": "/usr/sbin/rsyslogd -n -iNONE"}[title]
		if program == "" {
			program = "/usr/lib/" + pack + "/" + title
		}
		return head + "After=network.target\n\n[Service]\nExecStart=" + program + "\nKillMode=process\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n"
	case ".timer":
		return head + "\n[Timer]\nOnCalendar=daily\nAccuracySec=1h\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
	case ".socket":
		return head + "\n[Socket]\nListenStream=/run/" + title + "\n\n[Install]\nWantedBy=sockets.target\n"
	}
	return head
}
