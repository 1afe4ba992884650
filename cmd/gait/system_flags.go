package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/bus"
)

// defaultData is the data folder where none is named.
const defaultData = "./gait-data"

// The flags of the running system, in groups that the subcommands embed. All
// that are marked conf can also be set by the environment and by the
// configuration file; see [settings].

// dataFlags say where the program keeps what is its own.
type dataFlags struct {
	Data   string `conf:"" placeholder:"DIR" default:"./gait-data" group:"data" help:"Folder of what gait keeps: database, streams, uploads, its own recordings."`
	Config string `placeholder:"FILE" group:"data" help:"Configuration file; by itself gait.toml in the working directory, where there is one. none reads none."`
}

// storeFlags say which database is used.
type storeFlags struct {
	Store  string `conf:"" placeholder:"DSN" group:"data" help:"PostgreSQL database (postgres://user@host/name; several hosts with commas). By itself SQLite in the data folder."`
	Compat bool   `conf:"" group:"data" help:"Read exactly as the reference engine does; a store is made with or without it."`
}

// rootFlags say where recordings are.
type rootFlags struct {
	Shards     []string `conf:"" sep:"none" placeholder:"DIR" group:"sources" help:"Root of shards ({decoy}/{service}/transcripts below it). May be repeated; shards in the data folder are always watched."`
	Cowrie     []string `conf:"" sep:"none" placeholder:"DIR" group:"sources" help:"Folder of a Cowrie: pip, source, Docker, T-Pot or DShield. May be repeated."`
	Recordings []string `conf:"" sep:"none" placeholder:"DIR" group:"sources" help:"Folder into which finished recordings of any format are put. May be repeated."`
}

// feedFlags say who records sessions for this machine's collector.
type feedFlags struct {
	RecordSocket  string   `conf:"" placeholder:"PATH" group:"sources" help:"Socket to which gait record brings sessions; they are written below the data folder. Its folder must be one that only the collector may write to, such as /run/gait."`
	RecordDecoy   []string `conf:"" sep:"none" placeholder:"NAME" group:"sources" help:"Decoy that those sessions belong to: NAME for all, UID=NAME for those of one user. May be repeated."`
	RecordService string   `conf:"" placeholder:"NAME" default:"ssh" group:"sources" help:"Service that they belong to."`
}

// watchFlags say how sessions are found.
type watchFlags struct {
	rootFlags
	feedFlags
	Syslog      []string  `conf:"" sep:"none" placeholder:"ADDRESS" group:"sources" help:"RFC 5424 events of the reference recorder: file:PATH, unix:PATH, udp://HOST:PORT or tcp://HOST:PORT. May be repeated."`
	SyslogAllow []string  `conf:"" sep:"none" placeholder:"NETWORK" group:"sources" help:"Who may send them over the network, such as 10.0.0.0/8; by itself only this machine. May be repeated."`
	Services    []string  `conf:"" placeholder:"NAME" default:"ssh,telnet" group:"sources" help:"Services whose shards are read, with commas between them."`
	Idle        longTime  `conf:"" placeholder:"TIME" default:"10m" group:"sources" help:"Silence after which a session without an end counts as ended."`
	GiveUp      longTime  `conf:"" placeholder:"TIME" default:"24h" group:"sources" help:"How long a session waits for its recording before it is parked."`
	Sweep       longTime  `conf:"" placeholder:"TIME" default:"5m" group:"sources" help:"How often every source is compared with the store."`
	Since       sinceTime `conf:"" placeholder:"WHEN" group:"sources" help:"Leave out sessions that began before: a date such as 2026-05-01, or 30d for so long ago."`
}

// busFlags say which bus is used.
type busFlags struct {
	Nats         string `conf:"" placeholder:"URL" group:"bus" help:"NATS server with JetStream, or several with commas. By itself one runs inside the program, without a port."`
	NatsCreds    string `conf:"" placeholder:"FILE" group:"bus" help:"Credentials for it."`
	NatsCA       string `conf:"" placeholder:"FILE" group:"bus" help:"Certificate authority that it is checked against."`
	NatsCert     string `conf:"" placeholder:"FILE" group:"bus" help:"Client certificate for it."`
	NatsKey      string `conf:"" placeholder:"FILE" group:"bus" help:"Key of the client certificate."`
	NatsReplicas int    `conf:"" placeholder:"N" group:"bus" help:"Copies of each stream in a cluster."`
	NatsPrefix   string `conf:"" placeholder:"NAME" group:"bus" help:"Put before the names of streams, and as NAME. before every subject, for several systems on one server: letters, digits, - and _."`
	NoBus        bool   `conf:"" group:"bus" help:"Work without a bus: nothing is announced to other programs."`
	Durability   string `conf:"" enum:"normal,strict" default:"normal" group:"bus" help:"Of the bus inside the program: normal writes to disk every 10 s, strict before each acknowledgement. What the bus loses the store still has."`
}

