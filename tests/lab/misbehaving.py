"""Servers that do what no real one would: misbehaving.py KIND/PORT... Prints `ready` once all are bound, and ends with
its standard input.

TCP: accept (and read), reset or close (as soon as they have accepted), stall (reads, says nothing), drip (a byte of a
TLS record now and then), reset-after (the first bytes came), page (plain HTTP to whoever says anything), cut (a TLS
server of DNS that resets in the middle of its answer; --certificate and --key).
UDP: echo, mute.
DNS over UDP and TCP, kinds that begin with `dns-`: see `answers`. What the names are is in --zone, a JSON file.
"""

import argparse
import functools
import json
import selectors
import socket
import ssl
import struct
import sys
import threading

BLOCK_PAGE = (b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
              b"<html><title>Web Page Blocked</title><p>The lab's filter has blocked this page.</p></html>\r\n")
# The head of a TLS record and of a ServerHello that never comes to its end.
SERVER_HELLO = b"\x16\x03\x03\x00\x5a\x02\x00\x00\x56\x03\x03" + bytes(82)
DRIP_SECONDS = 0.4


def bind(kind, port):
    one = socket.socket(socket.AF_INET6, kind)
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # An answer has to come from the address that was asked.
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    one.bind(("::", port))
    return one


def reset(connection):
    """Closing does it, when it may not linger."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# --- TCP --------------------------------------------------------------------------------------------------------------


def read_to_the_end(connection, _):
    while connection.recv(65536):
        pass


def reset_after(connection, _):
    connection.recv(65536)
    reset(connection)


def drip(connection, _):
    ended = threading.Event()
    for byte in SERVER_HELLO:
        connection.sendall(bytes([byte]))
        ended.wait(DRIP_SECONDS)


def say_page(connection, _):
    if connection.recv(65536):
        connection.sendall(BLOCK_PAGE)


def cut(connection, options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    with context.wrap_socket(connection, server_side=True) as inside:
        query = inside.recv(65536)[2:]
        whole = message(query, addresses=["198.51.100.1"] * 8)
        inside.sendall(struct.pack(">H", len(whole)) + whole[:len(whole) // 2])
        reset(inside)


TCP = {
    "accept": read_to_the_end, "stall": read_to_the_end, "drip": drip, "page": say_page, "cut": cut,
    "reset": lambda connection, _: reset(connection), "close": lambda connection, _: None, "reset-after": reset_after,
}


def serve(handler, options, connection):
    try:
        with connection:
            handler(connection, options)
    except OSError:
        pass  # the other side went away, as it may


def accept(handler, options, server):
    connection, _ = server.accept()
    threading.Thread(target=serve, args=(handler, options, connection), daemon=True).start()


# --- DNS --------------------------------------------------------------------------------------------------------------

NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
A, AAAA = 1, 28
# Addresses as public as any; in the lab nobody has them.
FORGED = {A: ["185.199.108.66"], AAAA: ["2a00:1450::66"]}


def question_of(query):
    """The name, its type, and where the question ends."""
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1:place + 1 + query[place]].decode("ascii", "replace"))
        place += 1 + query[place]
    return ".".join(labels).lower(), struct.unpack(">H", query[place + 1:place + 3])[0], place + 5


def message(query, rcode=NOERROR, addresses=(), truncated=False, identifier=None):
    """An answer to a query (RFC 1035, 4.1), with the question repeated and whatever EDNS had left out."""
    _, kind, end = question_of(query)
    flags = 0x8180 | (0x0200 if truncated else 0) | rcode
    first = struct.unpack(">H", query[:2])[0] if identifier is None else identifier
    text = struct.pack(">HHHHHH", first, flags, 1, len(addresses), 0, 0) + query[12:end]
    for address in addresses:
        family = socket.AF_INET6 if kind == AAAA else socket.AF_INET
        data = socket.inet_pton(family, address)
        text += struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) + data
    return text


def answers(kind, zone, query, stream):
    """The messages that answer a query, in order."""
    name, wanted, end = question_of(query)
    known = zone.get(name, {}).get("A" if wanted == A else "AAAA" if wanted == AAAA else "", [])
    if kind == "dns-servfail":
        return [message(query, SERVFAIL)]
    if kind == "dns-two":  # the forger's, and then the true one
        return [message(query, addresses=FORGED[wanted] if known else []), message(query, addresses=known)]
    if kind == "dns-wrong-id":  # a guess that misses, and then the true one
        identifier = struct.unpack(">H", query[:2])[0] ^ 0x5555
        return [message(query, addresses=known, identifier=identifier), message(query, addresses=known)]
    if kind == "dns-only-wrong-id":
        return [message(query, addresses=known, identifier=struct.unpack(">H", query[:2])[0] ^ 0x5555)]
    if kind == "dns-truncated" and not stream:
        return [message(query, truncated=True)]
    if kind == "dns-garbage":
        return [b"\x00this is no DNS\xff" * 3]
    if kind == "dns-loop":  # an owner name that is a pointer to itself
        place = 0xC000 | end
        return [query[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, 1, 0, 0) + query[12:end] +
                struct.pack(">HHHIH", place, wanted, 1, 60, 4) + bytes(4)]
    return [message(query, addresses=known) if name in zone else message(query, NXDOMAIN)]


def answer_datagram(kind, zone, server):
    query, ancillary, _, sender = server.recvmsg(65536, 1024)
    for one in answers(kind, zone, query, False):
        server.sendmsg([one], ancillary, 0, sender)


def answer_stream(kind, zone, connection, _):
    while len(head := connection.recv(2, socket.MSG_WAITALL)) == 2:
        query = connection.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL)
        for one in answers(kind, zone, query, True):
            connection.sendall(struct.pack(">H", len(one)) + one)


# --- UDP --------------------------------------------------------------------------------------------------------------


def echo(server):
    data, ancillary, _, sender = server.recvmsg(65536, 1024)
    server.sendmsg([data], ancillary, 0, sender)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--zone")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("servers", nargs="+")
    options = parser.parse_args()
    zone = {}
    if options.zone:
        with open(options.zone, encoding="utf-8") as file:
            zone = json.load(file)

    selector = selectors.DefaultSelector()

    def listen(port, handler):
        server = bind(socket.SOCK_STREAM, port)
        server.listen(4096)
        selector.register(server, selectors.EVENT_READ, lambda: accept(handler, options, server))

    def receive(port, handler):
        server = bind(socket.SOCK_DGRAM, port)
        selector.register(server, selectors.EVENT_READ, lambda: handler(server))

    for argument in options.servers:
        kind, port = argument.split("/")
        if kind in TCP:
            listen(int(port), TCP[kind])
        elif kind.startswith("dns-"):
            listen(int(port), functools.partial(answer_stream, kind, zone))
            receive(int(port), functools.partial(answer_datagram, kind, zone))
        elif kind in ("echo", "mute"):
            receive(int(port), echo if kind == "echo" else lambda server: server.recv(65536))
        else:
            parser.error(f"no server is called {kind}")
    selector.register(sys.stdin, selectors.EVENT_READ, lambda: sys.exit(0))
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            key.data()


main()
