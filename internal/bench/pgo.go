package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"gait"
	"gait/profile"
	"gait/profile/suite"
)

// pgoRounds is how often the shard is read for a profile.
const pgoRounds = 20

// pgo writes the CPU profile that the compiler optimises the program by. It
// must run from a build with -trimpath: then the profile names no path of the
// machine but that of the program, which is struck out.
func (b *bench) pgo(to string, size int64) error {
	path := filepath.Join(b.dir, "typical.jsonl")
	if _, err := create(path, 1, typical(size)); err != nil {
		return err
	}
	var raw bytes.Buffer
	if err := pprof.StartCPUProfile(&raw); err != nil {
		return err
	}
	engine, now := profile.NewEngine(suite.All), time.Now()
	var out []byte
	for range pgoRounds {
		err := each(path, func(s *gait.Session) {
			out = out[:0]
			r := engine.Profile(s, now)
			for i := range r.Observations {
				out = append(r.Encoder.Append(out, &r.Observations[i], false), '\n')
			}
		})
		if err != nil {
			return err
		}
	}
	pprof.StopCPUProfile()
	unpacked, err := gzip.NewReader(&raw)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return err
	}
	if exe, err := os.Executable(); err == nil {
		text = bytes.ReplaceAll(text, []byte(exe), []byte(strings.Repeat("x", len(exe))))
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(text)
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(to, packed.Bytes(), 0o644)
}
