package account

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"path"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"gait/decoy/proc"
)

// largest is the longest RSA key that is made: longer ones take too long.
const largest = 4096

func runKeygen(p *proc.Process) int {
	o := proc.Flags{Short: "ABHLQUXceghiklopquvxyt:b:f:N:C:P:R:F:E:a:m:"}.Parse(p)
	if o == nil {
		return 1
	}
	if host, ok := o.Last("R"); ok {
		return forgetHost(p, o, host)
	}
	file, named := o.Last("f")
	if o.Has("l") || o.Has("y") {
		if !named {
			file = self(p).Home + "/.ssh/id_rsa"
		}
		return showKey(p, file, o.Has("y"))
	}
	kind, ok := o.Last("t")
	if !ok {
		kind = "rsa"
	}
	bits := map[string]int{"rsa": 3072, "ecdsa": 256, "ed25519": 256}[kind]
	if bits == 0 {
		fmt.Fprintf(p.Err, "unknown key type %s\n", kind)
		return 1
	}
	if text, ok := o.Last("b"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			fmt.Fprintf(p.Err, "Bits has bad value %s (invalid)\n", text)
			return 1
		}
		if bits = n; kind == "ed25519" {
			bits = 256
		}
	}
	switch {
	case kind == "rsa" && bits < 1024:
		fmt.Fprint(p.Err, "Invalid RSA key length: minimum is 1024 bits\n")
		return 1
	case kind == "rsa" && bits > largest:
		fmt.Fprintf(p.Err, "Key bits exceeds maximum %d\n", largest)
		return 1
	case kind == "ecdsa" && bits != 256 && bits != 384 && bits != 521:
		fmt.Fprint(p.Err, "Invalid ECDSA key length: valid lengths are 256, 384 or 521 bits\n")
		return 1
	}
	return makeKey(p, o, kind, bits)
}

// makeKey asks where the key is to be, makes it and saves it.
func makeKey(p *proc.Process, o *proc.Options, kind string, bits int) int {
	quiet := o.Has("q")
	say := func(format string, args ...any) {
		if !quiet {
			p.Printf(format, args...)
		}
	}
	say("Generating public/private %s key pair.\n", kind)
	file, named := o.Last("f")
	if !named {
		file = self(p).Home + "/.ssh/id_" + kind
		p.Printf("Enter file in which to save the key (%s): ", file)
		line, ok := readLine(p)
		if !ok {
			return 1
		}
		if line != "" {
			file = line
		}
	}
	if dir := path.Dir(p.FS.Abs(file)); path.Base(dir) == ".ssh" && p.FS.Mkdir(dir, 0o700) == nil {
		say("Created directory '%s'.\n", dir)
	}
	if _, err := p.FS.Stat(file); err == nil {
		p.Printf("%s already exists.\nOverwrite (y/n)? ", file)
		if line, _ := readLine(p); line != "y" && line != "Y" {
			return 1
		}
	}
	word, given := o.Last("N")
	if !given {
		word, _ = ask(p, "Enter passphrase (empty for no passphrase): ")
		if again, _ := ask(p, "Enter same passphrase again: "); again != word {
			p.Println("Passphrases do not match.  Try again.")
			return 1
		}
	}
	comment, given := o.Last("C")
	if !given {
		host, _, _ := strings.Cut(p.World.Hostname(), ".")
		comment = self(p).Name + "@" + host
	}
	key, block, err := generate(kind, bits, comment, word)
	if err != nil {
		p.Println("key generation failed")
		return 1
	}
	line := strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(key)), "\n") + " " + comment + "\n"
	for _, f := range []struct {
		name, text string
		mode       uint32
	}{{file, string(pem.EncodeToMemory(block)), 0o600}, {file + ".pub", line, 0o644}} {
		if err := p.FS.WriteFile(f.name, []byte(f.text), f.mode); err != nil {
			fmt.Fprintf(p.Err, "Saving key \"%s\" failed: %s\n", f.name, proc.Text(err))
			return 1
		}
	}
	say("Your identification has been saved in %[1]s\nYour public key has been saved in %[1]s.pub\nThe key fingerprint is:\n%[2]s %[3]s\nThe key's randomart image is:\n%[4]s\n", file, ssh.FingerprintSHA256(key), comment, art(key, strings.ToUpper(kind), bits))
	return 0
}

