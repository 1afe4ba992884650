package main

import (
	"embed"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// parts are the scripts that drive the tools and the lists of commands.
//
//go:embed tools lists
var parts embed.FS

// fewestKeys is how much the sessions of machines that feed keys hold at least.
const fewestKeys = 200

// words are what stands for names in commands.
var words = []string{"relay", "orbit", "kestrel", "amber", "tinder", "quartz", "mica", "harbour", "lotus", "pylon", "gable", "thistle"}

// commands gives the lines of one session of a group, exit last where there is
// a shell to leave. The same number gives the same lines.
func (g group) commands(session int) ([]string, error) {
	h := fnv.New64a()
	h.Write([]byte(g.name))
	r := rand.New(rand.NewPCG(h.Sum64(), uint64(session)))
	text, err := parts.ReadFile("lists/" + g.lists[session%len(g.lists)] + ".txt")
	if err != nil {
		return nil, err
	}
	pool := strings.Split(strings.TrimSpace(fill(string(text), r)), "\n")
	var lines []string
	if g.class == fed {
		for keys := 0; keys < fewestKeys; keys += len(lines[len(lines)-1]) + 1 {
			lines = append(lines, pool[r.IntN(len(pool))])
		}
	} else {
		lines = some(pool, r, session == 0 && g.class == bot)
	}
	if g.class != oneRun {
		lines = append(lines, "exit")
	}
	return lines, nil
}

// some gives a part of the lines of a list in their order, between 5 and 14, or
// the whole list and its first half again.
func some(pool []string, r *rand.Rand, long bool) []string {
	if long {
		return append(pool, pool[:len(pool)/2]...)
	}
	n := min(5+r.IntN(10), len(pool))
	var lines []string
	for i, line := range pool {
		if r.IntN(len(pool)-i) < n-len(lines) {
			lines = append(lines, line)
		}
	}
	return lines
}

// fill puts names, numbers and addresses of documentation into a list.
func fill(text string, r *rand.Rand) string {
	nets := []string{"192.0.2", "198.51.100", "203.0.113"}
	return strings.NewReplacer(
		"{ip}", fmt.Sprintf("%s.%d", nets[r.IntN(len(nets))], 1+r.IntN(250)),
		"{name}", words[r.IntN(len(words))],
		"{word}", words[r.IntN(len(words))],
		"{port}", fmt.Sprint(8000+r.IntN(1000)),
		"{n}", fmt.Sprint(3+r.IntN(27)),
	).Replace(text)
}
