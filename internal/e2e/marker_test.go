package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"gait/bus"
	"gait/internal/programtest"
)

// Markers stand in everything that is raw. The second is in events that somebody
// else puts on the bus; the third is the version that a client tells, which the
// page of a session shows and nothing else.
const (
	marker       = "mArK3rOfRaW"
	markerOnBus  = "mArK3rOnBuS"
	markerClient = "mArK3rOfClIeNt"
)

// tap hears everything that goes over a bus.
type tap struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// freshBus starts a server on a port of its own, and taps it.
func freshBus(t *testing.T) (*nats.Conn, *tap) {
	t.Helper()
	nc, err := nats.Connect(programtest.Bus(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	tap := &tap{}
	if _, err := nc.Subscribe(">", func(m *nats.Msg) {
		tap.mu.Lock()
		defer tap.mu.Unlock()
		fmt.Fprintf(&tap.text, "%s %s %v %s\n", m.Subject, m.Reply, m.Header, m.Data)
	}); err != nil {
		t.Fatal(err)
	}
	return nc, tap
}

// heard gives all that went over the bus.
func (p *tap) heard() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// layMarkers writes recordings in which everything raw is a marker.
func (w *world) layMarkers() {
	x := newTape(1)
	fmt.Fprintf(&x.buf, `{"sid":"%s","hdr":{"version":2,"width":80,"height":24,"timestamp":%d,"env":{"SHELL":"/bin/%s","TERM":"%s","LANG":"%s","%s":"x"},`+
		`"client":"SSH-2.0-%s","exec":"%s","title":"%s","src_ip":"203.0.113.7","%s":["%s"]}}`+"\n",
		x.id, x.start.Unix(), marker, marker, marker, marker, markerClient, marker, marker, marker, marker)
	for range 3 {
		x.print(marker + "# ").keys("cat " + marker + "\r").print("cat: " + marker + ": No such file\r\n")
		x.paste("wget http://203.0.113.1/" + marker + "; " + marker + "\r").print("\x1b]0;" + marker + "\x07" + marker + "\r\n")
		x.keys("passwd\r").print("New password: ").keys(marker + "\r")
	}
	fmt.Fprintf(&x.buf, `{"sid":"%s","t":1,"ch":"%s","d":"%s"}`+"\n", x.id, marker, marker)
	fmt.Fprintf(&x.buf, `{"sid":"%s","%s":"%s"}`+"\n{\"%s\"\n%s\n", x.id, marker, marker, marker, marker)
	w.write(w.shardOf("web-01"), x.ended())
	w.layCast(x)
	w.layCowrie(x)
	w.laySyslog(x)
}

// layCast writes a finished recording, beside the folder of such.
func (w *world) layCast(x *tape) {
	cast := fmt.Sprintf(`{"version":2,"width":80,"height":24,"timestamp":%d,"title":"%s","command":"%s","env":{"SHELL":"%s"}}`+"\n", x.start.Unix(), marker, marker, marker) +
		fmt.Sprintf(`[0.5,"o","%s$ "]`+"\n"+`[1.5,"i","%s\r"]`+"\n"+`[1.6,"o","%s\r\n"]`+"\n"+`[2.0,"m","%s"]`+"\n"+`[2.5,"%s","x"]`+"\n", marker, marker, marker, marker, marker)
	w.write(w.Path("finished.cast"), []byte(cast))
	if err := os.MkdirAll(w.Path("recordings"), 0o755); err != nil {
		w.T.Fatal(err)
	}
}

// layCowrie writes the log of a Cowrie.
func (w *world) layCowrie(x *tape) {
	log := ""
	for i, e := range []string{
		`"eventid":"cowrie.session.connect","src_port":40000,"dst_port":22,"protocol":"ssh"`,
		`"eventid":"cowrie.client.version","version":"SSH-2.0-` + markerClient + `"`,
		`"eventid":"cowrie.client.var","name":"` + marker + `","value":"` + marker + `"`,
		`"eventid":"cowrie.login.failed","username":"` + marker + `","password":"` + marker + `"`,
		`"eventid":"cowrie.login.success","username":"` + marker + `","password":"` + marker + `","message":"` + marker + `"`,
		`"eventid":"cowrie.command.input","input":"` + marker + `"`,
		`"eventid":"cowrie.command.input","input":"ls; ` + marker + `"`,
		`"eventid":"cowrie.session.file_download","url":"http://x/` + marker + `","outfile":"` + marker + `","destfile":"/tmp/` + marker + `"`,
		`"eventid":"cowrie.direct-tcpip.data","dst_ip":"` + marker + `","data":"` + marker + `"`,
		`"eventid":"cowrie.` + marker + `","` + marker + `":"` + marker + `"`,
		`"eventid":"cowrie.session.closed","duration":"9.0"`,
	} {
		at := x.start.Add(time.Duration(i) * time.Second).Format("2006-01-02T15:04:05.000000Z")
		log += fmt.Sprintf(`{%s,"session":"0123456789ab","src_ip":"203.0.113.8","sensor":"trap","timestamp":"%s"}`+"\n", e, at)
	}
	w.write(w.Path("cowrie", "var", "log", "cowrie", "cowrie.json"), []byte(log+marker+"\n{\""+marker+"\n"))
	if err := os.MkdirAll(w.Path("cowrie", "var", "lib", "cowrie", "tty"), 0o755); err != nil {
		w.T.Fatal(err)
	}
}

// laySyslog writes what recorders announce.
func (w *world) laySyslog(x *tape) {
	w.write(w.Path("syslog"), []byte(x.recorded("web-01", "203.0.113.7")+
		recorded("web-01", "ssh", id(9), `note="`+marker+`" src_ip="`+marker+`"`)+
		recorded("web-01", marker+"/..", id(9), `duration_s="`+marker+`"`)+
		recorded("web-01", "ssh", marker+` "]`, `bytes="`+marker+`"`)+
		"<134>1 "+day+"T00:00:00Z web-01 sessrec - "+marker+" [relay@55555 x=\""+marker+"\"] "+marker+"\n"+
		"<134>1 "+day+"T00:00:00Z web-01 sessrec - session_skipped [relay@55555 reason=\"disk_pressure\" note=\""+marker+"\"]\n"+marker+"\n"))
}

// publishMarkers puts events on the bus that hold what they must not.
func publishMarkers(t *testing.T, nc *nats.Conn) {
	t.Helper()
	for _, e := range []string{
		markerOnBus, `{"session_id":7,"` + markerOnBus + `":1}`,
		`{"session_id":"x","decky_id":"` + markerOnBus + `/..","service":"` + markerOnBus + `","attacker_ip":"` + markerOnBus + `","shard_path":"/` + markerOnBus + `"}`,
		`{"session_id":"` + id(1) + `","decky_id":"web-01","service":"ssh","attacker_ip":"-","commands":["` + markerOnBus + `"],"recording":{"format":"` + markerOnBus + `"}}`,
	} {
		m := nats.NewMsg(bus.SubjectSessionEnded)
		m.Data = []byte(e)
		m.Header.Set("X-"+markerOnBus, markerOnBus)
		if err := nc.PublishMsg(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
}

var listening = regexp.MustCompile(`"msg":"serving (metrics|debug)","address":"([^"]+)"`)

// TestNothingRaw feeds markers through everything that comes from outside: they
// are on no subject and in no payload of the bus, in no log, metric, live event
// or output, nor in any answer to a viewer. An operator may look, and that is
// noted.
func TestNothingRaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nc, tap := freshBus(t)
	w.layMarkers()
	w.Output("db", "migrate", "--data", w.Path("run"))
	viewer := strings.TrimSpace(w.Output("token", "create", "--data", w.Path("run"), "--role", "viewer", "eyes"))
	operator := strings.TrimSpace(w.Output("token", "create", "--data", w.Path("run"), "--role", "operator", "hands"))
	s := w.start("run", "run", "--shards", w.Path("root"), "--cowrie", w.Path("cowrie"), "--recordings", w.Path("recordings"), "--syslog", "file:"+w.Path("syslog"),
		"--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--debug-listen", "127.0.0.1:0", "--output", "jsonl:"+w.Path("out.jsonl"),
		"--nats", nc.ConnectedUrl(), "--debug").ready()
	live := s.listen(viewer)
	w.add(w.shardOf("web-01"), newTape(2).header("").keys(marker+"\r").print(marker).ended()) // one that is live for sure
	if err := os.Rename(w.Path("finished.cast"), w.Path("recordings", "finished.cast")); err != nil {
		t.Fatal(err)
	}
	publishMarkers(t, nc)
	s.awaitState("profiled", 4)
	live.await(t, 2) // the snapshot has the others
	var rejected struct{ Items []any }
	programtest.Await(t, "events to be rejected", func() bool { s.get("/rejected", &rejected); return len(rejected.Items) >= 5 })
	programtest.Await(t, "outputs", func() bool { return strings.Count(w.read("out.jsonl"), `"motor.input_modality"`) >= 3 })
	programtest.Await(t, "observations on the bus", func() bool { return strings.Count(tap.heard(), bus.SubjectObservation+"motor.input_modality") >= 3 })

	s.fetch("/api/v1/sessions/"+marker, viewer)
	s.fetch("/"+marker, marker)
	places := map[string]string{"live": live.text(), "output": w.read("out.jsonl")}
	for _, m := range listening.FindAllStringSubmatch(s.Log(), -1) {
		for _, path := range []string{"/metrics", "/debug", "/debug/pprof/goroutine?debug=2", "/debug/pprof/cmdline"} {
			places[m[1]+path] = fetchInside(t, "http://"+m[2]+path)
		}
	}
	if len(places) != 10 {
		t.Errorf("%d places were looked at", len(places))
	}
	clean(t, "bus", tap.heard(), marker, markerClient)
	s.walk(viewer, places)
	places["log"] = s.Log()
	for where, text := range places {
		clean(t, where, text, marker, markerOnBus)
		// What the client calls itself stands where its sessions and its attacker do.
		if !strings.HasPrefix(where, "/sessions/{id} ") && !strings.HasPrefix(where, "/attackers/{uuid}/attribution ") {
			clean(t, where, text, markerClient)
		}
	}
	s.operated(operator)
}

// clean reports markers in a text.
func clean(t testing.TB, where, text string, markers ...string) {
	t.Helper()
	if len(text) < 2 {
		t.Errorf("%s is empty", where)
	}
	for _, m := range markers {
		if i := strings.Index(strings.ToLower(text), strings.ToLower(m)); i >= 0 {
			t.Errorf("%s holds %s: %q", where, m, text[max(0, i-200):min(len(text), i+len(m)+100)])
		}
	}
}

// read gives what is in a file; nothing where it is not there.
func (w *world) read(name string) string {
	b, err := os.ReadFile(w.Path(name))
	if err != nil && !os.IsNotExist(err) {
		w.T.Error(err)
	}
	return string(b)
}

// fetchInside asks a listener for those who run the program.
func fetchInside(t *testing.T, url string) string {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// walk asks as a viewer for everything that the API describes.
func (s *system) walk(viewer string, places map[string]string) {
	t := s.w.T
	t.Helper()
	var api struct {
		Paths map[string]map[string]struct {
			ID   string `json:"operationId"`
			Role string `json:"x-role"`
		}
	}
	s.get("/openapi.json", &api)
	if len(api.Paths) < 20 {
		t.Fatalf("the description has %d paths", len(api.Paths))
	}
	for path, methods := range api.Paths {
		get, ok := methods["get"]
		if !ok || strings.HasSuffix(get.ID, "events") { // those are listened to
			continue
		}
		for _, at := range s.filled(path) {
			status, b := s.fetch("/api/v1"+at, viewer)
			switch {
			case get.Role == "operator" && status != http.StatusForbidden, get.Role != "operator" && status/100 != 2:
				t.Errorf("%s (%s): %d %.300s", at, get.Role, status, b)
			}
			places[path+" "+at] = string(b) + fmt.Sprint(status)
		}
	}
}

// filled gives the paths that a path with names in it stands for.
func (s *system) filled(path string) (all []string) {
	s.w.T.Helper()
	var list struct {
		Items []struct {
			Ref  string `json:"evidence_ref"`
			UUID string `json:"uuid"`
			Name string `json:"name"`
		}
	}
	for hole, from := range map[string]string{"{id}": "/sessions", "{uuid}": "/attackers", "{name}": "/primitives", "{link}": "/links"} {
		if !strings.Contains(path, hole) {
			continue
		}
		s.get(from, &list)
		for _, x := range list.Items {
			at := strings.Replace(path, hole, url.PathEscape(x.Ref+x.UUID+x.Name), 1)
			read := strings.HasSuffix(path, "/timeline") || strings.Contains(path, "/marks/") || strings.Contains(path, "/reasons/")
			if read && !strings.HasPrefix(x.Ref, "shard:") && !strings.HasPrefix(x.Ref, "file:") {
				continue // one that has a recording
			}
			all = append(all, strings.NewReplacer("{primitive}", "motor.input_modality", "{n}", "0").Replace(at))
		}
		return all
	}
	if path == "/observations" {
		path += "?primitive=motor.input_modality"
	}
	return []string{path}
}

// operated checks that an operator sees recordings, and that it is noted.
func (s *system) operated(token string) {
	t := s.w.T
	t.Helper()
	ref := "shard:web-01/ssh/" + filepath.Base(s.w.shardOf("web-01")) + "#" + id(1)
	status, b := s.fetch("/api/v1/sessions/"+url.PathEscape(ref)+"/recording", token)
	if status != http.StatusOK || !bytes.Contains(b, []byte(marker)) {
		t.Errorf("recording: %d %.300s", status, b)
	}
	for _, path := range []string{"/playback", "/playback/0", "/commands"} {
		if status, b = s.fetch("/api/v1/sessions/"+url.PathEscape(ref)+path, token); status != http.StatusOK {
			t.Errorf("%s: %d %.300s", path, status, b)
		}
	}
	if !bytes.Contains(b, []byte(marker)) {
		t.Errorf("commands: %.300s", b)
	}
	if status, b = s.fetch("/api/v1/rejected", token); status != http.StatusOK || !bytes.Contains(b, []byte(`"payload"`)) {
		t.Errorf("rejected: %d %.300s", status, b)
	}
	status, b = s.fetch("/api/v1/audit", token)
	var audit struct {
		Items []struct{ Who, Action, Subject string }
	}
	if err := json.Unmarshal(b, &audit); err != nil || status != http.StatusOK {
		t.Fatalf("audit: %d %v", status, err)
	}
	seen := map[string]bool{}
	for _, x := range audit.Items {
		seen[x.Who+" "+x.Action+" "+x.Subject] = true
	}
	for _, action := range []string{"download " + ref, "replay " + ref, "commands " + ref, "rejected rejected events"} {
		if !seen["hands "+action] {
			t.Errorf("the audit log has no %s: %v", action, seen)
		}
	}
}
