package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"gait/assess/typist"
	"gait/recording"
)

// fitCmd fits the table of typing.
type fitCmd struct {
	Output string   `short:"o" required:"" placeholder:"FILE" help:"Table file to write."`
	Force  bool     `help:"Replace the file where it is there already."`
	Quiet  bool     `short:"q" help:"No progress; failures are still told."`
	Corpus []string `arg:"" help:"Folder with labelled recordings or digraph samples, as for gait eval."`
	limitFlags
}

// Help says what is fitted on what.
func (*fitCmd) Help() string {
	return `The figures of typing that are part of the program come from 1,696 people who typed prose in a browser, and the odds from 11. This fits them to
people who type where you record them: each figure and each weight becomes the mean of the shipped one, which counts as 200 persons,
and of what your sessions show. The folder holds recordings and tables labels.NAME.tsv as for gait eval (rows of class human; the
group is the person), or files digraphs.NAME.tsv. It takes sessions of at least 30 persons, of each at least two of 100 keys or more.

The table file holds numbers and nothing of any session. gait run --typist --typist-table FILE compares by it; what was stored by another table is not
compared with it.

Exit status: 0 when the table was written, 1 when not, 2 for wrong usage.`
}

// Run fits and writes the table.
func (f *fitCmd) Run(ctx context.Context, c *console) error {
	failed := 0
	x := &corpus{opt: recording.Options{Limits: f.limits()}, fail: func(f failure) {
		failed++
		fmt.Fprintln(c.err, f.line())
	}}
	var list []labelled
	for _, dir := range f.Corpus {
		found := x.labels(dir)
		if len(found) == 0 && len(sampleFiles(dir)) == 0 {
			x.fail(failure{dir, "no recording is labelled there (gait eval without a folder says how to label)"})
		}
		list = append(list, found...)
	}
	x.bar = startProgress(c, int64(len(list)), recordings, f.Quiet)
	err := x.read(ctx, list)
	x.bar.stop()
	switch {
	case err != nil:
		return err
	case failed > 0:
		return errors.New("nothing was fitted, since not everything could be read")
	}
	fitted, err := typist.Shipped().Fit(x.streams(f.Corpus))
	if err != nil {
		return err
	}
	text, err := fitted.Table()
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	to, err := createTarget(f.Output, f.Force)
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	if err := errors.Join(err, to.finish(err == nil)); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	fmt.Fprintf(c.out, "table %d, calibrated on %s\n", fitted.Version, count(int64(fitted.Persons), "person", "persons"))
	return nil
}

// typistModel gives what sessions are compared by: nil where nothing is kept
// of how people type, else the shipped model or that of a table file.
func typistModel(w *workFlags) (*typist.Model, error) {
	switch {
	case !w.Typist && w.TypistTable != "":
		return nil, usageError{"--typist-table is used only together with --typist"}
	case !w.Typist && w.AcceptLinks != 0:
		return nil, usageError{"--accept-links is used only together with --typist"}
	case w.AcceptLinks != 0 && !(w.AcceptLinks >= typist.ProposeLogOdds):
		return nil, usageError{fmt.Sprintf("--accept-links=%g: links are proposed from %.3g on; give that or more", w.AcceptLinks, typist.ProposeLogOdds)}
	case !w.Typist:
		return nil, nil
	case w.TypistTable == "":
		return typist.Shipped(), nil
	}
	f, err := os.Open(w.TypistTable)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, typist.MaxTable+1))
	if err != nil {
		return nil, err
	}
	m, err := typist.ReadTable(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.TypistTable, err)
	}
	return m, nil
}
