package yamlpos_test

import (
	"strings"
	"testing"

	"bulkhead/importers/yamlpos"
)

// FuzzParse holds for any bytes: no panic, and every span parses to its element.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"a: one\n  two # c\nb: [x, {y: 'z'}, !Ref \"q\"]\n",
		"a: |\n  x\n\n   y\n\nb: >+2\n    z\n\n",
		"- &x {a: 1}\n- *x\n-\n- ? k\n  : v\n- <<: *x\n",
		"{\"a\": [1, null, \"\\u00e9\\ud83d\\ude00\"], \"b\":\t{}}",
		"a:\r\n- b\r\n-  c: 'it''s'\r\n   d: \"x\\\n   y\"\r\n",
		"\ufeff--- !T\né: ü\n...\n--- x\n",
		"a: !Sub\n  - '${x}'\n  - {x: !GetAtt [B, Arn]}\n",
		"a:\n\tb: 1\n", "[a: b, ? c, : d, {e, f: }]", "|+\n\n x\n \n", "&a !b\n", "? |\n x\n: - y\n",
		"?", "? ", "0::", "-:", " !", "! : ", "[{0}:0]", "        0:\n        0:", "0: |\n 000000 ", "0: 0\n0: [0\n0] ",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, _, err := yamlpos.Parse("fuzz.yaml", data)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") || !strings.HasPrefix(err.Error(), "fuzz.yaml:") {
				t.Errorf("not one line with a place: %q", err)
			}
			if strings.Contains(err.Error(), "cannot tell where") {
				t.Error(err)
			}
			return
		}
		checkSpans(t, "fuzz.yaml", data, root)
	})
}