// workFlags say how sessions are profiled.
type workFlags struct {
	Workers       int     `conf:"" placeholder:"N" group:"work" help:"How many sessions are profiled at once; by itself one for each processor."`
	Typist        bool    `conf:"" group:"work" help:"Keep how each session was typed, as numbers without text, compare attackers by it and propose links between those who type alike. Nobody is merged by it."`
	AcceptLinks   float64 `conf:"" group:"work" placeholder:"LOGODDS" help:"Accept a proposed link without asking from these posterior log odds on (natural, 2.2 or more: 4.6 are 99 to 1), where client, habits or network speak for it as well. By itself no link is accepted by the program. What it accepts can be undone and is then left alone."`
	TypistTable   string  `conf:"" group:"work" placeholder:"FILE" help:"Compare by a table that gait fit wrote instead of the one that is shipped."`
	operatorFlags `embed:"" group:"work"`
	limitFlags
}

// serveFlags say how answers are given.
type serveFlags struct {
	Listen         string   `conf:"" placeholder:"HOST:PORT" default:"127.0.0.1:8080" group:"serve" help:"Address of the API and the page; port 0 takes any that is free."`
	PublicURL      string   `conf:"" placeholder:"URL" group:"serve" help:"Under which people reach it, where that is another, such as behind a proxy."`
	TrustedProxy   []string `conf:"" sep:"none" placeholder:"NETWORK" group:"serve" help:"Proxies whose forwarded headers count. May be repeated."`
	TLSCert        string   `conf:"" placeholder:"FILE" group:"serve" help:"Certificate, for TLS."`
	TLSKey         string   `conf:"" placeholder:"FILE" group:"serve" help:"Key of the certificate."`
	Insecure       bool     `conf:"" group:"serve" help:"Listen beyond this machine without TLS all the same, for instance inside a container."`
	MetricsListen  string   `conf:"" placeholder:"HOST:PORT" group:"serve" help:"Serve /metrics there."`
	DebugListen    string   `conf:"" placeholder:"HOST:PORT" group:"serve" help:"Serve /debug there: queues and profiles of the program. Keep it on this machine."`
	Output         []string `conf:"" sep:"none" placeholder:"OUTPUT" group:"serve" help:"Also give sessions to jsonl:PATH or webhook:URL as they are profiled; with filters: webhook[motor.input_modality=typed,decoy=web-01]:URL (also service=). May be repeated."`
	WebhookSecret  string   `conf:"" placeholder:"FILE" group:"serve" help:"File with the secret by which webhooks are signed."`
	StrictEnvelope bool     `conf:"" group:"serve" help:"Write observations with the fields of the public schema alone."`
}

// keepFlags say what is deleted, and when nothing more is taken in.
type keepFlags struct {
	KeepObservations keepRule `conf:"" placeholder:"RULE" group:"keep" help:"Delete sessions with their observations that are older, or the oldest while the database is larger: 90d, 20GB or 90d,20GB. By itself nothing is deleted."`
	KeepRecordings   keepRule `conf:"" placeholder:"RULE" group:"keep" help:"The same for recordings below the data folder, which gait's own recorder wrote. Others are never touched."`
	KeepUploads      keepRule `conf:"" placeholder:"RULE" group:"keep" help:"The same for files in the folder uploads of the data folder."`
	MinFree          freeRule `conf:"" placeholder:"RULE" default:"1GB,5%" group:"keep" help:"Take nothing in while less than this, or a smaller part, is free on the data folder's disk. Recordings stay where they are until there is room."`
}

// logFlags say how the program speaks of itself.
type logFlags struct {
	Log   string `conf:"" enum:"auto,text,json" default:"auto" group:"log" help:"Form of log lines on standard error: text, json, or by itself text on a terminal and json elsewhere."`
	Debug bool   `conf:"" group:"log" help:"Log also what is for developers."`
}

// groupTitles heads the groups of flags, in their order.
var groupTitles = []struct{ key, title string }{
	{"data", "Data:"}, {"sources", "Where sessions come from:"}, {"bus", "Bus:"}, {"work", "Profiling:"}, {"serve", "Answers:"},
	{"keep", "What is kept:"}, {"decoy", "Decoy:"}, {"log", "Log:"},
}

// Validate is called by the parser.
func (w *workFlags) Validate() error {
	if w.Workers < 0 || w.Workers > maxWorkers {
		return fmt.Errorf("--workers: must be from 1 to %d", maxWorkers)
	}
	return w.limitFlags.Validate()
}

// Validate is called by the parser.
func (w *watchFlags) Validate() error {
	if w.Idle < longTime(time.Second) || w.GiveUp < longTime(time.Minute) || w.Sweep < longTime(time.Second) {
		return errors.New("--idle and --sweep must be at least 1s, --give-up at least 1m")
	}
	if w.RecordSocket != "" && !slices.Contains(w.Services, w.RecordService) {
		return fmt.Errorf("--record-service: %q is none of --services, so that its sessions would not be found", w.RecordService)
	}
	return w.feedFlags.Validate()
}

