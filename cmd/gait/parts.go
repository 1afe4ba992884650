package main

// commands lists what the program is built from: one field a subcommand.
type commands struct {
	Profile    profileCmd    `cmd:"" help:"Read recordings and say how the operator moved."`
	Explain    explainCmd    `cmd:"" help:"Say how each value of a session came about."`
	Replay     replayCmd     `cmd:"" help:"Play a session in the terminal, with its keys."`
	Convert    convertCmd    `cmd:"" help:"Write a recording in another format."`
	Primitives primitivesCmd `cmd:"" help:"List the primitives, or explain one."`
	Completion completionCmd `cmd:"" help:"Print the script that completes the command line in a shell."`
	Man        manCmd        `cmd:"" help:"Print the manual page."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}
