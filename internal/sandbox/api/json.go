package api

import (
	"strconv"
	"unicode/utf8"
)

// object is a JSON object whose members keep their order, as the documentation prints them.
type object []pair

// pair is one member. A pair on demand (a decoration such as handle~) is left out of the answer
// until a projection names it.
type pair struct {
	key      string
	value    any
	onDemand bool
}

// get finds the member named key.
func (o object) get(key string) (pair, bool) {
	for _, p := range o {
		if p.key == key {
			return p, true
		}
	}
	return pair{}, false
}

// list is a JSON array of objects or strings.
type list []any

// appendJSON writes the kinds of value that the resources are made of.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		return appendObject(dst, v)
	case list:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case string:
		return appendString(dst, v)
	case welcome:
		return v.append(dst)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	}
	return append(dst, "null"...)
}

func appendObject(dst []byte, o object) []byte {
	dst = append(dst, '{')
	first := true
	for _, p := range o {
		if p.onDemand {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendString(dst, p.key), ':')
		dst = appendJSON(dst, p.value)
	}
	return append(dst, '}')
}

// appendString writes s as RFC 8259 §7 asks, and no more: text stays readable. Bytes that are no
// UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r < 0x20 || r == 0x7f:
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[r>>4], "0123456789abcdef"[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
