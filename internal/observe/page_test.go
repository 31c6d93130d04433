package observe

import "testing"

// The pages are in the shapes that servers and frameworks write, in words of our own.
func TestPages(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"Express, nothing there":  {`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Error</title></head><body><pre>Cannot GET /express</pre></body></html>`, "Cannot GET /express"},
		"Express, an exception":   {`<title>Error</title><pre>TypeError: x &quot;y&quot; is none<br> &nbsp; &nbsp;at /app/x.js:3:9<br>more</pre>`, `TypeError: x "y" is none`},
		"Express, in production":  {`<title>Error</title><pre>Internal Server Error</pre>`, "Error"},
		"Django, CSRF":            {`<title>403 Forbidden</title><style>p { x: y }</style><h1>Forbidden <span>(403)</span></h1>\n<p>The CSRF check failed.</p><p>More.</p>`, "The CSRF check failed."},
		"Django, no title":        {`<h1>Forbidden</h1><p>You may not do this.</p>`, "You may not do this."},
		"Django, plain":           {`<!doctype html><title>Server Error (500)</title><h1>Server Error (500)</h1><p></p>`, "Server Error (500)"},
		"Django, debugging":       {`<title>ValueError at /x</title><h1>ValueError <span>at /x</span></h1><pre class="exception_value">the order is empty</pre>`, "the order is empty"},
		"nginx":                   {`<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.27.1</center></body></html>`, "502 Bad Gateway"},
		"nginx, with a reason":    {`<title>400 The cookie is too large</title><center><h1>400 Bad Request</h1></center><center>The cookie is too large</center>`, "400 The cookie is too large"},
		"Apache":                  {`<title>404 Not Found</title></head><body>\n<h1>Not Found</h1>\n<p>The URL asked for was not found here.<br />\n</p><hr><address>Apache</address>`, "The URL asked for was not found here."},
		"Tomcat":                  {`<title>HTTP Status 404 – Not Found</title><h1>HTTP Status 404 – Not Found</h1><hr/><p><b>Type</b> Status Report</p><p><b>Message</b> No order 7</p><p><b>Description</b> Long.</p>`, "No order 7"},
		"Spring":                  {`<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error.</p><div id='created'>Mon</div><div>There was an unexpected error (type=Not Found, status=404).</div></body></html>`, "There was an unexpected error (type=Not Found, status=404)."},
		"Rails":                   {`<title>The page you wanted is not there (404)</title><style>x</style><div class="dialog"><h1>x</h1></div>`, "The page you wanted is not there (404)"},
		"Rails, developing":       {`<title>Action Controller: Exception caught</title><header><h1>ActiveRecord::RecordNotFound in Orders#show</h1></header><div class="exception-message"><div class="message">No order 7</div></div>`, "No order 7"},
		"Flask":                   {`<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The URL is not known here.</p>`, "The URL is not known here."},
		"Werkzeug's debugger":     {`<title>ValueError: boom // Werkzeug Debugger</title><h1>ValueError</h1><div class="detail"><p class="errormsg">ValueError: boom</p></div>`, "ValueError: boom"},
		"ASP.NET":                 {`<title>The resource is not here.</title><h1>Server Error in '/' Application.<hr></h1><h2><i>The resource is not here.</i></h2>`, "The resource is not here."},
		"ASP.NET Core":            {`<title>Internal Server Error</title><h1>An unhandled exception occurred while processing the request.</h1><div class="titleerror">InvalidOperationException: boom</div>`, "InvalidOperationException: boom"},
		"http.sys":                {`<TITLE>Bad Request</TITLE></HEAD>\n<BODY><h2>Bad Request - Wrong Hostname</h2>\n<hr><p>HTTP Error 400.</p>`, "Bad Request - Wrong Hostname"},
		"HAProxy":                 {"<html><body><h1>503 Service Unavailable</h1>\nNo server can take this call.\n</body></html>", "No server can take this call."},
		"Python's http.server":    {`<title>Error response</title><h1>Error response</h1><p>Error code: 404</p><p>Message: No such file.</p>`, "No such file."},
		"PHP's own server":        {`<title>404 Not Found</title><h1>Not Found</h1><p>The resource <code class="url">/x</code> is not here.</p>`, "The resource /x is not here."},
		"Laravel":                 {`<title>Not Found</title><div class="code">404</div><div class="message" style="padding: 10px;">Not Found</div>`, "Not Found"},
		"Next.js":                 {`<title>404: This page is not here.</title><h1>404</h1><h2>This page is not here.</h2>`, "404: This page is not here."},
		"cut within a style":      {`<title>Error</title><style>pre { x`, "Error"},
		"in a comment":            {`<!-- <title>No</title> --><pre>Yes: it is</pre>`, "Yes: it is"},
		"cut within its sentence": {`<title>Error</title><pre>Cannot GET /exp`, "Cannot GET /exp"},
		"nothing":                 {`<html></html>`, ""},
	} {
		if got := string(pageSays([]byte(c.page))); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", name, got, c.want)
		}
	}
}
