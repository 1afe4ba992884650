package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/decoy/vfs"
)

// kept keeps uploads in memory.
type kept map[string]string

func (k kept) Keep(r io.Reader) (string, int64, bool, error) {
	data, err := io.ReadAll(io.LimitReader(r, 1<<20))
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:])
	k[name] = string(data)
	return name, int64(len(data)), true, err
}

// newTree makes a tree with /d, a directory, and in it the file "is" and the
// directory "sub".
func newTree(t testing.TB, lim vfs.Limits) *vfs.FS {
	t.Helper()
	f := vfs.New(&vfs.Node{Mode: vfs.Directory | 0o755, Names: map[string]*vfs.Node{}}, lim, time.Now)
	for _, err := range []error{f.Mkdir("/d", 0o755), f.Mkdir("/d/sub", 0o755), f.WriteFile("/d/is", []byte("content"), 0o644)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// our runs our scp.
func our(f *vfs.FS, in string, k kept, words ...string) (out string, uploads []Upload, code int) {
	var b bytes.Buffer
	code = SCP(context.Background(), words, Streams{In: strings.NewReader(in), Out: &b, Err: &b, FS: f, Keep: k, Uploaded: func(u Upload) { uploads = append(uploads, u) }})
	return b.String(), uploads, code
}

// conversations are what other ends say to scp -t and -f.
var conversations = []struct{ args, in string }{
	{"-t /d", ""},
	{"-t /d", "C0644 5 new\nhello\x00"},
	{"-t /d/name", "C0755 5 new\nhello\x00"},
	{"-t /d", "C0644 5 new\nhello\x00C0600 2 more\nhi\x00"},
	{"-t /d", "C0644 0 empty\n\x00"},
	{"-p -t /d", "T1000000000 0 1000000000 0\nC0644 5 new\nhello\x00"},
	{"-r -t /d", "D0755 0 dir\nC0644 5 new\nhello\x00E\n"},
	{"-r -t /d", "D0755 0 sub\nD0755 0 subsub\nE\nE\nC0644 1 x\ny\x00"},
	{"-t /d", "D0755 0 dir\n"},
	{"-d -t /d/is", ""},
	{"-d -t /d/none", ""},
	{"-t /none/none", "C0644 5 new\nhello\x00"},
	{"-t /d/sub", "C0644 5 ../new\nhello\x00"},
	{"-t /d/sub", "C0644 5 ..\nhello\x00"},
	{"-t /d", "C0644 5 new\nhel"},
	{"-t /d", "C0644 5 new\nhello\x01scp: failed\n"},
	{"-t /d", "C06445 5 new\n"},
	{"-t /d", "C06x4 5 new\n"},
	{"-t /d", "C0644 x new\n"},
	{"-t /d", "C0644 -5 new\n"},
	{"-t /d", "\n"},
	{"-t /d", "hello\n"},
	{"-t /d", "\x01warning\nC0644 5 new\nhello\x00"},
	{"-t /d", "\x02fatal\n"},
	{"-t /d", "E\n"},
	{"-t /d", "Tx 0 0 0\n"},
	{"-t /d/sub", "C0644 3 sub\nabc\x00"},
	{"-f /d/is", "\x00\x00\x00"},
	{"-f /d/none", "\x00"},
	{"-f /d", "\x00"},
	{"-f /d/is", ""},
	{"-f /d/is", "\x00\x01no\n"},
	{"-f /d/is", "\x00\x02no\n"},
	{"-r -f /d/sub", "\x00\x00\x00"},
	{"-f /d/is /d/none /d/is", "\x00\x00\x00\x00\x00\x00"},
}

// TestLikeSCP holds both directions against the real program.
func TestLikeSCP(t *testing.T) {
	scp, err := exec.LookPath("scp")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("scp is not installed")
		}
		t.Skip("scp is not installed")
	}
	for _, c := range conversations {
		root := t.TempDir()
		d := filepath.Join(root, "d")
		os.MkdirAll(filepath.Join(d, "sub"), 0o755)
		os.WriteFile(filepath.Join(d, "is"), []byte("content"), 0o644)
		var args []string
		for _, w := range strings.Fields(c.args) {
			args = append(args, strings.Replace(w, "/", root+"/", 1))
		}
		cmd := exec.Command(scp, args...)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		cmd.Stdin = strings.NewReader(c.in)
		var out bytes.Buffer
		cmd.Stdout = &out
		cmd.Run()
		want := strings.ReplaceAll(out.String(), root, "")
		f := newTree(t, vfs.Limits{})
		got, _, code := our(f, c.in, kept{}, append([]string{"scp"}, strings.Fields(c.args)...)...)
		if got != want || code != cmd.ProcessState.ExitCode() {
			t.Errorf("scp %s with %q:\n ours %q %d\n real %q %d", c.args, c.in, got, code, want, cmd.ProcessState.ExitCode())
		}
		compare(t, c.args+" "+c.in, f, d)
	}
}

