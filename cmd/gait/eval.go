package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"gait/assess/evaluate"
	"gait/recording"
)

// evalCmd measures the assessments on labelled recordings.
type evalCmd struct {
	Output string   `short:"o" enum:"table,json" default:"table" help:"Form of the result: table to read, or json."`
	Refit  bool     `help:"Fit the operator's model on the corpus itself, fold by fold, instead of on what is shipped."`
	Quiet  bool     `short:"q" help:"No progress; failures are still told."`
	Corpus []string `arg:"" optional:"" help:"Folder with labelled recordings; several are measured as one."`
	limitFlags
}

// evalNeeds explains what a corpus is.
const evalNeeds = `A corpus is a folder with recordings of any format and at least one table labels.NAME.tsv beside them: text in
columns divided by tabs, with this first line and a row for each recording:

  file	class	subject	group
  alice/monday.cast	human	alice	alice
  tty/6d20cd1e97	bot	my-honeypot	mirai-a

file     path from the folder of the table, with slashes
class    human (typed by a person), bot (a script), llm (an agent), machine_keys (a program that sends
         single keys), exec (a command without a terminal) or unknown
subject  where it comes from: the person, the harness, the honeypot
group    what is alike: the person, the model, the script. Nothing is judged by a model that has seen its group

How typists are told apart is measured on files digraphs.NAME.tsv or .tsv.gz in the folder (docs/typist.md has
their columns), or else on the recordings of people, where a person has several.

Label only what you know, not what gait said of it.`

// Help says what is measured on what.
func (*evalCmd) Help() string {
	return evalNeeds + `

The model that is measured is the one that is shipped, fitted anew without the groups and recordings that it is asked about: nothing of the
corpus trains it. What each figure means stands in docs/evaluation.md.

Exit status: 0 when all was measured, 1 when something could not be read (the rest is measured), 2 for wrong usage.`
}

// evalReport is the result as JSON. What the corpus has nothing for is null.
type evalReport struct {
	Operator *evaluate.OperatorReport `json:"operator"`
	// Typist is by the number of keys.
	Typist      map[string]*evaluate.TypistFigures `json:"typist"`
	Attribution *evaluate.AttributionFigures       `json:"attribution"`
}

// Run measures, or says what it needs.
func (e *evalCmd) Run(ctx context.Context, c *console) error {
	if len(e.Corpus) == 0 {
		fmt.Fprintln(c.out, "gait eval CORPUS says how often gait is right, on recordings of which you know who was at the keys.\n\n"+strings.ReplaceAll(evalNeeds, "\t", "    "))
		return usageError{"name a corpus: gait eval FOLDER"}
	}
	failed := 0
	x := &corpus{opt: recording.Options{Limits: e.limits()}, fail: func(f failure) {
		failed++
		fmt.Fprintln(c.err, f.line())
	}}
	report, err := e.measure(ctx, c, x)
	if err != nil {
		return err
	}
	if e.Output == "json" {
		b, err := json.Marshal(report)
		if err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, b, "", "  "); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		indented.WriteByte('\n')
		_, err = c.out.Write(indented.Bytes())
		if err != nil {
			return err
		}
	} else if err := newEvalPage(c).write(report); err != nil {
		return err
	}
	if failed > 0 {
		return errFailed
	}
	return nil
}

// measure reads the corpora and measures what they have samples for.
func (e *evalCmd) measure(ctx context.Context, c *console, x *corpus) (*evalReport, error) {
	var list []labelled
	for _, dir := range e.Corpus {
		found := x.labels(dir)
		if len(found) == 0 && len(sampleFiles(dir)) == 0 {
			x.fail(failure{dir, "no recording is labelled there (gait eval without a folder says how to label)"})
		}
		list = append(list, found...)
	}
	x.bar = startProgress(c, int64(len(list)), recordings, e.Quiet)
	err := x.read(ctx, list)
	x.bar.stop()
	if err != nil {
		return nil, err
	}
	report := &evalReport{}
	if len(x.samples) > 0 {
		if report.Operator, err = e.operator(ctx, c, x.samples); err != nil {
			return nil, err
		}
	}
	streams := x.streams(e.Corpus)
	if report.Typist, err = e.typist(ctx, c, streams); err != nil {
		return nil, err
	}
	report.Attribution, err = e.attribution(ctx, c, x.samples, streams)
	return report, err
}

// operator measures who is at the keys.
func (e *evalCmd) operator(ctx context.Context, c *console, samples []evaluate.Sample) (*evaluate.OperatorReport, error) {
	opt := evaluate.Options{Refit: e.Refit, Encodings: encodings}
	bar := startProgress(c, int64(opt.Steps(samples)), func(n int64) string { return count(n, "step", "steps") }, e.Quiet)
	defer bar.stop()
	opt.Step = func() error {
		bar.done(1)
		return ctx.Err()
	}
	return evaluate.Operator(samples, opt)
}

func recordings(n int64) string { return count(n, "recording", "recordings") }
