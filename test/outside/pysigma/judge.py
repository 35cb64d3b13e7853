"""Reads rules and records from standard input; says what pySigma and its SQLite backend make of them."""

import json
import re
import sqlite3
import sys

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

NUMBERS = {"request.bytes", "episode"}


def parse(texts):
    """Errors of each text; an extended condition may name rules of other documents."""
    found = []
    for text in texts:
        collection = SigmaCollection.from_yaml(text, collect_errors=True)
        errors = [str(error) for rule in collection for error in rule.errors]
        found.append([*map(str, collection.errors), *errors])
    return found


def table(records):
    """Sigma compares without regard to case; in SQLite that is a property of the column."""
    columns = sorted({name for record in records for name in record})
    database = sqlite3.connect(":memory:")
    database.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text or "")))
    kinds = [f"`{c}` {'INTEGER' if c in NUMBERS else 'TEXT COLLATE NOCASE'}" for c in columns]
    database.execute(f"CREATE TABLE logs (row INTEGER, {', '.join(kinds)})")
    for row, record in enumerate(records):
        values = [record.get(column) for column in columns]
        marks = ", ".join("?" for _ in range(len(values) + 1))
        database.execute(f"INSERT INTO logs VALUES ({marks})", [row, *values])
    return database


def judge(cases):
    backend = sqliteBackend()
    for case in cases:
        database = table(case["records"])
        [query] = backend.convert(SigmaCollection.from_yaml(case["rule"]))
        yield sorted(row[0] for row in database.execute(query))


asked = json.load(sys.stdin)
json.dump({"errors": parse(asked["rules"]), "rows": list(judge(asked["cases"]))}, sys.stdout)
