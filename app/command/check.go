package command

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/review"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/gate"
	"bulkhead/render/hull"
	"bulkhead/render/svg"
)

type checkCmd struct {
	templateFlags
	File       []string `arg:"" help:"Template, folder, snapshot or saved design; several make one design."`
	Baseline   string   `help:"What it is held against: template, folder, snapshot, saved design, or what breach --json printed of it." placeholder:"BASE" xor:"base"`
	AgainstGit string   `name:"against-git" help:"Hold it against the same files as of a revision, read from the repository." placeholder:"REV" xor:"base"`
	MaxWorst   string   `name:"max-worst" help:"Fail where a breach reaches a larger share of the counted resources: 0.4 or 40%, unweighted, must and may." placeholder:"SHARE"`
	NoAdmin    bool     `name:"no-admin" help:"Fail where a function reaches an administrator, new or not."`
	Accept     string   `help:"Accepted risks (.bulkhead-accept.yaml, if it is there)." placeholder:"FILE"`
	AcceptNew  bool     `name:"accept-new" help:"Write an entry for each finding into the file of accepted risks, for a person to complete."`
	Markdown   string   `help:"Write a summary for a pull request, and a picture beside it." placeholder:"OUT"`
	Sarif      string   `help:"Write SARIF 2.1.0 for code scanning." placeholder:"OUT"`
	JSON       bool     `name:"json" help:"Print JSON."`
}

func (c checkCmd) Run(ctx context.Context, env *Env) error {
	worst, err := share(c.MaxWorst)
	if err != nil {
		return err
	}
	if c.Baseline == "" && c.AgainstGit == "" && c.MaxWorst == "" && !c.NoAdmin {
		return usage("check: against what? give --baseline BASE, --against-git REV, --max-worst SHARE or --no-admin")
	}
	risks, err := readRisks(c.Accept)
	if err != nil {
		return err
	}
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	after, err := reach.Analyze(ctx, o.Design, catalog.Load(), nil)
	if err != nil {
		return err
	}
	r := &gate.Report{Files: c.File, Version: Version(), Measures: after.Measures(false), NotSeen: after.NotSeen()}
	var found []review.Finding
	base, err := c.base(ctx, env, o)
	if err != nil {
		return err
	}
	if base != nil {
		r.Against = base.name
		var result *review.Result
		if base.facts != nil {
			result = review.CompareFacts(base.facts, after)
			r.Before = base.measures
			r.Incomplete = "The baseline tells what breaches reached, not which policies allowed it: wider grants and walls that are gone were not looked for."
		} else {
			was := after // most changes of a repository change nothing here
			if !unchanged(base.design, o.Design) {
				if was, err = reach.Analyze(ctx, base.design, catalog.Load(), nil); err != nil {
					return err
				}
			}
			result = review.Compare(was, after)
			// One ledger for both, or resources that came and went would move the shares.
			all := reach.Options{Ledger: slices.Concat(o.Design.Resources(), base.design.Resources())}
			m := was.WithOptions(all).Measures(false)
			r.Before, r.Measures = &m, after.WithOptions(all).Measures(false)
			base.analysis = was
		}
		found, r.Better = result.Findings, result.Better
	}
	found = append(found, review.Limits(after, c.NoAdmin, worst)...)
	risks.judge(r, found, env.now())
	if c.AcceptNew {
		if err := risks.add(r.Open); err != nil {
			return err
		}
		fmt.Fprintf(env.Err, "%s: %s to complete\n", risks.path, count(len(r.Open), "new entry"))
	}
	if err := c.write(ctx, env, r, base, after); err != nil {
		return err
	}
	switch {
	case r.Fails():
		return &exit{exitNo, "check: " + r.Headline()}
	case r.Undecided():
		return &exit{exitUndecided, "check: " + r.Headline()}
	}
	return nil
}

// unchanged reports whether two designs say the same, their organizations' policies too.
func unchanged(before, after *model.Design) bool {
	b, a := before.Info(), after.Info()
	return b.Partition == a.Partition && b.Account == a.Account && b.Region == a.Region && reflect.DeepEqual(b.Guardrails, a.Guardrails) && before.Same(after)
}

