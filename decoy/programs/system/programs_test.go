package system

import (
	"strings"
	"testing"
)

// said is what a line says.
type said struct {
	line, out, err string
	code           int
}

// check runs lines as root.
func check(t *testing.T, list []said) {
	t.Helper()
	for _, c := range list {
		out, err, code := do(t, "root", c.line, "")
		if out != c.out || err != c.err || code != c.code {
			t.Errorf("%s\n got %q %q %d\nwant %q %q %d", c.line, out, err, code, c.out, c.err, c.code)
		}
	}
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	const try = "Try '%s --help' for more information.\n"
	check(t, []said{
		{"hostnamectl set-hostname a_b", "", "Could not set static hostname: Invalid static hostname 'a_b'\n", 1},
		{"hostnamectl set-hostname neu; hostnamectl hostname", "neu\n", "", 0},
		{"hostnamectl nosuch", "", "Unknown command verb nosuch.\n", 1},
		{"lsb_release -ds; lsb_release -z", "Debian GNU/Linux 12 (bookworm)\n", "lsb_release: invalid option -- 'z'\n" + strings.Replace(try, "%s", "lsb_release", 1), 2},
		{"modprobe nosuch", "", "modprobe: FATAL: Module nosuch not found in directory /lib/modules/" + theMachine().System.Kernel + "\n", 1},
		{"modprobe ext4; modprobe -r ext4", "", "modprobe: FATAL: Module ext4 is in use.\n", 1},
		{"insmod", "", "insmod: ERROR: missing filename.\n", 1},
		{"insmod /nosuch", "", "insmod: ERROR: could not load module /nosuch: No such file or directory\n", 1},
		{"rmmod nosuch", "", "rmmod: ERROR: Module nosuch is not currently loaded\n", 1},
		{"rmmod crypto_simd", "", "rmmod: ERROR: Module crypto_simd is in use by: aesni_intel\n", 1},
		{"modinfo nosuch", "", "modinfo: ERROR: Module nosuch not found.\n", 1},
		{"vmstat x", "", "vmstat: failed to parse argument: 'x'\n", 1},
		{"findmnt /nosuch", "", "", 1},
		{"findmnt -no FSTYPE /; findmnt -T /etc -no TARGET", "ext4\n/\n", "", 0},
		{"mountpoint /; mountpoint /tmp", "/ is a mountpoint\n/tmp is not a mountpoint\n", "", 32},
		{"mountpoint /nosuch", "", "mountpoint: /nosuch: No such file or directory\n", 1},
		{"blkid /dev/nosuch", "", "", 2},
		{"swapon /nosuch", "", "swapon: cannot open /nosuch: No such file or directory\n", 255},
		{"swapoff /nosuch", "", "swapoff: /nosuch: swapoff failed: No such file or directory\n", 4},
		{"pstree nosuch", "No such user name: nosuch\n", "", 1},
		{"lsof /nosuch", "", "lsof: status error on /nosuch: No such file or directory\n", 1},
		{"fuser /nosuch", "", "Specified filename /nosuch does not exist.\n", 1},
		{"pwdx 1; pwdx 99999999", "1: /\n", "99999999: No such process\n", 1},
		{"renice", "", "renice: not enough arguments\n" + strings.Replace(try, "%s", "renice", 1), 1},
		{"renice 5 1", "1 (process ID) old priority 0, new priority 5\n", "", 0},
		{"taskset", "", "taskset: bad usage\n" + strings.Replace(try, "%s", "taskset", 1), 1},
		{"pidof nosuch", "", "", 1},
		{"chroot", "", "chroot: missing operand\n" + strings.Replace(try, "%s", "chroot", 1), 125},
		{"LC_ALL=C chroot /nosuch", "", "chroot: cannot change root directory to '/nosuch': No such file or directory\n", 125},
		{"setarch", "", "setarch: no architecture argument or personality flags specified\n", 1},
	})
}

