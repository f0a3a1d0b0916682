package io.boomerang.announce;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.announce.DecodeResult.BadChecksum;
import io.boomerang.announce.DecodeResult.Decoded;
import io.boomerang.announce.DecodeResult.Invalid;
import io.boomerang.announce.DecodeResult.Truncated;
import io.boomerang.announce.DecodeResult.UnknownVersion;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// The bytes that nodes exchange on the control plane: a batch of messages under one header, all
/// big-endian. {@link MessageBatch} makes them, {@link #decode} reads them.
///
/// ```
///  batch    0  magic 0xB033
///           2  format version
///           3  zero
///           4  number of messages, 2 bytes
///           6  length of the batch with this header, 4 bytes
///          10  CRC-32C of bytes 0 to 9 and of everything after this header
///          14  messages, one after the other
///
///  message  0  bits 7-3 type, bits 2-0 a detail
///   1-5     announcement (OPEN, REFRESH, CLOSE, MOVE, EXPECT), detail: phase: AnnouncementCodec
///   6       acknowledgement, detail: outcome: flow id 8, incarnation 2, version 2,
///           since format 2 with outcome 1: holder 2
///   7       state query: shape 1, protocol 1, query id 8, VLAN domain 0 or 4, key 12 or 36
///   8       state answer, detail 1 when an announcement follows: query id 8, announcement
///   9       bucket table: epoch 8, binary logarithm of the bucket count 1,
///           detail 0: a blade of 2 bytes for each bucket,
///           detail 1: runs of buckets of one blade: length less one 2, blade 2;
///           number of weights 2, of each, in ascending order: blade 2, weight 4
///  10       epoch installed: epoch 8
///  11       session pull: pull id 4, cursor 4, incarnation 2, number of redirectors 2,
///           of each, in ascending order: node 2,
///           with bit 0 of detail, not sent in format 1: partitions 8,
///           with bit 1 of detail, not sent in format 1: epoch of the steering rule 8
///  12       session page: pull id 4, cursor 4, next cursor 4, all ones at the end,
///           owners' epoch 4, number of announcements 1, announcements
///  13       owners changed: epoch 4
///  14       desired weight, detail 1 when flows are to move: weight 4; not sent in format 1
///  15       session digests: session pull (its detail is this one's) without its first byte,
///           a sum of 8 bytes for each of 64 partitions; not sent in format 1
///  16       digest difference: pull id 4, partitions 8; not sent in format 1
///  17       flow offer: move id 8, lender 2, length of the flow 2, flow, length of the state 2,
///           state; not sent in format 1
///  18       move step, detail: step: move id 8, flow id 8; not sent in format 1
///  19       flow moved: former blade 2, announcement; not sent in format 1
///  20       move order: number of blades 2, of each, in ascending order: node 2; not sent in
///           format 1
///  21       tuple lease: shape 1, protocol 1, lease in ms 4, VLAN domain 0 or 4, key 12 or 36; not
///           sent in format 1
///  22       steering rule: epoch 8, policy 1, with detail 1: hash key 16; not sent in format 1
///  23       rule installed: epoch 8; not sent in format 1
///  24       desired rule: policy 1, all ones for none, with detail 1: hash key 16; not sent in
///           format 1
/// ```
///
/// Formats 1 and 2 differ where this says so. A node reads the newest format of its release and the
/// one before ({@link FormatRange#CURRENT}). The bytes of a session announcement are the same in
/// both, also on packets.
///
/// A batch is accepted whole or refused whole. Any bytes may be given to the decoder: it never
/// throws, and what it builds is bounded by {@link BucketTableUpdate#MAX_BUCKETS} and the length of
/// the bytes. Stateless.
public final class MessageCodec {
    public static final int HEADER_LENGTH = 14;
    public static final int MAX_MESSAGES = 0xFFFF;

    static final int MAGIC_VALUE = 0xB033;
    static final int MAGIC = 0;
    static final int FORMAT = 2;
    static final int ZERO = 3;
    static final int COUNT = 4;
    static final int LENGTH = 6;
    static final int CHECKSUM = 10;

    static final ValueLayout.OfShort BE16 = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt BE32 = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private MessageCodec() {}

    /// How many bytes the message takes in a batch of this format.
    public static int encodedLength(final ControlMessage message, final int format) {
        return MessageWriter.encodedLength(message, format);
    }

    /// Reads the batch that fills `length` bytes from `offset` on, if it is of one of these
    /// formats.
    public static DecodeResult decode(
            final byte[] buffer, final int offset, final int length, final FormatRange formats) {
        if (length < HEADER_LENGTH) {
            return new Truncated(length, HEADER_LENGTH);
        }
        final MemorySegment batch = MemorySegment.ofArray(buffer).asSlice(offset, length);
        final int magic = Short.toUnsignedInt(batch.get(BE16, MAGIC));
        if (magic != MAGIC_VALUE) {
            return new Invalid("batch starts with %04x, not %04x".formatted(magic, MAGIC_VALUE));
        }
        final int format = Byte.toUnsignedInt(batch.get(JAVA_BYTE, FORMAT));
        if (!formats.contains(format)) {
            return new UnknownVersion(format, formats);
        }
        final int statedLength = batch.get(BE32, LENGTH);
        if (statedLength < HEADER_LENGTH || statedLength < length) {
            return new Invalid("batch of " + length + " bytes states " + statedLength);
        }
        if (statedLength > length) {
            return new Truncated(length, statedLength);
        }
        final int stated = batch.get(BE32, CHECKSUM);
        final int computed = checksum(buffer, offset, length);
        if (stated != computed) {
            return new BadChecksum(stated, computed);
        }
        if (batch.get(JAVA_BYTE, ZERO) != 0) {
            return new Invalid("batch has unknown flags");
        }
        return decodeMessages(batch, format, Short.toUnsignedInt(batch.get(BE16, COUNT)));
    }

    private static DecodeResult decodeMessages(
            final MemorySegment batch, final int format, final int count) {
        final List<ControlMessage> messages = new ArrayList<>();
        final MessageReader reader = new MessageReader(batch, format, HEADER_LENGTH);
        for (int i = 0; i < count; i++) {
            final ControlMessage message = reader.next();
            if (message == null) {
                return reader.refusal();
            }
            messages.add(message);
        }
        return reader.isAtEnd()
                ? new Decoded(messages)
                : new Invalid("bytes follow the last of " + count + " messages");
    }

    /// Everything but the field that holds it.
    static int checksum(final byte[] buffer, final int offset, final int length) {
        final CRC32C checksum = new CRC32C();
        checksum.update(buffer, offset, CHECKSUM);
        checksum.update(buffer, offset + HEADER_LENGTH, length - HEADER_LENGTH);
        return (int) checksum.getValue();
    }
}