// Validate is called by the parser.
func (f *feedFlags) Validate() error {
	if (f.RecordSocket == "") != (len(f.RecordDecoy) == 0) {
		return errors.New("--record-socket and --record-decoy belong together")
	}
	return nil
}

// Validate is called by the parser.
func (b *busFlags) Validate() error {
	switch {
	case b.NoBus && b.Nats != "":
		return errors.New("--no-bus and --nats cannot be used together")
	case (b.NatsCert == "") != (b.NatsKey == ""):
		return errors.New("--nats-cert and --nats-key belong together")
	case b.NatsReplicas < 0 || b.NatsReplicas > 5:
		return errors.New("--nats-replicas: must be from 1 to 5")
	}
	if err := bus.CheckPrefix(b.NatsPrefix); err != nil {
		return fmt.Errorf("--nats-prefix: %w", err)
	}
	return nil
}

// Validate is called by the parser.
func (s *serveFlags) Validate() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key belong together")
	}
	return nil
}

// postgres says whether a PostgreSQL database is used.
func (s *storeFlags) postgres() bool { return s.Store != "" }

// Validate is called by the parser.
func (s *storeFlags) Validate() error {
	if s.Store != "" && !strings.HasPrefix(s.Store, "postgres://") && !strings.HasPrefix(s.Store, "postgresql://") {
		return errors.New("--store: write postgres://user@host/name; without it SQLite is used")
	}
	return nil
}

// keepRule is how long or how much is kept. Zero values keep everything.
type keepRule struct {
	Age  time.Duration
	Size int64
}

// UnmarshalText reads a rule such as 90d, 20GB, or both with a comma.
func (k *keepRule) UnmarshalText(text []byte) error {
	var r keepRule
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		var age longTime
		var size byteSize
		switch {
		case strings.HasSuffix(strings.ToUpper(part), "B") && size.UnmarshalText([]byte(part)) == nil && size > 0 && r.Size == 0:
			r.Size = int64(size)
		case age.UnmarshalText([]byte(part)) == nil && age > 0 && r.Age == 0:
			r.Age = time.Duration(age)
		default:
			return fmt.Errorf("%q is no rule; write an age such as 90d, a size such as 20GB, or both: 90d,20GB", text)
		}
	}
	*k = r
	return nil
}

// String writes the rule as it is read.
func (k keepRule) String() string {
	var age, size string
	if k.Age > 0 {
		age = longTime(k.Age).String()
	}
	if k.Size > 0 {
		if size = byteSize(k.Size).String(); !strings.HasSuffix(size, "B") {
			size += "B"
		}
	}
	return join(",", age, size)
}

// none says whether everything is kept.
func (k keepRule) none() bool { return k == keepRule{} }

// freeRule is how much of a disk must be free: bytes, and a part of it.
type freeRule struct {
	Size int64
	Part float64
}

// UnmarshalText reads a rule such as 1GB, 5%, or both with a comma.
func (f *freeRule) UnmarshalText(text []byte) error {
	var r freeRule
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if p, ok := strings.CutSuffix(part, "%"); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(p), 10, 8)
			if err != nil || n > 90 {
				return fmt.Errorf("%q is no part of a disk; write 5%%", part)
			}
			r.Part = float64(n) / 100
			continue
		}
		var size byteSize
		if err := size.UnmarshalText([]byte(part)); err != nil {
			return err
		}
		r.Size = int64(size)
	}
	*f = r
	return nil
}

// String writes the rule as it is read.
func (f freeRule) String() string {
	text := byteSize(f.Size).String()
	if f.Part > 0 {
		text += "," + strconv.Itoa(int(100*f.Part+0.5)) + "%"
	}
	return text
}

// sinceTime is a time in the past: a date, a time, or how long ago.
type sinceTime struct {
	at  time.Time
	ago time.Duration
}

// UnmarshalText reads a date, an RFC 3339 time, or a stretch of time.
func (s *sinceTime) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, string(text)); err == nil {
			*s = sinceTime{at: at}
			return nil
		}
	}
	var ago longTime
	if err := ago.UnmarshalText(text); err != nil || ago < 0 {
		return fmt.Errorf("%q is no time; write 2026-05-01, 2026-05-01T08:00:00Z, or 30d for so long ago", text)
	}
	*s = sinceTime{ago: time.Duration(ago)}
	return nil
}

// time gives the time; zero where none was set.
func (s sinceTime) time(now time.Time) time.Time {
	if s.ago > 0 {
		return now.Add(-s.ago)
	}
	return s.at
}

// String writes the time as it is read.
func (s sinceTime) String() string {
	switch {
	case s.ago > 0:
		return longTime(s.ago).String()
	case s.at.IsZero():
		return ""
	}
	return s.at.Format(time.RFC3339)
}
