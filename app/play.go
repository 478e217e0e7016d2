//go:build !headless

package app

import (
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/model"
)

// beat is how long the water stands at a hop before it goes on by itself.
const beat = 950 * time.Millisecond

// A play is a breach whose water goes on by itself, hop by hop.
type play struct {
	start model.ID
	hops  int
	timer *time.Timer
}

// plays reports whether the breach that is shown has more than one hop and may move by itself.
func (w *window) plays() (hops int, ok bool) {
	if w.session == nil || w.state.Start == "" || !w.state.Analysed() || w.still() || w.look.side == view.Both {
		return 0, false
	}
	hops = w.floods.Hops()
	return hops, hops > 1
}

// togglePlay plays the breach from where the water stands, from the first hop where it stands at the end, or stops it.
func (w *window) togglePlay() {
	if w.playing != nil {
		w.pause()
		return
	}
	hops, ok := w.plays()
	if !ok {
		return
	}
	hop := w.look.hop + 1
	if w.look.hop == 0 {
		hop = 1
	}
	w.playFrom(hop, hops)
}

// playFrom goes to a hop and from there to the last.
func (w *window) playFrom(hop, hops int) {
	w.pause()
	w.playing = &play{start: w.state.Start, hops: hops}
	w.floods.SetPlaying(true)
	w.goToHop(hop)
}

// goToHop shows the water at a hop; the last is all of it.
func (w *window) goToHop(hop int) {
	if hop >= w.playing.hops {
		w.pause()
		hop = 0
	}
	if w.look.hop == hop {
		w.playOn()
		return
	}
	w.look.hop = hop
	w.picture()
}

// playOn goes on a beat after a picture was shown.
func (w *window) playOn() {
	p := w.playing
	if p == nil || p.timer != nil {
		return
	}
	if p.start != w.state.Start {
		w.pause()
		return
	}
	p.timer = time.AfterFunc(w.beat, func() {
		fyne.Do(func() {
			if w.playing == p {
				p.timer = nil
				w.goToHop(w.look.hop + 1)
			}
		})
	})
}

// pause leaves the water where it is.
func (w *window) pause() {
	if w.playing == nil {
		return
	}
	if w.playing.timer != nil {
		w.playing.timer.Stop()
	}
	w.playing = nil
	w.floods.SetPlaying(false)
}

// rush plays a breach that was just chosen in a picture, where it has more than one hop.
func (w *window) rush() {
	if w.state.Start == "" || w.still() || large(w.state.After.Design) || w.look.side == view.Both || w.look.chart != view.HullChart && w.look.chart != view.MapChart {
		return
	}
	side := w.state.After
	if w.look.side == view.Before {
		side = w.state.Before
	}
	if hops := view.HopsOf(side, w.state.Vulnerable); hops > 1 {
		w.pause()
		w.playing = &play{start: w.state.Start, hops: hops}
		w.floods.SetPlaying(true)
		w.look.hop = 1
	}
}
