package route

// Mode says what becomes of a call that a check would refuse.
type Mode uint8

// The modes. A smaller value asks for more.
const (
	Enforce Mode = iota // it is refused
	Observe             // it goes on, and the verdict is noted
	Off                 // nobody looks
)

// Check is one of the checks that a route can enforce, observe or do without. What is not among them always holds: faults of the URL and of the framing, the
// process's bounds, loops.
type Check uint8

// The checks.
const (
	CheckPath       Check = iota // unknown, or hidden from this caller: 404
	CheckMethod                  // 405, 501, and fields that override the method
	CheckCredential              // 401
	CheckVersion                 // 400, 426
	CheckPermission              // 403
	CheckPreflight               // 403 for a browser's question
	CheckLength                  // 411, 413
	CheckMediaType               // 415
	CheckQuota                   // 429
	CheckBody                    // 400 for a body that is not what it says
	CheckCount
)

// Modes are the modes of all checks. The zero Modes enforce every one.
type Modes [CheckCount]Mode

// All is one mode for every check.
func All(m Mode) (all Modes) {
	for i := range all {
		all[i] = m
	}
	return all
}
