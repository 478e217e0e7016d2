package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// simulatePrincipalPolicy is no part of an import: it is asked only to compare decisions.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
var simulatePrincipalPolicy = &operation{of: iamService, name: "SimulatePrincipalPolicy", reads: "what the policy simulator decides"}

// A Simulation is a request that the policy simulator is asked about.
type Simulation struct {
	Principal string // ARN of a user or role of the account
	Action    string
	Resource  string // ARN, or *
	Context   map[string][]string
}

// A Simulated is what the policy simulator decides.
type Simulated struct {
	Decision string   // allowed, explicitDeny, implicitDeny
	Missing  []string // condition keys that it would have liked to know
	// Organizations and Boundary say whether these layers allow; nil where it does not tell.
	Organizations, Boundary *bool
}

type simulationAnswer struct {
	Results []struct {
		EvalDecision   string
		Missing        []string `xml:"MissingContextValues>member"`
		Organizations  *bool    `xml:"OrganizationsDecisionDetail>AllowedByOrganizations"`
		Boundary       *bool    `xml:"PermissionsBoundaryDecisionDetail>AllowedByPermissionsBoundary"`
		OnThisResource []struct {
			EvalResourceDecision string
		} `xml:"ResourceSpecificResults>member"`
	} `xml:"EvaluationResults>member"`
}

// Simulate asks the policy simulator about one request; what may pass soon is tried again. An error is a *Fault, one that says
// in a line why nothing more can be asked, or the context's.
func (c *Client) Simulate(ctx context.Context, s Simulation) (Simulated, error) {
	in := args{"PolicySourceArn": s.Principal, "ActionNames": []string{s.Action}, "ResourceArns": []string{s.Resource}}
	for i, key := range slices.Sorted(maps.Keys(s.Context)) {
		entry := fmt.Sprintf("ContextEntries.member.%d.", i+1)
		values, kind := s.Context[key], "string"
		if len(values) != 1 {
			kind = "stringList"
		}
		in[entry+"ContextKeyName"], in[entry+"ContextKeyType"], in[entry+"ContextKeyValues"] = key, kind, values
	}
	var out simulationAnswer
	if err := c.patiently(ctx, partitionOf(c.config.Region).global, simulatePrincipalPolicy, in, &out); err != nil {
		return Simulated{}, err
	}
	if len(out.Results) != 1 {
		return Simulated{}, errors.New("the policy simulator answered something else than was asked")
	}
	r := out.Results[0]
	decision := r.EvalDecision
	if len(r.OnThisResource) == 1 && r.OnThisResource[0].EvalResourceDecision != "" {
		decision = r.OnThisResource[0].EvalResourceDecision
	}
	return Simulated{decision, r.Missing, r.Organizations, r.Boundary}, nil
}
