package gnu

import (
	"testing"
	"time"

	"gait/decoy/proc"
	"gait/decoy/vfs"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]int64{"5": 5, "1K": 1024, "1k": 1024, "2kB": 2000, "1MiB": 1 << 20, "3b": 1536, "K": 1024, "99999999999999999999": 1<<63 - 1, "x": -1, "": -1, "1Q": -1, "-1": -1, "1Kx": -1} {
		n, ok := Size(text, "bkKmMGTPEZY")
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("%q is %d, want %d", text, n, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 1023: "1023", 1024: "1.0K", 1025: "1.1K", 10239: "10K", 10240: "10K", 1 << 20: "1.0M", 1<<20 - 1: "1.0M", 1234567: "1.2M"} {
		if got := Human(n, 1024); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	c, utf := &proc.Process{}, &proc.Process{Env: proc.Environ{"LANG=en_US.UTF-8"}}
	for _, x := range []struct{ got, want string }{
		{Quote(c, "a'b"), `'a\'b'`}, {Quote(utf, "a'b"), "\u2018a'b\u2019"}, {Quote(utf, "a\nb"), "\u2018a\\nb\u2019"}, {Always(c, "a"), "'a'"}, {Name(c, "a"), "a"}, {Name(c, "a:"), "'a:'"}, {Name(c, ""), "''"},
	} {
		if x.got != x.want {
			t.Errorf("%s, want %s", x.got, x.want)
		}
	}
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		text       string
		mode, want uint32
	}{{"755", 0, 0o755}, {"4755", 0, 0o4755}, {"u+x", 0o644, 0o744}, {"+x", 0o644, 0o755}, {"a=r", 0o777, 0o444}, {"go-rwx", 0o777, 0o700}, {"u=rwx,g=rx,o=", 0, 0o750}, {"g=u", 0o700, 0o770}, {"+X", 0o644, 0o644}, {"+X", 0o744, 0o755}, {"u+s", 0o755, 0o4755}, {"+t", 0o755, 0o1755}, {"-w", 0o777, 0o577}} {
		change, ok := ParseMode(c.text)
		if !ok {
			t.Errorf("%s is no mode", c.text)
			continue
		}
		if got := change(vfs.Regular|c.mode, 0o022); got != c.want {
			t.Errorf("%s of %o: %o, want %o", c.text, c.mode, got, c.want)
		}
	}
	for _, text := range []string{"", "888", "77777", "u", "x+r", "u+z", "u+x,", "xyz"} {
		if _, ok := ParseMode(text); ok {
			t.Errorf("%q is a mode", text)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2031, 3, 4, 5, 6, 7, 8, time.UTC)
	for format, want := range map[string]string{"%F %T": "2031-03-04 05:06:07", "%e|%-d|%_m|%j|%U|%u|%s|%N": " 4|4| 3|063|09|2|1930367167|000000008", "%b %Y%%%q": "Mar 2031%1", "%^a %I%p": "TUE 05AM", "%": "%", "%!": "%!", "%10Y|%y": "0000002031|31"} {
		if got := Strftime(format, at); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
	for text, want := range map[string]string{"@86400": "1970-01-02 00:00:00", "2020-01-02": "2020-01-02 00:00:00", "2 days ago": "2031-03-02 05:06:07", "yesterday": "2031-03-03 05:06:07", "next week": "2031-03-11 05:06:07", "2020-01-02 03:04:05": "2020-01-02 03:04:05", "-1 hour": "2031-03-04 04:06:07", "12:30": "2031-03-04 12:30:00"} {
		if got, ok := ParseTime(text, at); !ok || got.Format(time.DateTime) != want {
			t.Errorf("%s: %v %v, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "foo", "12", "2 foos"} {
		if got, ok := ParseTime(text, at); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		compare func(a, b string) int
		less    []string
	}{
		{Alphabetic, []string{"", ".bashrc", "Desktop", "documents", "Downloads", "x1", "x2"}}, {Alphabetic, []string{"a", "A", "ab", "a c", "ad"}},
		{Version, []string{"a1.2", "a1.9", "a1.10", "a2", "b"}}, {Collate(&proc.Process{}), []string{"B", "a", "b"}},
	} {
		for i := 1; i < len(c.less); i++ {
			if c.compare(c.less[i-1], c.less[i]) >= 0 || c.compare(c.less[i], c.less[i-1]) <= 0 {
				t.Errorf("%q does not come before %q", c.less[i-1], c.less[i])
			}
		}
	}
}
