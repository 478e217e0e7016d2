package terraform

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"bulkhead/importers/yamlpos"
)

// moreFunctions are those of Terraform that go-cty lacks.
var moreFunctions = map[string]function.Function{
	"base64encode": ofText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }),
	"base64decode": ofText(func(s string) (string, error) {
		out, err := base64.StdEncoding.DecodeString(s)
		return string(out), err
	}),
	"md5":    ofText(func(s string) (string, error) { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]), nil }),
	"sha1":   ofText(func(s string) (string, error) { h := sha1.Sum([]byte(s)); return hex.EncodeToString(h[:]), nil }),
	"sha256": ofText(func(s string) (string, error) { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]), nil }),
	"sha512": ofText(func(s string) (string, error) { h := sha512.Sum512([]byte(s)); return hex.EncodeToString(h[:]), nil }),
	"base64sha256": ofText(func(s string) (string, error) {
		h := sha256.Sum256([]byte(s))
		return base64.StdEncoding.EncodeToString(h[:]), nil
	}),
	"base64sha512": ofText(func(s string) (string, error) {
		h := sha512.Sum512([]byte(s))
		return base64.StdEncoding.EncodeToString(h[:]), nil
	}),
	"urlencode":   ofText(func(s string) (string, error) { return url.QueryEscape(s), nil }),
	"urldecode":   ofText(url.QueryUnescape),
	"yamldecode":  free(1, 1, func(a []cty.Value) (cty.Value, error) { return yamlValue(a[0]) }),
	"startswith":  ofTexts(func(a, b string) cty.Value { return cty.BoolVal(strings.HasPrefix(a, b)) }),
	"endswith":    ofTexts(func(a, b string) cty.Value { return cty.BoolVal(strings.HasSuffix(a, b)) }),
	"strcontains": ofTexts(func(a, b string) cty.Value { return cty.BoolVal(strings.Contains(a, b)) }),
	"replace":     free(3, 3, replaceText),
	"index":       free(2, 2, indexOf),
	"one":         free(1, 1, one),
	"sum":         free(1, 1, sum),
	"alltrue":     free(1, 1, func(a []cty.Value) (cty.Value, error) { return allOf(a[0], false) }),
	"anytrue":     free(1, 1, func(a []cty.Value) (cty.Value, error) { return allOf(a[0], true) }),
	"matchkeys":   free(3, 3, matchKeys),
	"transpose":   free(1, 1, transpose),
	"timecmp":     free(2, 2, timeCompare),
	"cidrhost":    free(2, 2, cidrHost),
	"cidrnetmask": free(1, 1, cidrNetmask),
	"cidrsubnet":  free(3, 3, cidrSubnet),
	"map":         free(0, 10_000, mapOf),
	"list":        free(0, 10_000, func(a []cty.Value) (cty.Value, error) { return cty.TupleVal(a), nil }),
	"type":        free(1, 1, func(a []cty.Value) (cty.Value, error) { return cty.StringVal(a[0].Type().FriendlyName()), nil }),

	"provider::aws::arn_parse": free(1, 1, arnParse),
	"provider::aws::arn_build": free(5, 5, func(a []cty.Value) (cty.Value, error) {
		parts := []string{"arn"}
		for _, v := range a {
			t, err := convert.Convert(v, cty.String)
			if err != nil || t.IsNull() {
				return cty.NilVal, errors.New("arn_build takes texts")
			}
			parts = append(parts, t.AsString())
		}
		return cty.StringVal(strings.Join(parts, ":")), nil
	}),
}

// mapOf is map, of Terraform before version 0.12: keys and values by turns.
func mapOf(args []cty.Value) (cty.Value, error) {
	if len(args)%2 != 0 {
		return cty.NilVal, errors.New("map takes keys and values by turns")
	}
	out := map[string]cty.Value{}
	for i := 0; i < len(args); i += 2 {
		k, err := convert.Convert(args[i], cty.String)
		if err != nil || k.IsNull() {
			return cty.NilVal, errors.New("the keys of map are texts")
		}
		out[k.AsString()] = args[i+1]
	}
	return cty.ObjectVal(out), nil
}

