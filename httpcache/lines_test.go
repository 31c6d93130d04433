package httpcache_test

import (
	"strings"

	"github.com/candor-gateway/candor/httpcache"
)

// lines are the fields of a message, as text.
type lines string

var _ httpcache.Header = lines("")

// Line is httpcache.Header's.
func (l lines) Line(name string, n int) []byte {
	for line := range strings.SplitSeq(string(l), "\n") {
		field, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(field), name) {
			continue
		}
		if n == 0 {
			return append([]byte{}, strings.Trim(value, " \t")...)
		}
		n--
	}
	return nil
}
