package fakeaws

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// An Organization answers for several accounts: for the management account, and with the credentials of a role for whichever
// account that role is of.
type Organization struct {
	Management *Account
	Members    map[string]*Account // by number
	Refuses    map[string]bool     // accounts whose role cannot be assumed
}

// NewOrganization makes an organization of accounts in one organizational unit below its root. Each member stands under a
// policy of its own.
func NewOrganization(management *Account, unit string, members ...*Account) *Organization {
	o := &Organization{Management: management, Members: map[string]*Account{}, Refuses: map[string]bool{}}
	m := management
	m.Set("organizations:DescribeOrganization", "", M{"Organization": M{"Id": "o-1", "MasterAccountId": m.ID}})
	allow, deny := policy(M{"Effect": "Allow", "Action": "*", "Resource": "*"}), func(id string) any {
		return policy(M{"Sid": "Of" + id, "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"})
	}
	m.Set("organizations:DescribePolicy", "p-all", M{"Policy": M{"Content": text(allow)}})
	for _, target := range []string{"r-1", unit} {
		m.Set("organizations:ListPoliciesForTarget", target+"/SERVICE_CONTROL_POLICY", M{"Policies": []any{M{"Id": "p-all"}}})
	}
	m.Set("organizations:ListParents", unit, M{"Parents": []any{M{"Id": "r-1", "Type": "ROOT"}}})
	for _, a := range append([]*Account{m}, members...) {
		o.Members[a.ID] = a
		m.Set("organizations:ListParents", a.ID, M{"Parents": []any{M{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}}})
		m.Set("organizations:ListPoliciesForTarget", a.ID+"/SERVICE_CONTROL_POLICY", M{"Policies": []any{M{"Id": "p-all"}, M{"Id": "p-" + a.ID}}})
		m.Set("organizations:DescribePolicy", "p-"+a.ID, M{"Policy": M{"Content": text(deny(a.ID))}})
		item := M{"Id": a.ID, "Name": "team " + a.ID[:3], "Status": "ACTIVE"}
		m.Add("organizations:ListAccounts", "", List{Key: "Accounts", Items: []any{item}, In: "NextToken", Out: "NextToken"})
		m.Add("organizations:ListAccountsForParent", unit, List{Key: "Accounts", Items: []any{item}, In: "NextToken", Out: "NextToken"})
	}
	m.Add("organizations:ListAccounts", "", List{Key: "Accounts", Items: []any{M{"Id": "000000000000", "Name": "gone", "Status": "SUSPENDED"}}, In: "NextToken", Out: "NextToken"})
	return o
}

var (
	assumed = regexp.MustCompile(`Credential=ASIA([0-9]{12})/`)
	roleARN = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):role/(.+)$`)
)

// ServeHTTP answers for the account that the request's credentials are of.
func (o *Organization) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m := assumed.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		o.Members[m[1]].ServeHTTP(w, r)
		return
	}
	if strings.Contains(r.Header.Get("Authorization"), "/sts/") && r.ParseForm() == nil && r.PostForm.Get("Action") == "AssumeRole" {
		m := roleARN.FindStringSubmatch(r.PostForm.Get("RoleArn"))
		if m == nil || o.Members[m[1]] == nil || o.Refuses[m[1]] {
			refuse(w, inQuery, http.StatusForbidden, "AccessDenied", "not for "+o.Management.Message)
			return
		}
		respond(w, inQuery, Call{Service: "sts", Operation: "AssumeRole"}, M{"Credentials": M{"AccessKeyId": "ASIA" + m[1], "SecretAccessKey": "x", "SessionToken": "y",
			"Expiration": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}})
		return
	}
	if r.PostForm != nil { // it was read to see what it asks
		r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
	}
	o.Management.ServeHTTP(w, r)
}
