package main

// commands lists what the program is built from: one field a subcommand.
type commands struct {
	Version versionCmd `cmd:"" help:"Print the version."`
}
