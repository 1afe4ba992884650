package system

import (
	"bufio"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	"gait/decoy/proc"
)

const cryptLetters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func opensslPasswd(p *proc.Process, args []string) int {
	kind, salt, stdin := "-1", "", false
	var words []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-1" || a == "-5" || a == "-6" || a == "-apr1":
			kind = a
		case a == "-salt" && i+1 < len(args):
			i++
			salt = args[i]
		case a == "-stdin":
			stdin = true
		case a == "-noverify" || a == "-quiet" || a == "-table":
		case strings.HasPrefix(a, "-"):
			return unknown(p, "passwd", a)
		default:
			words = append(words, a)
		}
	}
	if stdin {
		in := bufio.NewScanner(p.In)
		for in.Scan() && len(words) < 1000 {
			words = append(words, in.Text())
		}
	} else if len(words) == 0 {
		fmt.Fprint(p.Err, "Password: ")
		line, err := bufio.NewReaderSize(p.In, 512).ReadString('\n')
		if err != nil && line == "" {
			fmt.Fprintln(p.Err)
			return 1
		}
		words = []string{strings.TrimSuffix(line, "\n")}
	}
	for _, word := range words {
		if p.Ctx.Err() != nil || !proc.Take(&p.Budget.Steps, 1000) {
			return 1
		}
		word = word[:min(len(word), 256)]
		p.Println(crypted(kind, word, salt))
	}
	return 0
}

// crypted gives the hash of a password as /etc/shadow has it.
func crypted(kind, word, salt string) string {
	long := 8
	if kind == "-5" || kind == "-6" {
		long = 16
	}
	if salt == "" {
		b := make([]byte, long)
		rand.Read(b)
		for _, c := range b {
			salt += string(cryptLetters[c%64])
		}
	}
	salt = salt[:min(len(salt), long)]
	if word == "" && long == 16 {
		return "<NULL>"
	}
	switch kind {
	case "-5":
		return "$5$" + salt + "$" + shaCrypt(sha256.New, order256, word, salt)
	case "-6":
		return "$6$" + salt + "$" + shaCrypt(sha512.New, order512, word, salt)
	case "-apr1":
		return "$apr1$" + salt + "$" + md5Crypt("$apr1$", word, salt)
	}
	return "$1$" + salt + "$" + md5Crypt("$1$", word, salt)
}

// sum hashes parts.
func sum(h hash.Hash, parts ...string) string {
	for _, s := range parts {
		h.Write([]byte(s))
	}
	return string(h.Sum(nil))
}

// stretched repeats a text to a length.
func stretched(s string, n int) string { return strings.Repeat(s, n/len(s)+1)[:n] }

// md5Crypt is the hash that crypt(5) calls md5crypt.
func md5Crypt(magic, word, salt string) string {
	alt := sum(md5.New(), word, salt, word)
	ctx := []string{word, magic, salt, stretched(alt, len(word))}
	for n := len(word); n > 0; n >>= 1 {
		if n&1 != 0 {
			ctx = append(ctx, "\x00")
		} else {
			ctx = append(ctx, word[:1])
		}
	}
	out := sum(md5.New(), ctx...)
	for i := range 1000 {
		out = sum(md5.New(), rounds(i, out, word, salt)...)
	}
	return encoded(out, [][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}, {-1, -1, 11}})
}

// rounds gives what is hashed in one round.
func rounds(i int, out, word, salt string) (parts []string) {
	pick := func(odd bool) string {
		if odd {
			return word
		}
		return out
	}
	parts = append(parts, pick(i&1 != 0))
	if i%3 != 0 {
		parts = append(parts, salt)
	}
	if i%7 != 0 {
		parts = append(parts, word)
	}
	return append(parts, pick(i&1 == 0))
}

// encoded writes bytes in groups of three, in the order that the scheme has;
// -1 stands for none.
func encoded(b string, order [][3]int) string {
	var s strings.Builder
	for _, g := range order {
		n, chars := uint(0), 1
		for _, at := range g {
			n <<= 8
			if at >= 0 {
				n |= uint(b[at])
				chars++
			}
		}
		for range chars {
			s.WriteByte(cryptLetters[n&63])
			n >>= 6
		}
	}
	return s.String()
}

var (
	order256 = [][3]int{{0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14}, {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}, {-1, 31, 30}}
	order512 = [][3]int{{0, 21, 42}, {22, 43, 1}, {44, 2, 23}, {3, 24, 45}, {25, 46, 4}, {47, 5, 26}, {6, 27, 48}, {28, 49, 7}, {50, 8, 29}, {9, 30, 51}, {31, 52, 10}, {53, 11, 32}, {12, 33, 54}, {34, 55, 13}, {56, 14, 35}, {15, 36, 57}, {37, 58, 16}, {59, 17, 38}, {18, 39, 60}, {40, 61, 19}, {62, 20, 41}, {-1, -1, 63}}
)

// shaCrypt is the hash that crypt(5) calls sha256crypt or sha512crypt, of 5000
// rounds.
func shaCrypt(h func() hash.Hash, order [][3]int, word, salt string) string {
	alt := sum(h(), word, salt, word)
	ctx := []string{word, salt, stretched(alt, len(word))}
	for n := len(word); n > 0; n >>= 1 {
		if n&1 != 0 {
			ctx = append(ctx, alt)
		} else {
			ctx = append(ctx, word)
		}
	}
	out := sum(h(), ctx...)
	p := stretched(sum(h(), strings.Repeat(word, len(word))), len(word))
	s := stretched(sum(h(), strings.Repeat(salt, 16+int(out[0]))), len(salt))
	for i := range 5000 {
		out = sum(h(), rounds(i, out, p, s)...)
	}
	return encoded(out, order)
}
