package policy

// timely are the keys that tell a time at which, or shortly before which, a request is made ("AWS global condition context
// keys"). aws:TokenIssueTime is there with temporary credentials alone.
var timely = map[string]presence{"aws:currenttime": present, "aws:epochtime": present, "aws:tokenissuetime": open}

// notBefore is a time before which no request is made that anybody still asks about, 2026-01-01 UTC. It is fixed, so that an
// answer does not depend on the day on which it is asked for.
var notBefore = instant{seconds: 1767225600}

// byTime decides a condition on a time that the request does not tell, as far as times only go on: what was allowed before
// a day in the past is allowed no more, and what is allowed after it is. It is maybe for everything else.
func (c *condition) byTime(v *view) tri {
	there, ok := timely[c.key]
	if !ok || v.req.Anytime {
		return maybe
	}
	result := no
	for i := range c.values {
		x := &c.values[i]
		if x.open || !x.valid {
			return maybe
		}
		past := x.when.compare(notBefore) < 0
		if !past {
			return maybe
		}
		switch c.op {
		case opDateEquals, opDateLess, opDateLessEquals:
		case opDateGreater, opDateGreaterEquals:
			result = yes
		default:
			return maybe
		}
	}
	if c.negated {
		result = yes - result
	}
	if there == open { // what it comes to where the key is absent has to be the same
		absent := c.qualifier == forAllValues || c.ifExists || c.negated && c.qualifier == plain
		if absent != (result == yes) {
			return maybe
		}
	}
	return result
}
