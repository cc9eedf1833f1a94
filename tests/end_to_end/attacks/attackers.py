"""Attacks that slowhttptest has not: attackers.py KIND PORT COUNT SECONDS

Opens COUNT connections and keeps them as its kind does until the server has closed them all; and again,
until SECONDS have passed. It closes none itself.
"""

import selectors
import socket
import sys
import time

MOST_SECONDS = 60  # of one round
BATCH = 100  # connections opened before those that are open are looked at again

HEADER = b"POST /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
BIG = 100 * 1024 * 1024
HALF = 20 * 1024


class Idle:
    """Says nothing."""

    def begin(self):
        return b""

    def go_on(self, sent):
        return None


class Drip(Idle):
    """A byte of a header a second."""

    def begin(self):
        return HEADER + b"X-Drip: "

    def go_on(self, sent):
        return b"a", 1.0


class Half(Idle):
    """Half of a body, and nothing more."""

    def begin(self):
        return HEADER + b"Content-Length: %d\r\n\r\n{" % (2 * HALF) + b" " * (HALF - 1)


class Big(Idle):
    """A body of 100 MB, whatever is answered meanwhile."""

    def begin(self):
        return HEADER + b"Content-Length: %d\r\n\r\n" % BIG

    def go_on(self, sent):
        return (b" " * 65536, 0.0) if sent < BIG else None


KINDS = {"idle": Idle, "drip": Drip, "half": Half, "big": Big}


class Connection:
    def __init__(self, port, kind):
        self.kind = kind
        self.sent = 0
        self.due = time.monotonic()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.waiting = kind.begin()
        try:
            self.socket.connect(("127.0.0.1", port))
        except BlockingIOError:
            pass

    def is_closed(self):
        try:
            while data := self.socket.recv(65536):
                del data  # an answer
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True

    def write(self):
        """False where it is closed."""
        if not self.waiting:
            if time.monotonic() < self.due or (more := self.kind.go_on(self.sent)) is None:
                return True
            self.waiting, pause = more
            self.due = time.monotonic() + pause
        try:
            count = self.socket.send(self.waiting)
            self.sent += count
            self.waiting = self.waiting[count:]
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False


def attack(kind, port, count):
    selector = selectors.EpollSelector()
    open_now = {}
    opened = 0
    end = time.monotonic() + MOST_SECONDS

    def drop(connection):
        open_now.pop(connection.socket.fileno())
        selector.unregister(connection.socket)
        connection.socket.close()

    while (opened < count or open_now) and time.monotonic() < end:
        for _ in range(min(BATCH, count - opened)):
            connection = Connection(port, kind)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            open_now[connection.socket.fileno()] = connection
            opened += 1
        for key, _ in selector.select(0.002 if opened < count else 0.05):
            if key.data.is_closed():
                drop(key.data)
        for connection in list(open_now.values()):
            if not connection.write():
                drop(connection)


def main():
    kind, port, count, seconds = KINDS[sys.argv[1]](), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    until = time.monotonic() + seconds
    while True:
        attack(kind, port, count)
        if time.monotonic() >= until:
            return


if __name__ == "__main__":
    main()
