package files

import (
	"fmt"
	"path"
	"strings"

	"gait/decoy/programs/gnu"
	"gait/decoy/programs/regex"
	"gait/decoy/vfs"
)

// batch is what -exec with a plus collects.
type batch struct {
	args  []string
	files []string
	size  int
}

// action reads a predicate that does something; nil for one that does not.
func (f *finder) action(name string) test {
	switch name {
	case "-print":
		return f.print("\n")
	case "-print0":
		return f.print("\x00")
	case "-prune":
		return func(*found) bool { f.prune = true; return true }
	case "-quit":
		f.acts = true
		return func(*found) bool { f.quit = true; return true }
	case "-ls":
		f.acts = true
		return f.ls
	case "-delete":
		f.acts, f.depthFirst = true, true
		return f.remove
	case "-printf":
		f.acts = true
		format, ok := f.value()
		if !ok {
			return f.fail("")
		}
		return func(x *found) bool { f.format(format, x); return true }
	case "-exec", "-execdir", "-ok":
		f.acts = true
		return f.exec(name)
	}
	return nil
}

func (f *finder) print(end string) test {
	f.acts = true
	return func(x *found) bool {
		name := x.path
		if f.p.OutTTY && end == "\n" {
			name = strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return '?'
				}
				return r
			}, name)
		}
		if _, err := f.out.WriteString(name + end); err != nil {
			f.quit = true
		}
		return true
	}
}

func (f *finder) remove(x *found) bool {
	if x.path == "." {
		return true
	}
	var err error
	if x.IsDir() {
		err = f.p.FS.Rmdir(x.path)
	} else {
		err = f.p.FS.Remove(x.path)
	}
	if err != nil {
		f.out.Flush()
		f.code = f.p.Complain("cannot delete %s: %s", gnu.Quote(f.p, x.path), gnu.Why(err))
	}
	return err == nil
}

// exec reads the command of -exec.
func (f *finder) exec(name string) test {
	var args []string
	for i, a := range f.args {
		if a == ";" {
			args, f.args = f.args[:i], f.args[i+1:]
			break
		}
		if a == "+" && i > 0 && f.args[i-1] == "{}" {
			b := &batch{args: f.args[:i-1]}
			f.args = f.args[i+1:]
			f.batches = append(f.batches, b)
			return func(x *found) bool { f.collect(b, x.path); return true }
		}
	}
	if len(args) == 0 {
		return f.fail("missing argument to `" + name + "'")
	}
	return func(x *found) bool {
		command := make([]string, len(args))
		for i, a := range args {
			where := x.path
			if name == "-execdir" {
				where = "./" + baseOf(x.path)
			}
			command[i] = strings.ReplaceAll(a, "{}", where)
		}
		f.out.Flush()
		if name == "-ok" && !f.asked(command, x) {
			return false
		}
		dir := ""
		if name == "-execdir" {
			dir = path.Dir(x.Path)
		}
		return f.run(command, dir) == 0
	}
}

func (f *finder) asked(command []string, x *found) bool {
	fmt.Fprintf(f.p.Err, "< %s ... %s > ? ", command[0], x.path)
	b := make([]byte, 256)
	n, _ := f.p.In.Read(b)
	return n > 0 && (b[0] == 'y' || b[0] == 'Y')
}

// run runs a command, in another directory where one is given.
func (f *finder) run(args []string, dir string) int {
	c := *f.p
	c.FS = f.p.FS.Clone()
	if dir != "" {
		_ = c.FS.Chdir(dir)
	}
	code, found, err := f.p.Shell.Exec(&c, args)
	switch {
	case !found:
		f.p.Complain("%s: No such file or directory", gnu.Quote(f.p, args[0]))
		return 1
	case err != nil:
		f.p.Complain("%s: %s", gnu.Quote(f.p, args[0]), gnu.Why(err))
		return 1
	}
	return code
}

// mostArguments is how long the arguments of one command may be.
const mostArguments = 128 << 10

func (f *finder) collect(b *batch, name string) {
	b.files = append(b.files, name)
	if b.size += len(name) + 9; b.size > mostArguments {
		f.runBatch(b)
	}
}

func (f *finder) runBatch(b *batch) {
	if len(b.files) == 0 {
		return
	}
	f.out.Flush()
	if f.run(append(append([]string{}, b.args...), b.files...), "") != 0 {
		f.code = 1
	}
	b.files, b.size = nil, 0
}

func (f *finder) flush() {
	for _, b := range f.batches {
		f.runBatch(b)
	}
}

