package live

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

var (
	errPage  = errors.New("a web page")
	errOther = errors.New("the answer to something else")
	errNone  = errors.New("no answer")
)

// decode reads an answer into out, which has the members that are kept, by their own names; all else passes by. A member
// of another type than expected is left out, as emulators and new versions of services may have it.
func decode(o *operation, body io.Reader, out any) error {
	r := bufio.NewReader(body)
	if head, _ := r.Peek(256); isPage(head) { //nolint:errcheck // a short answer is no page
		return errPage
	}
	if raw, ok := out.(*rawPolicy); ok {
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		raw.Policy.set(string(text))
		switch {
		case json.Valid(text) && raw.Policy[0] == '{':
			return nil
		case bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")):
			return io.ErrUnexpectedEOF
		}
		return errOther
	}
	switch o.of.proto {
	case jsonRPC, restJSON:
		var answer json.RawMessage
		if err := json.NewDecoder(r).Decode(&answer); errors.Is(err, io.EOF) {
			return errNone // a service that has nothing to say says {}
		} else if err != nil {
			return err
		}
		if answer[0] != '{' {
			return errNone
		}
		err := json.Unmarshal(answer, out)
		var other *json.UnmarshalTypeError
		if errors.As(err, &other) {
			return nil
		}
		return err
	case query:
		return decodeXML(r, o.name+"Response", o.name+"Result", out)
	case ec2Query:
		return decodeXML(r, o.name+"Response", "", out)
	case restXML:
		return decodeXML(r, o.root, "", out)
	}
	return errors.New("no such protocol")
}

// decodeXML decodes the element of a name, or the outermost for "". An answer that is known for one to another call is refused: some
// stand-ins for AWS take a call that they do not know for one that they do. An answer with nothing in it has no such element.
func decodeXML(r io.Reader, root, name string, out any) error {
	d := xml.NewDecoder(r)
	outermost := ""
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && outermost == root {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errOther
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if outermost == "" {
			outermost = start.Name.Local
			if outermost != root && isRoot(outermost) {
				return errOther
			}
		}
		if name == "" || start.Name.Local == name {
			return d.DecodeElement(out, &start)
		}
	}
}

// isRoot reports whether an element is known as the outermost of some answer of S3.
func isRoot(name string) bool {
	return name == "ListBucketResult" || name == "Error" || slices.ContainsFunc(operations, func(o *operation) bool { return o.root == name })
}

// rawPolicy is an answer that is a policy and nothing else.
type rawPolicy struct{ Policy document }

// A document is a policy as JSON, null where there is none. Services write it as an object, as a text, or as a text that is
// encoded for URLs; what is no JSON stays the text that it is.
type document json.RawMessage

func (d *document) set(text string) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "%") {
		if decoded, err := url.PathUnescape(text); err == nil {
			text = strings.TrimSpace(decoded)
		}
	}
	if strings.HasPrefix(text, `{\"`) || strings.HasPrefix(text, `{\n`) { // API Gateway's, quoted once more
		var inner string
		if json.Unmarshal([]byte(`"`+text+`"`), &inner) == nil {
			text = inner
		}
	}
	var b bytes.Buffer
	switch {
	case text == "":
		*d = nil
	case json.Valid([]byte(text)) && json.Compact(&b, []byte(text)) == nil:
		*d = document(b.Bytes())
	default:
		quoted, _ := json.Marshal(text) //nolint:errcheck // a text
		*d = quoted
	}
}

// UnmarshalText reads it out of XML.
func (d *document) UnmarshalText(text []byte) error {
	d.set(string(text))
	return nil
}

// UnmarshalJSON reads it as an object, or as JSON in a text.
func (d *document) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		d.set(text)
		return nil
	}
	d.set(string(data))
	return nil
}

// MarshalJSON writes it as an object.
func (d document) MarshalJSON() ([]byte, error) {
	if len(d) == 0 {
		return []byte("null"), nil
	}
	return d, nil
}

// A flag is true or false, which services write in several ways.
type flag bool

// UnmarshalJSON takes true and "true".
func (f *flag) UnmarshalJSON(data []byte) error {
	*f = flag(strings.EqualFold(strings.Trim(string(data), `"`), "true"))
	return nil
}

// UnmarshalText reads it out of XML.
func (f *flag) UnmarshalText(text []byte) error {
	*f = flag(strings.EqualFold(strings.TrimSpace(string(text)), "true"))
	return nil
}

// names are the keys of an object whose values are nobody's business: they are gone with the bytes they came in.
type names []string

// UnmarshalJSON reads the keys.
func (n *names) UnmarshalJSON(data []byte) error {
	*n = nil
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		if s, ok := key.(string); ok {
			*n = append(*n, s)
		}
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return nil
		}
		clear(skipped)
	}
	slices.Sort(*n)
	return nil
}

// MarshalJSON writes them as the object that they are the keys of.
func (n names) MarshalJSON() ([]byte, error) {
	m := map[string]string{}
	for _, k := range n {
		m[k] = ""
	}
	return json.Marshal(m)
}

// token is where the next page of an answer begins, and the name of the argument that asks for it; "" for the last page.
// A page's member has the argument's name in its tag: `page:"Marker"`.
func token(out any) (name, value string) {
	if p, ok := out.(interface{ next() (string, string) }); ok {
		return p.next()
	}
	v := reflect.ValueOf(out).Elem()
	if v.Kind() != reflect.Struct {
		return "", ""
	}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("page"); name != "" {
			return name, v.Field(i).String()
		}
	}
	return "", ""
}
