package io.boomerang.port;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

/// Whether a network interface is up, which the neighbour at the other end of its cable sees as a
/// carrier. Ports may be open on it meanwhile.
///
/// Asks and tells the kernel, for milliseconds; not for the packet path.
public final class InterfaceLink {
    private final String name;

    /// Changes nothing yet.
    ///
    /// @param name of an interface of the network namespace of the threads that use this
    public InterfaceLink(final String name) {
        this.name = name;
    }

    /// Of the interface.
    public String name() {
        return name;
    }

    /// What the kernel is told to have it as; whether there is a carrier is another matter.
    ///
    /// @throws PortException when there is no such interface
    public boolean isUp() throws PortException {
        try (NetworkDevice device = NetworkDevice.ethernet(name)) {
            return device.isUp();
        } catch (final SystemCallException e) {
            throw new PortException(name, "the interface cannot be asked", e);
        }
    }

    /// Takes the interface up, or down. It has the MTU, the queues and the ports that it had.
    ///
    /// @throws PortException when there is no such interface, or this process lacks the capability
    ///   CAP_NET_ADMIN, or the driver refuses; the message says which
    public void set(final boolean up) throws PortException {
        final String what = up ? "up" : "down";
        try (NetworkDevice device = NetworkDevice.ethernet(name)) {
            device.setUp(up);
        } catch (final SystemCallException e) {
            throw e.errno() == Errno.EPERM
                    ? new PortException(name, "to take it " + what + " needs CAP_NET_ADMIN", e)
                    : new PortException(name, "the interface cannot be taken " + what, e);
        }
    }
}
