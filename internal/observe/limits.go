package observe

import (
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// wouldBe is a limit that is off here and would hold in candor serve.
type wouldBe struct{ problem, text, fix string }

// refusals are what checks that are only observed would have refused: the first with all that is known.
func refusals(e *accesslog.Entry) (all []wouldBe) {
	for i := range e.Would {
		w := &e.Would[i]
		r := wouldBe{problem: w.Problem, text: "candor serve would answer " + w.Problem + " (" + w.Check + ")"}
		if i == 0 && e.Seen != nil && len(e.Seen.WouldWhat) > 0 {
			r.text += ": " + sentence(e.Seen.WouldWhat)
			r.fix = sentence(e.Seen.WouldFix)
		}
		all = append(all, r)
	}
	return all
}

// would is what candor serve would have refused: by its checks, and by the limits that the call went past.
func (s *Screen) would(e *accesslog.Entry) (all []wouldBe) {
	all = refusals(e)
	l := &s.o.Limits
	st := &e.Stations
	connect := time.Duration(st.Connect-st.Admit) * time.Microsecond
	first := time.Duration(st.FirstByte-max(st.Admit, st.Connect)) * time.Microsecond
	if st.Connect > 0 && l.Connect > 0 && connect > l.Connect {
		all = append(all, late("connecting to the upstream", connect, l.Connect, "upstreams.*.timeouts.connect"))
	}
	if st.FirstByte > 0 && l.FirstByte > 0 && first > l.FirstByte {
		all = append(all, late("the answer", first, l.FirstByte, "upstreams.*.timeouts.first_byte"))
	}
	if e.Seen == nil {
		return all
	}
	if e.Seen.Odd != "" {
		all = append(all, wouldBe{
			"invalid_url", "candor serve would answer invalid_url (" + e.Seen.Odd + "), for which there is no tolerance: " + sentence(e.Seen.OddWhat), sentence(e.Seen.OddFix),
		})
	}
	if gap := time.Duration(e.Seen.Gap) * time.Microsecond; l.Gap > 0 && gap > l.Gap && !streams(e.Seen.Answer.Type) {
		all = append(all, late("a piece of the answer", gap, l.Gap, "upstreams.*.timeouts.gap"))
	}
	return append(all, s.tooLarge(e)...)
}

// size is one that has a limit in candor serve.
type size struct {
	what, problem string
	status        int
	key           string
	is, limit     int64
}

// tooLarge are the limits of size that the call went past.
func (s *Screen) tooLarge(e *accesslog.Entry) (all []wouldBe) {
	l, seen := &s.o.Limits, e.Seen
	for _, z := range []size{
		{"the body has %d bytes", "payload_too_large", 413, "limits.body", seen.Sent, l.Body},
		{"the URL has %d bytes", "uri_too_long", 414, "limits.request_line", int64(len(e.Target)), int64(l.RequestLine)},
		{"the head of the call has %d bytes", "headers_too_large", 431, "limits.head", int64(seen.Head), int64(l.Head)},
		{"the call has %d fields", "headers_too_large", 431, "limits.fields", int64(seen.Fields), int64(l.Fields)},
		{"the head of the answer has %d bytes", "upstream_invalid", 502, "limits.upstream_head", int64(seen.Answer.Head), int64(l.UpstreamHead)},
		{"the answer has %d fields", "upstream_invalid", 502, "limits.upstream_fields", int64(seen.Answer.Fields), int64(l.UpstreamFields)},
	} {
		if z.limit > 0 && z.is > z.limit {
			text := fmt.Sprintf(z.what+", and candor serve would answer %d above %d (%s)", z.is, z.status, z.limit, z.key)
			all = append(all, wouldBe{z.problem, text, "Set " + z.key + " above it, or send less."})
		}
	}
	return all
}

func late(what string, took, limit time.Duration, key string) wouldBe {
	return wouldBe{
		"gateway_timeout",
		fmt.Sprintf("%s took %s, and candor serve would answer 504 after %s (%s)", what, spanText(took), spanText(limit), key),
		"Set " + key + " above it, or find out why it takes so long.",
	}
}

// spanText is a span of time as people say it.
func spanText(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + spanText(-d)
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second && d%time.Second >= 100*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Truncate(100*time.Millisecond).Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func millisText(ms int64) string { return spanText(time.Duration(ms) * time.Millisecond) }
