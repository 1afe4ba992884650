package gnu

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Strftime writes a time as strftime(3) and date(1) do: with the flags _, -, 0,
// ^ and # and a width.
func Strftime(format string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		from := i
		i++
		flags, width := "", 0
		for i < len(format) && strings.IndexByte("_-0^#+", format[i]) >= 0 {
			flags += format[i : i+1]
			i++
		}
		for i < len(format) && format[i] >= '0' && format[i] <= '9' {
			width = min(width*10+int(format[i]-'0'), 1000)
			i++
		}
		colons := 0
		for i < len(format) && format[i] == ':' {
			colons++
			i++
		}
		for i < len(format) && (format[i] == 'E' || format[i] == 'O') {
			i++
		}
		if i == len(format) {
			b.WriteString(format[from:])
			break
		}
		text, ok := conversion(format[i], t, colons)
		if !ok {
			b.WriteString(format[from : i+1])
			continue
		}
		b.WriteString(flagged(text, format[i], flags, width))
	}
	return b.String()
}

// flagged changes the padding and case of a conversion.
func flagged(text string, verb byte, flags string, width int) string {
	number := strings.IndexByte("dHIjmMSUVWyYCGgNskleu", verb) >= 0
	for _, f := range flags {
		switch {
		case f == '^' || f == '#' && verb != 'Z' && verb != 'p':
			text = strings.ToUpper(text)
		case f == '#':
			text = strings.ToLower(text)
		case f == '-' && number:
			if text = strings.TrimLeft(text, "0 "); text == "" {
				text = "0"
			}
		case f == '_' && number:
			width = max(width, len(text))
			if text = strings.TrimLeft(text, "0"); text == "" {
				text = "0"
			}
			number = false
		case f == '0':
			text = strings.ReplaceAll(text, " ", "0")
		}
	}
	if verb == 'N' {
		if width > 0 && width < 9 {
			return text[:min(width, len(text))]
		}
		return text
	}
	if pad := width - len(text); pad > 0 {
		fill := " "
		if number {
			fill = "0"
		}
		text = strings.Repeat(fill, pad) + text
	}
	return text
}

// layouts are the conversions that are a layout of package time.
const layouts = "aMon AMonday bJan hJan BJanuary cMon_Jan__2_15:04:05_2006 d02 D01/02/06 e_2 F2006-01-02 H15 I03 j002 m01 M04 pPM Ppm r03:04:05_PM R15:04 S05 T15:04:05 x01/02/2006 X03:04:05_PM y06 Y2006 ZMST z-0700"

// conversion writes one conversion without its flags.
func conversion(c byte, t time.Time, colons int) (string, bool) {
	year, week := t.ISOWeek()
	switch c {
	case '%':
		return "%", true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'N':
		return fmt.Sprintf("%09d", t.Nanosecond()), true
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100), true
	case 'e':
		return fmt.Sprintf("%2d", t.Day()), true
	case 'k':
		return fmt.Sprintf("%2d", t.Hour()), true
	case 'l':
		return fmt.Sprintf("%2d", (t.Hour()+11)%12+1), true
	case 'c':
		return t.Format("Mon Jan _2 15:04:05 2006"), true
	case 'u':
		return strconv.Itoa((int(t.Weekday())+6)%7 + 1), true
	case 'w':
		return strconv.Itoa(int(t.Weekday())), true
	case 'q':
		return strconv.Itoa((int(t.Month())-1)/3 + 1), true
	case 'G':
		return strconv.Itoa(year), true
	case 'g':
		return fmt.Sprintf("%02d", year%100), true
	case 'V':
		return fmt.Sprintf("%02d", week), true
	case 'U':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7), true
	case 'W':
		return fmt.Sprintf("%02d", (t.YearDay()+6-(int(t.Weekday())+6)%7)/7), true
	case 'z':
		return t.Format([]string{"-0700", "-07:00", "-07:00:00", "-07"}[min(colons, 3)]), true
	}
	for _, l := range strings.Fields(layouts) {
		if l[0] == c {
			return t.Format(strings.ReplaceAll(l[1:], "_PM", " PM")), true
		}
	}
	return "", false
}

// ParseTime reads a date as people write it for date -d and touch -d. It is
// false for what it does not understand.
func ParseTime(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "UTC"))
	if rest, ok := strings.CutPrefix(text, "@"); ok {
		sec, frac, _ := strings.Cut(rest, ".")
		n, err := strconv.ParseInt(sec, 10, 64)
		ns, _ := strconv.ParseInt((frac + "000000000")[:9], 10, 64)
		return time.Unix(n, ns).UTC(), err == nil && n > -1<<40 && n < 1<<40
	}
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	for _, l := range []string{"2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02", "20060102", "20060102 15:04", "20060102 15:04:05", "01/02/2006", "1/2/2006", "01/02/2006 15:04", "01/02/2006 15:04:05",
		"2 Jan 2006", "Jan 2 2006", "Jan 2, 2006", "2 January 2006", "January 2, 2006", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "Jan 2 2006 15:04", "Jan 2 2006 15:04:05", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", time.RFC1123, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700"} {
		if t, err := time.ParseInLocation(l, strings.Join(strings.Fields(text), " "), time.UTC); err == nil {
			return t.UTC(), true
		}
	}
	for _, l := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(l, text); err == nil {
			return day.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second), true
		}
	}
	return relative(strings.ToLower(text), now, day)
}

// relative reads "2 days ago", "yesterday", "next week", "-1 hour".
func relative(text string, now, day time.Time) (time.Time, bool) {
	t, words := now, strings.Fields(text)
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch w {
		case "now", "today":
			continue
		case "yesterday":
			t = t.AddDate(0, 0, -1)
			continue
		case "tomorrow":
			t = t.AddDate(0, 0, 1)
			continue
		case "midnight":
			t = day
			continue
		case "ago":
			continue
		}
		n := 1
		switch v, err := strconv.Atoi(w); {
		case err == nil:
			n = v
			i++
		case w == "last":
			n = -1
			i++
		case w == "next":
			i++
		}
		if i >= len(words) || n > 1<<24 || n < -1<<24 {
			return t, false
		}
		if i+1 < len(words) && words[i+1] == "ago" {
			n = -n
		}
		var ok bool
		if t, ok = moved(t, n, words[i]); !ok {
			return t, false
		}
	}
	return t, len(words) > 0
}

// moved moves a time by so many units.
func moved(t time.Time, n int, unit string) (time.Time, bool) {
	switch strings.TrimSuffix(unit, "s") {
	case "second", "sec":
		return t.Add(time.Duration(n) * time.Second), true
	case "minute", "min":
		return t.Add(time.Duration(n) * time.Minute), true
	case "hour":
		return t.Add(time.Duration(n) * time.Hour), true
	case "day":
		return t.AddDate(0, 0, n), true
	case "week":
		return t.AddDate(0, 0, 7*n), true
	case "fortnight":
		return t.AddDate(0, 0, 14*n), true
	case "month":
		return t.AddDate(0, n, 0), true
	case "year":
		return t.AddDate(n, 0, 0), true
	}
	return t, false
}
