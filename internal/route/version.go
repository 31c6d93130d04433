package route

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/ascii"
)

// VersionState is what a sent version is worth.
type VersionState uint8

// The states.
const (
	VersionActive   VersionState = iota
	VersionMissing               // none was sent, or an empty one
	VersionInactive              // not, no longer or not yet active, or no version at all
)

// Versions says which versions of an API are active. Versions are months; YYYYMMDD is read as its month.
type Versions struct {
	Header string // the field in which a version is sent
	Status int    // of nonexistent_version
	span   int    // so many months up to this one; 0: the list
	list   []month
	text   string                // of the list
	told   atomic.Pointer[phase] // the text of this month
}

// month counts months since the year 0.
type month int

// phase is the text of one month.
type phase struct {
	month month
	text  string
}

// newVersions makes a spec ready. Its error says what is wrong with it.
func newVersions(spec *VersionSpec) (*Versions, error) {
	v := &Versions{Header: spec.Header, Status: spec.Status, span: spec.Months}
	if v.Status == 0 {
		v.Status = 426
	}
	switch {
	case v.Header == "":
		return nil, fmt.Errorf("the header of the version is missing, as in LinkedIn-Version")
	case spec.Months < 0 || spec.Months > 1200:
		return nil, fmt.Errorf("%d months cannot be active; expected 1 to 1200", spec.Months)
	case (spec.Months == 0) == (len(spec.Active) == 0):
		return nil, fmt.Errorf(`the active versions are missing or said twice; expected "12 months" or a list, as in [202510, 202511]`)
	case v.Status < 400 || v.Status > 499:
		return nil, fmt.Errorf("%d is not a valid status for a version that is not active; expected 400 to 499", v.Status)
	}
	for _, text := range spec.Active {
		if fault := VersionFault(text); fault != "" {
			return nil, fmt.Errorf("%q %s", text, fault)
		}
		m, _ := parseVersion([]byte(text))
		v.list = append(v.list, m)
	}
	slices.Sort(v.list)
	v.list = slices.Compact(v.list)
	words := make([]string, len(v.list))
	for i, m := range v.list {
		words[i] = m.String()
	}
	v.text = strings.Join(words, ", ")
	return v, nil
}

// Judge says what a sent version is worth at now, in unix nanoseconds.
func (v *Versions) Judge(sent []byte, now int64) VersionState {
	if len(sent) == 0 {
		return VersionMissing
	}
	m, ok := parseVersion(sent)
	if ok && v.active(m, monthOf(now)) {
		return VersionActive
	}
	return VersionInactive
}

// Active says which versions are active at now, in unix nanoseconds: "202412 to 202511", or "202505, 202511". It allocates once a month.
func (v *Versions) Active(now int64) string {
	if v.span == 0 {
		return v.text
	}
	this := monthOf(now)
	if told := v.told.Load(); told != nil && told.month == this {
		return told.text
	}
	text := this.String()
	if v.span > 1 {
		text = (this - month(v.span-1)).String() + " to " + text
	}
	v.told.Store(&phase{this, text})
	return text
}

func (v *Versions) active(m, this month) bool {
	if v.span > 0 {
		return m <= this && m > this-month(v.span)
	}
	_, found := slices.BinarySearch(v.list, m)
	return found
}

func monthOf(now int64) month {
	year, m, _ := time.Unix(0, now).UTC().Date()
	return month(year*12 + int(m) - 1)
}

// String is the month as YYYYMM.
func (m month) String() string { return fmt.Sprintf("%04d%02d", int(m)/12, int(m)%12+1) }

// parseVersion reads YYYYMM or YYYYMMDD.
func parseVersion(text []byte) (month, bool) {
	if len(text) != 6 && len(text) != 8 {
		return 0, false
	}
	year, okYear := digits(text[:4])
	of, okMonth := digits(text[4:6])
	day, okDay := 1, true
	if len(text) == 8 {
		day, okDay = digits(text[6:])
	}
	if !okYear || !okMonth || !okDay || of < 1 || of > 12 || day < 1 || day > daysIn(year, of) {
		return 0, false
	}
	return month(year*12 + of - 1), true
}

func daysIn(year, of int) int {
	return time.Date(year, time.Month(of)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func digits(text []byte) (int, bool) {
	n := 0
	for _, c := range text {
		if !ascii.IsDigit(c) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// seconds spells a duration for a header field.
func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
