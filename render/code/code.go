// Package code writes exported policies as a repository keeps them: IAM's JSON, CloudFormation, SAM, CDK, Terraform, Serverless.
//
//	[]export.Holder --Write(form)--> files by path
//
// Each form says a text by what its own language has for it: the account, Region and partition of a deployment by pseudo
// parameters, what the source does not tell by parameters that somebody fills in, and policy variables escaped.
package code

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// A Set is what one export writes.
type Set struct {
	Design  *model.Design
	Holders []*export.Holder
	Place   Place
}

// A Place is what the design's texts have for where it is deployed, as far as that is not known: forms say it by reference. A
// field is "" where the design is of one account, Region or partition, which stays as it is.
type Place struct{ Partition, Region, Account string }

// forms are the forms and how each is written, in the order of the help.
var forms = []struct {
	name, title string
	write       func(*Set) (map[string][]byte, error)
}{
	{"json", "IAM JSON", writeJSON},
	{"cloudformation", "CloudFormation", one("cloudformation/policies.yaml", cloudFormation)},
	{"sam", "SAM", one("sam/template.yaml", sam)},
	{"cdk-ts", "CDK, TypeScript", one("cdk-ts/policies.ts", typeScript)},
	{"cdk-python", "CDK, Python", one("cdk-python/policies.py", python)},
	{"terraform", "Terraform", one("terraform/policies.tf", terraform)},
	{"serverless", "Serverless Framework", one("serverless/serverless.yml", serverless)},
}

// Forms lists the names of the forms.
func Forms() []string {
	var out []string
	for _, f := range forms {
		out = append(out, f.name)
	}
	return out
}

// Title is what people call a form, "" for none.
func Title(form string) string {
	for _, f := range forms {
		if f.name == form {
			return f.title
		}
	}
	return ""
}

// Write writes a set in a form, by path in the folder of the export.
func Write(form string, s *Set) (map[string][]byte, error) {
	for _, f := range forms {
		if f.name == form {
			return f.write(s)
		}
	}
	return nil, fmt.Errorf("there is no form %q: one of %s", form, strings.Join(Forms(), ", "))
}

// one is a form that is one file. It has the roles alone: users and groups are no part of a system's code.
func one(path string, write func(*sheet) string) func(*Set) (map[string][]byte, error) {
	return func(s *Set) (map[string][]byte, error) {
		return map[string][]byte{path: []byte(write(newSheet(s)))}, nil
	}
}

// A sheet is one form being written.
type sheet struct {
	*Set
	roles   []*entry
	fills   []*Fill
	byValue map[string]*Fill
	taken   map[string]bool // names of what the form declares, lower-case
	used    map[place]bool  // what the texts refer to
}

// An entry is a role in a form.
type entry struct {
	*export.Holder
	role     *model.Role
	Name     string // in the form: of letters and digits
	File     string // Holder.Name: of its policies too
	boundary string // ARN of a boundary that it keeps, "" if none
}

func newSheet(s *Set) *sheet {
	sh := &sheet{Set: s, byValue: map[string]*Fill{}, taken: map[string]bool{}, used: map[place]bool{}}
	for _, h := range s.Holders {
		r := h.Role()
		if r == nil {
			continue
		}
		e := &entry{Holder: h, role: r, Name: sh.unique(camel(h.Name)), File: h.Name}
		if h.Boundary == nil || h.Boundary.Kept != "" {
			if b := s.Design.Policy(r.Boundary); b != nil {
				e.boundary = b.ARN
			}
		}
		sh.roles = append(sh.roles, e)
	}
	for _, e := range sh.roles {
		sh.collect(e)
	}
	return sh
}

// newBoundary is the document of a boundary that the form makes, nil if it makes none.
func (e *entry) newBoundary() *policy.Document {
	if e.Boundary == nil || e.Boundary.Kept != "" {
		return nil
	}
	return e.Boundary.Document
}

// policyName is the name of one of a role's inline policies.
func (e *entry) policyName(i int) string {
	if i == 0 {
		return e.File
	}
	return fmt.Sprintf("%s-%d", e.File, i+1)
}

// collect finds what has to be filled in.
func (s *sheet) collect(e *entry) {
	docs := slices.Concat(e.Own)
	if b := e.newBoundary(); b != nil {
		docs = append(docs, b)
	}
	if e.role.Trust != nil {
		docs = append(docs, e.role.Trust)
	}
	for _, d := range docs {
		for text := range d.Texts() {
			for _, p := range s.pieces(text) {
				switch p.kind {
				case isPlace:
					s.used[p.place] = true
				case isFill:
					s.fill(p.text)
				case isText, isVariable:
				}
			}
		}
	}
}

// roleName is the physical name that the role has, "" where AWS generates it.
func (e *entry) roleName() string {
	if strings.HasSuffix(e.role.Name, "-GENERATED") || e.role.Name == e.role.LogicalID && e.role.Implicit {
		return ""
	}
	return e.role.Name
}

// path is the role's path, "" where it is the usual one.
func (e *entry) path() string {
	if e.role.Path == "/" {
		return ""
	}
	return e.role.Path
}
