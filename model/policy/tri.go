package policy

// tri is a truth value under unknowns: whatever they are, no; in between, maybe; whatever they are, yes.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

func triOf(must, may bool) tri {
	switch {
	case must:
		return yes
	case may:
		return maybe
	}
	return no
}

func (t tri) not() tri { return yes - t }
