package reach

import (
	"maps"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// What resources hold of others: the code that functions are deployed from, the access keys of users.

// newHoldings finds the functions whose code each bucket and repository holds, and the users whose access keys secrets
// and parameters hold.
func (an *Analysis) newHoldings() {
	an.held = map[model.ID][]int32{}
	for _, f := range an.design.Functions() {
		if f.Package.From != "" {
			an.held[f.Package.From] = append(an.held[f.Package.From], an.nodeOf[f.ID])
		}
	}
	for _, r := range an.design.Resources() {
		if n, ok := an.nodeOf[r.Credentials]; ok {
			an.held[r.ID] = append(an.held[r.ID], n)
		}
	}
}

// holdings runs as whoever a resource holds the code or the access key of.
func (e *explorer) holdings(f *finding, t *target) {
	for _, n := range e.an.held[t.id] {
		var v truth
		var how *written
		var c *carrier
		switch t.typ {
		case "AWS::S3::Bucket":
			c = &deployBucket
			v, how = e.replaces(f, t, e.an.design.Function(e.an.nodes[n].id).Package.Key)
		case "AWS::ECR::Repository":
			c, v = &imagePush, surely
			for _, x := range imagePush.actions { // it takes all of them
				v = min(v, e.allowed(f, x))
			}
		case "AWS::SecretsManager::Secret", "AWS::SSM::Parameter":
			if c = &secretRead; t.service == "ssm" {
				c = &keyParameter
			}
			for _, x := range c.actions {
				v = max(v, e.allowed(f, x))
			}
		default:
			continue
		}
		if v != never {
			e.add(edge{to: n, kind: Runs, must: v == surely && c.note == "", carrier: c, over: f.target, how: how})
		}
	}
}

// replaces tells whether the actor may write an object of a bucket, any one where its key is not known.
func (e *explorer) replaces(f *finding, t *target, key string) (truth, *written) {
	held := never
	for _, xs := range [...][]allowance{f.whole, f.parts} {
		for i := range xs {
			if j := e.w.forms[xs[i].form].menu.bit("s3:putobject"); j >= 0 && xs[i].may.has(j) {
				held = max(held, truthOf(xs[i].must.has(j), true))
			}
		}
	}
	if held == never || key == "" {
		return held, nil
	}
	arn := t.arn + "/" + key
	d := e.an.decide(e.actor, f.target, "s3:PutObject", arn, nil)
	return min(held, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)), &written{arn: arn}
}

// sameHoldings reports whether what resources hold is the same in two analyses.
func (an *Analysis) sameHoldings(other *Analysis) bool {
	return maps.EqualFunc(an.held, other.held, slices.Equal)
}
