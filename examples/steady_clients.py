# SPDX-License-Identifier: MIT
"""Clients that ask without pause and keep account of how every single request ended.

A connection that the kernel took but the server never accepted is reset when the listener closes; a
client cannot tell it from one that was accepted. So a reset before the first answer is counted as
refused, and the server's own count of requests must agree with the answers that arrived.
"""
import re
import socket
import threading

LENGTH = re.compile(rb"\r\n(?i:content-length): *(\d+)")


class Account:
    """How requests ended. `lost` must stay empty: partial answers and resets."""

    def __init__(self):
        self.complete = 0      # a whole answer
        self.unanswered = 0    # closed in order before a byte of the answer: was never read
        self.refused = 0       # no connection, or one that was reset before it was ever answered:
                               # the server has stopped accepting
        self.lost = []

    def add(self, other):
        self.complete += other.complete
        self.unanswered += other.unanswered
        self.refused += other.refused
        self.lost += other.lost


def exchange(client, target):
    """One request on a connection: its answer's head, or None if the server closed before it."""
    client.sendall(b"GET " + target.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    data = b""
    while True:
        head, found, body = data.partition(b"\r\n\r\n")
        if found:
            length = int(LENGTH.search(b"\r\n" + head).group(1))
            if len(body) == length:
                return head
            if len(body) > length:
                raise ValueError("more bytes than the answer has")
        more = client.recv(65536)
        if not more:
            if data:
                raise ValueError(f"the answer ends after {len(data)} bytes")
            return None
        data += more


def ask_until(stop, port, target, account):
    while not stop.is_set():
        try:
            client = socket.create_connection(("127.0.0.1", port), 10)
        except OSError:
            account.refused += 1
            return
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not ask_on(client, stop, target, account):
                return


def ask_on(client, stop, target, account):
    """Asks on one connection; false when there is no point in another one."""
    answered = False
    while not stop.is_set():
        try:
            head = exchange(client, target)
        except (OSError, ValueError) as error:
            if isinstance(error, ConnectionError) and not answered:
                account.refused += 1
                return True
            account.lost.append(f"{target}: {error}")
            return False
        if head is None:
            account.unanswered += 1
            return True
        account.complete += 1
        answered = True
        if b"\r\nConnection: close" in head:
            return True
    return True


class SteadyClients:
    """One thread for each target given; leaving the context stops them."""

    def __init__(self, port, targets):
        self.stop = threading.Event()
        self.accounts = [Account() for _ in targets]
        self.threads = [
            threading.Thread(target=ask_until, args=(self.stop, port, target, account))
            for target, account in zip(targets, self.accounts)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def total(self):
        account = Account()
        for each in self.accounts:
            account.add(each)
        return account
