package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// A Fault is a call that was not answered as it should be. Its text says which call, and why, in words of ours:
// what services write there names sessions, and perhaps more.
type Fault struct {
	Call     string // "lambda:ListFunctions"
	Region   string
	Status   int           // of HTTP; 0 where nothing came back
	Code     string        // as the service names it: AccessDeniedException
	Page     bool          // it was a page for people: no service of AWS answered, but something between
	Skew     time.Duration // by how much this machine's clock is ahead of the service's, 0 if little or not known
	Garbled  bool          // what was answered is not of its protocol
	Other    bool          // something else was answered: there is no such call
	Hopeless bool          // it was not made: others of its kind failed
	Err      error         // of the network

	message   string        // the service's own words; never shown
	after     time.Duration // which it asks to wait
	forbidden bool
}

// Error says what happened in a few words.
func (f *Fault) Error() string { return f.Call + in(f.Region) + ": " + f.Reason() }

func in(region string) string {
	if region == "" {
		return ""
	}
	return " in " + region
}

// Reason is the error without the call.
func (f *Fault) Reason() string {
	switch {
	case f.Err != nil:
		return reasonOf(f.Err)
	case f.Garbled:
		return "what was answered cannot be read"
	case f.Page:
		return fmt.Sprintf("answered by a web page (%d), not by AWS", f.Status)
	case f.Denied():
		return "not allowed (" + f.code() + ")"
	case f.Missing():
		return "there is no such call there"
	case f.throttled():
		return "too many calls (" + f.code() + ")"
	}
	return f.code()
}

func (f *Fault) code() string {
	if f.Code == "" {
		return fmt.Sprintf("HTTP %d", f.Status)
	}
	return f.Code
}

// timedOut reports whether nothing came back in time.
func (f *Fault) timedOut() bool {
	var timeout interface{ Timeout() bool }
	return f.Err != nil && (errors.Is(f.Err, context.DeadlineExceeded) || errors.As(f.Err, &timeout) && timeout.Timeout())
}

// reasonOf tells of the network without addresses of connections, which differ from time to time.
func reasonOf(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	var address *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.As(err, &dns):
		return "there is no host " + dns.Name
	case strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "certificate"):
		return "its certificate is not trusted here (a proxy's? then set AWS_CA_BUNDLE)"
	case errors.As(err, &address) && address.Op == "dial":
		return "cannot be reached"
	}
	return "the connection was cut"
}

// Unwrap is the network's error.
func (f *Fault) Unwrap() error { return f.Err }

// ErrorCode is the code: with the two below it makes this an error that the SDK judges.
func (f *Fault) ErrorCode() string { return f.Code }

// ErrorMessage is the service's own words.
func (f *Fault) ErrorMessage() string { return f.message }

// ErrorFault is nobody's.
func (f *Fault) ErrorFault() smithy.ErrorFault { return smithy.FaultUnknown }

// HTTPStatusCode is the answer's.
func (f *Fault) HTTPStatusCode() int { return f.Status }

// Denied reports whether the caller is known and may not call it.
func (f *Fault) Denied() bool {
	return f.forbidden || strings.HasPrefix(f.Code, "AccessDenied") || slices.Contains([]string{"UnauthorizedOperation", "AuthorizationError", "NotAuthorized",
		"AuthorizationErrorException", "ForbiddenException", "AllAccessDisabled"}, f.Code)
}

// Unknown reports whether it is not known who calls: wrong, expired or no credentials, or a wrong clock.
func (f *Fault) Unknown() bool {
	return f.Expired() || f.Skewed() || slices.Contains([]string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
		"InvalidSignatureException", "IncompleteSignature", "AuthFailure", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken", "InvalidSecurity", "NotSignedUp", "OptInRequired"}, f.Code)
}

// Expired reports whether the credentials were good once.
func (f *Fault) Expired() bool {
	return slices.Contains([]string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}, f.Code)
}

// Skewed reports whether this machine's clock is why the signature is refused.
func (f *Fault) Skewed() bool {
	if f.Code == "RequestTimeTooSkewed" || f.Code == "RequestInTheFuture" {
		return true
	}
	about := slices.Contains([]string{"SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired", "AuthFailure"}, f.Code)
	return about && (f.Skew.Abs() > 4*time.Minute || strings.Contains(f.message, "Signature expired") || strings.Contains(f.message, "Signature not yet current"))
}

// Missing reports whether the service, or whatever stands for it, has no such call.
func (f *Fault) Missing() bool {
	return f.Other || f.Status == http.StatusNotImplemented || f.Page && f.Status == http.StatusNotFound || slices.Contains([]string{"UnknownOperationException", "UnknownOperation", "InvalidAction", "NotImplemented",
		"NotImplementedException", "UnsupportedOperation", "UnsupportedOperationException", "InternalFailure.NotImplemented", "MethodNotAllowed"}, f.Code) || f.Status == http.StatusMethodNotAllowed
}

var (
	throttles  = retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}
	retryables = retry.IsErrorRetryables(retry.DefaultRetryables)
)

func (f *Fault) throttled() bool {
	return f.Status == http.StatusTooManyRequests || throttles.IsErrorThrottle(f).Bool() || f.Code == "SlowDown"
}

// again reports whether the same call may go through later.
func (f *Fault) again() bool {
	if f.Missing() {
		return false
	}
	return f.throttled() || f.Err != nil || f.Status >= 500 || f.Page || f.Garbled || retryables.IsErrorRetryable(f).Bool()
}
