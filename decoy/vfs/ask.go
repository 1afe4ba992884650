package vfs

// kinds are the questions of test about what a file is.
var kinds = map[string]uint32{
	"-f": Regular, "-d": Directory, "-h": Link, "-L": Link, "-b": Block, "-c": Character, "-p": Pipe, "-S": Socket,
}

// Ask answers a question of test about a path: -f, -r and those like it. A link
// is followed but for -h and -L. It is false where nothing is there.
func (f *FS) Ask(op, name string) bool {
	switch op {
	case "-r", "-w", "-x":
		return f.Access(name, map[string]uint32{"-r": 4, "-w": 2, "-x": 1}[op]) == nil
	}
	i, err := f.stat("stat", name, op != "-h" && op != "-L")
	if err != nil {
		return false
	}
	if k, ok := kinds[op]; ok {
		return i.Kind() == k
	}
	switch op {
	case "-s":
		return i.Size() > 0
	case "-u":
		return i.Mode&0o4000 != 0
	case "-g":
		return i.Mode&0o2000 != 0
	case "-k":
		return i.Mode&0o1000 != 0
	case "-O":
		return i.UID == f.UID
	case "-G":
		return i.GID == f.GID
	}
	return op == "-e" || op == "-a"
}

// Compare answers a question of test about two paths: -nt, -ot or -ef.
func (f *FS) Compare(a, op, b string) bool {
	x, errX := f.Stat(a)
	y, errY := f.Stat(b)
	switch op {
	case "-nt":
		return errX == nil && (errY != nil || x.Modified.After(y.Modified))
	case "-ot":
		return errY == nil && (errX != nil || x.Modified.Before(y.Modified))
	}
	return op == "-ef" && errX == nil && errY == nil && (x.Path == y.Path || x.Inode != 0 && x.Inode == y.Inode)
}
