package live

import (
	"cmp"
	"context"
	"strings"
)

// AuthorizationDetails are who may do what, as GetAccountAuthorizationDetails tells it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
type AuthorizationDetails struct {
	UserDetailList  []userDetail    `xml:"UserDetailList>member"`
	GroupDetailList []groupDetail   `xml:"GroupDetailList>member"`
	RoleDetailList  []roleDetail    `xml:"RoleDetailList>member"`
	Policies        []managedPolicy `xml:"Policies>member"`
}

type inlinePolicy struct {
	PolicyName     string
	PolicyDocument document
}

type attachedPolicy struct{ PolicyName, PolicyArn string }

type permissionsBoundary struct {
	PermissionsBoundaryType string
	PermissionsBoundaryArn  string
}

type userDetail struct {
	Path, UserName, UserId, Arn string
	UserPolicyList              []inlinePolicy       `xml:"UserPolicyList>member" json:",omitempty"`
	GroupList                   []string             `xml:"GroupList>member" json:",omitempty"`
	AttachedManagedPolicies     []attachedPolicy     `xml:"AttachedManagedPolicies>member" json:",omitempty"`
	PermissionsBoundary         *permissionsBoundary `json:",omitempty"`
	Tags                        []Tag                `xml:"Tags>member" json:",omitempty"`
}

type groupDetail struct {
	Path, GroupName, GroupId, Arn string
	GroupPolicyList               []inlinePolicy   `xml:"GroupPolicyList>member" json:",omitempty"`
	AttachedManagedPolicies       []attachedPolicy `xml:"AttachedManagedPolicies>member" json:",omitempty"`
}

type roleDetail struct {
	Path, RoleName, RoleId, Arn string
	AssumeRolePolicyDocument    document
	InstanceProfileList         []instanceProfile    `xml:"InstanceProfileList>member" json:",omitempty"`
	RolePolicyList              []inlinePolicy       `xml:"RolePolicyList>member" json:",omitempty"`
	AttachedManagedPolicies     []attachedPolicy     `xml:"AttachedManagedPolicies>member" json:",omitempty"`
	PermissionsBoundary         *permissionsBoundary `json:",omitempty"`
	Tags                        []Tag                `xml:"Tags>member" json:",omitempty"`
}

type instanceProfile struct{ InstanceProfileName, Arn string }

type managedPolicy struct {
	PolicyName, PolicyId, Arn, Path, DefaultVersionId string
	PolicyVersionList                                 []policyVersion `xml:"PolicyVersionList>member"`
}

type policyVersion struct {
	VersionId        string
	IsDefaultVersion flag
	Document         document
}

type authorizationPage struct {
	AuthorizationDetails
	IsTruncated flag
	Marker      string `page:"Marker"`
}

var getAuthorizationDetails = op(operation{of: iamService, name: "GetAccountAuthorizationDetails", reads: "users, groups, roles and policies, with what they allow"})

// identities reads who may do what.
func (t *taker) identities(ctx context.Context) {
	pages(ctx, t, t.home(), getAuthorizationDetails, args{"MaxItems": 1000}, "", func(p *authorizationPage) {
		t.keep(func(s *Snapshot) { s.Authorization.add(p.AuthorizationDetails) })
	})
}

// home is the region in which services with one endpoint are asked.
func (t *taker) home() string { return t.options.Regions[0] }

func (a *AuthorizationDetails) add(b AuthorizationDetails) {
	for i, p := range b.Policies {
		b.Policies[i].PolicyName = cmp.Or(p.PolicyName, p.Arn[strings.LastIndexByte(p.Arn, '/')+1:])
		b.Policies[i].PolicyVersionList = p.inForce()
	}
	a.UserDetailList = append(a.UserDetailList, b.UserDetailList...)
	a.GroupDetailList = append(a.GroupDetailList, b.GroupDetailList...)
	a.RoleDetailList = append(a.RoleDetailList, b.RoleDetailList...)
	a.Policies = append(a.Policies, b.Policies...)
}

// inForce is the default version alone: no other decides anything, until somebody sets it.
func (p managedPolicy) inForce() []policyVersion {
	for _, v := range p.PolicyVersionList {
		if bool(v.IsDefaultVersion) || v.VersionId == p.DefaultVersionId {
			v.IsDefaultVersion = true
			return []policyVersion{v}
		}
	}
	return p.PolicyVersionList
}

func (a *AuthorizationDetails) sort() {
	inline := func(l []inlinePolicy) { by(l, func(p inlinePolicy) string { return p.PolicyName }) }
	attached := func(l []attachedPolicy) { by(l, func(p attachedPolicy) string { return p.PolicyArn }) }
	by(a.UserDetailList, func(u userDetail) string { return u.Arn })
	by(a.GroupDetailList, func(g groupDetail) string { return g.Arn })
	by(a.RoleDetailList, func(r roleDetail) string { return r.Arn })
	by(a.Policies, func(p managedPolicy) string { return p.Arn })
	for _, u := range a.UserDetailList {
		inline(u.UserPolicyList)
		attached(u.AttachedManagedPolicies)
		sortTags(u.Tags)
		by(u.GroupList, func(s string) string { return s })
	}
	for _, g := range a.GroupDetailList {
		inline(g.GroupPolicyList)
		attached(g.AttachedManagedPolicies)
	}
	for _, r := range a.RoleDetailList {
		inline(r.RolePolicyList)
		attached(r.AttachedManagedPolicies)
		sortTags(r.Tags)
		by(r.InstanceProfileList, func(p instanceProfile) string { return p.Arn })
	}
}
