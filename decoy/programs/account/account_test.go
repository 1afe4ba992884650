package account

import (
	"bytes"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/shell"
	"gait/decoy/visit"
)

// theMachine is one machine for all tests.
var theMachine = sync.OnceValue(func() *machine.Machine {
	return machine.New(machine.Options{Seed: [32]byte{9}, Host: "web01", Users: []string{"deploy"}})
})

// try runs a line as a user in a world of its own, and gives output, errors
// and exit code.
func try(t *testing.T, user, line, input string) (string, string, int) {
	t.Helper()
	w := theMachine().World()
	s := shell.New(shell.Options{Programs: Programs(), Worlds: func(netip.Addr) *machine.World { return w }, Limits: proc.Limits{}})
	var out, errs bytes.Buffer
	code := s.Run(t.Context(), visit.Session{Visitor: visit.Visitor{Service: "ssh", User: user, Remote: netip.MustParseAddrPort("192.0.2.7:40000"), Local: netip.MustParseAddrPort("198.51.100.1:22")},
		ID: "s", Exec: line, Stdin: strings.NewReader(input), Stdout: &out, Stderr: &errs})
	return out.String(), errs.String(), code
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	const broken = "Authentication token manipulation error\n"
	for _, c := range []struct {
		line, input, out, err string
		code                  int
	}{
		{"id", "", "uid=0(root) gid=0(root) groups=0(root)\n", "", 0},
		{"id daemon", "", "uid=1(daemon) gid=1(daemon) groups=1(daemon)\n", "", 0},
		{"id -u root daemon", "", "0\n1\n", "", 0},
		{"id -un; id -gn", "", "root\nroot\n", "", 0},
		{"id -n", "", "", "id: cannot print only names or real IDs in default format\n", 1},
		{"id -u -g", "", "", "id: cannot print \"only\" of more than one choice\n", 1},
		{"LC_ALL=C id nosuchuser", "", "", "id: 'nosuchuser': no such user\n", 1},
		{"whoami", "", "root\n", "", 0},
		{"groups root daemon", "", "root : root\ndaemon : daemon\n", "", 0},
		{"logname", "", "", "logname: no login name\n", 1},
		{"getent passwd root", "", "root:x:0:0:root:/root:/bin/bash\n", "", 0},
		{"getent passwd nosuch", "", "", "", 2},
		{"getent hosts localhost", "", "127.0.0.1       localhost\n", "", 0},
		{"getent foo", "", "", "Unknown database: foo\nTry `getent --help' or `getent --usage' for more information.\n", 1},
		{"lastlog -u nosuch", "", "", "lastlog: Unknown user or range: nosuch\n", 1},
		{"passwd nosuchuser", "", "", "passwd: user 'nosuchuser' does not exist\n", 1},
		{"passwd", "", "", "New password: Password change has been aborted.\npasswd: " + broken + "passwd: password unchanged\n", 10},
		{"passwd", "a1\na1\n", "", "New password: Retype new password: passwd: password updated successfully\n", 0},
		{"passwd", "a1\nb2\n", "", "New password: Retype new password: Sorry, passwords do not match.\npasswd: " + broken + "passwd: password unchanged\n", 10},
		{"chpasswd", "", "", "", 0},
		{"chpasswd", "nosuch:x\n", "", "chpasswd: (user nosuch) pam_chauthtok() failed, error:\n" + broken + "chpasswd: (line 1, user nosuch) password not changed\n", 1},
		{"chpasswd", "bad\n", "", "chpasswd: line 1: missing new password\n", 1},
		{"userdel nosuchuser", "", "", "userdel: user 'nosuchuser' does not exist\n", 6},
		{"useradd root", "", "", "useradd: user 'root' already exists\n", 9},
		{"useradd A:b", "", "", "useradd: invalid user name 'A:b': use --badname to ignore\n", 3},
		{"useradd -m -u 1500 -s /bin/bash -G sudo neu && id neu && getent passwd neu && userdel -r neu; id -u neu 2>/dev/null", "", "uid=1500(neu) gid=1500(neu) groups=1500(neu),27(sudo)\nneu:x:1500:1500::/home/neu:/bin/bash\n", "userdel: neu mail spool (/var/mail/neu) not found\n", 1},
		{"useradd -o -u 0 zwei && su - zwei -c whoami", "", "root\n", "", 0},
		{"usermod -aG nosuch root", "", "", "usermod: group 'nosuch' does not exist\n", 6},
		{"groupadd root", "", "", "groupadd: group 'root' already exists\n", 9},
		{"chage -l nosuch", "", "", "chage: user 'nosuch' does not exist in /etc/passwd\n", 1},
		{"su nosuchuser", "", "", "su: user nosuchuser does not exist or the user entry does not contain all the required fields\n", 1},
		{"su deploy -c 'whoami'", "", "deploy\n", "", 0},
		{"su -c id daemon", "", "This account is currently not available.\n", "", 1},
		{"sudo whoami; sudo -u deploy whoami", "", "root\ndeploy\n", "", 0},
		{"sudo nosuchprog", "", "", "sudo: nosuchprog: command not found\n", 1},
		{"dpkg --print-architecture", "", "amd64\n", "", 0},
		{"dpkg -s nosuchpkg", "", "", "dpkg-query: package 'nosuchpkg' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n", 1},
		{"dpkg -l nosuchpkg", "", "", "dpkg-query: no packages found matching nosuchpkg\n", 1},
		{"dpkg-query -W -f='${Package} ${Status}\\n' bash", "", "bash install ok installed\n", "", 0},
		{"apt-get install -y nosuchpkgx", "", "Reading package lists...\nBuilding dependency tree...\nReading state information...\n", "E: Unable to locate package nosuchpkgx\n", 100},
		{"systemctl status nosuch", "", "", "Unit nosuch.service could not be found.\n", 4},
		{"systemctl start nosuch", "", "", "Failed to start nosuch.service: Unit nosuch.service not found.\n", 5},
		{"systemctl stop nosuch", "", "", "Failed to stop nosuch.service: Unit nosuch.service not loaded.\n", 5},
		{"systemctl is-active cron ssh; systemctl stop cron; systemctl is-active cron; systemctl start cron; systemctl is-active cron", "", "active\nactive\ninactive\nactive\n", "", 0},
		{"service nosuch status", "", "", "nosuch: unrecognized service\n", 1},
		{"crontab -l", "", "", "no crontab for root\n", 1},
		{"crontab -u nosuchuser -l", "", "", "crontab:  user `nosuchuser' unknown\n", 1},
		{"crontab /nosuch", "", "", "/nosuch: No such file or directory\n", 1},
		{"crontab - && crontab -l && crontab -r && crontab -l", "* * * * * /tmp/x\n", "* * * * * /tmp/x\n", "no crontab for root\n", 1},
		{"crontab -", "* * *\n", "", "\"-\":0: bad month\nerrors in crontab file, can't install.\n", 1},
		{"ssh-keygen -t foo", "", "", "unknown key type foo\n", 1},
		{"ssh-keygen -q -t ed25519 -N '' -f /tmp/k", "", "", "", 0},
		{"ssh-keygen -R foo -f /nosuch", "", "", "Cannot stat /nosuch: No such file or directory\n", 255},
		{"chsh nosuch", "", "", "chsh: user 'nosuch' does not exist\n", 1},
		{"update-rc.d x defaults", "", "", "update-rc.d: error: unable to read /etc/init.d/x\n", 1},
	} {
		out, err, code := try(t, "root", c.line, c.input)
		if out != c.out || err != c.err || code != c.code {
			t.Errorf("%s\n got %q %q %d\nwant %q %q %d", c.line, out, err, code, c.out, c.err, c.code)
		}
	}
}
