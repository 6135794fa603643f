package exchange

import (
	"bytes"
	"strings"
)

func (p *geoParser) properties(t token) error {
	switch t {
	case '{':
		return p.object(p.property)
	case 'n':
	default:
		p.fail(problemf("properties-not-object", "properties", "the properties are not an object", "properties 不是对象"))
	}
	return p.skip()
}

// property reads one property into its column.
func (p *geoParser) property(key []byte) error {
	i, known := p.cols.index[string(key)]
	if !known {
		if !p.scan {
			return fileErrorf("file-changed", "the file changed while it was read", "读取过程中文件被改动")
		}
		if len(p.cols.names) == p.limits.MaxColumns {
			return tooManyColumns(p.limits.MaxColumns)
		}
		i = len(p.cols.names)
		name := strings.ToValidUTF8(string(key), "\ufffd")
		p.cols.index[string(key)] = i
		p.cols.names = append(p.cols.names, name)
		p.idProperty = p.idProperty || name == "id"
	}
	for len(p.seen) <= i {
		p.seen = append(p.seen, 0)
	}
	if p.seen[i] == p.stamp {
		if p.problem == nil {
			p.fail(problemf("duplicate-key", p.cols.names[i], "the property %q comes twice", "属性 %q 重复出现", quote(p.cols.names[i])))
		}
		return p.skip()
	}
	p.seen[i] = p.stamp
	if p.scan {
		return p.skip()
	}
	if p.attrs == nil {
		p.attrs = make([]string, len(p.cols.names))
	}
	v, err := p.value(p.cols.names[i])
	p.attrs[i] = v
	return err
}

// value reads a property as text; "" for null.
func (p *geoParser) value(field string) (string, error) {
	t, err := p.peek()
	if err != nil {
		return "", err
	}
	if t == '{' || t == '[' {
		b, err := p.compact(nil)
		return string(bytes.ToValidUTF8(b, []byte("\ufffd"))), err
	}
	if t, err = p.scalar(); err != nil {
		return "", err
	}
	switch t {
	case 't':
		return "true", nil
	case 'f':
		return "false", nil
	case 'n':
		return "", nil
	case '"':
		if p.badUTF8 {
			p.fail(problemf("text-not-utf8", field, "the text is not UTF-8; name its encoding with --encoding, such as GBK",
				"文本不是 UTF-8；请用 --encoding 指明编码（如 GBK）"))
			return "", nil
		}
	}
	return string(p.lexer.text), nil
}

// crsMember reads the crs member of the 2008 format, which RFC 7946 dropped.
func (p *geoParser) crsMember(t token) error {
	p.crsSeen = true
	p.fileWarnings = append(p.fileWarnings, *problemf("crs-member", "crs",
		"the file has the old crs member; it was obeyed, though RFC 7946 knows it no more",
		"文件带有旧式 crs 成员（RFC 7946 已废除），已按其读取"))
	p.crs = CRS{From: "crs member"}
	if t != '{' {
		return p.skip()
	}
	return p.object(func(key []byte) error {
		if string(key) != "properties" {
			return p.skip()
		}
		if t, err := p.peek(); err != nil || t != '{' {
			return p.skipAfter(err)
		}
		return p.object(func(key []byte) error {
			isName := string(key) == "name"
			if t, err := p.peek(); err != nil || t != '"' || !isName {
				return p.skipAfter(err)
			}
			_, err := p.next()
			name := string(p.lexer.text)
			p.crs.Name, p.crs.EPSG = quote(name), epsgOfName(name)
			return err
		})
	})
}

func (p *geoParser) skipAfter(err error) error {
	if err != nil {
		return err
	}
	return p.skip()
}
