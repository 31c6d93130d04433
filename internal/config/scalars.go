package config

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// scalarOf is a kind of plain value that parse understands or does not.
func scalarOf[V any](expected string, parse func(s string) (V, bool), format func(V) *yaml.Node) kind[V] {
	return kind[V]{
		read: func(r *reader, n *yaml.Node, v *V) {
			s, ok := r.scalar(n, expected)
			if !ok {
				return
			}
			parsed, ok := parse(s)
			if !ok {
				r.wrong(n, expected)
				return
			}
			*v = parsed
		},
		write: format,
	}
}

// checked is a text that must pass a rule; the rule says what is wrong, or "".
func checked(expected string, why func(s string) string) kind[string] {
	return kind[string]{
		read: func(r *reader, n *yaml.Node, v *string) {
			s, ok := r.scalar(n, expected)
			if !ok {
				return
			}
			*v = s // kept even if wrong: what names it elsewhere is not wrong for that
			if say := why(s); say != "" {
				r.note(n, cmp.Or(curly(n.Value), r.quote(n)+" "+say))
			}
		},
		write: textNode,
	}
}

// text is any text; it may be empty.
func text(expected string) kind[string] {
	return checked(expected, func(string) string { return "" })
}

// truth is true or false.
var truth = kind[bool]{
	read: func(r *reader, n *yaml.Node, v *bool) {
		s, ok := r.scalar(n, "true or false")
		if !ok {
			return
		}
		switch s {
		case "true", "on":
			*v = true
		case "false", "off":
			*v = false
		default:
			r.note(n, fmt.Sprintf("expected true or false, not %s%s", r.quote(n), truths[strings.ToLower(s)]))
		}
	},
	write: func(v bool) *yaml.Node { return plainNode(strconv.FormatBool(v)) },
}

// truths are other words for true and false: YAML 1.1 knew some, and each meant something else to somebody.
var truths = map[string]string{
	"yes": "; did you mean true?", "y": "; did you mean true?", "1": "; did you mean true?", "true": "; did you mean true?", "on": "; did you mean true?",
	"no": "; did you mean false?", "n": "; did you mean false?", "0": "; did you mean false?", "false": "; did you mean false?", "off": "; did you mean false?",
}

// integer is a whole number within bounds.
func integer[V int | int64](low, high V) kind[V] {
	expected := fmt.Sprintf("a whole number from %d to %d", low, high)
	if high == V(math.MaxInt32) {
		expected = fmt.Sprintf("a whole number from %d", low)
	}
	return scalarOf(expected, func(s string) (V, bool) {
		n, err := strconv.ParseInt(s, 10, 64)
		return V(n), err == nil && n >= int64(low) && n <= int64(high) && s[0] != '+'
	}, func(v V) *yaml.Node { return plainNode(strconv.FormatInt(int64(v), 10)) })
}

// word is one of a few words, each with its value.
type word[V comparable] struct {
	name  string
	value V
}

func oneOf[V comparable](words ...word[V]) kind[V] {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.name
	}
	expected := strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	return kind[V]{
		read: func(r *reader, n *yaml.Node, v *V) {
			s, ok := r.scalar(n, expected)
			if !ok {
				return
			}
			for _, w := range words {
				if w.name == s {
					*v = w.value
					return
				}
			}
			say := cmp.Or(curly(s), fmt.Sprintf("expected %s, not %s", expected, r.quote(n)))
			if near := Nearest(s, names); near != "" {
				say += "; did you mean " + near + "?"
			}
			r.note(n, say)
		},
		write: func(v V) *yaml.Node {
			for _, w := range words {
				if w.value == v {
					return textNode(w.name)
				}
			}
			return textNode(words[0].name)
		},
	}
}

// A size is a number of bytes: 512, 512B, 8KiB, 10MiB, 1GiB.
const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"GiB", gib}, {"MiB", mib}, {"KiB", kib}, {"B", 1}, {"", 1}}

func sizeBetween[V int | int64](low, high V) kind[V] {
	expected := fmt.Sprintf("a size from %s to %s, as in 8KiB", sizeText(int64(low)), sizeText(int64(high)))
	return scalarOf(expected, func(s string) (V, bool) {
		n, ok := parseSize(s)
		return V(n), ok && n >= int64(low) && n <= int64(high)
	}, func(v V) *yaml.Node { return plainNode(sizeText(int64(v))) })
}

func parseSize(s string) (int64, bool) {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err != nil || int64(n) > math.MaxInt64/u.bytes {
			return 0, false
		}
		return int64(n) * u.bytes, true
	}
	return 0, false
}

func sizeText(n int64) string {
	for _, u := range sizeUnits {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return "0B"
}

// ParseDuration reads 500ms, 3s, 10m, 2h, 60d and sums of them (1h30m); 0 needs no unit.
func ParseDuration(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	days, rest, hasDays := strings.Cut(s, "d")
	if !hasDays {
		d, err := time.ParseDuration(s)
		return d, err == nil && d >= 0 && s[0] != '+' && s[0] != '-'
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, false
	}
	total := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return total, true
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || total+d < total || rest[0] == '+' || rest[0] == '-' {
		return 0, false
	}
	return total + d, true
}

// durationText is the shortest spelling that ParseDuration reads back.
func durationText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day && d%day == 0:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	case d < time.Second:
		return d.String() // 0s, 250ms
	}
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = strings.TrimSuffix(s, zero[1:])
		}
	}
	return s
}

// span is a time within bounds.
func span(low, high time.Duration) kind[time.Duration] { return spanOf(low, high, false) }

// spanOrNone also allows 0, which means no limit.
func spanOrNone(low, high time.Duration) kind[time.Duration] { return spanOf(low, high, true) }

func spanOf(low, high time.Duration, none bool) kind[time.Duration] {
	expected := fmt.Sprintf("a time from %s to %s, as in 3s, 10m or 60d", durationText(low), durationText(high))
	if none {
		expected += ", or 0s for none"
	}
	return scalarOf(expected, func(s string) (time.Duration, bool) {
		d, ok := ParseDuration(s)
		return d, ok && (d >= low && d <= high || none && d == 0)
	}, func(v time.Duration) *yaml.Node { return plainNode(durationText(v)) })
}
