package reach

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Whoever may write a resource's policy has what such a policy can give, as far as nothing else keeps it.
func TestRewriting(t *testing.T) {
	const delegates = `{"Effect": "Allow", "Principal": {"AWS": "` + testAccount + `"}, "Action": "kms:*", "Resource": "*"}`
	queue, key := arnOf("AWS::SQS::Queue", "Q"), arnOf("AWS::KMS::Key", "k")
	deniedTo := func(principal, action string) string {
		return `{"Effect": "Deny", "Principal": ` + principal + `, "Action": ` + quoted(action) + `, "Resource": "*"}`
	}
	limited := func(statements string) func(*builder) {
		return func(b *builder) { b.element("role/FRole").(*model.Role).Boundary = b.managed("Limit", statements).ID }
	}
	guarded := func(scp, rcp string) func(*builder) {
		return func(b *builder) {
			g := model.Guardrails{SCPs: []model.Level{{Policies: []*policy.Document{document(t, scp)}}}}
			if rcp != "" {
				g.RCPs = []model.Level{{Policies: []*policy.Document{document(t, rcp)}}}
			}
			b.info.Guardrails = map[string]model.Guardrails{testAccount: g}
		}
	}
	says := func(id model.ID, statements string) func(*builder) {
		return func(b *builder) { b.element(id).(*model.Resource).Policy = document(t, statements) }
	}
	const sets, sends = "sqs:SetQueueAttributes", "sqs:SendMessage sqs:StartMessageMoveTask"
	const reveals = "kms:Decrypt kms:ReEncryptFrom kms:DeriveSharedSecret kms:Sign kms:GenerateMac"
	everything := "must read write send delete permissions res/Q"
	for _, c := range []struct {
		name   string
		grants string
		more   func(*builder)
		want   []string
	}{
		{"a queue's", allow(sets, queue), nil, []string{everything, "must invoke fn/G"}},
		{"another queue's", allow(sets, queue+"2"), nil, nil},
		{"sending alone", allow("sqs:SendMessage", queue), nil, []string{"must send res/Q", "must invoke fn/G"}},
		{"and a denial of its own", allow(sets, queue) + "," + deny(sends+" sqs:Delete* sqs:PurgeQueue", "*"), nil, []string{"must read write permissions res/Q"}},
		{"and a denial on another queue", allow(sets, queue) + "," + deny("sqs:*", queue+"2"), nil, []string{everything, "must invoke fn/G"}},
		{"under a condition", conditional(sets, queue, `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`), nil, []string{"may read write send delete permissions res/Q", "may invoke fn/G"}},
		{"and a denial under a condition", allow(sets, queue) + "," + strings.Replace(conditional(sends, "*", `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`), "Allow", "Deny", 1), nil,
			[]string{"must read write send? delete permissions res/Q", "may invoke fn/G"}},
		// What it names is its session, which no implicit denial of a boundary limits.
		{"within a boundary without the data", allow(sets, queue), limited(allow(sets, "*")), []string{everything, "must invoke fn/G"}},
		{"within a boundary without the call", allow(sets, queue), limited(allow("sqs:SendMessage", "*")), nil},
		{"within a boundary that denies", allow(sets, queue), limited(allow("*", "*") + "," + deny(sends, "*")), []string{"must read write delete permissions res/Q"}},
		{"under an SCP without the data", allow(sets, queue), guarded(allow(sets, "*"), ""), []string{"must permissions res/Q"}},
		{"under an SCP that denies", allow(sets, queue), guarded(fullAccess+","+deny(sends, "*"), ""), []string{"must read write delete permissions res/Q"}},
		{"under an RCP", allow(sets, queue), guarded(fullAccess, deniedTo(`"*"`, sends)), []string{"must read write delete permissions res/Q"}},
		{"denied by the policy as it is", allow(sets+" sqs:SendMessage", queue), says("res/Q", deniedTo(`"*"`, "sqs:SendMessage")), []string{everything, "must invoke fn/G"}},
		{"denied by the policy, which it may not write", allow("sqs:TagQueue sqs:SendMessage", queue), says("res/Q", deniedTo(`"*"`, "sqs:SendMessage")), nil},
		{"denied writing it by the policy", allow(sets, queue), says("res/Q", deniedTo(`"*"`, sets)), nil},
		{"allowed by the policy alone", "", says("res/Q", `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "`+sets+`", "Resource": "*"}`), []string{everything, "must invoke fn/G"}},
		{"by a statement more", allow("sqs:AddPermission", queue), nil, []string{everything, "must invoke fn/G"}},
		{"by a statement more, denied by another", allow("sqs:AddPermission", queue), says("res/Q", deniedTo(`"*"`, sends)), []string{"must read write delete permissions res/Q"}},
		{"an unseen policy's", allow(sets, queue), func(b *builder) { b.element("res/Q").(*model.Resource).PolicyUnseen = true }, []string{"may read write send delete permissions res/Q", "may invoke fn/G"}},
		{"by a role that it assumes", allow("sts:AssumeRole", roleARN("R")), func(b *builder) { b.role("R", rootTrust, allow(sets, queue)) }, []string{everything, "must invoke fn/G", "must secret role/R"}},

		{"a bucket's", allow("s3:PutBucketPolicy", "arn:aws:s3:::data"), nil, []string{"must read write delete permissions res/data"}},
		{"a bucket's, of objects alone", allow("s3:PutBucketPolicy", "arn:aws:s3:::data/*"), nil, nil},
		{"a bucket's list of access", allow("s3:PutBucketAcl", "arn:aws:s3:::data"), nil, []string{"must permissions res/data"}},
		{"a bucket's with a key that it may not use", allow("s3:PutBucketPolicy", "arn:aws:s3:::data"), func(b *builder) { b.element("res/data").(*model.Resource).Key = "res/k" }, []string{"must write delete permissions res/data"}},
		{"a bucket's and its key's", allow("s3:PutBucketPolicy", "arn:aws:s3:::data") + "," + allow("kms:PutKeyPolicy", key), func(b *builder) { b.element("res/data").(*model.Resource).Key = "res/k" },
			[]string{"must read write delete permissions res/data", "must secret write delete permissions res/k"}},
		{"another account's bucket's", allow("s3:*", "*"), func(b *builder) {
			says("res/data", `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": ["s3:PutBucketPolicy"], "Resource": "*"}`)(b)
			b.element("res/data").(*model.Resource).Account = "999999999999"
		}, nil}, // S3 answers 405
		{"another account's topic's", allow("sns:*", "*"), func(b *builder) {
			says("res/N", `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "sns:SetTopicAttributes", "Resource": "*"}`)(b)
			b.element("res/N").(*model.Resource).ARN = "arn:aws:sns:us-east-1:999999999999:N"
		}, []string{"must read write send delete permissions res/N"}},
		{"another account's topic's, without permission of its own", allow("sns:SetTopicAttributes", "*"), func(b *builder) {
			says("res/N", `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "sns:SetTopicAttributes", "Resource": "*"}`)(b)
			b.element("res/N").(*model.Resource).ARN = "arn:aws:sns:us-east-1:999999999999:N"
		}, []string{"must permissions res/N"}},

		{"a key's", allow("kms:PutKeyPolicy", key), nil, []string{"must secret write delete permissions res/k"}},
		{"a key's that lets nobody", allow("kms:PutKeyPolicy", key), says("res/k", deniedTo(`{"AWS": "`+roleARN("Other")+`"}`, "kms:*")), nil},
		{"a grant, under a denial of the key's policy", allow("kms:CreateGrant", key), says("res/k", delegates+","+deniedTo(`"*"`, reveals)), []string{"must write permissions res/k"}},
		{"a key's that denies it", allow("kms:PutKeyPolicy", key), says("res/k", delegates+","+deniedTo(`"*"`, reveals)), []string{"must secret write delete permissions res/k"}},
		{"a function's", allow("lambda:PutResourcePolicy", functionARN("G")), nil, []string{"must read invoke permissions fn/G"}},
		{"a function's for services alone", conditional("lambda:AddPermission", functionARN("G"), `"StringEquals": {"lambda:Principal": "s3.amazonaws.com"}`), nil, []string{"may permissions fn/G"}},
		{"a bus's", allow("events:PutPermission", "*"), nil, []string{"must write send delete permissions res/B"}},
		{"a file system's", allow("elasticfilesystem:PutFileSystemPolicy", "*"), nil, []string{"must read write delete permissions res/E"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			var grants []string
			if c.grants != "" {
				grants = []string{c.grants}
			}
			f := b.function("F", grants...)
			g := b.function("G")
			b.trigger(b.queue("Q").ID, g.ID, "event-source-mapping")
			b.bucket("data")
			b.resource("AWS::SNS::Topic", "N").ARN = "arn:aws:sns:us-east-1:" + testAccount + ":N"
			b.resource("AWS::KMS::Key", "k")
			b.resource("AWS::Events::EventBus", "B").ARN = "arn:aws:events:us-east-1:" + testAccount + ":event-bus/B"
			b.resource("AWS::EFS::FileSystem", "E").ARN = "arn:aws:elasticfilesystem:us-east-1:" + testAccount + ":file-system/fs-1"
			if c.more != nil {
				c.more(b)
			}
			want(t, breach(t, b.analyse(), f.ID), c.want...)
		})
	}
}

