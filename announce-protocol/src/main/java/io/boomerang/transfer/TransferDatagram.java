package io.boomerang.transfer;

import io.boomerang.announce.KeyCodec;
import io.boomerang.flow.FlowKey;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// A datagram of a transfer, viewed in place. Big-endian.
///
/// ```
///   0 version, 1     1 type          2 host, 2 bytes
///   4 CRC32C of all other bytes
///   8 number of the transfer, 8 bytes
///  16 the classifier's oldest open transfer, 8 bytes; 0 from others
///  24 classifier, 2 bytes           26 its incarnation, 2 bytes
///  28 CHUNK: length of the blob     32 offset of the bytes that follow from 88 on
///     36 flow id, 8 bytes           44 version, 2 bytes
///     46 shape of the key           47 protocol
///     48 VLAN domain, 0 for none    52 body of the key (KeyCodec), zeros up to 36 bytes
///  28 HAVE: first missing chunk     32 which of the next 64 chunks are there, 8 bytes
///  28 COMMIT: flow id, 8 bytes      36 version, 2 bytes    38 zero, 2 bytes
///  28 REFUSED, KEPT, LOST: the reason, UTF-8
/// ```
///
/// | type | | from | to | says |
/// |---|---|---|---|---|
/// | 1 | CHUNK | classifier | forwarder, host | a part of the connection; hold its packets |
/// | 2 | CANCEL | classifier | forwarder | I want it back |
/// | | | forwarder | host | it stays there |
/// | | | classifier | host | the same, when the forwarder is gone |
/// | 3 | DONE | classifier | forwarder, host | I know how the older ones have ended |
/// | 4 | HAVE | host | forwarder, classifier | these chunks have come |
/// | 5 | READY | host | forwarder | all is here and built up |
/// | 6 | REFUSED | host | forwarder, or who asks | it cannot be built up here |
/// | 7 | LIVE | host | forwarder, or who asks | it is mine |
/// | 8 | CANCELLED | host | forwarder, or who asks | it is not mine and never will be |
/// | 9 | COMMIT | forwarder | host | it is yours; so are its packets marked |
/// | 10 | GIVEN | forwarder | classifier | it is the host's |
/// | 11 | KEPT | forwarder | classifier | it is yours |
/// | 12 | LOST | forwarder | classifier | it was the host's, which is gone |
public final class TransferDatagram {
    public static final int CHUNK = 1;
    public static final int CANCEL = 2;
    public static final int DONE = 3;
    public static final int HAVE = 4;
    public static final int READY = 5;
    public static final int REFUSED = 6;
    public static final int LIVE = 7;
    public static final int CANCELLED = 8;
    public static final int COMMIT = 9;
    public static final int GIVEN = 10;
    public static final int KEPT = 11;
    public static final int LOST = 12;

    /// Fits into a backplane datagram of 1,500 bytes together with all headers.
    public static final int CHUNK_BYTES = 1_200;

    /// Chunks on their way at once: as many as one HAVE can name.
    public static final int WINDOW = 64;

    static final int VERSION_VALUE = 1;
    static final int TYPE = 1;
    static final int HOST = 2;
    static final int CHECKSUM = 4;
    static final int NUMBER = 8;
    static final int OLDEST_OPEN = 16;
    static final int CLASSIFIER = 24;
    static final int INCARNATION = 26;
    static final int BODY = 28;
    static final int CHUNK_OFFSET = 32;
    static final int CHUNK_FLOW_ID = 36;
    static final int CHUNK_VERSION = 44;
    static final int CHUNK_SHAPE = 46;
    static final int CHUNK_PROTOCOL = 47;
    static final int CHUNK_VLAN = 48;
    static final int CHUNK_KEY = 52;
    static final int CHUNK_CONTENT = CHUNK_KEY + KeyCodec.IPV6_BODY_LENGTH;
    static final int HAVE_NEXT = 32;
    static final int HAVE_LENGTH = 40;
    static final int COMMIT_VERSION = 36;
    static final int COMMIT_ZERO = 38;
    static final int COMMIT_LENGTH = 40;

    /// No datagram is longer.
    public static final int MAX_LENGTH = CHUNK_CONTENT + CHUNK_BYTES;

    private MemorySegment datagram = MemorySegment.NULL;
    private long offset;
    private int length;

    /// Points this view at a datagram and answers whether it is one, intact and of a known type.
    public boolean wrap(final MemorySegment memory, final long newOffset, final int newLength) {
        datagram = memory;
        offset = newOffset;
        length = newLength;
        return length >= BODY
                && length <= MAX_LENGTH
                && datagram.get(NetworkOrder.BYTE, offset) == VERSION_VALUE
                && datagram.get(NetworkOrder.INT, offset + CHECKSUM) == checksum()
                && classifier() != 0
                && host() != 0
                && hasItsBody();
    }

