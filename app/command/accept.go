package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"bulkhead/model/review"
	"bulkhead/model/source"
	"bulkhead/render/gate"
)

// acceptFile is where accepted risks are looked for, in the working folder.
const acceptFile = ".bulkhead-accept.yaml"

// maxAccept is the largest file of accepted risks that is read, in bytes.
const maxAccept = 4 << 20

// acceptVersion is the version of the format that is read and written.
const acceptVersion = "accept/v1"

// Risks are findings that people answer for, as a file lists them.
type risks struct {
	path    string
	entries []risk
	data    []byte // of the file; nil where there is none yet
}

// A risk is an entry.
type risk struct {
	ID, Reason, Owner, Expiry string

	line  int
	until time.Time
}

// readRisks reads a file of accepted risks; without a path the usual one, if it is there.
func readRisks(path string) (*risks, error) {
	r := &risks{path: path}
	if path == "" {
		r.path = acceptFile
	}
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) && path == "" {
		return r, nil
	}
	if err != nil {
		return nil, inputError(fmt.Errorf("read accepted risks: %w", err))
	}
	defer f.Close() //nolint:errcheck // only read
	r.data, err = io.ReadAll(io.LimitReader(f, maxAccept+1))
	if err != nil {
		return nil, inputError(fmt.Errorf("read accepted risks %s: %w", r.path, err))
	}
	if len(r.data) > maxAccept {
		return nil, usage("%s: larger than %d MB", r.path, maxAccept>>20)
	}
	if err := r.parse(); err != nil {
		return nil, usage("%s: %v", r.path, err)
	}
	return r, nil
}

func (r *risks) parse() error {
	var root yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(r.data))
	if err := d.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return errors.New(plainYAML(err))
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("it is one document; remove the second")
	}
	version, list := "", (*yaml.Node)(nil)
	err := fields(root.Content[0], "the file", []string{"bulkhead", "accepted"}, func(key string, v *yaml.Node) error {
		if key == "accepted" {
			list = v
			return nil
		}
		var err error
		version, err = text(key, v)
		return err
	})
	switch {
	case err != nil:
		return err
	case version == "":
		return fmt.Errorf("it does not say its version: begin with bulkhead: %s", acceptVersion)
	case version != acceptVersion:
		return fmt.Errorf("version %s is not known; this program reads %s", version, acceptVersion)
	case list == nil || list.ShortTag() == "!!null":
		return nil
	case list.Kind != yaml.SequenceNode:
		return fmt.Errorf("line %d: accepted is a list of entries, each begins with a dash", list.Line)
	}
	for _, n := range list.Content {
		x := risk{line: n.Line}
		err := fields(n, "an entry", []string{"id", "reason", "owner", "expiry"}, func(key string, v *yaml.Node) (err error) {
			of := map[string]*string{"id": &x.ID, "reason": &x.Reason, "owner": &x.Owner, "expiry": &x.Expiry}
			*of[key], err = text(key, v)
			return err
		})
		if err != nil {
			return err
		}
		if x.ID == "" {
			return fmt.Errorf("line %d: the entry has no id", n.Line)
		}
		if i := slices.IndexFunc(r.entries, func(y risk) bool { return y.ID == x.ID }); i >= 0 {
			return fmt.Errorf("line %d: %q is accepted in line %d already", n.Line, x.ID, r.entries[i].line)
		}
		if x.Expiry != "" {
			until, err := time.Parse(time.DateOnly, strings.TrimSpace(x.Expiry))
			if err != nil {
				return fmt.Errorf("line %d: expiry %q is no date such as 2027-01-31", n.Line, x.Expiry)
			}
			x.until = until
		}
		r.entries = append(r.entries, x)
	}
	return nil
}

