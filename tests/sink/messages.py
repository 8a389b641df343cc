# SPDX-License-Identifier: MIT
"""The messages of two producers, side by side: what they say, without what names the producer."""

import json

# Of the source block: who made the message. Of the envelope: when.
PRODUCER = ("version", "name")
TIMES = ("ts_ms", "ts_us", "ts_ns")
CONTEXT = "__debezium.context."


def Plain(text, prefix):
    """JSON with the producer's prefix taken out of names."""
    if text is None:
        return None
    return json.loads(text.decode().replace(f'"{prefix}.', '"<prefix>.').replace(f'"{prefix}"', '"<prefix>"'))


def WithoutProducer(value):
    """The payload without the times of processing, and without the source's time in a snapshot."""
    if value is None:
        return None
    value = json.loads(json.dumps(value))
    payload = value["payload"] if "payload" in value else value
    for name in TIMES:
        payload.pop(name, None) if "source" in payload else None
    # The connector keeps the tables of a transaction in a hash map, and prints them in its order.
    if payload.get("data_collections"):
        payload["data_collections"].sort(key=lambda table: table["data_collection"])
    source = payload.get("source")
    if source:
        if payload.get("op") == "t":  # the connector leaves there what the change before had
            source.pop("row")
        for name in PRODUCER:
            source.pop(name, None)
        if source["snapshot"] != "false":
            for name in TIMES:
                source.pop(name, None)
    return value


def Message(record, prefix):
    headers = []
    for name, value in record.headers() or []:
        headers.append(name if name.startswith(CONTEXT) else (name, Plain(value, prefix)))
    return {"key": Plain(record.key(), prefix), "value": WithoutProducer(Plain(record.value(), prefix)),
            "headers": headers}


def Topics(kafka, prefix):
    """Topic without prefix -> its messages in order, of all topics of that producer."""
    heartbeat = f"__debezium-heartbeat.{prefix}"
    names = [name for name in kafka.admin().list_topics(timeout=10).topics
             if name == prefix or name.startswith(prefix + ".")]
    found = {}
    for record in kafka.records(*names) if names else []:
        assert record.topic() != heartbeat
        found.setdefault(record.topic()[len(prefix):].lstrip("."), []).append(Message(record, prefix))
    return found


def Differences(wanted, found, path=""):
    """Where two JSON values differ, as "path: wanted / found"."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        differences = []
        if list(wanted) != list(found):
            differences.append(f"{path}: members {list(wanted)} / {list(found)}")
        for name in wanted.keys() & found.keys():
            differences += Differences(wanted[name], found[name], f"{path}.{name}")
        return differences
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [d for i, pair in enumerate(zip(wanted, found)) for d in Differences(*pair, f"{path}[{i}]")]
    if wanted == found and type(wanted) is type(found):
        return []
    return [f"{path}: {json.dumps(wanted, ensure_ascii=False)} / {json.dumps(found, ensure_ascii=False)}"]
