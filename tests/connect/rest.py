# SPDX-License-Identifier: MIT
"""A client of Kafka Connect's REST interface that takes every answer as it comes."""

import json
import urllib.error
import urllib.request

JSON = {"Content-Type": "application/json"}


class Answer:
    """Status, headers and body of one reply."""

    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self):
        return json.loads(self.text) if self.text else None

    def __repr__(self):
        return f"{self.status} {self.text}"


def Ask(url, method, path, body=None, headers=None):
    """Sends one request; `body` is made JSON unless it is bytes. No status is an error."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, method=method, headers=JSON if headers is None else headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return Answer(reply.status, reply.headers, reply.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode(errors="replace"))
