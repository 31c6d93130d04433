package gateway

import (
	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// warnLet tells the operator of what was let pass of an answer, once for each upstream and kind: which line it was, without secrets.
func (g *Gateway) warnLet(to *upstream.Upstream, up *upstream.Conn) {
	for kind, line := range upstream.FirstLet(up) {
		if g.o.Log == nil {
			return
		}
		quoted := http1.AppendPrintable(nil, accesslog.AppendLine(nil, nameIn(line), line), maxQuoted) // empty: it was not in the head
		g.o.Log.Warn("an answer that breaks HTTP was let pass, as lenient: says; more of the kind are only counted",
			"upstream", to.Spec().Name, "kind", kind, "line", string(quoted))
	}
}

// nameIn is the name of the field on a line.
func nameIn(line []byte) []byte {
	for i, c := range line {
		if c == ':' || c == ' ' || c == '\t' {
			return line[:i]
		}
	}
	return nil
}
