package server

import (
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/internal/upstream"
)

// change is another value of a key, and what a reload does with it: where restart is empty it applies it, and else it says that. with changes other keys
// before, and also at once.
type change struct {
	to, restart string
	with, also  map[string]string
}

// keys has a row for every key of examples/everything.yaml, as it stands there first. {{…}} is filled in.
var keys = map[string]change{
	"version": {}, // there is one
	"data":    {to: "./other-data", restart: "data cannot be changed by a reload; restart the instance"},
	"profile": {to: "linkedin"},
	"fabric":  {to: "other", with: map[string]string{"profile": "linkedin"}},

	"errors": {to: "{envelope: {message: $message}}"},

	"listeners.address":            {to: "127.0.0.1:1", restart: "a listener's address cannot be changed by a reload; restart the instance"},
	"listeners.profile":            {to: "linkedin"},
	"listeners.cors":               {to: `{origins: ["https://other.example"]}`},
	"listeners.headers.request_id": {to: "X-Other"},
	"listeners.errors":             {to: "{like: aws}"},
	"listeners.health":             {to: "true"},
	"listeners.trusted_proxies":    {to: "[10.0.0.0/8]"},
	"listeners.client_address":     {to: "x-forwarded-for", with: map[string]string{"listeners.trusted_proxies": "[10.0.0.0/8]"}},
	"listeners.proxy_protocol":     {to: "require", with: map[string]string{"listeners.trusted_proxies": "[10.0.0.0/8]"}, also: map[string]string{"listeners.client_address": "proxy"}},
	"listeners.tls":                {to: "{certificates: [{cert: {{cert}}, key: {{key}}}]}", restart: "a listener's TLS cannot be switched on or off by a reload; restart the instance"},
	"admin.address":                {to: "127.0.0.1:1", restart: "the operator's listener and its token cannot be changed by a reload; restart the instance"},
	"admin.token":                  {to: "another-token-of-the-operator", restart: "the operator's listener and its token cannot be changed by a reload; restart the instance"},

	"www.address":         {to: "127.0.0.1:1", restart: "the address of www cannot be changed by a reload; restart the instance"},
	"www.tls":             {to: "{certificates: [{cert: {{cert}}, key: {{key}}}]}", restart: "TLS of www cannot be switched on or off by a reload; restart the instance"},
	"www.trusted_proxies": {to: "[10.0.0.0/8]"},
	"requests.keep":       {to: "7d"},
	"requests.size":       {to: "7MiB"},
	"requests.detail":     {to: "all"},
	"requests.addresses":  {to: "network"},
	"cache.size":          {to: "7MiB"},

	"oauth.profile":           {to: "linkedin"},
	"oauth.lives.application": {to: "7m"},
	"oauth.lives.access":      {to: "8d"},
	"oauth.lives.refresh":     {to: "9d"},
	"oauth.lives.code":        {to: "90s"},
	"www.public_url":          {to: "https://other.example.com"},
	"www.accounts":            {to: "false"},
	"www.provider.issuer":     {to: "https://other.example.com"}, "www.provider.client_id": {to: "other"}, "www.provider.client_secret": {to: "other"},
	"www.provider.claim": {to: "uid"}, "www.provider.name": {to: "Other"}, "www.provider.scopes": {to: "[openid]"},
	"www.developers": {to: "[eve@example.com]"}, "www.operators": {to: "[eve@example.com]"},

	"log.access": {to: "off", restart: "the access log's place cannot be changed by a reload; restart the instance"},
	"log.level":  {to: "debug"},
	"log.format": {to: "text"},

	"limits.connections":        {to: "7"},
	"limits.per_address":        {to: "7"},
	"limits.in_flight":          {to: "7"},
	"limits.upgrades":           {to: "7"},
	"limits.buffered":           {to: "1MiB"},
	"limits.request_line":       {to: "7KiB"},
	"limits.head":               {to: "7KiB"},
	"limits.fields":             {to: "17"},
	"limits.body":               {to: "7MiB"},
	"limits.json_body":          {to: "7KiB"},
	"limits.chunk_line":         {to: "128B"},
	"limits.trailers":           {to: "7KiB"},
	"limits.upstream_head":      {to: "7KiB"},
	"limits.upstream_fields":    {to: "17"},
	"limits.failed_credentials": {to: "7"},

	"timeouts.handshake":   {to: "7s"},
	"timeouts.first_byte":  {to: "7s"},
	"timeouts.head":        {to: "7s"},
	"timeouts.idle":        {to: "7s"},
	"timeouts.body_gap":    {to: "7s"},
	"timeouts.write_stall": {to: "7s"},
	"timeouts.call":        {to: "7s"},
	"drain.delay":          {to: "7s"},
	"drain.finish":         {to: "7s"},

	"support.default":     {to: "other@example.com"},
	"support.partner":     {to: "other@example.com"},
	"support.limits":      {to: "other@example.com"},
	"support.more_limits": {to: "https://example.com/other"},
	"support.status_page": {to: "https://other.example.com"},
	"docs.authentication": {to: "https://example.com/other"},
	"docs.errors":         {to: "https://example.com/errors/"},

	"upstreams.people.targets":                  {to: `["http://127.0.0.1:9001"]`},
	"upstreams.people.timeouts.connect":         {to: "7s"},
	"upstreams.people.timeouts.tls":             {to: "7s"},
	"upstreams.people.timeouts.first_byte":      {to: "7s"},
	"upstreams.people.timeouts.gap":             {to: "7s"},
	"upstreams.people.pool.size":                {to: "7"},
	"upstreams.people.pool.idle":                {to: "7s"},
	"upstreams.people.pool.age":                 {to: "7m"},
	"upstreams.people.tls.name":                 {to: "api.internal", with: map[string]string{"upstreams.people.targets": `["https://127.0.0.1:9000"]`}},
	"upstreams.people.tls.ca":                   {to: "{{cert}}", with: map[string]string{"upstreams.people.targets": `["https://127.0.0.1:9000"]`}},
	"upstreams.people.tls.insecure_skip_verify": {to: "true", with: map[string]string{"upstreams.people.targets": `["https://127.0.0.1:9000"]`}},
	"upstreams.people.host":                     {to: "target"},
	"upstreams.people.request_id":               {to: "X-Other"},
	"upstreams.people.forwarded":                {to: "off"},
	"upstreams.people.via":                      {to: "other"},
	"upstreams.people.errors":                   {to: "wrap"},
	"upstreams.people.lenient":                  {to: "[obs_fold]"},
	"upstreams.people.in_flight":                {to: "7"},
	"upstreams.people.breaker.failures":         {to: "7%"},
	"upstreams.people.breaker.of":               {to: "7"},
	"upstreams.people.breaker.within":           {to: "7s"},
	"upstreams.people.breaker.open":             {to: "7s"},
	"upstreams.people.breaker.statuses":         {to: "[503]"},

	// Nobody is told of these yet.
	"scopes.r_profile": {to: "Another text"}, "scopes.r_basic": {to: "Another text"}, "scopes.openid": {to: "Another text"}, "scopes.w_posts": {to: "Another text"}, "scopes.r_ads": {to: "Another text"},
	"products.profile.scopes": {to: "[r_profile, r_basic, openid]"},
	"products.ads.scopes":     {to: "[r_ads, openid]", with: map[string]string{"apps.products": "[ads]"}},
	"issuers.keycloak.issuer": {to: "https://other.example"}, "issuers.keycloak.audience": {to: "other"}, "issuers.keycloak.typ": {to: "[at+jwt]"}, "issuers.keycloak.claims.app": {to: "appid"},
	"issuers.keycloak.claims.member": {to: "oid"}, "issuers.keycloak.claims.scopes": {to: "[permissions]"}, "issuers.keycloak.leeway": {to: "7s"},
	"issuers.keycloak.identity": {to: "qualified"}, "issuers.keycloak.introspection.url": {to: "https://other.example/introspect"},
	"issuers.keycloak.introspection.client_id": {to: "other"}, "issuers.keycloak.introspection.client_secret": {to: "other"},
	"apps.external":  {to: "keycloak|other"},
	"apps.name":      {to: "renamed", also: map[string]string{"apps.client_id": "of-its-own"}},
	"apps.client_id": {to: "another"}, "apps.client_secret": {to: "another-secret-of-the-app"},
	"apps.public":        {to: "true", also: map[string]string{"apps.application_tokens": "false"}},
	"apps.redirect_uris": {to: "[https://other.example/callback]"}, "apps.application_tokens": {to: "false"},
	"apps.refresh_tokens": {to: "false"}, "apps.profile": {to: "standard"}, "apps.introspect": {to: "[]"},
	"apps.owners": {to: "[eve@example.com]"}, "apps.products": {to: "[ads]"},
	"apps.disabled": {to: "true"}, "apps.quotas.people.app": {to: "7/day"},
	"tokens.keys":          {to: "./other-keys", restart: "the place of the keys cannot be changed by a reload; restart the instance"},
	"tokens.life":          {to: "7d"},
	"quotas.people.member": {to: "7/day"},
	"quotas.people.app":    {to: "[7/day, 3/min]"},
	"quotas.people.burst":  {to: "7/s"}, "quotas.few.member": {to: "7/day"},
	"apis.name":           {to: "renamed", with: map[string]string{"apis.routes.resource": "other", "apps.introspect": "[]"}},
	"apis.upstream":       {to: "other", with: map[string]string{"upstreams.other": "http://127.0.0.1:9001"}},
	"apis.hosts":          {to: "[api.example.com]"},
	"apis.base":           {to: "/v3"},
	"apis.public_url":     {to: "https://api.example.com/v3"},
	"apis.profile":        {to: "linkedin"},
	"apis.credentials":    {to: "optional"},
	"apis.tokens":         {to: "[keycloak]"},
	"apis.token_in_query": {to: "true"},
	"apis.record_body":    {to: "true"},
	"apis.server_timing":  {to: "true"},
	"apis.cache":          {to: "shared"},
	"apis.retry":          {to: "{attempts: 5}"},
	"apis.cors.origins":   {to: `["https://other.example"]`}, "apis.cors.methods": {to: "[GET]"},
	"apis.cors.headers": {to: "[Authorization]"}, "apis.cors.max_age": {to: "7m"},
	"apis.cors.credentials": {to: "true"}, "apis.cors.expose": {to: "[Link]"},
	"apis.preflight": {to: "pass", with: map[string]string{"apis.0.cors": "off"}},
	"apis.mode":      {to: "{quota: observe}"}, "apis.routes.mode": {to: "{quota: observe}"},
	"apis.guard": {to: "off"}, "apis.errors": {to: "{like: kong}"},
	"apis.version":                                   {to: "{header: X-Version, active: 12 months}"},
	"apis.headers.request_id":                        {to: "X-Other"},
	"apis.headers.app":                               {to: "X-Other"},
	"apis.headers.member":                            {to: "X-Other"},
	"apis.headers.scopes":                            {to: "X-Other"},
	"apis.request.strip_prefix":                      {to: "true"},
	"apis.request.rewrite":                           {to: `"/x{/}"`},
	"apis.request.headers.remove":                    {to: "[X-Other]"},
	"apis.routes.request.headers.set.X-Env":          {to: "other"},
	"apis.routes.request.headers.add.X-Tag":          {to: "other"},
	"apis.routes.request.headers.remove":             {to: "[X-Other]"},
	"apis.response.headers.remove":                   {to: "[X-Other]"},
	"apis.routes.response.headers.set.Cache-Control": {to: "other"},
	"apis.routes.response.headers.add.X-Tag":         {to: "other"},
	"apis.routes.response.headers.remove":            {to: "[X-Other]"},
	"apis.response.location":                         {to: "keep", with: map[string]string{"apis.request.strip_prefix": "true"}},
	"apis.response.cookies":                          {to: "keep", with: map[string]string{"apis.request.strip_prefix": "true"}},
	"apis.routes.response.location":                  {to: "auto"},
	"apis.routes.response.cookies":                   {to: "auto"},
	"apis.routes.request.strip_prefix":               {to: "true"},
	"apis.routes.request.rewrite":                    {to: "/other"},
	"apis.routes.path":                               {to: "/other"},
	"apis.routes.name":                               {to: "another", with: map[string]string{"apis.routes.resource": "other"}},
	"apis.routes.methods":                            {to: "[POST]"},
	"apis.routes.scopes":                             {to: "[openid]"},
	"apis.routes.quota":                              {to: "few"},
	"apis.routes.resource":                           {to: "other"},
	"apis.routes.body.types":                         {to: "[text/plain]"}, "apis.routes.body.json": {to: "pass"},
	"apis.routes.body.max":              {to: "7KiB"},
	"apis.routes.body.length":           {to: "optional"},
	"apis.routes.example":               {to: "GET /other"},
	"apis.routes.docs":                  {to: "https://example.com/other"},
	"apis.routes.products":              {to: "[profile]"},
	"apis.routes.restricted":            {to: "false", with: map[string]string{"apis.0.routes.3.hidden": "false"}},
	"apis.routes.hidden":                {to: "false"},
	"apis.routes.upstream":              {to: "other", with: map[string]string{"upstreams.other": "http://127.0.0.1:9001"}},
	"apis.routes.credentials":           {to: "optional"},
	"apis.routes.record_body":           {to: "true"},
	"apis.routes.server_timing":         {to: "false"},
	"apis.routes.cache.mode":            {to: "shared"},
	"apis.routes.cache.set_cookie":      {to: "true"},
	"apis.routes.cache.max_entry":       {to: "7KiB"},
	"apis.routes.token_in_query":        {to: "true", with: map[string]string{"apis.0.routes.4.credentials": "bearer"}},
	"apis.routes.forward_credential":    {to: "false"},
	"apis.routes.timeouts.call":         {to: "7s"},
	"apis.routes.timeouts.first_byte":   {to: "7s"},
	"apis.routes.timeouts.gap":          {to: "7s"},
	"apis.routes.retry.attempts":        {to: "5"},
	"apis.routes.retry.within":          {to: "6s"},
	"apis.routes.retry.on":              {to: "[connect, 429]"},
	"apis.routes.retry.idempotent":      {to: `"true"`},
	"apis.routes.upgrade.protocols":     {}, // there is one
	"apis.routes.upgrade.end_at_expiry": {to: "true"},
	"apis.routes.upgrade.idle":          {to: "7m"},
	"apis.routes.tunnel":                {to: "false"},
	"apis.routes.version.header":        {to: "X-Version"},
	"apis.routes.version.active":        {to: "6 months"},
	"apis.routes.version.status":        {to: "400"},
	"problems.throttled.status":         {to: "403"},
	"problems.throttled.code":           {to: "OTHER"},
	"problems.throttled.subcode":        {to: "7"},
	"problems.throttled.message":        {to: "Another text."},
	"problems.throttled.fix":            {to: "Another text."},
	"apis.http.accept":                  {to: "[double_slash]"},
	"apis.routes.http.accept":           {to: "[double_slash]"},
}

