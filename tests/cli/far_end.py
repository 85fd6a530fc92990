"""Servers at the far end of a test's network: far_end.py tcp/N udp/N mute/N ... TCP is accepted and read, UDP is sent
back, or read without an answer (mute).
Prints `ready`, and ends with its standard input."""

import selectors
import socket
import sys


def bind(kind, port):
    one = socket.socket(socket.AF_INET6, kind)
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # An answer has to come from the address that was asked.
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    one.bind(("::", port))
    return one


def echo(server):
    data, ancillary, _, sender = server.recvmsg(65536, 1024)
    server.sendmsg([data], ancillary, 0, sender)


def accept(selector, server):
    connection, _ = server.accept()
    selector.register(connection, selectors.EVENT_READ, lambda: read(selector, connection))


def read(selector, connection):
    try:
        if connection.recv(65536):
            return
    except OSError:
        pass
    selector.unregister(connection)
    connection.close()


def main():
    selector = selectors.DefaultSelector()
    for argument in sys.argv[1:]:
        transport, port = argument.split("/")
        if transport == "tcp":
            server = bind(socket.SOCK_STREAM, int(port))
            server.listen(4096)
            selector.register(server, selectors.EVENT_READ, lambda server=server: accept(selector, server))
        else:
            server = bind(socket.SOCK_DGRAM, int(port))
            answer = echo if transport == "udp" else (lambda server: server.recv(65536))
            selector.register(server, selectors.EVENT_READ, lambda server=server, answer=answer: answer(server))
    selector.register(sys.stdin, selectors.EVENT_READ, lambda: sys.exit(0))
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            key.data()


main()
