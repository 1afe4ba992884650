package profiletest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// word is one part of a statement: a bare word, or a text that stood in quotes.
type word struct {
	text   string
	quoted bool
}

// fields takes a statement apart at white space outside quotes.
func fields(line string) ([]word, error) {
	var words []word
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " \t") {
		if c := line[0]; c != '"' && c != '`' {
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			words = append(words, word{text: line[:end]})
			line = line[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("text %s: quotes or escapes are not those of Go", line)
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("text %s: %w", quoted, err)
		}
		line = line[len(quoted):]
		if line != "" && line[0] != ' ' && line[0] != '\t' {
			return nil, fmt.Errorf("text %s: no space after the quotes", quoted)
		}
		words = append(words, word{text, true})
	}
	return words, nil
}

// pairs hands each argument of the form NAME=VALUE to set.
func pairs(args []word, set func(name, value string) error) error {
	if len(args) == 0 {
		return errors.New("no NAME=VALUE given")
	}
	for _, a := range args {
		name, value, ok := strings.Cut(a.text, "=")
		if !ok || a.quoted || name == "" {
			return fmt.Errorf("%q is not of the form NAME=VALUE", a.text)
		}
		if err := set(name, value); err != nil {
			return err
		}
	}
	return nil
}
