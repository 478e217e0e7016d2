package policy

import (
	"slices"
	"strings"

	"bulkhead/model/catalog"
)

// A Program is documents compiled for evaluation. It is immutable and safe for concurrent use.
type Program struct {
	catalog    *catalog.Catalog
	documents  []*Document
	statements []*statement
	byService  map[string][]*statement // statements whose actions name their services, in order
	anyService []*statement            // those that can apply to any service, in order
}

// A statement is a compiled Statement. What each decision reads of it stands first.
type statement struct {
	order         int // within the program
	effect        Effect
	notAction     bool
	notResource   bool
	noResource    bool // in a trust policy
	public        bool // allows everyone; see isPublic
	variables     bool // the document's Version has policy variables
	symbolic      bool // an action or resource holds unknowns, variables or escapes
	actions       []pattern
	resources     []pattern
	short         []pattern // entries of Resource in API Gateway's short form
	principals    []principalPattern
	conditions    []condition
	services      []string // that its actions name, …
	anyService    bool     // … or it can apply to others as well
	policy, index int
	document      *Document
	from          *Statement
	whole         *Statement    // of which from is a part; nil if it is no part
	spares        [][]Condition // it is about nobody of whom all of one hold; see under
	bound         []string      // of a NotAction in a resource control policy: whose actions it is about; nil: everybody's
}

// Compile prepares documents for evaluation. The order of docs is the index in Reason.Policy. It accepts every
// document: what IAM would refuse matches nothing (see Check). The catalogue is not needed to decide requests
// and may be nil; Within words
// its witnesses with it.
func Compile(c *catalog.Catalog, docs ...*Document) (*Program, error) {
	p := &Program{catalog: c, documents: docs, byService: map[string][]*statement{}}
	for i, d := range docs {
		if d == nil {
			continue
		}
		for j, s := range d.Statements {
			p.statements = append(p.statements, compileStatement(d, s, i, j))
		}
	}
	p.index()
	return p, nil
}

// CompileAfter is Compile of a document that was another, which earlier was compiled of. It shares what was compiled of statements that
// stand where they stood.
func CompileAfter(c *catalog.Catalog, doc *Document, earlier *Program) *Program {
	p := &Program{catalog: c, documents: []*Document{doc}, byService: make(map[string][]*statement, len(earlier.byService)), statements: make([]*statement, len(doc.Statements))}
	for j, s := range doc.Statements {
		if j < len(earlier.statements) && earlier.statements[j].from == s && earlier.statements[j].policy == 0 && earlier.documents[0].Version == doc.Version {
			copied := *earlier.statements[j]
			copied.document = doc
			p.statements[j] = &copied
			continue
		}
		p.statements[j] = compileStatement(doc, s, 0, j)
	}
	p.index()
	return p
}

// Join is the program of all documents of some programs in order, as Compile makes it of the documents. It shares what they compiled,
// and their first one's catalogue. A nil program is one of no documents.
func Join(programs ...*Program) *Program {
	if len(programs) == 1 && programs[0] != nil {
		return programs[0]
	}
	n := 0
	for _, p := range programs {
		if p != nil {
			n += len(p.statements)
		}
	}
	out := &Program{byService: map[string][]*statement{}, statements: make([]*statement, 0, n)}
	copies := make([]statement, 0, n)
	for _, p := range programs {
		if p == nil {
			continue
		}
		if out.catalog == nil {
			out.catalog = p.catalog
		}
		for _, s := range p.statements {
			copies = append(copies, *s)
			at := &copies[len(copies)-1]
			at.policy += len(out.documents)
			out.statements = append(out.statements, at)
		}
		out.documents = append(out.documents, p.documents...)
	}
	out.index()
	return out
}

// MustCompile is Compile without a catalogue.
func MustCompile(docs ...*Document) *Program {
	p, err := Compile(nil, docs...)
	if err != nil {
		panic(err) // Compile has no way to fail
	}
	return p
}

