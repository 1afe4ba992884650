package sshd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// hello is what a client says of itself before the keys are agreed on: its
// version and its algorithms.
type hello struct {
	Version string
	Lists   [10][]string // as KEXINIT has them
	HASSH   string

	known func(hello) // is told once, when all is there
	done  bool        // nothing more is looked for
	rest  bool        // more came than what was complained of
	buf   []byte
}

// The lists of KEXINIT that are used by name.
const (
	listKex = iota
	listHostKey
	listCipherIn // client to server
	listCipherOut
	listMACIn
	listMACOut
	listCompressionIn
	listCompressionOut
	listLanguageIn
	listLanguageOut
)

const (
	mostVersion = 8192   // as OpenSSH waits for; the library takes 255
	mostKexInit = 35_000 // the largest packet that must be taken
	kexInit     = 20     // message number
)

const invalid = "Invalid SSH identification string.\r\n"

var errNotSSH = errors.New("the client does not speak SSH 2")

// feed takes bytes that came. Where they are no SSH, it gives the words with
// which OpenSSH takes its leave.
func (h *hello) feed(p []byte) (complaint string) {
	h.buf = append(h.buf, p...)
	if h.Version == "" {
		end := bytes.IndexAny(h.buf, "\n\x00") // sshd reads no further than a zero
		if end < 0 && len(h.buf) <= mostVersion {
			return ""
		}
		line := string(bytes.TrimSuffix(h.buf[:max(end, 0)], []byte("\r")))
		complaint := judge(line)
		if end >= 0 && h.buf[end] == 0 {
			complaint = invalid
		}
		if complaint != "" {
			h.rest = end+1 < len(h.buf)
			h.stop()
			return complaint
		}
		h.Version = line
		h.buf = h.buf[end+1:]
	}
	h.packet()
	return ""
}

// judge says what is wrong with a version line.
func judge(line string) (complaint string) {
	var major, minor int
	var software string
	if n, _ := fmt.Sscanf(line, "SSH-%d.%d-%1s", &major, &minor, &software); n < 3 {
		return invalid
	}
	if major != 2 && (major != 1 || minor != 99) {
		return "Protocol major versions differ.\r\n"
	}
	return ""
}

// stop gives up.
func (h *hello) stop() { h.done, h.buf = true, nil }

// packet looks whether the first packet is there.
func (h *hello) packet() {
	if len(h.buf) < 6 {
		return
	}
	size := binary.BigEndian.Uint32(h.buf)
	if size > mostKexInit || h.buf[5] != kexInit {
		h.stop()
		return
	}
	if uint32(len(h.buf)-4) < size {
		return
	}
	padding := uint32(h.buf[4])
	if size < padding+1 {
		h.stop()
		return
	}
	lists, ok := nameLists(h.buf[5 : 4+size-padding])
	if h.stop(); !ok {
		return
	}
	h.Lists = lists
	h.HASSH = hassh(lists[listKex], lists[listCipherIn], lists[listMACIn], lists[listCompressionIn])
	h.known(*h)
	h.Lists = [10][]string{} // nobody needs them any more
}

// nameLists parses the lists of a KEXINIT message.
func nameLists(p []byte) (lists [10][]string, ok bool) {
	if len(p) < 17 {
		return lists, false
	}
	p = p[17:] // number and cookie
	for i := range lists {
		if len(p) < 4 {
			return lists, false
		}
		n := binary.BigEndian.Uint32(p)
		if p = p[4:]; uint64(n) > uint64(len(p)) {
			return lists, false
		}
		if n > 0 {
			lists[i] = strings.Split(string(p[:n]), ",")
		}
		p = p[n:]
	}
	return lists, true
}

// fields gives the lists for an event.
func (h hello) fields() map[string]string {
	f := map[string]string{}
	if h.HASSH == "" {
		return f
	}
	f["hassh"] = h.HASSH
	for i, name := range []string{"kex", "host_key", "cipher_in", "cipher_out", "mac_in", "mac_out", "compression_in", "compression_out", "language_in", "language_out"} {
		if len(h.Lists[i]) > 0 {
			f[name] = strings.Join(h.Lists[i], ",")
		}
	}
	return f
}

// hidesKeys says that a client hides the times of keys in sessions with a
// terminal: OpenSSH does from 9.5 on.
func hidesKeys(version string) bool {
	_, v, ok := strings.Cut(version, "OpenSSH_")
	v = strings.TrimPrefix(v, "for_Windows_")
	if !ok {
		return false
	}
	major, rest, _ := strings.Cut(v, ".")
	switch {
	case len(major) > 1:
		return digits(major)
	case major != "9" || rest == "":
		return false
	}
	return rest[0] >= '5' && rest[0] <= '9' || len(rest) > 1 && digits(rest[:2])
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
