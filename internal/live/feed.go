package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"gait"
	"gait/internal/simulate"
	"gait/recording/shard"
)

// feed writes whole sessions into a shard, as visits that just ended.
type feed struct {
	file  *os.File
	dice  *rand.Rand
	kinds [][]template
	buf   bytes.Buffer
}

// template is a visit that is written again and again, each time with another
// id and address.
type template struct{ session *gait.Session }

// kinds of visitors that the feed writes: as on the open internet, most are
// scripts, some paste, a few type.
var visitors = []string{"loader", "loader", "loader", "exec", "lw-sim", "you-sim", "claude-ff", "typist"}

// newFeed opens a shard of today for appending.
func newFeed(root, decoy string) (*feed, error) {
	return newFeedAt(filepath.Join(root, decoy, "ssh", "transcripts", "sessions-"+time.Now().UTC().Format(time.DateOnly)+".jsonl"))
}

func newFeedAt(path string) (*feed, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	f := &feed{file: file, dice: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))}
	f.kinds = templates()
	return f, nil
}

// templates gives some visits of each kind.
func templates() (kinds [][]template) {
	for _, name := range visitors {
		var list []template
		for seed := range uint64(8) {
			list = append(list, template{simulate.Find(name).Session(seed)})
		}
		kinds = append(kinds, list)
	}
	return kinds
}

// one writes one session that ends now and gives its id and how many events it
// has.
func (f *feed) one() (id string, events int, err error) {
	kind := f.kinds[f.dice.IntN(len(f.kinds))]
	s := kind[f.dice.IntN(len(kind))].session
	s.ID = f.uuid()
	s.Start = time.Now().Add(-s.End.Time).UTC()
	s.SourceIP = fmt.Sprintf("2001:db8::%x:%x", f.dice.IntN(16), f.dice.IntN(1<<12))
	f.buf.Reset()
	if err := shard.NewEncoder(&f.buf).Session(s); err != nil {
		return "", 0, err
	}
	_, err = f.file.Write(f.buf.Bytes())
	return s.ID, s.Len(), err
}

// tiny writes a session of a few lines that began at a time.
func (f *feed) tiny(start time.Time) error {
	id := f.uuid()
	fmt.Fprintf(&f.buf, `{"sid":"%s","hdr":{"version":2,"width":80,"height":24,"timestamp":%d,"env":{},"src_ip":"2001:db8::1:%x"}}`+"\n"+
		`{"sid":"%s","t":0.100000,"ch":"o","d":"$ "}`+"\n"+`{"sid":"%s","t":1.000000,"ch":"i","d":"uname -a\r"}`+"\n"+
		`{"sid":"%s","end":{"t":1.200000,"reason":"exit","events":2,"bytes_i":9,"bytes_o":2}}`+"\n",
		id, start.Unix(), f.dice.IntN(1<<16), id, id, id)
	if f.buf.Len() < 1<<20 {
		return nil
	}
	return f.flush()
}

func (f *feed) flush() error {
	_, err := f.file.Write(f.buf.Bytes())
	f.buf.Reset()
	return err
}

func (f *feed) uuid() string {
	a, b := f.dice.Uint64(), f.dice.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", uint32(a), uint16(a>>32), a>>52, uint16(b)>>4, b>>16)
}
