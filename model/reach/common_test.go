package reach

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
)

// Roles that let everybody in are found once for all whom they do not name: whoever they are, whatever a role's trust denies or
// asks, each gets to those to whom he does without anything shared, and after an edit too.
func TestCommonRolesChangeNothing(t *testing.T) {
	trusted := func(effect, principal, condition string) string {
		return `{"Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "sts:AssumeRole"` + condition + `}`
	}
	everybody := trusted("Allow", `{"AWS": "*"}`, "")
	trusts := []string{
		everybody, trusted("Allow", `"*"`, ""), rootTrust, lambdaTrust,
		everybody + "," + trusted("Deny", `{"AWS": "`+roleARN("R1")+`"}`, ""),
		everybody + "," + lambdaTrust,
		trusted("Allow", `{"AWS": ["*", "`+roleARN("R2")+`", "`+userARN("U")+`"]}`, ""),
		trusted("Allow", `"*"`, `, "Condition": {"ArnLike": {"aws:PrincipalArn": "`+roleARN("R?")+`"}}`),
		trusted("Allow", `"*"`, `, "Condition": {"StringEquals": {"aws:PrincipalAccount": "`+testAccount+`"}}`),
		trusted("Allow", `"*"`, `, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}`),
		everybody + "," + trusted("Deny", `"*"`, `, "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "shop"}}`),
		everybody + `,{"Effect": "Deny", "NotPrincipal": {"AWS": "` + roleARN("R0") + `"}, "Action": "sts:AssumeRole"}`,
		trusted("Allow", `{"AWS": "${Caller}"}`, ""),
	}
	says := []string{
		allow("s3:GetObject", "arn:aws:s3:::data/*"), allow("sts:AssumeRole", "*"), deny("sts:AssumeRole", roleARN("R3")), deny("sts:*", "*"), allow("iam:PutRolePolicy", "*"),
		allow("iam:PutRolePolicy", roleARN("R2")), allow("sts:AssumeRole", roleARN("R4")), allow("iam:UpdateAssumeRolePolicy", "*"), allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "*"),
	}
	designs, common := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		designs++
		b := build(t)
		draw := func(label string) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(says), 1, 2).Draw(rt, label), ",")
		}
		boundary := b.managed("Boundary", allow("s3:* iam:Get*", "*")).ID
		for i := range 5 {
			r := b.role(fmt.Sprintf("R%d", i), rapid.SampledFrom(trusts).Draw(rt, fmt.Sprintf("trust %d", i)), draw(fmt.Sprintf("role %d", i)))
			if r.Tags = map[string]string{"team": "shop"}; rapid.Bool().Draw(rt, "tagged") {
				r.Tags = map[string]string{"team": "ops"}
			}
			if rapid.IntRange(0, 5).Draw(rt, "bounded") == 0 {
				r.Boundary = boundary
			}
		}
		b.user("U", draw("user"))
		b.function("F", draw("function"))
		b.bucket("data")
		d := b.design()
		from := rapid.SampledFrom([]int{0, 2, 4}).Draw(rt, "shared from")
		a := shared(t, d, nil, from)
		common += len(a.common)
		same(rt, a, shared(t, d, nil, unshared))
		p := *d.Policy(model.ID(fmt.Sprintf("policy/R%d-0", rapid.IntRange(0, 4).Draw(rt, "edited"))))
		p.Document = document(t, draw("edit"))
		after, err := d.With(model.Change{Before: d.Policy(p.ID), After: &p})
		if err != nil {
			t.Fatal(err)
		}
		same(rt, shared(t, after, a, from), shared(t, after, nil, unshared))
	})
	if designs >= usual && common == 0 {
		t.Error("no role lets everybody in")
	}
}
