package io.boomerang.handoff;

/// A long stream of bytes without a period, each of which is known from its place.
public final class ByteStream {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final long seed;
    private long position;

    public ByteStream(final long seed) {
        this.seed = seed;
    }

    public long position() {
        return position;
    }

    public byte[] next(final int count) {
        final byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(position++);
        }
        return bytes;
    }

    /// Gives back what was not taken.
    public void back(final int count) {
        position -= count;
    }

    /// Compares the stream's next bytes with these; the place of the first that differs, or -1.
    public long firstDifference(final byte[] bytes, final int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != at(position++)) {
                return position - 1;
            }
        }
        return -1;
    }

    private byte at(final long place) {
        final long mixed = (seed + (place >>> 3)) * STEP;
        return (byte) ((mixed ^ mixed >>> 29) >>> ((place & 7) << 3));
    }
}
