package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gait/profile"
	"gait/profile/suite"
)

// formats is a small recording of every format.
func formats() map[string]string {
	return map[string]string{
		"shard": shardOf, "cast": cast, "cast1": castOld, "ttylog": ttylogOf(1714521600),
		"cowrie": cowrieLog("0123456789ab", strings.Repeat("0", 64)), "timing": timing, "typescript": scripts,
	}
}

// survive opens and profiles whatever it is given. Every error must say what is
// wrong, and every envelope must be JSON without a raw control byte.
func survive(t *testing.T, engine *profile.Engine, path, data string) (sessions int) {
	t.Helper()
	name := filepath.Base(path)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, Options{})
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.What == "" || strings.ContainsAny(err.Error(), "\x1b\n\x00") {
			t.Fatalf("%s: the error is %q", name, err)
		}
		return 0
	}
	defer f.Close()
	var line []byte
	for s, err := range Sessions(f) {
		if err != nil {
			continue
		}
		sessions++
		r := engine.Profile(s, time.Unix(0, 0))
		for _, x := range r.Failures {
			t.Fatalf("%s: %v", name, x)
		}
		for i := range r.Observations {
			line = r.Observations[i].AppendJSON(line[:0], false)
			if !json.Valid(line) || strings.ContainsAny(string(line), "\x1b\n\x00") {
				t.Fatalf("%s: envelope %q", name, line)
			}
		}
	}
	return sessions
}

// mutate changes a recording in a few places: bytes, pieces left out, doubled
// or put elsewhere, and numbers that are too large.
func mutate(r *rand.Rand, data string) string {
	b := []byte(data)
	numbers := []string{"1e999", "-1", "NaN", "Infinity", "99999999999999999999", "0.0000000000001", "\x00", "\xff\xff\xff\x7f", `{"sid":"`, `"`, "\n", "\x1b]0;x\x07"}
	for range 1 + r.IntN(6) {
		if len(b) == 0 {
			break
		}
		i := r.IntN(len(b))
		j := i + r.IntN(min(len(b)-i, 40)+1)
		switch r.IntN(5) {
		case 0:
			b[i] = byte(r.Uint32())
		case 1:
			b = append(b[:i], b[j:]...)
		case 2:
			b = append(b[:j], append([]byte(string(b[i:j])), b[j:]...)...)
		case 3:
			b = append(b[:i], append([]byte(numbers[r.IntN(len(numbers))]), b[j:]...)...)
		case 4:
			b = append(b[:i], append([]byte(string(b[r.IntN(len(b)):])), b[i:]...)...)
		}
	}
	return string(b)
}

func TestMutatedFilesOfEveryFormat(t *testing.T) {
	engine := profile.NewEngine(suite.All)
	for name, data := range formats() {
		dir := files(t, formats()) // a recording may need its neighbours
		if err := os.WriteFile(filepath.Join(dir, strings.Repeat("0", 64)), []byte(ttylogOf(1714521601)), 0o600); err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, uint64(len(data))))
		read := 0
		for range 400 {
			read += survive(t, engine, filepath.Join(dir, name), mutate(r, data))
		}
		if read == 0 {
			t.Errorf("%s: no mutated file was read at all, so nothing was tested", name)
		}
	}
}

func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes, in one goroutine")
	}
	const sid = `{"sid":"3f0b7c52-7d53-4c0c-9c55-0c6f2e1d7a10"`
	long := strings.Repeat("x", 50<<20)
	deep := strings.Repeat("[", 1_000_000)
	length := ttyRecord(1, 0, 1714521600, "") + strings.Replace(ttyRecord(3, 1, 1714521600, "ls"), "\x02\x00\x00\x00", "\xff\xff\xff\x7f", 1)
	casts := `{"version":2,"width":80,"height":24}` + "\n" + `[1,"i","a"]` + "\n"
	for name, c := range map[string]struct {
		data string
		want int // sessions at least
	}{
		"shard with a line of 50 MB":          {shardOf + sid + `,"t":1,"ch":"o","d":"` + long + "\"}\n" + shardOf, 1},
		"shard with a header of 50 MB":        {sid + `,"hdr":{"env":{"A":"` + long + "\"}}}\n" + shardOf, 1},
		"shard, nested deeply":                {shardOf + sid + `,"hdr":` + deep + "\n", 1},
		"shard, nested deeply in a header":    {shardOf + sid + `,"hdr":{"env":` + strings.Repeat(`{"a":`, 100_000) + "\n", 1},
		"shard, infinite times":               {shardOf + sid + `,"t":1e999,"ch":"i","d":"x"}` + "\n" + sid + `,"t":-Infinity,"ch":"i","d":"x"}` + "\n", 1},
		"cast with a line of 50 MB":           {casts + `[2,"o","` + long + `"]`, 1},
		"cast, nested deeply":                 {casts + deep, 1},
		"cast, infinite times":                {casts + `[1e999,"i","a"]` + "\n" + `[NaN,"i","a"]`, 1},
		"cast 1, nested deeply":               {`{"version":1,"width":80,"height":24,"stdout":[[1,"x"],` + deep, 0},
		"cast 1 with a string of 50 MB":       {`{"version":1,"width":80,"height":24,"stdout":[[1,"` + long, 0},
		"ttylog with a huge length":           {length, 1},
		"ttylog with a huge length, going on": {length + long, 1},
		"cowrie with a line of 50 MB":         {cowrieLog("0123456789ab", "x") + `{"eventid":"` + long, 0},
		"cowrie, nested deeply":               {cowrieLog("0123456789ab", "x") + `{"eventid":` + deep + "\n", 0},
		"timing with huge counts":             {timing + "O 0.1 99999999999999999999\nO 1e999 1\n", 0},
		"typescript of 50 MB":                 {scripts + long, 0},
		"NUL alone":                           {strings.Repeat("\x00", 1<<20), 0},
		"mark after mark":                     {strings.Repeat(`{"sid":"`, 1<<20), 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := survive(t, profile.NewEngine(suite.All), filepath.Join(t.TempDir(), "recording"), c.data); got < c.want {
				t.Errorf("%d sessions, want at least %d", got, c.want)
			}
		})
	}
}

// A million sessions of one event are read within the limits of memory.
func TestAMillionSessionsOfOneEvent(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundred megabytes, in one goroutine")
	}
	var b strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&b, `{"sid":"3f0b7c52-7d53-4c0c-9c55-%012x","t":0.5,"ch":"i","d":"l"}`+"\n", i)
	}
	path := filepath.Join(t.TempDir(), "million")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	f, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	perSession := m.HeapAlloc / 1_000_000
	t.Logf("the index and all else take %d bytes a session", perSession)
	if perSession > 100 {
		t.Errorf("the index and all else take %d bytes a session", perSession)
	}
	n := 0
	for range Sessions(f) {
		n++
	}
	if n != 1_000_000 {
		t.Errorf("%d sessions", n)
	}
}
