// Command samples writes the sample recordings: one folder with made-up visits
// in each format that the program reads. The same program writes the same
// bytes.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: samples FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "samples:", err)
		os.Exit(1)
	}
}

// write makes all files below a folder.
func write(dir string) error {
	files := folder{}
	for _, add := range []func(folder) error{addShard, addCast, addCowrie, addScript} {
		if err := add(files); err != nil {
			return err
		}
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// folder holds files by their slash-separated names.
type folder map[string][]byte
