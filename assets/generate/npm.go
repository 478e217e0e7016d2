package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A source is an npm package at an exact version.
type source struct {
	name, version string
	integrity     string // as in a package lock: "sha512-" and base64
	licence       string // SPDX
	owner         string // copyright line
	gives         string // what is kept of it
}

// A pkg is a fetched package: its files by path, without the leading "package/".
type pkg struct {
	source
	files map[string][]byte
}

// file returns the contents of a file of the package.
func (p *pkg) file(name string) ([]byte, error) {
	b, ok := p.files[name]
	if !ok {
		return nil, fmt.Errorf("%s@%s has no file %s", p.name, p.version, name)
	}
	return b, nil
}

// fetch has npm download the package into dir, verifies its checksum and unpacks it in memory.
func fetch(s source, dir string) (*pkg, error) {
	cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, s.name+"@"+s.version)
	cmd.Dir = dir // away from any package.json
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s@%s: %w", s.name, s.version, err)
	}
	lines := strings.Fields(string(out))
	if len(lines) == 0 {
		return nil, errors.New("npm pack printed no file name")
	}
	// npm prints the bare file name, some versions with the scope's slash in it.
	ball, err := os.ReadFile(filepath.Join(dir, filepath.Base(lines[len(lines)-1])))
	if err != nil {
		return nil, fmt.Errorf("read what npm packed: %w", err)
	}
	sum := sha512.Sum512(ball)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != s.integrity {
		return nil, fmt.Errorf("checksum of %s@%s is %s, pinned is %s", s.name, s.version, got, s.integrity)
	}
	files, err := untar(ball)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return &pkg{s, files}, nil
}

func untar(ball []byte) (map[string][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(ball))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		b, err := io.ReadAll(t)
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(h.Name, "/")
		files[name] = b
	}
}
