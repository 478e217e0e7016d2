package live

import (
	"context"
	"errors"
	"strings"
	"time"
)

// A LastAccessed says when an identity last used what it may, as IAM's service last accessed information tells it.
type LastAccessed struct {
	Arn                  string
	ServicesLastAccessed []serviceAccessed
}

type serviceAccessed struct {
	ServiceNamespace           string
	LastAuthenticated          string           `json:",omitempty"`
	TrackedActionsLastAccessed []actionAccessed `xml:"TrackedActionsLastAccessed>member" json:",omitempty"`
}

type actionAccessed struct {
	ActionName       string
	LastAccessedTime string `json:",omitempty"`
}

var (
	generateAccessed = op(operation{of: iamService, name: "GenerateServiceLastAccessedDetails", needs: accessed, absent: []string{"NoSuchEntity"}, reads: "makes a report of when a function's role last used what, for the next call"})
	getAccessed      = op(operation{of: iamService, name: "GetServiceLastAccessedDetails", needs: accessed, absent: []string{"NoSuchEntity"}, reads: "that report"})
)

func accessed(o Options) bool { return o.LastAccessed }

type jobAnswer struct{ JobId string }
type accessedPage struct {
	JobStatus            string
	ServicesLastAccessed []serviceAccessed `xml:"ServicesLastAccessed>member"`
	IsTruncated          flag
	Marker               string `page:"Marker"`
}

// accessedOf reads when a role last used what. IAM makes a report for it first, which takes some seconds.
func (t *taker) accessedOf(ctx context.Context, role string) {
	home, about := t.home(), lastPart(role)
	job, ok := ask[jobAnswer](ctx, t, home, generateAccessed, args{"Arn": role, "Granularity": "ACTION_LEVEL"}, about)
	if !ok || job.JobId == "" {
		return
	}
	in := args{"JobId": job.JobId}
	if _, known := t.journal.find(getAccessed.key(home, in)); !known && !t.reported(ctx, in, about) {
		return
	}
	out := LastAccessed{Arn: role, ServicesLastAccessed: []serviceAccessed{}}
	pages(ctx, t, home, getAccessed, in, about, func(p *accessedPage) {
		for _, s := range p.ServicesLastAccessed {
			if s.LastAuthenticated == "" {
				continue // never used: as many as it may use, and nothing to tell of them
			}
			var used []actionAccessed
			for _, a := range s.TrackedActionsLastAccessed {
				if a.LastAccessedTime != "" {
					used = append(used, a)
				}
			}
			s.TrackedActionsLastAccessed = used
			by(used, func(a actionAccessed) string { return a.ActionName })
			out.ServicesLastAccessed = append(out.ServicesLastAccessed, s)
		}
	})
	by(out.ServicesLastAccessed, func(s serviceAccessed) string { return s.ServiceNamespace })
	t.keep(func(s *Snapshot) { s.LastAccessed = append(s.LastAccessed, out) })
}

// reported waits until a report is made, and reports whether it was.
func (t *taker) reported(ctx context.Context, in args, about string) bool {
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 8*time.Second) {
		var p accessedPage
		err := t.try(ctx, t.home(), getAccessed, in, &p)
		var f *Fault
		switch {
		case errors.As(err, &f):
			t.problem(getAccessed, "", about, f)
			return false
		case err != nil:
			t.stop(err)
			return false
		case strings.EqualFold(p.JobStatus, "FAILED"):
			t.note(getAccessed.String(), "", "IAM made no report", about, false)
			return false
		case !strings.EqualFold(p.JobStatus, "IN_PROGRESS"):
			return true
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
}
