"""Posts a file N times, each time on a connection of its own, and prints what was answered: post.py URL FILE N length|chunked CA [NAME: VALUE]...
Over TLS the connection is read to its end behind the answer: without a close_notify that is a failure."""
import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit


def pieces(data):
    for at in range(0, len(data), 65536):
        yield data[at : at + 65536]


def post(url, data, chunked, ca, headers):
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(url.netloc, timeout=30, context=ssl.create_default_context(cafile=ca))
    else:
        connection = http.client.HTTPConnection(url.netloc, timeout=30)
    try:
        body = pieces(data) if chunked else data
        if chunked:
            headers = dict(headers, **{"Transfer-Encoding": "chunked"})
        connection.request("POST", url.path, body, headers, encode_chunked=chunked)
        if url.scheme == "https":
            connection.sock.suppress_ragged_eofs = False
        answer = connection.getresponse()
        if url.scheme == "https":
            answer.length = None  # to the end of the connection, not of the answer
        said = json.loads(answer.read())
        return f"{answer.status} {answer.headers['Candor-Problem']} {said['status']}"
    finally:
        connection.close()


url, file, times, how, ca = sys.argv[1:6]
fields = dict(field.split(": ", 1) for field in sys.argv[6:])
with open(file, "rb") as f:
    whole = f.read()
for _ in range(int(times)):
    try:
        print(post(urlsplit(url), whole, how == "chunked", ca, fields))
    except Exception as failure:
        print("failed:", type(failure).__name__, failure)
