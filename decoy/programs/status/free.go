package status

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
)

func runFree(p *proc.Process) int {
	o := proc.Flags{Short: "bkmghtwlVs:c:", Long: map[string]proc.Long{"human": {As: "h"}, "mega": {As: "m"}, "giga": {As: "g"}, "total": {As: "t"}, "wide": {As: "w"}, "bytes": {As: "b"}, "kibi": {As: "k"}, "mebi": {As: "m"}, "gibi": {As: "g"}}}.Parse(p)
	if o == nil {
		return 1
	}
	m := p.World.Memory()
	write := func(kib int64) string {
		switch {
		case o.Has("h"):
			return freeHuman(kib)
		case o.Has("b"):
			return fmt.Sprint(kib * 1024)
		case o.Has("m"):
			return fmt.Sprint(kib / 1024)
		case o.Has("g"):
			return fmt.Sprint(kib / (1 << 20))
		}
		return fmt.Sprint(kib)
	}
	row := func(name string, values ...int64) {
		p.Printf("%-9s", name)
		for i, v := range values {
			width := 12
			if i == 0 {
				width = 11
			}
			p.Printf("%*s", width, write(v))
		}
		p.Printf("\n")
	}
	used := m.Total - m.Available
	if o.Has("w") {
		p.Println("               total        used        free      shared     buffers       cache   available")
		row("Mem:", m.Total, used, m.Free, m.Shared, m.Buffers, m.Cached, m.Available)
	} else {
		p.Println("               total        used        free      shared  buff/cache   available")
		row("Mem:", m.Total, used, m.Free, m.Shared, m.Buffers+m.Cached, m.Available)
	}
	row("Swap:", m.SwapTotal, m.SwapTotal-m.SwapFree, m.SwapFree)
	if o.Has("t") {
		row("Total:", m.Total+m.SwapTotal, used+m.SwapTotal-m.SwapFree, m.Free+m.SwapFree)
	}
	return 0
}

// freeHuman writes KiB as free -h does.
func freeHuman(kib int64) string {
	v := float64(kib) * 1024
	for _, unit := range []string{"B", "Ki", "Mi", "Gi", "Ti"} {
		if v < 1024 || unit == "Ti" {
			if v < 10 && unit != "B" {
				return fmt.Sprintf("%.1f%s", v, unit)
			}
			return fmt.Sprintf("%.0f%s", v, unit)
		}
		v /= 1024
	}
	return ""
}

func runLscpu(p *proc.Process) int {
	h := p.World.Hardware
	line := func(indent int, name string, value any) {
		p.Printf("%s%-*s %v\n", strings.Repeat(" ", indent), 33-indent, name+":", value)
	}
	line(0, "Architecture", p.World.System.Arch)
	line(2, "CPU op-mode(s)", "32-bit, 64-bit")
	line(2, "Address sizes", "46 bits physical, 48 bits virtual")
	line(2, "Byte Order", "Little Endian")
	line(0, "CPU(s)", h.CPUs)
	list := "0"
	if h.CPUs > 1 {
		list = fmt.Sprintf("0-%d", h.CPUs-1)
	}
	line(2, "On-line CPU(s) list", list)
	line(0, "Vendor ID", h.Vendor)
	line(2, "Model name", h.CPUModel)
	line(4, "CPU family", h.Family)
	line(4, "Model", h.Model)
	line(4, "Thread(s) per core", 1)
	line(4, "Core(s) per socket", h.CPUs)
	line(4, "Socket(s)", 1)
	line(4, "Stepping", h.Stepping)
	line(4, "BogoMIPS", fmt.Sprintf("%.2f", h.MHz*2))
	line(4, "Flags", h.Flags)
	if h.Virtual != "" {
		p.Println("Virtualization features: ")
		line(2, "Hypervisor vendor", h.Virtual)
		line(2, "Virtualization type", "full")
	}
	p.Println("NUMA:                     ")
	line(2, "NUMA node(s)", 1)
	line(2, "NUMA node0 CPU(s)", list)
	return 0
}
