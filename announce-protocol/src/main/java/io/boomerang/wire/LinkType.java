package io.boomerang.wire;

/// What the packets of a capture begin with (the tcpdump group's "Link-layer header types"). Raw IP
/// has three numbers because its value once differed between systems.
public final class LinkType {
    public static final int BSD_NULL = 0;
    public static final int ETHERNET = 1;
    public static final int PPP = 9;
    public static final int RAW_BSD = 12;
    public static final int RAW_OPENBSD = 14;
    public static final int PPP_HDLC = 50;
    public static final int PPPOE = 51;
    public static final int RAW = 101;
    public static final int CISCO_HDLC = 104;
    public static final int BSD_LOOP = 108;
    public static final int LINUX_COOKED = 113;
    public static final int IPV4 = 228;
    public static final int IPV6 = 229;
    public static final int LINUX_COOKED_V2 = 276;

    private LinkType() {}
}
