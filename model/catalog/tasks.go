package catalog

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// TaskTexts calls f with each text of a state machine's definition and the key that it stands under, in the order of keys;
// reads says that it is of a task that only reads what it names. It is false where the definition is no JSON.
func TaskTexts(definition string, f func(key, text string, reads bool)) bool {
	var read any
	if json.Unmarshal([]byte(definition), &read) != nil {
		return false
	}
	taskTexts(read, "", false, 0, f)
	return true
}

func taskTexts(v any, key string, reads bool, depth int, f func(key, text string, reads bool)) {
	if depth > 200 {
		return
	}
	switch v := v.(type) {
	case string:
		f(key, v, reads)
	case []any:
		for _, e := range v {
			taskTexts(e, key, reads, depth+1, f)
		}
	case map[string]any:
		if call, ok := v["Resource"].(string); ok {
			reads = onlyReads(call)
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			taskTexts(v[k], k, reads, depth+1, f)
		}
	}
}

// An ItemSource is where a map of a state machine takes its items from: a bucket by its name, and the key, or the beginning of the keys, of
// the objects there; "" where the definition leaves that to the input.
type ItemSource struct{ Bucket, Key, Prefix string }

// ItemSources are those of a state machine's definition, in the order of keys (Step Functions Developer Guide, "ItemReader (Map)").
func ItemSources(definition string) []ItemSource {
	if !strings.Contains(definition, `"ItemReader"`) {
		return nil
	}
	var read any
	if json.Unmarshal([]byte(definition), &read) != nil {
		return nil
	}
	var out []ItemSource
	var look func(v any, depth int)
	look = func(v any, depth int) {
		if depth > 200 {
			return
		}
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				look(e, depth+1)
			}
		case map[string]any:
			if reader, ok := v["ItemReader"].(map[string]any); ok {
				for _, given := range [...]string{"Parameters", "Arguments"} {
					from, _ := reader[given].(map[string]any)
					told := func(name string) string {
						s, _ := from[name].(string)
						if strings.HasPrefix(s, "{%") { // JSONata
							return ""
						}
						return s
					}
					if s := (ItemSource{told("Bucket"), told("Key"), told("Prefix")}); s.Bucket != "" {
						out = append(out, s)
					}
				}
			}
			for _, k := range slices.Sorted(maps.Keys(v)) {
				look(v[k], depth+1)
			}
		}
	}
	look(read, 0)
	return out
}

// onlyReads reports whether a task's resource is a call that reads: "arn:aws:states:::dynamodb:getItem" (Step Functions
// developer guide, "Integrating services").
func onlyReads(resource string) bool {
	_, call, ok := strings.Cut(resource, ":states:::")
	if !ok {
		return false
	}
	call, _, _ = strings.Cut(call[strings.LastIndexByte(call, ':')+1:], ".")
	for _, verb := range [...]string{"get", "batchGet", "list", "describe", "query", "scan", "head", "receive", "select", "transactGet"} {
		if rest, ok := strings.CutPrefix(call, verb); ok && (rest == "" || rest[0] >= 'A' && rest[0] <= 'Z') {
			return true
		}
	}
	return false
}
