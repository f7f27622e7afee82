"""What must be computed again, when a run was made before? Of large tables, only the buckets in which something changed.

A model says in its header that it is `per` a key: the rows of one key follow from the rows of that key in some of its
inputs, and from its other inputs as a whole. Keys lie in sixteen buckets, by the first digit of their md5. A bucket of
a model's rows has a print: the hash of the model's text, of those inputs' rows in the bucket, and of the others whole.
Where an earlier run has the same print, its rows are taken over. What is between is computed for the buckets that are
asked for and for no others. A kept model per key is a folder with a file for each bucket.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sqlglot import exp

from keepwell.core.quoting import literal, quoted
from keepwell.core.tables import Table
from keepwell.engine.duckdb import DuckDBEngine
from keepwell.engine.engine import Engine
from keepwell.engine.graph import Node
from keepwell.engine.model import Model

BUCKETS = tuple("0123456789abcdef")
COLUMN = "bucket_"
STORED_AT_MOST = 1_000_000
PRINTS, STORED = "prints.json", "between"
Prints = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Reuse:
    """Where a run leaves what a later one may take over (`folder`), and where an `earlier` one left it, if any did."""

    folder: Path
    earlier: Path | None = None

    @cached_property
    def prints(self) -> Prints:
        """The earlier run's prints: by table, by bucket."""
        file = self.earlier / PRINTS if self.earlier is not None else None
        if file is None or not file.is_file():
            return {}
        found: Prints = json.loads(file.read_text(encoding="utf-8"))
        return found


