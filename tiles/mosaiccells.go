package tiles

import (
	"maps"
	"slices"
)

// valueSum is how much of one value a cell has.
type valueSum struct {
	value uint32 // place in the tree's names
	n     int32
	units int64
}

func (s valueSum) isZero() bool { return s.n == 0 && s.units == 0 }

// cellChange is what a change adds to a finest cell.
type cellChange struct {
	key uint64 // of the cell, along a Z-order curve
	valueSum
}

// cellTree is the sums of a layer's mosaic at every zoom: a quadtree whose nodes are
// the cells. It is immutable; a change copies the nodes on the way to its cells, so
// that readers keep theirs. Sums are whole numbers: however a tree came to be, equal
// features give equal sums.
type cellTree struct {
	root  *cellNode
	names []string          // of the values; those of a later tree begin with them
	ids   map[string]uint32 // places in names; not written to once there is a tree
}

// cellNode is a cell. Those below leafDepth are packed into their common cell.
type cellNode struct {
	kids   [4]*cellNode
	sums   []valueSum  // in order of value
	blocks *cellBlocks // at leafDepth
}

// cellBlocks are the cells below a leaf, see blockDepths. The finest are kept only
// where features are so many that a tile may show them: elsewhere they would take
// more room than all else, since every feature has several cells.
type cellBlocks [numBlocks][]byte

func newCellTree() *cellTree { return &cellTree{ids: map[string]uint32{}} }

// cellEdit collects what changes in a tree. One at a time; readers of the tree are
// not disturbed.
// An edit that is given up leaves no trace.
type cellEdit struct {
	from    *cellTree
	names   []string
	ids     map[string]uint32 // the tree's until there is a new name
	changes []cellChange
	shares  []cellShare
}

func (t *cellTree) edit() *cellEdit {
	return &cellEdit{from: t, names: slices.Clip(t.names), ids: t.ids}
}

// value is the place of a name, which is added where needed.
func (e *cellEdit) value(name string) uint32 {
	id, ok := e.ids[name]
	if !ok {
		if len(e.names) == len(e.from.names) {
			e.ids = maps.Clone(e.ids)
		}
		id = uint32(len(e.names))
		e.ids[name] = id
		e.names = append(e.names, name)
	}
	return id
}

// feature adds a feature's share of each cell, or takes it away with sign -1.
func (e *cellEdit) feature(b box, units int64, share []byte, name string, sign int32) {
	v := e.value(name)
	e.shares = appendShares(e.shares[:0], b, units, share)
	x, y := middleCell(b)
	e.changes = append(e.changes, cellChange{cellKey(x, y), valueSum{value: v, n: sign}})
	for _, p := range e.shares {
		e.changes = append(e.changes, cellChange{cellKey(p.x, p.y), valueSum{value: v, units: p.units * int64(sign)}})
	}
}

// done is the tree with what was collected.
func (e *cellEdit) done() *cellTree {
	if len(e.changes) == 0 && len(e.names) == len(e.from.names) {
		return e.from
	}
	root := e.from.root
	if len(e.changes) > 0 {
		slices.SortFunc(e.changes, cellChange.compare)
		root = (&cellWriter{}).with(root, 0, e.changes)
	}
	return &cellTree{root: root, names: e.names, ids: e.ids}
}

// cellWriter has the scratch space of one change.
type cellWriter struct {
	sums          []valueSum
	entries, news []cellChange
	packed        []byte
}

// with is the node after changes below it, in order of key and value; nil when
// nothing is left.
func (w *cellWriter) with(n *cellNode, depth int, changes []cellChange) *cellNode {
	if n == nil {
		n = &cellNode{}
	}
	out := &cellNode{kids: n.kids, sums: w.added(n.sums, changes)}
	if depth == leafDepth {
		if len(out.sums) == 0 {
			return nil
		}
		out.blocks = &cellBlocks{}
		for i := range out.blocks {
			switch {
			case n.blocks == nil:
				out.blocks[i] = w.repacked(nil, changes, i)
			case n.blocks[i] != nil:
				out.blocks[i] = w.repacked(n.blocks[i], changes, i)
			}
		}
		return out
	}
	shift := 2 * (cellBits - 1 - depth)
	for len(changes) > 0 {
		kid := changes[0].key >> shift & 3
		end := 1
		for end < len(changes) && changes[end].key>>shift&3 == kid {
			end++
		}
		out.kids[kid] = w.with(out.kids[kid], depth+1, changes[:end])
		changes = changes[end:]
	}
	if out.kids == [4]*cellNode{} {
		return nil
	}
	return out
}

// added is the sums with all changes.
func (w *cellWriter) added(old []valueSum, changes []cellChange) []valueSum {
	w.sums = append(w.sums[:0], old...)
	for _, c := range changes {
		w.sums = addSum(w.sums, c.valueSum)
	}
	return slices.Clone(slices.DeleteFunc(w.sums, valueSum.isZero))
}

