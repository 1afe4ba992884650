package vfs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// model is what a tree of files and directories is: content by path, and "/"
// after the path of a directory.
type model map[string]string

func (m model) has(name string) bool { _, file := m[name]; _, dir := m[name+"/"]; return file || dir }

func (m model) parent(name string) bool {
	_, ok := m[name[:strings.LastIndex(name, "/")+1]]
	return ok
}

func (m model) empty(dir string) bool {
	for n := range m {
		if n != dir+"/" && strings.HasPrefix(n, dir+"/") {
			return false
		}
	}
	return true
}

// move moves a file or a directory with all that is in it.
func (m model) move(from, to string) {
	for n, v := range m {
		if n == from || strings.HasPrefix(n, from+"/") {
			delete(m, n)
			m[to+n[len(from):]] = v
		}
	}
}

// step does one thing to both, and complains where one can and the other not.
func (m model) step(t *testing.T, f *FS, op byte, name, other string) {
	_, isDir := m[name+"/"]
	old, isFile := m[name]
	var err error
	var can bool
	switch op % 8 {
	case 0:
		if can = m.parent(name) && !isDir; can {
			m[name] = other
		}
		err = f.WriteFile(name, []byte(other), 0o644)
	case 1:
		if can = m.parent(name) && !m.has(name); can {
			m[name+"/"] = ""
		}
		err = f.Mkdir(name, 0o755)
	case 2:
		if can = isFile; can {
			delete(m, name)
		}
		err = f.Remove(name)
	case 3:
		if can = isDir && m.empty(name); can {
			delete(m, name+"/")
		}
		err = f.Rmdir(name)
	case 4:
		_, overDir := m[other+"/"]
		_, overFile := m[other]
		can = (isFile || isDir) && m.parent(other) && !strings.HasPrefix(other, name+"/")
		can = can && !(isFile && overDir) && !(isDir && overFile) && (!overDir || name == other || m.empty(other))
		if can && name != other {
			delete(m, other+"/")
			m.move(name, other)
		}
		err = f.Rename(name, other)
	case 5:
		if can = isFile; can {
			m[name] = old + other
		}
		var file *File
		if file, err = f.Open(name, WriteOnly|Append, 0); err == nil {
			_, err = file.Write([]byte(other))
			file.Close()
		}
	case 6:
		if can = isFile; can {
			m[name] = (old + strings.Repeat("\x00", 5))[:5]
		}
		err = f.Truncate(name, 5)
	case 7:
		can = m.has(name)
		err = f.Chmod(name, 0o755)
	}
	if can != (err == nil) {
		t.Fatalf("operation %d on %s and %s gives %v; the model says %v\n%q", op%8, name, other, err, can, m)
	}
}

// check holds the tree to the model.
func (m model) check(t *testing.T, f *FS, dir string) {
	list, err := f.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range list {
		if i.IsDir() {
			names = append(names, i.Path+"/")
			m.check(t, f, i.Path)
			continue
		}
		names = append(names, i.Path)
		if got := read(t, f, i.Path); got != m[i.Path] {
			t.Fatalf("%s is %q, want %q", i.Path, got, m[i.Path])
		}
	}
	var want []string
	for n := range m {
		if trimmed := strings.TrimSuffix(n, "/"); n != dir+"/" && trimmed[:strings.LastIndex(trimmed, "/")] == dir {
			want = append(want, n)
		}
	}
	slices.Sort(want)
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Fatalf("%s holds %q, want %q", dir, names, want)
	}
}

// play plays operations on a shared tree, and holds it to the model.
func play(t *testing.T, ops []byte) {
	root := NewDir(0o755, day)
	w := NewDir(0o755, day)
	d := NewDir(0o755, day)
	root.Names["w"], w.Names["d"], w.Names["f"], d.Names["f"] = w, d, NewFile(0o644, day, "shared"), &Node{Mode: Regular | 0o644, Body: fixed("body")}
	before := dump(root)
	f := New(root, Limits{}, func() time.Time { return day })
	m := model{"/w/": "", "/w/d/": "", "/w/f": "shared", "/w/d/f": "body"}
	names := []string{"/w/d", "/w/f", "/w/e", "/w/d/f", "/w/d/g", "/w/d/h", "/w/e/f", "/w/e/g", "/w/d/h/i", "/w/d/h/i/j"}
	for i := 0; i+2 < len(ops); i += 3 {
		m.step(t, f, ops[i], names[int(ops[i+1])%len(names)], names[int(ops[i+2])%len(names)])
	}
	m.check(t, f, "/w")
	if got := dump(root); got != before {
		t.Fatalf("the shared root changed:\n%s", got)
	}
	for len(m) > 1 { // take everything away again: nothing may be left counted
		for n := range m {
			if strings.HasSuffix(n, "/") && n != "/w/" && m.empty(strings.TrimSuffix(n, "/")) {
				m.step(t, f, 3, strings.TrimSuffix(n, "/"), "")
			} else if !strings.HasSuffix(n, "/") {
				m.step(t, f, 2, n, "")
			}
		}
	}
	if bytes, nodes := f.Used(); bytes != 0 || nodes != 0 {
		t.Fatalf("an empty tree holds %d bytes and %d nodes", bytes, nodes)
	}
}

func FuzzModel(f *testing.F) {
	f.Add([]byte("\x01\x02\x00\x00\x06\x01\x04\x02\x04"))
	f.Add([]byte{4, 0, 2, 4, 6, 1, 5, 1, 3, 6, 1, 0, 2, 1, 0})
	f.Fuzz(play)
}

func TestModel(t *testing.T) {
	x := uint64(88172645463325252)
	for round := range 300 {
		ops := make([]byte, 240)
		for i := range ops {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			ops[i] = byte(x >> 33)
		}
		t.Run(fmt.Sprint(round), func(t *testing.T) { play(t, ops) })
	}
}
