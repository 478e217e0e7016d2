package reach

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
)

// when adds a condition to a statement.
func when(statement, condition string) string {
	return strings.TrimSuffix(statement, "}") + `, "Condition": {` + condition + `}}`
}

// reads are the hits of resources among which a function may read, each as "data must".
func reads(b *Breach) []string {
	var out []string
	for _, h := range b.Hits {
		if h.Target == "res/data" || h.Target == "res/S" {
			word := h.Certainty.String()
			if h.Fed {
				word = "fed"
			}
			out = append(out, string(h.Target[4:])+" "+word)
		}
	}
	slices.Sort(out)
	return out
}

// Who may change its own permissions, or those of somebody whom it holds, reaches what the change lets it do: each change in
// the smallest design where it works, and in those where it just does not.
func TestGuises(t *testing.T) {
	own, data := roleARN("FRole"), arnOf("AWS::S3::Bucket", "data")
	read := allow("s3:GetObject", data+"/*")
	both := []string{"S must", "data must"}
	managed := func(name string) string { return "arn:aws:iam::" + testAccount + ":policy/" + name }
	attach := allow("iam:AttachRolePolicy", own)
	bounded := func(statements string) func(b *builder, r *model.Role) {
		return func(b *builder, r *model.Role) { r.Boundary = b.managed("Boundary", statements).ID }
	}
	attached := func(name, statements string) func(b *builder, r *model.Role) {
		return func(b *builder, r *model.Role) { r.Policies = append(r.Policies, b.managed(name, statements).ID) }
	}
	for _, c := range []struct {
		name     string
		policies []string
		more     func(b *builder, r *model.Role)
		want     []string
	}{
		{"any policy", []string{allow("iam:PutRolePolicy", own)}, nil, both},
		{"any policy, perhaps", []string{when(allow("iam:PutRolePolicy", own), `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`)}, nil, []string{"S may", "data may"}},
		{"any policy of another", []string{allow("iam:PutRolePolicy", roleARN("Other"))}, func(b *builder, _ *model.Role) { b.role("Other", rootTrust) }, nil},
		{"any policy of another that it holds", []string{allow("iam:PutRolePolicy sts:AssumeRole", roleARN("Other"))}, func(b *builder, _ *model.Role) { b.role("Other", rootTrust) }, both},
		{"any policy of another that trusts somebody else", []string{allow("iam:PutRolePolicy sts:AssumeRole", roleARN("Other"))}, func(b *builder, _ *model.Role) { b.role("Other", lambdaTrust) }, nil},
		{"by one for another, both held, perhaps", []string{allow("sts:AssumeRole", roleARN("A")+" "+roleARN("Other"))}, func(b *builder, _ *model.Role) {
			b.role("A", rootTrust, when(allow("iam:PutRolePolicy", roleARN("Other")), `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`))
			b.role("Other", rootTrust)
		}, []string{"S may", "data may"}},
		{"by one for another, both held", []string{allow("sts:AssumeRole", roleARN("A")+" "+roleARN("Other"))}, func(b *builder, _ *model.Role) {
			b.role("A", rootTrust, allow("iam:PutRolePolicy", roleARN("Other")))
			b.role("Other", rootTrust)
		}, both},
		{"by one for another who is not held", []string{allow("sts:AssumeRole", roleARN("A"))}, func(b *builder, _ *model.Role) {
			b.role("A", rootTrust, allow("iam:PutRolePolicy", roleARN("Other")))
			b.role("Other", rootTrust)
		}, nil},
		{"by one who takes the role that it changes", []string{allow("sts:AssumeRole", roleARN("Other"))}, func(b *builder, _ *model.Role) {
			b.role("A", rootTrust, allow("iam:PutRolePolicy", roleARN("Other")))
			b.role("Other", rootTrust, allow("sts:AssumeRole", roleARN("A")))
		}, both},
		{"within a boundary", []string{allow("iam:PutRolePolicy", own)}, bounded(allow("iam:PutRolePolicy s3:GetObject", "*")), []string{"data must"}},
		{"outside of a boundary", []string{allow("iam:PutRolePolicy", own)}, bounded(allow("s3:GetObject", "*")), nil},
		{"denied by a policy of its own", []string{allow("iam:PutRolePolicy", own) + "," + deny("s3:*", "*") + "," + deny("iam:Create* iam:Delete* iam:Detach* iam:Update* iam:PassRole", "*")}, nil, []string{"S must"}},
		{"denied by the bucket", []string{allow("iam:PutRolePolicy", own)}, func(b *builder, r *model.Role) {
			bounded(allow("iam:PutRolePolicy s3:* secretsmanager:*", "*"))(b, r)
			b.element("res/data").(*model.Resource).Policy = document(b.t, `{"Effect": "Deny", "Principal": {"AWS": "`+own+`"}, "Action": "s3:*", "Resource": ["`+data+`", "`+data+`/*"]}`)
		}, []string{"S must"}},

		{"without its boundary", []string{read, allow("iam:DeleteRolePermissionsBoundary", own)}, bounded(allow("iam:*", "*")), []string{"data must"}},
		{"without another's boundary", []string{read, allow("iam:DeleteRolePermissionsBoundary", roleARN("Other"))}, bounded(allow("iam:*", "*")), nil},
		{"the boundary holds its own removal", []string{read, allow("iam:DeleteRolePermissionsBoundary", own)}, bounded(allow("iam:Get*", "*")), nil},
		{"with a wider boundary", []string{read, allow("iam:PutRolePermissionsBoundary", own)}, bounded(allow("iam:*", "*")), []string{"data must"}},
		{"with the same boundary alone", []string{read, when(allow("iam:PutRolePermissionsBoundary", own), `"StringEquals": {"iam:PermissionsBoundary": "`+managed("Boundary")+`"}`)}, bounded(allow("iam:*", "*")), nil},
		{"with its boundary rewritten", []string{read, allow("iam:CreatePolicyVersion", managed("Boundary"))}, bounded(allow("iam:CreatePolicyVersion", "*")), []string{"data must"}},
		{"another's boundary rewritten", []string{read, allow("iam:CreatePolicyVersion", managed("Theirs"))}, func(b *builder, r *model.Role) {
			bounded(allow("iam:CreatePolicyVersion", "*"))(b, r)
			b.role("Other", rootTrust).Boundary = b.managed("Theirs", allow("s3:*", "*")).ID
		}, nil},
		{"its boundary rewritten, which holds that back", []string{read, allow("iam:CreatePolicyVersion", managed("Boundary"))}, bounded(allow("iam:Get*", "*")), nil},
		{"one policy rewritten that it has and is held by", []string{allow("iam:CreatePolicyVersion", managed("Boundary"))}, func(b *builder, r *model.Role) {
			bounded(allow("iam:CreatePolicyVersion", "*"))(b, r)
			r.Policies = append(r.Policies, r.Boundary)
		}, both},
		{"with another version of its boundary", []string{read, allow("iam:SetDefaultPolicyVersion", managed("Boundary"))}, bounded(allow("iam:Set*", "*")), []string{"data may"}},
		{"without its boundary and with any policy", []string{allow("iam:PutRolePolicy iam:DeleteRolePermissionsBoundary", own)}, bounded(allow("iam:*", "*")), both},

		{"without a denial that stands inline", []string{read, deny("s3:*", "*"), allow("iam:DeleteRolePolicy", own)}, nil, []string{"data must"}},
		{"a denial in the policy that it needs", []string{read + "," + deny("s3:*", "*"), allow("iam:DeleteRolePolicy", own)}, nil, nil},
		{"an attached denial is not deleted", []string{read, allow("iam:DeleteRolePolicy", own)}, attached("Denies", deny("s3:*", "*")), nil},
		{"without a denial that is attached", []string{read, allow("iam:DetachRolePolicy", own)}, attached("Denies", deny("s3:*", "*")), []string{"data must"}},
		{"without another attached policy", []string{read, when(allow("iam:DetachRolePolicy", own), `"ArnEquals": {"iam:PolicyARN": "`+managed("Other")+`"}`)}, attached("Denies", deny("s3:*", "*")), nil},
		{"an inline denial is not detached", []string{read, deny("s3:*", "*"), allow("iam:DetachRolePolicy", own)}, nil, nil},

		{"a policy of its choice", []string{attach}, nil, both},
		{"one policy that reads", []string{when(attach, `"ArnEquals": {"iam:PolicyARN": "`+managed("Reads")+`"}`)}, func(b *builder, _ *model.Role) { b.managed("Reads", read) }, []string{"data must"}},
		{"one policy that does nothing here", []string{when(attach, `"ArnEquals": {"iam:PolicyARN": "`+managed("Reads")+`"}`)}, func(b *builder, _ *model.Role) { b.managed("Reads", allow("sqs:SendMessage", "*")) }, nil},
		{"another policy than the one that reads", []string{when(attach, `"ArnEquals": {"iam:PolicyARN": "`+managed("Other")+`"}`)}, func(b *builder, _ *model.Role) { b.managed("Reads", read) }, nil},
		{"one of AWS's", []string{when(attach, `"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}`)}, nil, []string{"data must"}},
		{"any but the administrator's", []string{when(attach, `"ArnNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}`)}, nil, both},
		{"any but AWS's", []string{when(attach, `"ArnNotLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}`)}, func(b *builder, _ *model.Role) { b.managed("Reads", read) }, []string{"data must"}},
		{"a policy that takes what it gives", []string{when(attach, `"ArnLike": {"iam:PolicyARN": "`+managed("*")+`"}`)}, func(b *builder, _ *model.Role) { b.managed("Reads", read+","+deny("s3:*", "*")) }, nil},
		{"a policy beside one that takes", []string{when(attach, `"ArnLike": {"iam:PolicyARN": "`+managed("*")+`"}`)}, func(b *builder, _ *model.Role) {
			b.managed("Reads", read)
			b.managed("Denies", deny("s3:*", "*"))
		}, []string{"data must"}},

		{"a policy rewritten", []string{allow("iam:CreatePolicyVersion", managed("Own"))}, attached("Own", allow("s3:ListAllMyBuckets", "*")), both},
		{"a denying policy rewritten", []string{allow("iam:CreatePolicyVersion", managed("Denies"))}, func(b *builder, r *model.Role) {
			attached("Denies", deny("s3:*", "*"))(b, r)
			bounded(allow("iam:CreatePolicyVersion", managed("Denies"))+","+allow("s3:*", "*"))(b, r)
		}, []string{"data must"}},
		{"a denying policy rewritten, and then the boundary", []string{allow("iam:CreatePolicyVersion", managed("Denies"))}, func(b *builder, r *model.Role) {
			attached("Denies", deny("s3:*", "*"))(b, r)
			bounded(allow("iam:CreatePolicyVersion s3:*", "*"))(b, r)
		}, both},
		{"another version of a policy", []string{allow("iam:SetDefaultPolicyVersion", managed("Own"))}, attached("Own", allow("s3:ListAllMyBuckets", "*")), []string{"S may", "data may"}},
		{"a policy rewritten that it has not", []string{allow("iam:CreatePolicyVersion", managed("Own"))}, func(b *builder, r *model.Role) {
			b.managed("Own", allow("s3:ListAllMyBuckets", "*"))
			attached("Mine", allow("s3:ListAllMyBuckets", "*"))(b, r)
		}, nil},

		{"a user put into a group", []string{allow("iam:AddUserToGroup iam:CreateAccessKey", "*")}, readers, []string{"data must"}},
		{"a user put into a group, where a boundary is asked of it", []string{when(allow("iam:AddUserToGroup", "*"), `"StringLike": {"iam:PermissionsBoundary": "*"}`), allow("iam:CreateAccessKey", "*")}, readers, nil},
		{"a user who is not held", []string{allow("iam:AddUserToGroup", "*")}, readers, nil},
		{"a new user put into a group", []string{allow("iam:CreateUser iam:CreateAccessKey", userARN("new-*")), allow("iam:AddUserToGroup", "*")}, readers, []string{"data must"}},
		{"a new user put into another group", []string{allow("iam:CreateUser iam:CreateAccessKey", userARN("new-*")), allow("iam:AddUserToGroup", "arn:aws:iam::"+testAccount+":group/Writers")}, readers, nil},
		{"a new user in a group without a way in", []string{allow("iam:CreateUser", userARN("new-*")), allow("iam:AddUserToGroup", "*")}, readers, nil},
		{"a user held, no group joined", []string{allow("iam:CreateAccessKey", "*")}, readers, nil},

		{"a new user", []string{allow("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", userARN("new-*"))}, nil, both},
		{"a new user without a way in", []string{allow("iam:CreateUser iam:PutUserPolicy", userARN("new-*"))}, nil, nil},
		{"a new user, whom no policy denies", []string{allow("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", userARN("new-*")), deny("s3:* secretsmanager:*", "*")}, nil, both},

		{"of a function that it feeds", []string{allow("lambda:InvokeFunction", functionARN("G"))}, func(b *builder, _ *model.Role) {
			b.function("G", allow("iam:PutRolePolicy", roleARN("GRole")))
		}, []string{"S fed", "data fed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policies...)
			b.bucket("data")
			b.resource("AWS::SecretsManager::Secret", "S")
			if c.more != nil {
				c.more(b, b.roleOf(f))
			}
			a := b.analyse()
			br := breach(t, a, f.ID)
			if got := reads(br); !slices.Equal(got, c.want) {
				t.Errorf("reaches %q, not %q: %s", got, c.want, strings.Join(say(br), "; "))
			}
			if r, _ := a.Reach(f.ID); r != br.Reach || br.Reach.FedMay.Resources != len(c.want) {
				t.Errorf("figures %+v and %+v", r, br.Reach)
			}
			for _, id := range []model.ID{"fn/F", "role/FRole"} {
				if slices.Contains(br.Runs[1:], id) && id != "role/FRole" || slices.Contains(br.Runs, newPrincipalID) {
					t.Errorf("runs %v", br.Runs)
				}
			}
			for _, h := range br.Hits {
				if path := h.Path(); len(path) > 1 && len(path[len(path)-1].Grounds()) == 0 {
					t.Errorf("no reason for %s", h.Target)
				}
			}
		})
	}
}

