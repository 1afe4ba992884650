package environmental

import (
	"gait"
	"gait/profile"
)

// Locale tells which language the shell is set to.
var Locale = &profile.Primitive{
	Name:    "environmental.locale",
	Title:   "language of the shell",
	Kind:    profile.Tag,
	Grammar: "a BCP-47 tag: a language of 2 or 3 letters, optionally - and a region of 2 or 3 letters; or und",
	Doc: `Which language the shell is set to, where the output shows it. In the output of the whole session, escape
sequences removed, the places are looked at where LC_ALL=, LANG= or LC_CTYPE= stands, also inside a longer word,
directly followed by POSIX, or by a language of 2 or 3 letters and optionally _ and a region of 2 or 3 letters, or
by C. What follows does not matter: LANG=english gives eng. The first such place of the strongest variable counts:
LC_ALL before LANG before LC_CTYPE. en_US.UTF-8 gives en-US, de gives de, C and POSIX give und.

Confidence is 0.80. Silent without a command, and where no such place is found.`,
	Needs: profile.NeedInput | profile.NeedOutput,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "commands", Bound: 1, Says: "silent below"},
	},
	Observe:  observeLocale,
	Evidence: evidenceLocale,
}

func observeLocale(v *profile.View) profile.Answer {
	n := v.Commands().Len()
	if n == 0 {
		return profile.Silent
	}
	tag := v.Screen().Locale
	if tag == "" {
		return profile.Silent
	}
	return profile.Say(tag, 0.80, float64(n))
}

func evidenceLocale(v *profile.View, m *profile.Marks) { m.Locale(v) }
