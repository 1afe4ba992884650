package system

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
	"gait/decoy/vfs"
)

const fileUsage = "Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n            <file> ...\n       file -C [-m <magicfiles>]\n       file [--help]\n"

func runFile(p *proc.Process) int {
	o := proc.Flags{Short: "bcCdEe:F:f:hikLlm:nNP:prsSvzZ0", Long: map[string]proc.Long{"brief": {As: "b"}, "mime": {As: "i"}, "mime-type": {}, "mime-encoding": {}, "dereference": {As: "L"}, "no-dereference": {As: "h"}, "version": {As: "v"}, "separator": {As: "F", Value: 1}, "special-files": {As: "s"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("v"):
		p.Println("file-5.44\nmagic file from /etc/magic:/usr/share/misc/magic")
		return 0
	case len(o.Operands) == 0:
		fmt.Fprint(p.Err, fileUsage)
		return 1
	}
	width := 0
	for _, name := range o.Operands {
		width = max(width, utf8.RuneCountInString(name))
	}
	for _, name := range o.Operands {
		words, mime := identify(p, name, o.Has("L"))
		if o.Has("i", "mime-type", "mime-encoding") {
			kind, set, _ := strings.Cut(mime, "; charset=")
			switch {
			case o.Has("mime-type"):
				words = kind
			case o.Has("mime-encoding"):
				words = set
			default:
				words = mime
			}
		}
		if !o.Has("b") {
			words = name + ":" + strings.Repeat(" ", width-utf8.RuneCountInString(name)+1) + words
		}
		p.Println(words)
	}
	return 0
}

// identify says what a file is, in words and as a MIME type.
func identify(p *proc.Process, name string, follow bool) (words, mime string) {
	i, err := p.FS.Lstat(name)
	if follow && err == nil {
		i, err = p.FS.Stat(name)
	}
	if err != nil {
		return fmt.Sprintf("cannot open `%s' (%s)", name, proc.Text(err)), fmt.Sprintf("cannot open `%s' (%s)", name, proc.Text(err))
	}
	switch i.Kind() {
	case vfs.Directory:
		if i.Mode&0o1000 != 0 {
			return "sticky, directory", "inode/directory; charset=binary"
		}
		return "directory", "inode/directory; charset=binary"
	case vfs.Link:
		to, _ := p.FS.Readlink(name)
		if _, err := p.FS.Stat(name); err != nil {
			return "broken symbolic link to " + to, "inode/symlink; charset=binary"
		}
		return "symbolic link to " + to, "inode/symlink; charset=binary"
	case vfs.Character:
		return fmt.Sprintf("character special (%d/%d)", i.Device>>8, i.Device&0xff), "inode/chardevice; charset=binary"
	case vfs.Block:
		return fmt.Sprintf("block special (%d/%d)", i.Device>>8, i.Device&0xff), "inode/blockdevice; charset=binary"
	case vfs.Pipe:
		return "fifo (named pipe)", "inode/fifo; charset=binary"
	case vfs.Socket:
		return "socket", "inode/socket; charset=binary"
	}
	data, err := p.FS.ReadFile(name, 256<<10)
	switch {
	case err != nil:
		return "regular file, no read permission", "regular file, no read permission"
	case len(data) == 0:
		return "empty", "inode/x-empty; charset=binary"
	}
	return content(data, i.Mode)
}

// magics are beginnings of files.
var magics = []struct{ head, words, mime string }{
	{"\x1f\x8b", "gzip compressed data", "application/gzip"}, {"BZh", "bzip2 compressed data, block size = 900k", "application/x-bzip2"}, {"\xfd7zXZ\x00", "XZ compressed data, checksum CRC64", "application/x-xz"},
	{"\x28\xb5\x2f\xfd", "Zstandard compressed data (v0.8+), Dictionary ID: None", "application/zstd"}, {"PK\x03\x04", "Zip archive data, at least v2.0 to extract, compression method=deflate", "application/zip"}, {"\x89PNG", "PNG image data", "image/png"}, {"\xff\xd8\xff", "JPEG image data", "image/jpeg"}, {"GIF8", "GIF image data", "image/gif"},
	{"%PDF-", "PDF document, version 1.4", "application/pdf"}, {"!<arch>\ndebian", "Debian binary package (format 2.0)", "application/vnd.debian.binary-package"}, {"!<arch>", "current ar archive", "application/x-archive"}, {"MZ", "MS-DOS executable", "application/x-dosexec"},
	{"-----BEGIN OPENSSH PRIVATE KEY", "OpenSSH private key", "text/plain"}, {"-----BEGIN CERTIFICATE", "PEM certificate", "text/plain"}, {"ssh-rsa ", "OpenSSH RSA public key", "text/plain"}, {"ssh-ed25519 ", "OpenSSH ED25519 public key", "text/plain"},
}

// content says what bytes are.
func content(data []byte, mode uint32) (words, mime string) {
	if bytes.HasPrefix(data, []byte("\x7fELF")) && len(data) > 20 {
		return elfWords(data)
	}
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.head)) {
			set := "; charset=binary"
			if m.mime == "text/plain" {
				set = "; charset=us-ascii"
			}
			return m.words, m.mime + set
		}
	}
	if len(data) > 262 && string(data[257:262]) == "ustar" {
		return "POSIX tar archive (GNU)", "application/x-tar; charset=binary"
	}
	return textWords(data)
}