// Two are joined for each who holds both, also where one comes to hold them by what was made of somebody else.
func TestJoinedLater(t *testing.T) {
	b := build(t)
	data := arnOf("AWS::S3::Bucket", "data")
	limited := func(name, trust, limit string, documents ...string) {
		b.role(name, trust, documents...).Boundary = b.managed(name+"Limit", limit).ID
	}
	assume := func(names ...string) string {
		var arns []string
		for _, n := range names {
			arns = append(arns, roleARN(n))
		}
		return allow("sts:AssumeRole", strings.Join(arns, " "))
	}
	f := b.function("F", assume("A", "Other"))
	g := b.function("G", assume("A", "B", "C"))
	h := b.function("H", assume("A", "C"))
	b.role("A", rootTrust, allow("iam:PutRolePolicy", roleARN("Other")))
	b.role("B", rootTrust, allow("iam:PutRolePolicy", roleARN("C")))
	limited("C", rootTrust, assume("Other"))
	limited("Other", rootTrust, allow("s3:GetObject", data+"/*"))
	b.bucket("data")
	b.resource("AWS::SecretsManager::Secret", "S")
	a := b.analyse()
	for id, want := range map[model.ID][]string{f.ID: {"data must"}, g.ID: {"data must"}, h.ID: nil} {
		br := breach(t, a, id)
		if got := reads(br); !slices.Equal(got, want) {
			t.Errorf("%s reaches %q, not %q", id, got, want)
		}
		if r, _ := a.Reach(id); r != br.Reach || r.Must.Resources != len(want) {
			t.Errorf("%s: figures %+v and %+v", id, r, br.Reach)
		}
	}
	sameFlood(t, a)
}