// Documents lists what was compiled.
func (p *Program) Documents() []*Document { return p.documents }

func compileStatement(d *Document, s *Statement, policy, index int) *statement {
	// "Variables were introduced in version 2012-10-17" (IAM JSON policy elements: Version).
	variables := d.Version == "2012-10-17"
	out := &statement{
		document: d, policy: policy, index: index, from: s, variables: variables, effect: s.Effect,
		notAction: s.NotAction, notResource: s.NotResource, noResource: s.Resources == nil,
	}
	for _, a := range s.Actions {
		out.actions = append(out.actions, compilePattern(a, syntax{wildcards: true, fold: true}))
	}
	for _, r := range s.Resources {
		out.resources = append(out.resources, compileResource(r, variables)...)
		if s.Principals != nil && strings.HasPrefix(r, shortAPI) {
			out.short = append(out.short, compilePattern(r, syntax{wildcards: true, variables: variables}))
		}
	}
	for _, pr := range s.Principals {
		out.principals = append(out.principals, compilePrincipal(pr))
	}
	for i := range s.Conditions {
		out.conditions = append(out.conditions, compileCondition(&s.Conditions[i], variables))
	}
	for _, list := range [][]pattern{out.actions, out.resources} {
		for i := range list {
			out.symbolic = out.symbolic || list[i].shape == shapeSymbols
		}
	}
	out.public = out.effect == Allow && out.isPublic()
	services, known := servicesOf(s)
	out.services, out.anyService = services, !known
	return out
}

// compileResource prepares an entry of Resource. A variable may stand only after the fifth colon. An ARN with
// fewer than six fields is completed with * ("IAM JSON policy elements: Resource"), and if it has a wildcard,
// also taken as it stands, since "* can expand to match beyond the colon boundaries".
func compileResource(s string, variables bool) []pattern {
	head, tail, full := cutARN(s)
	syn := syntax{wildcards: true}
	if !full {
		asIs := compilePattern(s, syn)
		if !strings.HasPrefix(s, "arn:") {
			return []pattern{asIs}
		}
		colons := 0
		for rest := s; ; colons++ {
			i := colonOutsideTokens(rest)
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
		completed := compilePattern(s+strings.Repeat(":*", 5-colons), syn)
		if asIs.shape == shapeExact {
			return []pattern{completed}
		}
		return []pattern{asIs, completed}
	}
	if !variables || !strings.Contains(tail, "${") {
		return []pattern{compilePattern(s, syn)}
	}
	p := pattern{shape: shapeSymbols, symbols: symbols(head, syn)}
	syn.variables = true
	p.symbols = append(p.symbols, symbols(tail, syn)...)
	p.prepareSymbols()
	return []pattern{p}
}

// cutARN divides an ARN behind its fifth colon; colons within "${…}" do not count.
func cutARN(s string) (head, tail string, ok bool) {
	at := 0
	for n := 0; n < 5; n++ {
		i := colonOutsideTokens(s[at:])
		if i < 0 {
			return s, "", false
		}
		at += i + 1
	}
	return s[:at], s[at:], true
}

// index sorts the statements by the services that their actions name.
func (p *Program) index() {
	for i, s := range p.statements {
		s.order = i
		if s.anyService {
			p.anyService = append(p.anyService, s)
		}
		for _, service := range s.services {
			p.byService[service] = append(p.byService[service], s)
		}
	}
}

// servicesOf lists the service prefixes of a statement's actions; false if it can apply to others as well.
func servicesOf(s *Statement) (out []string, ok bool) {
	if s.NotAction {
		return nil, false
	}
	for _, a := range s.Actions {
		service, _, ok := strings.Cut(a, ":")
		if !ok || strings.ContainsAny(service, "*?$") {
			return nil, false
		}
		if service = lowerASCII(service); !slices.Contains(out, service) {
			out = append(out, service)
		}
	}
	return out, true
}
