package cfn

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// intrinsic takes a call of an intrinsic function apart: its long name and its argument. name is "" for
// everything else. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
func intrinsic(n *yamlpos.Node) (name string, arg *yamlpos.Node) {
	name = callName(n)
	switch {
	case name == "":
		return "", nil
	case n.Tag == "" || n.Kind == yamlpos.Mapping && !isShort(n.Tag):
		return name, n.Pairs()[0].Value.Resolve()
	}
	bare := *n
	bare.Tag = ""
	return name, &bare
}

// isShort reports whether a tag is the short form of a call, as !Sub is.
func isShort(tag string) bool {
	return strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") && len(tag) > 1 && tag[1] != '<'
}

// callName is the full name of the function that n calls, "" if it calls none.
func callName(n *yamlpos.Node) string {
	if n == nil {
		return ""
	}
	if isShort(n.Tag) {
		if name := shortCalls[n.Tag]; name != "" {
			return name
		}
		return "Fn::" + n.Tag[1:]
	}
	if n.Kind == yamlpos.Mapping && len(n.Pairs()) == 1 && n.Pairs()[0].Key != nil {
		if k := n.Pairs()[0].Key.Value; k == "Ref" || strings.HasPrefix(k, "Fn::") {
			return k
		}
	}
	return ""
}

// shortCalls are the names of the calls that templates are full of, ready made.
var shortCalls = map[string]string{
	"!Ref": "Ref", "!Condition": "Condition", "!Sub": "Fn::Sub", "!GetAtt": "Fn::GetAtt", "!Join": "Fn::Join", "!If": "Fn::If", "!Select": "Fn::Select", "!Split": "Fn::Split",
	"!ImportValue": "Fn::ImportValue", "!FindInMap": "Fn::FindInMap", "!Equals": "Fn::Equals", "!Not": "Fn::Not", "!And": "Fn::And", "!Or": "Fn::Or",
}

// isNoValue reports whether n is Ref AWS::NoValue.
func isNoValue(n *yamlpos.Node) bool {
	if n = n.Resolve(); callName(n) != "Ref" {
		return false
	}
	_, arg := intrinsic(n)
	return arg != nil && arg.Value == "AWS::NoValue"
}

// enter counts a step of an evaluation. It reports false when a value is nested too deep (a cycle) or the
// template takes too many steps (aliases of aliases); that is told once.
func (s *scope) enter(n *yamlpos.Node) bool {
	s.depth++
	s.spent++
	if s.depth > maxNesting {
		s.notes.add(source.Error, n.Span(), "a value is nested too deep or refers to itself", "It was taken as unknown.")
		return false
	}
	if s.spent > maxSteps {
		s.notes.add(source.Error, s.template.Root.Span(), "the template takes too many steps to evaluate", "What was left was taken as unknown; look for aliases that multiply.")
		return false
	}
	return true
}

func (s *scope) leave() { s.depth-- }

const (
	maxNesting = 250
	maxSteps   = 8_000_000
	maxText    = 1 << 20

	bytesPerStep = 64 // handling long texts takes time as well
)

// settle follows aliases, Fn::If, Fn::FindInMap, Fn::Select and references to lists to the node that a value
// comes to. It returns nil for AWS::NoValue and what is not there. Calls that come to text stay as they are. Of
// an Fn::If that cannot be decided it takes the first branch, or a token where the branches are different texts.
func (s *scope) settle(n *yamlpos.Node) *yamlpos.Node {
	for range maxNesting {
		n = n.Resolve()
		name, arg := intrinsic(n)
		if name == "" {
			return s.splice(n)
		}
		if !s.enter(n) {
			s.leave()
			return nil
		}
		next, final := s.step(name, arg, n)
		s.leave()
		if final {
			return next
		}
		n = next
	}
	s.notes.add(source.Error, n.Span(), "a value refers to itself", "It was taken as unknown.")
	return nil
}

