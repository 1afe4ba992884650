package collect

import (
	"encoding/json"
	"os"
	"sync"

	"gait/recording/shard"
	"gait/store"
)

// shardMarks remembers shards of which all is told: up to where, and how they
// looked then. They are stored as cursors, one for each folder and month, so
// that a new start over years of shards reads none of them again.
type shardMarks struct {
	key string
	mu  sync.Mutex
	by  map[string]monthMarks // by the cursor's name
}

// monthMarks are those of one folder and month, by name of file.
type monthMarks map[string]shardMark

// shardMark is how a shard looked when all of it was told.
type shardMark struct {
	Dev  uint64 `json:"d,omitempty"`
	Ino  uint64 `json:"i"`
	Size int64  `json:"s"` // of the file as it lies there
	Time int64  `json:"t"` // when it was changed, nanoseconds since 1970
	At   int64  `json:"a"` // up to where it was read, unpacked
	Hash string `json:"h"` // of the first and last 4 KB of that
}

// maxCursor is how long a cursor may be.
const maxCursor = 64 << 10

func newShardMarks(key string, stored map[string][]byte) *shardMarks {
	m := &shardMarks{key: key, by: map[string]monthMarks{}}
	for name, value := range stored {
		var month monthMarks
		if json.Unmarshal(value, &month) == nil && month != nil {
			m.by[name] = month
		}
	}
	return m
}

// cursor names the cursor that holds a file's mark.
func (m *shardMarks) cursor(f *shardFile) string {
	return m.key + f.dir.decoy + "/" + f.dir.service + "/" + f.day()[:len("2006-01")]
}

// get gives the mark of a file.
func (m *shardMarks) get(f *shardFile) (shardMark, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x, ok := m.by[m.cursor(f)][f.name]
	return x, ok
}

// put notes that all of a file is told, and gives the cursor to be stored. A
// folder of more files than fit is remembered in part.
func (m *shardMarks) put(f *shardFile, read *shard.Follower) store.Cursor {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := m.cursor(f)
	month := m.by[name]
	if month == nil {
		month = monthMarks{}
		m.by[name] = month
	}
	month[f.name] = shardMark{Dev: f.id.dev, Ino: f.id.ino, Size: f.size, Time: f.changed.UnixNano(), At: read.Position(), Hash: read.Mark()}
	for {
		value, err := json.Marshal(month)
		if err != nil {
			panic("collect: marks of texts and numbers cannot be written: " + err.Error())
		}
		if len(value) <= maxCursor {
			return store.Cursor{Name: name, Value: value}
		}
		for other := range month {
			if other != f.name {
				delete(month, other)
				break
			}
		}
	}
}

// resume lets the follower of a file go on where all before is told. It gives
// the file's identity and size of then.
func (m *shardMarks) resume(f *shardFile) (fileID, int64) {
	x, ok := m.get(f)
	if !ok {
		return fileID{}, -1
	}
	f.follower.Resume(x.At, x.Hash)
	return fileID{x.Dev, x.Ino}, x.Size
}

// same says whether a file is as it was when all of it was told. One with
// another identity or time but of the same size, such as a copy, is looked
// into; then the new mark is given.
func (x *shardMark) same(f *shardFile, file *os.File) (same, moved bool) {
	if f.size != x.Size {
		return false, false
	}
	if f.id == (fileID{x.Dev, x.Ino}) && f.changed.UnixNano() == x.Time {
		return true, false
	}
	if f.packed() || file == nil {
		return false, false
	}
	hash, err := shard.MarkOf(file, x.At)
	same = err == nil && hash == x.Hash
	return same, same
}
