"""Words of a script."""

import re
from dataclasses import dataclass

from ..values import BOOL, DOUBLE, LONG, STRING, EngineError, NULL, Scalar, integer, parse_temporal, string

_PATTERNS = [
    ("space", r"[ \t\r]+|//[^\n]*|/\*.*?\*/"),
    ("newline", r"\n"),
    ("text", r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''),
    (
        "time",
        r"\d{4}\.\d\d\.\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{9}|\.\d{3})?)?(?!\d)|\d{4}\.\d\dM|\d\d:\d\d:\d\d(?:\.\d{3})?|\d\d:\d\dm",
    ),
    ("real", r"(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)[fF]?"),
    ("whole", r"\d+[lLh]?"),
    ("symbol", r"`[\w.]*"),
    ("name", r"[A-Za-z_]\w*(?:::\w+)*(?:!(?!=))?"),
    ("sign", r"\.\.|->|<=|>=|==|!=|<>|&&|\|\||\+=|-=|[-+*/\\%<>=!(){}\[\],;:.$&|]"),
]
_WORDS = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS), re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_CONSTANTS = {"true": Scalar(BOOL, True), "false": Scalar(BOOL, False), "NULL": NULL}


@dataclass
class Token:
    kind: str
    text: str
    start: int
    end: int
    value: object = None


def tokens_of(source):
    """Tokens; newlines within brackets are none, as a statement does not end there."""
    found, at, open_brackets = [], 0, []
    while at < len(source):
        match = _WORDS.match(source, at)
        if match is None:
            raise EngineError(f"Syntax Error: [line #{line_of(source, at)}] Invalid character {source[at]}")
        kind, text = match.lastgroup, match.group()
        token = Token(kind, text, at, match.end())
        at = match.end()
        if kind == "sign":
            if text in "([{":
                open_brackets.append(text)
            elif text in ")]}" and open_brackets:
                open_brackets.pop()
        if kind == "space" or (kind == "newline" and open_brackets and open_brackets[-1] != "{"):
            continue
        found.append(_read(token))
    found.append(Token("end", "", at, at))
    return found


def _read(token):
    kind, text = token.kind, token.text
    if kind == "text":
        body = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1], flags=re.DOTALL)
        token.kind, token.value = "literal", string(body)
    elif kind == "time":
        token.kind, token.value = "literal", parse_temporal(text)
    elif kind == "real":
        token.kind, token.value = "literal", Scalar(DOUBLE, float(text.rstrip("fF")))
    elif kind == "whole":
        number = int(text.rstrip("lLh"))
        token.kind, token.value = "literal", Scalar(LONG, number) if text[-1] in "lL" else integer(number)
    elif kind == "symbol":
        token.value = Scalar(STRING, text[1:])
    elif kind == "name" and text in _CONSTANTS:
        token.kind, token.value = "literal", _CONSTANTS[text]
    return token


def line_of(source, at):
    return source.count("\n", 0, at) + 1
