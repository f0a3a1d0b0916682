package io.boomerang.port;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What the kernel knows of one network interface of this thread's network namespace, and the
/// features of its driver that can be switched.
///
/// `struct ifreq` (linux/if.h): 16 bytes of name, then what the request is about; for `SIOCETHTOOL`
/// the address of a structure of linux/ethtool.h.
final class NetworkDevice implements AutoCloseable {
    // linux/sockios.h.
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCETHTOOL = 0x8946;

    private static final int REQUEST_BYTES = 40;
    private static final int NAME_BYTES = 16;
    private static final int VALUE = 16;
    private static final int IFF_UP = 0x1;
    private static final short ARPHRD_ETHER = 1;

    // linux/ethtool.h: commands and `struct ethtool_drvinfo`, `struct ethtool_channels`.
    private static final int ETHTOOL_GDRVINFO = 0x3;
    private static final int ETHTOOL_GCHANNELS = 0x3C;
    private static final int DRIVER_BYTES = 196;
    private static final int DRIVER_NAME = 4;
    private static final int DRIVER_BUS = 100;
    private static final int CHANNELS_BYTES = 36;
    private static final int CHANNELS_RECEIVE = 20;
    private static final int CHANNELS_COMBINED = 32;

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

    private final String name;
    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    private final int socket;
    private final int index;

    private NetworkDevice(final String name) throws PortException {
        this.name = name;
        if (name.isEmpty() || name.length() >= NAME_BYTES) {
            arena.close();
            throw new PortException(name, "an interface has a name of 1 to 15 bytes");
        }
        try {
            index = calls.interfaceIndex(name);
            socket = calls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
            request.setString(0, name);
        } catch (final SystemCallException e) {
            arena.close();
            throw e.errno() == Errno.ENODEV
                    ? new PortException(name, "no such interface in this network namespace", e)
                    : new PortException(name, "the interface cannot be asked", e);
        }
    }

    /// The interface of that name, which has to be an Ethernet interface.
    static NetworkDevice ethernet(final String name) throws PortException {
        final NetworkDevice device = new NetworkDevice(name);
        try {
            final int type = device.ask(SIOCGIFHWADDR, "SIOCGIFHWADDR").get(JAVA_SHORT, VALUE);
            if (type != ARPHRD_ETHER) {
                throw new PortException(name, "no Ethernet interface (hardware type " + type + ")");
            }
        } catch (final SystemCallException e) {
            device.close();
            throw new PortException(name, "the interface cannot be asked", e);
        } catch (final PortException e) {
            device.close();
            throw e;
        }
        return device;
    }

    String name() {
        return name;
    }

    int index() {
        return index;
    }

    int mtu() throws SystemCallException {
        return ask(SIOCGIFMTU, "SIOCGIFMTU").get(JAVA_INT, VALUE);
    }

    boolean isUp() throws SystemCallException {
        return (flags() & IFF_UP) != 0;
    }

    /// The kernel takes the flags as a whole.
    void setUp(final boolean up) throws SystemCallException {
        final int flags = flags();
        request.set(JAVA_SHORT, VALUE, (short) (up ? flags | IFF_UP : flags & ~IFF_UP));
        calls.ioctl(socket, SIOCSIFFLAGS, "SIOCSIFFLAGS", request);
    }

    private int flags() throws SystemCallException {
        return ask(SIOCGIFFLAGS, "SIOCGIFFLAGS").get(JAVA_SHORT, VALUE);
    }

    /// Of the kernel's module, for instance `veth`; empty when it does not say.
    String driver() {
        final MemorySegment answer = arena.allocate(DRIVER_BYTES, Integer.BYTES);
        return ethtool(ETHTOOL_GDRVINFO, "ETHTOOL_GDRVINFO", answer)
                ? answer.getString(DRIVER_NAME)
                : "";
    }

    /// Whether it is a device on a bus, so that frames come from elsewhere; not so a veth or a tap,
    /// whose frames come from this machine's own senders.
    boolean hasBus() {
        final MemorySegment answer = arena.allocate(DRIVER_BYTES, Integer.BYTES);
        return ethtool(ETHTOOL_GDRVINFO, "ETHTOOL_GDRVINFO", answer)
                && !answer.getString(DRIVER_BUS).isEmpty();
    }

    /// Queues that frames arrive in.
    int receiveQueues() {
        final MemorySegment answer = arena.allocate(CHANNELS_BYTES, Integer.BYTES);
        return ethtool(ETHTOOL_GCHANNELS, "ETHTOOL_GCHANNELS", answer)
                ? Math.max(
                        1,
                        answer.get(JAVA_INT, CHANNELS_RECEIVE)
                                + answer.get(JAVA_INT, CHANNELS_COMBINED))
                : 1;
    }

    /// Fills a structure of linux/ethtool.h, which begins with the command, or does what it says;
    /// false when the driver does not know of it, or does not let this process.
    boolean ethtool(final int command, final String commandName, final MemorySegment structure) {
        structure.set(JAVA_INT, 0, command);
        request.set(ADDRESS, VALUE, structure);
        try {
            calls.ioctl(socket, SIOCETHTOOL, commandName, request);
            return true;
        } catch (final SystemCallException _) {
            return false;
        }
    }

    private MemorySegment ask(final long what, final String whatName) throws SystemCallException {
        calls.ioctl(socket, what, whatName, request);
        return request;
    }

    @Override
    public void close() {
        calls.close(socket);
        arena.close();
    }
}
