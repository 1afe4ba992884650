package decoy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/decoy/visit"
)

func visitor() visit.Visitor {
	return visit.Visitor{
		Connection: "11111111-2222-4333-8444-555555555555", Service: "ssh", Remote: netip.MustParseAddrPort("198.51.100.7:50000"),
		Client: "SSH-2.0-Go", HASSH: strings.Repeat("a", 32), User: "root",
	}
}

func TestIdentityStays(t *testing.T) {
	dir := t.TempDir()
	a, err := loadIdentity(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b, err := loadIdentity(dir, time.Now().Add(time.Hour))
	if err != nil || !bytes.Equal(a.Seed, b.Seed) || !a.Installed.Equal(b.Installed) || len(b.Keys) != 3 || !bytes.Equal(a.Keys[2], b.Keys[2]) {
		t.Errorf("another identity after a restart: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, identityAt))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the identity has mode %v, %v", info.Mode(), err)
	}
	if a.secret("x") == a.secret("y") || a.secret("x") != b.secret("x") {
		t.Error("secrets are not one for each purpose")
	}
	if err := os.WriteFile(filepath.Join(dir, identityAt), []byte(`{"Seed":"AA=="}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadIdentity(dir, time.Now()); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("a broken identity gives %v", err)
	}
}

func TestGate(t *testing.T) {
	v := visitor()
	for _, c := range []struct {
		rule string
		list []string
		user string
		pass string
		try  int
		want bool
	}{
		{"any", nil, "root", "", 1, true},
		{"after:2", nil, "root", "x", 2, false},
		{"after:2", nil, "root", "x", 3, true},
		{"chance:0", nil, "root", "x", 1, false},
		{"chance:1", nil, "root", "x", 1, true},
		{"list", []string{"root:toor", "admin:", ":letmein"}, "root", "toor", 1, true},
		{"list", []string{"root:toor", "admin:", ":letmein"}, "root", "toor2", 1, false},
		{"list", []string{"root:toor", "admin:", ":letmein"}, "admin", "whatever", 1, true},
		{"list", []string{"root:toor", "admin:", ":letmein"}, "guest", "letmein", 1, true},
		{"list", []string{"root:toor"}, "guest", "toor", 1, false},
	} {
		a, err := ParseAccept(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		a.List = c.list
		g := &gate{accept: a, key: [32]byte{1}}
		if got := g.Admit(v, c.user, c.pass, c.try); got != c.want {
			t.Errorf("%s: %s with %q at try %d: %v", c.rule, c.user, c.pass, c.try, got)
		}
	}
	for _, bad := range []string{"", "some", "after:0", "after:x", "chance:2", "chance:NaN", "any:1"} {
		if _, err := ParseAccept(bad); err == nil {
			t.Errorf("%q is taken for a rule", bad)
		}
	}
}

func TestChanceIsTheSameEachTime(t *testing.T) {
	g := &gate{accept: Accept{How: "chance", Chance: 0.3}, key: [32]byte{7}}
	in := 0
	for i := range 2000 {
		v := visitor()
		v.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)
		first := g.Admit(v, "root", "admin", 1)
		if first != g.Admit(v, "root", "admin", 5) {
			t.Fatal("another answer to the same question")
		}
		if first {
			in++
		}
	}
	if in < 500 || in > 700 {
		t.Errorf("%d of 2000 were let in; 600 were to be expected", in)
	}
	if g.chance("a", "bc", "d") == g.chance("ab", "c", "d") {
		t.Error("what belongs to a name and what to a password is not told apart")
	}
}

func TestConfigIsChecked(t *testing.T) {
	good := Config{Name: "decoy-01", SSH: []string{"127.0.0.1:0"}, Downloads: "unreachable"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"name":    func(c *Config) { c.Name = "../x" },
		"nowhere": func(c *Config) { c.SSH = nil },
		"public":  func(c *Config) { c.SSH = []string{"0.0.0.0:22"} },
		"all":     func(c *Config) { c.SSH = []string{":22"} },
		"six":     func(c *Config) { c.Telnet = []string{"[::]:23"} },
		"a name":  func(c *Config) { c.SSH = []string{"example.org:22"} },
		"host":    func(c *Config) { c.Host = "a b" },
		"user":    func(c *Config) { c.Users = []string{"root:x"} },
		"answer":  func(c *Config) { c.Downloads = "fetch" },
		"below":   func(c *Config) { c.PerAddress = -1 },
	} {
		c := good
		change(&c)
		if c.Check() == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	good.SSH, good.Public = []string{"0.0.0.0:22", "[::1]:22", "localhost:0"}, true
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestDiaryKeepsRawText(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	old := filepath.Join(dir, "decoy-2026-03-01.jsonl")
	other := filepath.Join(dir, "notes.txt")
	for _, p := range []string{old, other} {
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := openDiary(dir, &Config{}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	password := "p\x1b[2J\"\xff\n{\"time\":1}"
	for _, e := range []visit.Event{
		{Time: now, Kind: visit.Auth, Visitor: visitor(), Text: password, Fields: map[string]string{"outcome": "refused", "Bad Name": "x"}},
		{Time: now, Kind: visit.Exec, Visitor: visitor(), Text: strings.Repeat("a", 100_000)},
		{Time: now.Add(24 * time.Hour), Kind: visit.Auth, Visitor: visitor(), Text: "next day"},
	} {
		if err := d.write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "decoy-2026-05-01.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != 2 || strings.IndexByte(lines[0], 0x1b) >= 0 || strings.IndexByte(lines[0], 0xff) >= 0 || !strings.Contains(lines[0], `\udcff`) || !strings.Contains(lines[0], `"bad_name"`) == strings.Contains(lines[0], "Bad Name") {
		t.Errorf("%d lines, the first %q", len(lines), lines[0])
	}
	var e struct{ Text, Outcome, Address string }
	if err := json.Unmarshal([]byte(lines[0]), &e); err != nil || e.Outcome != "refused" || e.Address != "198.51.100.7" || !strings.HasPrefix(e.Text, "p\x1b[2J\"") {
		t.Errorf("%+v, %v", e, err)
	}
	if len(lines[1]) > 10_000 || !strings.Contains(lines[1], "100000 bytes in all") {
		t.Errorf("a long text takes %d bytes", len(lines[1]))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the log of two months ago is still there")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file that is not the log's was deleted")
	}
}

func TestDiaryWithoutCredentials(t *testing.T) {
	dir := t.TempDir()
	d, err := openDiary(dir, &Config{NoCredentials: true}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	now := time.Now()
	d.write(visit.Event{Time: now, Kind: visit.Auth, Visitor: visitor(), Text: "hunter2"})
	d.write(visit.Event{Time: now, Kind: visit.Exec, Visitor: visitor(), Text: "uname"})
	text, err := os.ReadFile(filepath.Join(dir, "decoy-"+now.UTC().Format(time.DateOnly)+".jsonl"))
	if err != nil || bytes.Contains(text, []byte("hunter2")) || !bytes.Contains(text, []byte("uname")) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestUploadsAreKeptOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "new-left-behind"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	u, err := openUploads(dir)
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat("malware", 1000)
	want := sha256.Sum256([]byte(content))
	for range 2 {
		sum, size, kept, err := u.Keep(strings.NewReader(content))
		if err != nil || !kept || size != 7000 || sum != hex.EncodeToString(want[:]) {
			t.Fatalf("%s, %d, %v, %v", sum, size, kept, err)
		}
	}
	if u.total != 7000 {
		t.Errorf("%d bytes are counted", u.total)
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 {
		t.Errorf("%d files, %v", len(list), err)
	}
	u.total, u.counted = mostUploads-10, time.Now()
	sum, size, kept, err := u.Keep(strings.NewReader("more than there is room for"))
	if err != nil || kept || size != 27 || len(sum) != 64 || u.total != mostUploads-10 {
		t.Errorf("kept %v with %d of %d bytes, %v", kept, u.total, int64(mostUploads), err)
	}
	again, err := openUploads(dir)
	if err != nil || again.total != 7000 {
		t.Errorf("%d bytes are found again, %v", again.total, err)
	}
}

func TestActivityCarriesNoText(t *testing.T) {
	key := [32]byte{3}
	e := visit.Event{Time: time.Now(), Kind: visit.Auth, Visitor: visitor(), Text: "hunter2", Fields: map[string]string{"method": "password", "outcome": "refused", "via": "hunter2", "sha256": "hunter2"}}
	e.User, e.Client = "victim-name", "SSH-2.0-client-text"
	a, ok := activity(e, "decoy-01", key)
	if !ok {
		t.Fatal("a login is not told")
	}
	line, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	subject, payload, err := checkActivity(line, "decoy-01", time.Now())
	if err != nil || subject != "attacker.auth" {
		t.Fatalf("%s, %v", subject, err)
	}
	for _, text := range []string{"hunter2", "victim-name", "client-text"} {
		if bytes.Contains(payload, []byte(text)) {
			t.Errorf("%q is on the bus: %s", text, payload)
		}
	}
	b, _ := activity(e, "decoy-01", [32]byte{4})
	if a.Text == b.Text || a.Text == "" || a.Length != 7 {
		t.Errorf("hashes %q and %q", a.Text, b.Text)
	}
	if _, ok := activity(visit.Event{Kind: visit.Environ, Visitor: visitor()}, "decoy-01", key); ok {
		t.Error("the environment is told")
	}
}

func TestLinesOfTheChildAreChecked(t *testing.T) {
	good := Activity{
		Version: 1, Type: "auth", Time: time.Now(), Decoy: "decoy-01", Service: "ssh", Address: "198.51.100.7", Port: 22,
		Connection: visitor().Connection,
	}
	check := func(change func(*Activity)) error {
		a := good
		change(&a)
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = checkActivity(line, "decoy-01", time.Now())
		return err
	}
	if err := check(func(*Activity) {}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Activity){
		"version": func(a *Activity) { a.Version = 2 }, "type": func(a *Activity) { a.Type = "connected" }, "session end": func(a *Activity) { a.Type = "attacker.session.ended" },
		"decoy": func(a *Activity) { a.Decoy = "decoy-02" }, "service": func(a *Activity) { a.Service = "smb" }, "address": func(a *Activity) { a.Address = "<b>" },
		"zone": func(a *Activity) { a.Address = "fe80::1%eth0" }, "port": func(a *Activity) { a.Port = 70000 }, "connection": func(a *Activity) { a.Connection = "x" },
		"session": func(a *Activity) { a.Session = "x.>" }, "hash": func(a *Activity) { a.Text = "rm -rf /" }, "user": func(a *Activity) { a.User = "root" },
		"digest": func(a *Activity) { a.SHA256 = "zz" }, "word": func(a *Activity) { a.Outcome = "<script>" }, "way": func(a *Activity) { a.Via = "x" },
		"length": func(a *Activity) { a.Length = -1 }, "time": func(a *Activity) { a.Time = time.Now().AddDate(-1, 0, 0) },
	} {
		if check(change) == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	for _, line := range []string{"", "{}", "null", "[]", `{"v":1,"raw":"x"}`, strings.Repeat(" ", mostActivity+1), `{"v":1}{"v":1}`} {
		if _, _, err := checkActivity([]byte(line), "decoy-01", time.Now()); err == nil {
			t.Errorf("%.40q is not refused", line)
		}
	}
}

func TestLongLinesOfTheChildDoNotHideShortOnes(t *testing.T) {
	var sizes []int
	text := strings.Repeat("x", 3*mostActivity) + "\nshort\n" + strings.Repeat("y", 2*mostActivity)
	readActivity(strings.NewReader(text), func(line []byte) error { sizes = append(sizes, len(line)); return nil })
	if fmt.Sprint(sizes) != fmt.Sprint([]int{mostActivity + 1, 6, mostActivity + 1}) {
		t.Errorf("lines of %v bytes", sizes)
	}
}
