package stage

import (
	"context"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/gateway"
)

// Asked is a gateway.Stage that looks at calls whose head was parsed, and stages nothing.
type Asked func(*admission.Call)

// Asked calls f.
func (f Asked) Asked(c *admission.Call) *gateway.Staged { f(c); return nil }

// Judged stages nothing.
func (Asked) Judged(context.Context, *admission.Call, admission.Verdict) *gateway.Staged { return nil }
