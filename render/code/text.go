package code

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"bulkhead/model"
	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// A place is what a deployment tells.
type place uint8

const (
	partition place = iota
	region
	account
)

type pieceKind uint8

const (
	isText     pieceKind = iota
	isPlace              // the deployment's
	isFill               // text is the value as it stands in the design
	isVariable           // text is an IAM policy variable, with its braces
)

// A piece is part of a text.
type piece struct {
	kind  pieceKind
	text  string
	place place
}

// A Fill is a value that the source does not tell, which a form has a parameter for.
type Fill struct {
	Name  string // of letters and digits
	Value string // as it stands in the design: "webshop-Orders-GENERATED", "${Stage}"
	Says  string // what it is, for people
}

// pieces takes a text apart.
func (s *sheet) pieces(text string) []piece {
	var out []piece
	if fields, ok := policy.FieldsOfARN(text); ok {
		out = append(out, piece{text: "arn:"})
		swap := func(field, own string, p place) {
			if own != "" && field == own {
				out = append(out, piece{kind: isPlace, place: p})
			} else {
				out = s.appendPieces(out, field)
			}
			out = append(out, piece{text: ":"})
		}
		swap(fields[1], s.Place.Partition, partition)
		out = s.appendPieces(out, fields[2])
		out = append(out, piece{text: ":"})
		swap(fields[3], s.Place.Region, region)
		swap(fields[4], s.Place.Account, account)
		text = fields[5]
	}
	return joined(s.appendPieces(out, text))
}

func (s *sheet) appendPieces(out []piece, text string) []piece {
	for text != "" {
		if rest, ok := strings.CutPrefix(text, "${"); ok {
			if name, tail, closed := strings.Cut(rest, "}"); closed {
				kind := isFill
				if strings.Contains(name, ":") || slices.Contains([]string{"*", "?", "$"}, name) {
					kind = isVariable
				}
				out = append(out, piece{kind: kind, text: "${" + name + "}"})
				text = tail
				continue
			}
		}
		next := len(text)
		if i := strings.Index(text[1:], "${"); i >= 0 {
			next = i + 1
		}
		if at := export.Generated(text); at != nil && at[0] < next {
			if at[0] == 0 {
				out = append(out, piece{kind: isFill, text: text[:at[1]]})
				text = text[at[1]:]
				continue
			}
			next = at[0]
		}
		if s.Place.Account != "" {
			if i := strings.Index(text, s.Place.Account); i == 0 {
				out = append(out, piece{kind: isPlace, place: account})
				text = text[len(s.Place.Account):]
				continue
			} else if i > 0 && i < next {
				next = i
			}
		}
		out = append(out, piece{text: text[:next]})
		text = text[next:]
	}
	return out
}

// joined makes one of texts that follow one another.
func joined(in []piece) []piece {
	var out []piece
	for _, p := range in {
		if n := len(out); n > 0 && p.kind == isText && out[n-1].kind == isText {
			out[n-1].text += p.text
			continue
		}
		out = append(out, p)
	}
	return out
}

// fill is the parameter for a value.
func (s *sheet) fill(value string) *Fill {
	if f := s.byValue[value]; f != nil {
		return f
	}
	f := &Fill{Value: value}
	if token, ok := strings.CutPrefix(value, "${"); ok {
		token = strings.TrimSuffix(token, "}")
		f.Name = s.unique(camel(strings.TrimPrefix(token, "var.")))
		f.Says = "the value of " + token
	} else {
		name := strings.TrimSuffix(strings.TrimSuffix(value, "-XXXXXX"), "-GENERATED")
		word := strings.TrimPrefix(name, s.Design.Info().Name+"-")
		if e := s.named(value); e != "" {
			word = s.Design.Name(e)
		}
		f.Name = s.unique(camel(word) + "Name")
		f.Says = "the name that AWS gives " + word
	}
	s.byValue[value] = f
	s.fills = append(s.fills, f)
	return f
}

// named is the element that a generated name is of, "" where there is none.
func (s *sheet) named(value string) model.ID {
	for _, r := range s.Design.Resources() {
		if r.Name == strings.TrimSuffix(value, "-XXXXXX") || strings.HasSuffix(r.ARN, ":"+value) || strings.HasSuffix(r.ARN, "/"+value) {
			return r.ID
		}
	}
	for _, f := range s.Design.Functions() {
		if f.Name == value {
			return f.ID
		}
	}
	for _, r := range s.Design.Roles() {
		if r.Name == value {
			return r.ID
		}
	}
	return ""
}

// unique is a name that nothing else in the form has, whatever the case.
func (s *sheet) unique(name string) string {
	out := name
	for n := 2; s.taken[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s%d", name, n)
	}
	s.taken[strings.ToLower(out)] = true
	return out
}

// camel is a name of letters and digits that begins with a letter: "aws_iam_role.lambda-exec" is AwsIamRoleLambdaExec.
func camel(s string) string {
	var b strings.Builder
	up := true
	for _, c := range s {
		if c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			up = true
			continue
		}
		if b.Len() == 0 && unicode.IsDigit(c) {
			b.WriteByte('N')
		}
		if up {
			c = unicode.ToUpper(c)
			up = false
		}
		b.WriteRune(c)
	}
	if b.Len() == 0 {
		return "Unnamed"
	}
	return b.String()
}

// snake is a name in lower case: OrdersRole is orders_role, HTTPApi http_api.
func snake(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		if unicode.IsUpper(c) && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// lower is a name that begins in lower case.
func lower(s string) string {
	n := 0
	for n < len(s) && unicode.IsUpper(rune(s[n])) {
		n++
	}
	if n > 1 && n < len(s) {
		n-- // HTTPApi: httpApi
	}
	return strings.ToLower(s[:n]) + s[n:]
}
