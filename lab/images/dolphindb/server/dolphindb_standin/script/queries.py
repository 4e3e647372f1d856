"""`select … from … where … group by … order by … limit`, as tuples."""


class QueryParser:
    """The part of the parser that reads queries; they go on over lines."""

    def _clause(self, *words):
        """Whether the next words are these; they are taken then."""
        mark = self.at
        self._lines()
        for word in words:
            if not self.is_word(word):
                self.at = mark
                return False
            self.take()
        self._lines()
        return True

    def _lines(self):
        while self.token.kind == "newline":
            self.take()

    def query(self):
        kind = self.take().text
        self._lines()
        count = None
        if self.is_word("top"):
            self.take()
            count = self.unary()
        columns = self._columns()
        if not self._clause("from"):
            self.fail()
        source = self.unary()
        where = [self.expression()] if self._clause("where") else []
        while where and self.is_sign(","):
            self.take()
            where.append(self.expression())
        groups = self._columns() if self._clause("group", "by") else []
        orders = self._orders() if self._clause("order", "by") else []
        if self._clause("limit"):
            count = self.unary()
        return ("query", kind, columns, source, where, groups, orders, count)

    def _columns(self):
        found = []
        while True:
            expression = ("star",) if self.is_sign("*") else self.expression()
            if expression == ("star",):
                self.take()
            name = self.take().text if self.is_word("as") and self.take() else _name_of(expression)
            found.append((name, expression))
            if not self.is_sign(","):
                return found
            self.take()
            self._lines()

    def _orders(self):
        found = []
        while True:
            expression = self.expression()
            is_down = self.is_word("desc")
            if self.is_word("asc", "desc"):
                self.take()
            found.append((expression, is_down))
            if not self.is_sign(","):
                return found
            self.take()


def _name_of(expression):
    """How the engine calls a column that has no name of its own."""
    if expression[0] == "name":
        return expression[1]
    if expression[0] == "call" and expression[1][0] == "name":
        inner = [_name_of(one) for one in expression[2] if one[0] in ("name", "call")]
        return "_".join([expression[1][1], *inner])
    return "expr"
