package files

import (
	"path"
	"strconv"
	"strings"
	"time"

	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// predicate reads one predicate.
func (f *finder) predicate() test {
	name := f.args[0]
	f.args = f.args[1:]
	f.last = name
	always := func(*found) bool { return true }
	switch name {
	case "-true", "-noleaf", "-daystart", "-warn", "-nowarn", "-ignore_readdir_race":
		return always
	case "-depth", "-d":
		f.depthFirst = true
		return always
	case "-xdev", "-mount":
		f.mount = true
		return always
	case "-follow":
		f.follow = true
		return always
	case "-false":
		return func(*found) bool { return false }
	case "-empty":
		return f.empty
	case "-nouser":
		return func(x *found) bool { _, ok := f.owners.User(x.UID); return !ok }
	case "-nogroup":
		return func(x *found) bool { _, ok := f.owners.Group(x.GID); return !ok }
	case "-readable", "-writable", "-executable":
		bits := map[string]uint32{"-readable": 4, "-writable": 2, "-executable": 1}[name]
		return func(x *found) bool { return f.p.FS.Access(x.path, bits) == nil }
	}
	if t := f.action(name); t != nil {
		return t
	}
	return f.valued(name)
}

// valued reads a predicate that has a value.
func (f *finder) valued(name string) test {
	if !strings.Contains(" -name -iname -path -ipath -wholename -iwholename -lname -ilname -regex -iregex -regextype -type -xtype -size -mtime -ctime -atime -mmin -cmin -amin -newer -anewer -cnewer -newermt -user -group -uid -gid -perm -links -inum -maxdepth -mindepth -samefile -fstype -used ", " "+name+" ") {
		return f.fail("unknown predicate `" + name + "'")
	}
	v, ok := f.value()
	if !ok {
		return f.fail("")
	}
	switch name {
	case "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-lname", "-ilname":
		return f.pattern(name, v)
	case "-regex", "-iregex", "-regextype":
		return f.regex(name, v)
	case "-type", "-xtype":
		return f.kind(v)
	case "-size":
		return f.size(v)
	case "-mtime", "-ctime", "-atime", "-mmin", "-cmin", "-amin", "-used":
		return f.age(name, v)
	case "-newer", "-anewer", "-cnewer", "-samefile":
		i, err := f.p.FS.Stat(v)
		if err != nil {
			return f.fail(gnu.Quote(f.p, v) + ": " + gnu.Why(err))
		}
		if name == "-samefile" {
			return func(x *found) bool { return x.Inode == i.Inode }
		}
		return func(x *found) bool { return x.Modified.After(i.Modified) }
	case "-newermt":
		at, ok := gnu.ParseTime(v, f.now)
		if !ok {
			return f.fail("I cannot figure out how to interpret " + gnu.Quote(f.p, v) + " as a date or time")
		}
		return func(x *found) bool { return x.Modified.After(at) }
	case "-user", "-group":
		return f.owner(name, v)
	case "-perm":
		return f.perm(v)
	case "-maxdepth", "-mindepth":
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return f.fail("Expected a positive decimal integer argument to " + name + ", but got " + gnu.Quote(f.p, v))
		}
		*map[string]*int{"-maxdepth": &f.most, "-mindepth": &f.least}[name] = n
		return func(*found) bool { return true }
	case "-fstype":
		return func(x *found) bool {
			return v == map[uint64]string{22: "proc", 21: "sysfs", 5: "devtmpfs", 25: "tmpfs", device: "ext4"}[deviceOf(x.Info)]
		}
	}
	of := map[string]func(*found) int64{"-uid": func(x *found) int64 { return int64(x.UID) }, "-gid": func(x *found) int64 { return int64(x.GID) }, "-links": func(x *found) int64 { return int64(x.LinkCount()) }, "-inum": func(x *found) int64 { return int64(x.Inode) }}[name]
	is, ok := f.numeric(v)
	if !ok {
		return f.fail("invalid argument `" + v + "' to `" + name + "'")
	}
	return func(x *found) bool { return is(of(x)) }
}

