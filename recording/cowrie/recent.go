package cowrie

// recent remembers the values of the keys that were put last.
type recent[K comparable, V any] struct {
	most int
	m    map[K]V
	keys []K // in the order in which they were put, from next on around
	next int
}

func newRecent[K comparable, V any](most int) recent[K, V] {
	return recent[K, V]{most: most, m: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	v, ok := r.m[k]
	return v, ok
}

// put sets a value; where there are too many keys the oldest goes.
func (r *recent[K, V]) put(k K, v V) {
	if _, ok := r.m[k]; !ok {
		if len(r.keys) < r.most {
			r.keys = append(r.keys, k)
		} else {
			delete(r.m, r.keys[r.next])
			r.keys[r.next] = k
			r.next = (r.next + 1) % r.most
		}
	}
	r.m[k] = v
}

// ring is a list of visits that a visit can leave at any time.
type ring struct {
	root Visit
	n    int
}

func (r *ring) init() { r.root.prev, r.root.next = &r.root, &r.root }

func (r *ring) add(v *Visit) {
	v.prev, v.next = r.root.prev, &r.root
	v.prev.next, r.root.prev = v, v
	r.n++
}

func (r *ring) remove(v *Visit) {
	v.prev.next, v.next.prev = v.next, v.prev
	v.prev, v.next = nil, nil
	r.n--
}

func (r *ring) front() *Visit { return r.after(&r.root) }

func (r *ring) after(v *Visit) *Visit {
	if v.next == &r.root {
		return nil
	}
	return v.next
}
