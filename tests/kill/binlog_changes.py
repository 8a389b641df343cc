# SPDX-License-Identifier: MIT
"""The row changes that a server's binlog holds, in the words of the server's own program."""

import re

ROW = re.compile(r"^### (INSERT INTO|UPDATE|DELETE FROM) `([^`]+)`\.`([^`]+)`")
FIRST_COLUMN = re.compile(r"^###   @1=(-?\d+)")
OPERATIONS = {"INSERT INTO": "c", "UPDATE": "u", "DELETE FROM": "d"}


def Changes(server, database, first_file, first_position):
    """table -> [(operation, first column before, first column after)] in the log's order, from a position on."""
    found = {}
    for file in server.binlog_files():
        if file < first_file:
            continue
        arguments = ["--base64-output=decode-rows", "--verbose"]
        if file == first_file:
            arguments.append(f"--start-position={first_position}")
        for operation, schema, table, keys in RowsOf(server.print_binlog(file, *arguments)):
            if schema == database:
                before, after = {"c": (None, keys[0]), "d": (keys[0], None)}.get(operation, tuple(keys))
                found.setdefault(table, []).append((operation, before, after))
    return found


def RowsOf(text):
    """(operation, database, table, [first column of each image]) row by row."""
    row = None
    for line in text.splitlines():
        begin = ROW.match(line)
        if begin:
            if row:
                yield row
            row = (OPERATIONS[begin.group(1)], begin.group(2), begin.group(3), [])
        elif row and (first := FIRST_COLUMN.match(line)):
            row[3].append(int(first.group(1)))
    if row:
        yield row


def EndOfLog(server):
    """(file, position) where the log ends now."""
    command = "SHOW BINARY LOG STATUS" if server.kind == "mysql" else "SHOW MASTER STATUS"
    return server.query(command)[0][:2]
