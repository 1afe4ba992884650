package decoy

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asking are command lines that ask for whatever a host could tell of itself.
var asking = []string{
	"set; env; export -p; declare -p; printenv; ulimit -a; umask; times; jobs; hash; pwd -P; history",
	"echo $HOSTNAME $HOME $PWD $OLDPWD $PPID $$ $BASHPID $UID $TMPDIR ~ ~+ ~root; printf '%(%Z)T\\n' -1; date; uptime; id; groups; who; w; last; lastlog",
	"cat /etc/hostname /etc/hosts /etc/passwd /etc/group /etc/shadow /etc/resolv.conf /etc/machine-id /etc/os-release /etc/fstab /etc/mtab",
	"cat /proc/self/environ /proc/self/cmdline /proc/self/cgroup /proc/self/mounts /proc/self/status /proc/self/maps /proc/1/environ /proc/1/cmdline",
	"cat /proc/version /proc/cpuinfo /proc/meminfo /proc/mounts /proc/uptime /proc/loadavg /proc/cmdline /proc/net/* /proc/sys/kernel/* /proc/sys/kernel/random/boot_id",
	"ls -laR /proc/self/ /proc/1/ /root /home /tmp /var/tmp /dev /run; ls -l /proc/*/exe /proc/*/cwd /proc/self/fd; readlink -f /proc/self/exe /proc/self/cwd",
	"uname -a; hostname; hostname -f; hostname -I; hostnamectl; dmesg; lscpu; lsblk; lsmod; lspci; free; df -a; mount; nproc; getconf -a; dmidecode; sysctl -a",
	"ip a; ip r; ip n; ifconfig -a; route -n; arp -a; ss -anp; netstat -anp; getent passwd; getent hosts localhost; locale; ps auxww; ps -ef; top -bn1; lsof; systemctl; journalctl; crontab -l; dpkg -l; apt list",
	"busybox; busybox env; busybox ps; busybox ifconfig; busybox hostname; busybox uname -a; find / -maxdepth 3; du -s /*; stat / /tmp /root; cat ~/.bash_history ~/.ssh/*",
	"bash -c 'set; env'; sh -c 'set; env'; env -i sh -c env; su - -c env; sudo env; nohup env; xargs env </dev/null; awk 'BEGIN { for (k in ENVIRON) print k, ENVIRON[k] }'; cat < /dev/stdin; read x < /proc/self/environ; echo $x; . /proc/self/environ",
}

// hostFacts are what the machine that runs the test could be known by.
func hostFacts(t *testing.T) map[string]string {
	t.Helper()
	facts := map[string]string{}
	add := func(what, value string) {
		if value = strings.TrimSpace(value); len(value) >= 5 && value != "localhost" {
			facts[value] = what
		}
	}
	name, _ := os.Hostname()
	add("its name", name)
	dir, _ := os.Getwd()
	add("the folder", dir)
	exe, _ := os.Executable()
	add("the program", filepath.Base(exe))
	for what, path := range map[string]string{
		"its machine id": "/etc/machine-id", "its boot": "/proc/sys/kernel/random/boot_id", "its kernel": "/proc/sys/kernel/osrelease",
		"its kernel's build": "/proc/sys/kernel/version", "its command line": "/proc/cmdline",
	} {
		text, _ := os.ReadFile(path)
		add(what, string(text))
	}
	list, _ := net.InterfaceAddrs()
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() {
			add("an address", n.IP.String())
		}
	}
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		if mac := i.HardwareAddr.String(); strings.Trim(mac, "0:") != "" {
			add("an interface", mac)
		}
	}
	if f, err := os.Open("/etc/passwd"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if p := strings.Split(s.Text(), ":"); len(p) > 5 && strings.HasPrefix(p[5], "/home/") {
				add("an account", p[5])
			}
		}
	}
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); len(value) > 12 && name != "PATH" { // a value alone may be any Debian's
			add("variable "+name, e)
		}
	}
	if len(facts) < 3 {
		t.Fatalf("too little is known of this host: %v", facts)
	}
	return facts
}

// TestNoFactOfTheHost runs what asks for facts, every line of the comparisons and
// every snippet of the shell's tests, and finds nothing of this host in any output.
func TestNoFactOfTheHost(t *testing.T) {
	t.Setenv("GAIT_HOST_SECRET", "a-secret-of-the-host")
	facts := hostFacts(t)
	facts["a-secret-of-the-host"] = "a variable"
	lines := asking
	for _, name := range []string{"commands.txt", "probes.txt"} {
		for _, a := range readLines(t, name) {
			lines = append(lines, a.Line)
		}
	}
	files, err := filepath.Glob("shell/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range strings.Split(string(text), "\n####\n") {
			line, _, _ := strings.Cut(entry, "\n==== ")
			lines = append(lines, line)
		}
	}
	v, bytes := newVisit(t), 0
	for _, line := range lines {
		got := v.run(line)
		all := got.Out + got.Err
		bytes += len(all)
		for value, what := range facts {
			if strings.Contains(all, value) {
				t.Errorf("%.80q tells %s: %q", line, what, value)
			}
		}
	}
	t.Logf("%d lines, %d bytes of output, %d facts", len(lines), bytes, len(facts))
}
