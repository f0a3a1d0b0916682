package io.boomerang.flow;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.RecordedFrames;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Builds frames from the inside out: `ethernet(vlan(5, ipv4("10.0.0.1", "10.0.0.2", tcp(1, 2))))`.
final class Frames {
    static final int TCP_SYN = 0x02;

    private static final byte[] ADDRESSES = bytes(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1);
    private static final int NONE = -1;

    /// Some layers with what the layer below writes in front of them.
    ///
    /// @param etherType as Ethernet calls it
    /// @param protocol as IP calls it
    /// @param bytes of it
    @SuppressWarnings("ArrayRecordComponent") // written once, read by its caller
    record Part(int etherType, int protocol, byte[] bytes) {
        /// The first `length` bytes.
        Part cut(final int length) {
            return new Part(etherType, protocol, Arrays.copyOf(bytes, length));
        }

        Part as(final int otherProtocol) {
            return new Part(etherType, otherProtocol, bytes);
        }
    }

    private Frames() {}

    static byte[] bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] join(final byte[]... pieces) {
        final ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (final byte[] piece : pieces) {
            joined.writeBytes(piece);
        }
        return joined.toByteArray();
    }

    static byte[] hex(final String digits) {
        return RecordedFrames.bytes(digits);
    }

    static byte[] word(final int value) {
        return bytes(value >>> 8, value);
    }

    static byte[] zeros(final int count) {
        return new byte[count];
    }

    static byte[] ethernet(final Part part) {
        return join(ADDRESSES, word(part.etherType()), part.bytes());
    }

    static Part frame(final Part part) {
        return new Part(EtherType.TRANSPARENT_ETHERNET, IpProtocol.NO_NEXT_HEADER, ethernet(part));
    }

    static Part raw(final int etherType, final int... content) {
        return new Part(etherType, NONE, bytes(content));
    }

    static Part vlan(final int id, final Part part) {
        return vlan(EtherType.VLAN, id, part);
    }

    static Part vlan(final int tagType, final int id, final Part part) {
        return new Part(tagType, NONE, join(word(id), word(part.etherType()), part.bytes()));
    }

    static Part vnTag(final Part part) {
        return new Part(
                EtherType.VN_TAG, NONE, join(zeros(4), word(part.etherType()), part.bytes()));
    }

    static Part snap(final Part part) {
        final byte[] content =
                join(bytes(0xAA, 0xAA, 3, 0, 0, 0), word(part.etherType()), part.bytes());
        return new Part(content.length, NONE, content);
    }

    static Part mpls(final int label, final Part part) {
        final int bottom = part.etherType() == EtherType.MPLS_UNICAST ? 0 : 1;
        return new Part(
                EtherType.MPLS_UNICAST,
                IpProtocol.MPLS,
                join(bytes(label >>> 12, label >>> 4, label << 4 | bottom, 64), part.bytes()));
    }

    static Part pseudowire(final Part part) {
        return new Part(NONE, NONE, join(zeros(4), ethernet(part)));
    }

    static Part pppoe(final Part part) {
        final byte[] packet = ppp(part).bytes();
        return new Part(
                EtherType.PPPOE_SESSION,
                NONE,
                join(bytes(0x11, 0, 0, 1), word(packet.length), packet));
    }

    static Part ppp(final Part part) {
        final int protocol =
                switch (part.etherType()) {
                    case EtherType.IPV4 -> 0x21;
                    case EtherType.IPV6 -> 0x57;
                    case EtherType.MPLS_UNICAST -> 0x281;
                    default -> 0xC021;
                };
        return new Part(EtherType.PPTP_PPP, NONE, join(word(protocol), part.bytes()));
    }

    static Part ipv4(final String source, final String destination, final Part part) {
        return ipv4(source, destination, zeros(0), 0, 0, false, part);
    }

    static Part ipv4Options(
            final String source, final String destination, final byte[] options, final Part part) {
        return ipv4(source, destination, options, 0, 0, false, part);
    }

    static Part ipv4Fragment(
            final String source,
            final String destination,
            final int identification,
            final int offset,
            final boolean more,
            final Part part) {
        return ipv4(source, destination, zeros(0), identification, offset, more, part);
    }

    private static Part ipv4(
            final String source,
            final String destination,
            final byte[] options,
            final int identification,
            final int offset,
            final boolean more,
            final Part part) {
        final int headerLength = 20 + options.length;
        final byte[] packet =
                join(
                        bytes(0x40 | headerLength / 4, 0),
                        word(headerLength + part.bytes().length),
                        word(identification),
                        word(offset / 8 | (more ? 0x2000 : 0)),
                        bytes(64, part.protocol(), 0, 0),
                        address(source),
                        address(destination),
                        options,
                        part.bytes());
        final MemorySegment memory = MemorySegment.ofArray(packet);
        memory.set(
                NetworkOrder.SHORT,
                10,
                (short) InternetChecksum.finish(InternetChecksum.add(0, memory, 0, headerLength)));
        return new Part(EtherType.IPV4, IpProtocol.IPV4, packet);
    }

    static Part ipv6(final String source, final String destination, final Part part) {
        return new Part(
                EtherType.IPV6,
                IpProtocol.IPV6,
                join(
                        bytes(0x60, 0, 0, 0),
                        word(part.bytes().length),
                        bytes(part.protocol(), 64),
                        address(source),
                        address(destination),
                        part.bytes()));
    }

    /// An extension header of 8 (1 + extraWords) bytes, padded as options are.
    static Part extension(final int type, final int extraWords, final Part next) {
        final byte[] padding = zeros(6 + 8 * extraWords);
        padding[0] = 1;
        padding[1] = (byte) (padding.length - 2);
        return new Part(
                NONE, type, join(bytes(next.protocol(), extraWords), padding, next.bytes()));
    }

    static Part routing(final int type, final int segmentsLeft, final Part next) {
        return new Part(
                NONE,
                IpProtocol.ROUTING,
                join(bytes(next.protocol(), 2, type, segmentsLeft), zeros(20), next.bytes()));
    }

    static Part fragment(
            final int identification, final int offset, final boolean more, final Part next) {
        return new Part(
                NONE,
                IpProtocol.FRAGMENT,
                join(
                        bytes(next.protocol(), 0),
                        word(offset | (more ? 1 : 0)),
                        word(identification >>> 16),
                        word(identification),
                        next.bytes()));
    }

    static Part authentication(final Part next) {
        return new Part(
                NONE,
                IpProtocol.AUTHENTICATION,
                join(bytes(next.protocol(), 4), zeros(22), next.bytes()));
    }

    static Part tcp(final int sourcePort, final int destinationPort) {
        return tcp(sourcePort, destinationPort, TCP_SYN);
    }

    static Part tcp(final int sourcePort, final int destinationPort, final int flags) {
        return new Part(
                NONE,
                IpProtocol.TCP,
                join(
                        word(sourcePort),
                        word(destinationPort),
                        hex("01020304 00000000"),
                        bytes(0x50, flags, 1, 0, 0, 0, 0, 0, 'd', 'a', 't')));
    }

    static Part udp(final int sourcePort, final int destinationPort) {
        return udp(sourcePort, destinationPort, bytes('d', 'a', 't', 'a', '!'));
    }

    /// With a checksum that is wrong, not absent.
    static Part udp(final int sourcePort, final int destinationPort, final byte[] payload) {
        return new Part(
                NONE,
                IpProtocol.UDP,
                join(
                        word(sourcePort),
                        word(destinationPort),
                        word(8 + payload.length),
                        word(1),
                        payload));
    }

    static Part udpLite(final int sourcePort, final int destinationPort, final int coverage) {
        return new Part(
                NONE,
                IpProtocol.UDP_LITE,
                join(
                        word(sourcePort),
                        word(destinationPort),
                        word(coverage),
                        word(1),
                        hex("0a0b0c0d0e")));
    }

    static Part sctp(final int sourcePort, final int destinationPort) {
        return new Part(
                NONE,
                IpProtocol.SCTP,
                join(
                        word(sourcePort),
                        word(destinationPort),
                        hex("01020304 00000000 0a000008 01020304")));
    }

    static Part dccp(final int sourcePort, final int destinationPort, final int coverage) {
        return new Part(
                NONE,
                IpProtocol.DCCP,
                join(
                        word(sourcePort),
                        word(destinationPort),
                        bytes(4, coverage),
                        hex("0000 05 00 0001 00000000 0a0b0c0d0e0f")));
    }

    static Part icmp(final int type, final int identifier) {
        return new Part(
                NONE,
                IpProtocol.ICMP,
                join(bytes(type, 0, 0, 0), word(identifier), hex("0001 0a0b0c")));
    }

    static Part icmp6(final int type, final int identifier) {
        return icmp(type, identifier).as(IpProtocol.ICMPV6);
    }

    static Part icmpError(final int type, final Part quote) {
        return new Part(
                NONE, IpProtocol.ICMP, join(bytes(type, 0, 0, 0, 0, 0, 0, 0), quote.bytes()));
    }

    static Part icmp6Error(final int type, final Part quote) {
        return icmpError(type, quote).as(IpProtocol.ICMPV6);
    }

    static Part payload(final int protocol, final int... content) {
        return new Part(NONE, protocol, bytes(content));
    }

    static Part gre(final int flagsVersion, final byte[] optionalFields, final Part part) {
        return new Part(
                NONE,
                IpProtocol.GRE,
                join(word(flagsVersion), word(part.etherType()), optionalFields, part.bytes()));
    }

    static Part tunnel(
            final int sourcePort, final int destinationPort, final byte[] header, final Part part) {
        return udp(sourcePort, destinationPort, join(header, part.bytes()));
    }

    static Part vxlan(final Part inside) {
        return tunnel(50_000, 4789, hex("0800000000002a00"), frame(inside));
    }

    static Part geneve(final Part inside) {
        return tunnel(
                50_000,
                6081,
                join(hex("0100"), word(inside.etherType()), hex("00002a00 01020300")),
                inside);
    }

    static byte[] address(final String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// The frame with the checksums that it should have.
    static byte[] repaired(final byte[] frame) {
        final byte[] copy = frame.clone();
        final MemorySegment memory = MemorySegment.ofArray(copy);
        final ParsedPacket packet = new ParsedPacket();
        new FlowParser(FlowRules.DEFAULTS).parse(memory, 0, copy.length, packet);
        ChecksumRepair.repair(memory, 0, copy.length, packet);
        return copy;
    }

    /// The part with the checksums that it should have as a packet of its own.
    static Part repaired(final Part part) {
        final byte[] frame = repaired(ethernet(part));
        return new Part(
                part.etherType(), part.protocol(), Arrays.copyOfRange(frame, 14, frame.length));
    }

    static ParsedPacket parse(final FlowRules rules, final byte[] frame) {
        final ParsedPacket packet = new ParsedPacket();
        new FlowParser(rules).parse(RecordedFrames.segment(frame), 0, frame.length, packet);
        return packet;
    }

    static ParsedPacket parse(final byte[] frame) {
        return parse(FlowRules.DEFAULTS, frame);
    }
}