// textWords says what kind of text bytes are; those that are none are data.
func textWords(data []byte) (words, mime string) {
	ascii := true
	for _, c := range data {
		if c < 0x07 || c > 0x0d && c < 0x1b || c > 0x1b && c < ' ' || c == 0x7f {
			return "data", "application/octet-stream; charset=binary"
		}
		ascii = ascii && c < 0x80
	}
	text, set := "ASCII text", "us-ascii"
	switch {
	case !ascii && utf8.Valid(data):
		text, set = "Unicode text, UTF-8 text", "utf-8"
	case !ascii:
		text, set = "ISO-8859 text", "iso-8859-1"
	}
	kind := "text/plain"
	if line, _, _ := bytes.Cut(data, []byte("\n")); bytes.HasPrefix(line, []byte("#!")) {
		text += " executable"
		for _, s := range [][3]string{{"bash", "Bourne-Again shell script, ", "text/x-shellscript"}, {"/sh", "POSIX shell script, ", "text/x-shellscript"}, {"dash", "a /usr/bin/dash script, ", "text/plain"}, {"python", "Python script, ", "text/x-script.python"}, {"perl", "Perl script text executable", "text/x-perl"}} {
			if bytes.Contains(line, []byte(s[0])) {
				if text, kind = s[1]+text, s[2]; s[0] == "perl" {
					text = s[1]
				}
				break
			}
		}
	} else if low := bytes.ToLower(data[:min(len(data), 256)]); bytes.Contains(low, []byte("<html")) || bytes.Contains(low, []byte("<!doctype html")) {
		text, kind = "HTML document, "+text, "text/html"
	}
	if bytes.Contains(data, []byte("\r\n")) {
		text += ", with CRLF line terminators"
	} else if !bytes.ContainsAny(data, "\r\n") {
		text += ", with no line terminators"
	}
	if bytes.IndexByte(data, 0x1b) >= 0 {
		text += ", with escape sequences"
	}
	return text, kind + "; charset=" + set
}

// elfWords describes an executable.
func elfWords(data []byte) (words, mime string) {
	var order binary.ByteOrder = binary.LittleEndian
	bits, end := "32-bit", "LSB"
	if data[4] == 2 {
		bits = "64-bit"
	}
	if data[5] == 2 {
		order, end = binary.BigEndian, "MSB"
	}
	system, ok := map[uint16]string{3: "Intel 80386", 8: "MIPS, MIPS-I", 20: "PowerPC or cisco 4500", 40: "ARM, EABI5", 42: "Renesas SH", 62: "x86-64", 183: "ARM aarch64", 2: "SPARC", 4: "Motorola m68k, 68020", 243: "UCB RISC-V"}[order.Uint16(data[18:])]
	if !ok {
		system = "unknown arch"
	}
	kind, mime := "executable", "application/x-executable"
	switch order.Uint16(data[16:]) {
	case 1:
		kind, mime = "relocatable", "application/x-object"
	case 3:
		kind, mime = "pie executable", "application/x-pie-executable"
		if !bytes.Contains(data[:min(len(data), 4096)], []byte("/ld-linux")) {
			kind, mime = "shared object", "application/x-sharedlib"
		}
	}
	words = fmt.Sprintf("ELF %s %s %s, %s, version 1 (SYSV)", bits, end, kind, system)
	switch kind {
	case "pie executable":
		sum := sha1.Sum(data)
		words += fmt.Sprintf(", dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2, BuildID[sha1]=%x, for GNU/Linux 3.2.0, stripped", sum)
	case "shared object":
		sum := sha1.Sum(data)
		words += fmt.Sprintf(", dynamically linked, BuildID[sha1]=%x, stripped", sum)
	case "executable":
		words += ", statically linked, stripped"
	}
	return words, mime + "; charset=binary"
}
