package changes

import (
	"strconv"
	"time"
)

// String says the difference as operators read it, without its time: "scope r_ads gone", "version was 202401, is 202506".
func (d Difference) String() string { return string(d.Append(nil)) }

// Append appends what String says.
func (d Difference) Append(dst []byte) []byte {
	row := &rows[d.Feature]
	switch d.Kind {
	case Gone:
		return append(d.appendName(dst), " gone"...)
	case Added:
		return append(d.appendName(dst), " new"...)
	case Above:
		return d.appendAbove(dst, row.above)
	case Changed:
	}
	switch {
	case d.Feature == Configuration:
		return append(dst, "the API's configuration changed"...)
	case d.Feature == Revision && d.Was != "" && d.Is != "":
		return append(append(append(append(append(dst, "configuration revision "...), d.Was...), " → "...), d.Is...), " changed this route"...)
	}
	return d.appendChanged(dst, row.noun)
}

// appendName is which name of the feature it is.
func (d Difference) appendName(dst []byte) []byte {
	dst = append(dst, rows[d.Feature].noun...)
	if d.Name == "" {
		return append(dst, " (its name is not kept)"...)
	}
	return append(append(dst, ' '), d.Name...)
}

// appendChanged is what a value was and is, as far as it may be said.
func (d Difference) appendChanged(dst []byte, noun string) []byte {
	if d.Was == "" && d.Is == "" {
		return append(append(append(dst, "another "...), noun...), " than before"...)
	}
	dst = append(dst, noun...)
	switch {
	case d.Is == "":
		return append(append(append(dst, " was "...), d.Was...), ", is another"...)
	case d.Was == "":
		return append(append(append(dst, " is "...), d.Is...), ", was another"...)
	}
	dst = append(append(dst, " was "...), d.Was...)
	return append(append(dst, ", is "...), d.Is...)
}

// appendAbove puts both numbers into the row's sentence.
func (d Difference) appendAbove(dst []byte, sentence string) []byte {
	list := []int64{d.Has, d.Most}
	for i := 0; i < len(sentence); i++ {
		if sentence[i] != '%' || len(list) == 0 {
			dst = append(dst, sentence[i])
			continue
		}
		dst = appendNumber(dst, d.Feature, list[0])
		list = list[1:]
		i++ // the verb
	}
	return dst
}

// appendNumber is a count, or a span of time to its largest unit.
func appendNumber(dst []byte, f Feature, n int64) []byte {
	if f > Skew {
		return strconv.AppendInt(dst, n, 10)
	}
	for _, unit := range spans {
		if n >= 2*unit.seconds || unit.seconds == 1 {
			n /= unit.seconds
			dst = append(strconv.AppendInt(dst, n, 10), unit.name...)
			if n == 1 {
				return dst[:len(dst)-1] // without the plural's s
			}
			return dst
		}
	}
	return dst
}

var spans = []struct {
	seconds int64
	name    string
}{{day, " days"}, {60 * 60, " hours"}, {60, " minutes"}, {1, " seconds"}}

// String says the finding in one line, in UTC: "since 14:02: scope r_ads gone". See Append.
func (f Finding) String() string { return string(f.Append(nil, f.Since)) }

// Append appends what can have caused the failure, each difference with since when it was met, and nothing where nothing is known: "since 14:02: scope r_ads
// gone; the API's configuration changed at 14:01". Times are UTC, with the date where it is not that of now.
func (f Finding) Append(dst []byte, now int64) []byte {
	var since int64
	for i, d := range f.Changed {
		if i > 0 {
			dst = append(dst, "; "...)
		}
		if rows[d.Feature].moment {
			dst = AppendTime(append(d.Append(dst), " at "...), d.Since, now)
			continue
		}
		if d.Since != since {
			dst = append(AppendTime(append(dst, "since "...), d.Since, now), ": "...)
			since = d.Since
		}
		dst = d.Append(dst)
	}
	return dst
}

// AppendTime appends a time of day in UTC, with its date where that is not the date of now.
func AppendTime(dst []byte, at, now int64) []byte {
	t, n := time.Unix(at, 0).UTC(), time.Unix(now, 0).UTC()
	if t.YearDay() != n.YearDay() || t.Year() != n.Year() {
		dst = t.AppendFormat(dst, "2006-01-02 ")
	}
	return t.AppendFormat(dst, "15:04")
}
