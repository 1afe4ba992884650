package main

// commands lists what the program is built from: one field a subcommand.
type commands struct {
	Profile profileCmd `cmd:"" help:"Read recordings and say how the operator moved."`
	Explain explainCmd `cmd:"" help:"Say how each value of a session came about."`
	Convert convertCmd `cmd:"" help:"Write a recording in another format."`
	Version versionCmd `cmd:"" help:"Print the version."`
}
