package tiles

import "container/list"

// entryCost is what an entry takes beside the tile's bytes, roughly.
const entryCost = 320

// cost is what an entry counts for, in bytes.
func (e *cached) cost() int64 { return e.tile.size() + int64(len(e.text)) + entryCost }

// rooms say what is kept for how long. They are a segmented LRU (Karedla, Love
// and Wherry, Computer 27, 1994): a tile enters on probation and is protected
// once it is asked for again, so a crawl over every tile evicts only what was
// asked for once. Tiles under a query have a room of their own, a quarter at most,
// since there are as many as a caller can think of. An evicted tile leaves its
// tag: who has the tile need not have it built to hear that it still holds.
type rooms struct {
	probation, protected, queried room
	tags, queriedTags             room
	limit, bytes                  int64
}

// room is a list of entries, the one used last in front, and their bytes.
type room struct {
	list     list.List
	bytes    int64
	limit    int64
	tagsOnly bool
}

// open sets the limits.
func (r *rooms) open(limit int64) {
	r.limit = limit
	r.protected.limit, r.queried.limit = limit/5*4, limit/4
	r.tags.limit, r.queriedTags.limit = limit/16, limit/64
	r.tags.tagsOnly, r.queriedTags.tagsOnly = true, true
}

// put moves the entry to the front of a room; nil takes it out.
func (r *rooms) put(e *cached, to *room) {
	cost := e.cost()
	if e.room != nil {
		e.room.list.Remove(e.spot)
		e.room.bytes -= cost
		r.bytes -= cost
	}
	if e.room = to; to == nil {
		e.spot = nil
		return
	}
	e.spot = to.list.PushFront(e)
	to.bytes += cost
	r.bytes += cost
}

// admit takes in a finished tile. Of one that is larger than its room the tag is
// kept: it would put everything else out and then have to go itself.
func (r *rooms) admit(e *cached) {
	to, most := &r.probation, r.limit
	if e.text != "" {
		to, most = &r.queried, r.queried.limit
	}
	if e.cost() > most {
		r.strip(e)
		return
	}
	r.put(e, to)
}

// strip takes the bytes of an entry away and keeps its tag.
func (r *rooms) strip(e *cached) {
	r.put(e, nil)
	e.tile = Tile{ETag: e.tile.ETag, Revision: e.tile.Revision}
	if e.text == "" {
		r.put(e, &r.tags)
	} else {
		r.put(e, &r.queriedTags)
	}
}

// use makes the entry the one used last, and protects a tile that was asked for
// again.
func (r *rooms) use(e *cached) {
	if e.room != &r.probation {
		e.room.list.MoveToFront(e.spot)
		return
	}
	r.put(e, &r.protected)
	r.settle()
}

// settle puts back on probation what the protected room has no place for.
func (r *rooms) settle() {
	for r.protected.over() && r.protected.list.Len() > 1 {
		r.put(r.protected.last(), &r.probation)
	}
}

// change gives a kept entry another tile.
func (r *rooms) change(e *cached, tile Tile) {
	more := tile.size() - e.tile.size()
	e.tile = tile
	e.room.bytes += more
	r.bytes += more
	r.settle()
}

func (r *room) over() bool { return r.bytes > r.limit }

// last is the entry that was not used for longest; nil in an empty room.
func (r *room) last() *cached {
	if el := r.list.Back(); el != nil {
		return el.Value.(*cached)
	}
	return nil
}

// excess is the entry that has to go next; nil when all limits hold.
func (r *rooms) excess() *cached {
	for _, own := range []*room{&r.queried, &r.tags, &r.queriedTags} {
		if own.over() {
			return own.last()
		}
	}
	if r.bytes <= r.limit {
		return nil
	}
	for _, from := range []*room{&r.probation, &r.queried, &r.protected, &r.queriedTags, &r.tags} {
		if e := from.last(); e != nil {
			return e
		}
	}
	return nil
}

// makeRoom makes the cache fit its limits again. Of a tile that has to go the tag
// stays, which makes it smaller; a tag that has to go is forgotten.
func (c *cache) makeRoom() {
	for e := c.rooms.excess(); e != nil; e = c.rooms.excess() {
		if e.whole() {
			c.rooms.strip(e)
			c.stats.evicted++
		} else {
			c.forget(e)
		}
	}
}

// place is what the cache has of one tile: as it is now, and under queries by
// their text.
type place struct {
	plain   *cached
	queried map[string]*cached
}

// find is the entry of a tile under a query's text; nil = none.
func (c *cache) find(id ID, text string) *cached {
	p := c.zooms[id.Z][[2]uint32{id.X, id.Y}]
	switch {
	case p == nil:
		return nil
	case text == "":
		return p.plain
	}
	return p.queried[text]
}

// enter puts an entry into the map; there is none of its tile and query.
func (c *cache) enter(e *cached) {
	key := [2]uint32{e.id.X, e.id.Y}
	p := c.zooms[e.id.Z][key]
	if p == nil {
		p = &place{}
		c.zooms[e.id.Z][key] = p
	}
	if e.text == "" {
		p.plain = e
	} else {
		if p.queried == nil {
			p.queried = map[string]*cached{}
		}
		p.queried[e.text] = e
	}
	c.count++
}

// forget removes an entry, finished or not, if it is still there.
func (c *cache) forget(e *cached) {
	if c.find(e.id, e.text) != e {
		return
	}
	key := [2]uint32{e.id.X, e.id.Y}
	p := c.zooms[e.id.Z][key]
	if e.text == "" {
		p.plain = nil
	} else {
		delete(p.queried, e.text)
	}
	if p.plain == nil && len(p.queried) == 0 {
		delete(c.zooms[e.id.Z], key)
	}
	c.rooms.put(e, nil)
	c.count--
}

// drop removes the tiles of the ranges, whatever they were asked by. It looks at
// whichever is less: the range or the tiles of its zoom.
func (c *cache) drop(ranges []tileRange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range ranges {
		zoom := c.zooms[r.z]
		if r.count() > int64(len(zoom)) {
			for key, p := range zoom {
				if r.has(key[0], key[1]) {
					c.dropPlace(p)
				}
			}
			continue
		}
		for x := r.minX; x <= r.maxX; x++ {
			for y := r.minY; y <= r.maxY; y++ {
				if p := zoom[[2]uint32{x, y}]; p != nil {
					c.dropPlace(p)
				}
			}
		}
	}
}

// dropAll removes everything.
func (c *cache) dropAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, zoom := range c.zooms {
		for _, p := range zoom {
			c.dropPlace(p)
		}
	}
}

func (c *cache) dropPlace(p *place) {
	if p.plain != nil {
		c.stats.dropped++
		c.forget(p.plain)
	}
	for _, e := range p.queried {
		c.stats.dropped++
		c.forget(e)
	}
}