func TestProgramsThatRunOthers(t *testing.T) {
	t.Parallel()
	const try = "Try '%s --help' for more information.\n"
	check(t, []said{
		{"flock", "", "flock: not enough arguments\n" + strings.Replace(try, "%s", "flock", 1), 64},
		{"flock /tmp/l -c 'echo in'", "in\n", "", 0},
		{"runuser nosuch", "", "runuser: user nosuch does not exist or the user entry does not contain all the required fields\n", 1},
		{"run-parts --test /etc/cron.daily", "/etc/cron.daily/apt-compat\n/etc/cron.daily/dpkg\n/etc/cron.daily/logrotate\n/etc/cron.daily/man-db\n", "", 0},
		{"run-parts /nosuch", "", "run-parts: failed to open directory /nosuch: No such file or directory\n", 1},
		{"watch -n x ls", "", "watch: failed to parse argument: 'x': Invalid argument\n", 1},
		{"export TERM=xterm; tput setaf 1; tput cols; tput nosuch", "\x1b[31m80\n", "tput: unknown terminfo capability 'nosuch'\n", 4},
		{"write root", "", "write: root is not logged in\n", 1},
		{"getopt ab: -a -b x y; getopt -o ab: --long foo,bar: -- -a --bar x y", " -a -b x -- y\n -a --bar 'x' -- 'y'\n", "", 0},
		{"getopt", "", "getopt: missing optstring argument\n" + strings.Replace(try, "%s", "getopt", 1), 2},
		{"getconf PAGESIZE; getconf NOSUCH", "4096\n", "getconf: Unrecognized variable `NOSUCH'\n", 2},
		{"ldd /nosuch", "", "ldd: /nosuch: No such file or directory\n", 1},
		{"ldd /etc/passwd", "\tnot a dynamic executable\n", "", 1},
		{"xxd -p <<< hello; xxd -r -p <<< 6869; xxd /nosuch", "68656c6c6f0a\nhi", "xxd: /nosuch: No such file or directory\n", 2},
		{"printf 'a\\0b' > /tmp/b; xxd -i /tmp/b; file /tmp/b", "unsigned char _tmp_b[] = {\n  0x61, 0x00, 0x62\n};\nunsigned int _tmp_b_len = 3;\n/tmp/b: data\n", "", 0},
		{"printf '#!/bin/bash\\necho\\n' > /tmp/s; xxd /tmp/s", "00000000: 2321 2f62 696e 2f62 6173 680a 6563 686f  #!/bin/bash.echo\n00000010: 0a                                       .\n", "", 0},
		{"file /etc /etc/passwd /nosuch", "/etc:        directory\n/etc/passwd: ASCII text\n/nosuch:     cannot open `/nosuch' (No such file or directory)\n", "", 0},
		{"openssl md5 <<< hi; openssl base64 <<< hi; openssl nosuch", "MD5(stdin)= 764efa883dda1e11db47671c4a3bbd9e\naGkK\n", "Invalid command 'nosuch'; type \"help\" for a list.\n", 1},
		{"man nosuch", "", "No manual entry for nosuch\n", 16},
		{"namei /etc/passwd", "f: /etc/passwd\n d /\n d etc\n - passwd\n", "", 0},
		{"start-stop-daemon --stop --name nosuch", "No nosuch found running; none killed.\n", "", 1},
		{"systemd-run", "", "Command line to execute required.\n", 1},
		{"update-alternatives --list nosuch", "", "update-alternatives: error: no alternatives for nosuch\n", 2},
		{"gpasswd -a deploy games; gpasswd -d deploy games; gpasswd -d deploy games", "Adding user deploy to group games\nRemoving user deploy from group games\nRemoving user deploy from group games\n", "gpasswd: user 'deploy' is not a member of 'games'\n", 3},
		{"groupmod -n root games", "", "groupmod: group 'root' already exists\n", 9},
		{"nologin", "This account is currently not available.\n", "", 1},
		{"fdisk", "", "fdisk: bad usage\n" + strings.Replace(try, "%s", "fdisk", 1), 1},
		{"nc -v localhost 99", "", "localhost [127.0.0.1] 99 (?) : Connection refused\n", 1},
		{"nc -zv 127.0.0.1 22", "", "localhost [127.0.0.1] 22 (ssh) open\n", 0},
		{"nc localhost 99999", "", "invalid port 99999\n", 1},
		{"inetutils-telnet localhost 99", "Trying 127.0.0.1...\n", "inetutils-telnet: Unable to connect to remote host: Connection refused\n", 1},
		{"ssh-add -l", "", "Could not open a connection to your authentication agent.\n", 2},
		{"ifup eth9", "", "ifup: unknown interface eth9\n", 1},
		{"fallocate -l x /tmp/h", "", "fallocate: failed to parse length: 'x'\n", 1},
		{"fallocate -l 10K /tmp/h; file /tmp/h", "/tmp/h: data\n", "", 0},
		{"script -qc 'echo hi' /tmp/t", "hi\n", "", 0},
		{"sshd", "", "sshd re-exec requires execution with an absolute path\n", 255},
		{"/usr/sbin/sshd", "", "", 255},
		{"kill -9 $(pidof cron); pidof cron; cron; pidof cron >/dev/null && echo runs; cron 2>/dev/null", "runs\n", "", 1},
		{"visudo -c", "/etc/sudoers: parsed OK\n", "", 0},
		{"init", "", "init: required argument missing.\n", 1},
	})
}

