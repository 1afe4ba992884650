// Command training makes the rows that the operator model is fitted on, from
// folders of labelled recordings:
//
//	go run ./internal/training FOLDER... > assess/operator/training.tsv
//
// Each folder holds labels.*.tsv with the columns file, class, subject and
// group. Of the classes human, bot, llm and machine_keys each session becomes a
// row of numbers; recordings of other classes teach nothing and are left out.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gait/assess/operator"
	"gait/recording"
	"gait/recording/reader"
)

// classes are the labels that teach something.
var classes = map[string]operator.Class{
	"human": operator.Person, "bot": operator.Script, "llm": operator.Agent, "machine_keys": operator.Machine,
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := run(os.Args[1:], out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "training:", err)
		os.Exit(1)
	}
}

func run(folders []string, out io.Writer) error {
	if len(folders) == 0 {
		return fmt.Errorf("usage: training FOLDER..., each with labels.*.tsv")
	}
	for _, folder := range folders {
		lists, err := filepath.Glob(filepath.Join(folder, "labels.*.tsv"))
		if err != nil {
			return err
		}
		if len(lists) == 0 {
			return fmt.Errorf("%s holds no labels.*.tsv", folder)
		}
		for _, list := range lists {
			if err := labelled(folder, list, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// labelled writes the rows of one list of labels.
func labelled(folder, list string, out io.Writer) error {
	f, err := os.Open(list)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		column := strings.Split(lines.Text(), "\t")
		if len(column) != 4 {
			return fmt.Errorf("%s line %d: %d columns, want 4", list, n, len(column))
		}
		class, ok := classes[column[1]]
		if !ok {
			continue
		}
		e := operator.Example{Class: class, File: column[0], Subject: column[2], Group: column[3]}
		if err := rows(filepath.Join(folder, column[0]), e, out); err != nil {
			return err
		}
	}
	return lines.Err()
}

// longest lets a recording go on after days without a key, as sittings of one
// person do.
const longest = 400 * 24 * time.Hour

// rows writes a row for each session of a recording.
func rows(path string, e operator.Example, out io.Writer) error {
	opt := recording.Options{Limits: reader.DefaultLimits()}
	opt.Limits.Duration = longest
	file, err := recording.Open(path, opt)
	if err != nil {
		return err
	}
	defer file.Close()
	for session, err := range recording.Sessions(file) {
		if err != nil {
			return err
		}
		e.Features = operator.Read(session, 0)
		if _, err := fmt.Fprintln(out, e.Row()); err != nil {
			return err
		}
	}
	return nil
}
