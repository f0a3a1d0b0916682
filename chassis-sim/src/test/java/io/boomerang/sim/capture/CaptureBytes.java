package io.boomerang.sim.capture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/// Builds capture files byte by byte.
public final class CaptureBytes {
    public static final int MICROS = 0xA1B2C3D4;
    public static final int NANOS = 0xA1B23C4D;
    public static final int MODIFIED = 0xA1B2CD34;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private ByteOrder order;

    private CaptureBytes(final ByteOrder order) {
        this.order = order;
    }

    public static CaptureBytes littleEndian() {
        return new CaptureBytes(ByteOrder.LITTLE_ENDIAN);
    }

    public static CaptureBytes bigEndian() {
        return new CaptureBytes(ByteOrder.BIG_ENDIAN);
    }

    public CaptureBytes order(final ByteOrder newOrder) {
        order = newOrder;
        return this;
    }

    public CaptureBytes int16(final int... values) {
        for (final int value : values) {
            bytes.writeBytes(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
        }
        return this;
    }

    public CaptureBytes int32(final int... values) {
        for (final int value : values) {
            bytes.writeBytes(ByteBuffer.allocate(4).order(order).putInt(value).array());
        }
        return this;
    }

    public CaptureBytes int64(final long value) {
        bytes.writeBytes(ByteBuffer.allocate(8).order(order).putLong(value).array());
        return this;
    }

    public CaptureBytes raw(final byte... values) {
        bytes.writeBytes(values);
        return this;
    }

    private CaptureBytes pad() {
        while (bytes.size() % 4 != 0) {
            bytes.write(0);
        }
        return this;
    }

    public CaptureBytes pcap(final int magic, final int linkType) {
        return pcap(magic, 2, 4, linkType);
    }

    public CaptureBytes pcap(
            final int magic, final int major, final int minor, final int linkType) {
        return int32(magic).int16(major, minor).int32(0, 0, 65_535, linkType);
    }

    public CaptureBytes record(
            final int seconds, final int fraction, final int original, final byte... packet) {
        return int32(seconds, fraction, packet.length, original).raw(packet);
    }

    public CaptureBytes block(final int type, final Consumer<CaptureBytes> body) {
        final CaptureBytes inner = new CaptureBytes(order);
        body.accept(inner);
        final int length = inner.pad().bytes.size() + 12;
        return int32(type, length).raw(inner.toByteArray()).int32(length);
    }

    public CaptureBytes section() {
        return block(0x0A0D0D0A, body -> body.int32(0x1A2B3C4D).int16(1, 0).int64(-1));
    }

    public CaptureBytes interfaceBlock(final int linkType, final int snapLength) {
        return block(1, body -> body.int16(linkType, 0).int32(snapLength));
    }

    public CaptureBytes interfaceBlock(
            final int linkType, final int snapLength, final Consumer<CaptureBytes> options) {
        return block(
                1,
                body -> {
                    body.int16(linkType, 0).int32(snapLength);
                    options.accept(body);
                    body.int32(0);
                });
    }

    public CaptureBytes option(final int code, final byte... value) {
        return int16(code, value.length).raw(value).pad();
    }

    public CaptureBytes enhanced(
            final int interfaceId, final long timestamp, final int original, final byte... packet) {
        return block(
                6,
                body ->
                        body.int32(
                                        interfaceId,
                                        (int) (timestamp >>> 32),
                                        (int) timestamp,
                                        packet.length,
                                        original)
                                .raw(packet));
    }

    public CaptureBytes obsolete(
            final int interfaceId, final long timestamp, final int original, final byte... packet) {
        return block(
                2,
                body ->
                        body.int16(interfaceId, 7)
                                .int32(
                                        (int) (timestamp >>> 32),
                                        (int) timestamp,
                                        packet.length,
                                        original)
                                .raw(packet));
    }

    public CaptureBytes simple(final int original, final byte... packet) {
        return block(3, body -> body.int32(original).raw(packet));
    }

    public int size() {
        return bytes.size();
    }

    public byte[] toByteArray() {
        return bytes.toByteArray();
    }

    public Path writeTo(final Path file) throws IOException {
        return Files.write(file, toByteArray());
    }

    public static byte[] gzip(final byte[] plain) throws IOException {
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }
}
