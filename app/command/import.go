package command

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bulkhead/importers/account/live"
)

// importCmd holds what is imported from elsewhere than a file.
type importCmd struct {
	Account importAccountCmd `cmd:"" help:"Take a snapshot of a live account, read-only."`
}

// accessFlags say whose credentials are used, and where.
type accessFlags struct {
	Profile    string `help:"Profile of the shared configuration; SSO included." placeholder:"P"`
	Role       string `help:"Role to assume." placeholder:"ARN"`
	ExternalID string `name:"external-id" help:"External id that the role's trust policy asks for." placeholder:"ID"`
	MFASerial  string `name:"mfa-serial" help:"MFA device that the role's trust policy asks for; its code is asked for." placeholder:"ARN"`
	Endpoint   string `name:"endpoint-url" help:"Endpoint of all services (AWS_ENDPOINT_URL)." placeholder:"URL"`
}

// access is what package live takes of them. A code of an MFA device is asked for on standard error, and read from standard
// input.
func (f accessFlags) access(env *Env, region string) live.Access {
	return live.Access{Profile: f.Profile, Role: f.Role, ExternalID: f.ExternalID, MFASerial: f.MFASerial, Endpoint: f.Endpoint, Region: region,
		Code: func() (string, error) {
			fmt.Fprint(env.Err, "Code of the MFA device: ")
			line, err := bufio.NewReader(env.In).ReadString('\n')
			if code := strings.TrimSpace(line); code != "" {
				return code, nil
			}
			return "", errors.Join(errors.New("no code of the MFA device was given"), err)
		}}
}

type importAccountCmd struct {
	accessFlags
	Region       []string `help:"Regions to read, or all that are enabled (all)." placeholder:"R"`
	Services     []string `help:"Read these services only, by the prefixes of their actions, beside IAM and Organizations." placeholder:"PREFIX"`
	LastAccessed bool     `name:"last-accessed" default:"true" negatable:"" help:"Ask IAM when each function's role last used what (on)."`
	Templates    string   `help:"Write the templates of CloudFormation's stacks into a folder." placeholder:"DIR"`
	Parallel     int      `default:"24" help:"Calls under way at once." placeholder:"N"`
	Output       string   `short:"o" help:"Snapshot to write, compressed if it ends in .gz (account-NUMBER.json); - is standard output. With --org: folder to write to." placeholder:"SNAPSHOT"`
	PrintPolicy  bool     `name:"print-policy" help:"Print the policy that the import needs, and read nothing."`
	Org          bool     `help:"Read each account of the organization, one snapshot an account."`
	RoleName     string   `name:"role-name" help:"With --org: role to assume in each account." placeholder:"NAME"`
	OU           []string `name:"ou" help:"With --org: only accounts in these organizational units." placeholder:"OU"`
	Accounts     string   `help:"With --org: only accounts that a file lists, one a line." placeholder:"FILE"`
}

func (c importAccountCmd) Run(ctx context.Context, env *Env) error {
	if c.Parallel < 1 || c.Parallel > 256 {
		return usage("import account: --parallel %d: a number from 1 to 256", c.Parallel)
	}
	if known := live.Prefixes(); slices.ContainsFunc(c.Services, func(s string) bool { return !slices.Contains(known, s) }) {
		return usage("import account: --services takes %s", strings.Join(known, ", "))
	}
	o := live.Options{Services: c.Services, LastAccessed: c.LastAccessed, Parallel: c.Parallel}
	if c.Templates != "" {
		o.Template = c.template
	}
	if !c.Org && (c.RoleName != "" || len(c.OU) > 0 || c.Accounts != "") {
		return usage("import account: --role-name, --ou and --accounts go with --org")
	}
	if c.Org && c.RoleName == "" {
		return usage("import account: --org needs --role-name, the role to assume in each account")
	}
	first := ""
	if i := slices.IndexFunc(c.Region, func(r string) bool { return r != "all" }); i >= 0 {
		first = c.Region[i]
	}
	if c.PrintPolicy {
		return c.printPolicy(env, o, cmp.Or(first, os.Getenv("AWS_REGION")))
	}
	client, err := c.access(env, first).Open(ctx)
	if err != nil {
		return importError(err)
	}
	who, err := client.Identify(ctx)
	if err != nil {
		return importError(err)
	}
	if o.Regions, err = who.Within(c.Region, client.Region()); err != nil {
		return importError(err)
	}
	if c.Org {
		return c.organization(ctx, env, client, who, o)
	}
	out := cmp.Or(c.Output, "account-"+who.Account+".json")
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, "account-"+who.Account+".json")
	}
	var before *live.Snapshot
	if out != "-" {
		o.Journal = out + ".partial"
		if before, err = live.Before(out, who.Account); err != nil {
			return importError(err)
		}
	}
	introduce(env.Err, who, o)
	bar := &progressLine{w: env.Err, last: time.Now()}
	o.Progress = bar.show
	s, err := client.Take(ctx, who, o)
	bar.end()
	if err != nil {
		return stopped(err, o.Journal)
	}
	if out == "-" {
		data, err := s.Encode()
		if err != nil {
			return err
		}
		_, err = env.Out.Write(data)
		return err
	}
	if err := s.Write(out); err != nil {
		return importError(err)
	}
	_ = os.Remove(o.Journal) //nolint:errcheck // it is of no more use, and stale some hours later
	fmt.Fprintf(env.Out, "%s: %s\n", out, strings.Join(s.Count(), ", "))
	if before != nil {
		for _, line := range s.Since(before) {
			fmt.Fprintln(env.Out, line)
		}
	}
	if len(s.Problems) > 0 {
		fmt.Fprintln(env.Out, "not seen, since it could not be read:")
		for _, p := range s.Problems {
			fmt.Fprintf(env.Out, "  %s\n", p)
		}
	}
	return nil
}

