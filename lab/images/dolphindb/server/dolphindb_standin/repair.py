"""Replicas that are missing, behind, or to be moved: data nodes copy them from one another."""

import threading
import time

from .peers import ask
from .values import EngineError, INT, STRING, TIMESTAMP, table

AT_ONCE = 4


class Repair:
    def __init__(self, master):
        self._master = master
        self._tasks = []
        self.moving = set()
        self.is_suspended = False

    def look(self, live):
        """Has what is behind caught up; with dfsRecoveryWaitTime, replicas of nodes that are gone are made elsewhere."""
        if self.is_suspended:
            return
        master = self._master
        wait = master.controller.options.number("dfsRecoveryWaitTime", 0) / 1000
        for id, chunk in list(master.data["chunks"].items()):
            if id in self.moving or len(self.moving) >= AT_ONCE or not chunk["commits"]:
                continue
            whole = master.whole(id, live)
            behind = [alias for alias in chunk["replicas"] if alias in live and alias not in whole]
            gone = [alias for alias in chunk["replicas"] if alias not in live]
            if whole and behind and behind[0] in master.reports:
                self.begin(id, whole[0], behind[0])
            elif whole and gone and 0 < wait < master.controller.heard.silent_for(gone[0]):
                try:
                    instead = master.placed(live, len(self._tasks), without=chunk["replicas"], count=1)[0]
                except EngineError:
                    continue
                master.change("replicas", id=id, replicas=[alias for alias in chunk["replicas"] if alias != gone[0]] + [instead])

    def begin(self, id, source, target, gives_up=None):
        """Copies a chunk in a thread. @param gives_up the replica that goes when the copy is there"""
        self.moving.add(id)
        task = {"id": id, "source": source, "target": target, "status": "In-Progress", "from": time.time(), "to": None}
        self._tasks = [*self._tasks[-999:], task]
        threading.Thread(target=self._copy, args=(task, gives_up), daemon=True).start()

    def _copy(self, task, gives_up):
        master, id = self._master, task["id"]
        try:
            chunk, live = master.data["chunks"][id], master.live()
            source, target = live[task["source"]], live[task["target"]]
            commits = list(chunk["commits"])
            arguments = {"file": chunk["file"], "transactions": commits, "host": source["host"], "port": source["port"]}
            ask(target["host"], target["port"], "fetch_chunk", 120, id=id, **arguments)
            master.reports.setdefault(task["target"], {}).setdefault(id, set()).update(commits)
            replicas = [alias for alias in chunk["replicas"] if alias != gives_up]
            if task["target"] not in replicas:
                replicas.append(task["target"])
            if replicas != chunk["replicas"]:
                master.change("replicas", id=id, replicas=replicas)
            if gives_up is not None and gives_up in live:
                ask(live[gives_up]["host"], live[gives_up]["port"], "drop_chunks", 30, ids=[id])
            task["status"] = "Finished"
        except Exception as error:
            master.controller.log.warning(f"recovery of {id} failed: {error}")
            task["status"] = "Aborted"
        finally:
            task["to"] = time.time()
            self.moving.discard(id)

    def move(self, source, target, ids, keeps):
        """Moves replicas, or copies them."""
        master, live = self._master, self._master.live()
        for alias in (source, target):
            if alias not in live:
                raise EngineError(f"The data node [{alias}] is not available.")
        chosen = []
        for id in ids:
            chunk = master.data["chunks"].get(id)
            if chunk is None or source not in chunk["replicas"]:
                raise EngineError(f"The chunk [{id}] has no replica on the data node [{source}].")
            if target in chunk["replicas"]:
                raise EngineError(f"The chunk [{id}] has a replica on the data node [{target}] already.")
            chosen.append(id)
        for id in chosen:
            self.begin(id, source, target, None if keeps else source)

    def delete(self, ids, alias):
        master, live = self._master, self._master.live()
        for id in ids:
            chunk = master.data["chunks"].get(id)
            if chunk is None or alias not in chunk["replicas"]:
                raise EngineError(f"The chunk [{id}] has no replica on the data node [{alias}].")
            if not [each for each in master.whole(id, live) if each != alias]:
                raise EngineError(f"The replica of the chunk [{id}] on [{alias}] is the last one.")
            master.change("replicas", id=id, replicas=[each for each in chunk["replicas"] if each != alias])
            if alias in live:
                ask(live[alias]["host"], live[alias]["port"], "drop_chunks", 30, ids=[id])

    def rebalance(self, executes):
        """Moves replicas from the fullest to the emptiest data node until they differ by one; tells the moves."""
        master, live = self._master, self._master.live()
        held = {alias: [id for id, chunk in master.data["chunks"].items() if alias in chunk["replicas"]] for alias in live}
        moves = []
        while held:
            full, empty = max(held, key=lambda one: len(held[one])), min(held, key=lambda one: len(held[one]))
            chosen = next((id for id in held[full] if id not in held[empty]), None)
            if chosen is None or len(held[full]) - len(held[empty]) < 2:
                break
            held[full].remove(chosen)
            held[empty].append(chosen)
            moves.append((chosen, full, empty))
        if executes:
            for id, full, empty in moves:
                self.begin(id, full, empty, full)
        return moves

    def tasks(self):
        rows = self._tasks
        millis = [[None if row[name] is None else int(row[name] * 1000) for row in rows] for name in ("from", "to")]
        return table(
            [
                ("TaskId", STRING, [f"{row['id']}-{int(row['from'] * 1000)}" for row in rows]),
                ("TaskType", STRING, ["LoadRebalance"] * len(rows)),
                ("ChunkId", STRING, [row["id"] for row in rows]),
                ("Source", STRING, [row["source"] for row in rows]),
                ("Destination", STRING, [row["target"] for row in rows]),
                ("Status", STRING, [row["status"] for row in rows]),
                ("AttemptCount", INT, [1] * len(rows)),
                ("StartTime", TIMESTAMP, millis[0]),
                ("EndTime", TIMESTAMP, millis[1]),
            ]
        )
