package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Each row of the catalogues against each wall. A wall in front of one permission leaves what the permissions without it
// give, neither more nor less: it does not matter whether a permission is not there, denied, outside of the boundary,
// denied by an SCP, or, for the services that they bind, by an RCP. A wall in front of all leaves nothing. How the
// permissions are written does not matter.
func TestTechniquesAgainstWalls(t *testing.T) {
	known := catalog.Load()
	tried := map[string]bool{}
	// Each universe takes over from the first what is the same there: TestCatalogues analyses each row from scratch.
	var world *Analysis
	documents := map[string]*policy.Document{}
	for _, row := range catalogues(t) {
		all := strings.Join(row.permissions, " ")
		t.Run(row.id+" "+all, func(t *testing.T) {
			reached := func(s start, scp, rcp string) (lines []string, techniques []string, must bool) {
				t.Helper()
				b, starts := universe(t, s)
				if scp != "" {
					b.guarded([]string{fullAccess + "," + scp}, nil)
				}
				if rcp != "" {
					b.guarded(nil, []string{rcp})
				}
				a := analyse(t, b.design(), world)
				if world == nil {
					world = a
				}
				for _, from := range starts {
					x := floods(a, from)
					for _, g := range given(x) {
						lines = append(lines, string(from)+" "+g)
					}
					for _, h := range x.Hits {
						for _, w := range h.Ways() {
							last := w.Path()[len(w.Path())-1]
							if last.Kind != Acts {
								if k := techniqueOf(last.Technique); k == nil || k.on == isFunction || k.route == feeding || k.route == mapping || last.To == "role/Admin" || last.To == "user/Root" || last.To == "group/Admins" {
									techniques = append(techniques, last.Technique)
								}
								must = must || !slices.ContainsFunc(w.Path(), func(s *Step) bool { return s.Certainty == May })
							}
						}
					}
					must = must || x.Admin && !x.AdminMay
				}
				slices.Sort(lines)
				return slices.Compact(lines), techniques, must
			}
			same := func(what string, got, want []string) {
				t.Helper()
				if !slices.Equal(got, want) {
					t.Errorf("%s: %q, not %q", what, got, want)
				}
			}
			full := start{permissions: row.permissions, note: row.note, known: documents}
			given, by, _ := reached(full, "", "")
			if row.gives == "nothing" != (len(given) == 0) {
				t.Fatalf("gives %q", given)
			}
			guards := row.note == "bounded" || row.note == "denied"
			// Whoever gives itself everything stays behind its own walls: one before a probe leaves it no administrator. A
			// trust policy that names somebody needs none of its own permissions; a wall stops it all the same.
			behind := func(p, what string, got, want []string) {
				t.Helper()
				if p == "sts:AssumeRole" || slices.ContainsFunc(probes, func(x probe) bool { return x.action == p }) {
					want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return !slices.Contains(got, s) })
				}
				same(what, got, want)
			}
			with := func(change func(*start)) start {
				s := full
				change(&s)
				return s
			}

			// However it is written.
			if !guards {
				for i, name := range []string{"", "statements of their own", "policies of their own"} {
					got, _, _ := reached(with(func(s *start) { s.split = i }), "", "")
					same(name, got, given)
				}
			}
			// Walls in front of one.
			for i, p := range row.permissions {
				if guards { // behind the guard an administrator's policy allows all else
					break
				}
				less := with(func(s *start) {
					s.permissions = slices.Delete(slices.Clone(row.permissions), i, i+1)
					if strings.HasPrefix(all, "kms:") {
						s.note = "kms:"
					}
				})
				without, _, _ := reached(less, "", "")
				got, _, _ := reached(with(func(s *start) { s.denied = p }), "", "")
				behind(p, "denied "+p, got, without)
				got, _, _ = reached(full, deny(p, "*"), "")
				behind(p, "an SCP denies "+p, got, without)
				got, _, _ = reached(with(func(s *start) { s.within = `{"Effect": "Allow", "NotAction": "` + p + `", "Resource": "*"}` }), "", "")
				behind(p, "a boundary without "+p, got, without)
				service, _, _ := strings.Cut(strings.ToLower(p), ":")
				want := given
				if known.CoveredByRCPs(service) {
					want = without
				}
				got, _, _ = reached(full, "", `{"Effect": "Deny", "Principal": "*", "Action": "`+p+`", "Resource": "*"}`)
				behind(p, "an RCP denies "+p, got, want)
			}
			// Walls in front of all.
			if !guards {
				for name, s := range map[string]start{
					"on another account's things":    with(func(s *start) { s.elsewhere = true }),
					"on a bucket that is not there":  with(func(s *start) { s.resource = "arn:aws:s3:::elsewhere" }),
					"from another account":           with(func(s *start) { s.condition = `"StringEquals": {"aws:PrincipalAccount": "999999999999"}` }),
					"a boundary that allows nothing": with(func(s *start) { s.within = allow("s3:ListAllMyBuckets", "*") }),
					"all denied":                     with(func(s *start) { s.denied = all }),
				} {
					got, _, _ := reached(s, "", "")
					same(name, got, nil)
				}
				got, _, must := reached(with(func(s *start) { s.condition = `"StringEquals": {"aws:SourceVpc": "vpc-1"}` }), "", "")
				// What runs perhaps is told before what feeds perhaps.
				told := func(lines []string) []string {
					return slices.DeleteFunc(slices.Clone(lines), func(s string) bool {
						return slices.Contains(lines, strings.Replace(s, " feeds", " runs", 1)) && strings.HasSuffix(s, " feeds")
					})
				}
				same("from one network", told(got), told(given))
				if must {
					t.Error("from one network: something is sure")
				}
				got, _, _ = reached(with(func(s *start) { s.condition = `"StringEquals": {"aws:PrincipalAccount": "` + testAccount + `"}` }), "", "")
				same("from its own account", got, given)
			}
			got, _, _ := reached(full, deny("*", "*"), "")
			same("an SCP denies everything", got, nil)
			// Trust policies stand in the way of whatever takes a role through a service, or assumes it.
			_, left, _ := reached(with(func(s *start) { s.distrusted = true }), "", "")
			for i := range techniques {
				k := &techniques[i]
				takes := k.route == passing || k.route == existing || k.id == "sts-001"
				if takes && slices.Contains(by, k.id) && slices.Contains(left, k.id) {
					t.Errorf("%s, though no role trusts anybody", k.id)
				}
			}
			for _, x := range by {
				tried[x] = true
			}
		})
	}
	// What none of them lists is tried by TestTechniques.
	beyond := []string{"osis-pipeline", "osis-pipeline-update", "dms-task", "dms-replication", "appflow-flow"}
	for i := range techniques { // but those that take a thing which is shown: TestTerraformTwins
		if k := &techniques[i]; !tried[k.id] && !k.shown && !slices.Contains(beyond, k.id) && (k.route == passing || k.route == existing || k.route == onTarget || k.route == feeding || k.route == mapping) {
			t.Errorf("no row of the catalogues comes to %s", k.id)
		}
	}
}

func techniqueOf(id string) *technique {
	for i := range techniques {
		if techniques[i].id == id {
			return &techniques[i]
		}
	}
	return nil
}

// floods is a breach without the sea, which is most of the work.
func floods(a *Analysis, from model.ID) *Breach {
	b := &Breach{From: from}
	var walks [looks]*walk
	for look := range looks {
		walks[look] = a.walk(a.nodeOf[from], look)
	}
	a.hits(b, a.nodeOf[from], &walks)
	a.administrators(b, &walks)
	return b
}
