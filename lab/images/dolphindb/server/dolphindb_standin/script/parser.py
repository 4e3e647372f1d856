"""A script's statements, as tuples."""

from ..values import EngineError, STRING, Vector
from .lexer import line_of, tokens_of
from .queries import QueryParser

_LEVELS = [("||",), ("&&",), ("==", "!=", "<>", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "\\", "%"), ("$",), (":",), ("..",)]
_ENDS = ("newline", "end")


class Parser(QueryParser):
    def __init__(self, source):
        self.source = source
        self.tokens = tokens_of(source)
        self.at = 0

    # tokens

    @property
    def token(self):
        return self.tokens[self.at]

    def is_sign(self, *texts):
        return self.token.kind == "sign" and self.token.text in texts

    def is_word(self, *texts):
        return self.token.kind == "name" and self.token.text in texts

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, text):
        if not (self.is_sign(text) or self.is_word(text)):
            self.fail()
        return self.take()

    def fail(self):
        text = self.token.text.strip() or "end of the script"
        raise EngineError(f"Syntax Error: [line #{line_of(self.source, self.token.start)}] Cannot recognize the token {text}")

    def skip_lines(self):
        while self.token.kind == "newline" or self.is_sign(";"):
            self.take()

    def text_from(self, start):
        return " ".join(self.source[start : self.tokens[self.at - 1].end].split())

    # statements

    def script(self):
        found = []
        self.skip_lines()
        while self.token.kind != "end":
            found.append(self.statement())
            if self.token.kind not in _ENDS and not self.is_sign(";"):
                self.fail()
            self.skip_lines()
        return found

    def block(self):
        while self.token.kind == "newline":
            self.take()
        if not self.is_sign("{"):
            return [self.statement()]
        self.take()
        found = []
        self.skip_lines()
        while not self.is_sign("}"):
            found.append(self.statement())
            self.skip_lines()
        self.take()
        return found

    def statement(self):
        if self.token.kind == "name":
            special = getattr(self, f"_{self.token.text}", None)
            if special is not None and self.token.text in ("if", "for", "def", "return", "try", "throw", "use", "go"):
                return special()
        start = self.at
        targets = self._targets()
        if targets is not None:
            return ("assign", targets, self.expression())
        self.at = start
        expression = self.expression()
        if self.is_sign("+=", "-="):
            operator = self.take().text[0]
            return ("assign", [expression[1]], ("binary", operator, expression, self.expression(), ""))
        return ("do", expression)

    def _targets(self):
        """Names before a `=`."""
        names = []
        while self.token.kind == "name":
            names.append(self.take().text)
            if self.is_sign("="):
                self.take()
                return names
            if not self.is_sign(","):
                return None
            self.take()
        return None

    def _if(self):
        self.take()
        self.expect("(")
        condition = self.expression()
        self.expect(")")
        then = self.block()
        mark = self.at
        self.skip_lines()
        if self.is_word("else"):
            self.take()
            return ("if", condition, then, self.block())
        self.at = mark
        return ("if", condition, then, [])

    def _for(self):
        self.take()
        self.expect("(")
        name = self.take().text
        if self.is_sign(":"):
            self.take()
        else:
            self.expect("in")
        over = self.expression()
        self.expect(")")
        return ("for", name, over, self.block())

    def _def(self):
        self.take()
        name = self.take().text
        return ("define", name, self.parameters(), self.block())

    def parameters(self):
        self.expect("(")
        names = []
        while not self.is_sign(")"):
            if self.is_word("mutable"):
                self.take()
            default = None
            name = self.take().text
            if self.is_sign("="):
                self.take()
                default = self.expression()
            names.append((name, default))
            if self.is_sign(","):
                self.take()
        self.take()
        return names

    def _return(self):
        self.take()
        ends = self.token.kind in _ENDS or self.is_sign(";", "}")
        return ("return", None if ends else self.expression())

    def _try(self):
        self.take()
        body = self.block()
        self.skip_lines()
        self.expect("catch")
        self.expect("(")
        name = self.take().text
        self.expect(")")
        return ("try", body, name, self.block())

    def _throw(self):
        self.take()
        return ("throw", self.expression())

    def _use(self):
        self.take()
        return ("use", self.take().text)

    def _go(self):
        self.take()
        return ("use", "")

    # expressions

    def expression(self, level=0):
        if level == len(_LEVELS):
            return self.unary()
        start = self.token.start
        left = self.expression(level + 1)
        while self.is_sign(*_LEVELS[level]):
            operator = self.take().text
            while self.token.kind == "newline":
                self.take()
            right = self.expression(level + 1)
            left = ("binary", operator, left, right, self.text_from(start))
        return left

    def unary(self):
        if self.is_sign("-", "!"):
            operator = self.take().text
            return ("unary", operator, self.unary())
        return self.postfix(self.primary())

    def postfix(self, left):
        while True:
            start = self.tokens[self.at - 1].start if left[0] != "call" else left[4]
            touches = self.token.start == self.tokens[self.at - 1].end
            if self.is_sign("(") and touches:
                left = ("call", left, *self.arguments("(", ")"), start, self.text_from(start))
            elif self.is_sign("{") and touches and left[0] == "name":
                positional, _ = self.arguments("{", "}")
                left = ("partial", left, positional)
            elif self.is_sign("[") and touches:
                left = ("index", left, self.arguments("[", "]")[0])
            elif self.is_sign("."):
                self.take()
                name = self.take()
                if self.is_sign("("):
                    positional, named = self.arguments("(", ")")
                    left = ("call", ("name", name.text), [left, *positional], named, start, self.text_from(start))
                else:
                    left = ("member", left, name.text)
            else:
                return left

    def arguments(self, opening, closing):
        self.expect(opening)
        positional, named = [], {}
        while not self.is_sign(closing):
            following = self.tokens[self.at + 1]
            if self.token.kind == "name" and following.kind == "sign" and following.text == "=":
                name = self.take().text
                self.take()
                named[name] = self.expression()
            elif self.is_sign(","):
                positional.append(("literal", None))
            else:
                value = self.expression()
                if self.is_word("as"):
                    self.take()
                    named[self.take().text] = value
                else:
                    positional.append(value)
            if not self.is_sign(closing):
                self.expect(",")
        self.take()
        return positional, named

    def primary(self):
        token = self.token
        if token.kind == "literal":
            return ("literal", self.take().value)
        if token.kind == "symbol":
            found = [self.take().value.value]
            while self.token.kind == "symbol":
                found.append(self.take().value.value)
            return ("literal", token.value if len(found) == 1 else Vector(STRING, found))
        if token.kind == "name":
            if token.text in ("select", "exec"):
                return self.query()
            if token.text == "def":
                self.take()
                return ("lambda", self.parameters(), self.block())
            name = self.take().text
            if self.is_sign("->"):
                self.take()
                return ("lambda", [(name, None)], [("do", self.expression())])
            return ("name", name)
        if self.is_sign("("):
            start = token.start
            items, _ = self.arguments("(", ")")
            return items[0] if len(items) == 1 else ("tuple", items, start)
        if self.is_sign("["):
            return ("vector", self.arguments("[", "]")[0])
        if self.is_sign("*"):
            self.take()
            return ("star",)
        self.fail()
