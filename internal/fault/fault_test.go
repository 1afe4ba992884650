package fault

import "testing"

func TestTextKeepsWhatMayBeRaw(t *testing.T) {
	if got := Text("typed by somebody"); got != "panic with a string" {
		t.Errorf("%q", got)
	}
	defer func() {
		if got := Text(recover()); got != "runtime error: index out of range [3] with length 0" {
			t.Errorf("%q", got)
		}
	}()
	var none []int
	_ = none[3]
}
