package gait

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func TestObservationIDIsAVersion5UUID(t *testing.T) {
	id := ObservationID("shard:-/-/a.jsonl#1", "motor.input_modality")
	if id != ObservationID("shard:-/-/a.jsonl#1", "motor.input_modality") {
		t.Fatal("the same session and primitive gave two ids")
	}
	if id == ObservationID("shard:-/-/a.jsonl#2", "motor.input_modality") {
		t.Fatal("two sessions gave one id")
	}
	if id[6]>>4 != 5 || id[8]>>6 != 2 || len(id.String()) != 32 {
		t.Fatalf("%s is no UUID of version 5", id)
	}
}

func TestSecondsEqualsMicrosecondsDividedOnce(t *testing.T) {
	for us := int64(1); us < 1<<42; us = us*3 + 7 {
		if got, want := Seconds(time.Duration(us)*time.Microsecond), float64(us)/1e6; got != want {
			t.Fatalf("%d microseconds: %v, want %v", us, got, want)
		}
	}
}

func TestAppendSeconds(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0.000000": 0, "1.237231": 1237231 * time.Microsecond, "-0.500000": -500 * time.Millisecond,
		"1704985506.000001": 1704985506*time.Second + time.Microsecond, "2.000000001": 2*time.Second + 1,
	} {
		if got := string(AppendSeconds(nil, d)); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}

func TestAppendFloatReadsBackEqual(t *testing.T) {
	for _, f := range []float64{0, 1, -1, 0.1, -0.25, 1.0 / 3, 1e-6, 1e-9, -2.5e-7, 1e9, 1e15, 1e300, math.MaxFloat64, 123456.789, -0.000001, 999999999.999999, 0.30000000000000004} {
		var got float64
		if err := json.Unmarshal(AppendFloat(nil, f), &got); err != nil || got != f {
			t.Errorf("%v came back as %v (%v)", f, got, err)
		}
	}
	for f, want := range map[float64]string{0.75: "0.75", -3: "-3", 0.05: "0.05", 12.5: "12.5", 0.000001: "0.000001", 0.30000000000000004: "0.30000000000000004", 1e21: "1e+21"} {
		if got := string(AppendFloat(nil, f)); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(AppendFloat(nil, f)); got != "null" {
			t.Errorf("%v: %s", f, got)
		}
	}
}

func TestAppendStringEscapesWhatATerminalWouldObey(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 你 😀":            `"plain é 你 😀"`,
		"a\x1b]0;x\x07\x7f":      `"a\u001b]0;x\u0007\u007f"`,
		"\u009b2J":               `"\u009b2J"`,
		"rtl\u202e":              `"rtl\u202e"`,
		"\xac":                   `"\udcac"`,
		"\"\\\n\r\t":             `"\"\\\n\r\t"`,
		"\u2028\u200b\u061c":     `"\u2028\u200b\u061c"`,
		"cut \xe4\xbd character": `"cut \udce4\udcbd character"`,
	} {
		if got := string(AppendString(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestEnvelope(t *testing.T) {
	o := Observation{
		ID: ObservationID("e", "motor.input_modality"), Time: time.Unix(5, 0), Primitive: "motor.input_modality",
		Value: "typed", Confidence: 0.75, Window: Window{Start: time.Second, End: 2 * time.Second},
		Source: "gait/profile/motor/input_modality", EvidenceRef: "e", Rules: 1, Engine: "gait/0", Revision: "1",
		Measures: []Measure{{"paste_share", 0.04}, {"mean", math.NaN()}},
		Scale:    NewScale([]Threshold{{"paste_share", 0.05, "typed at or below"}}),
	}
	var m map[string]any
	if err := json.Unmarshal(o.AppendJSON(nil, false), &m); err != nil {
		t.Fatal(err)
	}
	if m["attacker_uuid"] != nil || m["identity_ref"] != nil || m["value"] != "typed" {
		t.Errorf("envelope: %v", m)
	}
	ours := m["gait"].(map[string]any)
	if ours["clock"] != "session" || ours["measures"].(map[string]any)["mean"] != nil {
		t.Errorf("gait: %v", ours)
	}
	near := ours["measures"].(map[string]any)["nearest"].([]any)
	if d := near[2].(float64); math.Abs(d+0.01) > 1e-12 {
		t.Errorf("distance %v, want -0.01", d)
	}
	m = nil
	if err := json.Unmarshal(o.AppendJSON(nil, true), &m); err != nil {
		t.Fatal(err)
	}
	if len(m) != 10 || m["gait"] != nil {
		t.Errorf("strict envelope has %d fields: %v", len(m), m)
	}
}