// unseen are keys that a reload takes up, and that change nothing which is at work: what people will be told of scopes, and defaults that nobody in the file
// takes. TestReloadOfBounds looks at the last one.
func unseen(key string) bool {
	return strings.HasPrefix(key, "scopes.") || key == "profile" || key == "errors" || key == "limits.failed_credentials"
}

// TestReloadOfEveryKey: whatever is changed in a configuration, a reload applies it or says that it needs a restart.
func TestReloadOfEveryKey(t *testing.T) {
	f := newFile(t)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(f.first)), slices.Sorted(maps.Keys(keys))); diff != "" {
		t.Fatalf("the keys of examples/everything.yaml (-) and those of the table (+) differ:\n%s", diff)
	}
	s, err := Start(t.Context(), f.config(nil), Options{Own: NewLog(f.outlet, f.config(nil).Log, time.Now), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	reload := func(changes map[string]string) error { return s.Reload(t.Context(), f.config(changes)) }
	before := atWork(s)
	if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(afterReload(t, s, reload, nil), "\n")); diff != "" {
		t.Fatalf("a reload that changes nothing changes something:\n%s", diff)
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		c := keys[key]
		if c.to == "" {
			continue
		}
		t.Run(key, func(t *testing.T) {
			before := afterReload(t, s, reload, c.with)
			changes := map[string]string{key: c.to}
			maps.Copy(changes, c.with)
			maps.Copy(changes, c.also)
			err := reload(changes)
			switch {
			case c.restart != "" && (err == nil || !strings.Contains(err.Error(), c.restart)):
				t.Errorf("got  %v\nwant %s", err, c.restart)
			case c.restart == "" && err != nil:
				t.Error(err)
			case c.restart == "" && !unseen(key) && before == atWork(s):
				t.Error("the reload took the change and did nothing with it")
			}
		})
	}
}

