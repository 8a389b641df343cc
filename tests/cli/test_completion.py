# SPDX-License-Identifier: MIT
"""What shells and `man` know of the command line is what --help says, for every command and option."""

import re
import subprocess

import pytest

from tests.cli.conftest import Program


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return Program(tmp_path_factory.mktemp("completion"))


@pytest.fixture(scope="module")
def commands(program):
    """Every command's words, with the options that its --help shows."""
    found = {}

    def Look(words):
        text = program(*words, "--help")[0]
        options = re.findall(r"^  ((?:-\w,)?--[\w-]+|-\w)\b", text, re.M)
        found[words] = [name for option in options for name in option.split(",")]
        for name in re.findall(r"^  ([a-z][a-z-]*) ", text.split("Start here")[0], re.M):
            if re.search(r"^Usage: .*SUBCOMMAND", text, re.M):
                Look((*words, name))

    Look(())
    assert ("table", "cat") in found and "--where" in found["table", "cat"] and len(found) > 30, sorted(found)
    return found


def Bash(script, line):
    """What bash offers at the end of the line."""
    words = line.split(" ")
    asked = subprocess.run(["bash", "-c", script + f"""
        COMP_WORDS=({' '.join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
        compopt() {{ echo FILES; }}
        _foreset; printf '%s\\n' "${{COMPREPLY[@]}}" """], capture_output=True, text=True, check=True)
    assert asked.stderr == "", asked.stderr
    return asked.stdout.split()


def test_bash_offers_every_command_and_option(program, commands):
    script, _ = program("completion", "bash")
    below = {}
    for words in commands:
        if words:
            below.setdefault(words[:-1], set()).add(words[-1])
    for words, options in commands.items():
        line = " ".join(("foreset", *words))
        assert set(options) <= set(Bash(script, line + " -")), words
        assert below.get(words, {"FILES"}) == set(Bash(script, line + " ")), words


@pytest.mark.parametrize("line, offered", [
    ("foreset ta", ["table"]), ("foreset -c foreset.yaml tab", ["table"]), ("foreset run --layer ", ["bronze", "silver", "gold"]),
    ("foreset run --layer s", ["silver"]), ("foreset table cat T -o p", ["parquet"]), ("foreset run -c ", ["FILES"]),
    ("foreset table cat --log-f", ["--log-format"]), ("foreset --log-format ", ["text", "json"])])
def test_bash_completes(program, line, offered):
    assert Bash(program("completion", "bash")[0], line) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_its_script_and_finds_everything_in_it(program, commands, shell):
    script, _ = program("completion", shell)
    for words, options in commands.items():
        assert f"'{' '.join(words)}'" in script, words
        for option in options:
            name = option if shell != "fish" else (f"-l {option[2:]} " if option.startswith("--") else f"-s {option[1:]} ")
            assert name in script, (words, option)
    checked = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and checked.stderr == "", checked.stderr


@pytest.mark.parametrize("line, offered", [
    ("foreset ta", {"table"}), ("foreset table c", {"cat", "checkpoint"}), ("foreset run --layer ", {"bronze", "silver", "gold"}),
    ("foreset table cat --whe", {"--where"})])
def test_fish_completes(program, line, offered):
    script, _ = program("completion", "fish")
    asked = subprocess.run(["fish", "--no-config", "-c", f"{script}\ncomplete -C '{line}'"], capture_output=True, text=True,
                           check=True, env={**program.environment, "HOME": str(program.directory)})
    assert {line.split("\t")[0] for line in asked.stdout.splitlines()} == offered and asked.stderr == ""


def test_zsh_completes(program):
    """Its completion system runs in an editor alone: what the script would say to it is looked at."""
    script, _ = program("completion", "zsh")
    asked = """
        compdef() {}; _files() { print FILES; }; _describe() { print -l -- ${(P)${@[-1]}%%:*} }
        compadd() { shift; print -l -- $@; }
        Ask() { words=("$@"); CURRENT=$#words; PREFIX=$words[-1]; _foreset; }
    """ + script + """
        Ask foreset run --layer ''; print; Ask foreset table ''; print; Ask foreset explain ''; print; Ask foreset table cat -
    """
    done = subprocess.run(["zsh", "-f", "-c", asked], capture_output=True, text=True, check=True)
    layers, table, explain, options = (part.split() for part in done.stdout.split("\n\n"))
    assert layers == ["bronze", "silver", "gold"] and {"cat", "diff"} <= set(table) and explain == ["FILES"]
    assert {"--where", "-c", "--log-format"} <= set(options) and done.stderr == ""


def test_manual_pages_are_well_formed_and_whole(program, commands):
    for words, options in commands.items():
        page, _ = program("man", *words)
        assert page.startswith(".TH FORESET"), page
        for option in options:
            assert option.replace("-", "\\-") in page, (words, option)
        linted = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=page, capture_output=True, text=True, check=False)
        assert linted.stdout == "", (words, linted.stdout)
    _, err = program("man", "nothing", exits=2)
    assert "nothing" in err
