# SPDX-License-Identifier: MIT
"""The row changes that a server's binlog holds, in the words of the server's own program."""

import re

ROW = re.compile(r"^### (INSERT INTO|UPDATE|DELETE FROM) `([^`]+)`\.`([^`]+)`")
PLACE = re.compile(r"^# at (\d+)$")
FIRST_COLUMN = re.compile(r"^###   @1=(-?\d+)")
OPERATIONS = {"INSERT INTO": "c", "UPDATE": "u", "DELETE FROM": "d"}


def Changes(server, database, first_file, first_position):
    """table -> [(operation, first column before, first column after)] in the log's order, from a position on."""
    placed = PlacedChanges(server, database, first_file, first_position)
    return {table: [change for _, change in changes] for table, changes in placed.items()}


def PlacedChanges(server, database, first_file, first_position):
    """table -> [((file, position), change)]: the same, each with a place in its transaction."""
    found = {}
    for file in server.binlog_files():
        if file < first_file:
            continue
        arguments = ["--base64-output=decode-rows", "--verbose"]
        if file == first_file:
            arguments.append(f"--start-position={first_position}")
        for place, operation, schema, table, keys in RowsOf(server.print_binlog(file, *arguments)):
            if schema == database:
                before, after = {"c": (None, keys[0]), "d": (keys[0], None)}.get(operation, tuple(keys))
                found.setdefault(table, []).append(((file, place), (operation, before, after)))
    return found


def RowsOf(text):
    """(position, operation, database, table, [first column of each image]) row by row."""
    row, place = None, 0
    for line in text.splitlines():
        begin = ROW.match(line)
        if begin:
            if row:
                yield row
            row = (place, OPERATIONS[begin.group(1)], begin.group(2), begin.group(3), [])
        elif row and (first := FIRST_COLUMN.match(line)):
            row[4].append(int(first.group(1)))
        elif at := PLACE.match(line):
            place = int(at.group(1))
    if row:
        yield row


def FirstDifference(streamed, wanted):
    at = next((i for i, pair in enumerate(zip(streamed, wanted)) if pair[0] != pair[1]), min(len(streamed), len(wanted)))
    return (f"{len(streamed)} events for {len(wanted)}; the first difference is event {at}:"
            f" {streamed[at:at + 3]} for {wanted[at:at + 3]}")


def EndOfLog(server):
    """(file, position) where the log ends now."""
    command = "SHOW BINARY LOG STATUS" if server.kind == "mysql" else "SHOW MASTER STATUS"
    return server.query(command)[0][:2]