// pattern matches names.
func (f *finder) pattern(name, pattern string) test {
	fold := strings.Contains(name, "-i")
	whole := strings.Contains(name, "path") || strings.Contains(name, "wholename")
	match := glob(pattern, fold)
	return func(x *found) bool {
		switch {
		case strings.HasSuffix(name, "lname"):
			target, err := f.p.FS.Readlink(x.path)
			return err == nil && match(target)
		case whole:
			return match(x.path)
		}
		return match(baseOf(x.path))
	}
}

// baseOf gives the last part of a path as it was written.
func baseOf(name string) string {
	if trimmed := strings.TrimRight(name, "/"); trimmed != "" {
		return trimmed[strings.LastIndexByte(trimmed, '/')+1:]
	}
	return "/"
}

func (f *finder) empty(x *found) bool {
	switch x.Kind() {
	case vfs.Regular:
		return x.Size() == 0
	case vfs.Directory:
		list, err := f.p.FS.ReadDir(x.path)
		return err == nil && len(list) == 0
	}
	return false
}

func (f *finder) kind(v string) test {
	kinds := map[string]uint32{"f": vfs.Regular, "d": vfs.Directory, "l": vfs.Link, "c": vfs.Character, "b": vfs.Block, "p": vfs.Pipe, "s": vfs.Socket}
	want := map[uint32]bool{}
	for _, k := range strings.Split(v, ",") {
		kind, ok := kinds[k]
		if !ok {
			return f.fail("Unknown argument to " + f.last + ": " + k)
		}
		want[kind] = true
	}
	return func(x *found) bool { return want[x.Kind()] }
}

func (f *finder) size(v string) test {
	unit, digits := int64(512), v
	if v != "" {
		if u := map[byte]int64{'b': 512, 'c': 1, 'w': 2, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}[v[len(v)-1]]; u > 0 {
			unit, digits = u, v[:len(v)-1]
		}
	}
	is, ok := f.numeric(digits)
	if !ok {
		return f.fail("invalid -size type `" + v[max(len(v)-1, 0):] + "'")
	}
	return func(x *found) bool { return is((x.Size() + unit - 1) / unit) }
}

func (f *finder) age(name, v string) test {
	unit := 24 * time.Hour
	if strings.HasSuffix(name, "min") {
		unit = time.Minute
	}
	is, ok := f.numeric(v)
	if !ok {
		return f.fail("invalid argument `" + v + "' to `" + name + "'")
	}
	return func(x *found) bool {
		age := f.now.Sub(x.Modified)
		if unit == time.Minute && age > 0 {
			age += unit - 1
		}
		return is(int64(age / unit))
	}
}

func (f *finder) owner(name, v string) test {
	n := number(f.p, v, name == "-group")
	if n < 0 {
		what := map[string]string{"-user": "is not the name of a known user", "-group": "is not the name of an existing group"}[name]
		return f.fail(gnu.Quote(f.p, v) + " " + what)
	}
	return func(x *found) bool {
		if name == "-group" {
			return x.GID == n
		}
		return x.UID == n
	}
}

func (f *finder) perm(v string) test {
	how, text := byte('='), v
	if v != "" && (v[0] == '-' || v[0] == '/') {
		how, text = v[0], v[1:]
	}
	change, ok := gnu.ParseMode(text)
	if !ok {
		return f.fail("invalid mode " + gnu.Quote(f.p, v))
	}
	want := change(0, 0)
	return func(x *found) bool {
		have := x.Mode & 0o7777
		switch how {
		case '-':
			return have&want == want
		case '/':
			return want == 0 || have&want != 0
		}
		return have == want
	}
}

// glob gives what matches a pattern of the shell; a slash is a character like
// any other.
func glob(pattern string, fold bool) func(string) bool {
	if fold {
		pattern = strings.ToLower(pattern)
	}
	hide := strings.NewReplacer("/", "\x01")
	pattern = hide.Replace(strings.ReplaceAll(pattern, "[!", "[^"))
	return func(s string) bool {
		if fold {
			s = strings.ToLower(s)
		}
		ok, err := path.Match(pattern, hide.Replace(s))
		return ok || err != nil && pattern == hide.Replace(s)
	}
}
