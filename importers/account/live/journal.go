package live

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// A journal is a file of what was answered, one answer a line, so that an import that was interrupted goes on from there. It
// holds no more than the snapshot will, and none but its owner may read it.
type journal struct {
	mu      sync.Mutex
	file    *os.File
	out     *bufio.Writer
	answers map[string]json.RawMessage // nil: there is nothing
	flushed time.Time
	err     error
}

type journalHead struct {
	Bulkhead string    `json:"bulkhead"`
	Account  string    `json:"account"`
	Caller   string    `json:"caller"`
	Regions  []string  `json:"regions"`
	Started  time.Time `json:"started"`
}

type journalLine struct {
	Key    string          `json:"k"`
	Answer json.RawMessage `json:"a,omitempty"`
}

const (
	journalVersion = "journal/v1"
	// staleAfter is how old answers may be that are put beside new ones.
	staleAfter = 12 * time.Hour
)

// openJournal opens a file that is there, or makes it; "" keeps nothing. One of another account is refused, one that is stale, or
// of a version that is not known, begun anew.
func openJournal(path string, who Identity, o Options) (*journal, error) {
	j := &journal{answers: map[string]json.RawMessage{}}
	if path == "" {
		return j, nil
	}
	head := journalHead{Bulkhead: journalVersion, Account: who.Account, Caller: who.ARN, Regions: o.Regions, Started: o.now().UTC()}
	good := 0
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read what an earlier import has left: %w", err)
	default:
		var old journalHead
		first, rest, whole := bytes.Cut(data, []byte("\n"))
		if json.Unmarshal(first, &old) == nil && old.Bulkhead == journalVersion {
			if old.Account != who.Account {
				return nil, fmt.Errorf("%s is of an import of account %s, and this is %s: remove it, or write to another -o", path, old.Account, who.Account)
			}
			if age := o.now().Sub(old.Started); age >= 0 && age < staleAfter && sameCaller(old.Caller, who.ARN) && whole {
				good = len(first) + 1 + j.load(rest)
				head = old
			}
		}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Truncate(int64(good)))
	}
	if err == nil {
		_, err = f.Seek(int64(good), 0)
	}
	if err != nil {
		return nil, fmt.Errorf("keep what is answered: %w", err)
	}
	j.file, j.out = f, bufio.NewWriterSize(f, 64<<10)
	if good == 0 {
		line, _ := json.Marshal(head) //nolint:errcheck // texts
		_, _ = j.out.Write(append(line, '\n'))
		_ = j.out.Flush()
	}
	return j, nil
}

// sameCaller reports whether two ARNs are of one caller: sessions of a role are named anew each time it is assumed.
func sameCaller(a, b string) bool {
	role := func(arn string) string {
		if i := strings.LastIndexByte(arn, '/'); strings.Contains(arn, ":assumed-role/") {
			return arn[:i]
		}
		return arn
	}
	return role(a) == role(b)
}

// load takes over lines as long as they are whole, and returns their length.
func (j *journal) load(data []byte) int {
	at := 0
	for line := range bytes.Lines(data) {
		var l journalLine
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &l) != nil {
			break
		}
		j.answers[l.Key] = slices.Clone(l.Answer)
		at += len(line)
	}
	return at
}

// find is what a call was answered; nil where there is nothing.
func (j *journal) find(key string) (json.RawMessage, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	a, ok := j.answers[key]
	return a, ok
}

// forget drops what calls were answered.
func (j *journal) forget(keys []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, k := range keys {
		delete(j.answers, k)
	}
}

// add keeps an answer; a nil one says that there is nothing.
func (j *journal) add(key string, out any) {
	j.mu.Lock()
	if out == nil {
		j.answers[key] = nil
	}
	keeps := j.file != nil
	j.mu.Unlock()
	if !keeps {
		return
	}
	l := journalLine{Key: key}
	if out != nil {
		l.Answer, _ = json.Marshal(out) //nolint:errcheck // what was decoded
	}
	line, err := json.Marshal(l)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		_, err = j.out.Write(append(line, '\n'))
	}
	if now := time.Now(); err == nil && now.Sub(j.flushed) > time.Second {
		j.flushed, err = now, j.out.Flush()
	}
	j.err = errors.Join(j.err, err)
}

// close writes what is still to be written.
func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return j.err
	}
	err := errors.Join(j.err, j.out.Flush(), j.file.Close())
	j.file = nil
	if err != nil {
		return fmt.Errorf("keep what is answered: %w", err)
	}
	return nil
}
