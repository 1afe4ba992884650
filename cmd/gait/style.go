package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// style writes text with or without the colours of a terminal. What it shows
// in colour can always be told without.
type style bool

// The few looks that are used, as SGR parameters.
const (
	bold  = "1"
	faint = "2"
	title = "1;36" // bold cyan
	alert = "33"   // yellow
)

// paint puts text into a look.
func (s style) paint(look, text string) string {
	if !s || text == "" {
		return text
	}
	return "\x1b[" + look + "m" + text + "\x1b[0m"
}

// cells is the width of a text in a terminal, taking each character for one
// cell.
func cells(s string) int { return utf8.RuneCountInString(s) }

// pad fills a text with spaces up to a width.
func pad(s string, width int) string {
	if n := width - cells(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// clip cuts a text to a width, with a mark where something is missing.
func clip(s string, width int) string {
	if cells(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	r := []rune(s)
	return string(r[:width-1]) + "…"
}

// clipLeft cuts a text to a width and keeps its end.
func clipLeft(s string, width int) string {
	if cells(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	r := []rune(s)
	return "…" + string(r[len(r)-width+1:])
}

// wrap breaks a text into lines of at most a width, at spaces; a word that is
// longer has a line of its own and is clipped.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		word = clip(word, width)
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// join puts pieces of text that say something in a row.
func join(sep string, parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, sep)
}

// barCells is the width of a bar.
const barCells = 5

// upperFirst begins a text with a capital.
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// bar draws a share of 0 to 1 in eighths of a cell.
func bar(share float64) string {
	n := int(max(0, min(1, share))*barCells*8 + 0.5)
	s := strings.Repeat("█", n/8)
	if n%8 > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[n%8-1])
	}
	return pad(s, barCells)
}
