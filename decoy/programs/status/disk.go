package status

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// dfRow is a line of df.
type dfRow struct{ source, kind, size, used, free, part, target string }

func runDF(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "ahHiklmPTt:x:B:", Long: map[string]proc.Long{
		"all": {As: "a"}, "human-readable": {As: "h"}, "si": {As: "H"}, "inodes": {As: "i"}, "local": {As: "l"}, "portability": {As: "P"}, "print-type": {As: "T"}, "type": {As: "t", Value: 1}, "exclude-type": {As: "x", Value: 1}, "total": {}, "block-size": {As: "B", Value: 1},
	}}, gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Show information about the file system on which each FILE resides,\nor all file systems by default.", By: "Torbjorn Granlund, David MacKenzie, and Paul Eggert"})
	if o == nil {
		return code
	}
	var mounts []machine.Mount
	if len(o.Operands) == 0 {
		for _, m := range p.World.Mounts {
			if m.Size > 0 || o.Has("a") {
				mounts = append(mounts, m)
			}
		}
	}
	for _, name := range o.Operands {
		i, err := p.FS.Stat(name)
		if err != nil {
			code = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			continue
		}
		mounts = append(mounts, mountOf(p, i.Path))
	}
	if len(mounts) == 0 {
		return code
	}
	rows := []dfRow{dfHead(o)}
	for _, m := range mounts {
		if t, ok := o.Last("t"); ok && t != m.Type {
			continue
		}
		if t, ok := o.Last("x"); ok && t == m.Type {
			continue
		}
		rows = append(rows, dfLine(o, m))
	}
	printDF(p, rows, o.Has("T"))
	return code
}

// mountOf gives the file system that a path lies on.
func mountOf(p *proc.Process, path string) (best machine.Mount) {
	for _, m := range p.World.Mounts {
		if (m.Target == "/" || path == m.Target || strings.HasPrefix(path, m.Target+"/")) && len(m.Target) >= len(best.Target) {
			best = m
		}
	}
	return best
}

func dfHead(o *proc.Options) dfRow {
	switch {
	case o.Has("i"):
		return dfRow{"Filesystem", "Type", "Inodes", "IUsed", "IFree", "IUse%", "Mounted on"}
	case o.Has("h", "H"):
		return dfRow{"Filesystem", "Type", "Size", "Used", "Avail", "Use%", "Mounted on"}
	case o.Has("P"):
		return dfRow{"Filesystem", "Type", "1024-blocks", "Used", "Available", "Capacity", "Mounted on"}
	case o.Has("m"):
		return dfRow{"Filesystem", "Type", "1M-blocks", "Used", "Available", "Use%", "Mounted on"}
	}
	return dfRow{"Filesystem", "Type", "1K-blocks", "Used", "Available", "Use%", "Mounted on"}
}

func dfLine(o *proc.Options, m machine.Mount) dfRow {
	size, used := m.Size, m.Used
	free := size - used
	if m.Type == "ext4" {
		free = max(size*95/100-used, 0) // a part is root's
	}
	write := func(n int64) string { return fmt.Sprint(n) }
	switch {
	case o.Has("i"):
		size, used, free = m.Inodes, m.UsedInodes, m.Inodes-m.UsedInodes
		if o.Has("h", "H") {
			write = func(n int64) string { return strings.TrimSuffix(gnu.Human(n, 1024), "B") }
		}
	case o.Has("h"):
		write = func(n int64) string { return gnu.Human(n<<10, 1024) }
	case o.Has("H"):
		write = func(n int64) string { return gnu.Human(n<<10, 1000) }
	case o.Has("m"):
		write = func(n int64) string { return fmt.Sprint((n + 1023) / 1024) }
	}
	part := "-"
	if used+free > 0 {
		part = fmt.Sprintf("%.0f%%", math.Ceil(float64(used)*100/float64(used+free)))
	}
	return dfRow{m.Source, m.Type, write(size), write(used), write(free), part, m.Target}
}

