package main

// commands lists what the program is built from: one field a subcommand.
type commands struct {
	Run        runCmd        `cmd:"" help:"Watch folders of recordings and serve live profiles: everything in one process."`
	Watch      watchCmd      `cmd:"" help:"Follow live what attackers do, in the terminal."`
	Sessions   sessionsCmd   `cmd:"" help:"List sessions, show one, have parked ones tried again."`
	Attackers  attackersCmd  `cmd:"" help:"List attackers, or show one."`
	Links      linksCmd      `cmd:"" help:"List links between attackers who type alike; accept, reject or undo one."`
	Decoy      decoyCmd      `cmd:"" help:"Open a made-up machine to attackers, and record what they do."`
	DecoyChild decoyChildCmd `cmd:"" hidden:"" help:"What gait decoy starts."`
	Profile    profileCmd    `cmd:"" help:"Read recordings and say how the operator moved."`
	Explain    explainCmd    `cmd:"" help:"Say how each value of a session came about."`
	Replay     replayCmd     `cmd:"" help:"Play a session in the terminal, with its keys."`
	Convert    convertCmd    `cmd:"" help:"Write a recording in another format."`
	Primitives primitivesCmd `cmd:"" help:"List the primitives, or explain one."`
	Eval       evalCmd       `cmd:"" help:"Measure how often the assessments are right, on your own labelled recordings."`
	Fit        fitCmd        `cmd:"" help:"Fit the table that typists are compared by to your own sessions."`
	Simulate   simulateCmd   `cmd:"" help:"Write made-up sessions where a honeypot would, live."`
	Doctor     doctorCmd     `cmd:"" help:"Look for what is wrong, and say what to do about it."`
	Config     configCmd     `cmd:"" help:"Print what gait run would do, and where each setting came from."`
	DB         dbCmd         `cmd:"" name:"db" help:"Say what is in the database; migrate, check, vacuum, export or restore it."`
	Reprofile  reprofileCmd  `cmd:"" help:"Have stored sessions profiled again."`
	Forget     forgetCmd     `cmd:"" help:"Erase an address or a session."`
	Token      tokenCmd      `cmd:"" help:"Make, list or revoke tokens of the API."`
	Record     recordCmd     `cmd:"" help:"Run a shell and record it: as a login shell, by sshd's ForceCommand, or in a container."`
	Login      loginCmd      `cmd:"" help:"Print a link that lets a browser in."`
	Collect    collectCmd    `cmd:"" help:"Run the stage that finds sessions that ended, as a process of its own."`
	Work       workCmd       `cmd:"" help:"Run the stage that profiles sessions, as a process of its own."`
	Serve      serveCmd      `cmd:"" help:"Run the stage that answers, as a process of its own."`
	Completion completionCmd `cmd:"" help:"Print the script that completes the command line in a shell."`
	Man        manCmd        `cmd:"" help:"Print the manual page."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}
