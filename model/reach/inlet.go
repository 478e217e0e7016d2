package reach

import (
	"slices"
	"strings"

	"bulkhead/model/policy"
)

// An access point is another name for a bucket, with a policy of its own. A request by its ARN is decided on that policy and on the
// bucket's, which sees by which access point it comes; a bucket's policy may leave all of it to its access points (Amazon S3 User
// Guide, "Configuring IAM policies for using access points"). A request by the bucket's own name carries none of their keys.

// setInlets finds the access points of each bucket.
func (w *world) setInlets() {
	w.inlets = map[int32][]int32{}
	for i := range w.targets {
		if r := w.targets[i].resource; r != nil && r.Bucket != "" {
			if b := w.target(r.Bucket); b >= 0 {
				if w.inlets[b] == nil {
					w.inletted = append(w.inletted, b)
				}
				w.inlets[b] = append(w.inlets[b], int32(i))
			}
		}
	}
	slices.Sort(w.inletted)
}

// inletKeys are what a request by an access point tells of it.
func inletKeys(t *target) policy.Context {
	network := "Internet"
	if t.resource.Network != "" {
		network = "VPC"
	}
	return policy.Context{"s3:dataaccesspointarn": {t.arn}, "s3:dataaccesspointaccount": {t.account}, "s3:accesspointnetworkorigin": {network}}
}

// into is what an ARN of an access point's, or a pattern of such, is of the bucket behind it; "" for none of the access point.
func (t *target) into(bucket *target, arn string) string {
	if arn == t.arn {
		return bucket.arn
	}
	if key, ok := strings.CutPrefix(arn, t.arn+"/object/"); ok {
		return bucket.arn + "/" + key
	}
	return ""
}

// outOf is what an ARN of a bucket's is of an access point's.
func (t *target) outOf(bucket *target, arn string) string {
	if key, ok := strings.CutPrefix(arn, bucket.arn+"/"); ok {
		return t.arn + "/object/" + key
	}
	return t.arn
}

// An entrance is how somebody gets through an access point: by its policy, or by the caller's own.
type entrance struct {
	inlet int32
	policy.Decision
}

// by decides an action on an ARN of a bucket's that is asked for by an access point.
func (an *Analysis) by(a *actor, bucket, inlet int32, action, arn string) ruling {
	w := an.world
	t, x := &w.targets[bucket], &w.targets[inlet]
	keys := inletKeys(x)
	out := entrance{inlet, an.direct(a, inlet, action, x.outOf(t, arn), keys)}
	if out.Outcome != policy.Allowed {
		return ruling{Decision: policy.Decision{Outcome: policy.ImplicitDeny}}
	}
	in := an.direct(a, bucket, action, arn, keys)
	own := slices.ContainsFunc(out.Reasons, func(r policy.Reason) bool { return r.Layer == policy.LayerIdentity })
	switch {
	case in.Outcome == policy.Allowed || a.outside != nil:
	case in.Outcome == policy.ExplicitDeny:
		// By which of its two names the caller's own policies are asked is not said: examples of those that allow name the access point
		// alone. What they deny on the bucket's name alone is therefore perhaps let by the access point's.
		if in = an.bucketSide(a, bucket, action, arn, keys); in.Outcome == policy.Allowed && len(in.Reasons) == 0 && !own {
			in.Outcome = policy.ImplicitDeny
		}
		in.Must = false
		in.Assumed = joinConditions(in.Assumed, []policy.Condition{{Operator: "Spare", Key: "Denials", Values: []string{x.arn}}})
	case t.account != a.account:
		// The caller's own policies name the access point; the bucket's account answers for the bucket.
		if g := an.gates[bucket]; g != nil && g.program != nil {
			in = an.bucketSide(a, bucket, action, arn, keys)
		}
	case own:
		// "Both the access point and the underlying bucket must permit the request"; whether the account's own bucket does so without a
		// word is not said. What an access point's policy alone allows takes the bucket's.
		in = policy.Decision{Outcome: policy.Allowed, Assumed: []policy.Condition{{Operator: "Allows", Key: "ResourcePolicy", Values: []string{t.arn}}}}
	}
	d := ruling{Decision: in, through: &out}
	d.Must = in.Must && out.Must
	if d.Outcome == policy.Allowed && x.resource.Network != "" {
		d.Must = false
		d.Assumed = joinConditions(d.Assumed, []policy.Condition{{Operator: "StringEquals", Key: "aws:SourceVpc", Values: []string{x.resource.Network}}})
	}
	return d
}

// bucketSide is what a bucket's side says of a request by an access point, whatever the caller's own policies do.
func (an *Analysis) bucketSide(a *actor, bucket int32, action, arn string, keys policy.Context) policy.Decision {
	t := &an.world.targets[bucket]
	req := policy.Request{Principal: a.principal(), Action: action, Resource: arn, ResourceAccount: t.account, Open: true, Absent: a.absent}
	if g := an.gates[bucket]; g != nil {
		req.ResourcePolicy, req.PolicyUnseen = g.program, g.unseen
	}
	req.S3.BlockPublicAccess = t.resource.BlockPublicAccess
	req.Context, req.Over = an.contextOf(a, t, keys)
	d := (&policy.Stack{Identity: everythingProgram(), RCPs: an.layersOn(a, t).RCPs}).Evaluate(req)
	d.Reasons = slices.DeleteFunc(slices.Clone(d.Reasons), func(r policy.Reason) bool { return r.Layer == policy.LayerIdentity })
	return d
}

// enter adds to a finding on a bucket what the actor comes to by the bucket's access points.
func (an *Analysis) enter(a *actor, f *finding) {
	w := an.world
	t := &w.targets[f.target]
	for _, inlet := range w.inlets[f.target] {
		x := &w.targets[inlet]
		parts := an.partsOn(a, inlet)
		for _, fi := range x.forms {
			outer := &w.forms[fi]
			on := slices.IndexFunc(t.forms, func(i int32) bool { return (w.forms[i].space == "") == (outer.space == "") })
			if on < 0 {
				continue
			}
			inner := &w.forms[t.forms[on]]
			look := func(arn string, p match) {
				must, may := make(bits, inner.menu.words), make(bits, inner.menu.words)
				candidates := an.candidates(a, outer.menu, an.gates[inlet], arn)
				for i, action := range outer.menu.actions {
					j := inner.menu.bit(outer.menu.lower[i])
					if j < 0 || !candidates.has(i) {
						continue
					}
					d := an.by(a, f.target, inlet, action.String(), x.into(t, arn))
					switch truthIn(&d.Decision) {
					case surely:
						must.set(j)
						may.set(j)
					case perhaps:
						may.set(j)
					case never:
					}
				}
				f.add(t.forms[on], p, must, may)
			}
			look(outer.witness, match{})
			if outer.space == "" {
				continue
			}
			for _, p := range w.partsWorthALook(a, fi, parts, an.gates[inlet]) {
				if part := x.into(t, p.part); part != "" {
					look(p.part, match{form: t.forms[on], must: p.must, part: part, pattern: x.into(t, p.pattern)})
				}
			}
		}
	}
	f.inOrder()
}
