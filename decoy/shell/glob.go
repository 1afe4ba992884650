package shell

import (
	"path"
	"slices"
	"strings"
)

// mostGlob bounds how many names a pattern is compared with.
const mostGlob = 200_000

// glob gives the paths that match a pattern, in order; nil for none.
func (in *interp) glob(text string) []string {
	parts := strings.Split(text, "/")
	found := []string{""}
	if strings.HasPrefix(text, "/") {
		found = []string{"/"}
	}
	looked := 0
	for i, part := range parts {
		if part == "" {
			if i == len(parts)-1 && i > 0 {
				found = in.onlyDirs(found)
			}
			continue
		}
		found = in.globPart(found, part, i == len(parts)-1 || parts[len(parts)-1] == "" && i == len(parts)-2, &looked)
		if len(found) == 0 || looked > mostGlob || in.halted() {
			break
		}
	}
	if len(found) == 1 && (found[0] == "" || found[0] == "/") {
		return nil
	}
	if in.bytewise() {
		slices.Sort(found)
	} else {
		slices.SortFunc(found, collate)
	}
	return found
}

// bytewise says whether names are sorted by their bytes.
func (in *interp) bytewise() bool {
	for _, name := range []string{"LC_ALL", "LC_COLLATE", "LANG"} {
		if v := in.get(name); v != "" {
			return v == "C" || v == "POSIX" || strings.HasPrefix(v, "C.")
		}
	}
	return true
}

// onlyDirs keeps the directories, each with a slash behind it.
func (in *interp) onlyDirs(list []string) (kept []string) {
	for _, f := range list {
		if i, err := in.fs.Stat(f); err == nil && i.IsDir() {
			kept = append(kept, strings.TrimSuffix(f, "/")+"/")
		}
	}
	return kept
}

// globPart goes one directory deeper.
func (in *interp) globPart(found []string, part string, last bool, looked *int) (next []string) {
	join := func(dir, name string) string {
		if dir == "" || strings.HasSuffix(dir, "/") {
			return dir + name
		}
		return dir + "/" + name
	}
	if part == "**" && in.opt["globstar"] {
		for _, dir := range found {
			next = append(next, in.deep(dir, last, looked)...)
		}
		return next
	}
	if !magic(part) {
		name := unescape(part)
		for _, dir := range found {
			if *looked++; *looked > mostGlob {
				return next
			}
			if _, err := in.fs.Lstat(join(dir, name)); err == nil {
				next = append(next, join(dir, name))
			}
		}
		return next
	}
	p := compile(part)
	p.fold = in.opt["nocaseglob"]
	for _, dir := range found {
		list, err := in.fs.ReadDir(or(dir, "."))
		if err != nil {
			continue
		}
		for _, e := range list {
			if *looked++; *looked > mostGlob {
				return next
			}
			if strings.HasPrefix(e.Name, ".") && !strings.HasPrefix(part, ".") && !strings.HasPrefix(part, `\.`) && !in.opt["dotglob"] {
				continue
			}
			if p.match(e.Name) && (last || e.IsDir() || in.isDir(join(dir, e.Name))) {
				next = append(next, join(dir, e.Name))
			}
		}
		if strings.HasPrefix(part, ".") && in.posix && p.match("..") {
			next = append(next, join(dir, "."), join(dir, ".."))
		}
	}
	return next
}

func (in *interp) isDir(name string) bool {
	i, err := in.fs.Stat(name)
	return err == nil && i.IsDir()
}

// deep gives all that is below a directory, for "**".
func (in *interp) deep(dir string, files bool, looked *int) (all []string) {
	all = append(all, dir)
	for i := 0; i < len(all) && *looked < mostGlob; i++ {
		at := all[i]
		if i > 0 && !in.plainDir(at) {
			continue
		}
		list, err := in.fs.ReadDir(or(at, "."))
		if err != nil {
			continue
		}
		for _, e := range list {
			*looked++
			if strings.HasPrefix(e.Name, ".") || !files && !e.IsDir() {
				continue
			}
			name := e.Name
			if at != "" {
				name = path.Join(at, e.Name)
			}
			all = append(all, name)
		}
	}
	if dir == "" {
		all = all[1:]
	}
	return all
}

func (in *interp) plainDir(name string) bool {
	i, err := in.fs.Lstat(name)
	return err == nil && i.IsDir()
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// unescape takes the backslashes out of a pattern.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// collate compares names as the C library does in English: letters and digits
// first, then case, then what stands between them.
func collate(a, b string) int {
	if c := strings.Compare(letters(a), letters(b)); c != 0 {
		return c
	}
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			if isLower(a[i]) && !isLower(b[i]) && (a[i]|32 == b[i]|32) {
				return -1
			}
			if isLower(b[i]) && !isLower(a[i]) && (a[i]|32 == b[i]|32) {
				return 1
			}
			break
		}
	}
	return strings.Compare(a, b)
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// letters keeps what counts first in a comparison.
func letters(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			b = append(b, c|32)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 0x80:
			b = append(b, c)
		}
	}
	return string(b)
}
