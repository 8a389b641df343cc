// SPDX-License-Identifier: MIT
#include "foreset/cli/completion/completion_script.h"

#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace foreset::cli {
namespace {

using Options = std::vector<CommandOption>;
using Visit = std::function<void(const CommandTree& command, const Options& options)>;

// Every command, with its options and those that it takes from the commands above it.
void Walk(const CommandTree& command, const Options& above, const Visit& visit) {
  Options options = command.options;
  for (const CommandOption& option : above) {
    if (option.names.front() != "-h") options.push_back(option);
  }
  visit(command, options);
  for (const CommandTree& below : command.commands) Walk(below, options, visit);
}

// 'text' for a shell, on one line.
std::string Quoted(const std::string& text, const std::string& quote) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += quote;
    } else {
      quoted += c == '\n' ? ' ' : c;
    }
  }
  return quoted + "'";
}

std::string Posix(const std::string& text) { return Quoted(text, R"('\'')"); }

// `'' run'|'table cat'`: the patterns of a case for each step from a command to one below it.
std::string Steps(const CommandTree& program, const char* between) {
  std::string steps;
  Walk(program, {}, [&](const CommandTree& command, const Options&) {
    for (const CommandTree& below : command.commands) {
      steps += fmt::format("{}'{} {}'", steps.empty() ? "" : between, command.Path(),
                           below.words.back());
    }
  });
  return steps;
}

// For bash and zsh, which share the language: the cases of "command:option", and what follows it.
std::string ChoiceCases(const CommandTree& program, const char* offer) {
  std::string cases;
  Walk(program, {}, [&](const CommandTree& command, const Options& options) {
    for (const CommandOption& option : options) {
      if (option.value.empty()) continue;
      std::string patterns;
      for (const std::string& name : option.names) {
        patterns += fmt::format("{}'{}:{}'", patterns.empty() ? "" : "|", command.Path(), name);
      }
      cases += fmt::format("    {}) {}; return ;;\n", patterns,
                           option.choices.empty()
                               ? "_foreset_files"
                               : fmt::format(fmt::runtime(offer), fmt::join(option.choices, " ")));
    }
  });
  return cases;
}

std::string WordsOf(const Options& options) {
  std::string words;
  for (const CommandOption& option : options) {
    for (const std::string& name : option.names) words += (words.empty() ? "" : " ") + name;
  }
  return words;
}

// name:description, as zsh's _describe takes it.
std::string Described(const std::string& name, const std::string& description) {
  return Posix(name + ":" + description);
}

std::string BashCases(const CommandTree& program) {
  std::string cases;
  Walk(program, {}, [&](const CommandTree& command, const Options& options) {
    std::string commands;
    for (const CommandTree& below : command.commands) {
      commands += (commands.empty() ? "" : " ") + below.words.back();
    }
    cases += fmt::format("    '{}') commands='{}'; options='{}' ;;\n", command.Path(), commands,
                         WordsOf(options));
  });
  return cases;
}

std::string ZshCases(const CommandTree& program) {
  std::string cases;
  Walk(program, {}, [&](const CommandTree& command, const Options& options) {
    cases += fmt::format("    '{}')\n      commands=(", command.Path());
    for (const CommandTree& below : command.commands) {
      cases += "\n        " + Described(below.words.back(), below.summary);
    }
    cases += ")\n      options=(";
    for (const CommandOption& option : options) {
      for (const std::string& name : option.names) {
        cases += "\n        " + Described(name, option.description);
      }
    }
    cases += ") ;;\n";
  });
  return cases;
}

std::string Fish(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
  return Quoted(escaped, R"(\')");
}

std::string FishOption(const CommandTree& command, const CommandOption& option) {
  std::string line = fmt::format("complete -c foreset -n \"__foreset_at '{}'\"", command.Path());
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.choices.empty()) {
    line += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  } else if (!option.value.empty()) {
    line += " -r -F";
  }
  return line + " -d " + Fish(option.description) + "\n";
}

}  // namespace

std::string BashCompletion(const CommandTree& program) {
  return fmt::format(R"(# bash completion of foreset: source <(foreset completion bash)
_foreset_files() {{ compopt -o default; COMPREPLY=(); }}
_foreset() {{
  local word at='' commands='' options='' i
  local current=${{COMP_WORDS[COMP_CWORD]}} last=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    case "$at $word" in
      {}) at=${{at:+$at }}$word ;;
    esac
  done
  case "$at:$last" in
{}  esac
  case "$at" in
{}  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ -n $commands ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  else
    _foreset_files
  fi
}}
complete -F _foreset foreset
)",
                     Steps(program, "|"),
                     ChoiceCases(program, R"(COMPREPLY=($(compgen -W "{}" -- "$current")))"),
                     BashCases(program));
}

std::string ZshCompletion(const CommandTree& program) {
  return fmt::format(R"(#compdef foreset
# zsh completion of foreset: source <(foreset completion zsh)
_foreset_files() {{ _files; }}
_foreset() {{
  local word at='' i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case "$at $word" in
      {}) at=${{at:+$at }}$word ;;
    esac
  done
  case "$at:$words[CURRENT-1]" in
{}  esac
  case "$at" in
{}  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}}
if [[ $funcstack[1] == _foreset ]]; then
  _foreset "$@"
else
  compdef _foreset foreset
fi
)",
                     Steps(program, "|"), ChoiceCases(program, "compadd -- {}"), ZshCases(program));
}

std::string FishCompletion(const CommandTree& program) {
  std::string script = fmt::format(R"(# fish completion of foreset: foreset completion fish | source
function __foreset_at
    set -l at ''
    for word in (commandline -opc)[2..]
        switch "$at $word"
            case {}
                set at (string trim "$at $word")
        end
    end
    test "$at" = "$argv[1]"
end
)",
                                   Steps(program, " "));
  Walk(program, {}, [&](const CommandTree& command, const Options& options) {
    for (const CommandTree& below : command.commands) {
      script += fmt::format("complete -c foreset -f -n \"__foreset_at '{}'\" -a {} -d {}\n",
                            command.Path(), below.words.back(), Fish(below.summary));
    }
    for (const CommandOption& option : options) script += FishOption(command, option);
  });
  return script;
}

}  // namespace foreset::cli