// AWS's policies are those of the design's partition.
func TestAttachingInPartitions(t *testing.T) {
	for partition, want := range map[string][]string{"aws": nil, "aws-cn": {"data must"}, "aws-us-gov": nil} {
		b := build(t)
		b.info.Partition = partition
		at := func(arn string) string { return strings.Replace(arn, "arn:aws:", "arn:"+partition+":", 1) }
		own := at(roleARN("FRole"))
		f := b.function("F", when(allow("iam:AttachRolePolicy", own), `"ArnEquals": {"iam:PolicyARN": "arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess"}`))
		b.roleOf(f).ARN, f.RoleARN, f.ARN = own, own, at(f.ARN)
		data := b.bucket("data")
		data.ARN = at(data.ARN)
		if got := reads(breach(t, b.analyse(), f.ID)); !slices.Equal(got, want) {
			t.Errorf("%s: reaches %q, not %q", partition, got, want)
		}
	}
}

// readers adds a group that reads the bucket, and a user who is not in it.
func readers(b *builder, _ *model.Role) {
	b.user("U")
	g := b.user("Readers", allow("s3:GetObject", arnOf("AWS::S3::Bucket", "data")+"/*"))
	g.ID, g.Kind, g.ARN = "group/Readers", model.Group, "arn:aws:iam::"+testAccount+":group/Readers"
}