// free is a function of any values, whose result has whatever type it has. Arguments that are unknown give an unknown result.
func free(least, most int, f func([]cty.Value) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "arguments", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if len(args) < least || len(args) > most {
				return cty.NilVal, fmt.Errorf("it takes %d arguments", least)
			}
			for _, a := range args {
				if !a.IsWhollyKnown() {
					return cty.DynamicVal, nil
				}
			}
			return f(args)
		},
	})
}

func ofText(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := f(args[0].AsString())
			return cty.StringVal(out), err
		},
	})
}

func ofTexts(f func(a, b string) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "a", Type: cty.String}, {Name: "b", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return f(args[0].AsString(), args[1].AsString()), nil
		},
	})
}

// replaceText is replace: of a text between slashes, by a regular expression. Tokens stay as they are.
func replaceText(a []cty.Value) (cty.Value, error) {
	var t [3]cty.Value
	for i := range t {
		c, err := convert.Convert(a[i], cty.String)
		if err != nil || c.IsNull() {
			return cty.NilVal, errors.New("replace takes texts")
		}
		t[i] = c
	}
	var failed error
	one := func(s string) string {
		from := t[1].AsString()
		if len(from) > 1 && strings.HasPrefix(from, "/") && strings.HasSuffix(from, "/") {
			v, err := stdlib.RegexReplace(cty.StringVal(s), cty.StringVal(from[1:len(from)-1]), t[2])
			if err != nil {
				failed = err
				return s
			}
			return v.AsString()
		}
		return strings.ReplaceAll(s, from, t[2].AsString())
	}
	out := around(t[0].AsString(), one, func(s string) string {
		return tokenText("replace(" + s[2:len(s)-1] + ", " + t[1].AsString() + ", " + t[2].AsString() + ")")
	})
	return cty.StringVal(out), failed
}

func elements(v cty.Value) ([]cty.Value, error) {
	if v.IsNull() || !v.CanIterateElements() {
		return nil, errors.New("this is no list")
	}
	var out []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		out = append(out, e)
	}
	return out, nil
}

func indexOf(a []cty.Value) (cty.Value, error) {
	list, err := elements(a[0])
	if err != nil {
		return cty.NilVal, err
	}
	for i, e := range list {
		if is := same(e, a[1]); is.IsKnown() && is.True() {
			return cty.NumberIntVal(int64(i)), nil
		}
	}
	return cty.NilVal, errors.New("the list has no such element")
}

func one(a []cty.Value) (cty.Value, error) {
	if a[0].IsNull() {
		return a[0], nil
	}
	list, err := elements(a[0])
	switch {
	case err != nil:
		return cty.NilVal, err
	case len(list) == 0:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case len(list) > 1:
		return cty.NilVal, errors.New("the list has more than one element")
	}
	return list[0], nil
}

func sum(a []cty.Value) (cty.Value, error) {
	list, err := elements(a[0])
	if err != nil {
		return cty.NilVal, err
	}
	total := cty.Zero
	for _, e := range list {
		n, err := convert.Convert(e, cty.Number)
		if err != nil || n.IsNull() || !n.IsKnown() {
			return cty.NilVal, errors.New("sum takes numbers")
		}
		total = total.Add(n)
	}
	return total, nil
}

// allOf is alltrue, or with stop anytrue.
func allOf(v cty.Value, stop bool) (cty.Value, error) {
	list, err := elements(v)
	if err != nil {
		return cty.NilVal, err
	}
	answer := cty.BoolVal(!stop)
	for _, e := range list {
		b := truth(e)
		if e.IsNull() {
			b = cty.False
		}
		switch {
		case !b.IsKnown():
			answer = b
		case b.True() == stop:
			return cty.BoolVal(stop), nil
		}
	}
	return answer, nil
}

