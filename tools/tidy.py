#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks what the compiler does not: the conventions of docs/architecture.md.

    tools/tidy.py            checks every file that git knows; one line a finding; exits 1 when there are any
    tools/tidy.py --report   prints the comment ratio and the function lengths of each module, too

What a module may include is read from the tables of docs/architecture.md. Exceptions are listed, each with its reason,
in tools/tidy_exceptions.txt; one that excuses nothing is itself a finding.
"""

import argparse
import dataclasses
import fnmatch
import os
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from unnamed_names import UnnamedNames  # noqa: E402

HEADER_LINES = 300
SOURCE_LINES = 600
FUNCTION_LINES = 70
COLUMNS = 100
SCRIPT_COLUMNS = 130
README_LINES = 40

CPP = (".h", ".cc", ".inc")
SCRIPTS = (".py", ".sh")
WITH_LICENCE = (*CPP, *SCRIPTS, ".cmake", ".sql", ".yaml", ".yml")
BINARY = (".parquet", ".png", ".bin", ".gz", ".zst", ".avro", ".crc", ".ico", ".woff2")
FORBIDDEN_NAMES = {"util", "utils", "common", "helper", "helpers", "misc"}
THREADED_MODULES = {"batch", "pipeline", "server", "cli"}
OUR_MACROS = {"TRY", "RETURN_IF_ERROR", "GUARDED_BY", "REQUIRES"}
# The operating system's own headers. Everything else outside the standard library is in the architecture page's table.
SYSTEM_HEADERS = re.compile(
    r"(sys|netinet|arpa|linux)/[a-z_]+\.h"
    r"|(unistd|fcntl|stdlib|dirent|poll|netdb|signal|time|errno|string|termios|pwd|pthread|iconv)\.h")
# Written in pieces, so that this file passes its own check.
REGISTRY_HOSTS = re.compile(
    r"\b(" + "|".join(name + r"\." + end for name, end in (
        ("pypi", "org"), ("files.python" + "hosted", "org"), ("registry.npm" + "js", "org"), ("repo1.mav" + "en", "org"),
        ("repo.mav" + "en.apache", "org"), ("crat" + "es", "io"), ("proxy.gol" + "ang", "org"),
        ("deb.debi" + "an", "org"))) + r")\b")
# A path that climbs, and what it climbs to; links of documents are another check's.
CLIMBING = re.compile(r"(?<![\w.}\])/(])(?:\.\./)+[\w.-]{3,}[\w./-]*")
# Python's ways to the folder around the project, and beyond it.
ROOT_PARENT = re.compile(r"\bROOT\.parent\b|\bROOT\s*/\s*\"\.\.\"")
FILE_PARENTS = re.compile(r"__file__\)[.\w()]*\.parents\[(\d+)\]")
SKIPPED_TEST = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_|\bpytest\.(?:skip|xfail|importorskip)\b|\bmark\.(?:skip|xfail)")
MACHINE_PATHS = re.compile(r"(?<![\w.$}~])/(wo" + r"rk|root|home/[a-z]+)/[\w.]|\.\./sha" + r"red\b")


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclasses.dataclass(frozen=True)
class Architecture:
    """What docs/architecture.md says: module -> modules, module -> libraries, library -> patterns of its headers, and of
    the files that alone include them."""

    modules: dict
    libraries: dict
    headers: dict
    faces: dict

    def Reachable(self, module):
        """The modules that its row lists, and those that their rows list."""
        found = set()
        waiting = [module]
        while waiting:
            for lower in self.modules.get(waiting.pop(), ()):
                if lower not in found:
                    found.add(lower)
                    waiting.append(lower)
        return found


def TableRows(text, first_heading):
    """The rows of the markdown table whose first heading is this."""
    rows = []
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[0] == first_heading:
            inside = True
        elif inside and not set("".join(cells)) <= set("-: "):
            rows.append(cells)
    return rows


def Listed(cell):
    """The names in a cell: separated by commas or spaces, what is in parentheses left out, – for none."""
    return [name for name in re.split(r"[,\s]+", re.sub(r"\([^)]*\)", "", cell)) if name and name not in ("–", "-")]


def ReadArchitecture(text):
    modules = {}
    libraries = {}
    for module, _, may_include, third_party in TableRows(text, "module"):
        lower = list(modules) if may_include == "all above" else Listed(may_include)
        modules[module] = set(lower)
        libraries[module] = set(Listed(third_party))
    headers = {}
    faces = {}
    for library, *patterns in TableRows(text, "library"):
        name = Listed(library)[0]
        headers[name], faces[name] = (re.findall(r"`([^`]+)`", cell) for cell in [*patterns, ""][:2])
    return Architecture(modules, libraries, headers, faces)


def CheckArchitecture(architecture):
    """The table itself: lowest first, and no library without its headers."""
    path = "docs/architecture.md"
    known = []
    for module, lower in architecture.modules.items():
        for name in sorted(lower - set(known)):
            yield Finding(path, 1, "module-table", f"{module} lists {name}, which is not above it")
        for library in sorted(architecture.libraries[module] - set(architecture.headers)):
            yield Finding(path, 1, "module-table", f"{module} names {library}, which has no row in the library table")
        known.append(module)
    if not known:
        yield Finding(path, 1, "module-table", "there is no table of modules")


def WithoutCommentsAndStrings(text):
    """The same text, as many lines and columns, with blanks for comments and for what quotes hold."""
    pattern = re.compile(
        r'R"([^(\s]*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int


NOT_FUNCTIONS = re.compile(
    r"^(namespace|extern|enum|class|struct|union|using)\b|\b(class|struct|enum|union)\s+[\w:]+\s*(final\s*)?(:[^()]*)?$")


NOT_YET_HEAD = re.compile(r"(\s+|(public|private|protected):|#[^\n]*\n)*")


def HeadOf(code, start, brace):
    """What stands between the end of the statement before and the brace, without preprocessor lines and templates."""
    head = re.sub(r"^\s*#[^\n]*", " ", code[start:brace], flags=re.M)
    head = re.sub(r"^\s*(public|private|protected):", " ", head, flags=re.M)
    head = re.sub(r"^\s*template\s*<[^{};]*?>\s*(?=[\w\[])", " ", head)
    return " ".join(head.split())


def IsFunctionHead(head):
    if not head or NOT_FUNCTIONS.search(head) or head.endswith("="):
        return False
    return ")" in head and re.match(r"^[\w\[~:]", head) is not None


def Functions(text):
    """The functions that a file defines, lambdas counted with the function around them."""
    code = WithoutCommentsAndStrings(text)
    stack = []  # for each open brace: the function that it opens, or None
    in_function = 0
    start = 0
    for match in re.finditer(r"[{};]", code):
        sign, at = match.group(), match.start()
        if sign == "{":
            head = HeadOf(code, start, at) if not in_function else ""
            if in_function == 0 and IsFunctionHead(head):
                first = start + NOT_YET_HEAD.match(code[start:at]).end()
                name = re.search(r"([\w~:]+|operator\S+)\s*\(", head)
                stack.append((name.group(1) if name else head[:40], code.count("\n", 0, first) + 1))
                in_function = 1
            else:
                stack.append(None)
            start = at + 1
        elif sign == "}":
            opened = stack.pop() if stack else None
            if opened:
                in_function = 0
                name, line = opened
                yield Function(name, line, code.count("\n", 0, at) + 2 - line)
            start = at + 1
        elif not in_function:
            start = at + 1


def CommentShare(text):
    """(lines that are comments, lines that are not empty), the licence line apart."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "SPDX-License" not in line]
    comments = sum(1 for line in lines if line.startswith("//") or (" // " in line and not line.startswith("#")))
    return comments, len(lines)

