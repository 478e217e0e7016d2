package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bulkhead/importers/account/live"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/probe"
)

type verifyCmd struct {
	accessFlags
	File        string  `arg:"" optional:"" help:"Snapshot of the account."`
	Region      string  `help:"Region of the credentials' own configuration, where it names none." placeholder:"R"`
	Samples     int     `default:"100" help:"How many decisions are asked about." placeholder:"N"`
	Rate        float64 `default:"5" help:"Most calls a second." placeholder:"N"`
	Seed        uint64  `default:"1" help:"Which decisions are drawn: the same for the same number." placeholder:"N"`
	PrintPolicy bool    `name:"print-policy" help:"Print the policy that this needs, and ask nothing."`
	JSON        bool    `name:"json" help:"Print JSON."`
}

// mostSamples is how many decisions are asked about at most: each is a call.
const mostSamples = 20_000

// simulatorLimits are what AWS's policy simulator does not see, or sees in another way than a request that is made.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
var simulatorLimits = []string{
	"It is not asked about policies of resources: it does not simulate them for roles, and for users only where they are handed to it.",
	"It does not evaluate service control policies that have conditions, nor resource control policies and endpoint policies.",
	"It knows no keys of a request but those that it is given, here the principal's tags: what rests on others is counted apart.",
	"It reads the account as it is now; the snapshot is as old as it says.",
}

type verifyJSON struct {
	Account       string             `json:"account"`
	As            string             `json:"as"`
	Asked         int                `json:"asked"` // and answered
	Agreed        int                `json:"agreed"`
	Classes       []classJSON        `json:"classes"`
	Disagreements []disagreementJSON `json:"disagreements"`
	Failed        []string           `json:"failed"` // calls that were not answered
	Limits        []string           `json:"limits"`
}

type classJSON struct {
	Class  string `json:"class"`
	Asked  int    `json:"asked"`
	Agreed int    `json:"agreed"`
}

type disagreementJSON struct {
	Class     string   `json:"class"`
	Principal string   `json:"principal"`
	Action    string   `json:"action"`
	Resource  string   `json:"resource"`
	Bulkhead  string   `json:"bulkhead"`
	AWS       string   `json:"aws"`
	Missing   []string `json:"missing"` // condition keys that AWS would have liked to know
	Why       string   `json:"why,omitempty"`
}

func (c verifyCmd) Run(ctx context.Context, env *Env) error {
	if c.PrintPolicy {
		return c.printPolicy(env)
	}
	switch {
	case c.File == "":
		return usage("verify: which snapshot?")
	case c.Samples < 1 || c.Samples > mostSamples:
		return usage("verify: --samples %d: a number from 1 to %d", c.Samples, mostSamples)
	case !(c.Rate > 0 && c.Rate <= 100):
		return usage("verify: --rate %g: more than 0, and at most 100", c.Rate)
	}
	o, err := open(ctx, env, []string{c.File}, templateFlags{}.options())
	if err != nil {
		return err
	}
	info := o.Design.Info()
	if info.Kind != "account" || info.Account == "" {
		return usage("verify: %s is no snapshot of an account", c.File)
	}
	questions, err := probe.Draw(o.Design, catalog.Load(), info.Account, c.Samples, c.Seed)
	if err != nil {
		return inputError(fmt.Errorf("verify: %w", err))
	}
	if len(questions) == 0 {
		return usage("verify: %s has no user or role all of whose policies were seen, or nothing to ask them about", c.File)
	}
	client, err := c.access(env, c.Region).Open(ctx)
	if err != nil {
		return verifyError(err)
	}
	who, err := client.Caller(ctx)
	if err != nil {
		return verifyError(err)
	}
	if who.Account != info.Account {
		return usage("verify: the credentials are of account %s, the snapshot is of %s", who.Account, info.Account)
	}
	fmt.Fprintf(env.Err, "asks iam:SimulatePrincipalPolicy %s as %s, at most %g a second; changes nothing\n", count(len(questions), "time"), who.ARN, c.Rate)
	out, err := c.ask(ctx, client, questions)
	if err != nil {
		return verifyError(err)
	}
	out.Account, out.As = who.Account, who.ARN
	if c.JSON {
		err = printJSON(env.Out, out)
	} else {
		out.print(env)
	}
	if err != nil {
		return err
	}
	return out.verdict()
}

