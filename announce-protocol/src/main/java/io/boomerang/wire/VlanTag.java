package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The four bytes after a VLAN tag's own EtherType (IEEE 802.1Q, 802.1ad).
///
/// ```
///  0        2
/// +--------+-----------+
/// | PCP DEI VID | EtherType of what follows |
/// +--------+-----------+
/// ```
public final class VlanTag {
    public static final int LENGTH = 4;

    private static final int CONTROL = 0;
    private static final int ETHER_TYPE = 2;
    private static final int VLAN_ID_MASK = 0xFFF;
    private static final int PRIORITY_SHIFT = 13;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int vlanId() {
        return control() & VLAN_ID_MASK;
    }

    public int priority() {
        return control() >>> PRIORITY_SHIFT;
    }

    /// Priority, drop eligibility and VLAN id.
    public int control() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + CONTROL));
    }

    public int etherType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + ETHER_TYPE));
    }

    public void setControl(final int value) {
        frame.set(NetworkOrder.SHORT, offset + CONTROL, (short) value);
    }

    public void setEtherType(final int value) {
        frame.set(NetworkOrder.SHORT, offset + ETHER_TYPE, (short) value);
    }
}
