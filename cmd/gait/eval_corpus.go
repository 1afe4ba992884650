package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gait/assess/evaluate"
	"gait/recording"
)

// corpusBytes bounds what is held of the recordings of all corpora.
const corpusBytes = 1 << 30

// corpus is what was read of the folders that were named.
type corpus struct {
	samples []evaluate.Sample
	bytes   int64
	opt     recording.Options
	fail    func(failure)
	bar     *progress
}

// labelTables lists the tables of labels in a folder.
func labelTables(dir string) ([]string, error) {
	return filepath.Glob(filepath.Join(escapeGlob(dir), "labels.*.tsv"))
}

// escapeGlob makes a path match itself.
func escapeGlob(path string) string {
	var b []byte
	for i := range len(path) {
		if c := path[i]; c == '*' || c == '?' || c == '[' || c == '\\' && filepath.Separator != '\\' {
			b = append(b, '\\')
		}
		b = append(b, path[i])
	}
	return string(b)
}

// labelled is a label with the folder that it is about.
type labelled struct {
	evaluate.Label
	dir, table string
}

// labels reads the tables of labels of a folder. What cannot be used is told.
func (x *corpus) labels(dir string) (list []labelled) {
	tables, err := labelTables(dir)
	if err != nil || len(tables) == 0 {
		return nil
	}
	first := map[string]string{}
	for _, table := range tables {
		rows, bad, err := readLabels(table)
		for _, b := range bad {
			x.fail(failure{table, b.Error()})
		}
		if err != nil {
			x.fail(failure{table, bareError(err)})
		}
		for _, r := range rows {
			at := fmt.Sprintf("line %d of %s", r.Line, filepath.Base(table))
			switch before, twice := first[r.File]; {
			case !filepath.IsLocal(filepath.FromSlash(r.File)):
				x.fail(failure{table, fmt.Sprintf("line %d: file is not below the folder of the table", r.Line)})
			case twice:
				x.fail(failure{table, fmt.Sprintf("line %d: the file is labelled already, in %s", r.Line, before)})
			default:
				first[r.File] = at
				list = append(list, labelled{r, dir, table})
			}
		}
	}
	return list
}

func readLabels(path string) ([]evaluate.Label, []evaluate.RowError, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return evaluate.ReadLabels(f)
}

// bareError is an error without the path, which is told beside it.
func bareError(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// read reads the labelled recordings.
func (x *corpus) read(ctx context.Context, list []labelled) error {
	for _, l := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.recording(l); err != nil {
			x.fail(failure{l.table, fmt.Sprintf("line %d: %s: %s", l.Line, l.File, bareError(err))})
		}
		x.bar.done(1)
	}
	return nil
}

// recording reads the sessions of one recording: each is a sample.
func (x *corpus) recording(l labelled) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	f, err := recording.OpenBelow(l.dir, filepath.FromSlash(l.File), x.opt)
	if err != nil {
		return err
	}
	defer f.Close()
	var failed error
	for s, err := range recording.Sessions(f) {
		if err != nil {
			failed = err
			continue
		}
		if x.bytes += s.Extent + int64(s.Len())*24; x.bytes > corpusBytes {
			return fmt.Errorf("all recordings together hold more than %s: measure a part of them", howMuch(corpusBytes))
		}
		x.samples = append(x.samples, evaluate.Sample{Label: l.Label, Session: s})
	}
	return failed
}
