package reach

import "encoding/json"

// stringsAt lists the plain strings that an event pattern asks for at a key; false where it does not ask, cannot be
// read, or asks for anything but plain strings.
func stringsAt(pattern, key string) ([]string, bool) {
	var top map[string]json.RawMessage
	if json.Unmarshal([]byte(pattern), &top) != nil || top[key] == nil {
		return nil, false
	}
	var out []string
	if json.Unmarshal(top[key], &out) != nil {
		return nil, false
	}
	return out, true
}
