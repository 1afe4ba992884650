package asciicast

// codeExec is the code under which [Writer] writes a command that was given at
// login. Players ignore codes that they do not know.
const codeExec = "exec"

// eventV2 takes a line of version 2: the time counts from the start. "x", the
// exit record of version 3, is taken too, since converters leave it in.
func (c *cast) eventV2(line []byte, at int64) bool {
	if !c.parse(line, at) {
		return true
	}
	return c.event(c.frame.time, at)
}
