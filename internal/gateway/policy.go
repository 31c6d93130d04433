package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// Policy is all that a call is served by: immutable, loaded once by each call and kept until its end. NewPolicy makes it.
type Policy struct {
	Admission admission.Policy
	Voices    []*heads.Voice // of each API, by its number
	Listeners []*heads.Voice // of each listener, for calls that belong to no API
	Fronts    []Front        // of each listener: what stands before it
	Upstreams []*upstream.Upstream
	Heads     [2]http1.Limits // of plain and of TLS listeners
	Times     Times
	Bodies    int64 // bytes of bodies and large heads held at once, at most
	Upgrades  int   // connections that are switched to another protocol, at most; 0: no bound
	Resources []Resource

	caches bool // some route keeps answers

	Generation Generation            // of the configuration
	Changed    map[uint32]Generation // by the numbers of routes: the one that changed it last
}

func (p *Policy) heads(secure bool) *http1.Limits {
	if secure {
		return &p.Heads[1]
	}
	return &p.Heads[0]
}

// Spec is what a Policy is made from. How an API speaks is what its table of routes says of it.
type Spec struct {
	Admission admission.Policy     // without Heads
	Listeners []ListenerSpec       // at least one; by Listener.Number
	Upstreams []*upstream.Upstream // by the numbers that the routes have for them
	Heads     http1.Limits         // of a request; TLS and Protected follow from the rest
	Times     Times
	Bodies    int64           // as Policy's; above 0
	Upgrades  int             // as Policy's
	Resources []Resource      // of APIs that tell clients whose tokens they take
	Texts     problem.Options // what all catalogues have in common: links, overrides, support
	Fabric    string          // x-li-fabric

	Generation Generation            // as Policy's
	Changed    map[uint32]Generation // as Policy's
}

// ListenerSpec is how a listener speaks to calls that belong to no API, and what stands before it.
type ListenerSpec struct {
	Name    string // in errors, the log and metrics
	Profile problem.Profile
	Headers route.HeaderNames
	CORS    *route.CORSSpec   // nil: off
	Errors  *problem.Envelope // nil: the profile's own format
	Health  bool              // it answers /healthz and /readyz itself
	Front   Front             // the zero one: nobody is believed
}

// NewPolicy makes a policy. Its error says what of the spec cannot work.
func NewPolicy(spec Spec) (*Policy, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	p := &Policy{Admission: spec.Admission, Upstreams: spec.Upstreams, Times: spec.Times, Bodies: spec.Bodies, Upgrades: spec.Upgrades, Resources: spec.Resources, Generation: spec.Generation, Changed: spec.Changed}
	p.Heads[0] = spec.Heads
	p.Heads[0].TLS, p.Heads[0].Protected = false, spec.protected()
	p.Heads[1] = p.Heads[0]
	p.Heads[1].TLS = true
	p.Admission.Heads = &p.Heads[0]
	p.caches = slices.ContainsFunc(p.Admission.Routes.Routes(), func(r *route.Route) bool { return r.Cache != nil })
	if err := spec.apisSpeak(p); err != nil {
		return nil, err
	}
	if err := spec.listenersSpeak(p); err != nil {
		return nil, err
	}
	return p, nil
}

// check refuses what would fail, or refuse every call, only once calls come.
func (s *Spec) check() error {
	a, h := &s.Admission, &s.Heads
	switch {
	case a.Routes == nil || a.Tokens == nil || a.Quota == nil:
		return errors.New("a policy needs routes, a verifier of tokens and a limiter of quotas")
	case len(s.Listeners) == 0:
		return errors.New("a policy needs a listener")
	case s.Bodies <= 0:
		return fmt.Errorf("%d bytes of bodies held at once: no body could be checked", s.Bodies)
	case h.RequestLine <= 0 || h.Head <= 0 || h.Fields <= 0:
		return fmt.Errorf("request line %d, head %d, fields %d: a limit of 0 admits no call", h.RequestLine, h.Head, h.Fields)
	}
	if i := slices.Index(s.Upstreams, nil); i >= 0 {
		return fmt.Errorf("upstream number %d is nil", i)
	}
	for _, r := range a.Routes.Routes() {
		if r.Upstream < 0 || r.Upstream >= len(s.Upstreams) {
			return fmt.Errorf("route %s leads to upstream number %d, and there are %d", r.Name, r.Upstream, len(s.Upstreams))
		}
	}
	return nil
}

