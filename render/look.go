package render

// What every writer draws alike, in points.
const (
	HatchPitch = 5.0 // from line to line of a hatching, across; a line runs through the scene's origin, rising
	HatchWidth = 1.4
	HaloWidth  = 3.0 // of the line around a text with a halo; half of it shows
)
