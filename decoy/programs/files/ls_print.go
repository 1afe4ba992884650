package files

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// print shows entries in the layout.
func (l *lister) print(list []*entry) {
	if l.layout == "l" || l.layout == "C" || l.layout == "x" {
		l.align(list)
	}
	switch l.layout {
	case "l":
		l.long(list)
	case "C", "x":
		l.columns(list)
	case "m":
		l.commas(list)
	default:
		w := l.prefixes(list)
		for _, e := range list {
			l.out.WriteString(w.of(l, e))
			l.name(e, 0)
			l.out.WriteString(l.end())
		}
	}
}

// align puts a space before names without quotes where others have them.
func (l *lister) align(list []*entry) {
	if l.quoting != "shell" {
		return
	}
	some := false
	for _, e := range list {
		some = some || e.quoted != e.name
	}
	for _, e := range list {
		if some && e.quoted == e.name {
			e.quoted = " " + e.quoted
		}
	}
}

// indicator is what -F and -p put after a name.
func (l *lister) indicator(i *vfs.Info) string {
	if l.classify == "" {
		return ""
	}
	if i.IsDir() {
		return "/"
	}
	if l.classify == "/" {
		return ""
	}
	switch i.Kind() {
	case vfs.Link:
		return "@"
	case vfs.Pipe:
		return "|"
	case vfs.Socket:
		return "="
	case vfs.Regular:
		if l.classify == "F" && i.Mode&0o111 != 0 {
			return "*"
		}
	}
	return ""
}

// name writes the name with its colour and indicator; from is the column.
func (l *lister) name(e *entry, from int) {
	text := strings.TrimPrefix(e.quoted, " ")
	if text != e.quoted {
		l.out.WriteByte(' ')
	}
	code := ""
	if l.colors != nil {
		code = l.colors.of(&e.Info, e.dest, e.name)
	}
	l.painted(code, text, from, from+width(e.quoted))
	if !(l.layout == "l" && e.Kind() == vfs.Link) {
		l.out.WriteString(l.indicator(&e.Info))
	}
}

// painted writes a text in a colour.
func (l *lister) painted(code, text string, from, to int) {
	if code == "" {
		l.out.WriteString(text)
		return
	}
	if !l.colors.used {
		l.colors.used = true
		l.out.WriteString("\x1b[0m")
	}
	l.out.WriteString("\x1b[" + code + "m" + text + "\x1b[0m")
	if l.width > 0 && from/l.width != (to-1)/l.width {
		l.out.WriteString("\x1b[K")
	}
}

func width(s string) int { return utf8.RuneCountInString(s) }

// blocks writes a number of blocks of 512 bytes.
func (l *lister) blocks(n int64) string {
	if l.human > 0 {
		return gnu.Human(n*512, l.human)
	}
	if l.unit > 0 {
		return strconv.FormatInt((n*512+l.unit-1)/l.unit, 10)
	}
	return strconv.FormatInt((n+1)/2, 10)
}

func (l *lister) size(n int64) string {
	if l.human > 0 {
		return gnu.Human(n, l.human)
	}
	if l.unit > 0 {
		n = (n + l.unit - 1) / l.unit
	}
	return strconv.FormatInt(n, 10)
}

// widths are those of the columns before the names.
type widths struct {
	inode, blocks, links, user, group, size, major, minor int
}

// prefixes gives the widths of what -i and -s put before a name.
func (l *lister) prefixes(list []*entry) (w widths) {
	for _, e := range list {
		if l.o.Has("i") {
			w.inode = max(w.inode, len(strconv.FormatUint(e.Inode, 10)))
		}
		if l.o.Has("s") {
			w.blocks = max(w.blocks, len(l.blocks(gnu.Blocks(e.Info))))
		}
	}
	return w
}

// of gives what stands before the name of an entry.
func (w widths) of(l *lister, e *entry) (s string) {
	if l.o.Has("i") {
		s += fmt.Sprintf("%*d ", w.inode, e.Inode)
	}
	if l.o.Has("s") {
		s += fmt.Sprintf("%*s ", w.blocks, l.blocks(gnu.Blocks(e.Info)))
	}
	return s
}

func (l *lister) user(e *entry) string {
	if l.o.Has("n") {
		return strconv.Itoa(e.UID)
	}
	name, _ := l.owners.User(e.UID)
	return name
}

func (l *lister) group(e *entry) string {
	if l.o.Has("n") {
		return strconv.Itoa(e.GID)
	}
	name, _ := l.owners.Group(e.GID)
	return name
}

func isDevice(i *vfs.Info) bool { return i.Kind() == vfs.Character || i.Kind() == vfs.Block }

// long writes the long format.
func (l *lister) long(list []*entry) {
	w := l.prefixes(list)
	for _, e := range list {
		w.links = max(w.links, len(strconv.Itoa(e.LinkCount())))
		w.user = max(w.user, width(l.user(e)))
		w.group = max(w.group, width(l.group(e)))
		if isDevice(&e.Info) {
			w.major = max(w.major, len(strconv.Itoa(int(e.Device>>8))))
			w.minor = max(w.minor, len(strconv.Itoa(int(e.Device&0xff))))
			w.size = max(w.size, w.major+2+w.minor)
		} else {
			w.size = max(w.size, len(l.size(e.Size())))
		}
	}
	for _, e := range list {
		l.line(e, w)
	}
}

