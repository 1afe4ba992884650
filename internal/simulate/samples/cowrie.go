package main

import (
	"time"

	"gait"
	"gait/internal/simulate"
)

// addCowrie writes an event log and two terminal logs. The loader came twice
// with the same keys, so that Cowrie threw its second recording away.
func addCowrie(files folder) error {
	person, bot := simulate.Find("paster").Session(3), simulate.Find("loader").Session(3)
	again := *bot
	again.Start = bot.Start.Add(90 * time.Minute)
	again.SourceIP, again.SourcePort = "203.0.113.77", 40312
	var log []byte
	for _, v := range []struct {
		s         *gait.Session
		id        string
		duplicate bool
	}{{bot, "5d1f0a9b3c7e", false}, {&again, "c20be4176a58", true}, {person, "91aa37f0d264", false}} {
		name, records := simulate.TTYLog(v.s)
		if !v.duplicate { // of two of a name the data are the first one's
			for _, r := range records {
				files["cowrie/tty/"+name] = append(files["cowrie/tty/"+name], r.Data...)
			}
		}
		visit := simulate.CowrieVisit{Session: v.s, ID: v.id, Sensor: "web01", Name: name, Duplicate: v.duplicate}
		for _, e := range visit.Events() {
			log = append(log, e.Line().Data...)
		}
	}
	files["cowrie/log/cowrie.json"] = log
	return nil
}
