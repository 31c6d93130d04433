package route

import (
	"fmt"
	"slices"
)

// modes finds what the modes of a route leave without sense: what could never be asked, and keys that say nothing any more.
func (b *builder) modes(at place, r *Route, spec *Spec) {
	m, asks := r.Modes, r.Credentials.Need != Public
	wrong := func(format string, args ...any) { b.wrongModes(at, r, format, args...) }
	switch credential := m[CheckCredential]; {
	case !asks || credential == Enforce:
	case m[CheckPermission] == Enforce:
		wrong("permission is enforced, but the credential is not (%s): a call without a caller would pass where one with less is refused; say permission: %s too, or credential: enforce", credential, credential)
	case m[CheckQuota] == Enforce && spec.Quota != "":
		wrong("the quota %q is enforced, but the credential is not (%s): a call without a caller would not be counted; say quota: %s too, or credential: enforce", spec.Quota, credential, credential)
	}
	for _, c := range [...]Check{CheckPath, CheckCredential} {
		if own, all := m[c], r.API.Modes[c]; r.Hidden && own != all {
			b.wrong(at.mistake("mode", "a hidden route must be like a path that is not there, for which its API says %s: %s, and this route %s: %s; say the same in both, or hidden: false", c, all, c, own))
			return
		}
	}
	b.dead(at, r, spec)
}

// wrongModes tells of modes where they are said: of those that routes have from their API once, there.
func (b *builder) wrongModes(at place, r *Route, format string, args ...any) {
	m := at.mistake("mode", format, args...)
	if r.Modes == r.API.Modes {
		m.Route, m.Who = -1, fmt.Sprintf("API %q", r.API.Name)
	}
	for _, told := range b.mistakes {
		if other, ok := told.(*Mistake); ok && other.API == m.API && other.Route == m.Route && other.Text == m.Text { //nolint:errorlint // ours, as they were put there
			return
		}
	}
	b.wrong(m)
}

// dead warns of keys that nobody looks at, since their check is off. Of routes that have it from their API the first is named.
func (b *builder) dead(at place, r *Route, spec *Spec) {
	for _, d := range deadKeys {
		if r.Modes[d.check] != Off || !d.said(spec) {
			continue
		}
		if of := (offInAPI{r.API, d.check}); r.API.Modes[d.check] == Off {
			if slices.Contains(b.toldOff, of) {
				continue
			}
			b.toldOff = append(b.toldOff, of)
		}
		b.table.warnings = append(b.table.warnings, at.mistake(d.key, "%s: says nothing here, since the check %s is off for this route; say mode: {%s: observe} to see what it would refuse", d.key, d.check, d.check))
	}
}

// offInAPI is a check that an API has off, for all its routes.
type offInAPI struct {
	api   *API
	check Check
}

// deadKeys are the keys of a route that only a check reads.
var deadKeys = [...]struct {
	check Check
	key   string
	said  func(*Spec) bool
}{
	{CheckPermission, "scopes", func(s *Spec) bool { return len(s.Scopes) > 0 }},
	{CheckPermission, "products", func(s *Spec) bool { return len(s.Products) > 0 && !s.Hidden }},
	{CheckVersion, "version", func(s *Spec) bool { return s.Version != nil && !s.VersionOff }},
	{CheckLength, "body", func(s *Spec) bool { return s.Body.LengthRequired }},
	{CheckMediaType, "body", func(s *Spec) bool { return len(s.Body.Types) > 0 }},
	{CheckQuota, "quota", func(s *Spec) bool { return s.Quota != "" }},
	{CheckBody, "body", func(s *Spec) bool { return s.Body.CheckJSON }},
}
