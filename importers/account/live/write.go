package live

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Encode writes a snapshot as JSON that people can read.
func (s *Snapshot) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("write the snapshot: %w", err)
	}
	return b.Bytes(), nil
}

// Write writes a snapshot, whole or not at all, for its owner alone; compressed where the path ends in .gz.
func (s *Snapshot) Write(path string) error {
	data, err := s.Encode()
	if err != nil {
		return err
	}
	return WriteFile(path, data)
}

// WriteFile writes a file, whole or not at all, for its owner alone; compressed where the path ends in .gz.
func WriteFile(path string, data []byte) (err error) {
	if strings.HasSuffix(path, ".gz") {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) //nolint:errcheck // a level that there is
		_, err := z.Write(data)
		if err = errors.Join(err, z.Close()); err != nil {
			return fmt.Errorf("compress %s: %w", path, err)
		}
		data = b.Bytes()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".bulkhead-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) //nolint:errcheck // it may be gone
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	_, err = io.Copy(f, bytes.NewReader(data))
	if err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
