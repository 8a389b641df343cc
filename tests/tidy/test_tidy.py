# SPDX-License-Identifier: MIT
"""The tree keeps its conventions, and the checker finds what it says that it finds."""

import importlib.util
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def Load():
    spec = importlib.util.spec_from_file_location("tidy", ROOT / "tools" / "tidy.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["tidy"] = module
    spec.loader.exec_module(module)
    return module


tidy = Load()

ARCHITECTURE = """
| module | holds | may include | third-party libraries that it may name |
|---|---|---|---|
| base | faces | – | fmt |
| model | values | base | fmt, Arrow |
| lake | tables | model | – |

| library | its headers |
|---|---|
| fmt | `fmt/*` |
| Arrow (the wheel) | `arrow/*` |
| GoogleTest | `gtest/*` |
"""
LICENCE = "// SPDX-License-Identifier: MIT\n"


@pytest.fixture
def check(tmp_path):
    """Writes one file into a small tree; returns the rules that it breaks."""

    def Check(path, text, architecture=ARCHITECTURE):
        for name, content in {"docs/architecture.md": architecture, "src/foreset/model/README.md": "# model\n",
                              path: text}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content)
        files = ["docs/architecture.md", "src/foreset/model/README.md", path]
        return [finding.rule for finding in tidy.CheckTree(tmp_path, files)]

    return Check


def test_the_tree_keeps_the_conventions():
    findings = tidy.CheckTree(ROOT)
    assert not findings, "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize("line", ['#include "foreset/base/x.h"', '#include "foreset/model/x.h"', "#include <fmt/format.h>",
                                  "#include <arrow/api.h>", "#include <vector>", "#include <sys/stat.h>"])
def test_a_module_includes_what_its_row_lists(check, line):
    assert check("src/foreset/model/x.cc", f"{LICENCE}{line}\n") == []


@pytest.mark.parametrize("line", ['#include "foreset/lake/x.h"', "#include <spdlog/spdlog.h>", "#include <gtest/gtest.h>",
                                  '#include "x.h"', "#include <boost/any.hpp>"])
def test_any_other_include_is_found(check, line):
    assert check("src/foreset/model/x.cc", f"{LICENCE}{line}\n") == ["include"]


FENCED = ARCHITECTURE.replace("| library | its headers |", "| library | its headers | included by |") \
    .replace("| fmt | `fmt/*` |", "| fmt | `fmt/*` | `model/text.cc` `model/*_face.cc` |")


@pytest.mark.parametrize("name", ["text.cc", "number_face.cc"])
def test_the_face_of_a_library_includes_it(check, name):
    assert not check(f"src/foreset/model/{name}", f"{LICENCE}#include <fmt/format.h>\n", FENCED)


@pytest.mark.parametrize("name", ["text.h", "x.cc", "text_test.cc"])
def test_no_other_file_includes_a_library_that_has_a_face(check, name):
    text = f"{LICENCE}#pragma once\n#include <fmt/format.h>\n"
    assert check(f"src/foreset/model/{name}", text, FENCED) == ["include"]


def test_a_library_without_a_face_is_for_the_whole_module(check):
    assert not check("src/foreset/model/x.cc", f"{LICENCE}#include <arrow/api.h>\n", FENCED)


def test_a_test_may_include_what_lies_below_its_row(tmp_path):
    architecture = tidy.ReadArchitecture(ARCHITECTURE)
    assert architecture.modules["lake"] == {"model"}
    assert architecture.Reachable("lake") == {"model", "base"}


def test_a_row_that_lists_a_module_below_it_is_found(check):
    upside_down = ARCHITECTURE.replace("| base | faces | – |", "| base | faces | lake |")
    assert check("src/foreset/model/x.cc", LICENCE, upside_down) == ["module-table"]