// fields goes through a mapping that has each of some keys at most once and no other. What is called so in errors.
func fields(n *yaml.Node, what string, keys []string, f func(key string, v *yaml.Node) error) error {
	has := what + " has " + strings.Join(keys[:len(keys)-1], ", ") + " and " + keys[len(keys)-1]
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: %s", n.Line, has)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case !slices.Contains(keys, k.Value):
			return fmt.Errorf("line %d: %q is not known; %s", k.Line, k.Value, has)
		case seen[k.Value]:
			return fmt.Errorf("line %d: %s is there twice", k.Line, k.Value)
		}
		seen[k.Value] = true
		if err := f(k.Value, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// text is a value that is a text; "" for none.
func text(key string, v *yaml.Node) (string, error) {
	switch {
	case v.Kind != yaml.ScalarNode:
		return "", fmt.Errorf("line %d: %s is a text", v.Line, key)
	case v.ShortTag() == "!!null":
		return "", nil
	}
	return v.Value, nil
}

// plainYAML is an error of the YAML library in one line.
func plainYAML(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "yaml: ", "")), " ")
}

// judge sorts findings into those that stand and those that are accepted, and adds what is wrong with the entries.
func (r *risks) judge(out *gate.Report, found []review.Finding, now time.Time) {
	today := now.Format(time.DateOnly)
	used := map[string]bool{}
	for _, f := range found {
		i := slices.IndexFunc(r.entries, func(x risk) bool { return x.ID == f.ID })
		if i < 0 {
			out.Open = append(out.Open, f)
			continue
		}
		x := r.entries[i]
		used[x.ID] = true
		problem := func(format string, args ...any) {
			out.Problems = append(out.Problems, gate.Problem{ID: x.ID, Says: fmt.Sprintf(format, args...), Place: r.place(x)})
			out.Open = append(out.Open, f)
		}
		switch {
		case strings.TrimSpace(x.Reason) == "" || strings.TrimSpace(x.Owner) == "":
			problem("%s:%d: the entry has no %s", r.path, x.line, missing(x))
		case !x.until.IsZero() && today > x.until.Format(time.DateOnly):
			problem("%s:%d: the acceptance expired on %s: decide again", r.path, x.line, x.until.Format(time.DateOnly))
		default:
			out.Accepted = append(out.Accepted, gate.Accepted{Finding: f, Reason: x.Reason, Owner: x.Owner, Expiry: x.until})
		}
	}
	for _, x := range r.entries {
		if !used[x.ID] {
			out.Problems = append(out.Problems, gate.Problem{ID: x.ID, Place: r.place(x),
				Says: fmt.Sprintf("%s:%d: the entry is not used, nothing is found that it accepts: remove it", r.path, x.line)})
		}
	}
}

func missing(x risk) string {
	var out []string
	if strings.TrimSpace(x.Reason) == "" {
		out = append(out, "reason")
	}
	if strings.TrimSpace(x.Owner) == "" {
		out = append(out, "owner")
	}
	return strings.Join(out, " and no ")
}

func (r *risks) place(x risk) source.Span { return source.Span{File: r.path, Line: x.line} }

// add appends entries for findings that have none, for a person to complete. What the file holds stays as it is.
func (r *risks) add(found []review.Finding) error {
	var b bytes.Buffer
	b.Write(r.data)
	if len(r.data) > 0 && r.data[len(r.data)-1] != '\n' {
		b.WriteByte('\n')
	}
	if len(r.data) == 0 {
		fmt.Fprintf(&b, "# Risks that bulkhead check lets pass. Each needs a reason and somebody who answers for it.\nbulkhead: %s\naccepted:\n", acceptVersion)
	}
	for _, f := range found {
		if slices.ContainsFunc(r.entries, func(x risk) bool { return x.ID == f.ID }) {
			continue
		}
		fmt.Fprintf(&b, "  # %s\n  - id: %s\n    reason: \"\"\n    owner: \"\"\n    expiry: \"\"\n", strings.ReplaceAll(f.Says, "\n", " "), quoted(f.ID))
	}
	check := &risks{path: r.path, data: b.Bytes()}
	if err := check.parse(); err != nil {
		return usage("%s: entries cannot be added behind what it holds (%v): move its list to the end, indented by two spaces", r.path, err)
	}
	return writeFile(r.path, b.Bytes())
}

// quoted is a string in YAML's single quotes.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
