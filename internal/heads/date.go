package heads

import (
	"sync/atomic"
	"time"
)

// Dates makes the values of Date, once a second. The zero value is ready and safe for concurrent use.
type Dates struct{ latest atomic.Pointer[date] }

type date struct {
	second int64
	text   [len(dateForm)]byte
}

const dateForm = "Mon, 02 Jan 2006 15:04:05 GMT"

// AppendDate appends the field Date of unix ns (RFC 9110 §5.6.7).
func (d *Dates) AppendDate(dst []byte, unix int64) []byte {
	second := unix / int64(time.Second)
	t := d.latest.Load()
	if t == nil || t.second != second {
		t = &date{second: second}
		time.Unix(second, 0).UTC().AppendFormat(t.text[:0], dateForm)
		d.latest.Store(t)
	}
	return append(append(append(dst, "Date: "...), t.text[:]...), "\r\n"...)
}
