package evaluate

// Origin says where a sample comes from: who or what was at the keys, and
// what it was run by.
type Origin struct {
	Group   string // the person, the model or the script
	Subject string // the person, the harness, the honeypot
}

// folds parts samples so that no two folds share a mark of any sample. It gives
// the number of the fold of each sample, from 0 in the order of first
// appearance, and how many folds there are.
func folds(marks [][]string) (of []int, n int) {
	parent := make([]int, len(marks))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := map[string]int{}
	for i, list := range marks {
		for _, mark := range list {
			j, seen := first[mark]
			if !seen {
				first[mark] = i
				continue
			}
			a, b := root(i), root(j)
			parent[max(a, b)] = min(a, b)
		}
	}
	number := map[int]int{}
	of = make([]int, len(marks))
	for i := range marks {
		r := root(i)
		if _, ok := number[r]; !ok {
			number[r] = len(number)
		}
		of[i] = number[r]
	}
	return of, len(number)
}
