// Package reach says why a path cannot be read, in words for the person who
// can mend it: the first part of the path that stops us, its owner and mode,
// who we are, and a command that opens it.
package reach

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Problem is why a path cannot be read.
type Problem struct {
	Path string // the first part of the path that stops us
	What string // what is wrong with it
	Cure string // what to do about it; may be empty
	Err  error  // fs.ErrNotExist, fs.ErrPermission, or what the system said
}

// Error gives all of it in one line.
func (p *Problem) Error() string {
	s := Quote(p.Path) + " " + p.What
	if p.Cure != "" {
		s += "; " + p.Cure
	}
	return s
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Why says why a file or folder cannot be read, nil where it can: a folder must
// be open for listing and entering, a file for reading. Links are followed.
// Nothing is opened but folders and regular files.
func Why(path string) *Problem {
	abs, err := filepath.Abs(path)
	if err != nil {
		return &Problem{Path: path, What: "has no absolute form: " + err.Error(), Err: err}
	}
	return why(abs, 0)
}

// maxLinks is how many links are followed.
const maxLinks = 32

func why(path string, links int) *Problem {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	at := "/"
	for i, name := range parts {
		if name == "" {
			continue
		}
		at = filepath.Join(at, name)
		info, err := os.Lstat(at)
		if err != nil {
			return whyNot(at, err)
		}
		last := i == len(parts)-1
		if info.Mode()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(at)
			if err != nil || links >= maxLinks {
				return &Problem{Path: at, What: "is a link that leads nowhere", Err: errors.Join(fs.ErrNotExist, err)}
			}
			if !filepath.IsAbs(to) {
				to = filepath.Join(filepath.Dir(at), to)
			}
			return why(filepath.Join(append([]string{to}, parts[i+1:]...)...), links+1)
		}
		if p := usable(at, info, last); p != nil {
			return p
		}
	}
	return nil
}

// usable says why a part of a path cannot be used.
func usable(at string, info fs.FileInfo, last bool) *Problem {
	switch {
	case info.IsDir():
		mode := uint32(unix.X_OK)
		if last {
			mode |= unix.R_OK
		}
		if err := unix.Faccessat(unix.AT_FDCWD, at, mode, unix.AT_EACCESS); err != nil {
			return denied(at, info, err)
		}
		return nil
	case !last:
		return &Problem{Path: at, What: "is no folder", Cure: "see that the path is right", Err: fs.ErrNotExist}
	case !info.Mode().IsRegular():
		return nil
	}
	// Only opening tells what access lists and the file system really say.
	f, err := os.OpenFile(at, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return denied(at, info, err)
	}
	f.Close()
	return nil
}

// whyNot explains why a part of a path cannot even be looked at.
func whyNot(at string, err error) *Problem {
	if errors.Is(err, fs.ErrNotExist) {
		return &Problem{Path: at, What: "is not there", Cure: "see that the path is right, and that it is mounted", Err: fs.ErrNotExist}
	}
	folder := filepath.Dir(at)
	if info, e := os.Stat(folder); e == nil && errors.Is(err, fs.ErrPermission) {
		return denied(folder, info, err)
	}
	return &Problem{Path: at, What: "cannot be looked at: " + plain(err), Err: err}
}

// denied explains a refusal.
func denied(at string, info fs.FileInfo, err error) *Problem {
	if !errors.Is(err, fs.ErrPermission) {
		return &Problem{Path: at, What: "cannot be read: " + plain(err), Err: err}
	}
	owner, group := "?", "?"
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		owner, group = userName(st.Uid), groupName(st.Gid)
	}
	p := &Problem{Path: at, Err: fs.ErrPermission}
	p.What = fmt.Sprintf("is closed to us: owner %s:%s, mode %s, and gait runs as %s", owner, group, info.Mode(), Who())
	p.Cure = cure(at, info)
	return p
}

// cure gives the command that opens a path to us: joining its group where that
// is enough, else an entry in its access list.
func cure(at string, info fs.FileInfo) string {
	rights, bits := "r", fs.FileMode(0o040)
	if info.IsDir() {
		rights, bits = "rx", 0o050
	}
	us := userName(uint32(os.Geteuid()))
	if st, ok := info.Sys().(*syscall.Stat_t); ok && info.Mode().Perm()&bits == bits && st.Gid != 0 {
		return "run: usermod -aG " + Quote(groupName(st.Gid)) + " " + Quote(us) + ", then start gait again"
	}
	return "run: setfacl -m u:" + Quote(us) + ":" + rights + " " + Quote(at)
}

// Who names the user and the groups that this process reads with.
func Who() string {
	s := "user " + userName(uint32(os.Geteuid())) + ", groups "
	ids := []int{os.Getegid()}
	if more, err := os.Getgroups(); err == nil {
		ids = append(ids, more...)
	}
	seen := map[int]bool{}
	var names []string
	for _, id := range ids {
		if !seen[id] && len(names) < 16 {
			seen[id] = true
			names = append(names, groupName(uint32(id)))
		}
	}
	return s + strings.Join(names, ", ")
}

// Quote writes a path so that a shell takes it as one word, and a terminal as
// text.
func Quote(path string) string {
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%") == "" && path != "" {
		return path
	}
	for _, r := range path {
		if !strconv.IsPrint(r) || r == '\uFFFD' {
			return "$'" + strings.ReplaceAll(strings.Trim(strconv.QuoteToASCII(path), `"`), "'", `\'`) + "'"
		}
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func userName(id uint32) string {
	n := strconv.FormatUint(uint64(id), 10)
	if u, err := user.LookupId(n); err == nil {
		return u.Username
	}
	return n
}

func groupName(id uint32) string {
	n := strconv.FormatUint(uint64(id), 10)
	if g, err := user.LookupGroupId(n); err == nil {
		return g.Name
	}
	return n
}

// plain gives an error without the path, which is said already.
func plain(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
