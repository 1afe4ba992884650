package awk

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sprintf writes values by a format. r is nil where numbers are made texts and
// nothing can be missing.
func sprintf(r *runner, format string, args []value) string {
	var b strings.Builder
	next := func() value {
		if len(args) == 0 {
			if r != nil {
				r.fail("run time error: not enough arguments passed to %s(\"%s\")", r.naming, format)
			}
			return value{}
		}
		v := args[0]
		args = args[1:]
		return v
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		from := i
		i++
		for i < len(format) && strings.IndexByte("-+ #0", format[i]) >= 0 {
			i++
		}
		spec := format[from:i]
		width := func() {
			if i < len(format) && format[i] == '*' {
				spec += strconv.Itoa(int(max(min(next().float(), 9999), -9999)))
				i++
				return
			}
			at := i
			for i < len(format) && format[i] >= '0' && format[i] <= '9' {
				i++
			}
			if n, err := strconv.Atoi(format[at:i]); err == nil {
				spec += strconv.Itoa(min(n, 9999))
			} else if i > at {
				spec += "9999"
			}
		}
		width()
		if i < len(format) && format[i] == '.' {
			spec += "."
			i++
			width()
		}
		for i < len(format) && strings.IndexByte("hlLqjzt", format[i]) >= 0 {
			i++
		}
		if i == len(format) {
			b.WriteString(format[from:])
			break
		}
		if format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		if strings.IndexByte("cdiouxXeEfFgGs", format[i]) < 0 {
			b.WriteString(format[from : i+1])
			continue
		}
		b.WriteString(converted(r, spec, format[i], next()))
		if b.Len() > longest && r != nil {
			r.limit()
		}
	}
	return b.String()
}

// converted writes one value.
func converted(r *runner, spec string, verb byte, v value) string {
	switch verb {
	case 's':
		text := v.s
		if r != nil {
			text = r.text(v)
		}
		return padded(spec, text)
	case 'c':
		if v.isNumber() && v.form != unset {
			return padded(spec, string([]byte{byte(int64(v.float()))}))
		}
		if v.s == "" {
			return padded(spec, "\x00")
		}
		return padded(spec, v.s[:1])
	case 'd', 'i':
		n := v.float()
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return padded(spec, formatFloat("%.6g", n))
		}
		if math.Abs(n) >= 1<<63 {
			return fmt.Sprintf(strings.TrimSuffix(spec, ".")+".0f", math.Trunc(n))
		}
		return fmt.Sprintf(spec+"d", int64(n))
	case 'o', 'u', 'x', 'X':
		n := v.float()
		u := uint64(int64(n))
		if n >= 1<<63 {
			u = uint64(n)
		}
		if verb == 'u' {
			verb = 'd'
		}
		return fmt.Sprintf(spec+string(verb), u)
	}
	n := v.float()
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return padded(spec, formatFloat("%.6g", n))
	}
	if (verb == 'g' || verb == 'G') && !strings.Contains(spec, ".") {
		spec += ".6"
	}
	return fmt.Sprintf(spec+string(verb), n)
}

// padded writes a text with a width and a precision in bytes.
func padded(spec, text string) string {
	head, precision, cut := strings.Cut(spec[1:], ".")
	if cut {
		n, _ := strconv.Atoi(precision)
		text = text[:min(max(n, 0), len(text))]
	}
	left := strings.Contains(head, "-")
	n, _ := strconv.Atoi(strings.TrimLeft(head, "-+ #0"))
	pad := n - len(text)
	if pad <= 0 {
		return text
	}
	if left {
		return text + strings.Repeat(" ", pad)
	}
	return strings.Repeat(" ", pad) + text
}
