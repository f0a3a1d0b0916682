package io.boomerang.blade;

/// Frames between one client and one server.
final class Conversation {
    static final String CLIENT = "10.0.0.5";
    static final String SERVER = "198.51.100.1";

    /// The flow id that a redirector gave it.
    static final long FLOW = 0x4000;

    private Conversation() {}

    static byte[] request() {
        return Frames.udp(CLIENT, 4_000, SERVER, 53, 20);
    }

    static byte[] answer() {
        return Frames.udp(SERVER, 53, CLIENT, 4_000, 40);
    }

    static byte[] segment(final int flags, final boolean back) {
        return back
                ? Frames.tcp(SERVER, 80, CLIENT, 4_000, flags, 1, 1, 0)
                : Frames.tcp(CLIENT, 4_000, SERVER, 80, flags, 1, 1, 0);
    }
}
