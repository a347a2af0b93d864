"""A port of this host that nobody should come to, and who came all the same."""

from __future__ import annotations

import socket
import threading


class Listener:
    """Listens on a port of this host, in both families, and counts who came."""

    def __init__(self) -> None:
        self.accepted = 0
        try:
            self._socket = socket.create_server(
                ("", 0), family=socket.AF_INET6, dualstack_ipv6=True
            )
        except OSError:  # a machine without IPv6
            self._socket = socket.create_server(("0.0.0.0", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