// printPolicy prints what the role that reads needs; with --org, what who asks needs, and says how to print the other.
func (c importAccountCmd) printPolicy(env *Env, o live.Options, region string) error {
	if region != "" {
		o.Regions = []string{region}
	}
	policy, err := live.Policy(o)
	if c.Org {
		policy, err = live.OrganizationPolicy(c.RoleName, region)
		fmt.Fprintf(env.Err, "this is for who asks; %s in each account needs what the same command prints without --org\n", c.RoleName)
	}
	if err != nil {
		return err
	}
	_, err = env.Out.Write(policy)
	return err
}

// template writes a stack's template, for its owner alone.
func (c importAccountCmd) template(region, stack string, body []byte) error {
	if err := os.MkdirAll(c.Templates, 0o700); err != nil {
		return fmt.Errorf("write templates: %w", err)
	}
	return live.WriteFile(filepath.Join(c.Templates, live.TemplateName(region, stack, body)), body)
}

// importError is an error about access to an account: exit code 2.
func importError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return usage("import account: %w", err)
}

// stopped is the error of an import that did not come to its end.
func stopped(err error, journal string) error {
	var s *live.Stopped
	if !errors.As(err, &s) {
		return importError(err)
	}
	what := s.Error()
	if errors.Is(err, context.Canceled) {
		what = "interrupted"
	}
	if journal == "" || s.Done == 0 {
		return usage("import account: %s; nothing was written", what)
	}
	return usage("import account: %s; no snapshot was written. What was answered (%d calls) is kept in %s: the same command goes on from there", what, s.Done, journal)
}

// introduce says who reads what, before anything is read.
func introduce(w io.Writer, who live.Identity, o live.Options) {
	name := ""
	if who.Alias != "" {
		name = " (" + who.Alias + ")"
	}
	fmt.Fprintf(w, "account %s%s as %s\n", who.Account, name, who.ARN)
	fmt.Fprintf(w, "reads %s in %s; changes nothing, reads no object, item, message or secret (--print-policy: each call)\n", strings.Join(live.Services(o), ", "), strings.Join(o.Regions, ", "))
}

// A progressLine shows how far an import is: one line that changes on a terminal, one now and then elsewhere.
type progressLine struct {
	w     io.Writer
	last  time.Time
	shown bool
}

func (l *progressLine) show(p live.Progress) {
	text := fmt.Sprintf("%d of %d calls", p.Done, p.Known)
	if p.Kept > 0 {
		text += fmt.Sprintf(" (%d from before)", p.Kept)
	}
	if p.Problems > 0 {
		text += fmt.Sprintf(", %d not answered", p.Problems)
	}
	if p.Left > 0 {
		text += fmt.Sprintf(", about %s left", p.Left)
	}
	l.say(text + ", " + p.Call + " in " + p.Region)
}

// say shows a text: over the last one on a terminal, every ten seconds elsewhere.
func (l *progressLine) say(text string) {
	if isTerminal(l.w) {
		fmt.Fprintf(l.w, "\r\x1b[K%.100s", text)
		l.shown = true
		return
	}
	if now := time.Now(); now.Sub(l.last) >= 10*time.Second {
		l.last = now
		fmt.Fprintln(l.w, text)
	}
}

func (l *progressLine) end() {
	if l.shown {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.shown = false
	}
}

// isTerminal reports whether somebody watches.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
