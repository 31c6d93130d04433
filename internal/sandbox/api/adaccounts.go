package api

import "net/http"

// adAccount is an advertising account of one of the companies.
type adAccount struct {
	id                  int64
	name, status, cause string
	company             int
	created             int64 // milliseconds
}

var adAccounts = [...]adAccount{
	{id: 512388401, name: "Kettle & Crane, spring blends", status: "ACTIVE", cause: "RUNNABLE", company: 3, created: 1709280000000},
	{id: 512388417, name: "Kettle & Crane, subscriptions", status: "ACTIVE", cause: "RUNNABLE", company: 3, created: 1712016000000},
	{id: 511902266, name: "Tallyfield, trial sign-ups", status: "ACTIVE", cause: "BILLING_HOLD", company: 0, created: 1695340800000},
	{id: 511902273, name: "Tallyfield, conferences", status: "DRAFT", cause: "ACCOUNT_DRAFT", company: 0, created: 1726790400000},
	{id: 510447195, name: "Northlight, hiring", status: "ACTIVE", cause: "RUNNABLE", company: 2, created: 1683072000000},
	{id: 509815530, name: "Harbour & Pine, rail desk", status: "CANCELED", cause: "STOPPED", company: 1, created: 1664582400000},
}

// adAccounts is GET /rest/adAccounts: the accounts that the caller may manage, a page at a time.
func (a *API) adAccounts(r *http.Request, _ caller) answer {
	q := r.URL.Query()
	if q.Has("q") {
		if bad := finder(q, "search"); bad != nil {
			return *bad
		}
	}
	p, bad := pageOf(q)
	if bad != nil {
		return *bad
	}
	l := make(list, 0, len(adAccounts))
	for i := range adAccounts {
		l = append(l, adAccounts[i].object())
	}
	return projected(q.Get("projection"), p.of(l, r.URL.Path, q))
}

func (c *adAccount) object() object {
	owner := &companies[c.company]
	stamp := object{{key: "actor", value: members[6].urn()}, {key: "time", value: c.created}}
	return object{
		{key: "id", value: c.id},
		{key: "name", value: c.name},
		{key: "type", value: "BUSINESS"},
		{key: "status", value: c.status},
		{key: "servingStatuses", value: list{c.cause}},
		{key: "currency", value: owner.currency},
		{key: "reference", value: owner.urn()},
		{key: "test", value: false},
		{key: "version", value: object{{key: "versionTag", value: "1"}}},
		{key: "changeAuditStamps", value: object{{key: "created", value: stamp}, {key: "lastModified", value: stamp}}},
	}
}
