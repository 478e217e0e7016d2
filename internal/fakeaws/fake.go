// Package fakeaws answers as AWS does, for tests: it pages, and throttles, denies, fails, hangs and cuts as it is told.
//
//	request --call: service, operation, arguments--> answer --render: query, JSON or REST--> response
//
// It knows nothing of the reader that is tested against it. Its shapes are those of AWS's API references.
package fakeaws

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// M is an object of an answer.
type M = map[string]any

// A List is an answer in pages: items under keys, and how the next page is asked for and told.
type List struct {
	Key     string
	Items   []any  // an Item stands under a key of its own
	In, Out string // the argument, and the member, that names where the next page begins
}

// An Item is one of a list of several kinds.
type Item struct {
	Key   string
	Value any
}

// XML is an answer of S3, written out.
type XML string

// Entries are the attributes of a topic or a subscription.
type Entries map[string]string

// None is an error that says that there is nothing.
type None struct {
	Status int
	Code   string
}

// A Call is a request, understood.
type Call struct {
	Service, Operation, Region string
	Args                       map[string]string
	N                          int // how often this operation was called about the same thing before
}

// Page is what a call asks for a page behind the first with, "" for the first.
func (c Call) Page() string {
	for _, v := range c.Args {
		if strings.HasPrefix(v, "page-") {
			return v
		}
	}
	return ""
}

// A Fault is done in the place of an answer.
type Fault uint8

// What may happen to a call.
const (
	Fine Fault = iota
	Throttled
	Denied
	Failed  // HTTP 500
	Hanging // nothing ever comes back
	Cut     // the connection breaks
	Page    // a web page is answered, as by a proxy
	Expired
	Skewed // as if the caller's clock were a day ahead
	Missing
	Revoked // the caller is not known
	Half    // the answer breaks off in the middle
	Stale   // what asks for a page is too old
	Empty   // 200, and nothing in it
)

// An Account answers for one account.
type Account struct {
	ID       string
	PageSize int                // items a page; 0: all
	Faults   func(c Call) Fault // nil: none
	Message  string             // that errors carry
	Who      string             // ARN of the caller
	mu       sync.Mutex
	answers  map[string]any
	counts   map[string]int
	calls    map[string]int
}

// New is an empty account: it knows who calls, and has nothing.
func New(id string) *Account {
	return &Account{ID: id, Who: "arn:aws:iam::" + id + ":user/reader", answers: map[string]any{}, counts: map[string]int{}, calls: map[string]int{}}
}

// Set is what an operation answers about the thing that key names: "fn", "fn/live"; "" for what is about all.
func (a *Account) Set(operation, key string, answer any) { a.answers[operation+" "+key] = answer }

// Add puts items into a list.
func (a *Account) Add(operation, key string, list List) {
	if old, ok := a.answers[operation+" "+key].(List); ok {
		list.Items = slices.Concat(old.Items, list.Items)
	}
	a.answers[operation+" "+key] = list
}

// Calls is how often each operation was called.
func (a *Account) Calls() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.calls)
}

// Serve answers on loopback until the test ends, and returns its address.
func (a *Account) Serve(t testing.TB) string {
	t.Helper()
	s := httptest.NewServer(a)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

// Do answers within the process, without a network: an HTTP client for time that is not real.
func (a *Account) Do(r *http.Request) (answer *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // identity of a panic value
				panic(p)
			}
			answer, err = nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: syscall.ECONNRESET}
		}
	}()
	a.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

