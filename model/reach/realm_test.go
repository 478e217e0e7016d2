package reach

import (
	"fmt"
	"testing"
)

// Of more accounts than there are bits for, the last ones count as ruled for nobody: what they have in common is no account.
func TestRealmsOfManyAccounts(t *testing.T) {
	for _, n := range []int{1, 2, mostRealms, mostRealms + 1, 3 * mostRealms} {
		an := &Analysis{graph: &graph{}}
		for i := range n {
			an.actors = append(an.actors, &actor{profile: profile{account: fmt.Sprint(i)}})
		}
		an.newRealms()
		all := realms(0)
		for i := range n {
			all |= an.realm(fmt.Sprint(i))
		}
		if got, want := an.allRuled(all), n <= mostRealms; got != want {
			t.Errorf("%d accounts are all ruled: %t", n, got)
		}
		for i := range n {
			if got, want := an.ruled(all, fmt.Sprint(i)), i < mostRealms; got != want {
				t.Errorf("of %d accounts the one numbered %d is ruled: %t", n, i, got)
			}
		}
		if an.allRuled(all&^1) || an.ruled(all&^1, "0") || an.ruled(all, "elsewhere") {
			t.Errorf("of %d accounts one is ruled in which nobody rules", n)
		}
	}
}
