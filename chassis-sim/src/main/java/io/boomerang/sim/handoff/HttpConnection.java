package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.endpoint.TcpEndpoint;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An HTTP request, answered with its own body while that still comes, or with a line if it has
/// none. First a classifier reads it; the blade that it chooses answers. How much is still to come,
/// and what was read and not written yet, travel with the connection.
final class HttpConnection extends ServedConnection {
    private static final int MOST_WAITING = 1 << 15;
    private static final Pattern LENGTH =
            Pattern.compile("(?i)\r\nContent-Length: *([0-9]{1,18})\r\n");
    private static final String END = "\r\n\r\n";

    private final Classifier classifier;
    private final String blade;

    /// Of the request first, then of the answer.
    private final ByteBuffer waiting = ByteBuffer.allocate(MOST_WAITING);

    private @Nullable String service;
    private boolean isAnswering;
    private boolean isClosed;
    private long toCome;

    /// @param blade what it calls itself
    HttpConnection(
            final FlowKey key,
            final TcpEndpoint endpoint,
            final Classifier classifier,
            final String blade) {
        super(key, endpoint);
        this.classifier = classifier;
        this.blade = blade;
    }

    /// Goes on where another blade stopped.
    HttpConnection after(final ConnectionState state) {
        isDecided = true;
        service = "";
        final ByteBuffer known = ByteBuffer.wrap(state.applicationState().toArray());
        isAnswering = known.hasRemaining();
        if (isAnswering) {
            toCome = known.getLong();
            waiting.put(known);
        } else {
            waiting.put(state.alreadyRead().toArray());
        }
        return this;
    }

    @Override
    ConnectionState freeze(final long nowNs) {
        final ConnectionState state = endpoint.freeze(nowNs);
        final ByteBuffer bytes = waiting.duplicate().flip();
        if (!isAnswering) {
            return state.with(octets(bytes), Octets.NONE);
        }
        final ByteBuffer known = ByteBuffer.allocate(Long.BYTES + bytes.remaining());
        return state.with(Octets.NONE, octets(known.putLong(toCome).put(bytes).flip()));
    }

    private static Octets octets(final ByteBuffer bytes) {
        return Octets.copyOf(MemorySegment.ofBuffer(bytes), 0, bytes.remaining());
    }

    @Override
    boolean isAsked() {
        return service != null;
    }

    /// What the classifier has chosen.
    String service() {
        final String chosen = service;
        if (chosen == null) {
            throw new IllegalStateException("the request has not come");
        }
        return chosen;
    }

    /// The first line of the request; empty if another blade has read it.
    String requestLine() {
        final String text = text();
        return text.substring(0, Math.max(0, text.indexOf('\r')));
    }

    private String text() {
        return StandardCharsets.ISO_8859_1.decode(waiting.duplicate().flip()).toString();
    }

    @Override
    void serve(final long nowNs) {
        if (leaving == null) {
            if (service == null) {
                classify();
            }
            if (isDecided) {
                answer();
            }
            endpoint.poll(nowNs);
        }
    }

    private void classify() {
        read(classifier.maxBytes() - waiting.position());
        service = classifier.choose(waiting.duplicate().flip(), false, 0);
    }

    /// Takes what there is, what there is room for, and no more than that.
    private int read(final long most) {
        final int limit = (int) Math.min(most, waiting.remaining());
        final int count =
                limit == 0
                        ? 0
                        : Math.max(
                                0,
                                endpoint.read(
                                        MemorySegment.ofArray(waiting.array()),
                                        waiting.position(),
                                        limit));
        waiting.position(waiting.position() + count);
        return count;
    }

    private void answer() {
        if (!isAnswering) {
            begin();
        }
        int moved = 1;
        while (isAnswering && moved > 0) {
            moved = read(toCome);
            toCome -= moved;
            waiting.flip();
            final int written =
                    endpoint.write(
                            MemorySegment.ofArray(waiting.array()),
                            waiting.position(),
                            waiting.remaining());
            waiting.position(waiting.position() + written).compact();
            moved += written;
        }
        if (isAnswering && toCome == 0 && waiting.position() == 0 && !isClosed) {
            isClosed = true;
            endpoint.close();
        }
    }

    /// The head of the answer goes before what has come of the body.
    private void begin() {
        final String text = text();
        final int end = text.indexOf(END);
        if (end < 0) {
            return;
        }
        isAnswering = true;
        final byte[] body =
                text.substring(end + END.length()).getBytes(StandardCharsets.ISO_8859_1);
        final Matcher length = LENGTH.matcher(text.substring(0, end + 2));
        final long asked = length.find() ? Long.parseLong(length.group(1)) : 0;
        final String line = asked == 0 ? "Served by " + blade + ".\n" : "";
        final String head =
                "HTTP/1.1 200 OK\r\nContent-Length: " + (asked + line.length()) + END + line;
        toCome = Math.max(0, asked - body.length);
        waiting.clear().put(head.getBytes(StandardCharsets.ISO_8859_1)).put(body);
    }
}
