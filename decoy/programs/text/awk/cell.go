package awk

import (
	"slices"
	"strings"
)

// cell is a variable: a value or an array. A parameter that was passed an unset
// variable becomes an array together with it.
type cell struct {
	v     value
	elems *elements
	from  *cell
	held  int
	// shared says that the elements are those of a caller's array.
	shared bool
}

// elements are those of an array.
type elements struct {
	m     map[string]value
	order []string // in which they were added; nil after one was deleted
	size  int
}

func (r *runner) global(name string) *cell {
	c := r.globals[name]
	if c == nil {
		c = &cell{}
		r.globals[name] = c
	}
	return c
}

func (c *cell) isArray() bool {
	for c.elems == nil && c.from != nil {
		c = c.from
	}
	return c.elems != nil
}

func (c *cell) list() map[string]value {
	for c.elems == nil && c.from != nil {
		c = c.from
	}
	if c.elems == nil {
		return nil
	}
	return c.elems.m
}

// passed gives the cell of a parameter that this one is passed to.
func (c *cell) passed() *cell {
	switch {
	case c.elems != nil:
		return &cell{elems: c.elems, shared: true}
	case c.v.form == unset:
		return &cell{from: c}
	}
	return &cell{v: c.v}
}

// scalar gives the value.
func (c *cell) scalar(r *runner) value {
	if c.elems != nil {
		r.fail("run time error: illegal reference to array")
	}
	return c.v
}

// assign sets the value, and takes memory for it.
func (c *cell) assign(r *runner, v value) {
	if c.elems != nil {
		r.fail("run time error: illegal reference to array")
	}
	if n := len(v.s); n > 64 || c.held > 0 {
		if !r.held.Add(n) {
			r.limit()
		}
		r.held.Drop(c.held)
		c.held = n
	}
	c.v = v
}

// drop gives back the memory of a parameter and of an array that was its own.
func (c *cell) drop(r *runner) {
	r.held.Drop(c.held)
	c.held = 0
	if c.elems != nil && c.from == nil && !c.shared {
		c.clear(r)
	}
}

// array gives the cell that holds the elements.
func (c *cell) array(r *runner, name string) *cell {
	if c.elems != nil {
		return c
	}
	if c.v.form != unset {
		r.fail("run time error: illegal reference to variable %s", name)
	}
	if c.from != nil {
		c.elems = c.from.array(r, name).elems
		return c
	}
	c.elems = &elements{m: map[string]value{}}
	return c
}

func (c *cell) get(r *runner, key string) value {
	v, ok := c.elems.m[key]
	if !ok {
		c.put(r, key, value{})
	}
	return v
}

func (c *cell) has(key string) bool {
	_, ok := c.elems.m[key]
	return ok
}

// element is about what an element takes beside its texts.
const element = 96

func (c *cell) put(r *runner, key string, v value) {
	old, ok := c.elems.m[key]
	n := len(v.s) - len(old.s)
	if !ok {
		n += len(key) + element
		c.elems.order = append(c.elems.order, key)
	}
	if n > 0 && !r.held.Add(n) {
		r.limit()
	} else if n < 0 {
		r.held.Drop(-n)
	}
	c.elems.size += n
	c.elems.m[key] = v
}

func (c *cell) delete(r *runner, key string) {
	if v, ok := c.elems.m[key]; ok {
		n := len(v.s) + len(key) + element
		r.held.Drop(n)
		c.elems.size -= n
		delete(c.elems.m, key)
		if len(c.elems.order) > 2*len(c.elems.m)+64 {
			c.elems.order = c.keys()
		}
	}
}

func (c *cell) clear(r *runner) {
	r.held.Drop(c.elems.size)
	c.elems.size, c.elems.order = 0, nil
	clear(c.elems.m)
}

// keys gives the subscripts: numbers in their order, then what was added first.
func (c *cell) keys() []string {
	list := make([]string, 0, len(c.elems.m))
	seen := make(map[string]bool, len(c.elems.m))
	for _, k := range c.elems.order {
		if _, ok := c.elems.m[k]; ok && !seen[k] {
			seen[k] = true
			list = append(list, k)
		}
	}
	whole := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if slices.ContainsFunc(list, func(s string) bool { return !whole(s) }) {
		return list
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return list
}
