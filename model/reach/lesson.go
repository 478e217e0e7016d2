package reach

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Whether an actor has what a technique needs somewhere takes most of an actor's time to find out. After an edit its policies say of most
// techniques' calls what they said before, in the same words: what was found then is true still.

// lessons are what is found of an actor, numbered by numbers: for each technique, whether it may do all of it somewhere, and whether the
// call that opens it; whether it makes what techniques work with, and whether it rules. Zero is for what nobody asked, otherwise it is the
// truth and one.
type lessons []uint8

// numbers tell apart what is learned of an actor, and say what calls it is about.
var numbers = sync.OnceValue(func() *numbering {
	n := &numbering{somewhere: map[*technique]lesson{}, opening: map[*technique]lesson{}, making: map[string]lesson{}, needs: map[string][]int{}}
	number := map[string]int{} // of calls
	learn := func(needs ...string) lesson {
		x := lesson{at: n.size}
		n.size++
		for _, need := range needs {
			from := len(x.calls)
			for alternative := range strings.SplitSeq(strings.ToLower(need), "|") {
				i, ok := number[alternative]
				if !ok {
					i = len(n.calls)
					number[alternative], n.calls = i, append(n.calls, alternative)
				}
				x.calls = append(x.calls, i)
			}
			n.needs[need] = slices.Clip(x.calls[from:])
		}
		return x
	}
	put := func(k *technique) { n.somewhere[k], n.opening[k] = learn(k.needs...), learn(k.opens()) }
	for i := range techniques {
		put(&techniques[i])
	}
	for i := range filling {
		put(&filling[i])
	}
	put(newMember)
	for cfnType, t := range things {
		n.making[cfnType] = learn(t.made...)
	}
	var asked []string
	for _, p := range probes {
		asked = append(asked, p.action)
	}
	n.ruling = learn(asked...)
	return n
})

type numbering struct {
	size               int
	somewhere, opening map[*technique]lesson
	making             map[string]lesson // by the type of a thing
	ruling             lesson
	calls              []string         // lower-case
	needs              map[string][]int // the calls that each need of a technique comes to
}

// A lesson is the number of what is learned, and the numbers of the calls that it is about.
type lesson struct {
	at    int
	calls []int
}

// learn is what is known, or else found.
func (e *explorer) learn(x lesson, find func() truth) truth {
	if v := e.lessons[x.at]; v != 0 {
		return truth(v - 1)
	}
	v, known := e.before.lesson(x)
	if !known {
		v = find()
	}
	e.lessons[x.at] = uint8(v) + 1
	return v
}

// A standing is an actor as it was, where what its policies say of some calls is as it was.
type standing struct {
	lessons lessons
	turned  set // calls of which they say something else
}

// standing compares an actor with what it was under the same gates in the same world, nil for nothing; nil where it differs in more
// than what its own policies say.
func (a *actor) standing(was *actor) *standing {
	if was == nil || was.lessons == nil || a.arn != was.arn || a.session != was.session || a.account != was.account || a.sort != was.sort || a.outside != nil ||
		!maps.EqualFunc(a.context, was.context, slices.Equal) || !slices.Equal(a.absent, was.absent) {
		return nil
	}
	said, same := a.saidAnew(was)
	if !same || slices.ContainsFunc(said, func(s *statement) bool { return slices.Contains(s.keys, requestedRegion) }) {
		return nil // in which regions calls are tried is told by all statements together
	}
	s := &standing{lessons: was.lessons, turned: newSet(len(numbers().calls))}
	for _, x := range said {
		for i, w := range x.calls() {
			s.turned[i] |= w
		}
	}
	return s
}

// lesson is what was found, if that is still so.
func (s *standing) lesson(x lesson) (truth, bool) {
	if s == nil || s.lessons[x.at] == 0 || slices.ContainsFunc(x.calls, func(c int) bool { return s.turned.has(int32(c)) }) {
		return never, false
	}
	return truth(s.lessons[x.at] - 1), true
}

// calls are those of techniques that the statement is about, surely or perhaps.
func (s *statement) calls() set {
	s.mu.Lock()
	out := s.about
	s.mu.Unlock()
	if out == nil {
		names, actions := numbers().calls, s.lowered()
		out = newSet(len(names))
		for i, name := range names {
			if s.actsBy(actions, name) {
				out.put(int32(i))
			}
		}
		s.mu.Lock()
		s.about = out
		s.mu.Unlock()
	}
	return out
}

// offers are the calls of techniques that some Allow of the document is about.
func (a *answers) offers() set {
	if known := a.offered.Load(); known != nil {
		return *known
	}
	out := newSet(len(numbers().calls))
	for _, s := range a.statements {
		if !s.deny {
			out.join(s.calls())
		}
	}
	a.offered.Store(&out)
	return out
}

// offers reports whether some Allow of the actor's policies is about what a need of a technique comes to: without one it has not what it
// needs.
func (a *actor) offers(need string) bool {
	calls, known := numbers().needs[need]
	if !known {
		service, _, _ := strings.Cut(strings.ToLower(need), ":")
		return slices.ContainsFunc(a.identity, func(d *answers) bool { return d.names(service) })
	}
	return slices.ContainsFunc(a.identity, func(d *answers) bool {
		offered := d.offers()
		return slices.ContainsFunc(calls, func(c int) bool { return offered.has(int32(c)) })
	})
}

// saidAnew are the statements that one of an actor and what it was has and the other has not; false where more differs.
func (a *actor) saidAnew(was *actor) (out []*statement, same bool) {
	put := func(of, other *actor) {
		for i, d := range of.identity {
			if i < len(other.identity) && other.identity[i] == d {
				continue
			}
			for _, s := range d.statements {
				if !other.has(s) {
					out = append(out, s)
				}
			}
		}
	}
	put(a, was)
	put(was, a)
	return out, a.limit == was.limit && a.unlimited == was.unlimited && a.unseen == was.unseen && a.guards == was.guards
}

// has reports whether one of an actor's policies has a statement, in the same version of the policy language.
func (a *actor) has(s *statement) bool {
	return slices.ContainsFunc(a.identity, func(d *answers) bool {
		return d.doc.Version == s.doc.Version && slices.ContainsFunc(d.statements, func(x *statement) bool { return x.from == s.from })
	})
}
