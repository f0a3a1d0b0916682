package io.boomerang.handoff;

import io.boomerang.handoff.BlobResult.BadChecksum;
import io.boomerang.handoff.BlobResult.Decoded;
import io.boomerang.handoff.BlobResult.Invalid;
import io.boomerang.handoff.BlobResult.NoBlob;
import io.boomerang.handoff.BlobResult.Truncated;
import io.boomerang.handoff.BlobResult.UnknownVersion;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.zip.CRC32C;

/// The bytes of a {@link ConnectionState}, the same for all stacks. Big-endian.
///
/// ```
///   0 magic "BTCP"                        4 version, 1   5 family, 4 or 6   6 flags, 2 bytes
///   8 CRC32C of all other bytes          12 length of the blob
///  16 local port      18 remote port     20 oldest unacknowledged byte
///  24 next byte to come                  28 MSS         30 send scale      31 receive scale
///  32 byte of last window update         36 send window
///  40 largest send window                44 receive window
///  48 byte at which it was offered       52 timestamp value
///  56 timestamp recent                   60 send buffer
///  64 receive buffer                     68 user timeout, ms
///  72 length of unacknowledged           76 length of unsent
///  80 length of unread                   84 length of already read
///  88 length of application state        92 local address, remote address: 4 or 16 bytes each
///     unacknowledged | unsent | unread | already read | application state
/// ```
///
/// Flags: 1 SACK, 2 timestamps, 4 timestamps in microseconds, 8 the peer has closed, 16 no delay,
/// 32 keep-alive, 64 send buffer fixed, 128 receive buffer fixed. Others are refused, and so is any
/// value in a field that a flag takes the meaning from: one connection has one blob.
///
/// Stateless; any bytes may be given to {@link #decode}.
public final class ConnectionBlob {
    public static final int VERSION = 1;

    /// 64 MiB: what the largest buffers of a kernel hold, in both directions.
    public static final int MAX_LENGTH = 1 << 26;

    static final int HEADER_LENGTH = 92;

    private static final int MAGIC_VALUE = 0x42544350;

    private static final int MAGIC = 0;
    private static final int VERSION_FIELD = 4;
    private static final int FAMILY = 5;
    private static final int FLAGS = 6;
    private static final int CHECKSUM = 8;
    private static final int BLOB_LENGTH = 12;
    private static final int LOCAL_PORT = 16;
    private static final int REMOTE_PORT = 18;
    private static final int SEND_UNACKNOWLEDGED = 20;
    private static final int RECEIVE_NEXT = 24;
    private static final int MSS = 28;
    private static final int SEND_SCALE = 30;
    private static final int RECEIVE_SCALE = 31;
    private static final int LAST_UPDATE = 32;
    private static final int SEND_WINDOW = 36;
    private static final int LARGEST_SEND_WINDOW = 40;
    private static final int RECEIVE_WINDOW = 44;
    private static final int OFFERED_AT = 48;
    private static final int TIMESTAMP_VALUE = 52;
    private static final int TIMESTAMP_RECENT = 56;
    private static final int SEND_BUFFER = 60;
    private static final int RECEIVE_BUFFER = 64;
    private static final int USER_TIMEOUT = 68;
    private static final int UNACKNOWLEDGED_LENGTH = 72;
    private static final int UNSENT_LENGTH = 76;
    private static final int UNREAD_LENGTH = 80;
    private static final int ALREADY_READ_LENGTH = 84;
    private static final int APPLICATION_STATE_LENGTH = 88;

    private static final int SACK = 1;
    private static final int TIMESTAMPS = 1 << 1;
    private static final int MICROSECONDS = 1 << 2;
    private static final int PEER_CLOSED = 1 << 3;
    private static final int NO_DELAY = 1 << 4;
    private static final int KEEP_ALIVE = 1 << 5;
    private static final int SEND_BUFFER_FIXED = 1 << 6;
    private static final int RECEIVE_BUFFER_FIXED = 1 << 7;
    private static final int UNKNOWN_FLAGS = 0xFF00;

    private static final int IPV4_LENGTH = 4;
    private static final int IPV6_LENGTH = 16;

    private ConnectionBlob() {}

