package reach

import (
	"slices"
	"sync"
)

// What techniques the actions of a principal add up to takes long to find out. What principals are made of each other has the same
// statements for the most part: it is found out once for all who have the same, under the same limits.

// abilities are what is found of all actors with the same statements and limits.
type abilities struct {
	mu    sync.Mutex
	power power // once asked
	asked bool
	where map[*technique]truth
	able  map[*plan][]means // by the first of the plans
}

// means are those for some plans, which find finds.
func (s *abilities) means(of []*plan, find func([]*plan) []means) []means {
	if len(of) == 0 {
		return nil
	}
	s.mu.Lock()
	out, ok := s.able[of[0]]
	s.mu.Unlock()
	if !ok {
		out = slices.Clip(find(of))
		s.mu.Lock()
		s.able[of[0]] = out
		s.mu.Unlock()
	}
	return out
}

// truth is how surely they have what a technique needs, which find finds.
func (s *abilities) truth(k *technique, find func(*technique) truth) truth {
	s.mu.Lock()
	out, ok := s.where[k]
	s.mu.Unlock()
	if !ok {
		out = find(k)
		s.mu.Lock()
		s.where[k] = out
		s.mu.Unlock()
	}
	return out
}

// admin is whether they rule, which find finds.
func (s *abilities) admin(find func() power) power {
	s.mu.Lock()
	out, ok := s.power, s.asked
	s.mu.Unlock()
	if !ok {
		out = find()
		s.mu.Lock()
		s.power, s.asked = out, true
		s.mu.Unlock()
	}
	return out
}

// abilitiesOf are those of a guise whose name does not matter to what techniques work with, nor to its own statements; nil for
// others, who are seldom alike.
func (k *kin) abilitiesOf(a *actor) *abilities {
	if a.guise == nil {
		return nil
	}
	an := k.an
	if k.loose || slices.ContainsFunc(an.gated(a), an.worksWith) {
		return nil
	}
	limits := slices.Clip(a.identity)
	b := []byte(a.account + "\x00")
	b = append(b, byte(len(limits)))
	if a.sort == isUser || a.sort == isGroup {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	if a.lambda {
		b = append(b, 1)
	}
	if a.served {
		b = append(b, 3)
	}
	if a.unlimited {
		b = append(b, 2)
	}
	if a.boundary != nil {
		limits = append(limits, a.boundary)
	}
	b = append(b, byte(len(limits)))
	if a.guards != nil {
		for _, level := range a.guards.scps {
			limits = append(limits, level...)
		}
		limits = append(limits, a.guards.rcps...)
		b = append(b, 1)
	}
	for _, d := range limits {
		var ok bool
		if b, ok = k.limits(b, a, d); !ok {
			return nil
		}
	}
	b = k.inquiries(b, a)
	k.mu.Lock()
	defer k.mu.Unlock()
	out := k.able[string(b)]
	if out == nil {
		out = &abilities{where: map[*technique]truth{}, able: map[*plan][]means{}}
		k.able[string(b)] = out
	}
	return out
}

// worksWith reports whether techniques work with a target.
func (an *Analysis) worksWith(ti int32) bool {
	t := &an.world.targets[ti]
	_, is := things[t.typ]
	return is || t.sort == isFunction
}
