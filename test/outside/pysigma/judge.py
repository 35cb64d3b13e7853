"""Reads rules and records from standard input; says what pySigma and its SQLite backend make of them."""

import json
import re
import sqlite3
import sys

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

def parse(texts):
    """Errors of all texts as one collection: rules name those of other files."""
    collection = SigmaCollection.from_yaml("\n---\n".join(texts), collect_errors=True)
    return [*map(str, collection.errors), *(str(error) for rule in collection for error in rule.errors)]


def table(records, numbers):
    """Sigma compares without regard to case; in SQLite that is a property of the column."""
    columns = sorted({name for record in records for name in record})
    database = sqlite3.connect(":memory:")
    database.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text or "")))
    kinds = [f"`{c}` {'INTEGER' if c in numbers else 'TEXT COLLATE NOCASE'}" for c in columns]
    database.execute(f"CREATE TABLE logs (row INTEGER, {', '.join(kinds)})")
    for row, record in enumerate(records):
        values = [record.get(column) for column in columns]
        marks = ", ".join("?" for _ in range(len(values) + 1))
        database.execute(f"INSERT INTO logs VALUES ({marks})", [row, *values])
    return database


def judge(cases, numbers):
    backend = sqliteBackend()
    for case in cases:
        database = table(case["records"], numbers)
        [query] = backend.convert(SigmaCollection.from_yaml(case["rule"]))
        yield sorted(row[0] for row in database.execute(query))


asked = json.load(sys.stdin)
errors = parse(asked["rules"]) if asked["rules"] else []
rows = list(judge(asked["cases"], set(asked["numbers"])))
json.dump({"errors": errors, "rows": rows}, sys.stdout)
