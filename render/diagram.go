package render

import (
	"bulkhead/model"
)

// A Diagram is what a picture shows, before it has places: the ship for the hull, and the same as a graph for the map.
// Diagrams that are to be shown together are drawn together (Compare.Draw): they agree on cells, homes and order.
type Diagram struct {
	Claim Claim
	Sea   Sea

	// The hull: compartments side by side over a bilge.
	Cells []Cell // places for bays, from the stern to the bow; the same in diagrams drawn together
	Bays  []*Compartment
	Bilge []*Tile // what several compartments share, and what none touches; most shared first
	Pipes []*Pipe
	Doors []*Door
	Quay  []*Guest // users, and roles that no function has
	More  int      // compartments left out of Bays; they stand in one bay at the bow

	// The map: the same as a graph.
	Clusters []*Cluster
	Nodes    []*Node
	Edges    []*Edge
}

// A Cell is the place of one bay, or of one part of a bay that another diagram shows divided.
type Cell struct {
	Joined bool // belongs with the cell before it: a bay may span both, so no deck ends between them
}

// Tone is how bad it is: the worst capability on a resource.
type Tone uint8

// The tones, calm to grave.
const (
	Dry     Tone = iota
	Reads        // read
	Changes      // write, send, invoke
	Owns         // delete, permissions, secret
)

// Color is the fill of the tone, None for Dry.
func (t Tone) Color() Color { return [...]Color{None, Tile1, Tile2, Tile3}[t] }

// OnColor is the colour of text on the tone.
func (t Tone) OnColor() Color { return [...]Color{Ink, OnTile1, OnTile2, OnTile3}[t] }

// State is how a function, a bay or a guest takes part in the breach.
type State uint8

// The states, calm to grave.
const (
	Sound    State = iota
	Fed            // its input is chosen; dry unless fed functions are taken as vulnerable
	Held           // its code or credentials are held
	Breached       // the breach starts here
)

// Mark says what became of a thing between the designs compared.
type Mark uint8

// The marks.
const (
	Unmarked Mark = iota
	New           // not in the design before
	Moved         // stood elsewhere before
)

// A Compartment is the functions that share a role: a bay of the ship.
type Compartment struct {
	ID        model.ID // of the compartment; "" for the bay of those left out
	Cell      int      // its first cell
	Span      int      // how many cells it takes
	Name      string
	Caption   string // "10 routes · ShopRole"
	Role      string // its name, "" where none is known
	Cabins    []*Cabin
	Triggers  []*Trigger
	Tiles     []*Tile
	Water     float64 // 0..1: flooded share, by weight, of what the bay holds; once it is held, of what it touches in the bilge too
	WaterMay  bool    // rests on something unknown alone
	Inflow    bool    // breached, but nothing to fill it with: Water is the share of all that counts
	State     State
	Mark      Mark
	PartOf    string // name of the compartment that it was split from
	Share     float64
	Icon      string // role or function
	Left      int    // in the bay of those left out: how many
	Tip       string
	Functions int // Cabins has them all
}

// A Cabin is a function in its bay.
type Cabin struct {
	ID      model.ID
	Name    string
	Handler string
	State   State
	Hop     int // steps from where the breach starts, of what it holds or feeds
	Tip     string
}

// A Trigger is what starts the functions of a bay, grouped: one route, "10 routes", a queue, a schedule.
type Trigger struct {
	IDs   []model.ID // of the model's triggers, in source order
	Label string
	Icon  string
	Open  bool // anyone outside may start it
	Mark  Mark
	Tip   string
}

// A Tile is a resource.
type Tile struct {
	ID      model.ID
	Name    string
	Icon    string
	Home    model.ID // compartment in whose bay it stands; "" in the bilge
	Cell    int      // of Home, or −1
	Tone    Tone
	Sure    Tone   // the part of it that holds whatever the unknowns
	May     bool   // the tone rests on something unknown: Sure is less
	Words   string // what the breach can do to it, or where it is dry what its home can
	Via     string // it is wet by another compartment than its home: whose hand it is
	Users   int    // compartments that can touch it
	Wet     int    // of these, how many the breach holds
	Crown   bool
	Counted bool
	Mark    Mark
	Tip     string
}

// A Pipe joins a bay with a thing in the bilge that it can touch.
type Pipe struct {
	Bay   model.ID // compartment
	Tile  model.ID
	Words string // what the bay can do with it
	Tone  Tone
	Sure  Tone
	May   bool
	Tip   string
}

// A Door leads from one compartment to another, or to a guest.
type Door struct {
	From, To  model.ID // compartments; To may be a guest
	Runs      bool     // runs as the other; otherwise feeds it
	Wet       bool     // the breach goes through it
	May       bool
	Functions []model.ID // of To, that it leads to
	Label     string     // technique or trigger
	Name      string     // of To
	Tip       string
}

// A Guest is a user, a role that no function has, or somebody from outside the account.
type Guest struct {
	ID    model.ID
	Name  string
	Icon  string // user, role, globe
	Group Group
	State State
	Hop   int    // steps from where the breach starts
	By    string // who it is held through, "" where it is not
	Tip   string
}

// Sea is what the breach reaches beyond the design.
type Sea struct {
	Words string // "any other table, bucket and secret of the account"
	Open  bool   // there is something
	May   bool   // all of it perhaps
	Tip   string
}

// A Cluster is a compartment on the map.
type Cluster struct {
	ID    model.ID
	Name  string
	Role  string // name of the role, "" if none
	State State
	Mark  Mark
	Tip   string
}

// NodeKind is what a node stands for.
type NodeKind uint8

// The kinds of node.
const (
	FunctionNode NodeKind = iota
	RoleNode              // a role shared by functions, or of none
	UserNode
	ResourceNode
	TriggerNode
	BundleNode   // a group of compartments, see Bundles
	StrangerNode // somebody from outside the account
)

// A Node is an element on the map.
type Node struct {
	ID      model.ID
	Kind    NodeKind
	Cluster model.ID // "" outside the clusters
	Name    string
	Caption string // handler; capability in words; event
	Figure  string // of functions: what a breach of it reaches, "" where that is not known
	Icon    string
	State   State // of functions, roles, users
	Hop     int   // steps from where the breach starts, of what it holds
	Tone    Tone  // of resources
	Sure    Tone
	May     bool
	Crown   bool
	Counted bool
	Open    bool // of triggers
	Mark    Mark
	Tip     string
}

// EdgeKind is what an edge stands for.
type EdgeKind uint8

// The kinds of edge.
const (
	ActsEdge   EdgeKind = iota // can do something to a resource
	FeedsEdge                  // chooses a function's input
	RunsEdge                   // runs as another principal
	StartsEdge                 // a trigger starts a function, or carries on to a resource
	WearsEdge                  // a function has a role
)

// An Edge joins two nodes.
type Edge struct {
	From, To model.ID
	Kind     EdgeKind
	Words    string // capability, technique or event
	Tone     Tone   // of acts that the breach uses
	Sure     Tone
	Wet      bool // the breach goes along it
	May      bool
	Tip      string
}
