package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
)

// The calls of one technique may be made by several who are held together, but for the one that hands a role over: each in the
// smallest design where it works, and in those where it just does not.
func TestCrews(t *testing.T) {
	target := roleARN("Target")
	trust := func(service string) string { return strings.Replace(lambdaTrust, "lambda", service, 1) }
	pass := allow("iam:PassRole", target)
	for _, c := range []struct {
		name     string
		a, b     string // what two roles may do that the start holds
		more     func(b *builder)
		want     string // "must", "may", ""
		together string // who helps, as the step says
	}{
		{name: "one makes the function, another invokes it", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:InvokeFunction", "*"), want: "must", together: "B"},
		{name: "one makes the function, another lets it be invoked", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:AddPermission", "*"), want: "must", together: "B"},
		{name: "one passes the role, another makes the function", a: pass, b: allow("lambda:CreateFunction lambda:InvokeFunction", "*")},
		{name: "one invokes other functions than the other makes", a: pass + "," + allow("lambda:CreateFunction", functionARN("dev-*")), b: allow("lambda:InvokeFunction", functionARN("prod-*"))},
		{name: "one invokes some of the functions that the other makes", a: pass + "," + allow("lambda:CreateFunction", functionARN("dev-*")), b: allow("lambda:InvokeFunction", functionARN("dev-web")), want: "must", together: "B"},
		{name: "the other is denied it", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:InvokeFunction", "*") + "," + deny("lambda:Invoke*", "*")},
		{name: "one is denied it, the other not", a: pass + "," + allow("lambda:CreateFunction lambda:InvokeFunction", "*") + "," + deny("lambda:InvokeFunction", "*"), b: allow("lambda:InvokeFunction", "*"), want: "must", together: "B"},
		{name: "the other perhaps", a: pass + "," + allow("lambda:CreateFunction", "*"), b: when(allow("lambda:InvokeFunction", "*"), `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`), want: "may", together: "B"},
		{name: "the role trusts another service", a: pass + "," + allow("ecs:RegisterTaskDefinition", "*"), b: allow("ecs:RunTask ecs:CreateService", "*")},
		{name: "the other within a boundary that leaves it", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:InvokeFunction", "*"), more: func(b *builder) {
			b.element("role/B").(*model.Role).Boundary = b.managed("Bound", allow("lambda:*", "*")).ID
		}, want: "must", together: "B"},
		{name: "the other within a boundary that leaves it not", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:InvokeFunction", "*"), more: func(b *builder) {
			b.element("role/B").(*model.Role).Boundary = b.managed("Bound", allow("s3:*", "*")).ID
		}},
		{name: "the other is not held", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:InvokeFunction", "*"), more: func(b *builder) {
			b.element("role/B").(*model.Role).Trust = document(b.t, lambdaTrust)
		}},
		{name: "the other is of another account", a: pass + "," + allow("lambda:CreateFunction", "*"), b: allow("lambda:InvokeFunction", "*"), more: func(b *builder) {
			b.element("role/B").(*model.Role).ARN = "arn:aws:iam::999988887777:role/B"
		}},

		{name: "a task definition and its run, if there is a cluster", a: pass + "," + allow("ecs:RegisterTaskDefinition", "*"), b: allow("ecs:RunTask", "*"), more: targetTrusts("ecs-tasks"), want: "may", together: "B"},
		{name: "a task definition and its run in a cluster", a: pass + "," + allow("ecs:RegisterTaskDefinition", "*"), b: allow("ecs:RunTask", "*"), more: func(b *builder) {
			targetTrusts("ecs-tasks")(b)
			b.resource("AWS::ECS::Cluster", "c").ARN = "arn:aws:ecs:us-east-1:" + testAccount + ":cluster/c"
		}, want: "must", together: "B"},
		{name: "a project and its build", a: pass + "," + allow("codebuild:CreateProject", "*"), b: allow("codebuild:StartBuild", "*"), more: targetTrusts("codebuild"), want: "must", together: "B"},
		{name: "a document and its execution, which takes the role", a: allow("ssm:CreateDocument", "*"), b: pass + "," + allow("ssm:StartAutomationExecution", "*"), more: targetTrusts("ssm"), want: "must", together: "A"},
		{name: "a document with the role, which does not take it", a: pass + "," + allow("ssm:CreateDocument", "*"), b: allow("ssm:StartAutomationExecution", "*"), more: targetTrusts("ssm")},
		{name: "a change set and its execution", a: pass + "," + allow("cloudformation:CreateChangeSet", "*"), b: allow("cloudformation:ExecuteChangeSet", "*"), more: targetTrusts("cloudformation"), want: "must", together: "B"},
		{name: "a machine and its execution", a: pass + "," + allow("states:CreateStateMachine", "*"), b: allow("states:StartExecution", "*"), more: targetTrusts("states"), want: "must", together: "B"},

		{name: "a machine's definition and its execution", a: allow("states:UpdateStateMachine", "*"), b: allow("states:StartExecution", "*"), more: func(b *builder) {
			targetTrusts("states")(b)
			b.resource(machineType, "Machine").Role = "role/Target"
		}, want: "must", together: "B"},
		{name: "a machine's definition and another's execution", a: allow("states:UpdateStateMachine", arnOf(machineType, "Machine")), b: allow("states:StartExecution", arnOf(machineType, "Other")), more: func(b *builder) {
			targetTrusts("states")(b)
			b.resource(machineType, "Machine").Role = "role/Target"
		}},
		{name: "a machine's definition and its execution, if there is one that has the role", a: allow("states:UpdateStateMachine", "*"), b: allow("states:StartExecution", "*"), more: targetTrusts("states"), want: "may", together: "B"},
		{name: "a change set and its execution, if there is a stack that has the role", a: allow("cloudformation:CreateChangeSet", "*"), b: allow("cloudformation:ExecuteChangeSet", "*"), more: targetTrusts("cloudformation"), want: "may", together: "B"},
		{name: "an instance's user data, stopped and started by others", a: allow("ec2:ModifyInstanceAttribute", "*"), b: allow("ec2:StopInstances ec2:StartInstances", "*"), more: occupied, want: "must", together: "B"},
		{name: "an instance's user data, stopped by others", a: allow("ec2:ModifyInstanceAttribute", "*"), b: allow("ec2:StopInstances", "*"), more: occupied},
		{name: "an instance's user data, stopped by one and started by another", a: allow("ec2:ModifyInstanceAttribute", "*"), b: allow("ec2:StopInstances", "*") + "," + allow("sts:AssumeRole", roleARN("C")), more: func(b *builder) {
			occupied(b)
			b.role("C", rootTrust, allow("ec2:StartInstances", "*"))
		}, want: "must", together: "B and C"},

		{name: "a new user whom one makes, another fits out", a: allow("iam:CreateUser iam:PutUserPolicy", "*") + "," + deny("iam:CreateLoginProfile iam:CreateAccessKey", userARN("nobody")), b: allow("iam:CreateAccessKey", userARN("new-*")), more: func(b *builder) {
			b.element("role/Target").(*model.Role).Trust = document(b.t, rootTrust)
		}, want: "must", together: "B"},
		{name: "a new user without a way in", a: allow("iam:CreateUser", "*"), b: allow("iam:PutUserPolicy", "*"), more: func(b *builder) {
			b.element("role/Target").(*model.Role).Trust = document(b.t, rootTrust)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", allow("sts:AssumeRole", roleARN("A")+" "+roleARN("B")))
			b.role("A", rootTrust, c.a)
			b.role("B", rootTrust, c.b)
			b.role("Target", trust("lambda"), allow("s3:GetObject", arnOf("AWS::S3::Bucket", "data")+"/*"))
			b.bucket("data")
			if c.more != nil {
				c.more(b)
			}
			d := b.design()
			a := analyse(t, d, nil)
			br := breach(t, a, f.ID)
			var want []string
			if c.want != "" {
				want = []string{"data " + c.want}
			}
			if got := reads(br); !slices.Equal(got, want) {
				t.Fatalf("reaches %q, not %q", got, want)
			}
			if r, _ := a.Reach(f.ID); r != br.Reach {
				t.Errorf("figures %+v and %+v", r, br.Reach)
			}
			if c.want == "" {
				return
			}
			if reaching := slices.Collect(a.Reaching("role/Target")); c.name == "a project and its build" && !slices.ContainsFunc(reaching, func(b *Breach) bool { return b.From == f.ID }) {
				t.Errorf("nobody is told to reach the role")
			}
			for _, alone := range []model.ID{"role/A", "role/B"} {
				if got := reads(breach(t, a, alone)); slices.Equal(got, want) && c.together != "B and C" {
					t.Errorf("%s alone reaches %q", alone, got)
				}
			}
			said := ""
			for _, h := range br.Hits {
				if h.Target == "res/data" {
					for _, s := range h.Path() {
						said += s.Sentence(d) + "\n"
					}
				}
			}
			if !strings.Contains(said, "together with "+c.together) {
				t.Errorf("does not say that %s helps:\n%s", c.together, said)
			}
			if ways := a.Ways(f.ID, "res/data", 3); len(ways) == 0 {
				t.Errorf("no way")
			}
			for _, name := range strings.Split(c.together, " and ") {
				if !strings.Contains(said, name+" · statement") {
					t.Errorf("no statement of %s:\n%s", name, said)
				}
			}
		})
	}
}

