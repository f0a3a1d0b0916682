package io.boomerang.redirector.mtu;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/// A random Ethernet frame with an IP packet, put together byte by byte, and the checksums worked
/// out one 16-bit word at a time: nothing here is the code under test.
final class TestFrame {
    static final int TCP = 6;
    static final int UDP = 17;

    private static final byte[] MACS = {2, 0, 0, 0, 0, 0xB, 2, 0, 0, 0, 0, 0xA};

    final byte[] bytes;
    final int network;
    final boolean ipv4;

    private TestFrame(final byte[] bytes, final int network, final boolean ipv4) {
        this.bytes = bytes;
        this.network = network;
        this.ipv4 = ipv4;
    }

    /// The seeds of the tests; `-Dseed=` repeats one.
    static LongStream seeds() {
        final Long repeated = Long.getLong("seed");
        return repeated != null ? LongStream.of(repeated) : LongStream.range(0, 50);
    }

    static RandomGenerator random(final long seed) {
        return new SplittableRandom(seed);
    }

    /// A packet with this transport header and payload, from one host to another.
    static TestFrame of(
            final RandomGenerator random,
            final boolean ipv4,
            final int protocol,
            final byte[] transport) {
        final ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(MACS);
        for (int tags = random.nextInt(3); tags > 0; tags--) {
            frame.writeBytes(new byte[] {(byte) 0x81, 0, 0, (byte) random.nextInt(256)});
        }
        frame.writeBytes(ipv4 ? new byte[] {8, 0} : new byte[] {(byte) 0x86, (byte) 0xDD});
        final int network = frame.size();
        if (ipv4) {
            final int options = 4 * random.nextInt(3);
            final ByteBuffer header = ByteBuffer.allocate(20 + options);
            header.put((byte) (0x40 | (20 + options) / 4)).put((byte) 0);
            header.putShort((short) (20 + options + transport.length));
            header.putShort((short) random.nextInt()).putShort((short) 0x4000);
            header.put((byte) 64).put((byte) protocol).putShort((short) 0);
            header.putInt(0x0A010002).putInt(0x0A010001);
            while (header.hasRemaining()) {
                header.put((byte) 1);
            }
            final byte[] done = header.array();
            ByteBuffer.wrap(done).putShort(10, (short) ~sum(done, 0, done.length, 0));
            frame.writeBytes(done);
        } else {
            final ByteBuffer header = ByteBuffer.allocate(40);
            header.putInt(0x6000_0000).putShort((short) transport.length);
            header.put((byte) protocol).put((byte) 64);
            header.putLong(0xFD00_0001_0000_0000L).putLong(2);
            header.putLong(0xFD00_0001_0000_0000L).putLong(1);
            frame.writeBytes(header.array());
        }
        frame.writeBytes(transport);
        return new TestFrame(frame.toByteArray(), network, ipv4);
    }

    static byte[] randomBytes(final RandomGenerator random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /// The same bytes anew, for instance after they were written to.
    TestFrame with(final byte[] changed) {
        return new TestFrame(changed, network, ipv4);
    }

    int headerLength() {
        return ipv4 ? (bytes[network] & 0xF) * 4 : 40;
    }

    int transport() {
        return network + headerLength();
    }

    byte[] packet() {
        return Arrays.copyOfRange(bytes, network, bytes.length);
    }

    MemorySegment segment() {
        return MemorySegment.ofArray(bytes);
    }

    /// The ones-complement sum over transport header, payload and pseudo-header: 0xFFFF where the
    /// checksum in it is right.
    int transportSum(final int protocol) {
        final int addresses = ipv4 ? network + 12 : network + 8;
        final int length = bytes.length - transport();
        final int pseudo = sum(bytes, addresses, addresses + (ipv4 ? 8 : 32), protocol + length);
        return sum(bytes, transport(), bytes.length, pseudo);
    }

    /// The ones-complement sum (RFC 1071), one word after the other.
    static int sum(final byte[] bytes, final int from, final int to, final int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xFF) << ((i - from) % 2 == 0 ? 8 : 0);
            sum = sum > 0xFFFF ? sum - 0xFFFF : sum;
        }
        return sum;
    }
}
