package reach

// Realms are accounts in which somebody rules: a bit each, the last for all that there are no bits for.
type realms uint64

const mostRealms = 63

// newRealms numbers the accounts of those who may come to rule.
func (an *Analysis) newRealms() {
	an.realms, an.everywhere = map[string]realms{}, 0
	for _, a := range an.actors {
		if _, ok := an.realms[a.account]; !ok && a.outside == nil {
			an.realms[a.account] = 1 << min(len(an.realms), mostRealms)
			an.everywhere |= an.realms[a.account]
		}
	}
}

// realm is an account's. One that nobody of the design is of has that of the many.
func (an *Analysis) realm(account string) realms {
	if r, ok := an.realms[account]; ok {
		return r
	}
	return 1 << mostRealms
}

// ruled reports whether an account is surely among some in which somebody rules.
func (an *Analysis) ruled(in realms, account string) bool {
	return in&an.realm(account)&^(1<<mostRealms) != 0
}

// allRuled reports whether every account is surely among some in which somebody rules.
func (an *Analysis) allRuled(in realms) bool {
	return in&an.everywhere == an.everywhere && an.everywhere>>mostRealms == 0
}

// inVainFor reports whether changing an actor brings nothing to who reaches administrators in some accounts: one of its own
// does all that it could come to do, unless another account lets it alone in.
func (an *Analysis) inVainFor(in realms, actor int32) bool {
	return in != 0 && an.ruled(in, an.actors[actor].account) && !an.letIn.has(actor)
}