// ask asks all questions, one after the other.
func (c verifyCmd) ask(ctx context.Context, client *live.Client, questions []probe.Question) (*verifyJSON, error) {
	out := &verifyJSON{Classes: []classJSON{}, Disagreements: []disagreementJSON{}, Failed: []string{}, Limits: simulatorLimits}
	classes := make([]classJSON, len(probe.Classes()))
	for i, class := range probe.Classes() {
		classes[i].Class = class.String()
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / c.Rate))
	defer tick.Stop()
	for i, q := range questions {
		if i > 0 {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		theirs, err := client.Simulate(ctx, live.Simulation{Principal: q.ARN, Action: q.Action, Resource: q.Resource, Context: q.Context})
		var f *live.Fault
		switch {
		case err == nil:
		case !errors.As(err, &f), f.Denied():
			return nil, err // so would be all others
		default:
			out.Failed = append(out.Failed, fmt.Sprintf("%s %s: %s", q.ARN, q.Action, f.Reason()))
			continue
		}
		class := q.Class
		if len(theirs.Missing) > 0 {
			class = probe.Conditions
		}
		out.Asked++
		classes[class].Asked++
		if theirs.Decision == q.Answer.String() {
			out.Agreed++
			classes[class].Agreed++
			continue
		}
		d := disagreementJSON{Class: class.String(), Principal: q.ARN, Action: q.Action, Resource: q.Resource, Bulkhead: q.Answer.String(), AWS: theirs.Decision, Missing: list(theirs.Missing)}
		var why []string
		for _, layer := range []struct {
			says *bool
			name string
		}{{theirs.Organizations, "service control policies"}, {theirs.Boundary, "the permissions boundary"}} {
			if layer.says != nil && !*layer.says {
				why = append(why, layer.name+", by AWS, does not allow it")
			}
		}
		d.Why = strings.Join(why, "; ")
		out.Disagreements = append(out.Disagreements, d)
	}
	out.Classes = slices.DeleteFunc(classes, func(c classJSON) bool { return c.Asked == 0 })
	return out, nil
}

// mostDisagreements is how many are printed for people.
const mostDisagreements = 20

func (v *verifyJSON) print(env *Env) {
	fmt.Fprintf(env.Out, "%d of %d decisions are AWS's\n", v.Agreed, v.Asked)
	for _, c := range v.Classes {
		fmt.Fprintf(env.Out, "  %-26s %d of %d\n", c.Class, c.Agreed, c.Asked)
	}
	for i, d := range v.Disagreements {
		if i == mostDisagreements {
			fmt.Fprintf(env.Out, "and %d more: --json lists all\n", len(v.Disagreements)-i)
			break
		}
		fmt.Fprintf(env.Out, "%s %s on %s: %s by Bulkhead, %s by AWS (%s)", d.Principal, d.Action, d.Resource, d.Bulkhead, d.AWS, d.Class)
		if len(d.Missing) > 0 {
			fmt.Fprintf(env.Out, "; it was not told %s", strings.Join(d.Missing, ", "))
		}
		if d.Why != "" {
			fmt.Fprintf(env.Out, "; %s", d.Why)
		}
		fmt.Fprintln(env.Out)
	}
	for _, f := range v.Failed {
		fmt.Fprintf(env.Out, "not answered: %s\n", f)
	}
	fmt.Fprintln(env.Out, "What the simulator does not see:")
	for _, l := range v.Limits {
		fmt.Fprintf(env.Out, "  %s\n", l)
	}
}

// verdict is "no" where decisions differ that rest on no condition, and undecided where too little was answered to tell.
func (v *verifyJSON) verdict() error {
	for _, d := range v.Disagreements {
		if d.Class != probe.Conditions.String() {
			return &exit{exitNo, fmt.Sprintf("verify: %d of %d decisions differ from AWS's", v.Asked-v.Agreed, v.Asked)}
		}
	}
	if v.Asked == 0 {
		return &exit{exitUndecided, "verify: no question was answered"}
	}
	return nil
}

func (c verifyCmd) printPolicy(env *Env) error {
	out := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Sid": "BulkheadVerify", "Effect": policy.Allow.String(), "Action": []string{"iam:SimulatePrincipalPolicy"}, "Resource": "*"}}}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	_, err = env.Out.Write(append(data, '\n'))
	return err
}

// verifyError is an error about access to the account: exit code 2.
func verifyError(err error) error {
	var f *live.Fault
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &f) && f.Denied():
		return usage("verify: iam:SimulatePrincipalPolicy is not allowed: bulkhead verify --print-policy prints what it takes")
	}
	return usage("verify: %w", err)
}