    /// In bytes.
    ///
    /// @throws IllegalArgumentException when the queues make it longer than {@link #MAX_LENGTH}
    public static int encodedLength(final ConnectionState state) {
        final long length = lengthOf(state);
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a blob of " + length + " bytes is longer than " + MAX_LENGTH);
        }
        return (int) length;
    }

    /// Whether the queues make a blob longer than {@link #MAX_LENGTH}.
    public static boolean isTooLong(final ConnectionState state) {
        return lengthOf(state) > MAX_LENGTH;
    }

    private static long lengthOf(final ConnectionState state) {
        return (long) HEADER_LENGTH
                + 2L * addressLength(state.local().getAddress().getAddress().length == 4)
                + state.unacknowledged().length()
                + state.unsent().length()
                + state.unread().length()
                + state.alreadyRead().length()
                + state.applicationState().length();
    }

    private static int addressLength(final boolean ipv4) {
        return ipv4 ? IPV4_LENGTH : IPV6_LENGTH;
    }

    /// Writes the blob to `offset` and answers its length.
    public static int encode(
            final ConnectionState state, final MemorySegment segment, final long offset) {
        final int length = encodedLength(state);
        final MemorySegment blob = segment.asSlice(offset, length);
        final byte[] local = state.local().getAddress().getAddress();
        setInt(blob, MAGIC, MAGIC_VALUE);
        setByte(blob, VERSION_FIELD, VERSION);
        setByte(blob, FAMILY, local.length == IPV4_LENGTH ? 4 : 6);
        setShort(blob, FLAGS, flagsOf(state));
        setInt(blob, BLOB_LENGTH, length);
        setShort(blob, LOCAL_PORT, state.local().getPort());
        setShort(blob, REMOTE_PORT, state.remote().getPort());
        setInt(blob, SEND_UNACKNOWLEDGED, state.sendUnacknowledged());
        setInt(blob, RECEIVE_NEXT, state.receiveNext());
        encodeOptions(state.options(), blob);
        encodeWindows(state.windows(), blob);
        setInt(blob, SEND_BUFFER, state.settings().sendBufferBytes());
        setInt(blob, RECEIVE_BUFFER, state.settings().receiveBufferBytes());
        setInt(blob, USER_TIMEOUT, state.settings().userTimeoutMs());
        setInt(blob, UNACKNOWLEDGED_LENGTH, state.unacknowledged().length());
        setInt(blob, UNSENT_LENGTH, state.unsent().length());
        setInt(blob, UNREAD_LENGTH, state.unread().length());
        setInt(blob, ALREADY_READ_LENGTH, state.alreadyRead().length());
        setInt(blob, APPLICATION_STATE_LENGTH, state.applicationState().length());
        long at = writeAddress(local, blob, HEADER_LENGTH);
        at = writeAddress(state.remote().getAddress().getAddress(), blob, at);
        at = state.unacknowledged().writeTo(blob, at);
        at = state.unsent().writeTo(blob, at);
        at = state.unread().writeTo(blob, at);
        at = state.alreadyRead().writeTo(blob, at);
        at = state.applicationState().writeTo(blob, at);
        assert at == length : "the length is not that of the parts";
        setInt(blob, CHECKSUM, checksum(blob));
        return length;
    }

    private static int flagsOf(final ConnectionState state) {
        final NegotiatedOptions.Timestamps timestamps = state.options().timestamps();
        return flag(state.options().sackPermitted(), SACK)
                | flag(timestamps != null, TIMESTAMPS)
                | flag(timestamps != null && timestamps.microseconds(), MICROSECONDS)
                | flag(state.peerClosed(), PEER_CLOSED)
                | flag(state.settings().noDelay(), NO_DELAY)
                | flag(state.settings().keepAlive(), KEEP_ALIVE)
                | flag(state.settings().sendBufferFixed(), SEND_BUFFER_FIXED)
                | flag(state.settings().receiveBufferFixed(), RECEIVE_BUFFER_FIXED);
    }

    private static int flag(final boolean set, final int bit) {
        return set ? bit : 0;
    }

    private static void encodeOptions(final NegotiatedOptions options, final MemorySegment blob) {
        final NegotiatedOptions.Timestamps timestamps = options.timestamps();
        setShort(blob, MSS, options.mss());
        setByte(blob, SEND_SCALE, options.sendScale());
        setByte(blob, RECEIVE_SCALE, options.receiveScale());
        setInt(blob, TIMESTAMP_VALUE, timestamps == null ? 0 : timestamps.value());
        setInt(blob, TIMESTAMP_RECENT, timestamps == null ? 0 : timestamps.recent());
    }

    private static void encodeWindows(final Windows windows, final MemorySegment blob) {
        setInt(blob, LAST_UPDATE, windows.lastUpdate());
        setInt(blob, SEND_WINDOW, windows.send());
        setInt(blob, LARGEST_SEND_WINDOW, windows.largestSend());
        setInt(blob, RECEIVE_WINDOW, windows.receive());
        setInt(blob, OFFERED_AT, windows.offeredAt());
    }

    private static long writeAddress(
            final byte[] address, final MemorySegment blob, final long offset) {
        MemorySegment.copy(address, 0, blob, ValueLayout.JAVA_BYTE, offset, address.length);
        return offset + address.length;
    }

    /// Reads the blob that takes up exactly `length` bytes from `offset` on.
    public static BlobResult decode(
            final MemorySegment segment, final long offset, final long length) {
        final MemorySegment blob = segment.asSlice(offset, length);
        if (length < HEADER_LENGTH) {
            return new Truncated(length, HEADER_LENGTH);
        }
        if (getInt(blob, MAGIC) != MAGIC_VALUE) {
            return new NoBlob(getInt(blob, MAGIC));
        }
        if (getByte(blob, VERSION_FIELD) != VERSION) {
            return new UnknownVersion(getByte(blob, VERSION_FIELD), VERSION);
        }
        final long stated = Integer.toUnsignedLong(getInt(blob, BLOB_LENGTH));
        if (stated > length) {
            return new Truncated(length, stated);
        }
        if (stated < length || stated > MAX_LENGTH) {
            return new Invalid("a blob of " + length + " bytes states " + stated);
        }
        final int computed = checksum(blob);
        if (getInt(blob, CHECKSUM) != computed) {
            return new BadChecksum(getInt(blob, CHECKSUM), computed);
        }
        final String refusal = refusal(blob);
        if (refusal != null) {
            return new Invalid(refusal);
        }
        try {
            return new Decoded(read(blob));
        } catch (final IllegalArgumentException e) {
            return new Invalid(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String refusal(final MemorySegment blob) {
        final int family = getByte(blob, FAMILY);
        if (family != 4 && family != 6) {
            return "address family is " + family + ", not 4 or 6";
        }
        final int flags = getShort(blob, FLAGS);
        if ((flags & UNKNOWN_FLAGS) != 0) {
            return "flags are %04x, some of them unknown".formatted(flags);
        }
        final boolean hasClock =
                (flags & MICROSECONDS) != 0
                        || getInt(blob, TIMESTAMP_VALUE) != 0
                        || getInt(blob, TIMESTAMP_RECENT) != 0;
        if ((flags & TIMESTAMPS) == 0 && hasClock) {
            return "a connection without timestamps has a clock";
        }
        long expected = HEADER_LENGTH + 2L * addressLength(family == 4);
        for (int at = UNACKNOWLEDGED_LENGTH; at <= APPLICATION_STATE_LENGTH; at += Integer.BYTES) {
            expected += Integer.toUnsignedLong(getInt(blob, at));
        }
        return expected == blob.byteSize()
                ? null
                : "parts of " + expected + " bytes in a blob of " + blob.byteSize();
    }

    private static ConnectionState read(final MemorySegment blob) {
        final int flags = getShort(blob, FLAGS);
        final int addressLength = addressLength(getByte(blob, FAMILY) == 4);
        final long unacknowledged = HEADER_LENGTH + 2L * addressLength;
        final long unsent = unacknowledged + getInt(blob, UNACKNOWLEDGED_LENGTH);
        final long unread = unsent + getInt(blob, UNSENT_LENGTH);
        final long alreadyRead = unread + getInt(blob, UNREAD_LENGTH);
        final long applicationState = alreadyRead + getInt(blob, ALREADY_READ_LENGTH);
        return new ConnectionState(
                address(blob, HEADER_LENGTH, addressLength, LOCAL_PORT),
                address(blob, HEADER_LENGTH + addressLength, addressLength, REMOTE_PORT),
                (flags & PEER_CLOSED) != 0,
                getInt(blob, SEND_UNACKNOWLEDGED),
                getInt(blob, RECEIVE_NEXT),
                readOptions(blob, flags),
                new Windows(
                        getInt(blob, LAST_UPDATE),
                        getInt(blob, SEND_WINDOW),
                        getInt(blob, LARGEST_SEND_WINDOW),
                        getInt(blob, RECEIVE_WINDOW),
                        getInt(blob, OFFERED_AT)),
                readSettings(blob, flags),
                Octets.copyOf(blob, unacknowledged, unsent - unacknowledged),
                Octets.copyOf(blob, unsent, unread - unsent),
                Octets.copyOf(blob, unread, alreadyRead - unread),
                Octets.copyOf(blob, alreadyRead, applicationState - alreadyRead),
                Octets.copyOf(blob, applicationState, blob.byteSize() - applicationState));
    }

    private static NegotiatedOptions readOptions(final MemorySegment blob, final int flags) {
        final NegotiatedOptions.Timestamps timestamps =
                (flags & TIMESTAMPS) == 0
                        ? null
                        : new NegotiatedOptions.Timestamps(
                                getInt(blob, TIMESTAMP_VALUE),
                                getInt(blob, TIMESTAMP_RECENT),
                                (flags & MICROSECONDS) != 0);
        return new NegotiatedOptions(
                getShort(blob, MSS),
                getByte(blob, SEND_SCALE),
                getByte(blob, RECEIVE_SCALE),
                (flags & SACK) != 0,
                timestamps);
    }

    private static SocketSettings readSettings(final MemorySegment blob, final int flags) {
        return new SocketSettings(
                getInt(blob, SEND_BUFFER),
                getInt(blob, RECEIVE_BUFFER),
                (flags & SEND_BUFFER_FIXED) != 0,
                (flags & RECEIVE_BUFFER_FIXED) != 0,
                (flags & NO_DELAY) != 0,
                (flags & KEEP_ALIVE) != 0,
                getInt(blob, USER_TIMEOUT));
    }

    private static InetSocketAddress address(
            final MemorySegment blob, final long offset, final int length, final int portField) {
        final byte[] bytes = blob.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        try {
            final InetAddress host = InetAddress.getByAddress(bytes);
            if (host.getAddress().length != length) {
                throw new IllegalArgumentException(
                        "an IPv4 address, " + host.getHostAddress() + ", written as an IPv6 one");
            }
            return new InetSocketAddress(host, getShort(blob, portField));
        } catch (final UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 bytes", e);
        }
    }

    /// Of everything but the field that holds it.
    private static int checksum(final MemorySegment blob) {
        final CRC32C checksum = new CRC32C();
        checksum.update(blob.asSlice(0, CHECKSUM).asByteBuffer());
        checksum.update(blob.asSlice(BLOB_LENGTH).asByteBuffer());
        return (int) checksum.getValue();
    }

    private static void setByte(final MemorySegment blob, final long at, final int value) {
        blob.set(NetworkOrder.BYTE, at, (byte) value);
    }

    private static void setShort(final MemorySegment blob, final long at, final int value) {
        blob.set(NetworkOrder.SHORT, at, (short) value);
    }

    private static void setInt(final MemorySegment blob, final long at, final int value) {
        blob.set(NetworkOrder.INT, at, value);
    }

    private static int getByte(final MemorySegment blob, final long at) {
        return Byte.toUnsignedInt(blob.get(NetworkOrder.BYTE, at));
    }

    private static int getShort(final MemorySegment blob, final long at) {
        return Short.toUnsignedInt(blob.get(NetworkOrder.SHORT, at));
    }

    private static int getInt(final MemorySegment blob, final long at) {
        return blob.get(NetworkOrder.INT, at);
    }
}
