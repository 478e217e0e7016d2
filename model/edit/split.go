package edit

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bulkhead/model"
)

// A splitting is a split under way.
type splitting struct {
	*Split
	design *model.Design
	whole  *model.Function
	role   *model.Role
	quarry *quarry
	parts  []*splitPart
	shared bool // other functions have the whole's role as well
	kept   *splitPart
	heir   *splitPart // that callers reach: the part that keeps, or the one named by Repoint; may be nil

	binding []bond // what binds the whole beside its own policies, and may tell it from a part

	warnings []string
}

// A splitPart is a part as it is to be.
type splitPart struct {
	*Part
	function *model.Function
	role     *model.Role
	policies []*model.Policy // of the role, in order; those that are not in the design yet are new
	pieces   []piece
	carried  []carried
	triggers []*model.Trigger // as they are now
	names    *namer
}

// logicalID is what CloudFormation takes as the name of a resource.
var logicalID = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// functionKey is what the Serverless Framework takes as the name of a function.
var functionKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// stemOf begins the logical ids of what a framework makes for a function of a name.
func stemOf(name string) string {
	name = strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name)
	return strings.ToUpper(name[:1]) + name[1:]
}

// Apply makes the parts, gives each what it is given and what its triggers need, repoints what referred to the
// function, and proves that the parts together are allowed nothing that the whole was not.
func (e *Split) Apply(d *model.Design) (*Result, error) {
	return e.applyUntil(context.Background(), d)
}

func (e *Split) applyUntil(ctx context.Context, d *model.Design) (*Result, error) {
	s := &splitting{Split: e, design: d}
	for _, step := range []func() error{s.find, s.checkParts, s.shareTriggers, s.makeParts, s.carve, s.carry, s.attach} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, p := range s.parts {
		s.dangling(p)
	}
	unproven, err := s.prove(ctx) // before names change: a part's own new queue is nothing that the whole lacked
	if err != nil {
		return nil, err
	}
	after, err := s.change()
	if err != nil {
		return nil, err
	}
	s.leftOver()
	s.hollow()
	s.lostNeeds(after)
	s.hazards(after)
	return &Result{Design: after, Warnings: s.warnings, Unproven: unproven}, nil
}

func (s *splitting) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

// find finds the function and its role.
func (s *splitting) find() error {
	f, ok := s.design.Find(string(s.Function)).(*model.Function)
	if !ok {
		return fmt.Errorf("there is no function %s", s.Function)
	}
	s.whole = f
	s.role = s.design.Role(f.Role)
	switch {
	case s.role == nil:
		return fmt.Errorf("the role of %s is not known, so it cannot be shared out", f.ID)
	case s.role.External:
		return fmt.Errorf("the policies of %s, the role of %s, were not seen, so they cannot be shared out", s.role.Name, f.ID)
	}
	for _, o := range s.design.Functions() {
		s.shared = s.shared || o.ID != f.ID && o.Role == f.Role
	}
	s.quarry = newQuarry(s.design, s.role, s.role.Policies)
	return nil
}

