"""An HTTP server that never listens: a host of hand-offs gives it connections over a UNIX socket.

usage: paths.py SOCKET NAME SERVICE [OTHER ...]
       paths.py ADDRESS:PORT NAME SERVICE: listens, to compare with; gives no connection on

GET  /SERVICE/N    N bytes, in pieces of 64 KiB of which each begins with its number
GET  /tour/N       the same; after each quarter the connection goes on to another host
PUT  /...          the CRC-32 of what came
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


def take(connection, fields, read):
    """Answers the checksum of an upload, and what has come behind it."""
    length = int(fields["content-length"])
    checksum = 0
    while length > 0:
        piece = (read or more(connection))
        read = piece[length:]
        piece = piece[:length]
        checksum = zlib.crc32(piece, checksum)
        length -= len(piece)
    answer(connection, b"%08x\n" % checksum)
    return read


def download(control, connection, state, read):
    """Sends a body, or the next part of it; answers whether the connection is still here."""
    while state["done"] < state["total"]:
        if state["parts"] > 1 and state["done"] >= state["total"] * state["part"] // PARTS:
            state["part"] += 1
            state["parts"] -= 1
            give_on(control, connection, "tour", read, json.dumps(state).encode())
            return False
        at = state["done"]
        piece = struct.pack(">Q", at // len(BLOCK)) + BLOCK[8:]
        piece = piece[at % len(BLOCK):][:state["total"] - at]
        state["done"] += connection.send(piece)
    return True


def serve(control, connection, read, state):
    if state and not download(control, connection, json.loads(state), read):
        return
    while True:
        method, target, fields, end, read = request(connection, read)
        parts = target.split("/")
        if parts[1] in others:
            give_on(control, connection, parts[1], read)
            return
        read = read[end:]
        if method == "PUT":
            read = take(connection, fields, read)
        elif len(parts) == 3 and parts[2].isdigit():
            total = int(parts[2])
            connection.sendall(head(total), socket.MSG_MORE if total else 0)
            tour = PARTS if control and parts[1] == "tour" else 1
            state = {"total": total, "done": 0, "part": 1, "parts": tour}
            if not download(control, connection, state, read):
                return
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
