package recording

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"gait"
)

const (
	// maxMembers is how many members of an archive are looked at. A busy
	// honeypot packs some thousands of recordings a day.
	maxMembers = 200_000
	// maxLabel is the longest name of a member that is kept whole.
	maxLabel = 256
	// maxNested is how deep archives may lie in archives.
	maxNested = 2
)

// isTar knows an archive by its first header: by its mark, or by its checksum
// where it is older than the mark.
func isTar(head []byte) bool {
	if len(head) < 512 {
		return false
	}
	if string(head[257:262]) == "ustar" {
		return true
	}
	field := strings.Trim(string(head[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 64)
	if err != nil || head[0] == 0 {
		return false
	}
	sum := int64(8 * ' ')
	for i, c := range head[:512] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}

// unrolled is where the members of an archive go: what is in them, and what
// they are called within the archive.
type unrolled struct {
	*unpacker
	members int
	found   func(label string, body *io.SectionReader)
}

// unroll gives the files of an archive and of the archives in it. Names are
// labels; nothing is made on disk under them.
func (u *unrolled) unroll(body *io.SectionReader, prefix string, depth int) {
	in := io.NewSectionReader(body, 0, body.Size())
	r := tar.NewReader(in)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			u.odd.Add(gait.OddTornPacking, 1, -1)
			return
		}
		if u.members++; u.members > maxMembers {
			u.odd.Add(gait.OddSessionsLimit, 1, -1)
			return
		}
		if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if h.Typeflag != tar.TypeReg || sparse(h) {
			u.odd.Add(gait.OddSkippedMember, 1, -1)
			continue
		}
		at, _ := in.Seek(0, io.SeekCurrent) // the data begins where the header ended
		size := min(h.Size, max(body.Size()-at, 0))
		if size < h.Size {
			u.odd.Add(gait.OddTornPacking, 1, -1)
		}
		u.member(prefix+label(h.Name), io.NewSectionReader(body, at, size), depth)
	}
}

// member takes the compression off a member and goes into it where it is an
// archive itself.
func (u *unrolled) member(label string, packed *io.SectionReader, depth int) {
	body, err := u.peel(packed)
	switch {
	case err != nil:
		u.odd.Add(gait.OddBadMember, 1, -1)
	case !isTar(headOf(body)):
		u.found(label, body)
	case depth >= maxNested:
		u.odd.Add(gait.OddSkippedMember, 1, -1)
	default:
		u.unroll(body, label+"/", depth+1)
	}
}

// sparse says whether a member's size is one that it claims and has not.
func sparse(h *tar.Header) bool {
	for name := range h.PAXRecords {
		if strings.HasPrefix(name, "GNU.sparse.") {
			return true
		}
	}
	return h.Typeflag == tar.TypeGNUSparse
}

// label makes a relative path of a member's name that leads nowhere up.
func label(name string) string {
	if len(name) > maxLabel {
		name = name[len(name)-maxLabel:] // the base name is the end
	}
	name = string(bytes.ReplaceAll([]byte(name), []byte{0}, nil))
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}
