package script

import (
	"bytes"
	"regexp"
)

// The lines of a timing file as script writes them. Readers take more than
// this; detection must not claim other text.
var (
	timedLine  = regexp.MustCompile(`^([IO] )?\d{1,10}\.\d{6} \d{1,18}$|^S \d{1,10}\.\d{6} SIG[A-Z0-9]{1,9}( [ -~]*)?$`)
	headerLine = regexp.MustCompile(`^H \d{1,10}\.\d{6} [A-Z_]{1,32}( .*)?$`)
	firstLine  = regexp.MustCompile(`^H 0\.000000 (START_TIME|TERM|TTY|COLUMNS|LINES|SHELL|COMMAND|TIMING_LOG|OUTPUT_LOG|INPUT_LOG) `)
	// translated is a typescript's first line in another language: only the
	// date and what stands in brackets are always the same.
	translated = regexp.MustCompile(`^\S.* \d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S* \[((COMMAND|TERM|TTY)=".*"( <[^<>]*>)?|<[^<>]*>)\]$`)
)

// isTiming says whether head begins a timing file. A first header line that
// names a header of script is enough; else every line must fit.
func isTiming(head []byte) bool {
	if firstLine.Match(head) {
		return true
	}
	for n := 0; ; n++ {
		line, rest, ended := bytes.Cut(head, []byte("\n"))
		if !ended && n > 0 {
			return true // what a limit of head or a crash has cut
		}
		if !timedLine.Match(line) && !(n > 0 && headerLine.Match(line)) {
			return false
		}
		if len(rest) == 0 {
			return true
		}
		head = rest
	}
}

// isTypescript says whether head begins with the first line of a typescript.
func isTypescript(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return bytes.HasPrefix(line, []byte("Script started on ")) || translated.Match(bytes.TrimRight(line, "\r"))
}