func matchKeys(a []cty.Value) (cty.Value, error) {
	values, err1 := elements(a[0])
	keys, err2 := elements(a[1])
	wanted, err3 := elements(a[2])
	if err := errors.Join(err1, err2, err3); err != nil || len(values) != len(keys) {
		return cty.NilVal, errors.New("matchkeys takes lists, the first two of one length")
	}
	if len(keys)*len(wanted) > maxRepeat {
		return cty.NilVal, errTooMuch
	}
	var out []cty.Value
	for i, k := range keys {
		for _, w := range wanted {
			if is := same(k, w); is.IsKnown() && is.True() {
				out = append(out, values[i])
				break
			}
		}
	}
	return cty.TupleVal(out), nil
}

func transpose(a []cty.Value) (cty.Value, error) {
	if a[0].IsNull() || !a[0].Type().IsMapType() && !a[0].Type().IsObjectType() {
		return cty.NilVal, errors.New("transpose takes a map of lists")
	}
	out := map[string][]cty.Value{}
	for it := a[0].ElementIterator(); it.Next(); {
		k, v := it.Element()
		list, err := elements(v)
		if err != nil {
			return cty.NilVal, err
		}
		for _, e := range list {
			t, err := convert.Convert(e, cty.String)
			if err != nil || t.IsNull() {
				return cty.NilVal, errors.New("transpose takes a map of lists of texts")
			}
			out[t.AsString()] = append(out[t.AsString()], k)
		}
	}
	object := map[string]cty.Value{}
	for k, v := range out {
		object[k] = cty.TupleVal(v)
	}
	return cty.ObjectVal(object), nil
}

func timeCompare(a []cty.Value) (cty.Value, error) {
	var t [2]time.Time
	for i := range t {
		c, err := convert.Convert(a[i], cty.String)
		if err != nil || c.IsNull() {
			return cty.NilVal, errors.New("timecmp takes times")
		}
		if t[i], err = time.Parse(time.RFC3339, c.AsString()); err != nil {
			return cty.NilVal, errors.New("this is no time of RFC 3339")
		}
	}
	return cty.NumberIntVal(int64(t[0].Compare(t[1]))), nil
}

// prefixOf reads an address range.
func prefixOf(v cty.Value) (netip.Prefix, error) {
	c, err := convert.Convert(v, cty.String)
	if err != nil || c.IsNull() {
		return netip.Prefix{}, errors.New("this is no address range")
	}
	p, err := netip.ParsePrefix(c.AsString())
	return p.Masked(), err
}

func integerOf(v cty.Value) (int64, error) {
	c, err := convert.Convert(v, cty.Number)
	if err != nil || c.IsNull() {
		return 0, errors.New("this is no number")
	}
	n, acc := c.AsBigFloat().Int64()
	if acc != big.Exact {
		return 0, errors.New("this is no whole number")
	}
	return n, nil
}

// shifted is the address so many places above another.
func shifted(a netip.Addr, by *big.Int) (netip.Addr, error) {
	raw := a.AsSlice()
	n := new(big.Int).Add(new(big.Int).SetBytes(raw), by)
	if n.Sign() < 0 || n.BitLen() > 8*len(raw) {
		return a, errors.New("the address is outside of the range")
	}
	out, _ := netip.AddrFromSlice(n.FillBytes(make([]byte, len(raw))))
	return out, nil
}

func cidrHost(a []cty.Value) (cty.Value, error) {
	p, err := prefixOf(a[0])
	if err != nil {
		return cty.NilVal, err
	}
	n, err := integerOf(a[1])
	if err != nil {
		return cty.NilVal, err
	}
	by := big.NewInt(n)
	if n < 0 {
		by.Add(by, new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits())))
	}
	out, err := shifted(p.Addr(), by)
	if err != nil || !p.Contains(out) {
		return cty.NilVal, errors.New("the range has no such host")
	}
	return cty.StringVal(out.String()), nil
}

