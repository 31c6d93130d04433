package httpcache

import (
	"strings"
	"time"
)

// ReadDate reads an HTTP-date (RFC 9110 §5.6.7) in any of its three forms, and returns its Unix seconds. It reports false for anything else: another case,
// another zone, a day that the month does not have. now (Unix seconds) tells the century of a year of two digits. The name of the day is not held against the
// date.
func ReadDate(b []byte, now int64) (unix int64, ok bool) {
	comma := 0
	for comma < len(b) && b[comma] != ',' {
		comma++
	}
	switch {
	case comma == 3:
		return read(b, "Www, dd Mmm yyyy hh:mm:ss GMT", now)
	case comma < len(b) && comma >= 6 && isDay(b[:comma]):
		return read(b[comma:], ", dd-Mmm-yy hh:mm:ss GMT", now)
	}
	return read(b, "Www Mmm ee hh:mm:ss yyyy", now)
}

// date is what was read so far.
type date struct{ year, month, day, hour, minute, second int }

// read reads b as form says: www, mmm are names; ee is a day whose first digit may be a space; other lower letters are digits; all else is itself.
func read(b []byte, form string, now int64) (int64, bool) {
	if len(b) != len(form) {
		return 0, false
	}
	var d date
	short := false
	for i := 0; i < len(form); {
		n := run(form[i:])
		if !d.part(form[i:i+n], b[i:i+n]) {
			return 0, false
		}
		short = short || form[i:i+n] == "yy"
		i += n
	}
	if short {
		d.year = century(d.year, now)
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, min(d.second, 59), 0, time.UTC) // a leap second is the one before it
	return t.Unix(), t.Day() == d.day && d.day > 0 && d.hour < 24 && d.minute < 60 && d.second <= 60
}

// run is how many bytes of the form are one part.
func run(form string) int {
	if strings.HasPrefix(form, "Www") || strings.HasPrefix(form, "Mmm") {
		return 3
	}
	switch form[0] {
	case 'y', 'd', 'h', 'm', 's', 'e':
		n := 1
		for n < len(form) && form[n] == form[0] {
			n++
		}
		return n
	}
	return 1
}

// part reads one part.
func (d *date) part(form string, b []byte) (ok bool) {
	switch form {
	case "Www":
		_, ok = indexOf(days, b)
	case "Mmm":
		d.month, ok = indexOf(months, b)
	case "yyyy", "yy":
		d.year, ok = number(b)
	case "dd":
		d.day, ok = number(b)
	case "ee":
		if b[0] == ' ' {
			b = b[1:]
		}
		d.day, ok = number(b)
	case "hh":
		d.hour, ok = number(b)
	case "mm":
		d.minute, ok = number(b)
	case "ss":
		d.second, ok = number(b)
	default:
		ok = string(b) == form
	}
	return ok
}

// century completes a year of two digits: one that would be more than 50 years ahead is past (RFC 9110 §5.6.7).
func century(year int, now int64) int {
	today := time.Unix(now, 0).UTC().Year()
	year += today / 100 * 100
	if year > today+50 {
		year -= 100
	}
	return year
}

func number(b []byte) (int, bool) {
	n, ok := seconds(b)
	return int(n), ok
}

const (
	days   = "MonTueWedThuFriSatSun"
	months = "JanFebMarAprMayJunJulAugSepOctNovDec"
)

// indexOf is which name of three letters b is, from 1.
func indexOf(names string, b []byte) (int, bool) {
	for i := 0; i < len(names); i += 3 {
		if names[i:i+3] == string(b) {
			return i/3 + 1, true
		}
	}
	return 0, false
}

// isDay reports whether b is the whole name of a day.
func isDay(b []byte) bool {
	switch string(b) {
	case "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday":
		return true
	}
	return false
}
