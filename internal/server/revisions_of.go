package server

import (
	"crypto/sha256"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// served is all by which the calls of a route are served, as configured. What single apps have instead is not in it.
type served struct {
	API      route.APISpec // without its routes
	Route    route.Spec
	Upstream upstream.Spec
	Quota    quota.Spec
	Issuers  []config.Issuer
	Products []config.Product
	Limits   config.Limits // of each call
	Timeouts config.Timeouts
}

// routeFingerprints are what each route is served by, by its name.
func routeFingerprints(cfg *config.Config) map[string]fingerprint {
	all := map[string]fingerprint{}
	for i := range cfg.APIs {
		api := &cfg.APIs[i]
		for j := range api.Routes {
			all[api.Shown(&api.Routes[j])] = fingerprintOf(servedBy(cfg, api, &api.Routes[j]))
		}
		if api.Modes[route.CheckPath] != route.Enforce {
			all[route.UnlistedName(api.Name)] = fingerprintOf(servedBy(cfg, api, &route.Spec{}))
		}
	}
	return all
}

func servedBy(cfg *config.Config, api *route.APISpec, r *route.Spec) *served {
	of := &served{API: *api, Route: *r, Timeouts: cfg.Timeouts, Limits: config.Limits{
		RequestLine: cfg.Limits.RequestLine, Head: cfg.Limits.Head, Fields: cfg.Limits.Fields, JSONBody: cfg.Limits.JSONBody, ChunkLine: cfg.Limits.ChunkLine,
		Trailers: cfg.Limits.Trailers, UpstreamHead: cfg.Limits.UpstreamHead, UpstreamFields: cfg.Limits.UpstreamFields,
	}}
	of.Route.Example, of.Route.Docs = "", "" // words alone
	asked := api.Credentials
	if r.Credentials != nil {
		asked = *r.Credentials
	}
	for i := range cfg.Issuers { // a credential names them by their places, and those may move
		if asked.Issuers&(1<<i) != 0 {
			of.Issuers = append(of.Issuers, cfg.Issuers[i])
		}
	}
	asked.Issuers, of.API.Credentials.Issuers = 0, 0
	of.Route.Credentials = &asked
	if of.Route.Upstream == "" {
		of.Route.Upstream = api.Upstream
	}
	of.API.Routes, of.API.Upstream = nil, ""
	if c := of.Route.Cache; c != nil && *c == (route.Cache{}) {
		of.Route.Cache = nil // as before there were caches
	}
	for i := range cfg.Upstreams {
		if cfg.Upstreams[i].Name == of.Route.Upstream {
			of.Upstream = cfg.Upstreams[i]
		}
	}
	for _, q := range cfg.Quotas {
		if q.Name == r.Quota {
			of.Quota = q
		}
	}
	for _, p := range cfg.Products {
		if slices.Contains(r.Products, p.Name) {
			of.Products = append(of.Products, p)
		}
	}
	return of
}

// fingerprintOf is the same for the same values, in every process. What has no value is left out, so that a key that a later Candor knows and nobody has said changes nothing.
func fingerprintOf(v any) (d fingerprint) {
	h := sha256.New()
	writeValue(h, "", reflect.ValueOf(v))
	copy(d[:], h.Sum(nil))
	return d
}

// writeValue writes each value within v on a line of its own, with the way to it. Values are taken by their kinds and not as they are shown: a secret shows nothing.
func writeValue(w io.Writer, at string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		writePointed(w, at, v)
	case reflect.Struct:
		for i := range v.NumField() {
			writeValue(w, at+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			writeValue(w, fmt.Sprintf("%s[%d]", at, i), v.Index(i))
		}
		if v.Kind() == reflect.Slice && v.Len() > 0 {
			fmt.Fprintln(w, at, v.Len())
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, key := range keys {
			writeValue(w, fmt.Sprintf("%s[%q]", at, fmt.Sprint(key)), v.MapIndex(key))
		}
	default:
		writePlain(w, at, v)
	}
}

// writePointed tells what is nothing from what points to nothing, but for truths: those of a route that are false and those that it does not say are the same.
func writePointed(w io.Writer, at string, v reflect.Value) {
	if v.IsNil() {
		return
	}
	if v.Elem().Kind() != reflect.Bool {
		fmt.Fprintln(w, at, "is there")
	}
	writeValue(w, at, v.Elem())
}

func writePlain(w io.Writer, at string, v reflect.Value) {
	switch {
	case !v.IsValid() || v.IsZero():
	case v.CanInt():
		fmt.Fprintln(w, at, v.Int())
	case v.CanUint():
		fmt.Fprintln(w, at, v.Uint())
	case v.CanFloat():
		fmt.Fprintln(w, at, v.Float())
	case v.Kind() == reflect.String:
		fmt.Fprintf(w, "%s %q\n", at, v.String())
	case v.Kind() == reflect.Bool:
		fmt.Fprintln(w, at, v.Bool())
	default:
		fmt.Fprintln(w, at, v.Kind())
	}
}
