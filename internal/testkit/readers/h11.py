"""Reads requests with h11: a line of hex each, answered by a line of JSON that says what was read of it. Bytes are characters of Latin-1."""
import json
import sys

import h11


def text(data):
    return bytes(data).decode("latin-1")


def read(raw):
    said = {"Whole": False, "Body": "", "Fields": [], "Trailers": []}
    reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 30)
    reader.receive_data(raw)
    try:
        while True:
            event = reader.next_event()
            if event in (h11.NEED_DATA, h11.PAUSED):
                break
            if isinstance(event, h11.Request):
                said["Method"], said["Target"] = text(event.method), text(event.target)
                said["Fields"] = [[text(name), text(value)] for name, value in event.headers.raw_items()]
            elif isinstance(event, h11.Data):
                said["Body"] += text(event.data)
            elif isinstance(event, h11.EndOfMessage):
                said["Trailers"] = [[text(name), text(value)] for name, value in event.headers.raw_items()]
                said["Whole"] = True
                break
        said["Left"] = text(reader.trailing_data[0]) if said["Whole"] else ""
    except h11.RemoteProtocolError as error:
        said["Error"] = str(error)
    return said


for line in sys.stdin:
    print(json.dumps(read(bytes.fromhex(line))), flush=True)
