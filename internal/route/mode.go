package route

import "github.com/candor-gateway/candor/internal/access"

// Mode says what becomes of a call that a check would refuse.
type Mode uint8

// The modes. A smaller value asks for more.
const (
	Enforce Mode = iota // it is refused
	Observe             // it goes on, and the verdict is noted
	Off                 // nobody looks
)

var modeNames = [...]string{Enforce: "enforce", Observe: "observe", Off: "off"}

// String is the mode as the configuration spells it.
func (m Mode) String() string { return modeNames[m] }

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

var checkNames = [CheckCount]string{"path", "method", "credential", "version", "permission", "preflight", "length", "media_type", "quota", "body"}

// String is the check as the configuration spells it.
func (c Check) String() string { return checkNames[c] }

// Modes are the modes of all checks. The zero Modes enforce every one.
type Modes [CheckCount]Mode

// All is one mode for every check.
func All(m Mode) (all Modes) {
	for i := range all {
		all[i] = m
	}
	return all
}

// strictest is what two enforce or observe together.
func (m Modes) strictest(o Modes) Modes {
	for i := range m {
		m[i] = min(m[i], o[i])
	}
	return m
}

// Enforces reports whether a call without a good credential is refused here.
func (r *Route) Enforces() bool {
	return r.Credentials.Need == Required && r.Modes[CheckCredential] == Enforce
}

// asks are the scopes and products without which a call is refused.
func (r *Route) asks() (scopes []access.ScopeSet, products access.ProductSet) {
	if r.Modes[CheckPermission] != Enforce {
		return nil, 0
	}
	return r.Scopes, r.Products
}

// Mode is the mode of a check for this call, made by an app with these products. What could be forwarded nowhere is refused in any mode.
func (m *Match) Mode(c Check, products access.ProductSet) Mode {
	r := m.Route
	switch {
	case r == nil && (c == CheckPath || c == CheckMethod):
		return Enforce
	case r == nil:
		return m.modes[c]
	case r.Hidden && c == CheckPreflight: // for nobody in particular a hidden route is no route
		return r.API.Modes[c]
	case (c == CheckPath || c == CheckMethod) && !Visible(r, products): // it is hidden by what its permission asks for
		return min(r.Modes[c], r.Modes[CheckPermission])
	}
	return r.Modes[c]
}

// Demands reports whether the call is refused without a good credential.
func (m *Match) Demands() bool {
	return m.Credentials.Need == Required && m.Mode(CheckCredential, 0) == Enforce
}

// MayOverride reports whether a field that makes another method of the call behind us passes: where no route of the path enforces anything, since the call
// would be judged as one method and done as another.
func (m *Match) MayOverride() bool {
	if m.leaf == nil {
		return false
	}
	for c, mode := range m.leaf.modes {
		if mode == Enforce && Check(c) != CheckPath && Check(c) != CheckPreflight {
			return false
		}
	}
	return true
}

// settleModes makes ready what follows from the modes: what nobody looks at is not there, and a credential that may be the upstream's own stays with the
// call.
func (r *Route) settleModes() {
	if r.Modes[CheckCredential] == Off {
		r.Credentials = Credentials{Need: Public}
	}
	if r.Credentials.Need == Public {
		r.Modes[CheckCredential], r.Modes[CheckPermission] = Off, Off
	}
	r.ForwardCredential = r.ForwardCredential || r.Modes[CheckCredential] != Enforce
	if r.Modes[CheckPermission] == Off {
		r.Scopes, r.RequiredText = nil, nil
	}
	if r.Modes[CheckVersion] == Off {
		r.Version = nil
	}
	if r.Modes[CheckQuota] == Off {
		r.Quota = nil
	}
	if r.Modes[CheckMediaType] == Off {
		r.Body.Types, r.Body.TypesText = nil, ""
	}
	if r.Modes[CheckBody] == Off {
		r.Body.CheckJSON = false
	}
}
