package tiles

import "sync/atomic"

// Stats is what an engine holds and has done since it was made.
type Stats struct {
	Revision    int64
	Features    map[string]int // per layer
	Overlay     map[string]int // changed features not yet merged, per layer
	LayerBytes  int64          // memory of the merged layers and their mosaics
	Chunks      int            // of geometry in memory, under Options.MemoryBytes; so are the next ones
	ChunkBytes  int64          // of those, and of those being read
	ChunkReads  int64          // read back from the file
	ChunkAsked  int64          // made anew from the Source
	ChunkGone   int64          // taken out for room
	ChunkFaults int64          // could not be written or read back; expect 0
	CacheTiles  int            // finished and being built
	CacheBytes  int64
	Hits        int64 // answered from the cache
	Tags        int64 // asked for a tag only, and it was known
	Misses      int64 // had to be built
	Shared      int64 // waited for a build that another had asked for
	Outside     int64 // beyond the data, answered without a build
	Evicted     int64 // taken out for room
	Dropped     int64 // taken out by a change
	Pressed     int64 // compressed better, because they were asked for often
	Builds      int64
	OverBudget  int64 // builds that would have had more than 500,000 bytes or 5,000 polygons
	LeftOut     int64 // features that had no room in a build
	Repaired    int64 // features rebuilt because their snapped rings touched
	StandIns    int64 // features drawn as cells because snapping erased them
	Coarse      int64 // of those, rebuilt on a coarser grid to bound the work
	Unrepaired  int64 // features whose rebuilding failed, drawn as cells; expect 0
	Merges      int64
	MergeErrors int64
}

// counters are written by builds.
type counters struct {
	outside, builds, overBudget, leftOut, repaired, standIns, coarse, unrepaired, merges, mergeErrors atomic.Int64
}

func (c *counters) built(t tally) {
	c.builds.Add(1)
	c.add(t)
	if t.overBudget {
		c.overBudget.Add(1)
		c.leftOut.Add(int64(t.leftOut))
	}
}

// add counts what happened to features, in a tile or ahead of all.
func (c *counters) add(t tally) {
	c.repaired.Add(int64(t.repaired))
	c.standIns.Add(int64(t.standIns))
	c.coarse.Add(int64(t.coarse))
	c.unrepaired.Add(int64(t.unrepaired))
}

// Stats reads the counters.
func (e *Engine) Stats() Stats {
	st := Stats{
		Features: map[string]int{}, Overlay: map[string]int{},
		Outside: e.count.outside.Load(), Builds: e.count.builds.Load(),
		OverBudget: e.count.overBudget.Load(), LeftOut: e.count.leftOut.Load(), Repaired: e.count.repaired.Load(),
		StandIns: e.count.standIns.Load(), Coarse: e.count.coarse.Load(), Unrepaired: e.count.unrepaired.Load(),
		Merges: e.count.merges.Load(), MergeErrors: e.count.mergeErrors.Load(),
	}
	if m := e.memory; m != nil {
		st.Chunks, st.ChunkBytes = m.holds()
		st.ChunkReads, st.ChunkAsked = m.reads.Load(), m.sourced.Load()
		st.ChunkGone, st.ChunkFaults = m.evicted.Load(), m.faults.Load()
	}
	var cs cacheStats
	cs, st.CacheTiles, st.CacheBytes = e.cache.read()
	st.Hits, st.Tags, st.Misses, st.Shared = cs.hits, cs.tags, cs.misses, cs.shared
	st.Evicted, st.Dropped, st.Pressed = cs.evicted, cs.dropped, cs.pressed
	s := e.snap.Load()
	if s == nil {
		return st
	}
	st.Revision = e.Revision()
	for i, l := range s.layers {
		name := e.spec.Layers[i].Name
		st.Features[name] = l.len()
		st.Overlay[name] = len(l.over.entries)
	}
	st.LayerBytes = s.memory().sum()
	return st
}
