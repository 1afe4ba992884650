package files

import (
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// lsColors gives what dircolors sets LS_COLORS to: kinds of files first, then the
// ends of names with the colour of their group.
func lsColors() string {
	var b strings.Builder
	b.WriteString("rs=0:di=01;34:ln=01;36:mh=00:pi=40;33:so=01;35:do=01;35:bd=40;33;01:cd=40;33;01:or=40;31;01:mi=00:su=37;41:sg=30;43:ca=00:tw=30;42:ow=34;42:st=37;44:ex=01;32:")
	for _, group := range []struct{ color, ends string }{
		{"01;31", "tar tgz arc arj taz lha lz4 lzh lzma tlz txz tzo t7z zip z dz gz lrz lz lzo xz zst tzst bz2 bz tbz tbz2 tz deb rpm jar war ear sar rar alz ace zoo cpio 7z rz cab wim swm dwm esd"},
		{"01;35", "avif jpg jpeg mjpg mjpeg gif bmp pbm pgm ppm tga xbm xpm tif tiff png svg svgz mng pcx mov mpg mpeg m2v mkv webm webp ogm mp4 m4v mp4v vob qt nuv wmv asf rm rmvb flc avi fli flv gl dl xcf xwd yuv cgm emf ogv ogx"},
		{"00;36", "aac au flac m4a mid midi mka mp3 mpc ogg ra wav oga opus spx xspf"},
		{"00;90", "~ # bak old orig part rej swp tmp dpkg-dist dpkg-old ucf-dist ucf-new ucf-old rpmnew rpmorig rpmsave"},
	} {
		for _, end := range strings.Fields(group.ends) {
			if end != "~" && end != "#" {
				end = "." + end
			}
			b.WriteString("*" + end + "=" + group.color + ":")
		}
	}
	return b.String()
}

func runDircolors(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "bcp", Long: map[string]proc.Long{"sh": {As: "b"}, "bourne-shell": {As: "b"}, "csh": {As: "c"}, "c-shell": {As: "c"}, "print-database": {As: "p"}, "print-ls-colors": {}}},
		gnu.About{Usage: "[OPTION]... [FILE]", Does: "Output commands to set the LS_COLORS environment variable.", By: "H. Peter Anvin"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 0 && o.Operands[0] != "-" {
		if _, err := p.FS.Stat(o.Operands[0]); err != nil {
			return p.Complain("%s: %s", gnu.Name(p, o.Operands[0]), gnu.Why(err))
		}
	}
	shell := p.Env.Get("SHELL")
	if !o.Has("b", "c") && shell == "" {
		return p.Complain("no SHELL environment variable, and no shell type option given")
	}
	value := lsColors()
	if !knownTerminal(p.Env.Get("TERM")) {
		value = ""
	}
	if o.Has("c") || !o.Has("b") && strings.HasSuffix(shell, "csh") {
		p.Printf("setenv LS_COLORS '%s'\n", value)
		return 0
	}
	p.Printf("LS_COLORS='%s';\nexport LS_COLORS\n", value)
	return 0
}
