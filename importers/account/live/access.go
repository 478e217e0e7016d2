package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Access says whose credentials are used, and where. The zero value is what every tool of AWS takes: environment, shared
// configuration, container, instance.
type Access struct {
	Profile    string
	Role       string // to assume with them, "" for none
	ExternalID string // that the role's trust policy asks for
	MFASerial  string // of the device that the role's trust policy asks for
	Region     string // "": the profile's, or the environment's
	Endpoint   string // for all services; "": AWS_ENDPOINT_URL, or AWS
	// Code asks for the code of an MFA device. Nil: there is nobody to ask.
	Code func() (string, error)
	// HTTP makes the requests; nil for the SDK's own client.
	HTTP aws.HTTPClient
}

// Open finds credentials, and assumes the role. It calls AWS where that takes it. Errors say in one line what to do.
func (a Access) Open(ctx context.Context) (*Client, error) {
	code := a.Code
	if code == nil {
		code = func() (string, error) {
			return "", errors.New("a code of an MFA device is needed, and nobody is there to give it")
		}
	}
	if a.Role != "" && !strings.HasPrefix(a.Role, "arn:") {
		return nil, fmt.Errorf("%s is no ARN of a role: arn:aws:iam::111122223333:role/reader is one", a.Role)
	}
	if u, err := url.Parse(a.Endpoint); a.Endpoint != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("the endpoint %s is no address: http://127.0.0.1:5000 is one", a.Endpoint)
	}
	load := []func(*config.LoadOptions) error{
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = code }),
		config.WithAppID("bulkhead"),
		config.WithLogger(logging.Nop{}), // what is wrong is an error's to say
	}
	if a.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(a.Profile))
	}
	if a.Region != "" {
		load = append(load, config.WithRegion(a.Region))
	}
	if a.Endpoint != "" {
		load = append(load, config.WithBaseEndpoint(a.Endpoint))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, errors.New(a.explain(err))
	}
	if a.HTTP != nil {
		cfg.HTTPClient = a.HTTP
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	if own, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		cfg.HTTPClient = own.WithTransportOptions(func(t *http.Transport) { t.MaxIdleConns, t.MaxIdleConnsPerHost = 256, 32 })
	}
	c := &Client{config: cfg, at: endpointsOf(ctx, cfg, a.Endpoint), http: cfg.HTTPClient, signer: v4.NewSigner(), access: a}
	if a.Role != "" {
		c = c.assume(a.Role, a.ExternalID, a.MFASerial, code)
	}
	return c, c.ready(ctx)
}

// ready finds out whether there are credentials. The error says in one line what to do.
func (c *Client) ready(ctx context.Context) error {
	_, err := c.config.Credentials.Retrieve(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return errors.New(c.access.explain(err))
}

// assume is a client with the credentials of a role.
func (c *Client) assume(role, externalID, serial string, code func() (string, error)) *Client {
	cfg := c.config.Copy()
	if cfg.Region == "" {
		cfg.Region = partitionOf("").global
	}
	caller := sts.NewFromConfig(cfg, func(o *sts.Options) {
		if c.access.Endpoint != "" { // the environment's for STS would go before it
			o.BaseEndpoint = aws.String(c.access.Endpoint)
		}
	})
	cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(caller, role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "bulkhead"
		if externalID != "" {
			o.ExternalID = aws.String(externalID)
		}
		if serial != "" {
			o.SerialNumber, o.TokenProvider = aws.String(serial), code
		}
	}))
	cfg.Region = c.config.Region
	return &Client{config: cfg, at: c.at, http: c.http, signer: c.signer, access: Access{Role: role, Profile: c.access.Profile}}
}

// Region is the region of the configuration, "" for none.
func (c *Client) Region() string { return c.config.Region }

