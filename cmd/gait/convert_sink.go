package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"gait"
)

// sink is where converted sessions go.
type sink interface {
	put(*gait.Session) error
	// close ends the writing. With whole unset, something failed on the way
	// and what stands in files of its own is taken away.
	close(whole bool) error
}

// sink gives what the command line asks for.
func (v *convertCmd) sink(stdout io.Writer) sink {
	switch {
	case v.To == toAsciicast && namesFolder(v.Output):
		return &folderSink{folder: v.Output, force: v.Force, encode: v.encoder(), taken: map[string]bool{}}
	case v.Output == "" || v.Output == "-":
		return v.single(&fileSink{stdout: stdout, encode: v.encoder()})
	}
	return v.single(&fileSink{path: v.Output, force: v.Force, encode: v.encoder()})
}

// single makes sure that an asciicast gets one session.
func (v *convertCmd) single(s *fileSink) sink {
	if v.To == toAsciicast {
		return &castSink{fileSink: s, file: v.File}
	}
	return s
}

// namesFolder says whether a path is a folder, or is written like one.
func namesFolder(path string) bool {
	if path == "" || path == "-" {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || err != nil && os.IsPathSeparator(path[len(path)-1])
}

// castSink writes one session: it holds the first session until it is clear that it is the only one.
type castSink struct {
	*fileSink
	file  string
	first *gait.Session
}

func (o *castSink) put(s *gait.Session) error {
	if o.first != nil {
		return fmt.Errorf("%s: holds more than one session (%s, %s, ...), and an asciicast is one: choose it with --session ID, or give a folder with -o",
			o.file, o.first.ID, s.ID)
	}
	o.first = s
	return nil
}

func (o *castSink) close(whole bool) error {
	if !whole || o.first == nil {
		return o.fileSink.close(whole)
	}
	err := o.fileSink.put(o.first)
	return errors.Join(err, o.fileSink.close(err == nil))
}

// fileSink writes all sessions to one file, which is made with the first of
// them, or to standard output.
type fileSink struct {
	path   string
	force  bool
	stdout io.Writer // instead of a file
	encode encoder

	file  *target
	w     *bufio.Writer
	write func(*gait.Session) error
}

func (s *fileSink) put(x *gait.Session) error {
	if s.write == nil {
		to := s.stdout
		if to == nil {
			var err error
			if s.file, err = createTarget(s.path, s.force); err != nil {
				return err
			}
			to = s.file
		}
		s.w = bufio.NewWriterSize(to, 64<<10)
		s.write = s.encode(s.w)
	}
	return s.named(s.write(x))
}

func (s *fileSink) close(whole bool) error {
	if s.w == nil {
		return nil
	}
	// What was read before a failure is wanted on standard output.
	err := s.named(s.w.Flush())
	if s.file == nil {
		return err
	}
	return errors.Join(err, s.file.finish(whole && err == nil))
}

// named gives an error of writing the name of what was written.
func (s *fileSink) named(err error) error {
	var p *fs.PathError
	if err == nil || errors.As(err, &p) {
		return err
	}
	return fmt.Errorf("write %s: %w", cmp.Or(s.path, "standard output"), err)
}

// folderSink writes one file a session. Names come from recordings, so only
// letters, digits and a few signs of them are kept.
type folderSink struct {
	folder string
	force  bool
	encode encoder
	taken  map[string]bool
}

func (s *folderSink) put(x *gait.Session) error {
	if err := os.MkdirAll(s.folder, 0o777); err != nil {
		return err
	}
	one := &fileSink{path: filepath.Join(s.folder, s.name(x)), force: s.force, encode: s.encode}
	err := one.put(x)
	return errors.Join(err, one.close(err == nil))
}

func (s *folderSink) close(bool) error { return nil }

// name gives a file name that no other session of this run got, also where
// the file system does not tell capitals: the session's id where it is one
// that stands for itself, else the recording's name and the id.
func (s *folderSink) name(x *gait.Session) string {
	stem := safeName(x.ID)
	if !isUUID(x.ID) {
		stem = safeName(strings.TrimSuffix(path.Base(filepath.ToSlash(x.Path)), ".cast")) + "-" + stem
	}
	name := stem
	for n := 2; s.taken[strings.ToLower(name)]; n++ {
		name = stem + "-" + strconv.Itoa(n)
	}
	s.taken[strings.ToLower(name)] = true
	return name + ".cast"
}

// safeName keeps of a name what is harmless in every file system and shell,
// and at most 100 characters.
func safeName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '_'
	}, name)
	if safe == "" || safe[0] == '.' || safe[0] == '-' {
		safe = "_" + safe
	}
	return safe[:min(len(safe), 100)]
}
