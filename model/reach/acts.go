package reach

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// ownKeys are services that use a resource's customer-managed key with grants or permissions of their own, so that
// whoever reads the data needs none on the key.
var ownKeys = []string{"logs", "elasticfilesystem", "fsx", "rds", "ecr", "events", "states", "lambda", "es", "aoss", "redshift", "docdb-elastic", "kafka", "backup", "codeartifact"}

// A need is what a key is needed for.
type need uint8

const (
	needsNothing need = iota
	toRead            // kms:Decrypt
	toWrite           // kms:GenerateDataKey
)

// needOf tells what an action on an encrypted resource needs of its key. Whoever may delete, or say who has
// access, needs nothing.
func needOf(a *catalog.Action) need {
	if slices.Contains(ownKeys, a.Service) {
		return needsNothing
	}
	c := a.Capabilities
	switch {
	case c.Has(catalog.Read), c.Has(catalog.Secret):
		return toRead
	case c.Has(catalog.Send), c.Has(catalog.Write) && writesData(a):
		return toWrite
	}
	return needsNothing
}

// writesData tells writing contents from changing settings, which no key protects.
func writesData(a *catalog.Action) bool {
	switch a.Service + ":" + a.Name {
	case "s3:PutObject", "s3:ReplicateObject", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
		"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "ssm:PutParameter", "kinesisvideo:PutMedia":
		return true
	}
	return false
}

// keyFor is what whoever does an action on a target has to be allowed on the key that encrypts it, "" for nothing.
func (an *Analysis) keyFor(ti int32, action string) string {
	if ti < 0 || an.world.targets[ti].key == noKey && !an.world.targets[ti].ofAccount() {
		return ""
	}
	a := an.world.catalog.Action(action)
	if a == nil {
		return ""
	}
	return [...]string{needsNothing: "", toRead: "kms:Decrypt", toWrite: "kms:GenerateDataKey"}[needOf(a)]
}

// unlock is how surely an actor may use a target's key as an action needs it, and why; nil where nothing is needed.
func (an *Analysis) unlock(a *actor, ti int32, action string) (truth, *ruling) {
	needs := an.keyFor(ti, action)
	if needs == "" {
		return surely, nil
	}
	t := &an.world.targets[ti]
	if t.key == noKey { // AWS's own
		v, _ := an.unlocks(a, ti)
		return v, nil
	}
	v, d := an.use(a, t, needs)
	return v, &d
}

// unlocks tells whether an actor may use a target's key for reading and for writing.
func (an *Analysis) unlocks(a *actor, ti int32) (read, write truth) {
	t := &an.world.targets[ti]
	if t.key == noKey {
		if t.ofAccount() && a.account != t.account {
			return never, never
		}
		return surely, surely
	}
	ask := func(action string) truth {
		v, _ := an.use(a, t, action)
		return v
	}
	return ask("kms:Decrypt"), ask("kms:GenerateDataKey")
}

// ofAccount reports whether the key that AWS manages for the account encrypts a target: principals of other accounts cannot use
// it, whatever the policies ("Choosing an AWS KMS key" of the AWS Secrets Manager User Guide).
func (t *target) ofAccount() bool {
	return t.key == noKey && t.typ == "AWS::SecretsManager::Secret" && t.resource != nil && !t.resource.PolicyUnseen
}

// use tells how surely an actor may use the key of a target, and why: it is allowed to, or it may give itself a grant
// or write the key's policy, and nothing else keeps it from the key ("Grants in AWS KMS").
func (an *Analysis) use(a *actor, t *target, action string) (truth, ruling) {
	d := an.decideKey(a, t, action)
	return truthIn(&d.Decision), d
}

// decideKey asks whether an actor may use the key of a target by way of the target's service. The policy of a key
// that was not seen perhaps lets it; where the key is another account's, the actor's own policies have to allow as
// well ("Allowing users in other accounts to use a KMS key").
func (an *Analysis) decideKey(a *actor, t *target, action string) ruling {
	contexts := an.encrypted(t)
	if len(contexts) == 0 {
		return an.decideKeyFor(a, t, action, nil)
	}
	out := an.decideKeyFor(a, t, action, contexts[0])
	for _, c := range contexts[1:] {
		if d := an.decideKeyFor(a, t, action, c); truthIn(&d.Decision) != truthIn(&out.Decision) {
			// It hangs on which of them it is.
			return an.decideKeyFor(a, t, action, nil)
		}
	}
	if t.service == "s3" && out.Outcome != policy.Allowed {
		return an.decideKeyFor(a, t, action, nil) // some objects perhaps
	}
	return out
}

// decideKeyFor decides under one encryption context; nil: any.
func (an *Analysis) decideKeyFor(a *actor, t *target, action string, about policy.Context) ruling {
	via := policy.Context{"kms:viaservice": {t.service + "." + orRegion(t.region, an.world.region) + ".amazonaws.com"}, "kms:calleraccount": {a.account},
		"aws:viaawsservice": {"true"}}
	maps.Copy(via, about)
	if t.key != unseenKey {
		return an.decide(a, t.key, action, an.world.targets[t.key].arn, via)
	}
	arn := an.world.unseenKeyARN(t)
	req := policy.Request{Principal: a.principal(), Action: action, Resource: arn, ResourceAccount: cmp.Or(foreign(arn, a.account), a.account), PolicyUnseen: true, Open: true, Absent: a.absent}
	req.Context, req.Over = an.contextOf(a, nil, via)
	return ruling{Decision: an.layersOn(a, nil).Evaluate(req)}
}

