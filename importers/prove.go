package importers

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// Prove makes the edits and returns the files that come of it, but only if they import as after: the new bytes
// are imported again, from memory and with the same options, and the design has to be Same. Otherwise the error
// names the first differences.
func Prove(ctx context.Context, in *Import, after *model.Design, edits []source.Edit) (source.Files, error) {
	again, err := ProveImport(ctx, in, after, edits)
	if err != nil {
		return nil, err
	}
	return again.Files, nil
}

// ProveImport is Prove, and returns the import of the new files, whose diagnostics may be others than those of
// the old ones.
func ProveImport(ctx context.Context, in *Import, after *model.Design, edits []source.Edit) (*Import, error) {
	files, err := in.Files.Apply(edits)
	if err != nil {
		return nil, fmt.Errorf("patch %s: %w", in.Path, err)
	}
	o := in.Options
	o.Region = cmp.Or(o.Region, in.Region) // also where an edit took away what told it
	again, err := in.Source.Import(ctx, Memory(files, in.fsys), in.Path, o)
	if err != nil {
		return nil, fmt.Errorf("the patched source cannot be imported: %w", err)
	}
	if differences := Differences(after, again.Design); len(differences) > 0 {
		return nil, &ProofError{Differences: differences}
	}
	again.fsys, again.roots = in.fsys, in.roots
	again.Options, again.Region = in.Options, in.Region
	again.Files = files
	return again, nil
}

// A ProofError says that a patched source does not import as the design that was asked for.
type ProofError struct{ Differences []string }

// Error names the first differences.
func (e *ProofError) Error() string {
	const few = 4
	list := e.Differences
	more := ""
	if len(list) > few {
		more = fmt.Sprintf("; and %d more", len(list)-few)
		list = list[:few]
	}
	return "the patched source does not import as the edited design: " + strings.Join(list, "; ") + more
}

// Differences says in words where got is not Same as want, one line each. What the architect marked is not
// looked at: no source tells it. Nor is the order in which policies are attached and variables are listed: it
// means nothing to AWS.
func Differences(want, got *model.Design) []string {
	var out []string
	for _, c := range want.Diff(got) {
		if c.Before != nil && c.After != nil && model.Same(plain(c.Before), plain(c.After)) {
			continue
		}
		switch {
		case c.After == nil:
			out = append(out, fmt.Sprintf("%s is missing", c.Before.ElementID()))
		case c.Before == nil:
			out = append(out, fmt.Sprintf("%s should not be there", c.After.ElementID()))
		default:
			out = append(out, fmt.Sprintf("%s has %s", c.Before.ElementID(), Difference(plain(c.Before), plain(c.After))))
		}
	}
	return out
}

// plain is an element without marks, and with its policies and variables sorted.
func plain(e model.Element) model.Element {
	switch e := e.(type) {
	case *model.Resource:
		n := *e
		n.Weight, n.Crown, n.Marked = 0, false, false
		return &n
	case *model.Role:
		n := *e
		n.Pins = nil
		n.Policies = slices.Sorted(slices.Values(e.Policies))
		return &n
	case *model.Principal:
		n := *e
		n.Policies = slices.Sorted(slices.Values(e.Policies))
		return &n
	case *model.Function:
		n := *e
		n.Environment = slices.SortedFunc(slices.Values(e.Environment), func(a, b model.EnvVar) int { return strings.Compare(a.Name, b.Name) })
		return &n
	case *model.Policy, *model.Trigger:
	}
	return e
}

// Difference says in words where an element is not what it should be: "Handler "a", not "b"".
func Difference(want, got model.Element) string {
	where, w, g := firstDifference(reflect.ValueOf(want), reflect.ValueOf(got))
	return fmt.Sprintf("%s %s, not %s", strings.TrimPrefix(where, "."), g, w)
}

var (
	spanType     = reflect.TypeFor[source.Span]()
	placesType   = reflect.TypeFor[model.Places]()
	attachedType = reflect.TypeFor[model.Attachments]()
	documentType = reflect.TypeFor[*policy.Document]()
)

// firstDifference is where two elements of one type differ first, and how; where is "" if they do not.
func firstDifference(a, b reflect.Value) (where, left, right string) {
	if a.Type() != b.Type() {
		return ".type", a.Type().String(), b.Type().String()
	}
	if a.Type() == spanType || a.Type() == placesType || a.Type() == attachedType {
		return "", "", ""
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() && b.IsNil() {
				return "", "", ""
			}
			return "", word(a), word(b)
		}
		return firstDifference(a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if w, l, r := firstDifference(a.Field(i), b.Field(i)); w != "" || l != r {
				return "." + a.Type().Field(i).Name + w, l, r
			}
		}
	case reflect.Slice:
		for i := range min(a.Len(), b.Len()) {
			if w, l, r := firstDifference(a.Index(i), b.Index(i)); w != "" || l != r {
				return fmt.Sprintf("[%d]%s", i, w), l, r
			}
		}
		if a.Len() != b.Len() {
			return "", list(a), list(b)
		}
	case reflect.Map:
		if a.Len()+b.Len() > 0 && !reflect.DeepEqual(a.Interface(), b.Interface()) {
			return "", word(a), word(b)
		}
	default:
		if !a.Equal(b) {
			return "", word(a), word(b)
		}
	}
	return "", "", ""
}

// word is a value as a person sees it, shortened.
func word(v reflect.Value) string {
	s := fmt.Sprintf("%v", v.Interface())
	switch {
	case v.Kind() == reflect.String:
		s = fmt.Sprintf("%q", v.String())
	case v.Kind() == reflect.Pointer && v.IsNil():
		return "none"
	case v.Kind() == reflect.Pointer && v.Type() == documentType:
		return fmt.Sprintf("a document of %d statements", len(v.Interface().(*policy.Document).Statements))
	case v.Kind() == reflect.Pointer:
		return "one"
	}
	if len(s) > 160 {
		s = strings.ToValidUTF8(s[:160], "") + "…"
	}
	return s
}

func list(v reflect.Value) string {
	if v.Type().Elem().Kind() == reflect.String {
		return word(v)
	}
	return fmt.Sprintf("%d entries", v.Len())
}

// A GeneratedError says that a change belongs into a file that a program wrote: it would be lost when that is run again.
type GeneratedError struct {
	File, By  string
	Construct string // what makes it in the program's source, "" if that is not known
}

// Error names the file and the construct.
func (e *GeneratedError) Error() string {
	what := "the app that it is made of"
	if e.Construct != "" {
		what = "construct " + e.Construct + " of the app"
	}
	return fmt.Sprintf("%s is written by %s and not edited; change %s: an export into a folder has the policies, and where each belongs", e.File, e.By, what)
}
