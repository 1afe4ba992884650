package ordered

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func numbers(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestMapKeepsTheOrderForAnyNumberOfWorkers(t *testing.T) {
	for workers := range 9 {
		synctest.Test(t, func(t *testing.T) {
			var got []int
			err := Map(t.Context(), workers, numbers(200), func(_, in int) int {
				time.Sleep(time.Duration(rand.IntN(1000)))
				return in * in
			}, func(out int) error {
				got = append(got, out)
				return nil
			})
			if err != nil || len(got) != 200 {
				t.Fatalf("%d workers: %d results, error %v", workers, len(got), err)
			}
			for i, x := range got {
				if x != i*i {
					t.Fatalf("%d workers: result %d is %d", workers, i, x)
				}
			}
		})
	}
}

func TestMapUsesAllWorkersAndNoneTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers = 4
		var busy [workers]atomic.Bool
		start := time.Now()
		err := Map(t.Context(), workers, numbers(40), func(n, _ int) int {
			if busy[n].Swap(true) {
				t.Errorf("worker %d has two calls at once", n)
			}
			time.Sleep(time.Second)
			busy[n].Store(false)
			return 0
		}, func(int) error { return nil })
		if d := time.Since(start); err != nil || d != 10*time.Second {
			t.Fatalf("took %v, error %v", d, err)
		}
	})
}

func TestMapLooksAheadNoFurtherThanItSays(t *testing.T) {
	for _, workers := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			var taken, emitted atomic.Int64
			in := func(yield func(int) bool) {
				for i := range 100 {
					if ahead := taken.Add(1) - emitted.Load(); ahead > int64(2*workers+1) {
						t.Errorf("%d workers: %d inputs taken and not emitted", workers, ahead)
					}
					if !yield(i) {
						return
					}
				}
			}
			err := Map(t.Context(), workers, in, func(_, in int) int { return in }, func(int) error {
				time.Sleep(time.Second)
				emitted.Add(1)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestMapStopsAtTheFirstErrorOfEmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("full")
		var taken atomic.Int64
		endless := func(yield func(int) bool) {
			for yield(int(taken.Add(1))) {
			}
		}
		n := 0
		err := Map(t.Context(), 2, endless, func(_, in int) int { return in }, func(int) error {
			if n++; n == 10 {
				return stop
			}
			return nil
		})
		if err != stop || n != 10 || taken.Load() > 15 {
			t.Fatalf("error %v after %d results of %d inputs", err, n, taken.Load())
		}
	})
}

func TestMapStopsWhenTheContextIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		n := 0
		err := Map(ctx, 2, numbers(1000), func(_, in int) int {
			time.Sleep(time.Second)
			return in
		}, func(int) error { n++; return nil })
		if !errors.Is(err, context.DeadlineExceeded) || n < 16 || n > 20 {
			t.Fatalf("error %v after %d results", err, n)
		}
	})
}

func TestMapWithAContextThatIsDoneEmitsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Map(ctx, 2, numbers(1000), func(_, in int) int { return in }, func(int) error {
		t.Error("emitted")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestMapOfNothing(t *testing.T) {
	err := Map(t.Context(), 3, numbers(0), func(_, in int) int { return in }, func(int) error { return errors.New("emitted") })
	if err != nil {
		t.Fatal(err)
	}
}

func TestMapPanicsInTheCallerWhenTheTurnComes(t *testing.T) {
	boom := errors.New("boom")
	for name, work := range map[string]func(int, int) int{
		"panic": func(_, in int) int {
			if in == 7 {
				panic(boom)
			}
			return in
		},
		"exit": func(_, in int) int {
			if in == 7 {
				runtime.Goexit()
			}
			return in
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var got []int
			p := panicOf(func() {
				Map(t.Context(), 3, numbers(100), work, func(out int) error { got = append(got, out); return nil })
			})
			if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6}) {
				t.Errorf("%s: emitted %v", name, got)
			}
			if p, ok := p.(*Panic); !ok || len(p.Stack) == 0 || name == "panic" && !errors.Is(p, boom) {
				t.Errorf("%s: panicked with %v", name, p)
			}
		})
	}
}

func TestMapPassesOnPanicsOfSequenceAndEmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		p := panicOf(func() {
			Map(t.Context(), 2, func(yield func(int) bool) {
				yield(1)
				panic("sequence")
			}, func(_, in int) int { return in }, func(int) error { n++; return nil })
		})
		if got, ok := p.(*Panic); !ok || got.Value != "sequence" || n != 1 {
			t.Errorf("after %d results: %v", n, p)
		}
		p = panicOf(func() {
			Map(t.Context(), 2, numbers(100), func(_, in int) int { return in }, func(int) error { panic("emit") })
		})
		if p != "emit" {
			t.Errorf("emit: %v", p)
		}
	})
}

func panicOf(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}

func TestMapUnderLoad(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			want := 0
			err := Map(context.Background(), 4, numbers(2000), func(_, in int) string { return fmt.Sprint(in) }, func(out string) error {
				if out != fmt.Sprint(want) {
					return fmt.Errorf("got %s, want %d", out, want)
				}
				want++
				return nil
			})
			if err != nil || want != 2000 {
				t.Error(want, err)
			}
		})
	}
	wg.Wait()
}