@dataclass
class Buckets:
    """The models per key of one run: which of their buckets are there, and what each rests on."""

    engine: DuckDBEngine
    ordered: Sequence[Node]
    reuse: Reuse
    out: Path
    prints: Prints = field(default_factory=dict)
    _there: dict[str, frozenset[str]] = field(default_factory=dict)
    _rests_on: Prints = field(default_factory=dict)

    @cached_property
    def per(self) -> dict[str, Model]:
        """The models per key, by name."""
        return {node.name: node for node in self.ordered if isinstance(node, Model) and node.per}

    @cached_property
    def split(self) -> frozenset[str]:
        """The tables that are split by bucket though they are computed as a whole."""
        return frozenset(name for model in self.per.values() for name in model.split) - self.per.keys()

    @cached_property
    def between(self) -> frozenset[str]:
        """The models per key that only such models read: they are computed when one of these asks."""
        read_whole = {name for node in self.ordered if node.name not in self.per for name in node.inputs}
        read = {name for model in self.per.values() for name in model.inputs}
        return frozenset(
            name for name, model in self.per.items() if name in read and name not in read_whole and not model.kept
        )

    def run(self, node: Node, files: dict[str, Path]) -> bool:
        """Run a node that is per key, or split by one; False where it is neither, or is not a model to be built."""
        if node.name in self.between:
            return True
        if node.name in self.per and node.kept:
            files[node.name] = self.keep(self.per[node.name])
        elif node.name in self.per:
            self.build(self.per[node.name])
        elif node.name in self.split and isinstance(node, Model) and not node.kept:
            self.build_split(node)
        else:
            return False
        return True

    def has(self, name: str) -> bool:
        """Whether this table is here, split."""
        return name in self._there

    def last_uses(self) -> dict[str, int]:
        """After which place in the order is a table read no more?"""
        return {name: place for place, node in enumerate(self.ordered) if node.name not in self.between
                for name in self._looked_at(node)}  # fmt: skip

    def _looked_at(self, node: Node) -> set[str]:
        """The tables that running a node reads: its inputs, and those of what is computed because it asks."""
        found: set[str] = set()
        waiting = [*node.inputs]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.per[name].inputs if name in self.between else ()
        return found

    def build_split(self, model: Model) -> None:
        """Build a model as a whole, its rows marked with their bucket.

        Where there is nothing to take over they lie in the order of buckets, so that each is read without the others.
        """
        self._fill(model.gives, self._key_of(model.name), model.sql, frozenset(BUCKETS), ordered=not self.reuse.prints)
        self._note(model.name)

    def split_built(self, table: Table) -> None:
        """Split what the engine has under this name already."""
        self.engine.execute(f'CREATE TEMP TABLE "~" AS SELECT * FROM {quoted(table.name)}')
        self._fill(table, self._key_of(table.name), 'SELECT * FROM "~"', frozenset(BUCKETS))
        self.engine.drop("~")
        self._note(table.name)

    def keep(self, model: Model) -> Path:
        """Write a kept model as a folder of files, a bucket each; those that did not change are the earlier run's."""
        folder, unfinished = self.out / f"{model.name}.parquet", self.out / f".{model.name}.parquet.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self.prints[model.name] = self._prints_of(model)
        earlier = self.reuse.earlier / self.out.name / folder.name if self.reuse.earlier is not None else None
        changed = self._changed(model, lambda bucket: earlier is not None and (earlier / f"{bucket}.parquet").is_file())
        self._need(model.split, changed)
        for bucket in BUCKETS:
            file = unfinished / f"{bucket}.parquet"
            if bucket in changed:
                self._show(model.split, frozenset({bucket}))
                self.engine.write(model.gives, model.sql, file)
            else:
                shutil.copyfile(earlier / file.name, file)  # type: ignore[operator]
        self._show(model.split, None)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
        self.engine.add_parquet(model.name, sorted(folder.iterdir()), model.gives)
        return folder

    def build(self, model: Model) -> None:
        """Build a model per key that others read as a whole: the changed buckets, and the earlier run's for the rest."""
        prints = self._prints_of(model)
        name = f"{model.name}.parquet"
        stored = self.reuse.earlier / STORED / name if self.reuse.earlier is not None else None
        self.prints[model.name] = prints
        changed = self._changed(model, lambda _: stored is not None and stored.is_file())
        self._need(model.split, changed)
        self._show(model.split, changed)
        self._fill(model.gives, model.per, model.sql, frozenset(BUCKETS))
        self._show(model.split, None)
        if stored is not None and len(changed) < len(BUCKETS):
            self.engine.execute(f"INSERT INTO {_all(model.name)} SELECT * FROM read_parquet({literal(str(stored))}) "
                                f"WHERE {COLUMN} NOT IN ({_listed(changed)})")  # fmt: skip
        self._note(model.name)
        self._store(model.name, self.reuse.folder / STORED / name)

    def close(self) -> None:
        """Leave the prints behind for a later run."""
        self.reuse.folder.mkdir(parents=True, exist_ok=True)
        (self.reuse.folder / PRINTS).write_text(json.dumps(self.prints, indent=1, sort_keys=True), encoding="utf-8")

    def drop(self, name: str) -> None:
        """Forget a split table."""
        self.engine.drop(name)
        self.engine.execute(f"DROP TABLE IF EXISTS {_all(name)}")
        self._there.pop(name, None)

    def _key_of(self, name: str) -> str:
        return next(model.per for model in self.per.values() if name in model.split)

    def _changed(self, model: Model, is_there: Callable[[str], bool]) -> frozenset[str]:
        earlier, now = self.reuse.prints.get(model.name, {}), self.prints[model.name]
        return frozenset(bucket for bucket in BUCKETS if earlier.get(bucket) != now[bucket] or not is_there(bucket))

    def _need(self, names: Iterable[str], buckets: frozenset[str]) -> None:
        """Have these buckets of what is between."""
        for name in names:
            there = self._there.get(name, frozenset())
            if name in self.between and not buckets <= there:
                wanted, model = buckets | there, self.per[name]
                self._need(model.split, wanted)
                self._show(model.split, wanted)
                self._fill(model.gives, model.per, model.sql, wanted)
                self._show(model.split, None)

    def _show(self, names: Iterable[str], buckets: frozenset[str] | None) -> None:
        """Let the tables of these names have the rows of these buckets only; None: all that are there."""
        where = "" if buckets is None else f" WHERE {COLUMN} IN ({_listed(buckets)})"
        for name in names:
            columns = f"SELECT * EXCLUDE ({COLUMN}) FROM {_all(name)}{where}"
            self.engine.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {columns}")

    def _fill(self, table: Table, key: str, sql: str, buckets: frozenset[str], *, ordered: bool = False) -> None:
        self.drop(table.name)
        order = f" ORDER BY {COLUMN}" if ordered else ""
        marked = f"SELECT rows.*, substring(md5(rows.{quoted(key)}), 1, 1) AS {COLUMN} FROM (\n{sql}\n) AS rows"
        self.engine.execute(f"CREATE TEMP TABLE {_all(table.name)} AS {marked}{order}")
        self.engine.add_view(table, f"SELECT * EXCLUDE ({COLUMN}) FROM {_all(table.name)}")
        self._there[table.name] = buckets

    def _store(self, name: str, file: Path) -> None:
        """Leave the rows for a later run, unless they are so many that reading them is no gain."""
        ((count,),) = self.engine.execute(f"SELECT count(*) FROM {_all(name)}")
        if count > STORED_AT_MOST:
            del self.prints[name]
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        self.engine.execute(f"COPY {_all(name)} TO {literal(str(file))} (FORMAT parquet)")

    def _note(self, name: str) -> None:
        """Keep in mind what the rows of each bucket are, for the prints of those who read them."""
        counted = self.engine.execute(
            f"SELECT {COLUMN}, {_SUMS.format(columns='*COLUMNS(*)')} FROM {_all(name)} GROUP BY {COLUMN}"
        )
        self._rests_on[name] = {str(row[0]): str(row[1:]) for row in counted}

    def _prints_of(self, model: Model) -> dict[str, str]:
        """By bucket: the hash of all that the model's rows in it follow from."""
        chain = [model, *(self.per[name] for name in sorted(self._looked_at(model) & self.between))]
        split = {name for one in chain for name in one.split} - self.between
        whole = {
            one.name: {name: self._whole(one, name) for name in one.inputs if name not in one.split} for one in chain
        }
        same = json.dumps([[one.sql for one in chain], whole, self.engine.version], sort_keys=True)
        return {
            bucket: sha256(
                json.dumps([same, *(self._rests_on[name].get(bucket, "") for name in sorted(split))]).encode()
            ).hexdigest()
            for bucket in BUCKETS
        }

    def _whole(self, model: Model, name: str) -> str:
        """What a table is as a whole, of the columns that the model may read."""
        columns = sorted(read_columns(model, name, self.engine.columns(name)))
        listed = ", ".join(map(quoted, columns)) or "1"
        return str(self.engine.execute(f"SELECT {_SUMS.format(columns=listed)} FROM {quoted(name)}"))