// checkParts checks names and what is given to each.
func (s *splitting) checkParts() error {
	alone := s.shared && len(s.Parts) == 1 && s.Parts[0].Keeps // it gets a role of its own, the others keep theirs
	if len(s.Parts) < 2 && !alone {
		return errors.New("a split makes at least two parts, or one that stays where others share the role")
	}
	given := map[string]bool{}
	for i := range s.Parts {
		part := s.Parts[i]
		if isAddress(s.whole.LogicalID) && beside(s.whole.LogicalID, "", localName(part.Name)) == part.Name {
			part.Name = localName(part.Name) // given by its address
		}
		p := &splitPart{Part: &part}
		own := localName(s.whole.LogicalID)
		switch {
		case p.Name == "":
			return fmt.Errorf("part %d has no name", i+1)
		case s.whole.Stem != "" && !functionKey.MatchString(p.Name):
			return fmt.Errorf("part %s: a service's functions are called by letters, digits, - and _ only", p.Name)
		case isAddress(s.whole.LogicalID) && !terraformName.MatchString(p.Name):
			return fmt.Errorf("part %s: Terraform's names have letters, digits, _ and - only, and begin with a letter or _", p.Name)
		case s.whole.Stem == "" && !isAddress(s.whole.LogicalID) && s.design.Info().Kind != "account" && !logicalID.MatchString(p.Name):
			return fmt.Errorf("part %s: a template's logical ids have letters and digits only", p.Name)
		case given[p.Name]:
			return fmt.Errorf("two parts are called %s", p.Name)
		case p.Keeps && s.kept != nil:
			return fmt.Errorf("%s and %s cannot both stay the function that is there", s.kept.Name, p.Name)
		case p.Keeps && p.Name != firstOf(own, s.whole.Name):
			return fmt.Errorf("part %s stays the function that is there, so it is called %s", p.Name, firstOf(own, s.whole.Name))
		case p.Keeps && p.FunctionName != "" && p.FunctionName != s.whole.Name:
			return fmt.Errorf("part %s stays the function that is there, so its name stays %s", p.Name, s.whole.Name)
		}
		given[p.Name] = true
		if p.Keeps {
			s.kept = p
		}
		if p.Keeps || s.Repoint != "" && (p.Name == s.Repoint || beside(s.whole.LogicalID, "", p.Name) == s.Repoint) {
			s.heir = p
		}
		for _, name := range p.Environment {
			if !slices.ContainsFunc(s.whole.Environment, func(v model.EnvVar) bool { return v.Name == name }) {
				return fmt.Errorf("part %s: %s has no environment variable %s", p.Name, s.whole.ID, name)
			}
		}
		s.parts = append(s.parts, p)
	}
	if s.Repoint != "" && s.kept != nil && s.Repoint != s.kept.Name && s.Repoint != s.whole.LogicalID {
		return fmt.Errorf("callers reach %s, which stays; repoint is for splits where no part stays", s.kept.Name)
	}
	if s.Repoint != "" && s.heir == nil {
		return fmt.Errorf("repoint: there is no part %s", s.Repoint)
	}
	return nil
}

// shareTriggers gives each trigger to exactly one part. Those that no part names stay with the part that stays.
func (s *splitting) shareTriggers() error {
	all := s.design.TriggersOf(s.whole.ID)
	taken := map[model.ID]string{}
	for _, p := range s.parts {
		for _, name := range p.Triggers {
			found, err := findTriggers(all, name)
			if err != nil {
				return fmt.Errorf("part %s: %w", p.Name, err)
			}
			if other := taken[found[0].ID]; other != "" && other == p.Name && len(found) > 1 && string(found[0].ID) != name {
				continue // with another of its rule
			} else if other != "" && len(found) > 1 {
				return fmt.Errorf("trigger %s goes to %s and %s: the triggers of one rule go to one part", name, other, p.Name)
			} else if other != "" {
				return fmt.Errorf("trigger %s goes to %s and %s: each goes to exactly one part", name, other, p.Name)
			}
			for _, t := range found {
				taken[t.ID] = p.Name
				p.triggers = append(p.triggers, t)
			}
		}
	}
	var left []string
	for _, t := range all {
		if taken[t.ID] != "" {
			continue
		}
		if s.heir == nil {
			left = append(left, firstOf(t.Name, string(t.ID)))
			continue
		}
		s.heir.triggers = append(s.heir.triggers, t)
		s.warn("no part names trigger %s: it goes to %s", firstOf(t.Name, string(t.ID)), s.heir.Name)
	}
	if len(left) > 0 {
		return fmt.Errorf("no part names %s %s: each trigger goes to exactly one part", plural(len(left), "trigger"), and(left))
	}
	return nil
}

