package io.boomerang.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.BlobResult.BadChecksum;
import io.boomerang.handoff.BlobResult.Decoded;
import io.boomerang.handoff.BlobResult.Invalid;
import io.boomerang.handoff.BlobResult.NoBlob;
import io.boomerang.handoff.BlobResult.Truncated;
import io.boomerang.handoff.BlobResult.UnknownVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

class ConnectionBlobTest {
    private static final String SEEDS = "io.boomerang.handoff.Seeds#seeds";
    private static final int CHECKSUM = 8;
    private static final int LENGTH = 12;

    /// What nodes of version 1 write. A change here needs another version.
    @Test
    void shouldKeepItsBytes() {
        final String ipv4 =
                "42544350 01 04 00fb d1c703a7 00000070"
                        + " 0050 c350 01020304 11121314 05b4 07 08"
                        + " 11121310 00010000 00020000 00008000 11121312 0a0b0c0d 1a1b1c1d"
                        + " 00015f90 00020000 00007530"
                        + " 00000003 00000002 00000004 00000001 00000002"
                        + " c0000201 cb007109"
                        + " 616263 6465 66676869 6a 6b6c";
        final String ipv6 =
                "42544350 01 06 0000 a15ac3c7 0000007c"
                        + " 01bb 0400 ffffffff 00000000 05a0 00 00"
                        + " ffffffff 00000000 0000ffff 00000000 00000000 00000000 00000000"
                        + " 00000000 00000000 00000000"
                        + " 00000000 00000000 00000000 00000000 00000000"
                        + " 20010db8000000000000000000000001 20010db8000000000000000000000002";

        assertEquals(ipv4.replace(" ", ""), HexFormat.of().formatHex(encode(ipv4())));
        assertEquals(ipv6.replace(" ", ""), HexFormat.of().formatHex(encode(ipv6())));
    }

    private static ConnectionState ipv4() {
        return new ConnectionState(
                new InetSocketAddress("192.0.2.1", 80),
                new InetSocketAddress("203.0.113.9", 50_000),
                true,
                0x01020304,
                0x11121314,
                new NegotiatedOptions(
                        1_460,
                        7,
                        8,
                        true,
                        new NegotiatedOptions.Timestamps(0x0A0B0C0D, 0x1A1B1C1D, false)),
                new Windows(0x11121310, 0x10000, 0x20000, 0x8000, 0x11121312),
                new SocketSettings(90_000, 0x20000, true, true, true, true, 30_000),
                octets("abc"),
                octets("de"),
                octets("fghi"),
                octets("j"),
                octets("kl"));
    }

