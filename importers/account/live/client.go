package live

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	maxAnswer = 256 << 20 // bytes of one answer
	maxFault  = 64 << 10  // … of one that tells of an error
	// patience is how long one try of a call may take.
	patience = 30 * time.Second
)

// A Client calls AWS with credentials, each call by itself; Take calls it many times.
type Client struct {
	config  aws.Config
	at      endpoints
	http    aws.HTTPClient
	signer  *v4.Signer
	account string // once it is known
	access  Access // that it was opened with
}

// args are what a call is asked with: members of its input, those of REST's paths among them.
type args map[string]any

// call makes one try of a call and decodes its answer into out. An error is a *Fault, or the context's.
func (c *Client) call(ctx context.Context, region string, o *operation, in args, out any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	try, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, body, signer, err := c.request(try, region, o, in)
	if err != nil {
		return err
	}
	credentials, err := c.config.Credentials.Retrieve(try)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &Fault{Call: o.String(), Region: region, Code: "ExpiredToken", Err: err}
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if o.of.proto == restXML {
		request.Header.Set("X-Amz-Content-Sha256", hash)
	}
	err = c.signer.SignHTTP(try, credentials, request, hash, o.of.name, signer, time.Now(), func(so *v4.SignerOptions) {
		so.DisableURIPathEscaping = o.of.proto == restXML
	})
	if err != nil {
		return fmt.Errorf("sign %s: %w", o, err)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &Fault{Call: o.String(), Region: region, Err: err}
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	if answer.StatusCode >= 300 {
		return c.fault(o, region, answer)
	}
	err = decode(o, io.LimitReader(answer.Body, maxAnswer), out)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch {
	case errors.Is(err, errOther):
		return &Fault{Call: o.String(), Region: region, Status: answer.StatusCode, Other: true}
	case errors.Is(err, errNone):
		return &Fault{Call: o.String(), Region: region, Status: answer.StatusCode, Garbled: true}
	case errors.Is(err, errPage):
		return &Fault{Call: o.String(), Region: region, Status: answer.StatusCode, Page: true}
	case err != nil:
		f := &Fault{Call: o.String(), Region: region, Status: answer.StatusCode}
		var notJSON *json.SyntaxError
		var notXML *xml.SyntaxError
		if errors.As(err, &notJSON) || errors.As(err, &notXML) && !strings.Contains(notXML.Msg, "EOF") {
			f.Garbled = true
		} else {
			f.Err = err
		}
		return f
	}
	return nil
}

// request builds a call, unsigned, and says which region signs for it.
func (c *Client) request(ctx context.Context, region string, o *operation, in args) (*http.Request, []byte, string, error) {
	base, signer := c.at.find(o.of, region, c.account)
	var body []byte
	address, method, content := base+"/", http.MethodPost, ""
	headers := http.Header{}
	switch o.of.proto {
	case query, ec2Query:
		form := url.Values{"Action": {o.name}, "Version": {o.of.version}}
		for k, v := range in {
			if list, ok := v.([]string); ok {
				for i, s := range list {
					form.Set(fmt.Sprintf("%s.member.%d", k, i+1), s)
				}
				continue
			}
			form.Set(k, fmt.Sprint(v))
		}
		body, content = []byte(form.Encode()), "application/x-www-form-urlencoded; charset=utf-8"
	case jsonRPC:
		if in == nil {
			in = args{}
		}
		body, _ = json.Marshal(in) //nolint:errcheck // texts, numbers and lists of them
		content = "application/x-amz-json-" + o.of.json
		headers.Set("X-Amz-Target", o.of.target+"."+o.name)
	case restJSON, restXML:
		method = cmp.Or(o.method, http.MethodGet)
		path, ask, _ := strings.Cut(o.path, "?")
		values := url.Values{}
		for k, v := range in {
			if text := fmt.Sprint(v); strings.Contains(path, "{"+k+"}") {
				path = strings.ReplaceAll(path, "{"+k+"}", escape(text))
			} else if strings.HasPrefix(k, "x-amz-") {
				headers.Set(k, text)
			} else {
				values.Set(k, text)
			}
		}
		address = base + path
		if q := values.Encode(); q != "" || ask != "" {
			address += "?" + strings.Trim(ask+"&"+q, "&")
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, "", fmt.Errorf("%s: the endpoint %s is no address: %w", o, base, err)
	}
	maps.Copy(request.Header, headers)
	if content != "" {
		request.Header.Set("Content-Type", content)
	}
	if o.of.proto == restJSON {
		request.Header.Set("Accept", "application/json") // or API Gateway answers in another shape
	}
	request.Header.Set("User-Agent", "bulkhead")
	return request, body, signer, nil
}

// escape writes a text so that it is one segment of a path, as signatures demand: all but unreserved characters.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// fault reads an answer that tells of an error, in whatever way its protocol does.
func (c *Client) fault(o *operation, region string, answer *http.Response) *Fault {
	f := &Fault{Call: o.String(), Region: region, Status: answer.StatusCode}
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxFault)) //nolint:errcheck // what came is what there is
	text := bytes.TrimSpace(body)
	f.Code = answer.Header.Get("X-Amzn-Errortype")
	switch {
	case isPage(text), f.Status < http.StatusBadRequest && f.Code == "" && len(text) == 0: // which sends elsewhere
		f.Page = true
	case bytes.HasPrefix(text, []byte("{")):
		var e struct {
			Type  string `json:"__type"`
			Code  string `json:"code"`
			Text  string `json:"message"`
			Error struct{ Code, Message string }
		}
		_ = json.Unmarshal(text, &e) //nolint:errcheck // what fits is taken
		f.Code, f.message = cmp.Or(f.Code, e.Type, e.Code, e.Error.Code), cmp.Or(e.Text, e.Error.Message)
	case bytes.HasPrefix(text, []byte("<")):
		f.Code, f.message = cmp.Or(f.Code, within(text, "Code")), within(text, "Message")
	}
	f.Code = strings.TrimSpace(f.Code[strings.LastIndexByte(f.Code, '#')+1:])
	f.Code, _, _ = strings.Cut(f.Code, ":") // X-Amzn-Errortype may go on with an address
	if strings.ContainsFunc(f.Code, func(r rune) bool { return r > '~' || r < '!' }) || len(f.Code) > 80 {
		f.Code = "" // no name that a service gives
	}
	f.forbidden = f.Status == http.StatusForbidden && f.Code == "" && !f.Page
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		if skew := time.Since(at).Round(time.Minute); skew.Abs() >= time.Minute {
			f.Skew = skew
		}
	}
	if s, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && s >= 0 && s <= 300 {
		f.after = time.Duration(s) * time.Second
	}
	return f
}

// isPage reports whether text is a page for people.
func isPage(text []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(text[:min(len(text), 256)]))
	return bytes.HasPrefix(head, []byte("<!doctype")) || bytes.HasPrefix(head, []byte("<html"))
}

// within is what stands in the first element of a name.
func within(text []byte, name string) string {
	_, rest, ok := bytes.Cut(text, []byte("<"+name+">"))
	if !ok {
		return ""
	}
	inner, _, _ := bytes.Cut(rest, []byte("</"))
	return strings.TrimSpace(string(inner))
}

// key names a call among others: its region, itself and what it is asked with.
func (o *operation) key(region string, in args) string {
	var b strings.Builder
	b.WriteString(region + " " + o.String())
	for _, k := range slices.Sorted(maps.Keys(in)) {
		fmt.Fprintf(&b, " %s=%q", k, fmt.Sprint(in[k]))
	}
	return b.String()
}
