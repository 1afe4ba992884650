// Package account has the programs of accounts, packages and services: id,
// passwd, su, apt, systemctl and their like.
package account

import (
	"path"

	"gait/decoy/proc"
)

// Programs lists them.
func Programs() []proc.Program {
	own := func(name string, run func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Run: run}
	}
	bin := func(name string, run func(*proc.Process) int) proc.Program { return own(name, short(run)) }
	sbin := func(name string, run func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/sbin/" + name, Run: short(run)}
	}
	return []proc.Program{
		own("id", runID), own("whoami", runWhoami), own("groups", runGroups), own("users", runUsers), own("logname", runLogname), bin("getent", runGetent),
		own("who", runWho), bin("w", runW), bin("last", runLast), bin("lastlog", runLastlog),
		bin("passwd", runPasswd), sbin("chpasswd", runChpasswd), bin("chage", runChage),
		bin("ssh-keygen", runKeygen), bin("journalctl", runJournalctl), sbin("update-rc.d", runUpdateRc), bin("chsh", runChsh), bin("systemctl", runSystemctl), sbin("service", runService), bin("crontab", runCrontab),
		bin("apt", runApt), bin("apt-get", runAptGet), bin("apt-cache", runAptCache), bin("dpkg", runDpkg), bin("dpkg-query", runDpkg),
		bin("su", runSu), bin("sudo", runSudo),
		sbin("adduser", runAdduser), sbin("deluser", runDeluser), sbin("useradd", runUseradd), sbin("userdel", runUserdel), sbin("usermod", runUsermod), sbin("groupadd", runGroupadd), sbin("groupdel", runGroupdel),
	}
}

// short lets a program complain without the directory that it was called by,
// as all here do but those of coreutils.
func short(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		p.Args = append([]string{path.Base(p.Args[0])}, p.Args[1:]...)
		return run(p)
	}
}
