package quota

// Left is what a limit has left.
type Left struct {
	Limit
	Applies  bool  // else it counts callers that this one is not of: members
	Left     int64 // calls
	ResetsAt int64 // unix seconds at which all are there again or, with nothing left, the next call may come
}

// Each calls f with every limit of r, narrow before wide.
func (r *Result) Each(f func(Left)) {
	for i := range r.n {
		h := &r.held[i]
		if h.counter == nil {
			f(Left{Limit: r.limits.rows[i].Limit})
			continue
		}
		f(Left{r.limits.rows[i].Limit, true, h.left, seconds(h.resets)})
	}
}
