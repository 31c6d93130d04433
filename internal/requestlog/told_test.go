package requestlog

import (
	"encoding/json"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filled is a record that has something in each field, and in each field of what it holds.
func filled(t *testing.T) *Record {
	t.Helper()
	r := &Record{}
	fillAll(t, reflect.ValueOf(r).Elem(), "Record")
	r.By, r.Hidden = ByGateway, false
	return r
}

func fillAll(t *testing.T, v reflect.Value, name string) {
	t.Helper()
	switch v.Interface().(type) {
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr("203.0.113.7")))
		return
	default:
		if set := v.Addr().MethodByName("UnmarshalText"); set.IsValid() { // a time
			set.Call([]reflect.Value{reflect.ValueOf([]byte("2026-03-01T12:00:00Z"))})
			return
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(name)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64, reflect.Uint8:
		v.SetUint(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAll(t, v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillAll(t, v.Index(0), name)
	case reflect.Array:
		for i := range v.Len() {
			fillAll(t, v.Index(i), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillAll(t, v.Field(i), name+"."+v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("%s is a %s: teach this test", name, v.Kind())
	}
}

// keys are the names of JSON that a record has something under: those of objects in it behind a point.
func keys(t *testing.T, r *Record) []string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err = json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	collect(found, "", all)
	delete(found, "stations.done_us")
	delete(found, "revision")
	return slices.Sorted(maps.Keys(found))
}

func collect(found map[string]bool, in string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, is := range v {
			collect(found, strings.TrimPrefix(in+"."+name, "."), is)
		}
	case []any:
		for _, is := range v {
			collect(found, in, is)
		}
	default:
		found[in] = true
	}
}

// TestWhatIsTold: what the views of a record have is listed here. A new field of a record is in none of them, or stands here.
func TestWhatIsTold(t *testing.T) {
	const (
		always = "id time status problem by method scheme version in out "
		said   = "said.code said.message said.fix said.action said.applied "
		where  = "cause.detail cause.part cause.line cause.chunk cause.at cause.quota cause.limit cause.window cause.limit_value cause.sent cause.unit "
		route  = "api route resource passed refused "
		own    = "app debug "
		sent   = "target headers.name headers.value client_request_id member client_id answer.headers.name answer.headers.value " +
			"token.kind token.place token.hash token.genuine token.issued_at token.expires_at token.scopes "
		history = "changed.feature changed.since changed.text also_different.feature also_different.since also_different.text recurs.times recurs.at_least recurs.since recurs.last_good recurs.few "
		body    = "answer.body.text answer.body.bytes answer.body.cut "
	)
	of := func(change func(*Record)) *Record {
		r := filled(t)
		change(r)
		return r
	}
	whole := of(func(*Record) {})
	hidden := of(func(r *Record) { r.Hidden = true })
	noRoute := of(func(r *Record) { r.Route, r.Resource = "", "" })
	theirs := of(func(r *Record) { r.By = ByUpstream })
	for name, c := range map[string]struct {
		told *Record
		want string
	}{
		"the owner of the app":            {whole.ForDeveloper(), always + said + where + "cause.field cause.excerpt cache " + route + own + sent + history + body},
		"an answer of the API":            {theirs.ForDeveloper(), always + said + where + "cause.field cause.excerpt cache " + route + own + sent + history},
		"of a route that is hidden":       {hidden.ForDeveloper(), always + said + own + sent + body},
		"of a route that there is not":    {noRoute.ForDeveloper(), always + said + own + sent + body},
		"by its id alone":                 {whole.ByIDAlone(), always + said + where + route + own},
		"by its id alone, a hidden route": {hidden.ByIDAlone(), always + said + own},
	} {
		want := strings.Fields(c.want)
		slices.Sort(want)
		if diff := cmp.Diff(want, keys(t, c.told)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(keys(t, filled(t)), keys(t, whole)); diff != "" {
		t.Errorf("the record itself has changed: %s", diff)
	}
	a, b := hidden.ForDeveloper(), noRoute.ForDeveloper()
	if x, y := mustJSON(t, a), mustJSON(t, b); x != y {
		t.Errorf("a hidden route and none are told apart:\n%s\n%s", x, y)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
