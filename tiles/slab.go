package tiles

import (
	"fmt"
	"slices"
	"unsafe"
)

// Sizes of the pieces in which a load asks for memory, as many things each.
const (
	slabRecords = 256
	slabTexts   = 4096
	slabBytes   = 64 << 10
)

// mostKnown is how many values a slab remembers, by their hashes, in a table that
// stays near the processor.
const mostKnown = 1 << 13

// slab is memory for the records of a load, which are given up together: a piece for
// many records costs less than a piece for each of their parts. Equal values share
// theirs, as far as they are few. Without a slab everything has memory of its own.
type slab struct {
	records []record
	texts   []string
	bytes   []byte
	known   [mostKnown]string // encoded values
	missed  [mostKnown]uint32 // hashes of the last ones that were not known: what comes twice becomes known
	numbers [mostNumbers]knownNumber
	value   []byte // being encoded
}

// mostNumbers is how many whole numbers a slab remembers: the days of more
// than twenty years.
const mostNumbers = 1 << 13

// knownNumber is a whole number and its encoded value, which is never empty.
type knownNumber struct {
	n    int64
	text string
}

func newSlab() *slab { return &slab{} }

// record is a new record.
func (s *slab) record() *record {
	if s == nil {
		return &record{}
	}
	if len(s.records) == 0 {
		s.records = make([]record, slabRecords)
	}
	r := &s.records[0]
	s.records = s.records[1:]
	return r
}

// copied is the bytes in memory that nobody writes to.
func (s *slab) copied(b []byte) []byte {
	if s == nil || len(b) == 0 || len(b) > slabBytes/16 {
		return slices.Clone(b)
	}
	if cap(s.bytes)-len(s.bytes) < len(b) {
		s.bytes = make([]byte, 0, slabBytes)
	}
	from := len(s.bytes)
	s.bytes = append(s.bytes, b...)
	return s.bytes[from:len(s.bytes):len(s.bytes)]
}

// strings is room for n values.
func (s *slab) strings(n int) []string {
	if s == nil || n > slabTexts/16 {
		return make([]string, n)
	}
	if len(s.texts) < n {
		s.texts = make([]string, slabTexts)
	}
	out := s.texts[:n:n]
	s.texts = s.texts[n:]
	return out
}

// encode is encodeValue.
func (s *slab) encode(v Value) (string, error) {
	if s == nil || v == nil {
		return encodeValue(v)
	}
	if n, ok := v.(int64); ok {
		known := &s.numbers[uint64(n)%mostNumbers]
		if known.n != n || known.text == "" {
			s.value, _ = appendValue(s.value[:0], n)
			*known = knownNumber{n, string(s.value)}
		}
		return known.text, nil
	}
	var err error
	if s.value, err = appendValue(s.value[:0], v); err != nil {
		return "", err
	}
	hash := hashValue(unsafe.String(unsafe.SliceData(s.value), len(s.value)))
	known := &s.known[hash%mostKnown]
	if *known == string(s.value) {
		return *known, nil
	}
	b := s.copied(s.value)
	text := unsafe.String(unsafe.SliceData(b), len(b)) // which nobody writes to
	if missed := &s.missed[hash%mostKnown]; *missed == hash {
		*known = text
	} else {
		*missed = hash
	}
	return text, nil
}

// encodeValues encodes one feature's attributes; field names go into the error. In a
// slab there is no room for those that are absent at the end, which may be most of a
// history.
func (s *slab) encodeValues(spec *LayerSpec, values []Value) ([]string, error) {
	if len(values) != len(spec.Fields) {
		return nil, fmt.Errorf("%d values for %d fields", len(values), len(spec.Fields))
	}
	for s != nil && len(values) > 0 && values[len(values)-1] == nil {
		values = values[:len(values)-1]
	}
	out := s.strings(len(values))
	for i, v := range values {
		text, err := s.encode(v)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", spec.Fields[i], err)
		}
		out[i] = text
	}
	return out, nil
}
