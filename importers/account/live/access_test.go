package live_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
)

const readerRole = "arn:aws:iam::" + number + ":role/reader"

// A door assumes roles for whoever says what it wants, and hands on everything else to an account.
type door struct {
	account        *fakeaws.Account
	serial, code   string // of an MFA device, "" for none
	external       string
	mu             sync.Mutex
	asked          []url.Values
	sessionExpires time.Duration
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	if form.Get("Action") != "AssumeRole" {
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		d.account.ServeHTTP(w, r)
		return
	}
	d.mu.Lock()
	d.asked = append(d.asked, form)
	d.mu.Unlock()
	refuse := func(code, message string) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<ErrorResponse><Error><Type>Sender</Type><Code>"+code+"</Code><Message>"+message+"</Message></Error></ErrorResponse>")
	}
	switch {
	case form.Get("ExternalId") != d.external:
		refuse("AccessDenied", "User: "+d.account.Who+" is not authorized to perform: sts:AssumeRole on resource: "+readerRole+" "+mark)
	case len(form.Get("TokenCode")) != 6 && d.serial != "" && form.Has("TokenCode"):
		refuse("ValidationError", "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint "+mark)
	case form.Get("SerialNumber") != d.serial || form.Get("TokenCode") != d.code:
		refuse("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. "+mark)
	default:
		_, _ = io.WriteString(w, "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA"+number+"</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>"+
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+"</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>")
	}
}

// TestAssumes takes a role as its trust policy wants it, and says in a line why it was not given.
func TestAssumes(t *testing.T) {
	const device = "arn:aws:iam::" + number + ":mfa/phone"
	code := func(text string) func() (string, error) { return func() (string, error) { return text, nil } }
	for _, test := range []struct {
		name   string
		door   *door
		access live.Access
		says   string // "" where it is assumed
	}{
		{"as it is", &door{}, live.Access{}, ""},
		{"with the external id", &door{external: "42"}, live.Access{ExternalID: "42"}, ""},
		{"without the external id", &door{external: "42"}, live.Access{}, "--external-id"},
		{"with another external id", &door{external: "42"}, live.Access{ExternalID: "41"}, "--external-id"},
		{"with the code", &door{serial: device, code: "123456"}, live.Access{MFASerial: device, Code: code("123456")}, ""},
		{"with a wrong code", &door{serial: device, code: "123456"}, live.Access{MFASerial: device, Code: code("654321")}, "the code of the MFA device was not taken"},
		{"with what is no code", &door{serial: device, code: "123456"}, live.Access{MFASerial: device, Code: code("12")}, "the code of the MFA device was not taken"},
		{"with nobody to give a code", &door{serial: device, code: "123456"}, live.Access{MFASerial: device}, "run the command in a terminal"},
		{"with nothing given", &door{serial: device, code: "123456"}, live.Access{MFASerial: device, Code: func() (string, error) { return "", errors.New("no code of the MFA device was given") }}, "a code of the MFA device is needed"},
	} {
		for _, by := range []string{"flags", "profile"} {
			t.Run(test.name+", by "+by, func(t *testing.T) {
				isolated(t)
				d := test.door
				d.account, d.asked = filled(1, 0), nil
				server := httptest.NewServer(d)
				defer server.Close()
				a := test.access
				a.Region, a.Endpoint = fakeaws.Region, server.URL
				if by == "flags" {
					a.Role = readerRole
				} else {
					text := "[profile reader]\nrole_arn = " + readerRole + "\nsource_profile = base\n[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = x\n"
					if a.ExternalID != "" {
						text = strings.Replace(text, "source_profile", "external_id = "+a.ExternalID+"\nsource_profile", 1)
					}
					if a.MFASerial != "" {
						text = strings.Replace(text, "source_profile", "mfa_serial = "+a.MFASerial+"\nsource_profile", 1)
					}
					if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					t.Setenv("AWS_ACCESS_KEY_ID", "")
					t.Setenv("AWS_SECRET_ACCESS_KEY", "")
					a.Profile, a.ExternalID, a.MFASerial = "reader", "", ""
				}
				c, err := a.Open(t.Context())
				if test.says == "" {
					if err != nil {
						t.Fatal(err)
					}
					if who, err := c.Identify(t.Context()); err != nil || who.Account != number {
						t.Errorf("%+v %v", who, err)
					}
					if len(d.asked) != 1 || d.asked[0].Get("RoleArn") != readerRole {
						t.Errorf("asked for %v", d.asked)
					}
					return
				}
				says := test.says
				if by == "profile" && says == "--external-id" {
					says = "the profile's role may not be assumed"
				}
				if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), mark) || strings.Contains(err.Error(), "\n") {
					t.Errorf("says %v", err)
				}
			})
		}
	}
}

