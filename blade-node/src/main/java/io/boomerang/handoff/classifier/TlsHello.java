package io.boomerang.handoff.classifier;

import io.boomerang.handoff.classifier.Sighting.Incomplete;
import io.boomerang.handoff.classifier.Sighting.Tls;
import io.boomerang.handoff.classifier.Sighting.Unknown;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Reads the server name out of a ClientHello (RFC 8446, 4.1.2; RFC 6066, 3), which may be spread
/// over several records. Nothing is decrypted, nothing answered.
final class TlsHello {
    static final int HANDSHAKE = 22;

    private static final int RECORD_HEADER_LENGTH = 5;
    private static final int MAX_RECORD_LENGTH = 1 << 14;
    private static final int MAJOR_VERSION = 3;
    private static final int MESSAGE_HEADER_LENGTH = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM_LENGTH = 34;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final Sighting INCOMPLETE = new Incomplete();

    private TlsHello() {}

    /// Looks at bytes of which the first is {@link #HANDSHAKE}.
    static Sighting look(final ByteBuffer bytes) {
        final ByteBuffer message = ByteBuffer.allocate(bytes.remaining());
        final String refusal = joinRecords(bytes.duplicate(), message);
        message.flip();
        if (message.remaining() < MESSAGE_HEADER_LENGTH) {
            return refusal.isEmpty() ? INCOMPLETE : new Unknown(refusal);
        }
        final int header = message.getInt();
        if (header >>> 24 != CLIENT_HELLO) {
            return new Unknown("TLS handshake of type " + (header >>> 24));
        }
        final int length = header & 0xFF_FFFF;
        if (message.remaining() < length) {
            return refusal.isEmpty() ? INCOMPLETE : new Unknown(refusal);
        }
        return readHello(message.slice(message.position(), length));
    }

    /// Puts the contents of records one behind the other; answers what is wrong with the first bad
    /// one.
    private static String joinRecords(final ByteBuffer records, final ByteBuffer message) {
        while (records.remaining() >= RECORD_HEADER_LENGTH) {
            final int type = records.get();
            final int version = records.getShort() >>> 8;
            final int length = Short.toUnsignedInt(records.getShort());
            if (type != HANDSHAKE
                    || version != MAJOR_VERSION
                    || length == 0
                    || length > MAX_RECORD_LENGTH) {
                return "malformed TLS record";
            }
            final int present = Math.min(length, records.remaining());
            message.put(records.slice(records.position(), present));
            records.position(records.position() + present);
        }
        return "";
    }

    private static Sighting readHello(final ByteBuffer hello) {
        try {
            hello.position(VERSION_AND_RANDOM_LENGTH);
            skip(hello, Byte.toUnsignedInt(hello.get())); // session id
            skip(hello, Short.toUnsignedInt(hello.getShort())); // cipher suites
            skip(hello, Byte.toUnsignedInt(hello.get())); // compression methods
            if (!hello.hasRemaining()) {
                return new Tls("");
            }
            final ByteBuffer extensions = take(hello, Short.toUnsignedInt(hello.getShort()));
            while (extensions.hasRemaining()) {
                final int type = extensions.getShort();
                final ByteBuffer body =
                        take(extensions, Short.toUnsignedInt(extensions.getShort()));
                if (type == SERVER_NAME) {
                    return readNames(take(body, Short.toUnsignedInt(body.getShort())));
                }
            }
            return new Tls("");
        } catch (final IllegalArgumentException
                | BufferUnderflowException
                | IndexOutOfBoundsException e) {
            return new Unknown("malformed ClientHello");
        }
    }

    private static Sighting readNames(final ByteBuffer names) {
        while (names.hasRemaining()) {
            final int type = names.get();
            final ByteBuffer name = take(names, Short.toUnsignedInt(names.getShort()));
            if (type == HOST_NAME) {
                final String text = StandardCharsets.ISO_8859_1.decode(name).toString();
                return HostName.isLegal(text)
                        ? new Tls(text.toLowerCase(Locale.ROOT))
                        : new Unknown("malformed server name");
            }
        }
        return new Tls("");
    }

    private static void skip(final ByteBuffer bytes, final int count) {
        bytes.position(bytes.position() + count);
    }

    private static ByteBuffer take(final ByteBuffer bytes, final int count) {
        final ByteBuffer taken = bytes.slice(bytes.position(), count);
        skip(bytes, count);
        return taken;
    }
}
