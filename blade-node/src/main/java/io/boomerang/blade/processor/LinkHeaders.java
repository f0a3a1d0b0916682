package io.boomerang.blade.processor;

import io.boomerang.blade.session.FlowState;
import io.boomerang.flow.Side;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.MemorySegment;

/// What stands before the IP header in a flow's frames, of each direction the one that came last: a
/// device sees and makes MAC addresses of its own, the outside is to see those that were there
/// before it. Another blade that goes on with the flow gets them, too: it may have to send before
/// anything has come.
///
/// As bytes: format 1, then of each side, ingress first, one byte with the length and the header.
@SuppressWarnings("EnumOrdinal") // arrays by side, within one process
public final class LinkHeaders implements FlowState {
    /// Ethernet and two VLAN tags.
    public static final int MAX_BYTES = EthernetHeader.LENGTH + 2 * VlanTag.LENGTH;

    private static final int ADDRESS_BYTES = 6;
    private static final byte FORMAT = 1;

    private final byte[][] headers = new byte[Side.values().length][MAX_BYTES];
    private final int[] lengths = new int[Side.values().length];

    @Override
    public void clear() {
        lengths[0] = 0;
        lengths[1] = 0;
    }

    @Override
    public byte[] toBytes() {
        final byte[] bytes = new byte[3 + lengths[0] + lengths[1]];
        bytes[0] = FORMAT;
        int at = 1;
        for (int side = 0; side < lengths.length; side++) {
            bytes[at++] = (byte) lengths[side];
            System.arraycopy(headers[side], 0, bytes, at, lengths[side]);
            at += lengths[side];
        }
        return bytes;
    }

    @Override
    public boolean takeOver(final byte[] bytes) {
        clear();
        int at = 1;
        for (final Side side : Side.values()) {
            final int length = at < bytes.length ? bytes[at++] : -1;
            if (length < 0
                    || at + length > bytes.length
                    || length > 0 && !keep(side, MemorySegment.ofArray(bytes), at, length)) {
                clear();
                return false;
            }
            at += length;
        }
        if (at != bytes.length || bytes[0] != FORMAT) {
            clear();
            return false;
        }
        return true;
    }

    /// Remembers the header of a frame that came in from a side; false when it is another one than
    /// that of Ethernet with at most two tags.
    public boolean keep(
            final Side from, final MemorySegment frame, final long offset, final int length) {
        if (length < EthernetHeader.LENGTH || length > MAX_BYTES) {
            return false;
        }
        final int type =
                Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + length - Short.BYTES));
        if (type != EtherType.IPV4 && type != EtherType.IPV6) {
            return false;
        }
        MemorySegment.copy(frame, NetworkOrder.BYTE, offset, headers[from.ordinal()], 0, length);
        lengths[from.ordinal()] = length;
        return true;
    }

    /// Bytes of the header of frames that come in from this side and of those that answer them; 0
    /// when none is known.
    int length(final Side from) {
        final int own = lengths[from.ordinal()];
        return own > 0 ? own : lengths[from.opposite().ordinal()];
    }

    /// Writes the header of frames that came in from this side, as they leave on the other one. If
    /// there was none yet, the one of the other direction with its addresses exchanged.
    void write(final Side from, final MemorySegment frame, final long offset) {
        final int own = lengths[from.ordinal()];
        if (own > 0) {
            MemorySegment.copy(headers[from.ordinal()], 0, frame, NetworkOrder.BYTE, offset, own);
            return;
        }
        final int other = from.opposite().ordinal();
        MemorySegment.copy(
                headers[other], ADDRESS_BYTES, frame, NetworkOrder.BYTE, offset, ADDRESS_BYTES);
        MemorySegment.copy(
                headers[other], 0, frame, NetworkOrder.BYTE, offset + ADDRESS_BYTES, ADDRESS_BYTES);
        final int addresses = 2 * ADDRESS_BYTES;
        MemorySegment.copy(
                headers[other],
                addresses,
                frame,
                NetworkOrder.BYTE,
                offset + addresses,
                lengths[other] - addresses);
    }

    /// Gives the frame of the context, which comes out of a device with an Ethernet header and no
    /// tag, the header that its flow has there.
    ///
    /// @param spare memory for a frame that becomes longer than it was
    public ProcessorVerdict restore(
            final PacketContext context, final Side toward, final MemorySegment spare) {
        final Side from = toward.opposite();
        final int headerBytes = length(from);
        if (headerBytes == 0) {
            return ProcessorVerdict.DROP_NO_LINK_HEADER;
        }
        if (headerBytes == EthernetHeader.LENGTH) {
            write(from, context.frame(), context.offset());
            return ProcessorVerdict.PASS;
        }
        final int packetBytes = context.length() - EthernetHeader.LENGTH;
        MemorySegment.copy(
                context.frame(),
                NetworkOrder.BYTE,
                context.offset() + EthernetHeader.LENGTH,
                spare,
                NetworkOrder.BYTE,
                headerBytes,
                packetBytes);
        write(from, spare, 0);
        context.exchange(spare, 0, headerBytes + packetBytes);
        return ProcessorVerdict.PASS;
    }
}
