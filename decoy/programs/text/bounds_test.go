package text_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/recorded"
)

// TestMemory gives programs more than they may hold.
func TestMemory(t *testing.T) {
	b := recorded.New(all(), proc.Limits{Memory: 4 << 20})
	for line, want := range map[string]string{
		"sort < /dev/zero":    "sort: memory exhausted\n",
		"sort /dev/urandom":   "sort: memory exhausted\n",
		"tac /dev/zero":       "tac: /dev/zero: read error: memory exhausted\n",
		"tail /dev/zero":      "tail: error reading '/dev/zero': memory exhausted\n",
		"grep x /dev/zero":    "grep: memory exhausted\n",
		"sed p /dev/zero":     "sed: couldn't re-allocate memory\n",
		"shuf -i 1-100000000": "shuf: memory exhausted\n",
		"xargs < /dev/zero":   "xargs: argument line too long\n",
		"echo aaaaaaaaaaaaaaaaaaaaaa | sed ':a;H;G;h;ba'": "sed: couldn't re-allocate memory\n",
		"awk 'BEGIN{x=\"aaaaaaaaaaaa\";while(1)x=x x}'":   "awk: program limit exceeded: memory\n",
		"awk 'BEGIN{while(1)a[i++]=i}'":                   "awk: program limit exceeded: memory\n",
		"awk '{print}' /dev/zero":                         "awk: program limit exceeded: memory\n",
		"awk 'function f(){f()} BEGIN{f()}'":              "awk: function call nesting too deep: f\n",
		"awk 'BEGIN{while(1) print 1 | \"cat\"}'":         "awk: program limit exceeded: memory\n",
		"dd if=/dev/zero of=/dev/null bs=1G count=1":      "dd: memory exhausted by input buffer of size 1073741824 bytes (1.0 GiB)\n",
	} {
		if a := b.Run(line); a.Err != want || a.Code == 0 {
			t.Errorf("%s: %q, code %d; want %q", line, a.Err, a.Code, want)
		}
	}
}

// TestEnd runs what never ends by itself, on few steps and with plenty of them.
func TestEnd(t *testing.T) {
	for _, steps := range []int64{1000, 0} {
		b := recorded.New(all(), proc.Limits{Steps: steps})
		for _, line := range []string{
			"cat /dev/zero > /dev/null", "md5sum /dev/zero", "yes > /dev/null", "seq 1e15 > /dev/null", "tr a b < /dev/zero > /dev/null", "dd if=/dev/zero of=/dev/null", "od -v /dev/zero > /dev/null",
			"awk 'BEGIN{while(1);}'", "awk 'BEGIN{for(;;)x++}'", "sed ':a;ba' <<< a", "shuf -re a > /dev/null", "tail -f /etc/hostname", "base64 -w0 /dev/urandom > /dev/null", "factor 18446744073709551557 18446744073709551533",
		} {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			began := time.Now()
			b.RunContext(ctx, line)
			cancel()
			if took := time.Since(began); took > time.Minute {
				t.Errorf("%s: ended %v after it should", line, took)
			}
		}
	}
}

// TestPatterns gives expressions that would take for ever.
func TestPatterns(t *testing.T) {
	b := recorded.New(all(), proc.Limits{})
	long := strings.Repeat("a", 60)
	for _, line := range []string{
		`grep -P '(a+)+$' <<< ` + long + "b", `grep -E '(a|aa)+\1$' <<< ` + long + "b", `grep -E 'a{1000}{1000}' <<< a`, "grep -E '" + strings.Repeat("(", 3000) + "' <<< a",
		`sed -E 's/((a*)*)*\1b/x/' <<< ` + long, "awk '/" + strings.Repeat("(a*", 50) + strings.Repeat(")*", 50) + "b/' <<< " + long, "awk 'BEGIN{print " + strings.Repeat("(", 5000) + "1'",
	} {
		began := time.Now()
		b.Run(line)
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%.60s took %v", line, took)
		}
	}
}

// TestNoHost looks for what could come from the host.
func TestNoHost(t *testing.T) {
	b := recorded.New(all(), proc.Limits{})
	for line, want := range map[string]string{
		`awk 'BEGIN{for (k in ENVIRON) print k}' | sort | head -3`:       "HOME\nLANG\nLC_ALL\n",
		`awk 'BEGIN{while ((getline x < "/etc/hostname") > 0) print x}'`: "web01\n",
		`awk 'BEGIN{"cat /etc/hostname" | getline x; print x}'`:          "web01\n",
		`awk 'BEGIN{system("cat /etc/hostname")}'`:                       "web01\n",
		`sed -n '1e cat /etc/hostname' <<< x`:                            "web01\n",
	} {
		if a := b.Run(line); a.Out != want {
			t.Errorf("%s: %q %q, want %q", line, a.Out, a.Err, want)
		}
	}
}
