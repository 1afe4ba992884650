package machine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/decoy/vfs"
	"gait/decoy/visit"
)

var start = time.Date(2025, 11, 20, 10, 0, 0, 0, time.UTC)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// sample makes a machine from a short seed, at a time that stands still.
func sample(n byte) *Machine {
	c := &clock{start}
	return New(Options{Seed: [32]byte{n}, Now: c.now, Installed: start.Add(-50 * time.Hour)})
}

// each calls for everything in a tree.
func each(t *testing.T, f *vfs.FS, dir string, call func(vfs.Info)) {
	t.Helper()
	list, err := f.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		call(i)
		if i.IsDir() && strings.Count(i.Path, "/") < 12 && !strings.Contains(i.Path, "/task/") {
			each(t, f, i.Path, call)
		}
	}
}

func content(t *testing.T, f *vfs.FS, name string) []byte {
	t.Helper()
	b, err := f.ReadFile(name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// print is a number that stands for a whole tree.
func print(t *testing.T, w *World) string {
	h := sha256.New()
	each(t, w.Root, "/", func(i vfs.Info) {
		fmt.Fprintf(h, "%s %o %d %d %d %d %x %s %s\n", i.Path, i.Mode, i.UID, i.GID, i.Size(), i.Inode, i.Device, i.Target, i.Modified)
		if i.Kind() == vfs.Regular && !strings.HasSuffix(i.Path, "/random/uuid") {
			b, err := w.Root.ReadFile(i.Path, 4096)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(b)
		}
	})
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameSeedSameMachine(t *testing.T) {
	a, b := sample(1).World(), sample(1).World()
	if print(t, a) != print(t, b) {
		t.Error("two machines of one seed differ")
	}
	late := &clock{start.Add(30 * time.Hour)}
	m := New(Options{Seed: [32]byte{1}, Now: late.now, Installed: start.Add(-50 * time.Hour)})
	if !m.Boot.Equal(a.Boot) || m.System != a.System || m.Name != a.Name {
		t.Error("a restart of the decoy is another boot")
	}
}

func TestTwoSeedsShareNothing(t *testing.T) {
	seen := map[string]int{}
	for n := range byte(16) {
		m := sample(n)
		w := m.World()
		values := []string{m.Name, m.System.MachineID, m.System.BootID, m.Interfaces[1].MAC, m.Interfaces[1].Address, m.disk.root, m.disk.swap, w.Uptime().String(), m.Boot.String(), m.Setup.String()}
		for _, kind := range []string{"rsa", "ecdsa", "ed25519"} {
			values = append(values, string(content(t, w.Root, "/etc/ssh/ssh_host_"+kind+"_key.pub")))
		}
		for _, name := range []string{"/etc/shadow", "/root/.bash_history", "/root/.ssh/authorized_keys", "/var/lib/dpkg/info/bash.md5sums", "/bin/ls", "/bin/busybox", "/etc/ssh/moduli"} {
			sum := sha256.Sum256(content(t, w.Root, name))
			values = append(values, name+hex.EncodeToString(sum[:]))
		}
		for _, v := range values {
			if other, ok := seen[v]; ok {
				t.Errorf("machines %d and %d share %q", other, n, v)
			}
			seen[v] = int(n)
		}
	}
	a, b := sample(1), sample(2)
	for _, u := range a.Users {
		if slices.Contains(b.Users, u) {
			t.Errorf("both have the account %s", u)
		}
	}
}

func TestEverythingCanBeRead(t *testing.T) {
	for n := range byte(2) {
		w := sample(n).World()
		w.Root.PID = 1
		entries, links := 0, 0
		each(t, w.Root, "/", func(i vfs.Info) {
			if !strings.HasPrefix(i.Path, "/proc/") && !strings.HasPrefix(i.Path, "/sys/") {
				entries++
			}
			switch i.Kind() {
			case vfs.Regular:
				f, err := w.Root.Open(i.Path, vfs.ReadOnly, 0)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, io.LimitReader(f, 1<<16)); err != nil || i.Size() > 0 && n != min(i.Size(), 1<<16) {
					t.Errorf("%s: %d bytes of %d, %v", i.Path, n, i.Size(), err)
				}
				f.Close()
			case vfs.Link:
				if _, err := w.Root.Stat(i.Path); err != nil && !strings.HasPrefix(i.Path, "/proc/") {
					t.Errorf("%s leads nowhere: %s", i.Path, i.Target)
					links++
				}
			}
			if !i.Modified.IsZero() && i.Modified.After(start.Add(time.Second)) {
				t.Errorf("%s was changed in the future: %s", i.Path, i.Modified)
			}
		})
		if entries < 1900 || entries > 2700 {
			t.Errorf("%d entries", entries)
		}
		t.Logf("%d entries beside /proc and /sys", entries)
	}
}

func TestPrograms(t *testing.T) {
	w := sample(3).World()
	head := content(t, w.Root, "/bin/ls")[:64]
	if !bytes.HasPrefix(head, []byte("\x7fELF\x02\x01\x01")) || head[16] != 3 || head[18] != 62 || head[52] != 64 {
		t.Errorf("/bin/ls begins with % x", head)
	}
	file, err := w.Root.Open("/bin/busybox", vfs.ReadOnly, 0)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := io.ReadAll(io.LimitReader(file, 4000))
	for _, at := range []int64{0, 1, 15, 16, 17, 1000, 3999} {
		one := make([]byte, 1)
		if _, err := file.ReadAt(one, at); err != nil || one[0] != whole[at] {
			t.Errorf("byte %d is %x, %v; want %x", at, one, err, whole[at])
		}
	}
	for _, name := range strings.Fields("sh bash ls cat ps wget curl ssh scp sftp crontab chattr passwd su sudo apt dpkg systemctl vi nano awk which nc busybox perl ping ss ip") {
		if err := w.Root.As(1000, 1000).Access("/usr/bin/"+name, 1); err != nil && w.Root.As(1000, 1000).Access("/usr/sbin/"+name, 1) != nil {
			t.Error(err)
		}
	}
	if err := w.Root.Access("/usr/bin/python3", 0); err == nil {
		t.Error("python3 is there, which nothing can play")
	}
}

func TestCoherence(t *testing.T) {
	for n := range byte(12) {
		m := sample(n)
		w := m.World()
		w.Root.PID = 1
		has := func(name, text string) {
			t.Helper()
			if !strings.Contains(string(content(t, w.Root, name)), text) {
				t.Errorf("machine %d: %s does not tell of %q", n, name, text)
			}
		}
		has("/etc/hostname", m.Name+"\n")
		has("/etc/hosts", m.Name)
		has("/proc/sys/kernel/hostname", m.Name)
		has("/etc/fstab", m.disk.root)
		has("/boot/grub/grub.cfg", m.disk.root)
		has("/proc/cmdline", m.disk.root)
		has("/proc/mounts", "/dev/"+m.disk.device("/").Name+" / ext4")
		has("/proc/swaps", m.disk.device("swap").Name)
		has("/proc/partitions", m.Hardware.Disk)
		has("/proc/version", m.System.Kernel)
		has("/proc/net/dev", m.Interfaces[1].Name)
		has("/etc/network/interfaces", m.Interfaces[1].Name)
		has("/etc/resolv.conf", m.System.Nameserver)
		has("/etc/debian_version", m.System.Release+"\n")
		has("/proc/meminfo", fmt.Sprint(m.Hardware.MemTotal))
		has("/var/lib/dpkg/status", "Package: linux-image-"+m.System.Kernel+"\n")
		has("/etc/machine-id", m.System.MachineID)
		has("/proc/1/cmdline", "/sbin/init")
		has("/proc/net/tcp", "00000000:0016 00000000:0000 0A")
		if cpus := strings.Count(string(content(t, w.Root, "/proc/cpuinfo")), "processor\t"); cpus != m.Hardware.CPUs {
			t.Errorf("%d processors, want %d", cpus, m.Hardware.CPUs)
		}
		if _, err := w.Root.Stat("/boot/vmlinuz-" + m.System.Kernel); err != nil {
			t.Error(err)
		}
		if up := w.Uptime(); up < days(3) || up > days(94) {
			t.Errorf("up for %s", up)
		}
		if !m.Setup.Before(m.Boot) {
			t.Errorf("set up at %s, booted at %s", m.Setup, m.Boot)
		}
		total := int64(0)
		for _, p := range m.disk.parts {
			if p.Use != "extended" {
				total += p.Size * 512
			}
		}
		if total > m.Hardware.DiskBytes || total < m.Hardware.DiskBytes*9/10 {
			t.Errorf("partitions of %d bytes on a disk of %d", total, m.Hardware.DiskBytes)
		}
		mem := w.Memory()
		if used := mem.Total - mem.Free - mem.Buffers - mem.Cached; mem.Free <= 0 || used <= 0 || mem.Available > mem.Total {
			t.Errorf("memory %+v", mem)
		}
		for _, s := range m.Sockets {
			if s.PID == 0 {
				t.Errorf("%s on %s belongs to no process", s.Program, s.Local)
			}
		}
	}
}

func TestNothingOfTheHost(t *testing.T) {
	w := sample(9).World()
	w.Root.PID = 1
	each(t, w.Root, "/", func(i vfs.Info) {
		if _, random := i.Body.(*noise); i.Kind() != vfs.Regular || random {
			return
		}
		text := strings.ToLower(string(content(t, w.Root, i.Path)))
		for _, word := range []string{"honeypot", "decoy", "gait", "cowrie", "golang"} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %q in it", i.Path, word)
			}
		}
	})
}

