package http1

import "github.com/candor-gateway/candor/internal/ascii"

// Line returns the value of the n-th field line (from 0) with this name, which is given in lower case; nil: there are no more. An empty value is not nil.
func (s *Section) Line(lowerName string, n int) []byte {
	id, i := Other, 0
	if len(lowerName) <= maxName {
		id = lookup([]byte(lowerName))
	}
	if id != Other {
		if i = int(s.First[id]); i < 0 {
			return nil
		}
	}
	for ; i < len(s.Fields); i++ {
		f := &s.Fields[i]
		if f.ID != id || id == Other && !ascii.EqualFold(f.Name.Of(s.Buf), lowerName) {
			continue
		}
		if n--; n < 0 {
			return f.Value.Of(s.Buf)
		}
	}
	return nil
}
