"""The chunks of a data node on its volumes, and CHUNK_METADATA, without which it knows none of them."""

import json
import marshal
import os
import shutil
import threading

from .values import EngineError


class ChunkStore:
    """Each write of a transaction is a file; those that the controllers know of count."""

    def __init__(self, volumes, meta_directory):
        self._volumes = volumes
        self._meta = os.path.join(meta_directory, "chunks.meta")
        self._lock = threading.Lock()
        self.changes = 1
        for directory in (*volumes, meta_directory):
            os.makedirs(directory, exist_ok=True)
        self._chunks = {}
        if os.path.exists(self._meta):
            with open(self._meta, encoding="utf-8") as file:
                self._chunks = json.load(file)

    def _save(self):
        with open(f"{self._meta}.tmp", "w", encoding="utf-8") as file:
            json.dump(self._chunks, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{self._meta}.tmp", self._meta)
        self.changes += 1

    def _path(self, id, transaction):
        return os.path.join(self._chunks[id]["directory"], f"{transaction}.rows")

    def report(self):
        """Transactions by chunk, as far as their files are there."""
        with self._lock:
            return {
                id: [each for each in chunk["transactions"] if os.path.exists(self._path(id, each))]
                for id, chunk in self._chunks.items()
            }

    def write(self, id, file, transaction, columns):
        """`columns` are `(name, type, items)`."""
        with self._lock:
            volume = self._volumes[len(self._chunks) % len(self._volumes)]
            chunk = self._chunks.setdefault(
                id, {"directory": os.path.join(volume, "CHUNKS", file.strip("/"), id), "transactions": []}
            )
            os.makedirs(chunk["directory"], exist_ok=True)
            path = self._path(id, transaction)
            with open(f"{path}.tmp", "wb") as out:
                out.write(marshal.dumps(columns))
                out.flush()
                os.fsync(out.fileno())
            os.replace(f"{path}.tmp", path)
            if transaction not in chunk["transactions"]:
                chunk["transactions"].append(transaction)
            self._save()

    def missing(self, id, transactions):
        held = self.report().get(id, [])
        return [each for each in transactions if each not in held]

    def _columns(self, id, transaction):
        with self._lock:
            if id not in self._chunks:
                raise EngineError(f"The chunk [{id}] is not on this node.")
            path = self._path(id, transaction)
        try:
            with open(path, "rb") as file:
                return marshal.loads(file.read())
        except (OSError, EOFError, ValueError):
            raise EngineError(f"The chunk [{id}] is corrupted on this node.") from None

    def read(self, id, transactions, names):
        """Columns of all transactions, one after the other; `names` of some alone."""
        found = None
        for transaction in transactions:
            part = [column for column in self._columns(id, transaction) if names is None or column[0] in names]
            if found is None:
                found = [[name, type, list(items)] for name, type, items in part]
                continue
            for column, (_, _, items) in zip(found, part):
                column[2].extend(items)
        return found or []

    def count(self, id, transactions):
        return sum(len(self._columns(id, transaction)[0][2]) for transaction in transactions)

    def drop(self, ids):
        with self._lock:
            for id in ids:
                chunk = self._chunks.pop(id, None)
                if chunk is not None:
                    shutil.rmtree(chunk["directory"], ignore_errors=True)
            self._save()
