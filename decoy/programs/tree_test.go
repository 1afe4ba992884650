package programs

import (
	"bytes"
	"net/netip"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/shell"
	"gait/decoy/visit"
)

// broken are the programs that every Debian has and the decoy does not: they
// are in the tree, and say that a library is missing, or are scripts of a perl
// that says so.
var broken = strings.Fields(`basenc busctl chcon chfn csplit debconf diff3 dpkg-split dpkg-statoverride dpkg-trigger expiry infocmp ld.so localedef login lslocks
	lsmem lsns mcookie numfmt pathchk perl perl5.36.0 pinky pr runcon sdiff setpriv skill slabtop tempfile tic tsort udevadm
	cfdisk debugfs dpkg-reconfigure newusers sfdisk sulogin`)

// mostBroken bounds them: a server on which much is broken is none.
const mostBroken = 40

// TestTheTreeHasWhatRuns compares the names of the tree with the programs.
func TestTheTreeHasWhatRuns(t *testing.T) {
	w := machine.New(machine.Options{Seed: [32]byte{1}, Installed: time.Date(2025, 11, 20, 10, 0, 0, 0, time.UTC)}).World()
	owner := map[string]string{}
	for _, p := range slices.Concat(All("unreachable"), shell.Programs()) {
		for _, file := range paths(p) {
			real, err := w.Root.Real(file)
			if err != nil {
				t.Errorf("%s: the tree has no %s", p.Name, file)
			} else if file == p.Path && real != file && p.Name != "sh" {
				t.Errorf("%s: %s is a link to %s", p.Name, file, real)
			} else if other := owner[real]; other != "" && other != p.Name {
				t.Errorf("%s and %s are both %s", p.Name, other, real)
			}
			owner[real] = p.Name
		}
	}
	var missing []string
	for _, dir := range []string{"/usr/bin", "/usr/sbin", "/usr/games", "/usr/local/bin", "/usr/local/sbin"} {
		list, err := w.Root.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list {
			real, err := w.Root.Real(path.Join(dir, path.Base(i.Path)))
			if err != nil {
				t.Errorf("%s leads nowhere", i.Path)
			}
			if owner[real] == "" {
				missing = append(missing, path.Base(i.Path))
			}
		}
	}
	for _, name := range missing {
		if !slices.Contains(broken, name) {
			t.Errorf("%s is in the tree and cannot run", name)
		}
	}
	for _, name := range broken {
		if !slices.Contains(missing, name) {
			t.Errorf("%s is not missing", name)
		}
	}
	if len(missing) > mostBroken {
		t.Errorf("%d names of the tree cannot run, want at most %d", len(missing), mostBroken)
	}
}

// paths gives all paths of a program.
func paths(p proc.Program) (list []string) {
	if p.Path == "" {
		return nil
	}
	list = []string{p.Path}
	for _, also := range p.Also {
		if !path.IsAbs(also) {
			also = path.Join(path.Dir(p.Path), also)
		}
		list = append(list, also)
	}
	return list
}

// told gives what lines of shell say on a machine.
func told(t *testing.T, m *machine.Machine, line string) string {
	t.Helper()
	w := m.World()
	s := shell.New(shell.Options{Programs: All("unreachable"), Worlds: func(netip.Addr) *machine.World { return w }})
	var out bytes.Buffer
	s.Run(t.Context(), visit.Session{Visitor: visit.Visitor{Service: "ssh", User: "root", Remote: netip.MustParseAddrPort("192.0.2.7:40000"), Local: netip.MustParseAddrPort("198.51.100.1:22")},
		ID: "s", Exec: line, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out})
	return out.String()
}

// TestDisksAgree compares what programs say of the disk.
func TestDisksAgree(t *testing.T) {
	for seed := range byte(3) { // with and without a partition of EFI
		m := machine.New(machine.Options{Seed: [32]byte{seed}})
		for _, q := range m.Partitions() {
			name := "/dev/" + q.Name
			for _, c := range [][2]string{
				{"fdisk -l | grep -c '^" + name + " '", "1\n"}, {"lsblk | grep -c " + q.Name, "1\n"}, {"grep -c " + q.Name + " /proc/partitions", "1\n"},
				{"lsblk -lno UUID " + name, q.UUID + "\n"}, {"blkid -s UUID -o value " + name, strings.TrimLeft(q.UUID+"\n", "\n")},
				{"blkid -s TYPE -o value " + name + " | grep .", told(t, m, "lsblk -lno FSTYPE "+name+" | grep .")},
			} {
				if out := told(t, m, c[0]); out != c[1] {
					t.Errorf("%s gave %q, want %q", c[0], out, c[1])
				}
			}
		}
	}
}
