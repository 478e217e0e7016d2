package reach

import "slices"

// unseen lists the actors some of whose policies no source showed: a role that is only named, a managed policy
// without a document.
func (an *Analysis) unseen() []int32 {
	an.unread.Do(func() {
		for i, a := range an.actors {
			if a.unseen {
				an.blind = append(an.blind, int32(i))
			}
		}
	})
	return an.blind
}

// partial reports whether a start runs as an actor whose policies were not all seen, so that it reaches what is said at
// least.
func (an *Analysis) partial(start int32) bool {
	unseen := an.unseen()
	if len(unseen) == 0 {
		return false
	}
	reached := an.flows[runsMay].of(an.actorOf[start])
	return slices.ContainsFunc(unseen, reached.has)
}
