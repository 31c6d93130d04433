package retry

import "math/bits"

// Set is a set of failures.
type Set uint16

// The failures.
const (
	Connect Set = 1 << iota // no connection came about: nothing was sent
	Reset                   // the connection broke before any of the answer was passed on
	Timeout                 // no answer came in time
	Status408
	Status425
	Status429
	Status500
	Status502
	Status503
	Status504

	Every Set = 1<<iota - 1
)

// words are the failures as a configuration names them, by their bits.
var words = [...]string{"connect", "reset", "timeout", "408", "425", "429", "500", "502", "503", "504"}

// statuses are the answers among the failures: those after which ByStatus lets a call be sent again.
var statuses = map[int]Set{408: Status408, 425: Status425, 429: Status429, 500: Status500, 502: Status502, 503: Status503, 504: Status504}

// OfStatus is the failure that an answer with this status is; 0: none.
func OfStatus(status int) Set {
	if status < 400 {
		return 0
	}
	return statuses[status]
}

// Words are the names of all failures.
func Words() []string { return append([]string(nil), words[:]...) }

// ByWord is the failure of this name.
func ByWord(word string) (Set, bool) {
	for i, w := range words {
		if w == word {
			return 1 << i, true
		}
	}
	return 0, false
}

// Words are the names of those in the set.
func (s Set) Words() []string {
	var in []string
	for ; s != 0; s &= s - 1 {
		if i := bits.TrailingZeros16(uint16(s)); i < len(words) {
			in = append(in, words[i])
		}
	}
	return in
}
