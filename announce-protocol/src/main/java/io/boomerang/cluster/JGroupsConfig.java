package io.boomerang.cluster;

import io.boomerang.cluster.key.KeyHolder;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// How one process takes part in a JGroups cluster.
///
/// @param clusterName members of one name find each other
/// @param stack what carries the messages
/// @param bindAddress the address to listen on; not used by {@link Stack#SHARED_LOOPBACK}
/// @param firstPort the first of the ports to try; 0 for any free one
/// @param portRange how many more ports to try after the first, on this host and on the initial
///   hosts
/// @param initialHosts where to look for members; empty when all members live in this process
/// @param key only who has it is a member, and nobody else reads what members say; null for a
///   network that everyone may join. Not used by {@link Stack#SHARED_LOOPBACK}
public record JGroupsConfig(
        String clusterName,
        Stack stack,
        InetAddress bindAddress,
        int firstPort,
        int portRange,
        List<InetSocketAddress> initialHosts,
        @Nullable KeyHolder key) {
    /// What carries the messages.
    public enum Stack {
        /// Queues of this process.
        SHARED_LOOPBACK,
        /// TCP connections between all members.
        TCP
    }

    /// A cluster that everyone may join.
    public JGroupsConfig(
            final String clusterName,
            final Stack stack,
            final InetAddress bindAddress,
            final int firstPort,
            final int portRange,
            final List<InetSocketAddress> initialHosts) {
        this(clusterName, stack, bindAddress, firstPort, portRange, initialHosts, null);
    }

    public JGroupsConfig {
        initialHosts = List.copyOf(initialHosts);
        if (clusterName.isBlank()) {
            throw new IllegalArgumentException("clusterName is blank");
        }
        if (firstPort < 0 || portRange < 0 || firstPort + portRange > 0xFFFF) {
            throw new IllegalArgumentException(
                    "firstPort " + firstPort + " and portRange " + portRange + " leave 0..65535");
        }
        if (stack == Stack.SHARED_LOOPBACK && !initialHosts.isEmpty()) {
            throw new IllegalArgumentException("SHARED_LOOPBACK reaches no other hosts");
        }
        if (stack == Stack.SHARED_LOOPBACK && key != null) {
            throw new IllegalArgumentException("SHARED_LOOPBACK has no connections to key");
        }
        if (!initialHosts.isEmpty() && firstPort == 0) {
            throw new IllegalArgumentException(
                    "firstPort 0 would let no other process find this one");
        }
    }

    /// All members in this process, over its memory.
    public static JGroupsConfig inMemory(final String clusterName) {
        return new JGroupsConfig(
                clusterName,
                Stack.SHARED_LOOPBACK,
                InetAddress.getLoopbackAddress(),
                0,
                0,
                List.of());
    }

    /// All members in this process, over TCP connections of the loopback interface.
    public static JGroupsConfig loopback(final String clusterName) {
        return new JGroupsConfig(
                clusterName, Stack.TCP, InetAddress.getLoopbackAddress(), 0, 0, List.of());
    }

    /// Likewise, but for those who have the key.
    public JGroupsConfig withKey(final KeyHolder holder) {
        return new JGroupsConfig(
                clusterName, stack, bindAddress, firstPort, portRange, initialHosts, holder);
    }

    boolean isWithinThisProcess() {
        return initialHosts.isEmpty();
    }
}
