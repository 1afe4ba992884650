package programs

import "testing"

func TestProgramsHaveNamesOfTheirOwn(t *testing.T) {
	names, paths := map[string]bool{}, map[string]bool{}
	for _, p := range All("unreachable") {
		if p.Name == "" || p.Run == nil || names[p.Name] || p.Path != "" && paths[p.Path] {
			t.Errorf("%q at %q is there twice, or does nothing", p.Name, p.Path)
		}
		if p.Path == "" && !p.Busybox {
			t.Errorf("%q has no path and is no applet", p.Name)
		}
		names[p.Name], paths[p.Path] = true, true
	}
	if len(names) < 150 {
		t.Errorf("only %d programs", len(names))
	}
}