def test_functions_are_measured_with_their_lambdas():
    text = """
namespace foreset {
class Reader {
 public:
  int size() const { return 1; }
};
Result<int> Reader::Read(
    int a, const std::map<int, int>& b) const {
  auto all = [&] {
    return a;
  };
  if (a > 0) {
    return b.at(a);  // } not this one
  }
  return '}';
}
const std::vector<int> kNumbers = {1, 2};
template <typename T>
struct Box : Base<T> {
  ~Box() override {}
};
}  // namespace foreset
"""
    assert [(f.name, f.lines) for f in tidy.Functions(text)] == [("size", 1), ("Reader::Read", 10), ("~Box", 1)]


def test_long_functions_files_and_lines_are_found(check):
    body = "  a();\n" * 70
    assert check("src/foreset/model/x.cc", f"{LICENCE}void F() {{\n{body}}}\n") == ["function-length"]
    assert check("src/foreset/model/y.cc", LICENCE + "\n" * 601) == ["file-length"]
    assert check("src/foreset/model/z.cc", LICENCE + "//" + "-" * 100 + "\n") == ["line-length"]


@pytest.mark.parametrize("rule, line", [
    ("range-of-temporary", "for (const auto& table : board.Read()->tables) Use(table);"),
    ("range-of-temporary", "for (const auto& object : store.List(a, b).value()) Use(object);"),
    ("mutex", "class A { std::mutex mutex_; };"), ("mutex", "class A { Mutex mutex_; int count_; };"),
    ("clock", "const auto now = std::chrono::steady_clock::now();"), ("clock", "Clock::now();"), ("clock", "std::time(nullptr);"),
    ("throw", "throw 1;"), ("macro", "#define MAX 3"), ("thread", "std::jthread t;"),
    ("fixme", "// FIX" + "ME later"), ("machine-path", "// see /ro" + "ot/x"), ("registry-host", "// py" + "pi.org")])
def test_forbidden_words_are_found(check, rule, line):
    assert check("src/foreset/model/x.cc", f"{LICENCE}{line}\n") == [rule]


@pytest.mark.parametrize("path", ["src/foreset/base/clock.cc", "src/foreset/model/x_test.cc",
                                  "src/foreset/model/x_testing.h", "src/foreset/model/testing/x.cc", "bench/x.cc", "fuzz/x.cc"])
def test_clocks_are_read_by_their_own_file_tests_and_measurements(check, path):
    line = "const auto now = std::chrono::steady_clock::now();"
    assert "clock" not in check(path, f"{LICENCE}#pragma once\n{line}\n")


@pytest.mark.parametrize("line", ["clock_.Now();", "SystemClock().Steady();", "// at std::chrono::steady_clock::now()",
                                  "void At(std::chrono::steady_clock::time_point now);"])
def test_a_clock_that_is_taken_is_no_clock_read(check, line):
    assert check("src/foreset/model/x.cc", f"{LICENCE}{line}\n") == []


def test_a_mutex_that_guards_something_is_none(check):
    code = "class A { Mutex mutex_; int count_ GUARDED_BY(mutex_) = 0; };"
    assert check("src/foreset/model/x.cc", f"{LICENCE}{code}\n") == []


# In pieces, so that this file passes the check itself.
UP = ".."
PARENTS = "pathlib.Path(__file__).resolve().parents"


@pytest.mark.parametrize("path, line", [
    ("src/foreset/model/x_test.cc", f'Open("{UP}/neighbour/data");'), ("tests/x/test_x.py", f'open("{UP}/{UP}/{UP}/neighbour")'),
    ("scripts/x.sh", f"cp {UP}/neighbour/data ."), ("tests/x/test_x.py", "FOLDER = ROOT" ".parent"),
    ("tests/x/test_x.py", f"{PARENTS}[3]"), ("tools/x.py", f"{PARENTS}[2] / 'neighbour'")])
def test_a_reach_for_a_folder_beside_the_project_is_found(check, path, line):
    assert check(path, f"{LICENCE if path.endswith('.cc') else LICENCE.replace('//', '#')}{line}\n") == ["outside"]