// step does one call that may come to other than text.
func (s *scope) step(name string, arg, n *yamlpos.Node) (next *yamlpos.Node, final bool) {
	switch name {
	case "Ref":
		if arg == nil {
			return n, true
		}
		if arg.Value == "AWS::NoValue" {
			return nil, true
		}
		if list, ok := s.paramList(arg.Value); ok {
			return textList(list, n.Span()), true
		}
		if arg.Value == "AWS::NotificationARNs" {
			return textList(nil, n.Span()), true
		}
	case "Fn::If":
		cond, then, other := s.branches(arg)
		if cond == nil {
			s.notes.add(source.Error, n.Span(), "Fn::If takes a condition's name and two values", "The value was left out.")
			return nil, true
		}
		switch s.condition(cond) {
		case yes:
			return then, false
		case no:
			return other, false
		case undecided:
		}
		if isNoValue(then) {
			return other, false
		}
		if isNoValue(other) {
			return then, false
		}
		a, okA := s.text(then)
		b, okB := s.text(other)
		if okA && okB && a != b {
			open := scalar(s.unknown("condition", cond.Value, n.Span(), "", ""), n.Span())
			s.either[open] = n
			return open, true
		}
		return then, false
	case "Fn::FindInMap":
		if found := s.findInMap(arg); found != nil {
			return found, false
		}
	case "Fn::Select":
		parts := s.items(arg)
		if len(parts) == 2 {
			if at, ok := s.index(parts[0]); ok {
				if list := s.settle(parts[1]); list != nil && list.Kind == yamlpos.Sequence && list.Tag == "" {
					els := s.items(list)
					if at >= 0 && at < len(els) {
						return els[at], false
					}
				}
			}
		}
	case "Fn::Split":
		parts := s.items(arg)
		if len(parts) == 2 {
			by, ok1 := s.text(parts[0])
			text, ok2 := s.text(parts[1])
			if ok1 && ok2 && by != "" && !(hasUnknown(text) && !strings.Contains(text, by)) {
				return textList(splitKeepingTokens(text, by), n.Span()), true
			}
		}
	case "Fn::Cidr":
		if list, ok := s.cidr(arg); ok {
			return textList(list, n.Span()), true
		}
	case "Fn::Transform":
		if found := s.include(arg, n); found != nil {
			return found, false
		}
	case "Fn::GetAZs":
		region := s.region
		if r, ok := s.text(arg); ok && r != "" {
			region = r
		}
		return textList([]string{region + "a", region + "b", region + "c"}, n.Span()), true
	}
	return n, true
}

// branches takes the argument of Fn::If apart; cond is nil if it is malformed.
func (s *scope) branches(arg *yamlpos.Node) (cond, then, other *yamlpos.Node) {
	if arg == nil || arg.Kind != yamlpos.Sequence || len(arg.Items()) != 3 || arg.Items()[0].Resolve() == nil {
		return nil, nil, nil
	}
	return arg.Items()[0].Resolve(), arg.Items()[1], arg.Items()[2]
}

// undecidedIf returns both branches of an Fn::If whose condition cannot be decided.
func (s *scope) undecidedIf(n *yamlpos.Node) (then, other *yamlpos.Node, ok bool) {
	name, arg := intrinsic(n.Resolve())
	if name != "Fn::If" {
		return nil, nil, false
	}
	cond, then, other := s.branches(arg)
	if cond == nil || s.condition(cond) != undecided {
		return nil, nil, false
	}
	return then, other, true
}

func (s *scope) index(n *yamlpos.Node) (int, bool) {
	text, ok := s.text(n)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(strings.TrimSpace(text))
	return i, err == nil
}

func (s *scope) findInMap(arg *yamlpos.Node) *yamlpos.Node {
	if arg == nil || arg.Kind != yamlpos.Sequence || len(arg.Items()) < 3 {
		return nil
	}
	n := s.template.Mappings
	for _, k := range arg.Items()[:3] {
		text, ok := s.text(k)
		if !ok {
			return nil
		}
		n = n.Get(text)
	}
	if n == nil && len(arg.Items()) == 4 {
		return arg.Items()[3].Resolve().Get("DefaultValue")
	}
	return n
}