func afterReload(t *testing.T, s *Server, reload func(map[string]string) error, changes map[string]string) string {
	t.Helper()
	if err := reload(changes); err != nil {
		t.Fatal(err)
	}
	return atWork(s)
}

// atWork writes down what calls are served by.
func atWork(s *Server) string {
	bounds := reflect.ValueOf(s.gateway).Elem().FieldByName("conns")
	w := &writer{seen: map[uintptr]int{}}
	owners := [][]string{}
	for _, app := range s.desk().list() {
		owners = append(owners, app.Owners)
	}
	policy := *s.gateway.Policy()
	policy.Generation, policy.Changed = gateway.Generation{}, nil // which say that something is new, and not what is done with it
	for _, v := range []any{owners, &policy, s.o.Own.as.Load().Log, s.www.site.Load().facts, s.cfg.Drain, s.cfg.Requests, s.cache.Size(), s.cfg.Tokens.Life} {
		w.write(reflect.ValueOf(v))
	}
	if e := s.www.site.Load().entrance; e != nil {
		w.write(reflect.ValueOf(e.entranceFacts))
	}
	if auth := s.www.site.Load().auth; auth != nil {
		w.write(reflect.ValueOf(auth.authFacts))
	}
	w.write(bounds.FieldByName("total"))
	w.write(bounds.FieldByName("perAddress"))
	return w.String()
}

