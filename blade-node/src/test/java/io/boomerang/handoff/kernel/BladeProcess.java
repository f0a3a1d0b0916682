package io.boomerang.handoff.kernel;

import io.boomerang.handoff.BlobResult;
import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// A host in a process of its own: takes one blob from its input, goes live on a word, answers the
/// HTTP request that another process has read.
final class BladeProcess {
    static final String READY = "ready";
    static final String DONE = "done";

    private static final int PIECE = 1 << 16;
    private static final int PATIENCE_MS = 30_000;

    private final TcpSocket socket;
    private final MemorySegment memory = Arena.ofAuto().allocate(PIECE);

    private BladeProcess(final TcpSocket socket) {
        this.socket = socket;
    }

    public static void main(final String[] arguments) throws IOException {
        final DataInputStream input = new DataInputStream(System.in);
        final byte[] blob = input.readNBytes(input.readInt());
        if (!(ConnectionBlob.decode(MemorySegment.ofArray(blob), 0, blob.length)
                instanceof BlobResult.Decoded(var state))) {
            throw new IOException("no blob");
        }
        try (KernelTcp stack = new KernelTcp()) {
            final RestoredConnection restored = stack.restore(state);
            say(READY);
            if (input.read() < 0) {
                restored.discard();
                return;
            }
            try (TcpSocket socket = restored.goLive()) {
                new BladeProcess(socket).answer(state);
            }
            say(DONE);
        }
    }

    private static void say(final String word) throws IOException {
        System.out.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
    }

    private void answer(final ConnectionState state) throws IOException {
        final String head = new String(state.alreadyRead().toArray(), StandardCharsets.ISO_8859_1);
        if (head.startsWith("GET /")) {
            sendDownload(Integer.parseInt(head.substring(5, head.indexOf(' ', 5))));
        } else {
            takeUpload(head);
        }
    }

    private void sendDownload(final int count) throws IOException {
        write(head(count));
        final ByteStream stream = new ByteStream(count);
        while (stream.position() < count) {
            write(stream.next((int) Math.min(PIECE, count - stream.position())));
        }
    }

    /// Answers with the checksum of what came.
    private void takeUpload(final String head) throws IOException {
        final int bodyAt = head.indexOf("\r\n\r\n") + 4;
        final String length = head.substring(head.indexOf("Content-Length: ") + 16);
        long missing = Long.parseLong(length.substring(0, length.indexOf('\r')));
        final CRC32 checksum = new CRC32();
        final byte[] first = head.substring(bodyAt).getBytes(StandardCharsets.ISO_8859_1);
        checksum.update(first);
        missing -= first.length;
        while (missing > 0) {
            if (!socket.awaitReadable(PATIENCE_MS)) {
                throw new IOException(missing + " bytes do not come");
            }
            final int count = socket.read(memory);
            if (count < 0) {
                throw new IOException(missing + " bytes are missing");
            }
            checksum.update(memory.asSlice(0, count).asByteBuffer());
            missing -= count;
        }
        final byte[] answer =
                Long.toHexString(checksum.getValue()).getBytes(StandardCharsets.US_ASCII);
        write(head(answer.length));
        write(answer);
    }

    private static byte[] head(final int length) {
        return ("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void write(final byte[] bytes) throws IOException {
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        int written = 0;
        while (written < bytes.length) {
            if (!socket.awaitWritable(PATIENCE_MS)) {
                throw new IOException("the client takes nothing");
            }
            written += socket.write(memory.asSlice(written, bytes.length - written));
        }
    }
}