// printDF aligns rows as df does.
func printDF(p *proc.Process, rows []dfRow, kinds bool) {
	var w [6]int
	w[0], w[2], w[3], w[4], w[5] = 14, 5, 5, 5, 4
	for _, r := range rows {
		for i, s := range []string{r.source, r.kind, r.size, r.used, r.free, r.part} {
			w[i] = max(w[i], len(s))
		}
	}
	for _, r := range rows {
		kind := ""
		if kinds {
			kind = fmt.Sprintf(" %-*s", w[1], r.kind)
		}
		p.Printf("%-*s%s %*s %*s %*s %*s %s\n", w[0], r.source, kind, w[2], r.size, w[3], r.used, w[4], r.free, w[5], r.part, r.target)
	}
}

func runMount(p *proc.Process) int {
	o := proc.Flags{Short: "alnrvwt:o:BMR", Long: map[string]proc.Long{"all": {As: "a"}, "bind": {As: "B"}, "types": {As: "t", Value: 1}, "options": {As: "o", Value: 1}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		kind, only := o.Last("t")
		for _, m := range p.World.Mounts {
			if !only || kind == m.Type {
				p.Printf("%s on %s type %s (%s)\n", m.Source, m.Target, m.Type, m.Options)
			}
		}
		return 0
	case p.FS.UID != 0:
		return p.Complain("only root can do that")
	}
	target := o.Operands[len(o.Operands)-1]
	if _, err := p.FS.Stat(target); err != nil {
		p.Complain("%s: mount point does not exist.\n       dmesg(1) may have more information after failed mount system call.", target)
		return 32
	}
	if len(o.Operands) > 1 && strings.HasPrefix(o.Operands[0], "/") {
		if _, err := p.FS.Stat(o.Operands[0]); err != nil {
			p.Complain("%s: special device %s does not exist.\n       dmesg(1) may have more information after failed mount system call.", target, o.Operands[0])
			return 32
		}
	}
	if o.Has("B", "o") {
		return 0
	}
	p.Complain("%s: permission denied.\n       dmesg(1) may have more information after failed mount system call.", target)
	return 32
}

func runUmount(p *proc.Process) int {
	o := proc.Flags{Short: "afln"}.Parse(p)
	if o == nil {
		return 1
	}
	code := 0
	for _, t := range o.Operands {
		found := false
		for _, m := range p.World.Mounts {
			found = found || m.Target == t
		}
		if found {
			p.Complain("%s: target is busy.", t)
		} else if _, err := p.FS.Stat(t); err != nil {
			p.Complain("%s: no mount point specified.", t)
		} else {
			p.Complain("%s: not mounted.", t)
		}
		code = 32
	}
	return code
}

// runLsblk draws the disk, its partitions and the drive for discs.
func runLsblk(p *proc.Process) int {
	o := proc.Flags{Short: "aAbdDfiIJlMmnNo:OpPrsStTVxze:I:w:x:h", Long: map[string]proc.Long{"fs": {As: "f"}, "nodeps": {As: "d"}, "noheadings": {As: "n"}, "bytes": {As: "b"}, "paths": {As: "p"}, "list": {As: "l"}, "output": {As: "o", Value: 1}, "version": {As: "V"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("V"):
		p.Println("lsblk from util-linux 2.38.1")
		return 0
	}
	rows := blockDevices(p, o.Has("b"))
	if o.Has("d") {
		rows = slices.DeleteFunc(rows, func(r blockDevice) bool { return r.kind == "part" })
	}
	for _, name := range o.Operands {
		if !slices.ContainsFunc(rows, func(r blockDevice) bool { return "/dev/"+r.name == name }) {
			fmt.Fprintf(p.Err, "lsblk: %s: not a block device\n", name)
			return 32
		}
	}
	if len(o.Operands) > 0 {
		rows = slices.DeleteFunc(rows, func(r blockDevice) bool {
			return !slices.ContainsFunc(o.Operands, func(n string) bool { return n == "/dev/"+r.name || n == "/dev/"+r.parent })
		})
	}
	want := []string{"NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE", "MOUNTPOINTS"}
	if o.Has("f") {
		want = []string{"NAME", "FSTYPE", "FSVER", "LABEL", "UUID", "FSAVAIL", "FSUSE%", "MOUNTPOINTS"}
	}
	if v, ok := o.Last("o"); ok {
		want = strings.Split(strings.ToUpper(v), ",")
	}
	for _, w := range want {
		if !slices.Contains(blockColumns, w) {
			fmt.Fprintf(p.Err, "lsblk: unknown column: %s\n", strings.ToLower(w))
			return 1
		}
	}
	writeBlocks(p, o, rows, want)
	return 0
}

// blockColumns are the columns of lsblk that are known.
var blockColumns = strings.Fields("NAME KNAME PATH MAJ:MIN RM SIZE RO TYPE MOUNTPOINT MOUNTPOINTS FSTYPE FSVER LABEL UUID FSAVAIL FSUSE% MODEL SERIAL PKNAME")

// blockDevice is a line of lsblk.
type blockDevice struct {
	name, parent, kind string
	last               bool // of its parent
	cells              map[string]string
}

// blockDevices lists what lsblk shows.
func blockDevices(p *proc.Process, bytes bool) (rows []blockDevice) {
	h := p.World.Hardware
	size := func(n int64) string {
		if bytes {
			return strconv.FormatInt(n, 10)
		}
		return gnu.Brief(n)
	}
	major := map[bool]int{true: 254, false: 8}[strings.HasPrefix(h.Disk, "v")]
	parts := p.World.Partitions()
	rows = append(rows, blockDevice{name: h.Disk, kind: "disk", cells: map[string]string{"MAJ:MIN": fmt.Sprintf("%3d:0", major), "SIZE": size(h.DiskBytes)}})
	for i, q := range parts {
		minor := strings.TrimPrefix(q.Name, h.Disk)
		c := map[string]string{"MAJ:MIN": fmt.Sprintf("%3d:%s", major, minor), "SIZE": size(q.Size * 512), "UUID": q.UUID, "PKNAME": h.Disk}
		switch q.Use {
		case "/":
			c["FSTYPE"], c["FSVER"], c["MOUNTPOINTS"] = "ext4", "1.0", "/"
		case "/boot/efi":
			c["FSTYPE"], c["FSVER"], c["MOUNTPOINTS"] = "vfat", "FAT32", "/boot/efi"
		case "swap":
			c["FSTYPE"], c["FSVER"] = "swap", "1"
			if data, err := p.FS.ReadFile("/proc/swaps", 1<<16); err == nil && strings.Contains(string(data), "/dev/"+q.Name) {
				c["MOUNTPOINTS"] = "[SWAP]"
			}
		case "extended":
			c["SIZE"] = size(1024) // as the kernel shows it
		}
		for _, m := range p.World.Mounts {
			if m.Source == "/dev/"+q.Name && m.Size > 0 {
				c["FSAVAIL"], c["FSUSE%"] = size((m.Size-m.Used)*1024), fmt.Sprintf("%d%%", m.Used*100/m.Size)
			}
		}
		rows = append(rows, blockDevice{name: q.Name, parent: h.Disk, kind: "part", last: i == len(parts)-1, cells: c})
	}
	rows = append(rows, blockDevice{name: "sr0", kind: "rom", cells: map[string]string{"MAJ:MIN": " 11:0", "SIZE": size(1<<30 - 1<<10), "RM": "1"}})
	for _, r := range rows {
		c := r.cells
		c["TYPE"], c["KNAME"], c["PATH"], c["MOUNTPOINT"], c["RO"] = r.kind, r.name, "/dev/"+r.name, c["MOUNTPOINTS"], "0"
		c["RM"] = map[bool]string{true: "1", false: "0"}[r.kind == "rom"]
	}
	return rows
}

// writeBlocks writes the columns that are wanted, the partitions as branches.
func writeBlocks(p *proc.Process, o *proc.Options, rows []blockDevice, want []string) {
	lines := [][]string{want}
	if o.Has("n") {
		lines = nil
	}
	for _, r := range rows {
		var line []string
		for _, w := range want {
			cell := r.cells[w]
			if w == "NAME" {
				cell = r.name
				if o.Has("p") {
					cell = "/dev/" + cell
				}
				if r.parent != "" && !o.Has("l", "r") {
					cell = map[bool]string{true: "└─", false: "├─"}[r.last] + cell
				}
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	width := make([]int, len(want))
	for _, l := range lines {
		for i, c := range l {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	for _, l := range lines {
		out := ""
		for i, c := range l {
			blank := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			switch {
			case i == len(l)-1:
				out += c
			case slices.Contains([]string{"RM", "SIZE", "RO", "FSAVAIL", "FSUSE%"}, want[i]):
				out += blank + c + " "
			default:
				out += c + blank + " "
			}
		}
		p.Println(out)
	}
}
