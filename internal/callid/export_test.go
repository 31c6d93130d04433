package callid

import "encoding/binary"

// IsZero reports whether id is the zero value.
func (id ID) IsZero() bool { return id == ID{} }

// UnixMilli is the time at which the id was made, in Unix milliseconds.
func (id ID) UnixMilli() int64 {
	return int64(binary.BigEndian.Uint64(id[:8]) >> 16)
}