// compare holds a tree against a real folder.
func compare(t *testing.T, what string, f *vfs.FS, folder string) {
	t.Helper()
	count := 0
	filepath.WalkDir(folder, func(p string, e os.DirEntry, err error) error {
		count++
		name := "/d" + strings.TrimPrefix(p, folder)
		i, bad := f.Stat(name)
		if bad != nil || i.IsDir() != e.IsDir() {
			t.Errorf("%q: %s is missing", what, name)
			return nil
		}
		if e.IsDir() {
			return nil
		}
		want, _ := os.ReadFile(p)
		if got, err := f.ReadFile(name, 1<<20); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: %s holds %q, not %q", what, name, got, want)
		}
		return nil
	})
	_, nodes := f.Used()
	if nodes != count {
		t.Errorf("%q: %d nodes, want %d", what, nodes, count)
	}
}

// TestUploadIsKept keeps what the tree has no room for, and says so.
func TestUploadIsKept(t *testing.T) {
	k := kept{}
	f := newTree(t, vfs.Limits{File: 10})
	out, uploads, code := our(f, "C0644 20 big\n"+strings.Repeat("x", 20)+"\x00C0644 2 ok\nhi\x00", k, "scp", "-t", "/d")
	if code != 1 || out != "\x00\x00\x01scp: /d/big: File too large\n\x00\x00" || len(uploads) != 2 {
		t.Fatalf("%q %d %+v", out, code, uploads)
	}
	if u := uploads[0]; u.Outcome() != "partial" || k[u.SHA256] != strings.Repeat("x", 20) || u.Size != 20 || u.Path != "/d/big" {
		t.Errorf("%+v", u)
	}
	if u := uploads[1]; u.Outcome() != "kept" || k[u.SHA256] != "hi" {
		t.Errorf("%+v", u)
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"scp -t /tmp": "scp|-t|/tmp", `scp -t "/tmp/a b"`: "scp|-t|/tmp/a b", `scp -f '/tmp/*' a\ b`: `scp|-f|/tmp/\*|a b`, "scp  -t\t~/x": "scp|-t|~/x",
		"scp -t $HOME": "", "scp -t a;b": "", "scp -t 'a": "", `scp -t a\`: "", "": "", `scp -t "$x"`: "",
	} {
		got, ok := Words(in)
		if strings.Join(got, "|") != want && (ok || want != "") || ok != (want != "") {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
	f := newTree(t, vfs.Limits{})
	f.Dir = "/d"
	for in, want := range map[string]string{"*": "is|sub", "/d/i*": "/d/is", "~/is": "/d/is", "~": "/d", "none*": "none*", `\*`: "*", "[is]*": "is|sub", "[": "[", "a": "a"} {
		if got := strings.Join(Expand(f, in), "|"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzSCP(f *testing.F) {
	for _, c := range conversations {
		f.Add(c.args, c.in)
	}
	f.Fuzz(func(t *testing.T, args, in string) {
		words, ok := Words("scp " + args)
		if !ok {
			return
		}
		tree := newTree(t, vfs.Limits{Bytes: 1 << 16, Nodes: 100})
		our(tree, in, kept{}, words...)
		if bytes, nodes := tree.Used(); bytes > 1<<16 || nodes > 100 {
			t.Errorf("%d bytes, %d nodes", bytes, nodes)
		}
	})
}
