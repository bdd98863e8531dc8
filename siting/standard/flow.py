"""The largest flow in a small network, exact in whole numbers of any size (Dinic)."""

from __future__ import annotations


class Network:
    """Nodes 0 to n - 1 joined by arcs of whole capacity.

    Whole numbers of Python are used because amounts in fen outgrow the 32 bits of SciPy's flows.
    """

    def __init__(self, nodes: int) -> None:
        self._out: list[list[int]] = [[] for _ in range(nodes)]
        self._head: list[int] = []
        self._left: list[int] = []

    def add(self, tail: int, head: int, capacity: int) -> int:
        """Add an arc and return its number; the arc back has the next number."""
        arc = len(self._head)
        for start, end, left in ((tail, head, capacity), (head, tail, 0)):
            self._out[start].append(len(self._head))
            self._head.append(end)
            self._left.append(left)
        return arc

    def flow(self, arc: int) -> int:
        """Return what flows through an arc."""
        return self._left[arc + 1]

    def fill(self, source: int, sink: int) -> None:
        """Send as much as possible from `source` to `sink`."""
        while (level := self.levels(source, sink))[sink] >= 0:
            at = [0] * len(self._out)
            while self._send(source, sink, level, at):
                pass

    def levels(self, source: int, sink: int) -> list[int]:
        """Return the number of arcs from `source`, -1 where there is no way with room.

        Complete once nothing more flows to `sink`: the arcs that leave what is reached are then
        the smallest cut.
        """
        level = [-1] * len(self._out)
        level[source] = 0
        queue = [source]
        for node in queue:  # grows while it is read
            for arc in self._out[node]:
                if self._left[arc] and level[self._head[arc]] < 0:
                    level[self._head[arc]] = level[node] + 1
                    queue.append(self._head[arc])
            if level[sink] >= 0:
                break
        return level

    def _send(self, source: int, sink: int, level: list[int], at: list[int]) -> int:
        """Send along one shortest way and return how much; `at` remembers arcs known as useless."""
        way: list[int] = []
        node = source
        while node != sink:
            arcs = self._out[node]
            while at[node] < len(arcs):
                arc = arcs[at[node]]
                if self._left[arc] and level[self._head[arc]] == level[node] + 1:
                    break
                at[node] += 1
            if at[node] < len(arcs):
                way.append(arcs[at[node]])
                node = self._head[way[-1]]
            elif way:
                node = self._head[way.pop() ^ 1]
                at[node] += 1
            else:
                return 0
        sent = min(self._left[arc] for arc in way)
        for arc in way:
            self._left[arc] -= sent
            self._left[arc ^ 1] += sent
        return sent
