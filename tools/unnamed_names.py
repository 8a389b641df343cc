# SPDX-License-Identifier: MIT
"""What the unnamed namespaces of a C++ source declare. Sources of one folder are compiled together, so that these names
meet."""

import re

OPENING = re.compile(r"\bnamespace \{")
TYPE = re.compile(r"\b(?:class|struct|union|enum(?: class| struct)?)\s+(\w+)\s*(?:final\s*)?(?::.*)?$", re.S)
FUNCTION = re.compile(r"(?<![\w:~])(?:\w+::)*(~?\w+)\s*\(")
ALIAS = re.compile(r"^\s*using (\w+)\s*=")
VARIABLE = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|$)")


def DeclaredBy(head, ends_with_brace):
    """The name that a declaration brings; `head` is what stands before its brace or semicolon."""
    head = re.sub(r"\[\[[^\]]*\]\]", "", re.sub(r"\btemplate\s*<[^{};]*?>\s*(?=[\w\[])", "", head))
    alias = ALIAS.match(head)
    if alias:
        return alias.group(1)
    if re.match(r"\s*(using|namespace|static_assert|friend|extern)\b", head):
        return None
    if "(" not in head:
        kind = TYPE.search(head)
        if kind:
            return kind.group(1)
    before_value = head.split("=", 1)[0]
    function = FUNCTION.search(before_value)
    if function:
        qualified = re.search(r"\w+::~?" + re.escape(function.group(1)) + r"\s*\($", before_value[:function.end()])
        return None if qualified or not ends_with_brace else function.group(1)
    variable = VARIABLE.search(before_value.rstrip())
    return variable.group(1) if variable and variable.group(1) else None


def Enumerators(body):
    return re.findall(r"(?:^|,)\s*(\w+)", body)


def UnnamedNames(code):
    """(name, line) of what stands at the first level of unnamed namespaces. `code` has no comments and no strings."""
    for opening in OPENING.finditer(code):
        depth, start = 1, opening.end()
        for sign in re.compile(r"[{};]").finditer(code, opening.end()):
            at = sign.start()
            if depth == 1 and sign.group() in "{;":
                head = code[start:at]
                name = DeclaredBy(head, sign.group() == "{")
                if name:
                    yield name, code.count("\n", 0, at) + 1
                if sign.group() == "{" and re.search(r"\benum\s+(?!class|struct)", head):
                    for enumerator in Enumerators(code[at + 1:code.index("}", at)]):
                        yield enumerator, code.count("\n", 0, at) + 1
            depth += {"{": 1, "}": -1}.get(sign.group(), 0)
            if depth == 0:
                break
            if depth == 1:
                start = at + 1
