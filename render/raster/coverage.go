package raster

// Points are fixed to 1/256 of a pixel: the same picture everywhere, whatever a processor's floating point does.
const (
	subpixels = 256
	full      = 2 * subpixels * subpixels // what a wholly covered pixel sums up to
)

// A coverage collects the edges of one shape over a rectangle of pixels and tells how much of each pixel lies
// inside, by the nonzero rule for pieces that turn the same way. Cells keep the change of the covered area from
// pixel to pixel, so that a sweep along a row adds them up; only touched cells are visited.
type coverage struct {
	w, h   int
	stride int
	cells  []int32
	lo, hi []int // touched cells of each row; lo > hi: none
	top    int   // touched rows
	bottom int
}

// resize makes it cover w by h pixels and empty.
func (c *coverage) resize(w, h int) {
	c.w, c.h, c.stride = w, h, w+2
	if n := c.stride * h; cap(c.cells) < n {
		c.cells = make([]int32, n)
	} else {
		c.cells = c.cells[:n]
		clear(c.cells)
	}
	if cap(c.lo) < h {
		c.lo, c.hi = make([]int, h), make([]int, h)
	}
	c.lo, c.hi = c.lo[:h], c.hi[:h]
	for y := range h {
		c.lo[y], c.hi[y] = c.stride, -1
	}
	c.top, c.bottom = h, -1
}

// line adds an edge, in pixels from the rectangle's corner.
func (c *coverage) line(x0, y0, x1, y1 float64) {
	w, h := float64(c.w), float64(c.h)
	if x0 >= 0 && y0 >= 0 && x1 >= 0 && y1 >= 0 && x0 <= w && y0 <= h && x1 <= w && y1 <= h {
		c.edge(x0, y0, x1, y1)
		return
	}
	if y0 == y1 || max(y0, y1) <= 0 || min(y0, y1) >= h {
		return
	}
	if y0 < 0 || y1 < 0 || y0 > h || y1 > h {
		at := func(y float64) float64 { return x0 + (x1-x0)*((y-y0)/(y1-y0)) }
		ax, ay, bx, by := x0, y0, x1, y1
		if ay < 0 {
			ax, ay = at(0), 0
		} else if ay > h {
			ax, ay = at(h), h
		}
		if by < 0 {
			bx, by = at(0), 0
		} else if by > h {
			bx, by = at(h), h
		}
		x0, y0, x1, y1 = ax, ay, bx, by
	}
	if min(x0, x1) >= w {
		return // nothing to the right of it is seen
	}
	if max(x0, x1) <= 0 {
		c.edge(0, y0, 0, y1)
		return
	}
	if x0 < 0 || x1 < 0 || x0 > w || x1 > w {
		// What lies left of the rectangle covers as much as an edge along its side would.
		at := func(x float64) float64 { return y0 + (y1-y0)*((x-x0)/(x1-x0)) }
		ax, ay, bx, by := x0, y0, x1, y1
		if x0 < 0 {
			ax, ay = 0, at(0)
			c.edge(0, y0, 0, ay)
		} else if x0 > w {
			ax, ay = w, at(w)
		}
		if x1 < 0 {
			bx, by = 0, at(0)
			defer c.edge(0, by, 0, y1)
		} else if x1 > w {
			bx, by = w, at(w)
		}
		x0, y0, x1, y1 = ax, ay, bx, by
	}
	c.edge(x0, y0, x1, y1)
}

// fix rounds a number that is not negative.
func fix(v float64) int { return int(v*subpixels + 0.5) }

// edge adds an edge that lies inside the rectangle.
func (c *coverage) edge(fx0, fy0, fx1, fy1 float64) {
	x0, y0, x1, y1 := fix(fx0), fix(fy0), fix(fx1), fix(fy1)
	if y0 == y1 {
		return
	}
	down := y1 > y0
	if !down {
		x0, y0, x1, y1 = x1, y1, x0, y0
	}
	first, last := y0/subpixels, (y1-1)/subpixels
	c.top, c.bottom = min(c.top, first), max(c.bottom, last)
	if x0 == x1 {
		for row := first; row <= last; row++ {
			d := min(y1, (row+1)*subpixels) - max(y0, row*subpixels)
			if !down {
				d = -d
			}
			c.cell(row, x0/subpixels, x0%subpixels*2, d)
		}
		return
	}
	dx, dy := x1-x0, y1-y0
	x, y := x0, y0
	for row := first; row <= last; row++ {
		ny := min(y1, (row+1)*subpixels)
		nx := x1
		if ny != y1 {
			nx = x0 + floorDiv(dx*(ny-y0), dy)
		}
		c.hline(row, x, y, nx, ny, down)
		x, y = nx, ny
	}
}

// hline adds the part of an edge within one row of pixels, y downward.
func (c *coverage) hline(row, x0, y0, x1, y1 int, down bool) {
	sign := 1
	if !down {
		sign = -1
	}
	from, to := x0/subpixels, x1/subpixels
	if from == to {
		c.cell(row, from, x0%subpixels+x1%subpixels, sign*(y1-y0))
		return
	}
	dx, dy := x1-x0, y1-y0
	x, y := x0, y0
	if dx > 0 {
		for ; from < to; from++ {
			nx := (from + 1) * subpixels
			ny := y0 + dy*(nx-x0)/dx
			c.cell(row, from, x-from*subpixels+subpixels, sign*(ny-y))
			x, y = nx, ny
		}
	} else {
		for ; from > to; from-- {
			nx := from * subpixels
			ny := y0 + dy*(x0-nx)/-dx
			c.cell(row, from, x-from*subpixels, sign*(ny-y))
			x, y = nx, ny
		}
	}
	c.cell(row, to, x-to*subpixels+x1-to*subpixels, sign*(y1-y))
}

// cell adds an edge of height d within one pixel; x2 is twice its mean distance from the pixel's left side.
func (c *coverage) cell(row, x, x2, d int) {
	if d == 0 {
		return
	}
	i := row*c.stride + x
	c.cells[i] += int32(d * (2*subpixels - x2))
	c.cells[i+1] += int32(d * x2)
	c.lo[row] = min(c.lo[row], x)
	c.hi[row] = max(c.hi[row], x+1)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// sweep calls span for each run of pixels that are covered alike, with the coverage from 1 to 255, and empties c.
func (c *coverage) sweep(span func(y, x0, x1 int, cover uint32)) {
	for y := c.top; y <= c.bottom; y++ {
		lo, hi := c.lo[y], c.hi[y]
		if lo > hi {
			continue
		}
		row := c.cells[y*c.stride : y*c.stride+c.stride]
		sum, start := int32(0), lo
		var cover uint32
		for x := lo; x <= hi; x++ {
			d := row[x]
			if d == 0 {
				continue
			}
			row[x] = 0
			sum += d
			v := sum
			if v < 0 {
				v = -v
			}
			now := min(uint32(v)>>9, 255)
			if now == cover {
				continue
			}
			if cover != 0 && start < c.w {
				span(y, start, min(x, c.w), cover)
			}
			cover, start = now, x
		}
		if cover != 0 && start < c.w {
			// Edges right of the rectangle were left out: it is covered up to its side.
			span(y, start, c.w, cover)
		}
		c.lo[y], c.hi[y] = c.stride, -1
	}
	c.top, c.bottom = c.h, -1
}