@pytest.mark.parametrize("path, line", [
    ("docs/x/y.md", "[a page](../architecture.md)"), ("src/x.yaml", f"file: {UP}/docs/architecture.md"),
    ("tests/x/test_x.py", f"{PARENTS}[2]"), ("tests/x/test_x.py", "for path in ('../x', 'a/../../x'):")])
def test_what_stays_in_the_project_is_not(check, path, line):
    assert check(path, f"# SPDX-License-Identifier: MIT\n{line}\n") == []


def test_no_exception_lets_a_file_reach_beside_the_project():
    exceptions, _ = tidy.ReadExceptions((ROOT / tidy.EXCEPTIONS).read_text())
    assert not {exception.rule for exception in exceptions} & {"outside", "machine-path"}


@pytest.mark.parametrize("line", ["GTEST" "_SKIP();", "TEST(A, DISABLED" "_B) {}", "pytest" ".skip()", "@pytest.mark" ".skipif"])
def test_tests_that_do_not_run_are_found(check, line):
    assert check("src/foreset/model/x_test.cc", f"{LICENCE}{line}\n") == ["skipped-test"]


def test_names_licences_and_header_guards_are_found(check):
    assert check("src/foreset/model/util.cc", LICENCE) == ["file-name"]
    assert check("src/foreset/model/CamelCase.cc", LICENCE) == ["file-name"]
    assert check("src/foreset/model/x.cc", "int a;\n") == ["licence"]
    assert check("src/foreset/model/x.h", LICENCE) == ["pragma-once"]


def test_exceptions_need_a_reason_and_a_use():
    exceptions, mistakes = tidy.ReadExceptions("a.cc throw: it is another language's code\nb.cc throw\n")
    assert [(e.pattern, e.rule) for e in exceptions] == [("a.cc", "throw")]
    assert [finding.line for finding in mistakes] == [2]
    finding = tidy.Finding("a.cc", 1, "throw", "")
    assert list(tidy.Excused([finding], exceptions)) == []
    assert [f.rule for f in tidy.Excused([], [tidy.Exception_("c.cc", "throw", 3)])] == ["exception"]


UNNAMED = """
namespace {{
{}
}}  // namespace
"""


@pytest.mark.parametrize("declaration, names", [
    ("bool Has(int a) { return a > 0; }", ["Has"]),
    ("template <typename T>\nResult<std::map<T, int>> Read(T value) {\n  if (value) { return {}; }\n  return {};\n}", ["Read"]),
    ("constexpr std::array<int, 2> kSizes = {1, 2};", ["kSizes"]),
    ("constexpr int kMost = std::max(1, 2);", ["kMost"]),
    ("const char kName[] = {};", ["kName"]),
    ("struct Row {\n  int a = 0;\n  void Take() { a = 1; }\n};\nclass Reader final : public Base<int> {};", ["Row", "Reader"]),
    ("enum Column : int { kFirst, kSecond };\nenum class Kind { kThird };", ["Column", "kFirst", "kSecond", "Kind"]),
    ("using Rows = std::vector<int>;\nnamespace dom = simdjson::dom;", ["Rows"]),
    ("void Row::Take() {}\nvoid Later(int a);", []),
])
def test_what_unnamed_namespaces_declare_is_found(declaration, names):
    code = tidy.WithoutCommentsAndStrings(UNNAMED.format(declaration))
    assert [name for name, _ in tidy.UnnamedNames(code)] == names


def test_two_sources_of_a_folder_do_not_declare_one_name(tmp_path):
    files = {"docs/architecture.md": ARCHITECTURE, "src/foreset/model/README.md": "# model\n"}
    for name in ("first", "second", "inner/third"):
        files[f"src/foreset/model/{name}.cc"] = LICENCE + "namespace {\nint Same() { return 1; }\n}\n"
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    found = [(finding.path, finding.rule) for finding in tidy.CheckTree(tmp_path, list(files))]
    assert found == [("src/foreset/model/second.cc", "unnamed-name")]