// items lists the elements of a list; a single value is a list of one. Of an Fn::If that cannot be decided
// both branches are in it.
func (s *scope) items(n *yamlpos.Node) []*yamlpos.Node {
	var out []*yamlpos.Node
	for _, c := range s.chosen(n) {
		out = append(out, c.node)
	}
	return out
}

func isCall(n *yamlpos.Node) bool { return callName(n) != "" }

// get follows keys through mappings, settling on the way; nil if one is not there.
func (s *scope) get(n *yamlpos.Node, keys ...string) *yamlpos.Node {
	n = s.settle(n)
	for _, k := range keys {
		if n == nil || n.Kind != yamlpos.Mapping {
			return nil
		}
		n = s.settle(n.Get(k))
	}
	return n
}

// pairs lists the entries of a mapping whose values are there, each key once.
func (s *scope) pairs(n *yamlpos.Node) []yamlpos.Pair {
	n = s.settle(n)
	if n == nil || n.Kind != yamlpos.Mapping {
		return nil
	}
	out := make([]yamlpos.Pair, 0, len(n.Pairs()))
	for _, p := range lastOfEach(n.Pairs()) {
		if strings.HasPrefix(p.Key.Value, "Fn::") {
			continue
		}
		if v := s.settle(p.Value); v != nil {
			out = append(out, yamlpos.Pair{Key: p.Key, Value: v, Merged: p.Merged})
		}
	}
	return out
}

// entries lists the entries of a mapping whose values are there, each key once, with the values as written.
func (s *scope) entries(n *yamlpos.Node) []yamlpos.Pair {
	n = s.settle(n)
	if n == nil || n.Kind != yamlpos.Mapping {
		return nil
	}
	var out []yamlpos.Pair
	for _, p := range lastOfEach(n.Pairs()) {
		if !strings.HasPrefix(p.Key.Value, "Fn::") && (s.settle(p.Value) != nil || len(s.chosen(p.Value)) > 0) {
			out = append(out, p)
		}
	}
	return out
}

// text is what a value comes to as a string; ok is false for lists, mappings, null and what is not there.
func (s *scope) text(n *yamlpos.Node) (text string, ok bool) {
	if n == nil {
		return "", false
	}
	if !s.enter(n) {
		s.leave()
		return "", false
	}
	defer s.leave()
	n = s.settle(n)
	if n == nil {
		return "", false
	}
	name, arg := intrinsic(n)
	if name != "" {
		return s.call(name, arg, n)
	}
	if n.Kind != yamlpos.Scalar || n.Null {
		return "", false
	}
	s.spent += len(n.Value) / bytesPerStep
	return s.dynamic(n), true
}

// words is the text of n, "" where it has none.
func (s *scope) words(n *yamlpos.Node) string {
	text, _ := s.text(n)
	return text
}

// texts lists the texts of a list's elements; wrong gets those that have none.
func (s *scope) texts(n *yamlpos.Node, wrong func(*yamlpos.Node)) []string {
	var out []string
	for _, i := range s.items(n) {
		if t, ok := s.text(i); ok {
			out = append(out, t)
		} else if wrong != nil {
			wrong(i)
		}
	}
	return out
}

