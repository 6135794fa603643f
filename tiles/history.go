package tiles

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// reach is the box of a feature and of all that it was: where a search has to find
// it. It is empty for none.
func (r *record) reach() box {
	b := r.box
	for i := range r.past {
		b = b.join(r.past[i].box) // empty where it is the record's
	}
	return b
}

// ended reports that the feature is no more; only its past is there to be seen.
func (r *record) ended() bool { return r.box.isEmpty() }

// packPast checks and packs what a feature was. A version's box is empty where its
// geometry is the feature's of now. Versions stay when a load is over, so that they
// have memory of their own.
func (p *packer) packPast(spec *LayerSpec, rec *record, past []Version) error {
	defer func(s *slab) { p.slab = s }(p.slab)
	p.slab = nil
	last := Day(0)
	for i, v := range past {
		if v.From >= v.Until || i > 0 && v.From < last {
			return fmt.Errorf("version %d, from %s until %s, is empty or overlaps another", i+1, v.From, v.Until)
		}
		last = v.Until
		vals, err := p.slab.encodeValues(spec, v.Values)
		if err != nil {
			return fmt.Errorf("version %d: %w", i+1, err)
		}
		packed := record{units: rec.units, box: emptyBox()}
		if v.M2 != 0 {
			packed.units, err = spec.unitsOf(v.M2)
		}
		if err != nil {
			return fmt.Errorf("version %d: %w", i+1, err)
		}
		if v.Geometry != nil {
			err = p.packGeometry(spec, &packed, v.Geometry)
		} else if rec.ended() {
			err = errEmpty
		}
		if err != nil {
			return fmt.Errorf("version %d: %w", i+1, err)
		}
		rec.past = append(rec.past, version{
			from: v.From, until: v.Until, box: packed.box, area: packed.area,
			geom: packed.geom, vals: vals, units: packed.units, share: packed.share, point: packed.point,
		})
	}
	if !rec.ended() && last > rec.from {
		return fmt.Errorf("the past goes on until %s, when the feature is as it is now from %s", last, rec.from)
	}
	return nil
}

// packEnded packs a feature that is no more.
func (p *packer) packEnded(spec *LayerSpec, f Feature) (*record, error) {
	if len(f.Values) > 0 {
		return nil, errors.New("values without a geometry")
	}
	rec := &record{id: f.ID, box: emptyBox(), vals: make([]string, len(spec.Fields)), from: f.From}
	return rec, p.packPast(spec, rec, f.Past)
}

// asking finds what a query asks for in a layer (asked.go), and gives it the values and
// the geometry of its day. Its memory is reused.
type asking struct {
	at    Day
	terms []term
	ls    *LayerSpec
	l     *layer
	g     grid
	vals  *valueSet
	kept  int // how much of vals.resolved belongs to hits that stay

	letters, status int
	days            []int
	states          []uint32          // keys of the states
	cuts            map[uint64]uint32 // key of the first letters, by key of all and number
}

// begin prepares for one layer; false when the query does not concern it.
func (a *asking) begin(q Query, ls *LayerSpec, l *layer, g grid, vals *valueSet) bool {
	a.at, a.terms, a.ls, a.l, a.g, a.vals = q.At, q.Filter.of(ls.Name), ls, l, g, vals
	a.states, a.days, a.kept = a.states[:0], a.days[:0], 0
	if h := ls.History; h != nil && a.at != 0 {
		a.letters, a.status = slices.Index(ls.Fields, h.Letters), slices.Index(ls.Fields, h.Status)
		for _, f := range h.Days {
			a.days = append(a.days, slices.Index(ls.Fields, f))
		}
		for _, s := range h.States {
			a.states = append(a.states, vals.key(encodeText(s)))
		}
		if a.cuts == nil {
			a.cuts = map[uint64]uint32{}
		}
		clear(a.cuts)
	}
	return a.at != 0 || len(a.terms) > 0
}

