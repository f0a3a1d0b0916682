package io.boomerang.redirector.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The checksum in the last four bytes of every record: CRC-32C over chassis, owner, kind, slot and
/// the bytes before it. A record of another chassis, node or slot is as wrong as a damaged one.
/// Used by one thread.
final class RecordSeal {
    static final int BYTES = Integer.BYTES;

    private static final int SALT_BYTES = 8 + 4 + 4 + 8;

    private final ByteBuffer salt = ByteBuffer.allocate(SALT_BYTES);
    private final CRC32C crc = new CRC32C();

    RecordSeal(final StoreLabel label) {
        salt.putLong(0, label.parametersDigest());
        salt.putInt(8, label.node());
        salt.putInt(12, label.kind() == StoreKind.BLADE ? 1 : 0);
    }

    void seal(final long slot, final byte[] record) {
        ByteBuffer.wrap(record).putInt(record.length - BYTES, checksum(slot, record));
    }

    boolean isIntact(final long slot, final byte[] record) {
        return ByteBuffer.wrap(record).getInt(record.length - BYTES) == checksum(slot, record);
    }

    private int checksum(final long slot, final byte[] record) {
        salt.putLong(16, slot);
        crc.reset();
        crc.update(salt.rewind());
        crc.update(record, 0, record.length - BYTES);
        return (int) crc.getValue();
    }
}
