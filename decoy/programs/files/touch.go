package files

import (
	"crypto/rand"
	"errors"
	"math"
	"strings"
	"syscall"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runTouch(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "acd:fhmr:t:", Long: map[string]proc.Long{"time": {Value: 1}, "no-create": {As: "c"}, "date": {As: "d", Value: 1}, "no-dereference": {As: "h"}, "reference": {As: "r", Value: 1}}},
		gnu.About{Usage: "[OPTION]... FILE...", Does: "Update the access and modification times of each FILE to the current time.", By: "Paul Rubin, Arnold Robbins, Jim Kingdon,\nDavid MacKenzie, and Randy Smith"})
	if o == nil {
		return code
	}
	at, ok := touchTime(p, o)
	if !ok {
		return 1
	}
	if len(o.Operands) == 0 {
		return gnu.Try(p, "missing file operand")
	}
	for _, name := range o.Operands {
		if err := touchOne(p, o, name, at); err != nil {
			code = p.Complain("cannot touch %s: %s", gnu.Always(p, name), gnu.Why(err))
		}
	}
	return code
}

// touchTime gives the time that files get.
func touchTime(p *proc.Process, o *proc.Options) (at time.Time, ok bool) {
	at = p.Now()
	if name, given := o.Last("r"); given {
		i, err := p.FS.Stat(name)
		if err != nil {
			p.Complain("failed to get attributes of %s: %s", gnu.Always(p, name), gnu.Why(err))
			return at, false
		}
		at = i.Modified
	}
	if text, given := o.Last("d"); given {
		if at, ok = gnu.ParseTime(text, at); !ok {
			p.Complain("invalid date format %s", gnu.Quote(p, text))
			return at, false
		}
	}
	if text, given := o.Last("t"); given {
		if at, ok = stamp(text, p.Now()); !ok {
			p.Complain("invalid date format %s", gnu.Quote(p, text))
			return at, false
		}
	}
	return at, true
}

// stamp reads [[CC]YY]MMDDhhmm[.ss].
func stamp(text string, now time.Time) (time.Time, bool) {
	head, sec, dotted := strings.Cut(text, ".")
	if !dotted {
		sec = "00"
	}
	switch len(head) {
	case 8:
		head = now.Format("2006") + head
	case 10:
		century := "20"
		if head[0] >= '7' {
			century = "19"
		}
		head = century + head
	}
	t, err := time.Parse("20060102150405", head+sec)
	return t, err == nil && len(head) == 12 && len(sec) == 2
}

func touchOne(p *proc.Process, o *proc.Options, name string, at time.Time) error {
	if name == "-" {
		return nil
	}
	if l, err := p.FS.Lstat(name); err == nil && l.Kind() == vfs.Link && o.Has("h") {
		return nil // the time of a link itself is not kept
	}
	i, err := p.FS.Stat(name)
	if errors.Is(err, syscall.ENOENT) {
		if o.Has("c") {
			return nil
		}
		f, err := p.FS.Open(name, vfs.WriteOnly|vfs.Create, 0o666)
		if err != nil {
			if _, lerr := p.FS.Lstat(name); lerr == nil || !strings.HasSuffix(name, "/") {
				return err
			}
			return syscall.ENOENT
		}
		f.Close()
		if !o.Has("d", "t", "r") {
			return nil
		}
		return p.FS.Chtimes(name, at)
	}
	if err != nil {
		return err
	}
	if o.Has("a") && !o.Has("m") || i.Kind() == vfs.Character {
		return nil // the time of the last access is none that is kept
	}
	return p.FS.Chtimes(name, at)
}

func runTruncate(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "cor:s:", Long: map[string]proc.Long{"no-create": {As: "c"}, "io-blocks": {As: "o"}, "reference": {As: "r", Value: 1}, "size": {As: "s", Value: 1}}},
		gnu.About{Usage: "OPTION... FILE...", Does: "Shrink or extend the size of each FILE to the specified size", By: "Padraig Brady"})
	if o == nil {
		return code
	}
	text, given := o.Last("s")
	ref, referred := o.Last("r")
	how, size := byte(0), int64(0)
	if given {
		text = strings.TrimSpace(text)
		if text != "" && strings.IndexByte("+-<>/%", text[0]) >= 0 {
			how = text[0]
		}
		var ok bool
		if size, ok = gnu.Size(strings.TrimLeft(text, "+-<>/% "), "kKmMgGtTPEZY"); !ok {
			return p.Complain("Invalid number: %s", gnu.Quote(p, text))
		}
	}
	if !given && !referred {
		return gnu.Try(p, "you must specify either %s or %s", gnu.Quote(p, "--size"), gnu.Quote(p, "--reference"))
	}
	if len(o.Operands) == 0 {
		return gnu.Try(p, "missing file operand")
	}
	if referred {
		i, err := p.FS.Stat(ref)
		if err != nil {
			return p.Complain("cannot stat %s: %s", gnu.Always(p, ref), gnu.Why(err))
		}
		size = i.Size()
	}
	for _, name := range o.Operands {
		code = max(code, truncateOne(p, o, name, resize(how, size)))
	}
	return code
}

