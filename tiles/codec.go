package tiles

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// codec writes and reads values of one type as they lie in memory: slices of
// numbers and of plain structs as their bytes, everything else part by part. It is
// made from the type itself, and text describes the type down to the names of its
// fields: with another layout the text is another, and a file from before is not
// taken.
type codec struct {
	write func(w *frameWriter, p unsafe.Pointer)
	read  func(r *frameReader, p unsafe.Pointer)
	text  string
	least int64 // bytes that a value takes in the file
}

// codecs makes codecs; skip names the fields of types that are not saved.
type codecs struct {
	skip  map[reflect.Type][]string
	under []reflect.Type // being made
}

func (m *codecs) of(t reflect.Type) (*codec, error) {
	if slices.Contains(m.under, t) {
		return nil, fmt.Errorf("%s holds itself", t)
	}
	m.under = append(m.under, t)
	defer func() { m.under = m.under[:len(m.under)-1] }()
	if t == reflect.TypeFor[chunkPointer]() {
		return m.chunk()
	}
	if m.plain(t) {
		return plainCodec(t), nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return boolCodec(), nil
	case reflect.String:
		return stringCodec(), nil
	case reflect.Struct:
		return m.structure(t)
	case reflect.Slice:
		return m.slice(t)
	case reflect.Array:
		return m.array(t)
	case reflect.Map:
		return m.table(t)
	case reflect.Pointer:
		return m.pointer(t)
	}
	return nil, fmt.Errorf("%s cannot be saved", t)
}

// plain reports whether a type is all numbers, without gaps between them.
func (m *codecs) plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return true
	case reflect.Array:
		return m.plain(t.Elem())
	case reflect.Struct:
		size := uintptr(0)
		for i := range t.NumField() {
			f := t.Field(i)
			if !m.plain(f.Type) || slices.Contains(m.skip[t], f.Name) {
				return false
			}
			size += f.Type.Size()
		}
		return size == t.Size() && size > 0
	}
	return false
}

// describe is the text of a plain type.
func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), describe(t.Elem()))
	case reflect.Struct:
		var b strings.Builder
		for i := range t.NumField() {
			fmt.Fprintf(&b, "%s %s;", t.Field(i).Name, describe(t.Field(i).Type))
		}
		return "{" + b.String() + "}"
	}
	return fmt.Sprintf("%s%d", t.Kind(), t.Size())
}

func plainCodec(t reflect.Type) *codec {
	size := int(t.Size())
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) { w.bytes(unsafe.Slice((*byte)(p), size)) },
		read:  func(r *frameReader, p unsafe.Pointer) { r.bytes(unsafe.Slice((*byte)(p), size)) },
		text:  describe(t), least: int64(size),
	}
}

func boolCodec() *codec {
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			b := byte(0)
			if *(*bool)(p) {
				b = 1
			}
			w.bytes([]byte{b})
		},
		read: func(r *frameReader, p unsafe.Pointer) {
			var b [1]byte
			r.bytes(b[:])
			*(*bool)(p) = b[0] == 1
		},
		text: "bool", least: 1,
	}
}

func stringCodec() *codec {
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			s := *(*string)(p)
			w.uvarint(uint64(len(s)))
			w.bytes(unsafe.Slice(unsafe.StringData(s), len(s)))
		},
		read: func(r *frameReader, p unsafe.Pointer) { *(*string)(p) = r.text() },
		text: "string", least: 1,
	}
}

func (m *codecs) structure(t reflect.Type) (*codec, error) {
	type part struct {
		at uintptr
		c  *codec
	}
	var parts []part
	out := &codec{}
	var b strings.Builder
	for i := range t.NumField() {
		f := t.Field(i)
		if slices.Contains(m.skip[t], f.Name) {
			continue
		}
		c, err := m.of(f.Type)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		parts = append(parts, part{f.Offset, c})
		fmt.Fprintf(&b, "%s %s;", f.Name, c.text)
		out.least += c.least
	}
	out.text = "{" + b.String() + "}"
	out.write = func(w *frameWriter, p unsafe.Pointer) {
		for _, f := range parts {
			f.c.write(w, unsafe.Add(p, f.at))
		}
	}
	out.read = func(r *frameReader, p unsafe.Pointer) {
		for _, f := range parts {
			f.c.read(r, unsafe.Add(p, f.at))
		}
	}
	return out, nil
}

