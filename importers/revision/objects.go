package revision

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bulkhead/importers"
)

// objects are the trees and blobs of a repository, from one git that answers for all, and remembered.
type objects struct {
	ctx context.Context
	dir string

	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	err     error // of the git; nothing more comes of it
	blobs   map[string][]byte
	folders map[string][]entry
}

var errClosed = errors.New("the revision is closed")

// start starts git when the first object is asked for. o.mu is held.
func (o *objects) start() error {
	if o.cmd != nil || o.err != nil {
		return o.err
	}
	cmd := exec.CommandContext(o.ctx, "git", "-C", o.dir, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	o.cmd, o.in, o.out = cmd, in, bufio.NewReader(out)
	o.blobs, o.folders = map[string][]byte{}, map[string][]entry{}
	return nil
}

func (o *objects) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = errClosed
	}
	if o.cmd == nil {
		return nil
	}
	cmd := o.cmd
	o.cmd = nil
	o.in.Close() //nolint:errcheck // git ends when its input does, or was killed
	return cmd.Wait()
}

// read asks git for an object. o.mu is held.
func (o *objects) read(hash, kind string) ([]byte, error) {
	if err := o.start(); err != nil {
		return nil, err
	}
	data, err, broken := o.ask(hash, kind)
	if broken {
		if o.ctx.Err() != nil {
			err = o.ctx.Err()
		}
		o.err = err
	}
	return data, err
}

func (o *objects) ask(hash, kind string) (data []byte, err error, broken bool) { //nolint:revive // the error is the answer, broken is about what comes later
	if _, err := fmt.Fprintln(o.in, hash); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err), true
	}
	line, err := o.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err), true
	}
	fields := strings.Fields(line)
	if len(fields) != 3 { // HASH missing
		return nil, fmt.Errorf("the repository lacks the object %s: fetch it", hash[:min(12, len(hash))]), false
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %q", line), true
	}
	if size > importers.MaxFile {
		if _, err := io.CopyN(io.Discard, o.out, size+1); err != nil {
			return nil, fmt.Errorf("git cat-file: %w", err), true
		}
		return nil, fmt.Errorf("more than the %d MB that are read", importers.MaxFile>>20), false
	}
	data = make([]byte, size+1) // a line feed ends it
	if _, err := io.ReadFull(o.out, data); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err), true
	}
	if fields[1] != kind {
		return nil, fmt.Errorf("the object %s is a %s, not a %s", hash[:min(12, len(hash))], fields[1], kind), false
	}
	return data[:size:size], nil, false
}

// blob is the content of a file, or where a symbolic link leads.
func (o *objects) blob(hash string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if data, ok := o.blobs[hash]; ok {
		return data, nil
	}
	data, err := o.read(hash, "blob")
	if err == nil {
		o.blobs[hash] = data
	}
	return data, err
}

// folder is what is in a folder, sorted by name.
func (o *objects) folder(e entry) ([]entry, error) {
	if e.hash == "" {
		return nil, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if entries, ok := o.folders[e.hash]; ok {
		return entries, nil
	}
	data, err := o.read(e.hash, "tree")
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(data, len(e.hash)/2)
	if err == nil {
		o.folders[e.hash] = entries
	}
	return entries, err
}

// parseTree reads a tree object: MODE SP NAME NUL HASH, one after the other.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
func parseTree(data []byte, hash int) ([]entry, error) {
	var out []entry
	for len(data) > 0 {
		mode, rest, ok := bytes.Cut(data, []byte(" "))
		name, rest, named := bytes.Cut(rest, []byte{0})
		if !ok || !named || len(rest) < hash {
			return nil, errors.New("a folder of the repository is damaged")
		}
		e := entry{name: string(name), hash: hex.EncodeToString(rest[:hash])}
		switch string(mode) {
		case "40000":
			e.kind = fs.ModeDir
		case "120000":
			e.kind = fs.ModeSymlink
		case "160000":
			e.kind, e.hash = fs.ModeDir, ""
		}
		out = append(out, e)
		data = rest[hash:]
	}
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// info is what is known of a file without its content.
type info struct {
	entry
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.kind == fs.ModeDir }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.kind == fs.ModeDir {
		return i.kind | 0o755
	}
	return i.kind | 0o644
}