func (l *lister) line(e *entry, w widths) {
	size := l.size(e.Size())
	if isDevice(&e.Info) {
		size = fmt.Sprintf("%*d, %*d", max(w.major, w.size-2-w.minor), e.Device>>8, w.minor, e.Device&0xff)
	}
	text := w.of(l, e) + fmt.Sprintf("%s %*d ", gnu.ModeText(e.Mode), w.links, e.LinkCount())
	if !l.o.Has("g") {
		text += l.field(l.user(e), w.user)
	}
	if !l.o.Has("o", "G") {
		text += l.field(l.group(e), w.group)
	}
	text += fmt.Sprintf("%*s %s ", w.size, size, l.dated(e.Modified))
	l.out.WriteString(text)
	l.name(e, width(text))
	if e.Kind() == vfs.Link {
		l.out.WriteString(" -> ")
		code := ""
		if l.colors != nil && e.dest != nil && l.colors.orphans() {
			code = l.colors.of(e.dest, nil, e.target)
		} else if l.colors != nil && l.colors.orphans() {
			code = l.colors.code["mi"]
			if code == "" || strings.Trim(code, "0") == "" {
				code = l.colors.code["or"]
			}
		}
		l.painted(code, l.quote(e.target), 0, 1)
		if e.dest != nil {
			l.out.WriteString(l.indicator(e.dest))
		}
	}
	l.out.WriteString(l.end())
}

// field writes a name to the left and a number to the right.
func (l *lister) field(s string, w int) string {
	if l.o.Has("n") {
		return fmt.Sprintf("%*s ", w, s)
	}
	return s + strings.Repeat(" ", w-width(s)+1)
}

// halfYear is how old a file's time is shown with the hour: half of a year of
// 365.2425 days.
const halfYear = 31556952 / 2 * time.Second

// dated writes the time of a file.
func (l *lister) dated(t time.Time) string {
	style := strings.TrimPrefix(l.style, "posix-")
	if after, ok := strings.CutPrefix(style, "+"); ok {
		return gnu.Strftime(after, t)
	}
	if t.After(l.now) { // it may have come since the listing began
		l.now = l.p.Now()
	}
	recent := t.After(l.now.Add(-halfYear)) && !t.After(l.now)
	switch {
	case style == "full-iso":
		return gnu.Strftime("%Y-%m-%d %H:%M:%S.%N %z", t)
	case style == "long-iso":
		return t.Format("2006-01-02 15:04")
	case style == "iso" && recent:
		return t.Format("01-02 15:04")
	case style == "iso":
		return t.Format("2006-01-02 ")
	case recent:
		return t.Format("Jan _2 15:04")
	}
	return t.Format("Jan _2  2006")
}

// columns writes names in columns: downwards, or across with -x.
func (l *lister) columns(list []*entry) {
	if len(list) == 0 {
		return
	}
	w := l.prefixes(list)
	lengths := make([]int, len(list))
	for i, e := range list {
		lengths[i] = width(w.of(l, e)) + width(e.quoted) + len(l.indicator(&e.Info))
	}
	across := l.layout == "x"
	cols, each := fit(lengths, l.width, across)
	rows := (len(list) + cols - 1) / cols
	for row := range rows {
		at := 0
		for col := range cols {
			i := col*rows + row
			if across {
				i = row*cols + col
			}
			if i >= len(list) {
				break
			}
			if col > 0 {
				start := 0
				for _, c := range each[:col] {
					start += c
				}
				l.indent(at, start)
				at = start
			}
			l.out.WriteString(w.of(l, list[i]))
			l.name(list[i], at)
			at += lengths[i]
		}
		l.out.WriteByte('\n')
	}
}

// fit gives the most columns that a line takes, and their widths with the two
// spaces between them.
func fit(lengths []int, line int, across bool) (cols int, each []int) {
	for cols = min(max(line/3, 1), len(lengths)); cols > 1; cols-- {
		each = make([]int, cols)
		rows := (len(lengths) + cols - 1) / cols
		for i, n := range lengths {
			col := i / rows
			if across {
				col = i % cols
			}
			if col < cols-1 {
				n += 2
			}
			each[col] = max(each[col], n, 3)
		}
		sum := 0
		for _, n := range each {
			sum += n
		}
		if sum < line {
			return cols, each
		}
	}
	return 1, []int{0}
}

// indent goes to a column, with tabs where they reach.
func (l *lister) indent(from, to int) {
	for from < to {
		if l.tab > 0 && to/l.tab > (from+1)/l.tab {
			l.out.WriteByte('\t')
			from += l.tab - from%l.tab
		} else {
			l.out.WriteByte(' ')
			from++
		}
	}
}

// commas writes names after each other.
func (l *lister) commas(list []*entry) {
	at := 0
	w := l.prefixes(list)
	for i, e := range list {
		n := width(w.of(l, e)) + width(e.quoted) + len(l.indicator(&e.Info))
		if i > 0 {
			if at+n+2 < l.width {
				l.out.WriteString(", ")
				at += 2
			} else {
				l.out.WriteString(",\n")
				at = 0
			}
		}
		l.out.WriteString(w.of(l, e))
		l.name(e, at)
		at += n
	}
	l.out.WriteByte('\n')
}
