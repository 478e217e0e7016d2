package reach

import (
	"slices"
	"testing"

	"bulkhead/model"
)

// The other accounts of an organization, and of a part of it, are starts of their own, which anyone at all is not.
func TestOrganizations(t *testing.T) {
	data := arnOf("AWS::S3::Bucket", "data")
	lets := func(condition string) string {
		return `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "` + data + `/*", "Condition": {` + condition + `}}`
	}
	org := `"StringEquals": {"aws:PrincipalOrgID": "o-1"}`
	unit := `"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/r-1/ou-1/*"]}`
	for _, c := range []struct {
		name, policy string
		starts       []model.ID
		want         map[model.ID]string
	}{
		{"its members", lets(org), []model.ID{"outside/o-1"}, map[model.ID]string{"outside/o-1": "data must"}},
		{"a unit's accounts", lets(unit), []model.ID{"outside/o-1/r-1/ou-1"}, map[model.ID]string{"outside/o-1/r-1/ou-1": "data must"}},
		{"both", lets(org) + "," + lets(unit), []model.ID{"outside/o-1", "outside/o-1/r-1/ou-1"}, map[model.ID]string{"outside/o-1": "data must", "outside/o-1/r-1/ou-1": "data must"}},
		{"an account that may be of it", lets(org) + `, {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "s3:ListBucket", "Resource": "` + data + `"}`, []model.ID{"outside/999988887777", "outside/o-1"},
			map[model.ID]string{"outside/999988887777": "data may", "outside/o-1": "data must"}},
		{"denied to a unit", lets(org) + "," + lets(unit) + `, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {` + unit + `}}`, []model.ID{"outside/o-1", "outside/o-1/r-1/ou-1"}, map[model.ID]string{"outside/o-1": "data may"}},
		{"everybody, who carry it if they have it", lets(`"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}`), []model.ID{"outside/anyone"}, map[model.ID]string{"outside/anyone": "data must"}},
		{"everybody but it", lets(`"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}`), []model.ID{"outside/anyone"}, map[model.ID]string{"outside/anyone": "data must"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			b.bucket("data").Policy = document(t, c.policy)
			a := b.analyse()
			starts := a.Strangers()
			if slices.Sort(starts); !slices.Equal(starts, c.starts) {
				t.Errorf("starts %q, not %q", starts, c.starts)
			}
			for _, s := range starts {
				got := ""
				if r := reads(breach(t, a, s)); len(r) > 0 {
					got = r[0]
				}
				if got != c.want[s] {
					t.Errorf("%s reaches %q, not %q", s, got, c.want[s])
				}
			}
		})
	}
}
