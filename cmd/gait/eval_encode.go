package main

import (
	"bytes"
	"errors"
	"time"

	"gait"
	"gait/assess/evaluate"
	"gait/internal/simulate"
	"gait/recording"
	"gait/recording/asciicast"
	"gait/recording/reader"
	"gait/recording/shard"
	"gait/recording/ttylog"
)

// encodings are the forms in which a session must give the same answer.
var encodings = []evaluate.Encoding{
	{Name: "ttylog", Read: func(s *gait.Session) (*gait.Session, error) {
		var b bytes.Buffer
		dated := *s // shares the events, which are only read
		if dated.Start.IsZero() {
			dated.Start = time.Unix(1_600_000_000, 0) // a terminal log has no time without a date
		}
		_, records := simulate.TTYLog(&dated)
		for _, r := range records {
			b.Write(r.Data)
		}
		return readBack(ttylog.Format{}, &b)
	}},
	{Name: "asciicast", Read: func(s *gait.Session) (*gait.Session, error) {
		var b bytes.Buffer
		if err := asciicast.Write(&b, s); err != nil {
			return nil, err
		}
		return readBack(asciicast.Format{}, &b)
	}},
	{Name: "shard", Read: func(s *gait.Session) (*gait.Session, error) {
		var b bytes.Buffer
		if err := shard.NewEncoder(&b).Session(shardIDs{}.named(s)); err != nil {
			return nil, err
		}
		return readBack(shard.Format{}, &b)
	}},
}

// readBack reads the one session of a recording in memory.
func readBack(f reader.Format, b *bytes.Buffer) (*gait.Session, error) {
	src := &reader.Source{ReaderAt: bytes.NewReader(b.Bytes()), Size: int64(b.Len()), Name: "again", Path: "again"}
	r, err := f.Open(src, recording.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var s *gait.Session
	for _, batch := range r.Batches() {
		if err := batch.Each(func(x *gait.Session) error {
			if s != nil {
				return errors.New("one session was read as several")
			}
			s = x.Clone()
			return nil
		}); err != nil {
			return nil, err
		}
	}
	if s == nil {
		return nil, errors.New("nothing was read back")
	}
	return s, nil
}