// share is a limit between 0 and 1, written as 0.4 or 40%; 1 where there is none.
func share(s string) (float64, error) {
	if s == "" {
		return 1, nil
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	var x float64
	if _, err := fmt.Sscanf(strings.TrimSpace(number)+" ", "%g ", &x); err == nil {
		if percent {
			x /= 100
		}
		if x >= 0 && x <= 1 {
			return x, nil
		}
	}
	return 0, usage("check: --max-worst %s: a share such as 0.4 or 40%%", s)
}

// write prints the report and writes the files that were asked for.
func (c checkCmd) write(ctx context.Context, env *Env, r *gate.Report, base *baseline, after *reach.Analysis) error {
	if c.Markdown != "" {
		if base != nil && base.analysis != nil {
			picture, err := pictureOf(ctx, base.analysis, after)
			if err != nil {
				return err
			}
			if picture != nil {
				name := strings.TrimSuffix(c.Markdown, filepath.Ext(c.Markdown)) + ".svg"
				if err := writeFile(name, picture); err != nil {
					return err
				}
				r.Picture = filepath.Base(name)
			}
		}
		if err := writeFile(c.Markdown, []byte(r.Markdown())); err != nil {
			return err
		}
	}
	if c.Sarif != "" {
		data, err := r.SARIF(c.locate)
		if err != nil {
			return fmt.Errorf("sarif: %w", err)
		}
		if err := writeFile(c.Sarif, data); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(env.Out, describeCheck(r))
	}
	_, err := env.Out.Write([]byte(r.Text()))
	return err
}

// locate is the path of a file from the working folder, by its name in the design.
func (c checkCmd) locate(file string) string {
	if len(c.File) != 1 || filepath.IsAbs(file) {
		return file
	}
	dir := c.File[0]
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	if filepath.IsAbs(dir) {
		if wd, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(wd, dir); err == nil && !strings.HasPrefix(rel, "..") {
				dir = rel
			}
		}
	}
	return path.Join(filepath.ToSlash(dir), file)
}

// mostBays is how many compartments a picture bears that stands in a pull request.
const mostBays = 60

// pictureOf draws the hull before and after, flooded by the worst breach; nil where it would be too large to read.
func pictureOf(ctx context.Context, before, after *reach.Analysis) ([]byte, error) {
	if len(after.Design().Compartments()) > mostBays || len(before.Design().Compartments()) > mostBays {
		return nil, nil
	}
	both := reach.Compare(before, after)
	start := both.AfterMeasures.WorstOf
	if start == "" {
		start = both.BeforeMeasures.WorstOf
	}
	b, a := render.Compare{
		Before:     render.View{Design: before.Design(), Analysis: both.Before, Breach: both.Before.Breach(start), Measures: both.BeforeMeasures},
		After:      render.View{Design: after.Design(), Analysis: both.After, Breach: both.After.Breach(start), Measures: both.AfterMeasures},
		Comparison: both,
	}.Draw()
	scenes, err := hull.Layout{}.Layout(ctx, font.Metrics(), b, a)
	if err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	var out strings.Builder
	if err := svg.Write(&out, render.Stack(scenes...), render.Light, svg.Options{}); err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return []byte(out.String()), nil
}

type checkJSON struct {
	Answer    string         `json:"answer"` // pass, fail, undecided
	Headline  string         `json:"headline"`
	Against   string         `json:"against,omitempty"`
	Findings  []findingJSON  `json:"findings"`
	Accepted  []acceptedJSON `json:"accepted"`
	Problems  []problemJSON  `json:"problems"` // of the file of accepted risks
	Better    []string       `json:"better"`
	Before    *measuresJSON  `json:"before"`
	After     measuresJSON   `json:"after"`
	NotSeen   []string       `json:"notSeen"`
	Remainder string         `json:"notCompared,omitempty"`
}

type findingJSON struct {
	ID         string       `json:"id"`
	Rule       string       `json:"rule"`
	Subject    string       `json:"subject,omitempty"`
	Target     string       `json:"target,omitempty"`
	Capability string       `json:"capability,omitempty"`
	Sentence   string       `json:"sentence"`
	Why        []string     `json:"why"`
	Undecided  string       `json:"undecided,omitempty"`
	Witness    *witnessJSON `json:"witness,omitempty"`
	placeJSON
}

type acceptedJSON struct {
	findingJSON
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Expiry string `json:"expiry,omitempty"`
}

type problemJSON struct {
	ID       string `json:"id"`
	Sentence string `json:"sentence"`
	placeJSON
}

func describeCheck(r *gate.Report) checkJSON {
	out := checkJSON{Answer: "pass", Headline: r.Headline(), Against: r.Against, Findings: []findingJSON{}, Accepted: []acceptedJSON{}, Problems: []problemJSON{},
		Better: list(r.Better), After: describeMeasures(r.Measures), NotSeen: list(r.NotSeen), Remainder: r.Incomplete}
	switch {
	case r.Fails():
		out.Answer = "fail"
	case r.Undecided():
		out.Answer = "undecided"
	}
	if r.Before != nil {
		m := describeMeasures(*r.Before)
		out.Before = &m
	}
	for _, f := range r.Open {
		out.Findings = append(out.Findings, describeFinding(f))
	}
	for _, a := range r.Accepted {
		x := acceptedJSON{describeFinding(a.Finding), a.Reason, a.Owner, ""}
		if !a.Expiry.IsZero() {
			x.Expiry = a.Expiry.Format(time.DateOnly)
		}
		out.Accepted = append(out.Accepted, x)
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, problemJSON{p.ID, p.Says, place(p.Place)})
	}
	return out
}

func describeFinding(f review.Finding) findingJSON {
	out := findingJSON{ID: f.ID, Rule: string(f.Rule), Subject: string(f.Subject), Target: string(f.Target), Capability: f.Can, Sentence: f.Says,
		Why: list(f.Why), Undecided: f.Undecided, placeJSON: place(f.Place)}
	if w := f.Witness; w != nil {
		out.Witness = &witnessJSON{w.Principal, w.Action, w.Resource, w.ResourceAccount, w.Context}
	}
	return out
}
