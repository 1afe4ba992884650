package evaluate

import (
	"strings"
	"testing"
)

func TestReadLabelsNamesBadRowsAndReadsTheRest(t *testing.T) {
	const text = "group\tfile\tclass\tsubject\tnotes\r\n" +
		"p1\ta.cast\thuman\tp1\tx\r\n" +
		"\n# a remark\n" +
		"p1\tb.cast\talien\tp1\n" +
		"p1\tc.cast\n" +
		"\td.cast\thuman\tp1\n" +
		"s\te.cast\tmachine_keys\txdotool"
	list, bad, err := ReadLabels(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0] != (Label{"a.cast", Person, Origin{"p1", "p1"}, 2}) || list[1].Kind != MachineKeys || list[1].Line != 8 {
		t.Errorf("%+v", list)
	}
	for i, want := range []string{"line 5: class is none of human,", "line 6: has 2 columns, and class is column 3", "line 7: group is empty"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i].Error(), want) {
			t.Errorf("%v, want %q", bad, want)
		}
	}
}

func TestReadLabelsRefusesWhatIsNoTable(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "is empty",
		"file\tclass\tsubject\n":   `no column "group"`,
		strings.Repeat("x", 1e5):   "over limit",
		"\x00\x01\x02\n\xff\xfe\n": `no column "file"`,
	} {
		if _, _, err := ReadLabels(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add("file\tclass\tsubject\tgroup\na\thuman\tb\tc\n")
	f.Add("file\tclass\tsubject\tgroup\na\tbot\n\t\t\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, bad, _ := ReadLabels(strings.NewReader(text))
		if n := strings.Count(text, "\n"); len(list)+len(bad) > n {
			t.Errorf("%d rows and %d bad ones of %d lines", len(list), len(bad), n)
		}
		for _, l := range list {
			if l.File == "" || l.Group == "" || l.Subject == "" || l.Line < 2 || int(l.Kind) >= len(kindNames) {
				t.Errorf("%+v", l)
			}
		}
	})
}
