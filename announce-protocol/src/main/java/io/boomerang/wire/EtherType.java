package io.boomerang.wire;

/// Ethernet protocol numbers (IEEE 802, IANA "IEEE 802 Numbers").
public final class EtherType {
    /// Values below are the length of an IEEE 802.3 frame, which carries LLC.
    public static final int FIRST = 0x0600;

    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int TRANSPARENT_ETHERNET = 0x6558;
    public static final int VLAN = 0x8100;
    public static final int IPV6 = 0x86DD;
    public static final int PPTP_PPP = 0x880B;
    public static final int MPLS_UNICAST = 0x8847;
    public static final int MPLS_MULTICAST = 0x8848;
    public static final int PPPOE_DISCOVERY = 0x8863;
    public static final int PPPOE_SESSION = 0x8864;
    public static final int PROVIDER_VLAN = 0x88A8;
    public static final int ERSPAN_II = 0x88BE;
    public static final int ERSPAN_III = 0x22EB;
    public static final int VN_TAG = 0x8926;

    /// Before 802.1ad vendors stacked tags under these.
    public static final int OLD_QINQ_9100 = 0x9100;

    public static final int OLD_QINQ_9200 = 0x9200;
    public static final int OLD_QINQ_9300 = 0x9300;

    private EtherType() {}
}