// unseenKeyARN is the ARN of a target's key that is not in the design, as far as its id tells it. A key that is named
// by an alias is an unknown key of its account.
func (w *world) unseenKeyARN(t *target) string {
	arn := "arn:" + w.partition + ":kms:" + orRegion(t.region, w.region) + ":" + t.account + ":"
	if id, err := url.PathUnescape(string(t.resource.Key)); err == nil && strings.Contains(id, "arn:") {
		arn = id[strings.Index(id, "arn:"):]
	}
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && !strings.HasPrefix(parts[5], "key/") {
		return strings.Join(parts[:5], ":") + ":key/${Key}"
	}
	return arn
}

func orRegion(region, otherwise string) string {
	if region == "" {
		return otherwise
	}
	return region
}

// lock takes from a finding what the target's key keeps from the actor.
func (an *Analysis) lock(a *actor, f *finding) {
	if t := &an.world.targets[f.target]; t.key == noKey && !t.ofAccount() {
		return
	}
	read, write := truth(255), truth(255)
	held := func(xs []allowance) {
		for k := range xs {
			x := &xs[k]
			m := an.world.forms[x.form].menu
			x.must, x.may = slices.Clone(x.must), slices.Clone(x.may)
			for i, action := range m.actions {
				if !x.may.has(i) {
					continue
				}
				n := needOf(action)
				if n == needsNothing {
					continue
				}
				if read == 255 {
					read, write = an.unlocks(a, f.target)
				}
				v := read
				if n == toWrite {
					v = write
				}
				if v != surely {
					x.must[i>>6] &^= 1 << (i & 63)
				}
				if v == never {
					x.may[i>>6] &^= 1 << (i & 63)
				}
			}
		}
	}
	held(f.whole)
	held(f.parts)
}

// assumable leaves sts actions on a role only where its trust policy lets the actor.
func (an *Analysis) assumable(a *actor, f *finding) {
	t := &an.world.targets[f.target]
	if t.sort != isRole {
		return
	}
	g := an.gates[f.target]
	known, allowed := false, false
	for k := range f.whole {
		x := &f.whole[k]
		m := an.world.forms[x.form].menu
		i := m.bit("sts:assumerole")
		if i < 0 {
			continue
		}
		known, allowed = true, allowed || x.may.has(i)
		if !x.may.meets(m.sts) {
			continue
		}
		x.must, x.may = slices.Clone(x.must), slices.Clone(x.may)
		for i, w := range m.sts {
			x.must[i] &^= w
			x.may[i] &^= w
		}
	}
	if g == nil || f.target == a.self || !allowed && !g.names(a) || !g.opens(a) {
		return
	}
	form := int32(-1)
	for _, i := range t.forms {
		if an.world.forms[i].menu.bit("sts:assumerole") >= 0 {
			form = i
		}
	}
	if form < 0 {
		return
	}
	d := an.decide(a, f.target, "sts:AssumeRole", t.arn, nil)
	if d.Outcome != policy.Allowed {
		return
	}
	m := an.world.forms[form].menu
	if !known {
		f.whole = append(f.whole, allowance{form: form, must: make(bits, m.words), may: make(bits, m.words)})
	}
	for k := range f.whole {
		if x := &f.whole[k]; x.form == form {
			x.must, x.may = slices.Clone(x.must), slices.Clone(x.may)
			x.may.set(m.bit("sts:assumerole"))
			if d.Must {
				x.must.set(m.bit("sts:assumerole"))
			}
		}
	}
}

// synchronous takes from a finding what a standard state machine refuses: it is not started synchronously (Step Functions API Reference,
// StartSyncExecution, StateMachineTypeNotSupported).
func (an *Analysis) synchronous(f *finding) {
	if t := &an.world.targets[f.target]; t.resource == nil || t.resource.Workflow != "STANDARD" {
		return
	}
	for k := range f.whole {
		x := &f.whole[k]
		if i := an.world.forms[x.form].menu.bit("states:startsyncexecution"); i >= 0 && x.may.has(i) {
			x.must, x.may = slices.Clone(x.must), slices.Clone(x.may)
			x.must[i>>6] &^= 1 << (i & 63)
			x.may[i>>6] &^= 1 << (i & 63)
		}
	}
}

// actOf is a finding as capabilities; false where there are none that matter. It takes out of the finding what
// keys and trust policies keep.
func (an *Analysis) actOf(a *actor, f *finding) (act, bool) {
	an.lock(a, f)
	an.assumable(a, f)
	an.signed(a, f)
	an.vouch(f)
	an.synchronous(f)
	out := act{target: f.target, part: true}
	sum := func(xs []allowance, parts bool) {
		for _, x := range xs {
			form := &an.world.forms[x.form]
			out.may |= form.menu.capabilities(x.may)
			out.must |= form.menu.capabilities(x.must)
			if !parts && form.whole(x.may) {
				out.part = false
			}
		}
	}
	sum(f.whole, false)
	sum(f.parts, true)
	return out, out.may != 0
}

// notHits are the capabilities that do not count as hits.
const notHits = catalog.Capabilities(1<<catalog.List | 1<<catalog.Tag)

// hits is the capabilities that count as hits.
func hits(s catalog.Capabilities) catalog.Capabilities { return s &^ notHits }
