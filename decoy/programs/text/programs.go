// Package text has the programs that work on text: cat, grep, sort, sed, awk and
// their like.
package text

import (
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/programs/text/awk"
	"gait/decoy/programs/text/sed"
)

// Programs lists them.
func Programs() []proc.Program {
	bin := func(name string, run, applet func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Busybox: true, Run: run, Applet: applet}
	}
	own := func(name string, run func(*proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Run: run}
	}
	list := []proc.Program{
		bin("cat", runCat, busyCat), bin("tac", runTac, nil), bin("rev", runRev, nil), bin("head", runHead, gnu.Applet(runHead, gnu.Words{Before: "cannot open '", After: "' for reading: ", Then: ": "})),
		bin("tail", runTail, gnu.Applet(runTail, gnu.Words{Before: "cannot open '", After: "' for reading: ", Instead: "can't open '", Then: "': "})), bin("wc", runWc, nil), bin("tee", runTee, nil),
		bin("cut", runCut, nil), bin("tr", runTr, nil), bin("sort", runSort, gnu.Applet(runSort, gnu.Words{Before: "cannot read: ", After: ": ", Then: ": "})), bin("uniq", runUniq, nil),
		bin("grep", runGrep, nil), bin("egrep", runEgrep, nil), bin("fgrep", runFgrep, nil), own("rgrep", runRgrep), bin("sed", sed.Run, gnu.Applet(sed.Run, gnu.Words{Before: "can't read ", After: ": ", Then: ": "})),
		bin("echo", runEcho, nil), bin("printf", runPrintf, nil), bin("true", runTrue, nil), bin("false", runFalse, nil), bin("yes", runYes, nil), bin("seq", runSeq, nil), bin("shuf", runShuf, nil), bin("factor", runFactor, nil),
		bin("base64", runBase64, nil), bin("base32", runBase32, nil), bin("cksum", runCksum, nil), bin("sum", runSum, nil),
		bin("basename", runBasename, nil), bin("dirname", runDirname, nil), bin("realpath", runRealpath, nil), bin("readlink", runReadlink, nil), bin("pwd", runPwd, nil),
		bin("tty", runTty, nil), bin("printenv", runPrintenv, nil), bin("env", runEnv, nil), bin("xargs", runXargs, nil),
		bin("test", runTest, nil), bin("[", runTest, nil),
	}
	list = append(list, bin("od", runOd, nil), bin("hexdump", runHexdump, nil), bin("paste", runPaste, nil), bin("fold", runFold, nil), bin("expand", runExpand, nil), bin("unexpand", runUnexpand, nil),
		bin("nl", runNl, nil), own("fmt", runFmt), bin("comm", runComm, nil), own("join", runJoin), bin("diff", runDiff, nil), bin("cmp", runCmp, nil), bin("expr", runExpr, nil), bin("split", runSplit, nil),
		own("column", runColumn), own("lesspipe", runLesspipe), bin("less", runPager, nil), bin("more", runPager, nil))
	list = append(list, proc.Program{Name: "awk", Path: "/usr/bin/mawk", Busybox: true, Run: awk.Run})
	for _, s := range sums() {
		list = append(list, proc.Program{Name: s.name, Path: "/usr/bin/" + s.name, Busybox: s.name != "b2sum" && s.name != "sha224sum" && s.name != "sha384sum", Run: s.run, Applet: s.busy})
	}
	return list
}
