package files

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// copying is a dd that runs.
type copying struct {
	p        *proc.Process
	busy     bool
	in, out  string
	ibs, obs int64
	count    int64
	skip     int64
	seek     int64
	bytes    bool // count and skip are in bytes
	conv     map[string]bool
	status   string
	flagsOut string
	full     bool // of iflag=fullblock
	whole    [2]int64
	part     [2]int64
	copied   int64
	began    time.Time
	code     int
}

func runDd(p *proc.Process) int  { return ddWith(p, false) }
func busyDd(p *proc.Process) int { return ddWith(p, true) }

func ddWith(p *proc.Process, busy bool) int {
	d := &copying{p: p, busy: busy, ibs: 512, obs: 512, count: math.MaxInt64, conv: map[string]bool{}, began: time.Now()}
	if len(p.Args) == 2 && (p.Args[1] == "--help" || p.Args[1] == "--version") {
		gnu.About{Usage: "[OPERAND]...", Does: "Copy a file, converting and formatting according to the operands.", By: "Paul Rubin, David MacKenzie, and Stuart Kemp"}.Told(p, &proc.Options{Given: []proc.Option{{Name: p.Args[1][2:]}}})
		return 0
	}
	for _, a := range p.Args[1:] {
		if a == "--" {
			continue
		}
		if code := d.operand(a); code != 0 {
			return code
		}
	}
	return d.run()
}

// operand reads one operand; it gives an exit code where it is wrong.
func (d *copying) operand(a string) int {
	p := d.p
	name, value, ok := strings.Cut(a, "=")
	if !ok {
		return gnu.Try(p, "unrecognized operand %s", gnu.Quote(p, a))
	}
	switch name {
	case "if":
		d.in = value
	case "of":
		d.out = value
	case "status":
		d.status = value
		if value != "none" && value != "noxfer" && value != "progress" {
			return gnu.Try(p, "invalid status level: %s", gnu.Quote(p, value))
		}
	case "conv":
		for _, c := range strings.Split(value, ",") {
			if !strings.Contains(" ascii ebcdic ibm block unblock lcase ucase sparse swab sync excl nocreat notrunc noerror fdatasync fsync ", " "+c+" ") {
				return gnu.Try(p, "invalid conversion: %s", gnu.Quote(p, c))
			}
			d.conv[c] = true
		}
	case "iflag", "oflag":
		for _, f := range strings.Split(value, ",") {
			if !strings.Contains(" append cio direct directory dsync sync fullblock nonblock noatime nocache noctty nofollow count_bytes skip_bytes seek_bytes ", " "+f+" ") {
				what := map[string]string{"iflag": "input", "oflag": "output"}[name]
				return gnu.Try(p, "invalid %s flag: %s", what, gnu.Quote(p, f))
			}
			d.bytes = d.bytes || f == "count_bytes" || f == "skip_bytes"
			d.full = d.full || f == "fullblock"
			d.flagsOut += f
		}
	case "bs", "ibs", "obs", "cbs", "count", "skip", "seek", "iseek", "oseek":
		return d.number(name, value)
	default:
		return gnu.Try(p, "unrecognized operand %s", gnu.Quote(p, a))
	}
	return 0
}

func (d *copying) number(name, value string) int {
	n := int64(1)
	for _, part := range strings.Split(value, "x") {
		v, ok := gnu.Size(part, "bcwkKMGTPEZY")
		if !ok || v > 0 && n > math.MaxInt64/v {
			return d.p.Complain("invalid number: %s", gnu.Quote(d.p, value))
		}
		n *= v
	}
	if strings.Contains(name, "bs") && n == 0 {
		return d.p.Complain("invalid number: %s", gnu.Quote(d.p, value))
	}
	switch name {
	case "bs":
		d.ibs, d.obs = n, n
	case "ibs":
		d.ibs = n
	case "obs":
		d.obs = n
	case "count":
		d.count = n
		d.bytes = d.bytes || strings.HasSuffix(value, "B")
	case "skip", "iseek":
		d.skip = n
	case "seek", "oseek":
		d.seek = n
	}
	return 0
}