# Before C++23's rule for it, which g++ 12 does not have, a range-for keeps the last temporary of its range alone alive.
LETS_GO = re.compile(r"\bfor \(.* : [^()]*(\b(Read|status)\(\)->|\([^()]*\)\.value\(\))")

MUTEX_OF_STANDARD = re.compile(r"\bstd::(recursive_|shared_|timed_)?mutex\b")
MUTEX_MEMBER = re.compile(r"\bMutex (\w+_);")

# Every other way to the machine's clocks than base/clock.h, which tests can set.
CLOCK_READ = re.compile(
    r"\b\w*[cC]lock::now\s*\(|\b(clock_gettime|gettimeofday|timespec_get)\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)")


class Tidy:
    """One run over a tree. `files` are paths relative to `root`."""

    def __init__(self, root, files):
        self.root = pathlib.Path(root)
        self.files = sorted(files)
        self.architecture = ReadArchitecture(self.Text("docs/architecture.md"))

    def Text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def Findings(self):
        yield from CheckArchitecture(self.architecture)
        yield from self.CheckReadmes()
        yield from self.CheckUnnamedNames()
        for path in self.files:
            if path.endswith(BINARY) or not (self.root / path).is_file():
                continue
            text = self.Text(path)
            yield from self.CheckName(path)
            yield from self.CheckWords(path, text)
            yield from self.CheckLicence(path, text)
            yield from self.CheckColumns(path, text)
            if path.endswith(CPP):
                yield from self.CheckSizes(path, text)
                yield from self.CheckCode(path, text)
                yield from self.CheckMutexes(path, text)
            if path.startswith("src/") and path.endswith(CPP):
                yield from self.CheckIncludes(path, text)

    # Names and words, in every file.

    def CheckName(self, path):
        for part in path.split("/"):
            if part.split(".")[0].lower() in FORBIDDEN_NAMES:
                yield Finding(path, 1, "file-name", f"'{part}' says nothing: name it by its one concept")
        if path.startswith("src/") and path.endswith(CPP):
            name = path.rsplit("/", 1)[1]
            if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*\.(h|cc|inc)", name):
                yield Finding(path, 1, "file-name", "files are snake_case.h and .cc")

    def CheckWords(self, path, text):
        for number, line in enumerate(text.splitlines(), 1):
            if "FIX" + "ME" in line:
                yield Finding(path, number, "fixme", "mend it or write down the limit where users see it")
            if REGISTRY_HOSTS.search(line):
                yield Finding(path, number, "registry-host", "name packages, not the hosts that serve them")
            if MACHINE_PATHS.search(line):
                yield Finding(path, number, "machine-path", "this path is of one machine only")
            if SKIPPED_TEST.search(line):
                yield Finding(path, number, "skipped-test", "a test that does not run proves nothing: mend or delete it")
            yield from self.CheckOutside(path, number, line)

    def CheckOutside(self, path, number, line):
        """Nothing needs what lies beside the project: a clone alone is all that there is."""
        for climbing in CLIMBING.findall(line):
            place = os.path.normpath(os.path.join(os.path.dirname(path), climbing))
            if place.startswith("..") or not (self.root / place).exists():
                yield Finding(path, number, "outside", f"{climbing} is not in the project")
        parents = FILE_PARENTS.search(line)
        if ROOT_PARENT.search(line) or parents and int(parents.group(1)) > path.count("/"):
            yield Finding(path, number, "outside", "this is the folder around the project")

    def CheckLicence(self, path, text):
        is_script = text.startswith("#!")
        if "/testdata/" in path:
            return
        if path.endswith(WITH_LICENCE) or is_script or path.endswith(("CMakeLists.txt", "Makefile")):
            if text.strip() and not any("SPDX-License-Identifier: MIT" in line for line in text.splitlines()[:3]):
                yield Finding(path, 1, "licence", "wanted `SPDX-License-Identifier: MIT` in the first lines")

    def CheckColumns(self, path, text):
        is_script = path.endswith(SCRIPTS) or text.startswith("#!")
        limit = COLUMNS if path.endswith((".h", ".cc")) else SCRIPT_COLUMNS if is_script else None
        if limit is None:
            return
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > limit:
                yield Finding(path, number, "line-length", f"{len(line)} columns, {limit} at most")

    def CheckReadmes(self):
        folders = {path.split("/")[2] for path in self.files if re.match(r"src/foreset/[^/]+/", path)}
        for folder in sorted(folders):
            path = f"src/foreset/{folder}/README.md"
            if folder not in self.architecture.modules:
                yield Finding(path, 1, "module-table", f"{folder} has no row in docs/architecture.md")
            if path not in self.files:
                yield Finding(path, 1, "readme", "a module says what it is, what may enter, its types, its thread rule")
            elif len(self.Text(path).splitlines()) > README_LINES:
                yield Finding(path, 1, "readme", f"{README_LINES} lines at most")

    # C++.

    def CheckSizes(self, path, text):
        limit = HEADER_LINES if path.endswith(".h") else SOURCE_LINES
        count = len(text.splitlines())
        if count > limit and not path.endswith(".inc"):
            yield Finding(path, 1, "file-length", f"{count} lines, {limit} at most")
        if path.endswith(".inc"):
            return
        for function in Functions(text):
            if function.lines > FUNCTION_LINES:
                message = f"{function.name} has {function.lines} lines, {FUNCTION_LINES} at most"
                yield Finding(path, function.line, "function-length", message)

    def CheckCode(self, path, text):
        if path.endswith(".h") and "#pragma once" not in text:
            yield Finding(path, 1, "pragma-once", "a header begins with #pragma once")
        module = path.split("/")[2] if path.startswith("src/foreset/") else ""
        code = WithoutCommentsAndStrings(text)
        for number, line in enumerate(code.splitlines(), 1):
            macro = re.match(r"\s*#\s*define\s+(\w+)", line)
            if macro and macro.group(1) not in OUR_MACROS and not macro.group(1).startswith("FORESET_"):
                yield Finding(path, number, "macro", f"{macro.group(1)}: there are TRY and RETURN_IF_ERROR only")
            if path.endswith(".h") and re.search(r"\busing namespace\b", line):
                yield Finding(path, number, "using-namespace", "not in a header")
            if re.search(r"\bthrow\b", line) and not path.endswith("_test.cc"):
                yield Finding(path, number, "throw", "return an Error instead")
            if LETS_GO.search(line):
                yield Finding(path, number, "range-of-temporary", "the loop outlives what holds its range: name it first")
            threads = re.search(r"\bstd::(jthread|async)\b|\bstd::thread\b(?!::)", line)
            if threads and module not in THREADED_MODULES and not path.endswith("_test.cc"):
                yield Finding(path, number, "thread", "threads start in batch/, pipeline/ and server/ only")
            if CLOCK_READ.search(line) and self.TakesClock(path):
                yield Finding(path, number, "clock", "take a Clock of base/clock.h, which tests can set")

    @staticmethod
    def TakesClock(path):
        """Tests, benchmarks and fuzzers may read the machine's clock."""
        is_test = path.endswith(("_test.cc", "_testing.h", "_testing.cc")) or "/testing/" in path
        return path.startswith("src/") and path != "src/foreset/base/clock.cc" and not is_test

    def CheckMutexes(self, path, text):
        """What a mutex is for stands in the code, where clang checks it."""
        if path.endswith(("_test.cc", "base/mutex.h")) or path.startswith("src/foreset/base/testing/"):
            return
        code = WithoutCommentsAndStrings(text)
        for number, line in enumerate(code.splitlines(), 1):
            if MUTEX_OF_STANDARD.search(line):
                yield Finding(path, number, "mutex", "take Mutex of base/mutex.h, whose use clang checks")
            member = MUTEX_MEMBER.search(line)
            if member and not re.search(rf"\b(GUARDED_BY|REQUIRES)\({member.group(1)}\)", code):
                yield Finding(path, number, "mutex", f"{member.group(1)} guards nothing: say what, with GUARDED_BY or REQUIRES")

    def CheckUnnamedNames(self):
        """Sources of a folder are compiled together, in whatever groups: no two of them declare one name."""
        seen = {}
        for path in self.files:
            if not path.startswith("src/") or not path.endswith(".cc") or path.endswith("_test.cc"):
                continue
            for name, line in UnnamedNames(WithoutCommentsAndStrings(self.Text(path))):
                first = seen.setdefault((os.path.dirname(path), name), path)
                if first != path:
                    yield Finding(path, line, "unnamed-name", f"{name} is {os.path.basename(first)}'s, too: say what differs,"
                                                              " or declare it once")

    def CheckIncludes(self, path, text):
        parts = path.split("/")
        module = parts[2] if len(parts) > 3 else None
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not match or module is None or module not in self.architecture.modules:
                continue
            problem = self.Ours(path, module, match.group(2)) if match.group(1) == '"' else \
                self.Theirs(path, module, match.group(2))
            if problem:
                yield Finding(path, number, "include", problem)

    def Ours(self, path, module, header):
        if not header.startswith("foreset/"):
            return f'"{header}": ours are included as "foreset/<module>/…", others in angle brackets'
        target = header.split("/")[1]
        architecture = self.architecture
        allowed = architecture.Reachable(module) if path.endswith("_test.cc") else architecture.modules[module]
        if target != module and target not in allowed:
            return f"{module} may not include {target}: see the table in docs/architecture.md"
        return None

    def Theirs(self, path, module, header):
        if "/" not in header and "." not in header or SYSTEM_HEADERS.fullmatch(header):
            return None
        library = next((name for name, patterns in self.architecture.headers.items()
                        if any(fnmatch.fnmatch(header, pattern) for pattern in patterns)), None)
        if library is None:
            return f"<{header}> belongs to no library of the table in docs/architecture.md"
        if library == "GoogleTest":
            return None if path.endswith(("_test.cc", "_testing.h", "_testing.cc")) else "GoogleTest is for tests"
        if library not in self.architecture.libraries[module]:
            return f"{module} may not name {library}: see the table in docs/architecture.md"
        faces = self.architecture.faces[library]
        if faces and not any(fnmatch.fnmatch(path, f"src/foreset/{face}") for face in faces):
            return f"only {' and '.join(faces)} may include {library}: see the table in docs/architecture.md"
        return None


