package recording

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"gait/recording/reader"
)

// foreign are things that lie about where recordings do, by how they begin.
var foreign = []struct{ magic, what, do string }{
	{"\xfd7zXZ\x00", "xz data", "unpack it first with xz -d"},
	{"BZh", "bzip2 data", "unpack it first with bzip2 -d"},
	{"PK\x03\x04", "a zip archive", "unpack it first"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"},
	{"Rar!", "a rar archive", "unpack it first"},
	{"\x04\x22\x4d\x18", "lz4 data", "unpack it first with lz4 -d"},
	{"\xd4\xc3\xb2\xa1", "a network capture", ""},
	{"\x4d\x3c\xb2\xa1", "a network capture", ""},
	{"\xa1\xb2\xc3\xd4", "a network capture", ""},
	{"\x0a\x0d\x0d\x0a", "a network capture", ""},
	{"SQLite format 3\x00", "an SQLite database", ""},
	{"\x7fELF", "a program", ""},
	{"MZ", "a program", ""},
	{"%PDF-", "a PDF document", ""},
	{"\x89PNG", "a picture", ""},
	{"GIF8", "a picture", ""},
	{"\xff\xd8\xff", "a picture", ""},
	{"#!", "a program's source", ""},
	{"<?xml", "an XML document", ""},
	{"<!", "a web page", ""},
	{"\xff\xfe", "text in UTF-16", "convert it to UTF-8 first"},
	{"\xfe\xff", "text in UTF-16", "convert it to UTF-8 first"},
}

// explain says of an input that no format claims what it seems to be. It shows
// nothing of the input itself.
func explain(head []byte, unpacked bool, kinds []kind) error {
	e := &reader.Error{At: -1, Do: "known formats: " + formatNames(kinds)}
	what := ""
	switch i := slices.IndexFunc(foreign, func(f struct{ magic, what, do string }) bool {
		return bytes.HasPrefix(head, []byte(f.magic))
	}); {
	case len(head) == 0:
		e.What, e.Do = "is empty", "nothing has been recorded in it, or not yet"
		if unpacked {
			e.What = "is empty once unpacked"
		}
		return e
	case i >= 0:
		what = foreign[i].what
		if foreign[i].do != "" {
			e.Do = foreign[i].do
		}
	case len(bytes.Trim(head, "\x00")) == 0:
		e.What, e.Do = "holds only NUL bytes", "its content was lost, as after a crash or a copy that did not end"
		return e
	default:
		what = textOrNot(head)
	}
	e.What = "is no recording: it looks like " + what
	return e
}

// textOrNot tells JSON, other text and binary data apart.
func textOrNot(head []byte) string {
	cut := head
	for n := 0; n < utf8.UTFMax && !utf8.Valid(cut) && len(cut) > 0; n++ {
		cut = cut[:len(cut)-1] // the head may end within a character
	}
	if !utf8.Valid(cut) || bytes.IndexByte(head, 0) >= 0 {
		return "binary data of no known kind"
	}
	switch t := bytes.TrimLeft(cut, " \t\r\n\ufeff"); {
	case bytes.HasPrefix(t, []byte("{")):
		return "JSON of no known recorder"
	case bytes.HasPrefix(t, []byte("[")):
		return "a JSON list"
	}
	return "text"
}

// formatNames lists the formats that are known.
func formatNames(kinds []kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name()
	}
	return strings.Join(names, ", ")
}
