package io.boomerang.handoff;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/// Connections of all kinds, from a seed.
public final class RandomStates {
    private static final int QUEUE_LIMIT = 3_000;

    private final RandomGenerator random;

    public RandomStates(final RandomGenerator random) {
        this.random = random;
    }

    public ConnectionState next() {
        final boolean ipv4 = random.nextBoolean();
        final int receiveNext = random.nextInt();
        final int largest = QUEUE_LIMIT + random.nextInt(Windows.MAX_WINDOW - QUEUE_LIMIT);
        final Windows windows =
                new Windows(
                        receiveNext - random.nextInt(QUEUE_LIMIT),
                        random.nextInt(largest),
                        largest,
                        random.nextInt(Windows.MAX_WINDOW),
                        receiveNext - random.nextInt(QUEUE_LIMIT));
        return new ConnectionState(
                address(ipv4),
                address(ipv4),
                random.nextBoolean(),
                random.nextInt(),
                receiveNext,
                options(),
                windows,
                settings(),
                octets(),
                octets(),
                octets(),
                octets(),
                octets());
    }

    private NegotiatedOptions options() {
        final int scale = NegotiatedOptions.MAX_SCALE + 1;
        return new NegotiatedOptions(
                1 + random.nextInt(0xFFFF),
                random.nextInt(scale),
                random.nextInt(scale),
                random.nextBoolean(),
                random.nextBoolean()
                        ? new NegotiatedOptions.Timestamps(
                                random.nextInt(), random.nextInt(), random.nextBoolean())
                        : null);
    }

    private SocketSettings settings() {
        return new SocketSettings(
                random.nextInt(1 << 24),
                random.nextInt(1 << 24),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(1 << 20));
    }

    private InetSocketAddress address(final boolean ipv4) {
        final byte[] bytes = new byte[ipv4 ? 4 : 16];
        random.nextBytes(bytes);
        bytes[0] = (byte) (ipv4 ? 10 : 0x20);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes), 1 + random.nextInt(0xFFFF));
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Octets octets() {
        final byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(QUEUE_LIMIT)];
        random.nextBytes(bytes);
        return Octets.of(bytes);
    }
}