func TestAccountsFollowEdits(t *testing.T) {
	w := sample(4).World()
	if a, ok := w.Account("root"); !ok || a.UID != 0 || a.Home != "/root" || a.Shell != "/bin/bash" {
		t.Errorf("root is %+v, %v", a, ok)
	}
	admin, ok := w.Account(w.Users[0])
	sudo, _ := w.Group("sudo")
	if !ok || admin.UID != 1000 || !slices.Contains(admin.Groups, sudo) {
		t.Errorf("the administrator is %+v, %v", admin, ok)
	}
	f, err := w.Root.Open("/etc/passwd", vfs.WriteOnly|vfs.Append, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "evil:x:0:0::/:/bin/sh\nbad:x:no:0::/:\nshort:x\n")
	f.Close()
	if a, ok := w.Account("evil"); !ok || a.UID != 0 {
		t.Errorf("evil is %+v, %v", a, ok)
	}
	if _, ok := w.Account("bad"); ok {
		t.Error("a line without a number is an account")
	}
	if a, ok := w.AccountByUID(0); !ok || a.Name != "root" {
		t.Errorf("number 0 is %+v", a)
	}
	if g := w.GroupName(27); g != "sudo" {
		t.Errorf("group 27 is %q", g)
	}
	if g := w.GroupName(4711); g != "4711" {
		t.Errorf("group 4711 is %q", g)
	}
	if err := w.Root.Remove("/etc/passwd"); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.Account("root"); ok {
		t.Error("there are accounts without a file of them")
	}
}

