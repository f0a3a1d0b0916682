package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The classic format: a file header, then a header and the bytes of each packet.
///
/// ```
///  0       4       6       8              16      20      24
///  | magic | major | minor | zone, sigfigs | snap  | link  |
///  | seconds | micro/nanos | captured | original | (8 more bytes when modified) | packet
/// ```
///
/// The magic number tells the byte order, the unit of the fraction and whether the records are the
/// modified ones of A. Kuznetsov's Linux patches. Before version 2.3 the two lengths were stored
/// the other way round; files of 2.3 come in both ways.
final class PcapFormat implements CaptureFormat {
    static final int MAGIC_MICROS = 0xA1B2C3D4;
    static final int MAGIC_NANOS = 0xA1B23C4D;
    static final int MAGIC_MODIFIED = 0xA1B2CD34;

    private static final ValueLayout.OfInt LE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int MODIFIED_EXTRA_BYTES = 8;
    private static final int VERSION = 4;
    private static final int LINK_TYPE = 20;
    private static final int LINK_TYPE_MASK = 0xFFFF;
    private static final int VERSION_2_3 = 2 << 16 | 3;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final CaptureInput input;
    private final MemorySegment window;
    private final boolean bigEndian;
    private final int fractionNs;
    private final int recordHeaderBytes;

    private int version;
    private int linkType;
    private boolean headerRead;
    private long count;
    private @Nullable CaptureDamage damage;

    /// True when the first four bytes, read as little-endian, begin a file of this format.
    static boolean isMagic(final int magic) {
        return isMagicHere(magic) || isMagicHere(Integer.reverseBytes(magic));
    }

    private static boolean isMagicHere(final int magic) {
        return magic == MAGIC_MICROS || magic == MAGIC_NANOS || magic == MAGIC_MODIFIED;
    }

    PcapFormat(final CaptureInput input, final int firstWord) {
        this.input = input;
        window = input.window();
        bigEndian = !isMagicHere(firstWord);
        final int magic = bigEndian ? Integer.reverseBytes(firstWord) : firstWord;
        fractionNs = magic == MAGIC_NANOS ? 1 : 1_000;
        recordHeaderBytes =
                RECORD_HEADER_BYTES + (magic == MAGIC_MODIFIED ? MODIFIED_EXTRA_BYTES : 0);
    }

    @Override
    public boolean next(final CapturedPacket into) throws IOException {
        if (damage != null || !headerRead && !readFileHeader()) {
            return false;
        }
        if (!input.require(RECORD_HEADER_BYTES)) {
            return endOfRecords();
        }
        final int position = input.position();
        int captured = int32(position + 8);
        int original = int32(position + 12);
        if (lengthsAreSwapped(captured, original)) {
            final int swap = captured;
            captured = original;
            original = swap;
        }
        if (Integer.compareUnsigned(captured, MAX_PACKET_BYTES) > 0) {
            return damaged(
                    "a packet of "
                            + Integer.toUnsignedString(captured)
                            + " bytes cannot be, the limit is "
                            + MAX_PACKET_BYTES);
        }
        final long timestampNs =
                Integer.toUnsignedLong(int32(position)) * NS_PER_SECOND
                        + Integer.toUnsignedLong(int32(position + 4)) * fractionNs;
        if (!input.require(recordHeaderBytes + captured)) {
            return damaged(
                    "a packet of "
                            + captured
                            + " bytes was expected, the file ends after "
                            + Math.max(0, input.available() - recordHeaderBytes));
        }
        into.set(
                ++count,
                timestampNs,
                linkType,
                0,
                captured,
                original,
                window,
                input.position() + recordHeaderBytes);
        input.advance(recordHeaderBytes + captured);
        return true;
    }

    private boolean readFileHeader() throws IOException {
        if (!input.require(FILE_HEADER_BYTES)) {
            return damaged(
                    "a file header of "
                            + FILE_HEADER_BYTES
                            + " bytes was expected, the file ends after "
                            + input.available());
        }
        final int position = input.position();
        final int versionWord = int32(position + VERSION);
        // Two 16-bit fields: which half comes first depends on the byte order.
        version = bigEndian ? versionWord : versionWord << 16 | versionWord >>> 16;
        linkType = int32(position + LINK_TYPE) & LINK_TYPE_MASK;
        input.advance(FILE_HEADER_BYTES);
        headerRead = true;
        return true;
    }

    private boolean lengthsAreSwapped(final int captured, final int original) {
        final int order = Integer.compareUnsigned(version, VERSION_2_3);
        return order < 0 || order == 0 && Integer.compareUnsigned(captured, original) > 0;
    }

    private boolean endOfRecords() {
        if (input.available() > 0) {
            return damaged(
                    "a packet header of "
                            + recordHeaderBytes
                            + " bytes was expected, the file ends after "
                            + input.available());
        }
        damage = input.damage(null);
        return false;
    }

    private boolean damaged(final String problem) {
        damage = input.damage(problem);
        return false;
    }

    private int int32(final int position) {
        final int word = window.get(LE32, position);
        return bigEndian ? Integer.reverseBytes(word) : word;
    }

    @Override
    public @Nullable CaptureDamage damage() {
        return damage;
    }
}
