package io.boomerang.sim.handoff;

import io.boomerang.linux.NetworkNamespace;
import io.boomerang.linux.SystemCallException;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.Namespaces;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Network namespaces in which kernels' TCP stacks are, and in which of them this thread is. Each
/// has a pair of interfaces: `stack` is the kernel's own, what it sends comes out of `wire`.
final class HostNamespace implements AutoCloseable {
    static final String WIRE = "wire";

    /// Of every `stack`, as bytes and as text.
    static final long MAC = 0x02_00_00_00_00_01L;

    private static final String MAC_TEXT = "02:00:00:00:00:01";
    private static final String STACK = "stack";

    /// Buffers that grow no further: what waits in them travels with a connection.
    private static final String BUFFERS = "4096 131072 262144";

    private final Namespaces namespaces;
    private @Nullable NetworkNamespace stay;
    private String where = "";

    /// @param prefix of the namespaces' names
    HostNamespace(final String prefix) {
        namespaces = new Namespaces(prefix);
    }

    /// Makes a namespace.
    ///
    /// @param addresses of its kernel
    /// @param isVirtual whether others have the addresses, too
    void add(final String host, final List<InetSocketAddress> addresses, final boolean isVirtual)
            throws IOException, InterruptedException, LabException {
        namespaces.add(host);
        namespaces.connect(host, STACK, host, WIRE);
        namespaces.within(host, "link", "set", "dev", STACK, "address", MAC_TEXT);
        namespaces.within(host, "link", "set", "dev", STACK, "arp", "off");
        for (final InetSocketAddress each : addresses) {
            final InetAddress address = each.getAddress();
            final boolean isIpv6 = address instanceof Inet6Address;
            final String family = isIpv6 ? "-6" : "-4";
            final String device = isVirtual ? "lo" : STACK;
            final String prefix = address.getHostAddress() + (isIpv6 ? "/128" : "/32");
            namespaces.within(host, "address", "add", prefix, "dev", device);
            namespaces.within(host, family, "route", "add", "default", "dev", STACK);
        }
        namespaces.run(
                host,
                "sysctl",
                "-qw",
                "net.ipv4.tcp_wmem=" + BUFFERS,
                "net.ipv4.tcp_rmem=" + BUFFERS);
    }

    /// Sets a number under /proc/sys/net of a namespace; the thread is there then.
    void set(final String host, final String setting, final int value) throws IOException {
        enter(host);
        Files.writeString(Path.of("/proc/sys/net", setting), Integer.toString(value));
    }

    /// A counter of the namespace's /proc/net/snmp, by group and name; the thread is there then.
    long counter(final String host, final String group, final String name) throws IOException {
        enter(host);
        final List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/snmp"));
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            final List<String> names = List.of(lines.get(i).split(" ", -1));
            final int column = names.indexOf(name);
            if (names.getFirst().equals(group + ":") && column > 0) {
                return Long.parseLong(lines.get(i + 1).split(" ", -1)[column]);
            }
        }
        throw new IOException("no counter " + group + " " + name);
    }

    /// Takes the thread there, unless it is there already.
    void enter(final String host) throws SystemCallException {
        if (!host.equals(where)) {
            leave();
            stay = NetworkNamespace.enter(namespaces.name(host));
            where = host;
        }
    }

    private void leave() {
        final NetworkNamespace there = stay;
        if (there != null) {
            stay = null;
            where = "";
            there.close();
        }
    }

    /// Takes the thread home and removes the namespaces, also those of a half-built set.
    @Override
    public void close() throws IOException {
        leave();
        try {
            for (final String name : namespaces.list()) {
                namespaces.remove(name);
            }
        } catch (final LabException e) {
            throw new IOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
