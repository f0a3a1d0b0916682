package io.boomerang.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/// Frames recorded between two Linux hosts (kernel 6.18, a veth pair without offloads) that talk
/// TCP, UDP, UDP-Lite, ICMP and VXLAN to each other; and how tests put frames into memory.
public final class RecordedFrames {
    /// Who has 192.0.2.2? Tell 192.0.2.1.
    public static final String ARP_REQUEST =
            """
            ffffffffffff02000000000108060001080006040001020000000001c0000201000000000000
            c0000202
            """;

    /// Echo request 192.0.2.1 -> 192.0.2.2, identifier 0x58ff, sequence 1.
    public static final String ICMP_ECHO =
            """
            020000000002020000000001080045000054a9a5400040010d00c0000201c0000202080030da
            58ff00016a64016b000000004383000000000000101112131415161718191a1b1c1d1e1f2021
            22232425262728292a2b2c2d2e2f3031323334353637
            """;

    /// The last 128 bytes of an echo request of 1,600, datagram 0xa9a6.
    public static final String ICMP_LATER_FRAGMENT =
            """
            020000000002020000000001080045000094a9a600b940014c06c0000201c0000202c0c1c2c3
            c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9
            eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f
            101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435
            363738393a3b3c3d3e3f
            """;

    /// 192.0.2.1:60890 -> 192.0.2.2:80, with 20 bytes of options.
    public static final String TCP_SYN =
            """
            02000000000202000000000108004500003cc34b40004006f36cc0000201c0000202edda0050
            114c5f5a00000000a002faf07c000000020405b40402080afd1bf11a000000000103030a
            """;

    /// `hi` on the same connection.
    public static final String TCP_DATA =
            """
            020000000002020000000001080045000036c34d40004006f370c0000201c0000202edda0050
            114c5f5b26a051838018003f7ed600000101080afd1bf11a338212826869
            """;

    /// `hi` on 2001:db8::1 46066 -> 2001:db8::2 80.
    public static final String TCP_V6_DATA =
            """
            02000000000202000000000186dd600640610022064020010db8000000000000000000000001
            20010db8000000000000000000000002b3f200504f47edf11504214c801800402a6800000101
            080a6891ad0582f2c7d76869
            """;

    /// `abc` 192.0.2.1:43907 -> 192.0.2.2:9.
    public static final String UDP =
            """
            02000000000202000000000108004500001fbfd840004011f6f1c0000201c0000202ab830009
            000b0be5616263
            """;

    /// The answer to it.
    public static final String ICMP_PORT_UNREACHABLE =
            """
            020000000001020000000002080045c0003b863f000040016fbfc0000202c00002010303811d
            000000004500001fbfd840004011f6f1c0000201c0000202ab830009000b0be5616263
            """;

    /// `abcdefgh` 192.0.2.1:43461 -> 192.0.2.2:7, the checksum covers 12 bytes.
    public static final String UDP_LITE =
            """
            020000000002020000000001080045000024730040004088434ec0000201c0000202a9c50007
            000c0cc46162636465666768
            """;

    /// `abc` 2001:db8::1 42926 -> 2001:db8::2 9.
    public static final String UDP_V6 =
            """
            02000000000202000000000186dd60028990000b114020010db8000000000000000000000001
            20010db8000000000000000000000002a7ae0009000b3849616263
            """;

    /// The answer to it.
    public static final String ICMP_V6_PORT_UNREACHABLE =
            """
            02000000000102000000000286dd6003146b003b3a4020010db8000000000000000000000002
            20010db80000000000000000000000010104a84f0000000060028990000b114020010db80000
            0000000000000000000120010db8000000000000000000000002a7ae0009000b3849616263
            """;

    /// `abcdefgh` 2001:db8::1 38864 -> 2001:db8::2 7, the checksum covers 12 bytes.
    public static final String UDP_LITE_V6 =
            """
            02000000000202000000000186dd6006a2570010884020010db8000000000000000000000001
            20010db800000000000000000000000297d00007000c47486162636465666768
            """;

    /// The last 160 bytes of an echo reply, datagram 0x4db1665d.
    public static final String ICMP_V6_LATER_FRAGMENT =
            """
            02000000000102000000000286dd60059e5300a82c4020010db8000000000000000000000002
            20010db80000000000000000000000013a0005a84db1665da0a1a2a3a4a5a6a7a8a9aaabacad
            aeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3
            d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9
            fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
            202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
            """;

    /// Who has fe80::ff:fe00:2?.
    public static final String NEIGHBOUR_SOLICITATION =
            """
            3333ff00000202000000000286dd6000000000203aff00000000000000000000000000000000
            ff0200000000000000000001ff0000028700850f00000000fe80000000000000000000fffe00
            00020e016450764b0f6f
            """;

    /// Version 2, behind a hop-by-hop header with a router alert.
    public static final String MULTICAST_LISTENER_REPORT =
            """
            33330000001602000000000286dd600000000024000100000000000000000000000000000000
            ff0200000000000000000000000000163a000502000001008f006f880000000104000000ff02
            00000000000000000001ff000002
            """;

    /// An ARP request 198.51.100.1 -> 198.51.100.2 in VXLAN 42 from 192.0.2.1 port 49376.
    public static final String VXLAN_ARP =
            """
            02000000000202000000000108004500004eee66000040110835c0000201c0000202c0e012b5
            003abf660800000000002a00ffffffffffff46a7bb4e240b0806000108000604000146a7bb4e
            240bc6336401000000000000c6336402
            """;

    /// Memory before and behind a frame, so that a view that reads outside of it finds garbage, and
    /// one that writes there is found out.
    private static final byte GUARD = (byte) 0xA5;

    private RecordedFrames() {}

    /// The bytes of hexadecimal digits; white space between them is ignored.
    public static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    public static MemorySegment segment(final String hex) {
        return segment(bytes(hex));
    }

    /// Memory that ends where the frame ends, outside the heap: reading on throws.
    public static MemorySegment segment(final byte[] frame) {
        return Arena.ofAuto().allocate(frame.length).copyFrom(MemorySegment.ofArray(frame));
    }

    /// Memory with the frame at `offset` and something else around it.
    public static MemorySegment guarded(final byte[] frame, final int offset) {
        final MemorySegment memory = Arena.ofAuto().allocate(offset + frame.length + 64L);
        memory.fill(GUARD);
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, memory, offset, frame.length);
        return memory;
    }
}