// explain says why there are no credentials, and what to do, in one line.
func (a Access) explain(err error) string {
	profile := cmp.Or(a.Profile, "default")
	var noProfile config.SharedConfigProfileNotExistError
	var expired *ssocreds.InvalidTokenError
	text := err.Error()
	switch {
	case errors.As(err, &noProfile):
		return fmt.Sprintf("there is no profile %s in the shared configuration: `aws configure list-profiles` lists those that are there", profile)
	case errors.As(err, &expired) || strings.Contains(text, "SSO token") || strings.Contains(text, "InvalidGrantException") || strings.Contains(text, "sso"):
		login := "aws sso login"
		if a.Profile != "" {
			login += " --profile " + a.Profile
		}
		return fmt.Sprintf("the sign-in of profile %s has expired: run `%s` and try again", profile, login)
	case strings.Contains(text, "process provider"):
		return fmt.Sprintf("the credential_process of profile %s failed: run it by itself to see why", profile)
	case strings.Contains(text, "MultiFactorAuthentication failed"), strings.Contains(text, "ValidationError") && strings.Contains(text, "tokenCode"):
		return "the code of the MFA device was not taken: wait for the next one, and check --mfa-serial"
	case strings.Contains(text, "MFA device"), strings.Contains(text, "assume role with MFA enabled"):
		return "a code of the MFA device is needed: run the command in a terminal, or sign in first and give the session's credentials"
	}
	for _, code := range []string{"AccessDenied", "ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "RequestExpired"} {
		if !strings.Contains(text, code) {
			continue
		}
		switch {
		case code == "AccessDenied" && a.Role != "":
			return fmt.Sprintf("the role %s may not be assumed: its trust policy has to name who asks (and the --external-id, if it wants one), and who asks needs sts:AssumeRole on it", a.Role)
		case code == "AccessDenied":
			return "the profile's role may not be assumed: check its trust policy, and who asks for it"
		default:
			return (&Client{}).explain(&Fault{Code: code})
		}
	}
	var response *smithyhttp.ResponseError
	var answered smithy.APIError
	known := errors.As(err, &answered) && answered.ErrorCode() != "" && answered.ErrorCode() != "UnknownError"
	switch {
	case errors.As(err, &response) && !known:
		return "what answered in the place of AWS is not AWS: a proxy or a sign-in page is between; set HTTPS_PROXY, or check the endpoint (--endpoint-url)"
	case known && a.Role != "" && strings.Contains(text, "AssumeRole"):
		return fmt.Sprintf("the role %s could not be assumed (%s)", a.Role, answered.ErrorCode())
	case a.Role != "" && strings.Contains(text, "AssumeRole"):
		return fmt.Sprintf("the role %s could not be assumed (%s): check the network and the endpoint (--endpoint-url)", a.Role, reasonOf(err))
	}
	return "no credentials were found: sign in (aws sso login, aws configure), name a --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
}

// explain says of a call why it failed and what to do, in one line.
func (c *Client) explain(f *Fault) string {
	switch {
	case f.Skewed():
		ahead := ""
		if f.Skew > 0 {
			ahead = fmt.Sprintf(" (it is %s ahead of AWS's)", span(f.Skew))
		} else if f.Skew < 0 {
			ahead = fmt.Sprintf(" (it is %s behind AWS's)", span(-f.Skew))
		}
		return "AWS refuses requests with this machine's time" + ahead + ": set the clock and try again"
	case f.Expired():
		return "the credentials have expired: sign in again (aws sso login, or new session credentials) and try again"
	case f.Unknown():
		return fmt.Sprintf("AWS does not know these credentials (%s): check the profile, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN", f.code())
	case f.Page:
		return fmt.Sprintf("a web page (%d) was answered where AWS should be: a proxy or a sign-in page is between; set HTTPS_PROXY, or sign in to the network", f.Status)
	}
	return f.Error()
}

// An Identity is who reads.
type Identity struct {
	Account string
	Alias   string // of the account, "" where it has none or it cannot be seen
	ARN     string
	Regions []string // that the account has enabled; nil where that cannot be seen
}

var (
	getCallerIdentity = op(operation{of: stsService, name: "GetCallerIdentity", action: "-", reads: "who reads"})
	listAliasesOf     = op(operation{of: iamService, name: "ListAccountAliases", reads: "the account's alias"})
	describeRegions   = op(operation{of: ec2Service, name: "DescribeRegions", reads: "the regions that are enabled"})
)

