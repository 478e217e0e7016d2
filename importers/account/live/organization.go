package live

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Member is an account of an organization.
type Member struct{ Id, Name string }

var (
	listAccounts      = op(operation{of: organizationsService, name: "ListAccounts", aside: true, reads: "accounts of the organization"})
	listAccountsIn    = op(operation{of: organizationsService, name: "ListAccountsForParent", aside: true, reads: "accounts of an organizational unit"})
	listUnitsIn       = op(operation{of: organizationsService, name: "ListOrganizationalUnitsForParent", aside: true, reads: "organizational units in one"})
	assumeRole        = op(operation{of: stsService, name: "AssumeRole", aside: true, reads: "takes the role in each member"})
	organizationCalls = []*operation{describeOrganization, listParents, listPoliciesFor, describeControl, listAccounts, listAccountsIn, listUnitsIn}
)

type accountPage struct {
	Accounts  []struct{ Id, Name, Status string }
	NextToken string `page:"NextToken"`
}
type unitPage struct {
	OrganizationalUnits []struct{ Id string }
	NextToken           string `page:"NextToken"`
}

// Members lists the active accounts of the organization, or of some organizational units and what is in them, by number.
func (c *Client) Members(ctx context.Context, units []string) ([]Member, error) {
	t := &taker{client: c, pace: newPace(4), missing: map[string]bool{}, broken: map[string]int{}}
	var out []Member
	add := func(p *accountPage) {
		for _, a := range p.Accounts {
			if a.Status == "" || a.Status == "ACTIVE" {
				out = append(out, Member{a.Id, a.Name})
			}
		}
	}
	if len(units) == 0 {
		if err := every(ctx, t, listAccounts, nil, add); err != nil {
			return nil, c.noMembers(err)
		}
	}
	seen := map[string]bool{}
	for queue := slices.Clone(units); len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		in := args{"ParentId": queue[0]}
		if err := every(ctx, t, listAccountsIn, in, add); err != nil {
			return nil, c.noMembers(err)
		}
		if err := every(ctx, t, listUnitsIn, in, func(p *unitPage) {
			for _, u := range p.OrganizationalUnits {
				queue = append(queue, u.Id)
			}
		}); err != nil {
			return nil, c.noMembers(err)
		}
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.Id, b.Id) })
	return slices.CompactFunc(out, func(a, b Member) bool { return a.Id == b.Id }), nil
}

func (c *Client) noMembers(err error) error {
	var f *Fault
	if !errors.As(err, &f) {
		return err
	}
	switch {
	case f.Code == "AWSOrganizationsNotInUseException":
		return errors.New("this account is in no organization: import it without --org")
	case strings.HasSuffix(f.Code, "NotFoundException"):
		return errors.New("there is no such organizational unit: --ou takes ids such as ou-ab12-cdefgh34")
	case f.Denied():
		return fmt.Errorf("the accounts of the organization cannot be listed (%s): ask as its management account or a delegated administrator, or list them with --accounts", f.Call)
	}
	return errors.New(c.explain(f))
}

// every makes a call for each page and hands them on, in order; the first that fails ends it.
func every[Out any](ctx context.Context, t *taker, o *operation, in args, f func(*Out)) error {
	next := args{}
	for k, v := range in {
		next[k] = v
	}
	for {
		var out Out
		if err := t.try(ctx, cmp.Or(t.client.config.Region, "us-east-1"), o, next, &out); err != nil {
			return err
		}
		f(&out)
		name, value := token(&out)
		if value == "" || next[name] == value {
			return nil
		}
		next[name] = value
	}
}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// ReadMembers reads a list of accounts: a number a line, with a name behind it or none, or what list-accounts answers.
func ReadMembers(data []byte) ([]Member, error) {
	var listed struct{ Accounts []Member }
	if json.Unmarshal(data, &listed) == nil && len(listed.Accounts) > 0 {
		return listed.Accounts, nil
	}
	var out []Member
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if id == "" {
			continue
		}
		if !accountNumber.MatchString(id) {
			return nil, fmt.Errorf("line %d: %s is no account's number, which has 12 digits", n, id)
		}
		out = append(out, Member{id, strings.TrimSpace(name)})
	}
	if len(out) == 0 {
		return nil, errors.New("it lists no account")
	}
	return out, nil
}

// Member is a client in an account of the organization: with a role of that name, or as it is for the account that it is in
// already.
func (c *Client) Member(account, role, externalID string) *Client {
	if account == c.account {
		return c
	}
	arn := "arn:" + partitionOf(c.config.Region).name + ":iam::" + account + ":role/" + role
	return c.assume(arn, externalID, "", nil)
}

// Each does something for each of the members, some at a time, and waits for all.
func Each(members []Member, parallel int, f func(Member)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, m := range members {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(m)
		})
	}
	wg.Wait()
}

// An Index says which accounts of an organization were read, and into which file; and which were not, and why.
type Index struct {
	Bulkhead string    `json:"bulkhead"`
	Account  string    `json:"account"` // who asked
	Taken    string    `json:"taken"`
	Complete bool      `json:"complete"` // every account was read
	Accounts []Indexed `json:"accounts"`
}

// Indexed is an account in an Index.
type Indexed struct {
	Account string `json:"account"`
	Name    string `json:"name,omitempty"`
	File    string `json:"file,omitempty"`
	Taken   string `json:"taken,omitempty"`
	Error   string `json:"error,omitempty"` // why it was not seen
}

// IndexVersion is what indexes are marked with.
const IndexVersion = "organization/v1"

// Encode writes an index as JSON.
func (x *Index) Encode() ([]byte, error) {
	by(x.Accounts, func(i Indexed) string { return i.Account })
	out, err := json.MarshalIndent(x, "", " ")
	return append(out, '\n'), err
}

// OrganizationPolicy is the policy that reading an organization needs of who asks, beside what reading an account needs of
// the role in each member, as JSON.
func OrganizationPolicy(role, region string) ([]byte, error) {
	return printPolicy(organizationCalls, map[*operation][]string{assumeRole: {"arn:" + partitionOf(region).name + ":iam::*:role/" + role}}, region)
}
