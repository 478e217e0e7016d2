package code

import (
	"fmt"
	"strings"

	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// cdkPlaces are the tokens of the CDK for the place of a deployment.
var cdkPlaces = map[place]string{partition: "Aws.PARTITION", region: "Aws.REGION", account: "Aws.ACCOUNT_ID"}

// A language is what of a program for the CDK differs between languages.
type language struct {
	name     func(string) string               // of a function
	property func(string) string               // of a statement, and of what is left to fill
	assign   string                            // between a property and its value
	open     string                            // begins a statement
	end      string                            // ends it
	quote    func(string) string               // a text without references
	template func(s *sheet, p []piece) string  // one with
	function func(name, says string) [2]string // what is before and behind the statements of a function
	keep     func(name, says string) [2]string // … and before and behind a list of texts
	indent   string
	reserved map[string]bool // words that cannot be names, or that the program uses
}

// A program is a file for the CDK being written.
type program struct {
	*sheet
	*language
	b        strings.Builder
	declared map[string]bool
}

// word is a name that the language does not have for itself.
func (l *language) word(name string) string {
	if l.reserved[name] {
		return name + "_"
	}
	return name
}

// declare is a name that nothing else in the file has.
func (p *program) declare(name string) string {
	name = p.word(name)
	for p.declared[name] {
		name += "_"
	}
	p.declared[name] = true
	return name
}

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// What modules of TypeScript reserve: ECMAScript's reserved words, those of strict mode, and what it lets nobody declare.
var typeScriptWords = words(`arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if
	implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield`)

// Python's keywords, and the built-in types that the annotations of functions name.
var pythonWords = words(`and as assert async await break class continue def del elif else except finally for from global if import in is lambda list nonlocal not or pass raise
	return str try while with yield`)

func (p *program) line(level int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.b.WriteString(strings.Repeat(p.indent, level) + text + "\n")
}

func (p *program) say(text string) string {
	pieces := p.pieces(text)
	for _, x := range pieces {
		if x.kind == isPlace || x.kind == isFill {
			if len(pieces) == 1 {
				return p.refer(x)
			}
			return p.template(p.sheet, pieces)
		}
	}
	return p.quote(text)
}

func (p *program) refer(x piece) string {
	if x.kind == isPlace {
		return cdkPlaces[x.place]
	}
	return "names." + p.field(p.fill(x.text))
}

// field is what a value that is left to fill in is called.
func (p *program) field(f *Fill) string { return p.word(p.property(f.Name)) }

// says writes a list, one entry a line where there are several.
func (p *program) says(level int, head string, list []string, tail string) {
	if len(list) == 1 {
		p.line(level, "%s[%s]%s", head, p.say(list[0]), tail)
		return
	}
	p.line(level, "%s[", head)
	for _, x := range list {
		p.line(level+1, "%s,", p.say(x))
	}
	p.line(level, "]%s", tail)
}

// roles writes a function for each role's statements, for each part of them where they take several managed policies, and for
// its boundary; and the list of AWS's policies that stay attached.
func (p *program) writeRoles() {
	for _, e := range p.roles {
		for i, d := range e.Inline {
			if i > 0 {
				p.statements(fmt.Sprintf("%s%d", p.name(e.Name), i+1), fmt.Sprintf("More statements of %s.", e.File), d)
				continue
			}
			p.statements(p.name(e.Name), fmt.Sprintf("What %s may do itself.", e.File), d)
		}
		for i, d := range e.Managed {
			p.statements(p.name(fmt.Sprintf("%sPolicy%d", e.Name, i+1)), fmt.Sprintf("What %s may do itself, for managed policy %d of %d.", e.File, i+1, len(e.Managed)), d)
		}
		if d := e.newBoundary(); d != nil {
			p.statements(p.name(e.Name+"Boundary"), fmt.Sprintf("What the permissions boundary of %s lets it do.", e.File), d)
		}
		if len(e.Attached) > 0 {
			around := p.keep(p.declare(p.name(e.Name+"Attached")), fmt.Sprintf("Policies of AWS that %s has.", e.File))
			p.b.WriteString(around[0])
			for _, arn := range e.Attached {
				p.line(1, "%s,", p.say(arn))
			}
			p.b.WriteString(around[1])
		}
	}
}

// statements writes a function that makes the statements of a document. The CDK writes Version 2012-10-17.
func (p *program) statements(name, says string, d *policy.Document) {
	around := p.function(p.declare(name), says)
	p.b.WriteString(around[0])
	for _, s := range export.Current(d).Statements {
		p.statement(s)
	}
	p.b.WriteString(around[1])
}

func (p *program) statement(s *policy.Statement) {
	put := func(property, value string) { p.line(3, "%s%s%s,", p.property(property), p.assign, value) }
	list := func(not bool, property string, values []string) {
		if not {
			property = "Not" + property
		}
		p.says(3, p.property(property)+p.assign, values, ",")
	}
	p.line(2, "%s", p.open)
	if s.Sid != "" {
		put("Sid", p.quote(s.Sid))
	}
	put("Effect", "Effect."+strings.ToUpper(s.Effect.String()))
	list(s.NotAction, "Actions", s.Actions)
	if s.Resources != nil {
		list(s.NotResource, "Resources", s.Resources)
	}
	if len(s.Conditions) > 0 {
		p.line(3, "%s%s{", p.property("Conditions"), p.assign)
		open := ""
		for _, c := range byOperator(s.Conditions) {
			if c.Operator != open {
				if open != "" {
					p.line(4, "},")
				}
				open = c.Operator
				p.line(4, "%s: {", p.quote(open))
			}
			p.says(5, p.quote(c.Key)+": ", c.Values, ",")
		}
		p.line(4, "},")
		p.line(3, "},")
	}
	p.line(2, "%s,", p.end)
}

// byOperator are conditions with those of one operator together, in the order in which operators come.
func byOperator(list []policy.Condition) []policy.Condition {
	var out []policy.Condition
	done := map[string]bool{}
	for _, c := range list {
		if done[c.Operator] {
			continue
		}
		done[c.Operator] = true
		for _, d := range list {
			if d.Operator == c.Operator {
				out = append(out, d)
			}
		}
	}
	return out
}

// typeScript is a module with a function for each role's statements.
func typeScript(s *sheet) string {
	names, some := "", ""
	if len(s.fills) > 0 {
		names, some = "names: Names", "Names"
	}
	p := &program{sheet: s, declared: map[string]bool{}, language: &language{
		reserved: typeScriptWords,
		name:     lower, property: lower, assign: ": ", open: "new PolicyStatement({", end: "})", indent: "  ",
		quote: func(text string) string {
			return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(text) + "'"
		},
		function: func(name, says string) [2]string {
			return [2]string{fmt.Sprintf("\n/** %s */\nexport function %s(%s): PolicyStatement[] {\n  return [\n", says, name, names), "  ];\n}\n"}
		},
		keep: func(name, says string) [2]string {
			return [2]string{fmt.Sprintf("\n/** %s */\nexport const %s: string[] = [\n", says, name), "];\n"}
		},
	}}
	p.template = func(_ *sheet, pieces []piece) string {
		escape := strings.NewReplacer(`\`, `\\`, "`", "\\`", "${", "\\${")
		var b strings.Builder
		for _, x := range pieces {
			if x.kind == isPlace || x.kind == isFill {
				b.WriteString("${" + p.refer(x) + "}")
			} else {
				b.WriteString(escape.Replace(x.text))
			}
		}
		return "`" + b.String() + "`"
	}
	p.line(0, "// %s", s.about())
	if len(s.used) > 0 {
		p.line(0, "import { Aws } from 'aws-cdk-lib';")
	}
	p.line(0, "import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';")
	if some != "" {
		p.line(0, "")
		p.line(0, "/** What the source does not tell. */")
		p.line(0, "export interface Names {")
		for _, f := range s.fills {
			p.line(1, "/** %s */", strings.ReplaceAll(f.Says, "*/", "* /"))
			p.line(1, "readonly %s: string;", p.field(f))
		}
		p.line(0, "}")
	}
	p.writeRoles()
	return p.b.String()
}

// python is a module with a function for each role's statements.
func python(s *sheet) string {
	names := ""
	if len(s.fills) > 0 {
		names = "names: Names"
	}
	quote := func(text string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(text) + `"`
	}
	p := &program{sheet: s, declared: map[string]bool{}, language: &language{
		reserved: pythonWords,
		name:     snake, property: snake, assign: "=", open: "PolicyStatement(", end: ")", indent: "    ", quote: quote,
		function: func(name, says string) [2]string {
			return [2]string{fmt.Sprintf("\n\ndef %s(%s) -> list[PolicyStatement]:\n    \"\"\"%s\"\"\"\n    return [\n", name, names, says), "    ]\n"}
		},
		keep: func(name, says string) [2]string {
			return [2]string{fmt.Sprintf("\n\n#: %s\n%s = [\n", says, strings.ToUpper(name)), "]\n"}
		},
	}}
	p.template = func(_ *sheet, pieces []piece) string {
		var b strings.Builder
		for _, x := range pieces {
			if x.kind == isPlace || x.kind == isFill {
				b.WriteString("{" + p.refer(x) + "}")
			} else {
				q := quote(strings.NewReplacer("{", "{{", "}", "}}").Replace(x.text))
				b.WriteString(q[1 : len(q)-1])
			}
		}
		return `f"` + b.String() + `"`
	}
	p.line(0, `"""%s"""`, s.about())
	p.line(0, "")
	if len(s.fills) > 0 {
		p.line(0, "from dataclasses import dataclass")
		p.line(0, "")
	}
	if len(s.used) > 0 {
		p.line(0, "from aws_cdk import Aws")
	}
	p.line(0, "from aws_cdk.aws_iam import Effect, PolicyStatement")
	if len(s.fills) > 0 {
		p.line(0, "\n\n@dataclass(frozen=True)\nclass Names:\n    \"\"\"What the source does not tell.\"\"\"\n")
		for _, f := range s.fills {
			p.line(1, "%s: str  # %s", p.field(f), f.Says)
		}
	}
	p.writeRoles()
	return p.b.String()
}
