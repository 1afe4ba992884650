package serve

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"gait"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// tape makes up a recording of events a second apart.
func tape(events ...gait.Event) *gait.Session {
	v := &gait.Session{}
	v.Header = servetest.Visit("typist", 1, "198.51.100.1").Header
	for i, e := range events {
		e.Time = time.Duration(i) * time.Second
		v.Append(e, -1)
	}
	return v
}

func in(text string) gait.Event  { return gait.Event{Kind: gait.Input, Data: []byte(text)} }
func out(text string) gait.Event { return gait.Event{Kind: gait.Output, Data: []byte(text)} }

func TestCommands(t *testing.T) {
	st := storetest.SQLite(t)
	v := tape(
		in("echo hi\r"), gait.Event{Kind: gait.Exec, Data: []byte("uname\x1b[2J\n\xff-a")}, in("ss\x7f\x01l\r"), out("bash: ls: command not found\r\n"),
		in("ls\tx\r"), in("cat <<E\rnot a command\rE\r"), in("\x03\r"), in(strings.Repeat("é", 3000)+"\r"), in("ls \u202e\u200b\u2028\u009b \xe9\r"), in("unfinished"),
	)
	servetest.Save(t, st, v)
	x := newSite(t, st, Options{Library: shelf{v.ID: v}})
	path := basePath + "/sessions/" + url.PathEscape(v.EvidenceRef) + "/commands"
	resp, body := x.ask(t, http.MethodGet, path, x.operator)
	var got commandTexts
	if err := json.Unmarshal([]byte(body), &got); resp.StatusCode != http.StatusOK || err != nil || got.More {
		t.Fatal(resp.Status, body, err)
	}
	want := []commandText{
		{0, 0, "echo hi", false, false, 1, false},
		{1, 1, "uname␛[2J␊�-a", false, true, 0, false},
		{2, 2, "ls", false, false, 2, true},
		{4, 4, "ls␉x", false, false, 2, false},
		{5, 5, "cat <<E", false, false, 3, false},
		{7, 7, strings.Repeat("é", 2000), true, false, 4, false},
		{8, 8, "ls \u202e\u200b␤� �", false, false, 2, false},
	}
	if len(got.Items) != len(want) {
		t.Fatalf("%+v", got.Items)
	}
	for i, w := range want {
		if g := got.Items[i]; g != w {
			t.Errorf("%d: %+v, want %+v", i, g, w)
		}
	}
	audits, err := st.Audits(t.Context(), store.PageQuery{})
	if err != nil || len(audits.Items) != 1 || audits.Items[0].Action != "commands" || audits.Items[0].Subject != v.EvidenceRef {
		t.Errorf("%+v, %v", audits.Items, err)
	}
	if resp, body := x.ask(t, http.MethodGet, path, x.viewer); resp.StatusCode != http.StatusForbidden {
		t.Error(resp.Status, body)
	}
}

func TestCommandsAreBounded(t *testing.T) {
	many := commandsOf(tape(in(strings.Repeat("ls\r", maxCommands+1))), false)
	if len(many.Items) != maxCommands || !many.More {
		t.Errorf("%d, more: %v", len(many.Items), many.More)
	}
	exact := commandsOf(tape(in(strings.Repeat("ls\r", maxCommands))), false)
	if len(exact.Items) != maxCommands || exact.More {
		t.Errorf("%d, more: %v", len(exact.Items), exact.More)
	}
	long := commandsOf(tape(in(strings.Repeat(strings.Repeat("x", 3000)+"\r", 4000))), false)
	if n := len(long.Items); n != maxTextBytes/maxText || !long.More || !long.Items[n-1].Cut || len(long.Items[n-1].Text) != maxText {
		t.Errorf("%d, more: %v", n, long.More)
	}
	if none := commandsOf(tape(out("$ ")), false); len(none.Items) != 0 || none.Items == nil || none.More {
		t.Errorf("%+v", none)
	}
}

func TestVisible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "raw"))
		most := rapid.IntRange(1, 20).Draw(t, "most")
		text, cut := visible(raw, most)
		n := utf8.RuneCountInString(text)
		if !utf8.ValidString(text) || n > most || cut != (utf8.RuneCount(raw) > most) || !cut && n != utf8.RuneCount(raw) {
			t.Fatalf("%q, cut: %v", text, cut)
		}
		if i := strings.IndexFunc(text, unicode.IsControl); i >= 0 {
			t.Fatalf("%q", text)
		}
	})
}