// findTriggers finds a trigger by its id or name, with all that the source makes of the same entry: a rule that several
// buckets start is one rule.
func findTriggers(all []*model.Trigger, name string) ([]*model.Trigger, error) {
	var found *model.Trigger
	var names []string
	for _, t := range all {
		if string(t.ID) == name {
			return together(all, t), nil
		}
		if t.Name == name {
			if found != nil && !slices.Contains(together(all, found), t) {
				return nil, fmt.Errorf("two triggers are called %s: use the id", name)
			}
			found = t
		}
		names = append(names, firstOf(t.Name, string(t.ID)))
	}
	if found == nil {
		if len(names) == 0 {
			names = []string{"none"}
		}
		return nil, fmt.Errorf("there is no trigger %s; there are %s", name, and(names))
	}
	return together(all, found), nil
}

// together are a function's triggers that the source makes of one entry, in order.
func together(all []*model.Trigger, t *model.Trigger) []*model.Trigger {
	if t.Origin.IsZero() {
		return []*model.Trigger{t}
	}
	return slices.DeleteFunc(slices.Clone(all), func(o *model.Trigger) bool { return o.Origin != t.Origin || o.Kind != t.Kind })
}

// makeParts makes the functions and roles of the parts, without policies.
func (s *splitting) makeParts() error {
	taken := logicalIDs(s.design, s.whole.Stack)
	for _, p := range s.parts {
		f := *s.whole
		f.Environment = nil
		for _, v := range s.whole.Environment {
			if slices.Contains(p.Environment, v.Name) || isGlobal(s.whole, v) {
				f.Environment = append(f.Environment, v)
			}
		}
		f.Handler = firstOf(p.Handler, f.Handler)
		role := *s.role
		if !p.Keeps || s.shared || s.role.Compiled {
			role.Profile, role.UniqueID = model.ProfileNotKnown, "" // a profile holds the role that was, and AWS makes another
		}
		if !p.Keeps {
			logical := beside(s.whole.LogicalID, "", p.Name)
			f.ID = renamed(s.whole.ID, firstOf(s.whole.LogicalID, s.whole.Name), logical)
			f.LogicalID, f.Name = logical, firstOf(p.FunctionName, physicalOf(s.whole, p.Name))
			switch {
			case f.Stem != "":
				f.Stem = stemOf(p.Name)
			case isAddress(logical):
				f.Name = firstOf(p.FunctionName, p.Name) // Terraform generates none for functions
			}
			f.ARN = renameARN(s.whole.ARN, f.Name)
			f.Policy = nil
			if taken[logical] {
				return fmt.Errorf("part %s: something in the source is called that already", p.Name)
			}
		}
		if !p.Keeps || s.shared || s.role.Compiled {
			base := p.Name
			if f.Stem != "" {
				base = f.Stem
			}
			base += "Role"
			if isAddress(s.role.LogicalID) {
				base = beside(s.role.LogicalID, "", p.Name+"_role")
			}
			name := base
			for n := 2; taken[name] && !role.Implicit; n++ {
				name = fmt.Sprintf("%s%d", base, n)
			}
			if taken[name] {
				return fmt.Errorf("part %s gets a role called %s, but something in the source is called that already", p.Name, name)
			}
			taken[name] = true
			role.ID = renamed(s.role.ID, firstOf(s.role.LogicalID, s.role.Name), name)
			role.Compiled = false
			role.LogicalID, role.Name = name, physical(s.role.Stack, name)
			role.ARN = renameARN(s.role.ARN, role.Name)
			f.Role, f.RoleARN = role.ID, role.ARN
			switch {
			case p.Keeps && !s.shared:
				s.warn("%s is made by the framework for functions without a role: %s gets %s, a role of its own", s.role.ID, p.Name, role.ID)
			case p.Keeps:
				s.warn("other functions share %s: %s gets %s, a role of its own", s.role.ID, p.Name, role.ID)
			}
		}
		p.function, p.role = &f, &role
	}
	return nil
}

