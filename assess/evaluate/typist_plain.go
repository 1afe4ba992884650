package evaluate

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"gait/assess/population"
	"gait/assess/typist"
	"gait/internal/stats"
)

// plainSession is a session as the simple methods see it: log gaps limited as
// those of the population, by digraph and all together, sorted.
type plainSession struct {
	keys   []uint64 // digraphs in order
	gaps   [][]float64
	all    []float64
	simple uint64 // SimHash of digraphs and buckets
}

// plain sorts the gaps of a session.
func plain(gaps []typist.Gap) (s plainSession) {
	by := map[uint64][]float64{}
	for _, g := range gaps {
		ms := g.MS[typist.Exact]
		if ms > population.Longest {
			continue
		}
		x := math.Log(max(ms, population.Shortest))
		key := uint64(population.Key(g.First))<<32 | uint64(population.Key(g.Second))
		by[key] = append(by[key], x)
		s.all = append(s.all, x)
	}
	slices.Sort(s.all)
	for key := range by {
		s.keys = append(s.keys, key)
	}
	slices.Sort(s.keys)
	for _, key := range s.keys {
		slices.Sort(by[key])
		s.gaps = append(s.gaps, by[key])
	}
	s.simple = simHash(gaps)
	return s
}

// digraphs compares what two sessions share by ITAD (Instance-based Tail Area
// Density, both ways, the mean of all gaps) and by scaled Manhattan distance.
func (s *plainSession) digraphs(o *plainSession) (itad, manhattan float64) {
	var areas, count, far, weight float64
	for i, j := 0, 0; i < len(s.keys) && j < len(o.keys); {
		switch {
		case s.keys[i] < o.keys[j]:
			i++
		case s.keys[i] > o.keys[j]:
			j++
		default:
			a, b := s.gaps[i], o.gaps[j]
			areas += tailAreas(a, b) + tailAreas(b, a)
			count += float64(len(a) + len(b))
			if n, ok := population.Number(rune(s.keys[i]>>32), rune(uint32(s.keys[i]))); ok {
				f := population.Digraphs()[n]
				w := float64(min(len(a), len(b)))
				far += w * math.Abs(stats.Mean(a)-stats.Mean(b)) / math.Sqrt(f.Within+f.Between)
				weight += w
			}
			i, j = i+1, j+1
		}
	}
	if count > 0 {
		itad = areas / count
	}
	if weight > 0 {
		manhattan = -far / weight
	}
	return itad, manhattan
}

// tailAreas sums, over the gaps of one sample, the square root of twice the
// smaller share of the other sample beyond it.
func tailAreas(of, in []float64) (sum float64) {
	low, high := 0, 0
	for _, x := range of {
		for low < len(in) && in[low] < x {
			low++
		}
		for high < len(in) && in[high] <= x {
			high++
		}
		share := float64(low+high) / 2 / float64(len(in))
		sum += math.Sqrt(2 * min(share, 1-share))
	}
	return sum
}

// largestGap is the distance of Kolmogorov and Smirnov of two sorted samples.
func largestGap(a, b []float64) (most float64) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x := min(a[i], b[j])
		for i < len(a) && a[i] <= x {
			i++
		}
		for j < len(b) && b[j] <= x {
			j++
		}
		most = max(most, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return most
}

// apart is the Hamming distance of the SimHashes.
func (s *plainSession) apart(o *plainSession) int { return bits.OnesCount64(s.simple ^ o.simple) }

// flightEdges are the buckets of motor.digraph_simhash, in milliseconds.
var flightEdges = [...]float64{30, 60, 120, 250, 500, 1000}

// longestFlight is the longest gap, in milliseconds, that counts for it.
const longestFlight = 1500

// simHash is the fingerprint that motor.digraph_simhash takes of a session.
func simHash(gaps []typist.Gap) (hash uint64) {
	flights := map[[2]rune][]float64{}
	for _, g := range gaps {
		if ms := g.MS[typist.Exact]; ms > 0 && ms <= longestFlight {
			key := [2]rune{g.First, g.Second}
			flights[key] = append(flights[key], ms)
		}
	}
	var votes [64]int
	for key, list := range flights {
		weight := len(list)
		median := stats.Median(list)
		bucket := 0
		for bucket < len(flightEdges) && median >= flightEdges[bucket] {
			bucket++
		}
		sum := md5.Sum(fmt.Appendf(nil, "%c%c:%d", key[0], key[1], bucket))
		token := binary.BigEndian.Uint64(sum[:])
		for i := range votes {
			if token>>i&1 == 1 {
				votes[i] += weight
			} else {
				votes[i] -= weight
			}
		}
	}
	for i, v := range votes {
		if v > 0 {
			hash |= 1 << i
		}
	}
	return hash
}