// call evaluates an intrinsic function that comes to text.
func (s *scope) call(name string, arg, n *yamlpos.Node) (string, bool) {
	if arg == nil {
		s.notes.add(source.Error, n.Span(), name+" has no argument", "Its value was taken as unknown.")
		return s.unknown("call", name, n.Span(), "", ""), true
	}
	switch name {
	case "Ref":
		if arg.Kind != yamlpos.Scalar {
			s.notes.add(source.Error, n.Span(), "Ref takes a name", "Its value was taken as unknown.")
			return s.unknown("call", "Ref", n.Span(), "", ""), true
		}
		return s.ref(arg.Value, n.Span()), true
	case "Fn::GetAtt":
		id, attr, ok := s.getAttArgs(arg)
		if !ok {
			s.notes.add(source.Error, n.Span(), "Fn::GetAtt takes a logical id and an attribute", "Its value was taken as unknown.")
			return s.unknown("call", "GetAtt", n.Span(), "", ""), true
		}
		return s.getAtt(id, attr, n.Span()), true
	case "Fn::Sub":
		return s.sub(arg, n)
	case "Fn::Join":
		return s.join(arg, n)
	case "Fn::Base64":
		text, ok := s.text(arg)
		if !ok {
			return "", false
		}
		if hasUnknown(text) {
			return s.unknown("call", "Base64"+at(n), n.Span(), "", ""), true // its letters would look known
		}
		return base64.StdEncoding.EncodeToString([]byte(text)), true
	case "Fn::ImportValue":
		text, ok := s.text(arg)
		if !ok {
			text = "import"
		}
		value, why := s.exported(text)
		if why == "" {
			return value, true
		}
		return s.unknown("import", text, n.Span(), why, "open the template that exports it together with this one"), true
	case "Fn::Length":
		list := s.items(arg)
		if len(list) == 1 && hasUnknown(s.words(list[0])) {
			return s.unknown("call", "Length"+at(n), n.Span(), "how many elements a list has is not known", "give its parameter with --param Name=Value"), true
		}
		return strconv.Itoa(len(list)), true
	case "Fn::ToJsonString":
		if text := s.jsonText(arg); text != "" {
			return text, true
		}
		return s.unknown("call", "ToJsonString"+at(n), n.Span(), "Fn::ToJsonString takes a list or a mapping", ""), true
	case "Fn::FindInMap":
		return s.unknown("call", "FindInMap"+at(n), n.Span(), "Fn::FindInMap finds nothing, or its keys are not known", ""), true
	case "Fn::Select", "Fn::Split", "Fn::Cidr", "Fn::Transform", "Fn::GetStackOutput":
		short := strings.TrimPrefix(name, "Fn::")
		return s.unknown("call", short+at(n), n.Span(), name+" cannot be told from the template", ""), true
	case "Fn::If":
		return "", false
	}
	s.notes.add(source.Error, n.Span(), name+" is not an intrinsic function that is known", "Its value was taken as unknown.")
	return s.unknown("call", strings.TrimPrefix(name, "Fn::")+at(n), n.Span(), "", ""), true
}

// at tells calls apart that have no name of their own.
func at(n *yamlpos.Node) string { return fmt.Sprintf("-%d", n.Span().Line) }

func (s *scope) getAttArgs(arg *yamlpos.Node) (id, attr string, ok bool) {
	switch arg.Kind {
	case yamlpos.Scalar:
		id, attr, ok = strings.Cut(arg.Value, ".")
	case yamlpos.Sequence:
		if len(arg.Items()) < 2 {
			return "", "", false
		}
		id, _ = s.text(arg.Items()[0])
		var parts []string
		for _, i := range arg.Items()[1:] {
			t, isText := s.text(i)
			if !isText {
				return "", "", false
			}
			parts = append(parts, t)
		}
		attr, ok = strings.Join(parts, "."), true
	case yamlpos.Mapping, yamlpos.Alias:
	}
	return id, attr, ok && id != "" && attr != ""
}

