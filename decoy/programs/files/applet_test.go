package files_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// TestApplets runs applets of busybox and looks at their words.
func TestApplets(t *testing.T) {
	w := machine.New(machine.Options{Host: "web01"}).World()
	programs := map[string]proc.Program{}
	for _, p := range all() {
		programs[p.Name] = p
	}
	for line, want := range map[string]string{
		"cat nox":         "cat: can't open 'nox': No such file or directory\n",
		"cp nox x":        "cp: can't stat 'nox': No such file or directory\n",
		"mv nox x":        "mv: can't rename 'nox': No such file or directory\n",
		"rm nox":          "rm: can't remove 'nox': No such file or directory\n",
		"rm /tmp":         "rm: '/tmp' is a directory\n",
		"chmod 777 nox":   "chmod: nox: No such file or directory\n",
		"dd if=nox":       "dd: can't open 'nox': No such file or directory\n",
		"mkdir /tmp":      "mkdir: can't create directory '/tmp': File exists\n",
		"touch /nox/y":    "touch: /nox/y: No such file or directory\n",
		"ls nox":          "ls: nox: No such file or directory\n",
		"head nox":        "head: nox: No such file or directory\n",
		"md5sum nox":      "md5sum: can't open 'nox': No such file or directory\n",
		"chown foo /tmp":  "chown: unknown user foo\n",
		"sed p nox":       "sed: nox: No such file or directory\n",
		"sort nox":        "sort: nox: No such file or directory\n",
		"find nox":        "find: nox: No such file or directory\n",
		"stat nox":        "stat: can't stat 'nox': No such file or directory\n",
		"rmdir nox":       "rmdir: 'nox': No such file or directory\n",
		"grep a nox":      "grep: nox: No such file or directory\n",
		"basename /a/b/c": "",
	} {
		args := strings.Fields(line)
		prog := programs[args[0]]
		if !prog.Busybox {
			t.Errorf("busybox has no %s", args[0])
			continue
		}
		run := prog.Applet
		if run == nil {
			run = prog.Run
		}
		var errors bytes.Buffer
		run(&proc.Process{Ctx: context.Background(), Args: args, Env: proc.Environ{"LANG=en_US.UTF-8"}, FS: w.Root.Clone(), World: w, In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &errors, Budget: proc.Limits{}.New()})
		if errors.String() != want {
			t.Errorf("%s: %q, want %q", line, errors.String(), want)
		}
	}
}