// resolve finds how a hit was on the day; false when it was not there, or not in
// the tile.
func (a *asking) resolve(h *hit) bool {
	b, then := a.l.base, (*version)(nil)
	past, from, ended := b.past[h.slot], Day(0), false
	if h.rec != nil {
		past, from, ended = h.rec.past, h.rec.from, h.rec.ended()
	} else if len(past) > 0 {
		ended = b.box(int(h.slot)).isEmpty()
	}
	if h.rec == nil && b.from != nil {
		from = b.from[h.slot]
	}
	if a.at != 0 && (ended || a.at < from) {
		i := slices.IndexFunc(past, func(v version) bool { return v.from <= a.at && a.at < v.until })
		if i < 0 {
			return false
		}
		then = &past[i]
	}
	switch {
	case then != nil && !then.box.isEmpty():
		h.rec = &record{
			id: h.id, box: then.box, area: then.area, geom: then.geom, levels: then.levels,
			vals: then.vals, units: then.units, share: then.share,
		}
		if !h.rec.box.meets(a.g.window()) || !h.rec.drawnAt(a.ls.Kind, a.g.z) {
			return false
		}
	case len(past) > 0 && !presentAt(a.ls, a.l, h.slot, h.rec, a.g):
		return false
	}
	switch {
	case then != nil:
		h.vals = a.vals.resolve(then.vals)
	case h.rec != nil:
		h.vals = a.vals.resolve(h.rec.vals)
	case len(a.days) > 0:
		h.vals = a.vals.copy(b.attrs.row(int(h.slot), a.vals.roomFor(b)))
	}
	return len(a.days) == 0 || a.back(a.vals.keys(b, *h, a.vals.roomFor(b)))
}

// back sets the keys of a feature's values to what they were on the day, by its
// history; false when it was not there.
func (a *asking) back(keys []uint32) bool {
	letters := textOf(a.vals.value(keys[a.letters]))
	n := 0
	for _, f := range a.days[:min(len(a.days), len(letters))] {
		if day, ok := numberOf(a.vals.value(keys[f])); !ok || day > float64(a.at) {
			break
		}
		n++
	}
	if n == 0 || letters[n-1] < 'a' || int(letters[n-1]-'a') >= len(a.states) {
		return false
	}
	keys[a.status] = a.states[letters[n-1]-'a']
	if n < len(letters) {
		of := uint64(keys[a.letters])<<8 | uint64(n)
		key, ok := a.cuts[of]
		if !ok {
			key = a.vals.key(encodeText(letters[:n]))
			a.cuts[of] = key
		}
		keys[a.letters] = key
		for _, f := range a.days[n:] {
			keys[f] = 0
		}
	}
	return true
}

// keeps reports whether values satisfy the filter.
func (a *asking) keeps(keys []uint32) bool {
	for i := range a.terms {
		if t := &a.terms[i]; !t.keeps(a.vals.value(keys[t.field])) {
			return false
		}
	}
	return true
}

// presentAt reports whether the feature as it is now, of a slot or with a record,
// is in the tile by its box and large enough for it.
func presentAt(ls *LayerSpec, l *layer, slot uint32, rec *record, g grid) bool {
	if rec != nil {
		return rec.box.meets(g.window()) && rec.drawnAt(ls.Kind, g.z)
	}
	return l.base.box(int(slot)).meets(g.window()) && (ls.Kind == Points || float64(l.base.areas[slot]) >= unit2(g.z))
}

// textOf is the text that an encoded value holds; nothing for other values.
func textOf(encoded string) string {
	if len(encoded) == 0 || encoded[0] != tagString {
		return ""
	}
	_, n := uvarintOf(encoded[1:])
	return encoded[1+n:]
}

// encodeText is encodeValue for a text that is known to be short and valid.
func encodeText(s string) string {
	b := binary.AppendUvarint([]byte{tagString}, uint64(len(s)))
	return string(append(b, s...))
}