// resize gives what makes the new size of the old one; it is negative for a
// division by zero.
func resize(how byte, n int64) func(size int64) int64 {
	return func(size int64) int64 {
		switch how {
		case '+':
			return size + min(n, math.MaxInt64-size)
		case '-':
			return max(size-n, 0)
		case '<':
			return min(size, n)
		case '>':
			return max(size, n)
		case '/', '%':
			if n == 0 {
				return -1
			}
			if how == '%' {
				size += min(n-1, math.MaxInt64-size)
			}
			return size / n * n
		}
		return n
	}
}

func truncateOne(p *proc.Process, o *proc.Options, name string, resize func(int64) int64) int {
	flag := vfs.WriteOnly | vfs.Create
	if o.Has("c") {
		flag = vfs.WriteOnly
	}
	f, err := p.FS.Open(name, flag, 0o666)
	if err != nil {
		if o.Has("c") && errors.Is(err, syscall.ENOENT) {
			return 0
		}
		return p.Complain("cannot open %s for writing: %s", gnu.Always(p, name), gnu.Why(err))
	}
	defer f.Close()
	i, err := p.FS.Stat(name)
	if err != nil {
		return 1
	}
	n := resize(i.Size())
	if n < 0 {
		return p.Complain("division by zero")
	}
	if err := p.FS.Truncate(name, n); err != nil {
		return p.Complain("failed to truncate %s at %d bytes: %s", gnu.Always(p, name), n, gnu.Why(err))
	}
	return 0
}

func runMktemp(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "dp:qtuV", Long: map[string]proc.Long{"directory": {As: "d"}, "quiet": {As: "q"}, "dry-run": {As: "u"}, "suffix": {Value: 1}, "tmpdir": {As: "p", Value: 2}}},
		gnu.About{Usage: "[OPTION]... [TEMPLATE]", Does: "Create a temporary file or directory, safely, and print its name.", By: "Jim Meyering and Eric Blake"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 1 {
		return gnu.Try(p, "too many templates")
	}
	template, dir := "tmp.XXXXXXXXXX", ""
	where, given := o.Last("p")
	if len(o.Operands) == 0 || o.Has("t") || given {
		if dir = where; dir == "" {
			if dir = p.Env.Get("TMPDIR"); dir == "" {
				dir = "/tmp"
			}
		}
	}
	if len(o.Operands) == 1 {
		template = o.Operands[0]
	}
	suffix, _ := o.Last("suffix")
	shown := template
	if suffix == "" {
		at := strings.LastIndexByte(template, 'X') + 1
		template, suffix = template[:at], template[at:]
	}
	stem := strings.TrimRight(template, "X")
	n := len(template) - len(stem)
	if n < 3 {
		return p.Complain("too few X's in template %s", gnu.Quote(p, shown))
	}
	if dir != "" {
		dir = strings.TrimSuffix(dir, "/") + "/"
		stem, shown = dir+stem, dir+shown
	}
	return makeTemp(p, o, shown, func() string { return stem + letters(n) + suffix })
}

// makeTemp makes a file or directory under the first name that is free.
func makeTemp(p *proc.Process, o *proc.Options, shown string, next func() string) int {
	what := "file"
	if o.Has("d") {
		what = "directory"
	}
	for range 100 {
		name := next()
		var err error
		switch {
		case o.Has("u"):
		case o.Has("d"):
			if err = p.FS.Mkdir(name, 0o700); err == nil {
				_ = p.FS.Chmod(name, 0o700)
			}
		default:
			var f *vfs.File
			if f, err = p.FS.Open(name, vfs.ReadWrite|vfs.Create|vfs.Exclusive, 0o600); err == nil {
				f.Close()
			}
		}
		if errors.Is(err, syscall.EEXIST) {
			continue
		}
		if err != nil {
			if o.Has("q") {
				return 1
			}
			return p.Complain("failed to create %s via template %s: %s", what, gnu.Quote(p, shown), gnu.Why(err))
		}
		p.Println(name)
		return 0
	}
	return p.Complain("failed to create %s via template %s: File exists", what, gnu.Quote(p, shown))
}

// letters makes up a part of a name.
func letters(n int) string {
	const set = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	b := make([]byte, n)
	_, _ = rand.Read(b)
	for i := range b {
		b[i] = set[int(b[i])%len(set)]
	}
	return string(b)
}
