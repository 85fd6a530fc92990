"""A name server at the far end of a test's network: name_server.py ADDRESS ANSWER... It listens on port 53 of its
address, over UDP and TCP, and answers every question for an A record with each of the addresses in turn: with more
than one of them, one question has as many answers. Every other question has none.
Prints `ready`, and ends with its standard input."""

import selectors
import socket
import sys


def answer(query, address):
    end = query.index(b"\0", 12) + 5
    is_a = query[end - 4:end - 2] == b"\0\1"
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address)
    counts = b"\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0"
    return query[:2] + b"\x81\x80" + counts + query[12:end] + (record if is_a else b"")


def main():
    address, *answers = sys.argv[1:]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((address, 53))
    listener = socket.create_server((address, 53))

    def hear():
        query, sender = datagrams.recvfrom(65536)
        for one in answers:
            datagrams.sendto(answer(query, one), sender)

    def accept():
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            query = connection.recv(65536)[2:]
            reply = answer(query, answers[-1])
            connection.sendall(len(reply).to_bytes(2, "big") + reply)

    selector = selectors.DefaultSelector()
    selector.register(datagrams, selectors.EVENT_READ, hear)
    selector.register(listener, selectors.EVENT_READ, accept)
    selector.register(sys.stdin, selectors.EVENT_READ, sys.exit)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            try:
                key.data()
            except OSError:
                pass  # whoever asked has gone


if __name__ == "__main__":
    main()