@dataclasses.dataclass
class Exception_:
    pattern: str
    rule: str
    line: int
    used: bool = False


def ReadExceptions(text):
    """Lines of `PATH-PATTERN RULE: reason`. Returns (exceptions, findings)."""
    exceptions = []
    findings = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"(\S+) ([a-z-]+): (.{10,})", line)
        if match:
            exceptions.append(Exception_(match.group(1), match.group(2), number))
        else:
            findings.append(Finding(EXCEPTIONS, number, "exception", "wanted `path rule: the reason`"))
    return exceptions, findings


EXCEPTIONS = "tools/tidy_exceptions.txt"


def Excused(findings, exceptions):
    """The findings that no exception covers, then one for each exception that covered nothing."""
    for finding in findings:
        cover = [e for e in exceptions if e.rule == finding.rule and fnmatch.fnmatch(finding.path, e.pattern)]
        for exception in cover:
            exception.used = True
        if not cover:
            yield finding
    for exception in exceptions:
        if not exception.used:
            yield Finding(EXCEPTIONS, exception.line, "exception", f"{exception.pattern} needs no exception any more")


def TrackedFiles(root):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def CheckTree(root, files=None):
    """Every finding in a tree, exceptions taken into account."""
    root = pathlib.Path(root)
    path = root / EXCEPTIONS
    exceptions, mistakes = ReadExceptions(path.read_text() if path.exists() else "")
    return [*mistakes, *Excused(Tidy(root, files or TrackedFiles(root)).Findings(), exceptions)]


