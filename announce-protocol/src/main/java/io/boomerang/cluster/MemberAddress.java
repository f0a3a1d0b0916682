package io.boomerang.cluster;

import io.boomerang.announce.FormatRange;

import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A member's JGroups address, which tells who the member is: a view alone says everything about
/// its members.
///
/// ```
///  member   0  node
///           2  role
///           3  incarnation
///           5  digest of the cluster parameters
///          13  name in UTF-8
///
///  formats  0  oldest
///           1  newest
/// ```
///
/// A member of the first release tells no formats, and does not look for them.
final class MemberAddress {
    /// Addresses travel with every transmission, in a field whose length is one byte.
    static final int MAX_NAME_BYTES = 100;

    private static final String MEMBER = "m";
    private static final String FORMATS = "f";
    private static final int FIXED_LENGTH = 13;
    private static final Member.Role[] ROLES = Member.Role.values();

    static {
        ExtendedUUID.setPrintFunction(MemberAddress::print);
    }

    private MemberAddress() {}

    @SuppressWarnings("EnumOrdinal") // the wire has the order of the roles
    static ExtendedUUID of(final Member member) {
        final byte[] name = member.name().getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "name " + member.name() + " is longer than " + MAX_NAME_BYTES + " bytes");
        }
        final ByteBuffer bytes = ByteBuffer.allocate(FIXED_LENGTH + name.length);
        bytes.putShort((short) member.node());
        bytes.put((byte) member.role().ordinal());
        bytes.putShort((short) member.incarnation());
        bytes.putLong(member.parametersDigest());
        bytes.put(name);
        final FormatRange formats = member.formats();
        final ExtendedUUID address =
                ExtendedUUID.randomUUID(member.name()).put(MEMBER, bytes.array());
        return formats.equals(FormatRange.FIRST_RELEASE)
                ? address
                : address.put(
                        FORMATS, new byte[] {(byte) formats.oldest(), (byte) formats.newest()});
    }

    /// Whose address it is; null when it tells no member.
    static @Nullable Member memberOf(final Address address) {
        if (!(address instanceof final ExtendedUUID uuid)) {
            return null;
        }
        final byte[] bytes = uuid.get(MEMBER);
        if (bytes == null) {
            return null;
        }
        try {
            return read(ByteBuffer.wrap(bytes), formats(uuid.get(FORMATS)));
        } catch (final BufferUnderflowException | IllegalArgumentException _) {
            return null;
        }
    }

    private static FormatRange formats(final byte @Nullable [] bytes) {
        if (bytes == null) {
            return FormatRange.FIRST_RELEASE;
        }
        final ByteBuffer range = ByteBuffer.wrap(bytes);
        final int oldest = Byte.toUnsignedInt(range.get());
        return new FormatRange(oldest, Byte.toUnsignedInt(range.get()));
    }

    /// How JGroups' own log names a member.
    private static String print(final ExtendedUUID address) {
        final Member member = memberOf(address);
        return member == null ? address.toStringLong() : member.name();
    }

    private static Member read(final ByteBuffer bytes, final FormatRange formats) {
        final int node = Short.toUnsignedInt(bytes.getShort());
        final int role = Byte.toUnsignedInt(bytes.get());
        final int incarnation = Short.toUnsignedInt(bytes.getShort());
        final long digest = bytes.getLong();
        if (role >= ROLES.length) {
            throw new IllegalArgumentException("role " + role);
        }
        final String name = StandardCharsets.UTF_8.decode(bytes).toString();
        return new Member(node, name, ROLES[role], incarnation, digest, formats);
    }
}