// TestSignIns says how to sign in again where single sign-on has run out, or was never done.
func TestSignIns(t *testing.T) {
	for _, test := range []struct{ name, config, token string }{
		{"never", "[profile p]\nsso_session = s\nsso_account_id = " + number + "\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\nsso_registration_scopes = sso:account:access\n", ""},
		{"never, in the old way", "[profile p]\nsso_account_id = " + number + "\nsso_role_name = r\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n", ""},
		{"yesterday", "[profile p]\nsso_session = s\nsso_account_id = " + number + "\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n",
			`{"accessToken": "` + mark + `", "expiresAt": "2026-01-01T00:00:00Z", "region": "us-east-1", "startUrl": "https://example.awsapps.com/start"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolated(t)
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("USERPROFILE", home)
			t.Setenv("AWS_ACCESS_KEY_ID", "")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "")
			if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte(test.config), 0o600); err != nil {
				t.Fatal(err)
			}
			if test.token != "" {
				cache := filepath.Join(home, ".aws", "sso", "cache")
				if err := os.MkdirAll(cache, 0o700); err != nil {
					t.Fatal(err)
				}
				const sha1OfS = "a0f1490a20d0211c997b44bc357e1972deab8ae3" // the cache's file is called by it
				if err := os.WriteFile(filepath.Join(cache, sha1OfS+".json"), []byte(test.token), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := live.Access{Profile: "p", Region: fakeaws.Region}.Open(t.Context())
			if err == nil || !strings.Contains(err.Error(), "aws sso login --profile p") || strings.Contains(err.Error(), mark) || strings.Contains(err.Error(), "\n") {
				t.Errorf("says %v", err)
			}
		})
	}
}

// TestPageInThePlaceOfAWS is about proxies and sign-in pages: one line says so, whoever is asked first.
func TestPageInThePlaceOfAWS(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html><body>sign in, "+mark) },
		"an error page": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<!DOCTYPE html><p>"+mark, http.StatusServiceUnavailable)
		},
		"a way elsewhere": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/login" {
				http.Redirect(w, r, "/login", http.StatusFound)
				return
			}
			_, _ = io.WriteString(w, "<html>"+mark)
		},
	} {
		for _, role := range []string{"", readerRole} {
			t.Run(name+" "+role, func(t *testing.T) {
				isolated(t)
				server := httptest.NewServer(answer)
				defer server.Close()
				c, err := live.Access{Region: fakeaws.Region, Endpoint: server.URL, Role: role}.Open(t.Context())
				if err == nil {
					_, err = c.Identify(t.Context())
				}
				if err == nil || !strings.Contains(err.Error(), "proxy") || strings.Contains(err.Error(), mark) || strings.Contains(err.Error(), "\n") {
					t.Errorf("says %v", err)
				}
			})
		}
	}
}

// TestWhereItAsks follows the endpoints that the environment, the profile and the flag name, one for all and one for a service.
func TestWhereItAsks(t *testing.T) {
	named := func(name string) *fakeaws.Account {
		a := fakeaws.New(number)
		a.Set("lambda:ListFunctions", "", fakeaws.M{"Functions": []any{fakeaws.M{"FunctionName": name, "FunctionArn": a.ARN("lambda", "function:"+name)}}})
		return a
	}
	all, own := named("all").Serve(t), named("own").Serve(t)
	for _, test := range []struct {
		name    string
		env     map[string]string
		profile string
		flag    string
		want    string
	}{
		{"the environment's", map[string]string{"AWS_ENDPOINT_URL": all}, "", "", "all"},
		{"the environment's for Lambda", map[string]string{"AWS_ENDPOINT_URL": all, "AWS_ENDPOINT_URL_LAMBDA": own}, "", "", "own"},
		{"the flag's before the environment's", map[string]string{"AWS_ENDPOINT_URL": own, "AWS_ENDPOINT_URL_LAMBDA": own}, "", all, "all"},
		{"the profile's", nil, "endpoint_url = " + all, "", "all"},
		{"the profile's for Lambda", nil, "endpoint_url = " + all + "\nservices = here\n[services here]\nlambda =\n  endpoint_url = " + own, "", "own"},
		{"the environment's before the profile's for Lambda", map[string]string{"AWS_ENDPOINT_URL": all}, "services = here\n[services here]\nlambda =\n  endpoint_url = " + own, "", "all"},
		{"the flag's where others are to be ignored", map[string]string{"AWS_ENDPOINT_URL": own, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", all, "all"},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolated(t)
			for k, v := range test.env {
				t.Setenv(k, v)
			}
			if test.profile != "" {
				if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte("[default]\n"+test.profile+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, err := live.Access{Region: fakeaws.Region, Endpoint: test.flag}.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			who, err := c.Identify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}, Services: []string{"lambda"}})
			if err != nil || len(s.Functions) != 1 || s.Functions[0].FunctionName != test.want {
				t.Errorf("read %+v %v", s, err)
			}
		})
	}
}

// hosts takes requests to wherever they go, and answers for an account.
type hosts struct {
	account *fakeaws.Account
	mu      sync.Mutex
	seen    []string
}

func (h *hosts) Do(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.seen = append(h.seen, r.URL.Host)
	h.mu.Unlock()
	return h.account.Do(r)
}

// TestOtherEndpoints asks AWS's endpoints with certified cryptography, and those that answer by IPv6, where that is configured.
func TestOtherEndpoints(t *testing.T) {
	for _, test := range []struct {
		env, profile string
		want         []string
	}{
		{"", "", []string{"sts.us-east-1.amazonaws.com", "iam.amazonaws.com", "lambda.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"}},
		{"AWS_USE_FIPS_ENDPOINT", "", []string{"sts-fips.us-east-1.amazonaws.com", "iam-fips.amazonaws.com", "lambda-fips.us-east-1.amazonaws.com", "s3-fips.us-east-1.amazonaws.com"}},
		{"AWS_USE_DUALSTACK_ENDPOINT", "", []string{"sts.us-east-1.api.aws", "iam.global.api.aws", "lambda.us-east-1.api.aws", "s3.dualstack.us-east-1.amazonaws.com"}},
		{"", "use_fips_endpoint = true\nuse_dualstack_endpoint = true", []string{"sts-fips.us-east-1.api.aws", "iam-fips.global.api.aws", "lambda-fips.us-east-1.api.aws", "s3-fips.dualstack.us-east-1.amazonaws.com"}},
	} {
		isolated(t)
		if test.env != "" {
			t.Setenv(test.env, "true")
		}
		if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte("[default]\n"+test.profile+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		h := &hosts{account: filled(1, 0)}
		c, err := live.Access{Region: fakeaws.Region, HTTP: h}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		who, err := c.Identify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}, Services: []string{"lambda", "s3"}}); err != nil {
			t.Fatal(err)
		}
		for _, host := range test.want {
			if !slices.Contains(h.seen, host) {
				slices.Sort(h.seen)
				t.Errorf("%s %q: nobody asked %s, but %q", test.env, test.profile, host, slices.Compact(h.seen))
			}
		}
	}
}
