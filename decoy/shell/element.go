package shell

import (
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
)

// at gives an element of an indexed array.
func (v *variable) at(i int) (string, bool) {
	if n := len(v.keys); i < 0 && n > 0 {
		i += v.keys[n-1] + 1
	}
	at, ok := slices.BinarySearch(v.keys, i)
	if !ok {
		return "", false
	}
	return v.vals[at], true
}

// order gives the keys of an associative array in the order of bash's table.
func (v *variable) order() []string {
	keys := slices.Collect(maps.Keys(v.dict))
	sortBuckets(keys)
	return keys
}

// sortBuckets puts names in the order of bash's hash tables, in which env shows
// the variables.
func sortBuckets(keys []string) {
	slices.Sort(keys)
	bucket := func(s string) uint32 {
		h := fnv.New32()
		h.Write([]byte(s))
		return h.Sum32() & 1023
	}
	slices.SortStableFunc(keys, func(a, b string) int { return int(bucket(a)) - int(bucket(b)) })
}

// list gives all elements.
func (v *variable) list() []string {
	switch {
	case v == nil:
		return nil
	case v.kind == indexed:
		return v.vals
	case v.kind == assoc:
		var l []string
		for _, k := range v.order() {
			l = append(l, v.dict[k])
		}
		return l
	case v.set:
		return []string{v.text}
	}
	return nil
}

// indexes gives the subscripts.
func (v *variable) indexes() []string {
	switch {
	case v == nil:
		return nil
	case v.kind == indexed:
		var l []string
		for _, k := range v.keys {
			l = append(l, strconv.Itoa(k))
		}
		return l
	case v.kind == assoc:
		return v.order()
	case v.set:
		return []string{"0"}
	}
	return nil
}

// put sets an element of an indexed array.
func (v *variable) put(i int, s string) {
	v.set = true
	if n := len(v.keys); n == 0 || i > v.keys[n-1] {
		v.keys, v.vals = append(v.keys, i), append(v.vals, s)
		return
	}
	at, ok := slices.BinarySearch(v.keys, i)
	if ok {
		v.vals[at] = s
		return
	}
	v.keys, v.vals = slices.Insert(v.keys, at, i), slices.Insert(v.vals, at, s)
}

// drop takes an element away.
func (v *variable) drop(i int) {
	if at, ok := slices.BinarySearch(v.keys, i); ok {
		v.keys, v.vals = slices.Delete(v.keys, at, at+1), slices.Delete(v.vals, at, at+1)
	}
}

// element gives one of an array by the text of its subscript.
func (in *interp) element(name, key string) (string, bool) {
	if l, ok := in.dynamicArray(name); ok {
		n, ok := in.arithText(key)
		if !ok || n < 0 || n >= int64(len(l)) {
			return "", false
		}
		return l[n], true
	}
	v := in.find(name)
	switch {
	case v == nil:
		return "", false
	case v.kind == assoc:
		s, ok := v.dict[key]
		return s, ok
	}
	n, ok := in.arithText(key)
	if !ok {
		return "", false
	}
	if v.kind == indexed {
		if n < 0 && (len(v.keys) == 0 || n+int64(v.keys[len(v.keys)-1])+1 < 0) {
			in.complain("%s: bad array subscript", name)
			return "", false
		}
		return v.at(int(n))
	}
	if n == 0 || n == -1 {
		return v.value()
	}
	return "", false
}

// elementCost is what an element of an array takes beside its text.
const elementCost = 64

// setElement sets one of an array.
func (in *interp) setElement(name, key, value string, add bool) bool {
	v := in.change(name)
	if v == nil {
		return false
	}
	if !in.take(len(value) + len(key) + elementCost) {
		return false
	}
	if v.kind == assoc {
		if v.dict == nil {
			v.dict = map[string]string{}
		}
		if add {
			value = v.dict[key] + value
		}
		v.dict[key], v.set = in.adapt(v, value), true
		return true
	}
	n, ok := in.arithText(key)
	if !ok {
		return false
	}
	if v.kind == scalar {
		v.makeIndexed()
	}
	if n < 0 {
		if len(v.keys) > 0 {
			n += int64(v.keys[len(v.keys)-1]) + 1
		}
		if n < 0 {
			in.complain("%s[%s]: bad array subscript", name, key)
			in.status = 1
			return false
		}
	}
	if add {
		old, _ := v.at(int(n))
		if v.integer {
			value = "(" + old + ")+" + value
		} else {
			value = old + value
		}
	}
	v.put(int(n), in.adapt(v, value))
	return true
}

// makeIndexed makes an array of a scalar.
func (v *variable) makeIndexed() {
	if v.kind == scalar {
		v.kind = indexed
		if v.set {
			v.keys, v.vals = []int{0}, []string{v.text}
		}
		v.text = ""
	}
}
