package archive

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"io"
	"path"
	"strings"

	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// extract writes one member to the tree.
func (t *tarrer) extract(h *tar.Header, r io.Reader) {
	p := t.p
	name := t.place(h.Name)
	if name == "" {
		return
	}
	if t.o.Has("O") {
		_ = gnu.Copy(t.listing, r)
		return
	}
	if !t.o.Has("P") && (name == ".." || strings.HasPrefix(name, "../") || strings.Contains(name, "/../") || strings.HasSuffix(name, "/..")) {
		t.fault("%s: Member name contains '..', skipped", h.Name)
		return
	}
	t.parents(name)
	if old, err := p.FS.Lstat(strings.TrimRight(name, "/")); err == nil && h.Typeflag != tar.TypeDir {
		if t.o.Has("k") {
			t.fault("%s: Cannot open: File exists", name)
			return
		}
		if !old.IsDir() {
			_ = p.FS.Remove(name)
		}
	}
	what, err := "open", error(nil)
	switch h.Typeflag {
	case tar.TypeDir:
		if i, serr := p.FS.Stat(name); serr != nil || !i.IsDir() {
			what, err = "mkdir", p.FS.Mkdir(name, 0o700)
		}
		if err == nil {
			t.dirs = append(t.dirs, h)
			t.dress(name, h)
		}
	case tar.TypeSymlink:
		what, err = "create symlink to '"+h.Linkname+"'", p.FS.Symlink(h.Linkname, name)
	case tar.TypeLink:
		what, err = "hard link to '"+h.Linkname+"'", p.FS.Link(t.place(h.Linkname), name)
	case tar.TypeFifo:
		what, err = "mkfifo", p.FS.Mknod(name, vfs.Pipe|uint32(h.Mode)&0o7777, 0)
	case tar.TypeChar, tar.TypeBlock:
		kind := uint32(vfs.Character)
		if h.Typeflag == tar.TypeBlock {
			kind = vfs.Block
		}
		what, err = "mknod", p.FS.Mknod(name, kind|uint32(h.Mode)&0o7777, uint32(h.Devmajor)<<8|uint32(h.Devminor)&0xff)
	default:
		err = t.content(name, h, r)
	}
	if err != nil && !gnu.Stop(p) {
		t.fault("%s: Cannot %s: %s", name, what, gnu.Why(err))
	}
}

// parents makes the directories above a member.
func (t *tarrer) parents(name string) {
	dir := path.Dir(strings.TrimRight(name, "/"))
	if _, err := t.p.FS.Stat(dir); err == nil || dir == "." || dir == "/" {
		return
	}
	parts := strings.Split(dir, "/")
	for i := range parts {
		if up := strings.Join(parts[:i+1], "/"); up != "" {
			_ = t.p.FS.Mkdir(up, 0o777)
		}
	}
}

// content writes the content of a file.
func (t *tarrer) content(name string, h *tar.Header, r io.Reader) error {
	f, err := t.p.FS.Open(name, vfs.WriteOnly|vfs.Create|vfs.Truncate, uint32(h.Mode)&0o777)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if _, werr := f.Write(buf[:n]); werr != nil {
			t.fault("%s: Wrote only %d of 10240 bytes", name, 512)
			return werr
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.fault("Unexpected EOF in archive")
			return nil
		}
		if err := gnu.Step(t.p); err != nil {
			return err
		}
	}
	t.dress(name, h)
	return nil
}

// dress gives a file the owner, mode and time of the archive.
func (t *tarrer) dress(name string, h *tar.Header) {
	p := t.p
	mode := uint32(h.Mode) & 0o7777
	if p.FS.UID == 0 && !t.o.Has("no-same-owner", "o") {
		uid, gid := h.Uid, h.Gid
		if a, ok := p.World.Account(h.Uname); ok && !t.o.Has("numeric-owner") {
			uid = a.UID
		}
		if g, ok := p.World.Group(h.Gname); ok && !t.o.Has("numeric-owner") {
			gid = g
		}
		_ = p.FS.Chown(name, uid, gid, true)
	} else if !t.o.Has("p") {
		mode &^= p.FS.Umask
	}
	_ = p.FS.Chmod(name, mode)
	if !t.o.Has("m") {
		_ = p.FS.Chtimes(name, h.ModTime)
	}
}

