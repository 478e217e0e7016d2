package reach

import (
	"context"
	"fmt"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// syntheticAccount is an account of n principals, in the proportions of real ones: functions with roles of their own
// and policies in common, deployment roles that may change a team's functions, a few administrators.
func syntheticAccount(t testing.TB, n int) *model.Design {
	b := build(t)
	b.info.Kind = "account"
	teams := max(3, n/25)
	team := func(i int) string { return fmt.Sprintf("team%d", i*7%teams) }
	for i := range n / 8 {
		b.bucket(fmt.Sprintf("%s-data-%d", team(i), i))
	}
	for i := range n / 6 {
		b.table(fmt.Sprintf("%s-tbl-%d", team(i), i))
		b.queue(fmt.Sprintf("%s-q-%d", team(i), i))
	}
	for i := range n / 12 {
		b.resource("AWS::SecretsManager::Secret", fmt.Sprintf("%s/db-%d", team(i), i))
	}
	logs := b.managed("Logs", allow("logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents", "*"))
	admin := b.managed("Admin", adminGrant)
	read := b.managed("ReadOnly", allow("s3:Get* s3:List* dynamodb:Describe* dynamodb:List* lambda:Get* lambda:List* iam:Get* iam:List* sqs:Get* kms:Describe*", "*"))
	var shared []model.ID
	for i := range n / 4 {
		var doc string
		switch i % 4 {
		case 0:
			doc = allow("s3:GetObject s3:PutObject", fmt.Sprintf("arn:aws:s3:::%s-data-%d/*", team(i), i/2))
		case 1:
			doc = allow("dynamodb:GetItem dynamodb:PutItem", arnOf("AWS::DynamoDB::Table", fmt.Sprintf("%s-tbl-%d", team(i/2), i/2)))
		case 2:
			doc = allow("sqs:SendMessage", arnOf("AWS::SQS::Queue", fmt.Sprintf("%s-q-%d", team(i/2), i/2)))
		case 3:
			doc = `{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::` + team(i) + `-*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "` + team(i) + `"}}}`
		}
		shared = append(shared, b.managed(fmt.Sprintf("shared%d", i), doc).ID)
	}
	for i := range n {
		name := fmt.Sprintf("%s-r%d", team(i), i)
		var r *model.Role
		switch {
		case i%100 < 45:
			r = b.role(name, lambdaTrust, allow("dynamodb:Query", arnOf("AWS::DynamoDB::Table", fmt.Sprintf("%s-tbl-%d", team(i/6), i/6))))
			r.Policies = append(r.Policies, logs.ID, shared[i%len(shared)])
			f := b.functionOf(fmt.Sprintf("%s-fn-%d", team(i), i), r)
			if i%3 == 0 {
				b.trigger(model.ID(fmt.Sprintf("res/%s-q-%d", team(i/6), i/6)), f.ID, "event-source-mapping")
			}
		case i%100 < 70:
			r = b.role(name, rootTrust, allow("sts:AssumeRole", roleARN(team(i)+"-*")))
			r.Policies = append(r.Policies, read.ID)
		case i%100 < 80:
			r = b.role(name, `{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::`+testAccount+`:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}`,
				allow("lambda:CreateFunction lambda:UpdateFunctionCode lambda:AddPermission", functionARN(team(i)+"-*")), allow("iam:PassRole", roleARN(team(i)+"-*")))
		case i%100 < 98:
			r = b.role(name, trusts("ec2.amazonaws.com"))
			r.Policies = append(r.Policies, shared[i%len(shared)])
		default:
			r = b.role(name, rootTrust)
			r.Policies = append(r.Policies, admin.ID)
		}
		r.Tags = map[string]string{"team": team(i)}
	}
	return b.design()
}

func BenchmarkAnalyze(b *testing.B) {
	for _, n := range []int{200, 800, 2000} {
		d := syntheticAccount(b, n)
		b.Run(fmt.Sprintf("principals=%d", n), func(b *testing.B) {
			for b.Loop() {
				if a := analyse(b, d, nil); a.Measures(false).Functions == 0 {
					b.Fatal("no functions")
				}
			}
		})
	}
}

// After editing one inline policy.
func BenchmarkAnalyzeAgain(b *testing.B) {
	for _, n := range []int{200, 2000} {
		d := syntheticAccount(b, n)
		a := analyse(b, d, nil)
		b.Run(fmt.Sprintf("principals=%d", n), func(b *testing.B) {
			i := 0
			for b.Loop() {
				old := d.Policy(d.Functions()[i%10].ID)
				if old == nil {
					old = d.Policy(d.Role(d.Functions()[i%10].Role).Policies[0])
				}
				i++
				p := *old
				p.Document = document(b, allow("dynamodb:Query sqs:SendMessage", "*"))
				after, err := d.With(model.Change{Before: old, After: &p})
				if err != nil {
					b.Fatal(err)
				}
				analyse(b, after, a)
			}
		})
	}
}

// One breach on demand, nothing remembered of it before.
func BenchmarkBreach(b *testing.B) {
	d := syntheticAccount(b, 2000)
	a := analyse(b, d, nil)
	functions := d.Functions()
	i := 0
	for b.Loop() {
		a.Breach(functions[i%len(functions)].ID)
		i++
	}
}

func BenchmarkWhoCan(b *testing.B) {
	d := syntheticAccount(b, 2000)
	a := analyse(b, d, nil)
	for b.Loop() {
		if _, err := a.WhoCan(context.Background(), "s3:GetObject", d.Resources()[0].ARN+"/x"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallDesign(b *testing.B) {
	d := example(b).design()
	catalog.Load()
	for b.Loop() {
		analyse(b, d, nil)
	}
}
