package io.boomerang.sim.handoff;

import io.boomerang.handoff.endpoint.AddressPair;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.PacketSink;
import io.boomerang.handoff.endpoint.TcpEndpoint;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// An ordinary client: sends a request with a body, reads the answer, and takes the checksums of
/// both bodies.
final class HttpClient {
    private static final int PIECE = 1 << 14;
    private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final TcpEndpoint endpoint;
    private final byte[] piece = new byte[PIECE];
    private final MemorySegment segment = MemorySegment.ofArray(piece);
    private final MessageDigest sentDigest = sha256();
    private final MessageDigest receivedDigest = sha256();
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private final Pattern body;
    private final long bodyBytes;
    private byte[] request;
    private long sent;
    private long received;
    private boolean isHeadOver;
    private boolean hasEnded;

    /// @param bodyBytes how long the request's body is
    HttpClient(
            final EndpointConfig config,
            final AddressPair addresses,
            final PacketSink sink,
            final int initialSequence,
            final String requestLine,
            final long bodyBytes,
            final long nowNs) {
        endpoint = TcpEndpoint.connect(config, addresses, sink, initialSequence, nowNs);
        this.bodyBytes = bodyBytes;
        body = new Pattern(initialSequence);
        final String length = bodyBytes == 0 ? "" : "Content-Length: " + bodyBytes + "\r\n";
        request =
                (requestLine + "\r\nHost: films.example\r\n" + length + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    void receive(final MemorySegment ip, final long offset, final long limit, final long nowNs) {
        endpoint.receive(ip, offset, limit, nowNs);
        run(nowNs);
    }

    /// Writes and reads what it can.
    void run(final long nowNs) {
        if (request.length > 0) {
            final int taken = endpoint.write(MemorySegment.ofArray(request), 0, request.length);
            request = Arrays.copyOfRange(request, taken, request.length);
        }
        if (request.length == 0) {
            write();
        }
        read();
        endpoint.poll(nowNs);
    }

    private void write() {
        int taken = PIECE;
        while (sent < bodyBytes && taken == PIECE) {
            final int count = (int) Math.min(PIECE, bodyBytes - sent);
            body.fill(piece, sent, count);
            taken = endpoint.write(segment, 0, count);
            sentDigest.update(piece, 0, taken);
            sent += taken;
        }
    }

    private void read() {
        int count = endpoint.read(segment, 0, PIECE);
        while (count > 0) {
            take(count);
            count = endpoint.read(segment, 0, PIECE);
        }
        if (count < 0 && !hasEnded) {
            hasEnded = true;
            endpoint.close();
        }
    }

    private void take(final int count) {
        int from = 0;
        while (!isHeadOver && from < count) {
            head.write(piece[from++]);
            isHeadOver = endsHead(head.toByteArray());
        }
        if (from < count) {
            if (received < PIECE) {
                beginning.write(piece, from, count - from);
            }
            receivedDigest.update(piece, from, count - from);
            received += count - from;
        }
    }

    private static boolean endsHead(final byte[] bytes) {
        return bytes.length >= END.length
                && Arrays.equals(
                        END, 0, END.length, bytes, bytes.length - END.length, bytes.length);
    }

    /// Bytes of the answer's body that have come.
    long received() {
        return received;
    }

    /// Bytes of the request's body that were given to TCP.
    long sent() {
        return sent;
    }

    /// The answer is over, as its server said.
    boolean hasEnded() {
        return hasEnded;
    }

    boolean isReset() {
        return endpoint.isReset();
    }

    /// Segments that it sent again.
    long repeated() {
        return endpoint.repeatedCount();
    }

    /// The first line of the answer.
    String statusLine() {
        return head.toString(StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
    }

    /// How the answer's body begins, in characters.
    String text() {
        return beginning.toString(StandardCharsets.ISO_8859_1);
    }

    /// Of the request's body; to be asked once, at the end.
    String sentChecksum() {
        return HexFormat.of().formatHex(sentDigest.digest());
    }

    /// Of the answer's body; to be asked once, at the end.
    String receivedChecksum() {
        return HexFormat.of().formatHex(receivedDigest.digest());
    }
}
