package io.boomerang.linux;

import java.lang.foreign.Arena;

/// A thread's stay in another network namespace than its process's: what it opens meanwhile belongs
/// there and goes on to do so. Ended by the thread that began it, which must not be a virtual one.
///
/// Needs CAP_SYS_ADMIN.
public final class NetworkNamespace implements AutoCloseable {
    /// Where iproute2 keeps namespaces by name.
    private static final String NAMES = "/run/netns/";

    private static final String OWN = "/proc/thread-self/ns/net";

    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final int home;

    private NetworkNamespace(final String name) throws SystemCallException {
        int opened = -1;
        int target = -1;
        try {
            opened = calls.open(OWN);
            target = calls.open(pathOf(name));
            calls.setNetworkNamespace(target);
            home = opened;
        } catch (final SystemCallException e) {
            if (opened >= 0) {
                calls.close(opened);
            }
            arena.close();
            throw e;
        } finally {
            if (target >= 0) {
                calls.close(target);
            }
        }
    }

    /// Takes the calling thread there.
    ///
    /// @param name as `ip netns` gave it, or the path of a file that stands for a namespace
    /// @throws SystemCallException when there is none or this process may not; the thread is then
    ///   where it was
    public static NetworkNamespace enter(final String name) throws SystemCallException {
        return new NetworkNamespace(name);
    }

    private static String pathOf(final String name) {
        return name.indexOf('/') >= 0 ? name : NAMES + name;
    }

    /// Takes the thread back.
    @Override
    public void close() {
        try {
            calls.setNetworkNamespace(home);
        } catch (final SystemCallException e) {
            throw new IllegalStateException("the thread cannot return to its namespace", e);
        } finally {
            calls.close(home);
            arena.close();
        }
    }
}
