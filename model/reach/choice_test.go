package reach

import (
	"context"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// What the caller writes into a request as it likes keeps nobody out and spares nothing, as long as one request can
// satisfy all that policies ask; what narrows down the reach, or is not the caller's, stays perhaps.
func TestChosenKeys(t *testing.T) {
	on := func(effect, action, condition string) string {
		return `{"Effect": "` + effect + `", "Action": "` + action + `", "Resource": "*", "Condition": ` + condition + `}`
	}
	const none Certainty = 99
	const sse, acl = "s3:x-amz-server-side-encryption", "s3:x-amz-acl"
	open := allow("s3:PutObject", "*")
	everyone := func(statement string) string { return `{"Principal": "*", ` + statement[1:] }
	for _, c := range []struct {
		name, policy, bucket string
		want                 Certainty
	}{
		{"no condition", open, "", Must},
		{"an allow that asks for a header", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "bucket-owner-full-control"}}`), "", Must},
		{"one that forbids it", on("Allow", "s3:PutObject", `{"Null": {"`+acl+`": "true"}}`), "", Must},
		{"a pattern", on("Allow", "s3:PutObject", `{"StringLike": {"s3:x-amz-storage-class": "STANDARD*"}}`), "", Must},
		{"tags of the object", on("Allow", "s3:PutObject", `{"StringEquals": {"s3:RequestObjectTag/team": "red"}}`), "", Must},
		{"a number", on("Allow", "s3:PutObject", `{"NumericLessThan": {"s3:signatureAge": "600000"}}`), "", Must},
		{"a deny without the header", open + ", " + on("Deny", "s3:PutObject", `{"Null": {"`+sse+`": "true"}}`), "", Must},
		{"a deny of other values", open + ", " + on("Deny", "s3:PutObject", `{"StringNotEquals": {"`+sse+`": "aws:kms"}}`), "", Must},
		{"the bucket's denies, together", open, everyone(on("Deny", "s3:PutObject", `{"StringNotEquals": {"`+sse+`": "aws:kms"}}`)) + ", " + everyone(on("Deny", "s3:PutObject", `{"Null": {"`+sse+`": "true"}}`)), Must},
		{"of two denies one is always in the way", open, everyone(on("Deny", "s3:PutObject", `{"StringNotEquals": {"`+sse+`": "aws:kms"}}`)) + ", " + everyone(on("Deny", "s3:PutObject", `{"StringEquals": {"`+sse+`": "aws:kms"}}`)), none},
		{"an allow and a deny of the same", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}}`), everyone(on("Deny", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}}`)), none},
		{"an allow of two and a deny of one", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": ["private", "public-read"]}}`), everyone(on("Deny", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}}`)), Must},
		{"an allow and a deny of what others allow", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}}`), everyone(on("Deny", "s3:PutObject", `{"StringNotEquals": {"`+acl+`": "public-read"}}`)), none},
		{"two allows, one of them to be met", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}}`) + ", " + on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "public-read"}}`), "", Must},
		{"an allow and a deny of patterns", on("Allow", "s3:PutObject", `{"StringLike": {"`+acl+`": "p*"}}`), everyone(on("Deny", "s3:PutObject", `{"StringLike": {"`+acl+`": "p*"}}`)), May},
		{"an allow and a deny of numbers", on("Allow", "s3:PutObject", `{"NumericLessThan": {"s3:signatureAge": "10"}}`), everyone(on("Deny", "s3:PutObject", `{"NumericLessThan": {"s3:signatureAge": "10"}}`)), none},
		{"an allow and a deny of numbers that leave one", on("Allow", "s3:PutObject", `{"NumericLessThanEquals": {"s3:signatureAge": "10"}}`), everyone(on("Deny", "s3:PutObject", `{"NumericLessThan": {"s3:signatureAge": "10"}}`)), Must},
		{"a deny of the same beside an address", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}}`), everyone(on("Deny", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`)), May},
		{"a header beside an address", on("Allow", "s3:PutObject", `{"StringEquals": {"`+acl+`": "private"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), "", May},
		{"not the caller's", on("Allow", "s3:PutObject", `{"StringEquals": {"s3:BucketTag/team": "red"}}`), "", May},
		{"the key of the encryption", on("Allow", "s3:PutObject", `{"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "k"}}`), "", May},
		{"what is copied", on("Allow", "s3:PutObject", `{"StringEquals": {"s3:x-amz-copy-source": "other/x"}}`), "", May},
		{"calls that do not carry it among them", on("Allow", "s3:Put*", `{"StringEquals": {"`+acl+`": "private"}}`), "", May},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policy)
			r := b.bucket("data")
			if c.bucket != "" {
				r.Policy = document(t, c.bucket)
			}
			d := b.design()
			same(t, shared(t, d, nil, 0), shared(t, d, nil, unshared))
			h := hitOf(breach(t, analyse(t, d, nil), f.ID), r.ID)
			if h == nil || c.want == none {
				if h != nil || c.want != none {
					t.Fatalf("%+v", h)
				}
				return
			}
			if h.Certainty != c.want {
				t.Errorf("%s, not %s", h.Certainty, c.want)
			}
		})
	}
}

