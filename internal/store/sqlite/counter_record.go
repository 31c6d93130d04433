package sqlite

import (
	"encoding/binary"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
)

// appendRecord appends a counter: its resource behind the length, then numbers.
func appendRecord(dst []byte, c *quota.Counter) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(c.Resource)))
	dst = append(dst, c.Resource...)
	burst := byte(0)
	if c.Burst {
		burst = 1
	}
	dst = append(dst, byte(c.Key), byte(c.Window), burst)
	dst = binary.AppendUvarint(dst, uint64(c.App))
	dst = binary.AppendUvarint(dst, uint64(c.Member))
	dst = binary.AppendUvarint(dst, uint64(c.Used))
	return binary.LittleEndian.AppendUint64(dst, uint64(c.Ends))
}

// parseRecord reads a counter and tells how many bytes it took, 0 where there is none.
func parseRecord(b []byte) (c quota.Counter, size int) {
	n, at := binary.Uvarint(b)
	if at <= 0 || n > uint64(len(b)-at) || len(b)-at-int(n) < 3 {
		return c, 0
	}
	c.Resource = string(b[at : at+int(n)])
	at += int(n)
	c.Key, c.Window, c.Burst = quota.Key(b[at]), quota.Window(b[at+1]), b[at+2] == 1
	at += 3
	var numbers [3]uint64
	for i := range numbers {
		var n int
		if numbers[i], n = binary.Uvarint(b[at:]); n <= 0 {
			return c, 0
		}
		at += n
	}
	if len(b)-at < 8 {
		return c, 0
	}
	c.App, c.Member, c.Used = access.AppID(numbers[0]), access.MemberID(numbers[1]), int64(numbers[2])
	c.Ends = int64(binary.LittleEndian.Uint64(b[at:]))
	return c, at + 8
}
