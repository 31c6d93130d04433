//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// nginxConfig does Candor's work with nginx's own means: a map of tokens, two
// zones of limit_req, JSON log lines of about the same length, buffered. 1 MB
// streams through it, as through Candor, with the buffers that cost it least of
// those tried.
const nginxConfig = `%[1]sdaemon off;
worker_processes %[2]d;
worker_rlimit_nofile %[15]d;
pid %[3]s;
error_log %[4]s crit;
events { worker_connections %[15]d; }
http {
	server_tokens off;
	keepalive_timeout 600s;
	keepalive_requests 1000000000;
	client_header_timeout 600s;
	map_hash_bucket_size 256;
	client_body_temp_path %[5]s;
	proxy_temp_path %[5]s;
	fastcgi_temp_path %[5]s;
	uwsgi_temp_path %[5]s;
	scgi_temp_path %[5]s;
	log_format passed escape=json %[16]s;
	log_format refused escape=json %[17]s;
	access_log %[6]s passed buffer=64k flush=1s;
	map $http_authorization $app { default ""; "Bearer %[7]s" bench; }
	map $http_authorization $member { default ""; "Bearer %[7]s" ada; }
	limit_req_zone $app zone=app:1m rate=1000000r/s;
	limit_req_zone $member zone=member:1m rate=1000000r/s;
	upstream bench { server %[8]s; keepalive 1024; keepalive_requests 1000000000; keepalive_timeout 600s; }
	server {
		listen %[9]s;
		listen %[10]s ssl;
		ssl_certificate %[11]s;
		ssl_certificate_key %[12]s;
		ssl_protocols TLSv1.3;
		location = /v1/closed {
			access_log %[6]s refused buffer=64k flush=1s;
%[13]s		}
		limit_req zone=app burst=1000000 nodelay;
		limit_req zone=member burst=1000000 nodelay;
		proxy_http_version 1.1;
		location /v1/ {
			if ($app = "") { return 401; }
			proxy_set_header Connection "";
			proxy_set_header Host $host;
%[14]s			proxy_pass http://bench;
		}
		location = /v1/ws {
			if ($app = "") { return 401; }
			proxy_read_timeout 600s;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection "upgrade";
			proxy_set_header Host $host;
			proxy_pass http://bench;
		}
		location = /v1/1m {
			if ($app = "") { return 401; }
			client_max_body_size 10m;
			proxy_request_buffering off;
			client_body_buffer_size 128k;
			proxy_buffer_size 64k;
			proxy_buffers 16 64k;
			proxy_busy_buffers_size 256k;
			proxy_max_temp_file_size 0;
			proxy_set_header Connection "";
			proxy_set_header Host $host;
%[14]s			proxy_pass http://bench;
		}
	}
}
`

// startNginx starts nginx with one worker a core.
func (s *site) startNginx(ctx context.Context, name string) (*proxy, error) {
	p := &proxy{}
	var err error
	if p.plain, p.tls, err = addresses(); err != nil {
		return nil, err
	}
	if p.log, err = newAccessLog(s.path(name + ".log")); err != nil {
		return nil, err
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n" // or the worker could not open its log again
	}
	config := s.path(name + ".conf")
	text := fmt.Sprintf(nginxConfig, user, s.cores, s.path(name+".pid"), s.path(name+".errors"), s.path(name+".temp"),
		p.log.file.Name(), s.token, s.upstream, p.plain, p.tls, s.cert, s.key, s.nginxRefusal(), s.nginxFields(), s.files,
		nginxLine(s.model.passed), nginxLine(s.model.refused))
	if err = os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	program, err := find("nginx")
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, p, launch{
		name: name,
		// Or glibc gives large buffers back to the kernel after each call, in some
		// runs and not in others: 1 MB then costs four times as much.
		env:  []string{"MALLOC_TRIM_THRESHOLD_=268435456", "MALLOC_MMAP_THRESHOLD_=33554432"},
		args: []string{program, "-p", s.dir, "-e", s.path(name + ".errors"), "-c", config},
	})
}

// nginxWords are what nginx knows of a call, by the names in Candor's log.
var nginxWords = map[string]string{
	"time": `"$time_iso8601"`, "id": `"0000$request_id"`, "listener": `"$server_addr:$server_port"`,
	"method": `"$request_method"`, "target": `"$request_uri"`, "version": `"$server_protocol"`, "status": `$status`,
	"app": `"$app"`, "member": `"$member"`, "client": `"$remote_addr"`, "user_agent": `"$http_user_agent"`,
	"in": `$request_length`, "out": `$bytes_sent`, "duration_us": `$request_time`, "first_byte_us": `$upstream_header_time`,
	"connect_us": `$upstream_connect_time`, "upstream": `"$upstream_addr"`, "upstream_status": `$upstream_status`,
}

// nginxLine is the format of a line of the log.
func nginxLine(ours string) string {
	return quoted(likeOurs(strings.ReplaceAll(ours, "$", "_"), nginxWords)) // a dollar cannot be escaped there
}

// nginxRefusal is Candor's refusal, said by `return`.
func (s *site) nginxRefusal() string {
	var out strings.Builder
	for _, f := range s.model.refusal.without(message{}) {
		if f.name == "Content-Type" {
			fmt.Fprintf(&out, "\t\t\tdefault_type %s;\n", quoted(f.value))
			continue
		}
		fmt.Fprintf(&out, "\t\t\tadd_header %s %s always;\n", f.name, nginxIDs(f.value))
	}
	fmt.Fprintf(&out, "\t\t\treturn 401 %s;\n", nginxIDs(s.model.refusal.body))
	return out.String()
}

// nginxFields adds to requests and answers what Candor adds.
func (s *site) nginxFields() string {
	var out strings.Builder
	for _, f := range s.model.answer {
		fmt.Fprintf(&out, "\t\t\tadd_header %s %s;\n", f.name, nginxIDs(f.value))
	}
	for _, f := range s.model.request {
		fmt.Fprintf(&out, "\t\t\tproxy_set_header %s %s;\n", f.name, nginxIDs(f.value))
	}
	for _, name := range s.model.dropped {
		fmt.Fprintf(&out, "\t\t\tproxy_set_header %s \"\";\n", name)
	}
	return out.String()
}

// nginxIDs puts nginx's own id of a call, made as long as ours, where Candor's stood.
func nginxIDs(text string) string {
	return quoted(uuid.ReplaceAllString(text, "0000$${request_id}"))
}

func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
