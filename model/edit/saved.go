package edit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
)

// savedVersion is the version of saved designs that is written.
const savedVersion = "design/v1"

// A SavedDesign is a reference to the sources plus the edits made on them: what a *.bulkhead file holds. It
// has no copy of the design, so it replays on the source as it is when opened.
type SavedDesign struct {
	Sources []SourceRef // none: a blank design
	Name    string      // of a blank design
	Params  map[string]string
	Region  string
	Account string
	Stack   string            // name of the stack: generated names, and so the hashes of statements, hold it
	Notes   map[string]string // of the steps that present it, by the step: "before", "before/fn/Shop", "after", "figures"
	Edits   []Edit
}

// A SourceRef names a source and the content that it had when the design was saved.
type SourceRef struct {
	Path   string `json:"path"` // relative to the saved design's folder, with slashes
	SHA256 string `json:"sha256,omitempty"`
}

// Hash is the SHA256 of a source's content as written in a SourceRef.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

type savedHeader struct {
	Bulkhead string            `json:"bulkhead"`
	Name     string            `json:"name,omitempty"`
	Sources  []SourceRef       `json:"sources"`
	Params   map[string]string `json:"params,omitempty"`
	Region   string            `json:"region,omitempty"`
	Account  string            `json:"account,omitempty"`
	Stack    string            `json:"stack,omitempty"`
}

// A savedNote is what is said at a step of a presentation: a line of its own, so that a review shows what changed.
type savedNote struct {
	Note string `json:"note"` // key of the step
	Text string `json:"text"`
}

// readNote reads a line as a note; nil where it is none.
func readNote(line []byte) (*savedNote, error) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(line, &keys) != nil || keys["note"] == nil || keys["op"] != nil {
		return nil, nil
	}
	n := &savedNote{}
	if err := strict(line, n); err != nil {
		return nil, fmt.Errorf("read note: %w", err)
	}
	if n.Note == "" {
		return nil, errors.New("a note names no step")
	}
	return n, nil
}

var savedFormat = regexp.MustCompile(`^design/v([0-9]+)$`)

// IsSaved reports whether data begins like a saved design.
func IsSaved(data []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("\n"))
	var h struct {
		Bulkhead string `json:"bulkhead"`
	}
	return json.Unmarshal(line, &h) == nil && savedFormat.MatchString(h.Bulkhead)
}

// ReadSaved reads a saved design. A version that is newer than ours is an error that says so.
func ReadSaved(r io.Reader) (*SavedDesign, error) {
	var s *SavedDesign
	err := lines(r, func(n int, line []byte) error {
		if s == nil {
			h, err := readHeader(line)
			if err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			s = &SavedDesign{Sources: h.Sources, Name: h.Name, Params: h.Params, Region: h.Region, Account: h.Account, Stack: h.Stack}
			return nil
		}
		note, err := readNote(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if note != nil {
			if s.Notes == nil {
				s.Notes = map[string]string{}
			}
			s.Notes[note.Note] = note.Text
			return nil
		}
		e, err := readEdit(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		s.Edits = append(s.Edits, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, errors.New(`the file is empty; a saved design begins with {"bulkhead": "` + savedVersion + `", …}`)
	}
	return s, nil
}

func readHeader(line []byte) (*savedHeader, error) {
	var version struct {
		Bulkhead string `json:"bulkhead"`
	}
	if err := json.Unmarshal(line, &version); err != nil || version.Bulkhead == "" {
		return nil, errors.New(`not a saved design: the first line must be {"bulkhead": "` + savedVersion + `", …}`)
	}
	if version.Bulkhead != savedVersion {
		m := savedFormat.FindStringSubmatch(version.Bulkhead)
		if m == nil {
			return nil, fmt.Errorf("not a saved design: it says it is %q", version.Bulkhead)
		}
		return nil, fmt.Errorf("the design was saved by a newer Bulkhead (%s; this one reads %s): update Bulkhead to open it", version.Bulkhead, savedVersion)
	}
	h := &savedHeader{}
	if err := strict(line, h); err != nil {
		return nil, err
	}
	for _, s := range h.Sources {
		if s.Path == "" {
			return nil, errors.New("a source has no path")
		}
	}
	return h, nil
}

// Write writes the design so that ReadSaved reads it: a header line, then one note and one edit a line.
func (s *SavedDesign) Write(w io.Writer) error {
	h := savedHeader{Bulkhead: savedVersion, Name: s.Name, Sources: s.Sources, Params: s.Params, Region: s.Region, Account: s.Account, Stack: s.Stack}
	if h.Sources == nil {
		h.Sources = []SourceRef{}
	}
	line, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write saved design: %w", err)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write saved design: %w", err)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Notes)) {
		line, err := json.Marshal(savedNote{key, s.Notes[key]})
		if err != nil {
			return fmt.Errorf("write saved design: %w", err)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("write saved design: %w", err)
		}
	}
	return WriteScript(w, s.Edits)
}
