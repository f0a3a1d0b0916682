package io.boomerang.handoff.classifier;

import io.boomerang.handoff.classifier.Sighting.Incomplete;

import java.nio.ByteBuffer;

/// Tells the protocol of a connection from what its client has sent so far.
public final class FirstBytes {
    private static final Sighting INCOMPLETE = new Incomplete();

    private FirstBytes() {}

    /// Looks at the buffer's remaining bytes and leaves them there. Any bytes may be given.
    public static Sighting look(final ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return INCOMPLETE;
        }
        return bytes.get(bytes.position()) == TlsHello.HANDSHAKE
                ? TlsHello.look(bytes)
                : HttpHead.look(bytes);
    }
}
