package serve

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gait/assess"
	"gait/profile"
	"gait/serve/servetest"
	"gait/store/storetest"
)

func TestMarks(t *testing.T) {
	st, books := town(t)
	x := newSite(t, st, Options{Library: books})
	v := books["00000000-0000-4000-8000-000000000001"]
	path := basePath + "/sessions/" + url.PathEscape(v.EvidenceRef) + "/marks/"
	marked := 0
	for _, p := range assess.All {
		got := get200[marks](t, x, path+p.Name)
		if len(got.Kind) != len(got.From) || len(got.Kind) != len(got.To) || got.Kind == nil || got.More {
			t.Errorf("%s: %+v", p.Name, got)
		}
		if len(got.Kind) > 0 {
			marked++
		}
	}
	if marked < 25 {
		t.Errorf("%d primitives are marked", marked)
	}
	gaps := get200[marks](t, x, path+"motor.keystroke_cadence")
	if !slices.Contains(gaps.Kind, "gap") || !slices.IsSorted(gaps.From) {
		t.Errorf("%+v", gaps)
	}
	for _, c := range []struct {
		path   string
		status int
	}{{path + "no.such", 404}, {basePath + "/sessions/none/marks/motor.input_modality", 404}, {path, 404}} {
		if resp, body := x.ask(t, http.MethodGet, c.path, x.viewer); resp.StatusCode != c.status {
			t.Errorf("%s: %s %s", c.path, resp.Status, body)
		}
	}
}

func TestMarksAreBounded(t *testing.T) {
	st := storetest.SQLite(t)
	v := tape(in(strings.Repeat("ls\r", 3*maxMarks)))
	servetest.Save(t, st, v)
	x := newSite(t, st, Options{Library: shelf{v.ID: v}})
	got := get200[marks](t, x, basePath+"/sessions/"+url.PathEscape(v.EvidenceRef)+"/marks/cognitive.tool_vocabulary")
	if len(got.Kind) != maxMarks || !got.More {
		t.Errorf("%d, more: %v", len(got.Kind), got.More)
	}
}

func TestMarkKindsAreDescribed(t *testing.T) {
	f, _ := reflect.TypeFor[marks]().FieldByName("Kind")
	var kinds []string
	for _, k := range profile.MarkKinds {
		kinds = append(kinds, string(k))
	}
	if got := f.Tag.Get("enum"); got != strings.Join(kinds, ",") {
		t.Errorf("%s, want %s", got, strings.Join(kinds, ","))
	}
}