// writer writes values down with all that they hold, each pointer once.
type writer struct {
	strings.Builder
	seen map[uintptr]int
}

// apart are what outlives a reload or is rebuilt by one: which one it is, is enough.
var apart = []reflect.Type{reflect.TypeFor[token.Verifier](), reflect.TypeFor[quota.Limiter](), reflect.TypeFor[upstream.Upstream](), reflect.TypeFor[issuer.Issuer](), reflect.TypeFor[issuer.Table]()}

func (w *writer) write(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		w.pointer(v)
	case reflect.Interface:
		w.write(v.Elem())
	case reflect.Struct:
		w.fields(v)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.write(v.Index(i))
		}
		fmt.Fprintln(w, v.Len())
	case reflect.Map:
		w.mapping(v)
	case reflect.String: // as they are: there are thousands, and fmt takes its time
		w.WriteString(v.String())
		w.WriteByte('\n')
	case reflect.Func, reflect.Invalid:
	default:
		fmt.Fprintln(w, v)
	}
}

// fields writes what a struct holds, each field with its name.
func (w *writer) fields(v reflect.Value) {
	kind := v.Type().String()
	for field, value := range v.Fields() {
		w.WriteString(kind)
		w.WriteByte('.')
		w.WriteString(field.Name)
		w.WriteString(":\n")
		w.write(value)
	}
}

func (w *writer) pointer(v reflect.Value) {
	switch n, known := w.seen[v.Pointer()]; {
	case v.IsNil():
	case slices.Contains(apart, v.Type().Elem()):
		fmt.Fprintf(w, "%x\n", v.Pointer())
	case known:
		fmt.Fprintln(w, "the same as", n)
	default:
		w.seen[v.Pointer()] = len(w.seen)
		w.write(v.Elem())
	}
}

// mapping leaves out the values of a map by pointers: they stand in what is beside it.
func (w *writer) mapping(v reflect.Value) {
	fmt.Fprintln(w, v.Len())
	if v.Type().Key().Kind() == reflect.Pointer {
		return
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	for _, k := range keys {
		fmt.Fprintln(w, k)
		w.write(v.MapIndex(k))
	}
}
