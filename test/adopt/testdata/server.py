# An API on Python's standard library. It prints the port it has, then each call as a line of JSON.
import http.server
import json
import sys

ERRORS = {"/error": (500, "application/json", b'{"detail":"It broke"}'), "/denied": (403, "text/plain", b"")}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = sys.argv[1]

    def answer(self):
        body = b""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fields = [part for pair in self.headers._headers for part in pair]
        print(json.dumps({"line": self.requestline, "fields": fields, "body": body.decode("latin1"), "trailers": []}), flush=True)
        status, kind, text = ERRORS.get(self.path.split("?")[0], (200, "text/plain", b"hello"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Set-Cookie", "a=1")
        self.send_header("set-cookie", "b=2")
        if self.path != "/close":
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)
        if self.path == "/close":
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_BREW = answer

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
