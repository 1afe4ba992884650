package recording

import (
	"io"
	"sync"
)

// keptOpen is how many unpacked files a home keeps open.
const keptOpen = 6

// shelfOf keeps a few things open that are costly to open. It is safe for
// concurrent use; opening the same thing twice at once waits.
type shelfOf struct {
	mu   sync.Mutex
	list []*keptThing // the last used first
}

// keptThing is one of them.
type keptThing struct {
	key   string
	once  sync.Once
	value io.Closer
	err   error
	users int
	off   bool
}

// take gives what open makes for a key; done gives it back.
func (s *shelfOf) take(key string, open func() (io.Closer, error)) (value io.Closer, done func(), err error) {
	s.mu.Lock()
	var k *keptThing
	for i, o := range s.list {
		if o.key == key {
			k = o
			s.list = append(s.list[:i], s.list[i+1:]...)
			break
		}
	}
	if k == nil {
		k = &keptThing{key: key}
	}
	k.users++
	s.list = append([]*keptThing{k}, s.list...)
	for len(s.list) > keptOpen {
		s.drop(s.list[len(s.list)-1])
	}
	s.mu.Unlock()
	k.once.Do(func() { k.value, k.err = open() })
	done = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if k.users--; k.err != nil && !k.off {
			s.drop(k)
		}
		k.shut()
	}
	if k.err != nil {
		done()
		return nil, nil, k.err
	}
	return k.value, done, nil
}

// drop takes a thing off the shelf; its last user closes it.
func (s *shelfOf) drop(k *keptThing) {
	for i, o := range s.list {
		if o == k {
			s.list = append(s.list[:i], s.list[i+1:]...)
			break
		}
	}
	k.off = true
	k.shut()
}

func (k *keptThing) shut() {
	if k.off && k.users == 0 && k.value != nil {
		k.value.Close()
		k.value = nil
	}
}

// Close lets go of all of it; what is in use is closed by its last user.
func (s *shelfOf) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.list) > 0 {
		s.drop(s.list[0])
	}
	return nil
}