// slice writes the length and one more, 0 for nil, then the elements.
func (m *codecs) slice(t reflect.Type) (*codec, error) {
	c, err := m.of(t.Elem())
	if err != nil {
		return nil, err
	}
	size, plain := t.Elem().Size(), m.plain(t.Elem())
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			v := reflect.NewAt(t, p).Elem()
			if v.IsNil() {
				w.uvarint(0)
				return
			}
			n := v.Len()
			w.uvarint(uint64(n) + 1)
			first := v.UnsafePointer()
			if plain {
				w.bytes(unsafe.Slice((*byte)(first), n*int(size)))
				return
			}
			for i := range n {
				c.write(w, unsafe.Add(first, uintptr(i)*size))
			}
		},
		read: func(r *frameReader, p unsafe.Pointer) {
			n := r.uvarint()
			if n == 0 {
				return
			}
			n--
			if left := uint64(max(r.remaining(), 0)); n > left || n*uint64(max(c.least, 1)) > left {
				r.fail(errTorn)
				return
			}
			v := reflect.MakeSlice(t, int(n), int(n))
			reflect.NewAt(t, p).Elem().Set(v)
			first := v.UnsafePointer()
			if plain {
				r.bytes(unsafe.Slice((*byte)(first), int(n)*int(size)))
				return
			}
			for i := range int(n) {
				if r.err != nil {
					return
				}
				c.read(r, unsafe.Add(first, uintptr(i)*size))
			}
		},
		text: "[]" + c.text, least: 1,
	}, nil
}

func (m *codecs) array(t reflect.Type) (*codec, error) {
	c, err := m.of(t.Elem())
	if err != nil {
		return nil, err
	}
	size, n := t.Elem().Size(), t.Len()
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			for i := range n {
				c.write(w, unsafe.Add(p, uintptr(i)*size))
			}
		},
		read: func(r *frameReader, p unsafe.Pointer) {
			for i := range n {
				c.read(r, unsafe.Add(p, uintptr(i)*size))
			}
		},
		text: fmt.Sprintf("[%d]%s", n, c.text), least: int64(n) * c.least,
	}, nil
}

// table is a map by an unsigned number, written in its order; nil stays nil.
func (m *codecs) table(t reflect.Type) (*codec, error) {
	if k := t.Key().Kind(); k != reflect.Uint32 && k != reflect.Uint64 {
		return nil, fmt.Errorf("a map by %s cannot be saved", t.Key())
	}
	c, err := m.of(t.Elem())
	if err != nil {
		return nil, err
	}
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			v := reflect.NewAt(t, p).Elem()
			if v.IsNil() {
				w.uvarint(0)
				return
			}
			w.uvarint(uint64(v.Len()) + 1)
			keys := v.MapKeys()
			slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) })
			elem := reflect.New(t.Elem())
			for _, k := range keys {
				w.uvarint(k.Uint())
				elem.Elem().Set(v.MapIndex(k))
				c.write(w, elem.UnsafePointer())
			}
		},
		read: func(r *frameReader, p unsafe.Pointer) {
			n := r.uvarint()
			if n == 0 {
				return
			}
			v := reflect.MakeMap(t)
			reflect.NewAt(t, p).Elem().Set(v)
			for ; n > 1 && r.err == nil; n-- {
				key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem())
				key.SetUint(r.uvarint())
				c.read(r, elem.UnsafePointer())
				v.SetMapIndex(key, elem.Elem())
			}
		},
		text: fmt.Sprintf("map[%s]%s", t.Key().Kind(), c.text), least: 1,
	}, nil
}

// pointer is for what one place alone points to.
func (m *codecs) pointer(t reflect.Type) (*codec, error) {
	c, err := m.of(t.Elem())
	if err != nil {
		return nil, err
	}
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			v := reflect.NewAt(t, p).Elem()
			if v.IsNil() {
				w.uvarint(0)
				return
			}
			w.uvarint(1)
			c.write(w, v.UnsafePointer())
		},
		read: func(r *frameReader, p unsafe.Pointer) {
			if r.uvarint() == 0 {
				return
			}
			v := reflect.New(t.Elem())
			c.read(r, v.UnsafePointer())
			reflect.NewAt(t, p).Elem().Set(v)
		},
		text: "*" + c.text, least: 1,
	}, nil
}

// chunk is a chunk behind its atomic pointer, or one that is not in memory.
func (m *codecs) chunk() (*codec, error) {
	c, err := m.of(reflect.TypeFor[chunk]())
	if err != nil {
		return nil, err
	}
	return &codec{
		write: func(w *frameWriter, p unsafe.Pointer) {
			if here := (*chunkPointer)(p).Load(); here != nil {
				c.write(w, unsafe.Pointer(here))
			} else if err := w.absent(func(here *chunk) error {
				c.write(w, unsafe.Pointer(here))
				return w.err
			}); err != nil && w.err == nil {
				w.err = err
			}
		},
		read: func(r *frameReader, p unsafe.Pointer) {
			next := new(chunk)
			c.read(r, unsafe.Pointer(next))
			if r.take == nil || r.err != nil {
				(*chunkPointer)(p).Store(next)
			} else if err := r.take(next); err != nil {
				r.fail(err)
			}
		},
		text: "chunk" + c.text, least: c.least,
	}, nil
}