// What a crew surely passes is so whatever else it perhaps passes, in any order.
func TestCrewsPassSurelyOrPerhaps(t *testing.T) {
	surely := func(b *builder) { b.role("Surely", trusts("codebuild.amazonaws.com")) }
	perhaps := func(b *builder) { // whom it trusts is not known
		b.role("Perhaps", `{"Effect": "Allow", "Principal": {"Service": "${Service}"}, "Action": "sts:AssumeRole"}`)
	}
	for _, order := range [][]func(*builder){{surely, perhaps}, {perhaps, surely}} {
		b := build(t)
		for _, role := range order {
			role(b)
		}
		f := b.function("F", allow("codebuild:StartBuild", "*"), allow("sts:AssumeRole", roleARN("A")))
		b.role("A", rootTrust, allow("iam:PassRole codebuild:CreateProject", "*"))
		a := b.analyse()
		for look := range looks {
			w := a.walk(a.nodeOf[f.ID], look)
			for _, c := range []struct {
				role model.ID
				want bool
			}{{"role/Surely", true}, {"role/Perhaps", !sure(look)}} {
				n := a.nodeOf[c.role]
				if reached := a.flows[look].reached(a.actorOf[a.nodeOf[f.ID]]).has(a.actorOf[n]); reached != c.want || slices.Contains(w.order, n) != c.want {
					t.Errorf("%s is reached: %v, and walked to: %v, under look %d", c.role, reached, slices.Contains(w.order, n), look)
				}
			}
		}
	}
}