def keep_by_bucket(engine: Engine, model: Model, out: Path) -> Path:
    """Write a kept model, which the engine has built, as a folder of files, a bucket each."""
    folder, unfinished = out / f"{model.name}.parquet", out / f".{model.name}.parquet.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for bucket in BUCKETS:
        where = f"substring(md5({model.per}), 1, 1) = {literal(bucket)}"
        engine.write(model.gives, f"SELECT * FROM {quoted(model.name)} WHERE {where}", unfinished / f"{bucket}.parquet")
    engine.drop(model.name)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)
    engine.add_parquet(model.name, sorted(folder.iterdir()), model.gives)
    return folder


_SUMS = "count(*), sum(CAST(hash({columns}) AS HUGEINT)), bit_xor(hash({columns}, 1))"


def read_columns(model: Model, table: str, columns: Iterable[str]) -> set[str]:
    """Which of a table's columns may a model read? Those of whose name it speaks; all, where it says `*` of the table."""
    for select in model.tree.find_all(exp.Select):
        starred = {star.args.get("table") and star.table for star in select.expressions if star.is_star}
        own = [
            source.this
            for source in (select.args.get("from_") or select.args.get("from"), *select.args.get("joins", ()))
            if source
        ]
        if any(isinstance(one, exp.Table) and one.name == table and starred & {None, one.alias_or_name} for one in own):
            return set(columns)
    spoken = {column.name for column in model.tree.find_all(exp.Column)}
    return spoken & set(columns)


def _all(name: str) -> str:
    return quoted(f"{name}~")


def _listed(buckets: Iterable[str]) -> str:
    return ", ".join(literal(bucket) for bucket in sorted(buckets)) or "NULL"