// An SCP holds what a principal gives itself.
func TestGuisesUnderGuardrails(t *testing.T) {
	for denied, want := range map[string][]string{"ec2:*": {"S must", "data must"}, "s3:*": {"S must"}, "iam:PutRolePolicy": nil} {
		b := build(t).guarded([]string{fullAccess + "," + deny(denied, "*")}, nil)
		f := b.function("F", allow("iam:PutRolePolicy", roleARN("FRole")))
		b.bucket("data")
		b.resource("AWS::SecretsManager::Secret", "S")
		if got := reads(breach(t, b.analyse(), f.ID)); !slices.Equal(got, want) {
			t.Errorf("%s denied: %q", denied, got)
		}
	}
}

// What people read: by what it comes, who can do it by which path, and which wall would stop it.
func TestGuisesInWords(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("iam:PutRolePolicy", roleARN("FRole")))
	b.function("G", allow("iam:PutRolePolicy sts:AssumeRole", roleARN("Deploy")))
	b.role("Deploy", rootTrust)
	b.function("I", allow("sts:AssumeRole", roleARN("Builder")))
	b.role("Builder", rootTrust, allow("iam:PutRolePolicy", roleARN("Builder")))
	b.function("H", allow("iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey", "*"))
	bucket := b.bucket("data")
	a := b.analyse()
	for from, want := range map[model.ID]string{
		f.ID:   "F can give itself any permission and so read, write and delete every object of data and change who may reach it, because FRole · statement 1 allows iam:PutRolePolicy on FRole",
		"fn/G": "G can give Deploy any permission and so read, write and delete every object of data and change who may reach it as Deploy, because GRole · statement 1 allows iam:PutRolePolicy and sts:AssumeRole on Deploy, and trust policy of Deploy · statement 1 allows sts:AssumeRole",
		"fn/I": "I can give Builder any permission and so read, write and delete every object of data and change who may reach it as Builder, because Builder · statement 1 allows iam:PutRolePolicy on Builder",
		"fn/H": "H can make a new principal that may do anything and so read, write and delete every object of data and change who may reach it, because HRole · statement 1 allows iam:CreateUser, iam:AttachUserPolicy and iam:CreateAccessKey on *",
	} {
		br := breach(t, a, from)
		if got := br.Sentence(a.Design(), *hitOf(br, bucket.ID)); got != want {
			t.Errorf("%s", got)
		}
	}
	who, err := a.WhoCan(context.Background(), "s3:GetObject", bucket.ARN+"/x")
	if err != nil {
		t.Fatal(err)
	}
	var by []string
	for _, w := range who {
		if len(w.Evidence) == 0 {
			t.Errorf("no reason for %s", w.Principal)
		}
		by = append(by, string(w.Principal)+" "+w.Certainty.String()+" by "+w.Path[len(w.Path)-1].Technique)
	}
	if want := []string{"fn/F must by iam-005", "fn/G must by iam-005", "fn/I must by iam-005", "fn/H must by iam-create-user", "role/FRole must by iam-005", "role/GRole must by iam-005", "role/IRole must by iam-005", "role/Builder must by iam-005", "role/HRole must by iam-create-user"}; !slices.Equal(by, want) {
		t.Errorf("who can: %q", by)
	}
	for from, want := range map[model.ID]string{f.ID: "policy/FRole-0", "fn/G": "policy/GRole-0"} {
		w, err := a.Wall(context.Background(), from, bucket.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.Statements) != 1 || string(w.Statements[0].Policy) != want || !w.Smallest {
			t.Errorf("wall %+v", w)
		}
	}
}

