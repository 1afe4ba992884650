package system

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runBlkid(p *proc.Process) int {
	o := proc.Flags{Short: "c:dghlL:U:o:s:t:pkVuin"}.Parse(p)
	if o == nil {
		return 4
	}
	var list []machine.Partition
	for _, q := range p.World.Partitions() {
		if q.UUID != "" {
			list = append(list, q)
		}
	}
	slices.SortFunc(list, func(a, b machine.Partition) int { return strings.Compare(a.Name, b.Name) })
	if id, ok := o.Last("U"); ok {
		for _, q := range list {
			if q.UUID == id {
				p.Println("/dev/" + q.Name)
				return 0
			}
		}
		return 2
	}
	if len(o.Operands) > 0 {
		list = slices.DeleteFunc(list, func(q machine.Partition) bool { return !slices.Contains(o.Operands, "/dev/"+q.Name) })
	}
	if len(list) == 0 || p.FS.UID != 0 {
		return 2
	}
	form, _ := o.Last("o")
	only, one := o.Last("s")
	for _, q := range list {
		blkidLine(p, q, [2]string{form, map[bool]string{true: only}[one]})
	}
	return 0
}

// blkidLine writes what is known of a partition, in a form and of one tag or all.
func blkidLine(p *proc.Process, q machine.Partition, how [2]string) {
	name, id := "/dev/"+q.Name, q.UUID
	tags := [][2]string{{"UUID", id}, {"BLOCK_SIZE", "4096"}, {"TYPE", "ext4"}}
	switch q.Use {
	case "/boot/efi":
		tags = [][2]string{{"UUID", id}, {"BLOCK_SIZE", "512"}, {"TYPE", "vfat"}}
	case "swap":
		tags = [][2]string{{"UUID", id}, {"TYPE", "swap"}}
	}
	if part := partUUID(p, name); part != "" {
		tags = append(tags, [2]string{"PARTUUID", part})
	}
	line := name + ":"
	for _, t := range tags {
		switch {
		case how[1] != "" && how[1] != t[0]:
		case how[0] == "value":
			p.Println(t[1])
		case how[0] == "export":
			p.Printf("%s=%s\n", t[0], t[1])
		default:
			line += fmt.Sprintf(" %s=%q", t[0], t[1])
		}
	}
	if how[0] == "" || how[0] == "full" {
		p.Println(line)
	}
}

// partUUID gives the identifier of a partition in the partition table.
func partUUID(p *proc.Process, name string) string {
	list, _ := p.FS.ReadDir("/dev/disk/by-partuuid")
	for _, e := range list {
		if to, err := p.FS.Readlink("/dev/disk/by-partuuid/" + e.Name); err == nil && strings.HasSuffix(to, "/"+strings.TrimPrefix(name, "/dev/")) {
			return e.Name
		}
	}
	return ""
}

// kib writes a number of KiB as util-linux writes sizes.
func kib(text string) string {
	n, _ := strconv.ParseInt(text, 10, 64)
	return gnu.Brief(n << 10)
}

// swaps gives the rows of /proc/swaps.
func swaps(p *proc.Process) (list [][]string) {
	for i, line := range lines(p, "/proc/swaps") {
		if f := strings.Fields(line); i > 0 && len(f) == 5 {
			list = append(list, f)
		}
	}
	return list
}

func runSwapon(p *proc.Process) int {
	o := proc.Flags{Short: "ad::ef::p:svL:U:hVo:", Long: map[string]proc.Long{"all": {As: "a"}, "summary": {As: "s"}, "show": {Value: 2}, "noheadings": {}, "raw": {}, "bytes": {}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("s"):
		for _, line := range lines(p, "/proc/swaps") {
			p.Println(line)
		}
		return 0
	case o.Has("show") || len(o.Given) == 0 && len(o.Operands) == 0:
		rows := [][]string{{"NAME", "TYPE", "SIZE", "USED", "PRIO"}}
		for _, f := range swaps(p) {
			rows = append(rows, []string{f[0], f[1], kib(f[2]), kib(f[3]), f[4]})
		}
		if len(rows) > 1 {
			rightAligned(p, rows, 2)
		}
		return 0
	case p.FS.UID != 0:
		p.Complain("%s: swapon failed: Operation not permitted", strings.Join(o.Operands, " "))
		return 255
	}
	code := 0
	for _, name := range o.Operands {
		switch _, err := p.FS.Stat(name); {
		case err != nil:
			p.Complain("cannot open %s: %s", name, proc.Text(err))
		case slices.ContainsFunc(swaps(p), func(f []string) bool { return f[0] == name }):
			p.Complain("%s: swapon failed: Device or resource busy", name)
		default:
			p.Complain("%s: read swap header failed", name)
		}
		code = 255
	}
	return code
}

// rightAligned writes rows whose columns from one on are numbers.
func rightAligned(p *proc.Process, rows [][]string, from int) {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	for _, r := range rows {
		var cells []string
		for i, c := range r {
			if i >= from {
				cells = append(cells, fmt.Sprintf("%*s", width[i], c))
			} else {
				cells = append(cells, fmt.Sprintf("%-*s", width[i], c))
			}
		}
		p.Println(strings.TrimRight(strings.Join(cells, " "), " "))
	}
}

func runSwapoff(p *proc.Process) int {
	o := proc.Flags{Short: "avhVL:U:", Long: map[string]proc.Long{"all": {As: "a"}}}.Parse(p)
	switch {
	case o == nil:
		return 16
	case p.FS.UID != 0:
		p.Complain("Not superuser.")
		return 16
	case len(o.Operands) == 0 && !o.Has("a"):
		return try(p, 16, "bad usage")
	}
	code := 0
	for _, name := range o.Operands {
		if slices.ContainsFunc(swaps(p), func(f []string) bool { return f[0] == name }) {
			continue
		}
		code = 4
		if _, err := p.FS.Stat(name); errors.Is(err, fs.ErrNotExist) {
			p.Complain("%s: swapoff failed: No such file or directory", name)
		} else {
			p.Complain("%s: swapoff failed: Invalid argument", name)
		}
	}
	return code
}
