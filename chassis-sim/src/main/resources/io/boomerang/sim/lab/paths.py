"""An HTTP server that never listens: a host of hand-offs gives it connections over a UNIX socket.

usage: paths.py SOCKET NAME SERVICE [OTHER ...]
       paths.py ADDRESS:PORT NAME SERVICE: listens, to compare with; gives no connection on

GET  /SERVICE/N    N bytes, in pieces of 64 KiB of which each begins with its number
PUT  /...          the CRC-32 of what came
GET  /tour/N       the same as above, but after each quarter of the body the connection goes
PUT  /tour/...     on to another host
GET  anything else a line that says who serves it

A request for a path of an OTHER service goes on to its host, with the connection. With the field
`Connection: close` it is the last one.
"""
import json
import socket
import struct
import sys
import threading
import time
import zlib

HEADER = struct.Struct(">IBBHII")
MAGIC = 0x42484E44
SERVE, GIVE = 1, 2
BLOCK = bytes(range(256)) * 256
MOST_HEAD = 1 << 16
PARTS = 4

path, name, own = sys.argv[1:4]
others = sys.argv[4:]


class Gone(Exception):
    """The client has ended."""


def connect():
    while True:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            control.connect(path)
            return control
        except OSError:
            control.close()
            time.sleep(0.1)


def receive(control):
    """The next connection, with what was read of it and what the last host says; None: no more."""
    try:
        message, descriptors, _, _ = socket.recv_fds(control, 1 << 17, 1)
    except OSError:
        return None
    if not message:
        return None
    magic, version, kind, _, read, _ = HEADER.unpack_from(message)
    if (magic, version, kind) != (MAGIC, 1, SERVE):
        sys.exit("not understood: %r" % message[:16])
    body = message[HEADER.size:]
    connection = socket.socket(fileno=descriptors[0])
    connection.setblocking(True)
    return connection, body[:read], body[read:]


def give_on(control, connection, service, read, state=b""):
    header = HEADER.pack(MAGIC, 1, GIVE, len(service), len(read), len(state))
    message = header + service.encode() + read + state
    socket.send_fds(control, [message], [connection.fileno()])


def more(connection):
    piece = connection.recv(1 << 16)
    if not piece:
        raise Gone
    return piece


def request(connection, read):
    """Method, path, fields, and how long the head is."""
    while b"\r\n\r\n" not in read:
        if len(read) > MOST_HEAD:
            raise Gone
        read += more(connection)
    end = read.index(b"\r\n\r\n") + 4
    lines = read[:end - 4].decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    fields = dict(line.lower().split(":", 1) for line in lines[1:])
    return method, target, fields, end, read


def closes(fields):
    return fields.get("connection", "").strip() == "close"


def head(length):
    return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nServed-By: %s\r\n\r\n"
            % (length, name)).encode()


def answer(connection, text):
    connection.sendall(head(len(text)) + text)


def begin(control, parts, total):
    """What is known of a transfer. On a tour its connection has several hosts in turn."""
    tour = PARTS if control and parts[1] == "tour" else 1
    return {"total": total, "done": 0, "part": 1, "parts": tour}


def goes_on(control, connection, state, read):
    """Gives the connection to the next host, if it is time; answers whether it did."""
    if state["parts"] == 1 or state["done"] < state["total"] * state["part"] // PARTS:
        return False
    state["part"] += 1
    state["parts"] -= 1
    give_on(control, connection, "tour", read, json.dumps(state).encode())
    return True


def upload(control, connection, state, read):
    """Takes a body, or the next part of it, and answers its checksum; None when the connection is
    another host's now, else what has come behind the body."""
    while state["done"] < state["total"]:
        if goes_on(control, connection, state, read):
            return None
        piece = read or more(connection)
        left = state["total"] - state["done"]
        read = piece[left:]
        piece = piece[:left]
        state["checksum"] = zlib.crc32(piece, state["checksum"])
        state["done"] += len(piece)
    answer(connection, b"%08x\n" % state["checksum"])
    return read


def download(control, connection, state, read):
    """Sends a body, or the next part of it; the same answer."""
    while state["done"] < state["total"]:
        if goes_on(control, connection, state, read):
            return None
        at = state["done"]
        piece = struct.pack(">Q", at // len(BLOCK)) + BLOCK[8:]
        piece = piece[at % len(BLOCK):][:state["total"] - at]
        state["done"] += connection.send(piece)
    return read


def transfer(control, connection, state, read):
    way = upload if "checksum" in state else download
    return way(control, connection, state, read)


def serve(control, connection, read, state):
    if state:
        read = transfer(control, connection, json.loads(state), read)
    while read is not None:
        method, target, fields, end, read = request(connection, read)
        parts = target.split("/")
        if parts[1] in others:
            give_on(control, connection, parts[1], read)
            return
        read = read[end:]
        if method == "PUT":
            state = begin(control, parts, int(fields["content-length"]))
            state["checksum"] = 0
            read = transfer(control, connection, state, read)
        elif len(parts) == 3 and parts[2].isdigit():
            total = int(parts[2])
            connection.sendall(head(total), socket.MSG_MORE if total else 0)
            read = transfer(control, connection, begin(control, parts, total), read)
        else:
            answer(connection, ("%s serves %s\n" % (name, target)).encode())
        if closes(fields):
            return


def run(control, connection, read, state):
    try:
        serve(control, connection, read, state)
    except (Gone, OSError):
        pass
    except (KeyError, ValueError, IndexError) as error:
        print("%s: no request: %r" % (name, error), flush=True)
    finally:
        connection.close()


def start(control, connection, read=b"", state=b""):
    arguments = (control, connection, read, state)
    threading.Thread(target=run, args=arguments, daemon=True).start()


def take_given():
    while True:
        control = connect()
        print("%s: connected to %s" % (name, path), flush=True)
        given = receive(control)
        while given:
            start(control, *given)
            given = receive(control)
        control.close()


def listen(address, port):
    server = socket.create_server((address, int(port)), backlog=4096)
    print("%s: listens on %s" % (name, path), flush=True)
    while True:
        start(None, server.accept()[0])


address, colon, port = path.rpartition(":")
if colon and port.isdigit():
    listen(address, port)
take_given()
