package render

import "image/color"

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Light is the palette for paper and bright rooms.
var Light = &Palette{Name: "light", Colors: [colors]color.NRGBA{
	Ground: hex(0xF6F8FA), Panel: hex(0xFFFFFF), Ink: hex(0x18222D), Muted: hex(0x5B6B7B), Line: hex(0xC9D3DD),
	Hull: hex(0x33475B), Bay: hex(0xFFFFFF), Bilge: hex(0xEDF1F5), Water: hex(0xDCEBF7),
	Tile1: hex(0xBFDDF3), Tile2: hex(0x5BA3D9), Tile3: hex(0x17609F),
	OnTile1: hex(0x18222D), OnTile2: hex(0x0B1520), OnTile3: hex(0xFFFFFF),
	Link: hex(0x17609F), Danger: hex(0xD55E00), OnDanger: hex(0x0B0F14), Crown: hex(0xC98A00), Feeds: hex(0x7B61A8), Good: hex(0x00835F),
}}

// Dark is the palette for screens and dark rooms.
var Dark = &Palette{Name: "dark", Colors: [colors]color.NRGBA{
	Ground: hex(0x0F151C), Panel: hex(0x161E27), Ink: hex(0xE8EEF4), Muted: hex(0x93A4B5), Line: hex(0x2A3744),
	Hull: hex(0x9DB2C6), Bay: hex(0x1A2430), Bilge: hex(0x131B24), Water: hex(0x22405C),
	Tile1: hex(0xA9D3F0), Tile2: hex(0x4F9BD6), Tile3: hex(0x1D63A8),
	OnTile1: hex(0x0F151C), OnTile2: hex(0x0A1017), OnTile3: hex(0xFFFFFF),
	Link: hex(0x7CC4F5), Danger: hex(0xFF8A3D), OnDanger: hex(0x1A0F06), Crown: hex(0xF0B93A), Feeds: hex(0xB9A2E8), Good: hex(0x3ED1A4),
}}

// ContrastLight is the palette for eyes that need more contrast: black lines and texts on white.
var ContrastLight = &Palette{Name: "contrast-light", Colors: [colors]color.NRGBA{
	Ground: hex(0xFFFFFF), Panel: hex(0xFFFFFF), Ink: hex(0x000000), Muted: hex(0x2B333B), Line: hex(0x55606B),
	Hull: hex(0x000000), Bay: hex(0xFFFFFF), Bilge: hex(0xF0F2F4), Water: hex(0xCFE6FA),
	Tile1: hex(0xA6CEEE), Tile2: hex(0x1F6FB0), Tile3: hex(0x06294A),
	OnTile1: hex(0x000000), OnTile2: hex(0xFFFFFF), OnTile3: hex(0xFFFFFF),
	Link: hex(0x003E8A), Danger: hex(0xB33A00), OnDanger: hex(0xFFFFFF), Crown: hex(0x8A5A00), Feeds: hex(0x5A2D91), Good: hex(0x005A3C),
}}

// ContrastDark is the same on black.
var ContrastDark = &Palette{Name: "contrast-dark", Colors: [colors]color.NRGBA{
	Ground: hex(0x000000), Panel: hex(0x000000), Ink: hex(0xFFFFFF), Muted: hex(0xD0D8E0), Line: hex(0x9AA6B2),
	Hull: hex(0xFFFFFF), Bay: hex(0x000000), Bilge: hex(0x16191C), Water: hex(0x0B3A63),
	Tile1: hex(0xD6ECFF), Tile2: hex(0x7CC4F5), Tile3: hex(0x3E95DB),
	OnTile1: hex(0x000000), OnTile2: hex(0x000000), OnTile3: hex(0x000000),
	Link: hex(0x9AD6FF), Danger: hex(0xFF9A4D), OnDanger: hex(0x000000), Crown: hex(0xFFD257), Feeds: hex(0xD3C2FF), Good: hex(0x5CF0BE),
}}

// Palettes are all there are.
func Palettes() []*Palette { return []*Palette{Light, Dark, ContrastLight, ContrastDark} }

// IsDark reports whether a palette is for dark grounds.
func (p *Palette) IsDark() bool { return p == Dark || p == ContrastDark }
