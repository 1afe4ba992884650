// Package files has the programs that work on the tree of files: ls, cp, rm,
// find and their like.
package files

import (
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// named are the words of an applet that says the plain name alone.
func named(before string) gnu.Words {
	return gnu.Words{Before: before + "'", After: "': ", Then: ": "}
}

// Programs lists them.
func Programs() []proc.Program {
	bin := func(name string, run, applet func(*proc.Process) int, also ...string) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Also: also, Busybox: true, Run: run, Applet: applet}
	}
	own := func(name string, run func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Run: run}
	}
	return []proc.Program{
		bin("ls", runLs, gnu.Applet(runLs, named("cannot access "), named("cannot open directory "))), own("dir", runDir), own("vdir", runVdir), own("dircolors", runDircolors),
		bin("cp", runCp, busyCp), bin("mv", runMv, busyMv), bin("rm", runRm, busyRm), bin("unlink", runUnlink, nil), bin("rmdir", runRmdir, gnu.Applet(runRmdir, gnu.Words{Before: "failed to remove '", After: "': ", Instead: "'", Then: "': "})),
		bin("mkdir", runMkdir, busyMkdir), bin("ln", runLn, nil), bin("link", runLink, nil), bin("mkfifo", runMkfifo, nil), bin("mknod", runMknod, nil),
		bin("touch", runTouch, gnu.Applet(runTouch, named("cannot touch "))), bin("truncate", runTruncate, nil), bin("mktemp", runMktemp, nil), bin("install", runInstall, nil),
		bin("chmod", runChmod, busyChmod), bin("chown", runChown, busyChown), bin("chgrp", runChgrp, busyChgrp),
		bin("stat", runStat, gnu.Applet(runStat, gnu.Words{Before: "cannot statx '", After: "': ", Instead: "can't stat '", Then: "': "})), bin("du", runDu, gnu.Applet(runDu, named("cannot access "))), bin("dd", runDd, busyDd), bin("find", runFind, gnu.Applet(runFind, named(""))), bin("sync", runSync, nil), bin("shred", runShred, nil),
		{Name: "which", Path: "/usr/bin/which.debianutils", Busybox: true, Run: runWhich},
		own("whereis", runWhereis), bin("chattr", runChattr, nil), bin("lsattr", runLsattr, nil),
	}
}