// generate makes a key, and the private one in the form of OpenSSH.
func generate(kind string, bits int, comment, word string) (ssh.PublicKey, *pem.Block, error) {
	var key crypto.Signer
	var err error
	switch kind {
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, bits)
	case "ecdsa":
		key, err = ecdsa.GenerateKey(map[int]elliptic.Curve{256: elliptic.P256(), 384: elliptic.P384(), 521: elliptic.P521()}[bits], rand.Reader)
	default:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	var block *pem.Block
	if word == "" {
		block, err = ssh.MarshalPrivateKey(key, comment)
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, comment, []byte(word))
	}
	return public, block, err
}

// art draws a fingerprint as a walk over a small board.
func art(key ssh.PublicKey, kind string, bits int) string {
	const marks, wide, high = " .o+=*BOX@%&#/^SE", 17, 9
	var board [high][wide]int
	x, y := wide/2, high/2
	sum := sha256.Sum256(key.Marshal())
	for _, b := range sum {
		for range 4 {
			x = min(max(x+int(b&1)*2-1, 0), wide-1)
			y = min(max(y+int(b>>1&1)*2-1, 0), high-1)
			if board[y][x] < len(marks)-3 {
				board[y][x]++
			}
			b >>= 2
		}
	}
	board[high/2][wide/2], board[y][x] = len(marks)-2, len(marks)-1
	border := func(title string) string {
		left := (wide - len(title)) / 2
		return "+" + strings.Repeat("-", left) + title + strings.Repeat("-", wide-left-len(title)) + "+"
	}
	out := border(fmt.Sprintf("[%s %d]", kind, bits)) + "\n"
	for _, row := range board {
		out += "|"
		for _, n := range row {
			out += marks[n : n+1]
		}
		out += "|\n"
	}
	return out + border("[SHA256]")
}

// showKey is -l, and -y that gives the public key.
func showKey(p *proc.Process, file string, whole bool) int {
	data, err := p.FS.ReadFile(file, 1<<16)
	if err != nil {
		fmt.Fprintf(p.Err, "ssh-keygen: %s: %s\n", file, proc.Text(err))
		return 255
	}
	if pub, err := p.FS.ReadFile(file+".pub", 1<<16); err == nil {
		data = pub
	}
	key, comment, _, _, err := ssh.ParseAuthorizedKey(data)
	if err != nil {
		fmt.Fprintf(p.Err, "%s is not a public key file.\n", file)
		return 255
	}
	if whole {
		p.Printf("%s %s\n", strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))), comment)
		return 0
	}
	kind, bits := "ED25519", 256
	if c, ok := key.(ssh.CryptoPublicKey); ok {
		switch k := c.CryptoPublicKey().(type) {
		case *rsa.PublicKey:
			kind, bits = "RSA", k.N.BitLen()
		case *ecdsa.PublicKey:
			kind, bits = "ECDSA", k.Curve.Params().BitSize
		}
	}
	p.Printf("%d %s %s (%s)\n", bits, ssh.FingerprintSHA256(key), comment, kind)
	return 0
}

// forgetHost is -R: it takes a host out of known_hosts.
func forgetHost(p *proc.Process, o *proc.Options, host string) int {
	file, ok := o.Last("f")
	if !ok {
		file = self(p).Home + "/.ssh/known_hosts"
	}
	if _, err := p.FS.Stat(file); err != nil {
		fmt.Fprintf(p.Err, "Cannot stat %s: %s\n", file, proc.Text(err))
		return 255
	}
	var keep strings.Builder
	all := lines(p, file)
	found := false
	for n, line := range all {
		names, _, _ := strings.Cut(line, " ")
		if strings.Contains(","+names+",", ","+host+",") {
			p.Printf("# Host %s found: line %d\n", host, n+1)
			found = true
			continue
		}
		keep.WriteString(line + "\n")
	}
	if !found {
		fmt.Fprintf(p.Err, "Host %s not found in %s\n", host, file)
		return 0
	}
	p.FS.WriteFile(file+".old", []byte(strings.Join(all, "\n")+"\n"), 0o600)
	p.FS.WriteFile(file, []byte(keep.String()), 0o600)
	p.Printf("%[1]s updated.\nOriginal contents retained as %[1]s.old\n", file)
	return 0
}
