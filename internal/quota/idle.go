package quota

// Idle is a limit that never refuses a call, and the one because of which it does not.
type Idle struct{ Limit, Because Limit }

// IdleLimits are the limits of a set that can never bite: another one, of the same calls or of more, is always reached first, or at the same time.
func IdleLimits(of []Limit) (idle []Idle) {
	for i, a := range of {
		for j, b := range of {
			if i == j || a == b && i < j || !shields(b, a) {
				continue
			}
			idle = append(idle, Idle{a, b})
			break
		}
	}
	return idle
}

// shields reports whether b lets so few calls pass that a is never reached.
func shields(b, a Limit) bool {
	switch {
	case a.Key == App && b.Key == Member:
		return false // an app has any number of members
	case a.Burst && b.Burst:
		return b.N <= a.N && b.N*a.Window.Seconds() <= a.N*b.Window.Seconds()
	case a.Burst:
		return most(b, a.Window)+b.N <= a.N // a burst may lie across the turn of b's window
	}
	return most(b, a.Window) <= a.N
}

// most is how many calls a limit lets pass at most within a window. Windows begin at multiples of their length, so a shorter one lies in one longer.
func most(b Limit, w Window) int64 {
	n := b.N * max(1, w.Seconds()/b.Window.Seconds())
	if b.Burst {
		n = b.N + b.N*w.Seconds()/b.Window.Seconds() // all at once, and what is given back meanwhile
	}
	return n
}
