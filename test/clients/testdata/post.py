"""Posts a file N times, each time on a connection of its own, and prints what was answered: post.py URL FILE N length|chunked [NAME: VALUE]..."""
import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit


def pieces(data):
    for at in range(0, len(data), 65536):
        yield data[at : at + 65536]


def post(url, data, chunked, headers):
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(url.netloc, timeout=30, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection(url.netloc, timeout=30)
    try:
        body = pieces(data) if chunked else data
        if chunked:
            headers = dict(headers, **{"Transfer-Encoding": "chunked"})
        connection.request("POST", url.path, body, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return f"{answer.status} {answer.headers['Candor-Problem']} {said['status']}"
    finally:
        connection.close()


url, file, times, how = sys.argv[1:5]
fields = dict(field.split(": ", 1) for field in sys.argv[5:])
with open(file, "rb") as f:
    whole = f.read()
for _ in range(int(times)):
    try:
        print(post(urlsplit(url), whole, how == "chunked", fields))
    except Exception as failure:
        print("failed:", type(failure).__name__, failure)