// ls writes a file as -ls does.
func (f *finder) ls(x *found) bool {
	user, _ := f.owners.User(x.UID)
	group, _ := f.owners.Group(x.GID)
	size := fmt.Sprintf("%8d", x.Size())
	if isDevice(&x.Info) {
		size = fmt.Sprintf("%3d, %3d", x.Device>>8, x.Device&0xff)
	}
	l := lister{now: f.now}
	fmt.Fprintf(f.out, "%9d %6d %s %3d %-8s %-8s %s %s %s", x.Inode, gnu.Blocks(x.Info)/2, gnu.ModeText(x.Mode), x.LinkCount(), user, group, size, l.dated(x.Modified), x.path)
	if x.Kind() == vfs.Link {
		target, _ := f.p.FS.Readlink(x.path)
		f.out.WriteString(" -> " + target)
	}
	f.out.WriteByte('\n')
	return true
}

// format writes a file as -printf does.
func (f *finder) format(format string, x *found) {
	for i := 0; i < len(format); i++ {
		c := format[i]
		if c == '\\' && i+1 < len(format) {
			i++
			if format[i] == 'c' {
				return
			}
			if at := strings.IndexByte("abfnrtv0\\", format[i]); at >= 0 {
				f.out.WriteByte("\a\b\f\n\r\t\v\x00\\"[at])
			} else {
				f.out.WriteString(format[i-1 : i+1])
			}
			continue
		}
		if c != '%' || i+1 == len(format) {
			f.out.WriteByte(c)
			continue
		}
		from := i
		i++
		for i < len(format) && strings.IndexByte("-+ #0123456789.", format[i]) >= 0 {
			i++
		}
		if i == len(format) {
			break
		}
		if strings.IndexByte("ACT", format[i]) >= 0 && i+1 < len(format) {
			i++
			f.out.WriteString(f.time(format[i], x))
			continue
		}
		text, ok := f.field(format[i], x)
		if !ok {
			f.out.WriteString(format[from : i+1])
			continue
		}
		f.out.WriteString(padded(format[from:i], text))
	}
}

func (f *finder) time(c byte, x *found) string {
	if c == '@' {
		return fmt.Sprintf("%d.%09d0", x.Modified.Unix(), x.Modified.Nanosecond())
	}
	if c == '+' {
		return gnu.Strftime("%Y-%m-%d+%H:%M:%S.%N0", x.Modified)
	}
	if c == 'S' || c == 'T' {
		return gnu.Strftime("%"+string(c)+".%N0", x.Modified)
	}
	return gnu.Strftime("%"+string(c), x.Modified)
}

func (f *finder) field(c byte, x *found) (string, bool) {
	user, _ := f.owners.User(x.UID)
	group, _ := f.owners.Group(x.GID)
	switch c {
	case '%':
		return "%", true
	case 'a', 'c', 't':
		return gnu.Strftime("%a %b %e %H:%M:%S.%N0 %Y", x.Modified), true
	case 'f':
		return baseOf(x.path), true
	case 'h':
		if at := strings.LastIndexByte(x.path, '/'); at >= 0 {
			return x.path[:at], true
		}
		return ".", true
	case 'H':
		return x.start, true
	case 'P':
		return strings.TrimPrefix(strings.TrimPrefix(x.path, x.start), "/"), true
	case 'l':
		target, _ := f.p.FS.Readlink(x.path)
		return target, true
	case 'y', 'Y':
		return string(strings.Replace(gnu.ModeText(x.Mode)[:1], "-", "f", 1)), true
	case 'F':
		return "ext4", true
	}
	values := map[byte]any{'p': x.path, 's': x.Size(), 'm': fmt.Sprintf("%o", x.Mode&0o7777), 'M': gnu.ModeText(x.Mode), 'u': user, 'U': x.UID, 'g': group, 'G': x.GID, 'i': x.Inode, 'n': x.LinkCount(), 'd': x.depth, 'b': gnu.Blocks(x.Info), 'k': gnu.Blocks(x.Info) / 2, 'D': deviceOf(x.Info)}
	v, ok := values[c]
	return fmt.Sprint(v), ok
}

// regex matches the whole path.
func (f *finder) regex(name, v string) test {
	if name == "-regextype" {
		f.extended = v != "emacs" && v != "findutils-default" && v != "posix-basic" && v != "grep" && v != "ed" && v != "sed"
		return func(*found) bool { return true }
	}
	re, err := regex.Compile(v, regex.Options{Extended: f.extended, Fold: name == "-iregex", Line: true})
	if err != nil {
		return f.fail("failed to compile regular expression '" + v + "': " + err.Error())
	}
	return func(x *found) bool { return re.Match([]byte(x.path)) }
}
