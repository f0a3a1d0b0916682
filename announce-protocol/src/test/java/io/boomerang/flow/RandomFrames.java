package io.boomerang.flow;

import static io.boomerang.flow.Frames.authentication;
import static io.boomerang.flow.Frames.bytes;
import static io.boomerang.flow.Frames.dccp;
import static io.boomerang.flow.Frames.extension;
import static io.boomerang.flow.Frames.fragment;
import static io.boomerang.flow.Frames.frame;
import static io.boomerang.flow.Frames.geneve;
import static io.boomerang.flow.Frames.gre;
import static io.boomerang.flow.Frames.hex;
import static io.boomerang.flow.Frames.icmp;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.join;
import static io.boomerang.flow.Frames.mpls;
import static io.boomerang.flow.Frames.payload;
import static io.boomerang.flow.Frames.ppp;
import static io.boomerang.flow.Frames.pppoe;
import static io.boomerang.flow.Frames.pseudowire;
import static io.boomerang.flow.Frames.routing;
import static io.boomerang.flow.Frames.sctp;
import static io.boomerang.flow.Frames.snap;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.tunnel;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.udpLite;
import static io.boomerang.flow.Frames.vlan;
import static io.boomerang.flow.Frames.vnTag;
import static io.boomerang.flow.Frames.vxlan;
import static io.boomerang.flow.Frames.zeros;

import io.boomerang.flow.Frames.Part;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.IpProtocol;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Packets of every kind that the parser knows, in any combination, and damage to them.
final class RandomFrames {
    private static final int MOST_OPTIONS = 40;
    private static final int MUTABLE_HEAD = 120;

    private final RandomGenerator random;

    RandomFrames(final RandomGenerator random) {
        this.random = random;
    }

    /// A sound frame.
    byte[] next() {
        Part packet = random.nextInt(4) == 0 ? error(random.nextBoolean()) : packet();
        for (int tunnels = random.nextInt(4) == 0 ? random.nextInt(9) : 0; tunnels > 0; tunnels--) {
            packet = ip(random.nextBoolean(), inTunnel(packet));
        }
        final byte[] frame = Frames.ethernet(onLink(packet));
        return random.nextInt(5) == 0 ? join(frame, zeros(random.nextInt(20))) : frame;
    }

    /// The frame with some bytes changed, or cut, or both.
    byte[] damage(final byte[] frame) {
        final byte[] damaged =
                random.nextInt(3) == 0
                        ? Arrays.copyOf(frame, random.nextInt(frame.length + 1))
                        : frame.clone();
        final int changes = random.nextInt(5);
        for (int i = 0; i < changes && damaged.length > 0; i++) {
            damaged[random.nextInt(Math.min(damaged.length, MUTABLE_HEAD))] = someByte();
        }
        return damaged;
    }

    /// Values that mean something in many fields, more often than others.
    private byte someByte() {
        final int[] telling = {0, 255, 4, 6, 17, 41, 43, 44, 47, 51, 58, 60, 132, 135, 0x45, 0x60};
        return (byte)
                (random.nextBoolean()
                        ? telling[random.nextInt(telling.length)]
                        : random.nextInt(256));
    }

    private Part packet() {
        final boolean ipv6 = random.nextBoolean();
        return ip(ipv6, transport(ipv6));
    }

    private Part error(final boolean ipv6) {
        final Part quoted = ip(ipv6, transport(ipv6));
        final int length = quoted.bytes().length;
        final Part quote = random.nextBoolean() ? quoted : quoted.cut(random.nextInt(length));
        return ipv6
                ? ip(true, Frames.icmp6Error(1 + random.nextInt(4), quote))
                : ip(false, icmpError(new int[] {3, 4, 5, 11, 12}[random.nextInt(5)], quote));
    }

    private Part transport(final boolean ipv6) {
        final int source = random.nextInt(1, 0x10000);
        final int destination = random.nextInt(4) * 1000;
        return switch (random.nextInt(9)) {
            case 0, 1 -> tcp(source, destination, random.nextInt(256));
            case 2, 3 -> udp(source, destination, randomBytes(30));
            case 4 -> udpLite(source, destination, 8 + random.nextInt(5));
            case 5 -> sctp(source, destination);
            case 6 -> dccp(source, destination, random.nextInt(16));
            case 7 ->
                    ipv6
                            ? Frames.icmp6(random.nextInt(120, 160), source)
                            : icmp(random.nextInt(20), source);
            default -> payload(random.nextInt(256), 1, 2, 3, 4, 5, 6, 7, 8, 9);
        };
    }