// The statement that lets a policy be written is what a hit by it rests on, in words, for walls and for who can.
func TestRewritingIsSaid(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sqs:ReceiveMessage", "*")+","+allow("sqs:SetQueueAttributes", arnOf("AWS::SQS::Queue", "Q")))
	b.function("A", allow("sts:AssumeRole", "*"))
	b.role("R", rootTrust, allow("sqs:SetQueueAttributes", "*"))
	b.trigger(b.queue("Q").ID, b.function("G").ID, "event-source-mapping")
	a := b.analyse()
	d := a.design
	br := breach(t, a, f.ID)
	h := hitOf(br, "res/Q")
	const said = "F can read and delete every message of Q, change it, send messages to it and change who may reach it, because FRole · statement 1 allows sqs:ReceiveMessage on *, and FRole · statement 2 allows sqs:SetQueueAttributes on Q, which rewrites the policy of it"
	if got := br.Sentence(d, *h); got != said {
		t.Errorf("it says\n%s\nnot\n%s", got, said)
	}
	fed := hitOf(br, "fn/G")
	if got := fed.Last(); !slices.Equal(got.Actions, []string{"sqs:SendMessage", "sqs:SetQueueAttributes"}) || len(got.Evidence) != 1 || got.Evidence[0].Statement != 1 || !slices.Equal(got.Evidence[0].Lets, []string{"sqs:SendMessage"}) {
		t.Errorf("G is fed by %v because of %+v", got.Actions, got.Evidence)
	}
	w, err := a.Wall(context.Background(), f.ID, "fn/G")
	if err != nil || len(w.Statements) != 1 || w.Statements[0].Statement != 1 || !w.Smallest {
		t.Errorf("the wall before G is %+v, %v", w, err)
	}
	who, err := a.WhoCan(context.Background(), "sqs:SendMessage", "Q")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range who {
		line := string(x.Principal)
		for _, s := range x.Path {
			line += " → " + s.Kind.String() + " " + string(s.To)
		}
		got = append(got, line)
		if len(x.Evidence) == 0 {
			t.Errorf("no evidence for %s", line)
		}
	}
	if want := []string{"fn/F → acts res/Q", "fn/A → runs role/R → acts res/Q", "role/FRole → acts res/Q", "role/ARole → runs role/R → acts res/Q", "role/R → acts res/Q"}; !slices.Equal(got, want) {
		t.Errorf("%q can send, not %q", got, want)
	}
}

