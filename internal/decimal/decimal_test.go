package decimal

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]struct {
		ns     int64
		digits int
	}{
		"0":                                   {0, 0},
		"0.0":                                 {0, 1},
		"-0.0":                                {0, 1},
		"5.34025":                             {5340250000, 5},
		"0.254421":                            {254421000, 6},
		"1.000000001":                         {1000000001, 9},
		"0.30000000000000004":                 {300000000, 17},
		"0.0000000005":                        {1, 10},
		"0.0000000004999999999999999":         {0, 25},
		"1900016.537326":                      {1900016537326000, 6},
		"-2.5":                                {-2500000000, 1},
		"1e-3":                                {1000000, 3},
		"1.5E+2":                              {150000000000, 0},
		"25e-1":                               {2500000000, 1},
		"1e0":                                 {1000000000, 0},
		"0e999999999999":                      {0, 0},
		"1e999999999999":                      {math.MaxInt64, 0},
		"-1e400":                              {math.MinInt64, 0},
		"0.00000000001e5":                     {1000, 6},
		"9223372036.854775807":                {math.MaxInt64, 9},
		"9223372036.8547758070":               {math.MaxInt64, 10},
		"9223372036.854775808":                {math.MaxInt64, 9},
		"9223372036.8547758075":               {math.MaxInt64, 10},
		"99999999999999999999999.5":           {math.MaxInt64, 1},
		"1714521600":                          {1714521600000000000, 0},
		"0000000000000000000000001.25":        {1250000000, 2},
		"123456789":                           {123456789000000000, 0},
		"999999999.999999999":                 {999999999999999999, 9},
		"1" + strings.Repeat("0", 400):        {math.MaxInt64, 0},
		"0." + strings.Repeat("0", 400) + "1": {0, 401},
	} {
		ns, digits, ok := Parse([]byte(in))
		if !ok || ns != want.ns || digits != want.digits {
			t.Errorf("%s: %d, %d digits, %v", in, ns, digits, ok)
		}
	}
	if ns, digits, ok := Parse([]byte("1e-999999999999")); !ok || ns != 0 || digits < 400 {
		t.Errorf("1e-999999999999: %d, %d digits, %v", ns, digits, ok)
	}
}

func TestParseRejects(t *testing.T) {
	for _, in := range []string{"", "-", ".", ".5", "5.", "5.e1", "+1", "1e", "1e+", "1e1x", "x", "1.2.3", "NaN", "Infinity", "0x10", " 1", "1 ", "--1", "1_0"} {
		if ns, _, ok := Parse([]byte(in)); ok {
			t.Errorf("%q was taken for %d", in, ns)
		}
	}
}

func TestParseIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fmt.Sprintf("%d.%0*d", rapid.Int64Range(0, 1e10).Draw(t, "whole"),
			rapid.IntRange(1, 14).Draw(t, "width"), rapid.Int64Range(0, 1e12).Draw(t, "fraction"))
		if rapid.Bool().Draw(t, "exponent") {
			s += fmt.Sprintf("e%d", rapid.IntRange(-15, 3).Draw(t, "exp"))
		}
		if rapid.Bool().Draw(t, "negative") {
			s = "-" + s
		}
		want, _ := new(big.Rat).SetString(s)
		checkExact(t, s, want.Mul(want, big.NewRat(1e9, 1)))
	})
}

func checkExact(t *rapid.T, s string, want *big.Rat) {
	ns, _, ok := Parse([]byte(s))
	if !ok {
		t.Fatalf("%s was not read", s)
	}
	if ns == math.MaxInt64 || ns == math.MinInt64 {
		if want.Abs(want).Cmp(new(big.Rat).SetInt64(math.MaxInt64)) < 0 {
			t.Fatalf("%s gave the limit", s)
		}
		return
	}
	off := want.Sub(want, new(big.Rat).SetInt64(ns))
	if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
		t.Fatalf("%s gave %d, off by %s", s, ns, off)
	}
}

func BenchmarkParse(b *testing.B) {
	s := []byte("1234.567891")
	for b.Loop() {
		Parse(s)
	}
}
