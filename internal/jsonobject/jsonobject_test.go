package jsonobject

import (
	"encoding/json"
	"testing"
	"time"

	"gait"
)

func TestFieldsStandOneAfterTheOther(t *testing.T) {
	o := Begin([]byte("before "))
	o.Text("empty", "")
	o.Text("text", "a\"b\x01\xff")
	o.Texts("none", nil)
	o.Texts("texts", []string{"", "x"})
	o.Int("int", -7)
	o.Float("float", 0.5)
	o.Flag("flag", true)
	o.Seconds("seconds", 1500*time.Millisecond)
	o.Time("unknown", time.Time{})
	o.Time("time", time.Date(2026, 5, 8, 14, 0, 0, 5e8, time.FixedZone("", 7200)))
	o.Open("open")
	o.Close()
	o.OpenList("list")
	o.Item()
	o.Int("n", 1)
	o.Close()
	o.Item()
	o.Close()
	o.CloseList()
	o.Int("last", 0)
	o.Close()
	want := `before {"text":` + string(gait.AppendString(nil, "a\"b\x01\xff")) + `,"none":[],"texts":["","x"],"int":-7,"float":0.5,` +
		`"flag":true,"seconds":1.500000,"unknown":null,"time":"2026-05-08T12:00:00.5Z","open":{},"list":[{"n":1},{}],"last":0}`
	if got := string(o.Bytes()); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if !json.Valid(o.Bytes()[len("before "):]) {
		t.Error("that is no JSON")
	}
}

func TestRecording(t *testing.T) {
	var s gait.Session
	const bare = `{"duration":0.000000,"commands":0,"keys":0,"events":0,"bytes":0,"width":0,"height":0,"obfuscated":false,` +
		`"fidelity":{"input":"none","resolution":0.000000,"clock":"unknown","lossless":false,"output":false,"output_partial":false,"shared_timing":false,"swapped":false}}`
	if got := recording(&s, 0, 0); got != bare {
		t.Errorf("%s\nwant %s", got, bare)
	}
	s.Header = gait.Header{
		ID: "left out", Title: "left out", Command: "left out", Env: []gait.Var{{Name: "left", Value: "out"}}, Width: 80, Height: 24,
		Format: "shard", Path: "/p", EvidenceRef: "shard:x", Decoy: "web-01", Service: "ssh", SourceIP: "203.0.113.7", SourcePort: 40000,
		Client: "SSH-2.0-x", HASSH: "h", Login: gait.Login{Attempts: 2, Succeeded: true, Password: true}, Obfuscated: true, Truncated: "size",
		Fidelity: gait.Fidelity{Resolution: time.Millisecond, Lossless: true, Output: true, Closed: "end record"},
		End:      gait.End{Seen: true, Time: 4 * time.Second, Reason: "exit"},
	}
	s.Append(gait.Event{Time: time.Second, Kind: gait.Input, Data: []byte("w")}, -1)
	s.Append(gait.Event{Time: 3 * time.Second, Kind: gait.Output, Data: []byte("w\r\n")}, -1)
	const full = `{"duration":2.000000,"commands":1,"keys":5,"events":2,"bytes":4,"width":80,"height":24,"format":"shard","path":"/p",` +
		`"evidence_ref":"shard:x","decoy":"web-01","service":"ssh","source_ip":"203.0.113.7","source_port":40000,"client":"SSH-2.0-x","hassh":"h",` +
		`"login":{"attempts":2,"succeeded":true,"password":true,"public_key":false},"obfuscated":true,"truncated":"size",` +
		`"fidelity":{"input":"none","resolution":0.001000,"clock":"unknown","lossless":true,"output":true,"output_partial":false,"shared_timing":false,` +
		`"swapped":false,"closed":"end record"},"end":{"time":4.000000,"reason":"exit"}}`
	if got := recording(&s, 1, 5); got != full {
		t.Errorf("%s\nwant %s", got, full)
	}
}

func recording(s *gait.Session, commands, keys int) string {
	o := Begin(nil)
	o.Recording(s, commands, keys)
	o.Close()
	return string(o.Bytes())
}
