"""Calls http://AUTHORITY by way of ADDRESS with requests, and prints what it is answered: client.py AUTHORITY ADDRESS [posts]"""
import json
import sys

import requests
import urllib3
import urllib3.util.connection

authority, address, *more = sys.argv[1:]
connect = urllib3.util.connection.create_connection
host, port = address.split(":")
urllib3.util.connection.create_connection = lambda _, *args, **named: connect((host, int(port)), *args, **named)

HOP = {"date", "connection", "keep-alive", "transfer-encoding", "x-request-id"}
session = requests.Session()
session.trust_env = False


def say(answer):
    fields = sorted([name.lower(), value] for name, value in answer.headers.items() if name.lower() not in HOP)
    print(json.dumps([answer.request.method, answer.url, answer.status_code, answer.reason, fields, answer.content.decode("latin-1"), len(answer.history)]))


def call(method, path, **named):
    say(session.request(method, f"http://{authority}{path}", timeout=30, **named))


for path in ["/json", "/cookies", "/cookies", "/redirect", "/redirect/self", "/gzip", "/missing", "/error", "/denied", "/empty", "/odd/caf\xe9 x;y?a=b c&d=%zz"]:
    call("GET", path)
call("GET", "/range", headers={"Range": "bytes=3-5"})
call("HEAD", "/json")
call("OPTIONS", "/cors", headers={"Origin": "https://app.example"})
if more:
    call("POST", "/refused", json={"a": "b"})
    call("POST", "/echo", data={"a": "b c"})
    call("POST", "/echo", data=iter([b"one, ", b"two"]))
    form, kind = urllib3.encode_multipart_formdata({"file": ("a.txt", b"hello")}, boundary="x")
    call("POST", "/echo", data=form, headers={"Content-Type": kind})
