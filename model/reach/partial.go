package reach

import (
	"fmt"
	"slices"
)

// unseen lists the actors some of whose policies no source showed: a role that is only named, a managed policy
// without a document.
func (an *Analysis) unseen() []int32 {
	an.unread.Do(func() {
		an.veiled = an.hidden()
		for i, a := range an.actors {
			if a.unseen {
				an.blind = append(an.blind, int32(i))
			}
		}
	})
	return an.blind
}

// hidden names what lets in somebody of whom no source told, or may: a resource or function whose policy could not be read.
func (an *Analysis) hidden() []string {
	var out []string
	for _, f := range an.design.Functions() {
		if f.PolicyUnseen || f.MoreUnseen {
			out = append(out, "who may call "+an.Name(f.ID))
		}
	}
	for _, r := range an.design.Resources() {
		if (r.PolicyUnseen && !r.External || r.MoreUnseen) && (an.Counted(r.ID) || an.Counted(r.Bucket)) {
			out = append(out, "whom "+an.Name(r.ID)+" lets in")
		}
	}
	if most := 3; len(out) > most+1 {
		out = append(out[:most], fmt.Sprintf("whom %d other functions and resources let in", len(out)-most))
	}
	return out
}

// partial reports whether a start reaches what is said at least: it runs as an actor whose policies were not all seen, or
// something's own policy was not, which may let it in where nothing else does.
func (an *Analysis) partial(start int32) bool {
	unseen := an.unseen()
	if len(an.veiled) > 0 {
		return true
	}
	if len(unseen) == 0 {
		return false
	}
	reached := an.flows[runsMay].of(an.actorOf[start])
	return slices.ContainsFunc(unseen, reached.has)
}