// Two targets may ask for different values; a value that only one asks for is not the other's.
func TestChosenApart(t *testing.T) {
	b := build(t)
	only := func(bucket, acl string) string {
		return `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::` + bucket + `/*", "Condition": {"StringEquals": {"s3:x-amz-acl": "` + acl + `"}}}`
	}
	f := b.function("F", only("one", "private")+", "+only("two", "bucket-owner-full-control"))
	b.bucket("one")
	b.bucket("two")
	br := breach(t, b.analyse(), f.ID)
	for _, id := range []model.ID{"res/one", "res/two"} {
		if h := hitOf(br, id); h == nil || h.Certainty != Must {
			t.Errorf("%s: %+v", id, h)
		}
	}
}

// After an edit that changes what one has to write, the analysis is as from scratch.
func TestChosenAfterEdit(t *testing.T) {
	deny := func(value string) string {
		return `{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringNotEquals": {"s3:x-amz-acl": "` + value + `"}}}`
	}
	b := build(t)
	f := b.function("F", allow("s3:PutObject", "*")+", "+deny("private"))
	g := b.function("G", deny("private"))
	r := b.bucket("data")
	first := b.design()
	before := analyse(t, first, nil)
	p := *first.Policy(first.Role(g.Role).Policies[0])
	p.Document = document(t, deny("public-read"))
	after, err := first.With(model.Change{Before: first.Policy(p.ID), After: &p})
	if err != nil {
		t.Fatal(err)
	}
	for _, prev := range []*Analysis{nil, before} {
		a, err := Analyze(context.Background(), after, catalog.Load(), prev)
		if err != nil {
			t.Fatal(err)
		}
		// What others' policies ask of others is no matter.
		if h := hitOf(a.Breach(f.ID), r.ID); h == nil || h.Certainty != Must {
			t.Errorf("%+v", h)
		}
		if _, chosen := a.choicesOn(&a.world.targets[a.world.byID[r.ID]])["s3:x-amz-acl"]; chosen {
			t.Error("one value suits all, it seems")
		}
	}
}

// The table holds keys that AWS has, and that actions carry.
func TestChosenKeysExist(t *testing.T) {
	c := catalog.Load()
	known := map[string]bool{"aws:referer": true, "aws:useragent": true}
	for _, a := range c.Expand("*") {
		for _, k := range a.ConditionKeys {
			head, _, named := strings.Cut(strings.ToLower(k), "/")
			if named {
				head += "/"
			}
			known[head] = true
		}
	}
	for _, k := range chosenKeys {
		if !known[k] && !strings.HasSuffix(k, ":aud") { // which tokens carry
			t.Errorf("no action carries %s", k)
		}
	}
}

// A source identity takes a permission of its own and stays what it is in a chain of roles, so it is not just the caller's choice; the
// name of a session is.
func TestSourceIdentityIsNoChoice(t *testing.T) {
	for key, want := range map[string]Certainty{"sts:RoleSessionName": Must, "sts:SourceIdentity": May} {
		b := build(t)
		f := b.function("F", allow("sts:AssumeRole", "*"))
		b.role("Deploy", when(rootTrust, `"StringEquals": {"`+key+`": "ci"}`))
		if h := hitOf(breach(t, b.analyse(), f.ID), "role/Deploy"); h == nil || h.Certainty != want {
			t.Errorf("%s: %v, not %s", key, h, want)
		}
	}
}