var scope = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/]+/[0-9]{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$`)

// ServeHTTP answers one request.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		http.Error(w, `{"__type": "MissingAuthenticationTokenException"}`, http.StatusForbidden)
		return
	}
	body, _ := io.ReadAll(r.Body) //nolint:errcheck // a short body is found out
	c, proto, ok := understand(m[2], r, body)
	c.Region = m[1]
	if !ok {
		refuse(w, proto, http.StatusNotImplemented, "UnknownOperationException", "")
		return
	}
	name := c.Service + ":" + c.Operation
	key := keyOf(c)
	a.mu.Lock()
	c.N = a.counts[name+" "+key+c.Args[tokenOf[name]]]
	a.counts[name+" "+key+c.Args[tokenOf[name]]]++
	a.calls[name]++
	answer, known := a.answers[name+" "+key]
	fault := Fine
	if a.Faults != nil {
		fault = a.Faults(c)
	}
	a.mu.Unlock()
	switch fault {
	case Fine, Half:
	case Throttled:
		refuse(w, proto, http.StatusBadRequest, "ThrottlingException", a.Message)
		return
	case Denied:
		refuse(w, proto, http.StatusForbidden, "AccessDenied", a.Message)
		return
	case Failed:
		refuse(w, proto, http.StatusInternalServerError, "InternalFailure", a.Message)
		return
	case Hanging:
		<-r.Context().Done()
		return
	case Cut:
		panic(http.ErrAbortHandler)
	case Page:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html><body>Please sign in "+a.Message+"</body></html>") //nolint:errcheck // to a test
		return
	case Expired:
		refuse(w, proto, http.StatusForbidden, "ExpiredToken", a.Message)
		return
	case Skewed:
		w.Header().Set("Date", time.Now().Add(-24*time.Hour).UTC().Format(http.TimeFormat))
		refuse(w, proto, http.StatusForbidden, "SignatureDoesNotMatch", "Signature expired: "+a.Message)
		return
	case Revoked:
		refuse(w, proto, http.StatusForbidden, "InvalidClientTokenId", a.Message)
		return
	case Empty:
		return
	case Stale:
		refuse(w, proto, http.StatusBadRequest, "PaginationTokenExpiredException", a.Message)
		return
	case Missing:
		refuse(w, proto, http.StatusNotImplemented, "", a.Message)
		return
	}
	switch {
	case name == "sts:GetCallerIdentity" && !known:
		answer = M{"Account": a.ID, "Arn": a.Who, "UserId": "AIDAEXAMPLE"}
	case !known:
		if answer = absent[name]; answer == nil {
			if isList(c.Operation) {
				answer = M{}
			} else {
				answer = None{http.StatusNotFound, "ResourceNotFoundException"}
			}
		}
	}
	if none, ok := answer.(None); ok {
		refuse(w, proto, none.Status, none.Code, a.Message)
		return
	}
	if list, ok := answer.(List); ok {
		answer = a.page(list, c)
	}
	if fault == Half {
		whole := httptest.NewRecorder()
		respond(whole, proto, c, answer)
		body := whole.Body.Bytes()
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2]) //nolint:errcheck // to a test
		return
	}
	respond(w, proto, c, answer)
}

func isList(operation string) bool {
	return strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Describe") || strings.HasSuffix(operation, "s")
}

// page is one page of a list.
func (a *Account) page(l List, c Call) M {
	at, _ := strconv.Atoi(strings.TrimPrefix(c.Args[l.In], "page-")) //nolint:errcheck // none: the first
	size := a.PageSize
	if size == 0 || l.Out == "" {
		size = len(l.Items)
	}
	out := M{}
	if l.Key != "" {
		out[l.Key] = []any{}
	}
	end := min(len(l.Items), at+size)
	for _, x := range l.Items[min(at, len(l.Items)):end] {
		key := l.Key
		if item, ok := x.(Item); ok {
			key, x = item.Key, item.Value
		}
		have, _ := out[key].([]any)
		out[key] = append(have, x)
	}
	if c.Service == "iam" {
		out["IsTruncated"] = end < len(l.Items)
	}
	if end < len(l.Items) {
		out[l.Out] = "page-" + strconv.Itoa(end)
	}
	return out
}

// A protocol is how a service is spoken to.
type protocol uint8

const (
	inQuery protocol = iota
	inJSON
	inREST
	inXML
)

// understand reads a request.
func understand(service string, r *http.Request, body []byte) (Call, protocol, bool) {
	c := Call{Service: service, Args: map[string]string{}}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		c.Operation = target[strings.LastIndexByte(target, '.')+1:]
		var args map[string]any
		if json.Unmarshal(body, &args) != nil {
			return c, inJSON, false
		}
		for k, v := range args {
			c.Args[k] = fmt.Sprint(v)
		}
		return c, inJSON, true
	}
	if r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(body))
		for k := range form {
			c.Args[k] = form.Get(k)
		}
		c.Operation = form.Get("Action")
		return c, inQuery, err == nil && c.Operation != ""
	}
	for k := range r.URL.Query() {
		c.Args[k] = r.URL.Query().Get(k)
	}
	proto := inREST
	if service == "s3" {
		proto = inXML
	}
	for _, route := range routes {
		if route.service != service || route.ask != "" && !r.URL.Query().Has(route.ask) {
			continue
		}
		if m := route.path.FindStringSubmatch(r.URL.Path); m != nil && r.Method == http.MethodGet {
			c.Operation = route.operation
			for i, name := range route.path.SubexpNames() {
				if name != "" {
					c.Args[name] = m[i]
				}
			}
			return c, proto, true
		}
	}
	return c, proto, false
}

// keyOf is what a call is about.
func keyOf(c Call) string {
	var parts []string
	for _, name := range keys[c.Service+":"+c.Operation] {
		if v := c.Args[name]; v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, "/")
}
