package recording

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gait/recording/reader"
)

const (
	cast    = `{"version":2,"width":80,"height":24,"timestamp":1714521600}` + "\n" + `[0.5,"i","l"]` + "\n" + `[0.6,"o","l"]` + "\n"
	castOld = `{"version":1,"width":80,"height":24,"duration":1.5,"stdout":[[0.25,"hello"],[0.5," there"]]}`
	scripts = "Script started on 2024-05-01 00:00:00+00:00 [TERM=\"xterm\"]\nhello\nScript done\n"
	timing  = "H 0.000000 START_TIME 2024-05-01 00:00:00+00:00\nH 0.000000 OUTPUT_LOG typescript\nO 0.100000 6\n"
	shardOf = `{"sid":"3f0b7c52-7d53-4c0c-9c55-0c6f2e1d7a10","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600}}` + "\n" +
		`{"sid":"3f0b7c52-7d53-4c0c-9c55-0c6f2e1d7a10","t":0.5,"ch":"i","d":"l"}` + "\n"
)

// ttyRecord is one record of a Cowrie terminal log.
func ttyRecord(op, direction, sec int, data string) string {
	b := make([]byte, 24)
	for i, n := range []int{op, 0, len(data), direction, sec, 0} {
		binary.LittleEndian.PutUint32(b[4*i:], uint32(n))
	}
	return string(b) + data
}

func ttylogOf(sec int) string {
	return ttyRecord(1, 0, sec, "") + ttyRecord(3, 2, sec, "$ ") + ttyRecord(3, 1, sec+1, "l") + ttyRecord(3, 2, sec+1, "l") + ttyRecord(2, 0, sec+2, "")
}

// cowrieLog is the log of one connection with one terminal log.
func cowrieLog(session, name string) string {
	line := func(event, rest string) string {
		return fmt.Sprintf(`{"eventid":"cowrie.%s","timestamp":"2024-05-01T00:00:0%d.000000Z","session":"%s","sensor":"s"%s}`+"\n", event, strings.Index("slc", event[:1])+1, session, rest)
	}
	return line("session.connect", `,"src_ip":"198.51.100.7","src_port":4711,"dst_port":22,"protocol":"ssh"`) +
		line("log.closed", `,"ttylog":"var/lib/cowrie/tty/`+name+`","shasum":"`+name+`","duplicate":false`) +
		line("session.closed", "")
}

func TestEveryFormatIsFound(t *testing.T) {
	name := strings.Repeat("0", 64)
	dir := files(t, map[string]string{
		"a.cast": cast, "old.json": castOld, "s.jsonl.zst": zst(t, shardOf), "typescript": scripts, "timing": timing, "tty": ttylogOf(1714521600),
		"c/cowrie.json.gz": gz(t, cowrieLog("0123456789ab", name)), "c/tty/" + name: ttylogOf(1714521601),
	})
	for path, want := range map[string]string{
		"a.cast": "asciicast", "old.json": "asciicast", "s.jsonl.zst": "shard", "typescript": "script", "timing": "script", "tty": "ttylog", "c/cowrie.json.gz": "cowrie",
	} {
		f, ids := read(t, filepath.Join(dir, path), Options{})
		if f.Format() != want || len(ids) != 1 {
			t.Errorf("%s: format %s, sessions %q", path, f.Format(), ids)
		}
		if n := f.Oddities().Count("missing recording"); n != 0 {
			t.Errorf("%s: oddities %v", path, f.Oddities())
		}
	}
	// The terminal log belongs to the log, and the typescript to its timing.
	equal(t, paths(t, dir, Options{}), "a.cast", "c/cowrie.json.gz", "old.json", "s.jsonl.zst", "timing", "tty")
}

func TestEveryFormatIsFoundInAnArchive(t *testing.T) {
	name := strings.Repeat("0", 64)
	dir := files(t, map[string]string{"all.tgz": gz(t, tarOf(t,
		member{name: "a.cast", data: cast}, member{name: "s/typescript", data: scripts}, member{name: "s/timing", data: timing},
		member{name: "tty/" + name, data: ttylogOf(1714521601)}, member{name: "log/cowrie.json", data: cowrieLog("0123456789ab", name)},
		member{name: "s.jsonl", data: shardOf},
	))})
	f, err := Open(filepath.Join(dir, "all.tgz"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []string
	for s, err := range Sessions(f) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s.Format)
		if s.EvidenceRef == "" || !strings.HasPrefix(s.Path, filepath.Join(dir, "all.tgz")+"/") {
			t.Errorf("%s: path %q, evidence %q", s.Format, s.Path, s.EvidenceRef)
		}
	}
	if !slices.Equal(got, []string{"asciicast", "script", "cowrie", "shard"}) {
		t.Errorf("formats %q", got)
	}
}

// paths gives the paths of the inputs that are found in a folder.
func paths(t *testing.T, dir string, opt Options) (all []string) {
	t.Helper()
	for in, err := range Find(t.Context(), []string{dir}, opt) {
		if err != nil {
			t.Error(err)
		}
		all = append(all, strings.TrimPrefix(in.Path, dir+"/"))
	}
	return all
}

func TestTimingMakesAScriptOfAnyText(t *testing.T) {
	dir := files(t, map[string]string{"log.txt": "Skript gestartet\nhello\n", "elsewhere/times": "0.100000 6\n"})
	opt := Options{Timing: filepath.Join(dir, "elsewhere/times")}
	f, ids := read(t, filepath.Join(dir, "log.txt"), opt)
	if f.Format() != "script" || len(ids) != 1 {
		t.Errorf("format %s, sessions %q", f.Format(), ids)
	}
	for in, err := range Find(t.Context(), []string{filepath.Join(dir, "log.txt")}, opt) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{"", cast, castOld, scripts, timing, shardOf, ttylogOf(1714521600), cowrieLog("0123456789ab", "x"), "hello\n"} {
		f.Add([]byte(s))
		f.Add([]byte(gz(f, s)))
		f.Add([]byte(zst(f, s)))
		f.Add([]byte(gz(f, tarOf(f, member{name: "a/typescript", data: s}, member{name: "a/timing", data: timing}, member{name: "b", data: cast}))))
	}
	lim := reader.DefaultLimits()
	lim.Unpacked, lim.Line, lim.Events, lim.Sessions = 1<<20, 1<<16, 10_000, 1000
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open("-", Options{Limits: lim, Stdin: strings.NewReader(string(data))})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.What == "" || e.Path != "-" {
				t.Fatalf("the error is %#v", err)
			}
			return
		}
		defer file.Close()
		var sum int64
		for s, err := range Sessions(file) {
			if err != nil {
				continue
			}
			sum += s.Extent
			if s.Len() > lim.Events || s.Format == "" || !strings.HasPrefix(s.Path, "-") {
				t.Fatalf("%d events, header %+v", s.Len(), s.Header)
			}
		}
		if file.Format() != "tar" && sum > 4*(lim.Unpacked+int64(len(data))) {
			t.Fatalf("%d bytes of events from %d", sum, len(data))
		}
	})
}
