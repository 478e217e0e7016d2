package edit

import "testing"

// Addresses of Terraform are taken apart and put together; other logical ids are names.
func TestAddresses(t *testing.T) {
	for _, c := range []struct{ logical, local, beside, policy string }{
		{"Shop", "Shop", "new", "new"},
		{"aws_lambda_function.shop", "shop", "aws_lambda_function.new", "aws_iam_role_policy.new"},
		{"module.a.aws_iam_role.shop", "shop", "module.a.aws_iam_role.new", "module.a.aws_iam_role_policy.new"},
		{`module.a["x.y"].aws_iam_role.shop[0]`, "shop", `module.a["x.y"].aws_iam_role.new`, `module.a["x.y"].aws_iam_role_policy.new`},
		{`aws_iam_role.shop["eu"]`, "shop", "aws_iam_role.new", "aws_iam_role_policy.new"},
	} {
		if got := localName(c.logical); got != c.local {
			t.Errorf("the name of %s is %s, want %s", c.logical, got, c.local)
		}
		if got := beside(c.logical, "", "new"); got != c.beside {
			t.Errorf("beside %s is %s, want %s", c.logical, got, c.beside)
		}
		if got := beside(c.logical, rolePolicy, "new"); got != c.policy {
			t.Errorf("a policy beside %s is %s, want %s", c.logical, got, c.policy)
		}
	}
}