func cidrNetmask(a []cty.Value) (cty.Value, error) {
	p, err := prefixOf(a[0])
	if err != nil || !p.Addr().Is4() {
		return cty.NilVal, errors.New("this is no IPv4 range")
	}
	mask := ^uint32(0) << (32 - p.Bits())
	if p.Bits() == 0 {
		mask = 0
	}
	return cty.StringVal(fmt.Sprintf("%d.%d.%d.%d", mask>>24, mask>>16&255, mask>>8&255, mask&255)), nil
}

func cidrSubnet(a []cty.Value) (cty.Value, error) {
	p, err := prefixOf(a[0])
	if err != nil {
		return cty.NilVal, err
	}
	bits, err1 := integerOf(a[1])
	n, err2 := integerOf(a[2])
	size := int64(p.Addr().BitLen())
	if err := errors.Join(err1, err2); err != nil || bits < 0 || int64(p.Bits())+bits > size || n < 0 || bits < 62 && n >= 1<<bits {
		return cty.NilVal, errors.New("the range has no such part")
	}
	to := p.Bits() + int(bits)
	out, err := shifted(p.Addr(), new(big.Int).Lsh(big.NewInt(n), uint(size)-uint(to)))
	if err != nil {
		return cty.NilVal, err
	}
	return cty.StringVal(netip.PrefixFrom(out, to).String()), nil
}

func arnParse(a []cty.Value) (cty.Value, error) {
	c, err := convert.Convert(a[0], cty.String)
	if err != nil || c.IsNull() {
		return cty.NilVal, errors.New("this is no ARN")
	}
	f := strings.SplitN(c.AsString(), ":", 6)
	if len(f) != 6 || f[0] != "arn" {
		return cty.NilVal, errors.New("this is no ARN")
	}
	return cty.ObjectVal(map[string]cty.Value{
		"partition": cty.StringVal(f[1]), "service": cty.StringVal(f[2]), "region": cty.StringVal(f[3]), "account_id": cty.StringVal(f[4]), "resource": cty.StringVal(f[5]),
	}), nil
}

// yamlValue reads YAML; aliases count with what they stand for.
func yamlValue(v cty.Value) (cty.Value, error) {
	c, err := convert.Convert(v, cty.String)
	if err != nil || c.IsNull() {
		return cty.NilVal, errors.New("yamldecode takes a text")
	}
	root, _, err := yamlpos.Parse("yaml", []byte(c.AsString()))
	if err != nil {
		return cty.NilVal, err
	}
	left := 100_000
	return nodeValue(root, &left)
}

func nodeValue(n *yamlpos.Node, left *int) (cty.Value, error) {
	n = n.Resolve()
	if *left--; *left < 0 {
		return cty.NilVal, errTooMuch
	}
	if n == nil || n.Null && !n.Quoted {
		return cty.NullVal(cty.DynamicPseudoType), nil
	}
	switch n.Kind {
	case yamlpos.Mapping:
		out := map[string]cty.Value{}
		for _, p := range n.Effective() {
			v, err := nodeValue(p.Value, left)
			if err != nil {
				return v, err
			}
			out[p.Key.Value] = v
		}
		return cty.ObjectVal(out), nil
	case yamlpos.Sequence:
		var out []cty.Value
		for _, i := range n.Items() {
			v, err := nodeValue(i, left)
			if err != nil {
				return v, err
			}
			out = append(out, v)
		}
		return cty.TupleVal(out), nil
	case yamlpos.Scalar, yamlpos.Alias:
	}
	if !n.Quoted {
		switch n.Value {
		case "true", "false":
			return cty.BoolVal(n.Value == "true"), nil
		}
		if v, err := number(n.Value); err == nil {
			return v, nil
		}
	}
	return cty.StringVal(n.Value), nil
}
