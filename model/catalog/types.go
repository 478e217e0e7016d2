package catalog

import (
	"maps"
	"slices"
	"strings"
)

// A Type is a CloudFormation resource type.
type Type struct {
	Name string // AWS::DynamoDB::Table

	// ARN is a template such as "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}", "" if unknown.
	// Beside ${Partition}, ${Region} and ${Account} a variable names a property of the resource, in which case
	// its value stands there, or else something that AWS generates (an attribute such as ${KeyId}, or
	// ${Suffix}): see Variables and FillARN.
	ARN          string
	PrimaryID    []string // property or attribute names that Ref returns, joined by "|" where several, best known
	Attributes   []string // names that GetAtt takes, sorted
	NameProperty string   // property that names it physically, "" if none
	Kind         Kind
}

type types struct {
	table lazy[*typeTable]
}

type typeTable struct {
	byName map[string]*Type
	arns   lazy[*arnIndex]
}

func (c *Catalog) typeTable() *typeTable {
	return c.types.table.get(func() *typeTable {
		t := &typeTable{byName: map[string]*Type{}}
		for line := range strings.Lines(string(gunzip("types.txt.gz"))) {
			f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			t.byName[f[0]] = &Type{f[0], f[1], list(f[2]), list(f[3]), f[4], KindOf(f[0])}
		}
		t.correct()
		return t
	})
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// Type returns the CloudFormation type, nil if it is not known.
func (c *Catalog) Type(name string) *Type { return c.typeTable().byName[name] }

// Types lists the names of all known CloudFormation types, sorted.
func (c *Catalog) Types() []string { return slices.Sorted(maps.Keys(c.typeTable().byName)) }

// HasAttribute reports whether GetAtt takes the attribute.
func (t *Type) HasAttribute(name string) bool {
	_, ok := slices.BinarySearch(t.Attributes, name)
	return ok
}

// SecretSuffix stands for the six characters that Secrets Manager appends to a secret's name in its ARN. It has
// their number, so that patterns such as "secret:name-??????" cover it.
const SecretSuffix = "XXXXXX"

// Variables lists the variables of the ARN template in order, without ${Partition}, ${Region} and ${Account}.
func (t *Type) Variables() []string {
	var out []string
	for v := range variables(t.ARN) {
		if v != "Partition" && v != "Region" && v != "Account" {
			out = append(out, v)
		}
	}
	return out
}

// FillARN is the ARN template with its variables replaced by what value returns for them; "" if there is no
// template. value is asked for "Partition", "Region" and "Account" too, but not for "Suffix", which is SecretSuffix.
func (t *Type) FillARN(value func(variable string) string) string {
	var b strings.Builder
	rest := t.ARN
	for {
		before, after, ok := strings.Cut(rest, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		v, after, _ := strings.Cut(after, "}")
		if v == "Suffix" {
			b.WriteString(SecretSuffix)
		} else {
			b.WriteString(value(v))
		}
		rest = after
	}
}

// variables yields the names of the ${…} in a template.
func variables(template string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			_, after, ok := strings.Cut(template, "${")
			if !ok {
				return
			}
			var v string
			v, template, _ = strings.Cut(after, "}")
			if !yield(v) {
				return
			}
		}
	}
}
