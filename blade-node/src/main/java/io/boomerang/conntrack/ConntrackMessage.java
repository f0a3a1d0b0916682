package io.boomerang.conntrack;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// One message of the kernel about connection tracking, as it stands in a receive buffer.
///
/// ```
///   0  length of the message, with this header   (struct nlmsghdr, linux/netlink.h:
///   4  type: subsystem in the upper byte          the machine's byte order)
///   6  flags
///   8  sequence number of the request, 0 for events
///  12  port of the requester, 0 for events
///  16  family, version, resource                 (struct nfgenmsg, linux/netfilter/nfnetlink.h)
///  20  attributes
/// ```
///
/// Mutable, reused; belongs to one thread. Any bytes may be given to {@link #read}.
public final class ConntrackMessage {
    /// What a message says.
    public enum Kind {
        /// A connection was seen for the first time, and lives.
        NEW,
        /// What is known of a connection: it has changed, or was asked for.
        STATE,
        /// A connection is over.
        DESTROY,
        /// A helper expects a connection.
        EXPECT,
        /// Nobody expects it any more: it has come, or its time is up.
        EXPECT_NO_MORE,
        /// The answer to a dump is complete.
        DONE,
        /// A request failed.
        ERROR,
        /// Nothing of interest here.
        OTHER
    }

    static final int HEADER_BYTES = 16;
    static final int FAMILY_BYTES = 4;

    // linux/netlink.h
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_DUMP = 0x300;
    private static final int NLM_F_EXCL = 0x200;
    private static final int NLM_F_CREATE = 0x400;

    // linux/netfilter/nfnetlink.h
    static final int NFNL_SUBSYS_CTNETLINK = 1;
    private static final int NFNL_SUBSYS_CTNETLINK_EXP = 2;

    // linux/netfilter/nfnetlink_conntrack.h: enum cntl_msg_types, enum ctnl_exp_msg_types
    static final int IPCTNL_MSG_CT_GET = 1;
    private static final int IPCTNL_MSG_NEW = 0;
    private static final int IPCTNL_MSG_DELETE = 2;

    // enum ctattr_type
    static final int CTA_TUPLE_ORIG = 1;
    private static final int CTA_TUPLE_REPLY = 2;

    // enum ctattr_expect
    private static final int CTA_EXPECT_MASTER = 1;
    private static final int CTA_EXPECT_TUPLE = 2;
    private static final int CTA_EXPECT_TIMEOUT = 4;

    private static final int TYPE = 4;
    private static final int FLAGS = 6;

    private final AttributeCursor cursor = new AttributeCursor();
    private final ConntrackTuple original = new ConntrackTuple();
    private final ConntrackTuple reply = new ConntrackTuple();

    private Kind kind = Kind.OTHER;
    private int length;
    private int timeoutSeconds;

    /// Reads the message at `offset`; false when there is none, or none that makes sense. Its
    /// {@link #length} is then that of what is to be skipped, at least 1.
    public boolean read(final MemorySegment segment, final long offset, final long limit) {
        kind = Kind.OTHER;
        length = (int) (limit - offset);
        if (length < HEADER_BYTES) {
            return false;
        }
        final int whole = segment.get(JAVA_INT_UNALIGNED, offset);
        if (whole < HEADER_BYTES || whole > length) {
            return false;
        }
        length = Math.min(length, whole + 3 & ~3);
        final int type = Short.toUnsignedInt(segment.get(JAVA_SHORT_UNALIGNED, offset + TYPE));
        if (type == NLMSG_DONE) {
            kind = Kind.DONE;
        } else if (type == NLMSG_ERROR) {
            kind = Kind.ERROR;
        } else if (type >>> 8 == NFNL_SUBSYS_CTNETLINK) {
            return readConnection(segment, offset, whole, type & 0xFF);
        } else if (type >>> 8 == NFNL_SUBSYS_CTNETLINK_EXP) {
            return readExpectation(segment, offset, whole, type & 0xFF);
        }
        return true;
    }

    private boolean readConnection(
            final MemorySegment segment, final long offset, final int whole, final int what) {
        if (what != IPCTNL_MSG_NEW && what != IPCTNL_MSG_DELETE) {
            return true;
        }
        boolean hasOriginal = false;
        boolean hasReply = false;
        cursor.wrap(segment, offset + HEADER_BYTES + FAMILY_BYTES, offset + whole);
        while (cursor.advance()) {
            switch (cursor.type()) {
                case CTA_TUPLE_ORIG -> hasOriginal = original.read(cursor);
                case CTA_TUPLE_REPLY -> hasReply = reply.read(cursor);
                default -> {}
            }
        }
        if (cursor.isMalformed()
                || !hasOriginal
                || !hasReply
                || original.isIpv6() != reply.isIpv6()
                || original.protocol() != reply.protocol()) {
            return false;
        }
        final int flags = Short.toUnsignedInt(segment.get(JAVA_SHORT_UNALIGNED, offset + FLAGS));
        final boolean isNew = (flags & (NLM_F_CREATE | NLM_F_EXCL)) == (NLM_F_CREATE | NLM_F_EXCL);
        kind = what == IPCTNL_MSG_DELETE ? Kind.DESTROY : isNew ? Kind.NEW : Kind.STATE;
        return true;
    }

    private boolean readExpectation(
            final MemorySegment segment, final long offset, final int whole, final int what) {
        if (what != IPCTNL_MSG_NEW && what != IPCTNL_MSG_DELETE) {
            return true;
        }
        boolean hasTuple = false;
        boolean hasMaster = false;
        timeoutSeconds = 0;
        cursor.wrap(segment, offset + HEADER_BYTES + FAMILY_BYTES, offset + whole);
        while (cursor.advance()) {
            switch (cursor.type()) {
                case CTA_EXPECT_TUPLE -> hasTuple = original.read(cursor);
                case CTA_EXPECT_MASTER -> hasMaster = reply.read(cursor);
                case CTA_EXPECT_TIMEOUT -> {
                    if (cursor.length() < Integer.BYTES) {
                        return false;
                    }
                    timeoutSeconds = Math.max(0, cursor.intValue());
                }
                default -> {}
            }
        }
        if (cursor.isMalformed() || !hasTuple || !hasMaster) {
            return false;
        }
        kind = what == IPCTNL_MSG_DELETE ? Kind.EXPECT_NO_MORE : Kind.EXPECT;
        return true;
    }

    public Kind kind() {
        return kind;
    }

    /// Bytes up to the next message.
    public int length() {
        return length;
    }

    /// Of a connection: the way of the packet that opened it, as it came. Of an expectation: the
    /// way of the packet that is expected.
    public ConntrackTuple original() {
        return original;
    }

    /// Of a connection: the way of the answers, as they come.
    public ConntrackTuple reply() {
        return reply;
    }

    /// Of an expectation: the connection in which it was agreed on.
    public ConntrackTuple master() {
        return reply;
    }

    /// Of an expectation, how long it is waited for, in seconds.
    public int timeoutSeconds() {
        return timeoutSeconds;
    }
}