// logicalIDs are the names that a stack has given away.
func logicalIDs(d *model.Design, stack string) map[string]bool {
	out := map[string]bool{}
	for _, e := range d.Elements() {
		switch e := e.(type) {
		case *model.Function:
			out[e.LogicalID] = out[e.LogicalID] || e.Stack == stack
		case *model.Role:
			out[e.LogicalID] = out[e.LogicalID] || e.Stack == stack
		case *model.Resource:
			out[e.LogicalID] = out[e.LogicalID] || e.Stack == stack
		case *model.Policy:
			out[e.LogicalID] = out[e.LogicalID] || e.Stack == stack
		}
	}
	return out
}

// renamed is an id with another name at its end.
func renamed(id model.ID, old, name string) model.ID {
	kind, rest, _ := strings.Cut(string(id), "/")
	prefix, ok := strings.CutSuffix(rest, strings.TrimPrefix(string(model.MakeID("", old)), "/"))
	if !ok {
		prefix = ""
	}
	return model.ID(kind + "/" + prefix + strings.TrimPrefix(string(model.MakeID("", name)), "/"))
}

// physicalOf is the physical name that a part has where none is given: as the framework names functions, else what AWS
// generates.
func physicalOf(whole *model.Function, name string) string {
	own := whole.LogicalID
	switch {
	case whole.NamePrefix == "":
		return physical(whole.Stack, name)
	case whole.Name == whole.NamePrefix+own:
		return whole.NamePrefix + name
	case strings.HasSuffix(whole.Name, own): // the service's own way of naming
		return strings.TrimSuffix(whole.Name, own) + name
	}
	return whole.Name + "-" + name
}

// physical is the placeholder for a name that AWS will generate: it equals only itself.
func physical(stack, logical string) string {
	if stack == "" {
		return logical
	}
	return stack + "-" + logical + generated
}

// renameARN is an ARN whose last name is another.
func renameARN(arn, name string) string {
	i := strings.LastIndexAny(arn, ":/")
	if i < 0 {
		return arn
	}
	return arn[:i+1] + name
}

// carve gives every part the statements that its grants take.
func (s *splitting) carve() error {
	for _, p := range s.parts {
		for _, g := range p.Grants {
			pieces, err := s.quarry.carve(g)
			if err != nil {
				var refusal *Refusal
				if errors.As(err, &refusal) {
					refusal.Why = fmt.Sprintf("part %s would be allowed what %s is not", p.Name, s.whole.ID)
				}
				return fmt.Errorf("part %s: %w", p.Name, err)
			}
			p.pieces = append(p.pieces, pieces...)
			s.warnings = append(s.warnings, idle(p.Name, g, pieces)...)
		}
	}
	return nil
}

// prove proves that no part is allowed what the whole was not, whatever tells them apart.
func (s *splitting) prove(ctx context.Context) (unproven string, err error) {
	proof := proving{ctx: ctx}
	for _, p := range s.parts {
		who := &holder{name: "part " + p.Name, arn: p.role.ARN}
		if why := s.unreadable(p); why != "" {
			proof.doubt(who, why)
		}
		is, was, err := s.comparison(p, true)
		if err != nil {
			return "", err
		}
		most := proving{ctx: ctx}
		if most.compare(who, is, was); most.refusal == nil {
			proof.join(most)
			continue
		}
		// Where it is not known whether a statement is about the whole or the part, that is no proof of the contrary.
		if is, was, err = s.comparison(p, false); err != nil {
			return "", err
		}
		least := proving{ctx: ctx}
		if least.compare(who, is, was); least.refusal == nil {
			proof.doubt(who, "whether a statement means "+s.whole.LogicalID+" or "+p.Name+" is not known: "+most.refusal.Error())
			continue
		}
		proof.join(least)
	}
	return proof.end(s.Confirm)
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
