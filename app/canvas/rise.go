package canvas

import (
	"image"
	"math"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// riseTime is how long the water takes.
const riseTime = 450 * time.Millisecond

// A rise goes from one picture to the next from the keel upward, as water does. Both are painted once; a frame only
// copies lines of the one or the other.
type rise struct {
	from      *image.RGBA // as the picture was
	frame     *image.RGBA
	level     float64 // 0: all as it was, 1: all new
	animation *fyne.Animation
}

// Rise is SetScene with the water rising to it. Where nothing is shown yet, or the picture is another, it is SetScene.
func (c *Canvas) Rise(s *render.Scene) {
	if c.scene == nil || s == nil || c.scene == s || c.image == nil || c.scene.Width != s.Width || c.scene.Height != s.Height || c.beyond != nil {
		c.SetScene(s)
		return
	}
	c.settle()
	was := image.NewRGBA(c.image.Rect)
	copy(was.Pix, c.image.Pix)
	r := &rise{from: was, frame: image.NewRGBA(c.image.Rect)}
	c.SetScene(s)
	c.rising = r
	r.animation = fyne.NewAnimation(riseTime, func(done float32) {
		if c.rising != r {
			return
		}
		if r.level = float64(done); done >= 1 {
			c.rising = nil
		}
		c.Refresh()
	})
	r.animation.Curve = fyne.AnimationEaseInOut
	r.animation.Start()
}

// Settled reports whether nothing rises.
func (c *Canvas) Settled() bool { return c.rising == nil }

// settle ends a rise where it is.
func (c *Canvas) settle() {
	if c.rising != nil {
		c.rising.animation.Stop()
		c.rising = nil
	}
}

// over is the frame between two pictures of one size; now is the new one.
func (r *rise) over(now *image.RGBA) *image.RGBA {
	if r.from.Rect != now.Rect {
		return now // the window changed on the way
	}
	w, h := now.Rect.Dx(), now.Rect.Dy()
	const swell = 5.0
	line := float64(h)*(1-r.level)*1.02 - swell
	calm, high := max(0, min(h, int(line+swell)+1)), max(0, min(h, int(line-swell)))
	copy(r.frame.Pix[:high*now.Stride], r.from.Pix[:high*now.Stride])
	copy(r.frame.Pix[calm*now.Stride:], now.Pix[calm*now.Stride:])
	for x := range w {
		edge := line + swell*math.Sin(float64(x)/28+r.level*9)
		for y := high; y < calm; y++ {
			i := y*now.Stride + 4*x
			src := r.from.Pix
			if float64(y) >= edge {
				src = now.Pix
			}
			copy(r.frame.Pix[i:i+4], src[i:i+4])
		}
	}
	return r.frame
}