type callerIdentity struct{ Account, Arn string }
type accountAliases struct {
	AccountAliases []string `xml:"AccountAliases>member"`
}
type regionList struct {
	Regions []struct {
		RegionName  string `xml:"regionName"`
		OptInStatus string `xml:"optInStatus"`
	} `xml:"regionInfo>item"`
}

// Identify says who the credentials are of. Errors say in one line what to do.
func (c *Client) Identify(ctx context.Context) (Identity, error) {
	region := cmp.Or(c.config.Region, "us-east-1")
	who, err := c.Caller(ctx)
	if err != nil {
		return who, err
	}
	var aliases accountAliases
	if c.patiently(ctx, region, listAliasesOf, nil, &aliases) == nil && len(aliases.AccountAliases) > 0 {
		who.Alias = aliases.AccountAliases[0]
	}
	var regions regionList
	err = c.patiently(ctx, region, describeRegions, nil, &regions)
	if home := partitionOf(region).global; err != nil && region != home { // which may be none
		err = c.patiently(ctx, home, describeRegions, nil, &regions)
	}
	if err == nil {
		for _, r := range regions.Regions {
			if r.RegionName != "" && r.OptInStatus != "not-opted-in" {
				who.Regions = append(who.Regions, r.RegionName)
			}
		}
		slices.Sort(who.Regions)
	}
	return who, ctx.Err()
}

// Caller says whose credentials these are, as Identify does, and asks for nothing else.
func (c *Client) Caller(ctx context.Context) (Identity, error) {
	region := cmp.Or(c.config.Region, "us-east-1")
	var who Identity
	if err := c.ready(ctx); err != nil {
		return who, err
	}
	var caller callerIdentity
	if err := c.patiently(ctx, region, getCallerIdentity, nil, &caller); err != nil {
		var f *Fault
		switch {
		case !errors.As(err, &f):
			return who, err
		case f.Err != nil && f.Reason() != reasonOf(context.DeadlineExceeded) && strings.HasPrefix(f.Reason(), "there is no host"):
			return who, fmt.Errorf("%s: is %s a region? --region names one (eu-central-1)", f.Reason(), region)
		case f.Err != nil:
			return who, fmt.Errorf("AWS does not answer (%s): check the network, the proxy and the endpoint (--endpoint-url)", f.Reason())
		}
		return who, errors.New(c.explain(f))
	}
	if len(caller.Account) != 12 {
		return who, fmt.Errorf("what answered in the place of AWS does not say whose account it is: check the endpoint (--endpoint-url)")
	}
	c.account = caller.Account
	who.Account, who.ARN = caller.Account, caller.Arn
	return who, ctx.Err()
}

// patiently makes a call and tries again what may pass soon.
func (c *Client) patiently(ctx context.Context, region string, o *operation, in args, out any) error {
	t := &taker{client: c, pace: newPace(1), missing: map[string]bool{}, broken: map[string]int{}}
	return t.try(ctx, region, o, in, out)
}

// Within are the regions to read of those that are asked for: "all" is all that are enabled; none, the configuration's.
func (who Identity) Within(asked []string, configured string) ([]string, error) {
	var out []string
	for _, r := range asked {
		switch {
		case r == "all" && len(who.Regions) == 0:
			return nil, errors.New("which regions are enabled cannot be seen (ec2:DescribeRegions): name them with --region")
		case r == "all":
			out = append(out, who.Regions...)
		default:
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		if configured == "" {
			return nil, errors.New("which region? name it with --region (several, or all), in the profile, or in AWS_REGION")
		}
		out = []string{configured}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	for _, r := range out {
		if len(who.Regions) > 0 && !slices.Contains(who.Regions, r) {
			return nil, fmt.Errorf("%s is not a region that this account has enabled: --region takes %s, or all", r, strings.Join(who.Regions, ", "))
		}
	}
	return out, nil
}

// span is a length of time in the unit that people would say it in.
func span(d time.Duration) string {
	unit, one := time.Minute, "minute"
	switch {
	case d >= 24*time.Hour:
		unit, one = 24*time.Hour, "day"
	case d >= time.Hour:
		unit, one = time.Hour, "hour"
	}
	if n := int((d + unit/2) / unit); n != 1 {
		return fmt.Sprintf("%d %ss", n, one)
	}
	return "a " + one
}
