package shell

import (
	"math"
	"strings"
)

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// binary does one operation.
func (c *calc) binary(op string, a, b int64) int64 {
	switch op {
	case "||":
		return truth(a != 0 || b != 0)
	case "&&":
		return truth(a != 0 && b != 0)
	case "|":
		return a | b
	case "^":
		return a ^ b
	case "&":
		return a & b
	case "==":
		return truth(a == b)
	case "!=":
		return truth(a != b)
	case "<":
		return truth(a < b)
	case ">":
		return truth(a > b)
	case "<=":
		return truth(a <= b)
	case ">=":
		return truth(a >= b)
	case "<<":
		return a << (uint64(b) & 63)
	case ">>":
		return a >> (uint64(b) & 63)
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/", "%":
		return c.divide(op, a, b)
	}
	return 0
}

func (c *calc) divide(op string, a, b int64) int64 {
	if b == 0 {
		if c.skip == 0 && !c.fail {
			c.byZero()
		}
		return 0
	}
	if a == math.MinInt64 && b == -1 {
		if op == "/" {
			return a
		}
		return 0
	}
	if op == "/" {
		return a / b
	}
	return a % b
}

// byZero complains; the token is the divisor, which was just read.
func (c *calc) byZero() {
	c.fail = true
	if c.in.posix {
		c.in.complain("arithmetic expression: division by zero: \"%s\"", c.text)
		return
	}
	at := strings.LastIndexAny(strings.TrimRight(c.text[:c.at], " "), "/%")
	c.in.complain("%s%s: division by 0 (error token is \"%s\")", c.in.lets, strings.TrimLeft(c.text, " "), strings.TrimLeft(c.text[at+1:], " "))
}

// unary reads what stands before an operand, and the operand.
func (c *calc) unary() int64 {
	if c.depth++; c.depth > 500 {
		c.syntax("expression recursion level exceeded")
		return 0
	}
	defer func() { c.depth-- }()
	switch op := c.tok; op {
	case "!", "~", "-", "+":
		c.next()
		v := c.unary()
		switch op {
		case "!":
			return truth(v == 0)
		case "~":
			return ^v
		case "-":
			return -v
		}
		return v
	case "++", "--":
		c.next()
		if c.tok != "a" {
			v := c.unary() // as signs
			return v
		}
		name := c.name
		v := c.value(name) + map[string]int64{"++": 1, "--": -1}[op]
		c.store(name, v)
		c.next()
		return v
	}
	return c.operand()
}

func (c *calc) operand() int64 {
	switch c.tok {
	case "(":
		c.next()
		v := c.comma()
		if c.tok != ")" {
			c.syntax("missing `)'")
			return 0
		}
		c.next()
		return v
	case "0":
		v := c.num
		c.next()
		return v
	case "a":
		name := c.name
		c.next()
		if c.tok == "++" || c.tok == "--" {
			v := c.value(name)
			c.store(name, v+map[string]int64{"++": 1, "--": -1}[c.tok])
			c.next()
			return v
		}
		return c.value(name)
	}
	c.syntax("syntax error: operand expected")
	return 0
}

// value gives the number that a variable stands for: its text is an expression
// of its own.
func (c *calc) value(name string) int64 {
	if c.skip > 0 || c.fail {
		return 0
	}
	in := c.in
	var s string
	var set bool
	if at := strings.IndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") {
		s, set = in.element(name[:at], in.expandKey(name[:at], name[at+1:len(name)-1]))
	} else {
		s, set = in.lookup(name)
	}
	if !set && in.opt["nounset"] {
		c.fail = true
		in.unbound(name)
		return 0
	}
	if s == "" {
		return 0
	}
	if in.depth > deepest-100 {
		c.syntax("expression recursion level exceeded")
		return 0
	}
	in.depth += 40 // bash allows 1024 levels; the message comes sooner here
	defer func() { in.depth -= 40 }()
	v, ok := in.arithText(s)
	if !ok {
		c.fail = true
	}
	return v
}

// expandKey expands the subscript of an array that stands in an expression.
func (in *interp) expandKey(name, key string) string {
	if v := in.find(name); v != nil && v.kind == assoc {
		return strings.Trim(key, `"'`)
	}
	return key
}

// store assigns.
func (c *calc) store(name string, v int64) {
	if c.skip > 0 || c.fail {
		return
	}
	in := c.in
	if at := strings.IndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") {
		if !in.setElement(name[:at], in.expandKey(name[:at], name[at+1:len(name)-1]), itoa(v), false) {
			c.fail = true
		}
		return
	}
	if !in.setVar(name, itoa(v)) {
		c.fail = true
	}
}
