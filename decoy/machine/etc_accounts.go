package machine

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// etcAccounts adds the files of accounts and groups, and the homes.
func (b *builder) etcAccounts() {
	m := b.m
	changed := int(m.Setup.Sub(time.Unix(0, 0)).Hours() / 24)
	var passwd, shadow, group, gshadow strings.Builder
	for _, a := range m.accounts {
		fmt.Fprintf(&passwd, "%s:x:%d:%d:%s:%s:%s\n", a.name, a.uid, a.gid, a.info, a.home, a.shell)
		limits := "0:99999:7:::"
		if a.password == "!*" {
			limits = "::::::"
		}
		fmt.Fprintf(&shadow, "%s:%s:%d:%s\n", a.name, a.password, changed, limits)
	}
	member := func(group string) string {
		switch {
		case group == "users":
			return strings.Join(m.Users, ",")
		case len(m.Users) > 0 && slices.Contains(joined, group):
			return m.Users[0]
		}
		return ""
	}
	line := func(name, number string) {
		mark := "*"
		if n := len(number); n >= 3 && number != "100" && number != "65534" {
			mark = "!"
		}
		fmt.Fprintf(&group, "%s:x:%s:%s\n", name, number, member(name))
		fmt.Fprintf(&gshadow, "%s:%s::%s\n", name, mark, member(name))
	}
	for _, g := range strings.Fields(groups) {
		name, number, _ := strings.Cut(g, ":")
		line(name, number)
	}
	for _, name := range m.Users {
		line(name, fmt.Sprint(m.account(name).gid))
	}
	b.when = m.Setup.Add(11 * time.Minute)
	for _, f := range []struct{ name, text string }{{"passwd", passwd.String()}, {"group", group.String()}} {
		b.file("/etc/"+f.name, 0o644, f.text)
		b.file("/etc/"+f.name+"-", 0o644, f.text)
	}
	b.gid = 42
	for _, f := range []struct{ name, text string }{{"shadow", shadow.String()}, {"gshadow", gshadow.String()}} {
		b.file("/etc/"+f.name, 0o640, f.text)
		b.file("/etc/"+f.name+"-", 0o640, f.text)
	}
	b.gid = 0
	b.folder("/root", 0o700)
	for _, name := range m.Users {
		a := m.account(name)
		b.folder("/home", 0o755)
		b.uid, b.gid = a.uid, a.gid
		b.folder(a.home, 0o700)
		b.uid, b.gid = 0, 0
	}
}
