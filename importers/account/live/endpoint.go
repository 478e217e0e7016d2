package live

import (
	"cmp"
	"context"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A partition is a part of AWS with regions, names and endpoints of its own.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
type partition struct {
	name, prefix, suffix string
	dual                 string // suffix of endpoints that answer by IPv6 as well
	global               string // region that signs for services with one endpoint
	organizations        string // … for Organizations
}

// partitions are told apart by how their regions begin; the first that fits decides.
var partitions = []partition{
	{name: "aws-cn", prefix: "cn-", suffix: "amazonaws.com.cn", dual: "api.amazonwebservices.com.cn", global: "cn-north-1", organizations: "cn-northwest-1"},
	{name: "aws-us-gov", prefix: "us-gov-", suffix: "amazonaws.com", dual: "api.aws", global: "us-gov-west-1", organizations: "us-gov-west-1"},
	{name: "aws-iso-b", prefix: "us-isob-", suffix: "sc2s.sgov.gov", dual: "api.aws.scloud", global: "us-isob-east-1", organizations: "us-isob-east-1"},
	{name: "aws-iso-e", prefix: "eu-isoe-", suffix: "cloud.adc-e.uk", dual: "api.cloud-aws.adc-e.uk", global: "eu-isoe-west-1", organizations: "eu-isoe-west-1"},
	{name: "aws-iso-f", prefix: "us-isof-", suffix: "csp.hci.ic.gov", dual: "api.aws.hci.ic.gov", global: "us-isof-south-1", organizations: "us-isof-south-1"},
	{name: "aws-iso", prefix: "us-iso-", suffix: "c2s.ic.gov", dual: "api.aws.ic.gov", global: "us-iso-east-1", organizations: "us-iso-east-1"},
	{name: "aws-eusc", prefix: "eusc-", suffix: "amazonaws.eu", dual: "api.amazonwebservices.eu", global: "eusc-de-east-1", organizations: "eusc-de-east-1"},
	{name: "aws", prefix: "", suffix: "amazonaws.com", dual: "api.aws", global: "us-east-1", organizations: "us-east-1"},
}

func partitionOf(region string) partition {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			return p
		}
	}
	return partitions[len(partitions)-1]
}

// endpoints say where services are spoken to. The zero value is AWS's usual endpoints.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
type endpoints struct {
	all        string            // for all services; "": AWS's
	of         map[string]string // for one, by its id
	fips, dual bool              // AWS's with certified cryptography, and those that answer by IPv6 as well
}

// endpointsOf are the endpoints that a configuration leads to. one, where it is given, is for all services and goes before what
// the environment and the profile say.
func endpointsOf(ctx context.Context, cfg aws.Config, one string) endpoints {
	e := endpoints{all: one, of: map[string]string{}}
	ignores := false
	for _, s := range cfg.ConfigSources {
		if x, ok := s.(interface {
			GetUseFIPSEndpoint(ctx context.Context) (aws.FIPSEndpointState, bool, error)
		}); ok && !e.fips {
			state, _, err := x.GetUseFIPSEndpoint(ctx)
			e.fips = err == nil && state == aws.FIPSEndpointStateEnabled
		}
		if x, ok := s.(interface {
			GetUseDualStackEndpoint(ctx context.Context) (aws.DualStackEndpointState, bool, error)
		}); ok && !e.dual {
			state, _, err := x.GetUseDualStackEndpoint(ctx)
			e.dual = err == nil && state == aws.DualStackEndpointStateEnabled
		}
		if x, ok := s.(interface {
			GetIgnoreConfiguredEndpoints(ctx context.Context) (bool, bool, error)
		}); ok {
			ignore, _, err := x.GetIgnoreConfiguredEndpoints(ctx)
			ignores = ignores || err == nil && ignore
		}
	}
	if one != "" || ignores {
		return e
	}
	everywhere := os.Getenv("AWS_ENDPOINT_URL")
	e.all = cmp.Or(everywhere, aws.ToString(cfg.BaseEndpoint))
	for _, o := range operations {
		if own := os.Getenv("AWS_ENDPOINT_URL_" + o.of.id); own != "" {
			e.of[o.of.id] = own
			continue
		}
		if everywhere != "" {
			continue // goes before the profile's
		}
		for _, s := range cfg.ConfigSources {
			if x, ok := s.(interface {
				GetServiceBaseEndpoint(ctx context.Context, id string) (string, bool, error)
			}); ok {
				if own, found, err := x.GetServiceBaseEndpoint(ctx, o.of.id); err == nil && found {
					e.of[o.of.id] = own
				}
			}
		}
	}
	return e
}

// find is where a service is spoken to in a region, without a slash at its end, and the region that signs for it.
func (e endpoints) find(s *service, region, account string) (url, signer string) {
	p := partitionOf(region)
	signer = region
	switch {
	case s == organizationsService:
		signer = p.organizations
	case s.global:
		signer = p.global
	}
	if base := cmp.Or(e.of[s.id], e.all); base != "" {
		return strings.TrimSuffix(base, "/"), signer
	}
	host, suffix := cmp.Or(s.host, s.name), p.suffix
	dual := e.dual && !slices.Contains(s.ipv6, p.name)
	if dual {
		host, suffix = strings.TrimPrefix(host, "api."), p.dual
	}
	usual := s.certified != "" && strings.HasPrefix(region, s.certified) && (!dual || s == eventsService)
	if e.fips && !usual || dual && s == statesService && p.name == "aws-us-gov" {
		host += "-fips"
	}
	switch {
	case s == iamService && p.name == "aws-us-gov":
		return "https://iam.us-gov." + suffix, signer
	case s == iamService && dual && (p.name == "aws" || p.name == "aws-cn"):
		return "https://" + host + ".global." + suffix, signer
	case s == iamService && (dual || p.name == "aws"):
		return "https://" + host + "." + suffix, signer
	case s == s3Service || s == s3ControlService:
		if dual {
			host, suffix = host+".dualstack", p.suffix
		}
		if s == s3ControlService {
			host = account + "." + host
		}
	}
	return "https://" + host + "." + signer + "." + suffix, signer
}
