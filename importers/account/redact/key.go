package redact

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// A Key is a secret that names are made from, and which became which. Whoever has it can turn redacted files back.
type Key struct {
	seed      []byte
	try       int               // which words and letters are drawn
	syllables int               // of a word; 0 before the first
	words     map[string]string // by atom
	accounts  map[string]string
	mixtures  map[string][]string // of an atom in lower case: how it is written in mixed case
}

// NewKey draws a key. Files redacted by different keys have nothing in common that tells that they are of one account, but
// their shape.
func NewKey() *Key {
	k := &Key{seed: make([]byte, 32)}
	_, _ = rand.Read(k.seed) // it never fails
	k.make()
	return k
}

func (k *Key) make() {
	if k.words == nil {
		k.words = map[string]string{}
	}
	if k.accounts == nil {
		k.accounts = map[string]string{}
	}
	if k.mixtures == nil {
		k.mixtures = map[string][]string{}
	}
}

// Skip makes the key draw other words and letters than the first n that it would.
func (k *Key) Skip(n int) { k.try = (k.try + n) % mostTries }

// mixed is which of an atom's mixtures of case this is.
func (k *Key) mixed(lower, atom string) int {
	if i := slices.Index(k.mixtures[lower], atom); i >= 0 {
		return i
	}
	k.mixtures[lower] = append(k.mixtures[lower], atom)
	return len(k.mixtures[lower]) - 1
}

type keyJSON struct {
	Bulkhead  string              `json:"bulkhead"`
	Seed      []byte              `json:"seed"`
	Try       int                 `json:"try"`
	Syllables int                 `json:"syllables"`
	Accounts  map[string]string   `json:"accounts"`
	Words     map[string]string   `json:"words"`
	Mixtures  map[string][]string `json:"mixtures"`
}

const keyVersion = "redaction/v1"

// ReadKey reads what Key.Bytes wrote.
func ReadKey(data []byte) (*Key, error) {
	var in keyJSON
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("not a key of redactions: %w", err)
	}
	switch {
	case in.Bulkhead != keyVersion:
		return nil, fmt.Errorf("not a key of redactions that this Bulkhead reads (%s)", keyVersion)
	case len(in.Seed) != 32 || in.Syllables < 0 || in.Syllables > 4 || in.Try < 0 || in.Try >= mostTries:
		return nil, errors.New("a damaged key of redactions")
	}
	k := &Key{in.Seed, in.Try, in.Syllables, in.Words, in.Accounts, in.Mixtures}
	k.make()
	return k, nil
}

// Bytes is the key as JSON: a secret.
func (k *Key) Bytes() []byte {
	out, _ := json.MarshalIndent(keyJSON{keyVersion, k.seed, k.try, k.syllables, k.accounts, k.words, k.mixtures}, "", " ") // texts alone
	return append(out, '\n')
}