    private Part ip(final boolean ipv6, final Part part) {
        final int identification = random.nextInt(8);
        final int offset = random.nextInt(3) * 8;
        final boolean more = random.nextBoolean();
        if (!ipv6) {
            final String source = "10.0.0." + random.nextInt(4);
            final String destination = "10.0.0." + random.nextInt(4);
            final Part inside = random.nextInt(12) == 0 ? authentication(part) : part;
            return switch (random.nextInt(8)) {
                case 0 ->
                        Frames.ipv4Fragment(
                                source, destination, identification, offset, more, inside);
                case 1 -> Frames.ipv4Options(source, destination, ipv4Options(), inside);
                default -> Frames.ipv4(source, destination, inside);
            };
        }
        Part inside = random.nextInt(8) == 0 ? fragment(identification, offset, more, part) : part;
        for (int extensions = random.nextInt(3) * random.nextInt(3); extensions > 0; extensions--) {
            inside = extended(inside);
        }
        return Frames.ipv6(
                "2001:db8::" + random.nextInt(4), "2001:db8::" + random.nextInt(4), inside);
    }

    private byte[] ipv4Options() {
        return switch (random.nextInt(4)) {
            case 0 -> bytes(0x94, 4, 0, 0);
            case 1 -> bytes(1, 0x83, 7, 4, 9, 9, 9, 9);
            case 2 -> bytes(0x89, 7, 8, 9, 9, 9, 9, 0);
            default -> Arrays.copyOf(randomBytes(MOST_OPTIONS), 4 * random.nextInt(1, 11));
        };
    }

    private Part extended(final Part part) {
        return switch (random.nextInt(6)) {
            case 0 -> extension(IpProtocol.HOP_BY_HOP, random.nextInt(3), part);
            case 1 -> extension(IpProtocol.DESTINATION_OPTIONS, random.nextInt(3), part);
            case 2 -> routing(random.nextInt(5), random.nextInt(2), part);
            case 3 -> authentication(part);
            case 4 -> fragment(1, 0, false, part);
            default -> extension(IpProtocol.MOBILITY, 0, part);
        };
    }

    private Part onLink(final Part packet) {
        Part part = packet;
        for (int layers = random.nextInt(3) * random.nextInt(3); layers > 0; layers--) {
            final boolean ip =
                    part.etherType() == EtherType.IPV4 || part.etherType() == EtherType.IPV6;
            part =
                    switch (random.nextInt(8)) {
                        case 0 -> vnTag(part);
                        case 1 -> snap(part);
                        case 2 -> mpls(random.nextInt(1 << 20), ip ? part : pseudowire(part));
                        case 3 -> ip ? pppoe(part) : part;
                        case 4 -> frame(part);
                        case 5 -> vlan(EtherType.PROVIDER_VLAN, random.nextInt(0x10000), part);
                        default -> vlan(random.nextInt(0x1000), part);
                    };
        }
        return part;
    }

    private Part inTunnel(final Part packet) {
        final Part linked = onLink(packet);
        return switch (random.nextInt(14)) {
            case 0 -> packet;
            case 1 -> gre(0, zeros(0), packet);
            case 2 -> gre(0xB000, zeros(12), frame(linked));
            case 3 -> gre(0x3081, zeros(12), ppp(packet));
            case 4 ->
                    gre(
                            0x1000,
                            zeros(12),
                            new Part(EtherType.ERSPAN_II, IpProtocol.GRE, frame(linked).bytes()));
            case 5 ->
                    gre(
                            0x1000,
                            zeros(16),
                            new Part(EtherType.ERSPAN_III, IpProtocol.GRE, frame(linked).bytes()));
            case 6 -> mpls(9, packet);
            case 7 -> vxlan(linked);
            case 8 -> geneve(frame(linked));
            case 9 -> geneve(packet);
            case 10 -> tunnel(9, 2152, hex("34ff 0010 00000001 0000 00 85 01000000"), packet);
            case 11 -> udp(3544, 4000, packet.bytes());
            case 12 -> tunnel(9, 6635, zeros(0), mpls(9, packet));
            default -> gre(random.nextInt(0x10000), randomBytes(16), packet);
        };
    }

    private byte[] randomBytes(final int most) {
        final byte[] content = new byte[random.nextInt(most + 1)];
        random.nextBytes(content);
        return content;
    }
}
