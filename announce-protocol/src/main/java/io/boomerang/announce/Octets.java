package io.boomerang.announce;

import java.util.Arrays;
import java.util.HexFormat;

/// Bytes that a message carries and only its sender and its receiver understand. Immutable.
public final class Octets {
    /// As many as one message may carry.
    public static final int MAX_LENGTH = 4_096;

    private final byte[] bytes;

    private Octets(final byte[] bytes) {
        this.bytes = bytes;
    }

    /// Takes a copy.
    ///
    /// @throws IllegalArgumentException when there are more than {@link #MAX_LENGTH}
    public static Octets copyOf(final byte[] bytes) {
        if (bytes.length > MAX_LENGTH) {
            throw new IllegalArgumentException(bytes.length + " bytes are more than " + MAX_LENGTH);
        }
        return new Octets(bytes.clone());
    }

    public int length() {
        return bytes.length;
    }

    /// A copy.
    public byte[] toArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