// An edit that gives or takes the permission to change oneself leaves nothing behind.
func TestGuisesAfterEdits(t *testing.T) {
	b := build(t)
	b.function("F", allow("iam:PutRolePolicy", roleARN("FRole")))
	b.function("G", allow("iam:PutRolePolicy sts:AssumeRole", roleARN("Deploy")))
	b.role("Deploy", rootTrust, allow("sqs:SendMessage", "*"))
	b.bucket("data")
	b.queue("Q")
	d := b.design()
	a := analyse(t, d, nil)
	for i, say := range []string{allow("iam:GetRole", "*"), allow("s3:GetObject", "*"), allow("iam:PutRolePolicy", "*"), allow("iam:PutRolePolicy sts:AssumeRole", "*"), allow("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", "*"), adminGrant, allow("iam:AttachRolePolicy", "*")} {
		for _, id := range []model.ID{"policy/FRole-0", "policy/GRole-0", "policy/Deploy-0"} {
			p := *d.Policy(id)
			p.Document = document(t, say)
			after, err := d.With(model.Change{Before: d.Policy(id), After: &p})
			if err != nil {
				t.Fatal(err)
			}
			a = analyse(t, after, a)
			fresh := analyse(t, after, nil)
			for _, n := range fresh.nodes[:fresh.size.nodes] {
				if x, y := inFull(a.Breach(n.id)), inFull(fresh.Breach(n.id)); x != y {
					t.Errorf("edit %d of %s, %s: again\n%s, from scratch\n%s", i, id, n.id, x, y)
				}
			}
			if len(a.actors) != len(fresh.actors) {
				t.Errorf("edit %d: %d actors, not %d", i, len(a.actors), len(fresh.actors))
			}
			if i%2 == 1 {
				d = after
			}
		}
	}
}