// open opens both sides.
func (d *copying) open() (r io.ReadCloser, w io.WriteCloser, ok bool) {
	p := d.p
	var err error
	r, w = io.NopCloser(p.In), nopWriter{p.Out}
	if d.in != "" {
		if r, err = p.Open(d.in); err != nil {
			d.cannot(d.in, err)
			return nil, nil, false
		}
	}
	if d.out == "" {
		return r, w, true
	}
	flag := vfs.WriteOnly | vfs.Create
	if d.conv["nocreat"] {
		flag = vfs.WriteOnly
	}
	if d.conv["excl"] {
		flag |= vfs.Exclusive
	}
	if !d.conv["notrunc"] && d.seek == 0 {
		flag |= vfs.Truncate
	}
	if strings.Contains(d.flagsOut, "append") {
		flag |= vfs.Append
	}
	if w, err = gnu.Create(p, d.out, flag, 0o666); err != nil {
		r.Close()
		d.cannot(d.out, err)
		return nil, nil, false
	}
	if f, is := w.(*vfs.File); is && d.seek > 0 && f.Kind() == vfs.Regular {
		at := min(d.seek, math.MaxInt64/max(d.obs, 1)) * d.obs
		if !d.conv["notrunc"] {
			if err := p.FS.Truncate(d.out, at); err != nil {
				p.Complain("failed to truncate to %d bytes in output file %s: %s", at, gnu.Always(p, d.out), gnu.Why(err))
				return nil, nil, false
			}
		}
		_, _ = f.Seek(at, io.SeekStart)
	}
	return r, w, true
}

func (d *copying) cannot(name string, err error) {
	if d.busy {
		d.p.Complain("can't open '%s': %s", name, gnu.Why(err))
		return
	}
	d.p.Complain("failed to open %s: %s", gnu.Always(d.p, name), gnu.Why(err))
}

type nopWriter struct{ io.Writer }

func (nopWriter) Close() error { return nil }

// most is how large a block of dd may be.
const most = 1 << 30

func (d *copying) run() int {
	r, w, ok := d.open()
	if !ok {
		return 1
	}
	defer r.Close()
	defer w.Close()
	held := gnu.Hold(d.p)
	defer held.Free()
	if d.ibs > most || !held.Add(int(d.ibs)) {
		return d.p.Complain("memory exhausted by input buffer of size %d bytes (%s)", d.ibs, long(d.ibs, 1024))
	}
	buf := make([]byte, d.ibs)
	if !d.skipped(r, buf) {
		d.report()
		return 1
	}
	var pending []byte
	for n := int64(0); d.more(n); n++ {
		got, err := d.read(r, buf)
		if err != nil {
			d.code = 1
			if !d.conv["noerror"] || got == 0 {
				break
			}
		}
		if got == 0 {
			break
		}
		block := d.converted(buf, got)
		if d.ibs == d.obs {
			if !d.write(w, block) {
				break
			}
			continue
		}
		if !held.Add(len(block)) {
			break
		}
		for pending = append(pending, block...); int64(len(pending)) >= d.obs; pending = pending[d.obs:] {
			if !d.write(w, pending[:d.obs]) {
				d.report()
				return d.code
			}
			held.Drop(int(d.obs))
		}
	}
	if len(pending) > 0 {
		d.write(w, pending)
	}
	d.report()
	return d.code
}

// more says whether another block is to be read.
func (d *copying) more(n int64) bool {
	if d.p.Ctx.Err() != nil || gnu.Step(d.p) != nil {
		return false
	}
	if d.bytes {
		return d.whole[0]*d.ibs < d.count
	}
	return n < d.count
}

// read reads a block.
func (d *copying) read(r io.Reader, buf []byte) (int, error) {
	if d.bytes {
		buf = buf[:min(int64(len(buf)), d.count-d.whole[0]*d.ibs)]
	}
	n, err := d.fill(r, buf)
	switch {
	case n == 0 && (err == nil || err == io.EOF):
		return 0, nil
	case err != nil && err != io.EOF:
		if !gnu.Stop(d.p) {
			d.p.Complain("error reading %s: %s", gnu.Always(d.p, d.name(d.in, "standard input")), gnu.Why(err))
		}
		return n, err
	case int64(n) == d.ibs:
		d.whole[0]++
	default:
		d.part[0]++
	}
	return n, nil
}

func (d *copying) name(name, standard string) string {
	if name == "" {
		return standard
	}
	return name
}

