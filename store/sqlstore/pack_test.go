package sqlstore

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawLatest(t *rapid.T) []latest {
	var list []latest
	for n := range rapid.IntRange(0, 50).Draw(t, "values") {
		session := rapid.Int64Range(1, 5).Draw(t, "session")
		list = append(list, latest{
			primitive: int64(n), value: rapid.String().Draw(t, "value"), confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"),
			end: rapid.Int64().Draw(t, "end") >> 1, session: session, ref: fmt.Sprint("ref ", session), rules: rapid.Int64Range(0, 99).Draw(t, "rules"),
		})
	}
	return list
}

func TestLatestComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawLatest(t)
		got, err := unpackLatest(packLatest(slices.Clone(list)))
		if err != nil || !slices.Equal(got, list) {
			t.Fatalf("%+v came back as %+v, %v", list, got, err)
		}
	})
}

func TestUnpackingTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := packLatest(drawLatest(t))
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[at] = rapid.Byte().Draw(t, "byte")
		unpackLatest(b)
		unpackLatest(b[:at])
		unpackLatest(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		unpackDetails(append([]byte{formatZstd}, rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")...))
	})
}

func TestDetailsComeBack(t *testing.T) {
	for _, d := range []details{
		{},
		{detail: []byte(`{"a":1}`)},
		{measures: []measured{{3, []byte(`{"x":1}`)}, {1, []byte(`{}`)}}},
		{detail: bytes.Repeat([]byte("x"), 1<<20), measures: []measured{{70000, bytes.Repeat([]byte("y"), 1<<20)}}},
	} {
		got, err := unpackDetails(d.pack())
		if err != nil || !bytes.Equal(got.detail, d.detail) || len(got.measures) != len(d.measures) {
			t.Fatalf("%d bytes came back as %d, %v", len(d.detail), len(got.detail), err)
		}
		for _, m := range d.measures {
			if !bytes.Equal(got.of(m.primitive), m.json) {
				t.Errorf("measures of %d came back as %q", m.primitive, got.of(m.primitive))
			}
		}
	}
	if d, err := unpackDetails(nil); err != nil || d.detail != nil {
		t.Errorf("nothing came back as %+v, %v", d, err)
	}
	if _, err := unpackDetails([]byte{9, 1}); err == nil {
		t.Error("an unknown format was read")
	}
}

func TestOneValueBeatsAnother(t *testing.T) {
	known, unknown := latest{value: "typed", end: 1, session: 1}, latest{value: unknownValue, end: 9, session: 9}
	later, newer := latest{value: "pasted", end: 2, session: 1}, latest{value: "mixed", end: 1, session: 2}
	for _, c := range []struct {
		a, b latest
		want bool
	}{{known, unknown, true}, {unknown, known, false}, {later, known, true}, {known, later, false}, {newer, known, true}, {known, newer, false}, {known, known, false}} {
		if got := c.a.beats(&c.b); got != c.want {
			t.Errorf("%+v beats %+v: %t", c.a, c.b, got)
		}
	}
}

func TestRevisionsAreTakenApart(t *testing.T) {
	for text, want := range map[string]string{
		"41/100/end": "41 100 true true", "41/100/open/x-y": "41 100 false true", "41/100/end/-": "41 100 true true",
		"": "0 0 false false", "x/1/end": "0 0 true false", "1/2": "0 0 false false",
	} {
		rules, extent, end, ok := revision(text)
		if got := fmt.Sprint(rules, extent, end, ok); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestLabelsGetBits(t *testing.T) {
	for value, want := range map[string]bool{
		"typed": true, "hunt_and_peck": true, "en-US": true, "cmd.exe": true, "ipv4": true, "": false, "0123456789abcdef": false,
		"deadbeefcafebabe": false, "a b": false, "x\x00": false, "a/b": false, "facade": true,
	} {
		if got := label(value); got != want {
			t.Errorf("%q is a label: %t", value, got)
		}
	}
	var f facetSet
	for _, bit := range []int64{0, 61, 62, 247} {
		f.add(bit)
	}
	if f[0] != 1|1<<61 || f[1] != 1 || f[3] != 1<<61 || cmp.Compare(f[2], 0) != 0 {
		t.Errorf("the bits are %x", f)
	}
}
