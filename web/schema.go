package web

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"time"

	"tengdi/geo"
)

// schema is a JSON Schema (2020-12) as it is written into the OpenAPI document.
type schema map[string]any

// schemas makes the schemas of Go types, the very types that answers are
// written from and bodies read into. Structs with a name become components.
type schemas struct {
	components map[string]schema
	types      map[string]reflect.Type
}

func newSchemas() *schemas {
	return &schemas{components: map[string]schema{}, types: map[string]reflect.Type{}}
}

// componentName is the name of a struct for readers: movesAnswer is Moves.
func componentName(t reflect.Type) string {
	name := t.Name()
	for _, end := range []string{"Answer", "Request"} {
		if cut, ok := strings.CutSuffix(name, end); ok && cut != "" {
			name = cut
			if end == "Request" {
				name += "Body"
			}
		}
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// of is the schema of a type.
func (s *schemas) of(t reflect.Type) schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return schema{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return schema{"description": "any JSON value"}
	case reflect.TypeFor[values]():
		return schema{
			"type":                 "object",
			"maxProperties":        maxValues,
			"additionalProperties": schema{"type": []string{"string", "number", "boolean", "null"}},
		}
	case reflect.TypeFor[geo.Role]():
		return schema{"type": "string", "enum": append([]geo.Role{geo.RolePublic, geo.RoleSystem}, geo.Roles()...)}
	case reflect.TypeFor[geo.Deed]():
		return schema{"type": "string", "enum": geo.Deeds()}
	case reflect.TypeFor[geo.Light]():
		return schema{"type": "string", "enum": []geo.Light{geo.NoLight, geo.Green, geo.Amber, geo.Red}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(s.of(t.Elem()))
	case reflect.Slice:
		return schema{"type": "array", "items": s.of(t.Elem())}
	case reflect.Array:
		return schema{"type": "array", "items": s.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.named(t)
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Float64, reflect.Float32:
		return schema{"type": "number"}
	case reflect.Interface:
		return schema{}
	}
	return schema{"type": "integer"}
}

// nullable lets a schema be null as well.
func nullable(in schema) schema {
	if kind, ok := in["type"].(string); ok {
		out := maps.Clone(in)
		out["type"] = []string{kind, "null"}
		return out
	}
	return schema{"anyOf": []schema{in, {"type": "null"}}}
}

// named refers to the component of a struct; one without a name is written out.
func (s *schemas) named(t reflect.Type) schema {
	if t.Name() == "" {
		return s.object(t)
	}
	name := componentName(t)
	if known, ok := s.types[name]; ok && known != t {
		panic("web: two types are called " + name + " in the OpenAPI document")
	}
	if _, ok := s.types[name]; !ok {
		s.types[name] = t // first, for a type that contains itself
		s.components[name] = s.object(t)
	}
	return schema{"$ref": "#/components/schemas/" + name}
}

// object writes a struct as encoding/json does: by the tags, embedded structs
// among the rest. What is left out when empty is not required.
func (s *schemas) object(t reflect.Type) schema {
	properties, required := map[string]schema{}, []string{}
	s.fields(t, true, properties, &required)
	out := schema{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (s *schemas) fields(t reflect.Type, always bool, properties map[string]schema, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			inner, there := f.Type, always
			if inner.Kind() == reflect.Pointer {
				inner, there = inner.Elem(), false
			}
			s.fields(inner, there, properties, required)
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		one := s.of(f.Type)
		leftOut := strings.Contains(rest, "omitempty")
		if leftOut && f.Type.Kind() == reflect.Pointer {
			one = s.of(f.Type.Elem())
		}
		properties[tag] = one
		if always && !leftOut {
			*required = append(*required, tag)
		}
	}
}

// bodyOf is the schema of a body that is read: strict, and what is needed is
// said by the operation, for an absent member reads as its zero value.
func (s *schemas) bodyOf(v any, need []string, enums map[string][]string) schema {
	t := reflect.TypeOf(v)
	out := s.object(t)
	delete(out, "required")
	if len(need) > 0 {
		out["required"] = need
	}
	out["additionalProperties"] = false
	for name, words := range enums {
		property := maps.Clone(out["properties"].(map[string]schema)[name])
		property["enum"] = words
		out["properties"].(map[string]schema)[name] = property
	}
	return out
}