// fill reads once, or from a file and with fullblock until the block is full.
func (d *copying) fill(r io.Reader, buf []byte) (n int, err error) {
	_, file := r.(*vfs.File)
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if err != nil {
			return n, err
		}
		if k == 0 || !file && !d.full || d.p.Ctx.Err() != nil {
			break
		}
	}
	return n, nil
}

// skipped leaves out what is before the first block.
func (d *copying) skipped(r io.Reader, buf []byte) bool {
	n := d.skip
	if !d.bytes {
		n = min(n, math.MaxInt64/d.ibs) * d.ibs
	}
	if f, ok := r.(*vfs.File); ok && n > 0 {
		if f.Kind() == vfs.Regular && n > f.Size() && f.Size() > 0 {
			d.p.Complain("%s: cannot skip to specified offset", gnu.Name(d.p, d.in))
		}
		_, err := f.Seek(n, io.SeekStart)
		return err == nil
	}
	for n > 0 && d.p.Ctx.Err() == nil {
		k, err := r.Read(buf[:min(int64(len(buf)), n)])
		n -= int64(k)
		if err != nil {
			return err == io.EOF
		}
	}
	return true
}

// converted does what conv says to a block.
func (d *copying) converted(buf []byte, n int) []byte {
	b := buf[:n]
	for i := range b {
		switch c := b[i]; {
		case d.conv["ucase"] && c >= 'a' && c <= 'z':
			b[i] -= 32
		case d.conv["lcase"] && c >= 'A' && c <= 'Z':
			b[i] += 32
		}
	}
	if d.conv["swab"] {
		for i := 0; i+1 < n; i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
	}
	if d.conv["sync"] {
		clear(buf[n:])
		return buf
	}
	return b
}

func (d *copying) write(w io.Writer, block []byte) bool {
	n, err := w.Write(block)
	d.copied += int64(n)
	switch {
	case err != nil:
		if d.p.Ctx.Err() == nil && !errors.Is(err, proc.ErrSpent) {
			d.p.Complain("error writing %s: %s", gnu.Always(d.p, d.name(d.out, "standard output")), gnu.Why(err))
		}
		d.code = 1
		return false
	case int64(n) == d.obs:
		d.whole[1]++
	default:
		d.part[1]++
	}
	return true
}

// report writes what was copied.
func (d *copying) report() {
	if d.status == "none" || d.p.Ctx.Err() != nil {
		return
	}
	text := fmt.Sprintf("%d+%d records in\n%d+%d records out\n", d.whole[0], d.part[0], d.whole[1], d.part[1])
	took := max(time.Since(d.began).Seconds(), 0.00002)
	if d.status != "noxfer" {
		text += d.sizes() + ", " + strconv.FormatFloat(took, 'g', 6, 64) + " s, " + speed(float64(d.copied)/took) + "\n"
	}
	_, _ = d.p.Err.Write([]byte(text))
}

// sizes writes how much was copied, in two units where they say more.
func (d *copying) sizes() string {
	n := d.copied
	switch {
	case d.busy:
		return fmt.Sprintf("%d bytes (%s) copied", n, strings.TrimSuffix(strings.Replace(long(n, 1024), "i", "", 1), " "))
	case n == 1:
		return "1 byte copied"
	case n < 1000:
		return fmt.Sprintf("%d bytes copied", n)
	case n < 1024:
		return fmt.Sprintf("%d bytes (%s) copied", n, long(n, 1000))
	}
	return fmt.Sprintf("%d bytes (%s, %s) copied", n, long(n, 1000), long(n, 1024))
}

// long writes a size with its unit: "3.1 kB", "3.0 KiB".
func long(n int64, base float64) string {
	units, tail := []string{"", "k", "M", "G", "T", "P", "E"}, "B"
	if base == 1024 {
		units, tail = []string{"", "K", "M", "G", "T", "P", "E"}, "iB"
	}
	v, i := float64(n), 0
	for v >= base && i < len(units)-1 {
		v /= base
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	if v < 9.95 {
		return fmt.Sprintf("%.1f %s%s", v, units[i], tail)
	}
	return fmt.Sprintf("%.0f %s%s", v, units[i], tail)
}

func speed(perSecond float64) string {
	if perSecond < 1000 {
		return fmt.Sprintf("%.1f kB/s", perSecond/1000)
	}
	return long(int64(perSecond), 1000) + "/s"
}
