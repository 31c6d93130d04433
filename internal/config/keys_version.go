package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

var versionKeys = object[route.VersionSpec]{
	what: "version",
	start: func() route.VersionSpec {
		return route.VersionSpec{Months: 12, Status: 426} // the header is the profile's
	},
	fields: []field[route.VersionSpec]{
		key("header", func(v *route.VersionSpec) *string { return &v.Header }, checked("a header name", headerRule)),
		{name: "active", read: readActive, write: writeActive},
		key("status", func(v *route.VersionSpec) *int { return &v.Status }, integer(400, 499)),
	},
}

// versionHeader fills in the header that an API of a profile takes a version from where it does not say.
func versionHeader(v *route.VersionSpec, profile problem.Profile) {
	switch {
	case v == nil || v.Header != "":
	case profile == problem.LinkedIn:
		v.Header = "LinkedIn-Version"
	default:
		v.Header = "Api-Version"
	}
}

// readActive reads which versions are served: "12 months" (this UTC month and those before), or a
// list of months as YYYYMM.
func readActive(r *reader, n *yaml.Node, v *route.VersionSpec) {
	const expected = `"12 months" or a list of versions, as in [202510, 202511]`
	if n.Kind == yaml.SequenceNode {
		v.Months = 0
		list(checked("a version, as in 202511", route.VersionFault), "versions", "[202511]").read(r, n, &v.Active)
		if len(n.Content) == 0 {
			r.note(n, "the list is empty; expected "+expected)
		}
		return
	}
	s, ok := r.scalar(n, expected)
	if !ok {
		return
	}
	count, ok := strings.CutSuffix(strings.TrimSuffix(s, "s"), " month")
	months, err := strconv.ParseUint(count, 10, 16)
	if !ok || err != nil || months < 1 || months > 1200 {
		r.wrong(n, expected)
		return
	}
	v.Months = int(months)
}

func writeActive(v *route.VersionSpec) *yaml.Node {
	if len(v.Active) > 0 {
		return list(text(""), "", "").write(v.Active)
	}
	if v.Months == 1 {
		return textNode("1 month")
	}
	return textNode(fmt.Sprintf("%d months", v.Months))
}
