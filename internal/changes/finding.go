package changes

import (
	"fmt"
	"slices"
)

// Kind says in which way something differs.
type Kind uint8

// The kinds of difference.
const (
	Gone    Kind = iota // a name that the good calls had
	Added               // a name that none of them had
	Changed             // a value that none of them had
	Above               // a number larger than in all of them
)

var kinds = [...]string{Gone: "gone", Added: "new", Changed: "changed", Above: "above"}

// String is the kind for programs, like "gone".
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return "kind " + number(int64(k))
}

// MarshalText is String, so that JSON has the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name back.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kinds[:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is no kind of difference", text)
	}
	*k = Kind(i)
	return nil
}

// None is what stands for a value that is not there, in Was and Is.
const None = "none"

// Difference is one thing that the failing call has or has not, unlike the good ones.
type Difference struct {
	Feature Feature `json:"feature"`
	Kind    Kind    `json:"kind"`
	Name    string  `json:"name,omitempty"` // of a field, parameter, member, scope or product; "" is one whose name is not kept
	Was     string  `json:"was,omitempty"`  // the value of the last good call, None, or "" where it is not kept
	Is      string  `json:"is,omitempty"`   // of this call, likewise
	Most    int64   `json:"most,omitempty"` // the largest good number
	Has     int64   `json:"has,omitempty"`  // and that of this call
	Since   int64   `json:"since"`          // Unix seconds: when this difference was first met in a failure, or when the configuration changed
}

// Inside reports whether the difference is of the inside of the API: developers are not told which. Finding.ForDevelopers replaces it.
func (d Difference) Inside() bool { return rows[d.Feature].inside }

// Finding is what can be said of a failure beside the failure itself.
type Finding struct {
	By       WhoKind      `json:"by,omitempty"`        // whose good calls it was compared with; 0: there were none
	Changed  []Difference `json:"changed,omitempty"`   // what differs and can be the cause, at most MaxDifferences
	Also     []Difference `json:"also,omitempty"`      // what differs and cannot
	Recurs   int64        `json:"recurs"`              // how often the first key failed in this way, this time included
	Since    int64        `json:"since"`               // and since when, Unix seconds
	LastGood int64        `json:"last_good,omitempty"` // when a call of those last worked; 0 is never
	Few      int64        `json:"few,omitempty"`       // so few of those were looked at that nothing can be said to have changed; 0: there were Enough, or none
}

// MaxDifferences is how many differences of each list are told.
const MaxDifferences = 8

// ForDevelopers is the finding without the inside of the API: one difference, that its configuration changed, stands for the target and the revision.
func (f Finding) ForDevelopers() Finding {
	var told bool
	f.Changed, told = outside(f.Changed, false)
	f.Also, _ = outside(f.Also, told)
	return f
}

// outside is a list without what is inside. Where the configuration was told already it is not told again.
func outside(list []Difference, told bool) ([]Difference, bool) {
	var out []Difference
	for _, d := range list {
		if !d.Inside() {
			out = append(out, d)
			continue
		}
		if !told {
			out = append(out, Difference{Feature: Configuration, Kind: Changed, Since: d.Since})
		}
		told = true
	}
	return out, told
}
