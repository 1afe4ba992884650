package script

import (
	"path/filepath"
	"strings"

	"gait/internal/lines"
	"gait/recording/reader"
)

// timingSuffixes are what people put behind the name of a timing file.
var timingSuffixes = [...]string{".timing", ".tm", ".time"}

// dataSuffixes are what people put behind the name of a typescript.
var dataSuffixes = [...]string{"", ".typescript", ".log", ".out", ".script", ".ts", ".io"}

// timingNames gives the names that the timing file of a typescript may have.
func timingNames(name string) []string {
	var names []string
	stems := []string{name}
	if stem := strings.TrimSuffix(name, filepath.Ext(name)); stem != name && stem != "" {
		stems = append(stems, stem)
	}
	for _, stem := range stems {
		for _, s := range timingSuffixes {
			names = append(names, stem+s)
		}
	}
	if strings.Contains(name, "typescript") {
		names = append(names, strings.Replace(name, "typescript", "timing", 1))
	}
	return append(names, "timing")
}

// dataNames gives the names that the typescript of a timing file may have.
func dataNames(name string) []string {
	var names []string
	for _, s := range timingSuffixes {
		if stem, ok := strings.CutSuffix(name, s); ok && stem != "" {
			for _, d := range dataSuffixes {
				names = append(names, stem+d)
			}
		}
	}
	if strings.Contains(name, "timing") {
		names = append(names, strings.Replace(name, "timing", "typescript", 1))
	}
	return append(names, "typescript")
}

// logNames are the files that an advanced timing file names.
type logNames struct{ output, input string }

// shared says whether one file holds both streams, or the only one.
func (n logNames) shared() bool { return n.output == n.input }

// readNames reads the headers of a timing file up to its first event. ok is
// false where no line of it is one of a timing file.
func readNames(p place, lim reader.Limits) (n logNames, ok bool, err error) {
	src, c, err := p.open()
	if err != nil {
		return n, false, err
	}
	defer c.Close()
	for r := lines.NewReader(src.Reader(), lim.Line); ; {
		line, _, _, err := r.Next()
		if err != nil {
			return n, ok, nil // playing it will tell
		}
		e, good := parseEntry(line)
		if !good {
			continue
		}
		ok = true
		if e.kind != 'H' {
			return n, ok, nil
		}
		switch name, value := e.header(); name {
		case "OUTPUT_LOG":
			n.output = value
		case "INPUT_LOG":
			n.input = value
		}
	}
}

// openTypescript finds what belongs to a file of bytes.
func (r *recording) openTypescript() error {
	src := r.src
	var err error
	if src.Timing != "" {
		r.timing, err = named(src)
	} else if r.timing = search(src, timingNames(src.Name), isTiming); r.timing.empty() {
		err = &reader.Error{
			Path: src.Path, At: -1, What: "a typescript holds no times, and no timing file was found beside it",
			Do: "name it with --timing FILE",
		}
	}
	if err != nil {
		return err
	}
	var ok bool
	if r.names, ok, err = readNames(r.timing, r.lim); err != nil || !ok {
		return &reader.Error{
			Path: src.Path, At: -1, What: "what was given or found as its timing file is none of script(1)", Err: err,
			Do: "name the file that script wrote for --timing, --log-timing or -t",
		}
	}
	self, n := place{src: src}, r.names
	switch {
	case n.shared():
		r.output, r.input = self, self
	case n.input == "":
		r.output = self
	case n.output == "":
		r.input = self
	case baseName(n.input) == src.Name && baseName(n.output) != src.Name:
		r.input, r.output = self, r.other(n.output)
	default:
		r.output, r.input = self, r.other(n.input)
	}
	return nil
}

// openTiming finds the files of bytes that belong to a timing file.
func (r *recording) openTiming() error {
	src := r.src
	r.timing = place{src: src}
	r.names, _, _ = readNames(r.timing, r.lim)
	n := r.names
	if n.output != "" {
		r.output = r.other(n.output)
	}
	if n.shared() {
		r.input = r.output
	} else if n.input != "" {
		r.input = r.other(n.input)
	}
	if !r.output.empty() || !r.input.empty() {
		return nil
	}
	r.missing = 0
	p := search(src, dataNames(src.Name), isTypescript)
	if p.empty() {
		return r.noData()
	}
	if n.shared() {
		r.output, r.input = p, p
	} else if n.output == "" {
		r.input = p
	} else {
		r.output = p
		if n.input != "" {
			r.missing = 1
		}
	}
	return nil
}

// other gives the place of a file that the timing file names, and counts one
// that is missing.
func (r *recording) other(name string) place {
	p := neighbour(r.src, name)
	if p.empty() {
		r.missing++
	}
	return p
}

// noData says what is missing beside a timing file.
func (r *recording) noData() error {
	e := &reader.Error{
		Path: r.src.Path, At: -1, What: "this timing file of script(1) has no typescript beside it",
		Do: "give the typescript, and this file with --timing",
	}
	if name := r.names.output + r.names.input; name != "" {
		e.What = "the files that this timing file of script(1) names are not beside it"
		e.Do = "put them into its folder, or give the typescript, and this file with --timing"
	}
	return e
}
