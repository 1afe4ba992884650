package toml

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	text := "# settings\n\ndata = \"/var/lib/gait\" # where\r\nlisten='127.0.0.1:0'\nworkers = 4\nbig = 1_000\nno-bus = true\n" +
		"shards = [\"/a\", 'b,c', # first\n  \"\\u00e9\\\"\\n\\U0001f600\",\n]\nnone = []\n"
	want := []Entry{
		{"data", []string{"/var/lib/gait"}, false, 3}, {"listen", []string{"127.0.0.1:0"}, false, 4}, {"workers", []string{"4"}, false, 5},
		{"big", []string{"1000"}, false, 6}, {"no-bus", []string{"true"}, false, 7},
		{"shards", []string{"/a", "b,c", "\u00e9\"\n\U0001f600"}, true, 8}, {"none", []string{}, true, 11},
	}
	got, err := Parse(text)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v\n%v\n%v", err, got, want)
	}
	if got, err := Parse(""); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"[table]":                      "line 1: tables",
		"a = 1\nb":                     "line 2: the setting b has no value",
		"a = 1\nb\n":                   "line 2: after b an = is expected",
		"a = 1\n\na = 2":               "line 3: a is set already in line 1",
		"a =":                          "line 1: a value is missing",
		"a = \n1":                      "line 1: a value is missing",
		"a = yes":                      `line 1: "yes" is no value`,
		"a = 1.5":                      `line 1: "1.5" is no value`,
		"a = \"x":                      "line 1: the string has no end",
		"a = \"x\\":                    "line 1: the string has no end",
		"a = 'x\n'":                    "line 1: the string has no end",
		"a = \"\\x\"":                  `line 1: \x is no escape`,
		"a = \"\\ud800\"":              "line 1: an escape needs 4",
		"a = 1 2":                      "line 1: the line goes on",
		"a = [1 2]":                    "line 1: a comma or ]",
		"a = [1,\n":                    "line 2: a value is missing",
		"A = 1":                        "line 1: a setting begins with",
		"\xff":                         "line 1: the file is not UTF-8",
		strings.Repeat("#", MaxSize+1): "line 1: the file is larger",
	} {
		list, err := Parse(text)
		if err == nil || list != nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: %v %v, want %q", text, list, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a = 1", "a = [\"x\", 'y']\n# c\nb = true", "a = \"\\u00e9", "[x]\n", "a = [", "a = '"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Parse(text)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Line < 1 || e.Line > strings.Count(text, "\n")+1 {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, e := range list {
			if e.Key == "" || !e.List && len(e.Values) != 1 {
				t.Fatalf("%+v", e)
			}
		}
	})
}
