package live

import (
	"context"
)

var (
	listStacks     = op(operation{of: cloudFormationService, name: "ListStacks", reads: "stacks"})
	listStackParts = op(operation{of: cloudFormationService, name: "ListStackResources", reads: "what is of which stack"})
)

// A Stack is a stack of CloudFormation, and what is of it.
type Stack struct {
	StackId, StackName string
	Resources          []stackResource
}

type stackResource struct{ LogicalResourceId, PhysicalResourceId, ResourceType string }

type stackPage struct {
	StackSummaries []stackSummary `xml:"StackSummaries>member"`
	NextToken      string         `page:"NextToken"`
}

type stackSummary struct{ StackId, StackName, StackStatus string }

type stackPartPage struct {
	StackResourceSummaries []stackResource `xml:"StackResourceSummaries>member"`
	NextToken              string          `page:"NextToken"`
}

func (t *taker) stacks(ctx context.Context, region string) {
	pages(ctx, t, region, listStacks, nil, "", func(p *stackPage) {
		each(t, p.StackSummaries, func(s stackSummary) {
			if s.StackStatus == "DELETE_COMPLETE" {
				return
			}
			x := Stack{StackId: s.StackId, StackName: s.StackName, Resources: []stackResource{}}
			pages(ctx, t, region, listStackParts, args{"StackName": s.StackId}, s.StackName, func(p *stackPartPage) {
				x.Resources = append(x.Resources, p.StackResourceSummaries...)
			})
			by(x.Resources, func(r stackResource) string { return r.LogicalResourceId })
			t.keep(func(snapshot *Snapshot) { snapshot.Stacks = append(snapshot.Stacks, x) })
		})
	})
}
