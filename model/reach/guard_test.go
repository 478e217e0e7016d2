package reach

import (
	"slices"
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// guarded sets the account's guardrails, each level one document.
func (b *builder) guarded(scps, rcps []string) *builder {
	var g model.Guardrails
	for _, s := range scps {
		g.SCPs = append(g.SCPs, model.Level{Target: "ou", Policies: []*policy.Document{document(b.t, s)}})
	}
	for _, s := range rcps {
		g.RCPs = append(g.RCPs, model.Level{Target: "ou", Policies: []*policy.Document{document(b.t, s)}})
	}
	b.info.Guardrails = map[string]model.Guardrails{testAccount: g}
	return b
}

// SCPs are walls for what an actor does, feeds and runs; RCPs for what is done to resources of services that support
// them. Neither binds service-linked roles or the management account.
func TestGuardrails(t *testing.T) {
	const escalation = `{"Effect": "Allow", "Action": ["iam:PutRolePolicy", "s3:GetObject", "sqs:SendMessage", "dynamodb:GetItem", "lambda:UpdateFunctionCode"], "Resource": "*"}`
	deny := func(action string) string {
		return fullAccess + `, {"Effect": "Deny", "Action": "` + action + `", "Resource": "*"}`
	}
	control := func(action string) string {
		return `{"Effect": "Deny", "Principal": "*", "Action": "` + action + `", "Resource": "*"}`
	}
	all := []string{"admin", "data read", "Q send", "T read", "runs G"}
	for _, c := range []struct {
		name       string
		scps, rcps []string
		change     func(b *builder, r *model.Role)
		gone       []string
	}{
		{"none", nil, nil, nil, nil},
		{"full access", []string{fullAccess, fullAccess}, nil, nil, nil},
		{"no IAM", []string{fullAccess, deny("iam:*")}, nil, nil, []string{"admin"}},
		{"none but S3", []string{fullAccess + `, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}`}, nil, nil, []string{"admin", "Q send", "T read", "runs G"}},
		{"no instances and stacks for anybody", []string{deny("ec2:*"), deny("cloudformation:*")}, nil, nil, nil},
		{"no code updates", []string{deny("lambda:UpdateFunctionCode")}, nil, nil, nil}, // its configuration, by what it gives itself
		{"a level that allows little", []string{fullAccess, `{"Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*"}`}, nil, nil, []string{"Q send", "T read", "runs G"}},
		{"a level that allows nothing", []string{fullAccess, `{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}`}, nil, nil, all},
		{"not this principal", []string{fullAccess + `, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/FRole"}}}`}, nil, nil, nil},
		{"the management account", []string{deny("*")}, []string{control("s3:*")}, func(b *builder, _ *model.Role) {
			g := b.info.Guardrails[testAccount]
			g.Management = true
			b.info.Guardrails[testAccount] = g
		}, nil},
		{"a service-linked role, which nobody changes", []string{deny("*")}, []string{control("s3:*")}, func(_ *builder, r *model.Role) { r.ServiceLinked = true }, []string{"admin"}},
		{"no S3 for anybody", nil, []string{control("s3:*")}, nil, []string{"data read"}},
		{"RCPs do not reach Lambda", nil, []string{control("lambda:*")}, nil, nil},
		{"an RCP for strangers", nil, []string{`{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalAccount": "` + testAccount + `"}}}`}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t).guarded(c.scps, c.rcps)
			f := b.function("F", escalation)
			b.function("G")
			b.bucket("data")
			b.queue("Q")
			b.table("T")
			if c.change != nil {
				c.change(b, b.roleOf(f))
			}
			an := analyse(t, b.design(), nil)
			breach := an.Breach("fn/F")
			var got []string
			if breach.Admin {
				got = append(got, "admin")
			}
			for _, x := range []struct {
				id         model.ID
				capability string
			}{{"res/data", "read"}, {"res/Q", "send"}, {"res/T", "read"}} {
				for _, h := range breach.Hits {
					if h.Target != x.id {
						continue
					}
					for _, way := range h.Capabilities.All() {
						if way.String() == x.capability {
							got = append(got, string(x.id[4:])+" "+x.capability)
						}
					}
					for _, s := range h.Ways()[0].Path() {
						for _, e := range s.Evidence {
							if e.Layer == policy.LayerSCP || e.Layer == policy.LayerRCP {
								t.Errorf("a guardrail as a reason: %+v", e)
							}
						}
					}
				}
			}
			if slices.Contains(breach.Runs, "role/GRole") || slices.Contains(breach.Runs, "fn/G") {
				got = append(got, "runs G")
			}
			want := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(c.gone, s) })
			if !slices.Equal(got, want) {
				t.Errorf("reaches %v, not %v", got, want)
			}
		})
	}
}

// Who may do whatever guardrails leave to the account is no administrator by that: its own policies have to allow all.
func TestGuardrailsMakeNoAdministrator(t *testing.T) {
	const onlyS3 = fullAccess + `, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}`
	b := build(t).guarded([]string{onlyS3}, nil)
	f := b.function("F", allow("s3:*", "*"))
	if x := b.analyse().Breach(f.ID); x.Admin || x.AdminMay {
		t.Errorf("an administrator by s3:* where no more is left: %v %v", x.Admin, x.AdminMay)
	}
	b = build(t).guarded([]string{fullAccess + `, {"Effect": "Deny", "Action": ["ec2:*", "s3:DeleteBucket"], "Resource": "*"}`}, nil)
	f = b.function("F", adminGrant)
	if x := b.analyse().Breach(f.ID); !x.Admin {
		t.Error("no administrator by * where the organization denies a service to everybody")
	}
}

// What a resource control policy denies of a key, retiring a grant is not among it.
func TestRetiringGrantsIsNotBound(t *testing.T) {
	b := build(t).guarded(nil, []string{`{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}`})
	f := b.function("F", allow("kms:*", "*"))
	b.resource("AWS::KMS::Key", "k")
	a := b.analyse()
	h := hitOf(breach(t, a, f.ID), "res/k")
	if h == nil || !slices.Equal(h.Last().Actions, []string{"kms:RetireGrant"}) {
		t.Errorf("%+v", h)
	}
}