// sub evaluates Fn::Sub in both forms. "${!Name}" stands for "${Name}".
func (s *scope) sub(arg, n *yamlpos.Node) (string, bool) {
	pattern, vars := arg, (*yamlpos.Node)(nil)
	if arg.Kind == yamlpos.Sequence {
		if len(arg.Items()) == 0 || len(arg.Items()) > 2 {
			s.notes.add(source.Error, n.Span(), "Fn::Sub takes a text and a mapping of names", "Its value was taken as unknown.")
			return s.unknown("call", "Sub"+at(n), n.Span(), "", ""), true
		}
		pattern = arg.Items()[0]
		if len(arg.Items()) == 2 {
			vars = s.settle(arg.Items()[1])
		}
	}
	pattern = s.settle(pattern)
	if pattern == nil || pattern.Kind != yamlpos.Scalar {
		s.notes.add(source.Error, n.Span(), "Fn::Sub takes a text and a mapping of names", "Its value was taken as unknown.")
		return s.unknown("call", "Sub"+at(n), n.Span(), "", ""), true
	}
	var b strings.Builder
	rest := pattern.Value
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		name := rest[i+2 : i+end]
		rest = rest[i+end+1:]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		b.WriteString(s.subName(strings.TrimSpace(name), vars, n.Span()))
		if b.Len() > maxText {
			return s.tooLong(n), true
		}
	}
	s.spent += b.Len() / bytesPerStep
	return b.String(), true
}

// tooLong stands for a text that grows beyond all that AWS takes.
func (s *scope) tooLong(n *yamlpos.Node) string {
	s.notes.add(source.Error, n.Span(), "a text grows beyond a megabyte", "It was taken as unknown.")
	return s.unknown("call", "text"+at(n), n.Span(), "", "")
}

func (s *scope) subName(name string, vars *yamlpos.Node, span source.Span) string {
	if v := vars.Get(name); v != nil {
		text, ok := s.text(v)
		if !ok {
			if settled := s.settle(v); settled != nil && settled.Kind != yamlpos.Scalar {
				s.notes.add(source.Error, v.Span(), "Fn::Sub takes texts for its names, and "+name+" is none", "It was taken as unknown.")
				return s.unknown("call", name, span, "", "")
			}
		}
		return text
	}
	if id, attr, ok := strings.Cut(name, "."); ok && s.resource(id) != nil && s.resource(name) == nil {
		return s.getAtt(id, attr, span)
	}
	return s.ref(name, span)
}

func (s *scope) join(arg, n *yamlpos.Node) (string, bool) {
	if arg.Kind != yamlpos.Sequence || len(arg.Items()) != 2 {
		s.notes.add(source.Error, n.Span(), "Fn::Join takes a delimiter and a list", "Its value was taken as unknown.")
		return s.unknown("call", "Join"+at(n), n.Span(), "", ""), true
	}
	by := s.words(arg.Items()[0])
	list := s.texts(arg.Items()[1], func(i *yamlpos.Node) {
		s.notes.add(source.Error, i.Span(), "Fn::Join takes texts", "The element was left out.")
	})
	size := 0
	for _, t := range list {
		if size += len(t) + len(by); size > maxText {
			return s.tooLong(n), true
		}
	}
	s.spent += size / bytesPerStep
	return strings.Join(list, by), true
}

// dynamic is a scalar's text, with dynamic references to parameters and secrets taken as unknown.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (s *scope) dynamic(n *yamlpos.Node) string {
	text := n.Value
	if !strings.Contains(text, "{{resolve:") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "{{resolve:")
		if i < 0 {
			break
		}
		end := strings.Index(text[i:], "}}")
		if end < 0 {
			break
		}
		b.WriteString(text[:i])
		what := text[i+len("{{resolve:") : i+end]
		b.WriteString(s.unknown("dynamic", strings.ReplaceAll(what, ":", "-"), n.Span(), "the dynamic reference to "+what+" is not read", ""))
		text = text[i+end+2:]
	}
	b.WriteString(text)
	return b.String()
}

// textList makes a sequence of strings, all at one place.
func textList(list []string, span source.Span) *yamlpos.Node {
	out := (&yamlpos.Node{Kind: yamlpos.Sequence, Style: yamlpos.Flow}).At(span)
	for _, t := range list {
		out.SetItems(append(out.Items(), scalar(t, span)))
	}
	return out
}

func scalar(text string, span source.Span) *yamlpos.Node {
	return (&yamlpos.Node{Kind: yamlpos.Scalar, Style: yamlpos.DoubleQuoted, Quoted: true, Value: text}).At(span)
}
