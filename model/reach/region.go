package reach

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/model/policy"
)

// Policies may ask in which region a call is made. What a technique makes, and a role that is passed for it, is made in a region of
// the attacker's choice: of those that its policies name, or another.

const requestedRegion = "aws:requestedregion"

// regions are those of the partition aws (AWS Account Management Guide, "Enable or disable AWS Regions in your account").
var regions = strings.Fields(`us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 ap-south-1 ap-northeast-1 ap-northeast-2
	ap-northeast-3 ap-southeast-1 ap-southeast-2 ca-central-1 sa-east-1 af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5
	ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1`)

// inAnyRegion is what do comes to in the region where most is let, and that region: the design's own, or where that is not enough
// another that the actors' policies name or that there is; "" where it is not known which.
func (an *Analysis) inAnyRegion(actors []*actor, do func(region string) truth) (region string, best truth) {
	if region, best = an.world.region, do(an.world.region); best == surely {
		return region, best
	}
	open := do("")
	if open <= best {
		return region, best
	}
	var others []string
	for _, a := range actors {
		others = append(others, an.valuesOf(a, -1, requestedRegion)...)
	}
	unknown := slices.ContainsFunc(others, func(r string) bool { return strings.Contains(r, "$") })
	others = slices.DeleteFunc(others, func(r string) bool { return strings.ContainsAny(r, "*?$") })
	if an.world.partition == "aws" {
		others = append(others, regions...)
	} else {
		unknown = true
	}
	for _, r := range others {
		if v := do(r); v > best {
			if region, best = r, v; best == surely {
				return region, best
			}
		}
	}
	if best == never && unknown {
		return "", open
	}
	return region, best
}

// in is context that tells the region of a call as well, "" for one that is not known.
func in(region string, extra policy.Context) policy.Context {
	if region == "" {
		return extra
	}
	out := maps.Clone(extra)
	if out == nil {
		out = policy.Context{}
	}
	out[requestedRegion] = []string{region}
	return out
}

// movable reports whether a pattern leaves it open in which region a service's call about it is made.
func movable(pattern, service string) bool {
	fields := strings.SplitN(pattern, ":", 6)
	return service != "iam" && (len(fields) < 6 || strings.ContainsAny(fields[3], "*?") || fields[3] == "")
}

// moved is an ARN in another region, where it is in any.
func moved(arn, region string) string {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) < 6 || fields[3] == "" || region == "" {
		return arn
	}
	fields[3] = region
	return strings.Join(fields, ":")
}

// madeIn is the region in which a service's call about an ARN is made, "" where it does not tell. IAM's are made to us-east-1, wherever
// the caller is ("AWS: Denies access to AWS based on the requested Region").
func madeIn(arn, service string) string {
	if service == "iam" {
		return "us-east-1"
	}
	if r := regionOf(arn); !strings.ContainsAny(r, "*?$") {
		return r
	}
	return ""
}

// calledIn is what a call of a technique's about an ARN carries beside extra, where it is asked about by itself: the region of the ARN,
// or, where it is in none, the one where most is let.
func (an *Analysis) calledIn(a *actor, action, arn string, extra policy.Context) policy.Context {
	if an.asking[requestedRegion] == 0 {
		return extra
	}
	service, _, _ := strings.Cut(action, ":")
	if r := madeIn(arn, service); r != "" {
		return in(r, extra)
	}
	r, _ := an.inAnyRegion([]*actor{a}, func(region string) truth {
		d := an.direct(a, -1, action, arn, in(region, extra))
		return truthIn(&d)
	})
	return in(r, extra)
}