// addSum adds to the sum of a value, in order of value.
func addSum(sums []valueSum, add valueSum) []valueSum {
	if n := len(sums); n == 0 || sums[n-1].value < add.value { // as packed cells come
		return append(sums, add)
	}
	i := 0
	for i < len(sums) && sums[i].value < add.value {
		i++
	}
	if i == len(sums) || sums[i].value != add.value {
		return slices.Insert(sums, i, add)
	}
	sums[i].n += add.n
	sums[i].units += add.units
	return sums
}

// node is a tile, at most at mosaicZoom, as a cell; nil when it is empty.
func (t *cellTree) node(id ID) *cellNode {
	n := t.root
	for d := int(id.Z) - 1; d >= 0 && n != nil; d-- {
		n = n.kids[id.X>>d&1|id.Y>>d&1<<1]
	}
	return n
}

// features is how many features are counted in a tile.
func (t *cellTree) features(id ID) int { return t.node(id).features() }

// features is how many features are counted in the cell.
func (n *cellNode) features() (sum int) {
	if n != nil {
		for _, s := range n.sums {
			sum += int(s.n)
		}
	}
	return sum
}

// gather adds the cells of a tile at most at mosaicZoom to out, as coarse as a tile
// has room for at most; false when the tree does not have them all, for they are too
// fine.
func (t *cellTree) gather(id ID, out *cellSums) bool {
	n := t.node(id)
	if n == nil {
		return true
	}
	for {
		got := out.walk(n, int(id.Z), int(id.Z)+tileCellBits-int(out.shift), 0, 0)
		if got != walkedFull {
			return got == walkedAll
		}
		out.coarser()
	}
}

// walked is how a walk over cells ended.
type walked int

const (
	walkedAll  walked = iota
	walkedFull        // what there is by then is too much for a tile
	walkedNone        // the cells are not kept
)

// walk adds the cells below a node at depth that are at the depth to, the tile's; x
// and y are the node's place in the tile.
func (s *cellSums) walk(n *cellNode, depth, to int, x, y uint32) walked {
	switch {
	case s.tooMany():
		return walkedFull
	case depth == to:
		for _, sum := range n.sums {
			s.put(x, y, sum)
		}
		return walkedAll
	case depth == leafDepth:
		return s.block(n.blocks, to, x, y)
	}
	for i, kid := range n.kids {
		if kid == nil {
			continue
		}
		if got := s.walk(kid, depth+1, to, x<<1|uint32(i&1), y<<1|uint32(i>>1)); got != walkedAll {
			return got
		}
	}
	return walkedAll
}

// block adds the cells of a leaf.
func (s *cellSums) block(blocks *cellBlocks, to int, x, y uint32) walked {
	block := blockOf(to)
	if blocks[block] == nil {
		return walkedNone
	}
	below := blockDepths[block] - leafDepth
	down := blockDepths[block] - to
	for cell, sum := range eachInBlock(blocks[block], block) {
		cx, cy := x<<below|gathered(uint32(cell)), y<<below|gathered(uint32(cell)>>1)
		s.put(cx>>down, cy>>down, sum)
	}
	return walkedAll
}

// coarsen gives up the finest cells of tiles, at a zoom, of at most so many features.
func (n *cellNode) coarsen(depth, zoom, most int) {
	switch {
	case n == nil || depth == zoom && n.features() > most:
		return
	case depth == leafDepth:
		n.blocks[fineBlock] = nil
	}
	for _, kid := range n.kids {
		kid.coarsen(depth+1, zoom, most)
	}
}

// cellKey is the place of a finest cell along a Z-order curve.
func cellKey(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

// spread puts a zero before each of the lower 32 bits.
func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000ffff0000ffff
	w = (w | w<<8) & 0x00ff00ff00ff00ff
	w = (w | w<<4) & 0x0f0f0f0f0f0f0f0f
	w = (w | w<<2) & 0x3333333333333333
	return (w | w<<1) & 0x5555555555555555
}

// gathered is every second of the lowest eight bits, from the lowest.
func gathered(v uint32) uint32 {
	v &= 0x55
	v = (v | v>>1) & 0x33
	return (v | v>>2) & 0x0f
}

// memory adds what the tree takes, within a few per cent.
func (t *cellTree) memory(m *memoryParts) {
	var nodes, blocks int64
	var count func(n *cellNode)
	count = func(n *cellNode) {
		if n == nil {
			return
		}
		nodes += 4*8 + 24 + 8 + 16*int64(cap(n.sums))
		if n.blocks != nil {
			blocks += 24 * numBlocks
			for _, b := range n.blocks {
				blocks += int64(cap(b))
			}
		}
		for _, kid := range n.kids {
			count(kid)
		}
	}
	count(t.root)
	m.add("mosaic", nodes)
	m.add("mosaic's fine cells", blocks)
}
