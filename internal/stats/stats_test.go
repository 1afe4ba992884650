package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The expected figures are those of Python's statistics and numpy.
func TestFixedValues(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"median odd", Median([]float64{3, 1, 2}), 2},
		{"median even", Median([]float64{4, 1, 3, 2}), 2.5},
		{"median of two", Median([]float64{1, 2}), 1.5},
		{"quantile 0.25", Quantile([]float64{1, 2, 3, 4}, 0.25), 1.75},
		{"quantile 0", Quantile([]float64{4, 2, 3}, 0), 2},
		{"quantile 1", Quantile([]float64{4, 2, 3}, 1), 4},
		{"mean", Mean([]float64{1, 2, 6}), 3},
		{"population CV", PCV([]float64{2, 4, 4, 4, 5, 5, 7, 9}), 0.4},
		{"sample CV", SCV([]float64{1, 3}), math.Sqrt2 / 2},
		{"correlation", Pearson([]float64{1, 2, 3}, []float64{2, 4, 6}), 1},
		{"anticorrelation", Pearson([]float64{1, 2, 3}, []float64{3, 2, 1}), -1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestUndefinedIsNaN(t *testing.T) {
	for name, v := range map[string]float64{
		"mean": Mean(nil), "median": Median(nil), "quantile": Quantile(nil, 0.5),
		"PCV of mean 0": PCV([]float64{0, 0}), "PCV": PCV(nil), "SCV of one": SCV([]float64{1}),
		"SCV of mean 0": SCV([]float64{-1, 1}), "correlation of a constant": Pearson([]float64{1, 1}, []float64{1, 2}),
		"correlation of one": Pearson([]float64{1}, []float64{1}),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: %v, want NaN", name, v)
		}
	}
}

func TestSelectAgreesWithSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 200).Draw(t, "x")
		if rapid.Bool().Draw(t, "ties") {
			for i := range x {
				x[i] = math.Floor(x[i])
			}
		}
		k := rapid.IntRange(0, len(x)-1).Draw(t, "k")
		sorted := slices.Sorted(slices.Values(x))
		if got := Select(slices.Clone(x), k); got != sorted[k] {
			t.Fatalf("%d-th of %v: %v", k, x, got)
		}
		n := len(sorted)
		want := (sorted[(n-1)/2] + sorted[n/2]) / 2
		if got := Median(x); got != want {
			t.Fatalf("median of %v: %v, want %v", sorted, got, want)
		}
	})
}

// Orders that make a plain quickselect quadratic must not: 10^6 values of an
// organ pipe would take hours then.
func TestSelectOnHostileOrders(t *testing.T) {
	const n = 1_000_000
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(min(i, n-i))
	}
	if got := Median(x); got != n/4 {
		t.Errorf("median of an organ pipe: %v", got)
	}
	clear(x)
	if got := Median(x); got != 0 {
		t.Errorf("median of zeros: %v", got)
	}
}

func BenchmarkMedian(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([][200]float64, 256) // too many to be foretold
	for i := range x {
		for j := range x[i] {
			x[i][j] = r.ExpFloat64()
		}
	}
	i := 0
	for b.Loop() {
		y := x[i%len(x)]
		Median(y[:])
		i++
	}
}
