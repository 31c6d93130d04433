"""An API by Python's standard library alone, which speaks HTTP/1.0 unless told otherwise and writes its own error pages: python.py VERSION. It ends when its standard input does."""
import gzip
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

go = threading.Semaphore(0)


class API(BaseHTTPRequestHandler):
    server_version, sys_version, protocol_version = "Stand", "", sys.argv[1]

    def answer(self, status, body, *fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if status != 204 and not any(name == "Content-Length" for name, _ in fields):
            self.send_header("Connection", "close")  # where the body ends, too
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path.startswith("/odd/"):
            return self.answer(200, f"{self.command} {self.path}".encode("latin-1"), ("Content-Type", "text/plain"))
        found = getattr(self, "get_" + path.strip("/").replace("/", "_"), None)
        if found is None:
            return self.send_error(404, explain="There is nothing here.")
        found()

    def do_HEAD(self):
        self.answer(200, b"", ("Content-Type", "application/json"), ("Content-Length", "24"))

    def do_OPTIONS(self):
        self.answer(204, b"", ("Access-Control-Allow-Origin", self.headers["Origin"]), ("access-control-allow-methods", "PUT"), ("Vary", "Origin"))

    def do_POST(self):
        if self.path == "/events":
            go.release()
            return self.answer(202, b"", ("Content-Length", "0"))
        body = self.chunks() if "chunked" in self.headers.get("Transfer-Encoding", "") else self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/refused":
            return self.answer(422, json.dumps({"message": "name is missing"}).encode(), ("Content-Type", "application/json"))
        self.answer(200, body, ("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body))))

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def get_json(self):
        self.answer(200, b'{"id": 7, "name": "Ada"}', ("Content-Type", "application/json"))

    def get_error(self):
        self.send_error(503, "The database is gone")

    def get_denied(self):
        self.answer(401, b"who are you?", ("WWW-Authenticate", 'Digest realm="a"'), ("WWW-Authenticate", "Basic"))

    def get_cookies(self):
        fields = [("Set-Cookie", "a=1; Path=/; HttpOnly"), ("Set-Cookie", "b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT")]
        self.answer(200, str(self.headers["Cookie"]).encode(), *fields)

    def get_cors(self):
        self.answer(200, b"[]", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "X-Total"), ("X-Total", "3"))

    def get_gzip(self):
        self.answer(200, gzip.compress(b"to be or not to be", mtime=0), ("Content-Encoding", "gzip"))

    def get_redirect(self):
        self.answer(302, b"", ("Location", "/json?from=here#top"))

    def get_redirect_self(self):
        self.answer(301, b"", ("Location", f"http://{self.headers['Host']}/json"), ("Content-Length", "0"))

    def get_large(self):
        self.answer(200, b"to be or not to be, " * 20000)

    def get_nothing(self):
        self.answer(204, b"")

    def get_empty(self):
        self.answer(200, b"")

    def get_slowly(self):
        self.answer(200, b"one, ", ("Content-Type", "text/plain"))
        self.wfile.flush()
        self.wfile.write(b"two, three")

    def get_events(self):
        self.answer(200, b"event: first\ndata: 1\n\n", ("Content-Type", "text/event-stream"))
        self.wfile.flush()
        go.acquire()
        self.wfile.write(b"data: 2\n\n: the end\n\n")

    do_PUT = do_PROPFIND = do_PURGE = do_DELETE = do_TRACE = do_GET
    do_PATCH = do_POST

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), API)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
