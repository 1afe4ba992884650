package machine

import (
	"math"
	"time"
)

// Memory is the use of memory in KiB.
type Memory struct {
	Total, Free, Available, Buffers, Cached, Shared int64
	SwapTotal, SwapFree                             int64
}

// Uptime gives the time since the machine was booted.
func (w *World) Uptime() time.Duration { return max(w.now().Sub(w.Boot), time.Second) }

// Load gives the averages of the run queue over one, five and fifteen minutes.
func (w *World) Load() (one, five, fifteen float64) {
	busy := w.seed.sub("load")
	up := w.Uptime().Minutes()
	over := func(minutes float64) float64 {
		x := busy.smooth(up / minutes)
		return math.Round(100*0.22*x*x*float64(w.Hardware.CPUs)) / 100
	}
	return over(1), over(5), over(15)
}

// Memory gives the use of memory now.
func (w *World) Memory() Memory {
	h := &w.Hardware
	up := w.Uptime().Seconds()
	noise := w.seed.sub("memory")
	free := h.MemFree + int64(float64(h.MemFree/12)*(noise.smooth(up/40)-0.5))
	cached := h.Cached + (h.MemFree-free)/2
	return Memory{
		Total: h.MemTotal, Free: free, Available: h.MemAvailable + (free - h.MemFree),
		Buffers: h.Buffers, Cached: cached, Shared: 500 + h.MemTotal/3000,
		SwapTotal: h.SwapTotal, SwapFree: h.SwapTotal - h.SwapTotal/400*4,
	}
}

// idle gives the time that all processors together spent idle, and busy for
// user and kernel, in seconds since boot.
func (w *World) idle() (idle, user, system float64) {
	up := w.Uptime().Seconds()
	r := w.seed.sub("cpu").at(0)
	all := up * float64(w.Hardware.CPUs)
	user = up * (0.004 + 0.01*r)
	system = up * (0.003 + 0.006*r)
	return all - user - system, user, system
}
