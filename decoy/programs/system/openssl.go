package system

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

const opensslVersion = "OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)"

// digests are the sums that openssl knows here, with the names it gives them.
var digests = map[string]struct {
	name string
	make func() hash.Hash
}{"md5": {"MD5", md5.New}, "sha1": {"SHA1", sha1.New}, "sha224": {"SHA2-224", sha256.New224}, "sha256": {"SHA2-256", sha256.New}, "sha384": {"SHA2-384", sha512.New384}, "sha512": {"SHA2-512", sha512.New}}

func runOpenssl(p *proc.Process) int {
	args := p.Args[1:]
	if len(args) == 0 || args[0] == "help" {
		fmt.Fprint(p.Err, "help:\n\nStandard commands\ndgst              enc               passwd            rand              \ns_client          version           \n\n")
		return 0
	}
	verb, args := args[0], args[1:]
	if _, ok := digests[verb]; ok {
		return opensslSum(p, verb, args)
	}
	switch verb {
	case "version":
		p.Println(opensslVersion)
	case "rand":
		return opensslRand(p, args)
	case "dgst":
		return opensslSum(p, "sha256", args)
	case "base64", "enc":
		return opensslBase64(p, verb, args)
	case "passwd":
		return opensslPasswd(p, args)
	case "s_client", "s_time":
		p.Sleep(3e9)
		fmt.Fprint(p.Err, "connect:errno=110\n")
		return 1
	default:
		fmt.Fprintf(p.Err, "Invalid command '%s'; type \"help\" for a list.\n", verb)
		return 1
	}
	return 0
}

// unknown complains of an option as openssl does.
func unknown(p *proc.Process, verb, option string) int {
	fmt.Fprintf(p.Err, "%[1]s: Unknown option: %[2]s\n%[1]s: Use -help for summary.\n", verb, option)
	return 1
}

func opensslRand(p *proc.Process, args []string) int {
	form, n := "", -1
	for _, a := range args {
		v, err := strconv.Atoi(a)
		switch {
		case a == "-hex" || a == "-base64":
			form = a
		case err == nil && n < 0:
			n = v
		default:
			return unknown(p, "rand", a)
		}
	}
	if n < 0 {
		fmt.Fprint(p.Err, "rand: Use -help for summary.\n")
		return 1
	}
	b := make([]byte, min(n, 1<<20))
	rand.Read(b)
	switch form {
	case "-hex":
		p.Println(hex.EncodeToString(b))
	case "-base64":
		p.Printf("%s", folded(b))
	default:
		p.Out.Write(b)
	}
	return 0
}

// folded gives bytes in base64, 64 characters a line.
func folded(b []byte) string {
	text := base64.StdEncoding.EncodeToString(b)
	var s strings.Builder
	for len(text) > 64 {
		s.WriteString(text[:64] + "\n")
		text = text[64:]
	}
	if text != "" {
		s.WriteString(text + "\n")
	}
	return s.String()
}

func opensslSum(p *proc.Process, kind string, args []string) int {
	var names []string
	bare := false
	for _, a := range args {
		_, sum := digests[strings.TrimPrefix(a, "-")]
		switch {
		case a == "-r" || a == "-hex" || a == "-c":
			bare = bare || a == "-r"
		case strings.HasPrefix(a, "-") && sum:
			kind = a[1:]
		case strings.HasPrefix(a, "-") && a != "-":
			return unknown(p, "dgst", a)
		default:
			names = append(names, a)
		}
	}
	d := digests[kind]
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		f, err := gnu.Open(p, name)
		if err != nil {
			fmt.Fprintf(p.Err, "%s: %s\n", name, proc.Text(err))
			code = 1
			continue
		}
		h := d.make()
		err = gnu.Copy(h, f)
		f.Close()
		shown := name
		if name == "-" {
			shown = "stdin"
		}
		switch {
		case err != nil:
			fmt.Fprintf(p.Err, "Read error in %s\n", shown)
			code = 1
		case bare:
			p.Printf("%x *%s\n", h.Sum(nil), shown)
		default:
			p.Printf("%s(%s)= %x\n", d.name, shown, h.Sum(nil))
		}
	}
	return code
}

// mostEncoded bounds what base64 of openssl holds at once.
const mostEncoded = 4 << 20

func opensslBase64(p *proc.Process, verb string, args []string) int {
	decode, one, asked, in := false, false, verb == "base64", "-"
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-d":
			decode = true
		case a == "-e":
		case a == "-A":
			one = true
		case a == "-base64" || a == "-a":
			asked = true
		case a == "-in" && i+1 < len(args):
			i++
			in = args[i]
		case verb == "enc":
			fmt.Fprintf(p.Err, "enc: Unknown cipher: %s\nenc: Use -help for summary.\n", strings.TrimPrefix(a, "-"))
			return 1
		default:
			return unknown(p, verb, a)
		}
	}
	f, err := gnu.Open(p, in)
	if err != nil {
		fmt.Fprintf(p.Err, "Can't open \"%s\" for reading, %s\n", in, proc.Text(err))
		return 1
	}
	defer f.Close()
	if !proc.Take(&p.Budget.Memory, 2*mostEncoded) {
		return 1
	}
	defer proc.Give(&p.Budget.Memory, 2*mostEncoded)
	data, err := io.ReadAll(io.LimitReader(f, mostEncoded))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return 1
	case !asked:
		p.Out.Write(data)
	case decode:
		data = bytes.Join(bytes.Fields(data), nil)
		out := make([]byte, base64.StdEncoding.DecodedLen(len(data)))
		n, _ := base64.StdEncoding.Decode(out, data)
		p.Out.Write(out[:n])
	case one:
		p.Printf("%s", base64.StdEncoding.EncodeToString(data))
	default:
		io.WriteString(p.Out, folded(data))
	}
	return 0
}