// protected are the names under which we speak, and what is dropped: none of them may be named by Connection or come as a trailer.
func (s *Spec) protected() []string {
	names := heads.Untold()
	for _, api := range s.Admission.Routes.APIs() {
		h := &api.Headers
		names = append(names, h.RequestID, h.App, h.Member, h.Scopes)
	}
	for _, u := range s.Upstreams {
		names = append(names, u.Spec().RequestID)
	}
	for _, r := range s.Admission.Routes.Routes() {
		if r.ToUpstream != nil {
			names = append(names, r.ToUpstream.Drops...)
		}
	}
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

func (s *Spec) apisSpeak(p *Policy) error {
	apis := s.Admission.Routes.APIs()
	foreign := identityNames(apis)
	for _, api := range apis {
		v, err := s.voice(api.Profile, api.Errors, api.Headers, api.Version, s.metadata(api.Index))
		if err != nil {
			return fmt.Errorf("API %s: %w", api.Name, err)
		}
		v.Name, v.CORS, v.Foreign = api.Name, api.CORS, foreign
		p.Voices = append(p.Voices, v.Ready())
	}
	return nil
}

// identityNames are those under which some API tells who calls.
func identityNames(apis []*route.API) (all []string) {
	for _, api := range apis {
		for _, name := range []string{api.Headers.App, api.Headers.Member, api.Headers.Scopes} {
			if name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

func (s *Spec) listenersSpeak(p *Policy) error {
	for i := range s.Listeners {
		l := &s.Listeners[i]
		v, err := s.voice(l.Profile, l.Errors, l.Headers, nil, "")
		if err != nil {
			return fmt.Errorf("listener %s: %w", l.Name, err)
		}
		if v.CORS, err = route.NewCORS(l.CORS); err != nil {
			return fmt.Errorf("listener %s: cors: %w", l.Name, err)
		}
		v.Name, v.Health = l.Name, l.Health
		p.Listeners = append(p.Listeners, v.Ready())
		p.Fronts = append(p.Fronts, l.Front)
	}
	return nil
}

func (s *Spec) voice(profile problem.Profile, envelope *problem.Envelope, h route.HeaderNames, version *route.Versions, metadata string) (*heads.Voice, error) {
	o := s.Texts
	o.Profile, o.Envelope, o.RequestIDHeader, o.ResourceMetadata = profile, envelope, h.RequestID, metadata
	if version != nil {
		o.VersionHeader, o.VersionStatus = version.Header, version.Status
	}
	switch linkedin := profile == problem.LinkedIn; {
	case linkedin && strings.EqualFold(h.RequestID, "X-Request-Id"):
		o.RequestIDHeader = "" // the three x-li fields say the id in this profile
	case !linkedin && h.RequestID == "":
		o.RequestIDHeader = problem.NoHeader
	}
	c, err := problem.New(o)
	if err != nil {
		return nil, err
	}
	v := &heads.Voice{
		Catalogue: c, Profile: profile, Fabric: s.Fabric, LinkedIn: profile == problem.LinkedIn,
		RequestID: h.RequestID, App: h.App, Member: h.Member, Scopes: h.Scopes,
	}
	if v.LinkedIn && strings.EqualFold(v.RequestID, "X-Request-Id") {
		v.RequestID = "" // the three x-li fields say the id in this profile
	}
	return v, nil
}
