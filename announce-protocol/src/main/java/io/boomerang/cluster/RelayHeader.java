package io.boomerang.cluster;

import org.jgroups.Address;
import org.jgroups.Header;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.util.UUID;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;

/// What {@link LinkRelay} puts before a message: that it is a hello, or from whom and to whom it is
/// on its way over other members.
///
/// ```
///   0  kind
///   1  node of the origin        only of relayed messages, as is all that follows
///   3  tag of the origin
///   5  node of the destination
///   7  tag of the destination
///   9  links that it may still cross
/// ```
///
/// A member is told by its node id and a tag of its address, which is another one after each start.
public final class RelayHeader extends Header {
    /// A relayed message that has arrived; it may be kept by JGroups, and be sent again.
    static final byte SPENT = 0;

    static final byte HELLO = 1;

    /// On its way to one member.
    static final byte TO_ONE = 2;

    /// This member's copy of a message to all.
    static final byte TO_ALL = 3;

    /// Of all headers in a JGroups process; those below 1,024 are JGroups' own.
    private static final short MAGIC_ID = 1_969;

    private static final int KIND_BYTES = 1;
    private static final int RELAYED_BYTES = 10;

    byte kind;
    short originNode;
    short originTag;
    short destinationNode;
    short destinationTag;
    byte linksLeft;

    static {
        ClassConfigurator.add(MAGIC_ID, RelayHeader.class);
    }

    /// For JGroups, which reads into it.
    public RelayHeader() {}

    private RelayHeader(final byte kind) {
        this.kind = kind;
    }

    /// Makes JGroups know this header before one can arrive.
    static void register() {
        // by having loaded the class
    }

    static RelayHeader spent() {
        return new RelayHeader(SPENT);
    }

    static RelayHeader hello() {
        return new RelayHeader(HELLO);
    }

    static RelayHeader relayed(
            final byte kind,
            final int originNode,
            final Address origin,
            final int destinationNode,
            final Address destination,
            final int linksLeft) {
        final RelayHeader header = new RelayHeader(kind);
        header.originNode = (short) originNode;
        header.originTag = tag(origin);
        header.destinationNode = (short) destinationNode;
        header.destinationTag = tag(destination);
        header.linksLeft = (byte) linksLeft;
        return header;
    }

    /// For the next link of its way.
    RelayHeader onward() {
        final RelayHeader header = new RelayHeader(kind);
        header.originNode = originNode;
        header.originTag = originTag;
        header.destinationNode = destinationNode;
        header.destinationTag = destinationTag;
        header.linksLeft = (byte) (linksLeft - 1);
        return header;
    }

    /// JGroups draws addresses at random.
    static short tag(final Address address) {
        return (short) ((UUID) address).getLeastSignificantBits();
    }

    boolean isRelayed() {
        return kind == TO_ONE || kind == TO_ALL;
    }

    @Override
    public short getMagicId() {
        return MAGIC_ID;
    }

    @Override
    public Supplier<? extends Header> create() {
        return RelayHeader::new;
    }

    @Override
    public int serializedSize() {
        return isRelayed() ? RELAYED_BYTES : KIND_BYTES;
    }

    @Override
    public void writeTo(final DataOutput out) throws IOException {
        out.writeByte(kind);
        if (isRelayed()) {
            out.writeShort(originNode);
            out.writeShort(originTag);
            out.writeShort(destinationNode);
            out.writeShort(destinationTag);
            out.writeByte(linksLeft);
        }
    }

    @Override
    public void readFrom(final DataInput in) throws IOException {
        kind = in.readByte();
        if (isRelayed()) {
            originNode = in.readShort();
            originTag = in.readShort();
            destinationNode = in.readShort();
            destinationTag = in.readShort();
            linksLeft = in.readByte();
        }
    }

    @Override
    public String toString() {
        return isRelayed()
                ? "relayed from " + originNode + " to " + destinationNode + ", links " + linksLeft
                : kind == HELLO ? "hello" : "arrived";
    }
}
