package edit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// maxLine is the longest line of a script: a managed policy's document fits many times.
const maxLine = 8 << 20

// ops are the edits that a script can hold, by the word of their "op" key.
var ops = []struct {
	name string
	make func() Edit
}{
	{"tighten", func() Edit { return new(Tighten) }},
	{"ownRole", func() Edit { return new(OwnRole) }},
	{"replaceManaged", func() Edit { return new(ReplaceManaged) }},
	{"pin", func() Edit { return new(Pin) }},
	{"split", func() Edit { return new(Split) }},
	{"merge", func() Edit { return new(Merge) }},
	{"moveTrigger", func() Edit { return new(MoveTrigger) }},
	{"newFunction", func() Edit { return new(NewFunction) }},
	{"newResource", func() Edit { return new(NewResource) }},
	{"newTrigger", func() Edit { return new(NewTrigger) }},
	{"grant", func() Edit { return new(Grant) }},
	{"mark", func() Edit { return new(Mark) }},
}

// ReadScript reads an edit script: JSON Lines, one edit a line, empty lines skipped. An op or key that is not
// known is an error that names the line.
func ReadScript(r io.Reader) ([]Edit, error) {
	var edits []Edit
	err := lines(r, func(n int, line []byte) error {
		e, err := readEdit(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		edits = append(edits, e)
		return nil
	})
	return edits, err
}

// lines calls f for each line that is not empty, with its number from 1.
func lines(r io.Reader, f func(n int, line []byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	n := 0
	for s.Scan() {
		n++
		line := bytes.TrimSpace(s.Bytes())
		if n == 1 {
			line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")))
		}
		if len(line) == 0 {
			continue
		}
		if err := f(n, line); err != nil {
			return err
		}
	}
	if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d: longer than %d MB", n+1, maxLine>>20)
	} else if err != nil {
		return fmt.Errorf("read edit script: %w", err)
	}
	return nil
}

func readEdit(line []byte) (Edit, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(line, &keys); err != nil {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	if err := checkKeys(line, reflect.TypeFor[any]()); err != nil {
		return nil, err
	}
	raw, ok := keys["op"]
	if !ok {
		return nil, fmt.Errorf(`there is no "op"`)
	}
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return nil, fmt.Errorf(`"op" must be a string`)
	}
	i := slices.IndexFunc(ops, func(o struct {
		name string
		make func() Edit
	}) bool {
		return o.name == name
	})
	if i < 0 {
		var names []string
		for _, o := range ops {
			names = append(names, o.name)
		}
		return nil, fmt.Errorf("unknown op %q; known are %s", name, strings.Join(names, ", "))
	}
	delete(keys, "op")
	rest, err := json.Marshal(keys)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	e := ops[i].make()
	if err := strict(rest, e); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return e, nil
}

// WriteScript writes edits as a script that ReadScript reads.
func WriteScript(w io.Writer, edits []Edit) error {
	for _, e := range edits {
		line, err := writeEdit(e)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("write edit script: %w", err)
		}
	}
	return nil
}

func writeEdit(e Edit) ([]byte, error) {
	name := ""
	for _, o := range ops {
		if fmt.Sprintf("%T", o.make()) == fmt.Sprintf("%T", e) {
			name = o.name
		}
	}
	if name == "" {
		return nil, fmt.Errorf("write %q: scripts have no op for it", e)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	body := bytes.TrimSpace(b.Bytes())
	out := []byte(`{"op":` + quote(name))
	if len(body) > len("{}") {
		out = append(out, ',')
	}
	return append(out, body[1:]...), nil
}

// A StepError is an edit of a script that could not be applied.
type StepError struct {
	Index int // of the edit, from 0
	Edit  Edit
	Err   error // a *Refusal, or what does not fit
}

// Error names the edit by number and sentence.
func (e *StepError) Error() string {
	return fmt.Sprintf("edit %d (%s): %v", e.Index+1, e.Edit, e.Err)
}

// Unwrap is the reason.
func (e *StepError) Unwrap() error { return e.Err }

// Run applies edits one after the other. The first that cannot be applied ends it with a *StepError; the steps
// before it are returned.
func Run(d *model.Design, edits []Edit) ([]Step, error) {
	h := NewHistory(d)
	for i, e := range edits {
		if _, err := h.Do(e); err != nil {
			return h.Steps(), &StepError{Index: i, Edit: e, Err: err}
		}
	}
	return h.Steps(), nil
}

// RunFitting applies the edits that fit and lists those that do not.
func RunFitting(d *model.Design, edits []Edit) ([]Step, []*StepError) {
	h := NewHistory(d)
	var misfits []*StepError
	for i, e := range edits {
		if _, err := h.Do(e); err != nil {
			misfits = append(misfits, &StepError{Index: i, Edit: e, Err: err})
		}
	}
	return h.Steps(), misfits
}

// MarshalJSON prints the document in IAM's grammar, or the list of accesses.
func (w With) MarshalJSON() ([]byte, error) {
	if w.Document != nil {
		return w.Document.MarshalJSON()
	}
	return json.Marshal(append([]Access{}, w.Accesses...))
}

// UnmarshalJSON reads a policy document (an object) or accesses (a list).
func (w *With) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if bytes.HasPrefix(data, []byte("[")) {
		if err := strict(data, &w.Accesses); err != nil {
			return err
		}
		if len(w.Accesses) == 0 {
			w.Accesses = nil
		}
		return nil
	}
	doc, err := policy.Parse(data)
	if err != nil {
		return fmt.Errorf("with: %w", err)
	}
	w.Document = doc
	return nil
}
