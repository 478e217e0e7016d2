package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var serviceSpec = source{
	name: "@aws-cdk/aws-service-spec", version: "0.1.216", licence: "Apache-2.0", owner: "Copyright Amazon.com, Inc. or its affiliates",
	integrity: "sha512-O3Lu6v6J6RnI+Eenklbw8237kV64cTpM94QEXmlcmsIAzhcKrdd+qApZhlTL+H3IDt1JP6Vphbd+OOmq6r8pqw==",
	gives:     "CloudFormation resource types: ARN template, what Ref and GetAtt take, the naming property",
}

// A cfnType is a resource of the package's database, as far as it is used.
type cfnType struct {
	CloudFormationType string
	Name               string
	ARNTemplate        string `json:"arnTemplate"`
	PrimaryIdentifier  []string
	CfnRefIdentifier   []string
	Attributes         map[string]json.RawMessage
	Properties         map[string]json.RawMessage
}

// writeTypes writes one line a type, sorted, tab separated: name, ARN template, what Ref returns, attributes,
// naming property; lists by commas.
func writeTypes(p *pkg, dir string) error {
	packed, err := p.file("db.json.gz")
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	var db struct {
		Schema struct {
			Resource struct{ Entities []cfnType }
		}
	}
	if err := json.Unmarshal(text, &db); err != nil {
		return fmt.Errorf("decode db.json: %w", err)
	}
	var lines []string
	for _, t := range db.Schema.Resource.Entities {
		arn := t.arn()
		ref := t.CfnRefIdentifier
		if len(ref) == 0 {
			ref = t.PrimaryIdentifier
		}
		lines = append(lines, strings.Join([]string{
			t.CloudFormationType, arn, strings.Join(ref, ","),
			strings.Join(slices.Sorted(maps.Keys(t.Attributes)), ","), t.nameProperty(arn),
		}, "\t"))
	}
	slices.Sort(lines)
	return os.WriteFile(filepath.Join(dir, "types.txt"), []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// has returns the property, else the attribute, that name is, case ignored; "" if neither.
func (t cfnType) has(name string) string {
	for _, m := range []map[string]json.RawMessage{t.Properties, t.Attributes} {
		if _, ok := m[name]; ok {
			return name
		}
	}
	for _, m := range []map[string]json.RawMessage{t.Properties, t.Attributes} {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if strings.EqualFold(k, name) {
				return k
			}
		}
	}
	return ""
}

// arn is the ARN template with its variables renamed, where that is safe, to the property or attribute of the
// type that holds their value: ${EventBusName} of an EventBus is its Name, ${NaclId} of a NetworkAcl its Id.
func (t cfnType) arn() string {
	template := t.ARNTemplate
	if rest, ok := strings.CutPrefix(template, "arn:aws:"); ok { // some forget the other partitions
		template = "arn:${Partition}:" + rest
	}
	vars := variable.FindAllStringSubmatch(template, -1)
	return variable.ReplaceAllStringFunc(template, func(v string) string {
		name := v[2 : len(v)-1]
		switch name {
		case "Partition", "Region", "Account":
			return v
		}
		if known := t.has(name); known != "" {
			return "${" + known + "}"
		}
		if name != vars[len(vars)-1][1] {
			return v // a parent's
		}
		primary := ""
		if len(t.PrimaryIdentifier) == 1 && !strings.Contains(t.PrimaryIdentifier[0], "/") {
			primary = t.PrimaryIdentifier[0]
		}
		_, named := t.Properties[primary]
		switch {
		case strings.HasSuffix(name, "Name") && named && (strings.HasSuffix(primary, "Name") || strings.HasSuffix(primary, "Identifier")):
			return "${" + primary + "}"
		case strings.HasSuffix(name, "Name") && t.Properties["Name"] != nil:
			return "${Name}"
		case strings.HasSuffix(name, "Id") && !named && (strings.HasSuffix(primary, "Id")):
			return "${" + primary + "}"
		}
		return v
	})
}

// nameProperty is the property that ends the ARN, else the only part of the primary identifier if it is called
// a name, else a property called after the type; "" if there is none of them.
func (t cfnType) nameProperty(arn string) string {
	if vars := variable.FindAllStringSubmatch(arn, -1); len(vars) > 0 {
		if last := vars[len(vars)-1][1]; t.Properties[last] != nil {
			return last
		}
	}
	if len(t.PrimaryIdentifier) == 1 {
		if id := t.PrimaryIdentifier[0]; t.Properties[id] != nil && (strings.HasSuffix(id, "Name") || strings.HasSuffix(id, "Identifier")) {
			return id
		}
	}
	if arn == "" && t.Properties[t.Name+"Name"] != nil {
		return t.Name + "Name"
	}
	return ""
}
