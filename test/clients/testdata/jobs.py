"""Does what it is told, with requests or, where its argument says so, http.client: a line is KIND TIMES URL FILE HOW CA HEADER, parted by tabs, and is answered by a line for each of so many times.
post: posts FILE, each time on a connection of its own, its length told or in chunks. get: gets URL on one connection, and goes where it is sent."""
import http.client
import ssl
import sys
from urllib.parse import urljoin, urlsplit

import requests


def pieces(data):
    for at in range(0, len(data), 65536):
        yield data[at : at + 65536]


def post(url, file, how, ca, headers):
    with open(file, "rb") as f:
        data = f.read()
    with requests.Session() as session:
        answer = session.post(url, data=pieces(data) if how == "chunked" else data, headers=headers, verify=ca, timeout=30)
        return f"{answer.status_code} {answer.headers.get('Candor-Problem', 'none')} {answer.json()['status']}"


def get_requests(url, ca, headers):
    answer = session.get(url, headers=headers, verify=ca, timeout=30)
    return f"{answer.status_code} {answer.text}"


def get_http_client(url, ca, headers):
    to = urlsplit(url)
    if to.netloc not in kept:
        tls = to.scheme == "https"
        kept[to.netloc] = http.client.HTTPSConnection(to.netloc, timeout=30, context=ssl.create_default_context(cafile=ca)) if tls else http.client.HTTPConnection(to.netloc, timeout=30)
    kept[to.netloc].request("GET", to.path, headers=headers)
    answer = kept[to.netloc].getresponse()
    body = answer.read().decode()
    if answer.status in (302, 307):
        return get_http_client(urljoin(url, answer.headers["Location"]), ca, headers)
    return f"{answer.status} {body}"


kept = {}
session = requests.Session()
session.trust_env = False
get = get_http_client if sys.argv[1:] == ["http.client"] else get_requests
for line in sys.stdin:
    kind, times, url, file, how, ca, header = line.rstrip("\n").split("\t")
    headers = dict([header.split(": ", 1)])
    for _ in range(int(times)):
        try:
            print(post(url, file, how, ca, headers) if kind == "post" else get(url, ca, headers), flush=True)
        except (requests.ConnectionError, ConnectionRefusedError) as failure:
            print("refused" if "Connection refused" in str(failure) else f"failed: {failure}", flush=True)
        except Exception as failure:
            print("failed:", type(failure).__name__, failure, flush=True)
