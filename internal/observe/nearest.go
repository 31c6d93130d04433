package observe

import (
	"fmt"
	"strings"
)

// unknown is what is known of a call whose upstream knows nothing at its path.
func (r *route) unknown(method string) fact {
	switch {
	case r.here != nil && r.here.good > 0 && strings.Contains(r.pattern, value):
		return fact{
			fmt.Sprintf("%s %s was good here for others %s", method, r.pattern, times(r.here.good)),
			"no such value in a known path", "Check the values in the path: the API knows the path itself.",
		}
	case r.here != nil && r.here.good > 0:
		return fact{"this path was good here " + times(r.here.good) + " before", "gone", "Find out what has changed in the API since."}
	case r.at != nil && len(r.at.methods) > 0:
		return r.otherMethods(method, "")
	}
	near := r.nearest(method)
	if near == "" {
		return fact{"this path was never good here", "never good here", "Compare the path with the documentation of the API."}
	}
	_, path, _ := strings.Cut(near, " ")
	return fact{"this path was never good here; the nearest one that was: " + near, "never good here", "Did you mean " + path + "?"}
}

// otherMethods is what is known of a path whose upstream does not take the method.
func (r *route) otherMethods(method, allow string) fact {
	f := fact{cause: "method never good here"}
	if allow != "" {
		f.say("Allow: " + allow)
		f.fix = "Use one of the methods in Allow."
	}
	if r.at == nil || len(r.at.methods) == 0 || r.here != nil {
		return f
	}
	var good []string
	for _, s := range r.at.methods {
		good = append(good, fmt.Sprintf("%s (%s)", s.method, times(s.good)))
	}
	f.say("good here so far: " + cut(strings.Join(good, ", "), maxSays) + ", " + method + " never")
	f.fix = either(f.fix, "Compare the method with the documentation of the API.")
	return f
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// nearest is the method and path that was good and is most like the route's, "" if none is.
func (r *route) nearest(method string) string {
	t, key := r.all, method+" "+r.pattern
	if was, looked := t.near[key]; looked && was.known == len(t.known) {
		return was.path
	}
	if t.near == nil || len(t.near) >= maxNear {
		t.near = map[string]nearest{}
	}
	t.near[key] = nearest{r.compare(method), len(t.known)}
	return t.near[key].path
}

// nearest is what was found for a path when so many were known: clients that are wrong are wrong again and again.
type nearest struct {
	path  string
	known int
}

// maxNear bounds how many of them are kept.
const maxNear = 1000

// compare looks for it.
func (r *route) compare(method string) (near string) {
	best := max(2, len(r.pattern)/3) + 1
	for _, n := range r.all.known[:min(len(r.all.known), maxCompared)] {
		if d := distance(r.pattern, n.pattern, best); d < best {
			best, near = d, n.methods[0].method+" "+n.pattern
			if s := n.method([]byte(method)); s != nil {
				near = method + " " + n.pattern
			}
		}
	}
	return near
}

// distance is how many letters have to be put in, taken out or changed to make b of a (Levenshtein); limit where that is not less.
func distance(a, b string, limit int) int {
	const longest = 256
	if len(a) > longest || len(b) > longest || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var rows [2][longest + 1]int
	before, now := &rows[0], &rows[1]
	for j := range len(b) + 1 {
		before[j] = j
	}
	for i := range len(a) {
		now[0] = i + 1
		least := now[0]
		for j := range len(b) {
			change := before[j]
			if a[i] != b[j] {
				change++
			}
			now[j+1] = min(change, before[j+1]+1, now[j]+1)
			least = min(least, now[j+1])
		}
		if least >= limit { // it only grows
			return limit
		}
		before, now = now, before
	}
	return min(limit, before[len(b)])
}
