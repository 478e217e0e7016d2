package reach

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Whether an actor has what a technique needs somewhere takes most of an actor's time to find out. After an edit its policies say of most
// techniques' calls what they said before, in the same words: what was found then is true still.

// lessons are what is found of an actor for each technique, numbered by numbers: whether it may do all of it somewhere, and whether the
// call that opens it. Zero is for what nobody asked, otherwise it is the truth and one.
type lessons []uint8

// numbers tell techniques apart whose permissions somewhere count, and what calls they are about.
var numbers = sync.OnceValue(func() *numbering {
	n := &numbering{of: map[*technique]int{}, call: map[string]int{}}
	calls := func(need string) (out []int) {
		for alternative := range strings.SplitSeq(strings.ToLower(need), "|") {
			i, ok := n.call[alternative]
			if !ok {
				i = len(n.names)
				n.call[alternative], n.names = i, append(n.names, alternative)
			}
			out = append(out, i)
		}
		return out
	}
	put := func(k *technique) {
		n.of[k] = len(n.calls)
		var all []int
		for _, need := range k.needs {
			all = append(all, calls(need)...)
		}
		n.calls, n.opening = append(n.calls, all), append(n.opening, calls(k.opens()))
	}
	for i := range techniques {
		put(&techniques[i])
	}
	for i := range filling {
		put(&filling[i])
	}
	put(newMember)
	return n
})

type numbering struct {
	of      map[*technique]int
	names   []string       // of calls, lower-case
	call    map[string]int // → number
	calls   [][]int        // of each technique, all
	opening [][]int        // … and the one that opens it
}

// learn is what is known, or else found, of a technique's calls by a number.
func (e *explorer) learn(at int, calls []int, find func() truth) truth {
	if v := e.lessons[at]; v != 0 {
		return truth(v - 1)
	}
	v, known := e.before.lesson(at, calls)
	if !known {
		v = find()
	}
	e.lessons[at] = uint8(v) + 1
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
	s := &standing{lessons: was.lessons, turned: newSet(len(numbers().names))}
	for _, x := range said {
		for i, w := range x.calls() {
			s.turned[i] |= w
		}
	}
	return s
}

// lesson is what was found by a number, if that is still so.
func (s *standing) lesson(at int, calls []int) (truth, bool) {
	if s == nil || s.lessons[at] == 0 || slices.ContainsFunc(calls, func(c int) bool { return s.turned.has(int32(c)) }) {
		return never, false
	}
	return truth(s.lessons[at] - 1), true
}

// says reports whether what the policies say of a call is as it was.
func (s *standing) says(call string) bool {
	i, ok := numbers().call[call]
	return s != nil && ok && !s.turned.has(int32(i))
}

// calls are those of techniques that the statement is about, surely or perhaps.
func (s *statement) calls() set {
	s.mu.Lock()
	out := s.about
	s.mu.Unlock()
	if out == nil {
		names := numbers().names
		out = newSet(len(names))
		for i, name := range names {
			if s.acts(name) {
				out.put(int32(i))
			}
		}
		s.mu.Lock()
		s.about = out
		s.mu.Unlock()
	}
	return out
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
