package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The next-generation format: blocks, each with its type, its length and its length again.
///
/// ```
///  0      4        8                                            length-4   length
///  | type | length | body                                       | length   |
/// section header:    | byte order magic | major | minor | section length | options
/// interface:         | link type | reserved | snap length | options
/// enhanced packet:   | interface | time high | time low | captured | original | packet | options
/// packet (obsolete): | interface, drops | time high | time low | captured | original | packet ...
/// simple packet:     | original | packet
/// ```
///
/// Blocks of other types are passed over. A block longer than the window is passed over piece by
/// piece; a packet that long is cut at {@link #MAX_PACKET_BYTES}.
final class PcapNgFormat implements CaptureFormat {
    static final int SECTION_HEADER = 0x0A0D0D0A;
    static final int INTERFACE_DESCRIPTION = 1;
    static final int PACKET = 2;
    static final int SIMPLE_PACKET = 3;
    static final int ENHANCED_PACKET = 6;
    static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    static final int OPTION_END = 0;
    static final int OPTION_TSRESOL = 9;
    static final int OPTION_TSOFFSET = 14;

    private static final ValueLayout.OfInt LE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort LE16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK_HEADER_BYTES = 8;
    private static final int BLOCK_FRAME_BYTES = 12;
    private static final int INTERFACE_BODY_BYTES = 8;
    private static final int PACKET_BODY_BYTES = 20;
    private static final int SIMPLE_BODY_BYTES = 4;
    private static final int OPTION_HEADER_BYTES = 4;

    /// How much of a long block is looked at: a packet of the greatest length and what is before
    /// it.
    private static final int HEAD_BYTES = MAX_PACKET_BYTES + BLOCK_HEADER_BYTES + PACKET_BODY_BYTES;

    private final CaptureInput input;
    private final MemorySegment window;
    private final PcapNgInterfaces interfaces = new PcapNgInterfaces();

    private boolean bigEndian;
    private long count;
    private @Nullable CaptureDamage damage;

    PcapNgFormat(final CaptureInput input) {
        this.input = input;
        window = input.window();
    }

    @Override
    public boolean next(final CapturedPacket into) throws IOException {
        while (damage == null) {
            if (!input.require(BLOCK_FRAME_BYTES)) {
                return endOfBlocks();
            }
            if (nextBlock(into)) {
                return true;
            }
        }
        return false;
    }

    private boolean endOfBlocks() {
        if (input.available() > 0) {
            return damaged(
                    "a block of at least "
                            + BLOCK_FRAME_BYTES
                            + " bytes was expected, the file ends after "
                            + input.available());
        }
        damage = input.damage(null);
        return false;
    }

    /// Takes in one block; true when it was a packet.
    private boolean nextBlock(final CapturedPacket into) throws IOException {
        final boolean isSection = window.get(LE32, input.position()) == SECTION_HEADER;
        if (isSection && !beginSection(window.get(LE32, input.position() + BLOCK_HEADER_BYTES))) {
            return damaged("the byte order mark of a section was expected");
        }
        final int type = int32(input.position());
        final long length = Integer.toUnsignedLong(int32(input.position() + 4));
        if (length < BLOCK_FRAME_BYTES) {
            return damaged("a block of " + length + " bytes cannot be, the least is 12");
        }
        final int head = (int) Math.min(length, HEAD_BYTES);
        if (!input.require(head)) {
            return cutShort(length);
        }
        final boolean isPacket =
                switch (type) {
                    case INTERFACE_DESCRIPTION -> addInterface(length);
                    case ENHANCED_PACKET, PACKET -> packet(into, type, length);
                    case SIMPLE_PACKET -> simplePacket(into, length);
                    default -> false;
                };
        if (damage != null) {
            return false;
        }
        if (length <= CaptureInput.CAPACITY_BYTES && input.available() >= length) {
            input.advance((int) length);
            return isPacket;
        }
        return passOver(into, head, length, isPacket);
    }

    /// Passes over a block that is not in the window as a whole, keeping its packet there.
    private boolean passOver(
            final CapturedPacket into, final int head, final long length, final boolean isPacket)
            throws IOException {
        final long blockOffset = input.offset();
        final long packetAt = into.offset() - input.position();
        if (!input.advanceKeeping(head, length)) {
            if (isPacket) {
                count--;
            }
            damage =
                    new CaptureDamage(
                            blockOffset,
                            "a block of " + length + " bytes was expected, the file ends before");
            return false;
        }
        if (isPacket) {
            into.moveTo(packetAt);
        }
        return isPacket;
    }

    private boolean beginSection(final int mark) {
        if (mark != BYTE_ORDER_MAGIC && Integer.reverseBytes(mark) != BYTE_ORDER_MAGIC) {
            return false;
        }
        bigEndian = mark != BYTE_ORDER_MAGIC;
        interfaces.beginSection();
        return true;
    }

