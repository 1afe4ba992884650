package asciicast

// eventV3 takes a line of version 3: the time counts from the event before,
// whatever its code, and a line that begins with # is a comment.
func (c *cast) eventV3(line []byte, at int64) bool {
	if line[0] == '#' || !c.parse(line, at) {
		return true
	}
	return c.event(c.advance(c.frame.time), at)
}
