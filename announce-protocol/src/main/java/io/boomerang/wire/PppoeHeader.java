package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// PPPoE header (RFC 2516).
///
/// ```
///  0              1      2            4        6
/// +--------------+------+------------+--------+
/// | version type | code | session id | length |
/// +--------------+------+------------+--------+
/// ```
public final class PppoeHeader {
    public static final int LENGTH = 6;

    private static final int VERSION_TYPE = 0;
    private static final int CODE = 1;
    private static final int SESSION_ID = 2;
    private static final int PAYLOAD_LENGTH = 4;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int version() {
        return versionType() >>> 4;
    }

    public int type() {
        return versionType() & 0xF;
    }

    private int versionType() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + VERSION_TYPE));
    }

    /// 0 for data of a session.
    public int code() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + CODE));
    }

    public int sessionId() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + SESSION_ID));
    }

    public int payloadLength() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PAYLOAD_LENGTH));
    }
}