    private boolean hasItsBody() {
        return switch (type()) {
            case CHUNK -> length > CHUNK_CONTENT && hasKey();
            case HAVE -> length == HAVE_LENGTH;
            case COMMIT ->
                    length == COMMIT_LENGTH
                            && datagram.get(NetworkOrder.SHORT, offset + COMMIT_ZERO) == 0;
            case CANCEL, DONE, READY, LIVE, CANCELLED, GIVEN -> length == BODY;
            case REFUSED, KEPT, LOST -> true;
            default -> false;
        };
    }

    private boolean hasKey() {
        final int shape = shape();
        return (shape & ~KeyCodec.SHAPE_MASK) == 0
                && KeyCodec.isLegalShape(shape)
                && ((shape & KeyCodec.VLAN_BIT) != 0) == (vlanDomain() != 0)
                && KeyCodec.isLegalBody(shape, datagram, offset + CHUNK_KEY);
    }

    /// Whether a datagram, if it is one, is for the host of a transfer rather than for its
    /// classifier; for nodes that may be both.
    public static boolean isForHost(
            final MemorySegment memory, final long offset, final int length) {
        return length >= BODY
                && switch (memory.get(NetworkOrder.BYTE, offset + TYPE)) {
                    case CHUNK, CANCEL, DONE, COMMIT -> true;
                    default -> false;
                };
    }

    /// A view of what {@link TransferWriter} has just written.
    int seal(final MemorySegment memory, final int newLength) {
        datagram = memory;
        offset = 0;
        length = newLength;
        return checksum();
    }

    private int checksum() {
        final CRC32C checksum = new CRC32C();
        checksum.update(datagram.asSlice(offset, CHECKSUM).asByteBuffer());
        checksum.update(datagram.asSlice(offset + NUMBER, length - NUMBER).asByteBuffer());
        return (int) checksum.getValue();
    }

    public int type() {
        return datagram.get(NetworkOrder.BYTE, offset + TYPE);
    }

    public TransferId id() {
        return new TransferId(
                classifier(),
                Short.toUnsignedInt(datagram.get(NetworkOrder.SHORT, offset + INCARNATION)),
                datagram.get(NetworkOrder.LONG, offset + NUMBER));
    }

    public int classifier() {
        return Short.toUnsignedInt(datagram.get(NetworkOrder.SHORT, offset + CLASSIFIER));
    }

    public int host() {
        return Short.toUnsignedInt(datagram.get(NetworkOrder.SHORT, offset + HOST));
    }

    public long oldestOpen() {
        return datagram.get(NetworkOrder.LONG, offset + OLDEST_OPEN);
    }

    public int blobLength() {
        return datagram.get(NetworkOrder.INT, offset + BODY);
    }

    public int chunkOffset() {
        return datagram.get(NetworkOrder.INT, offset + CHUNK_OFFSET);
    }

    public int chunkLength() {
        return length - CHUNK_CONTENT;
    }

    public void copyChunk(final MemorySegment target) {
        MemorySegment.copy(datagram, offset + CHUNK_CONTENT, target, chunkOffset(), chunkLength());
    }

    /// The flow of a chunk's connection, as the classifier knows it.
    public MovingFlow flow() {
        final FlowKey key = new FlowKey();
        KeyCodec.readBody(
                shape(),
                Byte.toUnsignedInt(datagram.get(NetworkOrder.BYTE, offset + CHUNK_PROTOCOL)),
                vlanDomain(),
                datagram,
                offset + CHUNK_KEY,
                key);
        return new MovingFlow(
                key,
                datagram.get(NetworkOrder.LONG, offset + CHUNK_FLOW_ID),
                Short.toUnsignedInt(datagram.get(NetworkOrder.SHORT, offset + CHUNK_VERSION)));
    }

    private int shape() {
        return Byte.toUnsignedInt(datagram.get(NetworkOrder.BYTE, offset + CHUNK_SHAPE));
    }

    private int vlanDomain() {
        return datagram.get(NetworkOrder.INT, offset + CHUNK_VLAN);
    }

    public int firstMissing() {
        return datagram.get(NetworkOrder.INT, offset + BODY);
    }

    /// Bit `i` stands for the chunk `i` behind the first missing one.
    public long present() {
        return datagram.get(NetworkOrder.LONG, offset + HAVE_NEXT);
    }

    /// How the forwarder marks the packets of a committed flow from now on.
    public long committedFlowId() {
        return datagram.get(NetworkOrder.LONG, offset + BODY);
    }

    /// The version of the session with which the host has it.
    public int committedVersion() {
        return Short.toUnsignedInt(datagram.get(NetworkOrder.SHORT, offset + COMMIT_VERSION));
    }

    public String reason() {
        return new String(
                datagram.asSlice(offset + BODY, length - BODY).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.UTF_8);
    }
}
