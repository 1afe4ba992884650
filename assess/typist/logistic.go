package typist

import "math"

// logistic fits log odds that are linear in some measures, and a constant last,
// by Newton's method.
type logistic struct {
	ridge        float64 // on all but the constant
	measures     [][]float64
	target, mass []float64
}

func (l *logistic) add(x []float64, target, weight float64) {
	l.measures = append(l.measures, append(append([]float64(nil), x...), 1))
	l.target, l.mass = append(l.target, target), append(l.mass, weight)
}

// Bounds of the fit: it converges in a few steps, and no weight is meant to
// grow without end where the data can be told apart fully.
const (
	newtonSteps = 30
	newtonEnd   = 1e-7
	newtonFloor = 1e-6
)

func (l *logistic) solve() []float64 {
	n := len(l.measures[0])
	w := make([]float64, n)
	for range newtonSteps {
		system := l.system(w)
		step := eliminate(system)
		most := 0.0
		for i := range w {
			w[i] += step[i]
			most = max(most, math.Abs(step[i]))
		}
		if most < newtonEnd {
			break
		}
	}
	return w
}

// system gives the equations of the next step, the right side in the last
// column.
func (l *logistic) system(w []float64) [][]float64 {
	n := len(w)
	h := make([][]float64, n)
	for i := range h {
		h[i] = make([]float64, n+1)
		h[i][i] = newtonFloor
		if i < n-1 {
			h[i][i] += l.ridge
			h[i][n] = -l.ridge * w[i]
		}
	}
	for k, x := range l.measures {
		z := 0.0
		for i, v := range x {
			z += w[i] * v
		}
		p := 1 / (1 + math.Exp(-z))
		for i, v := range x {
			h[i][n] += l.mass[k] * (l.target[k] - p) * v
			curve := l.mass[k] * p * (1 - p) * v
			for j := range i + 1 {
				h[i][j] += curve * x[j]
			}
		}
	}
	for i := range h {
		for j := range i {
			h[j][i] = h[i][j]
		}
	}
	return h
}

// eliminate solves a positive definite system of equations.
func eliminate(h [][]float64) []float64 {
	n := len(h)
	for i := range h {
		for j := range h {
			if j == i {
				continue
			}
			f := h[j][i] / h[i][i]
			for k := i; k <= n; k++ {
				h[j][k] -= f * h[i][k]
			}
		}
	}
	x := make([]float64, n)
	for i := range h {
		x[i] = h[i][n] / h[i][i]
	}
	return x
}
