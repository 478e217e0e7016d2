package policy

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever value a key has, some point of its space answers the conditions the same way.
func TestKeySpacesLeaveNothingOut(t *testing.T) {
	type pool struct {
		operators, policy []string
		request           *rapid.Generator[string]
	}
	text := func(alphabet string, n int) *rapid.Generator[string] {
		return rapid.StringOfN(rapid.SampledFrom([]rune(alphabet)), 0, n, -1)
	}
	pools := map[string]pool{
		"text": {
			[]string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "BinaryEquals"},
			[]string{"", "a", "ab", "a*", "*b", "?", "a?b*", "*a*", "YWI="}, text("ab*?", 5),
		},
		"number": {
			[]string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEqualsIfExists"},
			[]string{"0", "1", "1.5", "-3", "10", "1e1", "x"}, rapid.SampledFrom([]string{"0", "0.5", "1", "1.25", "1.5", "2", "-3", "-4", "10", "11", "100000", "-99999", "y", ""}),
		},
		"date": {
			[]string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
			[]string{"2024-01-01", "2024-01-01T00:00:01Z", "1704067200", "2025-06-01T00:00:00Z", "x"},
			rapid.SampledFrom([]string{"2023-12-31", "2024-01-01", "2024-01-01T00:00:00.5Z", "2024-01-01T00:00:01Z", "2024-07-01", "2025-06-01", "2030", "0", "x"}),
		},
		"address": {
			[]string{"IpAddress", "NotIpAddress", "IpAddressIfExists"},
			[]string{"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "::/0", "255.255.255.255", "x"},
			rapid.SampledFrom([]string{"10.0.0.0", "10.1.0.0", "10.1.2.3", "10.1.2.4", "10.2.0.0", "11.0.0.0", "9.255.255.255", "0.0.0.0", "255.255.255.255", "2001:db8::5", "2001:db9::", "::1", "::ffff:10.1.2.3", "y"}),
		},
		"flag": {[]string{"Bool", "BoolIfExists"}, []string{"true", "false", "True", "x"}, rapid.SampledFrom([]string{"true", "false", "TRUE", "x", ""})},
		"ARN": {
			[]string{"ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEqualsIfExists"},
			[]string{"*", "arn:aws:s3:::a", "arn:aws:s3:::*", "arn:*:s3", "arn:aws:*:*:1:a*", "arn:aws:s?:::a", "arn:aws"},
			rapid.SampledFrom([]string{"arn:aws:s3:::a", "arn:aws:s3:::b", "arn:x:s3:::a", "arn:aws:sq:::a", "arn:aws:sqs:r:1:a:b", "arn:aws:s3:r:1:b", "arn:aws", "x", "", "arn:aws:s3:::a:b"}),
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"text", "number", "date", "address", "flag", "ARN"}
		p := pools[rapid.SampledFrom(names).Draw(t, "family")]
		sets := rapid.Bool().Draw(t, "sets")
		var list []*condition
		for range rapid.IntRange(1, 4).Draw(t, "conditions") {
			c := Condition{Key: "k:k", Operator: rapid.SampledFrom(p.operators).Draw(t, "operator")}
			c.Values = rapid.SliceOfNDistinct(rapid.SampledFrom(p.policy), 1, 3, rapid.ID[string]).Draw(t, "values")
			if sets {
				c.Operator = rapid.SampledFrom([]string{"ForAllValues:", "ForAnyValue:", ""}).Draw(t, "set") + c.Operator
			}
			if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
				c = Condition{"Null", "k:k", []string{rapid.SampledFrom([]string{"true", "false"}).Draw(t, "flag")}}
			}
			compiled := compileCondition(&c, true)
			list = append(list, &compiled)
		}
		spaces := keySpaces(list, nil)
		// Without a set operator a key has one value.
		sets = slices.ContainsFunc(list, func(c *condition) bool { return c.qualifier != plain })
		for range 5 {
			var values []string
			if n := rapid.IntRange(0, 3).Draw(t, "n"); n > 0 {
				if !sets {
					n = 1
				}
				values = rapid.SliceOfN(p.request, n, n).Draw(t, "request")
			}
			req := Request{Context: Context{}}
			if values != nil {
				req.Context["k:k"] = values
			} else {
				req.Absent = []string{"k:k"}
			}
			v := view{req: &req, tags: present}
			for _, sp := range spaces {
				want := make([]bool, len(sp.conditions))
				for i, c := range sp.conditions {
					answer, broken := c.eval(&v)
					want[i] = answer == yes && !broken
				}
				if !sp.lost && !slices.ContainsFunc(sp.points, func(p keyPoint) bool { return slices.Equal(p.holds, want) }) {
					text := ""
					for _, c := range sp.conditions {
						text += c.from.String() + "; "
					}
					t.Fatalf("%q answers %v to %sand no point does: %s", values, want, text, fmt.Sprint(sp.points))
				}
			}
		}
	})
}
