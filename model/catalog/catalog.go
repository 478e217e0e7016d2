package catalog

import (
	"io"
	"sync"

	"bulkhead/assets"
)

// A Catalog is what is known of AWS. It is safe for concurrent use; what it returns is shared and must not be
// changed.
type Catalog struct {
	services  services
	policies  policies
	types     types
	templates samTemplates
}

var embedded Catalog

// Load returns the embedded catalogue. It decodes nothing: each part is decoded when it is first asked for, a
// service's actions and a managed policy apart from the others.
func Load() *Catalog { return &embedded }

// Prepare makes what an analysis asks for first, beside whatever the caller does meanwhile.
func (c *Catalog) Prepare() {
	go func() { c.typeTable().shapesOf("iam") }()
}

// A lazy value is made once, on first use.
type lazy[T any] struct {
	once  sync.Once
	value T
}

func (l *lazy[T]) get(make func() T) T {
	l.once.Do(func() { l.value = make() })
	return l.value
}

// asset opens an embedded data file. A missing or broken one is a fault of the build, not of the user.
func asset(name string) io.ReaderAt {
	f, err := assets.FS.Open("data/" + name)
	if err != nil {
		panic("catalog: " + err.Error())
	}
	return f.(io.ReaderAt) // as embed documents it
}
