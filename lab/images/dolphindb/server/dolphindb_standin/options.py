"""Command line and configuration files. A name that nobody knows is taken and does nothing, as with the engine."""

import os
import re

# these count from the command line alone
COMMAND_LINE_ONLY = ("home", "config", "clusterConfig", "nodesFile", "logFile", "console")


class ConfigError(Exception):
    """Why a node does not start."""


def command_line(arguments):
    """`-name value` and `-name=value`."""
    found = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            raise ConfigError(f"Invalid command line argument: {word}")
        name, equals, value = word.lstrip("-").partition("=")
        if not equals:
            value = rest.pop(0) if rest else ""
        found[name] = value
    return found


def lines_of(path, what):
    """The lines of a configuration file. One whose first line is empty counts as empty, as with the engine."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise ConfigError(f"Failed to load the {what} file [{path}] with error: {error.strerror}") from None
    if not lines or lines[0].strip() == "":
        raise ConfigError(f"Failed to load the {what} file [{path}] with error: The input file is empty.")
    return [line.strip() for line in lines if line.strip() != "" and not line.lstrip().startswith("#")]


def pairs_of(lines):
    """The last value of each name."""
    found = {}
    for line in lines:
        name, equals, value = line.partition("=")
        if equals:
            found[name.strip()] = value.strip()
    return found


def matches(pattern, alias):
    """Whether a name with wildcards, `%` and `?`, stands for an alias."""
    source = "".join({"%": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(source, alias) is not None


def check_macros(lines):
    """Refuses what the engine refuses: one alias and the macro for it in one line."""
    for name, value in pairs_of(lines).items():
        qualifier, dot, _ = name.partition(".")
        if dot and not re.search("[%?]", qualifier) and "<ALIAS>" in value:
            raise ConfigError("The node aliases and macro variables <ALIAS> cannot be specified at the same time.")


def node_config(lines, alias):
    """What cluster.cfg says for a node: for all, then by wildcards, then by its alias."""
    ranked = []
    for name, value in pairs_of(lines).items():
        qualifier, dot, parameter = name.partition(".")
        if not dot:
            ranked.append((0, name, value))
        elif qualifier == alias:
            ranked.append((2, parameter, value))
        elif re.search("[%?]", qualifier) and matches(qualifier, alias):
            ranked.append((1, parameter, value))
    return {name: value.replace("<ALIAS>", alias) for _, name, value in sorted(ranked, key=lambda one: one[0])}


class Options:
    """What a node was started with: the command line wins over its file."""

    def __init__(self, arguments):
        given = command_line(arguments)
        self.values = dict(given)
        if "config" in given:
            file = pairs_of(lines_of(given["config"], "configuration"))
            self.values = {**{k: v for k, v in file.items() if k not in COMMAND_LINE_ONLY}, **given}
        self.mode = self.values.get("mode", "single")
        self.home = os.path.abspath(self.values.get("home", "."))

    def text(self, name, default=""):
        return self.values.get(name, default)

    def number(self, name, default):
        try:
            return float(self.values.get(name, default))
        except ValueError:
            raise ConfigError(f"The configuration parameter {name} must be a number.") from None

    def flag(self, name, default=False):
        return self.values.get(name, str(default)).lower() in ("1", "true")

    @property
    def site(self):
        """Host, port and alias of localSite."""
        found = re.fullmatch(r"([^:]+):(\d+):([^:]+)", self.text("localSite"))
        if found is None:
            raise ConfigError(f"Invalid localSite [{self.text('localSite')}]. It must be host:port:alias.")
        return found[1], int(found[2]), found[3]
