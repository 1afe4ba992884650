package main

import (
	"fmt"
	"time"

	"gait"
	"gait/internal/simulate"
)

// addScript writes a visit as script(1) does with --log-io and its advanced
// timing: one file with all bytes in order, and one with the times.
func addScript(files folder) error {
	s := simulate.Find("paster").Session(4)
	date := s.Start.Format("2006-01-02 15:04:05+00:00")
	data := fmt.Appendf(nil, "Script started on %s [TERM=\"xterm-256color\" TTY=\"/dev/pts/0\" COLUMNS=\"80\" LINES=\"24\"]\n", date)
	var timing []byte
	for _, h := range [][2]string{
		{"START_TIME", date}, {"TERM", "xterm-256color"}, {"TTY", "/dev/pts/0"}, {"COLUMNS", "80"}, {"LINES", "24"},
		{"SHELL", "/bin/bash"}, {"TIMING_LOG", "session.timing"}, {"OUTPUT_LOG", "session.io"}, {"INPUT_LOG", "session.io"},
	} {
		timing = fmt.Appendf(timing, "H 0.000000 %s %s\n", h[0], h[1])
	}
	last := time.Duration(0)
	for _, e := range s.Events() {
		letter := byte('O')
		if e.Kind == gait.Input {
			letter = 'I'
		}
		timing = append(gait.AppendSeconds(append(timing, letter, ' '), e.Time-last), fmt.Sprintf(" %d\n", len(e.Data))...)
		data = append(data, e.Data...)
		last = e.Time
	}
	timing = append(gait.AppendSeconds(append(timing, "H 0.000000 DURATION "...), s.End.Time), "\nH 0.000000 EXIT_CODE 0\n"...)
	files["script/session.io"] = fmt.Appendf(data, "\nScript done on %s [COMMAND_EXIT_CODE=\"0\"]\n", s.Start.Add(s.End.Time).Format("2006-01-02 15:04:05+00:00"))
	files["script/session.timing"] = timing
	return nil
}
