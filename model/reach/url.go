package reach

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Function URLs: calling one takes lambda:InvokeFunctionUrl and, of those made since October 2025, lambda:InvokeFunction as
// well ("Control access to Lambda function URLs"). No source tells when a URL was made.

const (
	callsURL = "lambda:InvokeFunctionUrl"
	invokes  = "lambda:InvokeFunction"

	ifOldURL    = "if the URL is from before October 2025, when lambda:InvokeFunction was not asked for as well"
	ifPublicURL = "if the function's policy lets anyone call it, which the design does not show"
)

// byURL is what calls by a URL tell of themselves.
func byURL(auth string) policy.Context {
	return policy.Context{"lambda:functionurlauthtype": {auth}, "lambda:invokedviafunctionurl": {"true"}}
}

// urlARN is what permissions to call a URL are on: the function, or the alias whose URL it is.
func urlARN(t *target, tr *model.Trigger) string {
	return strings.TrimSuffix(t.arn+":"+tr.Alias, ":")
}

// both joins how surely the two permissions are there, and says why it is only perhaps where no condition does.
func both(calls, invokes truth) (truth, string) {
	switch {
	case calls == never:
		return never, ""
	case invokes == never:
		return perhaps, ifOldURL
	}
	return min(calls, invokes), ""
}

// invokesByURL tells how surely an actor may invoke a function, or an alias of it, by its signed URL.
func (an *Analysis) invokesByURL(a *actor, ti int32, arn string) truth {
	d := an.decide(a, ti, invokes, arn, byURL("AWS_IAM"))
	return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
}

// url feeds a function through its URL where that asks for AWS credentials. An open one is everybody's, not the
// breach's.
func (e *explorer) url(f *finding, t *target) {
	for _, i := range e.an.triggersTo[t.id] {
		tr := e.an.triggers[i]
		if tr.Kind != "function-url" || tr.Open || e.held(f, strings.ToLower(callsURL)) == never {
			continue
		}
		how := &written{arn: urlARN(t, tr), with: byURL("AWS_IAM")}
		d := e.an.decide(e.actor, f.target, callsURL, how.arn, how.with)
		v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
		if v != never {
			v, how.note = both(v, e.an.invokesByURL(e.actor, f.target, how.arn))
			e.add(edge{to: e.an.nodeOf[t.id], kind: Feeds, must: v == surely, carrier: &signedURL, over: f.target, how: how, triggers: []int32{i}})
		}
	}
}

// signed leaves lambda:InvokeFunctionUrl only on functions with a URL that asks for AWS credentials: an open one is
// everybody's, breach or not, and without one there is nothing to call. It is sure only together with what else a URL asks for.
func (an *Analysis) signed(a *actor, f *finding) {
	t := &an.world.targets[f.target]
	if t.sort != isFunction {
		return
	}
	var signed []string // ARNs of what has such a URL
	for _, i := range an.triggersTo[t.id] {
		if tr := an.triggers[i]; tr.Kind == "function-url" && !tr.Open {
			signed = append(signed, urlARN(t, tr))
		}
	}
	for _, xs := range [...][]allowance{f.whole, f.parts} {
		for k := range xs {
			x := &xs[k]
			i := an.world.forms[x.form].menu.bit(strings.ToLower(callsURL))
			if i < 0 || !x.may.has(i) {
				continue
			}
			pattern := cmp.Or(x.part.pattern, x.part.part, an.world.forms[x.form].space, t.arn)
			best := never
			for _, arn := range signed {
				if _, may := policy.Match(pattern, arn); may {
					best = max(best, cmp.Or(an.invokesByURL(a, f.target, arn), perhaps))
				}
			}
			if best == surely {
				continue
			}
			x.must = slices.Clone(x.must)
			x.must[i>>6] &^= 1 << (i & 63)
			if best == never {
				x.may = slices.Clone(x.may)
				x.may[i>>6] &^= 1 << (i & 63)
			}
		}
	}
}

// anyoneCalls tells how surely anyone calls a function by its open URL, and why it is only perhaps where no condition says
// so. The function's policy has to let everybody; where an account shows it, it is all there is, while templates seldom say
// what their tools add.
func (an *Analysis) anyoneCalls(tr *model.Trigger) (truth, string) {
	ti := an.world.target(tr.To)
	if ti < 0 {
		return perhaps, ifPublicURL
	}
	t := &an.world.targets[ti]
	doc := an.resourcePolicy(ti)
	if doc == nil {
		return perhaps, ifPublicURL
	}
	ask := func(action string) (truth, policy.Outcome) {
		d := (&policy.Stack{}).Evaluate(policy.Request{Principal: "anonymous", Action: action, Resource: urlARN(t, tr), ResourceAccount: t.account, Open: true,
			ResourcePolicy: program(doc), Context: byURL("NONE"), Absent: nobodyLacks})
		return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed), d.Outcome
	}
	calls, outcome := ask(callsURL)
	if calls == never && outcome != policy.ExplicitDeny && !an.world.known {
		return perhaps, ifPublicURL
	}
	invokes, _ := ask(invokes)
	return both(calls, invokes)
}

// openURL feeds a function through its open URL.
func (e *explorer) openURL(i int32, tr *model.Trigger) {
	v, note := e.an.anyoneCalls(tr)
	n, ok := e.an.nodeOf[tr.To]
	if v == never || !ok {
		return
	}
	ti := e.w.target(tr.To)
	how := &written{arn: urlARN(&e.w.targets[ti], tr), with: byURL("NONE"), note: note}
	e.add(edge{to: n, kind: Feeds, must: v == surely, carrier: &publicURL, over: ti, how: how, triggers: []int32{i}})
}