    private static ConnectionState ipv6() {
        return new ConnectionState(
                new InetSocketAddress("2001:db8::1", 443),
                new InetSocketAddress("2001:db8::2", 1_024),
                false,
                -1,
                0,
                new NegotiatedOptions(1_440, 0, 0, false, null),
                new Windows(-1, 0, 0xFFFF, 0, 0),
                SocketSettings.DEFAULTS,
                Octets.NONE,
                Octets.NONE,
                Octets.NONE,
                Octets.NONE,
                Octets.NONE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void shouldDecodeWhatWasEncoded(final long seed) {
        final ConnectionState state = new RandomStates(Seeds.random(seed)).next();

        final byte[] blob = encode(state);

        assertEquals(new Decoded(state), decode(blob));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void shouldLeaveItsSurroundingsAlone(final long seed) {
        final ConnectionState state = new RandomStates(Seeds.random(seed)).next();
        final int length = ConnectionBlob.encodedLength(state);
        final byte[] surroundings = new byte[length + 40];
        Arrays.fill(surroundings, (byte) 0xA5);
        final MemorySegment segment = MemorySegment.ofArray(surroundings);

        final int written = ConnectionBlob.encode(state, segment, 17);

        assertEquals(length, written);
        assertEquals(new Decoded(state), ConnectionBlob.decode(segment, 17, length));
        for (int i = 0; i < surroundings.length; i++) {
            if (i < 17 || i >= 17 + length) {
                assertEquals((byte) 0xA5, surroundings[i]);
            }
        }
    }

    @Test
    void shouldRefuseEveryFlippedBit() {
        for (final ConnectionState state : new ConnectionState[] {ipv4(), ipv6()}) {
            final byte[] blob = encode(state);
            for (int bit = 0; bit < blob.length * Byte.SIZE; bit++) {
                blob[bit >> 3] ^= (byte) (1 << (bit & 7));
                final BlobResult result = decode(blob);
                assertFalse(result instanceof Decoded, "bit " + bit);
                assertFalse(result.describe().isBlank());
                blob[bit >> 3] ^= (byte) (1 << (bit & 7));
            }
        }
    }

    @Test
    void shouldRefuseEveryTruncation() {
        final byte[] blob = encode(ipv4());

        for (int length = 0; length < blob.length; length++) {
            assertInstanceOf(Truncated.class, decode(Arrays.copyOf(blob, length)));
        }
    }

    @Test
    void shouldRefuseTrailingBytes() {
        final byte[] blob = encode(ipv4());

        final BlobResult result = decode(Arrays.copyOf(blob, blob.length + 1));

        assertEquals(new Invalid("a blob of 113 bytes states 112"), result);
    }

    @Test
    void shouldSayWhatIsWrong() {
        final byte[] blob = encode(ipv6());

        assertEquals(new NoBlob(0x42544351), decode(changed(blob, 3, 0x51)));
        assertEquals(new UnknownVersion(2, 1), decode(changed(blob, 4, 2)));
        assertInstanceOf(BadChecksum.class, decode(changed(blob, blob.length - 1, 7)));
        assertEquals("truncated: 91 bytes of 92", decode(Arrays.copyOf(blob, 91)).describe());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    5  | 5  | address family is 5, not 4 or 6
                    6  | 1  | flags are 0100, some of them unknown
                    7  | 4  | a connection without timestamps has a clock
                    52 | 1  | a connection without timestamps has a clock
                    30 | 15 | scale of the send window is 15
                    31 | 15 | scale of the receive window is 15
                    36 | 1  | send window is 16777216, the largest so far 65535
                    36 | 128| send window is -2147483648, the largest so far 65535
                    44 | 128| receive window is -2147483648
                    68 | 255| user timeout is -16777216 ms
                    60 | 255| buffers have -16777216 and 0 bytes
                    79 | 1  | parts of 125 bytes in a blob of 124
                    72 | 255| parts of 4278190204 bytes in a blob of 124
                    51 | 1  | the receive window was offered at a byte that has not come
                    32 | 8  | the send window was stated by a segment outside the receive window
                    92 | 255| means nothing on another blade
                    """)
    void shouldRefuseWhatIsNoConnection(final int at, final int value, final String reason) {
        final byte[] blob = changed(encode(ipv6()), at, value);
        stamp(blob);

        final BlobResult result = decode(blob);

        assertTrue(
                assertInstanceOf(Invalid.class, result).reason().endsWith(reason),
                result::describe);
    }

    @Test
    void shouldRefuseAnIpv4AddressInIpv6Dress() {
        final byte[] blob = encode(ipv6());
        System.arraycopy(
                HexFormat.of().parseHex("00000000000000000000ffffc0000201"), 0, blob, 92, 16);
        stamp(blob);

        assertEquals(
                new Invalid("an IPv4 address, 192.0.2.1, written as an IPv6 one"), decode(blob));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void shouldAnswerAnyBytes(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 500; i++) {
            final byte[] blob = encode(ipv4());
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                blob[random.nextInt(blob.length)] = (byte) random.nextInt();
            }
            stamp(blob);

            if (decode(blob) instanceof Decoded(var state)) {
                assertEquals(
                        HexFormat.of().formatHex(blob), HexFormat.of().formatHex(encode(state)));
            }
        }
    }

    @Test
    void shouldNotWriteWhatNobodyTakes() {
        final byte[] half = new byte[ConnectionBlob.MAX_LENGTH / 2];
        final ConnectionState state = ipv4().with(Octets.of(half), Octets.of(half));

        assertThrows(IllegalArgumentException.class, () -> ConnectionBlob.encodedLength(state));
    }

    @Test
    void shouldCountTheFinOfThePeer() {
        assertEquals(0x01020307, ipv4().sendNext());
        assertEquals(0x1112130F, ipv4().firstUnread());
        assertEquals(0, ipv6().firstUnread());
    }

    private static byte[] encode(final ConnectionState state) {
        final byte[] blob = new byte[ConnectionBlob.encodedLength(state)];
        assertEquals(blob.length, ConnectionBlob.encode(state, MemorySegment.ofArray(blob), 0));
        return blob;
    }

    private static BlobResult decode(final byte[] blob) {
        return ConnectionBlob.decode(MemorySegment.ofArray(blob), 0, blob.length);
    }

    private static byte[] changed(final byte[] blob, final int at, final int value) {
        final byte[] copy = blob.clone();
        copy[at] = (byte) value;
        return copy;
    }

    /// Computed apart from the codec.
    private static void stamp(final byte[] blob) {
        final CRC32C checksum = new CRC32C();
        checksum.update(blob, 0, CHECKSUM);
        checksum.update(blob, LENGTH, blob.length - LENGTH);
        ByteBuffer.wrap(blob).putInt(CHECKSUM, (int) checksum.getValue());
    }

    private static Octets octets(final String text) {
        return Octets.of(text.getBytes(StandardCharsets.US_ASCII));
    }
}
