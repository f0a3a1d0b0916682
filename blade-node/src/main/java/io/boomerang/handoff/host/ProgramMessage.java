package io.boomerang.handoff.host;

import io.boomerang.handoff.Octets;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// What a host and a program say to each other when a connection changes hands between them; the
/// connection's descriptor is beside it (SCM_RIGHTS). One message of a SOCK_SEQPACKET socket.
/// Big-endian.
///
/// ```
///   0 magic "BHND"        4 version, 1     5 type       6 length of the service's name, 2 bytes
///   8 length of what was read already     12 length of the application's state
///  16 service | already read | application state
/// ```
///
/// Types: 1 SERVE, from the host: the connection is yours; no service. 2 GIVE, from the program:
/// give it to another host of this service, whose name is of visible ASCII characters.
///
/// @param service empty with SERVE
/// @param alreadyRead comes before all that the descriptor gives
/// @param applicationState what one owner of the connection tells the next one
record ProgramMessage(int type, String service, Octets alreadyRead, Octets applicationState) {
    static final int SERVE = 1;
    static final int GIVE = 2;

    /// What UNIX sockets take at once without being asked for larger buffers is twice that.
    static final int MAX_LENGTH = 1 << 17;

    private static final int MAGIC = 0x42484E44;
    private static final int VERSION = 1;
    private static final int TYPE_FIELD = 5;
    private static final int SERVICE_LENGTH = 6;
    private static final int READ_LENGTH = 8;
    private static final int STATE_LENGTH = 12;
    private static final int HEADER_LENGTH = 16;

    /// In bytes.
    static long lengthOf(final Octets alreadyRead, final Octets applicationState) {
        return (long) HEADER_LENGTH + alreadyRead.length() + applicationState.length();
    }

    static ProgramMessage serve(final Octets alreadyRead, final Octets applicationState) {
        return new ProgramMessage(SERVE, "", alreadyRead, applicationState);
    }

    /// Writes it to the beginning of the memory and answers its length.
    int encode(final MemorySegment memory) {
        final byte[] name = service.getBytes(StandardCharsets.US_ASCII);
        memory.set(NetworkOrder.INT, 0, MAGIC);
        memory.set(NetworkOrder.BYTE, Integer.BYTES, (byte) VERSION);
        memory.set(NetworkOrder.BYTE, TYPE_FIELD, (byte) type);
        memory.set(NetworkOrder.SHORT, SERVICE_LENGTH, (short) name.length);
        memory.set(NetworkOrder.INT, READ_LENGTH, alreadyRead.length());
        memory.set(NetworkOrder.INT, STATE_LENGTH, applicationState.length());
        MemorySegment.copy(name, 0, memory, ValueLayout.JAVA_BYTE, HEADER_LENGTH, name.length);
        final long at = alreadyRead.writeTo(memory, HEADER_LENGTH + name.length);
        return (int) applicationState.writeTo(memory, at);
    }

    /// Null if the bytes are no message.
    static @Nullable ProgramMessage decode(final MemorySegment memory, final int length) {
        if (length < HEADER_LENGTH
                || memory.get(NetworkOrder.INT, 0) != MAGIC
                || memory.get(NetworkOrder.BYTE, Integer.BYTES) != VERSION) {
            return null;
        }
        final int type = memory.get(NetworkOrder.BYTE, TYPE_FIELD);
        final int nameLength = Short.toUnsignedInt(memory.get(NetworkOrder.SHORT, SERVICE_LENGTH));
        final long readLength = Integer.toUnsignedLong(memory.get(NetworkOrder.INT, READ_LENGTH));
        final long stateLength = Integer.toUnsignedLong(memory.get(NetworkOrder.INT, STATE_LENGTH));
        if (type != (nameLength == 0 ? SERVE : GIVE)
                || HEADER_LENGTH + nameLength + readLength + stateLength != length) {
            return null;
        }
        final byte[] name =
                memory.asSlice(HEADER_LENGTH, nameLength).toArray(ValueLayout.JAVA_BYTE);
        for (final byte character : name) {
            if (character <= ' ' || character == 0x7F) {
                return null;
            }
        }
        final int at = HEADER_LENGTH + nameLength;
        return new ProgramMessage(
                type,
                new String(name, StandardCharsets.US_ASCII),
                Octets.copyOf(memory, at, readLength),
                Octets.copyOf(memory, at + readLength, stateLength));
    }
}
