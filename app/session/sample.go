package session

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"bulkhead/importers"
)

// SamplePrefix opens an embedded sample where a path is asked for: sample:webshop, sample:webshop/split.bulkhead.
const SamplePrefix = "sample:"

// OpenSample opens a sample by its name, with or without SamplePrefix. The path of the state has the prefix.
func OpenSample(ctx context.Context, samples fs.FS, name string, sources []importers.Source, o Options) (*Session, error) {
	name = strings.TrimPrefix(name, SamplePrefix)
	inside, err := samplePath(samples, name)
	if err != nil {
		return nil, err
	}
	sub, err := fs.Sub(samples, path.Dir(inside))
	if err != nil {
		return nil, fmt.Errorf("open %s%s: %w", SamplePrefix, name, err)
	}
	if o.Import.StackName == "" {
		o.Import.StackName = path.Dir(inside)
	}
	s, err := OpenFS(ctx, sub, path.Base(inside), sources, o)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Path, s.state.SavePath = SamplePrefix+name, "" // a sample is not written back
	s.publish()
	return s, nil
}

// samplePath is the file of a sample: "webshop" stands for its template or snapshot.
func samplePath(samples fs.FS, name string) (string, error) {
	for _, p := range []string{name, name + "/template.yaml", name + "/snapshot.json"} {
		if !fs.ValidPath(p) {
			continue
		}
		if info, err := fs.Stat(samples, p); err == nil && !info.IsDir() {
			return p, nil
		}
	}
	entries, err := fs.ReadDir(samples, ".")
	if err != nil {
		return "", fmt.Errorf("read the samples: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return "", fmt.Errorf("no sample is called %q; there are %s", name, strings.Join(names, ", "))
}