    private boolean addInterface(final long length) {
        if (length < BLOCK_FRAME_BYTES + INTERFACE_BODY_BYTES) {
            return damaged("an interface description of " + length + " bytes is too short");
        }
        if (interfaces.count() == PcapNgInterfaces.MAX_PER_SECTION) {
            return damaged(
                    "a section with more than "
                            + PcapNgInterfaces.MAX_PER_SECTION
                            + " interfaces cannot be");
        }
        final int body = input.position() + BLOCK_HEADER_BYTES;
        final int end = input.position() + (int) Math.min(length - 4, HEAD_BYTES);
        int resolution = PcapNgInterfaces.MICROSECONDS;
        long offsetSeconds = 0;
        int option = body + INTERFACE_BODY_BYTES;
        while (option + OPTION_HEADER_BYTES <= end && int16(option) != OPTION_END) {
            final int code = int16(option);
            final int size = int16(option + 2);
            final int value = option + OPTION_HEADER_BYTES;
            if (code == OPTION_TSRESOL && size >= 1 && value < end) {
                resolution = window.get(ValueLayout.JAVA_BYTE, value);
            } else if (code == OPTION_TSOFFSET && size >= 8 && value + 8 <= end) {
                offsetSeconds = int64(value);
            }
            option = value + (size + 3 & ~3);
        }
        interfaces.add(int16(body), int32(body + 4), resolution, offsetSeconds);
        return false;
    }

    private boolean packet(final CapturedPacket into, final int type, final long length) {
        if (length < BLOCK_FRAME_BYTES + PACKET_BODY_BYTES) {
            return damaged("a packet block of " + length + " bytes is too short");
        }
        final int body = input.position() + BLOCK_HEADER_BYTES;
        final int id = type == ENHANCED_PACKET ? int32(body) : int16(body);
        if (Integer.compareUnsigned(id, interfaces.count()) >= 0) {
            return damaged(
                    "a packet of interface "
                            + Integer.toUnsignedString(id)
                            + ", but the section has described "
                            + interfaces.count());
        }
        final long captured = Integer.toUnsignedLong(int32(body + 12));
        if (captured > length - BLOCK_FRAME_BYTES - PACKET_BODY_BYTES) {
            return damaged(
                    "a packet of "
                            + captured
                            + " bytes does not fit into its block of "
                            + length
                            + " bytes");
        }
        final long timestamp =
                Integer.toUnsignedLong(int32(body + 4)) << 32
                        | Integer.toUnsignedLong(int32(body + 8));
        into.set(
                ++count,
                interfaces.timestampNs(id, timestamp),
                interfaces.linkType(id),
                interfaces.globalId(id),
                (int) Math.min(captured, MAX_PACKET_BYTES),
                longer(int32(body + 16), captured),
                window,
                body + PACKET_BODY_BYTES);
        return true;
    }

    private boolean simplePacket(final CapturedPacket into, final long length) {
        if (length < BLOCK_FRAME_BYTES + SIMPLE_BODY_BYTES) {
            return damaged("a simple packet block of " + length + " bytes is too short");
        }
        if (interfaces.count() == 0) {
            return damaged("a simple packet before the first interface description");
        }
        final int body = input.position() + BLOCK_HEADER_BYTES;
        final int original = int32(body);
        long captured =
                Math.min(
                        Integer.toUnsignedLong(original),
                        length - BLOCK_FRAME_BYTES - SIMPLE_BODY_BYTES);
        final int snapLength = interfaces.snapLength(0);
        if (snapLength != 0) {
            captured = Math.min(captured, Integer.toUnsignedLong(snapLength));
        }
        into.set(
                ++count,
                0,
                interfaces.linkType(0),
                interfaces.globalId(0),
                (int) Math.min(captured, MAX_PACKET_BYTES),
                original,
                window,
                body + SIMPLE_BODY_BYTES);
        return true;
    }

    private static int longer(final int original, final long captured) {
        return (int) Math.max(Integer.toUnsignedLong(original), captured);
    }

    private boolean cutShort(final long length) {
        return damaged(
                "a block of "
                        + length
                        + " bytes was expected, the file ends after "
                        + input.available());
    }

    private boolean damaged(final String problem) {
        damage = input.damage(problem);
        return false;
    }

    private int int16(final int position) {
        final short word = window.get(LE16, position);
        return Short.toUnsignedInt(bigEndian ? Short.reverseBytes(word) : word);
    }

    private int int32(final int position) {
        final int word = window.get(LE32, position);
        return bigEndian ? Integer.reverseBytes(word) : word;
    }

    private long int64(final int position) {
        final long first = Integer.toUnsignedLong(int32(position));
        final long second = Integer.toUnsignedLong(int32(position + 4));
        return bigEndian ? first << 32 | second : second << 32 | first;
    }

    @Override
    public @Nullable CaptureDamage damage() {
        return damage;
    }
}
