package reach

import (
	"cmp"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Some resources are written to, or called, by ARNs of their own for each part, of which a trigger takes some: topics of a Kafka
// cluster, fields of a GraphQL API.

// spotsOf are patterns of the ARNs of the parts that a trigger takes, none where it takes all; sure tells whether each is a part's
// own ARN.
func spotsOf(t *target, tr *model.Trigger) (spots []string, sure bool) {
	base := ""
	switch t.typ {
	case "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster":
		base = strings.Replace(t.arn, ":cluster/", ":topic/", 1) + "/"
	case "AWS::AppSync::GraphQLApi":
		base = t.arn + "/types/"
	default:
		return nil, false
	}
	sure = true
	for _, part := range tr.Filter.Parts {
		if holdsUnknown(part) {
			part, sure = "*", false
		}
		if t.typ == "AWS::AppSync::GraphQLApi" { // "Query.orders"
			part = strings.Replace(part, ".", "/fields/", 1)
		}
		spots = append(spots, base+part)
	}
	return spots, sure
}

// onSpots tells how surely an actor may do what a carrier takes on one of the parts that a trigger takes, and by which ARN.
func (e *explorer) onSpots(f *finding, c *carrier, spots []string, sure bool) (best truth, how *written) {
	try := func(x *allowance, pattern string) {
		for _, action := range c.actions {
			if j := e.w.forms[x.form].menu.bit(action); j < 0 || !x.may.has(j) {
				continue
			}
			for _, spot := range spots {
				arn, ok := within(cmp.Or(pattern, "*"), spot)
				if !ok || best == surely {
					continue
				}
				d := e.an.decide(e.actor, f.target, action, arn, nil)
				v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
				if !sure {
					v = min(v, perhaps)
				}
				if v > best {
					best, how = v, &written{arn: arn, actions: []string{action}}
				}
			}
		}
	}
	for i := range f.whole {
		try(&f.whole[i], "")
	}
	for i := range f.parts {
		try(&f.parts[i], f.parts[i].part.pattern)
	}
	return best, how
}
