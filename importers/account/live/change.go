package live

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

var errVersion = errors.New("it is no snapshot of this version")

// Read reads a snapshot that Write wrote, to compare it with a newer one. For a design, open it. One of another version is told by
// errVersion, and returned as far as it is understood.
func Read(path string) (*Snapshot, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if data, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	var s Snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	if s.Bulkhead != Version {
		return &s, errVersion
	}
	return &s, nil
}

// Before is the snapshot that one of an account would be written over, nil where there is none. What is there and is no such
// snapshot is an error: it would be lost.
func Before(path, account string) (*Snapshot, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%s cannot be written: its folder is not there", path)
		}
		return nil, nil
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder: name a file in it", path)
	}
	s, err := Read(path)
	switch {
	case errors.Is(err, errVersion) && s.Bulkhead != "":
		return nil, fmt.Errorf("%s is a snapshot of another version of Bulkhead (%s): write to another file", path, s.Bulkhead)
	case err != nil:
		return nil, fmt.Errorf("%s is there and is no whole snapshot: write to another file, or remove it", path)
	case s.Account != account:
		return nil, fmt.Errorf("%s is a snapshot of account %s, and this is %s: write to another file", path, s.Account, account)
	}
	return s, nil
}

// Since says what changed since an earlier snapshot of the same account, a line each; nothing for another account's.
func (s *Snapshot) Since(before *Snapshot) []string {
	if before.Account != s.Account {
		return nil
	}
	was, is := before.things(), s.things()
	var out []string
	for _, key := range slices.Sorted(maps.Keys(is)) {
		switch old, ok := was[key]; {
		case !ok:
			out = append(out, "+ "+key)
		case old != is[key]:
			out = append(out, "~ "+key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		if _, ok := is[key]; !ok {
			out = append(out, "- "+key)
		}
	}
	if len(out) == 0 {
		return []string{"nothing changed since " + before.Taken}
	}
	const most = 40
	head := fmt.Sprintf("changed since %s:", before.Taken)
	if len(out) > most {
		out = append(out[:most:most], fmt.Sprintf("… and %s more", group(len(out)-most)))
	}
	return append([]string{head}, out...)
}

// things are what is in a snapshot, each with how it is written.
func (s *Snapshot) things() map[string]string {
	out := map[string]string{}
	add := func(kind, name string, x any) {
		text, _ := json.Marshal(x) //nolint:errcheck // it was read, or is about to be written
		out[kind+" "+name] += string(text)
	}
	for _, x := range s.Authorization.UserDetailList {
		add("user", x.UserName, x)
	}
	for _, x := range s.Authorization.GroupDetailList {
		add("group", x.GroupName, x)
	}
	for _, x := range s.Authorization.RoleDetailList {
		add("role", x.RoleName, x)
	}
	for _, x := range s.Authorization.Policies {
		add("managed policy", x.Arn, x)
	}
	for _, x := range s.Functions {
		add("function", x.FunctionArn, x)
	}
	for _, x := range s.Aliases {
		add("alias", x.AliasArn, x)
	}
	for _, x := range s.InvokeConfigs {
		add("destinations of", x.FunctionArn, x)
	}
	for _, x := range s.Mappings {
		add("event source mapping", x.EventSourceArn+" → "+x.FunctionArn, x)
	}
	for _, x := range s.Policies {
		add("policy of", x.Resource, x.Policy)
	}
	for _, x := range s.Resources {
		add("resource", x.Arn, x)
	}
	for _, x := range s.Triggers {
		add("trigger", x.Kind+" "+x.From+" → "+x.To, x)
	}
	for _, x := range s.KeyGrants {
		add("grant of key", x.KeyId+" "+x.GrantId, x)
	}
	for _, x := range s.SCPs {
		add("service control policies of", x.Target, x)
	}
	for _, x := range s.RCPs {
		add("resource control policies of", x.Target, x)
	}
	for _, x := range s.Problems {
		add("not seen:", x.Call, x)
	}
	return out
}

// String says what was not seen, and why, in a line.
func (p Problem) String() string {
	text := p.Call + ": " + p.Error
	switch n := len(p.About); {
	case n == 1:
		text += ", for " + p.About[0]
	case n > 1:
		text += fmt.Sprintf(", for %s and %s more", p.About[0], group(n-1))
	}
	return text
}
