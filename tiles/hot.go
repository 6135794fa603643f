package tiles

import (
	"sync"
	"time"
)

const (
	// hotAfter is how often a kept tile has to be asked for until it is worth
	// compressing better.
	hotAfter = 3
	// maxPresses bounds the tiles that wait for it.
	maxPresses = 256
	// pressRest is how many times as long as a compression took its worker rests
	// after it, so that it never takes more than a quarter of one processor.
	pressRest = 3
)

// presses are the tiles that wait to be compressed better, one at a time in the
// background. The worker is there only while something waits.
type presses struct {
	queue  []press
	worker bool
	closed chan struct{}
	once   sync.Once
	gone   sync.WaitGroup
}

// press is one tile and the coding that was asked for.
type press struct {
	entry *cached
	to    Coding
}

// warm counts that somebody asked for the tile and would like the coding. The
// caller holds the lock.
func (c *cache) warm(e *cached, want Coding) {
	if c.freshOnly {
		return
	}
	if e.asked < hotAfter {
		e.asked++
		return
	}
	if want == Identity || e.pressed&(1<<want) != 0 || len(e.tile.Raw) == 0 || len(c.presses.queue) >= maxPresses {
		return
	}
	e.pressed |= 1 << want
	c.presses.queue = append(c.presses.queue, press{e, want})
	if !c.presses.worker {
		c.presses.worker = true
		c.presses.gone.Add(1)
		go c.work()
	}
}

// work compresses until nothing waits.
func (c *cache) work() {
	defer c.presses.gone.Done()
	var s squeezer
	for {
		p, raw, ok := c.nextPress()
		if !ok {
			return
		}
		began := time.Now()
		body, err := s.squeeze(raw, p.to)
		if err == nil {
			c.pressed(p, body)
		}
		rest := time.NewTimer(pressRest * time.Since(began))
		select {
		case <-rest.C:
		case <-c.presses.closed:
			rest.Stop()
		}
	}
}

// nextPress takes the next tile that is still kept; false ends the worker.
func (c *cache) nextPress() (press, []byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.presses.closed:
		c.presses.queue = nil
	default:
	}
	for len(c.presses.queue) > 0 {
		p := c.presses.queue[0]
		c.presses.queue = c.presses.queue[1:]
		if p.entry.whole() {
			return p, p.entry.tile.Raw, true
		}
	}
	c.presses.queue, c.presses.worker = nil, false
	return press{}, nil, false
}

// pressed puts a better compression to its tile, unless that is gone.
func (c *cache) pressed(p press, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !p.entry.whole() {
		return
	}
	if tile, better := p.entry.tile.with(p.to, body); better {
		c.stats.pressed++
		c.rooms.change(p.entry, tile)
		c.makeRoom()
	}
}

// close ends the worker and waits for it.
func (c *cache) close() {
	c.presses.once.Do(func() { close(c.presses.closed) })
	c.presses.gone.Wait()
}