// create packs.
func (t *tarrer) create() int {
	p := t.p
	names := t.names
	if list, ok := t.o.Last("T"); ok {
		held := gnu.Hold(p)
		defer held.Free()
		f, err := gnu.Open(p, list)
		if err != nil {
			return t.fatal("%s: Cannot open: %s", list, gnu.Why(err))
		}
		data, _ := gnu.ReadAll(f, held)
		f.Close()
		names = append(names, strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })...)
	} else if len(names) == 0 {
		p.Complain("Cowardly refusing to create an empty archive")
		return trying(p)
	}
	if t.archive == "-" && p.OutTTY {
		return t.fatal("Refusing to write archive contents to terminal (missing -f option?)")
	}
	w := io.Writer(p.Out)
	t.listing = p.Out
	if t.archive == "-" {
		t.listing = p.Err
	} else {
		f, err := gnu.Create(p, t.archive, vfs.WriteOnly|vfs.Create|vfs.Truncate, 0o666)
		if err != nil {
			return t.fatal("%s: Cannot open: %s", t.archive, gnu.Why(err))
		}
		defer f.Close()
		w = f
	}
	buffered := bufio.NewWriterSize(w, 10240)
	w = buffered
	var packed *gzip.Writer
	if t.o.Has("z") || t.o.Has("a") && (strings.HasSuffix(t.archive, "gz")) {
		packed = gzip.NewWriter(buffered)
		w = packed
	}
	if code := t.enter(); code != 0 {
		return code
	}
	counted := &counter{w: w}
	tw := tar.NewWriter(counted)
	for _, name := range names {
		t.add(tw, name, 0)
	}
	err := tw.Close()
	if pad := (10240 - counted.n%10240) % 10240; err == nil && pad > 0 {
		_, err = counted.Write(make([]byte, pad))
	}
	if packed != nil && err == nil {
		err = packed.Close()
	}
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil && !gnu.Stop(p) {
		return t.fatal("%s: Cannot write: %s", t.archive, gnu.Why(err))
	}
	return t.code(0)
}

// counter counts what is written: an archive is a multiple of 20 blocks.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// add packs one file, and what is in it.
func (t *tarrer) add(w *tar.Writer, name string, depth int) {
	p := t.p
	if gnu.Step(p) != nil || depth > 500 {
		return
	}
	i, err := p.FS.Lstat(name)
	if err == nil && t.o.Has("h") {
		i, err = p.FS.Stat(name)
	}
	if err != nil {
		t.fault("%s: Cannot stat: %s", name, gnu.Why(err))
		return
	}
	for _, g := range t.o.Given {
		if g.Name == "exclude" && excluded(g.Value, name) {
			return
		}
	}
	if t.same(i) {
		p.Complain("%s: file is the archive; not dumped", name)
		return
	}
	h := t.header(i, name)
	if h == nil {
		return
	}
	if err := w.WriteHeader(h); err != nil {
		return
	}
	if t.verbose > 0 {
		shown := *h
		if shown.Name = name; i.IsDir() {
			shown.Name = strings.TrimSuffix(name, "/") + "/"
		}
		t.show(&shown)
	}
	if i.Kind() == vfs.Regular {
		t.pack(w, name, h.Size)
	}
	if !i.IsDir() || t.o.Has("no-recursion") {
		return
	}
	list, err := p.FS.ReadDir(name)
	if err != nil {
		t.fault("%s: Cannot open: %s", name, gnu.Why(err))
	}
	for _, e := range list {
		t.add(w, strings.TrimSuffix(name, "/")+"/"+e.Name, depth+1)
	}
}

// same says whether a file is the archive that is written.
func (t *tarrer) same(i vfs.Info) bool {
	a, err := t.p.FS.Real(t.archive)
	return err == nil && t.archive != "-" && a == i.Path
}

// header makes the header of a file; nil for one that is left out.
func (t *tarrer) header(i vfs.Info, name string) *tar.Header {
	stored := t.stored(name)
	user, _ := t.owners.User(i.UID)
	group, _ := t.owners.Group(i.GID)
	h := &tar.Header{Name: stored, Mode: int64(i.Mode & 0o7777), Uid: i.UID, Gid: i.GID, Uname: user, Gname: group, ModTime: i.Modified.Truncate(1e9), Format: tar.FormatGNU, Typeflag: tar.TypeReg}
	switch i.Kind() {
	case vfs.Regular:
		h.Size = i.Size()
	case vfs.Directory:
		h.Typeflag = tar.TypeDir
		h.Name = strings.TrimSuffix(stored, "/") + "/"
	case vfs.Link:
		h.Typeflag = tar.TypeSymlink
		h.Linkname, _ = t.p.FS.Readlink(i.Path)
	case vfs.Pipe:
		h.Typeflag = tar.TypeFifo
	case vfs.Character, vfs.Block:
		h.Typeflag = tar.TypeChar
		if i.Kind() == vfs.Block {
			h.Typeflag = tar.TypeBlock
		}
		h.Devmajor, h.Devminor = int64(i.Device>>8), int64(i.Device&0xff)
	default:
		t.p.Complain("%s: socket ignored", name)
		return nil
	}
	return h
}

// stored gives the name of a file in the archive.
func (t *tarrer) stored(name string) string {
	if t.o.Has("P") || !strings.HasPrefix(name, "/") {
		return name
	}
	if !t.warned {
		t.p.Complain("Removing leading `/' from member names")
		t.warned = true
	}
	if name = strings.TrimLeft(name, "/"); name == "" {
		return "./"
	}
	return name
}

// pack writes the content of a file, filled up to the size that its header says.
func (t *tarrer) pack(w *tar.Writer, name string, size int64) {
	f, err := gnu.Open(t.p, name)
	if err != nil {
		t.fault("%s: Cannot open: %s", name, gnu.Why(err))
		_ = gnu.Copy(w, io.LimitReader(zeros{}, size))
		return
	}
	defer f.Close()
	left := &io.LimitedReader{R: f, N: size}
	_ = gnu.Copy(w, left)
	_ = gnu.Copy(w, io.LimitReader(zeros{}, left.N))
}

// zeros gives zeros.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
