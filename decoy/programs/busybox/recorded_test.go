package busybox_test

import (
	_ "embed" // for the recording
	"strings"
	"testing"

	"gait/decoy/proc"
	"gait/decoy/programs"
	"gait/decoy/programs/recorded"
)

//go:embed testdata/recorded.json
var recording []byte

// TestRecorded holds the applets to what busybox of a Debian 12 said.
func TestRecorded(t *testing.T) { recorded.Check(t, programs.All("unreachable"), recording) }

// TestShown looks at what the machine shows of itself in busybox's form.
func TestShown(t *testing.T) {
	b := recorded.New(programs.All("unreachable"), proc.Limits{})
	for line, want := range map[string]string{
		"busybox free | cut -c-19":                         "              total\nMem:        2008214\nSwap:        998396\n",
		"busybox free -m | head -2 | tail -1 | cut -c-19":  "Mem:           1961\n",
		"busybox free -h | head -2 | tail -1 | cut -c-19":  "Mem:           1.9G\n",
		"busybox free -g | head -2 | tail -1 | cut -c-19":  "Mem:              2\n",
		"busybox free -b | head -2 | tail -1 | cut -c-19":  "Mem:     2056411136\n",
		"busybox df / | cut -c-40":                         "Filesystem           1K-blocks      Used\n/dev/vda1              9309833   2553612\n",
		"busybox df -h / | cut -c-40":                      "Filesystem                Size      Used\n/dev/vda1                 8.9G      2.4G\n",
		"busybox df -m / | cut -c-30":                      "Filesystem           1M-blocks\n/dev/vda1                 9092\n",
		"busybox ps | head -3":                             "PID   USER     COMMAND\n    1 root     /sbin/init\n    2 root     [kthreadd]\n",
		"busybox ps -o pid,user,stat,args | head -3":       "PID   USER     STAT COMMAND\n    1 root     S    /sbin/init\n    2 root     SW   [kthreadd]\n",
		"busybox ps -o pid,comm=FOO -o user | head -3":     "PID   FOO USER\n    1 sys root\n    2 kth root\n",
		"busybox ps -o pid,ppid,pgid,sid,tty | head -2":    "PID   PPID  PGID  SID   TT\n    1     0     1     1 ?\n",
		"busybox mount | grep -c ' on / type ext4 '":       "1\n",
		"busybox mount /; busybox mount nosuch /tmp; :":    "",
		"cp /bin/busybox .x; ./.x wget 2>&1":               ".x: applet not found\n",
		"cp /bin/busybox busybox.1; ./busybox.1 echo hi":   "hi\n",
		"touch f; busybox chmod -w f && busybox ls f":      "f\n",
		"busybox ls -d / /nox 2>&1":                        "ls: /nox: No such file or directory\n/\n",
		"echo 1 > f; busybox tail -n 1 f; echo $?":         "1\n0\n",
		"busybox kill -0 $$ && echo yes":                   "yes\n",
		"sleep 100 & busybox kill -9 $!; wait $!; echo $?": "137\n",
	} {
		if a := b.Run(line); a.Out != want {
			t.Errorf("%s\n got %q %q\nwant %q", line, a.Out, a.Err, want)
		}
	}
}

// TestHostile calls applets with words that are made to break them.
func TestHostile(t *testing.T) {
	b := recorded.New(programs.All("unreachable"), proc.Limits{})
	long := strings.Repeat("a", 60_000)
	for line, want := range map[string]string{
		"busybox cat -" + long:                            "cat: invalid option -- 'a'\n",
		"busybox cat --" + long:                           "cat: unrecognized option '--" + long + "'\n",
		"busybox cat $'-\\x01'":                           "cat: invalid option -- '\x01'\n",
		"busybox cat $'-\\xff'":                           "cat: invalid option -- '\ufffd'\n",
		"busybox cat -é":                                  "cat: invalid option -- '\ufffd'\n",
		"busybox " + long:                                 long + ": applet not found\n",
		"busybox ''":                                      ": applet not found\n",
		"busybox busybox busybox busybox nosuch":          "nosuch: applet not found\n",
		"busybox kill -" + long + " 1":                    "kill: bad signal name '" + long + "'\n",
		"busybox kill 99999999999999999999":               "kill: invalid number '99999999999999999999'\n",
		"busybox killall ''":                              "killall: : no process killed\n",
		"busybox ps -o ''":                                "ps: bad -o argument '', supported arguments: user,group,comm,args,pid,ppid,pgid,nice,rgroup,ruser,tty,vsz,sid,stat,rss\n",
		"busybox ps -o " + strings.Repeat("pid,", 5000):   "",
		"busybox dd bs=":                                  "dd: invalid number ''\n",
		"busybox grep":                                    "BusyBox v1.35.0",
		"busybox cp -t":                                   "cp: option requires an argument -- 't'\n",
		"busybox cp --target-directory":                   "cp: option '--target-directory' requires an argument\n",
		"busybox mount " + strings.Repeat("-o x ", 1000):  "",
		"busybox mount -o":                                "mount: option requires an argument -- 'o'\n",
		"busybox hostname -F /nox":                        "hostname: can't open '/nox': No such file or directory\n",
		"busybox printf --":                               "BusyBox v1.35.0",
		"busybox head -" + strings.Repeat("9", 50) + " x": "head: ",
	} {
		if a := b.Run(line); a.Err != want && (want == "" || !strings.HasPrefix(a.Err, want)) {
			t.Errorf("%.60s\n got %.200q\nwant %.200q", line, a.Err, want)
		}
	}
}
