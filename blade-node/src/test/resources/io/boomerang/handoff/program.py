"""An HTTP server that never listens: a host gives it connections over a UNIX socket.

usage: program.py SOCKET BLOCK SERVICE

GET /N answers N bytes made of the file BLOCK, with the number of each piece in its first 8 bytes;
PUT answers the CRC-32 of what came. After each quarter of a body of more than a megabyte the
connection is given on to another host of SERVICE.
"""
import json
import socket
import struct
import sys
import zlib

HEADER = struct.Struct(">IBBHII")
MAGIC = 0x42484E44
SERVE, GIVE = 1, 2
LARGE = 1 << 20

path, block_file, service = sys.argv[1:]
with open(block_file, "rb") as file:
    block = file.read()
control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
control.connect(path)


def receive():
    message, descriptors, _, _ = socket.recv_fds(control, 1 << 17, 1)
    if not message:
        sys.exit(0)
    magic, version, kind, _, read, length = HEADER.unpack_from(message)
    if (magic, version, kind) != (MAGIC, 1, SERVE):
        sys.exit("not understood: %r" % message[:16])
    body = message[HEADER.size:]
    connection = socket.socket(fileno=descriptors[0])
    connection.setblocking(True)
    return connection, body[:read], body[read:read + length]


def give_on(connection, read, state):
    name = service.encode()
    state = json.dumps(state).encode()
    header = HEADER.pack(MAGIC, 1, GIVE, len(name), len(read), len(state))
    socket.send_fds(control, [header + name + read + state], [connection.fileno()])
    connection.close()


def head(length):
    return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % length).encode()


def begin(read, connection):
    while b"\r\n\r\n" not in read:
        piece = connection.recv(1 << 16)
        if not piece:
            return None, b""
        read += piece
    text, rest = read.split(b"\r\n\r\n", 1)
    lines = text.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    if method == "GET":
        total = int(target.rsplit("/", 1)[1])
        connection.sendall(head(total))
        return {"method": method, "total": total, "done": 0, "moves": 0}, b""
    fields = dict(line.lower().split(": ", 1) for line in lines[1:])
    total = int(fields["content-length"])
    return {"method": method, "total": total, "done": 0, "moves": 0, "crc": 0}, rest


def is_time_to_move(state):
    return (state["total"] > LARGE and state["moves"] < 3
            and state["done"] >= state["total"] // 4 * (state["moves"] + 1))


def send_piece(state, connection):
    at = state["done"]
    number = at // len(block)
    piece = struct.pack(">Q", number) + block[8:]
    piece = piece[at % len(block):][:state["total"] - at]
    state["done"] += connection.send(piece)


def take_piece(state, connection, read):
    piece = read or connection.recv(1 << 16)
    if not piece:
        sys.exit("the client has gone at %d of %d" % (state["done"], state["total"]))
    state["crc"] = zlib.crc32(piece, state["crc"])
    state["done"] += len(piece)


def serve(connection, read, state):
    if state:
        state = json.loads(state)
    else:
        state, read = begin(read, connection)
        if state is None:
            return
    while state["done"] < state["total"]:
        if is_time_to_move(state):
            state["moves"] += 1
            give_on(connection, read, state)
            return
        if state["method"] == "GET":
            send_piece(state, connection)
        else:
            take_piece(state, connection, read)
            read = b""
    if state["method"] != "GET":
        answer = ("%08x" % state["crc"]).encode()
        connection.sendall(head(len(answer)) + answer)
    connection.close()


while True:
    serve(*receive())
