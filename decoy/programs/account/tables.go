package account

import (
	"crypto/rand"
	"crypto/sha512"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// row gives the fields of the line of a name in a file; nil for none.
func row(p *proc.Process, file, name string) []string {
	for _, line := range lines(p, file) {
		if f := strings.Split(line, ":"); f[0] == name {
			return f
		}
	}
	return nil
}

// edit changes each line of a file of accounts: change gives the fields as
// they are to be, nil to leave the line out.
func edit(p *proc.Process, file string, change func(f []string) []string) error {
	var b strings.Builder
	for _, line := range lines(p, file) {
		if f := change(strings.Split(line, ":")); f != nil {
			b.WriteString(strings.Join(f, ":") + "\n")
		}
	}
	return p.FS.WriteFile(file, []byte(b.String()), 0o644)
}

// add adds a line to a file of accounts.
func add(p *proc.Process, file string, fields ...string) error {
	list := append(lines(p, file), strings.Join(fields, ":"))
	return p.FS.WriteFile(file, []byte(strings.Join(list, "\n")+"\n"), 0o644)
}

// today is the number of the day as /etc/shadow has it.
func today(p *proc.Process) string { return strconv.FormatInt(p.Now().Unix()/86400, 10) }

// day writes a day of /etc/shadow in some form.
func day(text, layout string) string {
	n, err := strconv.Atoi(text)
	if err != nil {
		return "never"
	}
	return time.Unix(int64(n)*86400, 0).UTC().Format(layout)
}

// scramble gives what looks like the yescrypt hash of a password. It is of the
// right form only: nobody checks it.
func scramble(password string) string {
	const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	salt := rand.Text()
	sum := sha512.Sum512([]byte(salt + password))
	more := sha512.Sum512(sum[:])
	word := func(b []byte) string {
		out := make([]byte, len(b))
		for i, c := range b {
			out[i] = alphabet[c%64]
		}
		return string(out)
	}
	return "$y$j9T$" + word(sum[:21]) + "/$" + word(more[:43])
}

// setPassword sets the hash of a name in /etc/shadow.
func setPassword(p *proc.Process, name, hash string) error {
	return edit(p, "/etc/shadow", func(f []string) []string {
		if f[0] == name && len(f) > 2 {
			f[1], f[2] = hash, today(p)
		}
		return f
	})
}

// refuse says that somebody who is not root must not change accounts.
func refuse(p *proc.Process, file string) int {
	fmt.Fprintf(p.Err, "%[1]s: Permission denied.\n%[1]s: cannot lock %[2]s; try again later.\n", p.Name(), file)
	return 1
}

// ask writes a prompt and reads a line that is not shown; false at the end of
// the input.
func ask(p *proc.Process, prompt string) (string, bool) {
	fmt.Fprint(p.Err, prompt)
	if p.InTTY && p.Terminal != nil {
		old := p.Terminal.SetMode(visit.Mode{Canonical: true, Signals: true})
		defer func() { p.Terminal.SetMode(old); fmt.Fprint(p.Err, "\n") }()
	}
	return readLine(p)
}

// readLine reads a line and not a byte more. A line that is too long is cut.
func readLine(p *proc.Process) (string, bool) {
	var line []byte
	b := make([]byte, 1)
	for p.Ctx.Err() == nil {
		n, err := p.In.Read(b)
		if n == 1 && b[0] == '\n' {
			return string(line), true
		}
		if n == 1 && len(line) < 512 {
			line = append(line, b[0])
		}
		if err != nil {
			return string(line), len(line) > 0
		}
	}
	return "", false
}