// Who takes a user out of a group takes the group's denials from it, and what the group grants.
func TestLeavingAGroup(t *testing.T) {
	data := arnOf("AWS::S3::Bucket", "data")
	read, denied := allow("s3:GetObject", data+"/*"), deny("s3:GetObject", "*")
	group := "arn:aws:iam::" + testAccount + ":group/"
	for _, c := range []struct {
		name      string
		own, team []string
		more      func(b *builder, u *model.Principal)
		want      []string
	}{
		{"its own", []string{read, allow("iam:RemoveUserFromGroup", group+"Team")}, []string{denied}, nil, []string{"data must"}},
		{"another", []string{read, allow("iam:RemoveUserFromGroup", group+"Other")}, []string{denied}, nil, nil},
		{"allowed by the group", []string{read}, []string{denied, allow("iam:RemoveUserFromGroup", group+"Team")}, nil, []string{"data must"}},
		{"and with it what it grants", []string{allow("iam:RemoveUserFromGroup", group+"Team")}, []string{denied, read}, nil, nil},
		{"denied by itself as well", []string{read + "," + denied, allow("iam:RemoveUserFromGroup", group+"Team")}, []string{denied}, nil, nil},
		{"with what it has by itself as well", []string{read, allow("iam:RemoveUserFromGroup", group+"Team")}, nil, func(b *builder, u *model.Principal) {
			p := b.managed("Denial", denied).ID
			u.Policies = append(u.Policies, p)
			team := b.element("group/Team").(*model.Principal)
			team.Policies = append(team.Policies, p)
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			u := b.user("U", c.own...)
			team := b.user("Team", c.team...)
			team.ID, team.Kind, team.ARN = "group/Team", model.Group, group+"Team"
			u.Groups = []model.ID{team.ID}
			b.bucket("data")
			if c.more != nil {
				c.more(b, u)
			}
			if got := reads(breach(t, b.analyse(), u.ID)); !slices.Equal(got, c.want) {
				t.Errorf("it reads %q, not %q", got, c.want)
			}
		})
	}
}

