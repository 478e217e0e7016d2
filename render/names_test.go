package render

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNamesThatReadTheSame: names that differ in their middle are cut so that they differ still; others are cut as ever.
func TestNamesThatReadTheSame(t *testing.T) {
	n := Names{"OrdersQueue", "shop/shop-backups-destination-bucketS3Bucket", "shop/shop-backups-source-bucketS3Bucket", "shop/shop-backups-source-bucketS3LoggingBucket"}
	for _, c := range []struct {
		name  string
		width float64
		want  string
	}{
		{"shop/shop-backups-source-bucketS3Bucket", 200, "shop/shop-backups-source-bucketS3Bucket"},
		{"shop/shop-backups-source-bucketS3Bucket", 130, "…source-bucketS3Bucket"},
		{"shop/shop-backups-destination-bucketS3Bucket", 135, "…destination-bucketS3Bucket"},
		{"shop/shop-backups-source-bucketS3Bucket", 80, "…sourc…tS3Bucket"},
		{"OrdersQueue", 35, "Orde…ue"},
	} {
		if got := n.Fit(mono{}, c.name, 10, Regular, c.width); got != c.want {
			t.Errorf("%q in %.0f: %q, want %q", c.name, c.width, got, c.want)
		}
	}
}

// TestNamesFit: whatever the names, what Fit gives has room, and is the name where that has room.
func TestNamesFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Names(rapid.SliceOfN(rapid.StringMatching(`[a-cA-C/ -]{0,12}(Queue|Topic|é)?`), 1, 8).Draw(t, "names"))
		slices.Sort(n)
		n = slices.Compact(n)
		width := rapid.Float64Range(0, 90).Draw(t, "width")
		for _, name := range n {
			got := n.Fit(mono{}, name, 10, Regular, width)
			if w := (mono{}).Width(got, 10, Regular); w > width {
				t.Fatalf("%q is %.0f wide, in %.0f", got, w, width)
			}
			if whole := (mono{}).Width(name, 10, Regular) <= width; whole != (got == name) && name != "" {
				t.Fatalf("%q in %.0f is %q", name, width, got)
			}
			if got != name && got != "" && !strings.Contains(got, "…") {
				t.Fatalf("%q is cut to %q without a sign of it", name, got)
			}
		}
	})
}
