"""The small servers of the documented world: small_servers.py KIND/ADDRESS/PORT... Prints `ready` once all are bound, and
ends with its standard input.

silent: takes every datagram and answers none, as a rating server does with strangers. ntp: says what time it is
(RFC 5905). smtp: greets, answers, and says good-bye (TCP, for whoever puts TLS in front of it).
"""

import selectors
import socket
import struct
import sys
import threading
import time

# From 1900, where NTP begins to count, to 1970.
SECONDS_BEFORE_UNIX = 2208988800


def bind(kind, address, port):
    one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, port))
    return one


def ignore(server):
    server.recv(65536)


def say_time(server):
    question, sender = server.recvfrom(65536)
    if len(question) < 48:
        return
    now = time.time() + SECONDS_BEFORE_UNIX
    stamp = struct.pack(">II", int(now), int(now % 1 * 2**32))
    # A server (mode 4) of the same version, stratum 1, whose clock is set by `GPS`.
    head = struct.pack(">BBbbII4s", question[0] & 0x38 | 4, 1, 6, -20, 0, 0, b"GPS\0")
    server.sendto(head + stamp + question[40:48] + stamp + stamp, sender)


def talk_mail(connection):
    with connection, connection.makefile("rw", encoding="ascii", errors="replace", newline="\r\n") as talk:
        talk.write("220 relay ESMTP\r\n")
        talk.flush()
        for line in talk:
            word = line.split(" ")[0].strip().upper()
            talk.write("221 bye\r\n" if word == "QUIT" else "250 relay\r\n" if word in ("EHLO", "HELO") else "502 no\r\n")
            talk.flush()
            if word == "QUIT":
                return


def accept(server):
    connection, _ = server.accept()
    threading.Thread(target=talk_mail, args=(connection,), daemon=True).start()


HANDLERS = {"silent": ignore, "ntp": say_time, "smtp": accept}


def main():
    selector = selectors.DefaultSelector()
    for argument in sys.argv[1:]:
        kind, address, port = argument.split("/")
        server = bind(socket.SOCK_STREAM if kind == "smtp" else socket.SOCK_DGRAM, address, int(port))
        if kind == "smtp":
            server.listen(64)
        selector.register(server, selectors.EVENT_READ, HANDLERS[kind])
    selector.register(sys.stdin, selectors.EVENT_READ, lambda _: sys.exit(0))
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)


main()
