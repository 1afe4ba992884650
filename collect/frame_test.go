package collect

import (
	"bufio"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
)

func addr(t *testing.T, s string) netip.Addr {
	t.Helper()
	a, err := netip.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFrame(t *testing.T) {
	long := strings.Repeat("x", maxFrame+100)
	for in, want := range map[string]string{
		"<1>a\n<2>b\r\n\n<3>c":        "<1>a|<2>b||<3>c|EOF",
		"4 <1>a5 <2>b\n3 <3>":         "<1>a|<2>b|<3>|EOF",
		"4 <1>a<2>b\n4 <3>c":          "<1>a|<2>b|<3>c|EOF",
		"<1>a\n" + long + "\n<2>b\n":  "<1>a||<2>b|EOF",
		"<1>a\x00\n":                  "<1>a|EOF",
		"99999 <1>a":                  "neither a count nor a line",
		"100 <1>a":                    "unexpected EOF",
		"12":                          "EOF",
		"123456 <1>a":                 "neither a count nor a line",
		"":                            "EOF",
		"65536 " + long[:maxFrame]:    long[:maxFrame] + "|EOF",
		"65537 " + long[:maxFrame+10]: "neither a count nor a line",
	} {
		r := bufio.NewReaderSize(strings.NewReader(in), maxFrame+16)
		var got []string
		for {
			line, err := frame(r)
			if line != nil || err == nil {
				got = append(got, string(line))
			}
			if err != nil {
				if errors.Is(err, io.EOF) && len(got) > 0 && got[len(got)-1] == "" && strings.HasSuffix(in, "\n") {
					got = got[:len(got)-1]
				}
				got = append(got, err.Error())
				break
			}
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("%.40q: %.80q, want %.80q", in, g, want)
		}
	}
}