func TestTimeGoesOn(t *testing.T) {
	c := &clock{start}
	w := New(Options{Seed: [32]byte{5}, Now: c.now, Installed: start}).World()
	auth := content(t, w.Root, "/var/log/auth.log")
	before, number := w.Interfaces(), w.Spawn(Proc{Args: []string{"a"}}).PID
	c.at = start.Add(26 * time.Hour)
	after := w.Interfaces()
	if after[1].RX <= before[1].RX || after[1].TX <= before[1].TX {
		t.Errorf("counters went from %+v to %+v", before[1], after[1])
	}
	if w.Spawn(Proc{Args: []string{"b"}}).PID <= number+20 {
		t.Error("numbers of processes do not grow with time")
	}
	if now := content(t, w.Root, "/var/log/auth.log"); len(now) <= len(auth) {
		t.Errorf("the log went from %d to %d bytes", len(auth), len(now))
	}
	for k := 1; k < 5; k++ { // nothing that was told becomes untold, whatever the weekday
		c.at = c.at.Add(37 * time.Hour)
		old := content(t, w.Root, "/var/log/cron.log")
		c.at = c.at.Add(time.Hour)
		if now := content(t, w.Root, "/var/log/cron.log"); !bytes.HasPrefix(now, old) && !w.rotated(c.at).After(c.at.Add(-time.Hour)) {
			t.Errorf("the log changed what it told:\n%s\nwas\n%s", now, old)
		}
	}
}

