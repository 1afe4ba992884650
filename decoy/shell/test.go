package shell

import (
	"strconv"
	"strings"
)

// testArgs evaluates the arguments of test.
type testArgs struct {
	in   *interp
	args []string
	at   int
	fail bool
	name string
}

const (
	unaryTests  = " -a -b -c -d -e -f -g -h -k -p -r -s -t -u -w -x -G -L -N -O -S -z -n -o -v -R "
	binaryTests = " = == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef "
)

func isUnary(s string) bool {
	return s != "" && !strings.Contains(s, " ") && strings.Contains(unaryTests, " "+s+" ")
}

func isBinary(s string) bool {
	return s != "" && !strings.Contains(s, " ") && strings.Contains(binaryTests, " "+s+" ")
}

func (t *testArgs) complain(format string, args ...any) bool {
	if !t.fail {
		t.in.complain(t.name+": "+format, args...)
	}
	t.fail = true
	return false
}

// testBuiltin is test and [.
func testBuiltin(in *interp, args []string) int {
	t := &testArgs{in: in, name: args[0], args: args[1:]}
	if args[0] == "[" {
		if args[len(args)-1] != "]" {
			if in.posix {
				in.complain("[: missing ]")
			} else {
				in.complain("[: missing `]'")
			}
			return 2
		}
		t.args = t.args[:len(t.args)-1]
	}
	ok := t.few()
	if t.fail {
		return 2
	}
	return int(truth(!ok))
}

// few does what POSIX says for up to four arguments.
func (t *testArgs) few() bool {
	a := t.args
	switch len(a) {
	case 0:
		return false
	case 1:
		return a[0] != ""
	case 2:
		if a[0] == "!" {
			return a[1] == ""
		}
		if isUnary(a[0]) {
			return t.unary(a[0], a[1])
		}
		if t.in.posix {
			return t.complain("%s: unexpected operator", a[0])
		}
		return t.complain("%s: unary operator expected", a[0])
	case 3:
		switch {
		case isBinary(a[1]):
			return t.binary(a[0], a[1], a[2])
		case a[1] == "-a" || a[1] == "-o":
			return t.or()
		case a[0] == "!":
			t.args = a[1:]
			return !t.few()
		case a[0] == "(" && a[2] == ")":
			return a[1] != ""
		}
		if t.in.posix {
			return t.complain("%s: unexpected operator", a[1])
		}
		return t.complain("%s: binary operator expected", a[1])
	case 4:
		if a[0] == "!" {
			t.args = a[1:]
			return !t.few()
		}
	}
	ok := t.or()
	if !t.fail && t.at < len(a) {
		if t.in.posix {
			return t.complain("%s: unexpected operator", a[t.at])
		}
		return t.complain("too many arguments")
	}
	return ok
}

func (t *testArgs) or() bool {
	v := t.and()
	for t.at < len(t.args) && t.args[t.at] == "-o" {
		t.at++
		w := t.and()
		v = v || w
	}
	return v
}

func (t *testArgs) and() bool {
	v := t.primary()
	for t.at < len(t.args) && t.args[t.at] == "-a" {
		t.at++
		w := t.primary()
		v = v && w
	}
	return v
}

func (t *testArgs) primary() bool {
	if t.fail || t.at >= len(t.args) {
		return t.complain("argument expected")
	}
	a := t.args[t.at:]
	switch {
	case a[0] == "!":
		t.at++
		if !t.in.enter() {
			return false
		}
		defer t.in.leave()
		return !t.primary()
	case len(a) > 2 && isBinary(a[1]):
		t.at += 3
		return t.binary(a[0], a[1], a[2])
	case a[0] == "(":
		t.at++
		if !t.in.enter() {
			return false
		}
		defer t.in.leave()
		v := t.or()
		if t.at >= len(t.args) || t.args[t.at] != ")" {
			return t.complain("`)' expected")
		}
		t.at++
		return v
	case len(a) > 1 && isUnary(a[0]):
		t.at += 2
		return t.unary(a[0], a[1])
	}
	t.at++
	return a[0] != ""
}

func (t *testArgs) unary(op, s string) bool { return t.in.unaryTest(op, s) }

func (t *testArgs) binary(a, op, b string) bool {
	if !strings.HasPrefix(op, "-") || op == "-nt" || op == "-ot" || op == "-ef" {
		return t.in.twoWords(a, op, b)
	}
	n, ok := t.number(a)
	m, ok2 := t.number(b)
	return ok && ok2 && compareNumbers(op, n, m)
}

func (t *testArgs) number(s string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(s), "+"), 10, 64)
	if err != nil {
		if t.in.posix {
			return 0, t.complain("Illegal number: %s", s)
		}
		return 0, t.complain("%s: integer expression expected", s)
	}
	return n, true
}
