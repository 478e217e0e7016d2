package command

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bulkhead/importers/account/live"
)

// membersAtOnce is how many accounts of an organization are read at a time.
const membersAtOnce = 4

// indexFile says, in a folder of snapshots, which accounts were read.
const indexFile = "index.json"

// organization reads each account of an organization into a folder: one snapshot an account, and an index. Accounts that an
// earlier run of the same day has read are not read again.
func (c importAccountCmd) organization(ctx context.Context, env *Env, client *live.Client, who live.Identity, o live.Options) error {
	members, err := c.members(ctx, client)
	if err != nil {
		return importError(err)
	}
	dir := cmp.Or(c.Output, "organization-"+who.Account)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return usage("import account: %w", err)
	}
	fmt.Fprintf(env.Err, "%d accounts, each as its role %s\n", len(members), c.RoleName)
	introduce(env.Err, who, o)
	index := &live.Index{Bulkhead: live.IndexVersion, Account: who.Account, Taken: env.now().UTC().Format(time.RFC3339)}
	earlier := readIndex(filepath.Join(dir, indexFile), env.now())
	var mu sync.Mutex
	bar := &progressLine{w: env.Err, last: time.Now()}
	far := map[string]live.Progress{}
	tell := func(account string, p live.Progress) {
		mu.Lock()
		defer mu.Unlock()
		far[account] = p
		var all live.Progress
		for _, x := range far {
			all.Done, all.Known, all.Problems = all.Done+x.Done, all.Known+x.Known, all.Problems+x.Problems
		}
		bar.say(fmt.Sprintf("%d of %d accounts, %d of %d calls, %d not answered", len(index.Accounts), len(members), all.Done, all.Known, all.Problems))
	}
	keep := func(x live.Indexed) error {
		mu.Lock()
		defer mu.Unlock()
		bar.end()
		switch {
		case x.Error != "":
			fmt.Fprintf(env.Err, "%s %s: not seen: %s\n", x.Account, x.Name, x.Error)
		default:
			fmt.Fprintf(env.Err, "%s %s: %s\n", x.Account, x.Name, x.File)
		}
		index.Accounts = append(index.Accounts, x)
		return c.write(filepath.Join(dir, indexFile), index, earlier)
	}
	var failed error
	live.Each(members, membersAtOnce, func(m live.Member) {
		if ctx.Err() != nil {
			return
		}
		x, ok := earlier[m.Id]
		if !ok {
			o := o
			o.Progress = func(p live.Progress) { tell(m.Id, p) }
			x = c.member(ctx, client, m, o, dir, env.now())
		}
		if ctx.Err() != nil {
			return
		}
		if err := keep(x); err != nil {
			mu.Lock()
			failed = errors.Join(failed, err)
			mu.Unlock()
		}
	})
	if err := ctx.Err(); err != nil {
		return usage("import account: interrupted; %d of %d accounts are in %s: the same command goes on from there", len(index.Accounts), len(members), dir)
	}
	if failed != nil {
		return importError(failed)
	}
	seen := 0
	for _, x := range index.Accounts {
		if x.Error == "" {
			seen++
		}
	}
	index.Complete = seen == len(members)
	if err := c.write(filepath.Join(dir, indexFile), index, nil); err != nil {
		return importError(err)
	}
	fmt.Fprintf(env.Out, "%s: %d of %d accounts\n", dir, seen, len(members))
	if seen == 0 {
		return usage("import account: no account could be read; %s says why", filepath.Join(dir, indexFile))
	}
	return nil
}

// members are the accounts to read.
func (c importAccountCmd) members(ctx context.Context, client *live.Client) ([]live.Member, error) {
	if c.Accounts == "" {
		return client.Members(ctx, c.OU)
	}
	data, err := os.ReadFile(c.Accounts)
	if err != nil {
		return nil, err
	}
	members, err := live.ReadMembers(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Accounts, err)
	}
	return members, nil
}

// member reads one account, and says what became of it.
func (c importAccountCmd) member(ctx context.Context, client *live.Client, m live.Member, o live.Options, dir string, now time.Time) live.Indexed {
	x := live.Indexed{Account: m.Id, Name: m.Name}
	in := client.Member(m.Id, c.RoleName, c.ExternalID)
	who, err := in.Identify(ctx)
	if err == nil && who.Account != m.Id {
		err = fmt.Errorf("the role leads to account %s", who.Account)
	}
	if err == nil {
		asked := c.Region
		if len(asked) == 0 {
			asked = o.Regions
		}
		o.Regions, err = who.Within(asked, in.Region())
	}
	if err != nil {
		x.Error = err.Error()
		return x
	}
	file := "account-" + m.Id + ".json"
	if _, err := live.Before(filepath.Join(dir, file), m.Id); err != nil {
		x.Error = err.Error()
		return x
	}
	o.Journal, o.Above = filepath.Join(dir, file+".partial"), client
	s, err := in.Take(ctx, who, o)
	if err == nil {
		err = s.Write(filepath.Join(dir, file))
	}
	if err != nil {
		x.Error = err.Error()
		return x
	}
	_ = os.Remove(o.Journal) //nolint:errcheck // it is of no more use, and stale some hours later
	x.File, x.Taken = file, now.UTC().Format(time.RFC3339)
	return x
}

// write writes the index as it is by now: with what an earlier run has read, and this one has not come to.
func (c importAccountCmd) write(path string, index *live.Index, earlier map[string]live.Indexed) error {
	whole := *index
	whole.Accounts = slices.Clone(index.Accounts)
	for id, x := range earlier {
		if !slices.ContainsFunc(whole.Accounts, func(y live.Indexed) bool { return y.Account == id }) {
			whole.Accounts = append(whole.Accounts, x)
		}
	}
	data, err := whole.Encode()
	if err != nil {
		return err
	}
	return live.WriteFile(path, data)
}

// readIndex lists what a run of the last day has read that did not read all.
func readIndex(path string, now time.Time) map[string]live.Indexed {
	out := map[string]live.Indexed{}
	data, err := os.ReadFile(path)
	var index live.Index
	if err != nil || json.Unmarshal(data, &index) != nil || index.Bulkhead != live.IndexVersion {
		return out
	}
	for _, x := range index.Accounts {
		taken, err := time.Parse(time.RFC3339, x.Taken)
		if _, there := os.Stat(filepath.Join(filepath.Dir(path), x.File)); err == nil && there == nil && x.File != "" && !index.Complete && now.Sub(taken) < 24*time.Hour {
			out[x.Account] = x
		}
	}
	return out
}