// targetTrusts lets a service assume the target.
func targetTrusts(service string) func(b *builder) {
	return func(b *builder) {
		b.element("role/Target").(*model.Role).Trust = document(b.t, strings.Replace(lambdaTrust, "lambda", service, 1))
	}
}

// occupied adds an instance that runs with the target.
func occupied(b *builder) {
	targetTrusts("ec2")(b)
	r := b.resource("AWS::EC2::Instance", "web")
	r.ARN, r.Role = "arn:aws:ec2:us-east-1:"+testAccount+":instance/i-0", "role/Target"
}

// Who may help after an edit, or may no more, does so at once, though what it reaches by itself is as it was.
func TestCrewsAfterEdits(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sts:AssumeRole", roleARN("A")+" "+roleARN("B")))
	b.role("A", rootTrust, allow("iam:PassRole codebuild:CreateProject", "*"))
	b.role("B", rootTrust, allow("codebuild:ListProjects", "*"))
	b.role("Target", trusts("codebuild.amazonaws.com"), allow("s3:GetObject", arnOf("AWS::S3::Bucket", "data")+"/*"))
	b.bucket("data")
	d := b.design()
	a := analyse(t, d, nil)
	for _, c := range []struct{ of, says, want string }{
		{"B", allow("codebuild:StartBuild", "*"), "data must"},
		{"B", allow("codebuild:ListBuilds", "*"), ""},
		{"B", allow("codebuild:StartBuild", "*"), "data must"},
		{"A", allow("iam:PassRole codebuild:ListProjects", "*"), "data may"},
		{"A", allow("iam:PassRole codebuild:CreateProject", "*"), "data must"},
		{"F", allow("sts:AssumeRole", roleARN("A")), ""},
	} {
		id := model.ID("policy/" + c.of + "-0")
		if c.of == "F" {
			id = "policy/FRole-0"
		}
		p := *d.Policy(id)
		p.Document = document(t, c.says)
		after, err := d.With(model.Change{Before: d.Policy(id), After: &p})
		if err != nil {
			t.Fatal(err)
		}
		d, a = after, analyse(t, after, a)
		if got := strings.Join(reads(breach(t, a, f.ID)), " "); got != c.want {
			t.Errorf("with %s of %s it reaches %q, not %q", c.says, c.of, got, c.want)
		}
		same(t, a, analyse(t, d, nil))
	}
}
