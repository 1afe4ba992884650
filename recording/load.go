package recording

import (
	"io"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"gait"
	"gait/recording/reader"
)

// kind is a format that this package knows, and how its files are read
// together with recordings that they name, where that is so.
type kind struct {
	reader.Format
	// join opens several logs as one recording; files gives the recordings
	// they name. It is nil for formats whose files stand alone.
	join func(logs []*reader.Source, files reader.Dir, lim Limits) (joined, error)
	// parted says that a recording lies in several files of a folder, and that
	// opening any of them opens the others.
	parted bool
}

// joined is a recording made of logs and the recordings that they name.
type joined interface {
	Recording
	// Claims says whether the logs name a recording of that base name.
	Claims(base string) bool
	// Names gives the base names for which Claims is true.
	Names() iter.Seq[string]
	// Picks says which of several recordings of one name the sessions of the
	// logs are read from, by when they began; the zero time stands for one of
	// which that is not known.
	Picks(base string, begun []time.Time) []bool
}

// kindOf finds the format of an unpacked input by its first bytes; nil where
// none claims it.
func (o *Options) kindOf(head []byte) *kind {
	i := slices.IndexFunc(o.kinds, func(k kind) bool { return k.Detect(head) })
	if i < 0 {
		return nil
	}
	return &o.kinds[i]
}

// load unpacks an input, finds its format and opens it. It takes over the
// input, also where it fails.
func load(in *input, opt Options) (*File, error) {
	u := newUnpacker(in.size, opt)
	f := &File{held: closers{in, &u.spool}, spool: &u.spool}
	if in.cut {
		u.odd.Add(gait.OddUnpackLimit, 1, in.size)
	}
	body, err := u.peel(io.NewSectionReader(in, 0, in.size))
	if err == nil {
		f.Recording, err = u.recording(in, body, opt)
	}
	if err != nil {
		f.held.Close()
		return nil, withPath(err, in.path)
	}
	f.odd = u.odd
	return f, nil
}

// recording opens what was found inside of all compression.
func (u *unpacker) recording(in *input, body *io.SectionReader, opt Options) (Recording, error) {
	head := headOf(body)
	if isTar(head) && opt.Timing == "" {
		return openArchive(u, in, body, opt)
	}
	k := opt.kindOf(head)
	if opt.Timing != "" {
		k = opt.scripts()
	}
	if k == nil {
		return nil, explain(head, u.did, opt.kinds)
	}
	return k.Open(in.source(body, k, opt), opt.Limits)
}

// source describes an unpacked input to its format.
func (in *input) source(body *io.SectionReader, k *kind, opt Options) *reader.Source {
	s := &reader.Source{ReaderAt: body, Size: body.Size(), Name: plainName(in.name), Path: in.path, Timing: opt.Timing}
	switch {
	case in.folder == "":
	case k.join != nil:
		s.Dir = in.logPlaces(opt)
	default:
		s.Dir = in.neighbours(opt)
	}
	return s
}

// neighbours is the folder that an input lies in.
func (in *input) neighbours(opt Options) folder {
	if in.within == "" {
		return folder{root: in.folder, opt: opt}
	}
	sub, _ := rest(in.within, in.folder)
	return folder{root: in.within, sub: sub, opt: opt}
}

// logPlaces is where the recordings lie that a log names, as far as they may
// be read.
func (in *input) logPlaces(opt Options) places {
	all := logPlaces(in.folder, opt)
	if in.within == "" {
		return all
	}
	var inside places
	for _, d := range all {
		if sub, ok := rest(in.within, filepath.Join(d.root, d.sub)); ok {
			inside = append(inside, folder{root: in.within, sub: sub, opt: opt})
		}
	}
	return inside
}

// scripts gives the format that a timing file is for.
func (o *Options) scripts() *kind {
	i := slices.IndexFunc(o.kinds, func(k kind) bool { return k.Name() == "script" })
	if i < 0 {
		return nil
	}
	return &o.kinds[i]
}
