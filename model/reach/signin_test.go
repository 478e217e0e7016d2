package reach

import "testing"

// Each trigger of a user pool is started by the calls that take its step.
func TestTriggersOfUserPools(t *testing.T) {
	for _, c := range []struct{ label, action, want string }{
		{"PreSignUp", "cognito-idp:AdminCreateUser", "must"},
		{"PreSignUp", "cognito-idp:AdminInitiateAuth", ""},
		{"PostAuthentication", "cognito-idp:AdminInitiateAuth", "must"},
		{"PostAuthentication", "cognito-idp:AdminCreateUser", ""},
		{"PostConfirmation", "cognito-idp:AdminConfirmSignUp", "must"},
		{"PostConfirmation", "cognito-idp:AdminCreateUser", ""},
		{"VerifyAuthChallengeResponse", "cognito-idp:AdminRespondToAuthChallenge", "must"},
		{"CustomMessage", "cognito-idp:AdminResetUserPassword", "must"},
		{"PreSignUp, PostAuthentication", "cognito-idp:AdminInitiateAuth", "must"},
		{"", "cognito-idp:AdminCreateUser", "must"}, // whichever it is
		{"", "cognito-idp:AdminGetUser", ""},
	} {
		b := filter(t, allow(c.action, "*"))
		pool := b.resource("AWS::Cognito::UserPool", "pool")
		pool.ARN = "arn:aws:cognito-idp:us-east-1:" + testAccount + ":userpool/us-east-1_abc"
		b.trigger(pool.ID, b.fed.ID, "cognito").Label = c.label
		if got := b.says(); got != c.want {
			t.Errorf("%s by %s: %q, not %q", c.label, c.action, got, c.want)
		}
	}
}