// Who joins a group keeps its own boundary and denials, and those of the groups that it is in.
func TestJoiningAGroup(t *testing.T) {
	data := arnOf("AWS::S3::Bucket", "data")
	read, denied := allow("s3:GetObject", data+"/*"), deny("s3:GetObject", "*")
	group := "arn:aws:iam::" + testAccount + ":group/"
	joins := allow("iam:AddUserToGroup", group+"Readers")
	for _, c := range []struct {
		name      string
		own, team []string
		boundary  string
		want      []string
	}{
		{"with nothing that holds it", []string{joins}, nil, "", []string{"data must"}},
		{"within a boundary that lets both", []string{joins}, nil, allow("s3:* iam:*", "*"), []string{"data must"}},
		{"within a boundary that does not let what the group may", []string{joins}, nil, allow("sqs:* iam:*", "*"), nil},
		{"within a boundary that does not let it join", []string{joins}, nil, allow("s3:*", "*"), nil},
		{"with a denial of its own", []string{joins + "," + denied}, nil, "", nil},
		{"with a denial of something else", []string{joins + "," + deny("s3:PutObject", "*")}, nil, "", []string{"data must"}},
		{"with a denial of another group's", []string{joins}, []string{denied}, "", nil},
		{"allowed by another group that denies", nil, []string{joins + "," + denied}, "", nil},
		{"into another group", []string{allow("iam:AddUserToGroup", group+"Writers") + "," + deny("s3:PutObject", "*")}, nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			u := b.user("U", c.own...)
			for i, policies := range [][]string{c.team, {read}} {
				name := []string{"Team", "Readers"}[i]
				g := b.user(name, policies...)
				g.ID, g.Kind, g.ARN = model.ID("group/"+name), model.Group, group+name
			}
			u.Groups = []model.ID{"group/Team"}
			if c.boundary != "" {
				u.Boundary = b.managed("Limit", c.boundary).ID
			}
			b.bucket("data")
			a := b.analyse()
			if got := reads(breach(t, a, u.ID)); !slices.Equal(got, c.want) {
				t.Errorf("it reads %q, not %q", got, c.want)
			}
			if len(c.team) > 0 && len(c.own) == 0 {
				if got := reads(breach(t, a, "group/Team")); !slices.Equal(got, c.want) {
					t.Errorf("whoever is in the group reads %q, not %q", got, c.want)
				}
			}
		})
	}
}

// Who perhaps makes itself an administrator still has need of somebody whom alone another account lets in.
func TestGuisesAbroad(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("iam:PutRolePolicy sts:AssumeRole", roleARN("Other")), when(allow("iam:PutRolePolicy", roleARN("FRole")), `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`))
	b.role("Other", rootTrust)
	far := b.bucket("far")
	far.Account = farAccount
	far.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("Other")+`"}, "Action": "s3:*", "Resource": "arn:aws:s3:::far/*"}`)
	a := b.analyse()
	if h := hitOf(breach(t, a, f.ID), far.ID); h == nil || h.Certainty != Must {
		t.Errorf("hit %+v", h)
	}
	if r, _ := a.Reach(f.ID); r.Must.Resources != 1 || r.May.Resources != 1 {
		t.Errorf("figures %+v", r)
	}
}

// Who rules its own account has need of what two whom it holds in another one make of each other.
func TestGuisesOfTwoAbroad(t *testing.T) {
	b := build(t)
	lets := `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("FRole") + `"}, "Action": "sts:AssumeRole"}`
	f := b.function("F", allow("sts:AssumeRole iam:PutRolePolicy", "*"))
	b.role("Key", lets, allow("iam:DeleteRolePermissionsBoundary", farARN("role/Bound"))).ARN = farARN("role/Key")
	bound := b.role("Bound", lets, allow("sqs:SendMessage", "*"))
	bound.ARN, bound.Boundary = farARN("role/Bound"), b.managed("Little", allow("sqs:ListQueues", "*")).ID
	b.queue("W").ARN = farQueueARN
	a := b.analyse()
	if got := say(breach(t, a, f.ID)); !slices.Contains(got, "must send res/W") {
		t.Errorf("reaches %q", got)
	}
}

// Whom another account's policy means by the name of a session, an administrator of its own has need of as of those whom it names by
// their ARNs: it gives them the permissions that they lack there.
func TestGuisesOfSessionsAbroad(t *testing.T) {
	b := build(t)
	b.role("Deploy", trusts("codebuild.amazonaws.com"), allow("iam:*", "*"))
	b.function("Work", allow("sts:AssumeRole", "*"))
	w := b.queue("W")
	w.ARN = farQueueARN
	w.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:sts::`+testAccount+`:assumed-role/WorkRole/Work"}, "Action": "sqs:*", "Resource": "*"}`)
	a := b.analyse()
	if got := say(breach(t, a, "role/Deploy")); !slices.Contains(got, "must read write send delete res/W") {
		t.Errorf("reaches %q", got)
	}
}
