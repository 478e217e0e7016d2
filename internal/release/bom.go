package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The part of CycloneDX that says what programs are made of.
// https://cyclonedx.org/docs/1.6/json/
type bom struct {
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Licenses   []license  `json:"licenses,omitempty"`
	PURL       string     `json:"purl,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type license struct {
	License    *named `json:"license,omitempty"`
	Expression string `json:"expression,omitempty"`
}

type named struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// bom writes what programs are made of, as Go has noted it in them.
func (r *release) bom(name string, programs ...string) error {
	notices, err := os.ReadFile(filepath.Join(r.root, "THIRD_PARTY_NOTICES.md"))
	if err != nil {
		return err
	}
	b, err := makeBOM("bulkhead", r.number(), r.date, licences(string(notices)), programs...)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return r.put(name+".cdx.json", append(data, '\n'))
}

func makeBOM(name, version string, at time.Time, licences map[string]string, programs ...string) (*bom, error) {
	self := component{Type: "application", Ref: "pkg:generic/" + name + "@" + version, Name: name, Version: version, Licenses: []license{{License: &named{ID: "Apache-2.0"}}}, PURL: "pkg:generic/" + name + "@" + version}
	out := &bom{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{Timestamp: at.Format(time.RFC3339), Component: self}}
	modules := map[string]component{}
	uses := dependency{Ref: self.Ref}
	for _, program := range programs {
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(program)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		file := component{Type: "file", Ref: "file:" + filepath.Base(program), Name: filepath.Base(program), Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}}}
		for _, s := range info.Settings {
			switch s.Key {
			case "GOOS", "GOARCH", "CGO_ENABLED", "-tags":
				file.Properties = append(file.Properties, property{"go:" + strings.TrimPrefix(s.Key, "-"), s.Value})
			}
		}
		std := component{Type: "library", Ref: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"), Name: "std", Version: strings.TrimPrefix(info.GoVersion, "go"),
			Licenses: []license{{License: &named{ID: "BSD-3-Clause"}}}, PURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go")}
		modules[std.Ref] = std
		of := dependency{Ref: file.Ref, DependsOn: []string{std.Ref}}
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			c := component{Type: "library", Ref: "pkg:golang/" + m.Path + "@" + m.Version, Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
			if m.Sum != "" {
				c.Properties = []property{{"go:sum", m.Sum}}
			}
			l := licences[m.Path]
			for up := path.Dir(m.Path); l == "" && up != "."; up = path.Dir(up) { // of a module with several
				l = licences[up]
			}
			if l != "" {
				c.Licenses = []license{licenceOf(l)}
			}
			modules[c.Ref] = c
			of.DependsOn = append(of.DependsOn, c.Ref)
		}
		slices.Sort(of.DependsOn)
		out.Components = append(out.Components, file)
		out.Dependencies = append(out.Dependencies, of)
		uses.DependsOn = append(uses.DependsOn, file.Ref)
	}
	for _, ref := range sortedKeys(modules) {
		out.Components = append(out.Components, modules[ref])
		out.Dependencies = append(out.Dependencies, dependency{Ref: ref})
	}
	out.Dependencies = append(out.Dependencies, uses)
	slices.SortFunc(out.Dependencies, func(a, b dependency) int { return cmp.Compare(a.Ref, b.Ref) })
	// The same content has the same serial number: a UUID made of its hash.
	content, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	out.SerialNumber = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	return out, nil
}

// known are the identifiers of licences, as SPDX has them, that the notices use.
var known = []string{"MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "MPL-2.0", "ISC", "Unlicense", "OFL-1.1", "EPL-1.0", "Zlib"}

// licenceOf is a licence as the notices write it: an identifier where it is one, else the words.
func licenceOf(text string) license {
	if first := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })[0]; slices.Contains(known, first) {
		return license{License: &named{ID: first}}
	}
	return license{License: &named{Name: text}}
}

var row = regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \|$`)

// licences reads the notices' table of modules: path to licence.
func licences(notices string) map[string]string {
	out := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(notices, -1) {
		for _, module := range strings.Split(m[1], ", ") {
			out[module] = m[2]
		}
	}
	return out
}