// What comes by writing a policy is what would be allowed if the policy were the one that is written.
func TestRewritingIsTheRewrittenDesign(t *testing.T) {
	calls := map[model.ID]string{"res/data": "s3:PutBucketPolicy", "res/Q": "sqs:SetQueueAttributes", "res/k": "kms:PutKeyPolicy"}
	rapid.Check(t, func(rt *rapid.T) {
		drawn := drawDesign(rt)
		holder := rapid.SampledFrom([]string{"ARole", "BRole", "U"}).Draw(rt, "writer")
		id := rapid.SampledFrom([]model.ID{"res/data", "res/Q", "res/k"}).Draw(rt, "what")
		drawn.identity[holder] = append(drawn.identity[holder], allow(calls[id], "*"))
		d := drawn.build(t)
		a := analyse(t, d, nil)
		r := *d.Resource(id)
		r.Policy = letting
		after, err := d.With(model.Change{Before: d.Resource(id), After: &r})
		if err != nil {
			t.Fatal(err)
		}
		b := analyse(t, after, nil)
		if a.perFunction != b.perFunction || a.perLambda != b.perLambda {
			return // others ask
		}
		ti := a.world.target(id)
		for i, x := range a.actors[:a.size.actors] {
			if x.outside != nil || !strings.HasSuffix(x.arn, "/"+holder) {
				continue
			}
			call := a.direct(x, ti, calls[id], a.world.targets[ti].arn, nil)
			f := a.finding(x, ti)
			for _, fi := range a.world.targets[ti].forms {
				form := &a.world.forms[fi]
				for k, action := range form.menu.actions {
					if !form.menu.hits.has(k) || (k+i)%5 != 0 || strings.HasPrefix(action.Name, "Add") || action.Name == "CreateGrant" {
						continue
					}
					now, then := a.direct(x, ti, action.String(), form.witness, nil), b.direct(b.actors[b.actorOf[b.nodeOf[x.id]]], ti, action.String(), form.witness, nil)
					want := max(truthIn(&now), min(truthIn(&call), truthIn(&then)))
					got := a.decide(x, ti, action.String(), form.witness, nil)
					if v := truthIn(&got.Decision); v != want && got.by == nil || v < want {
						rt.Fatalf("%s: %s on %s is %d, not %d (now %d, the call %d, then %d)", x.id, action, form.witness, v, want, truthIn(&now), truthIn(&call), truthIn(&then))
					}
					in := never
					if y := f.on(fi, ""); y != nil && y.may.has(k) {
						in = truthOf(y.must.has(k), true)
					}
					if in != truthIn(&got.Decision) {
						rt.Fatalf("%s: %s on %s is %d, and found to be %d", x.id, action, form.witness, truthIn(&got.Decision), in)
					}
				}
			}
		}
	})
}