func TestLogins(t *testing.T) {
	w := sample(6).World()
	leave := w.Enter(Login{User: "root", TTY: "pts/0", From: "203.0.113.7", PID: 4242})
	if l := w.Logins()[0]; l.User != "root" || !l.End.IsZero() {
		t.Errorf("the last login is %+v", l)
	}
	if text := string(content(t, w.Root, "/var/log/auth.log")); !strings.Contains(text, "sshd[4242]: Accepted password for root from 203.0.113.7 port") {
		t.Errorf("the log does not tell of the login:\n%s", text)
	}
	leave()
	if l := w.LastLogins()["root"]; l.End.IsZero() || l.From != "203.0.113.7" {
		t.Errorf("the last login of root is %+v", l)
	}
	other := w.Machine.World()
	if text := string(content(t, other.Root, "/var/log/auth.log")); strings.Contains(text, "203.0.113.7") {
		t.Error("another visitor sees the login")
	}
	for _, l := range other.Logins() {
		if a, err := netip.ParseAddr(l.From); err == nil && !a.IsPrivate() {
			t.Errorf("the administrator comes from %s", a)
		}
	}
}

func TestKill(t *testing.T) {
	w, other := sample(7).World(), sample(7).World()
	pid := w.services["cron"]
	w.Kill(1, visit.SIGKILL)
	w.Kill(2, visit.SIGKILL)
	if !w.Kill(pid, visit.SIGTERM) || w.Kill(pid, visit.SIGTERM) {
		t.Error("cron was not ended once")
	}
	var got visit.Signal
	p := w.Spawn(Proc{Args: []string{"sleep"}, Signal: func(s visit.Signal) { got = s }})
	if !w.Kill(p.PID, visit.SIGTERM) || got != visit.SIGTERM {
		t.Errorf("the process got %v", got)
	}
	w.Reap(p.PID)
	if len(w.Processes()) != len(other.Processes())-1 {
		t.Errorf("%d processes, the other visitor's %d", len(w.Processes()), len(other.Processes()))
	}
	if _, err := w.Root.Stat(fmt.Sprint("/proc/", pid)); err == nil {
		t.Error("/proc has a process that ended")
	}
}

func TestCache(t *testing.T) {
	c := &clock{start}
	m := New(Options{Seed: [32]byte{8}, Now: c.now, Installed: start})
	cache := NewCache(m, 3, 1<<20, 24*time.Hour)
	addr := func(n byte) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, n}) }
	first := cache.Get(addr(1))
	c.at = c.at.Add(23 * time.Hour)
	if cache.Get(netip.MustParseAddr("::ffff:203.0.113.1")) != first {
		t.Error("the same address got another world")
	}
	c.at = c.at.Add(25 * time.Hour)
	if cache.Get(addr(1)) == first {
		t.Error("a world was kept for more than a day")
	}
	for n := range byte(9) {
		cache.Get(addr(10 + n))
	}
	if cache.Len() != 3 {
		t.Errorf("%d worlds are kept, want 3", cache.Len())
	}
	big := cache.Get(addr(18))
	if err := big.Root.WriteFile("/tmp/x", make([]byte, 2<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Minute)
	cache.Get(addr(50))
	if cache.Get(addr(18)) == big {
		t.Error("a world over the bound of bytes was kept")
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sample(1)
	}
}

func BenchmarkWorld(b *testing.B) {
	b.ReportAllocs()
	m := sample(1)
	for b.Loop() {
		m.World()
	}
}

func TestCosts(t *testing.T) {
	live := func(n int, make func() any) int64 {
		var before, after runtime.MemStats
		keep := []any{make()}
		runtime.GC()
		runtime.ReadMemStats(&before)
		for range n {
			keep = append(keep, make())
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(keep)
		return (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(n)
	}
	m := sample(1)
	machine, world := live(4, func() any { return sample(1) }), live(200, func() any { return m.World() })
	t.Logf("a machine holds %d KB, a world %d bytes", machine>>10, world)
	if machine > 10<<20 || world > 10<<10 {
		t.Errorf("a machine holds %d bytes, a world %d", machine, world)
	}
}
