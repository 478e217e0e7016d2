package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bulkhead/importers"
	"bulkhead/model/edit"
)

// onDisk is what is known of a source's file on disk.
type onDisk struct {
	time    time.Time
	size    int64
	changed bool // its content is not what was read, or written here
}

// Changed lists the files of the source that are on disk no longer as they were read, or as WriteSource wrote them; those
// that are gone are among them. Files are read only where their time or size is new, so it can be asked often. A source
// that is no file on disk never changes.
func (s *Session) Changed() []string {
	if !s.onDisk() {
		return nil
	}
	in, expected := s.State().Import, s.sourceFiles()
	s.mu.Lock()
	seen := maps.Clone(s.seen)
	s.mu.Unlock()
	if seen == nil {
		seen = map[string]onDisk{}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		dir, within, ok := in.Locate(name)
		if !ok {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(within))
		info, err := os.Stat(path)
		if err != nil {
			delete(seen, name)
			if errors.Is(err, os.ErrNotExist) {
				out = append(out, name)
			}
			continue
		}
		was, ok := seen[name]
		if !ok || !was.time.Equal(info.ModTime()) || was.size != info.Size() {
			data, err := os.ReadFile(path)
			if err != nil {
				continue // it may be readable the next time
			}
			was = onDisk{info.ModTime(), info.Size(), !bytes.Equal(data, expected[name])}
			seen[name] = was
		}
		if was.changed {
			out = append(out, name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = seen
	return out
}

// Reload imports the source again, as it is on disk now, and does the edits again that are not in it yet: those that
// WriteSource wrote are left out. The session that comes back shows the same; this one stays as it is. Where edits no
// longer fit it is a *MisfitError, unless o.Fitting.
func (s *Session) Reload(ctx context.Context, sources []importers.Source, o Options) (*Session, error) {
	s.mu.Lock()
	st, disk, saved, noted, written := s.state, s.disk, s.saved, s.noted, s.writtenEdits
	s.mu.Unlock()
	if len(disk) == 0 || st.Import.Source == nil {
		return nil, fmt.Errorf("%s: it is no file on disk that could be read again", st.Title)
	}
	o.Import = st.Import.Options
	in, err := importers.OpenAll(ctx, sources, disk, o.Import)
	if err != nil {
		return nil, err
	}
	edits := notIn(written, edit.Edits(st.Steps))
	quiet := o
	quiet.Idle = true // until the edits are done
	next := start(in, quiet)
	next.disk = disk
	next.mu.Lock()
	defer next.mu.Unlock()
	var misfits []*edit.StepError
	for i, e := range edits {
		if _, err := next.history.Do(e); err != nil {
			misfits = append(misfits, &edit.StepError{Index: i, Edit: e, Err: err})
		}
	}
	if len(misfits) > 0 && !o.Fitting {
		next.closed = true
		return nil, &MisfitError{Path: st.Path, Misfits: misfits}
	}
	now := &next.state
	now.Path, now.SavePath, now.Misfits, now.Vulnerable, now.Notes = st.Path, st.SavePath, misfits, st.Vulnerable, st.Notes
	next.noted = noted
	if now.After.Design = next.history.Design(); now.After.Design.Element(st.Selected) != nil {
		now.Selected = st.Selected
	}
	if now.After.Design.Element(st.Start) != nil {
		now.Start = st.Start
	}
	if len(written) == 0 || st.SavePath != "" {
		next.saved = saved
	}
	next.work.idle = o.Idle
	next.edited()
	return next, nil
}

// notIn lists the edits that a source lacks into which others were written: all after those that both begin with, and what
// is never written.
func notIn(written, edits []edit.Edit) []edit.Edit {
	var out []edit.Edit
	same := true
	for i, e := range edits {
		same = same && i < len(written) && written[i] == e
		if !same || onlyHere(e) {
			out = append(out, e)
		}
	}
	return out
}

// onlyHere reports whether an edit says something that no source can hold: it lives in the saved design alone.
func onlyHere(e edit.Edit) bool {
	switch e.(type) {
	case *edit.Mark, *edit.Pin:
		return true
	}
	return false
}