// What the programs say agrees with what the machine is.
func TestCoherence(t *testing.T) {
	t.Parallel()
	m := theMachine()
	for line, want := range map[string]string{
		"hostnamectl":                          "Machine ID: " + m.System.MachineID,
		"findmnt":                              "├─/proc ",
		"pstree":                               "─sshd",
		"pstree -p 1":                          "systemd(1)",
		"lsof -i":                              "*:ssh (LISTEN)",
		"lsof -p 1":                            "/usr/lib/systemd/systemd",
		"prlimit":                              "NOFILE     max number of open files",
		"timedatectl":                          "Time zone: " + m.System.Zone,
		"fdisk -l":                             "/dev/" + m.Hardware.Disk + "1",
		"vmstat":                               "procs -----------memory----------",
		"locale":                               "LC_ALL=\n",
		"swapon --show":                        "partition",
		"lspci":                                "00:00.0 Host bridge: ",
		"dmidecode":                            "SMBIOS",
		"ldd /bin/bash":                        "libtinfo.so.6 => /lib/x86_64-linux-gnu/libtinfo.so.6 (0x",
		"kmod list":                            "i2c_piix4",
		"systemd-analyze":                      "Startup finished in ",
		"lslogins -u":                          "root",
		"loginctl":                             "sessions listed.",
		"file /bin/ls":                         "ELF 64-bit LSB pie executable, x86-64",
		"update-alternatives --get-selections": "auto",
	} {
		if out, err, _ := do(t, "root", line, ""); !strings.Contains(out, want) {
			t.Errorf("%s: nothing says %q in %q %q", line, want, out, err)
		}
	}
}

// Who is not root is refused what only root may do.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"hostnamectl set-hostname x": "Interactive authentication required.",
		"rmmod tls":                  "Operation not permitted",
		"swapoff -a":                 "Not superuser.",
		"chroot /":                   "Operation not permitted",
		"runuser -u root id":         "may not be used by non-root users",
		"unshare -m":                 "Operation not permitted",
		"gpasswd -a deploy root":     "Permission denied.",
		"groupmod -n x games":        "Permission denied.",
		"dmidecode":                  "Permission denied",
		"init 0":                     "must be superuser",
	} {
		if _, err, code := do(t, "deploy", "PATH=$PATH:/usr/sbin; "+line, ""); code == 0 || !strings.Contains(err, want) {
			t.Errorf("%s: %d, and nothing says %q in %q", line, code, want, err)
		}
	}
}
