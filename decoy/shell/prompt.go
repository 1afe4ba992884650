package shell

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// prompt expands a prompt as bash does: its own escapes, then parameters.
func (in *interp) prompt(s string) string {
	if in.posix {
		return in.promptVars(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if n, v := digits(s[i:], 8, 3); n > 0 {
			b.WriteByte(byte(v))
			i += n - 1
			continue
		}
		b.WriteString(in.promptEscape(s[i]))
	}
	return in.promptVars(b.String())
}

// promptTimes are the layouts of the escapes that show the time.
var promptTimes = map[byte]string{'t': "15:04:05", 'T': "03:04:05", '@': "03:04 PM", 'A': "15:04", 'd': "Mon Jan 02"}

// promptBytes are the escapes that stand for themselves.
var promptBytes = map[byte]string{'n': "\n", 'r': "\r", 'a': "\a", 'e': "\x1b", '[': "\x01", ']': "\x02", '\\': `\\`, 'v': "5.2", 'V': bashWords}

// promptEscape gives what one escape of a prompt stands for.
func (in *interp) promptEscape(c byte) string {
	if l, ok := promptTimes[c]; ok {
		return in.s.world.Now().Format(l)
	}
	if s, ok := promptBytes[c]; ok {
		return s
	}
	switch c {
	case 'u':
		return in.asAccount().Name
	case 'h':
		host, _, _ := strings.Cut(in.s.world.Hostname(), ".")
		return host
	case 'H':
		return in.s.world.Hostname()
	case 'w':
		return protectDollar(in.short(in.cwd))
	case 'W':
		if dir := in.short(in.cwd); dir != "~" && dir != "/" {
			return protectDollar(path.Base(dir))
		}
		return in.short(in.cwd)
	case '$':
		if in.fs.UID == 0 {
			return "#"
		}
		return `\$`
	case 's':
		return base(in.name)
	case 'j':
		return strconv.Itoa(len(in.jobs))
	case 'l':
		return base(in.s.tty)
	case '!', '#':
		return strconv.Itoa(len(in.s.history()) + 1)
	}
	return `\` + string(c)
}

func protectDollar(s string) string {
	return strings.NewReplacer("$", `\$`, "`", "\\`", `\`, `\\`).Replace(s)
}

// promptVars expands the parameters of a prompt.
func (in *interp) promptVars(s string) string {
	if !strings.ContainsAny(s, "$`\\") {
		return s
	}
	w, err := in.parser().Document(&source{next: oneLine(s)})
	if err != nil {
		return s
	}
	status, line := in.status, in.line
	defer func() { in.status, in.line = status, line }()
	return strings.TrimSuffix(in.document(w, false), "\n")
}

func oneLine(s string) func(bool) (string, error) { return textSource(s + "\n").next }

// complete gives the candidates for the word before the cursor.
func (in *interp) complete(line string, cursor int) (from int, list []string) {
	line = line[:min(max(cursor, 0), len(line))]
	from = wordBegin(line)
	word := line[from:]
	before := strings.TrimRight(line[:from], " \t")
	first := before == "" || strings.IndexByte("|;&(`", before[len(before)-1]) >= 0
	if f := strings.Fields(before); len(f) > 0 && slices.Contains([]string{"sudo", "then", "do", "else", "exec", "nohup", "time", "!"}, f[len(f)-1]) {
		first = true
	}
	switch {
	case strings.HasPrefix(word, "$"):
		for _, n := range sortedKeys(in.vars) {
			if strings.HasPrefix(n, word[1:]) {
				list = append(list, "$"+n)
			}
		}
	case strings.HasPrefix(word, "~") && !strings.Contains(word, "/"):
		for _, a := range in.s.world.Accounts() {
			if strings.HasPrefix(a.Name, word[1:]) {
				list = append(list, "~"+a.Name+"/")
			}
		}
	case first && !strings.Contains(word, "/"):
		list = in.commands(word)
	default:
		f := strings.Fields(before)
		list = in.files(unescape(word), len(f) > 0 && (f[0] == "cd" || f[0] == "rmdir" || f[0] == "pushd"))
		if from == 0 || line[from-1] != '"' && line[from-1] != '\'' {
			for i := range list {
				list[i] = named.Replace(list[i])
			}
		}
	}
	if len(list) > 2000 {
		list = list[:2000]
	}
	return from, list
}

// named puts backslashes before what is special in the name of a file.
var named = strings.NewReplacer(` `, `\ `, "\t", "\\\t", `\`, `\\`, `'`, `\'`, `"`, `\"`, `$`, `\$`, "`", "\\`", `&`, `\&`, `;`, `\;`, `|`, `\|`, `<`, `\<`, `>`, `\>`, `(`, `\(`, `)`, `\)`,
	`*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`, `!`, `\!`)

// wordBegin says where the last word of a line begins.
func wordBegin(line string) int {
	for end := len(line); ; {
		i := strings.LastIndexAny(line[:end], " \t|;&<>(=\"'`")
		if i <= 0 || line[i-1] != '\\' {
			return i + 1
		}
		end = i - 1
	}
}

// commands gives the names of commands that begin with a word.
func (in *interp) commands(word string) []string {
	set := map[string]bool{}
	add := func(name string) {
		if strings.HasPrefix(name, word) {
			set[name] = true
		}
	}
	for _, n := range builtinNames(in) {
		add(n)
	}
	for n := range in.aliases {
		add(n)
	}
	for n := range in.funcs {
		add(n)
	}
	for _, n := range strings.Fields("if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc") {
		add(n)
	}
	for _, dir := range strings.Split(in.get("PATH"), ":") {
		files, err := in.fs.ReadDir(or(dir, "."))
		if err != nil {
			continue
		}
		for _, f := range files {
			if strings.HasPrefix(f.Name, word) && in.fs.Access(f.Path, 1) == nil && !in.isDir(f.Path) {
				set[f.Name] = true
			}
		}
	}
	return sortedKeys(set)
}

// files gives the paths that begin with a word.
func (in *interp) files(word string, dirs bool) (list []string) {
	dir, name := path.Split(word)
	look := dir
	if strings.HasPrefix(dir, "~") {
		if home, n := in.tilde(dir); n > 0 {
			look = home + dir[n:]
		}
	}
	files, err := in.fs.ReadDir(or(look, "."))
	if err != nil {
		return nil
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name, name) || strings.HasPrefix(f.Name, ".") && !strings.HasPrefix(name, ".") {
			continue
		}
		isDir := in.isDir(look + f.Name)
		if dirs && !isDir {
			continue
		}
		s := dir + f.Name
		if isDir {
			s += "/"
		}
		list = append(list, s)
	}
	return list
}
