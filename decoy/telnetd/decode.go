package telnetd

// Bytes of the protocol (RFC 854).
const (
	se    = 240
	brk   = 243
	ip    = 244
	ao    = 245
	ayt   = 246
	ec    = 247
	el    = 248
	sb    = 250
	will  = 251
	wont  = 252
	do    = 253
	dont  = 254
	iac   = 255
	eof   = 236
	susp  = 237
	abort = 238
	dm    = 242
)

// Options (RFC 855 and after).
const (
	optBinary    = 0
	optEcho      = 1
	optSGA       = 3
	optStatus    = 5
	optMark      = 6
	optType      = 24
	optSize      = 31
	optSpeed     = 32
	optFlow      = 33
	optLinemode  = 34
	optDisplay   = 35
	optOldEnv    = 36
	optAuth      = 37
	optEncrypt   = 38
	optNewEnv    = 39
	mostSub      = 512 // bytes of a sub-negotiation; the rest is dropped
	erase        = 0x7f
	interruptKey = 3
	endKey       = 4
	killKey      = 0x15
	suspendKey   = 0x1a
	quitKey      = 0x1c
)

// commands is who is told of what is not data.
type commands interface {
	option(verb, opt byte)
	sub(p []byte)
	command(c byte) []byte // gives the bytes that stand for it
}

// state is where in the protocol the next byte stands.
type state uint8

const (
	inData state = iota
	inCR
	inIAC
	inVerb
	inSub
	inSubIAC
)

// decoder takes the protocol out of what a client sends.
type decoder struct {
	state  state
	verb   byte
	buf    []byte // of a sub-negotiation
	binary bool   // carriage returns stand for themselves
}

// decode appends the data in p to out, and tells of the rest.
func (d *decoder) decode(out, p []byte, to commands) []byte {
	for _, c := range p {
		if d.state == inCR {
			d.state = inData
			if c == '\n' || c == 0 {
				continue
			}
		}
		switch d.state {
		case inData:
			switch {
			case c == iac:
				d.state = inIAC
			case c == '\r' && !d.binary:
				d.state = inCR
				out = append(out, c)
			default:
				out = append(out, c)
			}
		case inIAC:
			out = d.command(out, c, to)
		case inVerb:
			d.state = inData
			to.option(d.verb, c)
		default:
			d.inSub(c, to)
		}
	}
	return out
}

// command takes the byte after an IAC.
func (d *decoder) command(out []byte, c byte, to commands) []byte {
	d.state = inData
	switch c {
	case iac:
		return append(out, c)
	case will, wont, do, dont:
		d.state, d.verb = inVerb, c
	case sb:
		d.state, d.buf = inSub, nil
	default:
		out = append(out, to.command(c)...)
	}
	return out
}

// inSub takes a byte of a sub-negotiation. One that an IAC with another command
// than SE breaks off ends there.
func (d *decoder) inSub(c byte, to commands) {
	switch {
	case d.state == inSub && c == iac:
		d.state = inSubIAC
		return
	case d.state == inSubIAC && c != iac:
		d.state = inData
		if c == se && len(d.buf) > 0 {
			to.sub(d.buf)
		}
		d.buf = nil
		return
	}
	d.state = inSub
	if len(d.buf) < mostSub {
		d.buf = append(d.buf, c)
	}
}