def Report(root):
    """Comment share and function lengths of each module, for people."""
    tidy = Tidy(root, TrackedFiles(root))
    print(f"{'module':<10} {'headers':>8} {'sources':>8} {'lines':>7} {'functions':>9} {'median':>6} {'longest':>7}")
    for module in tidy.architecture.modules:
        files = [p for p in tidy.files if p.startswith(f"src/foreset/{module}/") and p.endswith((".h", ".cc"))]
        shares = {}
        for ending in (".h", ".cc"):
            counts = [CommentShare(tidy.Text(p)) for p in files if p.endswith(ending) and "_test." not in p]
            total = sum(lines for _, lines in counts)
            shares[ending] = f"{100 * sum(c for c, _ in counts) / total:.0f} %" if total else "–"
        lengths = [f.lines for p in files if "_test." not in p for f in Functions(tidy.Text(p))]
        lines = sum(len(tidy.Text(p).splitlines()) for p in files)
        print(f"{module:<10} {shares['.h']:>8} {shares['.cc']:>8} {lines:>7} {len(lengths):>9}"
              f" {statistics.median(lengths) if lengths else 0:>6.0f} {max(lengths, default=0):>7}")


def Main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", action="store_true", help="print the share of comments and the lengths of functions")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent, help="the tree to check")
    options = parser.parse_args()
    if options.report:
        Report(options.root)
    findings = CheckTree(options.root)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(Main())
